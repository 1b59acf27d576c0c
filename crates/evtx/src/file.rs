//! The header of a file and where its chunks lie.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use thiserror::Error;

use crate::bytes::{u16_at, u32_at};
use crate::{CHUNK_SIZE, HEADER_SIZE};

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvtxError {
    /// The first bytes are not those of an event log.
    #[error("not an EVTX file: it does not begin with 'ElfFile'")]
    NotEvtx,
    /// The file ends within its header.
    #[error("not an EVTX file: {length} bytes are less than its header")]
    TooShort {
        /// Bytes of the file.
        length: u64,
    },
    /// A later format, if Microsoft makes one.
    #[error("EVTX version {major} is not supported (3 is)")]
    Version {
        /// Major version in the header.
        major: u16,
    },
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Where the chunks of a file lie. A reader that fetches ranges by itself needs nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    chunks: u64,
    length: u64,
    checksum_holds: bool,
}

impl Layout {
    /// From the first bytes of a file (at least 128) and its length.
    ///
    /// The number of chunks is counted from the length: the header of a log that was copied while in use (`dirty`) counts too few.
    pub fn of(header: &[u8], length: u64) -> Result<Layout, EvtxError> {
        const NO_CHECKSUM: u32 = 4;
        let bytes = header.get(..128).ok_or(EvtxError::TooShort { length });
        if header.first_chunk::<8>().is_some_and(|magic| magic != b"ElfFile\0") {
            return Err(EvtxError::NotEvtx);
        }
        let bytes = bytes?;
        let major = u16_at(bytes, 38).unwrap_or_default();
        if major != 3 {
            return Err(EvtxError::Version { major });
        }
        let sum = bytes.get(..120).map(crc32fast::hash);
        let flags = u32_at(bytes, 120).unwrap_or_default();
        let checksum_holds = flags & NO_CHECKSUM != 0 || sum == u32_at(bytes, 124);
        let chunks = length.saturating_sub(HEADER_SIZE as u64).div_ceil(CHUNK_SIZE as u64);
        Ok(Layout { chunks, length, checksum_holds })
    }

    /// Number of chunks, unused ones and a cut one at the end included.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Whether the header is as it was written. Nothing of it is needed to read the chunks.
    pub fn checksum_holds(&self) -> bool {
        self.checksum_holds
    }

    /// The bytes of a chunk; empty past the last one.
    pub fn range(&self, chunk: u64) -> Range<u64> {
        let start = chunk.saturating_mul(CHUNK_SIZE as u64).saturating_add(HEADER_SIZE as u64).min(self.length);
        start..start.saturating_add(CHUNK_SIZE as u64).min(self.length)
    }
}

/// An open file. Several threads read one file through an `EvtxFile` each.
#[derive(Debug)]
pub struct EvtxFile<S> {
    source: S,
    layout: Layout,
}

impl<S: Read + Seek> EvtxFile<S> {
    /// Checks the header.
    pub fn open(mut source: S) -> Result<Self, EvtxError> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let mut header = Vec::with_capacity(128);
        source.by_ref().take(128).read_to_end(&mut header)?;
        Ok(EvtxFile { source, layout: Layout::of(&header, length)? })
    }

    /// Where the chunks lie.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Puts the bytes of a chunk into `buffer` and says at which byte of the file they begin. Less than a whole chunk is read where the
    /// file was cut, nothing past the end.
    pub fn read_chunk(&mut self, chunk: u64, buffer: &mut Vec<u8>) -> Result<u64, EvtxError> {
        let range = self.layout.range(chunk);
        buffer.clear();
        self.source.seek(SeekFrom::Start(range.start))?;
        self.source.by_ref().take(range.end - range.start).read_to_end(buffer)?;
        Ok(range.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn headers() {
        let mut good = vec![0; HEADER_SIZE + 2 * CHUNK_SIZE + 1000];
        good[..8].copy_from_slice(b"ElfFile\0");
        good[38] = 3;
        let file = EvtxFile::open(Cursor::new(&good)).unwrap();
        assert_eq!((file.layout().chunks(), file.layout().checksum_holds()), (3, false));
        assert_eq!(file.layout().range(2), 135_168..136_168);
        assert!(file.layout().range(3).is_empty() && file.layout().range(u64::MAX).is_empty());
        let sum = crc32fast::hash(&good[..120]);
        good[124..128].copy_from_slice(&sum.to_le_bytes());
        assert!(EvtxFile::open(Cursor::new(&good)).unwrap().layout().checksum_holds());

        let cases: &[(&[u8], &str)] = &[
            (b"", "not an EVTX file: 0 bytes are less than its header"),
            (b"ElfFile\0 and then the end", "not an EVTX file: 25 bytes are less than its header"),
            (b"PK\x03\x04 something else", "not an EVTX file: it does not begin with 'ElfFile'"),
        ];
        for (bytes, message) in cases {
            assert_eq!(EvtxFile::open(Cursor::new(bytes)).unwrap_err().to_string(), *message);
        }
        good[38] = 4;
        assert_eq!(EvtxFile::open(Cursor::new(&good)).unwrap_err().to_string(), "EVTX version 4 is not supported (3 is)");
    }
}
