//! Rows divided into the groups of a call.

use super::super::group::append;
use super::super::input::ArrowInput;
use super::node::Layout;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;
use huntsql_kernels::group::GroupFunction;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::types::ArgType;
use std::collections::HashMap;
use std::sync::Arc;

/// The rows of a partition by group, in the order in which groups appear.
pub(super) struct Groups {
    args: &'static [ArgType],
    /// Number and column of the arguments given.
    arguments: Vec<(usize, usize)>,
    part: Option<Parts>,
    rows: Vec<Rows>,
    /// Group of each input row, where there are parts.
    group_of: Vec<u32>,
}

struct Parts {
    column: usize,
    converter: RowConverter,
    known: HashMap<Box<[u8]>, u32>,
    keys: Vec<Box<[u8]>>,
}

impl Groups {
    pub(super) fn new(function: &'static dyn GroupFunction, layout: &Layout, schema: &Schema) -> Result<Self> {
        let part = layout.part.map(|column| {
            let converter = RowConverter::new(vec![SortField::new(schema.field(column).data_type().clone())])?;
            Ok::<_, datafusion::error::DataFusionError>(Parts { column, converter, known: HashMap::new(), keys: Vec::new() })
        });
        Ok(Self {
            args: function.args(),
            arguments: layout.arguments.clone(),
            part: part.transpose()?,
            rows: Vec::new(),
            group_of: Vec::new(),
        })
    }

    /// Takes the argument and part columns of a batch.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        // Arguments that were not given come last or are NULL columns.
        let given = self.arguments.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
        let types = self.args.get(..given).unwrap_or(self.args);
        let arrays: Vec<ArrayRef> = types
            .iter()
            .enumerate()
            .map(|(number, ty)| match self.arguments.iter().find(|(known, _)| *known == number) {
                Some((_, column)) => Arc::clone(batch.column(*column)),
                None => super::super::input::nulls(*ty, batch.num_rows()),
            })
            .collect();
        let Some(parts) = &mut self.part else {
            if self.rows.is_empty() {
                self.rows.push(Rows::new(self.args));
            }
            return self.rows.first_mut().map_or(Ok(()), |rows| append(rows, types, &arrays));
        };
        let values: Vec<ColumnarValue> = arrays.into_iter().map(ColumnarValue::Array).collect();
        let input = ArrowInput::new(types, &values)?;
        let keys = parts.converter.convert_columns(&[Arc::clone(batch.column(parts.column))])?;
        for (row, key) in keys.iter().enumerate() {
            let key = key.as_ref();
            let group = match parts.known.get(key) {
                Some(group) => *group,
                None => {
                    let group = self.rows.len() as u32;
                    parts.known.insert(key.into(), group);
                    parts.keys.push(key.into());
                    self.rows.push(Rows::new(self.args));
                    group
                }
            };
            if let Some(rows) = self.rows.get_mut(group as usize) {
                rows.push(&input, row);
            }
            self.group_of.push(group);
        }
        Ok(())
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        let keys: usize = self.part.iter().flat_map(|parts| &parts.keys).map(|key| 2 * key.len() + 64).sum();
        self.rows.iter().map(Rows::size).sum::<usize>() + self.group_of.capacity() * 4 + keys
    }

    /// The value of the part that each group stands for; `None` where the rows are not divided.
    pub(super) fn parts(&self) -> Result<Option<ArrayRef>> {
        let Some(parts) = &self.part else { return Ok(None) };
        let parser = parts.converter.parser();
        let arrays = parts.converter.convert_rows(parts.keys.iter().map(|key| parser.parse(key)))?;
        Ok(arrays.into_iter().next())
    }

    /// Takes the rows of all groups. Without rows an undivided table still is one group.
    pub(super) fn take(&mut self) -> Vec<Rows> {
        std::mem::take(&mut self.rows)
    }

    /// Group of each row; empty where the rows are not divided.
    pub(super) fn group_of(&self) -> &[u32] {
        &self.group_of
    }
}
