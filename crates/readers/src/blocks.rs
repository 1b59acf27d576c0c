//! Text in blocks: whole lines of checked UTF-8, with the number of the first one.

use super::open::{Source, Tally};
use crate::{Error, Result};
use encoding_rs::UTF_8;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes read at a time. Large enough for the disk, small enough to stay in the cache.
const BLOCK: usize = 1 << 20;

/// Blocks that are kept for their memory.
const SPARE: usize = 16;

/// Set when nobody wants the result any more.
pub type Cancel = Arc<AtomicBool>;

/// What to read of one source.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The file.
    pub source: Arc<Source>,
    /// Lines that begin in this range of bytes; everything for sources that cannot be split.
    pub start: u64,
    /// See `start`.
    pub end: Option<u64>,
    /// Line at `start`, where known; else lines count from 1 and errors are mended afterwards.
    pub first_line: Option<u64>,
}

impl Piece {
    /// All of a file.
    pub fn whole(source: Arc<Source>) -> Self {
        Self { source, start: 0, end: None, first_line: Some(1) }
    }

    /// `count` pieces of about equal length, or the whole where it cannot be split or is too small to be worth it.
    pub fn split(source: &Arc<Source>, count: usize) -> Vec<Self> {
        /// Below this a thread costs more than it saves.
        const MIN_PIECE: u64 = 4 << 20;
        let count = (count as u64).min(source.size / MIN_PIECE).max(1);
        if count == 1 || !source.is_splittable() {
            return vec![Self::whole(Arc::clone(source))];
        }
        let at = |index: u64| source.size / count * index;
        (0..count)
            .map(|index| Self {
                source: Arc::clone(source),
                start: at(index),
                end: (index + 1 < count).then(|| at(index + 1)),
                first_line: (index == 0).then_some(1),
            })
            .collect()
    }

    /// Makes the line of an error absolute where the piece did not know its first line.
    pub fn mend(&self, error: Error) -> Error {
        match (error, self.first_line) {
            (Error::BadLine { path, line, problem }, None) => match count_lines(&self.source, self.start) {
                Ok(before) => Error::BadLine { path, line: line + before, problem },
                Err(error) => error,
            },
            (error, _) => error,
        }
    }
}

/// Lines that begin before the piece that starts at `end`.
pub fn count_lines(source: &Source, end: u64) -> Result<u64> {
    let mut reader = source.open_raw(0)?.take(end);
    let mut buffer = vec![0; BLOCK];
    let mut lines = 0;
    let mut last = b'\n';
    loop {
        let read = reader.read(&mut buffer).map_err(|error| source.unreadable(&error))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        last = bytes.last().copied().unwrap_or(last);
    }
    // The piece begins after the next line end unless it begins on a line.
    Ok(if last == b'\n' { lines } else { lines + 1 })
}

/// Whole lines, or with `by_line` off any characters.
pub struct Block {
    /// Checked text.
    pub text: String,
    /// Number of its first line, from 1.
    pub first_line: u64,
}

/// Reads a piece block by block.
pub struct Blocks {
    source: Arc<Source>,
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Memory for the next blocks.
    spare: Vec<Vec<u8>>,
    /// Bytes of `buffer` known to hold no line end.
    searched: usize,
    /// Bytes left until the range ends, counted from the beginning of `buffer`.
    left: Option<u64>,
    next_line: u64,
    by_line: bool,
    lossy: bool,
    max_line: usize,
    ended: bool,
    tally: Arc<Tally>,
    cancel: Cancel,
}

/// How to read a block.
#[derive(Clone)]
pub struct BlockOptions {
    /// Whether blocks end with lines.
    pub by_line: bool,
    /// Whether invalid bytes are replaced; an error otherwise.
    pub lossy: bool,
    /// Most bytes of a line.
    pub max_line: usize,
    /// Counts what was replaced.
    pub tally: Arc<Tally>,
    /// Stops the reading.
    pub cancel: Cancel,
}

