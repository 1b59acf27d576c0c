//! Every value of huntsql-evtx beside what the crate evtx says, through its XML.

use std::collections::HashMap;

use huntsql_evtx::{ChunkReader, Column, EvtxFile, Item, Projection};
use roxmltree::{Document, Node};

/// A record as text: columns in the order of `Column::ALL`, then the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub columns: Vec<String>,
    pub data: Vec<(String, String)>,
}

/// All records that huntsql-evtx reads, by number in the header, and its complaints.
pub fn ours(file: &[u8], projection: &Projection) -> (Vec<Row>, Vec<String>) {
    let mut reader = ChunkReader::new(projection.clone());
    let mut file = EvtxFile::open(std::io::Cursor::new(file)).expect("an EVTX file");
    let (mut rows, mut damage) = (Vec::new(), Vec::new());
    for chunk in 0..file.layout().chunks() {
        let offset = file.read_chunk(chunk, reader.buffer()).expect("in memory");
        reader.start(offset);
        while let Some(item) = reader.next() {
            match item {
                Item::Damage(at) => damage.push(at.to_string()),
                Item::Record(record) => {
                    damage.extend(record.damage().map(|at| at.to_string()));
                    let column = |column: Column| match column.is_number() {
                        true => record.number(column).map(|number| number.to_string()).unwrap_or_default(),
                        false => record.text(column).unwrap_or_default().to_owned(),
                    };
                    let data = record.event_data().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                    rows.push(Row { columns: Column::ALL.map(column).to_vec(), data });
                }
            }
        }
    }
    (rows, damage)
}

/// The same of the crate evtx: `None` for a record that it cannot read.
pub fn theirs(file: &[u8]) -> Vec<Option<Row>> {
    let settings = evtx::ParserSettings::new().indent(false).num_threads(1);
    let mut parser = evtx::EvtxParser::from_buffer(file.to_vec()).expect("an EVTX file").with_configuration(settings);
    parser.records().map(|record| record.ok().map(|record| row(&record.data, record.event_record_id))).collect()
}

