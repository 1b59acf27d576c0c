use super::*;
use crate::config::Reference;
use crate::secret::Secret;
use flate2::Compression;
use flate2::write::GzEncoder;
use huntsql_fakes::http::{FakeServer, Reply, Seen};
use huntsql_fakes::mmdb::{Value, Writer};

const CANARY: &str = "canary-4711";

fn database(kind: &str) -> Vec<u8> {
    Writer::new(kind, 6, 28).with("45.83.66.0/24", &Value::names([("iso_code", "DE")])).finish()
}

/// An archive as MaxMind makes them: a folder, a text, the database.
fn archive(kind: &str, database: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |name: &str, kind: tar::EntryType, body: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{kind:?}_20260101/{name}"), body).unwrap();
    };
    add("", tar::EntryType::Directory, &[]);
    add("COPYRIGHT.txt", tar::EntryType::Regular, &[b'x'; 700]);
    add("link.mmdb", tar::EntryType::Symlink, &[]);
    add(&format!("{kind}.mmdb"), tar::EntryType::Regular, database);
    tar.into_inner().unwrap().finish().unwrap()
}

fn config(url: &str) -> Config {
    let plain = |text: &str| Reference::Plain(Secret::new(text));
    let http = Http { retries: 0, timeout: Duration::from_secs(2), ..Http::default() };
    Config { geo_account: Some((plain("123456"), plain(CANARY))), geo_base_url: Some(url.to_owned()), http, ..Config::default() }
}

fn edition_of(seen: &Seen) -> String {
    seen.target.split('/').nth(3).unwrap_or_default().to_owned()
}

/// The checksum of `body`, or `body`.
fn answer(seen: &Seen, body: &[u8]) -> Reply {
    if seen.target.ends_with("suffix=tar.gz.sha256") {
        return Reply::new(200, format!("{}  {}_20260101.tar.gz\n", sha256(body), edition_of(seen)));
    }
    Reply::new(200, body)
}

#[test]
fn databases_are_downloaded_checked_and_put_in_place() {
    // What is presigned is at another host, which must not see the key.
    let store = FakeServer::start(|seen| {
        let kind = seen.target.trim_start_matches('/').split('?').next().unwrap_or_default().to_owned();
        Reply::new(200, archive(&kind, &database(&kind)))
    })
    .unwrap();
    let there = store.url();
    let server = FakeServer::start(move |seen| {
        let kind = edition_of(seen);
        if seen.header("authorization") != Some("Basic MTIzNDU2OmNhbmFyeS00NzEx") {
            return Reply::new(401, "");
        }
        if seen.target.ends_with("sha256") {
            return answer(seen, &archive(&kind, &database(&kind)));
        }
        Reply::new(302, "").header("location", &format!("{there}/{kind}?signature=x"))
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("a/b");
    let report = update(&config(&server.url()), &[], &place).unwrap();
    assert!(report.is_sound(), "{report}");
    for kind in DEFAULT {
        assert_eq!(std::fs::read(place.join(format!("{kind}.mmdb"))).unwrap(), database(kind));
    }
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 2, "nothing is left over");
    let shown = report.to_string();
    assert!(shown.starts_with("GeoLite2-ASN: ") && shown.contains("GeoLite2-City.mmdb (1 MB, made "), "{shown}");
    assert_eq!(store.seen().len(), 2);
    assert!(store.seen().iter().all(|seen| seen.header("authorization").is_none() && !format!("{seen:?}").contains(CANARY)));
    assert_eq!(server.seen()[0].target, "/geoip/databases/GeoLite2-ASN/download?suffix=tar.gz.sha256");
    let one = update(&config(&server.url()), &["geolite2-city".to_owned(), "GeoLite2-City".to_owned()], &place).unwrap();
    assert_eq!((one.editions.len(), one.editions[0].0.as_str()), (1, "GeoLite2-City"));
}

#[test]
fn what_goes_wrong_leaves_the_old_file() {
    let good = archive("GeoLite2-City", &database("GeoLite2-City"));
    let cut_gz = good[..good.len() / 2].to_vec();
    let other = archive("GeoLite2-City", &database("GeoLite2-ASN"));
    let no_database = archive("GeoLite2-City", b"no database at all");
    type Play = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;
    let body = |body: Vec<u8>| -> Play { Box::new(move |seen| answer(seen, &body)) };
    let archive_only = |reply: Reply| -> Play {
        let good = good.clone();
        Box::new(move |seen| if seen.target.ends_with("sha256") { answer(seen, &good) } else { reply.clone() })
    };
    let cases: Vec<(&str, Play)> = vec![
        ("the download is damaged: its SHA-256 is ", archive_only(Reply::new(200, "something else"))),
        ("the answer breaks off", archive_only(Reply::new(200, good.clone()).cut())),
        ("HTTP 500", archive_only(Reply::new(500, CANARY))),
        ("access denied (HTTP 401): check geo: account_id and license_key", Box::new(|_| Reply::new(401, CANARY))),
        ("the server does not have it (HTTP 404)", Box::new(|_| Reply::new(404, ""))),
        ("quota used up", Box::new(|_| Reply::new(429, "Daily limit reached"))),
        ("the server gives no SHA-256", Box::new(|_| Reply::new(200, "<html>"))),
        ("the archive cannot be read: ", body(cut_gz)),
        ("the archive cannot be read: ", body(b"no gzip".to_vec())),
        ("it is GeoLite2-ASN", body(other)),
        ("it is not a sound MMDB file", body(no_database)),
        ("there is no .mmdb file in it", body(archive_without())),
        ("sends us on to example.com, where no key is sent", Box::new(|_| Reply::new(302, "").header("location", "http://example.com/x"))),
    ];
    for (words, play) in cases {
        let server = FakeServer::start(move |seen| play(seen)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("GeoLite2-City.mmdb");
        std::fs::write(&old, "the old one").unwrap();
        let report = update(&config(&server.url()), &["GeoLite2-City".to_owned()], folder.path()).unwrap();
        let problem = report.editions[0].1.clone().unwrap_err();
        assert!(problem.contains(words) && !problem.contains(CANARY), "{words}: {problem}");
        assert_eq!(std::fs::read(&old).unwrap(), b"the old one", "{words}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{words}: nothing is left over");
    }
}

fn archive_without() -> Vec<u8> {
    let tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let none = update(&Config::default(), &[], folder.path()).unwrap_err();
    assert!(none.contains("write account_id and license_key below geo: in config.yaml"), "{none}");
    let unknown = update(&config("http://127.0.0.1:1"), &["GeoLite2-Cty".to_owned()], folder.path()).unwrap_err();
    assert!(unknown.starts_with("there is no edition 'GeoLite2-Cty', did you mean 'GeoLite2-City'?"), "{unknown}");
    let open = update(&config("http://maxmind.test"), &["GeoLite2-City".to_owned()], folder.path()).unwrap();
    assert!(open.to_string().contains("the key would travel to maxmind.test for all to read"), "{open}");
    let here = folder.path().to_path_buf();
    let named = Config { geo_databases: vec![here.join("x.mmdb"), here.join("new")], ..Config::default() };
    assert_eq!(update_folder(&named), Ok(here.join("new")));
}
