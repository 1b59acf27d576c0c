//! Any text as a Zeek log, tab-separated and JSON: no panic, and columns of equal length.
#![no_main]

use huntsql_kernels::column::Column;
use huntsql_kernels::logs::zeek::{Header, JsonRows, JsonShape, Line, Rows, TsvShape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut shape = TsvShape::default();
    text.lines().for_each(|line| {
        let _ = shape.see(line);
    });
    let columns = shape.columns();
    let mut out: Vec<Column> = columns.iter().map(|column| Column::new(&column.ty)).collect();
    let mut rows = Rows::new(&columns, Header::default());
    let count = text.lines().filter(|line| rows.line(line, &mut out) == Line::Row).count();
    assert!(out.iter().all(|column| column.len() == count));

    let mut shape = JsonShape::default();
    text.lines().for_each(|line| {
        shape.see(line);
    });
    let columns = shape.columns();
    let mut out: Vec<Column> = columns.iter().map(|column| Column::new(&column.ty)).collect();
    let mut rows = JsonRows::new(&columns);
    let count = text.lines().filter(|line| rows.line(line, &mut out) == Line::Row).count();
    assert!(out.iter().all(|column| column.len() == count));
});
