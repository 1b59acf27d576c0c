//! Table forms: SQL macros over `query_table` that call the aggregates.

use crate::aggregate::ROW;
use huntsql_kernels::group::{GroupFunction, Shape};

/// Name of the aggregate that a per-row macro calls.
pub(crate) fn numbered_name(function: &str) -> String {
    format!("_huntsql_{function}_rows")
}

/// `CREATE MACRO` for the table form of a function in `catalog`, which is quoted already.
///
/// Parameters that are left out are NULL: for an option that is its default.
pub(crate) fn table_macro(catalog: &str, function: &dyn GroupFunction) -> String {
    let signature = function.signature();
    let name = signature.spec.name;
    let required = function.required();
    let args: Vec<&str> = signature.spec.args.iter().map(|arg| arg.name).collect();
    let options: Vec<&str> = signature.options.iter().map(|option| option.name).collect();

    let mut params = vec!["tbl".to_owned()];
    params.extend(args.iter().take(required).map(|arg| (*arg).to_owned()));
    params.push("part := NULL".to_owned());
    params.extend(args.iter().skip(required).chain(&options).map(|param| format!("{param} := NULL")));

    let mut call: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    if !options.is_empty() {
        let fields: Vec<String> = options.iter().map(|option| format!("'{option}': {option}")).collect();
        call.push(format!("{{{}}}", fields.join(", ")));
    }
    let call = call.join(", ");
    // Level 1 is the list, level 2 the struct: lists and structs inside of an item stay whole.
    let body = match function.shape() {
        Shape::Items => format!(
            "SELECT _huntsql_part AS part, unnest(_huntsql_items, max_depth := 2) FROM \
             (SELECT part AS _huntsql_part, huntsql_{name}({call}) AS _huntsql_items FROM query_table(tbl) GROUP BY 1)"
        ),
        Shape::PerRow => format!(
            "WITH _huntsql_rows AS MATERIALIZED (SELECT row_number() OVER () AS {ROW}, * FROM query_table(tbl)), \
             _huntsql_said AS (SELECT unnest(_huntsql_items, max_depth := 2) FROM \
             (SELECT part AS _huntsql_part, {numbered}({ROW}, {call}) AS _huntsql_items FROM _huntsql_rows GROUP BY 1)) \
             SELECT r.* EXCLUDE ({ROW}), s.* EXCLUDE ({ROW}) FROM _huntsql_rows r JOIN _huntsql_said s ON r.{ROW} = s.{ROW}",
            numbered = numbered_name(name),
        ),
    };
    format!("CREATE MACRO {catalog}.{name}({}) AS TABLE {body}", params.join(", "))
}
