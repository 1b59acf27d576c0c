//! Every format over every arrow type and over hostile text.

use super::*;
use datafusion::arrow::array::types::{Int32Type, IntervalMonthDayNano};
use datafusion::arrow::array::*;
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{Field, Fields, UnionFields};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

/// Bytes that can be read after the writer is gone.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn bytes(mode: Mode, style: &Style, batches: &[RecordBatch]) -> Vec<u8> {
    let shared = Shared::default();
    let mut writer = writer(mode, &batches[0].schema(), style.clone(), shared.clone()).unwrap();
    for batch in batches {
        writer.batch(batch).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    let bytes = shared.0.lock().unwrap();
    bytes.clone()
}

fn render(mode: Mode, style: &Style, batch: &RecordBatch) -> String {
    String::from_utf8(bytes(mode, style, std::slice::from_ref(batch))).unwrap()
}

fn style() -> Style {
    Style { all_rows: ".maxrows 0", all_columns: ".mode record", csv_guard: false, ..Style::default() }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<_> = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

fn text(name: &str, values: Vec<Option<&str>>) -> RecordBatch {
    batch(vec![(name, Arc::new(StringArray::from(values)))])
}

/// One column of every type, three rows: a value, NULL, another value.
fn every_type() -> RecordBatch {
    let ints = || Int32Array::from(vec![Some(1), None, Some(3)]);
    let nulls = || Some(NullBuffer::from(vec![true, false, true]));
    let element = || Arc::new(Field::new("item", DataType::Int32, true));
    let offsets = || OffsetBuffer::new(ScalarBuffer::from(vec![0, 2, 2, 3]));
    let pair = Fields::from(vec![Field::new("k", DataType::Utf8, false), Field::new("v", DataType::Int32, true)]);
    let keys: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c"]));
    let entries = StructArray::new(pair.clone(), vec![keys, Arc::new(ints())], None);
    let map = MapArray::new(Arc::new(Field::new("entries", entries.data_type().clone(), false)), offsets(), entries, nulls(), false);
    let fields = UnionFields::from_fields(vec![Field::new("i", DataType::Int32, true), Field::new("s", DataType::Utf8, true)]);
    let union = UnionArray::try_new(
        fields,
        ScalarBuffer::from(vec![0_i8, 0, 1]),
        None,
        vec![Arc::new(ints()), Arc::new(StringArray::from(vec!["x", "y", "z"]))],
    );
    let dictionary: DictionaryArray<Int32Type> = vec![Some("red"), None, Some("blue")].into_iter().collect();
    let runs =
        RunArray::<Int32Type>::try_new(&Int32Array::from(vec![1, 2, 3]), &StringArray::from(vec![Some("r"), None, Some("s")])).unwrap();
    let half = datafusion::arrow::compute::cast(&Float32Array::from(vec![Some(1.5), None, Some(2.0)]), &DataType::Float16).unwrap();
    batch(vec![
        ("null", Arc::new(NullArray::new(3))),
        ("bool", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("i8", Arc::new(Int8Array::from(vec![Some(i8::MIN), None, Some(1)]))),
        ("i64", Arc::new(Int64Array::from(vec![Some(i64::MIN), None, Some(9_007_199_254_740_993)]))),
        ("u64", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(1)]))),
        ("f16", half),
        ("f32", Arc::new(Float32Array::from(vec![Some(0.1), None, Some(f32::INFINITY)]))),
        ("f64", Arc::new(Float64Array::from(vec![Some(1e300), None, Some(f64::NAN)]))),
        ("decimal", Arc::new(Decimal128Array::from(vec![Some(12_345), None, Some(-1)]).with_precision_and_scale(10, 2).unwrap())),
        ("text", Arc::new(StringArray::from(vec![Some("a,b"), None, Some("")]))),
        ("large", Arc::new(LargeStringArray::from(vec![Some("l"), None, Some("m")]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("v"), None, Some("a much longer view text")]))),
        ("dictionary", Arc::new(dictionary)),
        ("runs", Arc::new(runs)),
        ("blob", Arc::new(BinaryArray::from(vec![Some(&b"MZ\x90"[..]), None, Some(b"")]))),
        ("blobview", Arc::new(BinaryViewArray::from(vec![Some(&b"MZ"[..]), None, Some(b"a")]))),
        ("date", Arc::new(Date32Array::from(vec![Some(0), None, Some(i32::MAX)]))),
        ("time", Arc::new(Time64NanosecondArray::from(vec![Some(1), None, Some(3_600_000_000_000)]))),
        ("ts", Arc::new(TimestampNanosecondArray::from(vec![Some(1_500_000_000), None, Some(0)]))),
        ("utc", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_500_000), None, Some(i64::MAX)]).with_timezone("UTC"))),
        ("berlin", Arc::new(TimestampSecondArray::from(vec![Some(0), None, Some(0)]).with_timezone("Europe/Berlin"))),
        ("duration", Arc::new(DurationSecondArray::from(vec![Some(90), None, Some(0)]))),
        ("interval", Arc::new(IntervalMonthDayNanoArray::from(vec![Some(IntervalMonthDayNano::new(1, 2, 3)), None, None]))),
        ("list", Arc::new(ListArray::new(element(), offsets(), Arc::new(ints()), nulls()))),
        ("fixed", Arc::new(FixedSizeListArray::new(element(), 1, Arc::new(ints()), nulls()))),
        ("struct", Arc::new(StructArray::new(vec![Field::new("i", DataType::Int32, true)].into(), vec![Arc::new(ints())], nulls()))),
        ("map", Arc::new(map)),
        ("union", Arc::new(union.unwrap())),
    ])
}

