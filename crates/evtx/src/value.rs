//! Values as Windows prints them.

use std::io::Write;

use crate::bytes::{array_at, u16_at, u32_at, u64_at};
use crate::text::{push_ansi, push_utf16};
use crate::time::{print_filetime, print_systemtime};

pub(crate) const NULL: u8 = 0x00;
pub(crate) const STRING: u8 = 0x01;
pub(crate) const ANSI: u8 = 0x02;
pub(crate) const INT8: u8 = 0x03;
pub(crate) const UINT8: u8 = 0x04;
pub(crate) const INT16: u8 = 0x05;
pub(crate) const UINT16: u8 = 0x06;
pub(crate) const INT32: u8 = 0x07;
pub(crate) const UINT32: u8 = 0x08;
pub(crate) const INT64: u8 = 0x09;
pub(crate) const UINT64: u8 = 0x0a;
pub(crate) const REAL32: u8 = 0x0b;
pub(crate) const REAL64: u8 = 0x0c;
pub(crate) const BOOL: u8 = 0x0d;
pub(crate) const BINARY: u8 = 0x0e;
pub(crate) const GUID: u8 = 0x0f;
pub(crate) const SIZE: u8 = 0x10;
pub(crate) const FILETIME: u8 = 0x11;
pub(crate) const SYSTEMTIME: u8 = 0x12;
pub(crate) const SID: u8 = 0x13;
pub(crate) const HEX32: u8 = 0x14;
pub(crate) const HEX64: u8 = 0x15;
pub(crate) const HANDLE: u8 = 0x20;
pub(crate) const BINXML: u8 = 0x21;
/// Added to the kind of the items.
pub(crate) const ARRAY: u8 = 0x80;

/// Bytes of the kinds that always take the same.
pub(crate) fn width(kind: u8) -> Option<usize> {
    Some(match kind {
        INT8 | UINT8 => 1,
        INT16 | UINT16 => 2,
        INT32 | UINT32 | REAL32 | BOOL | HEX32 => 4,
        INT64 | UINT64 | REAL64 | FILETIME | HEX64 => 8,
        GUID | SYSTEMTIME => 16,
        _ => return None,
    })
}

/// Appends a value. `None` is a value that does not fit its kind, or a kind that is not known; it is left out then.
#[inline]
pub(crate) fn print(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if kind == STRING {
        push_utf16(bytes, out);
        return Some(());
    }
    print_other(kind, bytes, out)
}

fn print_other(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if kind & ARRAY != 0 {
        let mut rest = bytes;
        let mut first = true;
        while let Some(item) = next_item(kind, &mut rest) {
            if !first {
                out.push(b',');
            }
            first = false;
            print(kind & !ARRAY, item, out)?;
        }
        return rest.is_empty().then_some(());
    }
    // A value of no bytes is no value, whatever its kind.
    if bytes.is_empty() {
        return Some(());
    }
    if width(kind).is_some_and(|width| width != bytes.len()) {
        return None;
    }
    match kind {
        NULL => {}
        ANSI => push_ansi(bytes, out),
        BINARY => print_hex(bytes, out),
        GUID => print_guid(&array_at(bytes, 0)?, out),
        FILETIME => print_filetime(u64_at(bytes, 0)?, out),
        SYSTEMTIME => print_systemtime(bytes, out),
        SID => print_sid(bytes, out)?,
        REAL32 => print_float(f32::from_bits(u32_at(bytes, 0)?), out)?,
        REAL64 => print_float(f64::from_bits(u64_at(bytes, 0)?), out)?,
        BOOL => match u32_at(bytes, 0)? {
            0 => out.extend_from_slice(b"false"),
            1 => out.extend_from_slice(b"true"),
            // Windows writes bit masks into some of them.
            _ => print_decimal(number(INT32, bytes)?, out),
        },
        HEX32 | HEX64 | SIZE | HANDLE => {
            let value = u64_at(bytes, 0).or_else(|| u32_at(bytes, 0).map(u64::from)).filter(|_| matches!(bytes.len(), 4 | 8))?;
            write!(out, "{value:#x}").ok()?;
        }
        UINT64 => match i64::try_from(u64_at(bytes, 0)?) {
            Ok(value) => print_decimal(value, out),
            Err(_) => write!(out, "{}", u64_at(bytes, 0)?).ok()?,
        },
        _ => print_decimal(number(kind, bytes)?, out),
    }
    Some(())
}

