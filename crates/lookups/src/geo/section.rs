//! The data section of an MMDB file, read in place (<https://maxmind.github.io/MaxMind-DB/>, "Output Data Section").
//!
//! The crate `maxminddb` decodes through serde, which builds what it is asked for; here a record is walked once and nothing is built. Everything is
//! bounded: a pointer leads to a value and never to a pointer, values nest [`MAX_DEPTH`] deep, and a record has as many values as the caller allows.

use super::seen::Span;

/// How deep values may nest. Real records nest four deep.
const MAX_DEPTH: u32 = 32;

/// The bytes are not what the format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged {
    /// Where, in the data section.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) what: &'static str,
}

/// A value. Whoever gets a map or an array reads it ([`Section::map`], [`Section::array`]) or leaves it out ([`Section::skip`]) before the next value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// Text; whether it is UTF-8 has not been looked at.
    Text(&'a [u8]),
    Double(f64),
    Float(f32),
    Bytes(&'a [u8]),
    /// Of 16, 32 or 64 bits.
    Unsigned(u64),
    Signed(i32),
    Huge(u128),
    Bool(bool),
    Array(Inner),
    Map(Inner),
}

/// What is in a map or an array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inner {
    /// Number of entries.
    pub(crate) count: u32,
    /// Where reading goes on afterwards, if it was a pointer that led here.
    resume: Option<usize>,
}

impl Inner {
    /// Whether a pointer led here.
    pub(crate) fn is_shared(self) -> bool {
        self.resume.is_some()
    }
}

/// The key of an entry of a map.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key<'a> {
    Text(&'a [u8]),
    /// It is where a pointer leads to ([`Section::text_at`]); keys of records are in a few places.
    At(u32),
}

/// A pointer to a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pointer {
    /// Where the value is: its place says all of it, so that what was read of it holds for every pointer there.
    pub(crate) target: u32,
    behind: usize,
}

/// A place in the section.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    bytes: &'a [u8],
    at: usize,
    left: u32,
    depth: u32,
}

type Result<T> = std::result::Result<T, Damaged>;

impl<'a> Section<'a> {
    /// Reads from `at` on, at most `values` values.
    pub(crate) fn new(bytes: &'a [u8], at: usize, values: u32) -> Self {
        Self { bytes, at, left: values, depth: 0 }
    }

    #[cold]
    fn damaged<T>(&self, what: &'static str) -> Result<T> {
        Err(Damaged { at: self.at, what })
    }

    #[inline]
    fn byte(&mut self) -> Result<u8> {
        match self.bytes.get(self.at) {
            Some(byte) => {
                self.at += 1;
                Ok(*byte)
            }
            None => self.damaged("the section ends within a value"),
        }
    }

