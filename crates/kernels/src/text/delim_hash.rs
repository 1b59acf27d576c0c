//! `delim_hash(text)`: a number for the skeleton of separators of a text.

use super::crc32_hash::crc32;
use super::delimiters::Delimiters;
use crate::prelude::*;

/// Kernel of `delim_hash`.
pub struct DelimHash;

impl ScalarKernel for DelimHash {
    const SPEC: Spec = Spec {
        name: "delim_hash",
        family: Family::Text,
        summary: "Hashes what separates the parts of a command line, so that command lines of the same build have the same number.",
        details: "\
The CRC-32 of the separators alone, in order (see `delim_count` for what they are): `net user bob` and `sc query abc` are alike to it. The result is that of
MSTICPy's `delim_hash`. It is a name, not a quantity: good for equality and grouping, meaningless as a distance. `command_pattern` groups the same way
and can be read.",
        args: &[Arg { name: "text", doc: "A command line or any text." }],
        examples: &[
            Example { sql: "SELECT delim_hash('The quick & sly (as all foxes might be/or not) fox, jumped over a frog.') AS hash", result: "2337396062" },
            Example { sql: "SELECT delim_hash('tool -a 17') = delim_hash('tool -b 4711') AS same", result: "true" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = Delimiters;
    type Out<'a> = i64;
    type Scratch = String;

    fn eval<'a>(found: &'a mut String, delimiters: &'a Delimiters, (text,): (&'a str,)) -> KernelResult<i64> {
        Ok(Some(delim_hash(text, delimiters, found)))
    }
}

/// CRC-32 of the delimiters in `text`. `found` is a buffer for them.
pub fn delim_hash(text: &str, delimiters: &Delimiters, found: &mut String) -> i64 {
    found.clear();
    delimiters.each(text, |c| found.push(c));
    crc32(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        // Python: binascii.crc32 of the delimiters.
        for (text, expected) in [
            ("", 0),
            ("abc", 0),
            ("The quick & sly (as all foxes might be/or not) fox, jumped over a frog.", 2_337_396_062),
            ("a b", 3_916_222_277),
            ("x\u{a0}y", 1_858_274_523),
        ] {
            assert_eq!(delim_hash(text, &Delimiters::default(), &mut String::new()), expected, "{text:?}");
        }
    }
}
