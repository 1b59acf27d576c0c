//! What the first bytes and the name of a file say about it.

use crate::Result;
use crate::listing::FileEntry;
use crate::open::{Compression, Place, Source, byte_order_mark, guess_utf16};
use encoding_rs::{Encoding, UTF_8};
use std::io::Read;

/// Bytes looked at.
pub const HEAD: u64 = 64 << 10;

/// A file, described: how it is packed and encoded.
#[derive(Debug, Clone)]
pub struct Described {
    /// Ready to be opened.
    pub source: Source,
    /// The first bytes, unpacked.
    pub start: Vec<u8>,
}

/// Looks at the first bytes of a file. `encoding`: what the user says it is.
pub fn describe(entry: &FileEntry, place: Place, encoding: Option<&'static Encoding>) -> Result<Described> {
    let mut source = Source { modified: entry.modified, found: entry.found, ..Source::new(&entry.name, place, entry.size) };
    let mut start = head(&source, source.open_raw(0)?)?;
    source.compression = Compression::sniff(&start);
    if source.compression != Compression::None {
        start = head(&source, source.open_unpacked()?)?;
    }
    let mark = byte_order_mark(&start);
    source.encoding = match (encoding, mark) {
        (Some(encoding), _) => encoding,
        (None, Some((encoding, _))) => encoding,
        (None, None) => guess_utf16(&start).unwrap_or(UTF_8),
    };
    source.mark = mark.filter(|(encoding, _)| *encoding == source.encoding).map_or(0, |(_, length)| length);
    Ok(Described { source, start })
}

fn head(source: &Source, reader: Box<dyn Read + Send>) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(HEAD).read_to_end(&mut start).map_err(|error| source.unreadable(&error))?;
    Ok(start)
}

/// The extension in lower case, looked for before those of compressed files.
pub fn extension(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let name = [".gz", ".gzip", ".zst", ".zstd", ".bz2"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(&name);
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_owned())
}

/// The name without folders and extensions: what a table is called.
pub fn stem(name: &str) -> String {
    let name = name.trim_end_matches('/');
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let bare = last.split('.').next().unwrap_or(last);
    if bare.is_empty() { last.to_owned() } else { bare.to_owned() }
}

/// Formats that hold no rows of text, by their magic numbers; anything else with zero bytes early on.
pub fn binary(start: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a zip archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
        (b"Rar!", "a rar archive; unpack it first"),
        (b"\xfd7zXZ\x00", "xz data; unpack it first"),
        (b"ElfFile\x00", "a Windows event log: read_evtx reads it"),
        (b"\x7fELF", "an ELF program"),
        (b"MZ\x90\x00", "a Windows program"),
        (b"\x89PNG", "a PNG image"),
        (b"%PDF-", "a PDF document"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\xd4\xc3\xb2\xa1", "a packet capture"),
        (b"\x0a\x0d\x0d\x0a", "a packet capture"),
        (b"ARROW1", "an Arrow file"),
        (b"Obj\x01", "an Avro file"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(what);
    }
    if start.get(257..262) == Some(b"ustar") {
        return Some("a tar archive inside an archive; unpack it first");
    }
    let zeros = memchr::memchr_iter(0, start).count();
    (zeros * 20 > start.len()).then_some("binary data; read_text reads it as lines all the same")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(extension("a/b.Json.GZ"), "json");
        assert_eq!(extension("a/b"), "");
        assert_eq!(stem("logs/app.json.gz"), "app");
        assert_eq!(stem("logs/"), "logs");
        assert_eq!(stem("/x/.hidden"), ".hidden");
    }
}