    #[inline]
    fn take(&mut self, size: u32) -> Result<&'a [u8]> {
        let taken = self.at.checked_add(size as usize).and_then(|end| Some((self.bytes.get(self.at..end)?, end)));
        match taken {
            Some((bytes, end)) => {
                self.at = end;
                Ok(bytes)
            }
            None => self.damaged("the section ends within a value"),
        }
    }

    /// A big-endian number of up to eight bytes.
    #[inline]
    fn number(&mut self, size: u32, most: u32) -> Result<u64> {
        if size > most {
            return self.damaged("a number has too many bytes");
        }
        Ok(self.take(size)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Type and size of the value at this place.
    #[inline]
    fn header(&mut self) -> Result<(u8, u32)> {
        let control = self.byte()?;
        let ty = match control >> 5 {
            EXTENDED => match self.byte()? {
                0 => return self.damaged("no such type of value"),
                ty => ty.saturating_add(7),
            },
            POINTER => return Ok((POINTER, u32::from(control & 0x1f))),
            ty => ty,
        };
        let size = match control & 0x1f {
            29 => 29 + self.number(1, 1)?,
            30 => 285 + self.number(2, 2)?,
            31 => 65_821 + self.number(3, 3)?,
            size => u64::from(size),
        };
        Ok((ty, size as u32))
    }

    /// Where the pointer with these low bits of its control byte leads to.
    #[inline]
    fn target(&mut self, low: u32) -> Result<usize> {
        let high = u64::from(low & 7);
        let place = match low >> 3 {
            0 => high << 8 | self.number(1, 1)?,
            1 => (high << 16 | self.number(2, 2)?) + 2048,
            2 => (high << 24 | self.number(3, 3)?) + 526_336,
            _ => self.number(4, 4)?,
        };
        match usize::try_from(place) {
            Ok(place) if place < self.bytes.len() => Ok(place),
            _ => self.damaged("a pointer leads out of the section"),
        }
    }

    #[inline]
    fn count_one(&mut self) -> Result<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => self.damaged("the record has too many values"),
        }
    }

    /// The next value.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Item<'a>> {
        self.count_one()?;
        let (mut ty, mut size) = self.header()?;
        let mut resume = None;
        if ty == POINTER {
            let target = self.target(size)?;
            resume = Some(std::mem::replace(&mut self.at, target));
            (ty, size) = self.header()?;
        }
        let item = match ty {
            2 => Item::Text(self.take(size)?),
            3 => match self.take(size)?.try_into() {
                Ok(bytes) => Item::Double(f64::from_be_bytes(bytes)),
                Err(_) => return self.damaged("a double has not 8 bytes"),
            },
            4 => Item::Bytes(self.take(size)?),
            5 => Item::Unsigned(self.number(size, 2)?),
            6 => Item::Unsigned(self.number(size, 4)?),
            7 => return Ok(Item::Map(Inner { count: size, resume })),
            // Without its leading zero bytes, so fewer than four are never negative.
            8 => Item::Signed(self.number(size, 4)? as u32 as i32),
            9 => Item::Unsigned(self.number(size, 8)?),
            10 if size <= 16 => Item::Huge(self.take(size)?.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))),
            11 => return Ok(Item::Array(Inner { count: size, resume })),
            14 if size <= 1 => Item::Bool(size == 1),
            15 => match self.take(size)?.try_into() {
                Ok(bytes) => Item::Float(f32::from_be_bytes(bytes)),
                Err(_) => return self.damaged("a float has not 4 bytes"),
            },
            POINTER => return self.damaged("a pointer leads to a pointer"),
            _ => return self.damaged("no such type of value"),
        };
        if let Some(resume) = resume {
            self.at = resume;
        }
        Ok(item)
    }

    /// The next value, if it is a text; any other is left out.
    #[inline]
    pub(crate) fn next_text(&mut self) -> Result<Option<&'a [u8]>> {
        let start = self.at;
        match self.header()? {
            (2, size) => {
                self.count_one()?;
                self.take(size).map(Some)
            }
            (POINTER, low) => {
                self.count_one()?;
                let target = self.target(low)?;
                let resume = std::mem::replace(&mut self.at, target);
                let text = match self.header()? {
                    (2, size) => Some(self.take(size)?),
                    (POINTER, _) => return self.damaged("a pointer leads to a pointer"),
                    _ => None,
                };
                self.at = resume;
                Ok(text)
            }
            _ => {
                self.at = start;
                self.skip_next().map(|()| None)
            }
        }
    }

    /// Hands keys and values to `entry`.
    #[inline]
    pub(crate) fn map(&mut self, inner: Inner, mut entry: impl FnMut(&mut Self, &'a [u8], Item<'a>) -> Result<()>) -> Result<()> {
        self.enter()?;
        for _ in 0..inner.count {
            let Item::Text(key) = self.next()? else { return self.damaged("the key of a map is no text") };
            let item = self.next()?;
            entry(self, key, item)?;
        }
        self.leave(inner);
        Ok(())
    }

    /// The next key of a map, which was entered ([`Section::enter`]). Behind it comes its value.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Key<'a>> {
        self.count_one()?;
        match self.header()? {
            (2, size) => Ok(Key::Text(self.take(size)?)),
            (POINTER, low) => Ok(Key::At(self.target(low)? as u32)),
            _ => self.damaged("the key of a map is no text"),
        }
    }

    /// The text at a place that a pointer led to.
    pub(crate) fn text_at(&self, at: u32) -> Result<&'a [u8]> {
        let mut there = Section { bytes: self.bytes, at: at as usize, left: 0, depth: 0 };
        match there.header()? {
            (2, size) => there.take(size),
            _ => there.damaged("the key of a map is no text"),
        }
    }

    /// Hands values to `element`.
    #[inline]
    pub(crate) fn array(&mut self, inner: Inner, mut element: impl FnMut(&mut Self, u32, Item<'a>) -> Result<()>) -> Result<()> {
        self.enter()?;
        for index in 0..inner.count {
            let item = self.next()?;
            element(self, index, item)?;
        }
        self.leave(inner);
        Ok(())
    }

    /// Begins to read what is in a map.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return self.damaged("values nest too deep");
        }
        self.depth += 1;
        Ok(())
    }

    /// Goes on behind a map: one that a pointer led to ([`Inner::is_shared`]) may be left before its end.
    #[inline]
    pub(crate) fn leave(&mut self, inner: Inner) {
        self.depth -= 1;
        if let Some(resume) = inner.resume {
            self.at = resume;
        }
    }

    /// Leaves a value out.
    pub(crate) fn skip(&mut self, item: Item<'a>) -> Result<()> {
        let (inner, each) = match item {
            Item::Map(inner) => (inner, 2),
            Item::Array(inner) => (inner, 1),
            _ => return Ok(()),
        };
        // What a pointer leads to need not be looked at.
        if let Some(resume) = inner.resume {
            self.at = resume;
            return Ok(());
        }
        self.skip_values(u64::from(inner.count) * each)
    }

    /// Leaves the next value out. What a pointer leads to is not looked at.
    #[inline]
    pub(crate) fn skip_next(&mut self) -> Result<()> {
        self.skip_values(1)
    }

    #[inline]
    fn skip_values(&mut self, mut pending: u64) -> Result<()> {
        while pending > 0 {
            pending -= 1;
            self.count_one()?;
            match self.header()? {
                (7, count) => pending += u64::from(count) * 2,
                (11, count) => pending += u64::from(count),
                (14, _) => {}
                (POINTER, low) => {
                    self.target(low)?;
                }
                (_, size) => {
                    self.take(size)?;
                }
            }
        }
        Ok(())
    }

    /// The pointer to the next value; `None` where the value itself stands here.
    #[inline]
    pub(crate) fn pointer(&self) -> Result<Option<Pointer>> {
        let mut ahead = Section { ..*self };
        Ok(match ahead.header()? {
            (POINTER, low) => Some(Pointer { target: ahead.target(low)? as u32, behind: ahead.at }),
            _ => None,
        })
    }

    /// How many values may still be read.
    pub(crate) fn left(&self) -> u32 {
        self.left
    }

    /// Goes on behind a pointer to what was read before, as `values` values; false where so many may not be read.
    #[inline]
    pub(crate) fn pass(&mut self, pointer: Pointer, values: u32) -> bool {
        let Some(left) = self.left.checked_sub(values) else { return false };
        (self.left, self.at) = (left, pointer.behind);
        true
    }

    /// Bytes of the section.
    #[inline]
    pub(crate) fn bytes_at(&self, span: Span) -> Option<&'a [u8]> {
        let start = span.start as usize;
        self.bytes.get(start..start + usize::from(span.length))
    }

    /// Where `text` is, which is in the section, or empty; `None` where that cannot be kept.
    pub(crate) fn span(&self, text: &[u8]) -> Option<Span> {
        if text.is_empty() {
            return Some(Span::default());
        }
        let start = text.as_ptr().addr().checked_sub(self.bytes.as_ptr().addr())?;
        Some(Span { start: u32::try_from(start).ok()?, length: u16::try_from(text.len()).ok()? })
    }

    /// Text, if it is UTF-8.
    #[inline]
    pub(crate) fn utf8(&self, text: &'a [u8]) -> Result<&'a str> {
        match std::str::from_utf8(text) {
            Ok(text) => Ok(text),
            Err(_) => self.damaged("a text is not UTF-8"),
        }
    }
}

const EXTENDED: u8 = 0;
const POINTER: u8 = 1;

#[cfg(test)]
#[path = "section_tests.rs"]
mod tests;
