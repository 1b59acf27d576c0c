//! Compressed streams: raw deflate, gzip (RFC 1952), zlib (RFC 1950), bzip2. Output is bounded before it is made.

use super::bits::{be32, le16, le32};
use super::item::Status;
use flate2::{Crc, Decompress, FlushDecompress, Status as Progress};

/// What a stream gave.
#[derive(Debug)]
pub(super) struct Stream {
    /// Output, up to the cap.
    pub(super) bytes: Vec<u8>,
    /// Bytes of the input that belong to the stream.
    pub(super) used: usize,
    /// [`Status::LimitBytes`] stands for the cap: the caller knows which limit set it.
    pub(super) status: Status,
    /// Name in the header.
    pub(super) name: Option<String>,
}

/// Decoder state that is kept from stream to stream: its window is the costly part.
#[derive(Default)]
pub(super) struct Inflater {
    state: Option<Decompress>,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inflater")
    }
}

/// First growth of an output; declared sizes are never believed.
const FIRST_CHUNK: usize = 1 << 10;
/// Later growth.
const CHUNK: usize = 1 << 16;

fn grow(bytes: &mut Vec<u8>, cap: usize) {
    let room = (cap - bytes.len()).saturating_add(1);
    // Doubling, so that the copies stay linear in the output.
    bytes.reserve(room.min(bytes.len().clamp(FIRST_CHUNK, CHUNK.max(bytes.len()))));
}

impl Inflater {
    /// Raw deflate at the start of `input`.
    pub(super) fn raw(&mut self, input: &[u8], cap: usize) -> Stream {
        let state = self.state.get_or_insert_with(|| Decompress::new(false));
        state.reset(false);
        let mut bytes = Vec::new();
        let mut used = 0;
        let status = loop {
            if bytes.len() > cap {
                break Status::LimitBytes;
            }
            if bytes.len() == bytes.capacity() {
                grow(&mut bytes, cap);
            }
            let before = (used, bytes.len());
            let progress = state.decompress_vec(input.get(used..).unwrap_or_default(), &mut bytes, FlushDecompress::None);
            used = usize::try_from(state.total_in()).unwrap_or(usize::MAX).min(input.len());
            match progress {
                Err(_) => break Status::Corrupt,
                Ok(Progress::StreamEnd) => break if bytes.len() > cap { Status::LimitBytes } else { Status::Ok },
                Ok(_) if before == (used, bytes.len()) && bytes.len() < bytes.capacity() => break Status::Truncated,
                Ok(_) => {}
            }
        };
        bytes.truncate(cap);
        Stream { bytes, used, status, name: None }
    }

    /// One gzip member at the start of `input`; `None` where the header is not one.
    pub(super) fn gzip(&mut self, input: &[u8], cap: usize) -> Option<Stream> {
        let (start, name) = gzip_header(input)?;
        let body = input.get(start..).unwrap_or_default();
        let mut stream = self.raw(body, cap);
        stream.name = name;
        if stream.status == Status::Ok {
            let trailer = body.get(stream.used..).unwrap_or_default();
            let mut crc = Crc::new();
            crc.update(&stream.bytes);
            match (le32(trailer, 0), le32(trailer, 4)) {
                (Some(sum), Some(size)) if sum == crc.sum() && size == crc.amount() => stream.used += 8,
                (Some(_), Some(_)) => {
                    stream.used += 8;
                    stream.status = Status::Corrupt;
                }
                _ => {
                    stream.used = body.len();
                    stream.status = Status::Truncated;
                }
            }
        }
        stream.used += start;
        Some(stream)
    }

    /// A zlib stream at the start of `input`; `None` where the header is not one.
    pub(super) fn zlib(&mut self, input: &[u8], cap: usize) -> Option<Stream> {
        if !is_zlib_header(input) {
            return None;
        }
        let body = input.get(2..)?;
        let mut stream = self.raw(body, cap);
        if stream.status == Status::Ok {
            match be32(body, stream.used) {
                Some(sum) if sum == adler32(&stream.bytes) => stream.used += 4,
                Some(_) => {
                    stream.used += 4;
                    stream.status = Status::Corrupt;
                }
                None => {
                    stream.used = body.len();
                    stream.status = Status::Truncated;
                }
            }
        }
        stream.used += 2;
        Some(stream)
    }
}

