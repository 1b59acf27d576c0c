//! Table forms: the SQL macros of `sql/`, which call the aggregates over `query_table`.

use huntsql_kernels::group::{GroupFunction, Shape};
use huntsql_kernels::options::SOURCES;
use huntsql_kernels::spec::{Parameter, Role};

const ITEMS: &str = include_str!("../../sql/items.sql");
const PER_ROW: &str = include_str!("../../sql/per_row.sql");
const EVENTS: &str = include_str!("../../sql/events.sql");
const MADE: &str = include_str!("../../sql/made.sql");

/// Name of the aggregate that a macro calls which joins rows.
pub(crate) fn numbered_name(function: &str) -> String {
    format!("_huntsql_{function}_rows")
}

/// Name of the function that makes entries of the blocks that such an aggregate of a [`Shape::Events`] function gives.
pub(crate) fn entries_name(function: &str) -> String {
    format!("_huntsql_{function}_entries")
}

/// Name of the function that makes fields of an entry.
pub(crate) fn fields_name(function: &str) -> String {
    format!("_huntsql_{function}_fields")
}

/// `CREATE MACRO` for the table form of a function in `catalog`, which is quoted already.
///
/// Parameters that are left out are NULL: for an option that is its default. An option that must be given is NULL as well, so that it is
/// the function that asks for it.
pub(crate) fn table_macro(catalog: &str, function: &dyn GroupFunction) -> String {
    let signature = function.signature();
    let parameter = |parameter: &Parameter| match (parameter.role, parameter.default) {
        (Role::Table | Role::Argument(_), None) => parameter.name.to_owned(),
        _ => format!("{} := NULL", parameter.name),
    };
    let params: Vec<String> = signature.parameters().iter().map(parameter).collect();
    let mut call: Vec<String> = signature.spec.args.iter().map(|arg| arg.name.to_owned()).collect();
    if !signature.options.is_empty() {
        let mut fields: Vec<String> = signature.options.iter().map(|option| format!("'{0}': {0}", option.name)).collect();
        if function.wants_sources() {
            let written: Vec<String> = signature.spec.args.iter().map(|arg| format!("alias({})", arg.name)).collect();
            fields.push(format!("'{SOURCES}': [{}]", written.join(", ")));
        }
        call.push(format!("{{{}}}", fields.join(", ")));
    }
    let template = match function.shape() {
        Shape::Items => ITEMS,
        Shape::PerRow => PER_ROW,
        Shape::Events if signature.keeps_rows => EVENTS,
        Shape::Events => MADE,
    };
    template
        .replace("{catalog}", catalog)
        .replace("{name}", signature.spec.name)
        .replace("{params}", &params.join(", "))
        .replace("{call}", &call.join(", "))
}
