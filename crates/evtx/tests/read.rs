//! What each shape of event becomes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Cursor;

use huntsql_evtx::writer::{Content, Element, EvtxWriter, Template, Value, sample};
use huntsql_evtx::{ChunkReader, Column, EvtxFile, Item, Projection};

type Row = (Vec<(Column, String)>, Vec<(String, String)>, Vec<Option<String>>);

fn read(file: &[u8], projection: &Projection) -> Vec<Row> {
    let mut file = EvtxFile::open(Cursor::new(file)).unwrap();
    let mut reader = ChunkReader::new(projection.clone());
    let mut rows = Vec::new();
    for chunk in 0..file.layout().chunks() {
        let offset = file.read_chunk(chunk, reader.buffer()).unwrap();
        reader.start(offset);
        while let Some(item) = reader.next() {
            let Item::Record(record) = item else { panic!("{item:?}") };
            assert_eq!(record.damage(), None);
            let column = |column: Column| match column.is_number() {
                true => record.number(column).map(|number| (column, number.to_string())),
                false => record.text(column).map(|text| (column, text.to_owned())),
            };
            let data = record.event_data().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let fields = (0..projection.field_names().len()).map(|at| record.field(at).map(str::to_owned)).collect();
            rows.push((Column::ALL.into_iter().filter_map(column).collect(), data, fields));
        }
    }
    rows
}

fn one(root: Element, values: &[Value]) -> Row {
    let mut writer = EvtxWriter::new();
    writer.record(132_539_328_001_234_567, &Template::new(1, root), values);
    read(&writer.finish(), &Projection::all().fields(["a", "param2", "x.y"])).remove(0)
}

fn data(part: Element, values: &[Value]) -> Vec<(String, String)> {
    one(Element::new("Event").child(part), values).1
}

fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

fn slot(number: u16) -> Content {
    Content::Slot(number, 1)
}

fn named(name: &str) -> Element {
    Element::new("Data").attribute("Name", text(name))
}

#[test]
fn system_columns() {
    let leaf = |name: &str, value: &str| Element::new(name).with(text(value));
    let system = Element::new("System")
        .child(Element::new("Provider").attribute("Name", slot(0)).attribute("EventSourceName", text("x")))
        .child(Element::new("EventID").attribute("Qualifiers", text("16384")).with(slot(1)))
        .child(leaf("Level", "2"))
        .child(leaf("Task", "not a number"))
        .child(leaf("Keywords", "0x80000000000000"))
        .child(Element::new("TimeCreated").attribute("SystemTime", slot(2)))
        .child(leaf("EventRecordID", "77"))
        .child(Element::new("Correlation").attribute("ActivityID", slot(3)))
        .child(Element::new("Execution").attribute("ProcessID", slot(4)).attribute("ThreadID", text("0x10")))
        .child(leaf("Channel", "Security"))
        .child(leaf("Computer", "A").child(Element::new("deeper").with(text("B"))))
        .child(Element::new("Security").attribute("UserID", slot(5)))
        .child(leaf("Unknown", "x"));
    // What comes in the data of an event cannot pass for the event's own columns.
    let forged = Element::new("System").child(leaf("Computer", "forged"));
    let root = Element::new("Event").child(system.clone()).child(forged).child(Element::new("EventData").child(leaf("Computer", "data")));
    let values = [
        Value::text("P"),
        Value::u16(4624),
        Value::time(132_539_328_001_234_567),
        Value::guid(0x5484_9625_5478_4994_a5ba_3e3b_0328_c30d),
        Value::u32(8),
        Value::sid(&[18]),
    ];
    let (columns, data, _) = one(root, &values);
    let want = [
        (Column::Time, "1609459200123456"),
        (Column::RecordId, "77"),
        (Column::Computer, "A"),
        (Column::Channel, "Security"),
        (Column::Provider, "P"),
        (Column::ProviderGuid, ""),
        (Column::EventId, "4624"),
        (Column::Level, "2"),
        (Column::Keywords, "0x80000000000000"),
        (Column::ProcessId, "8"),
        (Column::ThreadId, "16"),
        (Column::ActivityId, "{54849625-5478-4994-a5ba-3e3b0328c30d}"),
        (Column::User, "S-1-5-18"),
    ];
    let want: Vec<_> = want.into_iter().filter(|(_, text)| !text.is_empty()).map(|(column, text)| (column, text.to_owned())).collect();
    assert_eq!(columns, want);
    assert_eq!(data, [("Computer".to_owned(), "data".to_owned())]);
    // Without values there is what the header of the record says.
    let (columns, ..) = one(Element::new("Event").child(system), &[]);
    assert_eq!(
        columns[..3],
        [(Column::Time, "1609459200123456".to_owned()), (Column::RecordId, "77".to_owned()), (Column::Computer, "A".to_owned())]
    );
    let mut writer = EvtxWriter::new();
    writer.record(0, &Template::new(1, Element::new("Event")), &[]);
    let (columns, ..) = read(&writer.finish(), &Projection::all()).remove(0);
    assert_eq!(columns, [(Column::Time, "-11644473600000000".to_owned()), (Column::RecordId, "1".to_owned())]);
}

