//! Every reader of log files, once.

use crate::feeds::TiFeed;
use crate::format::{LogReader, Reader};
use crate::logs::{Lines, ReadAuditd, ReadCef, ReadEvtx, ReadLeef, ReadMordor, ReadOsquery, ReadSyslog, ReadWineventJson, ReadZeek};

/// All readers, sorted by name.
pub fn readers() -> &'static [&'static dyn LogReader] {
    static READERS: &[&dyn LogReader] = &[
        &Reader::<ReadAuditd>::new(),
        &Reader::<Lines<ReadCef>>::new(),
        &Reader::<ReadEvtx>::new(),
        &Reader::<Lines<ReadLeef>>::new(),
        &Reader::<ReadMordor>::new(),
        &Reader::<Lines<ReadOsquery>>::new(),
        &Reader::<Lines<ReadSyslog>>::new(),
        &Reader::<ReadWineventJson>::new(),
        &Reader::<ReadZeek>::new(),
        &Reader::<TiFeed>::new(),
    ];
    READERS
}

/// The reader of that name, in any case, also as `huntsql_<name>`.
pub fn reader(name: &str) -> Option<&'static dyn LogReader> {
    let name = name.to_ascii_lowercase();
    let bare = name.strip_prefix("huntsql_").unwrap_or(&name);
    readers().iter().copied().find(|reader| reader.signature().spec.name == bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_named_documented() {
        let names: Vec<&str> = readers().iter().map(|reader| reader.signature().spec.name).collect();
        assert!(names.is_sorted() && names.iter().all(|name| name.starts_with("read_") || *name == "ti_feed"), "{names:?}");
        for reader in readers() {
            let signature = reader.signature();
            let name = signature.spec.name;
            assert!(signature.spec.summary.ends_with('.') && !signature.spec.examples.is_empty(), "{name}");
            assert!(signature.options.windows(2).all(|pair| pair[0].name < pair[1].name), "{name}: options are sorted");
        }
        assert!(reader("READ_SYSLOG").is_some() && reader("huntsql_read_cef").is_some() && reader("read_x").is_none());
    }
}
