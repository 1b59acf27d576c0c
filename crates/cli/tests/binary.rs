//! The binary: standard output, standard error, exit code.

#![allow(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Ran {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

fn start(args: &[&str], folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huntsql"));
    command.args(args).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn run_in(folder: &Path, args: &[&str], stdin: &str) -> Ran {
    let mut child = start(args, folder);
    // A program that does not read its input is no failure of the test.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran { stdout: String::from_utf8(output.stdout).unwrap(), stderr: String::from_utf8(output.stderr).unwrap(), code: output.status.code() }
}

fn run(args: &[&str]) -> Ran {
    run_in(&std::env::temp_dir(), args, "")
}

#[track_caller]
fn ok(args: &[&str], stdout: &str) {
    let ran = run(args);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), (stdout, "", Some(0)));
}

#[track_caller]
fn fails(args: &[&str], code: i32, stderr: &str) {
    let ran = run(args);
    assert!(ran.stderr.contains(stderr), "{}", ran.stderr);
    assert_eq!(ran.code, Some(code));
}

#[test]
fn statements_run_in_order() {
    ok(&["-c", "SELECT 1 AS a; SELECT 'x' AS b", "-o", "csv"], "a\n1\nb\nx\n");
    ok(&["-c", "SELECT 1 AS a, NULL AS n"], " a │ n\n───┼──────\n 1 │ NULL\n(1 row)\n");
    ok(&["-c", "CREATE TABLE t AS SELECT 7 AS a", "-c", "SELECT a FROM t", "-o", "ndjson"], "{\"a\":7}\n");
    ok(&["-c", "-- only a comment"], "");
}

#[test]
fn every_format_reaches_a_pipe() {
    let sql = "SELECT 1 AS n, 'a|b' AS t";
    ok(&["-c", sql, "-o", "json"], "[{\"n\":1,\"t\":\"a|b\"}]\n");
    ok(&["-c", sql, "-o", "tsv"], "n\tt\n1\ta|b\n");
    ok(&["-c", sql, "-o", "markdown"], "| n | t |\n| ---: | --- |\n| 1 | a\\|b |\n");
    ok(&["-c", sql, "-o", "record"], "── row 1 ───────────────────────────────\n n │ 1\n t │ a|b\n(1 row)\n");
    let mut child = start(&["-c", sql, "-o", "parquet"], &std::env::temp_dir());
    drop(child.stdin.take());
    assert!(child.wait_with_output().unwrap().stdout.starts_with(b"PAR1"));
}

#[test]
fn plans_are_lines() {
    let ran = run(&["-c", "EXPLAIN SELECT 1 AS a"]);
    assert!(ran.stdout.starts_with("logical_plan\n  Projection") && !ran.stdout.contains("\\n"), "{}", ran.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_huntsql"));
    let output = command.args(["-c", "SELECT 1"]).stdin(Stdio::null()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no space left on device"));
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let sql = "SELECT chr(27) || '[31m' || chr(8238) || 'exe' AS t";
    ok(&["-c", sql], " t\n─────────────────────\n \\x1b[31m\\u{202e}exe\n(1 row)\n");
    ok(&["-c", sql, "-o", "ndjson"], "{\"t\":\"\\u001b[31m\\u202eexe\"}\n");
    fails(&["-c", "SELECT 1 AS a; SELECT \"no\x1b[2Jpe\" FROM (SELECT 1 AS a) t"], 1, "\\x1b[2J");
    assert!(!run(&["-c", "SELECT \"no\x1b[2Jpe\""]).stderr.contains('\x1b'));
}

#[test]
fn scripts_come_from_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.sql"), "-- setup\nCREATE TABLE t AS SELECT 1 AS a;\n.mode csv\nSELECT a\nFROM t;\n.read b.sql\n")
        .unwrap();
    std::fs::write(folder.path().join("b.sql"), "\u{feff}SELECT 'a;b' AS b; /* ; */ -- ;\nSELECT 3 AS c").unwrap();
    let expected = "a\n1\nb\na;b\nc\n3\n";
    for args in [&["-f", "a.sql"][..], &["a.sql"]] {
        let ran = run_in(folder.path(), args, "");
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), (expected, "", Some(0)));
    }
    for args in [&[][..], &["-f", "-"]] {
        let ran = run_in(folder.path(), args, ".mode csv\nSELECT 1 AS a;\nSELECT 2 AS b;\n.quit\nSELECT 3;");
        assert_eq!((ran.stdout.as_str(), ran.code), ("a\n1\nb\n2\n", Some(0)));
    }
    let ran = run_in(folder.path(), &["-c", "CREATE TABLE t AS SELECT 1 AS x", "-f", "b.sql", "-c", "SELECT x FROM t", "-o", "csv"], "");
    assert_eq!(ran.stdout, "b\na;b\nc\n3\nx\n1\n");
}

