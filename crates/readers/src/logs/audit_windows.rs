//! The audit records of a file that is almost in order, some megabytes at a time: nothing of it is held but events that may go on.

use super::audit_order::{Disorder, Key};
use super::audit_records::{LONGEST_CHUNK, Records, each_line, text, too_much};
use super::texts::{Common, blocks};
use crate::format::Control;
use crate::{Block, Blocks, Error, Piece, Result};
use huntsql_kernels::at_once::at_once;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::{AuditLog, AuditRecord};
use std::sync::Arc;

/// Smaller files are soon held as a whole.
const WORTH: u64 = 4 << 20;

/// Blocks that are read at a time for each thread: more do not stay in the processor's caches.
const BLOCKS: usize = 2;

/// The records of a file, window by window.
pub(super) struct Windows {
    blocks: Blocks,
    longest: usize,
    file: Arc<str>,
    interrupt: Interrupt,
    /// Most bytes that a window may take.
    most: usize,
    /// Records by which one may come late.
    late: usize,
    /// Those of events that ended, in order. The first chunk is what was left of the window before.
    records: Records,
    /// The records of this window as the file has them: chunk, begin and length of their lines.
    lines: Vec<(u32, usize, usize)>,
    /// The lines of events that may go on.
    open: Vec<(u32, usize, usize)>,
    /// The largest key that `late` records or more came after, and how many records of this window were looked at for it.
    highest: Option<Key>,
    seen: usize,
    is_last: bool,
}

impl Windows {
    /// Opens a file whose records come late by [`lateness`] at most.
    pub(super) fn open(piece: &Piece, common: Common, control: &Control, late: usize, most: usize) -> Result<Self> {
        Ok(Self {
            blocks: blocks(piece, common, control)?,
            longest: common.longest,
            file: Arc::clone(&piece.source.name),
            interrupt: Interrupt::from(Arc::clone(&control.cancel)),
            most,
            late,
            records: Records::default(),
            lines: Vec::new(),
            open: Vec::new(),
            highest: None,
            seen: 0,
            is_last: false,
        })
    }

    /// The records of events that ended in this window.
    pub(super) fn records(&self) -> &Records {
        &self.records
    }

    /// Reads on until events have ended; false at the end of the file.
    pub(super) fn next(&mut self, threads: usize) -> Result<bool> {
        if self.is_last {
            return Ok(false);
        }
        self.leave();
        loop {
            let fresh = self.records.log.len();
            self.read(threads)?;
            // Whoever writes to the file in between can put anything there.
            if self.highest.is_some_and(|highest| self.records.log.keys().skip(fresh).any(|key| key < highest)) {
                let problem =
                    "its records were almost in order when it was looked at and are not any more; read a copy that nobody writes to";
                return Err(Error::unreadable(&self.file, problem));
            }
            if self.end() {
                let Records { log, chunks } = &mut self.records;
                log.sort(|chunk| text(chunks, chunk), &self.interrupt).map_err(|_| Error::Cancelled)?;
                return Ok(true);
            }
        }
    }

    /// Puts what may go on aside; false where that is all.
    fn end(&mut self) -> bool {
        let log = &mut self.records.log;
        if self.is_last {
            return true;
        }
        let settled = log.len().saturating_sub(self.late);
        let more = log.keys().take(settled).skip(self.seen).max();
        (self.highest, self.seen) = (self.highest.max(more), self.seen.max(settled));
        // What comes is not smaller than this; an equal one is of the same event.
        let Some(highest) = self.highest.filter(|highest| log.keys().any(|key| key < *highest)) else { return false };
        let open = log.keys().zip(&self.lines).filter(|(key, _)| *key >= highest);
        self.open.extend(open.map(|(_, line)| *line));
        log.keep_before(highest);
        true
    }

    /// Forgets the events that ended.
    fn leave(&mut self) {
        let Self { blocks, records, lines, open, .. } = self;
        let (mut kept, mut chunks) = (String::new(), std::mem::take(&mut records.chunks));
        records.log.truncate(0);
        lines.clear();
        for (chunk, start, length) in open.drain(..) {
            let line = text(&chunks, chunk).get(start..start + length).unwrap_or_default();
            if records.log.add(0, kept.len(), line) {
                lines.push((0, kept.len(), length));
                kept.push_str(line);
            }
        }
        chunks.drain(..).for_each(|chunk| blocks.take_back(chunk));
        chunks.push(kept);
        (records.chunks, self.seen) = (chunks, 0);
    }

    /// Adds the next blocks.
    fn read(&mut self, threads: usize) -> Result<()> {
        let mut next = Vec::with_capacity(BLOCKS * threads);
        while next.len() < BLOCKS * threads {
            match self.blocks.next()? {
                Some(block) => next.push(block),
                None => {
                    self.is_last = true;
                    break;
                }
            }
        }
        let note = |block: Block| {
            let (mut log, mut lines) = (AuditLog::default(), Vec::new());
            each_line(&block, &self.file, self.longest, |start, line| {
                if log.add(0, start, line) {
                    lines.push((start, line.len()));
                }
            })?;
            Ok::<_, Error>((block.text, log, lines))
        };
        for (text, log, lines) in at_once(next, threads, note)? {
            // A block without records is not held, or other programs' lines would be until the next record.
            if log.is_empty() {
                self.blocks.take_back(text);
                continue;
            }
            let chunk = u32::try_from(self.records.chunks.len()).unwrap_or(u32::MAX);
            self.records.log.append(log, chunk);
            self.lines.extend(lines.into_iter().map(|(start, length)| (chunk, start, length)));
            self.records.chunks.push(text);
        }
        let Records { log, chunks } = &self.records;
        let held = chunks.iter().map(String::len).sum::<usize>() + log.len() * AuditLog::RECORD_BYTES;
        if held > self.most { Err(too_much(&self.file, self.most)) } else { Ok(()) }
    }
}

/// By how many records one of a file comes late at most, where it is worth to read the file in windows: it is large, can be read twice, and is almost in order.
pub(super) fn lateness(piece: &Piece, common: Common, control: &Control, threads: usize) -> Result<Option<usize>> {
    let is_whole = piece.start == 0 && piece.end.is_none();
    if !is_whole || !piece.source.is_splittable() || piece.source.size < WORTH {
        return Ok(None);
    }
    // What is counted is counted when the rows are read.
    let control = Control { tally: Arc::default(), ..control.clone() };
    let part = |piece: Piece| {
        let mut disorder = Disorder::default();
        let mut blocks = blocks(&piece, common, &control)?;
        while let Some(block) = blocks.next()? {
            if block.text.len() > LONGEST_CHUNK {
                return Ok(None);
            }
            each_line(&block, &piece.source.name, common.longest, |_, line| {
                if let Some(record) = AuditRecord::parse(line) {
                    disorder.add((record.time, record.serial));
                }
            })?;
            blocks.take_back(block.text);
        }
        Ok::<_, Error>(Some(disorder))
    };
    let mut whole = Disorder::default();
    for disorder in at_once(Piece::split(&piece.source, threads), threads, |piece| part(piece.clone()).map_err(|error| piece.mend(error)))?
    {
        let Some(disorder) = disorder else { return Ok(None) };
        whole.join(disorder);
    }
    Ok(whole.late())
}
