//! What a file holds: its first bytes decide, its name only where they leave a choice.

use super::options::Reader;
use encoding_rs::UTF_8;
use huntsql_readers::json::{Layout, looks_like_json};
use huntsql_readers::sniff::{Described, HEAD, binary, describe, extension};
use huntsql_readers::{Compression, Error, FileEntry, Place, Result, Source, Tally};
use std::io::Read;
use std::sync::Arc;

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
pub(crate) fn sniff(entry: &FileEntry, place: Place, reader: &Reader) -> Result<Sniffed> {
    let common = reader.common();
    let Described { source, start } = describe(entry, place, common.encoding)?;
    if *reader == Reader::Parquet || *reader == Reader::Auto && start.starts_with(b"PAR1") {
        // Parquet is read from its end.
        let packed = source.compression != Compression::None || matches!(source.place, Place::Member { .. });
        let in_archive = entry.found && matches!(source.place, Place::Memory(_));
        return match packed || in_archive {
            true if entry.found => Ok(Sniffed { source, format: Format::Binary("a packed Parquet file; unpack it first") }),
            true => Err(Error::unreadable(&entry.name, "a compressed Parquet file; unpack it first")),
            false => Ok(Sniffed { source, format: Format::Parquet }),
        };
    }
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
    let extension = extension(&entry.name);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        assert_eq!(delimiter("csv", "a;b;c,d\n"), b';');
        assert_eq!(delimiter("csv", "a\n"), b',');
        assert_eq!(delimiter("tsv", "a,b,c"), b'\t');
        assert_eq!(delimiter("csv", "\"a;b;c\",d"), b',');
    }
}