#[test]
fn a_script_stops_at_its_first_error_and_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.sql"), "SELECT 1 AS a;\n\n-- c\nSELECT nope;\nSELECT 2 AS b;\n").unwrap();
    std::fs::write(folder.path().join("p.sql"), "SELECT 1 AS a;\n  SELECT 1 FRM x y z;").unwrap();
    std::fs::write(folder.path().join("r.sql"), "\n.read a.sql\n").unwrap();
    std::fs::write(folder.path().join("loop.sql"), ".read loop.sql\n").unwrap();
    std::fs::write(folder.path().join("latin.sql"), b"SELECT 1;\nSELECT '\xe9';").unwrap();
    let ran = run_in(folder.path(), &["-f", "a.sql", "-o", "csv"], "");
    assert_eq!((ran.stdout.as_str(), ran.code), ("a\n1\n", Some(1)));
    assert!(ran.stderr.starts_with("error: a.sql:4: ") && ran.stderr.contains("nope"), "{}", ran.stderr);
    let ran = run_in(folder.path(), &["-f", "p.sql"], "");
    assert!(ran.stderr.starts_with("error: p.sql:2: ") && ran.stderr.contains("line 2: expected"), "{}", ran.stderr);
    assert!(run_in(folder.path(), &["-f", "r.sql"], "").stderr.starts_with("error: r.sql:2: a.sql:4: "));
    assert!(run_in(folder.path(), &["-f", "loop.sql"], "").stderr.contains("more than 16 deep"));
    let ran = run_in(folder.path(), &["-f", "latin.sql"], "");
    assert!(ran.stderr.contains("latin.sql is not UTF-8 (line 2)"), "{}", ran.stderr);
    assert_eq!(ran.code, Some(2));
}

#[test]
fn wrong_usage_exits_with_2() {
    fails(&["--nope"], 2, "--nope");
    fails(&["-o", "jsn", "-c", "SELECT 1"], 2, "did you mean 'json'?");
    fails(&["-f", "absent.sql"], 2, "cannot read the script absent.sql");
    fails(&["logs.csv"], 2, "SELECT * FROM 'logs.csv'");
    fails(&["--force", "-c", "SELECT 1"], 2, "--output");
    let version = run(&["--version"]);
    assert_eq!((version.stdout, version.code), (format!("huntsql {}\n", env!("CARGO_PKG_VERSION")), Some(0)));
    let help = run(&["--help"]);
    assert!(help.stdout.contains("Examples:") && help.code == Some(0));
}

#[test]
fn files_are_never_overwritten_and_hold_whole_results() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
    let run = |args: &[&str]| run_in(folder.path(), args, "");
    let ran = run(&["-c", "SELECT 1 AS a", "--output", "a.csv"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("", "", Some(0)));
    assert_eq!(read("a.csv").unwrap(), "a\n1\n");
    let ran = run(&["-c", "SELECT 2 AS a", "--output", "a.csv"]);
    assert_eq!((ran.stderr.as_str(), ran.code), ("error: a.csv exists; --force replaces it\n", Some(2)));
    assert_eq!(read("a.csv").unwrap(), "a\n1\n");
    assert_eq!(run(&["-c", "SELECT nope", "--output", "a.csv", "--force"]).code, Some(1));
    assert_eq!(read("a.csv").unwrap(), "a\n1\n", "a failure keeps the old file");
    assert_eq!(run(&["-c", "SELECT 3 AS a", "--output", "a.csv", "--force", "-o", "json"]).code, Some(0));
    assert_eq!(read("a.csv").unwrap(), "[{\"a\":3}]\n");
    // The second result fails after rows were written: the first stays, whole.
    let broken = "SELECT 1 AS a; SELECT 1 / (100000 - value) AS b FROM generate_series(1, 200000)";
    assert_eq!(run(&["-c", broken, "--output", "b.csv"]).code, Some(1));
    assert_eq!(read("b.csv").unwrap(), "a\n1\n");
    assert_eq!(run(&["-c", "SELECT 1 / (value - value) FROM generate_series(1, 3)", "--output", "c.csv"]).code, Some(1));
    assert!(read("c.csv").is_err());
    let ran = run(&["-c", "SELECT 1 AS a; SELECT 2 AS a", "--output", "d.parquet"]);
    assert!(ran.stderr.contains("holds one result") && ran.code == Some(1), "{}", ran.stderr);
    let ran = run(&["-c", "SET huntsql.defang = true", "--output", "e.csv"]);
    assert_eq!((ran.stderr.as_str(), ran.code), ("warning: no statement gave rows: e.csv was not written\n", Some(0)));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left.iter().filter(|name| name.ends_with(".part")).count(), 0, "{left:?}");
}