/// The next item of an array and the rest after it; nothing at the end or where the rest is no item.
pub(crate) fn next_item<'a>(kind: u8, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let bytes = *rest;
    if bytes.is_empty() {
        return None;
    }
    let kind = kind & !ARRAY;
    // Texts end with a NUL, the last one maybe not.
    let (length, skip) = match kind {
        STRING => {
            let units = bytes.as_chunks::<2>().0;
            match units.iter().position(|unit| *unit == [0, 0]) {
                Some(at) => (2 * at, 2),
                None => (bytes.len(), 0),
            }
        }
        ANSI => memchr::memchr(0, bytes).map_or((bytes.len(), 0), |at| (at, 1)),
        SID => (8 + 4 * usize::from(*bytes.get(1)?), 0),
        _ => (width(kind)?, 0),
    };
    let item = bytes.get(..length)?;
    *rest = bytes.get(length + skip..)?;
    Some(item)
}

/// The value as a number: what it is, or what it says.
pub(crate) fn number(kind: u8, bytes: &[u8]) -> Option<i64> {
    Some(match (kind, bytes) {
        (INT8, [value]) => i64::from(i8::from_le_bytes([*value])),
        (UINT8, [value]) => i64::from(*value),
        (INT16, [low, high]) => i64::from(i16::from_le_bytes([*low, *high])),
        (UINT16, [_, _]) => i64::from(u16_at(bytes, 0)?),
        (INT32 | BOOL, [_, _, _, _]) => i64::from(i32::from_le_bytes(array_at(bytes, 0)?)),
        (UINT32 | HEX32 | SIZE | HANDLE, [_, _, _, _]) => i64::from(u32_at(bytes, 0)?),
        (INT64, _) if bytes.len() == 8 => i64::from_le_bytes(array_at(bytes, 0)?),
        (UINT64 | HEX64 | SIZE | HANDLE, _) if bytes.len() == 8 => i64::try_from(u64_at(bytes, 0)?).ok()?,
        (STRING | ANSI, _) => {
            // The longest number has twenty digits.
            let mut text = Vec::new();
            print(kind, bytes.get(..bytes.len().min(64))?, &mut text)?;
            parse_number(&text)?
        }
        _ => return None,
    })
}

/// A number in a text, decimal or `0x` and hexadecimal.
pub(crate) fn parse_number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn print_decimal(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut rest = value.unsigned_abs();
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        // Less than ten fits.
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        length += 1;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(digits.len() - length..).unwrap_or_default());
}

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

fn print_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(2 * bytes.len());
    for byte in bytes {
        out.extend_from_slice(&hex(*byte, UPPER));
    }
}

#[inline]
fn hex(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    let digit = |nibble: u8| digits.get(usize::from(nibble & 15)).copied().unwrap_or(b'0');
    [digit(byte >> 4), digit(byte)]
}

fn print_guid(bytes: &[u8; 16], out: &mut Vec<u8>) {
    let [a, b, c, d, e, f, g, h, tail @ ..] = *bytes;
    let mut text = [b'-'; 38];
    // The first three parts are little-endian numbers, the rest are bytes.
    let order = [d, c, b, a, f, e, h, g];
    let places = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];
    for (place, byte) in places.iter().zip(order.iter().chain(&tail)) {
        if let Some(to) = text.get_mut(*place..place + 2) {
            to.copy_from_slice(&hex(*byte, LOWER));
        }
    }
    let [first, .., last] = &mut text;
    (*first, *last) = (b'{', b'}');
    out.extend_from_slice(&text);
}

