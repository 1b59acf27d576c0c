//! What the specs say about functions, as text.

use crate::failure::Failure;
use datafusion::prelude::SessionContext;
use huntsql_catalogue::signatures;
use huntsql_datafusion::display::visible;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::spec::{Arg, Kind, Signature};
use huntsql_kernels::types::{ArgType, SqlType};
use std::collections::BTreeSet;

/// `.functions`: ours by family; with a pattern, the engine's too.
pub(crate) fn functions(context: &SessionContext, pattern: &str) -> String {
    let all = signatures();
    let found: Vec<_> = all.iter().filter(|signature| matches(signature.spec.name, pattern)).collect();
    let families: BTreeSet<_> = found.iter().map(|signature| signature.spec.family).collect();
    let mut out = String::new();
    for family in families {
        out.push_str(&format!("{}\n", family.title()));
        for signature in found.iter().filter(|signature| signature.spec.family == family) {
            out.push_str(&format!("  {}\n      {}\n", call(signature, &brief(&signature.result)), signature.spec.summary));
        }
    }
    if pattern.is_empty() {
        out.push_str("\n.doc FUNCTION explains one; .functions PATTERN searches the engine's functions too\n");
        return out;
    }
    let ours: BTreeSet<_> = all.iter().map(|signature| signature.spec.name.to_owned()).collect();
    let engine: Vec<_> = engine_names(context).into_iter().filter(|name| matches(name, pattern) && !ours.contains(name)).collect();
    if !engine.is_empty() {
        out.push_str(&format!("DataFusion\n  {}\n", engine.join(", ")));
    }
    if out.is_empty() {
        let near = hint(pattern, ours.iter().chain(&engine_names(context)).map(String::as_str));
        out.push_str(&format!("no function matches '{}'{near}\n", visible(pattern)));
    }
    out
}

/// `.doc f`.
pub(crate) fn function(context: &SessionContext, name: &str) -> Result<String, Failure> {
    let name = name.trim_end_matches("()").to_lowercase();
    if name.is_empty() {
        return Err(Failure::Query(".doc needs a function; .functions lists them".to_owned()));
    }
    let all = signatures();
    // A table form may have a scalar of its name beside it.
    let texts: Vec<String> = all.iter().filter(|signature| signature.spec.name == name).map(text).collect();
    if !texts.is_empty() {
        return Ok(texts.join("\n\n"));
    }
    if let Some(text) = engine_doc(context, &name) {
        return Ok(text);
    }
    let engine = engine_names(context);
    let known = all.iter().map(|signature| signature.spec.name);
    // Ours first: they are what one looks up here.
    let near = match hint(&name, known) {
        near if near.is_empty() => hint(&name, engine.iter().map(String::as_str)),
        near => near,
    };
    Err(Failure::Query(format!("unknown function '{name}'{near}")))
}

fn text(signature: &Signature) -> String {
    let spec = signature.spec;
    let mut out = match signature.table_usage() {
        None => format!("{}\n\n{}\n", call(signature, &signature.result.to_string()), spec.summary),
        Some(table) => forms(signature, &table),
    };
    if !spec.details.is_empty() {
        out.push_str(&format!("\n{}\n", spec.details.trim()));
    }
    if !spec.args.is_empty() {
        out.push_str("\nArguments\n");
        let rows: Vec<_> =
            spec.args.iter().zip(signature.args).map(|(arg, ty)| (format!("{} {ty}", arg.name), arg.doc.to_owned())).collect();
        out.push_str(&aligned(&rows));
    }
    if !signature.options.is_empty() {
        let by_name = match signature.kind {
            Kind::Scalar => ", as a last argument {'name': value}",
            Kind::Events | Kind::Reader => ", name => value",
            Kind::Aggregate | Kind::PerRow => ", as a last argument {'name': value}; by name in the table form, name => value",
        };
        out.push_str(&format!("\nOptions{by_name}\n"));
        let rows = signature.options.iter();
        let rows: Vec<_> = rows
            .map(|option| (option.name.to_owned(), format!("{} Takes {}; default {}.", option.doc, option.kind.describe(), option.default)))
            .collect();
        out.push_str(&aligned(&rows));
    }
    out.push_str(if spec.examples.len() == 1 { "\nExample\n" } else { "\nExamples\n" });
    for example in spec.examples {
        out.push_str(&format!("  {};\n", example.sql.replace('\n', "\n  ")));
        for line in example.result.lines() {
            out.push_str(&format!("    {line}\n"));
        }
    }
    out
}

/// The ways to call a function of many rows, and what it gives.
fn forms(signature: &Signature, table: &str) -> String {
    let own = match signature.kind {
        Kind::Aggregate => "part, ",
        Kind::Reader => "",
        _ if signature.keeps_rows => "the table's columns, ",
        _ => "",
    };
    let columns: Vec<_> = signature.columns.iter().map(|(name, ty)| format!("{name} {ty}")).collect();
    let mut out = format!("FROM {table}\n");
    if !matches!(signature.kind, Kind::Events | Kind::Reader) {
        out.push_str(&format!("{}\n", call(signature, "LIST(STRUCT)")));
    }
    if let Some(window) = &signature.window {
        out.push_str(&format!("{} OVER (PARTITION BY ...) -> {}\n", signature.usage(), brief(window)));
    }
    out.push_str(&format!("\n{}\n\nColumns: {own}{}\n", signature.spec.summary, columns.join(", ")));
    out
}

