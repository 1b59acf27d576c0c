//! What a record says of an address, whoever made the database.
//!
//! The layouts differ in their keys and in the types of the values, so each key is read by what stands there: `country` is a map with MaxMind and DB-IP, a
//! code in IPinfo's older databases, a name in IPinfo Lite.

use super::facts::{Facts, Flag, Text};
use super::section::{Damaged, Inner, Item, Key, Section};
use super::seen::{self, Chosen, Part, Seen, Span};
use super::values::{asn, boolean, float, integer, is_code};
use super::word::{Flat, Language, Nested, Word};

/// What the type of a database says about its records that their keys do not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `name` is that of an autonomous system.
    is_asn: bool,
    /// A record has only the marks that are true: all others are false.
    only_true_marks: bool,
}

impl Layout {
    /// Of a database that calls itself so: `GeoLite2-City`, `ipinfo standard_privacy.mmdb`.
    pub(crate) fn of(database_type: &str) -> Self {
        let name = database_type.to_ascii_lowercase();
        Self { is_asn: name.contains("asn"), only_true_marks: name.contains("anonymous") || name.contains("privacy") }
    }
}

/// Most values of a record; those of real records are below 200.
pub(super) const MAX_VALUES: u32 = 8_192;
/// Longest text; real ones have some hundred bytes.
const MAX_TEXT: usize = 4_096;

type Result<T> = std::result::Result<T, Damaged>;

/// What the names of a record are read with.
#[derive(Debug)]
pub(crate) struct Reading<'n> {
    /// Number of the database among those that share `seen`.
    pub(crate) database: u8,
    /// Names are in this language, else in English, else the first.
    pub(crate) language: &'n str,
    /// What was read before.
    pub(crate) seen: &'n mut Seen,
}

impl<'a> Facts<'a> {
    /// Reads the record at `at`.
    pub(crate) fn read(section: &'a [u8], at: usize, layout: Layout, how: &mut Reading<'_>) -> Result<Self> {
        let mut facts = Self::default();
        let mut section = Section::new(section, at, MAX_VALUES);
        match section.next()? {
            Item::Map(inner) => facts.read_record(&mut section, inner, layout, how)?,
            // A database of something else.
            _ => return Ok(facts),
        }
        if layout.only_true_marks {
            facts.flags.iter_mut().for_each(|flag| *flag = Some(flag.unwrap_or(false)));
        }
        Ok(facts)
    }

    fn read_record(&mut self, section: &mut Section<'a>, inner: Inner, layout: Layout, how: &mut Reading<'_>) -> Result<()> {
        entries(section, inner, how, |section, word, how| {
            if word.is_unknown() {
                section.skip_next()?;
                return Ok(Need::More);
            }
            let Some(part) = word.nested.part() else {
                self.read_other(section, word, layout, how)?;
                return Ok(Need::More);
            };
            match self.read_part(section, part, how)? {
                None => {}
                // Other layouts have a code or a name there.
                Some(item) => self.put_flat(section, word.flat, item, layout)?,
            }
            Ok(Need::More)
        })
    }

    /// What is no place.
    fn read_other(&mut self, section: &mut Section<'a>, word: Word, layout: Layout, how: &mut Reading<'_>) -> Result<()> {
        match section.next()? {
            Item::Map(inner) => match word.nested {
                Nested::Postal => self.read_postal(section, inner, how),
                Nested::Flat => entries(section, inner, how, |section, word, _| self.read_flat(section, word, layout)),
                _ => section.skip(Item::Map(inner)),
            },
            Item::Array(inner) if word.nested == Nested::Subdivisions => self.read_subdivisions(section, inner, how),
            item @ Item::Array(_) => section.skip(item),
            item => self.put_flat(section, word.flat, item, layout),
        }
    }

    /// The largest comes first; the others are left out.
    fn read_subdivisions(&mut self, section: &mut Section<'a>, inner: Inner, how: &mut Reading<'_>) -> Result<()> {
        section.enter()?;
        if inner.count > 0 {
            self.read_part(section, Part::State, how)?.map_or(Ok(()), |item| section.skip(item))?;
        }
        if !inner.is_shared() {
            (1..inner.count).try_for_each(|_| section.skip_next())?;
        }
        section.leave(inner);
        Ok(())
    }

    fn read_postal(&mut self, section: &mut Section<'a>, inner: Inner, how: &mut Reading<'_>) -> Result<()> {
        entries(section, inner, how, |section, word, _| {
            if word.nested != Nested::Code {
                section.skip_next()?;
                return Ok(Need::More);
            }
            self.read_text(section, Text::PostalCode)?;
            Ok(Need::Nothing)
        })
    }

