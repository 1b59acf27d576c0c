//! The characters of base64 and hex, as tables.

/// Values of both base64 alphabets (RFC 4648, sections 4 and 5); 0xff for every other byte.
const SIX_BITS: [u8; 256] = six_bits();

const fn six_bits() -> [u8; 256] {
    let mut table = [0xff; 256];
    let symbols = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[symbols[value] as usize] = value as u8;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

#[inline]
fn six(symbol: u8) -> u8 {
    SIX_BITS[usize::from(symbol)]
}

/// True for a character of either base64 alphabet.
#[inline]
pub(super) fn is_base64(byte: u8) -> bool {
    SIX_BITS[usize::from(byte)] != 0xff
}

/// Value of a hex digit.
#[inline]
pub(super) fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Appends what `symbols` stand for; stops at the first character of neither alphabet. Left-over bits are dropped:
/// writers that cut a text leave them set.
pub(super) fn decode_base64(symbols: &[u8], out: &mut Vec<u8>) {
    out.reserve(symbols.len() / 4 * 3 + 3);
    let mut quads = symbols.chunks_exact(4);
    let mut rest = quads.remainder();
    for quad in quads.by_ref() {
        let &[a, b, c, d] = quad else { break };
        let (a, b, c, d) = (six(a), six(b), six(c), six(d));
        if (a | b | c | d) > 63 {
            rest = quad;
            break;
        }
        let bits = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
        let [_, x, y, z] = bits.to_be_bytes();
        out.extend_from_slice(&[x, y, z]);
    }
    let (mut bits, mut held) = (0_u32, 0);
    for &symbol in rest {
        let value = SIX_BITS[usize::from(symbol)];
        if value > 63 {
            return;
        }
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
}

/// Bytes that are looked at before a run is decoded.
pub(super) const HEAD: usize = 12;

/// The first bytes of a run, without allocating.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: [u8; HEAD],
    length: usize,
}

impl Head {
    /// Of base64 symbols.
    pub(super) fn of_base64(symbols: &[u8]) -> Self {
        let mut head = Self::default();
        for quad in symbols.chunks_exact(4).take(HEAD / 3) {
            let &[a, b, c, d] = quad else { break };
            let (a, b, c, d) = (u32::from(six(a) & 63), u32::from(six(b) & 63), u32::from(six(c) & 63), u32::from(six(d) & 63));
            let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
            head.push(x);
            head.push(y);
            head.push(z);
        }
        head
    }

    /// Of hex digits.
    pub(super) fn of_hex(digits: &[u8]) -> Self {
        let mut head = Self::default();
        for pair in digits.chunks_exact(2).take(HEAD) {
            let &[high, low] = pair else { break };
            head.push(hex_value(high).unwrap_or(0) << 4 | hex_value(low).unwrap_or(0));
        }
        head
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    /// As a slice.
    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Appends the bytes that pairs of hex digits stand for; stops at the first other character.
pub(super) fn decode_hex(digits: &[u8], out: &mut Vec<u8>) {
    out.reserve(digits.len() / 2);
    for pair in digits.chunks_exact(2) {
        let &[high, low] = pair else { return };
        let (Some(high), Some(low)) = (hex_value(high), hex_value(low)) else { return };
        out.push(high << 4 | low);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use proptest::prelude::*;

    #[test]
    fn both_alphabets_any_padding() {
        for (symbols, bytes) in [
            ("", &b""[..]),
            ("Z", b""),
            ("Zm", b"f"),
            ("Zm8", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9v=", b"foo"),
            ("Zm9vY", b"foo"),
            ("+/-_", b"\xfb\xff\xbf"),
            ("Zm 9v", b"f"),
        ] {
            let mut out = Vec::new();
            decode_base64(symbols.as_bytes(), &mut out);
            assert_eq!(out, bytes, "{symbols}");
        }
    }

    proptest! {
        #[test]
        fn decodes_what_the_base64_crate_encodes(bytes: Vec<u8>) {
            let mut out = Vec::new();
            decode_base64(base64::prelude::BASE64_URL_SAFE.encode(&bytes).as_bytes(), &mut out);
            prop_assert_eq!(&out, &bytes);
            out.clear();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            decode_hex(hex.as_bytes(), &mut out);
            prop_assert_eq!(&out, &bytes);
        }
    }
}
