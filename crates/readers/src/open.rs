//! From a file or memory to UTF-8 bytes: decompression and transcoding on the way.

use crate::warnings::Warnings;
use crate::{Error, Result};
use bytes::{Buf, Bytes};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Where bytes are.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    Disk(PathBuf),
    /// Read already.
    Memory(Bytes),
    /// A member of an archive.
    Member {
        /// The archive.
        archive: PathBuf,
        /// How the archive as a whole is packed.
        compression: Compression,
        /// Where the member begins in the unpacked archive.
        at: u64,
        /// Bytes of the member as it is packed.
        length: u64,
        /// How the member is packed.
        packing: Packing,
    },
}

/// How a member of an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Stored,
    /// RFC 1951.
    Deflate,
    /// bzip2.
    Bzip2,
}

/// How bytes are packed; decided by their first bytes, never by the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
}

impl Compression {
    /// Magic numbers: RFC 1952 (1f 8b), RFC 8878 (28 b5 2f fd), bzip2 (`BZh1`..`BZh9`).
    pub fn sniff(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
        }
    }
}

/// One file to read, as the listing found it and the first bytes described it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as the user would write it.
    pub name: Arc<str>,
    /// Where it is.
    pub place: Place,
    /// Bytes, as it lies there.
    pub size: u64,
    /// When it was last written, where known.
    pub modified: Option<SystemTime>,
    /// Found by a folder or pattern, not named by the user.
    pub found: bool,
    /// How it is packed.
    pub compression: Compression,
    /// How its text is encoded.
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    pub mark: u64,
}

/// Counts of what readers changed or left out, for the warnings.
#[derive(Debug, Default)]
pub struct Tally {
    /// Blocks of text with invalid bytes.
    pub replaced: AtomicU64,
    /// Rows left out.
    pub skipped: AtomicU64,
}

impl Tally {
    /// What was counted becomes warnings.
    pub fn report(&self, file: &str, warnings: &Warnings) {
        warnings.count(file, "bad rows skipped", self.skipped.swap(0, Ordering::Relaxed));
        warnings.count(file, "blocks of text with invalid bytes, which were replaced", self.replaced.swap(0, Ordering::Relaxed));
    }
}

impl Source {
    /// Bytes of which nothing is known yet.
    pub fn new(name: &str, place: Place, size: u64) -> Self {
        Self { name: name.into(), place, size, modified: None, found: false, compression: Compression::None, encoding: UTF_8, mark: 0 }
    }

    /// Whether a byte range of the file can be read by itself.
    pub fn is_splittable(&self) -> bool {
        self.compression == Compression::None && self.encoding == UTF_8 && matches!(self.place, Place::Disk(_))
    }

    /// The bytes as they lie on disk, from `start`.
    pub fn open_raw(&self, start: u64) -> Result<Box<dyn Read + Send>> {
        match &self.place {
            Place::Disk(path) => {
                let fail = |error: io::Error| Error::io(&self.name, &error);
                let mut file = File::open(path).map_err(fail)?;
                if start > 0 {
                    file.seek(SeekFrom::Start(start)).map_err(fail)?;
                }
                Ok(Box::new(file))
            }
            Place::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len());
                Ok(Box::new(bytes.slice(start..).reader()))
            }
            Place::Member { archive, compression, at, length, packing } => {
                let whole = Self { compression: *compression, ..Self::new(&self.name, Place::Disk(archive.clone()), 0) };
                let packed = if *compression == Compression::None {
                    whole.open_raw(*at)?
                } else {
                    let mut unpacked = whole.open_unpacked()?;
                    skip(&mut unpacked, *at).map_err(|error| whole.unreadable(&error))?;
                    unpacked
                }
                .take(*length);
                let mut reader: Box<dyn Read + Send> = match packing {
                    Packing::Stored => Box::new(packed),
                    Packing::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(BufReader::with_capacity(1 << 16, packed))),
                    Packing::Bzip2 => Box::new(bzip2::bufread::BzDecoder::new(BufReader::with_capacity(1 << 16, packed))),
                };
                skip(&mut reader, start).map_err(|error| Error::io(&self.name, &error))?;
                Ok(reader)
            }
        }
    }

    /// The decompressed bytes from the beginning.
    pub fn open_unpacked(&self) -> Result<Box<dyn Read + Send>> {
        let raw = self.open_raw(0)?;
        Ok(match self.compression {
            Compression::None => raw,
            Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, raw))),
            Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(BufReader::with_capacity(1 << 16, raw))),
            Compression::Zstd => Box::new(
                zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(1 << 16, raw))
                    .map_err(|error| self.unreadable(&error))?,
            ),
        })
    }

    /// Bytes in UTF-8 (not yet checked where the source claims to be UTF-8), from `start` for splittable sources.
    pub fn open_text(&self, start: u64, lossy: bool, tally: &Arc<Tally>) -> Result<Box<dyn Read + Send>> {
        if self.is_splittable() {
            return self.open_raw(start.max(self.mark));
        }
        let mut reader = self.open_unpacked()?;
        skip(&mut reader, self.mark).map_err(|error| self.unreadable(&error))?;
        if self.encoding == UTF_8 {
            return Ok(reader);
        }
        Ok(Box::new(Transcode {
            inner: reader,
            decoder: self.encoding.new_decoder_without_bom_handling(),
            input: Vec::new(),
            taken: 0,
            output: vec![0; 1 << 16],
            ready: 0..0,
            ended: false,
            lossy,
            tally: Arc::clone(tally),
        }))
    }

    /// An I/O error in words: what is wrong with the packed data, if it is packed.
    pub fn unreadable(&self, error: &io::Error) -> Error {
        if self.compression == Compression::None {
            return Error::io(&self.name, error);
        }
        Error::Unreadable {
            path: self.name.to_string(),
            problem: format!("its {} data is damaged or cut off ({error})", self.compression.name()),
        }
    }
}

