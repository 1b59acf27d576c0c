//! Archives: members of zip and tar files, listed as files of their own and read in place.

mod walk;

use crate::listing::{FileEntry, MAX_FILES};
use crate::open::{Compression, Packing, Place, Source};
use crate::{Error, Result};
use bytes::Bytes;
use chrono::NaiveDate;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::time::{Duration, SystemTime};
pub use walk::{TarMember, TarWalk};

/// Members of compressed tar files that are kept in memory, so that each need not be unpacked from the beginning.
const KEPT_BYTES: u64 = 256 << 20;

/// The kinds of archive that are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    Tar(Compression),
}

/// The members of an archive, sorted by name; `None` where the file is none.
///
/// A file that was found by a pattern or folder counts as a zip archive only if it is called so: office documents and programs are zip archives too.
///
/// Folders are left out, and what macOS adds; hidden files as well, unless `hidden` says that they are asked for.
pub(crate) fn members(entry: &FileEntry, hidden: bool) -> Result<Option<Vec<(FileEntry, Place)>>> {
    let Some(kind) = kind(entry)? else { return Ok(None) };
    let called_zip = entry.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    let mut found = match kind {
        Kind::Zip if entry.found && !called_zip => return Ok(None),
        Kind::Zip => zip_members(entry, hidden)?,
        Kind::Tar(compression) => tar_members(entry, compression, hidden)?,
    };
    // Of two members of one name the later one counts, as when they are unpacked one over the other.
    let mut seen = HashSet::new();
    found.reverse();
    found.retain(|(member, _)| seen.insert(member.path.clone()));
    if found.is_empty() {
        return Err(Error::unreadable(&entry.name, "the archive holds no files"));
    }
    found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    Ok(Some(found))
}

fn kind(entry: &FileEntry) -> Result<Option<Kind>> {
    let source = Source::new(&entry.name, Place::Disk(entry.path.clone()), entry.size);
    let mut start = Vec::new();
    source.open_raw(0)?.take(512).read_to_end(&mut start).map_err(|error| source.unreadable(&error))?;
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Some(Kind::Zip));
    }
    let compression = Compression::sniff(&start);
    if compression != Compression::None {
        start.clear();
        // What is no sound gzip is no tar either; the reader of the file will say so.
        let unpacked = Source { compression, ..source };
        if unpacked.open_unpacked()?.take(512).read_to_end(&mut start).is_err() {
            return Ok(None);
        }
    }
    Ok((start.get(257..262) == Some(b"ustar")).then_some(Kind::Tar(compression)))
}

/// The name without steps that lead nowhere or out of the archive; `None` for what is not wanted.
fn plain_name(name: &str, hidden: bool) -> Option<String> {
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let is_wanted = |part: &&str| *part != "__MACOSX" && (hidden || !part.starts_with('.'));
    (!name.ends_with('/') && !parts.is_empty() && parts.iter().all(is_wanted)).then(|| parts.join("/"))
}

fn member(entry: &FileEntry, name: &str, size: u64, modified: Option<SystemTime>) -> FileEntry {
    FileEntry { name: format!("{}/{name}", entry.name), path: entry.path.join(name), size, modified, found: true }
}

fn zip_members(entry: &FileEntry, hidden: bool) -> Result<Vec<(FileEntry, Place)>> {
    let bad = |problem: String| Error::unreadable(&entry.name, problem);
    let file = File::open(&entry.path).map_err(|error| Error::io(&entry.name, &error))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| bad(format!("a damaged zip archive ({error})")))?;
    if archive.len() > MAX_FILES {
        return Err(bad(format!("an archive of more than {MAX_FILES} files")));
    }
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|error| bad(format!("a damaged zip archive ({error})")))?;
        let name = file.name().map_err(|error| bad(format!("a damaged zip archive ({error})")))?.replace('\\', "/");
        let Some(name) = plain_name(&name, hidden).filter(|_| !file.is_dir()) else { continue };
        if file.encrypted() {
            return Err(bad(format!("its member '{name}' is encrypted; unpack it with its password first")));
        }
        let packing = match file.compression() {
            zip::CompressionMethod::Stored => Packing::Stored,
            zip::CompressionMethod::Deflated => Packing::Deflate,
            zip::CompressionMethod::Bzip2 => Packing::Bzip2,
            other => return Err(bad(format!("its member '{name}' is packed by {other}; unpack it first"))),
        };
        let at = file.data_start().ok_or_else(|| bad(format!("its member '{name}' has no beginning")))?;
        let place =
            Place::Member { archive: entry.path.clone(), compression: Compression::None, at, length: file.compressed_size(), packing };
        found.push((member(entry, &name, file.size(), file.last_modified().and_then(zip_time)), place));
    }
    Ok(found)
}

