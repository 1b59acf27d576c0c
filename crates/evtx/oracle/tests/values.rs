//! Over made-up logs every column and every name and value is what the crate evtx says.

use huntsql_evtx::Projection;
use huntsql_evtx::writer::{Content, Element, EvtxWriter, Template, Value, sample};
use huntsql_evtx_oracle::{ours, same, theirs};

fn compare(file: &[u8], what: &str) -> usize {
    let (ours, damage) = ours(file, &Projection::all());
    assert_eq!(damage, Vec::<String>::new(), "{what}");
    let theirs = theirs(file);
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let mut values = 0;
    for (ours, theirs) in ours.iter().zip(theirs) {
        let theirs = theirs.unwrap_or_else(|| panic!("{what}: evtx cannot read {ours:?}"));
        assert!(same(ours, &theirs), "{what}\n ours   {ours:?}\n theirs {theirs:?}");
        values += ours.columns.len() + ours.data.len();
    }
    values
}

#[test]
fn seeded_logs() {
    for seed in 0..20 {
        let values = compare(&sample(seed, 1_000), &format!("seed {seed}"));
        assert!(values > 20_000, "{values}");
    }
}

/// Bytes from a linear congruence, good enough to fill values.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .collect()
}

/// Kinds with the size of their values or items.
const SIZED: &[(u8, usize)] = &[
    (0x03, 1),
    (0x04, 1),
    (0x05, 2),
    (0x06, 2),
    (0x07, 4),
    (0x08, 4),
    (0x09, 8),
    (0x0a, 8),
    (0x0b, 4),
    (0x0c, 8),
    (0x0d, 4),
    (0x0f, 16),
    (0x11, 8),
    (0x12, 16),
    (0x14, 4),
    (0x15, 8),
];

fn event(kind: u8, bytes: Vec<u8>, name: Option<&str>) -> Vec<u8> {
    let mut data = Element::new("Data").with(Content::Optional(0, kind));
    if let Some(name) = name {
        data = data.attribute("Name", Content::Text(name.to_owned()));
    }
    // A number and a time, so that both have the same to say about those.
    let system = Element::new("System")
        .child(Element::new("EventRecordID").with(Content::Text("1".to_owned())))
        .child(Element::new("TimeCreated").attribute("SystemTime", Content::Text("2026-01-01T00:00:00.0000000Z".to_owned())));
    let mut writer = EvtxWriter::new();
    let root = Element::new("Event").child(system).child(Element::new("EventData").child(data));
    writer.record(1, &Template::new(1, root), &[Value::Plain(kind, bytes)]);
    writer.finish()
}

#[test]
fn every_kind_of_value() {
    for &(kind, size) in SIZED {
        for seed in 0..40 {
            let mut value = bytes(seed, size);
            match kind {
                // Past the signed range times are zeros, there and here; most values shall be times.
                0x11 if seed % 4 != 0 => value[7] = 1,
                0x12 => value = systemtime(seed),
                0x0d if seed % 2 == 0 => value = vec![(seed % 4 / 2) as u8, 0, 0, 0],
                _ => {}
            }
            compare(&event(kind, value, Some("v")), &format!("kind {kind:#x} seed {seed}"));
        }
    }
    // Sizes that differ: texts, binary, SIDs, pointers.
    for length in 0..40 {
        compare(&event(0x0e, bytes(length as u64, length), Some("v")), &format!("{length} bytes"));
        let ansi: Vec<u8> = (0..length).map(|at| (0x7a + 3 * at) as u8).filter(|byte| *byte >= 0x20).collect();
        compare(&event(0x02, ansi, Some("v")), &format!("{length} ANSI"));
        let text: String = "aé日😀 \"<>&'".chars().cycle().skip(length % 7).take(length).collect();
        compare(&event(0x01, text.encode_utf16().flat_map(u16::to_le_bytes).collect(), Some("v")), &format!("{length} characters"));
    }
    for parts in 1..16_usize {
        let sid = [vec![1, parts as u8, 0, 0, 0, 0, 0, 5], bytes(parts as u64, 4 * parts)].concat();
        compare(&event(0x13, sid, Some("v")), &format!("SID of {parts}"));
    }
    for size in [4, 8] {
        compare(&event(0x10, bytes(3, size), Some("v")), &format!("pointer of {size}"));
    }
}

