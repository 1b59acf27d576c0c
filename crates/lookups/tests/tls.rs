//! Certificates, shown by servers on loopback.

#![expect(clippy::expect_used, reason = "a test stops where its server does not start")]

mod common;

use common::Play;
use huntsql_fakes::dns::{DnsReply, FakeDns};
use huntsql_fakes::http::{FakeServer, Reply};
use huntsql_kernels::options::Value;
use huntsql_lookups::tls::{InAbuseList, TlsCert};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server that shows a certificate made for it, and the names that it was called by.
struct Site {
    address: SocketAddr,
    certificate: Vec<u8>,
    called: Arc<Mutex<Vec<Option<String>>>>,
}

fn site(is_expired: bool) -> Site {
    let mut params = rcgen::CertificateParams::new(vec!["site.made-up.test".to_owned(), "192.0.2.7".to_owned()]).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "Made Up");
    params.distinguished_name.push(rcgen::DnType::CommonName, "site.made-up.test");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(if is_expired { 2021 } else { 2090 }, 1, 1);
    params.serial_number = Some(vec![0xab, 0xcd].into());
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate").der().to_vec();
    let chain = vec![CertificateDer::from(certificate.clone()), CertificateDer::from(certificate.clone())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    let config = Arc::new(config.expect("a server"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let site = Site { address: listener.local_addr().expect("an address"), certificate, called: Arc::default() };
    let called = Arc::clone(&site.called);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream: TcpStream = stream;
            let mut connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
            called.lock().expect("no panic").push(connection.server_name().map(str::to_owned));
        }
    });
    site
}