impl Blocks {
    /// Opens the file at the beginning of the piece.
    pub fn open(piece: &Piece, options: &BlockOptions) -> Result<Self> {
        let source = Arc::clone(&piece.source);
        let start = piece.start.saturating_sub(1);
        let reader = source.open_text(start, options.lossy, &options.tally)?;
        let mut blocks = Self {
            reader,
            buffer: Vec::new(),
            spare: Vec::new(),
            searched: 0,
            left: piece.end.map(|end| end - start.max(if source.is_splittable() { source.mark } else { 0 })),
            next_line: piece.first_line.unwrap_or(1),
            by_line: options.by_line,
            lossy: options.lossy,
            max_line: options.max_line,
            ended: false,
            tally: Arc::clone(&options.tally),
            cancel: Arc::clone(&options.cancel),
            source,
        };
        if piece.start > 0 {
            blocks.skip_line()?;
        }
        Ok(blocks)
    }

    /// Drops everything up to the first line end: it belongs to the piece before.
    fn skip_line(&mut self) -> Result<()> {
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer) {
                self.drop_front(found + 1);
                return Ok(());
            }
            let length = self.buffer.len();
            self.drop_front(length);
            if self.left == Some(0) || !self.read_more()? {
                self.ended = true;
                return Ok(());
            }
        }
    }

    fn drop_front(&mut self, count: usize) {
        self.buffer.drain(..count);
        self.searched = 0;
        self.left = self.left.map(|left| left.saturating_sub(count as u64));
    }

    /// False at the end.
    fn read_more(&mut self) -> Result<bool> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let length = self.buffer.len();
        // A long line doubles the step, so that it is copied a bounded number of times.
        let step = BLOCK.max(length);
        self.buffer.reserve(step);
        // Into memory that nobody has set to zero before; what came before an error is kept.
        let result = (&mut self.reader).take(step as u64).read_to_end(&mut self.buffer);
        match result {
            Ok(read) => Ok(read > 0),
            Err(error) if error.kind() == io::ErrorKind::InvalidData && self.source.encoding != UTF_8 => {
                let line = self.next_line + memchr::memchr_iter(b'\n', &self.buffer).count() as u64;
                Err(self.bad_line(line, format!("{error}; {LOSSY}")))
            }
            Err(error) => Err(self.source.unreadable(&error)),
        }
    }

    fn bad_line(&self, line: u64, problem: String) -> Error {
        Error::BadLine { path: self.source.name.to_string(), line, problem }
    }

    /// The next block, or None at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator of results would go on after an error")]
    pub fn next(&mut self) -> Result<Option<Block>> {
        loop {
            if self.ended && self.buffer.is_empty() || self.left == Some(0) {
                return Ok(None);
            }
            if let Some(end) = self.block_end() {
                let mut rest = self.spare.pop().unwrap_or_default();
                rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
                self.buffer.truncate(end);
                let bytes = std::mem::replace(&mut self.buffer, rest);
                self.searched = 0;
                self.left = self.left.map(|left| left.saturating_sub(end as u64));
                return self.checked(bytes).map(Some);
            }
            if self.by_line && self.buffer.len() > self.max_line && memchr::memchr(b'\n', &self.buffer).is_none() {
                return Err(self.bad_line(
                    self.next_line,
                    format!("the line is longer than {} bytes; raise max_line_bytes, an option of the readers, to read it", self.max_line),
                ));
            }
            self.searched = self.buffer.len();
            if !self.read_more()? {
                self.ended = true;
            }
        }
    }

    /// Takes the text of a block back that nobody needs any more: memory that was written to before is cheaper than new.
    pub fn take_back(&mut self, text: String) {
        // What a long line needed is not kept.
        if (BLOCK..=4 * BLOCK).contains(&text.capacity()) && self.spare.len() < SPARE {
            let mut bytes = text.into_bytes();
            bytes.clear();
            self.spare.push(bytes);
        }
    }

    /// Where the block ends that can be handed out now.
    fn block_end(&self) -> Option<usize> {
        if let Some(left) = self.left {
            // The line that holds the last byte of the range is ours as a whole.
            let last = usize::try_from(left.saturating_sub(1)).unwrap_or(usize::MAX);
            if let Some(tail) = self.buffer.get(last..).filter(|tail| !tail.is_empty())
                && let Some(found) = memchr::memchr(b'\n', tail)
            {
                return Some(last + found + 1);
            }
            if self.buffer.len() > last && !self.ended {
                return None;
            }
        }
        if self.ended {
            return Some(self.buffer.len());
        }
        if !self.by_line {
            let end = self.buffer.len() - cut_character(&self.buffer);
            return (end > 0).then_some(end);
        }
        let fresh = self.buffer.get(self.searched..)?;
        memchr::memrchr(b'\n', fresh).map(|found| self.searched + found + 1)
    }

    fn checked(&mut self, bytes: Vec<u8>) -> Result<Block> {
        let first_line = self.next_line;
        let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.next_line += lines;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if self.lossy => {
                self.tally.replaced.fetch_add(1, Ordering::Relaxed);
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..at).unwrap_or_default();
                let line = first_line + memchr::memchr_iter(b'\n', before).count() as u64;
                let byte = error.as_bytes().get(at).copied().unwrap_or_default();
                return Err(self.bad_line(line, format!("invalid UTF-8 (byte 0x{byte:02x}); {LOSSY}")));
            }
        };
        Ok(Block { text, first_line })
    }
}

