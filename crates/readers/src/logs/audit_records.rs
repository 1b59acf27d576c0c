//! The audit records of a file, in memory: the text as it was read, and where each record is in it.

use super::texts::{Common, blocks, too_long};
use crate::format::Control;
use crate::{Error, Piece, Result};
use huntsql_kernels::at_once::at_once;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::AuditLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes of records of one file: an archive of a few megabytes can hold more than any memory.
const MOST_BYTES: usize = 4 << 30;

/// Longest text whose parts a record can name.
const LONGEST_CHUNK: usize = u32::MAX as usize;

/// Bytes that lines are gathered in, where a block is not kept as a whole.
const GATHERED: usize = 1 << 20;

/// The records of a file, in the order of their events.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) log: AuditLog,
    chunks: Vec<String>,
}

impl Records {
    /// Reads a file, or a part of one: its lines in pieces by `threads` threads, which changes nothing.
    pub(super) fn read(piece: &Piece, common: Common, control: &Control, threads: usize) -> Result<Self> {
        let bytes = AtomicUsize::new(0);
        let is_whole = piece.start == 0 && piece.end.is_none();
        let pieces = if is_whole { Piece::split(&piece.source, threads) } else { vec![piece.clone()] };
        let parts = at_once(pieces, threads, |piece| Self::part(&piece, common, control, &bytes).map_err(|error| piece.mend(error)))?;
        let mut all = Self::default();
        for part in parts {
            // A chunk has a line, so that there are fewer than 2^32 in `MOST_BYTES`.
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
    fn part(piece: &Piece, common: Common, control: &Control, bytes: &AtomicUsize) -> Result<Self> {
        let mut blocks = blocks(piece, common, control)?;
        let mut part = Self::default();
        let mut gathering = None;
        while let Some(block) = blocks.next()? {
            let text = block.text;
            let first = part.log.len();
            let chunk = u32::try_from(part.chunks.len()).unwrap_or(u32::MAX);
            // Where the records are, if they have to be gathered.
            let mut spans = Vec::new();
            let (mut start, mut number, mut kept) = (0, block.first_line, 0);
            while start < text.len() {
                let rest = text.get(start..).unwrap_or_default();
                let line = rest.get(..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or_default();
                if line.len() > common.longest {
                    return Err(too_long(&piece.source.name, number, common.longest));
                }
                if text.len() > LONGEST_CHUNK {
                    kept += part.gather(line, &mut gathering);
                } else if part.log.add(chunk, start, line) {
                    kept += line.len();
                    spans.push((start, line.len()));
                }
                start += line.len() + 1;
                number += 1;
            }
            if text.len() <= LONGEST_CHUNK {
                // What is no record is not kept, or the log of a busy host would be held for the few records in it.
                if kept / 15 >= text.len() / 16 {
                    part.chunks.push(text);
                } else {
                    part.log.truncate(first);
                    for (start, length) in spans {
                        part.gather(text.get(start..start + length).unwrap_or_default(), &mut gathering);
                    }
                }
            }
            if bytes.fetch_add(kept, Ordering::Relaxed) + kept > MOST_BYTES {
                let problem = format!("more than {MOST_BYTES} bytes of audit records; cut the file into several");
                return Err(Error::unreadable(&piece.source.name, problem));
            }
        }
        Ok(part)
    }

    /// Keeps a copy of a line if it is a record, together with others in chunk `gathering`. Says how many bytes.
    fn gather(&mut self, line: &str, gathering: &mut Option<usize>) -> usize {
        let room = |chunk: &&mut String| chunk.len() + line.len() <= GATHERED;
        if gathering.and_then(|chunk| self.chunks.get_mut(chunk)).filter(room).is_none() {
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

fn text(chunks: &[String], chunk: u32) -> &str {
    chunks.get(chunk as usize).map_or("", String::as_str)
}
