//! `extract_iocs` over generated text, in bytes a second: log lines, text without indicators, defanged reports, and hostile shapes.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::ioc::{ExtractOptions, extract};
use huntsql_kernels::text::{defang, refang};
use std::hint::black_box;

/// SplitMix64: the same text on every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[usize::try_from(self.next(of.len() as u64)).unwrap_or(0)]
    }

    fn ipv4(&mut self) -> String {
        format!("{}.{}.{}.{}", 1 + self.next(223), self.next(256), self.next(256), self.next(256))
    }

    fn domain(&mut self) -> String {
        let words = ["alpha", "cdn", "mail", "static", "login", "update", "files"];
        format!(
            "{}{}.{}-{}.{}",
            self.pick(&words),
            self.next(1000),
            self.pick(&words),
            self.pick(&words),
            self.pick(&["com", "net", "org", "co.uk", "ru", "io"])
        )
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[usize::try_from(self.next(16)).unwrap_or(0)])).collect()
    }
}

/// Like a Linux syslog: three lines of four hold no indicator.
fn log_lines(count: usize) -> Vec<String> {
    let mut r = Random(1);
    (0..count)
        .map(|_| match r.next(16) {
            0 => format!("Failed password for invalid user admin from {} port {} ssh2", r.ipv4(), r.next(65536)),
            1 => format!("named[{}]: client @0x7f {}#53 ({}): query: IN A +E(0)K", r.next(9999), r.ipv4(), r.domain()),
            2 => format!(
                "COMMAND=/usr/bin/curl -s -o /tmp/{} https://{}:8443/{}/index.php?id={}",
                r.hex(8),
                r.domain(),
                r.hex(8),
                r.next(9999)
            ),
            3 => format!("clamd: /var/www/{}.php: Unix.Trojan FOUND hash={} size={}", r.hex(6), r.hex(64), r.next(99999)),
            _ => format!(
                "pam_unix(cron:session): session {} for user {} by (uid={}) tty=pts/{} unit=apt-daily.service",
                r.pick(&["opened", "closed"]),
                r.pick(&["root", "www-data", "omsagent"]),
                r.next(2000),
                r.next(9)
            ),
        })
        .collect()
}

fn bytes(lines: &[String]) -> Throughput {
    Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum())
}

fn shapes(c: &mut Criterion) {
    let prose = vec!["the service was stopped and started again by the operator who wrote this line without any hint ".repeat(100)];
    let report: Vec<String> = log_lines(1000)
        .iter()
        .map(|line| {
            let mut safe = String::new();
            defang(line, &mut safe);
            safe
        })
        .collect();
    let mut group = c.benchmark_group("extract_iocs");
    for (name, lines) in [("syslog", log_lines(5000)), ("no_indicator", prose), ("defanged", report)] {
        group.throughput(bytes(&lines));
        for (types, options) in [("default", ExtractOptions::default()), ("all", ExtractOptions::all_types())] {
            group.bench_with_input(BenchmarkId::new(name, types), &lines, |b, lines| {
                b.iter(|| lines.iter().map(|line| extract(black_box(line), &options).len()).sum::<usize>());
            });
        }
    }
    group.finish();
}

/// 1 MiB each; the issue allows 0.2 s.
fn hostile(c: &mut Criterion) {
    let mut group = c.benchmark_group("extract_iocs_hostile");
    group.sample_size(10);
    for unit in [
        "a",
        "a.",
        "@",
        "a@b.",
        "http://",
        "http://a.com/?u=",
        "[.]",
        "a[.]b",
        "0123456789abcdef",
        "a:",
        "00:",
        "c:\\ \\ ",
        "\\",
        "%3A",
        "((",
        "б.рф ",
        "1.2.3.4/24 ",
        "HKLM\\a ",
        "%APPDATA%\\a ",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let options = ExtractOptions::all_types();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(unit), &text, |b, text| b.iter(|| extract(black_box(text), &options).len()));
    }
    group.finish();
}

fn rewriting(c: &mut Criterion) {
    let lines = log_lines(2000);
    let mut group = c.benchmark_group("rewriting");
    group.throughput(bytes(&lines));
    let mut out = String::new();
    group.bench_function("defang", |b| {
        b.iter(|| {
            for line in &lines {
                out.clear();
                defang(black_box(line), &mut out);
            }
        });
    });
    group.bench_function("refang", |b| {
        b.iter(|| {
            for line in &lines {
                out.clear();
                refang(black_box(line), &mut out);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, shapes, hostile, rewriting);
criterion_main!(benches);
