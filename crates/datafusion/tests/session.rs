//! Statements: names, case, extra columns, errors.

mod support;

use support::Folder;

fn logs() -> Folder {
    let f = Folder::new();
    f.write("logs.json", "{\"Host\":\"a\",\"CommandLine\":\"cmd /c\",\"Parent\":{\"Image\":\"p\"}}\n{\"Host\":\"b\",\"CommandLine\":\"ls\",\"Parent\":{\"Image\":\"q\"}}\n");
    f.write("hosts.csv", "host,site\na,north\nb,south\n");
    f
}

#[tokio::test]
async fn case_does_not_matter_without_an_exact_match() {
    let f = logs();
    f.is("SELECT commandline FROM '{}/logs.json' WHERE HOST = 'a' ORDER BY commandLINE", "cmd /c").await;
    f.is("SELECT L.COMMANDLINE FROM '{}/logs.json' l WHERE l.host = 'b'", "ls").await;
    f.is("SELECT logs.host FROM '{}/logs.json' ORDER BY 1", "a\nb").await;
    f.is("SELECT upper(Host) AS Cmd FROM '{}/logs.json' ORDER BY cmd DESC", "B\nA").await;
    f.is("SELECT host, count(*) AS N FROM '{}/logs.json' GROUP BY HOST HAVING COUNT(*) > 0 ORDER BY n, host", "a|1\nb|1").await;
    f.is("WITH T AS (SELECT CommandLine AS Cmd FROM '{}/logs.json') SELECT cmd FROM t ORDER BY CMD", "cmd /c\nls").await;
    f.is("SELECT site FROM '{}/logs.json' l JOIN '{}/hosts.csv' h ON l.host = h.HOST WHERE commandline = 'ls'", "south").await;
    f.is("SELECT l.host FROM '{}/logs.json' l WHERE EXISTS (SELECT 1 FROM '{}/hosts.csv' h WHERE h.host = L.host AND SITE = 'north')", "a")
        .await;
    f.is("SELECT parent['Image'] AS i FROM '{}/logs.json' ORDER BY i", "p\nq").await;
    f.fails("SELECT \"commandline\" FROM '{}/logs.json'", "no column 'commandline'").await;
    assert_eq!(support::header(&f.session, &f.fill("SELECT commandline FROM '{}/logs.json'")).await, "CommandLine");
    assert_eq!(support::header(&f.session, &f.fill("SELECT commandline AS Cmd FROM '{}/logs.json'")).await, "Cmd");
}

#[tokio::test]
async fn exact_case_wins() {
    let f = Folder::new();
    f.write("k.json", "{\"cmd\":1,\"CMD\":2}\n");
    f.is("SELECT cmd, CMD FROM '{}/k.json'", "1|2").await;
    f.fails("SELECT Cmd FROM '{}/k.json'", "column 'Cmd' could be \"cmd\" and \"CMD\": quote the one you mean").await;
}

#[tokio::test]
async fn extra_columns() {
    let f = logs();
    f.is("SELECT * FROM '{}/hosts.csv' ORDER BY host", "a|north\nb|south").await;
    f.is("SELECT *, _line FROM '{}/hosts.csv' ORDER BY _line DESC", "b|south|3\na|north|2").await;
    f.is("SELECT _line, * FROM '{}/hosts.csv' WHERE _line = 2", "2|a|north").await;
    f.is("SELECT h.*, _line FROM '{}/hosts.csv' h WHERE site LIKE 's%'", "b|south|3").await;
    f.is(
        "SELECT *, l._line AS a, h._line AS b FROM '{}/hosts.csv' h JOIN '{}/logs.json' l ON l.Host = h.host WHERE h.host = 'a'",
        "a|north|a|cmd /c|{Image: p}|1|2",
    )
    .await;
    f.is("SELECT right(_file, 9) AS f, _LINE FROM '{}/hosts.csv' ORDER BY 2", "hosts.csv|2\nhosts.csv|3").await;
    f.is("WITH t AS (SELECT *, _line FROM '{}/hosts.csv') SELECT * FROM t WHERE _line = 2", "a|north|2").await;
    f.fails("SELECT _line FROM (SELECT * FROM '{}/hosts.csv') t", "no column '_line' here").await;
    f.write("own.json", "{\"_line\":\"mine\",\"a\":1}\n");
    f.is("SELECT * FROM '{}/own.json' WHERE _line = 'mine'", "mine|1").await;
}

