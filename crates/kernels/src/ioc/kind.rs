//! The types of indicators, and the one spelling of their names.

use crate::nearest::hint;

/// Type of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum IocType {
    /// Web address or any other `scheme://host...`.
    Url,
    /// E-mail address.
    Email,
    /// Name below a public suffix.
    Domain,
    /// IPv4 address.
    Ipv4,
    /// IPv6 address.
    Ipv6,
    /// IPv4 or IPv6 network.
    Cidr,
    /// Ethernet address.
    Mac,
    /// Autonomous system number.
    Asn,
    /// MD5 digest.
    Md5,
    /// SHA-1 digest.
    Sha1,
    /// SHA-224 digest.
    Sha224,
    /// SHA-256 digest.
    Sha256,
    /// SHA-384 digest.
    Sha384,
    /// SHA-512 digest.
    Sha512,
    /// Hash of a PE file's import table.
    Imphash,
    /// TLS client fingerprint.
    Ja3,
    /// TLS server fingerprint.
    Ja3s,
    /// TLS server fingerprint by active probing.
    Jarm,
    /// Vulnerability number.
    Cve,
    /// ATT&CK tactic or technique.
    Mitre,
    /// Bitcoin address.
    Bitcoin,
    /// Dogecoin address.
    Dogecoin,
    /// Ethereum address.
    Ethereum,
    /// Litecoin address.
    Litecoin,
    /// Monero address.
    Monero,
    /// XRP Ledger address.
    Ripple,
    /// Tron address.
    Tron,
    /// Windows registry key or value.
    RegistryKey,
    /// Windows path: drive, UNC or environment variable.
    WindowsPath,
    /// Absolute Unix path.
    LinuxPath,
    /// Name of a file by its extension.
    FileName,
    /// User agent of a web client.
    UserAgent,
}

impl IocType {
    /// All types, in the order in which equal spans are reported.
    pub const ALL: &'static [Self] = &[
        Self::Url,
        Self::Email,
        Self::Domain,
        Self::Ipv4,
        Self::Ipv6,
        Self::Cidr,
        Self::Mac,
        Self::Asn,
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Imphash,
        Self::Ja3,
        Self::Ja3s,
        Self::Jarm,
        Self::Cve,
        Self::Mitre,
        Self::Bitcoin,
        Self::Dogecoin,
        Self::Ethereum,
        Self::Litecoin,
        Self::Monero,
        Self::Ripple,
        Self::Tron,
        Self::RegistryKey,
        Self::WindowsPath,
        Self::LinuxPath,
        Self::FileName,
        Self::UserAgent,
    ];

    /// The name in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Email => "email",
            Self::Domain => "domain",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Cidr => "cidr",
            Self::Mac => "mac",
            Self::Asn => "asn",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Imphash => "imphash",
            Self::Ja3 => "ja3",
            Self::Ja3s => "ja3s",
            Self::Jarm => "jarm",
            Self::Cve => "cve",
            Self::Mitre => "mitre",
            Self::Bitcoin => "bitcoin",
            Self::Dogecoin => "dogecoin",
            Self::Ethereum => "ethereum",
            Self::Litecoin => "litecoin",
            Self::Monero => "monero",
            Self::Ripple => "ripple",
            Self::Tron => "tron",
            Self::RegistryKey => "registry_key",
            Self::WindowsPath => "windows_path",
            Self::LinuxPath => "linux_path",
            Self::FileName => "file_name",
            Self::UserAgent => "user_agent",
        }
    }

    /// Names of other tools: MSTICPy's, then hyphen-free spellings.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Domain => &["dns", "fqdn", "hostname"],
            Self::Md5 => &["md5_hash"],
            Self::Sha1 => &["sha1_hash"],
            Self::Sha224 => &["sha224_hash"],
            Self::Sha256 => &["sha256_hash"],
            Self::Sha384 => &["sha384_hash"],
            Self::Sha512 => &["sha512_hash"],
            Self::Cidr => &["network"],
            _ => &[],
        }
    }

    /// Whether the type is looked for when no types are named: paths, file names and user agents are not.
    pub const fn is_default(self) -> bool {
        !matches!(self, Self::WindowsPath | Self::LinuxPath | Self::FileName | Self::UserAgent)
    }

    /// The type with this name or alias, in any case. `Err` says what is wrong, for a message.
    pub fn parse(name: &str) -> Result<Self, String> {
        let known = |ty: &Self| std::iter::once(ty.name()).chain(ty.aliases().iter().copied());
        let wanted = name.trim();
        Self::ALL.iter().copied().find(|ty| known(ty).any(|n| n.eq_ignore_ascii_case(wanted))).ok_or_else(|| {
            let shown = name.escape_debug();
            let near = hint(wanted, Self::ALL.iter().flat_map(known));
            let names = Self::ALL.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(", ");
            format!("names the unknown type '{shown}'{near} (types: {names})")
        })
    }
}

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeSet(u64);

impl TypeSet {
    /// No type.
    pub const NONE: Self = Self(0);
    /// Every type.
    pub const ALL: Self = Self((1 << IocType::ALL.len()) - 1);

    /// Adds one type.
    pub const fn insert(&mut self, ty: IocType) {
        self.0 |= 1 << ty as u8;
    }

    /// Whether `ty` is in the set.
    #[inline]
    pub const fn has(self, ty: IocType) -> bool {
        self.0 & (1 << ty as u8) != 0
    }
}

impl Default for TypeSet {
    fn default() -> Self {
        let mut set = Self::NONE;
        IocType::ALL.iter().filter(|ty| ty.is_default()).for_each(|ty| set.insert(*ty));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_order() {
        for (i, ty) in IocType::ALL.iter().enumerate() {
            assert_eq!(*ty as usize, i, "{}", ty.name());
            assert_eq!(IocType::parse(ty.name()), Ok(*ty));
            for alias in ty.aliases() {
                assert_eq!(IocType::parse(alias), Ok(*ty));
            }
        }
        assert_eq!(IocType::parse("DNS"), Ok(IocType::Domain));
        assert!(IocType::parse("ipv5").is_err_and(|e| e.contains("did you mean 'ipv4'?")));
    }

    #[test]
    fn paths_are_off_by_default() {
        let set = TypeSet::default();
        assert!(set.has(IocType::Url) && set.has(IocType::Tron));
        assert!(!set.has(IocType::WindowsPath) && !set.has(IocType::UserAgent));
        assert!(TypeSet::ALL.has(IocType::UserAgent));
    }
}
