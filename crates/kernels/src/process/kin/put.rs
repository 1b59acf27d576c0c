//! Rows of some processes, in their order.

use super::{KEY, NONE};
use crate::group::EventSink;
use crate::prelude::*;

/// What is said of a row: how far its process is from the one that was asked for.
pub struct Distance(pub(in super::super) i64);

impl SqlValue for Distance {
    const TYPE: SqlType = SqlType::Struct(&[("distance", SqlType::Int)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.0).end();
    }
}

/// Gives all rows of the processes in `said`, which are in order, each with what is said of it.
pub(in super::super) fn put_rows<T: SqlValue>(
    rows: &Rows,
    said: &[(u32, T)],
    interrupt: &Interrupt,
    sink: &mut EventSink<'_>,
) -> GroupResult<()> {
    let keys = rows.texts(KEY);
    let mut places = vec![NONE; keys.distinct()];
    for (place, (process, _)) in (0u32..).zip(said) {
        if let Some(slot) = places.get_mut(*process as usize) {
            *slot = place;
        }
    }
    interrupt.check()?;
    let place = |row: usize| keys.id(row).and_then(|key| places.get(key as usize).copied()).filter(|place| *place != NONE);
    let mut found: Vec<(u32, usize)> = (0..rows.len()).filter_map(|row| Some((place(row)?, row))).collect();
    found.sort_unstable();
    interrupt.check()?;
    for (place, row) in found {
        if let Some((_, said)) = said.get(place as usize) {
            sink.put(Some(row), said);
        }
    }
    Ok(())
}
