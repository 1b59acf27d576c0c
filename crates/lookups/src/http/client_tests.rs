use super::*;
use crate::http::setting;
use huntsql_fakes::http::{FakeServer, Reply, Seen};

const KEY: &str = "canary-7f3a";

fn values() -> Values {
    Values([("api_key".to_owned(), Secret::new(KEY))].into())
}

fn client(change: impl FnOnce(&mut Http)) -> Client {
    let mut settings =
        Http { timeout: Duration::from_millis(600), connect_timeout: Duration::from_millis(300), retries: 1, ..Http::default() };
    change(&mut settings);
    Client::new(&settings, &|_| None).expect("a client")
}

fn request() -> Request {
    Request::get("/ip/")
        .segment("8.8.8.8")
        .header("x-key", setting("api_key"))
        .query("key", setting("api_key"))
        .query("other", setting("unset"))
}

fn asked(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Result<Response, Failure>, Vec<Seen>) {
    let server = FakeServer::start(handler).expect("a server");
    let outcome = client(|_| ()).ask(&server.url(), &request(), &values(), &Open, &Stop::default());
    let seen = server.seen();
    (outcome, seen)
}

#[test]
fn the_key_reaches_the_provider_and_nobody_else() {
    let (outcome, seen) = asked(|_| Reply::new(200, "{}"));
    assert_eq!(outcome, Ok(Response { status: 200, body: b"{}".to_vec() }));
    assert_eq!((seen[0].header("x-key"), seen[0].target.as_str()), (Some(KEY), "/ip/8.8.8.8?key=canary-7f3a"));
    assert!(seen[0].header("user-agent").is_some_and(|agent| agent.starts_with("huntsql/")));
}

#[test]
fn every_fault_is_named_and_none_shows_the_key() {
    let other = FakeServer::start(|_| Reply::new(200, "{}")).expect("a server");
    let elsewhere = other.url().replace("127.0.0.1", "localhost");
    let cases: Vec<(&str, Reply, usize)> = vec![
        ("error: access denied (HTTP 401): check the key", Reply::new(401, ""), 1),
        ("error: access denied (HTTP 403): check the key", Reply::new(403, KEY), 1),
        ("error: HTTP 500", Reply::new(500, ""), 2),
        ("error: HTTP 400", Reply::new(400, ""), 1),
        ("quota", Reply::new(429, ""), 2),
        ("quota", Reply::new(429, "").header("retry-after", "86400"), 1),
        ("error: no answer within 0.6 s", Reply::new(200, "{}").after(Duration::from_secs(2)), 2),
        ("error: no answer within 0.6 s", Reply::new(200, "0123456789").dripping(Duration::from_millis(200)), 2),
        ("error: the answer breaks off", Reply::new(200, "{").cut(), 2),
        ("error: sends us on to localhost, where no key is sent", Reply::new(302, "").header("location", &elsewhere), 1),
        ("error: the answer is larger than 16777216 bytes", Reply::new(200, "").endless(100 << 20), 1),
    ];
    for (expected, reply, attempts) in cases {
        let (outcome, seen) = asked(move |_| reply.clone());
        let failure = outcome.expect_err(expected);
        assert_eq!((failure.status().as_str(), seen.len()), (expected, attempts));
        assert!(!format!("{failure} {failure:?}").contains(KEY));
    }
    assert_eq!(other.seen().len(), 0, "the other host is not asked");
}

#[test]
fn a_key_that_is_echoed_is_masked() {
    let (outcome, _) = asked(|seen| Reply::new(200, format!("{{\"asked\": \"{}\"}}", seen.target)));
    assert_eq!(outcome.map(|response| response.text().into_owned()), Ok("{\"asked\": \"/ip/8.8.8.8?key=***\"}".to_owned()));
}

#[test]
fn only_secrets_are_masked_and_bytes_stay_bytes() {
    let body = [b"\xff\xfe application/json canary-7f3a acme-corp \xff".as_slice()].concat();
    let server = FakeServer::start(move |_| Reply::new(200, body.clone())).expect("a server");
    let values = Values(
        [
            ("api_key".to_owned(), Secret::new(KEY)),
            ("instance".to_owned(), Secret::new("acme-corp").open()),
            ("accept".to_owned(), Secret::new("application/json").open()),
        ]
        .into(),
    );
    let answer = client(|_| ()).ask(&server.url(), &request(), &values, &Open, &Stop::default()).expect("an answer");
    assert_eq!(answer.body, b"\xff\xfe application/json *** acme-corp \xff");
}