/// What it is, the part of the event, its values, and what is to come out.
type Shape = (&'static str, Element, Vec<Value>, &'static [(&'static str, &'static str)]);

#[test]
fn shapes_of_data() {
    let event_data = || Element::new("EventData");
    let cases: Vec<Shape> = vec![
        (
            "names",
            event_data().child(named("a").with(slot(0))).child(named("b").with(slot(1))),
            vec![Value::u32(7), Value::null()],
            &[("a", "7"), ("b", "")],
        ),
        (
            "no names",
            event_data().child(Element::new("Data").with(slot(0))).child(Element::new("Data").with(text("y"))),
            vec![Value::text("x")],
            &[("param1", "x"), ("param2", "y")],
        ),
        (
            "an array without a name",
            event_data().child(Element::new("Data").with(slot(0))).child(Element::new("Binary").with(slot(1))),
            vec![Value::texts(&["x", "", "z"]), Value::binary(&[1, 0xab])],
            &[("param1", "x"), ("param2", ""), ("param3", "z"), ("Binary", "01AB")],
        ),
        (
            "some with names, that others would have",
            event_data()
                .child(named("param1").with(text("a")))
                .child(Element::new("Data").with(text("b")))
                .child(named("param2").with(text("c")))
                .child(Element::new("Data").attribute("Type", text("t")).with(text("d")))
                .child(named("Data").with(text("e"))),
            vec![],
            &[("param1", "a"), ("param2", "b"), ("param2#2", "c"), ("Data.Type", "t"), ("param3", "d"), ("Data", "e")],
        ),
        (
            "data with no name of its own elsewhere",
            Element::new("UserData").child(Element::new("W").child(Element::new("Data").with(text("x")))),
            vec![],
            &[("Data", "x")],
        ),
        ("an array with a name", event_data().child(named("a").with(slot(0))), vec![Value::texts(&["x", "y"])], &[("a", "x,y")]),
        (
            "equal names",
            event_data().child(named("a").with(slot(0))).child(named("a").with(slot(0))).child(named("a#2")),
            vec![Value::u8(1)],
            &[("a", "1"), ("a#2", "1"), ("a#2#2", "")],
        ),
        (
            "a name that is a value",
            event_data()
                .child(Element::new("Data").attribute("Name", slot(0)).with(slot(1)))
                .child(Element::new("Data").attribute("Name", slot(0))),
            vec![Value::text("n"), Value::text("v")],
            &[("n", "v"), ("n#2", "")],
        ),
        (
            "elements left out",
            event_data()
                .child(named("a").with(slot(0)).depends_on(0))
                .child(named("b").with(slot(1)).depends_on(1))
                .child(named("c").child(Element::new("d").with(slot(1))).depends_on(0)),
            vec![Value::null(), Value::text("x")],
            &[("b", "x")],
        ),
        (
            "mixed",
            event_data().child(
                named("a")
                    .with(text("x<"))
                    .with(Content::Entity("amp"))
                    .with(slot(0))
                    .with(Content::Character(0x41))
                    .with(Content::Raw(" ]]".to_owned())),
            ),
            vec![Value::i32(-1)],
            &[("a", "x<&-1A ]]")],
        ),
        (
            "attributes",
            event_data()
                .attribute("Name", text("N"))
                .child(Element::new("Data").attribute("Name", text("a")).attribute("Type", slot(0)).with(text("v"))),
            vec![Value::bool(true)],
            &[("EventData.Name", "N"), ("a.Type", "true"), ("a", "v")],
        ),
        ("text alone", event_data().with(slot(0)), vec![Value::text("t")], &[("EventData", "t")]),
        ("nothing", event_data().with(slot(0)), vec![Value::null()], &[]),
        (
            "user data",
            Element::new("UserData").child(
                Element::new("Wrapper")
                    .attribute("xmlns", text("u"))
                    .child(Element::new("x").child(Element::new("y").with(slot(0))).child(Element::new("y")))
                    .child(Element::new("z")),
            ),
            vec![Value::hex32(16)],
            &[("x.y", "0x10"), ("x.y#2", ""), ("z", "")],
        ),
        (
            "another part",
            Element::new("RenderingInfo").attribute("Culture", text("en-US")).child(Element::new("Message").with(text("m"))),
            vec![],
            &[("RenderingInfo.Culture", "en-US"), ("RenderingInfo.Message", "m")],
        ),
        (
            "elements in a value",
            event_data().child(named("a").with(slot(0))),
            vec![Value::Elements(vec![Element::new("b").with(text("1")), Element::new("b").attribute("c", text("2"))])],
            &[("a.b", "1"), ("a.b.c", "2")],
        ),
        (
            "elements for data",
            event_data().with(slot(0)),
            vec![Value::Elements(vec![named("a").with(text("1")), named("a")])],
            &[("a", "1"), ("a#2", "")],
        ),
    ];
    for (what, part, values, want) in cases {
        let want: Vec<_> = want.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(data(part, &values), want, "{what}");
    }
}

