//! Groups of hexadecimal digits joined by colons: IPv6 addresses, Ethernet addresses, times of day, fingerprints.

use super::chars::{DIGIT, HEX_LETTER, HYPHEN, UPPER, at, before, is_word, run_end};
use super::{IocType, Scanner};
use std::borrow::Cow;
use std::net::Ipv6Addr;

/// Longest IPv6 address in text (RFC 4291 with a dotted quad), and a little more to see that it ends.
const LONGEST: usize = 48;

impl<'t> Scanner<'t, '_> {
    /// A word before a colon.
    pub(super) fn colon_groups(&mut self, start: usize, end: usize, flags: u8) -> Option<usize> {
        if end - start > 4 || flags & !(DIGIT | HEX_LETTER | UPPER) != 0 || !is_group_start(at(self.bytes, end + 1)) {
            return None;
        }
        self.groups(start)
    }

    /// `::ffff:192.0.2.128`, `::1`.
    pub(super) fn leading_colons(&mut self, start: usize) -> Option<usize> {
        if is_word(before(self.bytes, start)) || before(self.bytes, start) == b':' || !at(self.bytes, start + 2).is_ascii_hexdigit() {
            return None;
        }
        self.groups(start)
    }

    fn groups(&mut self, start: usize) -> Option<usize> {
        let is_inside = |b: u8| b.is_ascii_hexdigit() || b == b':';
        let mut end = run_end(self.bytes, start, usize::MAX, is_inside);
        if at(self.bytes, end) == b'.' && at(self.bytes, end + 1).is_ascii_digit() {
            end = run_end(self.bytes, end, LONGEST, |b| b.is_ascii_digit() || b == b'.');
            while before(self.bytes, end) == b'.' {
                end -= 1;
            }
        }
        let run_end = end;
        while before(self.bytes, end) == b':'
            && !(end - start >= 3 && before(self.bytes, end - 1) == b':' && before(self.bytes, end - 2) != b':')
        {
            end -= 1;
        }
        if end - start > LONGEST || is_word(at(self.bytes, run_end)) {
            return if end - start > LONGEST { Some(run_end) } else { None };
        }
        let text = self.slice(start, end);
        if is_octets(text, b':') {
            self.octets(start, end, text);
            return Some(run_end);
        }
        self.address(start, end, text)
    }

    fn address(&mut self, start: usize, end: usize, text: &'t str) -> Option<usize> {
        let (text, address) = match text.parse::<Ipv6Addr>() {
            Ok(address) => (text, address),
            Err(_) => {
                // `2001:db8::1.443`: tcpdump appends the port.
                let cut = text.split('.').next().filter(|cut| cut.len() < text.len())?;
                (cut, cut.parse().ok()?)
            }
        };
        let end = start + text.len().min(end - start);
        if !is_plausible(text, address) {
            return None;
        }
        let mut stop = end;
        if address.is_unicast_link_local() && at(self.bytes, end) == b'%' {
            let zone = run_end(self.bytes, end + 1, 16, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
            stop = if zone > end + 1 { zone } else { end };
        }
        self.floor = stop;
        if at(self.bytes, end) == b'/' && self.network(start, end, address) {
            return Some(stop);
        }
        self.emit_ipv6(start, stop, address);
        Some(stop)
    }

    /// Emits the address in RFC 5952 form, without its zone.
    pub(super) fn emit_ipv6(&mut self, start: usize, end: usize, address: Ipv6Addr) {
        let raw = self.slice(start, end);
        let value = address.to_string();
        self.emit(IocType::Ipv6, start, end, if raw == value { Cow::Borrowed(raw) } else { Cow::Owned(value) });
    }

    /// Emits `address/bits`; true where the address is only the network's.
    fn network(&mut self, start: usize, end: usize, address: Ipv6Addr) -> bool {
        let stop = run_end(self.bytes, end + 1, 3, |b| b.is_ascii_digit());
        let Some(bits) = self.slice(end + 1, stop).parse::<u32>().ok().filter(|bits| *bits <= 128) else { return false };
        if is_word(at(self.bytes, stop)) || at(self.bytes, stop) == b'/' {
            return false;
        }
        let network = Ipv6Addr::from_bits(address.to_bits() & u128::MAX.checked_shl(128 - bits).unwrap_or(0));
        self.emit(IocType::Cidr, start, stop, Cow::Owned(format!("{network}/{bits}")));
        network == address && bits != 128
    }

    /// Two digits a group: an Ethernet address, or destination, source and type of a frame as netfilter logs them.
    fn octets(&mut self, start: usize, end: usize, text: &str) {
        match text.len() {
            17 => self.emit_mac(start, end),
            41 if matches!(text.get(36..), Some("08:00" | "86:dd" | "86:DD" | "08:06")) => {
                self.emit_mac(start, start + 17);
                self.emit_mac(start + 18, start + 35);
            }
            _ => {}
        }
    }

    /// `00-1B-44-11-3A-B7`.
    pub(super) fn hyphen_mac(&mut self, start: usize, end: usize, flags: u8) {
        if flags & !(DIGIT | HEX_LETTER | HYPHEN | UPPER) == 0 && is_octets(self.slice(start, end), b'-') {
            self.emit_mac(start, end);
        }
    }

    /// Emits lower case with colons.
    pub(super) fn emit_mac(&mut self, start: usize, end: usize) {
        let raw = self.slice(start, end);
        if !self.wants(IocType::Mac) {
            return;
        }
        let normal = raw.len() == 17 && !raw.bytes().any(|b| b.is_ascii_uppercase() || b == b'-');
        let value = if normal {
            Cow::Borrowed(raw)
        } else {
            let digits = raw.bytes().filter(u8::is_ascii_hexdigit).enumerate();
            Cow::Owned(digits.fold(String::with_capacity(17), |mut out, (i, b)| {
                if i > 0 && i % 2 == 0 {
                    out.push(':');
                }
                out.push(b.to_ascii_lowercase() as char);
                out
            }))
        };
        self.emit(IocType::Mac, start, end, value);
    }
}

fn is_group_start(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':'
}

/// `xx:xx:...`, three groups or more.
fn is_octets(text: &str, joint: u8) -> bool {
    text.len() % 3 == 2
        && text.len() >= 8
        && text.bytes().enumerate().all(|(i, b)| if i % 3 == 2 { b == joint } else { b.is_ascii_hexdigit() })
}

/// Eight groups say it; a shortened form must lie in space that is assigned (IANA, IPv6 address space): `a::b` and `12::30` do not.
fn is_plausible(text: &str, address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let full = !text.contains("::");
    let assigned = first & 0xe000 == 0x2000
        || first >= 0xfc00
        || (first == 0x64 && second == 0xff9b)
        || first == 0x100 && second == 0
        || first == 0x5f00;
    let special = address.is_loopback() || (address.to_ipv4().is_some() && text.contains('.')) || address.to_ipv4_mapped().is_some();
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    full || special || (assigned && digits && !address.is_unspecified())
}