#[test]
fn json_of_every_type() {
    let all = every_type();
    let lines = render(Mode::Ndjson, &style(), &all);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"null":null,"bool":true,"i8":-128,"i64":-9223372036854775808,"u64":18446744073709551615,"f16":1.5,"f32":0.1,"f64":1e+300,"decimal":123.45,"text":"a,b","large":"l","view":"v","dictionary":"red","runs":"r","blob":"4d5a90","blobview":"4d5a","date":"1970-01-01","time":"00:00:00.000000001","ts":"1970-01-01T00:00:01.500","utc":"1970-01-01T00:00:01.500Z","berlin":"1970-01-01T01:00:00+01:00","duration":"PT90S","interval":"1 mons 2 days 0.000000003 secs","list":[1,null],"fixed":[1],"struct":{"i":1},"map":{"a":1,"b":null},"union":1}"#
    );
    let second: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
    assert!(second.as_object().unwrap().values().all(serde_json::Value::is_null), "{second}");
    let third: serde_json::Value = serde_json::from_str(lines[2]).unwrap();
    assert_eq!(third["i64"].to_string(), "9007199254740993");
    assert_eq!(third["f64"], serde_json::Value::Null);
    assert_eq!(third["f32"], serde_json::Value::Null);
    assert_eq!(third["union"], "z");
    assert_eq!(third["text"], "");
    let array: serde_json::Value = serde_json::from_str(&render(Mode::Json, &style(), &all)).unwrap();
    assert_eq!(array.as_array().unwrap().len(), 3);
    assert_eq!(render(Mode::Json, &style(), &all.slice(0, 0)), "[]\n");
}

#[test]
fn sliced_arrays_keep_their_rows() {
    let all = every_type();
    let whole = render(Mode::Ndjson, &style(), &all);
    assert_eq!(render(Mode::Ndjson, &style(), &all.slice(2, 1)), whole.lines().nth(2).unwrap().to_owned() + "\n");
}

#[test]
fn every_mode_takes_every_type() {
    let all = every_type();
    for mode in Mode::ALL.iter().filter(|mode| **mode != Mode::Parquet) {
        let shown = render(*mode, &Style { width: Some(80), ..style() }, &all);
        assert!(shown.contains("123.45") || *mode == Mode::Table, "{mode}: {shown}");
    }
}

#[test]
fn parquet_comes_back() {
    let keep: Vec<_> = every_type()
        .schema()
        .fields()
        .iter()
        .enumerate()
        .filter(|(_, field)| !matches!(field.name().as_str(), "union" | "runs" | "interval" | "null"))
        .map(|(i, _)| i)
        .collect();
    let all = every_type().project(&keep).unwrap();
    let file = bytes(Mode::Parquet, &style(), &[all.clone(), all.clone()]);
    let reader =
        datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes_crate(file)).unwrap().build().unwrap();
    let back: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(back.iter().map(RecordBatch::num_rows).sum::<usize>(), 6);
    assert_eq!(render(Mode::Ndjson, &style(), &back[0].slice(0, 3)), render(Mode::Ndjson, &style(), &all));
    let links = text("url", vec![Some("http://evil.test"), None]);
    let file = bytes(Mode::Parquet, &Style { defang: true, ..style() }, &[links]);
    let mut reader =
        datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes_crate(file)).unwrap().build().unwrap();
    assert_eq!(reader.next().unwrap().unwrap().column(0).as_string::<i32>().value(0), "hxxp://evil[.]test");
}

fn bytes_crate(file: Vec<u8>) -> std::fs::File {
    let mut out = tempfile::tempfile().unwrap();
    out.write_all(&file).unwrap();
    out
}

