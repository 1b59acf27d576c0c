//! Which names and addresses may be asked about.

use crate::ti::{Refusal, is_reserved_name};
use huntsql_kernels::net::{AddressKind, address_kind, parse_address, split_domain, to_ascii};
use huntsql_kernels::text::refang;
use std::fmt::Write as _;
use std::net::IpAddr;

fn live(text: &str) -> String {
    let mut live = String::new();
    refang(text.trim(), &mut live);
    live.trim().to_owned()
}

/// A name as it is asked: refanged, in ASCII, lower case, without a final dot. One that means nothing in the public DNS only where it `may_be_internal`: who asks for
/// it tells the resolver, and whoever it asks, what machines here are called.
pub(crate) fn name(text: &str, may_be_internal: bool) -> Result<String, Refusal> {
    let live = live(text);
    let bad = || Refusal::BadFormat("not a name".to_owned());
    if parse_address(&live).is_some() {
        return Err(Refusal::BadFormat("an address, not a name".to_owned()));
    }
    let name = to_ascii(&live).ok_or_else(bad)?.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    // Escaped or odd bytes would come back in another form than they went out.
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Err(bad());
    }
    if may_be_internal || is_public(name) {
        return Ok(name.to_owned());
    }
    Err(Refusal::NotGlobal("the name is reserved or of a private network".to_owned()))
}

/// Whether the public DNS knows such names: a public suffix ends it (or it is one), and nothing reserves it.
fn is_public(name: &str) -> bool {
    match reversed(name) {
        Some(address) => address_kind(address) == AddressKind::Public,
        // Names of Tor must not be sent (RFC 7686), though the list of public suffixes has them.
        None if name == "onion" || name.ends_with(".onion") => false,
        None => !is_reserved_name(name) && split_domain(&format!("x.{name}")).is_some(),
    }
}

/// An address as it is asked about, public unless it `may_be_internal`.
pub(crate) fn address(text: &str, may_be_internal: bool) -> Result<IpAddr, Refusal> {
    let address = parse_address(&live(text)).ok_or_else(|| Refusal::BadFormat("not an address".to_owned()))?;
    match address_kind(address) {
        AddressKind::Public => Ok(address),
        _ if may_be_internal => Ok(address),
        other => Err(Refusal::NotGlobal(format!("the address is {}", other.name()))),
    }
}

/// Bytes or half-bytes of an address, the last first: RFC 1035, 3.5 and RFC 3596, 2.5.
pub(crate) fn reversed_labels(address: IpAddr) -> String {
    let mut out = String::new();
    match address {
        IpAddr::V4(address) => address.octets().iter().rev().for_each(|byte| _ = write!(out, "{byte}.")),
        IpAddr::V6(address) => address.octets().iter().rev().for_each(|byte| _ = write!(out, "{:x}.{:x}.", byte & 15, byte >> 4)),
    }
    out
}

/// The name below `arpa` that stands for an address.
pub(crate) fn reverse_name(address: IpAddr) -> String {
    reversed_labels(address) + if address.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" }
}

/// What a name tells others of: itself, or the address that it stands for.
pub(crate) fn subject(name: String) -> String {
    reversed(&name).map_or(name, |address| address.to_string())
}

/// The address that a name below `arpa` stands for.
fn reversed(name: &str) -> Option<IpAddr> {
    if let Some(labels) = name.strip_suffix(".in-addr.arpa") {
        let mut parts: Vec<&str> = labels.split('.').collect();
        parts.reverse();
        return parts.join(".").parse().ok().map(IpAddr::V4);
    }
    let labels = name.strip_suffix(".ip6.arpa")?;
    let mut bits = 0_u128;
    let mut count = 0;
    for label in labels.rsplit('.') {
        let digit = u128::from_str_radix(label, 16).ok().filter(|_| label.len() == 1)?;
        bits = bits << 4 | digit;
        count += 1;
    }
    (count == 32).then(|| IpAddr::V6(bits.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_one_form_and_public() {
        let status = |text: &str, internal: bool| name(text, internal).map_err(|refusal| refusal.status());
        for (text, public, internal) in [
            ("www[.]Google[.]com.", Ok("www.google.com"), Ok("www.google.com")),
            ("_dmarc.google.com", Ok("_dmarc.google.com"), Ok("_dmarc.google.com")),
            ("bücher.de", Ok("xn--bcher-kva.de"), Ok("xn--bcher-kva.de")),
            ("com", Ok("com"), Ok("com")),
            ("dc01", Err("not_global"), Ok("dc01")),
            ("localhost", Err("not_global"), Ok("localhost")),
            ("dc01.corp", Err("not_global"), Ok("dc01.corp")),
            ("abc.onion", Err("not_global"), Ok("abc.onion")),
            ("x.internal", Err("not_global"), Ok("x.internal")),
            ("www.example.com", Err("not_global"), Ok("www.example.com")),
            ("8.8.8.8.in-addr.arpa", Ok("8.8.8.8.in-addr.arpa"), Ok("8.8.8.8.in-addr.arpa")),
            ("1.0.0.10.in-addr.arpa", Err("not_global"), Ok("1.0.0.10.in-addr.arpa")),
            ("8.8.8.8", Err("bad_format"), Err("bad_format")),
            ("a..b", Err("bad_format"), Err("bad_format")),
            ("a b.com", Err("bad_format"), Err("bad_format")),
            ("", Err("bad_format"), Err("bad_format")),
            ("a\u{0}.com", Err("bad_format"), Err("bad_format")),
            ("*.google.com", Err("bad_format"), Err("bad_format")),
        ] {
            assert_eq!(status(text, false), public.map(str::to_owned), "{text}");
            assert_eq!(status(text, true), internal.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn addresses_turned_round_and_back() {
        for (text, expected) in [
            ("192.0.2.1", "1.2.0.192.in-addr.arpa"),
            ("2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
        ] {
            let address: IpAddr = text.parse().expect("an address");
            assert_eq!(reverse_name(address), expected);
            assert_eq!(reversed(expected), Some(address));
        }
        assert_eq!((reversed("2.0.192.in-addr.arpa"), reversed("x.ip6.arpa")), (None, None));
    }
}
