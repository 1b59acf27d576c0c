//! What may be asked about: an indicator of a known type, well-formed, and public. All else stays on this machine.

#[cfg(test)]
mod tests;

use huntsql_kernels::ioc::{IocType, ioc_type, is_ioc};
use huntsql_kernels::nearest::hint;
use huntsql_kernels::net::{AddressKind, address_kind, parse_address, to_ascii_host, url_parse};
use huntsql_kernels::text::{entropy, refang};
use std::fmt::Write as _;
use std::net::IpAddr;

/// An indicator that may be sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observable {
    /// Its type.
    pub kind: IocType,
    /// Refanged and in the one form that the type has: lower-case names and digests, canonical addresses.
    pub value: String,
}

/// Why an indicator is not sent, with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No provider is asked about such a thing, or it is no indicator at all.
    NotSupported(String),
    /// It is not of the form that its type has.
    BadFormat(String),
    /// It means something in a private network, or nothing anywhere.
    NotGlobal(String),
}

impl Refusal {
    /// The status of its row.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::NotSupported(_) => "not_supported",
            Self::BadFormat(_) => "bad_format",
            Self::NotGlobal(_) => "not_global",
        }
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        match self {
            Self::NotSupported(reason) | Self::BadFormat(reason) | Self::NotGlobal(reason) => reason,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.status(), self.reason())
    }
}

/// What becomes of the query and the fragment of a URL. They hold session tokens and names of people, so that they are dropped unless asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UrlQuery {
    /// Not sent.
    #[default]
    Dropped,
    /// Sent as written.
    Kept,
}

/// Bytes of a URL that is sent; no provider takes longer ones.
const LONGEST_URL: usize = 4096;

/// Bits per digit below which a digest is made up.
const LEAST_ENTROPY: f64 = 3.0;

/// Checks an indicator whose type may be given by name: those of `extract_iocs`, their aliases, and `file_hash`, which means the digest of that length.
pub fn check_named(text: &str, type_name: Option<&str>, query: UrlQuery) -> Result<Observable, Refusal> {
    let Some(name) = type_name.map(str::trim).filter(|name| !name.is_empty()) else { return check_with(text, None, query) };
    if name.eq_ignore_ascii_case("file_hash") {
        let kind = match text.trim().len() {
            32 => IocType::Md5,
            40 => IocType::Sha1,
            64 => IocType::Sha256,
            length => return Err(Refusal::BadFormat(format!("no file hash has {length} characters (32, 40 or 64 are needed)"))),
        };
        return check_with(text, Some(kind), query);
    }
    let kind = IocType::parse(name).map_err(|_| {
        let near = hint(name, IocType::ALL.iter().map(|kind| kind.name()));
        Refusal::NotSupported(format!("unknown type '{}'{near}", name.escape_debug()))
    })?;
    check_with(text, Some(kind), query)
}

/// Checks an indicator. The given type wins over the one that it looks like; queries of URLs are dropped.
pub fn check(text: &str, given: Option<IocType>) -> Result<Observable, Refusal> {
    check_with(text, given, UrlQuery::default())
}

/// As [`check`], with a choice about the query of a URL.
pub fn check_with(text: &str, given: Option<IocType>, query: UrlQuery) -> Result<Observable, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::BadFormat("an empty text".to_owned()));
    }
    let mut live = String::new();
    refang(text, &mut live);
    let live = live.trim();
    let Some(kind) = given.or_else(|| ioc_type(live)) else {
        // A name that no public suffix ends is no indicator, but worth a better reason.
        return Err(match to_ascii_host(live).map(|name| name.to_ascii_lowercase()) {
            Some(name) if is_reserved_name(&name) => not_global_name(&name),
            _ => Refusal::NotSupported("not an indicator of any type".to_owned()),
        });
    };
    let value = match kind {
        IocType::Ipv4 | IocType::Ipv6 => return address(live, kind),
        IocType::Domain => domain(live)?,
        IocType::Url => url(live, query)?,
        IocType::Email => email(live)?,
        IocType::Cidr => network(live)?,
        IocType::Md5 | IocType::Sha1 | IocType::Sha224 | IocType::Sha256 | IocType::Sha384 | IocType::Sha512 => digest(live, kind)?,
        IocType::Imphash | IocType::Ja3 | IocType::Ja3s | IocType::Jarm => digest(live, kind)?,
        IocType::Asn | IocType::Cve | IocType::Mitre => well_formed(live, kind)?.to_ascii_uppercase(),
        IocType::Bitcoin
        | IocType::Dogecoin
        | IocType::Ethereum
        | IocType::Litecoin
        | IocType::Monero
        | IocType::Ripple
        | IocType::Tron => well_formed(live, kind)?.to_owned(),
        // They name people and machines, and no provider knows them.
        IocType::Mac | IocType::RegistryKey | IocType::WindowsPath | IocType::LinuxPath | IocType::FileName | IocType::UserAgent => {
            return Err(Refusal::NotSupported(format!("{} is not sent to anybody", kind.name())));
        }
    };
    Ok(Observable { kind, value })
}

fn bad_format(kind: IocType) -> Refusal {
    Refusal::BadFormat(format!("not of the form of {}", kind.name()))
}

fn well_formed(text: &str, kind: IocType) -> Result<&str, Refusal> {
    if is_ioc(text, kind) { Ok(text) } else { Err(bad_format(kind)) }
}

