//! Wrong options, and files that are none.

use super::sample;
use super::support::{self, Given, all, ask};
use huntsql_lookups::geo::{Asn, GeoIp, MmdbLookup};

#[test]
fn wrong_options_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let (broken, none) = (file("broken.mmdb", b"not a database"), folder.path().join("none.mmdb").to_str().unwrap().to_owned());
    for (given, expected) in [
        (Given::Text("database", &none), "geoip: option 'database' names '"),
        (Given::Text("database", &none), "none.mmdb', which cannot be read: No such file"),
        (Given::Text("database", &broken), "broken.mmdb', which cannot be read: it is not a sound MMDB file"),
        (Given::Text("database", ""), "must name a file, got an empty text or list"),
        (Given::List("database", &[]), "must name a file, got an empty text or list"),
        (Given::Text("databse", "x"), "unknown option 'databse', did you mean 'database'?"),
        (Given::Text("language", "xx"), "must be one of de, en, got 'xx'"),
    ] {
        let sample = sample();
        let mut options = vec![Given::Text("database", &sample)];
        if matches!(given, Given::Text("language", _)) {
            options.push(given)
        } else {
            options = vec![given]
        };
        let error = ask::<GeoIp>(&options, &[&["8.8.8.8"]]).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    // Without a row that asks, nothing is opened.
    assert!(support::ask_rows::<GeoIp>(&[], &[&[None]]).is_ok());
}

/// The sample with bytes changed: an error, or rows. No panic (it would be an error that asks for a report), no endless loop.
#[test]
fn damaged_files() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(sample()).unwrap();
    let mut seed = 1u64;
    let mut roll = |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % sides
    };
    let ips: &[&[&str]] = &[&["81.2.69.160"], &["8.8.8.8"], &["1.1.1.1"], &["2001:480:10::1"], &["10.0.0.1"], &["175.16.199.1"]];
    let mut opened = 0;
    for turn in 0..600 {
        let mut bytes = sound.clone();
        for _ in 0..1 + roll(8) {
            // The tree, the data, the metadata: each as often.
            let at = [roll(sound.len()), sound.len() / 2 + roll(sound.len() / 2), sound.len() - 1 - roll(300)][roll(3)];
            bytes[at] = roll(256) as u8;
        }
        let path = folder.path().join(format!("{turn}.mmdb"));
        std::fs::write(&path, &bytes).unwrap();
        let path = path.to_str().unwrap();
        let mut check = |error: Option<String>| match error {
            Some(error) => assert!(!error.contains("internal error"), "{turn}: {error}"),
            None => opened += 1,
        };
        check(ask::<GeoIp>(&[Given::Text("database", path), Given::Text("language", "de")], ips).err());
        check(ask::<Asn>(&[Given::Text("database", path)], ips).err());
        ips.iter().for_each(|ip| check(all::<MmdbLookup>(&[], &[&[Some(ip[0]), Some(path)]]).err()));
    }
    assert!(opened > 1_000, "{opened}");
}
