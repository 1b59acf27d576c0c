//! The rows that a scan hands out: only the columns that somebody wants.

use crate::format::{FILE, LINE, LogColumn};
use crate::{Error, Result};
use huntsql_kernels::column::{Column, SqlValue};
use huntsql_kernels::types::SqlType;

/// Bytes of text after which a batch is full, however few its rows.
const MOST_BYTES: usize = 16 << 20;

/// Which columns of a log are wanted, and where they go.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Types of the wanted columns, in the order of the result.
    types: Vec<SqlType>,
    /// For each column of the log its place in the result.
    places: Vec<Option<usize>>,
    file: Option<usize>,
    lines: Option<usize>,
}

impl Wanted {
    /// The columns with the numbers `wanted`, in that order.
    pub(crate) fn new(columns: &[LogColumn], wanted: &[usize]) -> Self {
        let place = |index: usize| wanted.iter().position(|wanted| *wanted == index);
        let (mut file, mut lines) = (None, None);
        let mut places = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            // They come last; columns of the data with such names were given others.
            let is_made = index + 2 >= columns.len();
            match column.name.as_str() {
                FILE if is_made && column.ty == SqlType::Text => (file, _) = (place(index), places.push(None)),
                LINE if is_made && column.ty == SqlType::Int => (lines, _) = (place(index), places.push(None)),
                _ => places.push(place(index)),
            }
        }
        let types = wanted.iter().filter_map(|index| columns.get(*index)).map(|column| column.ty).collect();
        Self { types, places, file, lines }
    }

    /// Whether column `index` of the log is wanted.
    pub fn has(&self, index: usize) -> bool {
        self.places.get(index).is_some_and(Option::is_some)
    }

    /// Whether the numbers of the lines are wanted.
    pub fn lines(&self) -> bool {
        self.lines.is_some()
    }
}

/// Rows on their way to an engine.
#[derive(Debug)]
pub struct Batch {
    wanted: Wanted,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
    most: usize,
}

impl Batch {
    pub(crate) fn new(wanted: &Wanted, most: usize) -> Self {
        let columns = wanted.types.iter().map(Column::new).collect();
        Self { wanted: wanted.clone(), columns, rows: 0, bytes: 0, most: most.max(1) }
    }

    /// Number of whole rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether no more rows should be added.
    pub fn is_full(&self) -> bool {
        self.rows >= self.most || self.bytes >= MOST_BYTES
    }

    /// Rows that can still be added.
    pub fn room(&self) -> usize {
        self.most.saturating_sub(self.rows)
    }

    /// Column `index` of the log, if it is wanted. Each row writes one value into it.
    pub fn column(&mut self, index: usize) -> Option<&mut Column> {
        let place = (*self.wanted.places.get(index)?)?;
        self.columns.get_mut(place)
    }

    /// Ends a row that took `bytes` of the file.
    pub fn end_row(&mut self, line: u64, bytes: usize) {
        if let Some(lines) = self.wanted.lines.and_then(|place| self.columns.get_mut(place)) {
            i64::try_from(line).unwrap_or(i64::MAX).write(lines);
        }
        self.rows += 1;
        self.bytes += bytes;
    }

    /// Takes whole columns of the log, of as many rows as were ended. The batch holds no values yet.
    pub fn put(&mut self, columns: impl IntoIterator<Item = Column>) {
        for (index, column) in columns.into_iter().enumerate() {
            if let Some(place) = self.column(index) {
                *place = column;
            }
        }
    }

    /// The columns in the wanted order, and the number of rows.
    pub(crate) fn finish(mut self, file: &str) -> Result<(Vec<Column>, usize)> {
        if let Some(column) = self.wanted.file.and_then(|place| self.columns.get_mut(place)) {
            (0..self.rows).for_each(|_| file.write(column));
        }
        match self.columns.iter().position(|column| column.len() != self.rows) {
            None => Ok((self.columns, self.rows)),
            Some(place) => Err(Error::Internal(format!("column {place} of a log does not have {} rows", self.rows))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wanted() {
        let columns: Vec<LogColumn> = [("a", SqlType::Text), ("b", SqlType::Int), (FILE, SqlType::Text), (LINE, SqlType::Int)]
            .into_iter()
            .map(|(name, ty)| LogColumn { name: name.to_owned(), ty })
            .collect();
        let wanted = Wanted::new(&columns, &[3, 1]);
        assert!(!wanted.has(0) && wanted.has(1) && !wanted.has(3) && wanted.lines());
        let mut batch = Batch::new(&wanted, 2);
        for line in [7, 9] {
            assert!(!batch.is_full() && batch.column(0).is_none());
            5i64.write(batch.column(1).unwrap());
            batch.end_row(line, 10);
        }
        assert!(batch.is_full());
        let (columns, rows) = batch.finish("x").unwrap();
        assert_eq!((columns.len(), rows, columns[0].len(), columns[1].len()), (2, 2, 2, 2));

        let mut batch = Batch::new(&wanted, 2);
        batch.end_row(1, 1);
        assert!(batch.finish("x").is_err(), "a column without its row");
    }
}