/// Reads and forgets `count` bytes.
fn skip(reader: &mut dyn Read, count: u64) -> io::Result<()> {
    io::copy(&mut reader.take(count), &mut io::sink()).map(drop)
}

/// The encoding named by a byte order mark, and the mark's length.
pub(crate) fn byte_order_mark(start: &[u8]) -> Option<(&'static Encoding, u64)> {
    Encoding::for_bom(start).map(|(encoding, length)| (encoding, length as u64))
}

/// UTF-16 without a mark: ASCII text leaves zeros in every second byte.
pub(crate) fn guess_utf16(start: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = start.as_chunks::<2>();
    if pairs.len() < 2 {
        return None;
    }
    let high = pairs.iter().filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    let low = pairs.iter().filter(|pair| pair[1] == 0 && pair[0] != 0).count();
    if low * 10 > pairs.len() * 4 && high * 20 < pairs.len() {
        Some(UTF_16LE)
    } else if high * 10 > pairs.len() * 4 && low * 20 < pairs.len() {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Text in another encoding, read as UTF-8.
struct Transcode {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    input: Vec<u8>,
    taken: usize,
    output: Vec<u8>,
    ready: std::ops::Range<usize>,
    ended: bool,
    lossy: bool,
    tally: Arc<Tally>,
}

impl Transcode {
    /// Decodes the next piece into `output`.
    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() {
            if self.taken == self.input.len() {
                if self.ended {
                    return Ok(());
                }
                self.input.resize(1 << 16, 0);
                let read = self.inner.read(&mut self.input)?;
                self.input.truncate(read);
                self.taken = 0;
                self.ended = read == 0;
            }
            let input = self.input.get(self.taken..).unwrap_or_default();
            let (read, written) = if self.lossy {
                let (result, read, written, replaced) = self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
                if replaced {
                    self.tally.replaced.fetch_add(1, Ordering::Relaxed);
                }
                if self.ended && result == CoderResult::InputEmpty && written == 0 {
                    return Ok(());
                }
                (read, written)
            } else {
                let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, &mut self.output, self.ended);
                if let DecoderResult::Malformed(..) = result
                    && written == 0
                {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, format!("invalid {}", self.decoder.encoding().name())));
                }
                if let DecoderResult::Malformed(..) = result {
                    // Hand out what came before, then fail at the right line.
                    self.ready = 0..written;
                    self.taken = self.input.len();
                    self.inner = Box::new(Malformed(self.decoder.encoding().name()));
                    return Ok(());
                }
                if self.ended && result == DecoderResult::InputEmpty && written == 0 {
                    return Ok(());
                }
                (read, written)
            };
            self.taken += read;
            self.ready = 0..written;
        }
        Ok(())
    }
}

/// Fails at the first read.
struct Malformed(&'static str);

impl Read for Malformed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::InvalidData, format!("invalid {}", self.0)))
    }
}

impl Read for Transcode {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let ready = self.output.get(self.ready.clone()).unwrap_or_default();
        let count = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.ready.start += count;
        Ok(count)
    }
}
