//! Any text: no panic, findings in order, each rule once, and what was matched is in the text.
#![no_main]

use huntsql_kernels::process::{RiskOptions, Scanner};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

fuzz_target!(|text: &str| {
    let options = RiskOptions::default();
    let mut scanner = Scanner::default();
    let found = scanner.scan(text, &options);
    let rules: Vec<_> = found.iter().filter(|finding| finding.rule.is_some()).collect();
    assert!(rules.windows(2).all(|pair| pair[0].severity() >= pair[1].severity()), "the gravest first");
    let mut names = HashSet::new();
    for finding in &found {
        assert!(names.insert(finding.name().to_owned()), "each rule once");
        assert!(finding.decoded || text.contains(&finding.matched), "{:?}", finding.matched);
    }
    let again = scanner.scan(text, &options);
    assert!(again.iter().map(|finding| finding.name()).eq(found.iter().map(|finding| finding.name())), "no state between calls");
});
