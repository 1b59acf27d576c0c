//! Which files a path, folder or pattern names.
//!
//! [`Lister`] is the seam for object stores: whatever lists entries and opens them can stand beside [`LocalFiles`].

use crate::{Error, Result};
use globset::GlobBuilder;
use huntsql_kernels::nearest::nearest;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Deepest folder below the one that was named.
const MAX_FOLDER_DEPTH: usize = 64;
/// Most files of one table.
pub(crate) const MAX_FILES: usize = 100_000;

/// One file as a listing found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// The path as the user would write it; what `_file` shows.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Last change, where known.
    pub modified: Option<SystemTime>,
    /// Found by a pattern or folder, not named by the user: may be left out if unreadable as data.
    pub found: bool,
}

/// Lists files. Blocking; called off the async threads.
pub trait Lister: std::fmt::Debug + Send + Sync {
    /// All files that `pattern` names, sorted by name, at least one.
    fn list(&self, pattern: &str) -> Result<Vec<FileEntry>>;
}

/// Files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFiles;

impl Lister for LocalFiles {
    fn list(&self, pattern: &str) -> Result<Vec<FileEntry>> {
        if pattern.is_empty() || pattern.contains('\0') {
            return Err(Error::NoFile { path: pattern.escape_debug().to_string(), hint: String::new() });
        }
        let path = expand_home(pattern);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => folder(pattern, &path),
            Ok(metadata) => Ok(vec![entry(pattern.to_owned(), path, &metadata, false)?]),
            Err(_) if has_pattern(pattern) => globbed(pattern),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound || error.kind() == std::io::ErrorKind::NotADirectory => {
                Err(Error::NoFile { path: pattern.to_owned(), hint: near(&path) })
            }
            Err(error) => Err(Error::io(pattern, &error)),
        }
    }
}

/// `~` and `~/x` are the home folder.
pub(crate) fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix('~'), std::env::home_dir()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(path),
    }
}

fn has_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

fn entry(name: String, path: PathBuf, metadata: &fs::Metadata, found: bool) -> Result<FileEntry> {
    if !metadata.is_file() {
        return Err(Error::Unreadable {
            path: name,
            problem: "it is a pipe or device, not a file; pipe it in and use FROM stdin".to_owned(),
        });
    }
    Ok(FileEntry { name, path, size: metadata.len(), modified: metadata.modified().ok(), found })
}

/// All data files below a folder. Hidden ones are left out.
fn folder(name: &str, path: &Path) -> Result<Vec<FileEntry>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let shown = name.trim_end_matches('/');
    let prefix = if shown.is_empty() { "/".to_owned() } else { format!("{shown}/") };
    walk(&prefix, path, 0, &mut seen, &mut |_| true, &mut found)?;
    if found.is_empty() {
        return Err(Error::Unreadable { path: name.to_owned(), problem: "the folder holds no files".to_owned() });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn globbed(pattern: &str) -> Result<Vec<FileEntry>> {
    let bad = |problem: String| Error::Unreadable { path: pattern.to_owned(), problem };
    // The longest beginning of whole names without a pattern is where the walk starts.
    let base: Vec<&str> = pattern.split('/').take_while(|part| !has_pattern(part)).collect();
    let base = if base == [""] { "/".to_owned() } else { base.join("/") };
    let root = if base.is_empty() { PathBuf::from(".") } else { expand_home(&base) };
    let prefix = if base.is_empty() || base.ends_with('/') { base } else { format!("{base}/") };
    if !root.is_dir() {
        return Err(Error::NoFile { path: pattern.to_owned(), hint: near(&root) });
    }
    let glob =
        GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| bad(format!("not a pattern: {}", error.kind())))?;
    let matcher = glob.compile_matcher();
    let deep = pattern.contains("**");
    let depth = pattern.matches('/').count();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut wanted = |name: &str| deep || name.matches('/').count() <= depth;
    walk(&prefix, &root, 0, &mut seen, &mut wanted, &mut found)?;
    found.retain(|entry| matcher.is_match(&entry.name));
    if found.is_empty() {
        return Err(Error::NoFile { path: pattern.to_owned(), hint: " (no file matches the pattern)".to_owned() });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Adds the files below `path`. A folder reached twice, by links, is walked once.
fn walk(
    prefix: &str,
    path: &Path,
    depth: usize,
    seen: &mut HashSet<PathBuf>,
    wanted: &mut dyn FnMut(&str) -> bool,
    found: &mut Vec<FileEntry>,
) -> Result<()> {
    if depth > MAX_FOLDER_DEPTH || !fs::canonicalize(path).is_ok_and(|real| seen.insert(real)) {
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|error| Error::io(prefix, &error))?;
    for file in entries {
        let file = file.map_err(|error| Error::io(prefix, &error))?;
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let shown = format!("{prefix}{name}");
        if !wanted(&shown) {
            continue;
        }
        let path = file.path();
        // A link to nowhere and other things that cannot be looked at are not data.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            walk(&format!("{shown}/"), &path, depth + 1, seen, wanted, found)?;
        } else if metadata.is_file() {
            if found.len() == MAX_FILES {
                return Err(Error::Unreadable { path: prefix.to_owned(), problem: format!("more than {MAX_FILES} files; name fewer") });
            }
            found.push(entry(shown, path, &metadata, true)?);
        }
    }
    Ok(())
}

/// A hint at the existing name nearest to a missing path.
pub(crate) fn near(path: &Path) -> String {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return String::new() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else {
        let hint = near(folder);
        return if hint.is_empty() { format!(" (there is no folder '{}')", folder.display()) } else { hint };
    };
    let names: Vec<String> = entries.flatten().take(10_000).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(found) => {
            let shown = if folder == Path::new(".") { PathBuf::from(found) } else { folder.join(found) };
            format!(", did you mean '{}'?", shown.display())
        }
        None => String::new(),
    }
}