/// One name asked for by itself, in whatever case: the numbers of its neighbours do not depend on what is asked for.
#[test]
fn fields_by_themselves() {
    let part = Element::new("EventData")
        .child(named("param1").with(text("a")))
        .child(Element::new("Data").with(text("b")))
        .child(named("Image").with(text("c")))
        .child(named("x").child(Element::new("y").with(text("d"))))
        .child(Element::new("Data").with(text("e")))
        .child(named("IMAGE").with(text("f")));
    let mut writer = EvtxWriter::new();
    writer.record(1, &Template::new(1, Element::new("Event").child(part)), &[]);
    let file = writer.finish();
    for (names, want) in [
        (&["param1"][..], &[Some("a")][..]),
        (&["param2"], &[Some("b")]),
        (&["PARAM3"], &[Some("e")]),
        (&["param4"], &[None]),
        (&["image"], &[Some("c")]),
        (&["IMAGE", "image", "Image"], &[Some("f"), Some("c"), Some("c")]),
        (&["X.Y", "data"], &[Some("d"), None]),
    ] {
        for projection in [Projection::default(), Projection::all()] {
            let (_, _, fields) = read(&file, &projection.fields(names.iter().copied())).remove(0);
            assert_eq!(fields.iter().map(Option::as_deref).collect::<Vec<_>>(), want, "{names:?}");
        }
    }
}

#[test]
fn the_event_may_come_in_a_value() {
    let inner = Element::new("Event").child(Element::new("EventData").child(named("a").with(slot(0))));
    let mut writer = EvtxWriter::new();
    writer.record(
        1,
        &Template::new(1, Element::new("Event").with(Content::Slot(0, 0x21))),
        &[Value::Elements(vec![
            Element::new("System").child(Element::new("EventID").with(text("9"))),
            Element::new("EventData").child(named("a").with(text("v"))),
        ])],
    );
    writer.record(1, &Template::new(2, inner), &[Value::text("w")]);
    let narrow = Projection::default().columns(&[Column::EventId]);
    let file = writer.finish();
    let ids: Vec<_> =
        read(&file, &narrow).into_iter().map(|row| row.0.into_iter().find(|(column, _)| *column == Column::EventId)).collect();
    assert_eq!(ids, [Some((Column::EventId, "9".to_owned())), None]);
    let fields: Vec<_> = read(&file, &Projection::default().fields(["a"])).into_iter().map(|row| row.2).collect();
    assert_eq!(fields, [[Some("v".to_owned())], [Some("w".to_owned())]]);
}

#[test]
fn asked_fields_are_those_of_the_map() {
    let names = ["CommandLine", "TargetUserName", "SubjectUserName", "none", "Image"];
    let file = sample(5, 1_500);
    let all = read(&file, &Projection::all());
    let columns = [Column::Time, Column::EventId, Column::Provider];
    let some = read(&file, &Projection::default().columns(&columns).fields(names));
    assert_eq!(all.len(), some.len());
    let mut found = 0;
    for (all, some) in all.iter().zip(&some) {
        let want: Vec<_> = names.iter().map(|name| all.1.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())).collect();
        found += want.iter().flatten().count();
        assert_eq!(some.2, want);
        assert_eq!(some.1, []);
        // Time and number are in the header of every record: they are there unasked.
        let want: Vec<_> = all.0.iter().filter(|(column, _)| columns.contains(column) || *column == Column::RecordId).cloned().collect();
        assert_eq!(some.0, want);
    }
    assert!(found > 1_000);
}

#[test]
fn chunks_are_read_in_any_order() {
    fn moves_to_a_thread<T: Send>(_: &T) {}
    let file = sample(9, 1_000);
    let forward = read(&file, &Projection::all());
    let mut chunks = EvtxFile::open(Cursor::new(&file)).unwrap();
    let mut reader = ChunkReader::new(Projection::all());
    moves_to_a_thread(&reader);
    let mut ids = Vec::new();
    for chunk in (0..chunks.layout().chunks()).rev() {
        let offset = chunks.read_chunk(chunk, reader.buffer()).unwrap();
        reader.start(offset);
        let mut here = Vec::new();
        while let Some(Item::Record(record)) = reader.next() {
            let first = record.event_data().next().map(|(name, value)| (name.to_owned(), value.to_owned()));
            here.push((record.number(Column::RecordId).unwrap(), first));
        }
        ids.splice(0..0, here);
    }
    let want: Vec<_> = forward.iter().zip(1..).map(|(row, id)| (id, row.1.first().cloned())).collect();
    assert_eq!(ids, want);
}
