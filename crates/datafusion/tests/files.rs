//! Files queried by name: formats, options, hostile content.

mod support;

use support::Folder;

#[tokio::test]
async fn json_lines_widen_over_all_rows() {
    let f = Folder::new();
    f.write("a.json", "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":\"x\",\"late\":{\"k\":[1,2]}}\r\n\n{\"id\":3,\"v\":{\"n\":1.50}}\n");
    f.is("SELECT id, v, late['k'][2] AS k FROM '{}/a.json' ORDER BY id", "1|1|NULL\n2|x|2\n3|{\"n\":1.50}|NULL").await;
    f.is("SELECT count(*) AS n FROM '{}/a.json'", "3").await;
    f.is("SELECT id FROM '{}/a.json' WHERE id > 1 LIMIT 1", "2").await;
}

#[tokio::test]
async fn json_types() {
    let f = Folder::new();
    f.write(
        "t.ndjson",
        "{\"i\":1,\"f\":1,\"b\":true,\"u\":18446744073709551615,\"h\":123456789012345678901234567890,\"w\":9007199254740993,\"n\":null,\"e\":{},\"s\":\"\"}\n\
         {\"i\":-2,\"f\":1.5,\"b\":false,\"u\":1,\"h\":1,\"w\":0.5,\"n\":null,\"e\":{},\"s\":\"\\ud800x\\u0041\"}\n",
    );
    f.is(
        "SELECT arrow_typeof(i) i, arrow_typeof(f) f, arrow_typeof(b) b, arrow_typeof(u) u, arrow_typeof(h) h, arrow_typeof(w) w, arrow_typeof(n) n, arrow_typeof(e) e FROM '{}/t.ndjson' LIMIT 1",
        "Int64|Float64|Boolean|UInt64|Utf8View|Utf8View|Utf8View|Utf8View",
    )
    .await;
    f.is("SELECT u, h, w, n, e, s FROM '{}/t.ndjson' WHERE i = -2", "1|1|0.5|NULL|{}|\u{fffd}xA").await;
    f.is("SELECT u, h, w, s FROM '{}/t.ndjson' WHERE i = 1", "18446744073709551615|123456789012345678901234567890|9007199254740993|").await;
}

#[tokio::test]
async fn json_layouts() {
    let f = Folder::new();
    f.write("list.json", "[{\"a\":1},\n {\"a\":2}\n]\n");
    f.write("pretty.json", "{\n  \"a\": 1,\n  \"b\": \"x\\ny\"\n}\n{\n  \"a\": 2\n}\n");
    f.write("many.json", "{\"a\":1}{\"a\":2}\n{\"a\":3}\n");
    f.write("scalars.json", "1\n\"two\"\nnull\n[3]\n");
    f.write("late_pretty.json", "{\"a\":1}\n{\n\"a\":2}\n");
    f.is("SELECT a, _line FROM '{}/list.json' ORDER BY a", "1|1\n2|2").await;
    f.is("SELECT a, _line FROM '{}/pretty.json' ORDER BY a", "1|1\n2|5").await;
    f.is("SELECT a, _line FROM '{}/many.json' ORDER BY a", "1|1\n2|1\n3|2").await;
    f.is("SELECT value FROM '{}/scalars.json'", "1\ntwo\nNULL\n[3]").await;
    f.is("SELECT sum(a) AS s FROM '{}/late_pretty.json'", "3").await;
}

#[tokio::test]
async fn json_bad_lines() {
    let f = Folder::new();
    f.write("cut.json", "{\"a\":1}\n{\"a\":2}\n{\"a\":");
    f.write("bad.json", "{\"a\":1}\n{\"a\" 2}\n{\"a\":3}\n");
    f.write("open.json", "[{\"a\":1},{\"a\":2}");
    f.fails("SELECT * FROM '{}/cut.json'", "cut.json, line 3: the JSON is cut off").await;
    f.fails("SELECT * FROM '{}/bad.json'", "bad.json, line 2: expected ':' at byte 6; leave such rows out with read_json").await;
    f.fails("SELECT * FROM '{}/open.json'", "open.json, line 1: the JSON is cut off").await;
    f.is("SELECT a FROM read_json('{}/bad.json', {'bad_rows': 'skip'}) ORDER BY a", "1\n3").await;
    let warnings = f.session.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].ends_with("bad.json: 1 bad rows skipped"), "{warnings:?}");
    f.is("SELECT count(*) AS n FROM read_json('{}/cut.json', {'bad_rows': 'skip'})", "2").await;
    f.is(
        "SELECT a, _error, _raw FROM read_json('{}/bad.json', {'bad_rows': 'keep'})",
        "1|NULL|NULL\nNULL|expected ':' at byte 6|{\"a\" 2}\n3|NULL|NULL",
    )
    .await;
}

