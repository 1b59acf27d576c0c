//! The records of one chunk, damaged or not.

use std::collections::VecDeque;

use crate::CHUNK_SIZE;
use crate::bytes::{index, u32_at, u64_at};
use crate::damage::{Damage, Fault};
use crate::execute::Decoder;
use crate::projection::Projection;
use crate::row::Record;
use crate::time::filetime_micros;

const MAGIC: &[u8; 8] = b"ElfChnk\0";
const RECORD_MAGIC: &[u8] = b"**\0\0";
/// Bytes before the first record.
const CHUNK_HEADER: usize = 512;
/// Bytes of a record before its BinXML: magic, size, number, time.
const RECORD_HEADER: usize = 24;
/// And the size once more after it.
const RECORD_FRAME: usize = RECORD_HEADER + 4;

/// What a chunk gives next.
#[derive(Debug)]
pub enum Item<'a> {
    /// A record, as far as it could be read.
    Record(Record<'a>),
    /// A place where no record could be read, or a checksum that does not hold.
    Damage(Damage),
}

/// Reads chunks one after the other, of one file or several. Its buffers are those of the largest record so far.
///
/// ```
/// use huntsql_evtx::{ChunkReader, Column, EvtxFile, Item, Projection, writer};
///
/// let file = writer::sample(1, 100);
/// let mut file = EvtxFile::open(std::io::Cursor::new(file))?;
/// let mut reader = ChunkReader::new(Projection::default().columns(&[Column::EventId]).fields(["CommandLine"]));
/// let mut processes = 0;
/// for chunk in 0..file.layout().chunks() {
///     let offset = file.read_chunk(chunk, reader.buffer())?;
///     reader.start(offset);
///     while let Some(item) = reader.next() {
///         if let Item::Record(record) = item {
///             processes += usize::from(record.number(Column::EventId) == Some(4688) && record.field(0).is_some());
///         }
///     }
/// }
/// assert!(processes > 0);
/// # Ok::<(), huntsql_evtx::EvtxError>(())
/// ```
#[derive(Debug)]
pub struct ChunkReader {
    data: Vec<u8>,
    offset: u64,
    decoder: Decoder,
    damage: VecDeque<Damage>,
    /// Where the next record begins.
    next: Option<usize>,
    /// Where the records end.
    end: usize,
    /// Numbers of the first and last record, if the header can be trusted.
    ids: Option<(u64, u64)>,
}

impl ChunkReader {
    /// A reader of these columns.
    pub fn new(projection: Projection) -> Self {
        let data = Vec::with_capacity(CHUNK_SIZE);
        let decoder = Decoder::new(projection);
        ChunkReader { data, offset: 0, decoder, damage: VecDeque::new(), next: None, end: 0, ids: None }
    }

    /// What is read.
    pub fn projection(&self) -> &Projection {
        &self.decoder.projection
    }

