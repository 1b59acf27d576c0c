//! A function of many rows as an aggregate that gives a list.

use super::super::output::{arrow_type, to_arrow};
use super::super::scalar::PREFIX;
use super::arguments::{append, argument_count, coerce, engine_error, parse_options};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, LargeBinaryArray, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use huntsql_kernels::group::{GroupFunction, Parsed};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::types::SqlType;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The aggregate of a function.
#[derive(Debug)]
pub(in super::super) struct GroupUdaf {
    function: &'static dyn GroupFunction,
    name: String,
    aliases: Vec<String>,
    signature: Signature,
}

impl GroupUdaf {
    /// The function under `huntsql_<name>` and, unless that is `taken`, under its name.
    pub(in super::super) fn new(function: &'static dyn GroupFunction, taken: bool) -> Self {
        let prefixed = format!("{PREFIX}{}", function.spec().name);
        let (name, aliases) = if taken { (prefixed, Vec::new()) } else { (function.spec().name.to_owned(), vec![prefixed]) };
        Self { function, name, aliases, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn item_type(&self) -> SqlType {
        SqlType::Struct(self.function.item_fields())
    }
}

// There is one function to a name.
impl PartialEq for GroupUdaf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for GroupUdaf {}
impl Hash for GroupUdaf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl AggregateUDFImpl for GroupUdaf {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerce(self.function, given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(list_type(&self.item_type()))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let types: Vec<DataType> = args.expr_fields.iter().map(|field| field.data_type().clone()).collect();
        let count = argument_count(self.function, &types)?;
        Ok(Box::new(GroupAccumulator {
            function: self.function,
            item: self.item_type(),
            options: parse_options(self.function, args.exprs, count)?,
            count,
            rows: Rows::new(self.function.args()),
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[rows]", args.name), DataType::LargeBinary, true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

fn list_type(item: &SqlType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(arrow_type(item), true)))
}

/// Collects the rows of a group.
#[derive(Debug)]
struct GroupAccumulator {
    function: &'static dyn GroupFunction,
    item: SqlType,
    options: Parsed,
    /// How many arguments were given.
    count: usize,
    rows: Rows,
}

impl Accumulator for GroupAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let types = self.function.args();
        append(&mut self.rows, types.get(..self.count).unwrap_or(types), values.get(..self.count).unwrap_or(values))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(self.rows.encode()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let broken = || DataFusionError::Internal(format!("{}: a state that is none of its own", self.function.spec().name));
        let states: &LargeBinaryArray = states.first().and_then(|array| array.as_binary_opt()).ok_or_else(broken)?;
        for state in states.iter().flatten() {
            let rows = Rows::decode(self.function.args(), state).ok_or_else(broken)?;
            if self.rows.is_empty() { self.rows = rows } else { self.rows.append(&rows) }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // DataFusion does not tell an aggregate that its query was cancelled; the table form knows.
        let items = self.function.compute_list(&self.rows, &self.options, &Interrupt::default()).map_err(engine_error)?;
        let items = to_arrow(self.function.spec().name, items, &self.item)?;
        let field = Arc::new(Field::new_list_field(arrow_type(&self.item), true));
        let list = ListArray::try_new(field, OffsetBuffer::from_lengths([items.len()]), items, None)?;
        Ok(ScalarValue::List(Arc::new(list)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.size()
    }
}
