//! What a feed writes as an indicator, and what it calls the type, in our words.

use huntsql_kernels::ioc::{IocType, as_ioc, refang_marks};
use huntsql_kernels::net::mapped_network;
use std::borrow::Cow;

/// Most bytes of an indicator.
const LONGEST: usize = 8192;

/// What a feed says the type is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing: the value tells.
    Any,
    /// One of our types.
    Type(IocType),
    /// An address of either kind, perhaps with a port, or a network.
    Address,
    /// A name, or the address of a host, perhaps with a port.
    Host,
    /// A digest; its length tells which.
    Digest,
    /// A path of either kind.
    Path,
    /// None of ours, in `snake_case`.
    Other(String),
}

impl Said {
    /// Reads the name of a type as feeds spell it: abuse.ch's, MISP's, OTX's, STIX's, OpenIOC's and those of `IocType`.
    pub(super) fn read(name: &str) -> Self {
        let name: String = name
            .trim()
            .chars()
            .take(64)
            .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
            .collect();
        let ty = match name.trim_matches('_') {
            "" | "any" | "auto" | "indicator" | "ioc" | "unknown" | "observable" => return Self::Any,
            "ip" | "ipv4" | "ipv6" | "ip_address" | "ipaddress" | "ip_addr" | "ipv4_addr" | "ipv6_addr" | "ipv4address" | "ip_port"
            | "ip_dst" | "ip_src" | "dst_ip" | "src_ip" | "dest_ip" | "ip_dst_port" | "ip_src_port" | "address" | "ipv4_port" | "c2_ip" => {
                return Self::Address;
            }
            "domain" | "domain_name" | "domainname" | "hostname" | "hostname_port" | "fqdn" | "host" | "dns" | "dns_name" => {
                return Self::Host;
            }
            "hash" | "file_hash" | "filehash" | "file" | "digest" | "sample" | "checksum" => return Self::Digest,
            "path" | "file_path" | "filepath" | "fullpath" | "full_path" | "directory" => return Self::Path,
            "url" | "uri" | "urls" => IocType::Url,
            "cidr" | "netblock" | "network" | "subnet" | "net" | "ip_network" => IocType::Cidr,
            "email" | "email_addr" | "email_address" | "email_src" | "email_dst" | "email_reply_to" | "mail" | "emailaddr" => {
                IocType::Email
            }
            "md5" | "md5_hash" | "hash_md5" | "filehash_md5" | "file_md5" | "md5sum" => IocType::Md5,
            "sha1" | "sha_1" | "sha1_hash" | "hash_sha1" | "filehash_sha1" | "file_sha1" | "sha1sum" => IocType::Sha1,
            "sha224" | "sha_224" | "sha224_hash" => IocType::Sha224,
            "sha256" | "sha_256" | "sha256_hash" | "hash_sha256" | "filehash_sha256" | "file_sha256" | "sha256sum" => IocType::Sha256,
            "sha384" | "sha_384" | "sha384_hash" => IocType::Sha384,
            "sha512" | "sha_512" | "sha512_hash" | "hash_sha512" | "filehash_sha512" => IocType::Sha512,
            "imphash" | "imp_hash" | "filehash_imphash" => IocType::Imphash,
            "ja3" | "ja3_fingerprint_md5" | "ja3_md5" => IocType::Ja3,
            "ja3s" | "ja3s_fingerprint_md5" => IocType::Ja3s,
            "jarm" | "jarm_fingerprint" => IocType::Jarm,
            "filename" | "file_name" => IocType::FileName,
            "regkey" | "registry" | "registry_key" | "windows_registry_key" | "registrykey" => IocType::RegistryKey,
            "user_agent" | "useragent" | "http_user_agent" => IocType::UserAgent,
            "cve" | "vulnerability" => IocType::Cve,
            "mitre" | "attack_id" => IocType::Mitre,
            "btc" | "bitcoin" | "bitcoinaddress" => IocType::Bitcoin,
            "xmr" | "monero" => IocType::Monero,
            "eth" | "ethereum" => IocType::Ethereum,
            "asn" | "as" | "autonomous_system" => IocType::Asn,
            "mac" | "mac_address" | "mac_addr" => IocType::Mac,
            other => match IocType::parse(other) {
                Ok(ty) => ty,
                Err(_) => return Self::Other(other.to_owned()),
            },
        };
        Self::Type(ty)
    }
}

/// An indicator in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Normal {
    pub(super) ioc: String,
    pub(super) ioc_type: Cow<'static, str>,
    /// As written, where that is something else.
    pub(super) raw: Option<String>,
}

