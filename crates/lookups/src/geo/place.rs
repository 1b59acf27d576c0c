//! What is known of an address, packed into a line of memory.

use super::facts::{FLAGS, Facts, Flag, TEXTS, Text};

/// As [`Facts`], without the database. The texts are elsewhere, one after another.
#[derive(Debug, Clone, PartialEq)]
#[repr(align(64))]
pub(crate) struct Place {
    /// NaN where it is not known.
    latitude: f64,
    longitude: f64,
    asn: u32,
    /// Negative where it is not known.
    accuracy_km: i32,
    /// Where each text ends; one that is not known is empty.
    ends: [u16; TEXTS],
    /// Which flags are known, and which are set.
    known: u8,
    set: u8,
    /// What is known.
    has: Has,
}

/// What is known of a place, or of any of some places: a bit for each text, and for the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Has {
    texts: u16,
    pub(crate) flags: bool,
    pub(crate) asn: bool,
}

impl Has {
    /// What either has.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { texts: self.texts | other.texts, flags: self.flags | other.flags, asn: self.asn | other.asn }
    }

    #[inline]
    pub(crate) fn text(self, which: Text) -> bool {
        self.texts >> which as u16 & 1 == 1
    }
}

/// A place and its texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(super) place: &'a Place,
    /// Begins with those of the place.
    pub(super) texts: &'a str,
}

// Each is a bit.
const _: () = assert!(FLAGS <= 8 && TEXTS <= 16);

impl Place {
    /// Appends the texts to `texts`.
    pub(crate) fn new(facts: &Facts<'_>, texts: &mut String) -> Self {
        let start = texts.len();
        let mut ends = [0; TEXTS];
        let mut known_texts = 0;
        for ((text, end), bit) in facts.texts.iter().zip(&mut ends).zip(0..) {
            if let Some(text) = text {
                texts.push_str(text);
                known_texts |= u16::from(!text.is_empty()) << bit;
            }
            // Texts have 4,096 bytes at most, so all fit.
            *end = u16::try_from(texts.len() - start).unwrap_or(u16::MAX);
        }
        let bits = |is: fn(Option<bool>) -> bool| facts.flags.iter().zip(0..).map(|(flag, bit)| u8::from(is(*flag)) << bit).sum();
        let known = bits(|flag| flag.is_some());
        Self {
            latitude: facts.latitude.unwrap_or(f64::NAN),
            longitude: facts.longitude.unwrap_or(f64::NAN),
            asn: facts.asn.unwrap_or(0),
            accuracy_km: facts.accuracy_km.unwrap_or(-1),
            ends,
            known,
            set: bits(|flag| flag == Some(true)),
            has: Has { texts: known_texts, flags: known != 0, asn: facts.asn.is_some() },
        }
    }
}

impl Place {
    /// What is known; reading it fetches the whole.
    #[inline]
    pub(super) fn has(&self) -> Has {
        self.has
    }
}

impl<'a> Placed<'a> {
    /// What is known of it.
    #[inline]
    pub(crate) fn has(self) -> Has {
        self.place.has
    }

    #[inline]
    pub(crate) fn text(self, which: Text) -> Option<&'a str> {
        let index = which as usize;
        if !self.place.has.text(which) {
            return None;
        }
        let start = if index == 0 { 0 } else { *self.place.ends.get(index - 1)? };
        self.texts.get(usize::from(start)..usize::from(*self.place.ends.get(index)?))
    }

    #[inline]
    pub(crate) fn flag(self, which: Flag) -> Option<bool> {
        let index = which as usize;
        (self.place.known >> index & 1 == 1).then_some(self.place.set >> index & 1 == 1)
    }

    pub(crate) fn latitude(self) -> Option<f64> {
        Some(self.place.latitude).filter(|degrees| !degrees.is_nan())
    }

    pub(crate) fn longitude(self) -> Option<f64> {
        Some(self.place.longitude).filter(|degrees| !degrees.is_nan())
    }

    pub(crate) fn accuracy_km(self) -> Option<i64> {
        (self.place.accuracy_km >= 0).then_some(i64::from(self.place.accuracy_km))
    }

    pub(crate) fn asn(self) -> Option<i64> {
        self.place.has.asn.then_some(i64::from(self.place.asn))
    }

    /// Latitude and longitude, where both are known.
    pub(crate) fn coordinates(self) -> Option<(f64, f64)> {
        Some((self.latitude()?, self.longitude()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let mut facts = Facts { latitude: Some(1.5), asn: Some(0), ..Facts::default() };
        facts.texts[Text::CountryCode as usize] = Some("GB");
        facts.texts[Text::City as usize] = Some("Zürich");
        facts.texts[Text::UserType as usize] = Some("hosting");
        facts.flags = [Some(true), Some(false), None, None, Some(true)];
        let mut texts = "another place's".to_owned();
        let start = texts.len();
        let place = Place::new(&facts, &mut texts);
        texts.push_str("the next one's");
        let placed = Placed { place: &place, texts: &texts[start..] };
        assert_eq!(placed.text(Text::CountryCode), Some("GB"));
        assert_eq!(placed.text(Text::Country), None);
        assert_eq!(placed.text(Text::City), Some("Zürich"));
        assert_eq!(placed.text(Text::UserType), Some("hosting"));
        let flags = [Flag::Anonymous, Flag::Vpn, Flag::Proxy, Flag::Tor, Flag::Hosting].map(|flag| placed.flag(flag));
        assert_eq!(flags, facts.flags);
        assert_eq!((placed.latitude(), placed.longitude(), placed.accuracy_km(), placed.asn()), (Some(1.5), None, None, Some(0)));
        assert_eq!(placed.coordinates(), None);
    }
}
