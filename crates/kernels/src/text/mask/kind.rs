//! What is masked, and what stands in its place.

use crate::nearest::hint;

/// A kind of variable part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Mask {
    /// A run of base64.
    Base64,
    /// An e-mail address.
    Email,
    /// A GUID.
    Guid,
    /// A digest or another long number in hex, or one after `0x`.
    Hex,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An Ethernet address.
    Mac,
    /// A number, in decimal or in a few digits of hex.
    Num,
    /// The directories of a path.
    Path,
    /// A Windows security identifier.
    Sid,
    /// A quoted text.
    Str,
    /// A date, a time of day or both.
    Time,
    /// A URL.
    Url,
}

impl Mask {
    /// All, in order of their names.
    pub(crate) const ALL: [Self; 12] = [
        Self::Base64,
        Self::Email,
        Self::Guid,
        Self::Hex,
        Self::Ip,
        Self::Mac,
        Self::Num,
        Self::Path,
        Self::Sid,
        Self::Str,
        Self::Time,
        Self::Url,
    ];

    /// What stands in the place of the part.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Base64 => "<base64>",
            Self::Email => "<email>",
            Self::Guid => "<guid>",
            Self::Hex => "<hex>",
            Self::Ip => "<ip>",
            Self::Mac => "<mac>",
            Self::Num => "<num>",
            Self::Path => "<path>",
            Self::Sid => "<sid>",
            Self::Str => "<str>",
            Self::Time => "<time>",
            Self::Url => "<url>",
        }
    }

    /// Its name in options.
    pub(crate) fn name(self) -> &'static str {
        self.mark().trim_matches(['<', '>'])
    }
}

/// Kinds that are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MaskSet(u16);

impl MaskSet {
    /// All kinds.
    pub(crate) const ALL: Self = Self((1 << Mask::ALL.len()) - 1);

    /// Whether `mask` is among them.
    #[inline]
    pub(crate) fn has(self, mask: Mask) -> bool {
        self.0 & (1 << mask as u8) != 0
    }

    /// The others.
    #[must_use]
    pub(crate) const fn without(self, mask: Mask) -> Self {
        Self(self.0 & !(1 << mask as u8))
    }

    /// All but those that an option names.
    pub(crate) fn all_but(names: &[String]) -> Result<Self, String> {
        names.iter().try_fold(Self::ALL, |set, name| {
            let mask = Mask::ALL.into_iter().find(|mask| mask.name().eq_ignore_ascii_case(name));
            mask.map(|mask| set.without(mask)).ok_or_else(|| {
                let known = Mask::ALL.map(Mask::name);
                format!("names '{}', which is none of {}{}", name.escape_debug(), known.join(", "), hint(name, known))
            })
        })
    }
}
