//! Reading numbers out of untrusted bytes: every read may be outside.

/// Two bytes at `at`, little-endian.
pub(super) fn le16(bytes: &[u8], at: usize) -> Option<usize> {
    let raw = bytes.get(at..at.checked_add(2)?)?.first_chunk()?;
    Some(usize::from(u16::from_le_bytes(*raw)))
}

/// Four bytes at `at`, little-endian.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..at.checked_add(4)?)?.first_chunk()?))
}

/// Eight bytes at `at`, little-endian.
pub(super) fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..at.checked_add(8)?)?.first_chunk()?))
}

/// Two bytes at `at`, big-endian.
pub(super) fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    let raw = bytes.get(at..at.checked_add(2)?)?.first_chunk()?;
    Some(usize::from(u16::from_be_bytes(*raw)))
}

/// Four bytes at `at`, big-endian.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..at.checked_add(4)?)?.first_chunk()?))
}

/// A 32-bit number as an offset.
pub(super) fn offset(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
