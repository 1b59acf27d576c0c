//! Logs as Zeek writes them, and what it never writes.

use super::*;
use crate::column::{Column, Data};
use crate::types::SqlType;
use proptest::prelude::*;

const CONN: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2020-04-30-00-00-00\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tduration\tlocal_orig\tmissed\ttunnel_parents\tports\trtts\n\
    #types\ttime\tstring\taddr\tport\tinterval\tbool\tcount\tset[string]\tset[port]\tvector[interval]\n\
    1588205199.824370\tCvf4\t10.0.1.6\t54243\t0.001528\tT\t0\t(empty)\t80,443\t0.5,-\n\
    1588205200.000000\tC\\x09d\\xc3\\xa9\\xff\t::1\t80/tcp\t-\tF\tx\ta\\x2cb,(empty),-\t-\t(empty)\n\
    #close\t2020-04-30-01-00-00";

fn cell(column: &Column, row: usize) -> String {
    if column.validity().is_some_and(|valid| !valid[row]) {
        return "NULL".to_owned();
    }
    match column.data() {
        Data::Text { offsets, bytes } => String::from_utf8(bytes[offsets[row]..offsets[row + 1]].to_vec()).unwrap(),
        Data::Int(values) => values[row].to_string(),
        Data::Float(values) => values[row].to_string(),
        Data::Bool(values) => values[row].to_string(),
        Data::List { offsets, child } => {
            let elements: Vec<_> = (offsets[row]..offsets[row + 1]).map(|element| cell(child, element)).collect();
            format!("[{}]", elements.join(" "))
        }
        other => panic!("{other:?}"),
    }
}

fn show(columns: &[Column]) -> Vec<String> {
    let rows = columns.first().map_or(0, Column::len);
    assert!(columns.iter().all(|column| column.len() == rows));
    (0..rows).map(|row| columns.iter().map(|column| cell(column, row)).collect::<Vec<_>>().join("|")).collect()
}

fn empty(wanted: &[ZeekColumn]) -> Vec<Column> {
    wanted.iter().map(|column| Column::new(&column.ty)).collect()
}

/// The rows of a log, all columns of all its headers, and what is wrong with the others.
fn read(log: &str) -> Vec<String> {
    let mut shape = TsvShape::default();
    log.lines().for_each(|line| shape.see(line).unwrap_or_default());
    read_wanted(log, &shape.columns())
}

fn read_wanted(log: &str, wanted: &[ZeekColumn]) -> Vec<String> {
    let mut out = empty(wanted);
    let mut rows = Rows::new(wanted, Header::default());
    let bad: Vec<_> = log.lines().map(|line| rows.line(line, &mut out)).filter(|line| matches!(line, Line::Bad(_))).collect();
    let mut shown = show(&out);
    shown.extend(bad.iter().map(|line| format!("{line:?}")));
    shown
}

#[test]
fn a_header() {
    let header = Header::read(CONN.lines()).unwrap();
    assert_eq!((header.path(), header.is_complete()), (Some("conn"), true));
    let columns: Vec<_> = header.columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    assert_eq!(
        columns,
        [
            "ts TIMESTAMP",
            "uid TEXT",
            "id.orig_h TEXT",
            "id.orig_p BIGINT",
            "duration DOUBLE",
            "local_orig BOOLEAN",
            "missed BIGINT",
            "tunnel_parents LIST(TEXT)",
            "ports LIST(BIGINT)",
            "rtts LIST(DOUBLE)"
        ]
    );
    assert!(Header::read(["#separator \\x09\\x09"]).is_err());
    assert!(Header::read(["#separator \\xe9"]).is_err());
    assert!(Header::read(["#separator "]).is_err());
}

