//! Table forms: the SQL macros of `sql/`, which call the aggregates over `query_table`.

use huntsql_kernels::group::{GroupFunction, Shape};

const ITEMS: &str = include_str!("../../sql/items.sql");
const PER_ROW: &str = include_str!("../../sql/per_row.sql");
const EVENTS: &str = include_str!("../../sql/events.sql");

/// Name of the aggregate that a macro calls which joins rows.
pub(crate) fn numbered_name(function: &str) -> String {
    format!("_huntsql_{function}_rows")
}

/// `CREATE MACRO` for the table form of a function in `catalog`, which is quoted already.
///
/// Parameters that are left out are NULL: for an option that is its default.
pub(crate) fn table_macro(catalog: &str, function: &dyn GroupFunction) -> String {
    let signature = function.signature();
    let required = function.required();
    let args: Vec<&str> = signature.spec.args.iter().map(|arg| arg.name).collect();
    let options: Vec<&str> = signature.options.iter().map(|option| option.name).collect();

    let mut params = vec!["tbl".to_owned()];
    params.extend(args.iter().take(required).map(|arg| (*arg).to_owned()));
    if function.shape() != Shape::Events {
        params.push("part := NULL".to_owned());
    }
    params.extend(args.iter().skip(required).chain(&options).map(|param| format!("{param} := NULL")));

    let mut call: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    if !options.is_empty() {
        let fields: Vec<String> = options.iter().map(|option| format!("'{option}': {option}")).collect();
        call.push(format!("{{{}}}", fields.join(", ")));
    }
    let template = match function.shape() {
        Shape::Items => ITEMS,
        Shape::PerRow => PER_ROW,
        Shape::Events => EVENTS,
    };
    template
        .replace("{catalog}", catalog)
        .replace("{name}", signature.spec.name)
        .replace("{params}", &params.join(", "))
        .replace("{call}", &call.join(", "))
}
