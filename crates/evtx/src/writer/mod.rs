//! Writes event logs, for tests and examples: nobody else's logs can be shipped.
//!
//! Names and templates are written once a chunk, where they are first used, as Windows does. Whoever asks for what does not fit into the
//! format (a record longer than a chunk) gets a file without it.

mod binxml;
mod events;
mod value;

use std::collections::HashMap;

pub use binxml::{Content, Element, Template};
pub use events::{Event, sample, sample_events};
pub use value::Value;

use crate::{CHUNK_SIZE, HEADER_SIZE};

/// Bytes before the first record of a chunk.
const CHUNK_HEADER: usize = 512;
const STRINGS: usize = 128;
const STRING_BUCKETS: usize = 64;
const TEMPLATES: usize = 384;
const TEMPLATE_BUCKETS: usize = 32;

/// A log being written.
#[derive(Debug, Default)]
pub struct EvtxWriter {
    chunks: Vec<Vec<u8>>,
    chunk: Chunk,
    next_id: u64,
}

/// The chunk being written. Offsets count from its first byte.
#[derive(Debug, Default, Clone)]
pub(crate) struct Chunk {
    data: Vec<u8>,
    names: HashMap<String, u32>,
    templates: HashMap<u32, u32>,
    first: Option<u64>,
    last: u64,
    last_at: usize,
}

impl EvtxWriter {
    /// A log without records.
    pub fn new() -> Self {
        EvtxWriter::default()
    }

    /// Adds a record with the next number. `time` counts 100 ns since 1601.
    pub fn record(&mut self, time: u64, template: &Template, values: &[Value]) {
        self.next_id += 1;
        if self.chunk.data.is_empty() {
            self.chunk = Chunk::new();
        }
        let before = self.chunk.clone();
        self.chunk.record(self.next_id, time, template, values);
        if self.chunk.data.len() > CHUNK_SIZE {
            self.chunk = before;
            self.end_chunk();
            self.chunk = Chunk::new();
            self.chunk.record(self.next_id, time, template, values);
            if self.chunk.data.len() > CHUNK_SIZE {
                self.chunk = Chunk::new();
            }
        }
    }

    /// Ends the chunk, full or not.
    pub fn end_chunk(&mut self) {
        if self.chunk.first.is_some() {
            self.chunks.push(std::mem::take(&mut self.chunk).finish());
        }
    }

    /// The file.
    pub fn finish(mut self) -> Vec<u8> {
        self.end_chunk();
        let count = u16::try_from(self.chunks.len()).unwrap_or(u16::MAX);
        let mut file = vec![0; HEADER_SIZE];
        put(&mut file, 0, b"ElfFile\0");
        put(&mut file, 16, &u64::from(count.saturating_sub(1)).to_le_bytes());
        put(&mut file, 24, &(self.next_id + 1).to_le_bytes());
        put(&mut file, 32, &128_u32.to_le_bytes());
        put(&mut file, 36, &1_u16.to_le_bytes());
        put(&mut file, 38, &3_u16.to_le_bytes());
        put(&mut file, 40, &4096_u16.to_le_bytes());
        put(&mut file, 42, &count.to_le_bytes());
        let sum = file.get(..120).map(crc32fast::hash).unwrap_or_default();
        put(&mut file, 124, &sum.to_le_bytes());
        file.extend(self.chunks.into_iter().flatten());
        file
    }
}

impl Chunk {
    fn new() -> Self {
        Chunk { data: vec![0; CHUNK_HEADER], ..Chunk::default() }
    }

    fn record(&mut self, id: u64, time: u64, template: &Template, values: &[Value]) {
        let start = self.data.len();
        self.data.extend_from_slice(b"**\0\0\0\0\0\0");
        self.data.extend_from_slice(&id.to_le_bytes());
        self.data.extend_from_slice(&time.to_le_bytes());
        self.fragment(template, values);
        // Records begin at multiples of eight.
        let padded = (self.data.len() + 4).next_multiple_of(8) - 4;
        self.data.resize(padded, 0);
        let size = length(self.data.len() + 4 - start);
        self.data.extend_from_slice(&size);
        put(&mut self.data, start + 4, &size);
        self.first.get_or_insert(id);
        self.last = id;
        self.last_at = start;
    }

    fn finish(mut self) -> Vec<u8> {
        let free = self.data.len();
        let records = self.data.get(CHUNK_HEADER..).map(crc32fast::hash).unwrap_or_default();
        let first = self.first.unwrap_or_default();
        self.data.resize(CHUNK_SIZE, 0);
        let data = &mut self.data;
        put(data, 0, b"ElfChnk\0");
        for (at, number) in [(8, first), (16, self.last), (24, first), (32, self.last)] {
            put(data, at, &number.to_le_bytes());
        }
        put(data, 40, &128_u32.to_le_bytes());
        put(data, 44, &length(self.last_at));
        put(data, 48, &length(free));
        put(data, 52, &records.to_le_bytes());
        let mut sum = crc32fast::Hasher::new();
        sum.update(data.get(..120).unwrap_or_default());
        sum.update(data.get(128..CHUNK_HEADER).unwrap_or_default());
        put(data, 124, &sum.finalize().to_le_bytes());
        self.data
    }

    /// Puts an entry into one of the tables of the header: the newest entry of a bucket first. Says which one was.
    fn link(&mut self, table: usize, bucket: usize, at: u32) -> u32 {
        let slot = table + 4 * bucket;
        let before = crate::bytes::u32_at(&self.data, slot).unwrap_or_default();
        put(&mut self.data, slot, &at.to_le_bytes());
        before
    }
}

fn put(data: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(to) = data.get_mut(at..at + bytes.len()) {
        to.copy_from_slice(bytes);
    }
}

/// A length as it is written. A chunk that grew past 4 GiB is thrown away.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
