//! Constants of the syntax tree as values of options.

use datafusion::sql::sqlparser::ast::{Expr, UnaryOperator, Value as Constant};
use huntsql_kernels::options::Value;

/// The value of a constant expression; anything else is [`Value::Other`].
pub(crate) fn value(expr: &Expr) -> Value {
    match expr {
        Expr::Nested(inner) => value(inner),
        Expr::Value(constant) => match &constant.value {
            Constant::Null => Value::Null,
            Constant::Boolean(flag) => Value::Bool(*flag),
            Constant::Number(digits, _) => number(digits),
            Constant::SingleQuotedString(text)
            | Constant::DoubleQuotedString(text)
            | Constant::EscapedStringLiteral(text)
            | Constant::NationalStringLiteral(text) => Value::Text(text.clone()),
            Constant::DollarQuotedString(text) => Value::Text(text.value.clone()),
            other => Value::Other(other.to_string()),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match value(expr) {
            Value::Int(number) => Value::Int(number.wrapping_neg()),
            Value::Float(number) => Value::Float(-number),
            _ => Value::Other(expr.to_string()),
        },
        Expr::Array(array) => Value::List(array.elem.iter().map(value).collect()),
        Expr::Dictionary(fields) => Value::Struct(fields.iter().map(|field| (field.key.value.clone(), value(&field.value))).collect()),
        other => Value::Other(format!("expression {other}")),
    }
}

fn number(digits: &str) -> Value {
    match (digits.parse(), digits.parse()) {
        (Ok(whole), _) => Value::Int(whole),
        (_, Ok(float)) => Value::Float(float),
        _ => Value::Other(digits.to_owned()),
    }
}
