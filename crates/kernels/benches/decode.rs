//! `b64_unpack` on generated command lines: seeded, so that every run sees the same.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::decode::{Limits, Unpacker, b64_decode_text};
use std::hint::black_box;
use std::io::Write;

/// xorshift64: enough to vary lines.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }
}

const PROGRAMS: &[&str] = &[
    "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule",
    "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\ngen.exe ExecuteQueuedItems /LegacyServiceBehavior",
    "/usr/lib/systemd/systemd-logind --no-pager",
    "C:\\Program Files\\Monitoring Agent\\HealthService.exe -start 4A7FE08A-73A0-137C-4D80-D1C48C01EA20",
    "/usr/bin/python3 /opt/agent/collect.py --endpoint https://collector.example/v1/ingest --retries 5",
    "git commit -m fix 3f786850e387550fdab836ed7e6dc881de23001b",
];

/// Writing to memory does not fail; an empty result would show at once in the figures.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).unwrap_or_default()
}

fn lines(count: usize, hidden_in_a_hundred: usize) -> Vec<String> {
    let mut seeded = Seeded(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|id| {
            let plain = format!("{} # {id} {}", seeded.pick(PROGRAMS), seeded.below(1 << 30));
            if seeded.below(100) >= hidden_in_a_hundred {
                return plain;
            }
            let bytes = match seeded.below(4) {
                0 => plain.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                1 => gzip(plain.as_bytes()),
                2 => BASE64_STANDARD.encode(&plain).into_bytes(),
                _ => plain.into_bytes(),
            };
            format!("powershell.exe -nop -w hidden -enc {}", BASE64_STANDARD.encode(bytes))
        })
        .collect()
}

fn decode(c: &mut Criterion) {
    let limits = Limits::default();
    let mut group = c.benchmark_group("b64_unpack");
    for (name, lines) in
        [("nothing_hidden", lines(10_000, 0)), ("one_in_ten_hidden", lines(10_000, 10)), ("all_hidden", lines(10_000, 100))]
    {
        group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
        group.bench_function(name, |b| {
            let mut unpacker = Unpacker::default();
            b.iter(|| lines.iter().map(|line| unpacker.unpack(black_box(line), &limits).len()).sum::<usize>());
        });
    }
    let prose = "Accepted publickey for alice from host a port b, session opened; nothing to see here. ".repeat(12_000);
    group.throughput(Throughput::Bytes(prose.len() as u64));
    group.bench_function("one_megabyte_of_prose", |b| {
        let mut unpacker = Unpacker::default();
        b.iter(|| unpacker.unpack(black_box(&prose), &limits).len());
    });
    let bomb = BASE64_STANDARD.encode(gzip(&vec![b'a'; 16 << 20]));
    group.throughput(Throughput::Bytes(bomb.len() as u64));
    group.bench_function("gzip_bomb_16_mib", |b| {
        let mut unpacker = Unpacker::default();
        b.iter(|| unpacker.unpack(black_box(&bomb), &limits).len());
    });
    group.finish();

    let hidden = lines(10_000, 10);
    let mut group = c.benchmark_group("b64_decode_text");
    group.throughput(Throughput::Bytes(hidden.iter().map(|line| line.len() as u64).sum()));
    group.bench_function("one_in_ten_hidden", |b| {
        b.iter(|| hidden.iter().map(|line| b64_decode_text(black_box(line), &limits).len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
