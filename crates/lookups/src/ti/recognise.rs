//! What functions that ask about the indicators of a table have in common: their columns, and an option that `EXPLAIN` shows.

use huntsql_kernels::group::{Given, Recognised, TableColumn, Wanted, recognise_by_name};
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;

/// Places of the arguments.
pub(super) const IOC: usize = 0;
pub(super) const IOC_TYPE: usize = 1;

/// The arguments.
pub(super) const IOC_ARGS: &[Arg] = &[
    Arg { name: "ioc", doc: "The indicator; the column `ioc`, `indicator`, `observable` or `value` where it is not given." },
    Arg { name: "ioc_type", doc: "Its type, as `extract_iocs` names it; found out where it is not given or NULL." },
];

/// The columns of the arguments, by their names where they are not given.
pub(super) fn recognise_iocs(
    function: &'static str,
    columns: &[TableColumn],
    given: &[Given],
    options: &Value,
) -> Result<Recognised, KernelError> {
    const WANTED: &[Wanted] = &[
        Wanted { argument: "ioc", names: &["ioc", "indicator", "observable", "value"], required: true },
        Wanted { argument: "ioc_type", names: &["ioc_type", "indicator_type"], required: false },
    ];
    // The type in another column of the table belongs to the indicator in that table's own column.
    let is_own = !given.first().is_some_and(Given::is_given);
    let mut found = recognise_by_name(function, WANTED, columns, given, options)?;
    if let Some(column) = found.columns.get_mut(IOC_TYPE).filter(|_| !is_own) {
        *column = None;
    }
    Ok(found)
}

/// Writes the default of `max_lookups` where nothing is given, so that EXPLAIN shows it.
pub(super) fn show_max_lookups(options: &mut Value, default: i64) {
    if let Value::Struct(fields) = options {
        fields.retain(|(name, _)| !name.eq_ignore_ascii_case("max_lookups"));
        fields.push(("max_lookups".to_owned(), Value::Int(default)));
    }
}
