//! A record as JSON.

use super::section::{Damaged, Inner, Item, Section};
use serde_json::{Map, Number, Value};

/// Most values of a record, and most bytes of its texts: what a person can look at, and far more than real records have.
const MAX_VALUES: u32 = 65_536;
const MAX_BYTES: usize = 1 << 20;

/// The record at `at`: keys sorted, of equal ones the first; bytes as hexadecimal text; 128-bit numbers as text, since programs that read JSON do not keep
/// their digits.
pub(crate) fn record(section: &[u8], at: usize) -> Result<String, Damaged> {
    let mut section = Section::new(section, at, MAX_VALUES);
    let item = section.next()?;
    let mut value = value(&mut section, item, &mut 0)?;
    value.sort_all_objects();
    Ok(value.to_string())
}

fn value<'a>(section: &mut Section<'a>, item: Item<'a>, size: &mut usize) -> Result<Value, Damaged> {
    let mut charge = |bytes: usize| {
        *size += bytes;
        if *size > MAX_BYTES { Err(Damaged { at: 0, what: "the record has more than a MiB of text" }) } else { Ok(()) }
    };
    // What JSON has no number for is null.
    let float = |float: f64| Number::from_f64(float).map_or(Value::Null, Value::Number);
    Ok(match item {
        Item::Text(text) => {
            charge(text.len())?;
            Value::from(section.utf8(text)?)
        }
        Item::Bytes(bytes) => {
            charge(2 * bytes.len())?;
            Value::from(hex(bytes))
        }
        Item::Double(value) => float(value),
        Item::Float(value) => float(value.to_string().parse().unwrap_or(f64::NAN)),
        Item::Unsigned(value) => Value::from(value),
        Item::Signed(value) => Value::from(value),
        Item::Huge(value) => Value::from(value.to_string()),
        Item::Bool(value) => Value::from(value),
        Item::Array(inner) => {
            let mut values = Vec::new();
            section.array(inner, |section, _, item| {
                values.push(value(section, item, size)?);
                Ok(())
            })?;
            Value::Array(values)
        }
        Item::Map(inner) => Value::Object(map(section, inner, size)?),
    })
}

fn map<'a>(section: &mut Section<'a>, inner: Inner, size: &mut usize) -> Result<Map<String, Value>, Damaged> {
    let mut map = Map::new();
    section.map(inner, |section, key, item| {
        let key = section.utf8(key)?;
        *size += key.len();
        let value = value(section, item, size)?;
        map.entry(key).or_insert(value);
        Ok(())
    })?;
    Ok(map)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
