//! Domain names in running text: a known public suffix is not enough, since file and code names end in one as well.

use super::chars::{HIGH, UPPER, at, before, is_word, label_before, slice};
use super::dotted::Dotted;
use super::punycode::to_ascii;
use super::tld::{TldClass, classify};
use super::{IocType, Scanner, Trust};
use std::borrow::Cow;

/// Longest name in text form (RFC 1035).
const LONGEST: usize = 253;
/// Longest name as written: a label of IDN grows at most fourfold when it is decoded.
const LONGEST_IDN: usize = 4 * LONGEST;

/// Labels that announce a name.
#[rustfmt::skip]
const HINTS: &[&str] = &[
    "answer", "c2", "cn", "cname", "dig", "dns", "dnsname", "domain", "domainname", "domains", "fqdn", "host",
    "hostname", "ns", "nslookup", "ping", "qname", "query", "rrname", "server_name", "sni", "whois",
];

/// First labels under which only hosts live.
#[rustfmt::skip]
const HOST_LABELS: &[&str] = &[
    "www", "mail", "ftp", "smtp", "imap", "ns1", "ns2", "mx", "vpn", "webmail",
];

/// First labels of names in code (`org.apache.commons.net`, `java.io`, `self.id`, `console.info`).
#[rustfmt::skip]
const CODE_LABELS: &[&str] = &[
    "args", "cls", "com", "config", "console", "ctx", "document", "edu", "env", "event", "gov", "java", "javax",
    "kotlin", "log", "logger", "logging", "microsoft", "module", "net", "node", "obj", "object", "options", "org",
    "params", "process", "req", "request", "res", "response", "result", "scala", "self", "sun", "sys", "system", "this",
    "window", "windows",
];

/// Programs of Windows named `*.com`.
#[rustfmt::skip]
const DOS_PROGRAMS: &[&str] = &[
    "chcp", "command", "diskcomp", "diskcopy", "edit", "format", "mode", "more", "tree", "win",
];

/// `name` in lower case and Punycode if it is a name below a public suffix, or a suffix of the private section (`github.io`).
pub(super) fn normalise(name: &str, flags: u8) -> Option<Cow<'_, str>> {
    if name.len() > if flags & HIGH != 0 { LONGEST_IDN } else { LONGEST } {
        return None;
    }
    let name = if flags & HIGH != 0 {
        to_ascii(name)?
    } else if flags & UPPER != 0 {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    if name.len() > LONGEST || name.split('.').any(|l| l.is_empty() || l.len() > 63 || l.starts_with('-') || l.ends_with('-')) {
        return None;
    }
    let top = name.rsplit('.').next()?;
    if !(top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()) || top.starts_with("xn--")) {
        return None;
    }
    // A name in the reverse tree is an address.
    if top == "arpa" {
        return None;
    }
    let suffix = psl::suffix(name.as_bytes()).filter(psl::Suffix::is_known)?;
    let whole = suffix.as_bytes().len() >= name.len();
    let is_private = suffix.typ() == Some(psl::Type::Private);
    (!whole || (is_private && name.contains('.'))).then_some(name)
}