/// The indicator that `text` is; `None` where it is none of what the feed says.
pub(super) fn normalise(text: &str, said: &Said) -> Option<Normal> {
    let text = text.trim().trim_matches('"').trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let (kind, ioc) = match said {
        Said::Any => any(text)?,
        Said::Type(IocType::Ipv4 | IocType::Ipv6 | IocType::Cidr) | Said::Address => address(text)?,
        Said::Type(IocType::Domain) | Said::Host => host(text)?,
        Said::Type(kind @ (IocType::Md5 | IocType::Sha1 | IocType::Sha224 | IocType::Sha256 | IocType::Sha384 | IocType::Sha512)) => {
            digest(text, Some(*kind))?
        }
        Said::Digest => digest(text, None)?,
        Said::Type(IocType::Url) => as_ioc(text, Some(IocType::Url)).or_else(|| bare_url(text)).or_else(|| host(text))?,
        Said::Type(IocType::RegistryKey) => as_ioc(text, Some(IocType::RegistryKey)).unwrap_or((IocType::RegistryKey, Cow::Borrowed(text))),
        Said::Type(kind @ (IocType::FileName | IocType::UserAgent | IocType::WindowsPath | IocType::LinuxPath)) => {
            (*kind, Cow::Borrowed(text))
        }
        Said::Type(kind) => as_ioc(text, Some(*kind)).or_else(|| as_ioc(text, None).filter(|(found, _)| !is_text(*found)))?,
        Said::Path => (if text.contains('\\') { IocType::WindowsPath } else { IocType::LinuxPath }, Cow::Borrowed(text)),
        Said::Other(name) => {
            let raw = (name != name.trim()).then(|| text.to_owned());
            return Some(Normal { ioc: text.to_owned(), ioc_type: Cow::Owned(name.clone()), raw });
        }
    };
    let (kind, ioc) = plain_network((kind, ioc));
    let raw = (ioc != text).then(|| text.to_owned());
    Some(Normal { ioc: ioc.into_owned(), ioc_type: Cow::Borrowed(kind.name()), raw })
}

/// Types whose values are taken as they stand.
fn is_text(kind: IocType) -> bool {
    matches!(kind, IocType::FileName | IocType::UserAgent | IocType::WindowsPath | IocType::LinuxPath)
}

type Found<'t> = Option<(IocType, Cow<'t, str>)>;

fn any(text: &str) -> Found<'_> {
    let found = as_ioc(text, None);
    // What may be a file or a domain is a domain in a feed, unless it is surely a file.
    if let Some((IocType::FileName, _)) = found {
        return found;
    }
    let lone = |text| as_ioc(text, Some(IocType::Domain));
    found
        .or_else(|| with_port(text))
        .or_else(|| bare_url(text))
        .or_else(|| text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).and_then(lone))
}

/// `192.0.2.7`, `192.0.2.7:443`, `[2001:db8::7]:443`, `192.0.2.0/24`.
fn address(text: &str) -> Found<'_> {
    let one = |text| [IocType::Ipv4, IocType::Ipv6, IocType::Cidr].into_iter().find_map(|kind| as_ioc(text, Some(kind)));
    one(text).or_else(|| with_port(text)).or_else(|| one(text.strip_prefix('[')?.strip_suffix(']')?))
}

/// A network of IPv4 in the notation of IPv6, `::ffff:198.51.100.0/120`, is that of IPv4, and one of one address is that address.
pub(super) fn plain_network(found: (IocType, Cow<'_, str>)) -> (IocType, Cow<'_, str>) {
    let (kind, value) = found;
    let network = if kind == IocType::Cidr { mapped_network(&value) } else { None };
    let value = network.map_or(value, |network| Cow::Owned(network.to_string()));
    let address = match kind {
        IocType::Cidr => value.strip_suffix(if value.contains(':') { "/128" } else { "/32" }).map(str::to_owned),
        _ => None,
    };
    match address {
        Some(address) => (if address.contains(':') { IocType::Ipv6 } else { IocType::Ipv4 }, Cow::Owned(address)),
        None => (kind, value),
    }
}

/// The address or name before a port, which is a number or `|` and a number as MISP has it.
fn with_port(text: &str) -> Found<'_> {
    let (host, port) = text.rsplit_once([':', '|'])?;
    if port.is_empty() || port.len() > 5 || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let kinds = [IocType::Ipv4, IocType::Ipv6, IocType::Domain];
    kinds.into_iter().find_map(|kind| as_ioc(host, Some(kind)))
}

/// A name; one below no public suffix as well, since the feed says that it is one: `.bit`, `.onion` and internal names.
fn host(text: &str) -> Found<'_> {
    let text = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    let known = [IocType::Domain, IocType::Ipv4, IocType::Ipv6].into_iter().find_map(|kind| as_ioc(text, Some(kind)));
    known.or_else(|| with_port(text)).or_else(|| {
        let clean = refang_marks(text, false).map_or(Cow::Borrowed(text), |clean| Cow::Owned(clean.text));
        let name = clean.trim_end_matches('.').to_ascii_lowercase();
        let is_label = |label: &str| {
            let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            inner && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
        };
        let is_name = name.len() <= 253 && name.split('.').all(is_label) && name.bytes().any(|byte| byte.is_ascii_alphabetic());
        is_name.then_some((IocType::Domain, Cow::Owned(name)))
    })
}