#[test]
fn tables_are_aligned_and_say_what_they_leave_out() {
    let rows = batch(vec![
        ("name", Arc::new(StringArray::from(vec![Some("日本"), None, Some("a\nb"), Some("x")]))),
        ("n", Arc::new(Int64Array::from(vec![1, 20, 300, 4]))),
    ]);
    assert_eq!(
        render(Mode::Table, &Style { max_rows: Some(3), ..style() }, &rows),
        " name │   n\n──────┼─────\n 日本 │   1\n NULL │  20\n a\\nb │ 300\n… 1 more row; .maxrows 0 shows all\n(4 rows)\n"
    );
    let long = text("t", vec![Some("abcdefghijklmnopqrstuvwxyz")]);
    assert_eq!(render(Mode::Table, &Style { width: Some(12), ..style() }, &long), " t\n────────────\n abcdefghi…\n(1 row)\n");
    assert_eq!(render(Mode::Table, &style(), &text("t", vec![])), " t\n───\n(0 rows)\n");
}

#[test]
fn wide_results_become_records_or_lose_columns_visibly() {
    let wide = |rows: usize| {
        let names: Vec<_> = (0..30).map(|i| format!("column_{i:02}")).collect();
        let value: ArrayRef = Arc::new(StringArray::from(vec!["some longer value"; rows]));
        batch(names.iter().map(|name| (name.as_str(), Arc::clone(&value))).collect())
    };
    let few = render(Mode::Table, &Style { width: Some(60), ..style() }, &wide(2));
    assert!(few.starts_with("── row 1 ──") && few.contains(" column_29 │ some longer value\n"), "{few}");
    let many = render(Mode::Table, &Style { width: Some(60), ..style() }, &wide(20));
    assert!(many.contains(" │ … │ ") && many.contains("… 25 of 30 columns not shown"), "{many}");
    assert!(many.lines().all(|line| visible::width(line) <= 70), "{many}");
}

#[test]
fn records_wrap() {
    let rows = batch(vec![("a", Arc::new(StringArray::from(vec!["x".repeat(30)]))), ("long name", Arc::new(Int32Array::from(vec![7])))]);
    assert_eq!(
        render(Mode::Record, &Style { width: Some(30), ..style() }, &rows),
        format!("── row 1 {}\n a         │ {}\n           │ {}\n long name │ 7\n(1 row)\n", "─".repeat(21), "x".repeat(16), "x".repeat(14))
    );
}

#[test]
fn csv_quotes_guards_and_keeps_null_apart() {
    let rows = batch(vec![
        ("=cmd", Arc::new(StringArray::from(vec![Some("=1+1"), Some("-5"), None, Some("a\"b,c\nd"), Some("+49 30"), Some("")]))),
        ("n", Arc::new(Int64Array::from(vec![-1, 2, 3, 4, 5, 6]))),
    ]);
    let guarded = Style { csv_guard: true, ..style() };
    assert_eq!(render(Mode::Csv, &guarded, &rows), "'=cmd,n\n'=1+1,-1\n-5,2\n,3\n\"a\"\"b,c\nd\",4\n'+49 30,5\n\"\",6\n");
    assert!(render(Mode::Csv, &style(), &rows).starts_with("=cmd,n\n=1+1,-1\n"));
    assert_eq!(render(Mode::Tsv, &guarded, &text("a\tb", vec![Some("@x\ty"), None])), "\"a\tb\"\n\"'@x\ty\"\n\"\"\n");
    let list = batch(vec![("l", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None])])))]);
    assert_eq!(render(Mode::Csv, &guarded, &list), "l\n\"[1,null]\"\n");
}

#[test]
fn csv_reads_back() {
    let rows = batch(vec![
        ("a", Arc::new(StringArray::from(vec!["x\r\ny", "\"\"", " s ", "t\tu", ";"]))),
        ("b", Arc::new(StringArray::from(vec!["1", "", ",", "'", "\u{2028}"]))),
    ]);
    let shown = render(Mode::Csv, &style(), &rows);
    let mut reader = csv::Reader::from_reader(shown.as_bytes());
    let back: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(back, [["x\r\ny", "1"], ["\"\"", ""], [" s ", ","], ["t\tu", "'"], [";", "\u{2028}"]]);
}

#[test]
fn markdown_is_a_table_whatever_is_in_it() {
    let rows = batch(vec![
        ("a|b", Arc::new(StringArray::from(vec![Some("<b>"), None, Some("x|y\nz")]))),
        ("n", Arc::new(Int32Array::from(vec![1, 2, 3]))),
    ]);
    assert_eq!(
        render(Mode::Markdown, &style(), &rows),
        "| a\\|b | n |\n| --- | ---: |\n| &lt;b&gt; | 1 |\n| NULL | 2 |\n| x\\|y\\\\nz | 3 |\n"
    );
}

