//! Which texts can hold an indicator at all: one pass over the words of a text, which rules out nearly all of a log.
//!
//! Every indicator has an anchor, a word that any text which holds it must hold as a whole: the digest, the name, the host of the URL. Words are
//! hashed as they are met, names joined by dots from the right, so that all names above a name cost one step each; a hash is looked for in a filter
//! of two bytes an anchor, and what passes in the set of all hashes. Nothing is decided here: a text that passes is searched by `extract_iocs`.

use super::words::{
    DIGIT, HEX, HIGH, JOINT, Label, Run, SHORTEST_DIGEST, WORD, at, class, hash_label, hash_run, hash_run_raw, join, read_run, spread,
    trimmed, word_end,
};
use hashbrown::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Which lengths there are, up to 255 bytes.
#[derive(Debug, Default, Clone, Copy)]
struct Lengths([u64; 4]);

impl Lengths {
    fn add(&mut self, length: usize) {
        if let Some(bits) = self.0.get_mut(length / 64) {
            *bits |= 1 << (length % 64);
        }
    }
    #[inline]
    fn has(self, length: usize) -> bool {
        self.0.get(length / 64).is_some_and(|bits| bits & 1 << (length % 64) != 0)
    }
}

/// What in a text makes it worth a search, beside anchors.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Triggers {
    /// Every text is searched: some indicator has no anchor.
    pub(super) always: bool,
    /// Names, URLs or e-mail addresses are looked for: they may be written in other alphabets and percent-encoded.
    pub(super) names: bool,
    /// Addresses are looked for: in URLs they may be written in other ways.
    pub(super) addresses: bool,
    /// IPv6 addresses or networks are looked for.
    pub(super) ipv6: bool,
    /// Vulnerabilities are looked for.
    pub(super) cve: bool,
}

/// The anchors of all indicators.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    hashes: HashSet<u64, BuildHasherDefault<Same>>,
    filter: Vec<u64>,
    /// Of anchors of one label, and of several.
    single: Lengths,
    joined: Lengths,
    digests: bool,
    pub(super) triggers: Triggers,
    /// IPv4 networks as first and last address, sorted and merged.
    networks: Vec<(u32, u32)>,
}