#[test]
fn dot_output_sends_results_to_files() {
    let folder = tempfile::tempdir().unwrap();
    let script = ".output hits.ndjson\nSELECT 1 AS a;\nSELECT 2 AS a;\n.output\n.mode csv\nSELECT 3 AS a;\n.output hits.ndjson\nSELECT 4;";
    let ran = run_in(folder.path(), &[], script);
    assert_eq!((ran.stdout.as_str(), ran.code), ("a\n3\n", Some(1)));
    assert_eq!(
        ran.stderr,
        "results go to hits.ndjson as ndjson, until .output\nerror: stdin:7: hits.ndjson exists; .output! hits.ndjson replaces it\n"
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("hits.ndjson")).unwrap(), "{\"a\":1}\n{\"a\":2}\n");
    assert_eq!(run_in(folder.path(), &["-c", ".output! hits.ndjson", "-c", "SELECT 5 AS a"], "").code, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("hits.ndjson")).unwrap(), "{\"a\":5}\n");
}

#[test]
fn settings_are_dot_commands_and_sql() {
    ok(&["-c", ".defang on", "-c", ".mode csv", "-c", "SELECT 'http://evil.test' AS u"], "u\nhxxp://evil[.]test\n");
    ok(&["-c", "SET huntsql.mode = 'csv'; SET huntsql.defang = true; SELECT 'http://evil.test' AS u"], "u\nhxxp://evil[.]test\n");
    ok(
        &["-c", ".maxrows 2", "-c", "SELECT value FROM generate_series(1, 5)"],
        " value\n───────\n     1\n     2\n… 3 more rows; .maxrows 0 shows all\n(5 rows)\n",
    );
    ok(&["-c", ".maxrows 2", "-o", "csv", "-c", "SELECT value FROM generate_series(1, 3)"], "value\n1\n2\n3\n");
    ok(&["-c", ".width 99", "-o", "csv", "-c", "SHOW huntsql.width"], "name,value\nhuntsql.width,99\n");
    ok(&["-c", "SELECT '=1' AS a", "-o", "csv"], "a\n'=1\n");
    ok(&["-c", "SET huntsql.csv_guard = false; SELECT '=1' AS a", "-o", "csv"], "a\n=1\n");
    fails(&["-c", "SET huntsql.defnag = true"], 1, "did you mean 'defang'?");
    fails(&["-c", ".maxrows many"], 1, "must be a whole number");
    let timed = run(&["-c", ".timer on", "-c", "SELECT 1 AS a", "-o", "csv"]);
    assert_eq!(timed.stdout, "a\n1\n");
    assert!(timed.stderr.ends_with(" s, 1 row\n"), "{}", timed.stderr);
}

#[test]
fn dot_commands_explain_themselves() {
    let help = run(&["-c", ".help"]);
    assert!(help.stdout.contains(".maxrows") && help.code == Some(0));
    assert!(run(&["-c", ".help output"]).stdout.contains("replaces it"));
    assert!(run(&["-c", ".doc extract_iocs"]).stdout.contains("Options"));
    assert!(run(&["-c", ".functions"]).stdout.contains("extract_iocs"));
    assert!(run(&["-c", ".functions %sha%"]).stdout.contains("sha256"));
    assert!(run(&["-c", ".maxrows 1", "-c", ".mode record", "-c", ".settings"]).stdout.contains("(7 rows)"));
    fails(&["-c", ".doc extract_ioc"], 1, "did you mean 'extract_iocs'?");
    fails(&["-c", ".tabels"], 1, "unknown command '.tabels', did you mean .tables?");
    fails(&["-c", ".help tabels"], 1, "did you mean .tables?");
    ok(
        &["-o", "csv", "-c", "CREATE TABLE t AS SELECT 1 AS a; CREATE VIEW v AS SELECT 2 AS b", "-c", ".tables"],
        "table,kind\nhuntsql.conflicts,table\nhuntsql.functions,table\nhuntsql.lookup_cache,view\nt,table\nv,view\n",
    );
    ok(
        &["-o", "csv", "-c", "CREATE TABLE t AS SELECT 1 AS a, 'x' AS b, [1.5] AS l", "-c", ".schema t"],
        "column,type,null\na,BIGINT,no\nb,TEXT,no\nl,LIST(DOUBLE),no\n",
    );
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child = start(&["-c", "SELECT value FROM generate_series(1, 10000000)", "-o", "csv"], &std::env::temp_dir());
    drop(child.stdin.take());
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 8];
    stdout.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"value\n1\n");
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_script_at_once() {
    // The join never yields: it holds every thread of the pool.
    let join = "SELECT count(*) FROM generate_series(1,100000) a, generate_series(1,100000) b WHERE a.value + b.value = 7";
    for sql in ["SELECT count(*) FROM generate_series(1, 100000000000)", join] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(&["-c", sql, "-c", "SELECT 1", "--output", "a.csv"], folder.path());
        drop(child.stdin.take());
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let told = std::time::Instant::now();
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.stdout.len(), output.status.code()), (0, Some(130)));
        assert!(told.elapsed().as_secs_f64() < 1.9, "{:?}", told.elapsed());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
