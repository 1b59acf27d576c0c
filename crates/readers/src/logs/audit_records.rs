//! The audit records of a file, in memory: the text as it was read, and where each record is in it.

use super::texts::{Common, blocks, too_long};
use crate::format::Control;
use crate::{Block, Error, Piece, Result};
use huntsql_kernels::at_once::at_once;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::AuditLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes that the records of one file take, with what is noted of each (48 bytes): an archive of a few megabytes can hold more than any
/// memory. While they are sorted half of the notes are held twice.
pub(super) const MOST_BYTES: usize = 4 << 30;

/// Longest text whose parts a record can name.
pub(super) const LONGEST_CHUNK: usize = u32::MAX as usize;

/// Bytes that lines are gathered in, where a block is not kept as a whole.
const GATHERED: usize = 1 << 20;

/// What the threads hold that read a file.
struct Held {
    bytes: AtomicUsize,
    most: usize,
}

impl Held {
    fn add(&self, bytes: usize, piece: &Piece) -> Result<()> {
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if held > self.most { Err(too_much(&piece.source.name, self.most)) } else { Ok(()) }
    }
}

/// The records of a file take more than `most` bytes.
pub(super) fn too_much(file: &str, most: usize) -> Error {
    Error::unreadable(file, format!("its audit records take more than {most} bytes of memory; cut the file into several"))
}

/// Hands the lines of a block to `take`, each with its begin.
pub(super) fn each_line<'b>(block: &'b Block, file: &str, longest: usize, mut take: impl FnMut(usize, &'b str)) -> Result<()> {
    let (mut start, mut number) = (0, block.first_line);
    while start < block.text.len() {
        let rest = block.text.get(start..).unwrap_or_default();
        let line = rest.get(..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or_default();
        if line.len() > longest {
            return Err(too_long(file, number, longest));
        }
        take(start, line);
        start += line.len() + 1;
        number += 1;
    }
    Ok(())
}

/// The records of a file, in the order of their events.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) log: AuditLog,
    pub(super) chunks: Vec<String>,
}

impl Records {
    /// Reads a file, or a part of one: its lines in pieces by `threads` threads, which changes nothing. More than `most` bytes are an error.
    pub(super) fn read(piece: &Piece, common: Common, control: &Control, threads: usize, most: usize) -> Result<Self> {
        let held = Held { bytes: AtomicUsize::new(0), most };
        let is_whole = piece.start == 0 && piece.end.is_none();
        let pieces = if is_whole { Piece::split(&piece.source, threads) } else { vec![piece.clone()] };
        let parts = at_once(pieces, threads, |piece| Self::part(&piece, common, control, &held).map_err(|error| piece.mend(error)))?;
        let mut all = Self::default();
        if parts.len() > 1 {
            all.log.reserve(parts.iter().map(|part| part.log.len()).sum());
        }
        for part in parts {
            // A chunk has a record, so that there are fewer than 2^32 in `MOST_BYTES`.
            all.log.append(part.log, u32::try_from(all.chunks.len()).unwrap_or(u32::MAX));
            all.chunks.extend(part.chunks);
        }
        let (chunks, interrupt) = (&all.chunks, Interrupt::from(Arc::clone(&control.cancel)));
        all.log.sort(|chunk| text(chunks, chunk), &interrupt).map_err(|_| Error::Cancelled)?;
        Ok(all)
    }

    /// The text of a chunk.
    pub(super) fn text(&self, chunk: u32) -> &str {
        text(&self.chunks, chunk)
    }