fn print_sid(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let [revision, count, a, b, c, d, e, f, parts @ ..] = bytes else { return None };
    let parts = parts.get(..4 * usize::from(*count))?;
    out.extend_from_slice(b"S-");
    print_decimal(i64::from(*revision), out);
    out.push(b'-');
    print_decimal(i64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]), out);
    for part in parts.as_chunks::<4>().0 {
        out.push(b'-');
        print_decimal(i64::from(u32::from_le_bytes(*part)), out);
    }
    Some(())
}

/// The shortest text that reads back as the same number, with a point or an exponent.
fn print_float(value: impl std::fmt::Debug, out: &mut Vec<u8>) -> Option<()> {
    write!(out, "{value:?}").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: u8, bytes: &[u8]) -> Option<String> {
        let mut out = Vec::new();
        print(kind, bytes, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn scalars() {
        let guid = [0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0xd];
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
        let cases: &[(u8, &[u8], Option<&str>)] = &[
            (NULL, b"xx", Some("")),
            (STRING, b"", Some("")),
            (STRING, b"a\0b\0\0\0c\0", Some("ab")),
            (INT8, &[0x80], Some("-128")),
            (UINT8, &[0xff], Some("255")),
            (INT16, &[0, 0x80], Some("-32768")),
            (UINT32, &[0xff; 4], Some("4294967295")),
            (INT64, &i64::MIN.to_le_bytes(), Some("-9223372036854775808")),
            (UINT64, &[0xff; 8], Some("18446744073709551615")),
            (UINT64, &[7, 0, 0, 0, 0, 0, 0, 0], Some("7")),
            (REAL64, &1.0_f64.to_le_bytes(), Some("1.0")),
            (BOOL, &[1, 0, 0, 0], Some("true")),
            (BOOL, &[0xfe, 0xff, 0xff, 0xff], Some("-2")),
            (BINARY, &[0, 0xab], Some("00AB")),
            (GUID, &guid, Some("{54849625-5478-4994-a5ba-3e3b0328c30d}")),
            (SIZE, &[0x10, 0, 0, 0], Some("0x10")),
            (HEX64, &[0, 0, 0, 0, 0, 0, 0x20, 0x80], Some("0x8020000000000000")),
            (SID, &sid, Some("S-1-5-32-544")),
            // Values that do not fit, and kinds that nobody knows.
            (UINT32, &[1, 2], None),
            (UINT32, &[], Some("")),
            (SID, &[1, 3, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0], None),
            (SIZE, &[1, 2, 3], None),
            (0x7f, &[1], None),
        ];
        for (kind, bytes, want) in cases {
            assert_eq!(text(*kind, bytes).as_deref(), *want, "{kind:#x} {bytes:?}");
        }
    }

    #[test]
    fn arrays() {
        let cases: &[(u8, &[u8], Option<&str>)] = &[
            (ARRAY | STRING, b"a\0\0\0\0\0b\0\0\0", Some("a,,b")),
            (ARRAY | STRING, b"a\0\0\0b\0", Some("a,b")),
            (ARRAY | ANSI, b"x\0\0y", Some("x,,y")),
            (ARRAY | UINT16, &[1, 0, 2, 0], Some("1,2")),
            (ARRAY | UINT16, &[1, 0, 2], None),
            (ARRAY | UINT16, &[], Some("")),
            (ARRAY | SID, &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1], Some("S-1-5-18,S-1-1")),
            (ARRAY | BINARY, &[1], None),
        ];
        for (kind, bytes, want) in cases {
            assert_eq!(text(*kind, bytes).as_deref(), *want, "{kind:#x} {bytes:?}");
        }
    }

    #[test]
    fn numbers() {
        let cases: &[(u8, &[u8], Option<i64>)] = &[
            (UINT16, &[0x10, 0x12], Some(4624)),
            (STRING, b"4\x006\x002\x004\x00", Some(4624)),
            (STRING, b"0\0x\x001\x000\x00", Some(16)),
            (STRING, b"x\0", None),
            (UINT64, &[0xff; 8], None),
            (GUID, &[0; 16], None),
            (UINT16, &[1], None),
        ];
        for (kind, bytes, want) in cases {
            assert_eq!(number(*kind, bytes), *want, "{kind:#x} {bytes:?}");
        }
    }
}
