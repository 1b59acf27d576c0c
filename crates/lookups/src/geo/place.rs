//! What is known of an address, packed: one allocation, and texts that were checked once.

use super::facts::{FLAGS, Facts, Flag, TEXTS, Text};

/// As [`Facts`], without the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Place {
    /// All texts, one after another.
    text: Box<str>,
    /// Where each ends.
    ends: [u16; TEXTS],
    /// Which texts there are, one bit each.
    texts: u16,
    /// Which flags are known, and which are set.
    known: u8,
    set: u8,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) accuracy_km: Option<i64>,
    pub(crate) asn: Option<i64>,
}

// Each is a bit.
const _: () = assert!(TEXTS <= 16 && FLAGS <= 8);

impl Place {
    pub(crate) fn new(facts: &Facts<'_>) -> Self {
        let Facts { latitude, longitude, accuracy_km, asn, .. } = *facts;
        let mut place = Self { latitude, longitude, accuracy_km, asn, ..Self::default() };
        // Texts have 4,096 bytes at most, so all fit.
        let mut text = String::with_capacity(facts.texts.iter().flatten().map(|text| text.len()).sum());
        for (index, (value, end)) in facts.texts.iter().zip(&mut place.ends).enumerate() {
            if let Some(value) = value {
                text.push_str(value);
                place.texts |= 1 << index;
            }
            *end = u16::try_from(text.len()).unwrap_or(u16::MAX);
        }
        for (index, flag) in facts.flags.iter().enumerate() {
            place.known |= u8::from(flag.is_some()) << index;
            place.set |= u8::from(*flag == Some(true)) << index;
        }
        place.text = text.into_boxed_str();
        place
    }

    #[inline]
    pub(crate) fn text(&self, which: Text) -> Option<&str> {
        let index = which as usize;
        if self.texts >> index & 1 == 0 {
            return None;
        }
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        self.text.get(usize::from(start)..usize::from(*self.ends.get(index)?))
    }

    #[inline]
    pub(crate) fn flag(&self, which: Flag) -> Option<bool> {
        let index = which as usize;
        (self.known >> index & 1 == 1).then_some(self.set >> index & 1 == 1)
    }

    /// Latitude and longitude, where both are known and possible.
    pub(crate) fn coordinates(&self) -> Option<(f64, f64)> {
        Some((self.latitude?, self.longitude?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let mut facts = Facts { latitude: Some(1.5), asn: Some(7), ..Facts::default() };
        facts.texts[Text::CountryCode as usize] = Some("GB");
        facts.texts[Text::City as usize] = Some("Zürich");
        facts.texts[Text::UserType as usize] = Some("");
        facts.flags = [Some(true), Some(false), None, None, Some(true)];
        let place = Place::new(&facts);
        assert_eq!(place.text(Text::CountryCode), Some("GB"));
        assert_eq!(place.text(Text::Country), None);
        assert_eq!(place.text(Text::City), Some("Zürich"));
        assert_eq!(place.text(Text::UserType), Some(""));
        let flags = [Flag::Anonymous, Flag::Vpn, Flag::Proxy, Flag::Tor, Flag::Hosting].map(|flag| place.flag(flag));
        assert_eq!(flags, facts.flags);
        assert_eq!((place.latitude, place.asn, place.coordinates()), (Some(1.5), Some(7), None));
    }
}
