//! The data section: values and their bytes.

use std::collections::HashMap;

/// A value of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// UTF-8 text.
    Text(String),
    /// 64-bit float.
    Double(f64),
    /// 32-bit float.
    Float(f32),
    /// Bytes.
    Bytes(Vec<u8>),
    /// 16-bit number.
    U16(u16),
    /// 32-bit number.
    U32(u32),
    /// Signed 32-bit number.
    I32(i32),
    /// 64-bit number.
    U64(u64),
    /// 128-bit number.
    U128(u128),
    /// True or false.
    Bool(bool),
    /// Values in order.
    Array(Vec<Value>),
    /// Values by name, written in this order.
    Map(Vec<(String, Value)>),
    /// These bytes in place of a value: what no sound database holds.
    Raw(Vec<u8>),
}

impl Value {
    /// A map.
    pub fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A place in words of several languages: `Value::names([("en", "Munich"), ("de", "München")])`.
    pub fn names<'k>(names: impl IntoIterator<Item = (&'k str, &'k str)>) -> Self {
        Self::map(names.into_iter().map(|(language, name)| (language, Self::from(name))))
    }

    /// A pointer to byte `at` of the data section, sound or not.
    pub fn pointer(at: u32) -> Self {
        Self::Raw(pointer(at))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Bytes under construction, and where values are that were written before.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, u32>,
}

impl Section {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a record, or finds an equal one; where it is.
    pub(super) fn add(&mut self, value: &Value) -> u32 {
        // A record without pointers is what equal records have in common.
        let mut plain = Vec::new();
        write(value, &mut plain);
        if let Some(at) = self.known.get(&plain) {
            return *at;
        }
        let at = self.bytes.len() as u32;
        self.put(value);
        self.known.insert(plain, at);
        at
    }

    fn put(&mut self, value: &Value) {
        match value {
            Value::Array(values) => {
                header(11, values.len(), &mut self.bytes);
                values.iter().for_each(|value| self.put_shared(value));
            }
            Value::Map(entries) => {
                header(7, entries.len(), &mut self.bytes);
                for (key, value) in entries {
                    self.put_shared(&Value::Text(key.clone()));
                    self.put_shared(value);
                }
            }
            value => write(value, &mut self.bytes),
        }
    }

    /// Writes a value, or a pointer to an equal one where that is shorter.
    fn put_shared(&mut self, value: &Value) {
        let mut plain = Vec::new();
        write(value, &mut plain);
        let is_raw = matches!(value, Value::Raw(_));
        match self.known.get(&plain) {
            Some(at) if !is_raw && pointer(*at).len() < plain.len() => self.bytes.extend(pointer(*at)),
            _ => {
                let at = self.bytes.len() as u32;
                self.put(value);
                if !is_raw {
                    self.known.entry(plain).or_insert(at);
                }
            }
        }
    }
}

