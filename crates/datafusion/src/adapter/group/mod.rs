//! Functions of many rows as DataFusion aggregates and window functions.

mod aggregate;
mod arguments;
mod window;

pub(super) use aggregate::GroupUdaf;
pub(super) use arguments::{append, coerce_one, engine_error};
pub(super) use window::{GroupUdwf, WindowForms};

use datafusion::arrow::datatypes::DataType;

/// Whether a value is the bare NULL, which has no type of its own.
pub(super) fn is_null(ty: &DataType) -> bool {
    ty.is_null()
}
