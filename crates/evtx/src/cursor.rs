//! Reads a stream of BinXML piece by piece.

use hashbrown::HashMap;

use crate::bytes::{index, u16_at, u32_at};
use crate::damage::Fault;
use crate::names::{NameId, Names};
use crate::text::push_utf16;

/// Longest name of an element or attribute, in UTF-16 units.
const MAX_NAME: u16 = 512;

/// Names of a chunk by where they stand, with their length in UTF-16 units.
pub(crate) type KnownNames = HashMap<usize, (NameId, u16)>;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) pos: usize,
}

impl<'a> Cursor<'a> {
    /// Reads a name, which stands anywhere in the chunk.
    pub(crate) fn name(&mut self, known_names: &mut KnownNames, names: &mut Names) -> Result<NameId, Fault> {
        const BAD: &str = "name past the end of the chunk";
        let at = self.pos;
        let offset = index(u32_at(self.take(4)?, 0).unwrap_or(u32::MAX));
        let (name, length) = match known_names.get(&offset) {
            Some(known) => *known,
            None => {
                let length = offset.checked_add(6).and_then(|at| u16_at(self.data, at)).ok_or(Fault::new(at, BAD))?;
                if length > MAX_NAME {
                    return Err(Fault::new(at, "name longer than 512 characters"));
                }
                let bytes = self.data.get(offset + 8..).and_then(|rest| rest.get(..2 * usize::from(length)));
                let mut text = Vec::new();
                push_utf16(bytes.ok_or(Fault::new(at, BAD))?, &mut text);
                let known = (names.id(std::str::from_utf8(&text).unwrap_or_default()), length);
                known_names.insert(offset, known);
                known
            }
        };
        // The first use of a name is followed by the name itself.
        if offset == self.pos {
            self.take(6 + 2 + 2 * usize::from(length) + 2)?;
        }
        Ok(name)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Fault> {
        let at = self.pos;
        u16_at(self.take(2)?, 0).ok_or(Fault::new(at, "BinXML ends early"))
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let bytes = self.data.get(self.pos..).and_then(|rest| rest.get(..length));
        let bytes = bytes.ok_or(Fault::new(self.pos, "BinXML ends early"))?;
        self.pos += length;
        Ok(bytes)
    }
}