/// A digest of the kind that its length says; random digits are not asked for, since the feed says that it is one.
fn digest(text: &str, kind: Option<IocType>) -> Found<'_> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let by_length = match text.len() {
        32 => IocType::Md5,
        40 => IocType::Sha1,
        56 => IocType::Sha224,
        64 => IocType::Sha256,
        96 => IocType::Sha384,
        128 => IocType::Sha512,
        _ => return None,
    };
    let is_digest = text.bytes().all(|byte| byte.is_ascii_hexdigit()) && kind.is_none_or(|kind| kind == by_length);
    is_digest.then(|| {
        (
            by_length,
            if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) },
        )
    })
}

/// `evil.example.net/gate.php`: a URL without its scheme, which is written as it stands.
fn bare_url(text: &str) -> Found<'_> {
    let clean = refang_marks(text, false).map_or(Cow::Borrowed(text), |clean| Cow::Owned(clean.text));
    let (host, _) = clean.split_once('/')?;
    let host = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(host, _)| host);
    let is_host = as_ioc(host, Some(IocType::Domain)).is_some() || as_ioc(host, Some(IocType::Ipv4)).is_some();
    (is_host && !clean.contains(char::is_whitespace)).then_some((IocType::Url, clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_their_types() {
        for (text, ty, expected) in [
            ("evil[.]example.net", "", Some("domain evil.example.net")),
            ("EVIL.example.NET.", "Domain", Some("domain evil.example.net")),
            ("*.evil.example.net", "", Some("domain evil.example.net")),
            (".evil.example.net", "domain", Some("domain evil.example.net")),
            ("c2.bit", "hostname", Some("domain c2.bit")),
            ("c2.bit", "", None),
            ("payload.zip", "", Some("file_name payload.zip")),
            ("payload.zip", "domain", Some("domain payload.zip")),
            ("198.51.100.7:4443", "ip:port", Some("ipv4 198.51.100.7")),
            ("198.51.100.7:4443", "", Some("ipv4 198.51.100.7")),
            ("198.51.100.7|4443", "ip-dst|port", Some("ipv4 198.51.100.7")),
            ("[2001:DB8::7]:443", "ip", Some("ipv6 2001:db8::7")),
            ("198.51.100.7/24", "ip-dst", Some("cidr 198.51.100.0/24")),
            ("198.51.100.7/32", "ip", Some("ipv4 198.51.100.7")),
            ("198.51.100.7/32", "", Some("ipv4 198.51.100.7")),
            ("2001:db8::7/128", "", Some("ipv6 2001:db8::7")),
            ("::ffff:198.51.100.7/120", "", Some("cidr 198.51.100.0/24")),
            ("::FFFF:c633:6400/120", "cidr", Some("cidr 198.51.100.0/24")),
            ("::ffff:198.51.100.7/128", "ip", Some("ipv4 198.51.100.7")),
            ("::ffff:0:0/96", "", Some("cidr 0.0.0.0/0")),
            ("::ffff:198.51.100.7/95", "cidr", Some("cidr ::fffe:0:0/95")),
            ("2001:db8::1/120", "", Some("cidr 2001:db8::/120")),
            ("198.51.100.7", "domain", Some("ipv4 198.51.100.7")),
            ("hxxp://Evil.example.net/A", "url", Some("url http://evil.example.net/A")),
            ("evil.example[.]net/a?b=c", "", Some("url evil.example.net/a?b=c")),
            ("evil.example.net", "url", Some("domain evil.example.net")),
            ("D41D8CD98F00B204E9800998ECF8427E", "md5_hash", Some("md5 d41d8cd98f00b204e9800998ecf8427e")),
            ("00000000000000000000000000000000", "FileHash-MD5", Some("md5 00000000000000000000000000000000")),
            ("d41d8cd98f00b204e9800998ecf8427e", "sha256", None),
            ("d41d8cd98f00b204e9800998ecf8427e", "hash", Some("md5 d41d8cd98f00b204e9800998ecf8427e")),
            ("d41d8cd98f00b204e9800998ecf8427e", "ja3", Some("ja3 d41d8cd98f00b204e9800998ecf8427e")),
            ("HKLM\\Software\\Evil Thing", "regkey", Some("registry_key HKLM\\Software\\Evil Thing")),
            (r"HKLM\Software\Evil", "regkey", Some(r"registry_key HKEY_LOCAL_MACHINE\Software\Evil")),
            ("Invoice (1).pdf.exe", "filename", Some("file_name Invoice (1).pdf.exe")),
            ("Global\\m-7f1", "mutex", Some("mutex Global\\m-7f1")),
            ("cve-2021-44228", "vulnerability", Some("cve CVE-2021-44228")),
            ("as64500", "AS", Some("asn AS64500")),
            ("hello world", "", None),
            ("not a name", "domain", None),
            ("", "mutex", None),
        ] {
            let found = normalise(text, &Said::read(ty)).map(|normal| format!("{} {}", normal.ioc_type, normal.ioc));
            assert_eq!(found.as_deref(), expected, "{text} {ty}");
        }
    }
}
