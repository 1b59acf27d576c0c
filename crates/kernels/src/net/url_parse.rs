//! `url_parse(url)`: the parts of a URL.

use super::domain_name::split;
use super::url_authority::{Authority, Certainty, parse_authority};
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `url_parse`.
pub struct UrlParse;

impl ScalarKernel for UrlParse {
    const SPEC: Spec = Spec {
        name: "url_parse",
        family: Family::Net,
        summary: "Takes a URL apart: scheme, user, host, port, path, query, fragment, registrable domain.",
        details: "\
| field | type | meaning |
|---|---|---|
| `scheme` | TEXT | lower-case; NULL where the text has none |
| `username`, `password` | TEXT | what stands before the last `@` of the authority, as written |
| `host` | TEXT | where the connection goes: lower-case ASCII name without a trailing dot, or IP address without brackets and zone |
| `port` | BIGINT | as written; NULL where the URL names none |
| `path` | TEXT | as written, starting with `/` (or `\\` where that was written); empty where there is none |
| `query`, `fragment` | TEXT | as written, without `?` and `#`; NULL where there is none |
| `subdomain`, `domain`, `suffix` | TEXT | as in `domain_parse(host)`; NULL for an IP address or an unknown suffix |
| `is_ip` | BOOLEAN | whether the host is an IP address |

The host is read as browsers read it (WHATWG URL), since that is where a victim's click goes: percent-encoding and Unicode become ASCII
(`punycode_decode` makes it readable), and IPv4 in hex, octal or as one number becomes dotted (`http://0x7f.1/`, `http://2130706433/` are 127.0.0.1). For http, https, ftp,
ws and wss a backslash counts as a slash and the number of slashes does not matter. Tabs and line ends inside the URL are dropped. Path, query and
fragment are not touched otherwise: no `..` is resolved and nothing is decoded.

Defanged URLs are read: `hxxp`, `hxxps`, `fxp`, `[.]`, `(.)`, `[dot]`, `[:]//`, `[://]`, `[@]`, `[/]`. A text without a scheme is read where it starts with an
IP address, `localhost`, or a name with a known public suffix, and without a user (`evil.test` alone is not known, `evil.com:8080/x` is). Of URLs without `//`, these
schemes are read, all after the colon being path, query and fragment: about, blob, cid, data, file, intent, javascript, jdbc, magnet, mailto, mid, news, search-ms, sip,
sips, sms, tel, urn, vbscript, view-source and all that start with `ms-`.

NULL for what is not a URL: words, e-mail addresses, Windows paths, a port over 65535, a host that the DNS cannot hold (wrong characters, labels over
63 or names over 253 characters).",
        args: &[Arg { name: "url", doc: "URL, plain or defanged." }],
        examples: &[
            Example {
                sql: "SELECT u['scheme'] AS scheme, u['host'] AS host, u['port'] AS port, u['path'] AS path, u['query'] AS query, u['domain'] AS domain \
                      FROM (SELECT url_parse('hxxps://login.evil[.]co[.]uk:8443/a/../b%20c?id=7#top') AS u) s",
                result: "https | login.evil.co.uk | 8443 | /a/../b%20c | id=7 | evil.co.uk",
            },
            Example {
                sql: "SELECT u['username'] AS username, u['host'] AS host, u['is_ip'] AS is_ip FROM (SELECT url_parse('http://www.bank.com@0x7f.1/') AS u) s",
                result: "www.bank.com | 127.0.0.1 | true",
            },
            Example {
                sql: "SELECT u['scheme'] AS scheme, u['host'] AS host, u['path'] AS path FROM (SELECT url_parse('evil.com/x') AS u) s",
                result: "NULL | evil.com | /x",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = UrlParts<'a>;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (url,): (&'a str,)) -> KernelResult<UrlParts<'a>> {
        // WHATWG URL, 4.4: controls and blanks around it, tabs and line ends in it are dropped
        let url = url.trim_matches(|c: char| c <= ' ');
        if url.contains(['\t', '\n', '\r']) {
            buffer.clear();
            buffer.extend(url.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')));
            return Ok(url_parse(buffer));
        }
        Ok(url_parse(url))
    }
}

/// The parts of a URL; path, query and fragment as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Lower-case, refanged.
    pub scheme: Option<Cow<'a, str>>,
    /// User, host and port.
    pub authority: Authority,
    /// From the first slash.
    pub path: Cow<'a, str>,
    /// After the `?`.
    pub query: Option<&'a str>,
    /// After the `#`.
    pub fragment: Option<&'a str>,
}

