//! Look-ups through the program: keys are seen nowhere, a killed program has lost nothing, the tools of the configuration.

#![allow(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]

use huntsql_fakes::http::{FakeServer, Reply, Seen};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What stands where a key belongs.
const CANARY: &str = "canary-c0ffee-31337";

struct Play {
    server: FakeServer,
    folder: TempDir,
}

impl Play {
    fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let (server, folder) = (FakeServer::start(handler).unwrap(), tempfile::tempdir().unwrap());
        let url = server.url();
        let config = format!(
            "cache: {{path: cache.sqlite}}\nhttp: {{timeout: 5s, retries: 0}}\nproviders:\n\
             \x20 greynoise: {{base_url: '{url}', api_key: {CANARY}, limit: 100000/s, concurrency: 1}}\n\
             \x20 ipqualityscore: {{base_url: '{url}', api_key: {CANARY}, limit: 100000/s}}\n\
             \x20 ipstack: {{base_url: '{url}', api_key: {CANARY}, limit: 100000/s}}\n\
             \x20 abuseipdb: {{base_url: '{url}', api_key: '${{env:ABUSE_KEY}}', limit: 100000/s}}\n"
        );
        std::fs::write(folder.path().join("config.yaml"), config).unwrap();
        Self { server, folder }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("config.yaml")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_huntsql"));
        command.args(args).current_dir(self.folder.path()).env("HUNTSQL_CONFIG", self.config()).env("ABUSE_KEY", CANARY);
        command.env("HOME", self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
}

fn holds(folder: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holds(&path, needle));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(needle) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn keys_are_seen_nowhere() {
    // A provider that gives away whatever it is asked with, as good and as bad answers, as JSON and as none.
    let play = Play::start(|seen| {
        let headers: Vec<String> = seen.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let said = format!("{} {}", seen.target, headers.join(" "));
        match seen.target.as_bytes().last().unwrap_or(&b'0') % 4 {
            0 => Reply::new(
                200,
                format!(
                    "{{\"classification\": \"malicious\", \"name\": {said:?}, \"fraud_score\": 99, \"success\": true, \"message\": {said:?}}}"
                ),
            ),
            1 => Reply::new(403, said),
            2 => Reply::new(500, said),
            _ => Reply::new(200, said),
        }
    });
    let seen = "WITH seen AS (SELECT * FROM (VALUES ('45.1.1.1'), ('45.1.1.2'), ('45.1.1.3'), ('45.1.1.4'), ('45.1.1.8')) v(ip)) ";
    let providers = "providers => ['greynoise', 'ipqualityscore', 'abuseipdb'], raw => true";
    let statements = [
        format!("{seen} SELECT * FROM huntsql.ti_lookup(seen, ip, {providers})"),
        format!("EXPLAIN {seen} SELECT * FROM huntsql.ti_lookup(seen, ip, {providers})"),
        format!("EXPLAIN ANALYZE {seen} SELECT * FROM huntsql.ti_lookup(seen, ip, {providers}, refresh => true)"),
        "SELECT geoip_online(ip) FROM (VALUES ('45.1.1.1'), ('45.1.1.2'), ('45.1.1.3'), ('45.1.1.4')) v(ip)".to_owned(),
        "SELECT * FROM huntsql.lookup_cache".to_owned(),
        "SELECT ti_lookup('45.1.1.1', {'providers': ['ipqualityscore', 'nobody']})".to_owned(),
        "SELECT ti_lookup('45.1.1.8', {'providers': ['ipqualityscore'], 'raw': true, 'refresh': true})".to_owned(),
        ".cache".to_owned(),
    ];
    let mut printed = String::new();
    for statement in &statements {
        for format in ["table", "json"] {
            let output = play.run(&["-o", format, "-c", statement]);
            printed.push_str(&String::from_utf8_lossy(&output.stdout));
            printed.push_str(&String::from_utf8_lossy(&output.stderr));
        }
    }
    for args in [&["config", "check"] as &[&str], &["config", "check", "--try"], &["config", "path"]] {
        let output = play.run(args);
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    assert!(play.server.seen().iter().any(|seen| seen.target.contains(CANARY)), "the provider itself gets the key");
    assert!(!printed.contains(CANARY), "{}", printed.lines().find(|line| line.contains(CANARY)).unwrap_or_default());
    for part in ["***", "malicious", "max_lookups => 1000", r#"providers => ["greynoise","ipqualityscore","abuseipdb"]"#, "access denied"] {
        assert!(printed.contains(part), "{part} is in the output");
    }
    assert_eq!(holds(play.folder.path(), CANARY), ["config.yaml"], "no other file holds it");
}

#[test]
fn places_are_asked_for_once() {
    let play = Play::start(|seen| {
        let is_known = seen.target.starts_with("/45.1.1.1?");
        Reply::new(
            200,
            if is_known {
                r#"{"country_code": "GB", "city": "London", "latitude": 51.5, "longitude": -0.1, "connection": {"asn": 20712}, "security": {"is_tor": true}}"#
            } else if seen.target.starts_with("/45.1.1.2?") {
                r#"{"country_code": null}"#
            } else {
                r#"{"success": false, "error": {"type": "usage_limit_reached", "info": "Used up."}}"#
            },
        )
    });
    let sql = "SELECT ip, g['country_code'] AS cc, g['city'] AS city, g['latitude'] AS lat, g['asn'] AS asn, g['is_tor'] AS tor, g['network'] AS net, g['status'] AS status \
               FROM (SELECT n, ip, geoip_online(ip) AS g FROM (VALUES (1, '45.1.1.1'), (2, '45[.]1.1.1'), (3, '45.1.1.2'), (4, '45.1.1.3'), (5, '10.0.0.1'), (6, NULL)) v(n, ip)) t ORDER BY n";
    for requests in [3, 4] {
        let output = play.run(&["-o", "csv", "-c", sql]);
        let expected = "ip,cc,city,lat,asn,tor,net,status\n45.1.1.1,GB,London,51.5,20712,true,,ok\n45[.]1.1.1,GB,London,51.5,20712,true,,ok\n45.1.1.2,,,,,,,not_found\n\
                        45.1.1.3,,,,,,,error: Used up.\n10.0.0.1,,,,,,,not_global\n,,,,,,,\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(play.server.seen().len(), requests, "only what was not answered is asked again");
    }
    let output = play.run(&["-c", "SELECT geoip_online(ip, {'max_lookups': 1}) FROM (VALUES ('45.1.2.1'), ('45.1.2.2')) v(ip)"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("geoip_online: option 'max_lookups' is too small: 2 look-ups"), "{output:?}");
    let output = play.command(&["-c", "SELECT geoip_online('45.1.2.1')"]).env("HUNTSQL_CONFIG", "/dev/null").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("HUNTSQL_IPSTACK_API_KEY"), "{output:?}");
    let output = play.run(&["-c", "EXPLAIN SELECT geoip_online('45.1.2.1')"]);
    assert!(output.status.success() && play.server.seen().len() == 4, "a plan asks nobody");
}

/// In a session with a keyring of its own.
#[cfg(target_os = "linux")]
#[test]
fn keys_come_from_the_keyring() {
    let has = |program: &str| Path::new("/usr/bin").join(program).exists();
    if let Some(program) = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].into_iter().find(|program| !has(program)) {
        eprintln!("SKIPPED: {program} is not installed (apt-get install dbus gnome-keyring libsecret-tools): no keyring to read");
        return;
    }
    let play = Play::start(|_| Reply::new(200, r#"{"classification": "benign"}"#));
    let url = play.server.url();
    let config = format!(
        "cache: {{path: cache.sqlite}}\nproviders:\n  greynoise: {{base_url: '{url}', api_key: 'keyring:gn', limit: 100000/s}}\n  otx: {{api_key: 'keyring:it''s not there'}}\n"
    );
    std::fs::write(play.config(), config).unwrap();
    let script = format!(
        "printf 'password\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n\
         printf '{CANARY}' | secret-tool store --label=huntsql service huntsql username gn || exit 7\n\
         \"$0\" config check; \"$0\" -c \"SELECT ti_lookup('45.1.1.1', {{'providers': ['greynoise']}})\""
    );
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-c", &script, env!("CARGO_BIN_EXE_huntsql")]).current_dir(play.folder.path());
    session.env("HUNTSQL_CONFIG", play.config()).env("HOME", play.folder.path()).env("XDG_RUNTIME_DIR", play.folder.path());
    let output = session.stdin(Stdio::null()).output().unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("greynoise: settings are there") && !printed.contains(CANARY), "{printed}");
    let hint = r"the keyring has no secret of service 'huntsql' and user 'it's not there': secret-tool store --label='huntsql it'\''s not there' service huntsql username 'it'\''s not there'";
    assert!(printed.contains(hint), "{printed}");
    let seen = play.server.seen();
    assert!(seen.len() == 1 && seen[0].headers.iter().any(|(_, value)| value == CANARY), "the provider gets the key: {printed}");
}

#[cfg(unix)]
#[test]
fn without_a_keyring_it_says_so() {
    let play = Play::start(|_| Reply::new(200, "{}"));
    std::fs::write(play.config(), "providers:\n  otx: {api_key: 'keyring:otx'}\n").unwrap();
    let mut command = play.command(&["config", "check"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").env("XDG_RUNTIME_DIR", play.folder.path());
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    if cfg!(target_os = "linux") {
        assert!(printed.contains("no keyring can be reached") && printed.contains("${env:NAME}"), "{printed}");
    }
}

#[test]
fn a_hundred_thousand_rows_ask_each_question_once() {
    let play = Play::start(|seen| {
        let is_score = seen.target.starts_with("/api/v2") || seen.target.starts_with("/api/json");
        Reply::new(
            200,
            if is_score {
                r#"{"data": {"abuseConfidenceScore": 0}, "success": true, "fraud_score": 90}"#
            } else {
                r#"{"classification": "benign"}"#
            },
        )
    });
    let sql = "WITH seen AS (SELECT '45.' || CAST(i % 500 / 100 AS VARCHAR) || '.' || CAST(i % 100 + 1 AS VARCHAR) || '.1' AS ip FROM (SELECT unnest(range(0, 100000)) AS i) s) \
               SELECT provider, status, count(*) AS n FROM huntsql.ti_lookup(seen, ip, providers => ['greynoise', 'ipqualityscore', 'abuseipdb'], max_lookups => 1500) \
               GROUP BY provider, status ORDER BY provider";
    for requests in [1500, 1500] {
        let output = play.run(&["-o", "csv", "-c", sql]);
        let expected = "provider,status,n\nabuseipdb,ok,100000\ngreynoise,ok,100000\nipqualityscore,ok,100000\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(play.server.seen().len(), requests, "the second run asks nobody");
    }
}

#[test]
fn a_killed_program_has_lost_nothing() {
    let play = Play::start(|_| Reply::new(200, r#"{"classification": "benign"}"#).after(Duration::from_millis(100)));
    let sql = "WITH seen AS (SELECT '45.1.' || CAST(i AS VARCHAR) || '.1' AS ip FROM (SELECT unnest(range(1, 21)) AS i) s) \
               SELECT count(*) AS n FROM huntsql.ti_lookup(seen, ip, providers => ['greynoise'])";
    let mut child = play.command(&["-c", sql]).stdout(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while play.server.seen().len() < 8 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let asked = play.server.seen().len();
    let kept = play.run(&["-o", "csv", "-c", "SELECT count(*) AS n FROM huntsql.lookup_cache"]);
    let kept: usize = String::from_utf8_lossy(&kept.stdout).trim_start_matches("n\n").trim().parse().unwrap();
    assert!(kept >= 6 && kept + 1 >= asked - 1 && kept < 20, "{kept} of {asked}");
    let again = play.run(&["-o", "csv", "-c", sql]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "n\n20\n");
    assert_eq!(play.server.seen().len() - asked, 20 - kept, "only what is not known is asked");
    let cleared = play.run(&["-c", ".cache clear greynoise"]);
    assert_eq!(String::from_utf8_lossy(&cleared.stdout), "20 answers forgotten\n");
}

#[test]
fn tools_of_the_configuration() {
    let play = Play::start(|_| Reply::new(200, r#"{"classification": "benign"}"#));
    let text =
        |output: &Output| (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
    let (out, _) = text(&play.run(&["config", "path"]));
    assert!(out.contains("config.yaml") && out.contains("cache: "), "{out}");
    let checked = play.run(&["config", "check"]);
    assert!(text(&checked).0.contains("greynoise: settings are there") && checked.status.success(), "{:?}", text(&checked));
    let broken = play.folder.path().join("broken.yaml");
    std::fs::write(&broken, "providers:\n  greynois: {}\n").unwrap();
    let checked = play.run(&["config", "check", broken.to_str().unwrap()]);
    assert!(text(&checked).1.contains("line 2: has the unknown provider 'greynois', did you mean 'greynoise'?"), "{:?}", text(&checked));
    assert_eq!(checked.status.code(), Some(1));

    let theirs = play.folder.path().join("msticpyconfig.yaml");
    std::fs::write(&theirs, "TIProviders:\n  OTX:\n    Args: {AuthKey: {EnvironmentVar: OTX_KEY}}\n  RiskIQ: {}\n").unwrap();
    let imported = play.run(&["config", "import", "msticpyconfig.yaml", "--output", "ours.yaml"]);
    assert!(imported.status.success() && text(&imported).1.contains("RiskIQ"), "{:?}", text(&imported));
    assert!(std::fs::read_to_string(play.folder.path().join("ours.yaml")).unwrap().contains("api_key: ${env:OTX_KEY}"));
    let again = play.run(&["config", "import", "msticpyconfig.yaml", "--output", "ours.yaml"]);
    assert!(text(&again).1.contains("is there already") && again.status.code() == Some(1));
    let update = play.run(&["geo", "update"]);
    assert!(update.status.code() == Some(1) && text(&update).1.contains("account_id"), "{:?}", text(&update));
}
