//! Process trees of real logs, and of logs with planted truth.

use super::{duckdb, query, shared};

async fn says(sql: &str, expected: &[&[&str]]) {
    assert_eq!(query(sql).await, expected, "DataFusion: {sql}");
    if let Some(theirs) = duckdb(sql).await {
        assert_eq!(theirs, expected, "DuckDB: {sql}");
    }
}

const COUNTS: &str = "count(*) AS processes, sum(CASE WHEN is_root THEN 1 ELSE 0 END) AS roots, sum(CASE WHEN is_leaf THEN 1 ELSE 0 END) AS leaves, \
                      sum(CASE WHEN is_branch THEN 1 ELSE 0 END) AS branches, max(depth) AS depth";

/// The counts are MSTICPy's but for the last log: there MSTICPy has 266 processes and 200 leaves, because it makes the 29 of [`TWICE`] once more.
#[tokio::test]
async fn forests_of_real_logs() {
    for (file, expected) in [
        ("win_proc", ["1010", "10", "815", "185", "7"]),
        ("linux_proc", ["1029", "29", "497", "503", "5"]),
        ("mde_proc_pub", ["237", "3", "171", "63", "10"]),
    ] {
        let Some(path) = shared(&format!("data/msticpy/{file}.parquet")) else { return };
        says(&format!("WITH t AS (SELECT * FROM '{}') SELECT {COUNTS} FROM huntsql.process_tree(t)", path.display()), &[&expected]).await;
    }
}

/// Row of mde_proc_pub.parquet, process id, name, and its start in December 2021 as the process's own event and as that of its child say it. MSTICPy's key of a process holds
/// the time, so that the parent of these children is a process that was never logged, with an id, a name and a parent of its own (a parent found by its exact time only, and
/// else a phantom: defect 2 of "a child logged before its parent"). Here a start within a second is the same one. `windows-kb890830-x64-v5.96.exe` (1472) is
/// inferred here as well: the two times are 1.2 s apart.
#[rustfmt::skip]
const TWICE: [(&str, &str, &str, &str, &str); 29] = [
    ("0", "6592", "sc.exe", "15 23:00:03.449464", "15 23:00:03.038042"),
    ("2", "8560", "senseir.exe", "15 23:11:27.173362", "15 23:11:26.473328"),
    ("3", "5972", "powershell.exe", "15 23:11:37.869622", "15 23:11:37.777611"),
    ("5", "8684", "csc.exe", "15 23:11:45.589932", "15 23:11:45.383019"),
    ("8", "8876", "microsoftedgeupdate.exe", "15 23:38:32.389832", "15 23:38:32.145414"),
    ("11", "2072", "gpupdate.exe", "16 00:07:49.684420", "16 00:07:49.085829"),
    ("16", "7684", "senseir.exe", "16 00:55:27.540423", "16 00:55:26.542979"),
    ("17", "7984", "powershell.exe", "16 00:55:37.928749", "16 00:55:37.833471"),
    ("19", "1440", "csc.exe", "16 00:55:47.086348", "16 00:55:47.048906"),
    ("22", "6160", "powershell.exe", "16 01:07:27.677752", "16 01:07:27.066505"),
    ("24", "4588", "csc.exe", "16 01:07:34.284084", "16 01:07:34.255800"),
    ("29", "9004", "gpupdate.exe", "16 01:47:49.500818", "16 01:47:49.133833"),
    ("33", "8384", "senseir.exe", "16 02:49:27.125165", "16 02:49:26.617471"),
    ("34", "8992", "powershell.exe", "16 02:49:37.985418", "16 02:49:37.892322"),
    ("36", "7024", "csc.exe", "16 02:49:45.948394", "16 02:49:45.370706"),
    ("39", "7392", "wuauclt.exe", "16 03:00:04.777865", "16 03:00:04.700940"),
    ("40", "6160", "am_delta.exe", "16 03:00:05.989360", "16 03:00:05.039037"),
    ("42", "4604", "wuauclt.exe", "16 03:00:17.701723", "16 03:00:17.192675"),
    ("46", "936", "wuauclt.exe", "16 03:01:15.030578", "16 03:01:14.534112"),
    ("51", "9612", "tiworker.exe", "16 03:03:35.074991", "16 03:03:35.032193"),
    ("55", "10824", "mpcmdrun.exe", "16 03:12:22.010208", "16 03:12:21.959682"),
    ("56", "10832", "mpcmdrun.exe", "16 03:12:22.010597", "16 03:12:21.964424"),
    ("58", "10848", "mpcmdrun.exe", "16 03:12:22.011219", "16 03:12:21.968292"),
    ("60", "10864", "mpcmdrun.exe", "16 03:12:22.011851", "16 03:12:21.972755"),
    ("178", "6568", "sc.exe", "16 03:28:46.917823", "16 03:28:46.887196"),
    ("181", "6320", "wasecagentprov.exe", "16 03:28:49.936408", "16 03:28:49.875734"),
    ("184", "6900", "microsoftedgeupdate.exe", "16 03:30:12.005512", "16 03:30:11.643439"),
    ("189", "924", "searchindexer.exe", "16 03:30:13.428771", "16 03:30:13.051936"),
    ("192", "1584", "sc.exe", "16 03:31:11.119158", "16 03:31:11.028792"),
];