impl SqlValue for UrlParts<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("scheme", SqlType::Text),
        ("username", SqlType::Text),
        ("password", SqlType::Text),
        ("host", SqlType::Text),
        ("port", SqlType::Int),
        ("path", SqlType::Text),
        ("query", SqlType::Text),
        ("fragment", SqlType::Text),
        ("subdomain", SqlType::Text),
        ("domain", SqlType::Text),
        ("suffix", SqlType::Text),
        ("is_ip", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let Authority { username, password, host, is_ip, port } = &self.authority;
        let host = host.as_deref();
        let parts = host.filter(|_| !is_ip).and_then(split);
        out.row()
            .put(self.scheme.as_deref())
            .put(username.as_deref())
            .put(password.as_deref())
            .put(host)
            .put(port.map(i64::from))
            .put(&*self.path)
            .put(self.query)
            .put(self.fragment)
            .put(parts.and_then(|p| p.subdomain))
            .put(parts.map(|p| p.domain))
            .put(parts.map(|p| p.suffix))
            .put(*is_ip)
            .end();
    }
}

/// Schemes whose URLs have no `//`.
const OPAQUE: &[&str] = &[
    "about",
    "blob",
    "cid",
    "data",
    "file",
    "intent",
    "javascript",
    "jdbc",
    "magnet",
    "mailto",
    "mid",
    "news",
    "search-ms",
    "sip",
    "sips",
    "sms",
    "tel",
    "urn",
    "vbscript",
    "view-source",
];

/// The parts of `url`, which has no blanks around it and no line ends. `None` where it is not a URL.
pub fn url_parse(url: &str) -> Option<UrlParts<'_>> {
    let Some(Start { scheme, slashes, rest }) = split_scheme(url) else {
        return hierarchical(None, url.strip_prefix("//").unwrap_or(url), true, Certainty::Guessed);
    };
    // the "special" schemes of WHATWG URL, 4.2, where browsers take any number of slashes and backslashes
    if matches!(&*scheme, "http" | "https" | "ftp" | "ws" | "wss") {
        let trimmed = rest.trim_start_matches(['/', '\\']);
        let announced = slashes || trimmed.len() < rest.len();
        let certainty = if announced { Certainty::Announced } else { Certainty::Guessed };
        return hierarchical(Some(scheme), trimmed, true, certainty).filter(|parts| parts.authority.host.is_some());
    }
    if slashes {
        // file://C:/x is common and means file:///C:/x
        if scheme == "file" && matches!(rest.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic()) {
            return Some(with_tail(Some(scheme), Authority::default(), false, rest));
        }
        let parts = hierarchical(Some(scheme), rest, false, Certainty::Announced)?;
        return (parts.authority.host.is_some() || !parts.path.is_empty()).then_some(parts);
    }
    if OPAQUE.binary_search(&&*scheme).is_ok() || (scheme.starts_with("ms-") && !scheme.contains('.')) {
        return Some(with_tail(Some(scheme), Authority::default(), false, rest));
    }
    // what looked like a scheme is a host before a port
    hierarchical(None, url, true, Certainty::Guessed)
}

/// A scheme, whether slashes followed its colon, and what follows both.
struct Start<'a> {
    scheme: Cow<'a, str>,
    slashes: bool,
    rest: &'a str,
}

