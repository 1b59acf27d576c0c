//! zip: the directory at the end, or the local headers where it is missing (APPNOTE.TXT 6.3, sections 4.3 and 4.4).
//!
//! Read here and not with the zip crate: that refuses an archive with one bad entry, and one that is cut before its
//! directory; both must give what is whole. Sizes in headers are bounds of slices, never of allocations.

use super::bits::{le16, le32, le64, offset};
use super::inflate::member_name;
use super::item::Status;

/// A member as its header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) name: String,
    /// First byte of the packed data in the archive.
    pub(super) start: usize,
    /// The packed data; where the size is not known, everything up to the end.
    pub(super) packed: &'a [u8],
    pub(super) method: usize,
    pub(super) encrypted: bool,
    /// Checksum of the unpacked data, where the header says it.
    pub(super) crc: Option<u32>,
    /// [`Status::Truncated`] where the data is not all there, [`Status::Corrupt`] where the local header is missing.
    pub(super) status: Status,
    sized: bool,
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// The end record and the longest comment.
const END_REACH: usize = 22 + 65_535;
/// Longest name that is kept.
const NAME: usize = 4096;

/// The members of an archive in the order of its directory.
#[derive(Debug)]
pub(super) struct Members<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the archive starts: data may stand before it.
    base: usize,
    left: usize,
    central: bool,
    /// [`Status::Truncated`] where the directory is missing, [`Status::Corrupt`] where it is damaged.
    pub(super) status: Status,
}

impl<'a> Members<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        if let Some((at, base, left)) = directory(bytes) {
            return Self { bytes, at, base, left, central: true, status: Status::Ok };
        }
        Self { bytes, at: 0, base: 0, left: usize::MAX, central: false, status: Status::Truncated }
    }

    /// Tells how much of an unsized member its stream used, so that the next header can be found.
    pub(super) fn used(&mut self, member: &Member<'a>, used: usize) {
        if !self.central && !member.sized {
            self.at = member.start.saturating_add(used);
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.starts_with(DESCRIPTOR) {
                self.at += 16;
            } else if rest.get(12..16) == Some(LOCAL) {
                self.at += 12;
            }
        }
    }

    fn next_listed(&mut self) -> Option<Member<'a>> {
        let entry = self.bytes.get(self.at..)?;
        if self.left == 0 || !entry.starts_with(CENTRAL) {
            if self.left > 0 {
                self.status = Status::Corrupt;
            }
            return None;
        }
        let Some(lengths) = le16(entry, 28).zip(le16(entry, 30)).zip(le16(entry, 32)) else {
            self.status = Status::Truncated;
            return None;
        };
        let ((name, extra), comment) = lengths;
        let mut member = Member {
            name: entry.get(46..46 + name.min(NAME)).map(member_name).unwrap_or_default(),
            start: 0,
            packed: &[],
            method: le16(entry, 10)?,
            encrypted: le16(entry, 8)? & 1 == 1,
            crc: le32(entry, 16),
            status: Status::Ok,
            sized: true,
        };
        let packed = offset(le32(entry, 20)?);
        let unpacked = offset(le32(entry, 24)?);
        let local = offset(le32(entry, 42)?);
        let fields = entry.get(46 + name..46 + name + extra).unwrap_or_default();
        let (packed, local) = zip64(fields, unpacked, packed, local);
        self.at += 46 + name + extra + comment;
        self.left -= 1;
        let at = self.base.saturating_add(local);
        match self.bytes.get(at..).filter(|header| header.starts_with(LOCAL)).and_then(|header| le16(header, 26).zip(le16(header, 28))) {
            Some((name, extra)) => {
                member.start = at + 30 + name + extra;
                let rest = self.bytes.get(member.start..).unwrap_or_default();
                member.packed = rest.get(..packed).unwrap_or(rest);
                if member.packed.len() < packed {
                    member.status = Status::Truncated;
                }
            }
            None => member.status = Status::Corrupt,
        }
        Some(member)
    }

    fn next_local(&mut self) -> Option<Member<'a>> {
        // Damage between two members is skipped.
        let rest = self.bytes.get(self.at..)?;
        self.at += memchr::memmem::find(rest, LOCAL)?;
        let header = self.bytes.get(self.at..)?;
        let (name, extra) = le16(header, 26).zip(le16(header, 28))?;
        let flags = le16(header, 6)?;
        let start = self.at + 30 + name + extra;
        let rest = self.bytes.get(start..).unwrap_or_default();
        // Flag 3: sizes and checksum follow the data.
        let sized = flags & 8 == 0;
        let fields = header.get(30 + name..30 + name + extra).unwrap_or_default();
        let (size, _) = zip64(fields, offset(le32(header, 22)?), offset(le32(header, 18)?), 0);
        let packed = if sized { rest.get(..size).unwrap_or(rest) } else { rest };
        let member = Member {
            name: header.get(30..30 + name.min(NAME)).map(member_name).unwrap_or_default(),
            start,
            packed,
            method: le16(header, 8)?,
            encrypted: flags & 1 == 1,
            crc: sized.then(|| le32(header, 14)).flatten(),
            status: if sized && packed.len() < size { Status::Truncated } else { Status::Ok },
            sized,
        };
        self.at = if sized { start.saturating_add(size) } else { start };
        Some(member)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        if self.central { self.next_listed() } else { self.next_local() }
    }
}