#[tokio::test]
async fn every_kind_of_statement() {
    let f = logs();
    f.run("CREATE VIEW V AS SELECT Host FROM '{}/logs.json'").await;
    f.is("SELECT count(*) AS n FROM v", "2").await;
    f.run("CREATE TABLE T AS SELECT * FROM '{}/hosts.csv'").await;
    f.run("INSERT INTO T SELECT host, site FROM '{}/hosts.csv'").await;
    f.is("SELECT count(*) AS n FROM t", "4").await;
    f.is("SELECT count(*) AS n FROM (SELECT host FROM t UNION ALL SELECT Host FROM '{}/logs.json') u", "6").await;
    f.is("SELECT host FROM t WHERE host IN (SELECT HOST FROM '{}/logs.json' WHERE commandline = 'ls') GROUP BY host", "b").await;
    f.is("SELECT table_name FROM information_schema.tables WHERE table_schema = 'files'", "").await;
    let plan = f.rows("EXPLAIN SELECT host FROM '{}/logs.json' LIMIT 1").await.unwrap();
    assert!(plan.contains("FileScan") && plan.contains("columns=[Host]") && plan.contains("limit=1"), "{plan}");
    let plan = f.rows("EXPLAIN SELECT count(*) FROM '{}/logs.json'").await.unwrap();
    assert!(plan.contains("columns=[]"), "{plan}");
    assert!(f.rows("DESCRIBE '{}/hosts.csv'").await.unwrap().contains("site|Utf8View"));
    f.is("SELECT \"x\" FROM (VALUES (1)) v(x)", "1").await;
    f.is("SELECT h.site FROM \"{}/hosts.csv\" h WHERE h.host = 'a'", "north").await;
}

#[tokio::test]
async fn errors_are_short_and_name_the_nearest() {
    let f = logs();
    f.run("CREATE TABLE events AS SELECT 1 AS id").await;
    for (sql, expected) in [
        ("SELECT comandline FROM '{}/logs.json'", "no column 'comandline', did you mean 'CommandLine'?"),
        ("SELECT zzz FROM '{}/logs.json'", "no column 'zzz' (columns: Host, CommandLine, Parent)"),
        ("SELECT * FROM event", "no table 'event', did you mean 'events'?"),
        ("SELECT * FROM nowhere", "no table 'nowhere'"),
        ("SELECT uper('x')", "no function 'uper', did you mean 'upper'?"),
        ("SELECT COUNTT(*) FROM events", "no function 'countt', did you mean 'count'?"),
        ("SELECT 1; SELECT 2", "one statement at a time, got 2"),
        ("", "no statement"),
        ("SELECT\n1 +", "line 2: expected: an expression, found: EOF"),
        ("SELECT id FROM events a JOIN events b ON a.id = b.id", "column 'id' is in more than one table: write alias.id"),
        ("SELECT sum('x') FROM events", "function 'sum' does not take arguments of these types, got String"),
        ("SELECT * FROM a.b.c.d.e", "no table 'a.b.c.d.e'"),
    ] {
        let error = f.rows(sql).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{sql}\n  {error}\n  {expected}");
        assert!(!error.contains('\n') && !error.contains("backtrace") && !error.contains("caused by"), "{error}");
    }
}

#[tokio::test]
async fn scripts() {
    let f = Folder::new();
    let statements = f.session.statements("SELECT 1;\n\n-- two\nSELECT 2").unwrap();
    let found: Vec<(u64, &str)> = statements.iter().map(|statement| (statement.line, statement.text.as_str())).collect();
    assert_eq!(found, [(1, "SELECT 1"), (4, "SELECT 2")]);
}

#[tokio::test]
async fn table_functions_read_files() {
    let f = Folder::new();
    f.write(
        "logins.csv",
        "Time,User,Host\n2024-01-01T00:00:00,ann,a\n2024-01-01T00:10:00,ann,b\n2024-01-01T03:00:00,ann,a\n2024-01-01T00:00:00,bob,a\n",
    );
    let (ann, bob) = ("ann|1|2\nann|2|1", "bob|1|1");
    let by_user = "SELECT User, session_id, count(*) AS n FROM {} GROUP BY User, session_id ORDER BY 1, 2";
    for from in [
        "huntsql.sessionize('{}/logins.csv', CAST(time AS TIMESTAMP), part => user)",
        "sessionize(\"{}/logins.csv\", CAST(TIME AS TIMESTAMP), USER)",
        "huntsql.sessionize(tbl => '{}/*.csv', ts => CAST(Time AS TIMESTAMP), part => User)",
        "huntsql.sessionize((SELECT * FROM '{}/logins.csv' WHERE host IS NOT NULL), CAST(Time AS TIMESTAMP), part => User)",
        "HUNTSQL.SESSIONIZE(read_csv('{}/logins.csv'), CAST(Time AS TIMESTAMP), part => User) s",
    ] {
        f.is(&by_user.replace("{}", from), &format!("{ann}\n{bob}")).await;
    }
    f.is("WITH Logins AS (SELECT * FROM '{}/logins.csv') SELECT s.part, s.events FROM huntsql.sessions(logins, CAST(Time AS TIMESTAMP), part => User) AS s ORDER BY 1, 2", "ann|1\nann|2\nbob|1").await;
    f.fails("SELECT * FROM huntsql.sessionize('{}/logins.csv', Tme)", "no column 'Tme', did you mean 'Time'?").await;
    f.fails("SELECT * FROM huntsql.sessionize('{}/nothing.csv', Time)", "no file").await;
    f.fails("SELECT * FROM huntsql.sessionize('{}/logins.csv', User)", "argument 'ts' must be TIMESTAMP").await;
    f.fails("SELECT sessionize(User) FROM '{}/logins.csv'", "sessionize: argument 'ts' must be TIMESTAMP").await;
    f.fails(
        "SELECT * FROM huntsql.sessionise('{}/logins.csv', Time)",
        "no table function 'huntsql.sessionise', did you mean 'sessionize'?",
    )
    .await;
}
