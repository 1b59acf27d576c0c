//! The logical node of a table function.

use super::super::output::arrow_fields;
use super::super::scalar;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{DFSchema, DFSchemaRef, TableReference};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};
use huntsql_kernels::group::{GroupFunction, Parsed, Shape};
use huntsql_kernels::options::{SOURCES, Value};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Prefix of the input columns that hold arguments; their number follows.
pub(super) const ARGUMENT: &str = "__huntsql_argument_";
/// The input column that divides the rows, where the table's own columns are passed on.
pub(super) const PART: &str = "__huntsql_part";

/// Where the input columns of a call stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// The table's columns that are passed on.
    pub(super) kept: Vec<usize>,
    /// Number of an argument, and its column.
    pub(super) arguments: Vec<(usize, usize)>,
    /// What the rows are divided by.
    pub(super) part: Option<usize>,
}

/// Items of a list option that EXPLAIN shows.
const MOST_SHOWN: usize = 32;

impl Layout {
    pub(super) fn new<'f>(names: impl Iterator<Item = &'f String>, shape: Shape) -> Self {
        let mut layout = Self::default();
        for (index, name) in names.enumerate() {
            if let Some(number) = name.strip_prefix(ARGUMENT).and_then(|number| number.parse().ok()) {
                layout.arguments.push((number, index));
            } else if name == PART || shape == Shape::Items {
                layout.part = Some(index);
            } else {
                layout.kept.push(index);
            }
        }
        layout
    }
}

/// A call of a table function.
#[derive(Clone)]
pub(super) struct TableFunctionNode {
    pub(super) function: &'static dyn GroupFunction,
    pub(super) parsed: Parsed,
    options: Value,
    input: LogicalPlan,
    schema: DFSchemaRef,
}

impl TableFunctionNode {
    /// Checks the options. `input` has the columns that [`Layout`] tells apart by name.
    pub(super) fn try_new(function: &'static dyn GroupFunction, options: Value, input: LogicalPlan) -> Result<Self> {
        let parsed = function.parse(&options).map_err(scalar::engine_error)?;
        Self::with_parsed(function, options, parsed, input)
    }

    fn with_parsed(function: &'static dyn GroupFunction, options: Value, parsed: Parsed, input: LogicalPlan) -> Result<Self> {
        let columns = input.schema();
        let layout = Layout::new(columns.fields().iter().map(|field| field.name()), function.shape());
        let mut fields: Vec<(Option<TableReference>, Arc<Field>)> = Vec::new();
        match function.shape() {
            Shape::PerRow => {
                for index in &layout.kept {
                    let (reference, field) = columns.qualified_field(*index);
                    fields.push((reference.cloned(), Arc::clone(field)));
                }
            }
            Shape::Events => {}
            Shape::Items => {
                let ty = layout.part.map_or(DataType::Utf8, |index| columns.field(index).data_type().clone());
                fields.push((None, Arc::new(Field::new("part", ty, true))));
            }
        }
        fields.extend(arrow_fields(function.fields()).iter().map(|field| (None, Arc::clone(field))));
        if function.shape() == Shape::Events {
            for index in &layout.kept {
                let (reference, field) = columns.qualified_field(*index);
                fields.push((reference.cloned(), Arc::new(field.as_ref().clone().with_nullable(true))));
            }
        }
        let schema = Arc::new(DFSchema::new_with_metadata(fields, HashMap::new())?);
        Ok(Self { function, parsed, options, input, schema })
    }

    /// Options compare as they are shown: a NaN is never one of them.
    fn key(&self) -> (&'static str, String, &LogicalPlan) {
        (self.function.spec().name, format!("{:?}", self.options), &self.input)
    }
}

impl fmt::Debug for TableFunctionNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_for_explain(f)
    }
}
impl PartialEq for TableFunctionNode {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for TableFunctionNode {}
impl PartialOrd for TableFunctionNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.key().partial_cmp(&other.key())
    }
}
impl Hash for TableFunctionNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl UserDefinedLogicalNodeCore for TableFunctionNode {
    fn name(&self) -> &str {
        "HuntTableFunction"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    /// Whole parts may be left out before the computation, single rows may not.
    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        let names = self.schema.fields().iter().map(|field| field.name().clone());
        let has_part = self.input.schema().has_column_with_unqualified_name("part");
        names.filter(|name| !(self.function.shape() == Shape::Items && has_part && name == "part")).collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HuntTableFunction: {}", self.function.spec().name)?;
        if let Value::Struct(fields) = &self.options {
            let shown = fields.iter().filter(|(name, _)| name != SOURCES);
            for (index, (name, value)) in shown.enumerate() {
                let separator = if index == 0 { " " } else { ", " };
                match value {
                    // Whom a statement asks is what it must show.
                    Value::List(items) if items.len() <= MOST_SHOWN => write!(f, "{separator}{name} => {}", value.to_json())?,
                    _ => write!(f, "{separator}{name} => {value}")?,
                }
            }
        }
        Ok(())
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        let input = inputs.pop().ok_or_else(|| DataFusionError::Internal("a table function without its table".to_owned()))?;
        Self::with_parsed(self.function, self.options.clone(), Arc::clone(&self.parsed), input)
    }

    fn necessary_children_exprs(&self, wanted: &[usize]) -> Option<Vec<Vec<usize>>> {
        let names = self.input.schema().fields();
        let layout = Layout::new(names.iter().map(|field| field.name()), self.function.shape());
        let mut needed: Vec<usize> = match self.function.shape() {
            Shape::PerRow => wanted.iter().filter_map(|output| layout.kept.get(*output).copied()).collect(),
            Shape::Events => {
                let own = self.function.fields().len();
                wanted.iter().filter_map(|output| layout.kept.get(output.checked_sub(own)?).copied()).collect()
            }
            Shape::Items => Vec::new(),
        };
        needed.extend(layout.arguments.iter().map(|(_, column)| *column).chain(layout.part));
        needed.sort_unstable();
        needed.dedup();
        Some(vec![needed])
    }
}
