//! What huntsql must find in real and seeded data under ../shared. None of it is part of the project: where it is absent the tests
//! say so and pass.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests fail and speak as tests do")]

mod analysis;
mod companions;
mod process;
mod readers;

use huntsql_datafusion::session::HuntSession;
use huntsql_testkit::datafusion_engine::rows;
use huntsql_testkit::duckdb_engine::{DuckDbEngine, DuckDbSetup, versions};
use huntsql_testkit::suite::root;
use sqllogictest::{AsyncDB, DBOutput};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A file or folder of ../shared.
fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is absent", path.display());
        return None;
    }
    path.canonicalize().ok()
}

async fn query(sql: &str) -> Vec<Vec<String>> {
    let session = HuntSession::new().expect("a session");
    let frame = session.sql(sql).await.expect("a plan");
    rows(&frame.collect().await.expect("rows")).expect("cells")
}

/// The same statement inside the reference DuckDB, or `None` without it.
async fn duckdb(sql: &str) -> Option<Vec<Vec<String>>> {
    let version = versions(&root()).into_iter().next()?;
    let Some(setup) = DuckDbSetup::of_version(&version) else {
        eprintln!("SKIPPED: the comparison with DuckDB; run `cargo x test`");
        return None;
    };
    match DuckDbEngine::start(&setup).expect("DuckDB").run(sql).await.expect("rows") {
        DBOutput::Rows { rows, .. } => Some(rows),
        _ => panic!("no rows"),
    }
}

#[tokio::test]
async fn the_lab_hides_two_commands() {
    let Some(file) = shared("data/msticpy/lab_processes_on_host.parquet") else { return };
    let file = file.display();
    let sql = format!(
        "SELECT DISTINCT ioc['type'] AS type, ioc['value'] AS value FROM (SELECT unnest(extract_iocs(item['text'])) AS ioc \
         FROM (SELECT unnest(b64_unpack(CommandLine)) AS item FROM '{file}') s WHERE item['kind'] = 'text') t \
         WHERE ioc['type'] IN ('domain', 'url') ORDER BY type, value"
    );
    let found = query(&sql).await;
    for host in ["wh401k.org", "microsoft.com"] {
        assert!(found.iter().any(|row| row[1].contains(host)), "{host} in {found:?}");
    }
    if let Some(theirs) = duckdb(&sql).await {
        assert_eq!(found, theirs);
    }
}

#[tokio::test]
async fn engines_agree_on_every_byte_of_the_lab() {
    let Some(file) = shared("data/msticpy/lab_processes_on_host.parquet") else { return };
    let file = file.display();
    for sql in [
        format!(
            "SELECT c, ioc['type'] AS type, ioc['value'] AS value, ioc['raw'] AS raw, ioc['start_byte'] AS s, ioc['end_byte'] AS e, ioc['defanged'] AS d \
             FROM (SELECT c, unnest(extract_iocs(c, {{'types': ['all']}})) AS ioc FROM (SELECT DISTINCT CommandLine AS c FROM '{file}') t) u \
             ORDER BY c, s, e, type, value"
        ),
        format!(
            "SELECT c, item['path'] AS path, item['kind'] AS kind, item['encoding'] AS encoding, item['text'] AS text, item['bytes'] AS bytes, \
             item['sha256'] AS sha256, item['start_byte'] AS s, item['status'] AS status \
             FROM (SELECT c, unnest(b64_unpack(c)) AS item FROM (SELECT DISTINCT CommandLine AS c FROM '{file}') t) u ORDER BY c, path, s"
        ),
    ] {
        let ours = query(&sql).await;
        assert!(!ours.is_empty());
        if let Some(theirs) = duckdb(&sql).await {
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs);
            }
        }
    }
}

#[tokio::test]
async fn planted_payloads_are_unpacked_and_nothing_else() {
    let Some(folder) = shared("peers/data") else { return };
    let folder = folder.display();
    let found: BTreeSet<(String, String)> = query(&format!(
        "SELECT id, item['text'] AS text FROM (SELECT id, unnest(b64_unpack(cmd)) AS item FROM '{folder}/b64_20k.parquet') s WHERE item['kind'] = 'text'"
    ))
    .await
    .into_iter()
    .filter_map(|row| row.into_iter().collect::<Vec<_>>().try_into().ok().map(|[id, text]: [String; 2]| (id, text)))
    .collect();
    let planted: BTreeSet<(String, String)> = query(&format!("SELECT id, payload FROM '{folder}/b64_20k_truth.parquet'"))
        .await
        .into_iter()
        .filter_map(|row| row.try_into().ok().map(|[id, text]: [String; 2]| (id, text)))
        .collect();
    assert_eq!(planted.difference(&found).count(), 0, "every planted payload is found");
    let planted_rows: BTreeSet<&String> = planted.iter().map(|(id, _)| id).collect();
    let others: BTreeSet<&String> = found.iter().map(|(id, _)| id).filter(|id| !planted_rows.contains(id)).collect();
    assert_eq!(others.len(), 11, "only the rows with the lab's own payloads: {others:?}");
}

#[tokio::test]
async fn planted_indicators_are_found() {
    let Some(folder) = shared("peers/data") else { return };
    let folder = folder.display();
    let counts = query(&format!(
        "WITH found AS (SELECT DISTINCT id, ioc['type'] AS type, ioc['value'] AS value \
                        FROM (SELECT id, unnest(extract_iocs(message)) AS ioc FROM '{folder}/syslog100k.parquet') s), \
              planted AS (SELECT id, CASE ioc_type WHEN 'dns' THEN 'domain' ELSE replace(ioc_type, '_hash', '') END AS type, value \
                          FROM '{folder}/syslog100k_truth.parquet') \
         SELECT count(*) AS planted, count(f.id) AS hits FROM planted p LEFT JOIN found f ON p.id = f.id AND p.type = f.type AND p.value = f.value"
    ))
    .await;
    let number = |index: usize| counts[0][index].parse::<f64>().expect("a number");
    assert!(number(1) / number(0) >= 0.995, "planted, found: {counts:?}");
}

#[tokio::test]
async fn a_large_event_log_is_swept() {
    let Some(archive) = shared("data/security-datasets/metasploit_logonpasswords_lsass_memory_dump.zip") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    zip::ZipArchive::new(std::fs::File::open(archive).expect("the archive")).expect("a zip").extract(folder.path()).expect("its members");
    let folder = folder.path().display();
    assert_eq!(query(&format!("SELECT count(*) AS n FROM '{folder}'")).await, [["53698"]]);
    let swept = query(&format!(
        "SELECT count(*) AS hits, count(DISTINCT ioc['value']) AS distinct_values \
         FROM (SELECT unnest(extract_iocs(Message)) AS ioc FROM '{folder}') s"
    ))
    .await;
    assert!(swept[0][0].parse::<u64>().expect("a number") > 1_000, "{swept:?}");
}
