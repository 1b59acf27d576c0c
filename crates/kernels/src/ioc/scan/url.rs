//! URLs: `scheme://host...`, also inside one another.

use super::chars::{UPPER, at, before, is_word, is_word_char, run_end, slice};
use super::dotted::Dotted;
use super::punycode::to_ascii;
use super::{IocType, MAX_OPEN_URLS, Scanner};
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A URL is cut here: browsers and servers stop far below.
pub(super) const LONGEST: usize = 8192;
/// Longest user part, host and port that are read.
const LONGEST_AUTHORITY: usize = 1024;

/// Schemes that are taken with any host, and what defanged ones stand for. Lower case.
const SCHEMES: &[(&str, &str)] = &[
    ("https", "https"),
    ("http", "http"),
    ("ftp", "ftp"),
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("hxtps", "https"),
    ("hxtp", "http"),
    ("htxps", "https"),
    ("htxp", "http"),
    ("meow", "http"),
    ("meows", "https"),
    ("fxps", "ftps"),
    ("fxp", "ftp"),
    ("ftps", "ftps"),
    ("sftp", "sftp"),
    ("ssh", "ssh"),
    ("telnet", "telnet"),
    ("tcp", "tcp"),
    ("udp", "udp"),
    ("tls", "tls"),
    ("ldap", "ldap"),
    ("ldaps", "ldaps"),
    ("rmi", "rmi"),
    ("iiop", "iiop"),
    ("corba", "corba"),
    ("nis", "nis"),
    ("nds", "nds"),
    ("dns", "dns"),
    ("smb", "smb"),
    ("cifs", "cifs"),
    ("nfs", "nfs"),
    ("file", "file"),
    ("ws", "ws"),
    ("wss", "wss"),
    ("git", "git"),
    ("svn", "svn"),
    ("rsync", "rsync"),
    ("rtsp", "rtsp"),
    ("rtmp", "rtmp"),
    ("rdp", "rdp"),
    ("vnc", "vnc"),
    ("irc", "irc"),
    ("ircs", "ircs"),
    ("imap", "imap"),
    ("pop3", "pop3"),
    ("smtp", "smtp"),
    ("gopher", "gopher"),
    ("socks4", "socks4"),
    ("socks5", "socks5"),
    ("socks5h", "socks5h"),
    ("mysql", "mysql"),
    ("postgres", "postgres"),
    ("postgresql", "postgresql"),
    ("mongodb", "mongodb"),
    ("redis", "redis"),
    ("amqp", "amqp"),
    ("mqtt", "mqtt"),
    ("kafka", "kafka"),
    ("s3", "s3"),
    ("stratum", "stratum"),
    ("winrm", "winrm"),
];

/// A scheme as it is written: where it starts, and what it means where it is known.
struct Scheme {
    start: usize,
    means: Option<&'static str>,
}

/// The host of a URL.
enum Host {
    Name(Dotted),
    Ipv4(usize, usize, Ipv4Addr),
    Ipv6(usize, usize, Ipv6Addr),
    Other(usize, usize),
    Empty,
}

