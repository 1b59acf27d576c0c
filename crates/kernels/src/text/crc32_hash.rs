//! `crc32_hash(text)`: CRC-32.

use crate::prelude::*;

/// Kernel of `crc32_hash`.
pub struct Crc32Hash;

impl ScalarKernel for Crc32Hash {
    const SPEC: Spec = Spec {
        name: "crc32_hash",
        family: Family::Text,
        summary: "Gives the CRC-32 of a text: a small number in place of a name.",
        details: "\
The checksum of gzip, zip and Ethernet (polynomial 0xEDB88320) over the UTF-8 bytes, from 0 to 4294967295; 0 for the empty text. The result is that of MSTICPy's
`crc32_hash`. Different texts may share a number (among 77,000 texts a pair is as likely as not), and whoever wants that can bring it about: it is no fingerprint.",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[Example {
            sql: "SELECT crc32_hash('The quick & sly (as all foxes might be/or not) fox, jumped over a frog.') AS hash",
            result: "2011081507",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = i64;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<i64> {
        Ok(Some(crc32(text)))
    }
}

/// CRC-32 of the UTF-8 bytes of `text`.
pub fn crc32(text: &str) -> i64 {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    i64::from(crc.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (text, expected) in [
            ("", 0),
            // The check value of the CRC catalogue.
            ("123456789", 0xcbf4_3926),
            ("The quick & sly (as all foxes might be/or not) fox, jumped over a frog.", 2_011_081_507),
            // Python: binascii.crc32 of the UTF-8 bytes.
            ("größe 日本", 3_579_898_016),
        ] {
            assert_eq!(crc32(text), expected, "{text:?}");
        }
    }
}