#[tokio::test]
async fn json_keys() {
    let f = Folder::new();
    f.write("k.json", "{\"A\":1,\"a\":2,\"b\":1,\"b\":\"last\",\"n\":{\"x\":1,\"x\":5},\"l\":[1,2]}\n{\"A\":3,\"l\":[1],\"l\":[9,8]}\n");
    f.is("SELECT \"A\", a, b, n['x'] AS x, l[1] AS l FROM '{}/k.json' ORDER BY 1", "1|2|last|5|1\n3|NULL|NULL|NULL|9").await;
}

#[tokio::test]
async fn json_hostile() {
    let f = Folder::new();
    f.write("deep.json", &format!("{{\"a\":{}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000)));
    f.is("SELECT length(CAST(a AS VARCHAR)) > 10 AS deep FROM '{}/deep.json'", "true").await;
    let keys: Vec<String> = (0..2000).map(|n| format!("{{\"m\":{{\"key{n}\":{n}}}}}")).collect();
    f.write("map.json", &keys.join("\n"));
    f.is("SELECT arrow_typeof(m) t, count(*) n FROM '{}/map.json' GROUP BY 1", "Utf8View|2000").await;
    f.is("SELECT m FROM '{}/map.json' WHERE m LIKE '%key1999%'", "{\"key1999\":1999}").await;
}

#[tokio::test]
async fn compressed_and_transcoded() {
    let f = Folder::new();
    let json = "{\"a\":1}\n{\"a\":2}\n";
    f.write_bytes("a.json.gz", &support::gzip(json.as_bytes()));
    f.write_bytes("a.json.zst", &support::zstd(json.as_bytes()));
    f.write_bytes("a.json.bz2", &support::bzip2(json.as_bytes()));
    f.write_bytes("lying.json", &support::gzip(json.as_bytes()));
    f.write_bytes("plain.json.gz", json.as_bytes());
    for name in ["a.json.gz", "a.json.zst", "a.json.bz2", "lying.json", "plain.json.gz"] {
        f.is(&format!("SELECT sum(a) AS s FROM '{{}}/{name}'"), "3").await;
    }
    let mut cut = support::gzip("{\"a\":1}\n".repeat(50_000).as_bytes());
    cut.truncate(cut.len() / 2);
    f.write_bytes("cut.json.gz", &cut);
    f.fails("SELECT * FROM '{}/cut.json.gz'", "its gzip data is damaged or cut off").await;
    let utf16: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    f.write_bytes("nomark.json", &utf16);
    f.write_bytes("le.json", &[&[0xff, 0xfe][..], &utf16].concat());
    let big: Vec<u8> = json.encode_utf16().flat_map(u16::to_be_bytes).collect();
    f.write_bytes("be.json", &[&[0xfe, 0xff][..], &big].concat());
    f.write_bytes("bom.json", &[&[0xef, 0xbb, 0xbf][..], json.as_bytes()].concat());
    for name in ["nomark.json", "le.json", "be.json", "bom.json"] {
        f.is(&format!("SELECT a, _line FROM '{{}}/{name}' ORDER BY a"), "1|1\n2|2").await;
    }
    f.write_bytes("bom.csv", b"\xef\xbb\xbfname,n\nx,1\n");
    f.is("SELECT name, n FROM '{}/bom.csv'", "x|1").await;
    f.write_bytes("latin.log", b"caf\xe9\n");
    f.is("SELECT line FROM read_text('{}/latin.log', {'encoding': 'windows-1252'})", "café").await;
    f.write_bytes("lone.log", &[0xff, 0xfe, b'a', 0, b'\n', 0, 0x00, 0xd8, b'b', 0]);
    f.fails("SELECT * FROM '{}/lone.log'", "lone.log, line 2: invalid UTF-16LE").await;
}

#[tokio::test]
async fn invalid_utf8() {
    let f = Folder::new();
    f.write_bytes("x.log", b"one\ntwo\xff\nthree\n");
    f.fails("SELECT * FROM '{}/x.log'", "x.log, line 2: invalid UTF-8 (byte 0xff); read it with {'invalid_utf8': 'lossy'}").await;
    f.is("SELECT line FROM read_text('{}/x.log', {'invalid_utf8': 'lossy'})", "one\ntwo\u{fffd}\nthree").await;
    assert_eq!(f.session.warnings().len(), 1);
    f.write_bytes("x.json", b"{\"a\":1}\n{\"a\":\"\xff\"}\n");
    f.fails("SELECT * FROM '{}/x.json'", "x.json, line 2: invalid UTF-8").await;
    f.write_bytes("x.csv", b"a\n1\n\xff\n");
    f.fails("SELECT * FROM '{}/x.csv'", "x.csv, line 3: invalid UTF-8").await;
}

#[tokio::test]
async fn text_lines() {
    let f = Folder::new();
    f.write("a.log", "one\r\n\ntwo");
    f.write("noext", "x\ny\n");
    f.write("empty.log", "");
    f.is("SELECT line, _line FROM '{}/a.log'", "one|1\n|2\ntwo|3").await;
    f.is("SELECT count(*) AS n FROM '{}/noext'", "2").await;
    f.is("SELECT count(*) AS n FROM '{}/empty.log'", "0").await;
    f.write("eve.log", "{\"event\":\"alert\"}\n{\"event\":\"dns\"}\n");
    f.is("SELECT event FROM '{}/eve.log' ORDER BY 1", "alert\ndns").await;
    f.is("SELECT line FROM read_text('{}/eve.log') LIMIT 1", "{\"event\":\"alert\"}").await;
    f.write("brackets.log", "[12:00] started\n[12:01] {odd}\n");
    f.is("SELECT count(line) AS n FROM '{}/brackets.log'", "2").await;
}

#[tokio::test]
async fn csv_files() {
    let f = Folder::new();
    f.write("a.csv", "id,name,code,f,b,,name\n1,\"two\nlines, \"\"q\"\"\",0012,1.5,true,,x\n2,,0013,2,FALSE,7,y\n");
    f.is(
        "SELECT id, name, code, f, b, column6, name_2, _line FROM '{}/a.csv' ORDER BY id",
        "1|two\nlines, \"q\"|0012|1.5|true|NULL|x|2\n2|NULL|0013|2.0|false|7|y|4",
    )
    .await;
    f.write("b.csv", "a;b\n1;2\n");
    f.write("c.tsv", "a\tb\n1\t2\n");
    f.is("SELECT a + b AS s FROM '{}/b.csv'", "3").await;
    f.is("SELECT a + b AS s FROM '{}/c.tsv'", "3").await;
    f.is("SELECT column1, column2 FROM read_csv('{}/b.csv', {'header': false})", "a|b\n1|2").await;
    f.is("SELECT arrow_typeof(a) t FROM read_csv('{}/b.csv', {'all_text': true})", "Utf8View").await;
    f.is("SELECT \"a;b\" AS x FROM read_csv('{}/b.csv', {'delimiter': ','})", "1;2").await;
    f.write("only_header.csv", "a,b\n");
    f.is("SELECT count(*) AS n FROM '{}/only_header.csv'", "0").await;
}

#[tokio::test]
async fn csv_ragged() {
    let f = Folder::new();
    f.write("r.csv", "a,b\n1,2\n3\n4,5,6\n");
    f.fails("SELECT * FROM '{}/r.csv'", "r.csv, line 3: 1 fields where the first line has 2").await;
    f.is("SELECT * FROM read_csv('{}/r.csv', {'bad_rows': 'skip'})", "1|2").await;
    assert_eq!(f.session.warnings().len(), 1);
    f.is("SELECT * FROM read_csv('{}/r.csv', {'bad_rows': 'keep'})", "1|2|NULL\n3|NULL|NULL\n4|5|6").await;
    f.write("quote.csv", "a,b\n1,\"open\n2,3\n4,5\n");
    f.fails("SELECT * FROM '{}/quote.csv'", "quote.csv, line 2: a quote is opened and never closed").await;
    f.is("SELECT count(*) AS n FROM read_csv('{}/quote.csv', {'quote': ''})", "3").await;
}

#[tokio::test]
async fn large_files_are_split_at_lines() {
    let f = Folder::new();
    let rows = 200_000;
    let json: String =
        (1..=rows).map(|n| format!("{{\"n\":{n},\"text\":\"some text that makes the line longer\",\"even\":{}}}\n", n % 2 == 0)).collect();
    let csv: String = std::iter::once("n,text\n".to_owned())
        .chain((1..=rows).map(|n| format!("{n},some text that makes the line a bit longer\n")))
        .collect();
    f.write("big.json", &json);
    f.write("big.csv", &csv);
    f.write("big.log", &json);
    f.is("SELECT count(*) c, sum(n) s, sum(_line) l FROM '{}/big.json'", "200000|20000100000|20000100000").await;
    f.is("SELECT count(*) c, sum(n) s, sum(_line - 1) l FROM '{}/big.csv'", "200000|20000100000|20000100000").await;
    f.is("SELECT count(*) c, sum(_line) l FROM read_text('{}/big.log')", "200000|20000100000").await;
    f.is("SELECT n FROM '{}/big.json' WHERE n = 150000 AND _line = 150000", "150000").await;
    let broken = json.replacen("{\"n\":190000,", "{\"n\" 190000,", 1);
    f.write("broken.json", &broken);
    f.fails("SELECT count(*) FROM '{}/broken.json'", "broken.json, line 190000: expected ':'").await;
}

#[tokio::test]
async fn long_lines() {
    let f = Folder::new();
    f.write("long.json", &format!("{{\"a\":\"{}\"}}\n{{\"a\":\"b\"}}\n", "x".repeat(20 << 20)));
    f.is("SELECT max(length(a)) AS n FROM '{}/long.json'", "20971520").await;
    f.fails(
        "SELECT a FROM read_json('{}/long.json', {'max_line_bytes': 1000000})",
        "long.json, line 1: the line is longer than 1000000 bytes",
    )
    .await;
    f.is("SELECT max(length(line)) AS n FROM read_text('{}/long.json')", "20971528").await;
    f.fails("SELECT * FROM read_text('{}/long.json', {'max_line_bytes': 4})", "line 1: the line is longer than 4 bytes").await;
}

#[tokio::test]
async fn folders_and_patterns() {
    let f = Folder::new();
    f.write("logs/a.json", "{\"a\":1}\n");
    f.write("logs/deep/b.ndjson", "{\"a\":\"two\",\"b\":2}\n");
    f.write("logs/deep/c.csv", "a,c\n3,x\n");
    f.write("logs/.hidden.json", "broken");
    f.write_bytes("logs/pic.png", b"\x89PNG\r\n\x1a\n\0\0\0");
    f.is("SELECT a, b, c FROM '{}/logs' ORDER BY a", "1|NULL|NULL\n3|NULL|x\ntwo|2|NULL").await;
    let warnings = f.session.warnings();
    assert!(warnings.iter().any(|warning| warning.contains("pic.png") && warning.contains("PNG")), "{warnings:?}");
    f.is("SELECT count(*) AS n FROM '{}/logs/**/*.ndjson'", "1").await;
    f.is("SELECT count(*) AS n FROM '{}/logs/*.json'", "1").await;
    f.is("SELECT count(*) AS n FROM '{}/logs/**/{a,b}.*json'", "2").await;
    f.is("SELECT right(_file, 6) AS file FROM '{}/logs/*.json'", "a.json").await;
    f.is("SELECT count(*) AS n FROM read_json(['{}/logs/a.json', '{}/logs/deep/b.ndjson', '{}/logs/a.json'])", "2").await;
    f.fails("SELECT * FROM '{}/logs/*.parquet'", "(no file matches the pattern)").await;
    f.fails("SELECT * FROM '{}/logs/pic.png'", "it is a PNG image").await;
    std::fs::create_dir(f.path("nothing")).unwrap();
    f.fails("SELECT * FROM '{}/nothing'", "the folder holds no files").await;
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(f.path("logs"), f.path("logs/loop")).unwrap();
        f.is("SELECT count(*) AS n FROM '{}/logs'", "3").await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_and_missing_files() {
    let f = Folder::new();
    f.write("access.json", "{\"a\":1}\n");
    let status = std::process::Command::new("mkfifo").arg(f.path("pipe")).status().unwrap();
    assert!(status.success());
    f.fails("SELECT * FROM '{}/pipe'", "it is a pipe or device, not a file").await;
    f.fails("SELECT * FROM '{}/acess.json'", "/access.json'?").await;
    f.fails("SELECT * FROM '{}/no/such/thing.json'", "no file '").await;
    f.fails("SELECT * FROM ''", "no file ''").await;
}

#[tokio::test]
async fn parquet_files() {
    let f = Folder::new();
    f.write("a.json", "{\"CommandLine\":\"x\",\"n\":1}\n");
    f.write("b.json", "{\"CommandLine\":\"y\",\"n\":2.5}\n");
    for name in ["a", "b"] {
        f.run(&format!("COPY (SELECT * FROM '{{}}/{name}.json') TO '{{}}/{name}.parquet' STORED AS PARQUET")).await;
    }
    f.is("SELECT CommandLine, n, right(_file, 9) AS f FROM '{}/*.parquet' ORDER BY n", "x|1.0|a.parquet\ny|2.5|b.parquet").await;
    std::fs::copy(f.path("a.parquet"), f.path("odd.dat")).unwrap();
    f.is("SELECT commandline FROM '{}/odd.dat'", "x").await;
    f.is("SELECT count(*) AS n FROM read_parquet('{}/a.parquet')", "1").await;
    f.is("SELECT * FROM '{}/a.parquet' WHERE n = 2", "").await;
    let both = f.path("both");
    std::fs::create_dir(&both).unwrap();
    std::fs::copy(f.path("a.parquet"), both.join("a.parquet")).unwrap();
    f.write("both/c.json", "{\"n\":7,\"extra\":true}\n");
    f.is("SELECT n, commandline, extra, _line FROM '{}/both/' ORDER BY n", "1|x|NULL|NULL\n7|NULL|true|1").await;
    f.is("SELECT count(*) AS n FROM '{}/both/'", "2").await;
    let mut bytes = std::fs::read(f.path("a.parquet")).unwrap();
    bytes.truncate(bytes.len() / 2);
    f.write_bytes("cut.parquet", &bytes);
    f.fails("SELECT * FROM '{}/cut.parquet'", "cut.parquet'").await;
    f.write("text.parquet", "hello\n");
    f.is("SELECT line FROM '{}/text.parquet'", "hello").await;
}

#[tokio::test]
async fn standard_input() {
    let f = Folder::new();
    for (input, sql, expected) in [
        ("{\"a\":1}\n{\"a\":2}\n", "SELECT sum(a) AS s, max(_line) AS l, min(_file) AS f FROM stdin", "3|2|stdin"),
        ("a,b\n", "SELECT line FROM STDIN", "a,b"),
        ("a,b\n1,2\n", "SELECT b FROM read_csv('stdin')", "2"),
        ("x", "SELECT count(*) AS n FROM stdin a, stdin b", "1"),
        ("", "SELECT count(*) AS n FROM stdin", "0"),
    ] {
        let session = f.session.clone().with_stdin(huntsql_datafusion::files::Stdin::new(Box::new(std::io::Cursor::new(input))));
        assert_eq!(support::rows(&session, sql).await.unwrap(), expected, "{sql}");
        assert_eq!(support::rows(&session, sql).await.unwrap(), expected, "{sql} again");
    }
    f.write("a.json", "{\"n\":1}\n");
    f.run("COPY (SELECT * FROM '{}/a.json') TO '{}/a.parquet' STORED AS PARQUET").await;
    let bytes = std::fs::read(f.path("a.parquet")).unwrap();
    let session = f.session.clone().with_stdin(huntsql_datafusion::files::Stdin::new(Box::new(std::io::Cursor::new(bytes))));
    assert_eq!(support::rows(&session, "SELECT n, _file FROM stdin").await.unwrap(), "1|stdin");
}

#[tokio::test]
async fn files_that_change_are_read_again() {
    let f = Folder::new();
    f.write("a.json", "{\"a\":1}\n");
    f.is("SELECT * FROM '{}/a.json'", "1").await;
    f.write("a.json", "{\"a\":1,\"b\":2}\n");
    f.is("SELECT * FROM '{}/a.json'", "1|2").await;
}

#[tokio::test]
async fn options_are_checked() {
    let f = Folder::new();
    f.write("a.json", "{\"a\":1}\n");
    f.fails("SELECT * FROM read_json('{}/a.json', {'bad_row': 'skip'})", "read_json: unknown option 'bad_row', did you mean 'bad_rows'?")
        .await;
    f.fails("SELECT * FROM read_json('{}/a.json', {'bad_rows': 1})", "read_json: option 'bad_rows' must be a text, got 1").await;
    f.fails("SELECT * FROM read_json('{}/a.json', {'bad_rows': 'drop'})", "must be 'error' or 'skip' or 'keep', got 'drop'").await;
    f.fails(
        "SELECT * FROM read_json('{}/a.json', {'encoding': 'utf-61'})",
        "option 'encoding' names no known encoding 'utf-61', did you mean",
    )
    .await;
    f.fails("SELECT * FROM read_csv('{}/a.json', {'delimiter': ',,'})", "must be one ASCII character").await;
    f.fails("SELECT * FROM read_json()", "argument 'path' is missing").await;
    f.fails("SELECT * FROM read_json(1)", "argument 'path' must be a text or a list of texts, got 1").await;
    f.fails("SELECT * FROM read_jsn('{}/a.json')", "no reader 'read_jsn', did you mean 'read_json'?").await;
}