impl<'t> Scanner<'t, '_> {
    /// Reads a URL whose scheme is the end of the word `start..colon`; returns the end of its host.
    pub(super) fn url(&mut self, start: usize, colon: usize) -> Option<usize> {
        let scheme = self.scheme(start, colon)?;
        self.url_after(&scheme, colon)
    }

    /// `h**p://`.
    pub(super) fn starred_scheme(&mut self, star: usize) -> Option<usize> {
        let start = star.checked_sub(1)?;
        let written = self.bytes.get(start..star + 4)?.to_ascii_lowercase();
        let (colon, means) = match written.as_slice() {
            b"h**ps" => (star + 4, "https"),
            [b'h', b'*', b'*', b'p', _] => (star + 3, "http"),
            _ => return None,
        };
        (self.bytes.get(colon..colon + 3) == Some(b"://")).then_some(())?;
        self.url_after(&Scheme { start, means: Some(means) }, colon)
    }

    fn url_after(&mut self, scheme: &Scheme, colon: usize) -> Option<usize> {
        let authority = colon + 3;
        let limit = LONGEST_AUTHORITY;
        let authority_end = run_end(self.bytes, authority, limit, |b| {
            is_word(b) || matches!(b, b'.' | b'@' | b':' | b'[' | b']' | b'%' | b'+' | b'~' | b'!' | b'$' | b'&' | b'=' | b'*')
        });
        let user = self.bytes.get(authority..authority_end)?.iter().rposition(|b| *b == b'@').map_or(0, |i| i + 1);
        let host_start = authority + user;
        let (host, host_end) = self.host(host_start);
        if !self.is_host_fit(scheme, &host) {
            return None;
        }
        let port_end =
            if at(self.bytes, host_end) == b':' { run_end(self.bytes, host_end + 1, 5, |b| b.is_ascii_digit()) } else { host_end };
        let depth = self.open_urls.iter().filter(|end| **end > scheme.start).count();
        let rest = if port_end > host_end + 1 { port_end } else { host_end };
        if depth < MAX_OPEN_URLS {
            let end = self.url_end(scheme.start, rest, depth);
            if depth == 0 {
                self.open_urls = [0; MAX_OPEN_URLS];
            }
            if let Some(slot) = self.open_urls.get_mut(depth) {
                *slot = end;
            }
            self.emit_url(scheme, colon, host_start, host_end, end, &host);
        }
        self.emit_host(&host);
        self.floor = rest;
        Some(rest)
    }

    /// Letters before the colon: a known scheme, or the known end of a longer word (`urlhttp`).
    fn scheme(&self, start: usize, colon: usize) -> Option<Scheme> {
        let letters = self.bytes.get(start..colon)?.iter().rev().take(16).take_while(|b| b.is_ascii_alphanumeric()).count();
        let from = colon - letters;
        let word = self.slice(from, colon);
        if let Some((_, means)) = SCHEMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
            return Some(Scheme { start: from, means: Some(means) });
        }
        let tail = |name: &str| word.len() > name.len() && slice(word, word.len() - name.len(), word.len()).eq_ignore_ascii_case(name);
        if let Some((name, means)) = SCHEMES.iter().take(5).find(|(name, _)| tail(name)) {
            return Some(Scheme { start: colon - name.len(), means: Some(means) });
        }
        let is_scheme = (2..=15).contains(&letters) && word.starts_with(|c: char| c.is_ascii_alphabetic());
        is_scheme.then_some(Scheme { start: from, means: None })
    }

    fn host(&self, start: usize) -> (Host, usize) {
        if at(self.bytes, start) == b'[' {
            let close = run_end(self.bytes, start + 1, 64, |b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
            let zone_end = if at(self.bytes, close) == b'%' {
                run_end(self.bytes, close, 24, |b| is_word(b) || matches!(b, b'%' | b'.'))
            } else {
                close
            };
            if at(self.bytes, zone_end) == b']'
                && let Ok(address) = self.slice(start + 1, close).parse()
            {
                return (Host::Ipv6(start + 1, zone_end, address), zone_end + 1);
            }
            return (Host::Empty, start);
        }
        let run = Dotted::read(self.text, start);
        if run.labels == 0 {
            return (Host::Empty, start);
        }
        let text = self.slice(start, run.end);
        if let Some(address) = super::ipv4::parse(text).or_else(|| lenient_ipv4(text)) {
            return (Host::Ipv4(start, run.end, address), run.end);
        }
        if run.is_numeric() || run.end - start > LONGEST_AUTHORITY {
            return (Host::Empty, run.end);
        }
        if run.labels > 1 { (Host::Name(run), run.end) } else { (Host::Other(start, run.end), run.end) }
    }

    /// An unknown scheme needs a host that is certain; `file` needs none.
    fn is_host_fit(&self, scheme: &Scheme, host: &Host) -> bool {
        match (scheme.means, host) {
            (_, Host::Ipv4(..) | Host::Ipv6(..)) => true,
            (Some(means), Host::Empty) => means == "file",
            (Some(_), _) => true,
            (None, Host::Name(run)) => super::domain::normalise(self.slice(run.start, run.end), run.flags).is_some(),
            (None, _) => false,
        }
    }

    /// Where the URL ends that is read up to `from`: at a blank, quote, bracket without partner, control or separator of a list.
    fn url_end(&self, start: usize, from: usize, depth: usize) -> usize {
        let is_value = depth > 0 && matches!(before(self.bytes, start), b'=');
        let outer = depth.checked_sub(1).and_then(|d| self.open_urls.get(d)).copied().unwrap_or(usize::MAX);
        let stop = (start + LONGEST).min(self.bytes.len()).min(outer);
        let (mut round, mut square, mut curly) = (0usize, 0usize, 0usize);
        let mut i = from;
        while i < stop {
            let byte = at(self.bytes, i);
            match byte {
                0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'^' | b'|' | 0x7f => break,
                b'(' => round += 1,
                b'[' => square += 1,
                b'{' => curly += 1,
                b')' if round > 0 => round -= 1,
                b']' if square > 0 => square -= 1,
                b'}' if curly > 0 => curly -= 1,
                b')' | b']' | b'}' => break,
                b'&' if is_value || is_entity(self.bytes, i) => break,
                b',' | b';' if self.begins_url(i + 1) => break,
                0x80.. => match self.text.get(i..).and_then(|rest| rest.chars().next()) {
                    Some(c) if is_word_char(c) => i += c.len_utf8() - 1,
                    _ => break,
                },
                _ => {}
            }
            i += 1;
        }
        while i > stop || !self.text.is_char_boundary(i) {
            i -= 1;
        }
        // What ends a sentence does not end a URL.
        while i > from && matches!(before(self.bytes, i), b'.' | b',' | b';' | b':' | b'!' | b'?' | b'(' | b'[' | b'{' | b'*' | b'$') {
            i -= 1;
        }
        i.max(from)
    }

    /// Whether `scheme://` stands at `i`.
    fn begins_url(&self, i: usize) -> bool {
        let letters = run_end(self.bytes, i, 10, |b| b.is_ascii_alphabetic());
        letters > i && self.bytes.get(letters..letters + 3) == Some(b"://")
    }

    fn emit_url(&mut self, scheme: &Scheme, colon: usize, host_start: usize, host_end: usize, end: usize, host: &Host) {
        if !self.wants(IocType::Url) {
            return;
        }
        let written = self.slice(scheme.start, colon);
        let means = match scheme.means {
            Some(means) => Cow::Borrowed(means),
            None => Cow::Owned(written.to_ascii_lowercase()),
        };
        let name = match host {
            Host::Name(run) => normal_host(self.slice(run.start, run.end), run.flags),
            Host::Ipv6(_, _, address) => Cow::Owned(format!("[{address}]")),
            Host::Ipv4(_, _, address) => Cow::Owned(address.to_string()),
            Host::Other(from, to) => Cow::Owned(self.slice(*from, *to).to_lowercase()),
            Host::Empty => Cow::Borrowed(""),
        };
        let raw = self.slice(scheme.start, end);
        let value = if written == means && self.slice(host_start, host_end) == name {
            Cow::Borrowed(raw)
        } else {
            Cow::Owned([&means, "://", self.slice(colon + 3, host_start), &name, self.slice(host_end, end)].concat())
        };
        let defanged = scheme.means.is_some_and(|means| !means.eq_ignore_ascii_case(written));
        self.out.push(super::Found { kind: IocType::Url, start: scheme.start, end, value, defanged });
    }

    fn emit_host(&mut self, host: &Host) {
        match host {
            Host::Name(run) => {
                if let Some(name) = super::domain::normalise(self.slice(run.start, run.end), run.flags) {
                    self.emit(IocType::Domain, run.start, run.end, name);
                }
            }
            Host::Ipv4(start, end, address) => {
                let raw = self.slice(*start, *end);
                let value = address.to_string();
                self.emit(IocType::Ipv4, *start, *end, if raw == value { Cow::Borrowed(raw) } else { Cow::Owned(value) });
            }
            Host::Ipv6(start, end, address) => self.emit_ipv6(*start, *end, *address),
            Host::Other(..) | Host::Empty => {}
        }
    }
}