/// Bytes at the end that begin a character which goes on in the next block.
fn cut_character(bytes: &[u8]) -> usize {
    let length = |lead: u8| match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let tail = bytes.iter().rev().take(3).position(|byte| *byte & 0xc0 != 0x80);
    match tail.and_then(|at| bytes.iter().rev().nth(at).map(|lead| (at + 1, length(*lead)))) {
        Some((present, needed)) if present < needed => present,
        _ => 0,
    }
}

/// What would work on text in the wrong encoding.
const LOSSY: &str = "read it with {'invalid_utf8': 'lossy'}, or name its encoding such as {'encoding': 'windows-1252'}, in read_text, read_json or read_csv";

/// A piece as one stream of UTF-8, for parsers that read by themselves.
pub struct BlockReader {
    blocks: Blocks,
    current: Vec<u8>,
    taken: usize,
    /// The last byte that is no line end.
    pub last_byte: Arc<AtomicU64>,
    /// Bytes handed out since the parser last reset it.
    pub since_record: Arc<AtomicU64>,
    max_record: u64,
}

impl BlockReader {
    /// Over the blocks of a piece.
    pub fn new(blocks: Blocks) -> Self {
        let max_record = blocks.max_line as u64;
        Self { blocks, current: Vec::new(), taken: 0, last_byte: Arc::default(), since_record: Arc::default(), max_record }
    }
}

impl Read for BlockReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.current.len() {
            match self.blocks.next() {
                Ok(Some(block)) => self.current = block.text.into_bytes(),
                Ok(None) => return Ok(0),
                Err(error) => return Err(io::Error::other(error)),
            }
            self.taken = 0;
            if let Some(last) = self.current.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
                self.last_byte.store(u64::from(*last), Ordering::Relaxed);
            }
        }
        let ready = self.current.get(self.taken..).unwrap_or_default();
        let count = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        let since = self.since_record.fetch_add(count as u64, Ordering::Relaxed);
        if since > self.max_record + (1 << 20) {
            return Err(io::Error::other("record too long"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_not_cut() {
        for (text, cut) in [("", 0), ("a", 0), ("é", 0), ("€", 0), ("😀", 0)] {
            assert_eq!(cut_character(text.as_bytes()), cut, "{text}");
        }
        for text in ["é", "€", "😀"] {
            for end in 1..text.len() {
                assert_eq!(cut_character(&text.as_bytes()[..end]), end, "{text}");
            }
        }
        assert_eq!(cut_character(b"\x80\x80\x80\x80"), 0);
        assert_eq!(cut_character(b"a\xff"), 0);
    }
}
