//! Rows per CPU second of `geoip` with all fields, over a made-up database of 60,000 networks, in batches as engines hand them over; and over the material
//! that is shared beside the repository, where that is there.
//!
//! `cold` asks about addresses that were not asked about before, `warm` about 50,000 addresses again and again.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_fakes::mmdb::{Value, Writer};
use huntsql_kernels::input::Input;
use huntsql_kernels::kernel::{ScalarKernel, run};
use huntsql_kernels::options::{self, parse};
use huntsql_lookups::geo::{Asn, GeoIp};
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// SplitMix64 (Steele, Lea, Flood 2014): the same data in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// Some of the rows of a column.
struct Batch<'a>(&'a [String]);

impl Input for Batch<'_> {
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

/// Time of this thread on a processor, where the system tells; other people's work does not count.
fn cpu_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn options_of<K: ScalarKernel>(database: &Path) -> K::Options {
    let database = options::Value::Text(database.to_str().unwrap_or("").to_owned());
    parse(K::SPEC.name, &options::Value::Struct(vec![("database".to_owned(), database)])).unwrap_or_default()
}

fn ask<K: ScalarKernel>(options: &K::Options, rows: &[String], batch: usize) {
    for rows in rows.chunks(batch) {
        let column = run::<K>(&Batch(rows), rows.len(), options);
        assert!(column.is_ok_and(|column| column.len() == rows.len()));
    }
}

/// 60,000 networks, half of them of 24 bits, in the shape of GeoLite2-City: eight languages, cities that come again.
fn city_database() -> (Vec<u8>, Vec<(u32, u32)>) {
    let mut dice = Dice(7);
    let mut writer = Writer::new("GeoLite2-City", 6, 28);
    let names = |name: String| {
        let languages = ["de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"];
        Value::map(languages.map(|language| {
            (language, if language == "en" { Value::from(name.as_str()) } else { Value::from(format!("{name} {language}").as_str()) })
        }))
    };
    let mut networks = Vec::new();
    for _ in 0..60_000 {
        let length = [16, 18, 20, 22, 24, 24, 24, 24][dice.roll(8) as usize];
        let bits = ((11 << 24) + dice.roll(200 << 24) as u32) & (u32::MAX << (32 - length));
        networks.push((bits, length));
    }
    networks.sort_by_key(|(_, length)| *length);
    for (bits, length) in &networks {
        let (country, state, city) = (dice.roll(200), dice.roll(2_000), dice.roll(20_000));
        let place = |name: String, code: u64| {
            let code = Value::from(format!("{code:02}").as_str());
            Value::map([("geoname_id", Value::U32(city as u32)), ("iso_code", code), ("names", names(name))])
        };
        let record = Value::map([
            ("city", Value::map([("geoname_id", Value::U32(city as u32)), ("names", names(format!("City{city}")))])),
            ("continent", Value::map([("code", Value::from("EU")), ("names", names("Europe".to_owned()))])),
            ("country", place(format!("Country{country}"), country)),
            (
                "location",
                Value::map([
                    ("accuracy_radius", Value::U16(20)),
                    ("latitude", Value::Double(dice.roll(180_000) as f64 / 1e3 - 90.0)),
                    ("longitude", Value::Double(dice.roll(360_000) as f64 / 1e3 - 180.0)),
                    ("time_zone", Value::from("Europe/Berlin")),
                ]),
            ),
            ("postal", Value::map([("code", Value::from(dice.roll(99_999).to_string().as_str()))])),
            ("registered_country", place(format!("Country{country}"), country)),
            ("subdivisions", Value::Array(vec![place(format!("State{state}"), state)])),
        ]);
        writer.insert(&format!("{}/{length}", Ipv4Addr::from_bits(*bits)), &record);
    }
    (writer.finish(), networks)
}

/// Asks about rows that the database was not asked about before: each time it is another file.
fn cold<K: ScalarKernel>(c: &mut Criterion, what: &str, folder: &Path, database: &Path, rows: &[String]) {
    let mut group = c.benchmark_group("geo");
    group.throughput(Throughput::Elements(rows.len() as u64)).sample_size(10);
    let mut copies = 0;
    group.bench_function(format!("{}/cold/{what}", K::SPEC.name), |b| {
        b.iter_custom(|iterations| {
            let mut spent = Duration::ZERO;
            for _ in 0..iterations {
                copies += 1;
                let copy = folder.join(format!("copy{copies}.mmdb"));
                assert!(std::fs::copy(database, &copy).is_ok());
                let options = options_of::<K>(&copy);
                // Reads the file.
                ask::<K>(&options, &["0.0.0.1".to_owned()], 1);
                let start = cpu_time();
                ask::<K>(black_box(&options), rows, 2_048);
                spent += cpu_time() - start;
                let _ = std::fs::remove_file(copy);
            }
            spent
        });
    });
    group.finish();
}

fn warm<K: ScalarKernel>(c: &mut Criterion, what: &str, database: &Path, rows: &[String], batch: usize) {
    let options = options_of::<K>(database);
    ask::<K>(&options, rows, batch);
    let mut group = c.benchmark_group("geo");
    group.throughput(Throughput::Elements(rows.len() as u64)).sample_size(10);
    group.bench_function(format!("{}/warm/{what}", K::SPEC.name), |b| {
        b.iter_custom(|iterations| {
            let start = cpu_time();
            (0..iterations).for_each(|_| ask::<K>(black_box(&options), rows, batch));
            cpu_time() - start
        });
    });
    group.finish();
}

/// A million rows of 50,000 of the addresses.
fn repeated(addresses: &[String]) -> Vec<String> {
    let (mut dice, distinct) = (Dice(11), addresses.len().min(50_000));
    (0..1_000_000).map(|_| addresses[dice.roll(distinct as u64) as usize].clone()).collect()
}

fn all(c: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let database = folder.path().join("city.mmdb");
    let (bytes, networks) = city_database();
    assert!(std::fs::write(&database, bytes).is_ok());
    let mut dice = Dice(13);
    let mut addresses: Vec<String> = Vec::new();
    for _ in 0..400_000 {
        let (bits, length) = networks[dice.roll(networks.len() as u64) as usize];
        addresses.push(Ipv4Addr::from_bits(bits + dice.roll(1 << (32 - length)) as u32).to_string());
    }
    let rows = repeated(&addresses);
    cold::<GeoIp>(c, "400,000 addresses", folder.path(), &database, &addresses);
    warm::<GeoIp>(c, "batches of 2,048", &database, &rows, 2_048);
    warm::<GeoIp>(c, "batches of 8,192", &database, &rows, 8_192);

    let shared =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|above| above.join("shared/peers/data/geo")).find(|path| path.exists());
    let Some(shared) = shared else { return };
    let database: PathBuf = shared.join("GeoLite2-City.mmdb");
    let addresses = std::fs::read_to_string(shared.join("ips100k.txt")).unwrap_or_default();
    let addresses: Vec<String> = addresses.lines().map(str::to_owned).collect();
    cold::<GeoIp>(c, "shared", folder.path(), &database, &addresses);
    warm::<GeoIp>(c, "shared, batches of 2,048", &database, &repeated(&addresses), 2_048);
    let systems = shared.ancestors().nth(3).map(|shared| shared.join("data/mmdb/GeoLite2-ASN-Test.mmdb"));
    if let Some(systems) = systems.filter(|path| path.exists()) {
        warm::<Asn>(c, "shared", &systems, &repeated(&addresses), 2_048);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
