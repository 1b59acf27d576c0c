//! Functions of many rows: a value per group ([`GroupKernel`]) or per row ([`RowKernel`]), a table of a table ([`EventKernel`]), and the one shape
//! in which engines see them.

mod columns;
mod constant;
mod events;
mod items;
mod per_row;

pub use columns::{Expression, Given, Recognised, TableColumn, Wanted, recognise_by_name};
pub use events::{EventKernel, EventSink, Events};
pub use items::{GroupKernel, Items};
pub use per_row::{PerRow, RowKernel};

use crate::column::{Column, SqlValue};
use crate::error::KernelError;
use crate::interrupt::{Interrupt, Interrupted};
use crate::options::Value;
use crate::rows::Rows;
use crate::spec::{Signature, Spec};
use crate::types::{ArgType, SqlType};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Why a function over many rows gave no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupError {
    /// The query was cancelled.
    Interrupted,
    /// An option or argument is wrong for every row.
    Kernel(KernelError),
}

impl From<Interrupted> for GroupError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl From<KernelError> for GroupError {
    fn from(error: KernelError) -> Self {
        Self::Kernel(error)
    }
}

/// Result of a function over many rows.
pub type GroupResult<T> = Result<T, GroupError>;

/// What a result has an entry for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The function's own items.
    Items,
    /// Every input row.
    PerRow,
    /// Rows of its own, for some input rows and some more: an entry begins with the number of its row, or NULL.
    Events,
}

/// Options after [`GroupFunction::parse`].
pub type Parsed = Arc<dyn Any + Send + Sync>;

/// Names and types of the fields of a struct.
pub type Fields = &'static [(&'static str, SqlType)];

/// A [`GroupKernel`], [`RowKernel`] or [`EventKernel`] as an engine sees it.
pub trait GroupFunction: fmt::Debug + Send + Sync {
    /// Name and documentation.
    fn spec(&self) -> &'static Spec;
    /// Its signature as an aggregate.
    fn signature(&self) -> Signature;
    /// What its result has an entry for.
    fn shape(&self) -> Shape;
    /// Fields of an entry of [`GroupFunction::compute`]: what the table form adds.
    fn fields(&self) -> Fields;
    /// Fields of an item of [`GroupFunction::compute_list`]: those of a row's arguments come first.
    fn item_fields(&self) -> Fields;
    /// Index in `fields` of what the window form gives, if it is not the whole.
    fn window_field(&self) -> Option<usize>;
    /// Fields of what [`GroupFunction::compute`] gives.
    fn computed_fields(&self) -> Fields {
        self.fields()
    }
    /// Checks the options.
    fn parse(&self, value: &Value) -> Result<Parsed, KernelError>;
    /// A struct column with an entry for each item or row, in the order of the rows. The fields that are not `wanted` are skipped; all are wanted
    /// where it is `None`.
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column>;
    /// As [`GroupFunction::compute_wanted`], with all fields.
    fn compute(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        self.compute_wanted(rows, options, interrupt, None)
    }
    /// A struct column with the items of the aggregate's list; where there is one a row, they are sorted by the arguments.
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column>;

    /// What [`GroupFunction::compute`] says of rows that begin with a number, after that number: how a table form finds its rows again. Not for
    /// [`Shape::Events`].
    fn compute_numbered(&self, rows: Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        let (numbers, rows) = rows.split_first();
        let said = self.compute(&rows, options, interrupt)?;
        let mut column = Column::new(&SqlType::Int);
        numbers.iter().for_each(|number| number.write(&mut column));
        Ok(said.with_leading_fields(vec![column]))
    }
    /// What a [`Shape::Events`] function says of rows that begin with a number: hands `each` that number and an entry, packed ([`Column::pack`]), one
    /// after the other. Of a large table the whole would be larger than the table.
    fn compute_packed(
        &self,
        _rows: Rows,
        _options: &Parsed,
        _interrupt: &Interrupt,
        _each: &mut dyn FnMut(Option<i64>, &[u8]),
    ) -> GroupResult<()> {
        Err(KernelError::Internal { function: self.spec().name, what: "it does not put rows in relation".to_owned() }.into())
    }
    /// Types of the arguments.
    fn args(&self) -> &'static [ArgType] {
        self.signature().args
    }
    /// Types of the arguments after a row number, for engines whose aggregates must say which row they speak of.
    fn numbered_args(&self) -> &'static [ArgType] {
        constant::leaked(self.spec().name, "numbered args", || std::iter::once(ArgType::Int).chain(self.args().iter().copied()).collect())
    }
    /// The columns that are the arguments of a [`Shape::Events`] function; `None` for all others.
    fn recognise(&self, _columns: &[TableColumn], _given: &[Given], _options: &Value) -> Result<Option<Recognised>, KernelError> {
        Ok(None)
    }
    /// Whether it wants to know how its arguments are written, which is told in [`Given::Expression`].
    fn wants_sources(&self) -> bool {
        false
    }
    /// How many arguments must be given.
    fn required(&self) -> usize {
        let signature = self.signature();
        signature.args.len() - signature.optional
    }
}
