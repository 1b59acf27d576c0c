//! Names, asked of a server that plays every fault, and of dnsmasq.

#![expect(clippy::expect_used, reason = "a test stops where its server does not start")]

mod common;

use common::Play;
use huntsql_fakes::dns::{DnsFault, DnsReply, DnsSeen, FakeDns, wire_name};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_lookups::dns::{DnsIsResolvable, DnsResolve, DnsReverse};
use serde_json::json;
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn zone(seen: &DnsSeen) -> DnsReply {
    let name = seen.name.as_str();
    match (name, seen.rtype) {
        ("www.zone-a.com", 1) => DnsReply::new(0).record(name, 5, 120, wire_name("cdn.zone-b.com")).a("cdn.zone-b.com", 300, [45, 1, 1, 1]),
        ("six.zone-a.com", 28) => DnsReply::new(0).record(name, 28, 60, [0x20, 1, 0x48, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("six.zone-a.com" | "mail.zone-a.com", _) => DnsReply::new(0).soa("zone-a.com", 600, 300),
        ("8.8.8.8.in-addr.arpa", 12) => DnsReply::new(0).record(name, 12, 60, wire_name("dns.google")),
        ("big.zone-a.com", 16) => DnsReply::new(0).txt(name, 60, &"x".repeat(3000)).fault(DnsFault::Truncated),
        ("cut.zone-a.com", _) => DnsReply::new(0).fault(DnsFault::Cut),
        ("spoofed.zone-a.com", _) => DnsReply::new(0).a(name, 60, [45, 1, 1, 2]).fault(DnsFault::WrongId(true)),
        ("guessed.zone-a.com", _) => DnsReply::new(0).a(name, 60, [45, 1, 1, 3]).fault(DnsFault::WrongId(false)),
        ("swapped.zone-a.com", _) => DnsReply::new(0).a(name, 60, [45, 1, 1, 4]).fault(DnsFault::WrongName),
        ("silent.zone-a.com", _) => DnsReply::new(0).fault(DnsFault::Silent),
        ("garbage.zone-a.com", _) => DnsReply::new(0).fault(DnsFault::Garbage),
        ("fails.zone-a.com", _) => DnsReply::new(2),
        ("refused.zone-a.com", _) => DnsReply::new(5),
        ("old.zone-a.com", _) if seen.has_size => DnsReply::new(1),
        ("old.zone-a.com", _) => DnsReply::new(0).a(name, 60, [45, 1, 1, 5]),
        ("loop.zone-a.com", _) => {
            DnsReply::new(0).record(name, 5, 60, wire_name("back.zone-a.com")).record("back.zone-a.com", 5, 60, wire_name(name))
        }
        ("com", 2) => DnsReply::new(0).record("com", 2, 60, wire_name("a.gtld-servers.net")),
        ("dc01.corp", 1) => DnsReply::new(0).a(name, 60, [10, 0, 0, 1]),
        _ => DnsReply::new(3).soa("zone-a.com", 600, 300),
    }
}

fn play(server: &FakeDns) -> Play {
    Play::new(&format!(
        "dns: {{servers: ['{}'], timeout: 300ms, attempts: 1}}\nnever_send: [secret.zone-a.com, 45.99.0.0/16]",
        server.address()
    ))
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn names_resolve_once_and_are_remembered() {
    let server = FakeDns::start(zone).expect("a server");
    let play = play(&server);
    let texts = ["www[.]Zone-A[.]com", "www.zone-a.com", "gone.zone-a.com", "mail.zone-a.com"];
    let first = play.ask::<DnsResolve>(&texts, &[]);
    let expected = json!({
        "name": "www.zone-a.com", "type": "A", "answers": ["45.1.1.1"],
        "records": [
            {"name": "www.zone-a.com", "type": "CNAME", "ttl": 120, "value": "cdn.zone-b.com"},
            {"name": "cdn.zone-b.com", "type": "A", "ttl": 300, "value": "45.1.1.1"},
        ],
        "canonical_name": "cdn.zone-b.com", "server": server.address().to_string(), "status": "ok",
        "looked_up_at": first[0]["looked_up_at"], "cached": false,
    });
    assert_eq!((&first[0], &first[1]), (&expected, &expected));
    assert_eq!((&first[2]["status"], &first[2]["answers"]), (&json!("not_found"), &json!([])));
    assert_eq!(first[3]["status"], "no_data");
    assert_eq!(server.seen().len(), 3, "each name once");
    let second = play.ask::<DnsResolve>(&texts, &[]);
    assert_eq!(server.seen().len(), 3, "all is known, that there is nothing too");
    assert!(second.iter().all(|said| said["cached"] == true) && second[0]["looked_up_at"] == first[0]["looked_up_at"]);
    play.ask::<DnsResolve>(&texts[..1], &[("refresh", Value::Bool(true))]);
    play.ask::<DnsResolve>(&texts[..1], &[("type", text("mx"))]);
    assert_eq!(server.seen().len(), 5);
}

#[test]
fn every_fault_is_a_status_of_its_row() {
    let server = FakeDns::start(zone).expect("a server");
    let play = play(&server);
    let at = server.address();
    let cases = [
        ("spoofed.zone-a.com", "ok".to_owned()),
        ("old.zone-a.com", "ok".to_owned()),
        ("guessed.zone-a.com", "error: no answer within 0.3 s".to_owned()),
        ("swapped.zone-a.com", "error: no answer within 0.3 s".to_owned()),
        ("fails.zone-a.com", format!("error: {at} answers SERVFAIL")),
        ("refused.zone-a.com", format!("error: {at} answers REFUSED")),
        ("garbage.zone-a.com", "error: no answer within 0.3 s".to_owned()),
        ("silent.zone-a.com", "error: no answer within 0.3 s".to_owned()),
        ("cut.zone-a.com", "error: the answer breaks off".to_owned()),
        ("loop.zone-a.com", format!("error: {at} answers with names that lead nowhere")),
        ("secret.zone-a.com", "never_send".to_owned()),
        ("dc01.corp", "not_global".to_owned()),
        ("dc01", "not_global".to_owned()),
        ("8.8.8.8", "bad_format".to_owned()),
        ("", "bad_format".to_owned()),
    ];
    let texts = cases.clone().map(|(name, _)| name);
    let said = play.ask::<DnsResolve>(&texts, &[]);
    for ((name, expected), said) in cases.iter().zip(&said) {
        assert_eq!(&said["status"], expected, "{name}");
    }
    assert_eq!(said[0]["answers"], json!(["45.1.1.2"]), "not the guess that came first");
    let names: Vec<String> = server.seen().into_iter().map(|seen| seen.name).collect();
    assert!(!names.iter().any(|name| name.contains("secret") || name.contains("dc01")), "{names:?}");
    let reverse = play.ask::<DnsResolve>(&["7.1.99.45.in-addr.arpa"], &[("type", Value::Text("PTR".to_owned()))]);
    assert_eq!(reverse[0]["status"], "never_send", "a name that stands for an address is that address");
    let again = play.ask::<DnsResolve>(&["fails.zone-a.com"], &[]);
    assert_eq!(again[0]["cached"], json!(null), "a failure is not remembered");
    let internal = play.ask::<DnsResolve>(&["dc01.corp"], &[("internal", Value::Bool(true))]);
    assert_eq!(internal[0]["answers"], json!(["10.0.0.1"]));
}

#[test]
fn what_does_not_fit_comes_over_tcp() {
    let server = FakeDns::start(zone).expect("a server");
    let said = play(&server).ask::<DnsResolve>(&["big.zone-a.com"], &[("type", text("TXT"))]);
    assert_eq!(said[0]["answers"], json!(["x".repeat(3000)]));
    assert_eq!(server.seen().iter().map(|seen| seen.is_tcp).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn addresses_have_names() {
    let server = FakeDns::start(zone).expect("a server");
    let said = play(&server).ask::<DnsReverse>(&["8[.]8[.]8[.]8", "10.0.0.1", "9.9.9.9", "x"], &[]);
    assert_eq!(
        (&said[0]["name"], &said[0]["names"], &said[0]["ptr"]),
        (&json!("dns.google"), &json!(["dns.google"]), &json!("8.8.8.8.in-addr.arpa"))
    );
    assert_eq!(
        said.iter().map(|said| said["status"].as_str().unwrap_or("")).collect::<Vec<_>>(),
        ["ok", "not_global", "not_found", "bad_format"]
    );
    assert!(server.seen().iter().all(|seen| seen.rtype == 12), "PTR is what is asked for");
}

#[test]
fn a_name_is_resolvable_by_either_kind_of_address() {
    let server = FakeDns::start(zone).expect("a server");
    let texts = ["www.zone-a.com", "six.zone-a.com", "mail.zone-a.com", "gone.zone-a.com", "fails.zone-a.com", "dc01"];
    let said = play(&server).ask::<DnsIsResolvable>(&texts, &[]);
    assert_eq!(said, [json!(true), json!(true), json!(false), json!(false), json!(null), json!(null)]);
}

#[test]
fn a_dead_server_is_left_alone_and_another_is_asked() {
    let dead = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = dead.local_addr().expect("an address");
    let only = Play::new(&format!("dns: {{servers: ['{address}'], timeout: 200ms, attempts: 2}}"));
    let texts: Vec<String> = (0..300).map(|at| format!("n{at}.zone-a.com")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let started = Instant::now();
    let said = only.ask::<DnsResolve>(&texts, &[]);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert!(said.iter().all(|said| said["status"].as_str().is_some_and(|status| status.starts_with("error: "))));
    assert!(said.iter().any(|said| said["status"].as_str().is_some_and(|status| status.contains("not asked any more"))));
    let server = FakeDns::start(zone).expect("a server");
    let both = Play::new(&format!("dns: {{servers: ['{address}', '{}'], timeout: 200ms, attempts: 1}}", server.address()));
    assert_eq!(both.ask::<DnsResolve>(&["www.zone-a.com"], &[])[0]["status"], "ok");
}

#[test]
fn dead_domains_are_not_a_dead_resolver() {
    let server = FakeDns::start(|seen| {
        let is_dead = seen.name.starts_with("dead");
        zone(seen).fault(if is_dead { DnsFault::Silent } else { DnsFault::None })
    })
    .expect("a server");
    let texts: Vec<String> = (0..60).map(|at| format!("dead{at}.zone-a.com")).collect();
    let said = play(&server).ask::<DnsResolve>(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    assert!(said.iter().all(|said| said["status"] == "error: no answer within 0.3 s"), "each is asked about");
    assert!(server.seen().iter().any(|seen| seen.name == "com"));
}

#[test]
fn bounds_and_cancellation() {
    let server = FakeDns::start(|seen| zone(seen).after(Duration::from_millis(1500))).expect("a server");
    let play = Play::new(&format!("dns: {{servers: ['{}'], timeout: 5s}}", server.address()));
    let error = play.try_ask::<DnsResolve>(&["a.zone-a.com", "b.zone-a.com"], &[("max_lookups", Value::Int(1))], &Interrupt::default());
    assert!(
        error.is_err_and(|error| error.to_string().starts_with("dns_resolve: option 'max_lookups' is too small: 2 look-ups are needed"))
    );
    assert_eq!(server.seen().len(), 0, "nothing was sent");
    let (interrupt, started) = (Interrupt::default(), Instant::now());
    let stopper = interrupt.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stopper.stop();
    });
    drop(play.try_ask::<DnsResolve>(&["www.zone-a.com"], &[], &interrupt));
    assert!(started.elapsed() < Duration::from_secs(1), "it does not wait for answers");
    for (name, value, expected) in [
        ("type", text("HINFO"), "dns_resolve: option 'type' must be 'A' or 'AAAA'"),
        ("interna", Value::Bool(true), "dns_resolve: unknown option 'interna', did you mean 'internal'?"),
        ("config", text("/none/config.yaml"), "dns_resolve: option 'config' cannot be used: configuration /none/config.yaml"),
    ] {
        let error = play.try_ask::<DnsResolve>(&["x.com"], &[(name, value)], &Interrupt::default()).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

/// dnsmasq on loopback, and its end.
struct Dnsmasq(Child);

impl Drop for Dnsmasq {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn a_real_server_agrees() {
    let Some(program) = ["/usr/sbin/dnsmasq", "/usr/bin/dnsmasq"].into_iter().find(|path| std::path::Path::new(path).exists()) else {
        eprintln!("SKIPPED: dnsmasq is not installed (apt-get install dnsmasq-base), names are tested against our own server only");
        return;
    };
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let long = format!("--txt-record=long.zone-a.com,{}", vec!["y".repeat(250); 12].join(","));
    let child = Command::new(program)
        .args([
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            "--user=root",
        ])
        .args([&format!("--port={port}"), "--local-ttl=77", "--local=/zone-a.com/", "--pid-file", &long])
        .args([
            "--host-record=host.zone-a.com,45.1.1.9,2001:4860::9",
            "--cname=alias.zone-a.com,host.zone-a.com",
            "--mx-host=zone-a.com,mx.zone-a.com,20",
        ])
        .args([
            "--srv-host=_sip._tcp.zone-a.com,host.zone-a.com,5060,1,2",
            "--caa-record=zone-a.com,0,issue,ca.test",
            "--txt-record=zone-a.com,v=spf1 -all",
        ])
        .args(["--ptr-record=9.9.1.45.in-addr.arpa,back.zone-a.com"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _dnsmasq = Dnsmasq(child.expect("dnsmasq"));
    let play = Play::new(&format!("dns: {{servers: ['127.0.0.1:{port}'], timeout: 1s, attempts: 1}}"));
    let end = Instant::now() + Duration::from_secs(20);
    while play.ask::<DnsResolve>(&["host.zone-a.com"], &[])[0]["status"] != "ok" {
        assert!(Instant::now() < end, "dnsmasq does not start");
        std::thread::sleep(Duration::from_millis(100));
    }
    let long = "y".repeat(250 * 12);
    for (name, rtype, expected) in [
        ("host.zone-a.com", "A", "45.1.1.9"),
        ("host.zone-a.com", "AAAA", "2001:4860::9"),
        ("alias.zone-a.com", "A", "45.1.1.9"),
        ("alias.zone-a.com", "CNAME", "host.zone-a.com"),
        ("zone-a.com", "MX", "20 mx.zone-a.com"),
        ("_sip._tcp.zone-a.com", "SRV", "1 2 5060 host.zone-a.com"),
        ("zone-a.com", "CAA", "0 issue \"ca.test\""),
        ("zone-a.com", "TXT", "v=spf1 -all"),
        ("long.zone-a.com", "TXT", &long),
        ("9.9.1.45.in-addr.arpa", "PTR", "back.zone-a.com"),
    ] {
        let said = play.ask::<DnsResolve>(&[name], &[("type", text(rtype))]);
        assert_eq!((&said[0]["answers"], &said[0]["status"]), (&json!([expected]), &json!("ok")), "{name} {rtype}: {said:?}");
    }
    assert_eq!(play.ask::<DnsResolve>(&["none.zone-a.com"], &[])[0]["status"], "not_found");
    assert_eq!(play.ask::<DnsReverse>(&["45.1.9.9"], &[])[0]["name"], "back.zone-a.com");
}