    /// The records of the lines of a piece, in the order of the lines.
    fn part(piece: &Piece, common: Common, control: &Control, held: &Held) -> Result<Self> {
        let mut blocks = blocks(piece, common, control)?;
        let mut part = Self::default();
        let mut gathering = None;
        while let Some(block) = blocks.next()? {
            let first = part.log.len();
            let chunk = u32::try_from(part.chunks.len()).unwrap_or(u32::MAX);
            // Where the records are, if they have to be gathered.
            let mut spans = Vec::new();
            let mut kept = 0;
            each_line(&block, &piece.source.name, common.longest, |start, line| {
                if block.text.len() > LONGEST_CHUNK {
                    kept += part.gather(line, &mut gathering);
                } else if part.log.add(chunk, start, line) {
                    kept += line.len();
                    spans.push((start, line.len()));
                }
            })?;
            let mut text = block.text;
            if text.len() <= LONGEST_CHUNK {
                // What is no record is not kept, or the log of a busy host would be held for the few records in it.
                if kept > 0 && kept / 15 >= text.len() / 16 {
                    // It may have grown for more than came.
                    text.shrink_to_fit();
                    kept = text.len();
                    part.chunks.push(text);
                } else {
                    part.log.truncate(first);
                    for (start, length) in spans {
                        part.gather(text.get(start..start + length).unwrap_or_default(), &mut gathering);
                    }
                }
            }
            held.add(kept + (part.log.len() - first) * AuditLog::RECORD_BYTES, piece)?;
        }
        part.shrink(gathering);
        part.log.shrink();
        Ok(part)
    }

    /// Gives back what the chunk does not need that lines are no more gathered in.
    fn shrink(&mut self, gathering: Option<usize>) {
        if let Some(chunk) = gathering.and_then(|chunk| self.chunks.get_mut(chunk)) {
            chunk.shrink_to_fit();
        }
    }

    /// Keeps a copy of a line if it is a record, together with others in chunk `gathering`. Says how many bytes.
    fn gather(&mut self, line: &str, gathering: &mut Option<usize>) -> usize {
        let room = |chunk: &&mut String| chunk.len() + line.len() <= GATHERED;
        if gathering.and_then(|chunk| self.chunks.get_mut(chunk)).filter(room).is_none() {
            self.shrink(*gathering);
            *gathering = Some(self.chunks.len());
            self.chunks.push(String::new());
        }
        let Some((number, chunk)) = gathering.and_then(|number| Some((number, self.chunks.get_mut(number)?))) else { return 0 };
        if !self.log.add(u32::try_from(number).unwrap_or(u32::MAX), chunk.len(), line) {
            return 0;
        }
        chunk.push_str(line);
        line.len()
    }
}

/// The text of a chunk.
pub(super) fn text(chunks: &[String], chunk: u32) -> &str {
    chunks.get(chunk as usize).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, Source};

    fn read(text: &str, most: usize) -> Result<Records> {
        let source = Source::new("x", Place::Memory(text.as_bytes().to_vec().into()), text.len() as u64);
        Records::read(&Piece::whole(Arc::new(source)), Common::default(), &Control::default(), 2, most)
    }

    /// What is noted of short records is more than their text.
    #[test]
    fn all_that_is_held_counts() {
        let records: Vec<String> = (0..60_000).map(|at| format!("type=A msg=audit({at}.0:1): a")).collect();
        let text = records.iter().map(String::len).sum::<usize>();
        let heads = records.len() * AuditLog::RECORD_BYTES;
        let plain = records.join("\n");
        let mixed: String = records.iter().map(|record| format!("{record}\n{}\n", "y".repeat(100))).collect();
        // Blocks are kept as they are, with the ends of lines; what is gathered is kept without.
        for (lines, most) in [(&plain, plain.len() + heads), (&mixed, text + heads)] {
            let records = read(lines, most).unwrap();
            let held = records.chunks.iter().map(String::capacity).sum::<usize>() + records.log.len() * AuditLog::RECORD_BYTES;
            assert_eq!((records.log.len(), held), (60_000, most));
            let error = read(lines, most - 1).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("cannot read 'x': its audit records take more than {} bytes of memory; cut the file into several", most - 1)
            );
        }
        assert!(read("no record\n", 0).unwrap().chunks.is_empty(), "a chunk has a record");
    }
}
