//! First pass: which keys there are and what kinds of values they hold. Every value is looked at.

use super::{Layout, bad_record, each_record};
use crate::files::options::BadRows;
use crate::files::shape::{Kinds, MAX_COLUMNS, MAX_DEPTH, ObjectShape, Shape};
use huntsql_kernels::json::{Cursor, Problem};
use huntsql_readers::{BlockOptions, Error, Piece, Result};

/// The shape of all values in a piece. The flag tells whether the error is a value cut off at the end of its line.
pub(crate) fn infer(piece: &Piece, layout: Layout, options: &BlockOptions, bad_rows: BadRows) -> Result<ObjectShape, (Error, bool)> {
    let mut table = ObjectShape::default();
    let mut cut_off = false;
    let path = &piece.source.name;
    let result = each_record(piece, layout, options, &mut |text, line| {
        if let Err(problem) = see_line(text, &mut table)
            && bad_rows == BadRows::Error
        {
            cut_off = problem.cut_off;
            return Err(bad_record(piece, line, problem));
        }
        if table.len() > MAX_COLUMNS {
            let problem = format!("more than {MAX_COLUMNS} keys; read it with read_text");
            return Err(Error::BadLine { path: path.to_string(), line, problem });
        }
        Ok(true)
    });
    match result {
        Ok(()) => Ok(table),
        Err(error) => Err((piece.mend(error), cut_off)),
    }
}

/// The column of values that are no objects.
pub(super) const VALUE: &str = "value";

fn see_line(text: &str, table: &mut ObjectShape) -> Result<(), Problem> {
    let mut cursor = Cursor::new(text);
    while let Some(first) = cursor.peek() {
        if first == b'{' {
            see_keys(&mut cursor, table, 0)?;
        } else {
            let position = table.position(VALUE, 0);
            match table.shape_mut(position) {
                Some(shape) => see(&mut cursor, shape, 0)?,
                None => cursor.skip()?,
            }
        }
    }
    Ok(())
}

fn see_keys(cursor: &mut Cursor<'_>, object: &mut ObjectShape, depth: usize) -> Result<(), Problem> {
    let mut expected = 0;
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        let position = object.position(&key, expected);
        expected = position + 1;
        match object.shape_mut(position) {
            Some(shape) => see(cursor, shape, depth)?,
            None => cursor.skip()?,
        }
        more = cursor.another(b'}')?;
    }
    Ok(())
}

/// Adds the next value to a shape.
fn see(cursor: &mut Cursor<'_>, shape: &mut Shape, depth: usize) -> Result<(), Problem> {
    match cursor.peek() {
        Some(b'"') => shape.kinds.add(Kinds::TEXT),
        Some(b't' | b'f') => shape.kinds.add(Kinds::BOOL),
        Some(b'-' | b'0'..=b'9') => {
            shape.kinds.add(number(cursor.slice()?));
            return Ok(());
        }
        Some(open @ (b'{' | b'[')) => {
            shape.kinds.add(if open == b'{' { Kinds::OBJECT } else { Kinds::LIST });
            if depth >= MAX_DEPTH {
                shape.kinds.add(Kinds::RAW);
            }
            if !shape.is_raw() {
                if open == b'{' {
                    see_keys(cursor, shape.object.get_or_insert_default(), depth + 1)?;
                } else {
                    let element = shape.element.get_or_insert_default();
                    let mut more = cursor.enter_list()?;
                    while more {
                        see(cursor, element, depth + 1)?;
                        more = cursor.another(b']')?;
                    }
                }
                shape.forget_maps();
                return Ok(());
            }
        }
        _ => {}
    }
    cursor.skip()
}

/// The kind of a number, decided on its digits.
pub(crate) fn number(raw: &str) -> Kinds {
    let mut kinds = Kinds::default();
    if raw.starts_with('-') {
        kinds.add(Kinds::NEGATIVE);
    }
    if raw.contains(['.', 'e', 'E']) {
        let mantissa = raw.split(['e', 'E']).next().unwrap_or_default();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        let finite = raw.parse::<f64>().is_ok_and(f64::is_finite);
        kinds.add(if digits <= MAX_FLOAT_DIGITS && finite { Kinds::FLOAT } else { Kinds::HUGE });
    } else if let Ok(value) = raw.parse::<i64>() {
        kinds.add(Kinds::INT);
        if value.unsigned_abs() > 1 << 53 {
            kinds.add(Kinds::WIDE);
        }
    } else if raw.parse::<u64>().is_ok() {
        kinds.add(Kinds::UINT);
        kinds.add(Kinds::WIDE);
    } else {
        kinds.add(Kinds::HUGE);
    }
    kinds
}

/// Writers print doubles with up to 17 significant digits, some with a few more; beyond 20 a decimal was meant.
const MAX_FLOAT_DIGITS: usize = 20;