#[test]
fn values() {
    assert_eq!(
        read(CONN),
        [
            "1588205199824370|Cvf4|10.0.1.6|54243|0.001528|true|0|[]|[80 443]|[0.5 NULL]",
            "1588205200000000|C\td\u{e9}\u{fffd}|::1|80|NULL|false|NULL|[a,b  NULL]|NULL|[]",
        ]
    );
    let wanted = [("id.orig_p", SqlType::Int), ("nothing", SqlType::Text), ("ts", SqlType::Time)];
    let wanted = wanted.map(|(name, ty)| ZeekColumn { name: name.to_owned(), ty });
    assert_eq!(read_wanted(CONN, &wanted), ["54243|NULL|1588205199824370", "80|NULL|1588205200000000"]);
}

#[test]
fn logs() {
    for (what, log, expected) in [
        (
            "headers after rotation: other fields, another type, another separator",
            "#fields\ta\tb\n#types\tcount\tstring\n1\tx\n#close\t0\n#separator \\x7c\n#unset_field|NIL\n#fields|b|c|a\n#types|string|bool|string\n-|T|2\nNIL|F|z",
            &["1|x|NULL", "2|-|true", "z|NULL|false"][..],
        ),
        ("no types", "#fields\ta\tb\n1\t(empty)", &["1|"]),
        ("values that look like NULL, empty, a header", "#fields\ta\n\\x2d\n\\x28empty)\n\\x23a", &["-", "(empty)", "#a"]),
        ("a backslash stands for itself", "#fields\ta\n\\\\srv\\x5cc$\\xg0\\x", &["\\\\srv\\c$\\xg0\\x"]),
        ("line ends of Windows", "#fields\ta\r\n#types\tcount\r\n1\r\n\r\n2\r", &["1", "2"]),
        (
            "too few, too many",
            "#fields\ta\tb\n1\n1\t2\t3\n1\t2",
            &["1|2", "Bad(\"another number of values than #fields has\")", "Bad(\"another number of values than #fields has\")"],
        ),
        ("no header", "1\t2", &["Bad(\"a row before any #fields\")"]),
        ("the same name twice", "#fields\ta\ta\n1\t2", &["1"]),
        ("an empty set separator", "#set_separator\t\n#fields\ta\n#types\tset[string]\na,b", &["[a,b]"]),
        (
            "of several types for the same fields the first",
            "#fields\ta\n#types\tbool\n#types\tcount\nT\n#fields\ta\n#types\tbool\nF",
            &["true", "false"],
        ),
        ("not a number", "#fields\ta\tb\tc\n#types\tdouble\ttime\tbool\ninf\tnan\tx", &["NULL|NULL|NULL"]),
    ] {
        assert_eq!(read(log), expected, "{what}");
    }
    let many = format!("#fields\t{}", "a\t".repeat(10_000));
    assert!(matches!(Rows::new(&[], Header::default()).line(&many, &mut []), Line::Bad(_)));
    // Nothing is left of the header before it.
    assert_eq!(read(&format!("#fields\ta\n1\n{many}\n2")).split_first().unwrap().0, "1");
    assert_eq!(read(&format!("#fields\ta\n1\n{many}\n2")).len(), 3);
}

#[test]
fn headers_without_end() {
    let wide = format!("#fields{}\n", (0..4096).map(|field| format!("\t{field}")).collect::<String>());
    let row = "x\t".repeat(4095) + "x";
    for piece in ["#\nx\n", "#types\tint\nx\n#types\tstring\nx\n", "#path\tx\nx\n"] {
        let log = format!("{wide}{}{row}", piece.repeat(200_000));
        let mut shape = TsvShape::default();
        log.lines().for_each(|line| shape.see(line).unwrap());
        let columns = shape.columns();
        let (mut out, mut rows) = (empty(&columns), Rows::new(&columns, Header::default()));
        assert_eq!(log.lines().filter(|line| rows.line(line, &mut out) == Line::Row).count(), 1, "{piece:?}");
    }
}

