//! From what a user names to the files to read.

use crate::archive;
use crate::listing::{FileEntry, Lister, expand_home};
use crate::open::Place;
use crate::warnings::Warnings;
use crate::{Error, Result};
use globset::GlobBuilder;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A file to read and where its bytes are.
pub type Found = (FileEntry, Place);

/// The files that `paths` name, each once, archives replaced by their members; sorted by name within a path. A path may lead into an
/// archive: `logs.zip/*.json`.
///
/// What a folder or pattern finds and cannot be looked into is left out with a warning.
pub fn find(paths: &[String], lister: &dyn Lister, warnings: &Warnings) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        match lister.list(path) {
            Ok(listed) => listed.into_iter().try_for_each(|entry| add(entry, &mut found, warnings))?,
            Err(Error::NoFile { path, hint }) => match inside(&path, lister)? {
                Some(members) if !members.is_empty() => found.extend(members),
                Some(_) => return Err(Error::NoFile { path, hint: " (no member of the archive matches)".to_owned() }),
                None => return Err(Error::NoFile { path, hint }),
            },
            Err(error) => return Err(error),
        }
    }
    // Two patterns may name the same file: its rows count once.
    let mut seen = HashSet::new();
    found.retain(|(entry, _)| seen.insert(entry.path.clone()));
    Ok(found)
}

fn add(entry: FileEntry, found: &mut Vec<Found>, warnings: &Warnings) -> Result<()> {
    match archive::members(&entry, false) {
        Ok(Some(members)) => found.extend(members),
        Err(error) if entry.found => warnings.add(format!("left out '{}': {error}", entry.name)),
        Err(error) => return Err(error),
        Ok(None) => {
            let place = Place::Disk(entry.path.clone());
            found.push((entry, place));
        }
    }
    Ok(())
}

/// The members that a path into an archive names; `None` where no part of it is an archive.
fn inside(path: &str, lister: &dyn Lister) -> Result<Option<Vec<Found>>> {
    let whole = expand_home(path);
    let Some(archive) = whole.ancestors().skip(1).find(|ancestor| ancestor.is_file()) else { return Ok(None) };
    let Ok(pattern) = whole.strip_prefix(archive).map(Path::to_string_lossy) else { return Ok(None) };
    let shown = path.strip_suffix(&*pattern).unwrap_or(path).trim_end_matches('/');
    let hidden = pattern.split('/').any(|part| part.starts_with('.'));
    let mut members = Vec::new();
    for entry in lister.list(shown)? {
        members.extend(archive::members(&entry, hidden)?.unwrap_or_default());
    }
    if members.is_empty() {
        return Ok(None);
    }
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
    let matcher = glob.map_err(|error| Error::unreadable(path, format!("not a pattern: {}", error.kind())))?.compile_matcher();
    let archive: PathBuf = archive.to_owned();
    members.retain(|(entry, _)| entry.path.strip_prefix(&archive).is_ok_and(|inside| matcher.is_match(inside)));
    Ok(Some(members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::LocalFiles;
    use std::io::Write;

    fn names(paths: &[String]) -> Result<Vec<String>> {
        Ok(find(paths, &LocalFiles, &Warnings::default())?
            .into_iter()
            .map(|(entry, _)| entry.name.rsplit_once("/t/").unwrap().1.to_owned())
            .collect())
    }

    #[test]
    fn paths_lead_into_archives() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("t");
        std::fs::create_dir(&folder).unwrap();
        let path = |inside: &str| folder.join(inside).to_str().unwrap().to_owned();
        let mut writer = zip::ZipWriter::new(std::fs::File::create(folder.join("x.zip")).unwrap());
        for name in ["a.json", "sub/b.json", "c.log"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"{}").unwrap();
        }
        writer.finish().unwrap();
        std::fs::write(folder.join("y.log"), "y").unwrap();
        assert_eq!(
            names(&[path("x.zip"), path("*.log"), path("x.zip/c.log")]).unwrap(),
            ["x.zip/a.json", "x.zip/c.log", "x.zip/sub/b.json", "y.log"]
        );
        assert_eq!(names(&[path("x.zip/*.json")]).unwrap(), ["x.zip/a.json"]);
        assert_eq!(names(&[path("x.zip/**/*.json")]).unwrap(), ["x.zip/a.json", "x.zip/sub/b.json"]);
        let error = names(&[path("x.zip/d.json")]).unwrap_err().to_string();
        assert!(error.ends_with("x.zip/d.json' (no member of the archive matches)"), "{error}");
        assert!(names(&[path("y.log/d.json")]).unwrap_err().to_string().starts_with("no file '"));
    }
}