/// Start of the directory, start of the archive, number of entries.
fn directory(bytes: &[u8]) -> Option<(usize, usize, usize)> {
    let from = bytes.len().saturating_sub(END_REACH);
    let end = from + memchr::memmem::rfind(bytes.get(from..)?, END)?;
    let record = bytes.get(end..)?;
    let mut entries = le16(record, 10)?;
    let mut size = offset(le32(record, 12)?);
    let mut start = offset(le32(record, 16)?);
    let mut stop = end;
    // ZIP64: a locator right before the record points to a larger one.
    if entries == 0xffff || start == 0xffff_ffff {
        let locator = end.checked_sub(20).filter(|at| bytes.get(*at..).is_some_and(|l| l.starts_with(b"PK\x06\x07")))?;
        let wide = locator.checked_sub(56).filter(|at| bytes.get(*at..).is_some_and(|l| l.starts_with(b"PK\x06\x06")))?;
        entries = usize::try_from(le64(bytes, wide + 32)?).ok()?;
        size = usize::try_from(le64(bytes, wide + 40)?).ok()?;
        start = usize::try_from(le64(bytes, wide + 48)?).ok()?;
        stop = wide;
    }
    let at = stop.checked_sub(size)?;
    let base = at.checked_sub(start)?;
    (entries == 0 || bytes.get(at..)?.starts_with(CENTRAL)).then_some((at, base, entries))
}

/// Packed size and local offset from the ZIP64 extra field (id 1), for those that the header leaves at 32 ones.
fn zip64(mut fields: &[u8], unpacked: usize, packed: usize, local: usize) -> (usize, usize) {
    const WIDE: usize = 0xffff_ffff;
    if packed != WIDE && local != WIDE {
        return (packed, local);
    }
    while let (Some(id), Some(size)) = (le16(fields, 0), le16(fields, 2)) {
        let body = fields.get(4..).unwrap_or_default();
        if id == 1 {
            let mut at = 0;
            let mut wide = |value: usize| {
                if value != WIDE {
                    return value;
                }
                let value = le64(body, at).and_then(|value| usize::try_from(value).ok());
                at += 8;
                value.unwrap_or(WIDE)
            };
            wide(unpacked);
            let packed = wide(packed);
            return (packed, wide(local));
        }
        fields = body.get(size..).unwrap_or_default();
    }
    (packed, local)
}

/// What an archive is by the names in it.
pub(super) fn kind(bytes: &[u8]) -> &'static str {
    let mut kind = "zip";
    // Office writers put the telling names first; a bound keeps this from being a second pass over a huge directory.
    for member in Members::new(bytes).take(64) {
        let found = match member.name.as_str() {
            "mimetype" if member.packed.starts_with(b"application/vnd.oasis.opendocument") => "odf",
            "mimetype" if member.packed.starts_with(b"application/epub") => "epub",
            "AndroidManifest.xml" => "apk",
            "META-INF/MANIFEST.MF" => "jar",
            "AppxManifest.xml" => "appx",
            name if name.starts_with("word/") => "docx",
            name if name.starts_with("xl/") => "xlsx",
            name if name.starts_with("ppt/") => "pptx",
            name if name.ends_with(".nuspec") && !name.contains('/') => "nupkg",
            _ => continue,
        };
        // An APK is a jar with one file more.
        if kind != "apk" {
            kind = found;
        }
        if kind != "jar" {
            break;
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut out = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            out.start_file(*name, ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored)).unwrap();
            out.write_all(format!("content of {name}").as_bytes()).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    fn names(bytes: &[u8]) -> Vec<(String, Vec<u8>, Status)> {
        Members::new(bytes).map(|m| (m.name, m.packed.to_vec(), m.status)).collect()
    }

    #[test]
    fn directory_prefix_and_cut() {
        let bytes = archive(&["a", "b/c"]);
        let whole = [("a".to_owned(), b"content of a".to_vec(), Status::Ok), ("b/c".to_owned(), b"content of b/c".to_vec(), Status::Ok)];
        assert_eq!(names(&bytes), whole);
        assert_eq!(names(&[&b"stub before"[..], &bytes].concat()), whole);
        let cut = Members::new(&bytes[..bytes.len() - 30]);
        assert_eq!(cut.status, Status::Truncated);
        assert_eq!(names(&bytes[..bytes.len() - 30]), whole);
        assert_eq!(names(&bytes[..38]), [("a".to_owned(), b"content".to_vec(), Status::Truncated)]);
    }

    #[test]
    fn kinds_by_member_names() {
        for (name, expected) in [
            ("word/document.xml", "docx"),
            ("xl/workbook.xml", "xlsx"),
            ("META-INF/MANIFEST.MF", "jar"),
            ("a.txt", "zip"),
            ("x.nuspec", "nupkg"),
        ] {
            assert_eq!(kind(&archive(&["[Content_Types].xml", name])), expected, "{name}");
        }
        assert_eq!(kind(&archive(&["META-INF/MANIFEST.MF", "AndroidManifest.xml"])), "apk");
    }
}
