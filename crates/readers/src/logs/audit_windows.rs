//! The audit records of a file that is almost in order, some megabytes at a time: nothing of it is held but events that may go on.

use super::audit_order::{Disorder, Key, MOST_LATE};
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

/// Bytes that are read at a time at least as long as as many are held, so that what is held is not looked at again and again; and at most for each thread, where
/// lines are long.
const AT_ONCE: usize = 64 << 20;

/// Records that one may come later than any did when the file was looked at: it may have grown since.
const SLACK: usize = 256;

/// How far a file is from order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lateness {
    /// By how many records one comes late at most.
    pub(super) late: usize,
    /// How many records there are.
    pub(super) count: u64,
}

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
    /// Records that are to come.
    missing: u64,
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
    /// Opens a file of this [`lateness`].
    pub(super) fn open(piece: &Piece, common: Common, control: &Control, lateness: Lateness, most: usize) -> Result<Self> {
        Ok(Self {
            blocks: blocks(piece, common, control)?,
            longest: common.longest,
            file: Arc::clone(&piece.source.name),
            interrupt: Interrupt::from(Arc::clone(&control.cancel)),
            most,
            late: lateness.late.max(SLACK),
            missing: lateness.count,
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
            let is_out_of_order = self.highest.is_some_and(|highest| self.records.log.keys().skip(fresh).any(|key| key < highest));
            if is_out_of_order || self.is_last && self.missing > 0 {
                let problem = "it was changed while it was read; read a copy that nobody writes to";
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
        let (held, mut read) = (self.held(), 0);
        while next.len() < BLOCKS * threads && read < AT_ONCE * threads || read < held.min(AT_ONCE) {
            match self.blocks.next()? {
                Some(block) => {
                    read += block.text.len();
                    next.push(block);
                }
                None => {
                    self.is_last = true;
                    break;
                }
            }
        }
        let note = |block: Block| {
            let (mut log, mut lines, mut kept) = (AuditLog::default(), Vec::new(), 0);
            each_line(&block, &self.file, self.longest, |start, line| {
                if log.add(0, start, line) {
                    lines.push((start, line.len()));
                    kept += line.len();
                }
            })?;
            if log.is_empty() || kept / 15 >= block.text.len() / 16 {
                return Ok::<_, Error>((block.text, log, lines));
            }
            // Of other programs' lines nothing is held.
            let (mut gathered, mut places) = (String::with_capacity(kept), Vec::with_capacity(lines.len()));
            log.truncate(0);
            for (start, length) in lines {
                let line = block.text.get(start..start + length).unwrap_or_default();
                if log.add(0, gathered.len(), line) {
                    places.push((gathered.len(), length));
                    gathered.push_str(line);
                }
            }
            Ok((gathered, log, places))
        };
        for (text, log, lines) in at_once(next, threads, note)? {
            self.missing = self.missing.saturating_sub(log.len() as u64);
            if log.is_empty() {
                self.blocks.take_back(text);
                continue;
            }
            let chunk = u32::try_from(self.records.chunks.len()).unwrap_or(u32::MAX);
            self.records.log.append(log, chunk);
            self.lines.extend(lines.into_iter().map(|(start, length)| (chunk, start, length)));
            self.records.chunks.push(text);
        }
        if self.held() > self.most { Err(too_much(&self.file, self.most)) } else { Ok(()) }
    }

    /// Bytes of this window.
    fn held(&self) -> usize {
        let Self { records: Records { log, chunks }, lines, .. } = self;
        chunks.iter().map(String::len).sum::<usize>() + log.len() * AuditLog::RECORD_BYTES + size_of_val(lines.as_slice())
    }
}

/// How far a file is from order, where it is worth to read it in windows: it is large, can be read twice, and is almost in order.
pub(super) fn lateness(piece: &Piece, common: Common, control: &Control, threads: usize) -> Result<Option<Lateness>> {
    let is_whole = piece.start == 0 && piece.end.is_none();
    if !is_whole || !piece.source.is_splittable() || piece.source.size < WORTH {
        return Ok(None);
    }
    // What is counted is counted when the rows are read.
    let control = Control { tally: Arc::default(), ..control.clone() };
    let part = |piece: Piece| {
        let mut disorder = Disorder::new(MOST_LATE);
        let mut blocks = blocks(&piece, common, &control)?;
        while let Some(block) = blocks.next()? {
            if block.text.len() > LONGEST_CHUNK || disorder.late().is_none() {
                return Ok(None);
            }
            each_line(&block, &piece.source.name, common.longest, |_, line| {
                if let Some(key) = AuditRecord::key(line) {
                    disorder.add(key);
                }
            })?;
            blocks.take_back(block.text);
        }
        Ok::<_, Error>(Some(disorder))
    };
    let mut whole = Disorder::new(MOST_LATE);
    for disorder in at_once(Piece::split(&piece.source, threads), threads, |piece| part(piece.clone()).map_err(|error| piece.mend(error)))?
    {
        let Some(disorder) = disorder else { return Ok(None) };
        whole.join(disorder);
    }
    Ok(whole.late().map(|late| Lateness { late, count: whole.count() }))
}