fn not_global_address(address: IpAddr) -> Result<(), Refusal> {
    match address_kind(address) {
        AddressKind::Public => Ok(()),
        other => Err(Refusal::NotGlobal(format!("the address is {}", other.name()))),
    }
}

fn not_global_name(name: &str) -> Refusal {
    let shown: String = name.chars().take(253).collect();
    Refusal::NotGlobal(format!("the name '{shown}' is reserved or of a private network"))
}

/// An address. One that is an IPv4 address in the clothes of IPv6 is what it is.
fn address(text: &str, kind: IocType) -> Result<Observable, Refusal> {
    let is_v6_form = text.contains(':');
    if is_v6_form != (kind == IocType::Ipv6) {
        return Err(bad_format(kind));
    }
    let address = parse_address(text).ok_or_else(|| bad_format(kind))?;
    not_global_address(address)?;
    let kind = if address.is_ipv4() { IocType::Ipv4 } else { IocType::Ipv6 };
    Ok(Observable { kind, value: address.to_string() })
}

/// A network whose first address is public.
fn network(text: &str) -> Result<String, Refusal> {
    let (first, length) = text.split_once('/').ok_or_else(|| bad_format(IocType::Cidr))?;
    well_formed(text, IocType::Cidr)?;
    let first = parse_address(first).ok_or_else(|| bad_format(IocType::Cidr))?;
    not_global_address(first)?;
    Ok(format!("{first}/{}", length.trim()))
}

/// Top-level names that the public DNS does not have or that mean nothing there: RFC 6761, 6762 with appendix G, 8375, 9476, ICANN's `internal`, and
/// what routers make up. Everything below `arpa` is infrastructure, such as reverse names.
#[rustfmt::skip]
const RESERVED_TOP: &[&str] = &[
    "alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "mail", "private", "test",
];

/// Names for documentation, RFC 6761, 6.5.
const RESERVED_DOMAINS: &[&str] = &["example.com", "example.net", "example.org"];

/// Whether a name of several labels is reserved; lower case, without a final dot.
pub(crate) fn is_reserved_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some((_, top)) = name.rsplit_once('.') else { return false };
    let below = |domain: &&str| name == *domain || name.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    RESERVED_TOP.contains(&top) || RESERVED_DOMAINS.iter().any(below)
}

/// A name of the public DNS.
fn domain(text: &str) -> Result<String, Refusal> {
    let name = to_ascii_host(text).ok_or_else(|| bad_format(IocType::Domain))?.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    if is_reserved_name(name) {
        return Err(not_global_name(name));
    }
    well_formed(name, IocType::Domain).map(str::to_owned)
}

/// The host of a URL or an e-mail address: what is no public name is of a private network.
fn public_host(host: &str, is_ip: bool) -> Result<(), Refusal> {
    if is_ip {
        return not_global_address(parse_address(host).ok_or_else(|| bad_format(IocType::Url))?);
    }
    domain(host).map(drop).map_err(|_| not_global_name(host))
}

fn email(text: &str) -> Result<String, Refusal> {
    let bad = || bad_format(IocType::Email);
    well_formed(text, IocType::Email)?;
    let (user, host) = text.rsplit_once('@').ok_or_else(bad)?;
    public_host(host, false)?;
    Ok(format!("{user}@{}", domain(host)?))
}

/// A URL as it is sent: canonical scheme and host, no password, and by default neither query nor fragment.
fn url(text: &str, query: UrlQuery) -> Result<String, Refusal> {
    let bad = || bad_format(IocType::Url);
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(bad());
    }
    let parts = url_parse(text).ok_or_else(bad)?;
    let (Some(scheme), Some(host)) = (&parts.scheme, &parts.authority.host) else { return Err(bad()) };
    public_host(host, parts.authority.is_ip)?;
    let mut url = format!("{scheme}://");
    if let Some(user) = parts.authority.username.as_deref().filter(|user| !user.is_empty()) {
        _ = write!(url, "{user}@");
    }
    if host.contains(':') {
        _ = write!(url, "[{host}]");
    } else {
        url.push_str(host);
    }
    if let Some(port) = parts.authority.port {
        _ = write!(url, ":{port}");
    }
    // Browsers read a backslash as a slash there.
    let is_web = matches!(&**scheme, "http" | "https" | "ftp" | "ws" | "wss");
    if is_web {
        url.extend(parts.path.chars().map(|c| if c == '\\' { '/' } else { c }))
    } else {
        url.push_str(&parts.path)
    }
    if query == UrlQuery::Kept {
        for (mark, part) in [('?', parts.query), ('#', parts.fragment)] {
            if let Some(part) = part {
                url.push(mark);
                url.push_str(part);
            }
        }
    }
    if url.len() > LONGEST_URL {
        return Err(Refusal::BadFormat(format!("a URL of more than {LONGEST_URL} bytes")));
    }
    Ok(url)
}

/// Hexadecimal digits of a digest.
const fn digits(kind: IocType) -> usize {
    match kind {
        IocType::Sha1 => 40,
        IocType::Sha224 => 56,
        IocType::Sha256 => 64,
        IocType::Sha384 => 96,
        IocType::Sha512 => 128,
        IocType::Jarm => 62,
        _ => 32,
    }
}

fn digest(text: &str, kind: IocType) -> Result<String, Refusal> {
    if text.len() != digits(kind) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad_format(kind));
    }
    let value = text.to_ascii_lowercase();
    if entropy(&value, &mut Vec::new()) < LEAST_ENTROPY {
        return Err(Refusal::BadFormat("too little entropy for a hash".to_owned()));
    }
    Ok(value)
}