impl Anchors {
    /// Adds the whole of `text` as an anchor; false where it is no single run of ASCII.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut run = Run::EMPTY;
        if class(at(bytes, 0)) & WORD == 0 || read_run(bytes, 0, &mut run) != bytes.len() {
            return false;
        }
        let (Some((begin, _)), Some((_, end))) = (run.labels().first(), run.labels().last()) else { return false };
        if *begin != 0 || *end != bytes.len() || run.is_longer || run.flags & HIGH != 0 || bytes.len() > 255 {
            return false;
        }
        let hash = hash_run(bytes, run.labels());
        if run.count == 1 { &mut self.single } else { &mut self.joined }.add(bytes.len());
        self.digests |= run.count == 1 && bytes.len() >= SHORTEST_DIGEST;
        self.hashes.insert(hash);
        true
    }

    /// Adds the longest run in `text` that is an anchor; false where there is none.
    pub(super) fn add_longest(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut run = Run::EMPTY;
        let mut best: Option<(usize, usize)> = None;
        let mut i = 0;
        while i < bytes.len() {
            if class(at(bytes, i)) & WORD == 0 {
                i += 1;
                continue;
            }
            // Two digits after a percent sign do not belong to the word.
            let end = read_run(bytes, i, &mut run);
            if let (Some((begin, _)), Some((_, stop))) = (run.labels().first().copied(), run.labels().last().copied())
                && run.flags & HIGH == 0
                && !run.is_longer
                && at(bytes, i.wrapping_sub(1)) != b'%'
                && stop - begin <= 255
                && best.is_none_or(|(from, to)| stop - begin > to - from)
            {
                best = Some((begin, stop));
            }
            i = end;
        }
        best.filter(|(from, to)| to > from).and_then(|(from, to)| text.get(from..to)).is_some_and(|anchor| self.add(anchor))
    }

    /// Adds an IPv4 network.
    pub(super) fn add_network(&mut self, first: u32, last: u32) {
        self.networks.push((first, last));
    }

    /// Makes the filter; nothing is added afterwards.
    pub(super) fn finish(&mut self) {
        self.networks.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        self.networks.dedup_by(|next, kept| {
            let inside = next.0 <= kept.1;
            if inside {
                kept.1 = kept.1.max(next.1);
            }
            inside
        });
        // Sixteen bits an anchor, three of them set: one of several hundred other words passes.
        self.filter = vec![0; (self.hashes.len() / 4 + 1).next_power_of_two()];
        for hash in &self.hashes {
            let (place, bits) = self.place(*hash);
            if let Some(word) = self.filter.get_mut(place) {
                *word |= bits;
            }
        }
    }

    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        let place = (hash >> 24) as usize & (self.filter.len() - 1);
        (place, 1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63))
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        let hash = spread(hash);
        let (place, bits) = self.place(hash);
        self.filter.get(place).is_some_and(|word| word & bits == bits) && self.hashes.contains(&hash)
    }

    /// Whether `text` may hold an indicator. Its defang marks were taken out.
    pub(super) fn may_match(&self, text: &str) -> bool {
        if self.triggers.always {
            return true;
        }
        let bytes = text.as_bytes();
        let mut run = Run::EMPTY;
        // Groups of an IPv6 address that were met in a row.
        let mut groups = 0u32;
        // Whether `//` was met after the last blank.
        let mut in_url = false;
        let mut i = 0;
        while let Some(&byte) = bytes.get(i) {
            if class(byte) & WORD == 0 {
                match byte {
                    b'%' if self.triggers.names && is_encoded_mark(bytes, i) => return true,
                    b'%' if at(bytes, i + 1).is_ascii_hexdigit() && at(bytes, i + 2).is_ascii_hexdigit() => i += 2,
                    b':' if self.triggers.addresses && is_mapped(bytes, i) => return true,
                    b':' if self.triggers.ipv6 => {
                        groups += 1;
                        if at(bytes, i + 1) == b':' && is_around(at(bytes, i.wrapping_sub(1))) && is_around(at(bytes, i + 2)) || groups >= 6
                        {
                            return true;
                        }
                    }
                    _ => groups = 0,
                }
                let is_authority = byte == b'/' && at(bytes, i.wrapping_sub(1)) == b'/';
                in_url = is_authority || in_url && !byte.is_ascii_whitespace();
                if (is_authority || in_url && byte == b'@') && self.triggers.addresses && is_odd_host(bytes, i + 1) {
                    return true;
                }
                i += 1;
                continue;
            }
            let (end, flags) = word_end(bytes, i);
            // Most words stand alone.
            if at(bytes, end) != b'.' || class(at(bytes, end + 1)) == 0 {
                if end - i > 4 || flags & !(DIGIT | HEX) != 0 {
                    groups = 0;
                }
                let (from, to) = if flags & JOINT != 0 { trimmed(bytes, i, end) } else { (i, end) };
                if self.label_matches(bytes.get(from..to).unwrap_or(&[]), flags) {
                    return true;
                }
                i = end;
                continue;
            }
            groups = 0;
            i = read_run(bytes, i, &mut run);
            if self.run_matches(bytes, &run) {
                return true;
            }
        }
        false
    }

    #[inline]
    fn run_matches(&self, bytes: &[u8], run: &Run) -> bool {
        if run.is_longer || run.flags & HIGH != 0 && run.count > 1 && self.triggers.names {
            return true;
        }
        let label = |&(begin, end): &Label| bytes.get(begin..end).unwrap_or(&[]);
        let Some(end) = run.labels().last().map(|label| label.1) else { return false };
        let mut hash = 0;
        for bounds in run.labels().iter().rev() {
            let label = label(bounds);
            hash = join(hash, hash_label(label));
            // The whole is of one label only at the right end.
            if bounds.1 != end && self.joined.has(end - bounds.0) && self.has(hash) || self.label_matches(label, run.flags) {
                return true;
            }
        }
        if run.flags & !(DIGIT | JOINT) == 0 {
            return self.numbers_match(bytes, run);
        }
        self.triggers.cve && run.flags & JOINT != 0 && run.labels().iter().any(|bounds| has_cve(label(bounds)))
    }

    #[inline]
    fn label_matches(&self, label: &[u8], flags: u8) -> bool {
        if self.single.has(label.len()) && self.has(join(0, hash_label(label))) {
            return true;
        }
        if (flags & (JOINT | HIGH) != 0 || label.len() > 255) && label.len() > SHORTEST_DIGEST && self.digests {
            let parts = label.split(|byte| !byte.is_ascii_alphanumeric());
            if parts
                .into_iter()
                .any(|part| part.len() >= SHORTEST_DIGEST && self.single.has(part.len()) && self.has(join(0, hash_label(part))))
            {
                return true;
            }
        }
        self.triggers.cve && flags & JOINT != 0 && has_cve(label)
    }

    /// Addresses: in networks, before a port as tcpdump writes it, in ranges.
    fn numbers_match(&self, bytes: &[u8], run: &Run) -> bool {
        if !self.triggers.addresses {
            return false;
        }
        if run.flags & JOINT != 0 {
            return run.count == 7;
        }
        let Some(four) = run.labels().get(..4).filter(|_| run.count <= 5) else { return false };
        if run.count == 5 && self.has(hash_run_raw(bytes, four)) {
            return true;
        }
        let octet = |&(begin, end): &(usize, usize)| {
            bytes
                .get(begin..end)
                .filter(|label| label.len() <= 3)
                .map(|label| label.iter().fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0')))
        };
        let address =
            four.iter().try_fold(0u32, |address, label| octet(label).filter(|octet| *octet < 256).map(|octet| address << 8 | octet));
        address.is_some_and(|address| self.in_network(address))
    }

    fn in_network(&self, address: u32) -> bool {
        let after = self.networks.partition_point(|network| network.0 <= address);
        after.checked_sub(1).and_then(|place| self.networks.get(place)).is_some_and(|network| address <= network.1)
    }
}

