//! What a file holds: its first bytes decide, its name only where they leave a choice.

use super::json::{Layout, looks_like_json};
use super::open::{Compression, Place, Source, Tally, byte_order_mark, guess_utf16};
use super::options::Reader;
use crate::error::{Error, Result};
use encoding_rs::UTF_8;
use std::io::Read;
use std::sync::Arc;

/// Bytes looked at.
const HEAD: u64 = 64 << 10;

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Parquet,
    Json(Layout),
    /// The delimiter that its name or first line suggests.
    Csv(u8),
    Text,
    /// Nothing that has rows; the words say what it is.
    Binary(&'static str),
}

/// A file, described.
pub(crate) struct Sniffed {
    pub(crate) source: Source,
    pub(crate) format: Format,
}

/// Looks at the first bytes of a file.
pub(crate) fn sniff(name: &str, place: Place, size: u64, reader: &Reader) -> Result<Sniffed> {
    let mut source = Source { name: name.into(), place, size, compression: Compression::None, encoding: UTF_8, mark: 0 };
    let start = head(&source, source.open_raw(0)?)?;
    source.compression = Compression::sniff(&start);
    let start = if source.compression == Compression::None { start } else { head(&source, source.open_unpacked()?)? };
    let format = match reader {
        Reader::Parquet => Some(Format::Parquet),
        Reader::Auto if start.starts_with(b"PAR1") => Some(Format::Parquet),
        _ => None,
    };
    if let Some(format) = format {
        if source.compression != Compression::None {
            return Err(Error::Unreadable { path: name.to_owned(), problem: "a compressed Parquet file; unpack it first".to_owned() });
        }
        return Ok(Sniffed { source, format });
    }
    let common = reader.common();
    let mark = byte_order_mark(&start);
    source.encoding = match (common.encoding, mark) {
        (Some(encoding), _) => encoding,
        (None, Some((encoding, _))) => encoding,
        (None, None) => guess_utf16(&start).unwrap_or(UTF_8),
    };
    source.mark = mark.filter(|(encoding, _)| *encoding == source.encoding).map_or(0, |(_, length)| length);
    if source.encoding == UTF_8
        && *reader == Reader::Auto
        && let Some(what) = binary(&start)
    {
        return Ok(Sniffed { source, format: Format::Binary(what) });
    }
    let mut text = Vec::new();
    let tally = Arc::new(Tally::default());
    // Not checked here: the scan names the line of a bad byte.
    let _ = source.open_text(0, true, &tally)?.take(HEAD).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let extension = extension(name);
    let format = match reader {
        Reader::Json(_) => Format::Json(Layout::guess(&text)),
        Reader::Text(_) => Format::Text,
        Reader::Csv(options) => Format::Csv(options.delimiter.unwrap_or_else(|| delimiter(&extension, &text))),
        Reader::Auto | Reader::Parquet => match extension.as_str() {
            "csv" | "tsv" | "tab" if !looks_like_json(&text) => Format::Csv(delimiter(&extension, &text)),
            "json" | "ndjson" | "jsonl" => Format::Json(Layout::guess(&text)),
            _ if looks_like_json(&text) => Format::Json(Layout::guess(&text)),
            _ => Format::Text,
        },
    };
    Ok(Sniffed { source, format })
}

fn head(source: &Source, reader: Box<dyn Read + Send>) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(HEAD).read_to_end(&mut start).map_err(|error| source.unreadable(&error))?;
    Ok(start)
}

/// The extension in lower case, looked for before those of compressed files.
fn extension(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let name = [".gz", ".gzip", ".zst", ".zstd", ".bz2"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(&name);
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_owned())
}

/// The name without folders and extensions: what a table is called.
pub(crate) fn stem(name: &str) -> String {
    let name = name.trim_end_matches('/');
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let bare = last.split('.').next().unwrap_or(last);
    if bare.is_empty() { last.to_owned() } else { bare.to_owned() }
}

/// What the first line separates its fields by.
fn delimiter(extension: &str, text: &str) -> u8 {
    if matches!(extension, "tsv" | "tab") {
        return b'\t';
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.lines().next().unwrap_or_default().bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals: comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Formats that hold no rows we read, by their magic numbers; anything else with a zero byte early on.
fn binary(start: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a zip archive; unpack it first"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
        (b"Rar!", "a rar archive; unpack it first"),
        (b"\xfd7zXZ\x00", "xz data; unpack it first"),
        (b"ElfFile\x00", "a Windows event log (.evtx)"),
        (b"\x7fELF", "an ELF program"),
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
        return Some("a tar archive; unpack it first");
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

    #[test]
    fn delimiters() {
        assert_eq!(delimiter("csv", "a;b;c,d\n"), b';');
        assert_eq!(delimiter("csv", "a\n"), b',');
        assert_eq!(delimiter("tsv", "a,b,c"), b'\t');
        assert_eq!(delimiter("csv", "\"a;b;c\",d"), b',');
    }
}