#[test]
fn what_may_pass_is_tried_again() {
    let (outcome, seen) = asked(|seen| if seen.repeats == 0 { Reply::new(503, "") } else { Reply::new(200, "{}") });
    assert!(outcome.is_ok() && seen.len() == 2);
    let (outcome, seen) =
        asked(|seen| if seen.repeats == 0 { Reply::new(429, "").header("retry-after", "1") } else { Reply::new(404, "none") });
    assert_eq!(outcome.map(|response| response.status), Ok(404));
    assert!(seen[1].at.duration_since(seen[0].at) >= Duration::from_secs(1), "it waits as long as it is told");
    let (outcome, seen) =
        asked(|seen| if seen.target == "/moved" { Reply::new(200, "{}") } else { Reply::new(302, "").header("location", "/moved") });
    assert!(outcome.is_ok() && seen[1].header("x-key") == Some(KEY), "the same host gets the key");
}

#[test]
fn only_what_holds_no_key_may_go_elsewhere_and_only_safely() {
    let other = FakeServer::start(|_| Reply::new(200, "{}")).expect("a server");
    let elsewhere = other.url();
    let server = FakeServer::start(move |_| Reply::new(302, "").header("location", &elsewhere)).expect("a server");
    let ask = |request: Request, values: &Values| client(|_| ()).ask(&server.url(), &request, values, &Open, &Stop::default());
    assert!(ask(Request::get("/x").may_go_elsewhere(), &Values::default()).is_ok());
    assert!(matches!(ask(Request::get("/x"), &Values::default()), Err(Failure::Redirect(_))));
    assert!(matches!(ask(request().may_go_elsewhere(), &values()), Err(Failure::Redirect(_))));
    assert_eq!(other.seen().len(), 1);
    let before = other.seen().len();
    assert!(ask(request().leaves_keys_behind(), &values()).is_ok());
    let there = &other.seen()[before];
    assert!(there.headers.iter().all(|(_, value)| !value.contains("canary")) && there.body.is_empty(), "{there:?}");
    let road = |from: &str, to: &str| is_open_road(&url::Url::parse(from).expect("a URL"), &url::Url::parse(to).expect("a URL"));
    for (to, expected) in [
        ("https://rdap.registry-b.com/", true),
        ("https://rdap.b.test/", false),
        ("https://vcenter/", false),
        ("https://intranet.corp/", false),
        ("https://files.local/", false),
        ("https://9.9.9.9/", true),
        ("http://rdap.b.test/", false),
        ("https://10.0.0.1/", false),
        ("https://127.0.0.1/", false),
        ("https://[::1]/", false),
        ("https://localhost/", false),
        ("http://169.254.169.254/latest", false),
    ] {
        assert_eq!(road("https://rdap.a.test/", to), expected, "{to}");
    }
}

#[test]
fn settings_that_cannot_work_are_named() {
    let ask = |base_url: &str, request: &Request, values: &Values| {
        client(|settings| settings.retries = 0).ask(base_url, request, values, &Open, &Stop::default()).expect_err("a failure").to_string()
    };
    let refused = ask("http://127.0.0.1:1", &request(), &values());
    assert_eq!(refused, "no connection: 127.0.0.1:1 refuses connections");
    assert_eq!(ask("http://api.test", &request(), &values()), "base_url is http: the key would travel to api.test for all to read");
    assert_eq!(ask("HTTP://api.test", &request(), &values()), "base_url is http: the key would travel to api.test for all to read");
    assert!(ask("nonsense", &request(), &values()).contains("base_url"));
    let in_path = Request::get("/").path(setting("api_key"));
    assert_eq!(ask("http://127.0.0.1:1", &in_path, &Values::default()), "the setting api_key is missing");
    let broken = Values([("api_key".to_owned(), Secret::new("a\u{1}b"))].into());
    assert!(ask("http://127.0.0.1:1", &request(), &broken).contains("cannot be sent"));
    let wrong = Client::new(&Http { ca_file: Some("/nowhere.pem".into()), ..Http::default() }, &|_| None);
    assert!(wrong.is_err_and(|why| why.starts_with("http.ca_file: /nowhere.pem")));
    let wrong = Client::new(&Http { proxy: Some(crate::config::Reference::Plain(Secret::new("::"))), ..Http::default() }, &|_| None);
    assert!(wrong.is_err_and(|why| why.starts_with("http.proxy is no URL")));
}

#[test]
fn a_proxy_is_asked_in_place_of_the_host() {
    let proxy = FakeServer::start(|_| Reply::new(200, "{}")).expect("a server");
    let through = client(|settings| settings.proxy = Some(crate::config::Reference::Plain(Secret::new(&proxy.url()))));
    let outcome = through.ask("http://127.0.0.1:9", &request(), &values(), &Open, &Stop::default());
    assert!(!proxy.seen().is_empty(), "{outcome:?}");
}

#[test]
fn a_stop_ends_the_waiting() {
    let stop = std::sync::Arc::new(Stop::default());
    let server = FakeServer::start(|_| Reply::new(429, "").header("retry-after", "60")).expect("a server");
    let (setter, started) = (std::sync::Arc::clone(&stop), Instant::now());
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        setter.set();
    });
    assert_eq!(client(|_| ()).ask(&server.url(), &request(), &values(), &Open, &stop), Err(Failure::Stopped));
    assert!(started.elapsed() < Duration::from_secs(30));
}