/// `CVE` anywhere in a label.
fn has_cve(label: &[u8]) -> bool {
    label.len() >= 12 && label.windows(3).any(|three| three.eq_ignore_ascii_case(b"cve"))
}

/// What may stand around `::` in an address.
fn is_around(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || !byte.is_ascii_alphanumeric() && byte < 0x80
}

/// Whether at `colon` the two last groups of an IPv4 address begin that is written as IPv6 altogether: `::ffff:c633:6407`.
fn is_mapped(bytes: &[u8], colon: usize) -> bool {
    let mark = colon.checked_sub(4).and_then(|start| bytes.get(start..colon));
    let group = || bytes.iter().skip(colon + 1).take(5).position(|byte| !byte.is_ascii_hexdigit());
    mark.is_some_and(|mark| mark.eq_ignore_ascii_case(b"ffff"))
        && group().is_some_and(|length| length > 0 && at(bytes, colon + 1 + length) == b':')
}

/// `%2E`, `%2F`, `%3A`, `%40`, `%25`, and whatever is beyond ASCII: marks of names and URLs.
fn is_encoded_mark(bytes: &[u8], percent: usize) -> bool {
    matches!(
        (at(bytes, percent + 1), at(bytes, percent + 2).to_ascii_lowercase()),
        (b'2', b'5' | b'd' | b'e' | b'f') | (b'3', b'a') | (b'4', b'0') | (b'5', b'b' | b'd' | b'f') | (b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', _)
    )
}

/// A host that begins with a digit and is neither four numbers nor a name as it is usually written.
fn is_odd_host(bytes: &[u8], start: usize) -> bool {
    if !at(bytes, start).is_ascii_digit() {
        return false;
    }
    let mut run = Run::EMPTY;
    read_run(bytes, start, &mut run);
    let has_zero = run.labels().iter().any(|(begin, end)| at(bytes, *begin) == b'0' && end - begin > 1);
    run.count < 4 && (run.flags & !(DIGIT) == 0 || has_zero) || has_zero && run.count == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(texts: &[&str]) -> Anchors {
        let mut anchors = Anchors::default();
        assert!(texts.iter().all(|text| anchors.add(text)));
        anchors.triggers = Triggers { names: true, addresses: true, ..Triggers::default() };
        anchors.add_network(0xcb00_7140, 0xcb00_714f);
        anchors.finish();
        anchors
    }

    #[test]
    fn what_may_match() {
        let anchors = anchors(&["evil.example.net", "198.51.100.7", "d41d8cd98f00b204e9800998ecf8427e", "localhost5"]);
        for (text, expected) in [
            ("", false),
            ("see evil.example.net.", true),
            ("EVIL.Example.Net:443", true),
            ("http://a.b.evil.example.net/x", true),
            ("_evil.example.net_", true),
            ("notevil.example.net", false),
            ("evil.example.net.au", false),
            ("example.net", false),
            ("from 198.51.100.7 port", true),
            ("IP 198.51.100.7.51234 > x", true),
            ("1198.51.100.7", false),
            ("198.51.100.71", false),
            ("203.0.113.66", true),
            ("203.0.113.80", false),
            ("203.0.113.1-203.0.113.99", true),
            ("file_d41d8cd98f00b204e9800998ecf8427e.bin", true),
            ("D41D8CD98F00B204E9800998ECF8427E", true),
            ("xd41d8cd98f00b204e9800998ecf8427e", false),
            ("//localhost5/", true),
            ("q=evil%2Eexample.net", true),
            ("%20evil.example.net", true),
            ("http://0xc6.51.100.7/", true),
            ("http://3325256711/", true),
            ("http://u:p@0306.51.100.7/", true),
            ("client @0x7f 192.0.2.7#53", false),
            ("bücher.example.net", true),
            ("bücher", false),
            (&"a.".repeat(100), true),
        ] {
            assert_eq!(anchors.may_match(text), expected, "{text}");
        }
    }

    #[test]
    fn anchors_are_runs() {
        let mut anchors = Anchors::default();
        for (text, expected) in
            [("a b", false), ("-a", false), ("a-", false), ("ä", false), ("", false), ("a..b", false), ("a.b-c_d", true)]
        {
            assert_eq!(anchors.add(text), expected, "{text}");
        }
        assert!(anchors.add_longest(r"C:\Users\Public\evil tool.exe") && !anchors.add_longest("%%"));
        anchors.finish();
        assert!(anchors.may_match("x evil TOOL.exe y") && !anchors.may_match("Users"));
    }
}