#[tokio::test]
async fn processes_that_msticpy_makes_twice() {
    let Some(path) = shared("data/msticpy/mde_proc_pub.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}'), tree AS (SELECT * FROM huntsql.process_tree(t)) \
         SELECT DISTINCT p.\"ProcessId\" AS pid, lower(p.\"FileName\") AS name FROM tree c JOIN tree p ON c.parent_key = p.process_key \
         WHERE NOT p.inferred AND c.\"InitiatingProcessCreationTime\" <> p.\"ProcessCreationTime\" ORDER BY pid, name",
        path.display()
    );
    let mut expected: Vec<(u32, &str, &str)> = TWICE.iter().map(|(_, pid, name, ..)| (pid.parse().unwrap(), *pid, *name)).collect();
    expected.sort_unstable();
    let expected: Vec<[&str; 2]> = expected.iter().map(|(_, pid, name)| [*pid, *name]).collect();
    let expected: Vec<&[&str]> = expected.iter().map(|row| row.as_slice()).collect();
    says(&sql, &expected).await;
}

#[tokio::test]
async fn every_true_parent_is_found() {
    for (file, parents) in [("proc100k", "99830"), ("proc100k_hosts", "99783")] {
        let Some(path) = shared(&format!("peers/data/{file}.parquet")) else { return };
        let sql = format!(
            "WITH log AS (SELECT * FROM '{}'), t AS (SELECT * FROM huntsql.process_tree(log)) \
             SELECT sum(CASE WHEN c.true_parent_row >= 0 THEN 1 ELSE 0 END) AS children, sum(CASE WHEN p.\"row\" = c.true_parent_row THEN 1 ELSE 0 END) AS right_parents, \
             sum(CASE WHEN c.true_parent_row < 0 AND p.inferred THEN 1 ELSE 0 END) + sum(CASE WHEN c.true_parent_row >= 0 THEN 1 ELSE 0 END) AS all_of_them \
             FROM t c JOIN t p ON c.parent_key = p.process_key WHERE NOT c.inferred",
            path.display()
        );
        says(&sql, &[&[parents, parents, "100000"]]).await;
    }
}

/// Times by the minute: every row is kept. The depth is real (docs/DESIGN.md, "Functions that put rows in relation").
#[tokio::test]
async fn times_by_the_minute() {
    let Some(path) = shared("data/msticpy/lab_processes_on_host.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}') SELECT count(\"NewProcessId\") AS kept, count(DISTINCT process_key) AS all_processes, max(depth) < 850 AS no_deeper \
         FROM huntsql.process_tree(t, time_format => '%m/%d/%y %I:%M %p')",
        path.display()
    );
    says(&sql, &[&["22979", "23010", "true"]]).await;

    // The script hands a random number on from PowerShell to the cmd.exe that it starts. A wrong parent would have the same one once in 32,768 times.
    let sql = format!(
        "WITH l AS (SELECT * FROM '{}'), t AS (SELECT * FROM huntsql.process_tree(l, time_format => '%m/%d/%y %I:%M %p')), \
         n AS (SELECT process_key, parent_key, depth, process, regexp_replace(\"CommandLine\", '^.*WinBenignActivity.cmd\" (-[0-9]+).*$', '\\1') AS number FROM t) \
         SELECT count(*) AS links, sum(CASE WHEN c.number = p.number THEN 1 ELSE 0 END) AS right_ones, sum(CASE WHEN c.depth > 20 THEN 1 ELSE 0 END) AS below_20 \
         FROM n c JOIN n p ON c.parent_key = p.process_key \
         WHERE c.process LIKE '%cmd.exe' AND p.process LIKE '%powershell.exe' AND c.number LIKE '-%' AND p.number LIKE '-%'",
        path.display()
    );
    says(&sql, &[&["666", "666", "651"]]).await;
}
