//! Look-ups against a server that plays the providers: how often each is asked, what a dead one does, what a cancelled statement leaves.

#![expect(clippy::expect_used, reason = "a test stops where its server does not start")]

use huntsql_fakes::http::{FakeServer, Reply, Seen};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_lookups::NeverSend;
use huntsql_lookups::context::{Context, context};
use huntsql_lookups::ti::{Answers, Asked, LookupError, Outcome, Question, dry_run, look_up};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CANARY: &str = "canary-4711";
const PROVIDERS: [&str; 3] = ["abuseipdb", "greynoise", "shodan"];

struct Play {
    server: FakeServer,
    folder: TempDir,
}

/// The answers of three providers: an address is bad if its last number is odd.
fn answer(seen: &Seen) -> Reply {
    let address = seen.target.split(['/', '=', '&']).find(|part| part.matches('.').count() == 3).unwrap_or_default();
    let is_bad = address.ends_with(['1', '3', '5', '7', '9']);
    if seen.target.starts_with("/api/v2/check") {
        return Reply::new(200, format!(r#"{{"data": {{"abuseConfidenceScore": {}}}}}"#, if is_bad { 100 } else { 0 }));
    }
    if seen.target.starts_with("/v3/community") {
        return Reply::new(200, format!(r#"{{"classification": "{}"}}"#, if is_bad { "malicious" } else { "benign" }));
    }
    Reply::new(404, r#"{"detail": "No information available"}"#)
}

impl Play {
    fn start(more: &str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let server = FakeServer::start(handler).expect("a server");
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = format!("cache: {{path: cache.sqlite}}\nhttp: {{timeout: 2s, retries: 0}}\n{more}\nproviders:\n");
        for name in PROVIDERS {
            let key = if name == "shodan" { "" } else { "    api_key: canary-4711\n" };
            config.push_str(&format!("  {name}:\n    base_url: {}\n{key}    limit: 100000/s\n", server.url()));
        }
        std::fs::write(folder.path().join("config.yaml"), config).expect("a configuration");
        Self { server, folder }
    }

    fn context(&self) -> Arc<Context> {
        context(self.folder.path().join("config.yaml").to_str()).expect("a context")
    }

    fn question<'q>(&self, texts: &'q [String], providers: &[&str]) -> Question<'q> {
        let context = self.context();
        let providers = providers.iter().map(|name| Asked::new(name, &context.config, &|_| None).expect("a provider")).collect();
        let texts = texts.iter().map(|text| (text.as_str(), None)).collect();
        Question { providers, texts, max_lookups: 10_000, refresh: false, has_raw: false, never_send: NeverSend::default() }
    }

    fn ask(&self, texts: &[String], providers: &[&str]) -> Answers {
        look_up(&self.context(), &self.question(texts, providers), &Interrupt::default()).expect("answers")
    }
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("45.{}.{}.{}", index / 62_500 % 250 + 1, index / 250 % 250, index % 250 + 1)).collect()
}

fn all(answers: &Answers) -> impl Iterator<Item = &Outcome> {
    answers.outcomes.iter().flatten()
}

#[test]
fn each_question_is_asked_once() {
    let play = Play::start("", answer);
    let texts = addresses(500);
    let planned = dry_run(&play.context(), &play.question(&texts, &PROVIDERS));
    assert!(planned.iter().all(|planned| (planned.requests, planned.cached, planned.refused) == (500, 0, 0)));
    assert_eq!(play.server.seen().len(), 0, "a dry run sends nothing");
    let first = play.ask(&texts, &PROVIDERS);
    assert_eq!(play.server.seen().len(), 1500);
    assert!(all(&first).all(|outcome| outcome.status == "ok" && !outcome.is_cached));
    let bad = |answers: &Answers| {
        all(answers).filter(|outcome| outcome.answer.as_ref().is_some_and(|answer| answer.verdict.found.name() == "hit")).count()
    };
    assert_eq!(bad(&first), 500, "250 addresses by two providers");
    let second = play.ask(&texts, &PROVIDERS);
    assert_eq!(play.server.seen().len(), 1500, "all is known");
    assert!(all(&second).all(|outcome| outcome.status == "ok" && outcome.is_cached) && bad(&second) == 500);
    let refreshed = Question { refresh: true, ..play.question(&texts[..10], &PROVIDERS) };
    look_up(&play.context(), &refreshed, &Interrupt::default()).expect("answers");
    assert_eq!(play.server.seen().len(), 1530);
    assert!(play.server.seen().iter().all(|seen| seen.header("key").or(seen.header("x-key")).is_none_or(|key| key == CANARY)));
}

#[test]
fn what_must_not_be_sent_is_not() {
    let play = Play::start("never_send: [corp.example.com, 45.83.66.0/24]", answer);
    let texts = ["10.0.0.1", "45.83.66.7", "localhost", "not an indicator", "45[.]1[.]1[.]1", "evil-domain.com"].map(str::to_owned);
    let answers = play.ask(&texts, &["greynoise"]);
    let statuses: Vec<&str> = all(&answers).map(|outcome| outcome.status.as_str()).collect();
    assert_eq!(statuses, ["not_global", "never_send", "not_supported", "not_supported", "ok", "not_supported"]);
    let seen = play.server.seen();
    assert_eq!((seen.len(), seen[0].target.as_str()), (1, "/v3/community/45.1.1.1"));
}

#[test]
fn too_many_is_an_error_before_anything_is_sent() {
    let play = Play::start("", answer);
    let texts = addresses(20);
    let question = Question { max_lookups: 59, ..play.question(&texts, &PROVIDERS) };
    let error = look_up(&play.context(), &question, &Interrupt::default()).expect_err("too many");
    let expected = "60 look-ups are needed (abuseipdb 20, greynoise 20, shodan 20), and max_lookups allows 59: nothing was sent; filter the rows, or raise max_lookups";
    assert_eq!((error, play.server.seen().len()), (LookupError::TooMany(expected.to_owned()), 0));
}

#[test]
fn a_dead_provider_kills_its_own_rows_only() {
    let play = Play::start("", |seen| if seen.target.starts_with("/api/v2/check") { Reply::new(500, CANARY) } else { answer(seen) });
    let texts = addresses(100);
    let answers = play.ask(&texts, &PROVIDERS);
    for outcomes in &answers.outcomes {
        assert!(outcomes[0].status.starts_with("error: ") && outcomes[1].status == "ok" && outcomes[2].status == "ok", "{outcomes:?}");
        assert!(!format!("{outcomes:?}").contains(CANARY));
    }
    let asked = play.server.seen().iter().filter(|seen| seen.target.starts_with("/api/v2/check")).count();
    assert!((5..=16).contains(&asked), "it is left alone after five failures: {asked}");
    assert!(all(&answers).any(|outcome| outcome.status == "error: not asked any more after 5 failures in a row"));
    let refused = Play::start("", |seen| if seen.target.starts_with("/v3") { Reply::new(401, "") } else { answer(seen) });
    let answers = refused.ask(&texts, &["greynoise"]);
    assert!(all(&answers).all(|outcome| outcome.status == "error: access denied (HTTP 401): check the key"));
    assert!(refused.server.seen().len() <= 4, "a wrong key stays wrong");
}

#[test]
fn a_limit_holds_in_every_second() {
    let play = Play::start("", answer);
    let mut question = play.question(&[], &["greynoise"]);
    let texts = addresses(25);
    question.texts = texts.iter().map(|text| (text.as_str(), None)).collect();
    let path = play.folder.path().join("config.yaml");
    let limited = std::fs::read_to_string(&path).expect("the configuration").replace("100000/s", "10/s");
    std::fs::write(&path, limited).expect("a configuration");
    let context = play.context();
    question.providers = vec![Asked::new("greynoise", &context.config, &|_| None).expect("a provider")];
    // Two statements at once share the limit.
    let started = Instant::now();
    std::thread::scope(|scope| {
        let (one, other) = texts.split_at(12);
        for half in [one, other] {
            let (play, context) = (&play, &context);
            scope.spawn(move || look_up(context, &play.question(half, &["greynoise"]), &Interrupt::default()).expect("answers"));
        }
    });
    assert_eq!(play.server.seen().len(), 25);
    assert!(play.server.most_within(Duration::from_secs(1)) <= 10, "{}", play.server.most_within(Duration::from_secs(1)));
    assert!(started.elapsed() >= Duration::from_secs(2));
}

#[test]
fn a_quota_of_a_day_is_said_and_not_waited_for() {
    let play = Play::start("", answer);
    let path = play.folder.path().join("config.yaml");
    let limited = std::fs::read_to_string(&path).expect("the configuration").replace("100000/s", "[1000/s, 7/day]");
    std::fs::write(&path, limited).expect("a configuration");
    let texts = addresses(20);
    let answers = play.ask(&texts, &["greynoise"]);
    let count = |status: &str| all(&answers).filter(|outcome| outcome.status == status).count();
    assert_eq!((count("ok"), count("quota"), play.server.seen().len()), (7, 13, 7));
}

#[test]
fn a_cancelled_statement_ends_and_keeps_what_it_was_told() {
    let play = Play::start("", |seen| answer(seen).after(Duration::from_millis(if seen.target.ends_with(".1") { 0 } else { 1500 })));
    let texts: Vec<String> = ["45.1.1.1", "45.1.1.2", "45.1.1.3", "45.1.1.4", "45.1.1.5", "45.1.1.6"].map(str::to_owned).into();
    let (interrupt, context) = (Interrupt::default(), play.context());
    let (stopper, started) = (interrupt.clone(), Instant::now());
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        stopper.stop();
    });
    let error = look_up(&context, &play.question(&texts, &["greynoise"]), &interrupt).expect_err("cancelled");
    assert_eq!(error, LookupError::Interrupted);
    assert!(started.elapsed() < Duration::from_secs(1), "it does not wait for answers");
    assert!(context.cache.rows().iter().any(|row| row.ioc == "45.1.1.1"));
}

