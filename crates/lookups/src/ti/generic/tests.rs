use super::*;
use crate::ti::Found;

const EXAMPLE: &str = include_str!("../../../../../examples/providers/acme_reputation.yaml");

fn example() -> GenericProvider {
    GenericProvider::read(EXAMPLE, "acme_reputation.yaml").expect("the example is right")
}

fn ioc(kind: IocType, value: &str) -> Ioc<'_> {
    Ioc { kind, value }
}

fn said(provider: &GenericProvider, status: u16, body: &str) -> Result<Verdict, DecodeError> {
    provider.verdict(ioc(IocType::Ipv4, "45.83.66.1"), &Response { status, body: body.as_bytes().to_vec() })
}

#[test]
fn the_example_asks() {
    let provider = example();
    let spec = provider.spec();
    assert_eq!(
        (spec.name.as_ref(), spec.account.as_ref(), spec.types.len(), spec.ttl.as_secs()),
        ("acme_reputation", "acme_reputation", 6, 43_200)
    );
    assert_eq!(spec.limit.map(|limit| (limit.requests, limit.per.as_secs())), Some((20, 60)));
    let settings: Vec<_> = spec.settings.iter().map(|setting| (setting.name.as_ref(), setting.is_secret, setting.is_required)).collect();
    assert_eq!(settings, [("api_key", true, true), ("region", false, true)]);
    let request = provider.request(ioc(IocType::Ipv6, "2a0b::7"));
    assert_eq!((request.method().name(), request.target().as_str()), ("GET", "/v1/address/2a0b%3A%3A7?details=full"));
    assert_eq!(request.settings(), ["api_key"]);
    let hostile = "x\", \"limit\": 9, \"y\": \"{api_key}\\";
    let request = provider.request(ioc(IocType::Md5, hostile));
    assert_eq!((request.method().name(), request.target().as_str()), ("POST", "/v1/search"));
    let body: Value = serde_json::from_str(&request.shown_body()).expect("JSON");
    assert_eq!(body, serde_json::json!({"kind": "md5", "value": hostile, "limit": 1}));
    let request = provider.request(ioc(IocType::Domain, "a.com/../../admin?x=1#y"));
    assert_eq!(request.target(), "/v1/name/a.com%2F..%2F..%2Fadmin%3Fx%3D1%23y");
}

#[test]
fn the_documentation_is_right() {
    let text = include_str!("../generic.md");
    let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let provider = GenericProvider::read(example, "generic.md").expect("the example is right");
    assert_eq!(provider.spec().types.len(), 5);
}