/// The time of a member: DOS time has no zone and counts as UTC.
fn zip_time(time: zip::DateTime) -> Option<SystemTime> {
    let date = NaiveDate::from_ymd_opt(i32::from(time.year()), u32::from(time.month()), u32::from(time.day()))?;
    let seconds = date.and_hms_opt(u32::from(time.hour()), u32::from(time.minute()), u32::from(time.second()))?.and_utc().timestamp();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

fn tar_members(entry: &FileEntry, compression: Compression, hidden: bool) -> Result<Vec<(FileEntry, Place)>> {
    let source = Source { compression, ..Source::new(&entry.name, Place::Disk(entry.path.clone()), entry.size) };
    let bad = |error: std::io::Error| Error::unreadable(&entry.name, format!("a damaged tar archive ({error})"));
    let mut archive = TarWalk::new(source.open_unpacked()?);
    let mut kept = 0;
    let mut found = Vec::new();
    while let Some(file) = archive.next().map_err(bad)? {
        let Some(name) = plain_name(&file.name, hidden).filter(|_| file.is_file) else { continue };
        if found.len() == MAX_FILES {
            return Err(Error::unreadable(&entry.name, format!("an archive of more than {MAX_FILES} files")));
        }
        let size = file.size;
        let modified = file.modified.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        let place = if compression != Compression::None && size <= KEPT_BYTES - kept {
            kept += size;
            Place::Memory(Bytes::from(archive.read().map_err(bad)?))
        } else {
            Place::Member { archive: entry.path.clone(), compression, at: file.at, length: size, packing: Packing::Stored }
        };
        found.push((member(entry, &name, size, modified), place));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::Path;

    fn entry(path: &Path) -> FileEntry {
        let size = std::fs::metadata(path).unwrap().len();
        FileEntry { name: "x".to_owned(), path: path.to_owned(), size, modified: None, found: false }
    }

    fn texts(found: &[(FileEntry, Place)]) -> Vec<(String, String)> {
        let text = |(entry, place): &(FileEntry, Place)| {
            let mut text = String::new();
            Source::new(&entry.name, place.clone(), entry.size).open_raw(0).unwrap().read_to_string(&mut text).unwrap();
            (entry.name.clone(), text)
        };
        found.iter().map(text).collect()
    }

    const WANTED: [(&str, &str); 2] = [("x/b.log", "second"), ("x/sub/a.json", "first first first first")];

    #[test]
    fn zip_is_read_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in
            [("sub/a.json", "first first first first"), ("b.log", "second"), (".DS_Store", "no"), ("__MACOSX/._b.log", "no")]
        {
            let method = if text == "second" { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
            writer.start_file(name, options.compression_method(method)).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(texts(&members(&entry(&path), false).unwrap().unwrap()), WANTED.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let hidden = FileEntry { found: true, path: path.with_extension("docx"), ..entry(&path) };
        std::fs::copy(&path, &hidden.path).unwrap();
        assert!(members(&hidden, false).unwrap().is_none(), "an office document in a folder");

        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let error = members(&entry(&path), false).unwrap_err().to_string();
        assert!(error.starts_with("cannot read 'x': a damaged zip archive ("), "{error}");
    }

    #[test]
    fn names_are_plain() {
        for (name, hidden, expected) in [
            ("a/b.log", false, Some("a/b.log")),
            ("./../a//b.log", false, Some("a/b.log")),
            ("/etc/x", false, Some("etc/x")),
            ("home/u/.bash_history", false, None),
            ("home/u/.bash_history", true, Some("home/u/.bash_history")),
            ("__MACOSX/a", true, None),
            ("a/", true, None),
            ("..", true, None),
        ] {
            assert_eq!(plain_name(name, hidden).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn tar_is_read_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = tar::Builder::new(Vec::new());
        for (name, text) in [("./sub/a.json", "first first first first"), ("./b.log", "replaced"), ("./.hidden", "no"), ("b.log", "second")]
        {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mtime(1_700_000_000);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let plain = builder.into_inner().unwrap();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&plain).unwrap();
        for (name, bytes) in [("x.tar", plain.clone()), ("x.tar.gz", packed.finish().unwrap())] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let found = members(&entry(&path), false).unwrap().unwrap();
            assert_eq!(texts(&found), WANTED.map(|(name, text)| (name.to_owned(), text.to_owned())), "{name}");
            assert_eq!(found[0].0.modified, SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(1_700_000_000)));
        }
        // A gigabyte of zeros packs to a megabyte: as the name of a member it is not read.
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNULongName);
        header.set_size(1 << 30);
        header.set_cksum();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(header.as_bytes()).unwrap();
        packed.write_all(&vec![0; 1 << 20]).unwrap();
        let path = folder.path().join("name.tar.gz");
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
        let error = members(&entry(&path), false).unwrap_err().to_string();
        assert_eq!(error, "cannot read 'x': a damaged tar archive (a name takes 1073741824 bytes, more than 1048576)");

        let path = folder.path().join("plain.log");
        std::fs::write(&path, "no archive").unwrap();
        assert!(members(&entry(&path), false).unwrap().is_none());
    }
}