#[test]
fn a_list_is_downloaded_once_for_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = FakeServer::start(|_| {
        Reply::new(
            200,
            "ExitNode ABC\nPublished 2026-01-01 00:00:00\nLastStatus 2026-01-01 00:00:00\nExitAddress 45.1.1.1 2026-01-01 00:00:00\n",
        )
    });
    let server = server.expect("a server");
    let config = format!("cache: {{path: c.sqlite}}\nproviders: {{tor: {{base_url: '{}'}}}}\n", server.url());
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, config).expect("a configuration");
    let context = context(path.to_str()).expect("a context");
    for (texts, requests) in [(["45.1.1.1", "45.1.1.2"], 1), (["45.1.1.3", "45.1.1.1"], 1)] {
        let providers = vec![Asked::new("tor", &context.config, &|_| None).expect("a provider")];
        let texts = texts.map(|text| (text, None)).to_vec();
        let question = Question { providers, texts, max_lookups: 1, refresh: false, has_raw: false, never_send: NeverSend::default() };
        let answers = look_up(&context, &question, &Interrupt::default()).expect("answers");
        let results: Vec<&str> = all(&answers).filter_map(|outcome| Some(outcome.answer.as_ref()?.verdict.found.name())).collect();
        assert!(results.contains(&"hit") && results.contains(&"no_hit"), "{answers:?}");
        assert_eq!(server.seen().len(), requests);
    }
}