#[test]
fn defang_reaches_every_format() {
    let rows = text("url", vec![Some("http://evil.test/a")]);
    for mode in Mode::ALL.iter().filter(|mode| **mode != Mode::Parquet) {
        let shown = render(*mode, &Style { defang: true, ..style() }, &rows);
        assert!(shown.contains("hxxp") && !shown.contains("http:"), "{mode}: {shown}");
    }
}

#[test]
fn names_that_come_twice_are_told_apart() {
    let one: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let rows = batch(vec![("id", Arc::clone(&one)), ("id_2", Arc::clone(&one)), ("id", Arc::clone(&one)), ("id", one)]);
    assert_eq!(render(Mode::Ndjson, &style(), &rows), "{\"id\":1,\"id_2\":1,\"id_3\":1,\"id_4\":1}\n");
}

#[test]
fn many_rows_stream_through_a_table() {
    let rows = batch(vec![("n", Arc::new((0..5000).map(|n| Some(i64::from(n))).collect::<Int64Array>()))]);
    let shown = render(Mode::Table, &style(), &rows);
    assert!(shown.contains("\n 4999\n") && shown.ends_with("(5,000 rows)\n"));
    let few = render(Mode::Table, &Style { max_rows: Some(2), ..style() }, &rows);
    assert!(few.ends_with(" 1\n… 4,998 more rows; .maxrows 0 shows all\n(5,000 rows)\n"), "{few}");
}

#[test]
fn a_huge_cell_is_cut_before_it_is_rendered() {
    let blob = vec![0_u8; 50 << 20];
    let huge = "\x1b".repeat(20 << 20);
    let rows = batch(vec![("t", Arc::new(StringArray::from(vec![huge]))), ("b", Arc::new(BinaryArray::from(vec![blob.as_slice()])))]);
    let shown = render(Mode::Table, &Style { width: Some(80), ..style() }, &rows);
    assert!(shown.len() < 2000 && shown.contains('…'), "{}", shown.len());
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some((0..20_000_000).map(Some))]);
    let list = batch(vec![("l", Arc::new(list))]);
    for mode in [Mode::Table, Mode::Record] {
        let shown = render(mode, &Style { width: Some(80), ..style() }, &list);
        assert!(shown.len() < 4000 && shown.contains('…'), "{}", shown.len());
    }
}

/// What people read: nothing hidden, and no line but the ones of the format.
fn is_safe(shown: &str) -> bool {
    shown.chars().all(|c| c == '\n' || !is_hidden(c))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_reaches_the_terminal_raw(name in any::<String>(), value in any::<String>(), width in 20_usize..200, defang in any::<bool>()) {
        let nested: ArrayRef = Arc::new(StructArray::new(
            vec![Field::new(name.clone(), DataType::Utf8, true)].into(),
            vec![Arc::new(StringArray::from(vec![value.clone()]))],
            None,
        ));
        let rows = batch(vec![(&name, Arc::new(StringArray::from(vec![value.clone()]))), ("nested", nested)]);
        for mode in [Mode::Table, Mode::Record, Mode::Markdown, Mode::Json, Mode::Ndjson, Mode::Csv, Mode::Tsv] {
            for width in [None, Some(width)] {
                let style = Style { width, defang, terminal: true, csv_guard: true, ..style() };
                let shown = render(mode, &style, &rows);
                // A tab parts the fields of TSV.
                let shown = if mode == Mode::Tsv { shown.replace('\t', " ") } else { shown };
                prop_assert!(is_safe(&shown), "{mode}: {shown:?}");
                if mode == Mode::Table && width.is_none() {
                    prop_assert_eq!(shown.lines().count(), 4);
                }
                if let (Mode::Table | Mode::Record, Some(width)) = (mode, width) {
                    prop_assert!(shown.lines().all(|line| line.starts_with(['(', '…']) || visible::width(line) <= width.max(30)), "{shown}");
                }
            }
        }
    }

    #[test]
    fn json_keeps_every_text(value in any::<String>()) {
        let shown = render(Mode::Ndjson, &style(), &text("t", vec![Some(&value)]));
        let back: serde_json::Value = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(back["t"].as_str(), Some(value.as_str()));
    }

    #[test]
    fn csv_keeps_every_text(value in any::<String>()) {
        let shown = render(Mode::Csv, &style(), &text("t", vec![Some(&value)]));
        let mut reader = csv::Reader::from_reader(shown.as_bytes());
        let back = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(&back[0], value.as_str());
    }
}
