//! Bytes of a chart: see FORMAT.md.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// Named bytes, compressed, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) name: String,
    pub(crate) base64: String,
}

impl Block {
    /// Compresses `bytes`.
    pub(crate) fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 3 + 64), Compression::new(6));
        // Writing into memory does not fail.
        let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
        Self { name: name.into(), base64: STANDARD.encode(written.unwrap_or_default()) }
    }
}

/// A number in as many bytes as it needs: seven bits each, the lowest first.
#[inline]
pub(crate) fn varint(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Numbers of `width` bytes: all lowest bytes, then all second ones, and so on.
pub(crate) fn planes(numbers: impl Iterator<Item = u64> + Clone, width: usize, into: &mut Vec<u8>) {
    for plane in 0..width {
        into.extend(numbers.clone().map(|number| (number >> (8 * plane)) as u8));
    }
}

/// Floats as planes of eight bytes.
pub(crate) fn float_planes(numbers: &[f64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(numbers.len() * 8);
    planes(numbers.iter().map(|number| number.to_bits()), 8, &mut bytes);
    bytes
}

/// Bytes that hold the codes below `count`.
pub(crate) fn width_of(count: usize) -> usize {
    match count {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        0x1_0001..=0x100_0000 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn numbers_are_encoded_as_the_format_says() {
        let mut bytes = Vec::new();
        for number in [0, 127, 128, 300, u64::MAX] {
            varint(number, &mut bytes);
        }
        assert_eq!(bytes, [0, 127, 0x80, 1, 0xac, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
        let mut bytes = Vec::new();
        planes([0x0102_u64, 0x0304].into_iter(), 2, &mut bytes);
        assert_eq!(bytes, [2, 4, 1, 3]);
        assert_eq!([width_of(256), width_of(257), width_of(65_536), width_of(65_537), width_of(20_000_000)], [1, 2, 2, 3, 4]);
        let block = Block::new("a", b"aaaaaaaaaaaaaaaaaaaaaaaa");
        let mut back = String::new();
        flate2::read::DeflateDecoder::new(&STANDARD.decode(block.base64).unwrap()[..]).read_to_string(&mut back).unwrap();
        assert_eq!(back, "aaaaaaaaaaaaaaaaaaaaaaaa");
    }
}