/// Takes the scheme off, defanged or not. One letter is a Windows drive.
fn split_scheme(url: &str) -> Option<Start<'_>> {
    let end = url.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '*')))?;
    let (scheme, rest) = url.split_at_checked(end)?;
    let (slashes, rest) = if let Some(rest) = strip_any(rest, &["[://]", "(://)", "{://}"]) {
        (true, rest)
    } else {
        let rest = strip_any(rest, &[":", "[:]", "(:)", "{:}"])?;
        strip_any(rest, &["//", "[//]", "(//)"]).map_or((false, rest), |rest| (true, rest))
    };
    if scheme.len() < 2 || !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let scheme =
        if scheme.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(scheme.to_ascii_lowercase()) } else { Cow::Borrowed(scheme) };
    let scheme = match &*scheme {
        "hxxp" | "h**p" | "hxtp" | "htxp" => Cow::Borrowed("http"),
        "hxxps" | "h**ps" | "hxtps" | "htxps" => Cow::Borrowed("https"),
        "fxp" => Cow::Borrowed("ftp"),
        "fxps" => Cow::Borrowed("ftps"),
        other if other.contains('*') => return None,
        _ => scheme,
    };
    Some(Start { scheme, slashes, rest })
}

fn strip_any<'a>(text: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| text.strip_prefix(mark))
}

/// Authority, then path, query and fragment.
fn hierarchical<'a>(scheme: Option<Cow<'a, str>>, rest: &'a str, backslash: bool, certainty: Certainty) -> Option<UrlParts<'a>> {
    let end = rest.find(|c| matches!(c, '/' | '?' | '#') || (backslash && c == '\\')).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end)?;
    // a defanged slash: evil[.]test[/]path
    let defanged = authority.strip_suffix('[').zip(tail.strip_prefix("/]"));
    let (authority, tail) = defanged.unwrap_or((authority, tail));
    Some(with_tail(scheme, parse_authority(authority, certainty)?, defanged.is_some(), tail))
}

