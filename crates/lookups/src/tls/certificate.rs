//! What is in a certificate (X.509, RFC 5280): as much of DER as that takes, bounded. The crates for it bring a dozen others, and refuse certificates that are
//! not quite right, which are the ones worth looking at.

use chrono::NaiveDate;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Alternative names that are read.
const MOST_NAMES: usize = 500;
/// Parts of a distinguished name.
const MOST_PARTS: usize = 50;
/// Bytes of one value in it.
const LONGEST_VALUE: usize = 1000;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `subjectAltName`, 2.5.29.17.
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// 1 to 3.
    pub version: i64,
    /// In hexadecimal digits.
    pub serial: String,
    /// Who signed it.
    pub issuer: String,
    /// Whose it is.
    pub subject: String,
    /// From when it holds, in microseconds since 1970.
    pub not_before: Option<i64>,
    /// Until when.
    pub not_after: Option<i64>,
    /// Names and addresses for which it holds.
    pub names: Vec<String>,
    /// Whether it names itself as the one who signed it.
    pub is_self_signed: bool,
    /// SHA-1 of its bytes.
    pub sha1: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Values of DER, one after another.
#[derive(Debug, Clone, Copy)]
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    /// The next value: its tag and what is in it.
    fn next(&mut self) -> Option<(u8, Der<'d>)> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        // Tags of several bytes and lengths that are told at the end are not DER's.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let length = match first {
            0..=0x7f => usize::from(first),
            0x81..=0x84 => {
                let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
                rest = after;
                bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, Der(value)))
    }

    /// The next value if it has that tag.
    fn take(&mut self, tag: u8) -> Option<Der<'d>> {
        let mut ahead = *self;
        let (found, value) = ahead.next()?;
        if found != tag {
            return None;
        }
        *self = ahead;
        Some(value)
    }
}

impl Certificate {
    /// Reads one; `None` where the bytes are none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let mut certificate = Der(der).take(SEQUENCE)?;
        let mut body = certificate.take(SEQUENCE)?;
        certificate.take(SEQUENCE)?;
        certificate.take(BIT_STRING)?;
        let version = match body.take(0xa0) {
            Some(mut version) => i64::from(*version.take(INTEGER)?.0.last()?) + 1,
            None => 1,
        };
        let serial = body.take(INTEGER)?.0;
        body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let mut validity = body.take(SEQUENCE)?;
        let (not_before, not_after) = (validity.next().and_then(time), validity.next().and_then(time));
        let subject = body.take(SEQUENCE)?;
        body.take(SEQUENCE)?;
        let mut names = Vec::new();
        while let Some((tag, value)) = body.next() {
            if tag == 0xa3 {
                alternative_names(value, &mut names);
            }
        }
        Some(Self {
            version,
            serial: hex(strip_zero(serial), true),
            issuer: distinguished_name(issuer),
            subject: distinguished_name(subject),
            not_before,
            not_after,
            names,
            is_self_signed: issuer.0 == subject.0,
            sha1: hex(&Sha1::digest(der), false),
            sha256: hex(&Sha256::digest(der), false),
        })
    }
}

/// A positive number has a zero before a first byte of 0x80 and above.
fn strip_zero(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => number,
    }
}

fn hex(bytes: &[u8], is_upper: bool) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        _ = if is_upper { write!(out, "{byte:02X}") } else { write!(out, "{byte:02x}") };
        out
    })
}