    /// The next value, if it is a map of a code and names; any other that holds no values is handed back.
    #[inline]
    fn read_part(&mut self, section: &mut Section<'a>, part: Part, how: &mut Reading<'_>) -> Result<Option<Item<'a>>> {
        let [code, name] = match part {
            Part::Country => [Some(Text::CountryCode), Some(Text::Country)],
            Part::Continent => [Some(Text::ContinentCode), Some(Text::Continent)],
            Part::State => [Some(Text::StateCode), Some(Text::State)],
            Part::City => [None, Some(Text::City)],
            Part::Registered => [Some(Text::RegisteredCountryCode), None],
        };
        // Only what is pointed to is met again, and it gives the same only where nothing is known yet. A code alone is soon read.
        let is_worth = name.is_some() && self.known(code).is_none() && self.known(name).is_none();
        let pointer = if is_worth { section.pointer()? } else { None };
        let key = pointer.map(|pointer| seen::Key { at: pointer.target, database: how.database, part: Some(part) });
        if let Some(pointer) = pointer
            && let Some(chosen) = key.and_then(|key| how.seen.places.get(key))
            && section.pass(pointer, u32::from(chosen.values))
        {
            for (to, span) in [code, name].into_iter().zip(chosen.spans()) {
                if let (Some(to), Some(text)) = (to, section.bytes_at(span)) {
                    self.put(section, to, text)?;
                }
            }
            return Ok(None);
        }
        let left = section.left();
        let inner = match section.next()? {
            Item::Map(inner) => inner,
            item @ Item::Array(_) => return section.skip(item).map(|()| None),
            item => return Ok(Some(item)),
        };
        let are_names_shared = self.read_place(section, inner, part, [code, name], how)?;
        let span = |text: Option<Text>| section.span(self.known(text).unwrap_or("").as_bytes());
        // Writers that share all values write names once, and places with ids of their own around them: those are not met again.
        if let Some(key) = key
            && !are_names_shared
            && let Ok(values) = u16::try_from(left - section.left())
            && let (Some(code), Some(name)) = (span(code), span(name))
        {
            how.seen.places.put(key, Chosen::new([code, name], values));
        }
        Ok(None)
    }

    #[inline]
    fn known(&self, text: Option<Text>) -> Option<&'a str> {
        self.texts.get(text? as usize).copied().flatten()
    }

    /// A map of a code and names. Says whether a pointer led to the names.
    fn read_place(
        &mut self,
        section: &mut Section<'a>,
        inner: Inner,
        part: Part,
        [code, name]: [Option<Text>; 2],
        how: &mut Reading<'_>,
    ) -> Result<bool> {
        let has_short_code = part != Part::Registered;
        let mut are_names_shared = false;
        entries(section, inner, how, |section, word, how| {
            match (word.nested, code, name) {
                (Nested::IsoCode, Some(code), _) => self.read_text(section, code)?,
                (Nested::Code, Some(code), _) if has_short_code => self.read_text(section, code)?,
                (Nested::Names, _, Some(name)) => are_names_shared = self.read_names(section, name, how)?,
                _ => section.skip_next()?,
            }
            let is_known = |text: Option<Text>| text.is_none() || self.known(text).is_some();
            Ok(if is_known(code) && is_known(name) { Need::Nothing } else { Need::More })
        })?;
        Ok(are_names_shared)
    }

    /// A map of names. Says whether a pointer led to it.
    fn read_names(&mut self, section: &mut Section<'a>, to: Text, how: &mut Reading<'_>) -> Result<bool> {
        let pointer = section.pointer()?;
        let key = pointer.map(|pointer| seen::Key { at: pointer.target, database: how.database, part: None });
        if let Some(pointer) = pointer
            && let Some(chosen) = key.and_then(|key| how.seen.names.get(key))
            && section.pass(pointer, u32::from(chosen.values))
        {
            let [_, name] = chosen.spans();
            section.bytes_at(name).map_or(Ok(()), |name| self.put(section, to, name))?;
            return Ok(true);
        }
        let left = section.left();
        let inner = match section.next()? {
            Item::Map(inner) => inner,
            item => return section.skip(item).map(|()| false),
        };
        let (mut wanted, mut english, mut first) = (None, None, None);
        entries(section, inner, how, |section, word, _| {
            let name = match word.language {
                Language::Wanted => &mut wanted,
                Language::English => &mut english,
                Language::Other => &mut first,
            };
            if name.is_some() {
                section.skip_next()?;
                return Ok(Need::More);
            }
            // A name that is no text is none.
            *name = section.next_text()?;
            Ok(if wanted.is_some() { Need::Nothing } else { Need::More })
        })?;
        let Some(name) = wanted.or(english).or(first) else { return Ok(key.is_some()) };
        self.put(section, to, name)?;
        if let Some(key) = key
            && let Ok(values) = u16::try_from(left - section.left())
            && let Some(name) = section.span(name)
        {
            how.seen.names.put(key, Chosen::new([Span::default(), name], values));
        }
        Ok(key.is_some())
    }

    /// The keys of flat layouts, and of the maps `location` and `traits`.
    fn read_flat(&mut self, section: &mut Section<'a>, word: Word, layout: Layout) -> Result<Need> {
        if word.flat == Flat::Unknown {
            section.skip_next()?;
        } else {
            let item = section.next()?;
            self.put_flat(section, word.flat, item, layout)?;
        }
        Ok(Need::More)
    }

    fn put_flat(&mut self, section: &mut Section<'a>, key: Flat, item: Item<'a>, layout: Layout) -> Result<()> {
        let text = match key {
            Flat::Latitude => return self.put_value(section, item, |facts, item| facts.latitude = facts.latitude.or(float(item))),
            Flat::Longitude => return self.put_value(section, item, |facts, item| facts.longitude = facts.longitude.or(float(item))),
            Flat::Radius => {
                return self.put_value(section, item, |facts, item| {
                    facts.accuracy_km = facts.accuracy_km.or(integer(item).and_then(|km| i32::try_from(km).ok()).filter(|km| *km >= 0))
                });
            }
            Flat::Asn => return self.put_value(section, item, |facts, item| facts.asn = facts.asn.or(asn(item))),
            Flat::Mark(flag) => return self.mark(section, item, flag),
            Flat::CodeOr(code, _) if is_code(item) => code,
            Flat::CodeOr(_, name) => name,
            Flat::OfAsn(text) if layout.is_asn => text,
            Flat::Text(text) => text,
            Flat::OfAsn(_) | Flat::Unknown => return section.skip(item),
        };
        self.put_text(section, text, item)
    }

    fn put_value(&mut self, section: &mut Section<'a>, item: Item<'a>, put: impl FnOnce(&mut Self, Item<'a>)) -> Result<()> {
        put(self, item);
        section.skip(item)
    }

    fn put_text(&mut self, section: &mut Section<'a>, to: Text, item: Item<'a>) -> Result<()> {
        let Item::Text(text) = item else { return section.skip(item) };
        self.put(section, to, text)
    }

    /// Reads the next value, if it is a text.
    #[inline]
    fn read_text(&mut self, section: &mut Section<'a>, to: Text) -> Result<()> {
        match section.next_text()? {
            Some(text) => self.put(section, to, text),
            None => Ok(()),
        }
    }

    /// The first text of a record counts; an empty one says nothing.
    #[inline]
    fn put(&mut self, section: &Section<'a>, to: Text, text: &'a [u8]) -> Result<()> {
        if text.len() > MAX_TEXT {
            return Err(Damaged { at: 0, what: "a text is too long" });
        }
        if let Some(known @ None) = self.texts.get_mut(to as usize)
            && !text.is_empty()
        {
            *known = Some(section.utf8(text)?);
        }
        Ok(())
    }

    /// What hides an address makes it anonymous; what does not hide it says nothing of that.
    fn mark(&mut self, section: &mut Section<'a>, item: Item<'a>, flag: Flag) -> Result<()> {
        if let Some(is) = boolean(item) {
            let hides = is && flag != Flag::Hosting;
            for flag in std::iter::once(flag).chain(hides.then_some(Flag::Anonymous)) {
                if let Some(known) = self.flags.get_mut(flag as usize) {
                    *known = Some(is || known.unwrap_or(false));
                }
            }
        }
        section.skip(item)
    }
}

/// What is to be read of a map after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    More,
    Nothing,
}

/// Hands the words of a map to `entry`, which reads the value behind each or leaves it out.
#[inline]
fn entries<'a>(
    section: &mut Section<'a>,
    inner: Inner,
    how: &mut Reading<'_>,
    mut entry: impl FnMut(&mut Section<'a>, Word, &mut Reading<'_>) -> Result<Need>,
) -> Result<()> {
    section.enter()?;
    for _ in 0..inner.count {
        let word = match section.key()? {
            Key::Text(text) => Word::of(text, how.language),
            Key::At(at) => how.seen.word(how.database, at, || Ok(Word::of(section.text_at(at)?, how.language)))?,
        };
        let need = entry(section, word, how)?;
        if need == Need::Nothing && inner.is_shared() {
            break;
        }
    }
    section.leave(inner);
    Ok(())
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