impl<'t> Scanner<'t, '_> {
    /// Emits the dotted run as a domain if it is one.
    pub(super) fn domain(&mut self, run: &Dotted) -> bool {
        let Some((start, end)) = trim(self.text, run) else { return false };
        let raw = self.slice(start, end);
        let top = slice(self.text, run.last, end);
        if top.len() < 2 || (top.bytes().any(|b| b.is_ascii_digit()) && !has_prefix(top, "xn--")) {
            return false;
        }
        let trusted = match self.trust {
            Trust::Text => self.is_marked(start, end),
            Trust::Whole => classify(top) != TldClass::File,
            Trust::Named(_) => true,
        };
        if !trusted && !self.is_believable(run, start, end, raw, top) {
            return false;
        }
        let Some(name) = normalise(raw, run.flags) else { return false };
        self.emit(IocType::Domain, start, end, name);
        true
    }

    /// Whether a bare name in running text is meant as a domain.
    fn is_believable(&self, run: &Dotted, start: usize, end: usize, raw: &str, top: &str) -> bool {
        let (prior, after) = (before(self.bytes, start), at(self.bytes, end));
        let in_address = prior == b'@' && is_word(before(self.bytes, start - 1));
        if after == b'('
            || prior == b'$'
            || in_address
            || (prior == b'\\' && !is_unc(self.bytes, start))
            || (prior == b'>' && before(self.bytes, start - 1) == b'-')
        {
            return false;
        }
        let first = raw.split('.').next().unwrap_or("");
        if HOST_LABELS.iter().any(|label| label.eq_ignore_ascii_case(first)) && run.labels >= 3 {
            return true;
        }
        let class = classify(top);
        let hinted = || {
            let label = label_before(self.text, start);
            !label.is_empty() && HINTS.iter().any(|hint| hint.eq_ignore_ascii_case(label))
        };
        let second = raw.rsplit('.').nth(1).unwrap_or("");
        if second.contains('_') {
            return false;
        }
        if !is_name_case(raw, top, class) {
            return hinted();
        }
        if CODE_LABELS.iter().any(|label| label.eq_ignore_ascii_case(first)) && (run.labels > 2 || class != TldClass::Generic) {
            return hinted();
        }
        let lower = !raw.bytes().any(|b| b.is_ascii_uppercase());
        let port = after == b':' && at(self.bytes, end + 1).is_ascii_digit() && !at(self.bytes, end + 2).is_ascii_whitespace();
        let in_path = prior == b'/' || prior == b'\\' || self.in_url(start);
        match class {
            TldClass::Generic => {
                let program = top.eq_ignore_ascii_case("com")
                    && DOS_PROGRAMS.iter().any(|p| p.eq_ignore_ascii_case(raw.get(..raw.len() - 4).unwrap_or("")));
                !program || hinted()
            }
            TldClass::Country => {
                let numeric = second.bytes().all(|b| b.is_ascii_digit() || b == b'-') && !top.eq_ignore_ascii_case("cn");
                (run.labels > 2 || ((second.len() > 1 || top.eq_ignore_ascii_case("co")) && !numeric))
                    && !(in_path && run.labels == 2 && after != b'/')
                    || hinted()
            }
            TldClass::Word => {
                let evidence = (run.labels > 2 && lower && !in_path && !matches!(after, b'=' | b':'))
                    || (after == b'/' && lower && !in_path)
                    || (port && lower);
                evidence || hinted()
            }
            TldClass::File => hinted(),
        }
    }

    fn in_url(&self, start: usize) -> bool {
        self.open_urls.first().is_some_and(|end| start < *end)
    }
}

/// Takes hyphens and markdown's underscores off both ends.
fn trim(text: &str, run: &Dotted) -> Option<(usize, usize)> {
    if run.end - run.start > LONGEST_IDN {
        return None;
    }
    let name = slice(text, run.start, run.end);
    let cut = name.trim_end_matches(['-', '_']);
    let underscored = cut.len() < name.len();
    let kept = cut.trim_start_matches(|c| c == '-' || (underscored && c == '_'));
    let start = run.start + (cut.len() - kept.len());
    let end = run.start + cut.len();
    (end > run.last && run.last > start && !kept.starts_with('.')).then_some((start, end))
}

/// `Example.com`, `EXAMPLE.COM`, `example.com`; not `System.Net` nor `Microsoft.NET`.
fn is_name_case(raw: &str, top: &str, class: TldClass) -> bool {
    if !raw.bytes().any(|b| b.is_ascii_uppercase()) {
        return true;
    }
    if top.bytes().any(|b| b.is_ascii_uppercase()) {
        return class != TldClass::Word && !raw.bytes().any(|b| b.is_ascii_lowercase());
    }
    let camel = || raw.as_bytes().windows(2).any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    class == TldClass::Generic || (class == TldClass::Country && !camel())
}

/// `\\server` with nothing or a blank before it, also with every backslash doubled.
fn is_unc(bytes: &[u8], start: usize) -> bool {
    let slashes = bytes.get(..start).unwrap_or(&[]).iter().rev().take(5).take_while(|b| **b == b'\\').count();
    let prior = before(bytes, start - slashes);
    (slashes == 2 || slashes == 4) && !prior.is_ascii_alphanumeric() && prior != b':'
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}
