//! Command lines and log messages as features, patterns and templates: in bytes a second.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{TemplateOptions, Templates, template_details};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::text::{Delimiters, PatternOptions, char_ord_score, command_pattern, crc32, delim_count, delim_hash, token_count};
use huntsql_kernels::types::ArgType;
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

    fn word(&mut self, letters: u64) -> String {
        (0..letters).map(|_| char::from(b'a' + u8::try_from(self.next(26)).unwrap_or(0))).collect()
    }
}

fn command_lines(count: usize) -> Vec<String> {
    let mut r = Random(1);
    (0..count)
        .map(|_| match r.next(6) {
            0 => format!(r"\??\C:\Windows\system32\conhost.exe 0x{:x} -ForceV1", r.next(u64::from(u32::MAX))),
            1 => format!(
                r#"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\mscorsvw.exe -StartupEvent {:x} -InterruptEvent 0 -NGENProcess {:x} -Pipe {:x} -Comment "NGen Worker Process""#,
                r.next(4096),
                r.next(4096),
                r.next(4096)
            ),
            2 => format!(r#"C:\Windows\system32\cmd.exe /c ""C:\diagnostics\WinBenignActivity.cmd" -{}""#, r.next(30000)),
            3 => format!("ping -n {} {}", r.next(20), r.ipv4()),
            4 => "/bin/sh -c iptables -w -t security -C OUTPUT -d 168.63.129.16 -p tcp -m conntrack --ctstate INVALID,NEW -j DROP".to_owned(),
            _ => format!(r#""C:\Program Files (x86)\Google\Update\GoogleUpdate.exe" /ua /installsource {}"#, r.pick(&["scheduler", "core", "ondemand"])),
        })
        .collect()
}

fn log_lines(count: usize) -> Vec<String> {
    let mut r = Random(2);
    (0..count)
        .map(|_| match r.next(6) {
            0 => format!("Failed password for invalid user {} from {} port {} ssh2", r.word(5), r.ipv4(), r.next(65536)),
            1 => format!("pam_unix(cron:session): session opened for user {} by (uid={})", r.pick(&["root", "omsagent"]), r.next(2000)),
            2 => format!("COMMAND=/usr/bin/curl -s -o /tmp/{} https://{}.example.com:8443/x/index.php?id={}", r.word(8), r.word(6), r.next(9999)),
            3 => format!(
                "action 'action {}' suspended (module 'builtin:omfile'), next retry is Tue May  4 {:02}:{:02}:{:02} 2021, retry nbr {}. There should be messages before this one.",
                r.next(9),
                r.next(24),
                r.next(60),
                r.next(60),
                r.next(9)
            ),
            4 => format!("kernel: [UFW BLOCK] IN=eth0 SRC={} DST={} LEN=60 PROTO=TCP SPT={} DPT=22", r.ipv4(), r.ipv4(), r.next(65536)),
            _ => "Started Daily apt download activities and cleaned up after the last run.".to_owned(),
        })
        .collect()
}

fn bytes(lines: &[String]) -> Throughput {
    Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum())
}

fn patterns(c: &mut Criterion) {
    let mut group = c.benchmark_group("command_pattern");
    let hostile = vec![r#"C:\a b "-c 'x 1-2.3:4@b/"#.repeat(4000)];
    for (name, lines) in [("commands", command_lines(2000)), ("log", log_lines(2000)), ("hostile", hostile)] {
        group.throughput(bytes(&lines));
        let options = PatternOptions::default();
        let mut out = String::new();
        group.bench_with_input(BenchmarkId::from_parameter(name), &lines, |b, lines| {
            b.iter(|| {
                for line in lines {
                    out.clear();
                    command_pattern(black_box(line), &options, &mut out);
                }
            });
        });
    }
    group.finish();
}

fn features(c: &mut Criterion) {
    let mut group = c.benchmark_group("features");
    let lines = command_lines(2000);
    group.throughput(bytes(&lines));
    let delimiters = Delimiters::default();
    let mut buffer = String::new();
    group.bench_function("char_ord_score", |b| b.iter(|| lines.iter().map(|line| char_ord_score(black_box(line))).sum::<i64>()));
    group.bench_function("token_count", |b| b.iter(|| lines.iter().map(|line| token_count(black_box(line), " ")).sum::<i64>()));
    group.bench_function("delim_count", |b| b.iter(|| lines.iter().map(|line| delim_count(black_box(line), &delimiters)).sum::<i64>()));
    group.bench_function("delim_hash", |b| {
        b.iter(|| lines.iter().map(|line| delim_hash(black_box(line), &delimiters, &mut buffer)).sum::<i64>())
    });
    group.bench_function("crc32_hash", |b| b.iter(|| lines.iter().map(|line| crc32(black_box(line))).sum::<i64>()));
    group.finish();
}

struct Lines<'l>(&'l [String]);

impl Input for Lines<'_> {
    fn text(&self, _: usize, row: usize) -> Option<&str> {
        self.0.get(row).map(String::as_str)
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
}

fn templates(c: &mut Criterion) {
    let mut group = c.benchmark_group("log_templates");
    group.sample_size(10);
    let mut r = Random(3);
    let random = (0..20_000).map(|_| (0..14).map(|_| r.word(6)).collect::<Vec<_>>().join(" ")).collect();
    for (name, lines) in [("log", log_lines(50_000)), ("random words", random)] {
        group.throughput(bytes(&lines));
        let mut rows = Rows::new(&[ArgType::Text]);
        (0..lines.len()).for_each(|row| rows.push(&Lines(&lines), row));
        let (options, interrupt) = (TemplateOptions::default(), Interrupt::default());
        group.bench_with_input(BenchmarkId::from_parameter(name), &rows, |b, rows| {
            b.iter(|| {
                let mined = Templates::mine(rows.texts(0), &options, &interrupt);
                mined.map(|mined| template_details(&mined, rows.texts(0), &options, &interrupt))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, patterns, features, templates);
criterion_main!(benches);
