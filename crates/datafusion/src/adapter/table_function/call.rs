//! The arguments of a call in FROM, put in their places.

use datafusion::error::{DataFusionError, Result};
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, TableAlias, TableFactor};
use huntsql_kernels::group::{GroupFunction, Shape};
use huntsql_kernels::nearest::hint;

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
    /// The table.
    pub(super) table: Expr,
    /// The function's arguments; an optional one may be missing.
    pub(super) arguments: Vec<Option<Expr>>,
    /// What the rows are divided by.
    pub(super) part: Option<Expr>,
    /// Options by name.
    pub(super) options: Vec<(&'static str, Expr)>,
}

/// Names of the table form's parameters in order.
fn parameters(function: &dyn GroupFunction) -> Vec<&'static str> {
    let signature = function.signature();
    let (required, optional) = signature.spec.args.split_at(function.required().min(signature.spec.args.len()));
    let mut names = vec!["tbl"];
    names.extend(required.iter().map(|arg| arg.name));
    if function.shape() != Shape::Events {
        names.push("part");
    }
    names.extend(optional.iter().map(|arg| arg.name));
    names.extend(signature.options.iter().map(|option| option.name));
    names
}

/// Puts the arguments of a call in their places.
pub(super) fn place(function: &dyn GroupFunction, args: Vec<FunctionArg>) -> Result<Placed> {
    let name = function.spec().name;
    let usage = || function.signature().table_usage().unwrap_or_default();
    let wrong = |problem: String| DataFusionError::Plan(format!("{name}: {problem}; usage: {}", usage()));
    let names = parameters(function);
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
    let mut places = names.iter().copied().zip(places);
    let mut take = |required: bool| match places.next() {
        Some((name, None)) if required => Err(wrong(format!("argument '{name}' is missing"))),
        Some((_, value)) => Ok(value),
        None => Ok(None),
    };
    let table = take(true)?.ok_or_else(|| wrong("argument 'tbl' is missing".to_owned()))?;
    let required = function.required();
    let mut arguments = (0..required).map(|_| take(true)).collect::<Result<Vec<_>>>()?;
    let part = if function.shape() == Shape::Events { None } else { take(false)? };
    for _ in required..function.args().len() {
        arguments.push(take(false)?);
    }
    let options = function.signature().options.iter().zip(places).filter_map(|(option, (_, value))| Some((option.name, value?))).collect();
    Ok(Placed { table, arguments, part, options })
}