fn with_tail<'a>(scheme: Option<Cow<'a, str>>, authority: Authority, slash: bool, tail: &'a str) -> UrlParts<'a> {
    let (tail, fragment) = tail.split_once('#').map_or((tail, None), |(tail, fragment)| (tail, Some(fragment)));
    let (path, query) = tail.split_once('?').map_or((tail, None), |(path, query)| (path, Some(query)));
    let path = if slash { Cow::Owned(format!("/{path}")) } else { Cow::Borrowed(path) };
    UrlParts { scheme, authority, path, query, fragment }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scheme|user|password|host|port|path|query|fragment; `-` for NULL
    fn show(url: &str) -> Option<String> {
        let u = url_parse(url)?;
        let a = &u.authority;
        let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
        Some(
            [
                or(u.scheme.as_deref()),
                or(a.username.as_deref()),
                or(a.password.as_deref()),
                or(a.host.as_deref()),
                a.port.map_or("-".to_owned(), |port| port.to_string()),
                u.path.to_string(),
                or(u.query),
                or(u.fragment),
            ]
            .join("|"),
        )
    }

    #[test]
    fn plain() {
        for (url, expected) in [
            ("http://evil.test/x?y=1#z", "http|-|-|evil.test|-|/x|y=1|z"),
            ("HTTP://Evil.TEST", "http|-|-|evil.test|-||-|-"),
            ("http://evil.test.:80/", "http|-|-|evil.test|80|/|-|-"),
            ("http://evil.test:/", "http|-|-|evil.test|-|/|-|-"),
            ("http://u:p@evil.test:8080", "http|u|p|evil.test|8080||-|-"),
            ("http://u@x:p@evil.test", "http|u@x|p|evil.test|-||-|-"),
            ("http://a.test?x", "http|-|-|a.test|-||x|-"),
            ("http://a.test#x?y", "http|-|-|a.test|-||-|x?y"),
            ("http://a.test/?#", "http|-|-|a.test|-|/||"),
            ("http://a.test/a/../%2e/b c?q=http://b.test/#f", "http|-|-|a.test|-|/a/../%2e/b c|q=http://b.test/|f"),
            ("http://intranet/x", "http|-|-|intranet|-|/x|-|-"),
            ("http://bücher.example/ü", "http|-|-|xn--bcher-kva.example|-|/ü|-|-"),
            ("http://%65vil.test/", "http|-|-|evil.test|-|/|-|-"),
            ("http://0x7f.1/", "http|-|-|127.0.0.1|-|/|-|-"),
            ("http://2130706433/", "http|-|-|127.0.0.1|-|/|-|-"),
            ("http://0300.0250.1.1/", "http|-|-|192.168.1.1|-|/|-|-"),
            ("http://[2001:DB8::1]:8080/x", "http|-|-|2001:db8::1|8080|/x|-|-"),
            ("http://[::ffff:1.2.3.4]/", "http|-|-|1.2.3.4|-|/|-|-"),
            ("http://[fe80::1%25eth0]/", "http|-|-|fe80::1|-|/|-|-"),
            ("http://2001:db8::1/", "http|-|-|2001:db8::1|-|/|-|-"),
            ("http:\\\\evil.test\\x", "http|-|-|evil.test|-|\\x|-|-"),
            ("http:/evil.test/x", "http|-|-|evil.test|-|/x|-|-"),
            ("http:////evil.test/x", "http|-|-|evil.test|-|/x|-|-"),
            ("http:evil.com/x", "http|-|-|evil.com|-|/x|-|-"),
            ("ftp://ftp.a.test/f", "ftp|-|-|ftp.a.test|-|/f|-|-"),
            ("ssh://git@a.test:22/r", "ssh|git|-|a.test|22|/r|-|-"),
            ("ldap://a.test:1389/o=x", "ldap|-|-|a.test|1389|/o=x|-|-"),
            ("smb://host/share", "smb|-|-|host|-|/share|-|-"),
            ("file:///etc/passwd", "file|-|-|-|-|/etc/passwd|-|-"),
            ("file:/etc/passwd", "file|-|-|-|-|/etc/passwd|-|-"),
            ("file://server/share", "file|-|-|server|-|/share|-|-"),
            ("file://C:/x", "file|-|-|-|-|C:/x|-|-"),
            ("mailto:a@b.test?subject=x", "mailto|-|-|-|-|a@b.test|subject=x|-"),
            ("data:text/html;base64,AA==", "data|-|-|-|-|text/html;base64,AA==|-|-"),
            ("javascript:alert(1)", "javascript|-|-|-|-|alert(1)|-|-"),
            ("ms-word:ofe|u|http://a.test/x.docm", "ms-word|-|-|-|-|ofe|u|http://a.test/x.docm|-|-"),
        ] {
            assert_eq!(show(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn without_scheme() {
        for (url, expected) in [
            ("evil.com/x", "-|-|-|evil.com|-|/x|-|-"),
            ("evil.com", "-|-|-|evil.com|-||-|-"),
            ("EVIL.com:8080/x?y#z", "-|-|-|evil.com|8080|/x|y|z"),
            ("//evil.com/x", "-|-|-|evil.com|-|/x|-|-"),
            ("ms-x.evil.com:80/", "-|-|-|ms-x.evil.com|80|/|-|-"),
            ("10.0.0.1/x", "-|-|-|10.0.0.1|-|/x|-|-"),
            ("10.0.0.1:443", "-|-|-|10.0.0.1|443||-|-"),
            ("[2001:db8::1]:443/x", "-|-|-|2001:db8::1|443|/x|-|-"),
            ("fe80::1/x", "-|-|-|fe80::1|-|/x|-|-"),
            ("localhost:3000/x", "-|-|-|localhost|3000|/x|-|-"),
            ("bücher.de/x", "-|-|-|xn--bcher-kva.de|-|/x|-|-"),
        ] {
            assert_eq!(show(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn defanged() {
        for (url, expected) in [
            ("hxxp://evil[.]test/x", "http|-|-|evil.test|-|/x|-|-"),
            ("hXXps://evil(.)test/x", "https|-|-|evil.test|-|/x|-|-"),
            ("hxxp[:]//evil[dot]test", "http|-|-|evil.test|-||-|-"),
            ("hxxp[://]evil{.}test", "http|-|-|evil.test|-||-|-"),
            ("h**p://evil.test", "http|-|-|evil.test|-||-|-"),
            ("fxp://evil[.]test", "ftp|-|-|evil.test|-||-|-"),
            ("http://u[@]evil[.]test[:]81/a[.]b", "http|u|-|evil.test|81|/a[.]b|-|-"),
            ("hxxp://evil[.]test[/]a[/]b", "http|-|-|evil.test|-|/a[/]b|-|-"),
            ("hxxp://192[.]0[.]2[.]1/", "http|-|-|192.0.2.1|-|/|-|-"),
            ("evil[.]com/x", "-|-|-|evil.com|-|/x|-|-"),
        ] {
            assert_eq!(show(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn not_a_url() {
        for text in [
            "",
            "/",
            "//",
            "#",
            "?",
            ":",
            "://",
            "http",
            "http:",
            "http://",
            "http:///",
            "http://?x",
            "http://u@/",
            "http:80",
            "word",
            "two words",
            "note: this",
            "foo:bar",
            "foo://",
            "C:\\Windows\\x.exe",
            "C:/Windows",
            "\\\\server\\share",
            "/etc/passwd",
            "user@evil.com",
            "server.lan/x",
            "1.2.3",
            "12345",
            "12:34:56",
            "http://a.test:99999/",
            "http://a.test:8x/",
            "http://a b.test/",
            "http://a<b.test/",
            "http://[::1/",
            "http://[zz]/",
            "http://1.2.3.256/",
            "http://xn--a/",
            "**p://evil.test",
            "evil.com and more",
            "a.com:b.com",
        ] {
            assert_eq!(show(text), None, "{text:?}");
        }
    }

    #[test]
    fn schemes_are_sorted() {
        assert!(OPAQUE.is_sorted());
    }

    #[test]
    fn long_hosts_end() {
        for size in [1_000_000, 500] {
            for piece in
                ["[", "[.]", "a.", "@", ":", "http://", "ü", "ü.", "%41", "%c3%bc", "xn--a.", "xn--bcher-kva.", "1.", "א", "a\u{301}"]
            {
                url_parse(&format!("http://{}", piece.repeat(size / piece.len())));
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(url in "\\PC*|[hxtps]{2,5}\\[?:\\]?/{0,3}[a-z.:@\\[\\](){}%/?#\\\\]{0,40}") {
            url_parse(&url);
        }

        /// Where the url crate reads a plain http URL, host and port are the same and path, query and fragment are slices of it.
        #[test]
        fn agrees_with_the_url_crate(url in "https?://([a-z]{1,3}(:[a-z]{1,3})?@)?([a-z]{1,4}\\.){1,3}(com|de)(:[0-9]{2,5})?(/[a-z0-9./]{0,9})?(\\?[a-z=&]{0,9})?(#[a-z]{0,5})?") {
            let theirs = url::Url::parse(&url).ok();
            let ours = url_parse(&url);
            prop_assert_eq!(theirs.is_some(), ours.is_some());
            if let (Some(theirs), Some(ours)) = (theirs, ours) {
                prop_assert_eq!(theirs.host_str(), ours.authority.host.as_deref());
                prop_assert_eq!(theirs.port_or_known_default(), ours.authority.port.or(Some(if theirs.scheme() == "http" { 80 } else { 443 })));
                prop_assert_eq!(theirs.query(), ours.query);
                prop_assert_eq!(theirs.fragment(), ours.fragment);
                prop_assert!(url.contains(&*ours.path));
            }
        }
    }
}