/// A bzip2 stream at the start of `input`.
pub(super) fn bunzip2(input: &[u8], cap: usize) -> Stream {
    let mut state = bzip2::Decompress::new(false);
    let mut bytes = Vec::new();
    let mut used = 0;
    let status = loop {
        if bytes.len() > cap {
            break Status::LimitBytes;
        }
        if bytes.len() == bytes.capacity() {
            grow(&mut bytes, cap);
        }
        let before = (used, bytes.len());
        let progress = state.decompress_vec(input.get(used..).unwrap_or_default(), &mut bytes);
        used = usize::try_from(state.total_in()).unwrap_or(usize::MAX).min(input.len());
        match progress {
            Err(_) => break Status::Corrupt,
            Ok(bzip2::Status::StreamEnd) => break if bytes.len() > cap { Status::LimitBytes } else { Status::Ok },
            Ok(_) if before == (used, bytes.len()) && bytes.len() < bytes.capacity() => break Status::Truncated,
            Ok(_) => {}
        }
    };
    bytes.truncate(cap);
    Stream { bytes, used, status, name: None }
}

/// Length of a gzip header and the name in it (RFC 1952, section 2.3).
fn gzip_header(input: &[u8]) -> Option<(usize, Option<String>)> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, ..] = *input else { return None };
    if flags & 0xe0 != 0 {
        return None;
    }
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + le16(input, at)?;
    }
    let mut name = None;
    if flags & 8 != 0 {
        let raw = until_nul(input, at)?;
        at += raw.len() + 1;
        name = Some(member_name(raw));
    }
    if flags & 16 != 0 {
        at += until_nul(input, at)?.len() + 1;
    }
    if flags & 2 != 0 {
        at += 2;
    }
    Some((at, name))
}

fn until_nul(input: &[u8], at: usize) -> Option<&[u8]> {
    let rest = input.get(at..)?;
    rest.get(..memchr::memchr(0, rest)?)
}

/// A name as text; what is not UTF-8 shows as U+FFFD.
pub(super) fn member_name(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

/// Deflate with a window of up to 32 KiB, no dictionary, and the checksum of the two bytes (RFC 1950, section 2.2).
pub(super) fn is_zlib_header(input: &[u8]) -> bool {
    matches!(input, [cmf, flags, ..] if cmf & 0x0f == 8 && cmf >> 4 <= 7 && flags & 0x20 == 0 && (u16::from(*cmf) << 8 | u16::from(*flags)) % 31 == 0)
}

/// False where the first block cannot be deflate (RFC 1951, section 3.2.3): most random bytes end here.
pub(super) fn may_be_deflate(input: &[u8]) -> bool {
    let Some(first) = input.first() else { return false };
    match first >> 1 & 3 {
        0 => matches!((le16(input, 1), le16(input, 3)), (Some(length), Some(check)) if length ^ check == 0xffff && length > 0),
        1 => true,
        // At most 286 literal/length codes and 30 distance codes.
        2 => first >> 3 <= 29 && input.get(1).is_some_and(|second| second & 31 <= 29),
        _ => false,
    }
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // 5552 is the longest run that cannot overflow 32 bits (RFC 1950, section 9).
    for run in bytes.chunks(5552) {
        for byte in run {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::GzBuilder::new().filename("a.txt").write(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn bz(bytes: &[u8]) -> Vec<u8> {
        let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn whole_cut_damaged_capped() {
        let plain: Vec<u8> = (0..20_000_u32).flat_map(|i| (i * i % 251).to_le_bytes()).collect();
        let mut inflater = Inflater::default();
        for (packed, kind) in [(gz(&plain), 0), (zlib(&plain), 1), (bz(&plain), 2)] {
            let mut unpack = |input: &[u8], cap| match kind {
                0 => inflater.gzip(input, cap).unwrap(),
                1 => inflater.zlib(input, cap).unwrap(),
                _ => bunzip2(input, cap),
            };
            let whole = unpack(&packed, 1 << 20);
            assert_eq!((whole.status, whole.used, whole.bytes == plain), (Status::Ok, packed.len(), true), "{kind}");
            assert_eq!(unpack(&packed, plain.len()).status, Status::Ok, "{kind}: the cap is not under the size");
            let capped = unpack(&packed, 1000);
            assert_eq!((capped.status, capped.bytes.len()), (Status::LimitBytes, 1000), "{kind}");
            let cut = unpack(&packed[..packed.len() - 9], 1 << 20);
            assert_eq!(cut.status, Status::Truncated, "{kind}");
            let mut damaged = packed.clone();
            let last = damaged.len() - 2;
            damaged[last] ^= 0xff;
            assert_eq!(unpack(&damaged, 1 << 20).status, Status::Corrupt, "{kind}");
        }
        assert_eq!(inflater.gzip(&gz(b"x"), 10).unwrap().name.as_deref(), Some("a.txt"));
    }
}
