use super::*;
use huntsql_fakes::http::{FakeServer, Reply, Seen};
use huntsql_kernels::column::Data;
use huntsql_kernels::group::{Events, GroupFunction};
use huntsql_kernels::input::Input;

const CANARY: &str = "canary-4711";

struct Texts<'a>(&'a [&'a str]);

impl Input for Texts<'_> {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        (arg == IOC).then(|| self.0[row]).filter(|text| !text.is_empty())
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
}

struct Play {
    server: FakeServer,
    folder: tempfile::TempDir,
}

impl Play {
    fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let server = FakeServer::start(handler).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "cache: {{path: cache.sqlite}}\nhttp: {{timeout: 2s, retries: 0}}\nnever_send: [corp-of-ours.com]\n\
             providers:\n  virustotal: {{base_url: '{}', api_key: {CANARY}, limit: 100000/s}}\n",
            server.url()
        );
        std::fs::write(folder.path().join("config.yaml"), config).unwrap();
        Self { server, folder }
    }

    /// The fields `wanted` of every row, with the number of the row that it is about.
    fn ask(&self, iocs: &[&str], options: &[(&str, Value)], wanted: &[&str]) -> Result<Vec<String>, String> {
        let function = Events::<VtRelationships>::new();
        let mut fields: Vec<(String, Value)> = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        fields.push(("config".to_owned(), Value::Text(self.folder.path().join("config.yaml").display().to_string())));
        let options = function.parse(&Value::Struct(fields)).map_err(|error| error.to_string())?;
        let mut rows = Rows::new(VtRelationships::ARGS);
        (0..iocs.len()).for_each(|row| rows.push(&Texts(iocs), row));
        let column = function.compute(&rows, &options, &Interrupt::default()).map_err(|error| format!("{error:?}"))?;
        let Data::Struct(columns) = column.data() else { panic!("no struct") };
        let names: Vec<&str> = function.computed_fields().iter().map(|(name, _)| *name).collect();
        let column_of = |name: &str| &columns[names.iter().position(|known| *known == name).unwrap()];
        let shown = |row: usize| ["row"].iter().chain(wanted).map(|name| cell(column_of(name), row)).collect::<Vec<_>>().join(" ");
        let Data::Int(numbers) = column_of("row").data() else { panic!("no rows") };
        Ok((0..numbers.len()).map(shown).collect())
    }
}

fn cell(column: &Column, row: usize) -> String {
    if column.validity().is_some_and(|valid| !valid[row]) {
        return "NULL".to_owned();
    }
    match column.data() {
        Data::Text { offsets, bytes } => String::from_utf8(bytes[offsets[row]..offsets[row + 1]].to_vec()).unwrap(),
        Data::Int(values) => values[row].to_string(),
        Data::Bool(values) => values[row].to_string(),
        _ => panic!("no such cell"),
    }
}

fn relationship_of(names: &[&str]) -> (&'static str, Value) {
    ("relationship", Value::List(names.iter().map(|name| Value::Text((*name).to_owned())).collect()))
}

