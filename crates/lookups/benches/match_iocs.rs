//! `match_iocs` with a million indicators over lines such as those of a syslog; beside it, what else could find them. In CPU time of the thread
//! (Linux), since other work on the machine must not change the figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench: what is wrong ends it, and it tells what it found")]

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::ioc::{ExtractOptions, extract};
use huntsql_kernels::options::Value;
use huntsql_lookups::match_iocs::{LoadedFeed, MatchOptions};
use huntsql_readers::Control;
use huntsql_readers::feeds::{Indicator, decode_bytes};
use std::collections::HashSet;
use std::hint::black_box;

/// CPU time of the thread, in nanoseconds.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = u64;
    type Value = u64;
    fn start(&self) -> u64 {
        // Giving up the processor makes the kernel count what was used.
        std::thread::sleep(std::time::Duration::from_micros(50));
        let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        times.split(' ').next().unwrap().parse().unwrap()
    }
    fn end(&self, before: u64) -> u64 {
        self.start() - before
    }
    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }
    fn zero(&self) -> u64 {
        0
    }
    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

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
        let words = [
            "alpha", "update", "cdn", "mail", "img", "api", "static", "login", "secure", "assets", "vpn", "files", "news", "shop", "blog",
            "data",
        ];
        let tops = ["com", "net", "org", "co.uk", "ru", "cn", "io", "info", "biz", "de"];
        format!("{}{}.{}-{}.{}", self.pick(&words), self.next(1000), self.pick(&words), self.pick(&words), self.pick(&tops))
    }
    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[usize::try_from(self.next(16)).unwrap_or(0)])).collect()
    }
}

/// In the shares of `gen_syslog.py`: three lines of four hold no indicator.
fn lines(count: usize) -> Vec<String> {
    let mut r = Random(1);
    (0..count)
        .map(|_| match r.next(200) {
            0..150 => match r.next(4) {
                0 => format!(
                    "pam_unix(cron:session): session {} for user {} by (uid={}) tty=pts/{}",
                    r.pick(&["opened", "closed"]),
                    r.pick(&["root", "omsagent"]),
                    r.next(2000),
                    r.next(9)
                ),
                1 => format!("(omsagent) CMD (/opt/omi/bin/OMSConsistencyInvoker >/dev/null 2>&1) [{}]", r.next(99999)),
                2 => format!(
                    "Started Session {} of user root. apt-daily.service: Consumed {}.{}s CPU time, {}",
                    r.next(99999),
                    r.next(9),
                    r.next(999),
                    r.next(99)
                ),
                _ => format!(
                    "{}.{} omi: [{}] Configuration /etc/opt/microsoft/omsagent/conf/omsagent.conf reloaded, {} sources in {}ms",
                    r.next(99),
                    r.next(99999),
                    r.next(9999),
                    r.next(99),
                    r.next(999)
                ),
            },
            150..166 => format!("Failed password for invalid user admin from {} port {} ssh2", r.ipv4(), r.next(65536)),
            166..176 => {
                let name = r.domain();
                format!("named[{}]: client @0x7f {}#53 ({name}): query: {name} IN A +E(0)K", r.next(9999), r.ipv4())
            }
            176..186 => format!(
                "COMMAND=/usr/bin/curl -s -o /tmp/{} https://{}:8443/{}/index.php?id={}&t={}",
                r.hex(8),
                r.domain(),
                r.hex(8),
                r.next(9999),
                r.hex(6)
            ),
            186..190 => {
                format!("clamd: /var/www/{}.php: Unix.Trojan-{} FOUND hash={} size={}", r.hex(6), r.next(999999), r.hex(64), r.next(99999))
            }
            190..194 => format!(
                "postfix/smtp[{}]: {}: to=<{}.x@{}>, relay=none, delay=0.{}, status=deferred",
                r.next(9999),
                r.hex(10).to_uppercase(),
                r.pick(&["api", "news"]),
                r.domain(),
                r.next(99)
            ),
            194..197 => format!(
                "kernel: [UFW BLOCK] IN=eth0 SRC=2001:db8:{}:{}:{}:{}:{}:{} DST=::1 LEN=60 PROTO=TCP SPT={} DPT=22",
                r.hex(4),
                r.hex(4),
                r.hex(4),
                r.hex(4),
                r.hex(4),
                r.hex(4),
                r.next(65536)
            ),
            _ => format!("note: beacon hxxp://{}/gate.php and {}", r.domain().replace('.', "[.]"), r.ipv4().replace('.', "[.]")),
        })
        .collect()
}

