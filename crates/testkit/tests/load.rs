//! `LOAD huntsql` beside what a user or another extension already has.
#![expect(clippy::print_stderr, reason = "helpers of tests fail and speak as tests do")]

use huntsql_testkit::duckdb_engine::{DuckDbEngine, DuckDbSetup, versions};
use huntsql_testkit::suite::root;
use sqllogictest::{AsyncDB, DBOutput};

/// One setup a DuckDB version; none without `cargo x test`.
fn setups() -> Vec<DuckDbSetup> {
    let all: Vec<_> = versions(&root()).iter().filter_map(|version| DuckDbSetup::of_version(version)).collect();
    if all.is_empty() {
        eprintln!("SKIPPED: LOAD inside DuckDB; run `cargo x test`");
    }
    all
}

async fn ask(engine: &mut DuckDbEngine, sql: &str) -> Result<Vec<Vec<String>>, String> {
    match engine.run(sql).await.map_err(|error| error.to_string())? {
        DBOutput::Rows { rows, .. } => Ok(rows),
        _ => Ok(Vec::new()),
    }
}

#[tokio::test]
async fn a_taken_name_stays_and_is_listed() {
    for setup in setups() {
        let mut engine = DuckDbEngine::start_after(&setup, &["CREATE MACRO defang(x) AS 'mine'"]).expect("DuckDB");
        let both = ask(&mut engine, "SELECT defang('http://a.test') AS theirs, huntsql_defang('http://a.test') AS ours").await;
        assert_eq!(both, Ok(vec![vec!["mine".to_owned(), "hxxp://a[.]test".to_owned()]]));
        let listed = ask(&mut engine, "SELECT use_instead FROM huntsql.conflicts WHERE name = 'defang'").await;
        assert_eq!(listed, Ok(vec![vec!["huntsql_defang".to_owned()]]));
    }
}

#[tokio::test]
async fn a_catalog_of_the_same_name_is_an_error_that_helps() {
    for setup in setups() {
        let mut engine = DuckDbEngine::start_after(&setup, &["CREATE SCHEMA huntsql"]).expect("DuckDB");
        let error = ask(&mut engine, "SELECT 1").await.expect_err("LOAD fails");
        assert!(error.contains("a schema named 'huntsql' is already here") && error.contains("HUNTSQL_CATALOG"), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_written_to_the_users_file() {
    for setup in setups() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("logs.duckdb");
        let attach = format!("ATTACH '{}' AS logs; USE logs; CREATE TABLE t AS SELECT 'evil[.]com' AS x", file.display());
        let mut engine = DuckDbEngine::start_after(&setup, &[&attach]).expect("DuckDB");
        assert_eq!(ask(&mut engine, "SELECT refang(x) AS x FROM t").await, Ok(vec![vec!["evil.com".to_owned()]]));
        let left = ask(
            &mut engine,
            "SELECT (SELECT count(*) FROM duckdb_views() WHERE database_name = 'logs' AND NOT internal) \
             + (SELECT count(*) FROM duckdb_functions() WHERE database_name = 'logs') AS n",
        )
        .await;
        assert_eq!(left, Ok(vec![vec!["0".to_owned()]]));
    }
}
