//! Pages of all providers and what is read from them. A page is a file `tests/pages/<provider>/<severity>[-words].json` with the indicator, the
//! request that asks for it, and the answer; one that must not be understood is called `error-...`. What all of them say is in
//! `tests/pages/verdicts.txt`: `BLESS=1 cargo test -p huntsql-lookups --test pages` writes it anew, and the diff is to be read.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops where its files are wrong")]

use huntsql_kernels::ioc::IocType;
use huntsql_lookups::http::Response;
use huntsql_lookups::ti::{Ioc, TiProvider, providers};
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(rename = "type")]
    kind: String,
    ioc: String,
    request: String,
    #[serde(default)]
    request_body: String,
    status: u16,
    body: Value,
}

impl Page {
    fn response(&self) -> Response {
        let body = match &self.body {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Response { status: self.status, body: body.into_bytes() }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// The pages of a provider, by name.
fn pages(provider: &dyn TiProvider) -> Vec<(String, Page)> {
    let folder = folder().join(provider.spec().name.as_ref());
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut pages: Vec<(String, Page)> = files
        .map(|file| file.expect("an entry").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("a readable file");
            let page = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            (file.file_stem().expect("a name").to_string_lossy().into_owned(), page)
        })
        .collect();
    pages.sort_by(|a, b| a.0.cmp(&b.0));
    pages
}

/// What a provider reads from a page, in one line.
fn verdict_line(provider: &dyn TiProvider, page: &Page) -> String {
    let kind = IocType::parse(&page.kind).expect("a type");
    match provider.verdict(Ioc { kind, value: &page.ioc }, &page.response()) {
        Err(error) => format!("error: {error}"),
        Ok(said) => {
            let mut line = format!("{} {}", said.found.name(), said.severity.name());
            if let Some(score) = said.score {
                _ = write!(line, " score={score}");
            }
            if let Some(reference) = said.reference {
                _ = write!(line, " {reference}");
            }
            if !said.details.is_empty() {
                _ = write!(line, " {}", Value::Object(said.details));
            }
            line
        }
    }
}

#[test]
fn requests_are_those_that_the_pages_answer() {
    for provider in providers() {
        let spec = provider.spec();
        for (name, page) in pages(*provider) {
            let at = format!("{}/{name}", spec.name);
            let kind = IocType::parse(&page.kind).expect("a type");
            assert!(spec.types.contains(&kind), "{at}: {} is not one of its types", page.kind);
            let request = provider.request(Ioc { kind, value: &page.ioc });
            assert_eq!(format!("{} {}", request.method().name(), request.target()), page.request, "{at}");
            assert_eq!(request.shown_body(), page.request_body, "{at}");
            for setting in request.settings() {
                assert!(spec.settings.iter().any(|known| known.name == setting), "{at}: setting '{setting}' is not documented");
            }
        }
    }
}

#[test]
fn pages_say_what_their_names_say() {
    for provider in providers() {
        let name = &provider.spec().name;
        let pages = pages(*provider);
        for (page_name, page) in &pages {
            let line = verdict_line(*provider, page);
            let expected = page_name.split('-').next().unwrap_or_default();
            let severity = if line.starts_with("error: ") { "error" } else { line.split(' ').nth(1).unwrap_or_default() };
            assert_eq!(severity, expected, "{name}/{page_name}: {line}");
        }
        let has = |verdict: &str| pages.iter().any(|(page, _)| page.starts_with(verdict));
        assert!(has("error"), "{name} has no page that is not understood");
        assert!(has("information") || has("high"), "{name} has no page of something that is known");
        assert!(has("unknown") || provider.spec().is_list || has("warning"), "{name} has no page of something unknown");
    }
}

#[test]
fn every_type_has_a_request_of_its_own() {
    for provider in providers() {
        let spec = provider.spec();
        for kind in spec.types.iter() {
            let request = provider.request(Ioc { kind: *kind, value: "x/../y?a=b&c#d \"e\\" });
            let target = request.target();
            assert!(target.starts_with('/') && target.is_ascii() && !target.contains(['"', ' ', '#', '\\']), "{}: {target}", spec.name);
            assert!(!target.contains("/../"), "{}: an indicator must not become a path: {target}", spec.name);
        }
    }
}

#[test]
fn lists_answer_for_many_at_once() {
    for provider in providers().iter().filter(|provider| provider.spec().is_list) {
        let name = &provider.spec().name;
        let pages = pages(*provider);
        let (_, page) = pages.iter().find(|(_, page)| page.status == 200 && page.body != Value::Array(Vec::new())).expect("a page");
        let values = ["45.83.66.9", "8.8.8.8", "45.83.66.9"];
        let iocs = values.map(|value| Ioc { kind: IocType::Ipv4, value });
        let page = pages.iter().find(|(name, _)| name == "high" || name == "warning").map_or(page, |(_, page)| page);
        let said = provider.verdicts(&iocs, &page.response()).expect("an answer");
        let found: Vec<&str> = said.iter().map(|said| said.found.name()).collect();
        assert_eq!(found, ["hit", "no_hit", "hit"], "{name}");
    }
}

#[test]
fn what_is_no_answer_is_an_error() {
    for provider in providers() {
        let spec = provider.spec();
        let ioc = Ioc { kind: spec.types[0], value: "45.83.66.1" };
        for body in ["", "<html><h1>Sign in</h1></html>", "{", "[1,", "\u{0}", "null", "7", "\"x\"", "[]", "{}", "[[[[]]]]"] {
            let response = Response { status: 200, body: body.as_bytes().to_vec() };
            let said = provider.verdict(ioc, &response);
            let is_clean = said.as_ref().is_ok_and(|said| said.severity == huntsql_lookups::ti::Severity::Information);
            // An empty list of servers is an answer.
            assert!(
                !is_clean || (spec.is_list && body == "[]"),
                "{}: {body:?} must not mean that there is nothing against it: {said:?}",
                spec.name
            );
        }
        let deep = Response { status: 200, body: "[".repeat(1_000_000).into_bytes() };
        assert!(provider.verdict(ioc, &deep).is_err(), "{}", spec.name);
    }
}

#[test]
fn verdicts() {
    let mut lines = String::new();
    for provider in providers() {
        for (name, page) in pages(*provider) {
            _ = writeln!(lines, "{}/{name}: {} {}: {}", provider.spec().name, page.kind, page.ioc, verdict_line(*provider, &page));
        }
    }
    let file = folder().join("verdicts.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &lines).expect("a writable file");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    for (line, expected) in lines.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(lines.lines().count(), expected.lines().count(), "pages were added or removed: BLESS=1");
}
