//! Finding the indicators of a feed in one text.

use super::key::{Class, key};
use super::matcher::{Match, Matcher};
use super::words::each_run;
use huntsql_kernels::ioc::{IocType, extract, refang_marks};
use std::cmp::Reverse;

/// Indicators that are texts and are found in one text, before those are left out that lie in longer ones: each of a million bytes may begin
/// with one. Only those count that stand by themselves: parts of longer words must not use the bound up, or they would be a way to hide what follows.
const MOST_TEXTS: usize = 100_000;
/// All that begin somewhere in one text, parts of words among them: feeds may hold texts that lie in one another a thousand times.
const MOST_CANDIDATES: usize = 10_000_000;

/// An indicator in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) entry: u32,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) how: Match,
}

/// Appends what of `matcher` is in `text`, by the first byte; of two that begin together the longer one first.
pub(super) fn find(matcher: &Matcher, text: &str, hits: &mut Vec<Hit>) {
    let clean = refang_marks(text, true);
    let plain = clean.as_ref().map_or(text, |clean| clean.text.as_str());
    // Texts are looked for as they are written: what was taken out for a defang mark may belong to one.
    let in_raw = || clean.is_some() && matcher.texts().is_some() && matcher.anchors.may_match(text);
    if !matcher.anchors.may_match(plain) && !in_raw() {
        return;
    }
    let first = hits.len();
    if matcher.has_types() {
        extracted(matcher, text, hits);
    }
    // What `extract_iocs` does not take for an indicator in running text is one where a feed says so.
    each_run(plain, &mut |begin, end, labels| {
        let raw = |start: usize, end: usize| clean.as_ref().map_or((start, end), |clean| clean.to_raw(start, end));
        if let Some(name) = plain.get(begin..end).filter(|_| matcher.looks_for(Class::Domain)) {
            let name = lower(name);
            if let Some((entry, how)) = matcher.find_domain(&name) {
                let (start, end) = raw(begin, end);
                hits.push(Hit { entry, start, end, how });
            }
        }
        for (begin, end) in labels {
            let Some(label) = plain.get(*begin..*end).filter(|label| label.len() >= 32) else { continue };
            let mut from = *begin;
            for part in label.split(['-', '_']) {
                let to = from + part.len();
                if matches!(part.len(), 32 | 40 | 56 | 62 | 64 | 96 | 128)
                    && let Some(entry) = matcher.find(Class::Digest, &lower(part))
                {
                    let (start, end) = raw(from, to);
                    hits.push(Hit { entry, start, end, how: Match::Exact });
                }
                from = to + 1;
            }
        }
    });
    texts(matcher, text, hits);
    let Some(found) = hits.get_mut(first..) else { return };
    found.sort_unstable_by_key(|hit| (hit.start, Reverse(hit.end), hit.entry, hit.how));
    let mut kept = first;
    for index in first..hits.len() {
        let (Some(hit), before) = (hits.get(index).copied(), hits.get(first..kept).unwrap_or(&[])) else { continue };
        // Of texts that lie in one another the longest counts. Sorted as they are, it came before.
        let is_text = |hit: &Hit| matcher.entry(hit.entry).is_some_and(|entry| entry.class == Class::Text);
        let repeats = before.last().is_some_and(|last| (last.entry, last.start, last.end) == (hit.entry, hit.start, hit.end));
        let inside = || {
            is_text(&hit)
                && before.iter().rev().take(64).any(|longer| longer.start <= hit.start && hit.end <= longer.end && is_text(longer))
        };
        if !repeats && !inside() {
            if let Some(place) = hits.get_mut(kept) {
                *place = hit;
            }
            kept += 1;
        }
    }
    hits.truncate(kept);
}

