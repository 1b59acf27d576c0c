//! IPv4 addresses and networks among numbers with dots.

use super::chars::{at, before, label_before, run_end};
use super::dotted::Dotted;
use super::{IocType, Scanner, Trust};
use std::borrow::Cow;
use std::net::Ipv4Addr;

/// Labels that say: a version.
#[rustfmt::skip]
const VERSION_LABELS: &[&str] = &[
    "version", "versions", "ver", "vers", "v", "rev", "release", "build", "oid",
];

/// Products whose versions look like addresses (`Chrome/120.0.0.0`), as they stand in user agents, lower case, sorted.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "apache", "applewebkit", "brave", "chrome", "chromium", "crios", "curl", "edg", "edga", "edge", "edgios",
    "electron", "firefox", "fxios", "headlesschrome", "iis", "java", "jetty", "mobile", "mozilla", "msie", "nginx",
    "node", "openssh", "openssl", "opera", "opr", "perl", "php", "python", "ruby", "safari", "samsungbrowser",
    "seamonkey", "slack", "teams", "tomcat", "trident", "ucbrowser", "vivaldi", "wget", "yabrowser",
];

/// A dotted quad without leading zeros.
pub(super) fn parse(text: &str) -> Option<Ipv4Addr> {
    if text.len() > 15 { None } else { text.parse().ok() }
}

impl<'t> Scanner<'t, '_> {
    /// Digits, dots and hyphens: an address, a network, a range of two addresses, or a version.
    pub(super) fn numbers(&mut self, run: &Dotted) {
        if run.is_numeric() {
            if run.labels == 4 {
                self.quad(run.start, run.end);
            } else if run.labels == 5 {
                self.tcpdump(run);
            }
            return;
        }
        let text = self.slice(run.start, run.end);
        if text.len() <= 31
            && let Some((low, high)) = text.split_once('-')
            && parse(low).is_some()
            && parse(high).is_some()
        {
            self.quad(run.start, run.start + low.len());
            self.quad(run.end - high.len(), run.end);
        }
    }

    /// `IP 192.0.2.5.51234 > 198.51.100.7.443:`: the fifth number is a port there.
    fn tcpdump(&mut self, run: &Dotted) {
        let arrow = |range: Option<&[u8]>| range == Some(b" > ");
        if arrow(self.bytes.get(run.end..run.end + 3)) || arrow(run.start.checked_sub(3).and_then(|from| self.bytes.get(from..run.start))) {
            self.quad(run.start, run.last - 1);
        }
    }

    fn quad(&mut self, start: usize, end: usize) {
        let raw = self.slice(start, end);
        let Some(address) = parse(raw) else { return };
        let in_dots = before(self.bytes, start) == b'.' && start >= 2 && before(self.bytes, start - 1).is_ascii_alphanumeric();
        if in_dots || (self.trust == Trust::Text && !self.is_marked(start, end) && self.is_version(start, address)) {
            return;
        }
        self.floor = end;
        if at(self.bytes, end) == b'/' {
            let stop = run_end(self.bytes, end + 1, 3, |b| b.is_ascii_digit());
            let bits = self
                .slice(end + 1, stop)
                .parse::<u32>()
                .ok()
                .filter(|bits| *bits <= 32 && at(self.bytes, end + 1) != b'0' || stop == end + 2);
            let ends = !matches!(at(self.bytes, stop), b'/' | b'-' | b'_') && !at(self.bytes, stop).is_ascii_alphanumeric();
            let ends = ends && !(at(self.bytes, stop) == b'.' && at(self.bytes, stop + 1).is_ascii_digit());
            if let Some(bits) = bits.filter(|bits| ends && *bits <= 32) {
                let network = Ipv4Addr::from_bits(address.to_bits() & u32::MAX.checked_shl(32 - bits).unwrap_or(0));
                let value =
                    if network == address { Cow::Borrowed(self.slice(start, stop)) } else { Cow::Owned(format!("{network}/{bits}")) };
                self.emit(IocType::Cidr, start, stop, value);
                if network == address && bits != 32 {
                    return;
                }
            }
        }
        self.emit(IocType::Ipv4, start, end, Cow::Borrowed(raw));
    }

    fn is_version(&self, start: usize, address: Ipv4Addr) -> bool {
        // 0.x.x.x is no host address (RFC 791); written in a text it is a version.
        if address.octets()[0] == 0 && !address.is_unspecified() {
            return true;
        }
        let prior = before(self.bytes, start);
        // `Update\1.3.33.23\GoogleUpdate.exe`: the directory of a version.
        if prior == b'\\' && at(self.bytes, start + address.to_string().len()) == b'\\' && before(self.bytes, start - 1) != b'\\' {
            return true;
        }
        if prior == b'/' {
            let from = start - 1;
            let name = self.bytes.get(..from).unwrap_or(&[]).iter().rev().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
            let name = self.slice(from - name, from).to_ascii_lowercase();
            let first_only = address.to_bits() & 0x00ff_ffff == 0;
            return !name.is_empty() && (first_only || PRODUCTS.binary_search(&name.as_str()).is_ok());
        }
        let label = label_before(self.text, start);
        let tail = label.rsplit(['_', '-']).next().unwrap_or(label);
        !tail.is_empty()
            && (VERSION_LABELS.iter().any(|known| known.eq_ignore_ascii_case(tail)) || (tail.len() > 7 && ends_with(tail, "version")))
    }
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len().checked_sub(end.len()).and_then(|from| text.get(from..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}