#[test]
fn the_page_of_a_list_that_is_not_there_is_no_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = FakeServer::start(|seen| {
        let list = "ExitNode ABC\nExitAddress 45.1.1.1 2026-01-01 00:00:00\n";
        if seen.repeats == 0 { Reply::new(404, "not found") } else { Reply::new(200, list) }
    });
    let server = server.expect("a server");
    let path = folder.path().join("config.yaml");
    let config = format!("cache: {{path: c.sqlite}}\nproviders: {{tor: {{base_url: '{}', limit: 100/s}}}}\n", server.url());
    std::fs::write(&path, config).expect("a configuration");
    let context = context(path.to_str()).expect("a context");
    let ask = || {
        let providers = vec![Asked::new("tor", &context.config, &|_| None).expect("a provider")];
        let question = Question {
            providers,
            texts: vec![("45.1.1.1", None)],
            max_lookups: 1,
            refresh: false,
            has_raw: false,
            never_send: NeverSend::default(),
        };
        let answers = look_up(&context, &question, &Interrupt::default()).expect("answers");
        all(&answers).find_map(|outcome| Some(outcome.answer.as_ref()?.verdict.found.name()))
    };
    assert_ne!(ask(), Some("no_hit"), "nothing was read, so nothing can be said");
    assert_eq!(ask(), Some("hit"), "it is asked for again");
}

#[test]
fn an_answer_is_that_of_its_server() {
    let play = Play::start("", answer);
    let wrong = FakeServer::start(|_| Reply::new(404, "no such page")).expect("a server");
    let path = play.folder.path().join("config.yaml");
    let right = std::fs::read_to_string(&path).expect("a configuration");
    let texts = ["45.1.1.1".to_owned()];
    let result = |answers: &Answers| all(answers).find_map(|outcome| Some(outcome.answer.as_ref()?.verdict.found.name()));
    std::fs::write(&path, right.replace(play.server.url().as_str(), &format!("{}/wrong/", wrong.url()))).expect("a configuration");
    assert_eq!(result(&play.ask(&texts, &["greynoise"])), Some("unknown"));
    std::fs::write(&path, &right).expect("a configuration");
    assert_eq!(result(&play.ask(&texts, &["greynoise"])), Some("hit"), "what another server said is not its answer");
    let rows = play.context().cache.rows();
    let shown: Vec<&str> = rows.iter().map(|row| row.provider.as_str()).collect();
    assert_eq!(shown, ["greynoise", "greynoise"]);
    assert_eq!(play.context().cache.clear(Some("greynoise")), 2);
}

#[test]
fn a_row_that_is_refused_does_not_silence_the_others() {
    let play = Play::start("", |seen| if seen.target.ends_with(".66") { Reply::new(403, "<html>blocked</html>") } else { answer(seen) });
    let texts: Vec<String> = (1..=12).map(|host| format!("45.1.{host}.66")).chain(["45.2.2.2".to_owned()]).collect();
    let answers = play.ask(&texts, &["greynoise"]);
    let count = |status: &str| all(&answers).filter(|outcome| outcome.status.starts_with(status)).count();
    assert_eq!((count("error: access denied (HTTP 403)"), count("ok")), (12, 1));
    let odd = Play::start("", |_| Reply::new(200, "<html>"));
    let texts = addresses(100);
    let answers = odd.ask(&texts, &["greynoise"]);
    assert!(odd.server.seen().len() < 40, "one that answers nothing but nonsense is left alone in the end");
    assert!(all(&answers).any(|outcome| outcome.status == "error: not asked any more after 25 failures in a row"));
}
