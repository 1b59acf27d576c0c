//! Readers of log files over real logs, on both engines; the examples that go from an archive to a process chain.

use super::{duckdb, query, shared};
use huntsql_testkit::suite::root;

async fn says(sql: &str, expected: &[&[&str]]) {
    assert_eq!(query(sql).await, expected, "DataFusion: {sql}");
    if let Some(theirs) = duckdb(sql).await {
        assert_eq!(theirs, expected, "DuckDB: {sql}");
    }
}

/// MSTICPy leaves the serial out of what makes an event and finds 381.
#[tokio::test]
async fn events_of_the_audit_log() {
    let Some(path) = shared("data/msticpy/auditd_log.txt") else { return };
    let sql = format!(
        "SELECT count(*) AS events, count(DISTINCT serial) AS serials, sum(record_count) AS lines, count(time) AS times FROM read_auditd('{}')",
        path.display()
    );
    says(&sql, &[&["938", "938", "1708", "938"]]).await;
}

/// Two readers of the same 106 MB in an archive: neither loses an event, and they agree on what was logged.
#[tokio::test]
async fn every_event_of_a_recorded_attack() {
    let Some(path) = shared("data/security-datasets/metasploit_logonpasswords_lsass_memory_dump.zip") else { return };
    let path = path.display();
    says(
        &format!("SELECT count(*) AS events, count(unparsed) AS lost, count(time) AS times, count(event_id) AS ids, count(computer) AS hosts FROM read_winevent_json('{path}')"),
        &[&["53698", "0", "53698", "53698", "53698"]],
    )
    .await;
    says(
        &format!("SELECT count(*) AS events, count(unparsed) AS lost, count(\"EventID\") AS ids FROM read_mordor('{path}')"),
        &[&["53698", "0", "53698"]],
    )
    .await;
    says(
        &format!(
            "WITH a AS (SELECT channel, event_id AS id, count(*) AS n FROM read_winevent_json('{path}') GROUP BY channel, event_id), \
             b AS (SELECT \"Channel\" AS channel, \"EventID\" AS id, count(*) AS n FROM read_mordor('{path}') GROUP BY \"Channel\", \"EventID\") \
             SELECT count(*) > 20 AS kinds, sum(CASE WHEN a.n = b.n THEN 0 ELSE 1 END) AS differ FROM a FULL JOIN b ON a.channel = b.channel AND a.id = b.id"
        ),
        &[&["true", "0"]],
    )
    .await;
    assert_eq!(query(&format!("SELECT count(*) AS n FROM '{path}/*.json'")).await, [["53698"]], "FROM goes on into the archive");
}

/// All logs of a sensor in one table; every line of every file is a row.
#[tokio::test]
async fn every_line_of_zeek() {
    for (archive, expected) in [("NASHUA", ["1725", "0", "1725", "12"]), ("SCRANTON", ["415", "0", "415", "14"])] {
        let Some(path) = shared(&format!("data/security-datasets/{archive}-zeek_logs.zip")) else { return };
        let sql = format!(
            "SELECT count(*) AS lines, count(unparsed) AS lost, count(ts) AS times, count(DISTINCT _file) AS files FROM read_zeek('{}')",
            path.display()
        );
        says(&sql, &[&expected]).await;
    }
}

/// The statements of an example, which reads the archives of ../shared instead of `security-datasets/`.
fn statements(example: &str) -> Option<Vec<String>> {
    let folder = shared("data/security-datasets")?;
    let script = std::fs::read_to_string(root().join("examples").join(example)).expect("an example");
    let code: Vec<&str> = script.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n").replace("'security-datasets/", &format!("'{}/", folder.display()));
    Some(code.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect())
}

/// The text of the tree is the last column: a line for each process, with the fragments in this order.
async fn shows(sql: &str, fragments: &[&str]) {
    let lines = |rows: Vec<Vec<String>>| rows.into_iter().filter_map(|row| row.into_iter().last()).collect::<Vec<_>>();
    let ours = lines(query(sql).await);
    assert_eq!(ours.len(), fragments.len(), "{ours:#?}");
    for (line, fragment) in ours.iter().zip(fragments) {
        assert!(line.contains(fragment), "{fragment} in {line}");
    }
    if let Some(theirs) = duckdb(sql).await {
        assert_eq!(ours, lines(theirs), "DuckDB: {sql}");
    }
}

/// From the web server to the reverse shell, as auditd and as Sysmon saw it, and its Windows cousin.
#[tokio::test]
async fn the_chain_of_log4shell() {
    let Some(statements) = statements("log4shell.sql") else { return };
    let [auditd, sysmon, windows] = statements.as_slice() else { panic!("three statements: {statements:#?}") };
    shows(auditd, &["? (1340)", "bash (17790)", "bash (17794)", "bash (17806)", "whoami (17832)", "base64 (17793)"]).await;
    shows(sysmon, &["java (1340)", "bash -i >& /dev/tcp/", "base64 (17793)", "bash (17794)", "bash (17806)", "whoami (17832)"]).await;
    shows(windows, &["tomcat9.exe (3936)", "http://192.168.3.5:443", "conhost.exe (11780)"]).await;
}

/// Who read the memory of LSASS, where it came from and what it started. The ids of the shells are those of the published transcript of the attack.
#[tokio::test]
async fn the_chain_of_a_dump() {
    let Some(statements) = statements("logonpasswords.sql") else { return };
    let [chain] = statements.as_slice() else { panic!("one statement: {statements:#?}") };
    let expected = [
        "explorer.exe (4544)",
        "winx64_payload.exe (1988)",
        "cmd.exe (7588)",
        "conhost.exe",
        "systeminfo.exe",
        "whoami.exe",
        "whoami  /groups",
        "tasklist.exe",
        "cmd.exe (6924)",
        "conhost.exe",
        "whoami.exe",
    ];
    shows(chain, &expected).await;
}