fn lower(text: &str) -> std::borrow::Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// What `extract_iocs` finds and the feed knows.
fn extracted(matcher: &Matcher, text: &str, hits: &mut Vec<Hit>) {
    for ioc in extract(text, &matcher.extract) {
        let found = match ioc.kind {
            IocType::Url => matcher.find_url(&ioc.value),
            IocType::Domain => matcher.find_domain(&ioc.value),
            IocType::Ipv4 | IocType::Ipv6 => matcher.find_address(&ioc.value),
            IocType::Cidr => matcher.find(Class::Network, &key(Class::Network, &ioc.value)).map(|entry| (entry, Match::Exact)),
            kind => {
                let class = match kind {
                    IocType::Email => Class::Email,
                    IocType::RegistryKey | IocType::WindowsPath | IocType::LinuxPath | IocType::FileName | IocType::UserAgent => {
                        Class::Text
                    }
                    kind if is_digest(kind) => Class::Digest,
                    _ => Class::Exact,
                };
                matcher.find(class, &key(class, &ioc.value)).map(|entry| (entry, Match::Exact))
            }
        };
        if let Some((entry, how)) = found {
            hits.push(Hit { entry, start: ioc.start, end: ioc.end, how });
        }
    }
}

fn is_digest(kind: IocType) -> bool {
    use IocType as T;
    matches!(kind, T::Md5 | T::Sha1 | T::Sha224 | T::Sha256 | T::Sha384 | T::Sha512 | T::Imphash | T::Ja3 | T::Ja3s | T::Jarm)
}

/// Indicators that are looked for as they are written, in any case of letters.
fn texts(matcher: &Matcher, text: &str, hits: &mut Vec<Hit>) {
    let Some(automaton) = matcher.texts() else { return };
    let whole = automaton.find_overlapping_iter(text).take(MOST_CANDIDATES).filter(|found| is_whole(text, found.start(), found.end()));
    for found in whole.take(MOST_TEXTS) {
        if let Some(entry) = matcher.text_entry(found.pattern().as_usize()) {
            hits.push(Hit { entry, start: found.start(), end: found.end(), how: Match::Exact });
        }
    }
}

/// Whether no word, path or name goes on before or behind.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let (Some(before), Some(inside), Some(after)) = (text.get(..start), text.get(start..end), text.get(end..)) else { return false };
    let mut tail = after.chars();
    let next = tail.next();
    let goes_on = match (inside.chars().next_back(), next) {
        (Some(last), Some(next)) if is_word(last) => {
            is_word(next)
                || next == '\\' && !matches!(tail.next(), Some('"' | 'n' | 'r' | 't'))
                || next == '/'
                || next == '.' && tail.next().is_some_and(is_word)
        }
        _ => false,
    };
    let mut head = before.chars().rev();
    let previous = head.next();
    let began = match (inside.chars().next(), previous) {
        (Some(first), Some(previous)) if is_word(first) => is_word(previous) || previous == '.' && head.next().is_some_and(is_word),
        _ => false,
    };
    !goes_on && !began
}

#[cfg(test)]
mod tests {
    use super::super::matcher::Rules;
    use super::*;
    use huntsql_kernels::ioc::ExtractOptions;
    use huntsql_readers::feeds::Indicator;
    use proptest::prelude::*;

