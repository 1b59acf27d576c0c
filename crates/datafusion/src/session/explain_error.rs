//! Errors of the engine in plain words: one sentence, lower case, no context chains, the nearest name.

use crate::error::Error;
use crate::files::Reader;
use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;
use datafusion::execution::session_state::SessionState;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::nearest::hint;

/// A column that the engine did not find.
pub(super) struct MissingColumn {
    pub(super) column: Column,
    pub(super) known: Vec<Column>,
    pub(super) place: Option<(u64, u64)>,
}

/// The missing column, if that is what an error is about.
pub(super) fn missing_column(error: &DataFusionError) -> Option<MissingColumn> {
    let mut place = None;
    let mut error = error;
    loop {
        error = match error {
            DataFusionError::Context(_, inner) => inner,
            DataFusionError::Diagnostic(diagnostic, inner) => {
                place = place.or(diagnostic.span);
                inner
            }
            DataFusionError::Shared(inner) => inner,
            DataFusionError::Collection(errors) => errors.first()?,
            DataFusionError::SchemaError(inner, _) => match inner.as_ref() {
                SchemaError::FieldNotFound { field, valid_fields } => {
                    let place = place.or_else(|| field.spans().first()).map(|span| (span.start.line, span.start.column));
                    return Some(MissingColumn { column: field.as_ref().clone(), known: valid_fields.clone(), place });
                }
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// An error with the names of a session at hand.
pub fn explain_in(error: DataFusionError, state: &SessionState) -> Error {
    let explained = explain(error);
    match explained {
        Error::Unknown { kind: "function", name, .. } => {
            let known = state
                .scalar_functions()
                .keys()
                .chain(state.aggregate_functions().keys())
                .chain(state.window_functions().keys())
                .chain(state.table_functions().keys())
                .map(String::as_str)
                .chain(Reader::NAMES.iter().copied());
            let hint = hint(&name, known);
            Error::Unknown { kind: "function", name, hint }
        }
        other => other,
    }
}

/// An error in plain words.
pub fn explain(error: DataFusionError) -> Error {
    if let Some(missing) = missing_column(&error) {
        return unknown_column(&missing);
    }
    match error {
        // A parse error of the standard library does not say of what: the context does.
        DataFusionError::Context(words, inner) => match (*inner, words) {
            (DataFusionError::External(inner), words) if !is_ours(inner.as_ref()) => {
                Error::Query(format!("{}: {}", sentence(&words), sentence(&inner.to_string())))
            }
            (inner, _) => explain(inner),
        },
        DataFusionError::Diagnostic(_, inner) => explain(*inner),
        DataFusionError::SchemaError(inner, context) => match *inner {
            SchemaError::AmbiguousReference { field } => {
                let name = field.name;
                Error::Query(format!("column '{name}' is in more than one table: write alias.{name}"))
            }
            other => explain_text(&DataFusionError::SchemaError(Box::new(other), context)),
        },
        DataFusionError::Shared(inner) => match std::sync::Arc::try_unwrap(inner) {
            Ok(inner) => explain(inner),
            Err(shared) => explain_text(&shared),
        },
        DataFusionError::Collection(errors) => match errors.into_iter().next() {
            Some(first) => explain(first),
            None => Error::Query("failed".to_owned()),
        },
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(own) => *own,
            Err(inner) => match inner.downcast::<KernelError>() {
                Ok(own) => Error::Argument(*own),
                Err(inner) => match inner.downcast::<DataFusionError>() {
                    Ok(inner) => explain(*inner),
                    Err(other) => Error::Query(sentence(&other.to_string())),
                },
            },
        },
        DataFusionError::ArrowError(inner, context) => match *inner {
            datafusion::arrow::error::ArrowError::ExternalError(inner) => explain(DataFusionError::External(inner)),
            other => explain_text(&DataFusionError::ArrowError(Box::new(other), context)),
        },
        other => explain_text(&other),
    }
}

fn is_ours(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.is::<Error>() || error.is::<KernelError>() || error.is::<DataFusionError>()
}

fn unknown_column(missing: &MissingColumn) -> Error {
    let name = missing.column.flat_name();
    let near = hint(&missing.column.name, missing.known.iter().map(|known| known.name.as_str()));
    let near = if !near.is_empty() {
        near
    } else if matches!(missing.column.name.as_str(), "_file" | "_line") {
        format!(" here: select it where the file is read, as in SELECT *, {} FROM 'file'", missing.column.name)
    } else if missing.known.is_empty() {
        ": there are no columns here".to_owned()
    } else {
        let mut names: Vec<&str> = missing.known.iter().map(|known| known.name.as_str()).collect();
        names.dedup();
        let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
        format!(" (columns: {}{more})", names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", "))
    };
    Error::Unknown { kind: "column", name, hint: near }
}

/// Columns listed where no name is near.
const SHOWN: usize = 8;

fn explain_text(error: &DataFusionError) -> Error {
    if let DataFusionError::External(inner) = error
        && let Some(own) = inner.downcast_ref::<Error>()
    {
        return own.clone();
    }
    if let DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) = error {
        return explain_text(inner);
    }
    if let DataFusionError::ResourcesExhausted(text) = error {
        return Error::Query(format!("out of memory: {}", sentence(text)));
    }
    let text = error.strip_backtrace();
    if let Some(name) = between(&text, "Invalid function '", "'") {
        return Error::Unknown {
            kind: "function",
            name: name.to_owned(),
            hint: between(&text, "Did you mean '", "'").map_or_else(String::new, |near| format!(", did you mean '{near}'?")),
        };
    }
    // What one of our functions says about its arguments.
    if let Some((_, own)) = text.split_once("user-defined coercion failed with: ") {
        return Error::Query(sentence(own));
    }
    // One sentence for each signature that was tried follows.
    if let Some(name) = between(&text, "unction '", "' failed to match any signature") {
        let types = between(&text, "but received ", " (").map_or_else(String::new, |given| format!(", got {given}"));
        return Error::Query(format!("function '{name}' does not take arguments of these types{types}"));
    }
    if let Some(name) = between(&text, "table function '", "' not found").or_else(|| between(&text, "Table function '", "' not found")) {
        return Error::Unknown { kind: "function", name: name.to_owned(), hint: String::new() };
    }
    if let Some(name) = between(&text, "table '", "' not found") {
        return Error::Unknown { kind: "table", name: name.trim_start_matches("datafusion.public.").to_owned(), hint: String::new() };
    }
    if matches!(error, DataFusionError::Internal(_)) {
        return Error::Internal(sentence(&text));
    }
    Error::Query(sentence(&text))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let rest = text.get(text.find(before)? + before.len()..)?;
    rest.get(..rest.find(after)?)
}

/// The first paragraph of a message without the names of the engine's layers, in lower case.
fn sentence(text: &str) -> String {
    const LAYERS: &[&str] = &[
        "Error during planning: ",
        "Execution error: ",
        "Schema error: ",
        "Arrow error: ",
        "External error: ",
        "SQL error: ",
        "Parquet error: ",
        "External: ",
        "Internal error: ",
        "This feature is not implemented: ",
        "Invalid or Unsupported Configuration: ",
        "Invalid argument error: ",
        "Compute error: ",
        "Cast error: ",
        "Parser error: ",
        "Optimizer rule ",
        "IO error: ",
        "type_coercion\ncaused by\n",
    ];
    let mut text = text.trim();
    // "context\ncaused by\nreason": the reason is what helps.
    if let Some((_, reason)) = text.rsplit_once("caused by\n") {
        text = reason.trim();
    }
    while let Some(rest) = LAYERS.iter().find_map(|layer| text.strip_prefix(layer)) {
        text = rest.trim_start();
    }
    let text = text.split("\n\nbacktrace").next().unwrap_or(text);
    let text = text.split("This issue was likely caused by a bug in DataFusion").next().unwrap_or(text);
    let text = text.split(" No function matches the given name").next().unwrap_or(text).trim().trim_end_matches('.');
    let mut letters = text.chars();
    let first = letters.next();
    let second = letters.clone().next();
    match (first, second) {
        // An acronym keeps its capitals.
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
