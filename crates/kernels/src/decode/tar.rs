//! tar: headers of 512 bytes with a checksum (POSIX ustar, pax and GNU long names).
//!
//! Read here and not with the tar crate, which stops at the first bad entry and copies what can be borrowed.

use super::bits::offset;
use super::inflate::member_name;
use super::item::Status;

/// A member whose data lies as it is in the archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) data: &'a [u8],
    pub(super) status: Status,
}

const BLOCK: usize = 512;

/// True where a tar archive starts: the checksum of the first header holds, or its magic is there.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(..BLOCK).is_some_and(|header| {
        header.first().is_some_and(|first| *first != 0)
            && (checksum_holds(header) || header.get(257..262) == Some(b"ustar") && number(header, 124, 12).is_some())
    })
}

/// The files of an archive, and how it ended.
pub(super) struct Members<'a> {
    bytes: &'a [u8],
    at: usize,
    long_name: Option<String>,
    /// [`Status::Ok`] until the end of the archive turns out to be missing or a header to be damaged.
    pub(super) status: Status,
}

impl<'a> Members<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, long_name: None, status: Status::Ok }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(header) = rest.get(..BLOCK) else {
                // Archives without the two empty blocks at the end are common.
                if !rest.is_empty() {
                    self.status = Status::Truncated;
                }
                return None;
            };
            if header.iter().all(|byte| *byte == 0) {
                return None;
            }
            let first = self.at == 0;
            let Some(size) = number(header, 124, 12).filter(|_| first || checksum_holds(header)) else {
                self.status = Status::Corrupt;
                self.at = self.bytes.len();
                return None;
            };
            let start = self.at + BLOCK;
            let after = rest.get(BLOCK..).unwrap_or_default();
            let (data, status) = match after.get(..size) {
                Some(data) => (data, Status::Ok),
                None => (after, Status::Truncated),
            };
            self.at = start.saturating_add(size).checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX).min(self.bytes.len());
            match header.get(156) {
                Some(b'L') => self.long_name = Some(text_until_nul(data)),
                Some(b'x') => self.long_name = pax_path(data).or(self.long_name.take()),
                Some(b'0' | 0 | b'7' | b'S') => {
                    let name = self.long_name.take().unwrap_or_else(|| header_name(header));
                    return Some(Member { name, start, data, status });
                }
                // Directories, links and devices hold nothing.
                _ => self.long_name = None,
            }
        }
    }
}

fn header_name(header: &[u8]) -> String {
    let name = text_until_nul(header.get(..100).unwrap_or_default());
    let prefix =
        if header.get(257..263) == Some(b"ustar\0") { text_until_nul(header.get(345..500).unwrap_or_default()) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

fn text_until_nul(raw: &[u8]) -> String {
    // A name longer than any file system allows is not worth its memory.
    let raw = raw.get(..4096).unwrap_or(raw);
    member_name(raw.split(|byte| *byte == 0).next().unwrap_or_default())
}

/// `path` of a pax header: records `length key=value\n`.
fn pax_path(data: &[u8]) -> Option<String> {
    data.split(|byte| *byte == b'\n').find_map(|record| {
        let key = record.iter().position(|byte| *byte == b' ')?;
        record.get(key + 1..)?.strip_prefix(b"path=").map(text_until_nul)
    })
}

/// A number in octal, or in base 256 where the top bit of the first byte is set (GNU).
fn number(header: &[u8], at: usize, length: usize) -> Option<usize> {
    let field = header.get(at..at + length)?;
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        return rest.iter().try_fold(usize::from(first & 0x7f), |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)));
    }
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| matches!(byte, 0 | b' ')).unwrap_or(digits.len());
    digits.get(..end)?.iter().try_fold(0_usize, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(usize::from(byte - b'0')),
        _ => None,
    })
}

/// The sum of the header's bytes with the checksum field as blanks.
fn checksum_holds(header: &[u8]) -> bool {
    let sum: u32 = header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    number(header, 148, 8) == Some(offset(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut out = ::tar::Builder::new(Vec::new());
        for (name, data) in [("a.txt", b"first".to_vec()), (&format!("{}/b.bin", "d".repeat(150)), vec![7; 700]), ("empty", vec![])] {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            out.append_data(&mut header, name, data.as_slice()).unwrap();
        }
        out.into_inner().unwrap()
    }

    #[test]
    fn members_long_names_cuts_and_damage() {
        let bytes = archive();
        assert!(is_tar(&bytes));
        let mut members = Members::new(&bytes);
        let found: Vec<_> = members.by_ref().collect();
        assert_eq!(found.iter().map(|m| (m.name.len(), m.data.len())).collect::<Vec<_>>(), [(5, 5), (156, 700), (5, 0)]);
        assert_eq!(members.status, Status::Ok);
        let cut: Vec<_> = Members::new(&bytes[..600]).collect();
        assert_eq!((cut[0].data, cut[0].status), (&b"first"[..], Status::Ok));
        let cut: Vec<_> = Members::new(&bytes[..515]).collect();
        assert_eq!((cut[0].data, cut[0].status), (&b"fir"[..], Status::Truncated));

        let mut damaged = bytes.clone();
        damaged[1030] ^= 1;
        let mut members = Members::new(&damaged);
        assert_eq!((members.by_ref().count(), members.status), (1, Status::Corrupt));

        let mut huge = bytes;
        huge[124..136].copy_from_slice(&[0xff; 12]);
        assert_eq!(Members::new(&huge).count(), 0, "a size that no number holds");
        huge[124..136].copy_from_slice(b"77777777777\0");
        let members: Vec<_> = Members::new(&huge).collect();
        assert_eq!((members.len(), members[0].status), (1, Status::Truncated));
    }
}