fn row(xml: &str, id: u64) -> Row {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let event = document.root_element();
    let system = child(event, "System");
    let leaf = |name: &str| system.and_then(|system| child(system, name));
    let text = |name: &str| leaf(name).map(all_text).unwrap_or_default();
    let attribute = |name: &str, attribute: &str| leaf(name).and_then(|leaf| leaf.attribute(attribute)).unwrap_or_default().to_owned();
    let number = |text: String| match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).map(|number| number.to_string()).unwrap_or_default(),
        None => text,
    };
    let record_id = Some(number(text("EventRecordID"))).filter(|text| !text.is_empty()).unwrap_or(id.to_string());
    let columns = vec![
        micros(&attribute("TimeCreated", "SystemTime")),
        record_id,
        text("Computer"),
        text("Channel"),
        attribute("Provider", "Name"),
        attribute("Provider", "Guid"),
        number(text("EventID")),
        number(text("Version")),
        number(text("Level")),
        number(text("Task")),
        number(text("Opcode")),
        text("Keywords"),
        number(attribute("Execution", "ProcessID")),
        number(attribute("Execution", "ThreadID")),
        attribute("Correlation", "ActivityID"),
        attribute("Security", "UserID"),
    ];
    let mut data = Vec::new();
    for part in event.children().filter(Node::is_element) {
        let name = part.tag_name().name();
        match name {
            "System" => {}
            "EventData" => container(part, &mut data),
            "UserData" => {
                own(part, name, &mut data);
                part.children().filter(Node::is_element).for_each(|wrapper| container(wrapper, &mut data));
            }
            _ => named(part, "", &mut data),
        }
    }
    Row { columns, data: numbered(&data) }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn all_text(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

/// Attributes (but for a name) and text of a node that is no value of its own.
fn own(node: Node<'_, '_>, name: &str, data: &mut Vec<(String, String)>) {
    for attribute in node.attributes().filter(|attribute| !attribute.value().is_empty()) {
        data.push((format!("{name}.{}", attribute.name()), attribute.value().to_owned()));
    }
    let text = all_text(node);
    if !text.is_empty() {
        data.push((name.to_owned(), text));
    }
}

fn container(node: Node<'_, '_>, data: &mut Vec<(String, String)>) {
    own(node, node.tag_name().name(), data);
    for child in node.children().filter(Node::is_element) {
        let before = data.len();
        named(child, "", data);
        if node.tag_name().name() == "EventData" && child.tag_name().name() == "Data" && child.attribute("Name").is_none() {
            data.iter_mut().skip(before).filter(|(name, _)| name == "Data").for_each(|(name, _)| *name = UNNAMED.to_owned());
        }
    }
}

/// No name of an element.
const UNNAMED: &str = "<unnamed>";

fn named(node: Node<'_, '_>, prefix: &str, data: &mut Vec<(String, String)>) {
    let name = format!("{prefix}{}", node.attribute("Name").unwrap_or(node.tag_name().name()));
    let mut leaf = true;
    for attribute in node.attributes().filter(|attribute| attribute.name() != "Name") {
        leaf = false;
        if !attribute.value().is_empty() {
            data.push((format!("{name}.{}", attribute.name()), attribute.value().to_owned()));
        }
    }
    let text = all_text(node);
    let children = node.children().filter(Node::is_element);
    if !text.is_empty() || leaf && children.clone().count() == 0 {
        data.push((name.clone(), text));
    }
    children.for_each(|child| named(child, &format!("{name}."), data));
}

fn numbered(data: &[(String, String)]) -> Vec<(String, String)> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let number = |(name, value): &(String, String)| (name.clone(), value.clone());
    let mut out: Vec<_> = data.iter().map(number).collect();
    for ((shown, _), (name, _)) in out.iter_mut().zip(data) {
        let n = seen.entry(name).or_insert(0);
        *n += 1;
        if name == UNNAMED {
            *shown = format!("param{n}");
        } else if *n > 1 {
            *shown = format!("{name}#{n}");
        }
    }
    out
}

fn micros(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // Days by counting: not the method of the code under test.
    let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().expect("a number");
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let years: i64 = (1601..year).map(|year| 365 + i64::from(leap(year))).sum();
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: i64 = lengths.iter().take(usize::try_from(month - 1).expect("a month")).sum();
    let days = years + months + day - 1 - 134_774;
    let seconds = ((days * 24 + part(11..13)) * 60 + part(14..16)) * 60 + part(17..19);
    (seconds * 1_000_000 + part(20..26)).to_string()
}

/// Numbers with a fraction as one of the many ways to write them: `1e21` here is `1e+21` there.
fn floats(text: &str) -> String {
    let one = |item: &str| match item.parse::<f64>() {
        Ok(number) if item.contains(['.', 'e']) => format!("{number:e}"),
        _ => item.to_owned(),
    };
    text.split(',').map(one).collect::<Vec<_>>().join(",")
}

/// Items of arrays are elements of their own there, and one text with commas here where the element has a name.
pub fn same(ours: &Row, theirs: &Row) -> bool {
    let clean = |row: &Row| {
        let mut row = row.clone();
        // Characters that XML cannot hold are `_` there.
        let replace = |text: &String| {
            text.replace(|c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'), "_")
                .replace("\r\n", "\n")
                .replace('\r', "\n")
        };
        row.columns = row.columns.iter().map(replace).collect();
        row.data = row.data.iter().map(|(name, value)| (name.clone(), floats(&replace(value)))).collect();
        row
    };
    let (ours, theirs) = (clean(ours), clean(theirs));
    if ours == theirs {
        return true;
    }
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in &theirs.data {
        let base = name.rsplit_once('#').map_or(name.as_str(), |(base, _)| base);
        match joined.last_mut() {
            Some((last, text)) if last == base && !ours.data.iter().any(|(ours, _)| ours == name) => {
                text.push(',');
                text.push_str(value);
            }
            _ => joined.push((name.clone(), value.clone())),
        }
    }
    ours.columns == theirs.columns && ours.data == joined
}
