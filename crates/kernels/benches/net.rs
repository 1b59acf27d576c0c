//! Rows per second of the net family, over 10,000 rows as logs hold them.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::input::Input;
use huntsql_kernels::kernel::{ScalarKernel, run};
use huntsql_kernels::net;
use huntsql_kernels::options::NoOptions;
use huntsql_kernels::text;
use std::hint::black_box;

const ROWS: usize = 10_000;

/// One text column, and constants after it.
struct Rows {
    texts: Vec<String>,
    constant: &'static str,
    list: Vec<String>,
}

impl Input for Rows {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        if arg == 0 { self.texts.get(row).map(String::as_str) } else { Some(self.constant) }
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
        Some(self.list.iter().map(|text| Some(text.as_str())).collect())
    }
    fn text_list_identity(&self, _: usize, _: usize) -> Option<usize> {
        Some(0)
    }
}

fn rows(text: impl Fn(u32) -> String) -> Rows {
    // a fixed linear congruential sequence: the same rows in every run
    let texts = (0..ROWS as u32).map(|row| text(row.wrapping_mul(2_654_435_761).wrapping_add(12_345))).collect();
    let list = (0..5_000u32).map(|at| format!("{}/24", std::net::Ipv4Addr::from_bits(at.wrapping_mul(2_654_435_761)))).collect();
    Rows { texts, constant: "10.0.0.0/8", list }
}

fn bench<K: ScalarKernel<Options = NoOptions>>(c: &mut Criterion, what: &str, rows: &Rows) {
    let mut group = c.benchmark_group("net");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function(format!("{}/{what}", K::SPEC.name), |b| {
        b.iter(|| black_box(run::<K>(rows, ROWS, &NoOptions)).is_ok());
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    let v4 = rows(|n| std::net::Ipv4Addr::from_bits(n).to_string());
    let v6 = rows(|n| format!("2001:db8:{:x}::{:x}", n >> 16, n & 0xffff));
    let names = rows(|n| format!("www{}.example{}.co.uk", n & 15, n >> 8));
    let idn = rows(|n| format!("bücher{}.example{}.de", n & 15, n >> 8));
    let urls = rows(|n| format!("https://www.example{}.com/path/{n:x}?id={n}", n >> 8));
    bench::<net::IpType>(c, "v4", &v4);
    bench::<net::IpType>(c, "v6", &v6);
    bench::<net::IpType>(c, "not an address", &names);
    bench::<net::IpNormalize>(c, "v6", &v6);
    bench::<net::IpInCidr>(c, "v4", &v4);
    bench::<net::IpInCidrs>(c, "5000 networks", &v4);
    bench::<net::CidrHosts>(c, "v4", &v4);
    bench::<net::UrlParse>(c, "plain", &urls);
    bench::<net::DomainParse>(c, "ascii", &names);
    bench::<net::DomainParse>(c, "idn", &idn);
    bench::<net::DomainIsValid>(c, "ascii", &names);
    bench::<net::DomainSkeleton>(c, "ascii", &names);
    bench::<net::PunycodeEncode>(c, "idn", &idn);
    bench::<net::PunycodeDecode>(c, "ascii", &names);
    bench::<text::Entropy>(c, "url", &urls);
}

criterion_group!(benches, all);
criterion_main!(benches);
