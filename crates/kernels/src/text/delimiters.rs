//! The characters that separate the parts of a command line: what `delim_count` and `delim_hash` look at.

use crate::prelude::*;

/// Options of `delim_count` and `delim_hash`.
#[derive(Debug, Clone)]
pub struct Delimiters {
    ascii: [bool; 128],
    /// The others, sorted.
    wide: Vec<char>,
    blanks: bool,
}

/// Those of MSTICPy's `delim_count`, which takes them and all white space.
const COMMON: &str = r#"-\/.,"'|&:;%$()"#;

impl Default for Delimiters {
    fn default() -> Self {
        Self::new(COMMON, true)
    }
}

impl Options for Delimiters {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "delimiters",
        kind: OptionKind::Text,
        default: "NULL",
        doc: "The characters to look at, instead of white space and `-\\/.,\"'|&:;%$()`.",
    }];

    fn set(&mut self, _name: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Text(delimiters) = setting {
            if delimiters.is_empty() {
                return Err("must hold a character".to_owned());
            }
            *self = Self::new(&delimiters, false);
        }
        Ok(())
    }
}

impl Delimiters {
    fn new(delimiters: &str, blanks: bool) -> Self {
        let mut ascii = [false; 128];
        for (slot, c) in ascii.iter_mut().zip('\0'..) {
            *slot = (blanks && is_python_space(c)) || delimiters.contains(c);
        }
        let mut wide: Vec<char> = delimiters.chars().filter(|c| !c.is_ascii()).collect();
        wide.sort_unstable();
        Self { ascii, wide, blanks }
    }

    fn has_byte(&self, byte: u8) -> bool {
        self.ascii.get(usize::from(byte)).is_some_and(|is| *is)
    }

    fn has(&self, c: char) -> bool {
        match self.ascii.get(c as usize) {
            Some(is) => *is,
            None => (self.blanks && is_python_space(c)) || self.wide.binary_search(&c).is_ok(),
        }
    }

    /// Calls `each` with the delimiters of `text`, in order.
    pub(super) fn each(&self, text: &str, mut each: impl FnMut(char)) {
        if text.is_ascii() {
            text.bytes().filter(|byte| self.has_byte(*byte)).for_each(|byte| each(char::from(byte)));
        } else {
            text.chars().filter(|c| self.has(*c)).for_each(each);
        }
    }
}

/// `\s` of Python's `re`: Unicode's white space and the four ASCII separators.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}