/// UTCTime (`YYMMDDHHMMSSZ`) or GeneralizedTime (`YYYYMMDDHHMMSSZ`), RFC 5280, 4.1.2.5.
fn time((tag, value): (u8, Der<'_>)) -> Option<i64> {
    let text = std::str::from_utf8(value.0).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        0x17 => {
            let year: i32 = digits(text, 0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        0x18 => (digits(text, 0, 4)?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| digits::<u32>(rest, at, at + 2);
    let date = NaiveDate::from_ymd_opt(year, part(0)?, part(2)?)?;
    let second = if rest.len() > 8 { part(8)? } else { 0 };
    Some(date.and_hms_opt(part(4)?, part(6)?, second)?.and_utc().timestamp_micros())
}

fn digits<N: std::str::FromStr>(text: &str, from: usize, to: usize) -> Option<N> {
    text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// A name as RFC 4514 writes it, which is how Zeek logs it: the last part first.
fn distinguished_name(mut name: Der<'_>) -> String {
    let mut parts = Vec::new();
    while let Some(mut part) = name.take(SET).filter(|_| parts.len() < MOST_PARTS) {
        let mut written = String::new();
        while let Some(mut pair) = part.take(SEQUENCE) {
            let (Some(oid), Some((tag, value))) = (pair.take(OID), pair.next()) else { break };
            if !written.is_empty() {
                written.push('+');
            }
            written.push_str(&attribute(oid.0));
            written.push('=');
            escape(&string(tag, value.0.get(..LONGEST_VALUE).unwrap_or(value.0)), &mut written);
        }
        parts.push(written);
    }
    parts.reverse();
    parts.join(",")
}

/// The short name of a part (RFC 4514, 3, and what else occurs), else its number.
fn attribute(oid: &[u8]) -> String {
    let name = match oid {
        [0x55, 0x04, last] => match last {
            3 => "CN",
            4 => "SN",
            5 => "serialNumber",
            6 => "C",
            7 => "L",
            8 => "ST",
            9 => "STREET",
            10 => "O",
            11 => "OU",
            12 => "title",
            15 => "businessCategory",
            17 => "postalCode",
            42 => "GN",
            97 => "organizationIdentifier",
            _ => "",
        },
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19] => "DC",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01] => "UID",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01] => "emailAddress",
        _ => "",
    };
    if name.is_empty() { dotted(oid) } else { name.to_owned() }
}

/// An object identifier in numbers.
fn dotted(oid: &[u8]) -> String {
    let mut out = String::new();
    let mut number = 0_u64;
    for byte in oid.iter().take(32) {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if out.is_empty() {
                let first = (number / 40).min(2);
                _ = write!(out, "{first}.{}", number - first * 40);
            } else {
                _ = write!(out, ".{number}");
            }
            number = 0;
        }
    }
    out
}

/// A text in any of the types that names have.
fn string(tag: u8, bytes: &[u8]) -> String {
    match tag {
        // BMPString: two bytes a character.
        0x1e => char::decode_utf16(bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))))
            .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // TeletexString: in practice Latin-1.
        0x14 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn escape(value: &str, out: &mut String) {
    let last = value.chars().count();
    for (at, c) in value.chars().enumerate() {
        let is_edge = (at == 0 && matches!(c, ' ' | '#')) || (at + 1 == last && c == ' ');
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', c]),
            _ if is_edge => out.extend(['\\', c]),
            _ if c.is_control() => _ = write!(out, "\\{:02X}", u32::from(c)),
            _ => out.push(c),
        }
    }
}

/// The names in the extension `subjectAltName` (RFC 5280, 4.2.1.6).
fn alternative_names(mut extensions: Der<'_>, names: &mut Vec<String>) {
    let Some(mut extensions) = extensions.take(SEQUENCE) else { return };
    while let Some(mut extension) = extensions.take(SEQUENCE) {
        if extension.take(OID).is_none_or(|oid| oid.0 != ALTERNATIVE_NAME) {
            continue;
        }
        // Whether it is critical may stand before the value.
        let value = loop {
            match extension.next() {
                Some((OCTETS, value)) => break value,
                Some(_) => {}
                None => return,
            }
        };
        let Some(mut list) = Der(value.0).take(SEQUENCE) else { return };
        while let Some((tag, name)) = list.next().filter(|_| names.len() < MOST_NAMES) {
            let name = name.0.get(..LONGEST_VALUE).unwrap_or(name.0);
            let text = match tag & 0x1f {
                // E-mail address, name, URI.
                1 | 2 | 6 => String::from_utf8_lossy(name).into_owned(),
                7 => match (<[u8; 4]>::try_from(name), <[u8; 16]>::try_from(name)) {
                    (Ok(bytes), _) => Ipv4Addr::from(bytes).to_string(),
                    (_, Ok(bytes)) => Ipv6Addr::from(bytes).to_string(),
                    _ => continue,
                },
                4 => Der(name).take(SEQUENCE).map(distinguished_name).unwrap_or_default(),
                _ => continue,
            };
            names.push(text);
        }
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