/// A value without pointers.
fn write(value: &Value, out: &mut Vec<u8>) {
    // Numbers leave out their leading zero bytes.
    let number = |ty: u8, bytes: &[u8], out: &mut Vec<u8>| {
        let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        header(ty, digits.len(), out);
        out.extend(digits);
    };
    match value {
        Value::Text(text) => {
            header(2, text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Double(value) => {
            header(3, 8, out);
            out.extend(value.to_be_bytes());
        }
        Value::Bytes(bytes) => {
            header(4, bytes.len(), out);
            out.extend(bytes);
        }
        Value::U16(value) => number(5, &value.to_be_bytes(), out),
        Value::U32(value) => number(6, &value.to_be_bytes(), out),
        Value::I32(value) => number(8, &value.to_be_bytes(), out),
        Value::U64(value) => number(9, &value.to_be_bytes(), out),
        Value::U128(value) => number(10, &value.to_be_bytes(), out),
        Value::Bool(value) => header(14, usize::from(*value), out),
        Value::Float(value) => {
            header(15, 4, out);
            out.extend(value.to_be_bytes());
        }
        Value::Array(values) => {
            header(11, values.len(), out);
            values.iter().for_each(|value| write(value, out));
        }
        Value::Map(entries) => {
            header(7, entries.len(), out);
            for (key, value) in entries {
                write(&Value::Text(key.clone()), out);
                write(value, out);
            }
        }
        Value::Raw(bytes) => out.extend(bytes),
    }
}

/// Type and size: the type in three bits or, from 8 on, in a byte of its own; the size in five bits and up to three bytes.
fn header(ty: u8, size: usize, out: &mut Vec<u8>) {
    let (low, more) = match size {
        0..29 => (size as u8, &[][..]),
        29..285 => (29, &((size - 29) as u32).to_be_bytes()[3..]),
        285..65_821 => (30, &((size - 285) as u32).to_be_bytes()[2..]),
        _ => (31, &((size - 65_821) as u32).to_be_bytes()[1..]),
    };
    if ty < 8 {
        out.push(ty << 5 | low);
    } else {
        out.extend([low, ty - 7]);
    }
    out.extend(more);
}

/// A pointer: its length in two bits, the highest bits of the place in three.
fn pointer(at: u32) -> Vec<u8> {
    let short = |size: u8, at: u32, bytes: usize| {
        let digits = at.to_be_bytes();
        let mut out = vec![0x20 | size << 3 | (at >> (8 * bytes)) as u8 & 7];
        out.extend(&digits[4 - bytes..]);
        out
    };
    match at {
        0..2048 => short(0, at, 1),
        2048..526_336 => short(1, at - 2048, 2),
        526_336..134_744_064 => short(2, at - 526_336, 3),
        _ => [&[0x38][..], &at.to_be_bytes()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the format's description, and the bounds of each form.
    #[test]
    fn bytes() {
        let written = |value: &Value| {
            let mut out = Vec::new();
            write(value, &mut out);
            out
        };
        for (value, expected) in [
            (Value::from("Foo"), &b"\x43Foo"[..]),
            (Value::U16(0), b"\xa0"),
            (Value::U32(256), b"\xc2\x01\x00"),
            (Value::I32(-1), b"\x04\x01\xff\xff\xff\xff"),
            (Value::U64(1), b"\x01\x02\x01"),
            (Value::U128(1 << 64), b"\x09\x03\x01\0\0\0\0\0\0\0\0"),
            (Value::Bool(true), b"\x01\x07"),
            (Value::Bool(false), b"\x00\x07"),
            (Value::Float(1.0), b"\x04\x08\x3f\x80\0\0"),
            (Value::Double(1.0), b"\x68\x3f\xf0\0\0\0\0\0\0"),
            (Value::Bytes(vec![1, 2]), b"\x82\x01\x02"),
            (Value::Array(vec![Value::U16(5)]), b"\x01\x04\xa1\x05"),
            (Value::names([("en", "x")]), b"\xe1\x42en\x41x"),
        ] {
            assert_eq!(written(&value), expected, "{value:?}");
        }
        for (length, head) in [
            (28, &b"\x5c"[..]),
            (29, b"\x5d\x00"),
            (284, b"\x5d\xff"),
            (285, b"\x5e\x00\x00"),
            (65_820, b"\x5e\xff\xff"),
            (65_821, b"\x5f\x00\x00\x00"),
        ] {
            assert!(written(&Value::Text("a".repeat(length))).starts_with(head), "{length}");
        }
        for (at, expected) in [
            (0, &b"\x20\x00"[..]),
            (2047, b"\x27\xff"),
            (2048, b"\x28\x00\x00"),
            (526_335, b"\x2f\xff\xff"),
            (526_336, b"\x30\x00\x00\x00"),
            (134_744_063, b"\x37\xff\xff\xff"),
            (134_744_064, b"\x38\x08\x08\x08\x00"),
        ] {
            assert_eq!(pointer(at), expected, "{at}");
        }
    }
}