/// In the shares of open feeds. Some of the names are those of the lines.
fn feed(count: usize) -> String {
    let mut r = Random(2);
    let mut csv = String::from("indicator,type,confidence,tags,first_seen\n");
    for _ in 0..count {
        let (value, ty) = match r.next(100) {
            0..30 => (r.domain(), "domain"),
            30..45 => (r.ipv4(), "ipv4"),
            45..47 => (format!("{}.{}.{}.0/24", 1 + r.next(223), r.next(256), r.next(256)), "cidr"),
            47..70 => (format!("http://{}/{}", r.domain(), r.hex(8)), "url"),
            70..95 => (r.hex(64), "sha256"),
            95..99 => (r.hex(32), "md5"),
            _ => (format!("x@{}", r.domain()), "email"),
        };
        csv.push_str(&format!("{value},{ty},{},\"a,b\",2026-11-01T00:00:00Z\n", r.next(100)));
    }
    csv
}

fn read(csv: &str) -> Vec<Indicator> {
    let mut found = Vec::new();
    decode_bytes("feed.csv", csv.as_bytes().to_vec(), &Value::Null, &Control::default(), &mut |indicator| {
        found.push(indicator);
        Ok(())
    })
    .unwrap();
    found
}

fn matching(c: &mut Criterion<CpuTime>) {
    let csv = feed(1_000_000);
    let mut group = c.benchmark_group("match_iocs");
    group.sample_size(10);
    group.bench_function("read_1m", |b| b.iter(|| read(&csv)));
    group.bench_function("load_1m", |b| b.iter(|| LoadedFeed::of(read(&csv), &MatchOptions::default()).unwrap()));
    let indicators = read(&csv);
    let loaded = LoadedFeed::of(indicators.clone(), &MatchOptions::default()).unwrap();
    let lines = lines(20_000);
    group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
    println!(
        "{} of {} lines are searched, {} hits",
        lines.iter().filter(|line| loaded.may_match(line)).count(),
        lines.len(),
        lines.iter().map(|line| loaded.count(line)).sum::<usize>()
    );
    group.bench_function("scan_1m", |b| b.iter(|| lines.iter().map(|line| loaded.count(black_box(line))).sum::<usize>()));
    group.bench_function("scan_1m_words_alone", |b| b.iter(|| lines.iter().filter(|line| loaded.may_match(black_box(line))).count()));
    group.bench_function("scan_1m_marks_alone", |b| {
        b.iter(|| lines.iter().filter(|line| huntsql_kernels::ioc::refang_marks(black_box(line), true).is_some()).count())
    });
    let words: HashSet<String> = indicators.iter().filter_map(|indicator| indicator.ioc.clone()).collect();
    let options = ExtractOptions::default();
    group.bench_function("extract_iocs_and_hash_set", |b| {
        b.iter(|| {
            lines
                .iter()
                .map(|line| extract(black_box(line), &options).iter().filter(|ioc| words.contains(ioc.value.as_ref())).count())
                .sum::<usize>()
        });
    });
    // A tenth: the automaton of all of them takes more memory than the machine has to spare.
    let some: Vec<&String> = words.iter().take(100_000).collect();
    let automaton = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(&some).unwrap();
    println!("the automaton of {} indicators takes {} MiB", some.len(), automaton.memory_usage() >> 20);
    group.bench_function("aho_corasick_100k", |b| {
        b.iter(|| lines.iter().map(|line| automaton.find_iter(black_box(line)).count()).sum::<usize>())
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = matching
}
criterion_main!(benches);
