//! A TAXII collection of the server `medallion` (PyPI), which is run on loopback: `HUNTSQL_MEDALLION=/path/to/medallion`, or one on the `PATH`.

#![expect(clippy::expect_used, reason = "a test stops where its server does not start")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_lookups::feed_url::localize;
use huntsql_readers::feeds::decode;
use huntsql_readers::{Control, LocalFiles, Warnings, find};
use serde_json::json;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CANARY: &str = "canary-4711";
const COLLECTION: &str = "365fed99-08fa-fdcd-a1b3-fb247eb41d01";

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The server's data: a collection of seven indicators.
fn data() -> serde_json::Value {
    let id = |number: usize| format!("indicator--00000000-0000-4000-8000-{number:012}");
    let added = |number: usize| format!("2026-01-0{}T00:00:00.000000Z", number + 1);
    let object = |number: usize| {
        let time = "2026-01-01T00:00:00.000Z";
        json!({"type": "indicator", "spec_version": "2.1", "id": id(number), "created": time, "modified": time, "valid_from": time,
            "pattern_type": "stix", "pattern": format!("[domain-name:value = 'host{number}.bad-hosts.com']")})
    };
    let manifest = |number: usize| {
        json!({"id": id(number), "date_added": added(number), "version": "2026-01-01T00:00:00.000Z",
            "media_type": "application/stix+json;version=2.1"})
    };
    json!({
        "/discovery": {"title": "Test", "default": "/trustgroup1/", "api_roots": ["/trustgroup1/"]},
        "trustgroup1": {
            "information": {"title": "Test", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 9_765_625},
            "status": [],
            "collections": [{"id": COLLECTION, "title": "Bad hosts", "can_read": true, "can_write": false,
                "media_types": ["application/stix+json;version=2.1"],
                "objects": (0..7).map(object).collect::<Vec<_>>(), "manifest": (0..7).map(manifest).collect::<Vec<_>>()}]
        }
    })
}

/// Starts it on a free port; `None`, said aloud, where it is not installed.
fn medallion(folder: &Path) -> Option<(Running, String)> {
    let program = std::env::var("HUNTSQL_MEDALLION").unwrap_or_else(|_| "medallion".to_owned());
    let file = |name: &str, text: serde_json::Value| {
        let path = folder.join(name);
        std::fs::write(&path, text.to_string()).expect("a file");
        path
    };
    let backend =
        json!({"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": file("data.json", data())});
    let config = file("medallion.json", json!({"backend": backend, "users": {"hunter": CANARY}, "taxii": {"max_page_size": 3}}));
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let mut command = Command::new(program);
    command.arg("--port").arg(port.to_string()).arg(config).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(child) = command.spawn() else {
        println!("SKIPPED: medallion is not installed (pip install medallion; HUNTSQL_MEDALLION=/path/to/medallion)");
        return None;
    };
    let running = Running(child);
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(30), "medallion does not listen");
        std::thread::sleep(Duration::from_millis(100));
    }
    Some((running, format!("http://127.0.0.1:{port}")))
}

#[test]
fn a_collection_of_medallion_is_a_feed() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some((_running, url)) = medallion(folder.path()) else { return };
    let get = |password: &str, path: &str| {
        let config = folder.path().join(format!("{password}.yaml"));
        let account = format!("feeds: {{accounts: [{{url: '{url}', user: hunter, password: {password}}}]}}");
        std::fs::write(&config, format!("cache: {{path: cache.sqlite}}\nhttp: {{retries: 0}}\n{account}\n")).expect("a configuration");
        localize(vec![format!("{url}{path}")], config.to_str(), &Interrupt::default()).map(|localized| localized.paths)
    };
    let collection = format!("/trustgroup1/collections/{COLLECTION}/");
    let wrong = get("wrong-password", &collection).expect_err("no entry");
    assert!(wrong.contains("access denied (HTTP 401)"), "{wrong}");
    let files = get(CANARY, &collection).expect("a feed");
    let found = find(&files, &LocalFiles, &Warnings::default()).expect("files");
    let mut hosts = Vec::new();
    let mut add = |indicator: huntsql_readers::feeds::Indicator| {
        hosts.extend(indicator.ioc);
        Ok(())
    };
    decode(found, &Value::Struct(Vec::new()), &Control::default(), &mut add).expect("indicators");
    hosts.sort();
    assert_eq!(hosts, (0..7).map(|number| format!("host{number}.bad-hosts.com")).collect::<Vec<_>>());
    let listed = format!("name one of its collections: {url}{collection} (Bad hosts)");
    for path in ["/taxii2/", "/trustgroup1/collections/", "/trustgroup1/collections/365fed99-08fa-fdcd-a1b3-fb247eb41d02/"] {
        let error = get(CANARY, path).expect_err("no collection");
        assert!(error.ends_with(&listed) && !error.contains(CANARY), "{error}");
    }
}
