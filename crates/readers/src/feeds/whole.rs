//! Feeds of which a file is one document, held at once.

use super::plan::Plan;
use super::stix::Newest;
use crate::{Control, Error, Result, Source};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A whole document, up to `longest` bytes. Invalid bytes are replaced and counted.
pub(super) fn document(source: &Source, longest: usize, control: &Control) -> Result<String> {
    /// Bytes after which it is looked whether somebody still waits.
    const STEP: u64 = 1 << 20;
    let mut bytes = Vec::new();
    let most = (longest as u64).saturating_add(1);
    let mut reader = source.open_text(0, true, &control.tally)?.take(most);
    while reader.by_ref().take(STEP).read_to_end(&mut bytes).map_err(|error| source.unreadable(&error))? > 0 {
        if control.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
    }
    if bytes.len() > longest {
        let problem = format!("the document is longer than {longest} bytes; raise max_line_bytes to read it");
        return Err(Error::unreadable(&source.name, problem));
    }
    // The mark is skipped for other encodings, and left in UTF-8 that is not read from its place.
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            control.tally.replaced.fetch_add(1, Ordering::Relaxed);
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }
    };
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The newest versions of STIX objects, where there are several files of them: these are read twice.
pub(super) fn newest(
    longest: usize,
    sources: &[Arc<Source>],
    plans: &HashMap<Arc<str>, Plan>,
    control: &Control,
) -> Result<Option<Newest>> {
    let files: Vec<&Arc<Source>> = sources.iter().filter(|source| plans.get(&source.name) == Some(&Plan::Stix)).collect();
    if files.len() < 2 {
        return Ok(None);
    }
    let mut newest = Newest::default();
    for source in files {
        // What is counted is counted when it is read for its indicators, and whatever is wrong with it said.
        let uncounted = Control { cancel: Arc::clone(&control.cancel), ..Control::default() };
        match document(source, longest, &uncounted) {
            Ok(text) => newest.look(&source.name, &text),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(_) => {}
        }
    }
    Ok(Some(newest))
}