impl Site {
    /// The names by which it was called, once there are so many: the client may be done before the server is.
    fn calls(&self, count: usize) -> Vec<Option<String>> {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            let called = self.called.lock().expect("no panic").clone();
            if called.len() >= count || Instant::now() > end {
                return called;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A port behind which something else is done with a connection.
fn port(serve: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || listener.incoming().flatten().for_each(serve));
    address
}

const INTERNAL: (&str, Value) = ("internal", Value::Bool(true));

#[test]
fn what_a_server_shows() {
    let (valid, expired) = (site(false), site(true));
    let play = Play::new("http: {timeout: 5s}");
    let texts = [valid.address.to_string(), format!("https://{}/path", expired.address)];
    let said = play.ask::<TlsCert>(&texts.each_ref().map(String::as_str), &[INTERNAL]);
    let digest = |line: &str| said[0][line].as_str().expect("a digest").len();
    assert_eq!((digest("sha1"), digest("sha256")), (40, 64));
    let expected = json!({
        "host": "127.0.0.1", "port": valid.address.port(), "ip": "127.0.0.1",
        "subject": "CN=site.made-up.test,O=Made Up", "issuer": "CN=site.made-up.test,O=Made Up", "serial": "ABCD",
        "not_before": 1_577_836_800_000_000_i64, "not_after": 3_786_912_000_000_000_i64,
        "sha1": said[0]["sha1"], "sha256": said[0]["sha256"], "san": ["site.made-up.test", "192.0.2.7"],
        "is_self_signed": true, "is_valid_now": true, "chain_length": 2, "version": 3, "tls_version": "TLSv1.3",
        "status": "ok", "looked_up_at": said[0]["looked_up_at"], "cached": false,
    });
    assert_eq!(said[0], expected);
    assert_eq!(
        (&said[1]["is_valid_now"], &said[1]["status"], &said[1]["port"]),
        (&json!(false), &json!("ok"), &json!(expired.address.port()))
    );
    let again = play.ask::<TlsCert>(&[&texts[0]], &[INTERNAL]);
    assert_eq!((&again[0]["cached"], &again[0]["sha256"]), (&json!(true), &said[0]["sha256"]));
    assert_eq!(valid.calls(1).len(), 1, "an address is no name to call it by, and it is called once");
    let by_name = play.ask::<TlsCert>(&["localhost"], &[INTERNAL, ("port", Value::Int(valid.address.port().into()))]);
    assert_eq!((&by_name[0]["sha1"], &by_name[0]["host"]), (&said[0]["sha1"], &json!("localhost")));
    assert_eq!(valid.calls(2), [None, Some("localhost".to_owned())]);
    assert!(!valid.certificate.is_empty());
}

#[test]
fn servers_that_show_nothing_end_in_time() {
    let silent = port(|stream| {
        std::thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    let plain = port(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    let closes = port(|mut stream| {
        let mut some = [0; 5];
        drop(stream.read(&mut some));
    });
    let drips = port(|mut stream| {
        // The head of a message of the handshake that never ends.
        for byte in [22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc].into_iter().chain(std::iter::repeat_n(0, 100)) {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let play = Play::new("http: {timeout: 700ms, connect_timeout: 300ms}");
    let texts = [silent, plain, closes, drips].map(|address| address.to_string());
    let started = Instant::now();
    let said =
        play.ask::<TlsCert>(&[&texts[0], &texts[1], &texts[2], &texts[3], "127.0.0.1:1"], &[INTERNAL, ("max_lookups", Value::Int(5))]);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let status = |at: usize| said[at]["status"].as_str().expect("a status").to_owned();
    assert_eq!((status(0), status(3)), ("error: no answer within 0.7 s".to_owned(), "error: no answer within 0.7 s".to_owned()));
    assert!(status(1).starts_with("error: no safe connection: "), "{}", status(1));
    assert!(status(2) == "error: the answer breaks off", "{}", status(2));
    assert_eq!(status(4), "error: no connection: 127.0.0.1:1 refuses connections");
    assert!(said.iter().all(|said| said["subject"].is_null() && said["is_valid_now"].is_null()));
}

#[test]
fn public_names_do_not_lead_into_private_networks() {
    let site = site(false);
    let dns = FakeDns::start(|seen| match seen.name.as_str() {
        "inside.zone-a.com" => DnsReply::new(0).a("inside.zone-a.com", 60, [127, 0, 0, 1]),
        _ => DnsReply::new(3),
    })
    .expect("a server");
    let play = Play::new(&format!("dns: {{servers: ['{}'], timeout: 1s}}\nnever_send: [45.0.0.0/8]", dns.address()));
    let texts = [format!("inside.zone-a.com:{}", site.address.port()), "gone.zone-a.com".to_owned()];
    let said = play.ask::<TlsCert>(&[&texts[0], &texts[1], "127.0.0.1", "dc01", "45.1.1.1", "a b"], &[]);
    let statuses: Vec<&str> = said.iter().filter_map(|said| said["status"].as_str()).collect();
    let expected = [
        "error: inside.zone-a.com leads to a private address, which needs the option internal",
        "error: no connection: gone.zone-a.com has no address",
        "not_global",
        "not_global",
        "never_send",
        "bad_format",
    ];
    assert_eq!(statuses, expected);
    assert!(site.called.lock().expect("no panic").is_empty());
}

#[test]
fn digests_on_the_list() {
    let bad = "0123456789abcdef0123456789abcdef01234567";
    let list = format!("# abuse.ch SSLBL\r\n# Listingdate,SHA1,Listingreason\r\n2026-01-31 12:00:00,{bad},AsyncRAT C&C\r\n");
    let server = FakeServer::start(
        move |seen| if seen.target == "/list.csv" { Reply::new(200, list.as_bytes()) } else { Reply::new(200, "<html>") },
    );
    let server = server.expect("a server");
    let play = Play::new(&format!("tls: {{abuse_list: '{}/list.csv'}}\nhttp: {{retries: 0}}", server.url()));
    assert_eq!(play.ask::<InAbuseList>(&["nonsense"], &[])[0]["status"], "bad_format");
    assert_eq!(server.seen().len(), 0, "nothing to look up, nothing to download");
    let good = "f".repeat(40);
    let said = play.ask::<InAbuseList>(&["01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67", &good, ""], &[]);
    let expected = json!({
        "sha1": bad, "is_listed": true, "listing_date": 1_769_860_800_000_000_i64, "reason": "AsyncRAT C&C", "status": "ok",
        "looked_up_at": said[0]["looked_up_at"], "cached": false,
    });
    assert_eq!(said[0], expected);
    assert_eq!((&said[1]["is_listed"], &said[1]["reason"], &said[2]["status"]), (&json!(false), &json!(null), &json!("bad_format")));
    let again = play.ask::<InAbuseList>(&[bad], &[]);
    assert_eq!((&again[0]["cached"], &again[0]["is_listed"], server.seen().len()), (&json!(true), &json!(true), 1));
    // A statement has many batches, and each is asked for a new list: one that is younger than abuse.ch makes them is new.
    play.ask::<InAbuseList>(&[bad], &[("refresh", Value::Bool(true))]);
    assert_eq!(server.seen().len(), 1);
    let context = huntsql_lookups::context::context(Some(&play.config())).expect("a context");
    let url = format!("{}/list.csv", server.url());
    let key = format!("sslbl {url}");
    let (body, at) = context.cache.list(&key).expect("the list that is kept");
    context.cache.keep_list(&key, &body, at - 6 * 60 * 1_000_000, Duration::from_secs(3600));
    assert_eq!(play.ask::<InAbuseList>(&[bad], &[])[0]["cached"], true);
    play.ask::<InAbuseList>(&[bad], &[("refresh", Value::Bool(true))]);
    assert_eq!(server.seen().len(), 2);
    let broken = Play::new(&format!("tls: {{abuse_list: '{}/other'}}\nhttp: {{retries: 0}}", server.url()));
    let said = broken.ask::<InAbuseList>(&[bad], &[]);
    assert_eq!((&said[0]["status"], &said[0]["is_listed"]), (&json!("error: not a list of certificates"), &json!(null)));
}
