//! Names for files that are written, which must not cost the file that has the name already.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Gives `part` the name `path` unless something has it. A link does that in one step; some file systems have none.
pub fn name_new(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => OpenOptions::new().write(true).create_new(true).open(path).and_then(|_| fs::rename(part, path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_stays_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let (part, path) = (folder.path().join("part"), folder.path().join("name"));
        fs::write(&part, "new").unwrap();
        name_new(&part, &path).unwrap();
        assert!(!part.exists());
        fs::write(&part, "newer").unwrap();
        assert_eq!(name_new(&part, &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
}
