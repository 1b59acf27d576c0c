//! Whatever happens to a file, the rest of it is read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use huntsql_evtx::writer::{Content, Element, EvtxWriter, Template, Value, sample};
use huntsql_evtx::{CHUNK_SIZE, ChunkReader, Column, Damage, EvtxFile, HEADER_SIZE, Item, Projection};

/// Numbers of the records that are whole, of those that are not, and what is wrong.
fn read(file: &[u8]) -> (Vec<i64>, Vec<i64>, Vec<Damage>) {
    let mut file = EvtxFile::open(Cursor::new(file)).unwrap();
    let mut reader = ChunkReader::new(Projection::all());
    let (mut whole, mut broken, mut damage) = (Vec::new(), Vec::new(), Vec::new());
    for chunk in 0..file.layout().chunks() {
        let offset = file.read_chunk(chunk, reader.buffer()).unwrap();
        reader.start(offset);
        while let Some(item) = reader.next() {
            match item {
                Item::Damage(found) => damage.push(found),
                Item::Record(record) => {
                    let id = record.number(Column::RecordId).unwrap();
                    match record.damage() {
                        Some(found) => {
                            broken.push(id);
                            damage.push(found);
                        }
                        None => whole.push(id),
                    }
                    // Everything can be asked for.
                    assert!(record.event_data().all(|(name, _)| name.len() <= 1100));
                }
            }
        }
    }
    (whole, broken, damage)
}

/// Three chunks of a few records each, without the unused bytes after the last record.
fn small_file() -> Vec<u8> {
    let mut writer = EvtxWriter::new();
    for (at, event) in huntsql_evtx::writer::sample_events(3, 12).enumerate() {
        writer.record(event.time, &event.template, &event.values);
        if at % 4 == 3 {
            writer.end_chunk();
        }
    }
    writer.finish()
}

fn used(file: &[u8], chunk: usize) -> usize {
    let at = HEADER_SIZE + chunk * CHUNK_SIZE + 48;
    u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn every_byte_flipped() {
    let file = small_file();
    let all: Vec<i64> = (1..=12).collect();
    assert_eq!(read(&file), (all.clone(), vec![], vec![]));
    let chunk = HEADER_SIZE + CHUNK_SIZE;
    // The middle chunk only: each byte of its header and of its records.
    for at in 0..used(&file, 1) {
        let mut bent = file.clone();
        bent[chunk + at] ^= 0xff;
        let (whole, broken, damage) = read(&bent);
        // The other chunks are read as they are.
        for id in [1, 2, 3, 4, 9, 10, 11, 12] {
            assert!(whole.contains(&id), "byte {at}: record {id} is gone");
        }
        // The flags of a chunk are in no checksum; one of them says that there is none.
        assert!(!damage.is_empty() || (120..124).contains(&at), "byte {at}: nobody noticed");
        assert!(damage.iter().all(|found| (chunk..chunk + CHUNK_SIZE).contains(&(found.offset as usize))), "byte {at}: {damage:?}");
        // Where a header is bent all records are still there; where a record is bent the others are.
        let here = whole.iter().chain(&broken).filter(|id| !matches!(**id, 1..=4 | 9..=12)).count();
        let want = match at {
            0..8 => 0,
            8..512 => 4,
            _ => 3,
        };
        assert!((want..=4).contains(&here), "byte {at}: {here} records of this chunk");
    }
}

#[test]
fn cut_anywhere() {
    let file = small_file();
    let mut last = 0;
    for length in (0..=file.len()).step_by(512) {
        let cut = &file[..length];
        if length < HEADER_SIZE {
            assert!(EvtxFile::open(Cursor::new(cut)).is_err() || read(cut).0.is_empty());
            continue;
        }
        let (whole, _, damage) = read(cut);
        assert!(whole.len() >= last, "{length} bytes have less records than {}", length - 512);
        last = whole.len();
        let chunks_whole = (length - HEADER_SIZE).is_multiple_of(CHUNK_SIZE);
        assert_eq!(damage.is_empty(), chunks_whole, "{length}: {damage:?}");
        assert!(whole.len() >= 4 * ((length - HEADER_SIZE) / CHUNK_SIZE));
    }
    assert_eq!(last, 12);
}

#[test]
fn lost_records_are_reported_with_their_place() {
    let mut file = small_file();
    // The second record of the first chunk is overwritten.
    let first = HEADER_SIZE + 512;
    let size = u32::from_le_bytes(file[first + 4..first + 8].try_into().unwrap()) as usize;
    file[first + size..first + size + 20].fill(0xcc);
    let (whole, _, damage) = read(&file);
    let messages: Vec<_> = damage.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "checksum of the chunk's records does not hold at byte 4608".to_owned(),
            format!("no record where one should begin at byte {}", first + size)
        ]
    );
    assert!(whole.contains(&1) && !whole.contains(&2) && whole.contains(&12));
    // A chunk without its signature is lost, and is said to be; one of zeros was never used.
    let mut file = small_file();
    file[HEADER_SIZE + CHUNK_SIZE] = b'x';
    let (whole, _, damage) = read(&file);
    assert_eq!((whole.len(), damage.len(), damage[0].offset), (8, 1, (HEADER_SIZE + CHUNK_SIZE) as u64));
    let mut file = small_file();
    file.extend(vec![0; 2 * CHUNK_SIZE]);
    assert_eq!(read(&file).2, []);
}

