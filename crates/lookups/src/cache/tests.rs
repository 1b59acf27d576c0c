use super::*;

const KEY: Key<'_> = Key { provider: "greynoise", ioc_type: "ipv4", ioc: "8.8.8.8" };
const HOUR: Duration = Duration::from_secs(3600);

fn answer(at: i64) -> Answer {
    let verdict = Verdict::of(Severity::High).score(7.5).detail("name", "x").reference("https://example.test/");
    Answer { verdict, raw: Some("{\"raw\": true}".to_owned()), at }
}

fn open(path: &Path) -> (Cache, Option<String>) {
    Cache::open(Some(path.to_owned()), &CacheSettings::default())
}

#[test]
fn answers_are_kept_until_they_expire() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new").join("lookups.sqlite");
    let (cache, warning) = open(&path);
    assert_eq!((warning, cache.path()), (None, Some(path.as_path())));
    let kept = answer(now());
    cache.keep(KEY, &kept, HOUR);
    cache.keep_list("GET /list", b"1.2.3.4\n", now(), HOUR);
    // Another process, which finds both.
    let (other, _) = open(&path);
    assert_eq!(other.answer(KEY, true), Some(kept.clone()));
    assert_eq!(other.answer(KEY, false), Some(Answer { raw: None, ..kept.clone() }));
    assert_eq!(other.list("GET /list").map(|(body, _)| body), Some(b"1.2.3.4\n".to_vec()));
    assert_eq!(other.answer(Key { ioc: "9.9.9.9", ..KEY }, true), None);
    let rows = other.rows();
    assert_eq!((rows.len(), rows[0].result.as_str(), rows[0].details.as_str()), (1, "hit", r#"{"name":"x"}"#));
    cache.keep(KEY, &Answer { at: now() - micros(HOUR) - 1, ..kept.clone() }, HOUR);
    assert_eq!(cache.answer(KEY, true), None, "an hour has passed");
    cache.keep(KEY, &kept, HOUR);
    assert_eq!((cache.clear(Some("otx")), cache.clear(None), cache.rows().len()), (0, 1, 0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
}

#[test]
fn facts_are_kept_listed_and_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lookups.sqlite");
    let (cache, _) = open(&path);
    let at = now();
    cache.keep_fact("dns", "A x.test", "{}", at, HOUR);
    cache.keep_fact("dns", "A x.test", r#"{"a":1}"#, at, HOUR);
    cache.keep_fact("dns", "A old.test", "{}", at - 2 * micros(HOUR), HOUR);
    cache.keep_fact("tls", "x.test:443", "{}", at, HOUR);
    assert_eq!(cache.fact("dns", "A x.test"), Some((r#"{"a":1}"#.to_owned(), at)));
    assert_eq!((cache.fact("dns", "A old.test"), cache.fact("tls", "A x.test")), (None, None));
    let (other, _) = open(&path);
    let rows: Vec<_> = other.rows().into_iter().map(|row| (row.provider, row.ioc_type, row.ioc)).collect();
    let row = |kind: &str, key: &str| (kind.to_owned(), "fact".to_owned(), key.to_owned());
    assert_eq!(rows, [row("dns", "A x.test"), row("tls", "x.test:443")], "what has expired goes when the file is opened");
    assert_eq!((other.clear(Some("dns")), other.clear(None), other.rows().len()), (1, 1, 0));
}

#[test]
fn a_file_that_cannot_be_used_stops_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let works = |cache: &Cache| {
        cache.keep(KEY, &answer(now()), HOUR);
        cache.answer(KEY, true).is_some()
    };
    let damaged = folder.path().join("a.sqlite");
    let wreck = [b"SQLite format 3\0".as_slice(), "and then nothing that makes sense".repeat(40).as_bytes()].concat();
    std::fs::write(&damaged, &wreck).expect("a file");
    let (cache, warning) = open(&damaged);
    assert!(works(&cache) && warning.is_some_and(|text| text.contains("was damaged") && text.contains("a.broken")));
    assert!(cache.path().is_some() && folder.path().join("a.broken").exists());
    drop(cache);
    std::fs::write(&damaged, &wreck).expect("a file");
    std::fs::remove_file(folder.path().join("a.sqlite-wal")).ok();
    let (_, warning) = open(&damaged);
    assert!(warning.is_some_and(|text| text.contains("a.broken1")) && folder.path().join("a.broken").exists(), "neither is lost");

    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "what I must not forget").expect("a file");
    let (cache, warning) = open(&notes);
    assert!(works(&cache) && cache.path().is_none() && warning.is_some_and(|text| text.contains("it is no SQLite file")));
    assert_eq!(std::fs::read_to_string(&notes).expect("the notes"), "what I must not forget");

    let foreign = folder.path().join("b.sqlite");
    Connection::open(&foreign).and_then(|theirs| theirs.execute_batch("CREATE TABLE theirs (x)")).expect("another program's file");
    let (cache, warning) = open(&foreign);
    assert!(works(&cache) && cache.path().is_none() && warning.is_some_and(|text| text.contains("another program")));

    let later = folder.path().join("c.sqlite");
    Connection::open(&later).and_then(|theirs| theirs.execute_batch("PRAGMA user_version = 99")).expect("a later version's file");
    let (cache, warning) = open(&later);
    assert!(works(&cache) && warning.is_some_and(|text| text.contains("a later huntsql")));

    let (cache, warning) = open(Path::new("/proc/none/lookups.sqlite"));
    assert!(works(&cache) && warning.is_some_and(|text| text.contains("in memory only")));
}

#[test]
fn the_file_stays_below_its_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lookups.sqlite");
    let settings = CacheSettings { max_bytes: 1 << 20, ..CacheSettings::default() };
    let (cache, _) = Cache::open(Some(path.clone()), &settings);
    let noise: String =
        (0..2000_u32).map(|i| char::from(b'a' + u8::try_from(i.wrapping_mul(2_654_435_761) >> 27).unwrap_or(0) % 26)).collect();
    for index in 0..4000 {
        let text = format!("host{index}.example");
        let long = Answer { verdict: Verdict::unknown().detail("text", noise.as_str()), raw: None, at: now() };
        cache.keep(Key { ioc: &text, ..KEY }, &long, HOUR);
    }
    assert!(cache.answer(Key { ioc: "host3999.example", ..KEY }, true).is_some(), "the newest stays");
    assert!(cache.answer(Key { ioc: "host0.example", ..KEY }, true).is_none(), "the oldest goes");
    drop(cache);
    assert!(std::fs::metadata(&path).expect("the file").len() < 2 << 20);
}

#[test]
fn limits_hold_for_all_who_share_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lookups.sqlite");
    let limits = [Limit { requests: 3, per: Duration::from_millis(200) }, Limit::per_day(5)];
    let (one, other) = (open(&path).0, open(&path).0);
    let token = |permit| match permit {
        Permit::Granted(token) => token,
        Permit::Wait(..) => 0,
    };
    let tokens = [one.permit("vt", &limits), other.permit("vt", &limits), one.permit("vt", &limits)].map(token);
    assert!(tokens.iter().all(|token| *token != 0));
    assert!(matches!(other.permit("vt", &limits), Permit::Wait(..)), "three are under way");
    assert!(matches!(other.permit("otx", &limits), Permit::Granted(_)), "another account has its own");
    std::thread::sleep(Duration::from_millis(250));
    assert!(matches!(one.permit("vt", &limits), Permit::Wait(..)), "an answer that has not come keeps its place");
    tokens.iter().for_each(|token| one.settle(*token));
    assert!(matches!(one.permit("vt", &limits), Permit::Wait(left, _) if left <= Duration::from_millis(200)));
    std::thread::sleep(Duration::from_millis(250));
    assert!(token(one.permit("vt", &limits)) != 0 && token(other.permit("vt", &limits)) != 0);
    assert!(matches!(one.permit("vt", &limits), Permit::Wait(_, span) if span == Duration::from_secs(86_400)), "five a day");
}