#[test]
fn every_kind_of_array() {
    for &(kind, size) in SIZED {
        for items in 1..5 {
            let value: Vec<u8> = match kind {
                0x12 => (0..items).flat_map(|at| systemtime(at as u64)).collect(),
                0x0d => (0..items).flat_map(|at| [(at % 2) as u8, 0, 0, 0]).collect(),
                0x11 => (0..items).flat_map(|at| [[at as u8; 7].as_slice(), &[1]].concat()).collect(),
                _ => bytes(items as u64, items * size),
            };
            for name in [Some("v"), None] {
                compare(&event(0x80 | kind, value.clone(), name), &format!("{items} of kind {kind:#x}, named {name:?}"));
            }
        }
    }
    for texts in [&["a"][..], &["a", "b"], &["a", "", "é"]] {
        let Value::Plain(kind, bytes) = Value::texts(texts) else { panic!() };
        for name in [Some("v"), None] {
            compare(&event(kind, bytes.clone(), name), &format!("{texts:?}"));
        }
    }
}

fn systemtime(seed: u64) -> Vec<u8> {
    let at = seed as u16;
    [1990 + at, 1 + at % 12, 0, 1 + at % 31, at % 24, at % 60, (7 * at) % 60, 25 * at % 1000]
        .iter()
        .flat_map(|field| field.to_le_bytes())
        .collect()
}

#[test]
fn shapes() {
    let text = |text: &str| Content::Text(text.to_owned());
    let named = |name: &str| Element::new("Data").attribute("Name", text(name));
    let parts = [
        Element::new("EventData")
            .child(named("a").with(Content::Slot(0, 1)))
            .child(named("a"))
            .child(named("b").with(Content::Slot(1, 1)).depends_on(1)),
        Element::new("EventData")
            .child(Element::new("Data").with(Content::Slot(0, 1)))
            .child(Element::new("Data").with(Content::Optional(1, 1)))
            .child(Element::new("Binary").with(text("00"))),
        Element::new("EventData")
            .child(named("a").with(text("x")).with(Content::Entity("lt")).with(Content::Slot(0, 1)).with(Content::Character(0xe9))),
        Element::new("EventData")
            .attribute("Name", text("N"))
            .child(Element::new("Data").attribute("Name", Content::Slot(0, 1)).with(text("v"))),
        Element::new("UserData").child(
            Element::new("W")
                .child(
                    Element::new("x")
                        .attribute("k", Content::Slot(0, 1))
                        .child(Element::new("y").with(text("1")))
                        .child(Element::new("y").with(text("2"))),
                )
                .child(Element::new("z")),
        ),
        Element::new("RenderingInfo")
            .attribute("Culture", text("en-US"))
            .child(Element::new("Message").with(Content::Slot(0, 1)))
            .child(Element::new("Keywords").child(Element::new("Keyword").with(text("k")))),
    ];
    for (at, part) in parts.into_iter().enumerate() {
        let system = Element::new("System")
            .child(Element::new("EventRecordID").with(text("1")))
            .child(Element::new("TimeCreated").attribute("SystemTime", text("2026-01-01T00:00:00.0000000Z")));
        let mut writer = EvtxWriter::new();
        let template = Template::new(1, Element::new("Event").child(system).child(part));
        writer.record(1, &template, &[Value::text("value"), Value::null()]);
        writer.record(1, &template, &[Value::text("and <more>"), Value::text("second")]);
        compare(&writer.finish(), &format!("shape {at}"));
    }
}
