//! The types of records that can be asked for, and how what they say is written.

use super::message::{Reader, escape};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A type of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Who may sign certificates.
    Caa,
    /// Another name of the same.
    Cname,
    /// Who takes mail.
    Mx,
    /// Name server.
    Ns,
    /// Name of an address.
    Ptr,
    /// Start of a zone.
    Soa,
    /// Where a service is.
    Srv,
    /// Text.
    Txt,
}

impl RecordType {
    /// All, sorted by name.
    pub const ALL: &'static [Self] =
        &[Self::A, Self::Aaaa, Self::Caa, Self::Cname, Self::Mx, Self::Ns, Self::Ptr, Self::Soa, Self::Srv, Self::Txt];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }

    /// Its number in messages.
    pub const fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ns => 2,
            Self::Cname => 5,
            Self::Soa => 6,
            Self::Ptr => 12,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
            Self::Srv => 33,
            Self::Caa => 257,
        }
    }

    /// By its name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// By its number.
    pub(super) fn of_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.number() == number)
    }

    /// What a record of this type says, in the form of zone files but for texts, which are joined and stand without quotes: that is how they are read.
    pub(super) fn value(self, data: &mut Reader<'_>) -> Option<String> {
        Some(match self {
            Self::A => Ipv4Addr::from(data.u32()?).to_string(),
            Self::Aaaa => Ipv6Addr::from(<[u8; 16]>::try_from(data.take(16)?).ok()?).to_string(),
            Self::Cname | Self::Ns | Self::Ptr => data.name()?,
            Self::Mx => format!("{} {}", data.u16()?, data.name()?),
            Self::Srv => format!("{} {} {} {}", data.u16()?, data.u16()?, data.u16()?, data.name()?),
            Self::Soa => {
                let mut soa = format!("{} {}", data.name()?, data.name()?);
                for _ in 0..5 {
                    _ = write!(soa, " {}", data.u32()?);
                }
                soa
            }
            Self::Txt => {
                let mut text = String::new();
                while !data.is_over() {
                    let length = usize::from(data.u8()?);
                    data.take(length)?.iter().for_each(|byte| escape(*byte, false, &mut text));
                }
                text
            }
            Self::Caa => {
                let flags = data.u8()?;
                let length = usize::from(data.u8()?);
                let mut caa = format!("{flags} ");
                data.take(length)?.iter().for_each(|byte| escape(*byte, true, &mut caa));
                caa.push_str(" \"");
                data.rest().iter().for_each(|byte| escape(*byte, false, &mut caa));
                caa.push('"');
                caa
            }
        })
    }
}