#[test]
fn little_that_stands_for_much_is_cut_off() {
    // A long value used in a thousand places, a thousand times.
    let slots = (0..1_000).fold(Element::new("EventData"), |data, _| data.child(Element::new("Data").with(Content::Slot(0, 1))));
    let template = Template::new(1, Element::new("Event").child(slots));
    let mut writer = EvtxWriter::new();
    for _ in 0..3 {
        writer.record(1, &template, &[Value::text(&"x".repeat(8_000))]);
    }
    let (whole, broken, damage) = read(&writer.finish());
    assert_eq!((whole.len(), broken.len()), (0, 3));
    assert!(damage.iter().all(|found| found.what == "record with more than 1 MiB of text; the rest of it is left out"), "{damage:?}");

    // Values in values, each ten times.
    let ten = (0..10).fold(Element::new("a"), |element, _| element.with(Content::Slot(0, 0x21)));
    let nested = (2..12).fold(Value::text("end"), |value, number| Value::Instance(Template::new(number, ten.clone()), vec![value]));
    let mut writer = EvtxWriter::new();
    let outer = Template::new(1, Element::new("Event").child(Element::new("EventData").with(Content::Slot(0, 0x21))));
    for _ in 0..10 {
        writer.record(1, &outer, std::slice::from_ref(&nested));
    }
    let (whole, broken, damage) = read(&writer.finish());
    assert_eq!((whole.len(), broken.len()), (0, 10));
    assert!(damage.iter().any(|found| found.what == "record or chunk made to cost too much; the rest of it is left out"), "{damage:?}");

    // Names without end.
    let mut writer = EvtxWriter::new();
    let names = (0..400).fold(Element::new("EventData"), |data, at| data.child(Element::new(&format!("{at}{}", "n".repeat(40)))));
    let deep = (0..60).fold(names, |inner, at| Element::new(&format!("d{at}")).child(inner));
    writer.record(1, &Template::new(1, Element::new("Event").child(deep)), &[]);
    let (_, broken, damage) = read(&writer.finish());
    assert_eq!((broken.len(), damage[0].what), (1, "data nested too deep, or with too long a name, are left out"));
}

/// The longest values that cost most to read, each used in as many places as a chunk has room for, wanted or not.
#[test]
fn hostile_chunks_end_soon() {
    let many = |parent: &str, child: Element| {
        Element::new("Event").child((0..900).fold(Element::new(parent), |parent, _| parent.child(child.clone())))
    };
    let time = Element::new("TimeCreated").attribute("SystemTime", Content::Slot(0, 1));
    let data = Element::new("Data").with(Content::Slot(0, 1));
    let named = Element::new("Data").attribute("Name", Content::Slot(0, 1)).with(Content::Slot(1, 1));
    let cases = [
        ("array that ends amiss", many("EventData", Element::new("a").with(Content::Slot(0, 1))), Value::Plain(0x86, vec![0xff; 29_999])),
        ("array of empty texts", many("EventData", data.clone()), Value::Plain(0x81, vec![0; 29_999])),
        ("time that is none", many("System", time), Value::Plain(1, vec![0x39; 29_999])),
        ("name that is a value", many("EventData", named), Value::Plain(1, vec![0x41; 29_999])),
        ("stream of nothing", many("EventData", data), Value::Plain(0x21, vec![0x0f; 29_999])),
    ];
    for (what, root, value) in cases {
        let mut writer = EvtxWriter::new();
        let template = Template::new(1, root);
        writer.record(1, &template, std::slice::from_ref(&value));
        let file = writer.finish();
        let start = std::time::Instant::now();
        let (whole, broken, _) = read(&file);
        assert_eq!(whole.len() + broken.len(), 1, "{what}");
        // Unoptimised and beside other tests: a tenth of this is usual.
        assert!(start.elapsed().as_secs() < 20, "{what}: {:?}", start.elapsed());
        println!("{what}: {:?}", start.elapsed());
    }
}

