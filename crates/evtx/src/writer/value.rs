//! Values of a record.

use super::binxml::{Element, Template};
use crate::value::{
    ANSI, ARRAY, BINARY, BINXML, BOOL, FILETIME, GUID, HEX32, HEX64, INT32, INT64, NULL, SID, STRING, UINT8, UINT16, UINT32, UINT64,
};

/// A value of a record.
#[derive(Debug, Clone)]
pub enum Value {
    /// Kind and bytes, as they are written.
    Plain(u8, Vec<u8>),
    /// Another template and its values.
    Instance(Template, Vec<Value>),
    /// Elements that come without a template.
    Elements(Vec<Element>),
}

impl Value {
    pub(super) fn kind(&self) -> u8 {
        match self {
            Value::Plain(kind, _) => *kind,
            Value::Instance(..) | Value::Elements(_) => BINXML,
        }
    }

    /// No value.
    pub fn null() -> Self {
        Value::Plain(NULL, Vec::new())
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Value::Plain(STRING, text.encode_utf16().flat_map(u16::to_le_bytes).collect())
    }

    /// A list of texts.
    pub fn texts(texts: &[&str]) -> Self {
        let units = texts.iter().flat_map(|text| text.encode_utf16().chain([0]));
        Value::Plain(ARRAY | STRING, units.flat_map(u16::to_le_bytes).collect())
    }

    /// A text in windows-1252.
    pub fn ansi(bytes: &[u8]) -> Self {
        Value::Plain(ANSI, bytes.to_vec())
    }

    /// A number of 8 bits.
    pub fn u8(value: u8) -> Self {
        Value::Plain(UINT8, vec![value])
    }

    /// A number of 16 bits.
    pub fn u16(value: u16) -> Self {
        Value::Plain(UINT16, value.to_le_bytes().to_vec())
    }

    /// A number of 32 bits.
    pub fn u32(value: u32) -> Self {
        Value::Plain(UINT32, value.to_le_bytes().to_vec())
    }

    /// A number of 64 bits.
    pub fn u64(value: u64) -> Self {
        Value::Plain(UINT64, value.to_le_bytes().to_vec())
    }

    /// A signed number of 32 bits.
    pub fn i32(value: i32) -> Self {
        Value::Plain(INT32, value.to_le_bytes().to_vec())
    }

    /// A signed number of 64 bits.
    pub fn i64(value: i64) -> Self {
        Value::Plain(INT64, value.to_le_bytes().to_vec())
    }

    /// True or false.
    pub fn bool(value: bool) -> Self {
        Value::Plain(BOOL, u32::from(value).to_le_bytes().to_vec())
    }

    /// A number that is printed as `0x1f4`.
    pub fn hex32(value: u32) -> Self {
        Value::Plain(HEX32, value.to_le_bytes().to_vec())
    }

    /// A number that is printed as `0x3e7`.
    pub fn hex64(value: u64) -> Self {
        Value::Plain(HEX64, value.to_le_bytes().to_vec())
    }

    /// A time: 100 ns since 1601.
    pub fn time(ticks: u64) -> Self {
        Value::Plain(FILETIME, ticks.to_le_bytes().to_vec())
    }

    /// A GUID, in the order of its digits.
    pub fn guid(guid: u128) -> Self {
        let [a, b, c, d, e, f, g, h, tail @ ..] = guid.to_be_bytes();
        Value::Plain(GUID, [d, c, b, a, f, e, h, g].into_iter().chain(tail).collect())
    }

    /// A SID `S-1-5-...`.
    pub fn sid(parts: &[u32]) -> Self {
        let head = [1, u8::try_from(parts.len()).unwrap_or(u8::MAX), 0, 0, 0, 0, 0, 5];
        Value::Plain(SID, head.into_iter().chain(parts.iter().flat_map(|part| part.to_le_bytes())).collect())
    }

    /// Bytes.
    pub fn binary(bytes: &[u8]) -> Self {
        Value::Plain(BINARY, bytes.to_vec())
    }
}
