//! The columns of a table that a function looks for by their names.

use crate::error::KernelError;
use crate::nearest::hint;
use crate::options::Value;

/// A column of a table; a dot in the name leads into a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Whether it holds texts.
    pub is_text: bool,
    /// Whether it is a field of a struct.
    pub is_nested: bool,
    /// Whether it holds times with a zone.
    pub is_zoned: bool,
}

/// An argument as a call gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Given {
    /// Not at all.
    #[default]
    Nothing,
    /// As an expression.
    Expression(Expression),
    /// As names of columns, for [`ArgType::Columns`](crate::types::ArgType::Columns).
    Names(Vec<String>),
}

/// An expression of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expression {
    /// Its SQL text, empty where the engine does not tell.
    pub sql: String,
    /// Whether it gives texts.
    pub is_text: bool,
    /// Whether it gives times with a zone.
    pub is_zoned: bool,
}

impl Given {
    /// The names of columns in a constant.
    pub fn names(value: &Value) -> Result<Self, String> {
        let texts = match value {
            Value::Null => return Ok(Self::Nothing),
            Value::Text(name) => return Ok(Self::Names(vec![name.clone()])),
            Value::List(texts) => texts,
            other => return Err(format!("must be a list of names of columns, such as ['host', 'user'], got {other}")),
        };
        let name = |value: &Value| match value {
            Value::Text(name) => Ok(name.clone()),
            other => Err(format!("must be a list of names of columns, such as ['host', 'user'], got {other} in the list")),
        };
        texts.iter().map(name).collect::<Result<_, _>>().map(Self::Names)
    }

    /// Whether there is anything.
    pub fn is_given(&self) -> bool {
        *self != Self::Nothing
    }
}

/// What [`EventKernel::recognise`](super::EventKernel::recognise) found.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// For each argument the column that holds it, if the call does not name it.
    pub columns: Vec<Option<String>>,
    /// For arguments of several columns: their number and the columns.
    pub several: Vec<(usize, Vec<String>)>,
    /// The options to compute with.
    pub options: Value,
}

/// The names that the column of an argument may have.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The argument.
    pub argument: &'static str,
    /// The best first.
    pub names: &'static [&'static str],
    /// Whether nothing can be computed without it.
    pub required: bool,
}

/// Columns that an error lists.
const MOST_LISTED: usize = 20;

impl TableColumn {
    /// The column of that name; another case only where no column has this one.
    pub fn find<'c>(columns: &'c [Self], name: &str) -> Option<&'c Self> {
        let exact = columns.iter().find(|column| column.name == name);
        exact.or_else(|| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }

    /// The first of `names` that a column has.
    pub fn find_any<'c>(columns: &'c [Self], names: &[&str]) -> Option<&'c Self> {
        names.iter().find_map(|name| Self::find(columns, name))
    }

    /// What is there instead, for an error.
    pub fn listed(columns: &[Self]) -> String {
        let shown: Vec<String> = columns.iter().take(MOST_LISTED).map(|column| column.name.escape_debug().to_string()).collect();
        let more = if columns.len() > MOST_LISTED { ", ..." } else { "" };
        format!("{}{more}", shown.join(", "))
    }
}

/// Finds the column of each argument that the call does not name. `wanted` has one entry an argument, in their order.
pub fn recognise_by_name(
    function: &'static str,
    wanted: &[Wanted],
    columns: &[TableColumn],
    given: &[Given],
    options: &Value,
) -> Result<Recognised, KernelError> {
    let mut found = Vec::with_capacity(wanted.len());
    for (index, Wanted { argument, names, required }) in wanted.iter().enumerate() {
        let is_given = given.get(index).is_some_and(Given::is_given);
        let column = if is_given { None } else { TableColumn::find_any(columns, names) };
        if *required && !is_given && column.is_none() {
            let near = names.iter().map(|name| hint(name, columns.iter().map(|column| column.name.as_str()))).find(|near| !near.is_empty());
            let near = near.unwrap_or_else(|| format!(" (it has {})", TableColumn::listed(columns)));
            let problem = format!("has no column {}{near}; or say which it is: {argument} => ...", names.join(" or "));
            return Err(KernelError::BadArgument { function, argument: "tbl", problem });
        }
        found.push(column.map(|column| column.name.clone()));
    }
    Ok(Recognised { columns: found, several: Vec::new(), options: options.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_or_missed_by_name() {
        const WANTED: &[Wanted] = &[
            Wanted { argument: "key", names: &["process_key", "key"], required: true },
            Wanted { argument: "path", names: &["path"], required: false },
        ];
        let table = |names: &[&str]| {
            names
                .iter()
                .map(|name| TableColumn { name: (*name).to_owned(), is_text: true, is_nested: false, is_zoned: false })
                .collect::<Vec<_>>()
        };
        let find = |names: &[&str], given: &[bool]| {
            let given: Vec<Given> =
                given.iter().map(|given| if *given { Given::Expression(Expression::default()) } else { Given::Nothing }).collect();
            let found = recognise_by_name("f", WANTED, &table(names), &given, &Value::Null);
            found.map(|found| found.columns).map_err(|error| error.to_string())
        };
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(find(&["path", "PROCESS_KEY", "process_key"], &[false, false]), Ok(vec![some("process_key"), some("path")]));
        assert_eq!(find(&["Key"], &[false, false]), Ok(vec![some("Key"), None]));
        assert_eq!(find(&["x"], &[true, false]), Ok(vec![None, None]));
        assert_eq!(
            find(&["proces_key", "x"], &[]),
            Err("f: argument 'tbl' has no column process_key or key, did you mean 'proces_key'?; or say which it is: key => ...".to_owned())
        );
        assert_eq!(
            find(&["a\u{1b}", "b"], &[]),
            Err("f: argument 'tbl' has no column process_key or key (it has a\\u{1b}, b); or say which it is: key => ...".to_owned())
        );
    }
}
