//! Values as the columns have them.

use super::Field;
use super::flat::{Form, Leaf};
use crate::json::Cursor;
use crate::logs::any_time::any_time;

/// Levels and opcodes by the names that Windows shows (winmeta.xml).
const LEVELS: &[(&str, i64)] =
    &[("information", 4), ("info", 4), ("error", 2), ("warning", 3), ("critical", 1), ("verbose", 5), ("logalways", 0)];
const OPCODES: &[(&str, i64)] = &[
    ("info", 0),
    ("start", 1),
    ("stop", 2),
    ("dcstart", 3),
    ("dcstop", 4),
    ("extension", 5),
    ("reply", 6),
    ("resume", 7),
    ("suspend", 8),
    ("send", 9),
    ("receive", 240),
];

/// The value of `leaf` as `field` has it: a number, or 0 with the text appended to `out`. `None` where it does not fit.
pub(super) fn convert(field: Field, line: &str, leaf: &Leaf, out: &mut String) -> Option<i64> {
    let raw = leaf.raw(line);
    match (field, leaf.form) {
        (Field::Keywords, Form::Json) => names(raw, out).map(|()| 0),
        (Field::Keywords, Form::Word) => {
            // A bit mask, which some write as a signed number.
            let mask = raw.parse::<i64>().map(|mask| mask as u64).or_else(|_| raw.parse()).ok()?;
            out.push_str(&format!("0x{mask:x}"));
            Some(0)
        }
        (_, Form::Json) => None,
        (Field::Time, _) => any_time(raw).or_else(|| any_time(&unescaped(leaf, line))).map(|time| time.micros),
        (Field::Level, _) => integer(raw).or_else(|| by_name(LEVELS, raw)),
        (Field::Opcode, _) => integer(raw).or_else(|| by_name(OPCODES, raw)),
        (Field::EventId | Field::Version | Field::Task | Field::RecordId | Field::ProcessId | Field::ThreadId, _) => integer(raw),
        (_, Form::Word) => None,
        _ => {
            leaf.append(line, out);
            (!out.is_empty()).then_some(0)
        }
    }
}

/// `\/Date(1599050712345)\/` is how ConvertTo-Json writes a time.
fn unescaped(leaf: &Leaf, line: &str) -> String {
    let mut text = String::new();
    if leaf.form == Form::Escaped && leaf.raw(line).len() < 64 {
        leaf.append(line, &mut text);
    }
    text
}

/// Decimal or, after `0x`, hexadecimal.
fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => i64::from_str_radix(hex, 16).ok().filter(|number| *number >= 0),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

fn by_name(names: &[(&str, i64)], text: &str) -> Option<i64> {
    names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, number)| *number)
}

/// A list of texts, joined by commas.
fn names(list: &str, out: &mut String) -> Option<()> {
    let mut cursor = Cursor::new(list);
    let mut more = cursor.enter_list().ok()?;
    while more {
        let name = cursor.string().ok()?;
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&name);
        more = cursor.another(b']').ok()?;
    }
    (!out.is_empty()).then_some(())
}
