//! Rows as bytes: what is held of a result that is larger in columns than an engine should hold.
//!
//! Numbers have seven bits a byte, and as many bytes as they need.

use super::{Column, Data};

impl Column {
    /// Appends all rows to `out`, for [`Column::unpack`] into a column of the same type with nothing skipped.
    pub fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(!self.valid.is_empty()));
        out.extend(self.valid.iter().map(|valid| u8::from(*valid)));
        let lengths = |out: &mut Vec<u8>, offsets: &[usize]| {
            offsets.windows(2).for_each(|bounds| put_count(out, bounds[1] - bounds[0]));
        };
        match &self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                lengths(out, offsets);
                out.extend_from_slice(bytes);
            }
            // The sign comes last, so that small numbers are short whatever it is.
            Data::Int(values) => values.iter().for_each(|value| put_number(out, (value << 1 ^ value >> 63).cast_unsigned())),
            Data::Float(values) => values.iter().for_each(|value| out.extend_from_slice(&value.to_le_bytes())),
            Data::Bool(values) => out.extend(values.iter().map(|value| u8::from(*value))),
            Data::List { offsets, child } => {
                lengths(out, offsets);
                child.pack(out);
            }
            Data::Struct(fields) => fields.iter().for_each(|field| field.pack(out)),
            Data::Skipped => {}
        }
    }

    /// Appends `rows` rows that [`Column::pack`] wrote at the beginning of `bytes`, which are taken off. `None` where it did not write them; the column is of no
    /// use then.
    pub fn unpack(&mut self, rows: usize, bytes: &mut &[u8]) -> Option<()> {
        // Whatever the type, a row has a byte: nothing is reserved that is not there.
        if rows > bytes.len() {
            return None;
        }
        match take(bytes, 1)? {
            [0] => {
                if !self.valid.is_empty() {
                    self.valid.resize(self.len + rows, true);
                }
            }
            _ => {
                self.valid.resize(self.len, true);
                self.valid.extend(take(bytes, rows)?.iter().map(|valid| *valid != 0));
            }
        }
        self.len += rows;
        let is_text = matches!(self.data, Data::Text { .. });
        match &mut self.data {
            Data::Text { offsets, bytes: texts } | Data::Blob { offsets, bytes: texts } => {
                let start = texts.len();
                let first = offsets.len();
                let total = take_lengths(rows, bytes, offsets)?;
                let taken = take(bytes, total)?;
                texts.extend_from_slice(taken);
                if is_text && !taken.is_ascii() {
                    // Each text by itself: two halves of a character in two rows are no text.
                    let all = std::str::from_utf8(taken).ok()?;
                    offsets.iter().skip(first).all(|end| all.is_char_boundary(end - start)).then_some(())?;
                }
            }
            Data::Int(values) => {
                for _ in 0..rows {
                    let number = take_number(bytes)?;
                    values.push((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
                }
            }
            Data::Float(values) => {
                let taken = take(bytes, rows.checked_mul(8)?)?;
                values.extend(taken.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)));
            }
            Data::Bool(values) => values.extend(take(bytes, rows)?.iter().map(|value| *value != 0)),
            Data::List { offsets, child } => {
                let total = take_lengths(rows, bytes, offsets)?;
                child.unpack(total, bytes)?;
            }
            Data::Struct(fields) => fields.iter_mut().try_for_each(|field| field.unpack(rows, bytes))?,
            Data::Skipped => return None,
        }
        Some(())
    }
}

/// Appends the ends of `rows` values behind the last end; how much they are together.
fn take_lengths(rows: usize, bytes: &mut &[u8], offsets: &mut Vec<usize>) -> Option<usize> {
    let start = offsets.last().copied()?;
    let mut end = start;
    for _ in 0..rows {
        end = end.checked_add(take_count(bytes)?)?;
        offsets.push(end);
    }
    Some(end - start)
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    put_number(out, count as u64);
}

/// Seven bits a byte, the lowest first; a set highest bit says that more follow.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    bytes.split_off(..count)
}

fn take_count(bytes: &mut &[u8]) -> Option<usize> {
    usize::try_from(take_number(bytes)?).ok()
}

#[inline]
fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::column::{Column, MapOf, SqlValue, Timestamp};
    use crate::types::SqlType;
    use proptest::prelude::*;

    /// One of everything.
    #[derive(Debug, Clone)]
    struct Item(Option<String>, i64, Option<f64>, bool, Vec<Option<String>>, Option<Vec<u8>>);

    impl SqlValue for Item {
        const TYPE: SqlType = SqlType::Struct(&[
            ("text", SqlType::Text),
            ("time", SqlType::Time),
            ("float", SqlType::Float),
            ("is", SqlType::Bool),
            ("list", SqlType::List(&SqlType::Text)),
            ("blob", SqlType::Blob),
            ("map", SqlType::Map),
        ]);
        fn write(&self, out: &mut Column) {
            let map = MapOf(self.0.iter().map(|text| (text.as_str(), "value")));
            let row = out.row().put(self.0.as_deref()).put(Timestamp(self.1)).put(self.2).put(self.3);
            row.put(self.4.clone()).put(self.5.as_deref()).put(map).end();
        }
    }

    fn column(items: &[Item]) -> Column {
        let mut column = Column::new(&Item::TYPE);
        items.iter().for_each(|item| item.write(&mut column));
        column
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        let number = prop_oneof![any::<i64>(), -3..3i64];
        let text = || proptest::option::of("[a-c\u{e9}\u{1f50e}]{0,4}");
        let bytes = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..4));
        let list = proptest::collection::vec(text(), 0..4);
        let item = (text(), number, any::<Option<f64>>(), any::<bool>(), list, bytes)
            .prop_map(|(text, time, float, is, list, blob)| Item(text, time, float, is, list, blob));
        proptest::collection::vec(item, 0..8)
    }

    proptest! {
        #[test]
        fn rows_come_back_in_their_order(first in items(), second in items()) {
            let mut bytes = Vec::new();
            column(&first).pack(&mut bytes);
            column(&second).pack(&mut bytes);
            let (mut back, mut rest) = (Column::new(&Item::TYPE), bytes.as_slice());
            prop_assert_eq!((back.unpack(first.len(), &mut rest), back.unpack(second.len(), &mut rest)), (Some(()), Some(())));
            prop_assert!(rest.is_empty());
            prop_assert_eq!(format!("{back:?}"), format!("{:?}", column(&[first, second].concat())));
        }

        /// Anybody may hand over anything.
        #[test]
        fn other_bytes_do_no_harm(rows in 0..9usize, bytes in proptest::collection::vec(any::<u8>(), 0..200), items in items(), at in any::<usize>(), byte: u8) {
            let mut packed = Vec::new();
            column(&items).pack(&mut packed);
            let at = at % packed.len();
            packed[at] = byte;
            for bytes in [bytes, packed] {
                let mut column = Column::new(&Item::TYPE);
                if column.unpack(rows, &mut bytes.as_slice()).is_some() {
                    let mut again = Vec::new();
                    column.pack(&mut again);
                    prop_assert!(Column::new(&Item::TYPE).unpack(rows, &mut again.as_slice()).is_some());
                }
            }
        }
    }

    #[test]
    fn halves_of_a_character_are_no_texts() {
        // Two rows, all valid, of one byte each.
        let bytes = [0, 1, 1, 0xc3, 0xa4];
        assert!(Column::new(&SqlType::Text).unpack(2, &mut &bytes[..]).is_none());
        assert!(Column::new(&SqlType::Blob).unpack(2, &mut &bytes[..]).is_some());
    }
}
