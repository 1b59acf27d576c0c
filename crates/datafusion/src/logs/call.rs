//! The arguments of a reader: a path or several, then options by name or in a struct.

use crate::session::values::value;
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::options::Value;

/// What a reader was called with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReaderCall {
    /// Paths, folders or patterns; empty for standard input.
    pub(crate) paths: Vec<String>,
    /// The options as one struct, or NULL.
    pub(crate) options: Value,
}

impl ReaderCall {
    /// Reads the arguments, which are constants: `('x', {'year': 2024})` or `('x', year => 2024)`.
    pub(crate) fn read(function: &'static str, args: &[FunctionArg]) -> Result<Self, KernelError> {
        let bad = |argument: &'static str, problem: String| KernelError::BadArgument { function, argument, problem };
        let (mut path, mut options, mut named) = (None, None, Vec::new());
        for arg in args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) if path.is_none() => path = Some(constant(expr)),
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) if options.is_none() => options = Some(constant(expr)),
                FunctionArg::Unnamed(_) => return Err(bad("options", "is the last argument, got more".to_owned())),
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expr), .. }
                | FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(expr), .. } => {
                    if name.value.eq_ignore_ascii_case("path") && path.is_none() {
                        path = Some(constant(expr));
                    } else {
                        named.push((name.value.to_ascii_lowercase(), constant(expr)));
                    }
                }
                other => return Err(bad("options", format!("must be a constant such as 'auto', got {other}"))),
            }
        }
        let path = path.ok_or_else(|| bad("path", "is missing: a text or a list of texts".to_owned()))?;
        let text = |path: Value| match path {
            Value::Text(path) => Ok(path),
            other => Err(bad("path", format!("must be a text or a list of texts, got {other} in the list"))),
        };
        let paths = match path {
            Value::Text(path) if path == "stdin" || path == "-" => Vec::new(),
            Value::Text(path) => vec![path],
            Value::List(paths) if !paths.is_empty() => paths.into_iter().map(text).collect::<Result<_, _>>()?,
            other => return Err(bad("path", format!("must be a text or a list of texts, got {other}"))),
        };
        let options = match (options.unwrap_or(Value::Null), named.is_empty()) {
            (options, true) => options,
            (Value::Null, false) => Value::Struct(named),
            (Value::Struct(fields), false) => Value::Struct(fields.into_iter().chain(named).collect()),
            (other, false) => other,
        };
        Ok(Self { paths, options })
    }
}

impl ReaderCall {
    /// All of it as text.
    pub(crate) fn shown(&self) -> String {
        let paths = if self.paths.is_empty() { "stdin".to_owned() } else { self.paths.join(", ") };
        match &self.options {
            Value::Null => paths,
            options => format!("{paths} {}", options.to_json()),
        }
    }
}

/// `"x"` is a path and `stdin` a name, as in FROM.
fn constant(expr: &Expr) -> Value {
    match expr {
        Expr::Identifier(ident) if ident.quote_style == Some('"') => Value::Text(ident.value.clone()),
        Expr::Identifier(ident) if ident.value.eq_ignore_ascii_case("stdin") => Value::Text("stdin".to_owned()),
        other => value(other),
    }
}
