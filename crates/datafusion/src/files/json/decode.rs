//! Second pass: rows. Only the wanted keys are decoded, the others are skipped over.

use super::infer::VALUE;
use super::{Layout, bad_record, each_record, explain};
use crate::files::columns::{Column, Members, Values};
use crate::files::decode::{Batch, Emit, Plan};
use crate::files::options::BadRows;
use huntsql_kernels::json::{Cursor, Problem};
use huntsql_readers::{Piece, Result};
use std::sync::atomic::Ordering;

/// Decodes a piece into batches.
pub(crate) fn decode(piece: &Piece, layout: Layout, plan: &Plan, emit: &mut Emit<'_>) -> Result<()> {
    let mut batch = Batch::new(plan, piece);
    let result = each_record(piece, layout, &plan.block_options(true), &mut |text, line| {
        let before = batch.rows;
        if let Err(problem) = rows(text, line, &mut batch) {
            batch.truncate(before);
            match plan.common.bad_rows {
                BadRows::Error => return Err(bad_record(piece, line, problem)),
                BadRows::Skip => {
                    plan.tally.skipped.fetch_add(1, Ordering::Relaxed);
                }
                BadRows::Keep => batch.end_bad_row(line, &explain(problem), text),
            }
        }
        if batch.is_full() { batch.flush(emit) } else { Ok(true) }
    });
    result.map_err(|error| piece.mend(error))?;
    batch.flush(emit)?;
    Ok(())
}

/// Every value of a line into a row.
fn rows(text: &str, line: u64, batch: &mut Batch<'_>) -> Result<(), Problem> {
    let mut cursor = Cursor::new(text);
    while let Some(first) = cursor.peek() {
        let row = batch.rows;
        if first == b'{' {
            fill(&mut cursor, &mut batch.members, row)?;
        } else {
            match batch.members.position(VALUE, 0).and_then(|position| batch.members.column(position)) {
                Some(column) => {
                    column.seek(row);
                    put(&mut cursor, column)?;
                }
                None => cursor.skip()?,
            }
        }
        batch.end_row(line, text.len());
    }
    Ok(())
}

/// Sets the cells of a row from the keys of an object. Of a repeated key the last one counts.
fn fill(cursor: &mut Cursor<'_>, members: &mut Members, row: usize) -> Result<(), Problem> {
    let mut expected = 0;
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        let position = members.position(&key, expected);
        expected = position.map_or(expected, |position| position + 1);
        match position.and_then(|position| members.column(position)) {
            Some(column) => {
                column.seek(row);
                put(cursor, column)?;
            }
            None => cursor.skip()?,
        }
        more = cursor.another(b'}')?;
    }
    Ok(())
}

const CHANGED: &str = "a value of another kind than when the file was first read: it changed meanwhile";

/// The next value into the next row of a column. Recursion ends with the type of the column.
fn put(cursor: &mut Cursor<'_>, column: &mut Column) -> Result<(), Problem> {
    let first = cursor.peek();
    if first == Some(b'n') {
        cursor.skip()?;
        column.push_null();
        return Ok(());
    }
    let row = column.len();
    let done = match &mut column.values {
        Values::Text { .. } => {
            let pushed = if first == Some(b'"') { column.push_text(&cursor.string()?) } else { column.push_text(cursor.slice()?) };
            return if pushed { Ok(()) } else { Err(cursor.problem("too much text in one column")) };
        }
        Values::Bool(bits) => cursor.slice()?.parse().map(|value| bits.append(value)).is_ok(),
        Values::Int(values) => cursor.slice()?.parse().map(|value| values.push(value)).is_ok(),
        Values::UInt(values) => cursor.slice()?.parse().map(|value| values.push(value)).is_ok(),
        Values::Float(values) => cursor.slice()?.parse().map(|value| values.push(value)).is_ok(),
        Values::Struct { members, .. } if first == Some(b'{') => {
            fill(cursor, members, row)?;
            true
        }
        Values::List { ends, items, .. } if first == Some(b'[') => {
            let mut count = ends.last().and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
            items.seek(count);
            let mut more = cursor.enter_list()?;
            while more {
                put(cursor, items)?;
                count += 1;
                more = cursor.another(b']')?;
            }
            i32::try_from(count).map(|end| ends.push(end)).is_ok()
        }
        Values::Struct { .. } | Values::List { .. } => false,
    };
    if done {
        column.set();
        Ok(())
    } else {
        Err(cursor.problem(CHANGED))
    }
}
