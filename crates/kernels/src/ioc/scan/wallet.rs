//! Addresses of digital currencies, each by its checksum.

use super::chars::{HEX_LETTER, HYPHEN, LETTER, UNDERSCORE, UPPER, slice};
use super::{IocType, Scanner};
use sha2::{Digest, Sha256};
use sha3::Keccak256;
use std::borrow::Cow;

/// Shortest address: Bitcoin's P2PKH with leading zeros.
pub(super) const SHORTEST: usize = 26;
/// Digits of base 58, in order.
const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Length of a Monero address of an account.
const MONERO: usize = 95;
/// Length of a Monero address with a payment id.
const MONERO_INTEGRATED: usize = 106;

impl<'t> Scanner<'t, '_> {
    /// Emits the word if it is an address.
    pub(super) fn wallets(&mut self, start: usize, end: usize, flags: u8) {
        let len = end - start;
        if flags & (HYPHEN | UNDERSCORE) != 0 || flags & (LETTER | HEX_LETTER) == 0 || len > MONERO_INTEGRATED {
            return;
        }
        let word = self.slice(start, end);
        let found = match (word.as_bytes().first(), len) {
            (Some(b'0'), 42) => ethereum(word),
            (Some(b'4' | b'8'), MONERO | MONERO_INTEGRATED) => monero(word).map(|kind| (kind, Cow::Borrowed(word))),
            (Some(b'b' | b'B' | b'l' | b'L' | b't'), 14..=90) if slice(word, 0, 4).contains('1') => segwit(word),
            _ => None,
        };
        let found = found.or_else(|| {
            let plausible = len <= 36
                && flags & UPPER != 0
                && matches!(word.as_bytes().first(), Some(b'1' | b'3' | b'D' | b'A' | b'L' | b'M' | b'T' | b'r' | b'9'));
            if plausible { base58(word).map(|kind| (kind, Cow::Borrowed(word))) } else { None }
        });
        if let Some((kind, value)) = found {
            self.emit(kind, start, end, value);
        }
    }
}

/// Version byte, 20 bytes, four bytes of a double SHA-256.
fn base58(word: &str) -> Option<IocType> {
    let mut payload = [0u8; 25];
    let ripple = word.starts_with('r');
    let alphabet = if ripple { bs58::Alphabet::RIPPLE } else { bs58::Alphabet::BITCOIN };
    if bs58::decode(word).with_alphabet(alphabet).onto(&mut payload).ok()? != payload.len() {
        return None;
    }
    let (body, checksum) = payload.split_at(21);
    if Sha256::digest(Sha256::digest(body)).get(..4) != Some(checksum) {
        return None;
    }
    // Version bytes: chainparams of each currency; 5 is Bitcoin's and, until 2018, Litecoin's.
    match (ripple, body.first()) {
        (true, Some(0)) => Some(IocType::Ripple),
        (false, Some(0 | 5)) => Some(IocType::Bitcoin),
        (false, Some(30 | 22)) => Some(IocType::Dogecoin),
        (false, Some(48 | 50)) => Some(IocType::Litecoin),
        (false, Some(65)) => Some(IocType::Tron),
        _ => None,
    }
}

/// BIP-173 and BIP-350.
fn segwit(word: &str) -> Option<(IocType, Cow<'_, str>)> {
    let (hrp, ..) = bech32::segwit::decode(word).ok()?;
    let kind = match hrp.to_lowercase().as_str() {
        "bc" => IocType::Bitcoin,
        "ltc" => IocType::Litecoin,
        _ => return None,
    };
    Some((kind, if word.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(word.to_ascii_lowercase()) } else { Cow::Borrowed(word) }))
}

/// Mixed case is the checksum (EIP-55); one case carries none and is taken.
fn ethereum(word: &str) -> Option<(IocType, Cow<'_, str>)> {
    let digits = word.strip_prefix("0x")?;
    let lower = digits.to_ascii_lowercase();
    let kinds = lower.bytes().fold(0u32, |kinds, b| kinds | 1 << (b % 32)).count_ones();
    if !lower.bytes().all(|b| b.is_ascii_hexdigit()) || kinds < 5 {
        return None;
    }
    if digits != lower && digits.bytes().any(|b| b.is_ascii_lowercase()) {
        let hash = Keccak256::digest(lower.as_bytes());
        let is_high = |i: usize| hash.get(i / 2).is_some_and(|byte| if i.is_multiple_of(2) { byte >> 7 == 1 } else { byte >> 3 & 1 == 1 });
        if !digits.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || b.is_ascii_uppercase() == is_high(i)) {
            return None;
        }
    }
    Some((IocType::Ethereum, if digits == lower { Cow::Borrowed(word) } else { Cow::Owned(format!("0x{lower}")) }))
}

/// Blocks of 11 digits for 8 bytes, the last one shorter; four bytes of Keccak-256.
fn monero(word: &str) -> Option<IocType> {
    /// Bytes in a last block of so many digits.
    const LAST: [usize; 12] = [0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8];
    let mut bytes = Vec::with_capacity(MONERO_INTEGRATED);
    for block in word.as_bytes().chunks(11) {
        let mut number = 0u128;
        for digit in block {
            let digit = DIGITS.iter().position(|d| d == digit)?;
            number = number * 58 + digit as u128;
        }
        let size = *LAST.get(block.len())?;
        if size == 0 || number >> (8 * size) != 0 {
            return None;
        }
        bytes.extend(number.to_be_bytes().get(16 - size..)?);
    }
    let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let known = matches!(body.first(), Some(18 | 19 | 42));
    (known && Keccak256::digest(body).get(..4) == Some(checksum)).then_some(IocType::Monero)
}