/// Pages of files: 100 for a domain, none for an address, and no domain is known that begins with `un`.
fn files(seen: &Seen) -> Reply {
    if seen.target.contains("/domains/un") {
        return Reply::new(404, r#"{"error": {"code": "NotFoundError"}}"#);
    }
    if seen.target.contains("/ip_addresses/") {
        return Reply::new(200, r#"{"data": [], "meta": {"count": 0}}"#);
    }
    let start: usize = seen.target.split("cursor=").nth(1).map_or(0, |cursor| cursor.parse().unwrap());
    let end = (start + api::PAGE_SIZE).min(100);
    let object = |number: usize| {
        json!({"type": "file", "id": format!("{number:064x}"), "attributes": {"meaningful_name": format!("{number}.exe"),
            "last_analysis_stats": {"malicious": number, "undetected": 60}, "first_submission_date": 1_735_787_045}})
    };
    let meta = if end < 100 { json!({"cursor": end.to_string()}) } else { json!({}) };
    Reply::new(200, json!({"data": (start..end).map(object).collect::<Vec<_>>(), "meta": meta}).to_string())
}

#[test]
fn a_row_for_each_object() {
    let play = Play::start(files);
    let iocs = ["gate.huntsql-test.net", "", "gate[.]huntsql-test[.]net", "45.83.66.1", "unheard-of.com"];
    let wanted =
        ["source", "source_type", "target_type", "target_name", "detections", "scans", "first_seen", "has_more", "status", "cached"];
    let options = [relationship_of(&["communicating_files"])];
    let rows = play.ask(&iocs, &options, &wanted).unwrap();
    assert_eq!(rows.len(), 40 + 1 + 40 + 1 + 1);
    assert_eq!(rows[7], "0 gate.huntsql-test.net domain sha256 7.exe 7 67 1735787045000000 true ok false");
    assert_eq!(rows[40], "1 NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL");
    assert_eq!(rows[41], "2 gate.huntsql-test.net domain sha256 0.exe 0 60 1735787045000000 true ok false");
    assert_eq!(rows[81], "3 45.83.66.1 ipv4 NULL NULL NULL NULL NULL false ok false");
    assert_eq!(rows[82], "4 unheard-of.com domain NULL NULL NULL NULL NULL false ok false");
    assert_eq!(play.server.seen().len(), 3, "each indicator is asked about once");
    assert!(play.server.seen().iter().all(|seen| seen.header("x-apikey") == Some(CANARY)));
    let again = play.ask(&iocs, &options, &["details", "cached"]).unwrap();
    assert_eq!((play.server.seen().len(), again[82].as_str()), (3, "4 {\"reason\":\"VirusTotal does not know the indicator\"} true"));
}

#[test]
fn pages_are_read_as_far_as_wanted() {
    let play = Play::start(files);
    for (most, requests, has_more) in [(10, 1, "true"), (80, 2, "true"), (99, 3, "true"), (100, 3, "false"), (1000, 3, "false")] {
        let before = play.server.seen().len();
        let options = [relationship_of(&["communicating_files"]), ("max_related", Value::Int(most))];
        let rows = play.ask(&["gate.huntsql-test.net"], &options, &["has_more"]).unwrap();
        assert_eq!((rows.len(), play.server.seen().len() - before), (usize::try_from(most).unwrap().min(100), requests), "{most}");
        assert_eq!(rows[0], format!("0 {has_more}"), "{most}");
    }
}

#[test]
fn an_answer_is_that_of_its_server() {
    let play = Play::start(files);
    let wrong = FakeServer::start(|_| Reply::new(404, "")).unwrap();
    let path = play.folder.path().join("config.yaml");
    let right = std::fs::read_to_string(&path).unwrap();
    let rows = || play.ask(&["gate.huntsql-test.net"], &[relationship_of(&["communicating_files"])], &[]).unwrap().len();
    std::fs::write(&path, right.replace(play.server.url().as_str(), &format!("{}/wrong", wrong.url()))).unwrap();
    assert_eq!(rows(), 1);
    std::fs::write(&path, &right).unwrap();
    assert_eq!(rows(), 40);
}

#[test]
fn what_must_not_be_sent_is_not() {
    let play = Play::start(files);
    let iocs = ["10.0.0.1", "vpn.corp-of-ours.com", "CVE-2024-3400", "45.83.66.1", "no indicator", "evil-of-others.com"];
    let never = ("never_send", Value::List(vec![Value::Text("evil-of-others.com".to_owned())]));
    let options = [relationship_of(&["parent", "communicating_files", "parent"]), never];
    let rows = play.ask(&iocs, &options, &["relationship", "status"]).unwrap();
    let expected = [
        "0 parent not_global",
        "0 communicating_files not_global",
        "1 parent never_send",
        "1 communicating_files never_send",
        "2 parent not_supported",
        "2 communicating_files not_supported",
        "3 parent not_supported",
        "3 communicating_files ok",
        "4 parent not_supported",
        "4 communicating_files not_supported",
        "5 parent never_send",
        "5 communicating_files never_send",
    ];
    assert_eq!((rows.iter().map(String::as_str).collect::<Vec<_>>(), play.server.seen().len()), (expected.to_vec(), 1));
    let rows = play.ask(&["45.83.66.1"], &[relationship_of(&["parent"])], &["details"]).unwrap();
    assert!(rows[0].starts_with("0 {\"reason\":\"ipv4 has communicating_files, "), "{rows:?}");
}

#[test]
fn too_many_and_wrong_options_send_nothing() {
    let play = Play::start(files);
    let iocs: Vec<String> = (0..34).map(|number| format!("host{number}.huntsql-test.net")).collect();
    let iocs: Vec<&str> = iocs.iter().map(String::as_str).collect();
    let communicating = relationship_of(&["communicating_files"]);
    for (options, words) in [
        (
            vec![communicating.clone(), ("max_related", Value::Int(100))],
            "102 look-ups are needed for the statement, and max_lookups allows 100",
        ),
        (vec![communicating, ("max_lookups", Value::Int(33))], "34 look-ups are needed for the statement, and max_lookups allows 33"),
        (
            vec![relationship_of(&["communicating_file"])],
            "'communicating_file', did you mean 'communicating_files'? (relationships: bundled_files, ",
        ),
        (vec![relationship_of(&[])], "names none (relationships: bundled_files, "),
    ] {
        let error = play.ask(&iocs, &options, &[]).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(play.server.seen().len(), 0);
}

#[test]
fn failures_are_rows_and_stop_the_asking() {
    let play = Play::start(|seen| match seen.target.contains("/downloaded_files") {
        true => Reply::new(403, CANARY),
        false => Reply::new(if seen.target.contains("urls") { 429 } else { 200 }, "<html>"),
    });
    let iocs: Vec<String> = (0..40).map(|number| format!("host{number}.huntsql-test.net")).collect();
    let iocs: Vec<&str> = iocs.iter().map(String::as_str).collect();
    let rows = play.ask(&iocs, &[relationship_of(&["downloaded_files"])], &["status", "details"]).unwrap();
    assert_eq!(
        rows[0],
        "0 error: access denied (HTTP 403): check the key {\"reason\":\"only premium accounts may ask for this relationship\"}"
    );
    assert!(rows[39].contains("not asked any more after"), "{}", rows[39]);
    assert!((5..=9).contains(&play.server.seen().len()), "{}", play.server.seen().len());
    let rows = play.ask(&iocs[..1], &[relationship_of(&["urls", "resolutions"])], &["status"]).unwrap();
    assert_eq!(rows, ["0 quota", "0 error: a web page instead of JSON (a proxy or a login page?)"]);
}
