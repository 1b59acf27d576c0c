//! The arguments of a call in FROM, put in their places.

use datafusion::error::{DataFusionError, Result};
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, TableAlias, TableFactor};
use huntsql_kernels::group::GroupFunction;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::spec::Role;

/// A call as it is written.
pub(super) struct Call {
    pub(super) name: ObjectName,
    pub(super) args: Vec<FunctionArg>,
    pub(super) alias: Option<TableAlias>,
}

impl Call {
    /// The call in `relation`, if it is one.
    pub(super) fn read(relation: &TableFactor) -> Option<Self> {
        let (name, args, alias) = match relation {
            TableFactor::Table { name, args: Some(call), alias, .. } => (name, &call.args, alias),
            TableFactor::Function { name, args, alias, .. } => (name, args, alias),
            TableFactor::TableFunction { expr: Expr::Function(function), alias } => match &function.args {
                FunctionArguments::List(list) => (&function.name, &list.args, alias),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { name: name.clone(), args: args.clone(), alias: alias.clone() })
    }
}

/// The arguments by their places.
pub(super) struct Placed {
    /// The table; [`place`] sees to it that it is there.
    pub(super) table: Option<Expr>,
    /// The function's arguments; an optional one may be missing.
    pub(super) arguments: Vec<Option<Expr>>,
    /// What the rows are divided by.
    pub(super) part: Option<Expr>,
    /// Options by name.
    pub(super) options: Vec<(&'static str, Expr)>,
}

/// Puts the arguments of a call in their places.
pub(super) fn place(function: &dyn GroupFunction, args: Vec<FunctionArg>) -> Result<Placed> {
    let name = function.spec().name;
    let usage = || function.signature().table_usage().unwrap_or_default();
    let wrong = |problem: String| DataFusionError::Plan(format!("{name}: {problem}; usage: {}", usage()));
    let parameters = function.signature().parameters();
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
    let mut places: Vec<Option<Expr>> = vec![None; names.len()];
    let mut next = 0;
    for arg in args {
        let (index, value) = match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => {
                next += 1;
                (next - 1, value)
            }
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. }
            | FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(value), .. } => {
                let index = names.iter().position(|known| known.eq_ignore_ascii_case(&name.value));
                (
                    index.ok_or_else(|| wrong(format!("unknown argument '{}'{}", name.value, hint(&name.value, names.iter().copied()))))?,
                    value,
                )
            }
            other => return Err(wrong(format!("cannot take the argument {other}"))),
        };
        let Some(place) = places.get_mut(index) else { return Err(wrong("too many arguments".to_owned())) };
        if place.replace(value).is_some() {
            return Err(wrong(format!("argument '{}' is given twice", names.get(index).unwrap_or(&"?"))));
        }
    }
    let mut placed = Placed { table: None, arguments: vec![None; function.args().len()], part: None, options: Vec::new() };
    for (parameter, value) in parameters.iter().zip(places) {
        // An option that must be given is asked for by the function, once it knows the table.
        let is_needed = parameter.default.is_none() && !matches!(parameter.role, Role::Option(_));
        if value.is_none() && is_needed {
            return Err(wrong(format!("argument '{}' is missing", parameter.name)));
        }
        match parameter.role {
            Role::Table => placed.table = value,
            Role::Part => placed.part = value,
            Role::Argument(index) => {
                if let Some(argument) = placed.arguments.get_mut(index) {
                    *argument = value;
                }
            }
            Role::Option(_) => placed.options.extend(value.map(|value| (parameter.name, value))),
        }
    }
    Ok(placed)
}
