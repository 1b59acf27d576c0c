//! Rows as bytes, for engines that send half-made aggregates from one place to another.

use super::{RowColumn, Rows};
use crate::types::ArgType;

impl Rows {
    /// All rows as bytes, for [`Rows::decode`] with the same types.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size());
        number(&mut out, self.len as i64);
        for column in &self.columns {
            match column {
                RowColumn::Int(values) => values.iter().for_each(|value| number(&mut out, *value)),
                RowColumn::Float(values) => values.iter().for_each(|value| number(&mut out, value.to_bits() as i64)),
                RowColumn::Bool(values) => out.extend(values.iter().map(|value| value.map_or(2, u8::from))),
                RowColumn::Text(texts) => (0..self.len).for_each(|row| text(&mut out, texts.get(row))),
                RowColumn::FloatList(lists) => {
                    for row in 0..lists.len() {
                        let list = lists.get(row);
                        number(&mut out, list.map_or(-1, |list| list.len() as i64));
                        list.unwrap_or(&[]).iter().for_each(|value| number(&mut out, value.to_bits() as i64));
                    }
                }
                RowColumn::TextList(lists) => {
                    for row in 0..lists.len() {
                        let list = lists.get(row);
                        number(&mut out, list.map_or(-1, |list| list.len() as i64));
                        list.unwrap_or(&[]).iter().for_each(|id| text(&mut out, lists.text(*id)));
                    }
                }
            }
        }
        out
    }

    /// The rows that [`Rows::encode`] made of rows of `types`; `None` where it did not.
    pub fn decode(types: &'static [ArgType], bytes: &[u8]) -> Option<Self> {
        let mut rows = Self::new(types);
        let mut input = Reader(bytes);
        rows.len = usize::try_from(input.number()?).ok()?;
        for column in &mut rows.columns {
            for _ in 0..rows.len {
                match column {
                    RowColumn::Int(values) => values.push(input.number()?),
                    RowColumn::Float(values) => values.push(input.float()?),
                    RowColumn::Bool(values) => values.push(match input.take(1)? {
                        [2] => None,
                        byte => Some(byte != [0]),
                    }),
                    RowColumn::Text(texts) => texts.push(input.text()?),
                    RowColumn::FloatList(lists) => {
                        let count = input.number()?;
                        let mut complete = Some(());
                        lists.push(|into| {
                            complete = (0..count).try_for_each(|_| input.float().map(|value| into.push(value)));
                            count >= 0
                        });
                        complete?;
                    }
                    RowColumn::TextList(lists) => {
                        let count = input.number()?;
                        let mut complete = Some(());
                        lists.push(|into| {
                            complete = (0..count).try_for_each(|_| input.text().map(|text| into.push(text)));
                            count >= 0
                        });
                        complete?;
                    }
                }
            }
        }
        input.0.is_empty().then_some(rows)
    }
}

fn number(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// A length, -1 for NULL, and the bytes.
fn text(out: &mut Vec<u8>, value: Option<&str>) {
    number(out, value.map_or(-1, |value| value.len() as i64));
    out.extend_from_slice(value.unwrap_or("").as_bytes());
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn number(&mut self) -> Option<i64> {
        self.take(8)?.try_into().ok().map(i64::from_le_bytes)
    }

    fn float(&mut self) -> Option<f64> {
        self.number().map(|bits| f64::from_bits(bits as u64))
    }

    #[expect(clippy::option_option, reason = "the outer is an end of the bytes, the inner is NULL")]
    fn text(&mut self) -> Option<Option<&'b str>> {
        match usize::try_from(self.number()?) {
            Ok(length) => Some(Some(std::str::from_utf8(self.take(length)?).ok()?)),
            Err(_) => Some(None),
        }
    }
}