/// A host that need not be below a public suffix, in lower case and Punycode.
fn normal_host(name: &str, flags: u8) -> Cow<'_, str> {
    if !name.is_ascii() {
        to_ascii(name).unwrap_or_else(|| Cow::Owned(name.to_lowercase()))
    } else if flags & UPPER != 0 {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// What browsers take for an IPv4 address (WHATWG URL, "IPv4 parser"): parts in decimal, octal or hexadecimal, the last one filling up.
fn lenient_ipv4(text: &str) -> Option<Ipv4Addr> {
    if text.len() > 48 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let part = |part: &str| match part.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => u64::from_str_radix(part.get(2..)?, 16).ok(),
        [b'0', _, ..] => u64::from_str_radix(part, 8).ok(),
        _ if part.bytes().all(|b| b.is_ascii_digit()) => part.parse().ok(),
        _ => None,
    };
    let parts = text.split('.').map(part).collect::<Option<Vec<u64>>>()?;
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|octet| *octet > 255) || *last >> (8 * (4 - leading.len())) != 0 {
        return None;
    }
    // One small number is a port or a counter.
    if leading.is_empty() && *last <= 0xffff {
        return None;
    }
    let high = leading.iter().enumerate().map(|(i, octet)| octet << (24 - 8 * i)).sum::<u64>();
    u32::try_from(high + last).ok().map(Ipv4Addr::from_bits)
}

/// `&quot;`, `&gt;`, `&lt;`, `&#39;`: the page's markup, not the URL's.
fn is_entity(bytes: &[u8], i: usize) -> bool {
    bytes.get(i + 1..).is_some_and(|rest| ["quot;", "gt;", "lt;", "#39;", "#x27;", "apos;"].iter().any(|e| rest.starts_with(e.as_bytes())))
}
