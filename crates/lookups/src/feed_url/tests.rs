use super::*;
use huntsql_fakes::http::{FakeServer, Reply, Seen};

const CANARY: &str = "canary-4711";

struct Play {
    server: FakeServer,
    folder: tempfile::TempDir,
}

impl Play {
    /// A server with a configuration; `URL` in it is the server's.
    fn start(more: &str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let server = FakeServer::start(handler).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = format!("cache: {{path: cache.sqlite}}\nhttp: {{timeout: 2s, retries: 0}}\n{}", more.replace("URL", &server.url()));
        fs::write(folder.path().join("config.yaml"), config).unwrap();
        Self { server, folder }
    }

    fn get(&self, path: &str) -> Result<Localized, String> {
        let config = self.folder.path().join("config.yaml");
        localize(vec![format!("{}{path}", self.server.url())], config.to_str(), &Interrupt::default())
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(&self.get(path).unwrap().paths[0]).unwrap()
    }

    fn error(&self, path: &str) -> String {
        let error = self.get(path).unwrap_err();
        assert!(!error.contains(CANARY), "{error}");
        error
    }

    /// Makes the copy older.
    fn age(&self, path: &str, age: Duration) {
        let file = File::options().append(true).open(&self.get(path).unwrap().paths[0]).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_feed_is_downloaded_once_an_hour() {
    let play = Play::start("", |seen| Reply::new(200, format!("{} {}", seen.target, seen.repeats)));
    let path = "/lists/../lists/bad%20hosts.csv.gz?x=1";
    assert_eq!(play.text(path), "/lists/bad%20hosts.csv.gz?x=1 0");
    assert_eq!(play.text(path), "/lists/bad%20hosts.csv.gz?x=1 0");
    assert_eq!(play.text("/lists/bad%20hosts.csv.gz?x=2"), "/lists/bad%20hosts.csv.gz?x=2 0");
    let file = PathBuf::from(&play.get(path).unwrap().paths[0]);
    assert!(file.starts_with(play.folder.path().join("feeds")) && file.ends_with("bad_20hosts.csv.gz"), "{}", file.display());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    play.age(path, HOUR + HOUR / 60);
    assert_eq!(play.text(path), "/lists/bad%20hosts.csv.gz?x=1 1");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left over");
    let theirs = play.folder.path().join("feeds").join("abuse").join("2024.csv");
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, "1.2.3.4").unwrap();
    File::options().append(true).open(&theirs).unwrap().set_modified(SystemTime::now() - HOUR * 24 * 365).unwrap();
    play.age("/lists/bad%20hosts.csv.gz?x=2", HOUR * 24 * 365);
    play.age(path, HOUR * 2);
    play.text(path);
    assert!(theirs.exists(), "what we did not make is not ours to remove");
    assert_eq!(fs::read_dir(play.folder.path().join("feeds")).unwrap().count(), 2, "an old copy is removed");
    let config = play.folder.path().join("config.yaml");
    let untouched = vec!["a.csv".to_owned(), "ftp://x".to_owned()];
    assert_eq!(localize(untouched.clone(), config.to_str(), &Interrupt::default()).unwrap().paths, untouched);
}

#[test]
fn names_of_copies_are_plain() {
    for (url, name) in [
        ("https://a.test/x/feed.json", "feed.json"),
        ("https://a.test/", "a.test"),
        ("https://a.test/.bashrc", "bashrc"),
        ("https://a.test/x*?/y", "x_"),
        ("https://a.test/%2e%2e%2fx/[a]", "_a_"),
        ("https://a.test/t/collections/9/objects/", "9.json"),
        ("https://a.test/t/collections/9", "9.json"),
    ] {
        assert_eq!(file_name(&Url::parse(url).unwrap()), name, "{url}");
    }
    assert!(file_name(&Url::parse(&format!("https://a.test/{}.csv", "x".repeat(500))).unwrap()).ends_with("xx.csv"));
}

#[test]
fn an_old_copy_serves_where_the_server_is_away() {
    let play = Play::start("", |seen| match (seen.repeats, seen.target.as_str()) {
        (0, _) => Reply::new(200, "first"),
        (_, "/gone") => Reply::new(404, ""),
        (_, "/closed") => Reply::new(403, ""),
        (_, "/cut") => Reply::new(200, "se").cut(),
        _ => Reply::new(503, ""),
    });
    for (path, age, expected) in [
        ("/away", HOUR * 23, Ok("HTTP 503; a copy of 1380 minutes ago is used")),
        ("/cut", HOUR * 2, Ok("the answer breaks off; a copy of 120 minutes ago is used")),
        ("/far", HOUR * 25, Err("/far: HTTP 503")),
        ("/gone", HOUR * 2, Err("/gone: HTTP 404")),
        ("/closed", HOUR * 2, Err("/closed: access denied (HTTP 403) (the configuration has no account for it below feeds: accounts:)")),
    ] {
        play.age(path, age);
        match (play.get(path), expected) {
            (Ok(localized), Ok(words)) => {
                assert!(localized.warnings[0].ends_with(words), "{:?}", localized.warnings);
                assert_eq!(fs::read_to_string(&localized.paths[0]).unwrap(), "first");
            }
            (Err(error), Err(words)) => assert!(error.ends_with(words), "{error}"),
            (found, expected) => panic!("{path}: {found:?}, not {expected:?}"),
        }
    }
}

#[test]
fn keys_go_where_they_belong() {
    let other = FakeServer::start(|_| Reply::new(200, "elsewhere")).unwrap();
    let elsewhere = other.url();
    let accounts = format!(
        "feeds:\n  accounts:\n    - {{url: URL/basic, user: me, password: {CANARY}}}\n    - {{url: URL/token/, token: {CANARY}}}\n\
         \x20   - {{url: URL/misp, headers: {{authorization: {CANARY}}}}}\n    - {{url: URL/none, token: '${{env:HUNTSQL_NO_SUCH_VARIABLE}}'}}\n"
    );
    let play = Play::start(&accounts, move |seen| match seen.target.contains("/away") {
        true => Reply::new(302, "").header("location", &format!("{elsewhere}/x")),
        false => Reply::new(200, seen.header("authorization").map_or("none".to_owned(), |key| key.replace(CANARY, "KEY"))),
    });
    assert_eq!(play.text("/basic/a"), "Basic bWU6Y2FuYXJ5LTQ3MTE=");
    assert_eq!(play.text("/token/a"), "Bearer KEY");
    assert_eq!(play.text("/misp"), "KEY");
    for path in ["/basics", "/tokens/a", "/a/token/b", "/token/../a", "/token/%2e%2e/b"] {
        assert_eq!(play.text(path), "none", "{path}");
    }
    assert!(play.error("/token/away").contains("sends us on to 127.0.0.1, where no key is sent"));
    assert_eq!((play.text("/away").as_str(), other.seen().len()), ("elsewhere", 1));
    assert!(play.error("/none/a").ends_with("'token': the environment variable HUNTSQL_NO_SUCH_VARIABLE is not set"));
    let secret = format!("http://me:{CANARY}@127.0.0.1:1/x?key={CANARY}");
    for url in [secret, format!("http://127.0.0.1:1/x?key={CANARY}"), format!("http://me:{CANARY}@ x")] {
        let error = localize(vec![url], play.folder.path().join("config.yaml").to_str(), &Interrupt::default()).unwrap_err();
        assert!(!error.contains(CANARY) && error.contains("feed"), "{error}");
    }
}

#[test]
fn too_large_and_cancelled() {
    let play = Play::start("feeds: {max_megabytes: 1}\n", |seen| match seen.target.as_str() {
        "/slow" => Reply::new(200, "x".repeat(100)).dripping(Duration::from_millis(100)),
        _ => Reply::new(200, "").endless(2 << 20),
    });
    assert!(play.error("/large").ends_with(
        "/large: the answer is larger than 1048576 bytes (feeds: max_megabytes, or http: max_megabytes for a page of TAXII, allows more)"
    ));
    let interrupt = Interrupt::default();
    interrupt.stop();
    let started = std::time::Instant::now();
    let config = play.folder.path().join("config.yaml");
    let error = localize(vec![format!("{}/slow", play.server.url())], config.to_str(), &interrupt).unwrap_err();
    assert!(error.ends_with("/slow: cancelled") && started.elapsed() < Duration::from_secs(2), "{error}");
}

/// A TAXII server with one collection of five objects, two a page.
fn taxii(seen: &Seen) -> Reply {
    if seen.header("accept") != Some("application/taxii+json;version=2.1") {
        return Reply::new(406, "");
    }
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    let start = query.split('&').find_map(|part| part.strip_prefix("next=")).map_or(0, |next| next.parse().unwrap());
    Reply::new(
        200,
        match path {
            "/taxii2/" => r#"{"title": "x", "api_roots": ["/api1/", "https://elsewhere.test/api2/"]}"#.to_owned(),
            "/api1/collections/" => {
                r#"{"collections": [{"id": "9c6a", "title": "Bad hosts", "can_read": true}, {"id": "0", "title": "Ours", "can_read": false}]}"#.to_owned()
            }
            "/api1/collections/9c6a/objects/" => {
                let objects: Vec<String> = (start..5).take(2).map(|number| format!("{{\"id\": {number}}}")).collect();
                let next = if start + 2 < 5 { format!(r#""more": true, "next": "{}","#, start + 2) } else { String::new() };
                format!(r#"{{{next} "objects": [{}]}}"#, objects.join(","))
            }
            "/api1/collections/circle/objects/" => r#"{"more": true, "next": "1", "objects": [1]}"#.to_owned(),
            "/api1/collections/lost/objects/" => r#"{"more": true, "objects": [1]}"#.to_owned(),
            "/api1/collections/empty/objects/" => "{}".to_owned(),
            "/api1/collections/page/objects/" => "<html>".to_owned(),
            _ => return Reply::new(404, "{}"),
        },
    )
}

#[test]
fn a_taxii_collection_is_a_bundle() {
    let play = Play::start("", taxii);
    for path in ["/api1/collections/9c6a/", "/api1/collections/9c6a", "/api1/collections/9c6a/objects/?match[type]=indicator"] {
        let before = play.server.seen().len();
        let bundle: serde_json::Value = serde_json::from_str(&play.text(path)).unwrap();
        let ids: Vec<i64> = bundle["objects"].as_array().unwrap().iter().map(|object| object["id"].as_i64().unwrap()).collect();
        assert_eq!((ids, &bundle["type"], play.server.seen().len() - before), (vec![0, 1, 2, 3, 4], &"bundle".into(), 3), "{path}");
    }
    assert_eq!(play.server.seen().last().unwrap().target, "/api1/collections/9c6a/objects/?match[type]=indicator&limit=1000&next=4");
    assert!(play.text("/api1/collections/empty/").ends_with("\"objects\":[]}"));
    let url = play.server.url();
    let named = format!("name one of its collections: {url}/api1/collections/9c6a/ (Bad hosts)");
    for (path, words) in [
        ("/taxii2/", format!("/taxii2/: is a TAXII server, {named}, https://elsewhere.test/api2/collections/ (an API root elsewhere)")),
        ("/api1/collections/", format!("/collections/: is the list of collections of a TAXII server, {named}")),
        ("/api1/collections/9c6b/", format!("there is no such collection, did you mean '9c6a'?; {named}")),
        ("/api1/collections/circle/", "does not say where they go on".to_owned()),
        ("/api1/collections/lost/", "does not say where they go on".to_owned()),
        ("/api1/collections/page/", "not what TAXII 2.1 answers: a web page instead of JSON (a proxy or a login page?)".to_owned()),
        ("/api2/collections/x/", "HTTP 404".to_owned()),
    ] {
        let error = play.error(path);
        assert!(error.ends_with(&words), "{error}");
    }
}