#[test]
fn the_example_judges() {
    let provider = example();
    let high = said(
        &provider,
        200,
        r#"{"status": "ok", "result": {"known": true, "score": "80", "class": "scanner", "owner": null, "families": [{"name": "A"}, {"name": "B"}, {"name": "A"}, {}], "seen": {"last": "2026-01-02"}}}"#,
    );
    let high = high.expect("an answer");
    assert_eq!((high.found, high.severity, high.score), (Found::Hit, Severity::High, Some(80.0)));
    assert_eq!(Value::Object(high.details).to_string(), r#"{"class":"scanner","families":["A","B"],"last_seen":"2026-01-02"}"#);
    assert_eq!(high.reference.as_deref(), Some("https://reputation.example.com/ipv4/45.83.66.1"));
    for (body, expected) in [
        (r#"{"result": {"score": 0, "class": "Phishing"}}"#, Some((Found::Hit, Severity::High))),
        (r#"{"result": {"score": 25}}"#, Some((Found::Hit, Severity::Warning))),
        (r#"{"result": {"score": 24}}"#, Some((Found::NoHit, Severity::Information))),
        (r#"{"result": {"known": false, "score": 99}}"#, Some((Found::Unknown, Severity::Unknown))),
        (r#"{"status": "ok"}"#, Some((Found::Unknown, Severity::Unknown))),
        (r#"{"status": "error", "message": "no credit", "result": {"score": 99}}"#, None),
        (r#"{"result": {"points": 99}}"#, None),
        (r#"{}"#, None),
        (r#"[]"#, None),
        ("", None),
        ("<html>", None),
    ] {
        assert_eq!(said(&provider, 200, body).ok().map(|said| (said.found, said.severity)), expected, "{body}");
    }
    assert_eq!(said(&provider, 404, "<html>").map(|said| said.found), Ok(Found::Unknown));
    assert_eq!(said(&provider, 200, r#"{"status": "error", "message": "no credit"}"#), Err(DecodeError("no credit".to_owned())));
}

#[test]
fn hostile_answers_are_cut() {
    let text = "name: x\nsummary: y\nbase_url: http://intranet.example.com\ntypes: {ipv4: {path: '/{ioc}'}}\nanswer:\n  reference: link\n  score: s[*]\n  \
                details: {all: list, each: 'list[*]', deep: deep, text: text}\n";
    let provider = GenericProvider::read(text, "x.yaml").expect("a provider");
    let body = serde_json::json!({"list": (0..100).collect::<Vec<_>>(), "deep": {"a": {"b": {"c": {"d": 1}}}}, "text": "ü".repeat(9999),
        "link": "javascript:alert(1)", "s": [1, "7", "x", null]});
    let said = said(&provider, 200, &body.to_string()).expect("an answer");
    assert_eq!((said.severity, said.score, said.reference), (Severity::Information, Some(7.0), None));
    let count = |name: &str| said.details.get(name).and_then(Value::as_array).map(Vec::len);
    assert_eq!((count("all"), count("each")), (Some(20), Some(20)));
    assert_eq!((said.details.get("all_count"), said.details.get("each_count")), (Some(&Value::from(100)), Some(&Value::from(100))));
    assert_eq!(said.details.get("deep"), Some(&serde_json::json!({"a": {"b": {"c": null}}})));
    assert!(said.details.get("text").and_then(Value::as_str).is_some_and(|text| text.chars().count() == 501));
}

#[test]
fn forms_and_basic_authentication() {
    let text = "name: x/y\nsummary: z\nbase_url: https://a.example.com/\nsettings: {user: {secret: false}, pass: {required: false}}\n\
                types:\n  url:\n    path: /a\n    basic: {user: '{user}', password: '{pass}'}\n    query: {'q[0]': '{ioc}'}\n    \
                form: {url: '{ioc}', key: '{pass}', id: '{ioc_base64url}'}\n";
    let provider = GenericProvider::read(text, "x.yaml").expect("a provider");
    assert_eq!((provider.spec().account.as_ref(), provider.spec().base_url.as_ref()), ("x", "https://a.example.com"));
    let request = provider.request(ioc(IocType::Url, "http://a.com/?b=c&d"));
    assert_eq!(request.target(), "/a?q%5B0%5D=http%3A%2F%2Fa.com%2F%3Fb%3Dc%26d");
    assert_eq!(request.shown_body(), "url=http%3A%2F%2Fa.com%2F%3Fb%3Dc%26d&key=%7Bpass%7D&id=aHR0cDovL2EuY29tLz9iPWMmZA");
    assert_eq!(request.settings(), ["pass", "user"]);
}

/// The example with one line changed.
fn changed(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from}");
    EXAMPLE.replacen(from, to, 1)
}

#[test]
#[rustfmt::skip]
fn wrong_files() {
    let line = |part: &str| EXAMPLE.lines().position(|line| line.contains(part)).expect(part) + 1;
    for (from, to, at, what) in [
        ("name: acme_reputation", "nmae: acme", "name:", "unknown field 'nmae' of a provider, did you mean 'name'?"),
        ("name: acme_reputation", "name: Acme", "name:", "must be of lower-case letters"),
        ("name: acme_reputation", "name: virustotal", "name:", "belongs to a provider that there is already"),
        ("name: acme_reputation", "name: a/b/c", "name:", "must be of lower-case letters"),
        ("base_url: https:", "base_url: http:", "base_url:", "must begin with https://, since a setting is secret"),
        ("base_url: https://reputation.{region}", "base_url: https://{ioc}", "base_url:", "would choose who is asked"),
        ("base_url: https://", "base_url: https://user@", "base_url:", "without user"),
        ("{region}.example", "{regoin}.example", "base_url:", "did you mean 'region'?"),
        ("limit: 20/min", "limit: 20", "limit: 20", "must be like 4/min"),
        ("limit: 20/min", "limit: 0/min", "limit: 20", "must be like 4/min"),
        ("ttl: 12 hours", "ttl: 12 fortnights", "ttl:", "must be like 1 day"),
        ("ttl: 12 hours", "ttl: 99999 days", "ttl:", "at most a year"),
        ("  api_key:\n", "  ioc:\n", "api_key:", "a setting cannot be called 'ioc'"),
        ("secret: false", "secret: no", "secret:", "must be true or false, got 'no'"),
        ("secret: false", "secert: false", "secret:", "unknown field 'secert' of a setting, did you mean 'secret'?"),
        ("ipv4, ipv6:", "ipv4, ipv5:", "ipv4, ipv6:", "unknown type 'ipv5', did you mean 'ipv4'?"),
        ("ipv4, ipv6:", "ipv4, domain:", "domain:", "two requests for the type 'domain'"),
        ("path: /v1/address/{ioc}", "path: v1/address/{ioc}", "/v1/address", "must begin with /"),
        ("path: /v1/address/{ioc}", "path: /v1/address?a={ioc}", "/v1/address", "the query is a field of its own"),
        ("path: /v1/name/{ioc}", "path: /v1/name", "/v1/name", "names no indicator"),
        ("Bearer {api_key}", "Bearer {api_kye}", "Bearer", "did you mean 'api_key'?"),
        ("Bearer {api_key}", "Bearer {ioc}", "Bearer", "cannot stand in a header"),
        ("authorization: Bearer", "'a b': Bearer", "Bearer", "the header 'a b'"),
        ("details: full", "details: [full]", "details: full", "must be one text"),
        ("limit: 1\n", "limit: '{api_key}'\n", "limit: 1", "a setting cannot stand in json"),
        ("    json:\n", "    method: get\n    json:\n", "json:", "a GET has no body"),
        ("    json:\n", "    form: {a: b}\n    json:\n", "kind:", "a form or json, not both"),
        ("score: result.score", "score: result..score", "score: result", "field 'score' needs a name where '.score'"),
        ("families: result.families[*].name", "families: result.families[", "families:", "field 'families' has a '[' without ']'"),
        ("unknown_when: result.known == false or", "unknown_when: result.known = false or", "unknown_when:", "needs a comparison where '= false"),
        ("high: result.score >= 75", "high: result.score >= bad", "high:", "which is no number"),
        ("high: result.score", "critical: result.score", "high:", "unknown field 'critical' of severity"),
    ] {
        let text = changed(from, to);
        let error = GenericProvider::read(&text, "acme.yaml").expect_err(to);
        assert!(error.what.contains(what), "{to:?}: {error}");
        // Two cases add a line before the one at fault.
        let expected = if to.contains("form: {a: b}") { line("json:") + 2 } else { line(at) };
        assert_eq!(error.line, expected, "{to:?}: {error}");
        assert!(error.to_string().starts_with(&format!("acme.yaml: line {expected}: ")));
    }
    for (text, line, what) in [
        ("", 1, "is empty"),
        ("a", 1, "must have fields"),
        ("- a", 1, "must have fields"),
        ("name: x\nname: y", 2, "'name' twice"),
        ("name: x", 1, "lacks the field 'base_url'"),
        ("name: x\nsummary: y\nbase_url: https://a.example.com\ntypes: {ipv4: {path: '/{ioc}'}}\nanswer: text", 5, "must have fields below it"),
        ("name: x\nsummary: y\nbase_url: https://a.example.com\ntypes: {}", 4, "needs one request at least"),
        ("name: x\nsummary: &a y\ndocs: *a", 3, "alias"),
        ("name: \"x", 1, "is not YAML"),
        ("name: x\n---\nname: y", 2, "more than one document"),
    ] {
        let error = GenericProvider::read(text, "x.yaml").expect_err(text);
        assert!(error.what.contains(what) && error.line == line, "{text:?}: {error}");
    }
    for bomb in ["[", "- ", "{a: ", "a:\n  "] {
        let _ = GenericProvider::read(&bomb.repeat(60_000), "x.yaml").expect_err("nested");
    }
    let _ = GenericProvider::read(&"x".repeat(1 << 20), "x.yaml").expect_err("large");
    let wide = format!("name: x\nsummary: y\nbase_url: https://a.example.com\ntypes: {{ipv4: {{path: '/{{ioc}}', query: {{{}}}}}}}", (0..9000).map(|i| format!("q{i}: v, ")).collect::<String>());
    assert!(GenericProvider::read(&wide, "x.yaml").is_err_and(|error| error.what.contains("more than 5000 parts")));
}
