//! Owners, asked of registries that a server on loopback plays.

#![expect(clippy::expect_used, reason = "a test stops where its server does not start")]

mod common;

use common::Play;
use huntsql_fakes::dns::{DnsReply, DnsSeen, FakeDns};
use huntsql_fakes::http::{FakeServer, Reply, Seen};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_lookups::whois::{AsnOnline, Whois};
use serde_json::json;

const NETWORK: &str = include_str!("rdap/network.json");
const DOMAIN: &str = include_str!("rdap/domain.json");

fn registry(seen: &Seen) -> Reply {
    match seen.target.as_str() {
        "/ip/45.83.66.7" => Reply::new(200, NETWORK),
        "/domain/made-up-site.com" => Reply::new(200, DOMAIN),
        "/domain/broken-site.com" => Reply::new(200, "<html>"),
        "/domain/other-site.com" => Reply::new(200, NETWORK),
        "/domain/limited-site.com" => Reply::new(429, "").header("retry-after", "86400"),
        "/domain/refused-site.com" => Reply::new(403, ""),
        _ => Reply::new(404, r#"{"errorCode": 404, "title": "not found"}"#),
    }
}

fn play(server: &FakeServer) -> Play {
    Play::new(&format!("rdap: {{base_url: '{}', limit: 1000/s}}\nhttp: {{retries: 0}}\nnever_send: [secret-site.com]", server.url()))
}

#[test]
fn networks_and_domains() {
    let server = FakeServer::start(registry).expect("a server");
    let play = play(&server);
    let texts = ["45[.]83[.]66[.]7", "www.Made-Up-Site.com", "made-up-site.com", "gone-site.com"];
    let said = play.ask::<Whois>(&texts, &[]);
    let expected = json!({
        "query": "45.83.66.7", "type": "ip", "handle": "NET-45-83-64-0-1", "name": "MADE-UP-NET", "org": "Made-Up Networks", "country": "DE",
        "network": "45.83.66.0/23", "start_ip": "45.83.64.0", "end_ip": "45.83.67.255", "registrar": null,
        "created": 1_394_830_325_000_000_i64, "updated": 1_703_802_296_000_000_i64, "expires": null, "status_codes": ["active"], "nameservers": [],
        "emails": ["abuse@made-up.test", "noc@made-up.test"], "abuse_email": "abuse@made-up.test",
        "rdap_url": "https://rdap.made-up.test/ip/45.83.64.0", "status": "ok", "looked_up_at": said[0]["looked_up_at"], "cached": false,
    });
    assert_eq!(said[0], expected);
    let expected = json!({
        "query": "made-up-site.com", "type": "domain", "handle": "2138514_DOMAIN_COM-VRSN", "name": "made-up-site.com", "org": null, "country": null,
        "network": null, "start_ip": null, "end_ip": null, "registrar": "Made-Up Registrar Inc.",
        "created": 874_296_000_000_000_i64, "updated": 1_568_043_544_000_000_i64, "expires": 1_852_516_800_000_000_i64,
        "status_codes": ["client delete prohibited", "client transfer prohibited"], "nameservers": ["ns1.made-up.test", "ns2.made-up.test"],
        "emails": ["abuse@registrar.test"], "abuse_email": "abuse@registrar.test",
        "rdap_url": format!("{}/domain/made-up-site.com", server.url()), "status": "ok", "looked_up_at": said[1]["looked_up_at"], "cached": false,
    });
    assert_eq!((&said[1], &said[2]), (&expected, &expected));
    assert_eq!((&said[3]["status"], &said[3]["handle"], &said[3]["emails"]), (&json!("not_found"), &json!(null), &json!(null)));
    assert_eq!(server.seen().len(), 3);
    assert!(server.seen()[0].header("accept").is_some_and(|accept| accept.starts_with("application/rdap+json")));
    let again = play.ask::<Whois>(&texts, &[]);
    assert!(again.iter().all(|said| said["cached"] == true) && server.seen().len() == 3, "that nothing is known is known, too");
}

#[test]
fn every_fault_is_a_status_of_its_row() {
    let server = FakeServer::start(registry).expect("a server");
    let cases = [
        ("broken-site.com", "error: not an answer of RDAP"),
        ("other-site.com", "error: not an answer of RDAP about a domain"),
        ("limited-site.com", "quota"),
        ("refused-site.com", "error: access denied (HTTP 403)"),
        ("secret-site.com", "never_send"),
        ("10.0.0.1", "not_global"),
        ("dc01.corp", "not_global"),
        ("co.uk", "bad_format"),
        ("made-up-site.com", "ok"),
    ];
    let said = play(&server).ask::<Whois>(&cases.map(|(text, _)| text), &[]);
    for ((text, status), said) in cases.iter().zip(&said) {
        assert_eq!(&said["status"], status, "{text}");
    }
    assert!(server.seen().iter().all(|seen| !seen.target.contains("secret") && !seen.target.contains("dc01")));
    let nowhere = Play::new("http: {retries: 0}").ask::<Whois>(&["made-up.zw"], &[]);
    assert_eq!(nowhere[0]["status"], "error: no server of RDAP is known that is responsible");
}

#[test]
fn an_answer_is_that_of_its_server() {
    let (server, wrong) = (FakeServer::start(registry).expect("a server"), FakeServer::start(|_| Reply::new(404, "")).expect("a server"));
    let play = play(&server);
    let right = std::fs::read_to_string(play.config()).expect("a configuration");
    std::fs::write(play.config(), right.replace(server.url().as_str(), &format!("{}/wrong", wrong.url()))).expect("a configuration");
    assert_eq!(play.ask::<Whois>(&["made-up-site.com"], &[])[0]["status"], "not_found");
    std::fs::write(play.config(), right).expect("a configuration");
    assert_eq!(play.ask::<Whois>(&["made-up-site.com"], &[])[0]["status"], "ok");
}

#[test]
fn registries_send_on_to_one_another_and_keep_their_limit() {
    let other = FakeServer::start(registry).expect("a server");
    let elsewhere = other.url();
    let server =
        FakeServer::start(move |seen| Reply::new(302, "").header("location", &format!("{elsewhere}{}", seen.target))).expect("a server");
    assert_eq!(play(&server).ask::<Whois>(&["45.83.66.7"], &[])[0]["status"], "ok");
    let evil = FakeServer::start(|_| Reply::new(302, "").header("location", "http://169.254.169.254/latest/meta-data")).expect("a server");
    assert_eq!(play(&evil).ask::<Whois>(&["45.83.66.7"], &[])[0]["status"], "error: sends us on to 169.254.169.254, where no key is sent");
    let limited = Play::new(&format!("rdap: {{base_url: '{}', limit: 3/s}}", other.url()));
    let before = other.seen().len();
    let texts: Vec<String> = (0..8).map(|at| format!("n{at}-site.com")).collect();
    limited.ask::<Whois>(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    assert_eq!(other.seen().len() - before, 8);
    assert!(other.most_within(std::time::Duration::from_secs(1)) <= 4, "three, and the one from before");
}

#[test]
fn lists_of_registries_are_those_of_today_on_request() {
    let server = FakeServer::start(|seen| match seen.target.as_str() {
        "/rdap/dns.json" => Reply::new(200, r#"{"services": [[["zw"], ["https://127.0.0.1:1/"]]]}"#),
        "/rdap/ipv4.json" | "/rdap/ipv6.json" => Reply::new(200, r#"{"services": [[["2001:db8::/32"], ["https://127.0.0.1:1/"]]]}"#),
        _ => Reply::new(404, ""),
    })
    .expect("a server");
    let play =
        Play::new(&format!("rdap: {{bootstrap_url: '{}/rdap', limit: 100/s}}\nhttp: {{retries: 0, connect_timeout: 1s}}", server.url()));
    let refresh = [("refresh_bootstrap", Value::Bool(true))];
    for _ in 0..2 {
        let said = play.ask::<Whois>(&["made-up.zw"], &refresh);
        assert_eq!(said[0]["status"], "error: no connection: 127.0.0.1:1 refuses connections");
        assert_eq!(server.seen().len(), 3, "once a day");
    }
    assert_eq!(play.ask::<Whois>(&["made-up.zw"], &[])[0]["status"], "error: no connection: 127.0.0.1:1 refuses connections");
    let broken = Play::new(&format!("rdap: {{bootstrap_url: '{}/none'}}\nhttp: {{retries: 0}}", server.url()));
    let error = broken.try_ask::<Whois>(&["made-up.zw"], &refresh, &Interrupt::default()).expect_err("an error").to_string();
    assert!(error.starts_with("whois: option 'refresh_bootstrap' cannot be done: not a list of RDAP servers: http://127.0.0.1"), "{error}");
}

fn cymru(seen: &DnsSeen) -> DnsReply {
    let name = seen.name.as_str();
    match name {
        "7.66.83.45.origin.asn.cymru.com" => DnsReply::new(0).txt(name, 60, "64499 | 45.0.0.0/8 | US | arin | 1990-01-01").txt(
            name,
            60,
            "64500 64501 | 45.83.64.0/22 | DE | ripencc | 2019-07-05",
        ),
        "8.66.83.45.origin.asn.cymru.com" => DnsReply::new(0).txt(name, 60, "64500 | 45.83.64.0/22 | DE | ripencc | 2019-07-05"),
        "9.66.83.45.origin.asn.cymru.com" => DnsReply::new(0).txt(name, 60, "no such thing"),
        "10.66.83.45.origin.asn.cymru.com" => DnsReply::new(2),
        "as64500.asn.cymru.com" => DnsReply::new(0).txt(name, 60, "64500 | DE | ripencc | 2019-07-05 | MADE-UP, DE"),
        _ if name.ends_with(".origin6.asn.cymru.com") => {
            DnsReply::new(0).txt(name, 60, "64502 | 2a00:1450::/32 | IE | ripencc | 2009-10-05")
        }
        _ => DnsReply::new(3),
    }
}

#[test]
fn who_announces_an_address() {
    let server = FakeDns::start(cymru).expect("a server");
    let play = Play::new(&format!("dns: {{servers: ['{}'], timeout: 1s, attempts: 1}}", server.address()));
    let texts = ["45.83.66.7", "2a00:1450::1", "45.83.66.9", "45.83.66.10", "45.83.66.11", "10.0.0.1", "x"];
    let said = play.ask::<AsnOnline>(&texts, &[]);
    let expected = json!({
        "ip": "45.83.66.7", "asn": 64500, "as_org": "MADE-UP, DE", "network": "45.83.64.0/22", "country": "DE", "registry": "ripencc",
        "allocated": 1_562_284_800_000_000_i64, "status": "ok", "looked_up_at": said[0]["looked_up_at"], "cached": false,
    });
    assert_eq!(said[0], expected);
    assert_eq!((&said[1]["asn"], &said[1]["as_org"], &said[1]["status"]), (&json!(64502), &json!(null), &json!("ok")));
    let statuses: Vec<String> = said[2..].iter().map(|said| said["status"].as_str().unwrap_or("").to_owned()).collect();
    let failed = format!("error: {} answers SERVFAIL", server.address());
    assert_eq!(statuses, ["error: not an answer of Team Cymru's", failed.as_str(), "not_found", "not_global", "bad_format"]);
    let v6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.4.1.0.0.a.2.origin6.asn.cymru.com";
    assert!(server.seen().iter().any(|seen| seen.name == v6));
    play.ask::<AsnOnline>(&["45.83.66.8"], &[]);
    assert_eq!(
        server.seen().iter().filter(|seen| seen.name == "as64500.asn.cymru.com").count(),
        1,
        "the name of a network is asked for once"
    );
    let before = server.seen().len();
    assert!(play.ask::<AsnOnline>(&["45.83.66.7"], &[])[0]["cached"] == true && server.seen().len() == before);
}

#[test]
fn what_a_resolver_says_of_an_address_is_its_own_word() {
    let (server, liar) = (FakeDns::start(cymru).expect("a server"), FakeDns::start(|_| DnsReply::new(3)).expect("a server"));
    let play = Play::new("");
    let asked = |at: &FakeDns| {
        let config = format!("cache: {{path: cache.sqlite}}\ndns: {{servers: ['{}'], timeout: 1s, attempts: 1}}\n", at.address());
        std::fs::write(play.config(), config).expect("a configuration");
        let said = play.ask::<AsnOnline>(&["45.83.66.7"], &[]);
        (said[0]["status"].clone(), said[0]["cached"].clone())
    };
    assert_eq!(asked(&liar), (json!("not_found"), json!(false)));
    assert_eq!(asked(&server), (json!("ok"), json!(false)));
    assert_eq!(asked(&liar), (json!("not_found"), json!(true)));
}