#[test]
fn a_template_that_uses_itself_ends() {
    // Texts as long as an instance without values, to be written over: once, and so often that it doubles at each level.
    for (element, uses, what) in [
        ("EventData", 1, "data nested too deep, or with too long a name, are left out"),
        ("EventData", 4, "data nested too deep, or with too long a name, are left out"),
        // Text beside the elements: the place is the same at each level.
        ("", 1, "templates nested too deep"),
        ("", 4, "templates nested too deep"),
    ] {
        let mut writer = EvtxWriter::new();
        let text = || Content::Text("xxxxx".to_owned());
        let root = match element {
            "" => (0..uses).fold(Element::new("Event"), |root, _| root.with(text())),
            _ => Element::new("Event").child((0..uses).fold(Element::new(element), |data, _| data.child(Element::new("a").with(text())))),
        };
        writer.record(1, &Template::new(7, root), &[]);
        let mut file = writer.finish();
        let token = [5, 1, 5, 0, b'x', 0, b'x', 0, b'x', 0, b'x', 0, b'x', 0];
        // After the header of the record, of the stream and of the instance.
        let template = 512 + 24 + 4 + 10_u32;
        let mut instance = [0x0c, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        instance[6..10].copy_from_slice(&template.to_le_bytes());
        let mut written = 0;
        while let Some(at) = file.windows(token.len()).position(|bytes| bytes == token) {
            file[at..at + token.len()].copy_from_slice(&instance);
            written += 1;
        }
        assert_eq!(written, uses);
        let (whole, broken, damage) = read(&file);
        assert_eq!((whole.len(), broken.len(), damage[1].what), (0, 1, what));
    }
}

#[test]
fn a_hostile_chunk_leaves_nothing_behind() {
    let rows = |reader: &mut ChunkReader, file: &[u8]| {
        let mut file = EvtxFile::open(Cursor::new(file)).unwrap();
        let mut rows = Vec::new();
        for chunk in 0..file.layout().chunks() {
            let offset = file.read_chunk(chunk, reader.buffer()).unwrap();
            reader.start(offset);
            while let Some(item) = reader.next() {
                let Item::Record(record) = item else { continue };
                let data: Vec<_> = record.event_data().map(|(name, value)| format!("{name}={value}")).collect();
                rows.push((record.damage().is_none(), record.text(Column::Computer).map(str::to_owned), data));
            }
        }
        rows
    };
    // Chunks of names that nobody has seen before, in as many places, until everything that is kept is thrown away.
    let mut writer = EvtxWriter::new();
    for number in 0..60 {
        let names = (0..250).fold(Element::new("EventData"), |data, at| {
            let inner = Element::new("x").with(Content::Slot(0, 1)).with(Content::Slot(1, 1));
            data.child(Element::new(&format!("{number}_{at}_{}", "n".repeat(60))).child(inner))
        });
        writer.record(1, &Template::new(number, Element::new("Event").child(names)), &[Value::text("v"), Value::null()]);
    }
    let good = sample(4, 300);
    let mut reader = ChunkReader::new(Projection::all().fields(["CommandLine"]));
    let before = rows(&mut reader, &good);
    for row in rows(&mut reader, &writer.finish()) {
        assert_eq!((row.0, row.2.len()), (true, 250));
    }
    assert_eq!(rows(&mut reader, &good), before);
}

#[test]
fn a_log_is_what_was_written() {
    let (whole, _, damage) = read(&sample(11, 2_000));
    assert_eq!((whole, damage), ((1..=2_000).collect(), vec![]));
}