fn read_json(log: &str) -> (Vec<String>, Vec<String>) {
    let mut shape = JsonShape::default();
    log.lines().for_each(|line| {
        shape.see(line);
    });
    let columns = shape.columns();
    let mut out = empty(&columns);
    let mut rows = JsonRows::new(&columns);
    let bad: Vec<_> = log.lines().map(|line| rows.line(line, &mut out)).filter(|line| matches!(line, Line::Bad(_))).collect();
    let mut shown = show(&out);
    shown.extend(bad.iter().map(|line| format!("{line:?}")));
    (columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect(), shown)
}

#[test]
fn json() {
    for (log, columns, rows) in [
        (
            "{\"_path\":\"conn\",\"ts\":1588205199.82437,\"id.orig_p\":54243,\"local\":true,\"d\":1,\"parents\":[],\"n\":null}\n\
             {\"ts\":1588205200,\"d\":0.5,\"_path\":\"c\\u00e9\\\\\",\"parents\":[\"a\",null],\"n\":null}",
            &["_path TEXT", "ts TIMESTAMP", "id.orig_p BIGINT", "local BOOLEAN", "d DOUBLE", "parents LIST(TEXT)", "n TEXT"][..],
            &["conn|1588205199824370|54243|true|1|[]|NULL", "c\u{e9}\\|1588205200000000|NULL|NULL|0.5|[a NULL]|NULL"][..],
        ),
        ("{\"ts\":\"2020-04-30T00:06:39.824370Z\"}", &["ts TIMESTAMP"], &["1588205199824370"]),
        ("{\"a\":1,\"b\":[1,2]}\n{\"a\":\"x\",\"b\":[1.5,3]}", &["a TEXT", "b LIST(DOUBLE)"], &["1|[1 2]", "x|[1.5 3]"]),
        ("{\"a\":[1]}\n{\"a\":2}\n{\"a\":{\"b\":1}}", &["a TEXT"], &["[1]", "2", "{\"b\":1}"]),
        ("{\"a\":[{\"b\":1},[2]]}", &["a LIST(TEXT)"], &["[{\"b\":1} [2]]"]),
        (
            "{\"a\":[],\"b\":[],\"c\":1}\n{\"a\":[null],\"b\":1,\"c\":[]}",
            &["a LIST(TEXT)", "b TEXT", "c TEXT"],
            &["[]|[]|1", "[NULL]|1|[]"],
        ),
        ("{\"a\":1,\"a\":2}", &["a BIGINT"], &["1"]),
        ("{\"a\":18446744073709551615}", &["a DOUBLE"], &["18446744073709552000"]),
        (
            "{\"a\":1\n{\"a\":2} x\n\n[]",
            &["a BIGINT"],
            &["Bad(\"the JSON is cut off\")", "Bad(\"something after the object\")", "Bad(\"expected an object\")"],
        ),
    ] {
        let (found_columns, found_rows) = read_json(log);
        assert_eq!(
            (found_columns.as_slice(), found_rows.as_slice()),
            (
                &columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()[..],
                &rows.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>()[..]
            ),
            "{log}"
        );
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read_json(&deep).0, ["a LIST(TEXT)"]);
    let many: String = (0..5000).map(|i| format!("\"{i}\":1,")).collect();
    assert_eq!(read_json(&format!("{{{many}\"x\":1}}")).0.len(), 4096);
}

proptest! {
    #[test]
    fn never_panics(log in "((#(separator \\\\x(09|2c)|fields\ta\tb|types\tset\\[count\\]\ttime|set_separator\t,|unset_field\t-)|[a1,\\-\\\\x\t.]{0,12})\n){0,8}") {
        read(&log);
        read_json(&log);
    }

    #[test]
    fn escapes_are_undone(text in any::<String>()) {
        let escaped: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        let expected = if text.is_empty() { vec![] } else { vec![text] };
        prop_assert_eq!(read(&format!("#fields\ta\n{escaped}")), expected);
    }
}