    fn matcher(iocs: &[(&str, &'static str)], url_prefix: bool) -> Matcher {
        let mut matcher = Matcher::new(Rules { subdomains: true, url_prefix });
        for (ioc, ioc_type) in iocs {
            let indicator = Indicator { ioc: Some((*ioc).to_owned()), ioc_type: Some((*ioc_type).into()), ..Indicator::default() };
            matcher.add(indicator).unwrap();
        }
        matcher.finish().unwrap();
        matcher
    }

    fn shown(matcher: &Matcher, text: &str) -> String {
        let mut hits = Vec::new();
        find(matcher, text, &mut hits);
        let one = |hit: &Hit| format!("{}<{}>{}", matcher.entry(hit.entry).unwrap().ioc, hit.how.name(), &text[hit.start..hit.end]);
        hits.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn boundaries_and_the_longest() {
        let feed = matcher(
            &[
                ("example.net", "domain"),
                ("evil.example.net", "domain"),
                ("github.io", "domain"),
                ("c2.bit", "domain"),
                ("bank.pl", "domain"),
                ("xn--bcher-kva.example.org", "domain"),
                ("198.51.100.7", "ipv4"),
                ("198.51.100.0/24", "cidr"),
                ("198.51.0.0/16", "cidr"),
                ("2001:db8:66::/48", "cidr"),
                ("2001:db8::7", "ipv6"),
                ("http://a.example.com/gate.php", "url"),
                ("x@mail.example.com", "email"),
                ("d41d8cd98f00b204e9800998ecf8427e", "ja3"),
                ("CVE-2021-44228", "cve"),
                ("evil tool.exe", "file_name"),
                ("tool.exe", "file_name"),
                (r"C:\Users\Public\l.dmp", "windows_path"),
                (r"HKEY_LOCAL_MACHINE\Software\Evil", "registry_key"),
                (r"Global\m-7f1", "mutex"),
                ("b.example.com/x", "url"),
            ],
            false,
        );
        for (text, expected) in [
            ("evil.example.net", "evil.example.net<exact>evil.example.net"),
            ("a.EVIL.example.net:443", "evil.example.net<subdomain>a.EVIL.example.net"),
            ("www.example.net.", "example.net<subdomain>www.example.net"),
            ("notexample.net example.net.au example.network", ""),
            ("a.github.io github.io", "github.io<exact>github.io"),
            ("dns c2.bit and bank.pl", "c2.bit<exact>c2.bit bank.pl<exact>bank.pl"),
            ("evil[.]example[.]net", "evil.example.net<exact>evil[.]example[.]net"),
            ("bücher.example.org", "xn--bcher-kva.example.org<exact>bücher.example.org"),
            ("u=http%3A%2F%2Fexample.net%2Fx", "example.net<exact>example.net"),
            (
                "198.51.100.7 198.51.100.8 198.51.9.9 198.50.0.1",
                "198.51.100.7<exact>198.51.100.7 198.51.100.0/24<network>198.51.100.8 198.51.0.0/16<network>198.51.9.9",
            ),
            ("198.51.100.0/24", "198.51.100.0/24<exact>198.51.100.0/24"),
            ("198[.]51[.]100[.]7", "198.51.100.7<exact>198[.]51[.]100[.]7"),
            ("v198.51.100.8.1 Chrome/198.51.0.0", ""),
            ("::ffff:198.51.100.7", "198.51.100.7<exact>::ffff:198.51.100.7"),
            (
                "from [2001:db8:66::9]:443 to 2001:DB8:0:0:0:0:0:7",
                "2001:db8:66::/48<network>2001:db8:66::9 2001:db8::7<exact>2001:DB8:0:0:0:0:0:7",
            ),
            ("GET hxxp://A.example.com:80/gate.php#x", "http://a.example.com/gate.php<exact>hxxp://A.example.com:80/gate.php#x"),
            ("http://a.example.com/gate.php?x", ""),
            ("mailto:X@mail.example.com", "x@mail.example.com<exact>X@mail.example.com"),
            ("to=<x@mail.example.com>", "x@mail.example.com<exact>x@mail.example.com"),
            (
                "h=D41D8CD98F00B204E9800998ECF8427E, v_d41d8cd98f00b204e9800998ecf8427e.bin",
                "d41d8cd98f00b204e9800998ecf8427e<exact>D41D8CD98F00B204E9800998ECF8427E d41d8cd98f00b204e9800998ecf8427e<exact>d41d8cd98f00b204e9800998ecf8427e",
            ),
            ("xd41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427e0", ""),
            ("fixes cve-2021-44228.", "CVE-2021-44228<exact>cve-2021-44228"),
            (r"ran C:\x\EVIL tool.exe now", "evil tool.exe<exact>EVIL tool.exe"),
            (r"C:\x\tool.exe mytool.exe tool.exe.config", "tool.exe<exact>tool.exe"),
            (r#"{"p":"c:\\users\\public\\L.dmp"}"#, r"C:\Users\Public\l.dmp<exact>c:\\users\\public\\L.dmp"),
            (r"reg add HKLM\Software\Evil /f", r"HKEY_LOCAL_MACHINE\Software\Evil<exact>HKLM\Software\Evil"),
            (r"reg add HKLM\Software\Evil\Sub", ""),
            (r"mutex global\M-7F1 global\m-7f12", r"Global\m-7f1<exact>global\M-7F1"),
            ("GET b.example.com/x b.example.com/xy", "b.example.com/x<exact>b.example.com/x"),
            ("", ""),
        ] {
            assert_eq!(shown(&feed, text), expected, "{text}");
        }
        let prefix = matcher(
            &[("http://a.example.com/kit/", "url"), ("http://a.example.com/kit/gate", "url"), ("http://b.example.com", "url")],
            true,
        );
        for (text, expected) in [
            ("http://a.example.com/kit/gate?x=1", "http://a.example.com/kit/gate<prefix>http://a.example.com/kit/gate?x=1"),
            ("http://a.example.com/kit/gateway", "http://a.example.com/kit/<prefix>http://a.example.com/kit/gateway"),
            ("http://a.example.com/kitten", ""),
            ("http://b.example.com:80/any", "http://b.example.com<prefix>http://b.example.com:80/any"),
        ] {
            assert_eq!(shown(&prefix, text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_run_of_separators_hides_no_prefix() {
        let prefix = matcher(&[("http://a.example.com/kit", "url"), ("http://a.example.com/kit?a&b&", "url")], true);
        for (tail, expected) in
            [("?".to_owned() + &"&".repeat(130), "kit"), ("/".repeat(2000), "kit"), ("?a&b&&".to_owned() + &"&;".repeat(500), "kit?a&b&")]
        {
            let text = format!("http://a.example.com/kit{tail}");
            let mut hits = Vec::new();
            find(&prefix, &text, &mut hits);
            let found: Vec<&str> = hits.iter().map(|hit| &*prefix.entry(hit.entry).unwrap().ioc).collect();
            assert_eq!(found, [format!("http://a.example.com/{expected}")], "{text}");
        }
    }

    #[test]
    fn networks_in_the_notation_of_ipv6() {
        for (network, texts) in [
            ("::ffff:198.51.100.0/120", [1, 0, 1, 0]),
            ("::ffff:0:0/96", [1, 1, 1, 0]),
            ("::fffe:0:0/95", [1, 1, 1, 0]),
            // What holds all of the old internet by the way is said of IPv6.
            ("::/8", [0, 0, 0, 1]),
            ("2001:db8::/32", [0, 0, 0, 0]),
        ] {
            let feed = matcher(&[(network, "cidr")], false);
            let count = |text: &str| {
                let mut hits = Vec::new();
                find(&feed, text, &mut hits);
                hits.len()
            };
            assert_eq!(["at 198.51.100.7", "at 203.0.113.7", "at ::ffff:198.51.100.7", "at 64:ff9b::7:7"].map(count), texts, "{network}");
        }
    }

    #[test]
    fn ipv4_is_one_in_either_notation() {
        let as_v6 = matcher(&[("::ffff:198.51.100.0/120", "cidr"), ("::ffff:203.0.113.7", "ipv6")], false);
        let as_v4 = matcher(&[("198.51.100.0/24", "cidr"), ("203.0.113.7", "ipv4")], false);
        for (text, expected) in [
            ("at 198.51.100.9", "network<198.51.100.9"),
            ("at ::ffff:198.51.100.9", "network<::ffff:198.51.100.9"),
            ("at ::ffff:c633:6409", "network<::ffff:c633:6409"),
            ("at [0:0:0:0:0:FFFF:c633:6409]:443", "network<0:0:0:0:0:FFFF:c633:6409"),
            ("block 198.51.100.0/24", "exact<198.51.100.0/24"),
            ("block ::ffff:198.51.100.0/120", "exact<::ffff:198.51.100.0/120"),
            ("at 203.0.113.7", "exact<203.0.113.7"),
            ("at ::ffff:cb00:7107", "exact<::ffff:cb00:7107"),
            ("at ::ffff:cb00:7108", ""),
        ] {
            for feed in [&as_v6, &as_v4] {
                let mut hits = Vec::new();
                find(feed, text, &mut hits);
                let found: Vec<String> = hits.iter().map(|hit| format!("{}<{}", hit.how.name(), &text[hit.start..hit.end])).collect();
                assert_eq!(found.join(" "), expected, "{text}");
            }
        }
        // One indicator, whoever writes it.
        let both = matcher(&[("198.51.100.0/24", "cidr"), ("::ffff:198.51.100.0/120", "cidr")], false);
        assert_eq!(both.entries.len(), 1);
    }

    #[test]
    fn texts_are_looked_for_as_they_are_written() {
        let feed = matcher(&[("tool.exe[.]lock", "mutex"), ("hxxp-worker", "mutex"), ("a dot b", "text")], false);
        for (text, expected) in [
            ("opened tool.exe[.]lock", "tool.exe[.]lock<exact>tool.exe[.]lock"),
            ("hxxp-worker at hxxp://x[.]example[.]net", "hxxp-worker<exact>hxxp-worker"),
            ("x[.]y a dot b", "a dot b<exact>a dot b"),
        ] {
            assert_eq!(shown(&feed, text), expected, "{text}");
        }
    }

    #[test]
    fn parts_of_words_hide_no_text() {
        let feed = matcher(&[("tool", "mutex"), ("m-7f1", "mutex")], false);
        assert_eq!(shown(&feed, &("toolx ".repeat(MOST_TEXTS + 1) + "m-7f1")), "m-7f1<exact>m-7f1");
        let mut hits = Vec::new();
        find(&feed, &("tool ".repeat(MOST_TEXTS + 1) + "m-7f1"), &mut hits);
        assert_eq!(hits.len(), MOST_TEXTS);
    }

    /// Words that logs are made of, indicators among them.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-c]{1,2}(\\.[a-c]{1,2}){0,2}\\.(com|net|co\\.uk|io)",
            "(198|203)\\.(51|0)\\.[0-9]{1,2}\\.[0-9]",
            "http(s)?://[a-b]\\.(com|net)(:80|:8080)?/[a-b]{0,2}(\\?[a-b])?",
            "hxxp://[a-b]\\[\\.\\]com/[a-b]",
            "[a-c]@[a-b]\\.(com|net)",
            "2001:db8::[1-3]",
            "d41d8cd98f00b204e9800998ecf842[0-3][0-3]",
            "CVE-2021-1000[0-3]",
            "[ =:;,/\\\\\\.\"'\\[\\]()@%_-]{1,2}",
            "(query|from|port|Version|ä|x%2F)",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn hits_are_those_of_a_join(pieces in prop::collection::vec(piece(), 1..12), feed in prop::collection::vec(piece(), 1..12)) {
            let text = pieces.join(" ").replace("  ", "");
            let mut iocs: Vec<(String, &'static str)> = Vec::new();
            let whole = ExtractOptions::default();
            for ioc in feed.iter().flat_map(|text| extract(text, &whole)) {
                iocs.push((ioc.value.to_string(), ioc.kind.name()));
            }
            let mut matcher = Matcher::new(Rules { subdomains: false, url_prefix: false });
            for (ioc, ioc_type) in &iocs {
                matcher.add(Indicator { ioc: Some(ioc.clone()), ioc_type: Some((*ioc_type).into()), ..Indicator::default() }).unwrap();
            }
            matcher.finish().unwrap();
            let mut hits = Vec::new();
            find(&matcher, &text, &mut hits);
            let mut got: Vec<(String, usize, usize)> =
                hits.iter().map(|hit| (matcher.entry(hit.entry).unwrap().ioc.to_string(), hit.start, hit.end)).collect();
            let mut expected: Vec<(String, usize, usize)> = extract(&text, &whole)
                .into_iter()
                .filter(|ioc| iocs.iter().any(|(value, kind)| *value == ioc.value && *kind == ioc.kind.name()))
                .map(|ioc| (ioc.value.to_string(), ioc.start, ioc.end))
                .collect();
            got.sort();
            expected.sort();
            expected.dedup();
            // A URL with the port that it has anyway is the same indicator.
            let named = |ioc: &str| if ioc.contains("://") { key(Class::Url, ioc).into_owned() } else { ioc.to_owned() };
            for (ioc, start, end) in &expected {
                let is_found = got.iter().any(|hit| (hit.1, hit.2) == (*start, *end) && named(&hit.0) == named(ioc));
                prop_assert!(is_found, "{} of {:?} in {:?}", ioc, iocs, text);
            }
            // What is more is written so in the text: a name or digest that is none for extract_iocs by itself, or a URL with a port that says nothing.
            for (ioc, start, end) in got.iter().filter(|hit| !expected.contains(hit)) {
                let raw = refang_marks(&text[*start..*end], true).map_or_else(|| text[*start..*end].to_lowercase(), |clean| clean.text.to_lowercase());
                let is_same = *ioc == raw || ioc.contains("://") && key(Class::Url, ioc) == key(Class::Url, &raw.replace("hxxp", "http"));
                prop_assert!(is_same, "{} at {}..{} in {:?}", ioc, start, end, text);
            }
        }
    }
}