    /// Takes the bytes of the next chunk, before [`ChunkReader::start`].
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.next = None;
        &mut self.data
    }

    /// Begins with the chunk in the buffer, which stands at this byte of the file.
    pub fn start(&mut self, offset: u64) {
        self.data.truncate(CHUNK_SIZE);
        self.offset = offset;
        self.damage.clear();
        self.next = None;
        self.decoder.start_chunk();
        let Some(header) = self.data.first_chunk::<CHUNK_HEADER>() else {
            if !self.data.is_empty() {
                self.report(Fault::new(0, "chunk cut within its header"));
            }
            return;
        };
        if header.first_chunk::<8>() != Some(MAGIC) {
            // Logs grow by empty chunks.
            if header.iter().any(|byte| *byte != 0) {
                self.report(Fault::new(0, "chunk without its signature"));
            }
            return;
        }
        self.check_header();
        if self.data.len() < CHUNK_SIZE {
            self.report(Fault::new(self.data.len(), "chunk cut short"));
        }
        self.next = Some(CHUNK_HEADER);
    }

    /// Believes the header as far as its checksums allow.
    fn check_header(&mut self) {
        const NO_CHECKSUM: u32 = 4;
        let data = self.data.as_slice();
        let field = |at: usize| u32_at(data, at).unwrap_or_default();
        let unchecked = field(120) & NO_CHECKSUM != 0;
        let (Some(before), Some(after)) = (data.get(..120), data.get(128..CHUNK_HEADER)) else { return };
        let mut sum = crc32fast::Hasher::new();
        sum.update(before);
        sum.update(after);
        let trusted = unchecked || sum.finalize() == field(124);
        let free = index(field(48));
        let records = data.get(CHUNK_HEADER..free);
        let records_hold = unchecked || records.is_some_and(|records| crc32fast::hash(records) == field(52));
        let ids = u64_at(data, 24).zip(u64_at(data, 32));
        self.ids = ids.filter(|_| trusted);
        self.end = if trusted { free.min(data.len()) } else { data.len() };
        if !trusted {
            self.report(Fault::new(0, "checksum of the chunk's header does not hold"));
        }
        if !records_hold {
            self.report(Fault::new(CHUNK_HEADER, "checksum of the chunk's records does not hold"));
        }
    }

    fn report(&mut self, fault: Fault) {
        self.damage.push_back(fault.in_file(self.offset));
    }

    /// The next record or damage of the chunk.
    #[expect(clippy::should_implement_trait, reason = "an item borrows the reader until the next one, which Iterator cannot say")]
    pub fn next(&mut self) -> Option<Item<'_>> {
        if let Some(damage) = self.damage.pop_front() {
            return Some(Item::Damage(damage));
        }
        let at = self.next?;
        if at >= self.end {
            self.next = None;
            return None;
        }
        let Some(size) = record_size(&self.data, at) else { return self.resume(at) };
        let id = u64_at(&self.data, at + 8).unwrap_or_default();
        let is_last = self.ids.is_some_and(|(_, last)| last == id);
        let sound = size_repeats(&self.data, at, size);
        // A size that is not repeated is not believed: the record ends where the next one begins.
        let next = if sound { Some(at + size) } else { self.find_record(at + 1) };
        let end = next.unwrap_or(at + size) - 4;
        self.next = next.filter(|_| !is_last);
        let mut fault = self.decoder.record(&self.data, at + RECORD_HEADER, end);
        if fault.is_none() && !sound {
            fault = Some(Fault::new(at + 4, "record whose two sizes differ"));
        }
        // Everything written is UTF-8.
        let text = std::str::from_utf8(&self.decoder.row.text).unwrap_or_default();
        Some(Item::Record(Record {
            row: &self.decoder.row,
            names: &self.decoder.names,
            text,
            offset: Fault::new(at, "").in_file(self.offset).offset,
            written: u64_at(&self.data, at + 16).and_then(filetime_micros),
            id,
            damage: fault.map(|fault| if fault.at == 0 { Fault { at, ..fault } } else { fault }.in_file(self.offset)),
        }))
    }

    /// There is no record where one should be: goes on with the next thing that is one beyond doubt.
    fn resume(&mut self, at: usize) -> Option<Item<'_>> {
        self.next = self.find_record(at + 1);
        // Zeros up to the end are unused space.
        let blank = self.data.get(at..at + 4).is_none_or(|magic| magic == [0; 4]);
        if self.next.is_none() && blank {
            return None;
        }
        Some(Item::Damage(Fault::new(at, "no record where one should begin").in_file(self.offset)))
    }

    fn find_record(&self, from: usize) -> Option<usize> {
        let data = self.data.get(..self.end)?;
        let mut from = from;
        loop {
            let at = from + memchr::memmem::find(data.get(from..)?, RECORD_MAGIC)?;
            from = at + 1;
            let id = u64_at(data, at + 8).unwrap_or_default();
            let in_range = self.ids.is_none_or(|(first, last)| (first..=last).contains(&id));
            if in_range && record_size(data, at).is_some_and(|size| size_repeats(data, at, size)) {
                return Some(at);
            }
        }
    }
}

/// The size of the record at a place, if one can be there.
fn record_size(data: &[u8], at: usize) -> Option<usize> {
    if !data.get(at..)?.starts_with(RECORD_MAGIC) {
        return None;
    }
    let size = index(u32_at(data, at + 4)?);
    (size >= RECORD_FRAME && at.checked_add(size)? <= data.len()).then_some(size)
}

/// Whether the copy of the size at the end of a record is the same.
fn size_repeats(data: &[u8], at: usize, size: usize) -> bool {
    data.get(at + 4..at + 8) == (at + size).checked_sub(4).and_then(|copy| data.get(copy..copy + 4))
}
