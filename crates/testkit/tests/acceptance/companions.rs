//! What is said of the trees and sessions of real logs.

use super::{duckdb, query, shared};

async fn says(sql: &str, expected: &[&[&str]]) {
    assert_eq!(query(sql).await, expected, "DataFusion: {sql}");
    if let Some(theirs) = duckdb(sql).await {
        assert_eq!(theirs, expected, "DuckDB: {sql}");
    }
}

/// The counts are those of `process.rs`, where they are compared with MSTICPy's.
#[tokio::test]
async fn summaries_of_real_logs() {
    for (file, expected) in [
        ("win_proc", ["1010", "10", "815", "185", "0", "7", "10", "1"]),
        ("linux_proc", ["1029", "29", "497", "503", "0", "5", "29", "1"]),
        ("mde_proc_pub", ["237", "3", "171", "63", "0", "10", "37", "1"]),
    ] {
        let Some(path) = shared(&format!("data/msticpy/{file}.parquet")) else { return };
        let sql = format!(
            "WITH t AS (SELECT * FROM '{}'), tree AS (SELECT * FROM huntsql.process_tree(t)) \
             SELECT processes, roots, leaves, branches, isolated, max_depth, inferred, hosts FROM huntsql.tree_summary(tree)",
            path.display()
        );
        says(&sql, &[&expected]).await;
    }
}

/// `suchost.exe` is the attack in this log: nobody but one shell ever started it.
#[tokio::test]
async fn the_planted_process_is_rare() {
    let Some(path) = shared("data/msticpy/win_proc.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}'), tree AS (SELECT * FROM huntsql.process_tree(t)), rare AS (SELECT row_number() OVER (ORDER BY surprise DESC, count, parent, child) AS place, * FROM huntsql.rare_parent_child(tree)) \
         SELECT parent, child, count, place <= 5 AS among_the_first FROM rare WHERE child = 'suchost.exe'",
        path.display()
    );
    says(&sql, &[&["cmd.exe", "suchost.exe", "1", "true"]]).await;
}

/// Every ancestor of every process is a prefix of its path: the companions agree with the tree.
#[tokio::test]
async fn families_are_those_of_the_paths() {
    let Some(path) = shared("data/msticpy/win_proc.parquet") else { return };
    let tree = format!("WITH t AS (SELECT * FROM '{}'), tree AS (SELECT * FROM huntsql.process_tree(t))", path.display());
    let key = query(&format!("{tree} SELECT process_key FROM tree WHERE process LIKE '%suchost.exe'")).await;
    let key = key[0][0].clone();
    let sql = format!(
        "{tree}, own AS (SELECT path AS own_path FROM tree WHERE process_key = '{key}') \
         SELECT (SELECT count(*) FROM tree JOIN own ON own_path = path OR starts_with(own_path, path || '/')) = (SELECT count(*) FROM huntsql.process_ancestors(tree, '{key}')) AS ancestors, \
         (SELECT max(distance) + 1 FROM huntsql.process_ancestors(tree, '{key}')) = (SELECT depth FROM tree WHERE process_key = '{key}') AS generations, \
         (SELECT count(*) FROM huntsql.process_siblings(tree, '{key}')) = (SELECT children FROM tree WHERE process_key = (SELECT parent_key FROM tree WHERE process_key = '{key}')) AS siblings, \
         (SELECT count(*) FROM huntsql.tree_text(tree)) = (SELECT count(*) FROM tree) AS lines"
    );
    says(&sql, &[&["true", "true", "true", "true"]]).await;
}

/// 726 sessions are opened and 716 closed in PAM's lines, and nine of systemd-logind's opened and closed. MSTICPy pairs by order alone and finds 548.
#[tokio::test]
async fn every_session_of_the_lab_is_kept() {
    let Some(path) = shared("data/msticpy/lab_syslog_data.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}') SELECT count(start_time) AS opened, count(end_time) AS closed, count(*) AS sessions, sum(events) AS events, count(source_ip) AS sources \
         FROM huntsql.logon_sessions(t, time_format => '%m/%d/%Y, %I:%M:%S%.f %p')",
        path.display()
    );
    says(&sql, &[&["735", "725", "738", "1460", "2"]]).await;
}

#[tokio::test]
async fn logons_of_windows() {
    let Some(path) = shared("data/msticpy/lab_host_logons.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}') SELECT sum(events) AS events, count(DISTINCT session_key) = count(*) AS keys_differ FROM huntsql.logon_sessions(t)",
        path.display()
    );
    says(&sql, &[&["164", "true"]]).await;
}

#[tokio::test]
async fn commands_of_sudo() {
    for (file, format, expected) in [
        ("sudo_data", "iso", [["squid-uk-02", "peteb", "3"], ["ubuntudevenv", "peteb", "7"], ["squid-uk-02", "peteb", "1"]].as_slice()),
        ("syslog_data", "%m/%d/%Y %H:%M", [["squid-uk-02", "omsagent", "34"]].as_slice()),
    ] {
        let Some(path) = shared(&format!("data/msticpy/{file}.parquet")) else { return };
        let sql = format!(
            "WITH t AS (SELECT * FROM '{}') SELECT host, account, command_count FROM huntsql.sudo_sessions(t, time_format => '{format}')",
            path.display()
        );
        let expected: Vec<&[&str]> = expected.iter().map(|row| row.as_slice()).collect();
        says(&sql, &expected).await;
    }
}