fn aligned(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, text)| format!("  {name:<width$}  {text}\n")).collect()
}

/// `f(a TEXT [, options]) -> TEXT`.
fn call(signature: &Signature, result: &str) -> String {
    let required = signature.args.len() - signature.optional;
    let typed = |(arg, ty): (&Arg, &ArgType)| format!("{} {ty}", arg.name);
    let mut args: Vec<_> = signature.spec.args.iter().zip(signature.args).map(typed).collect();
    let optional: String = args.drain(required..).map(|arg| format!(" [, {arg}]")).collect();
    let options = if signature.options.is_empty() { "" } else { " [, options]" };
    format!("{}({}{optional}{options}) -> {result}", signature.spec.name, args.join(", "))
}

/// A struct's fields are for `.doc`.
fn brief(ty: &SqlType) -> String {
    match ty {
        SqlType::List(element) => format!("LIST({})", brief(element)),
        SqlType::Struct(_) => "STRUCT".to_owned(),
        flat => flat.to_string(),
    }
}

/// The names of DataFusion's functions, sorted.
pub(crate) fn engine_names(context: &SessionContext) -> Vec<String> {
    let state = context.state();
    let names = state.scalar_functions().keys().chain(state.aggregate_functions().keys()).chain(state.window_functions().keys());
    let names: BTreeSet<_> = names.chain(state.table_functions().keys()).cloned().collect();
    names.into_iter().collect()
}

fn engine_doc(context: &SessionContext, name: &str) -> Option<String> {
    let state = context.state();
    let scalar = state.scalar_functions().get(name).map(|function| function.documentation().cloned());
    let aggregate = || state.aggregate_functions().get(name).map(|function| function.documentation().cloned());
    let window = || state.window_functions().get(name).map(|function| function.documentation().cloned());
    let Some(doc) = scalar.or_else(aggregate).or_else(window)? else {
        return Some(format!("{name}: a function of DataFusion, which has no description of it\n"));
    };
    let mut out = format!("{}\n\n{}\n", doc.syntax_example, doc.description.trim());
    if let Some(arguments) = &doc.arguments {
        out.push_str(&format!("\nArguments\n{}", aligned(arguments)));
    }
    if let Some(example) = &doc.sql_example {
        out.push_str(&format!("\nExample\n{}\n", example.trim().trim_matches('`').trim_start_matches("sql").trim()));
    }
    Some(out)
}

/// A part of the name, or a LIKE pattern, without regard to case.
fn matches(name: &str, pattern: &str) -> bool {
    let (name, pattern) = (name.to_lowercase(), pattern.to_lowercase());
    if !pattern.contains('%') {
        return name.contains(&pattern);
    }
    like(name.as_bytes(), pattern.as_bytes())
}

/// LIKE. After each letter of the pattern: which beginnings of the name it can stand for.
fn like(name: &[u8], pattern: &[u8]) -> bool {
    let mut reached: Vec<bool> = (0..=name.len()).map(|length| length == 0).collect();
    for wanted in pattern {
        reached = match wanted {
            b'%' => {
                let mut any = false;
                reached
                    .iter()
                    .map(|here| {
                        any |= *here;
                        any
                    })
                    .collect()
            }
            _ => {
                let steps = reached.iter().zip(name).map(|(here, byte)| *here && (byte == wanted || *wanted == b'_'));
                std::iter::once(false).chain(steps).collect()
            }
        };
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (name, pattern, matched) in [
            ("extract_iocs", "ioc", true),
            ("extract_iocs", "IOC", true),
            ("ip_type", "ip\\_%", false),
            ("ip_type", "ip_%", true),
            ("ip_type", "%type", true),
            ("ip_type", "%typ", false),
            ("ip_type", "", true),
            ("ip_type", "i%e", true),
        ] {
            assert_eq!(matches(name, pattern), matched, "{name} {pattern}");
        }
    }

    #[test]
    fn docs_come_from_the_specs() {
        let context = SessionContext::new();
        for signature in signatures() {
            let text = function(&context, signature.spec.name).unwrap();
            assert!(text.contains(signature.spec.name) && signature.spec.examples[0].result.lines().all(|line| text.contains(line)));
            assert!(functions(&context, "").contains(signature.spec.name));
        }
        assert!(function(&context, "sha256").unwrap().contains("sha256"));
        assert!(functions(&context, "substr").contains("DataFusion\n"));
        assert!(
            matches!(function(&context, "defnag"), Err(Failure::Query(text)) if text == "unknown function 'defnag', did you mean 'defang'?")
        );
    }
}
