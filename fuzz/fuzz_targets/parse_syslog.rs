//! Any text as a syslog line: no panic, and a message that is an end of the line.
#![no_main]

use huntsql_kernels::logs::{Clock, SyslogFormat, YearFrom, parse_syslog};
use huntsql_kernels::text_map::TextMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for year in [YearFrom::Nothing, YearFrom::Year(2024), YearFrom::Before(1_705_363_199_999_999)] {
        let mut data = TextMap::default();
        let line = parse_syslog(text, &Clock { year, offset: 7200 }, &mut data);
        let whole = text.trim_end_matches(['\n', '\r', '\0']);
        assert!(line.message.is_none_or(|message| message == text || whole.ends_with(message)));
        assert_eq!(line.format == SyslogFormat::Unknown, line.message == Some(text) && line.time.is_none() && line.priority.is_none());
        // The name of an element, of at most 128 bytes, is written once for each parameter; the shortest takes four.
        assert!(data.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() <= 40 * text.len());
        assert!(data.is_empty() || line.format == SyslogFormat::Rfc5424);
        assert_eq!(line.facility().is_some(), line.priority.is_some());
    }
});
