//! From a call to a chart: what the functions of this crate have in common.

use crate::deliver;
use crate::model::{Chart, Source};
use crate::options::{ChartOptions, Common, OwnOptions, write_sources};
use crate::order::by_content;
use crate::result::Written;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{EventKernel, EventSink, Expression, Given, GroupResult, Recognised, TableColumn, Wanted, recognise_by_name};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{SOURCES, Value};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::Spec;
use huntsql_kernels::types::ArgType;
use std::marker::PhantomData;

/// Most columns that are shown of a row where the call names none.
pub(crate) const MOST_COLUMNS: usize = 64;

/// A kind of chart.
pub trait ChartKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Types of the arguments.
    const ARGS: &'static [ArgType];
    /// Names that the columns of the arguments may have.
    const WANTED: &'static [Wanted];
    /// The argument of several columns that is filled with the rest of the table where the call does not name any.
    const REST: Option<usize> = None;
    /// Arguments of which one must be there.
    const ONE_OF: &'static [usize] = &[];
    /// How many columns that argument is filled with at most.
    const MOST_REST: usize = MOST_COLUMNS;
    /// Whether the chart is the same for rows in any order only if they are sorted first.
    const SORTS: bool = false;
    /// Options that must be given.
    const REQUIRED: &'static [&'static str] = &[];
    /// Its own options.
    type Own: OwnOptions;

    /// The chart of the rows.
    fn chart(rows: &Rows, options: &ChartOptions<Self::Own>, interrupt: &Interrupt) -> GroupResult<Chart>;
}

/// A [`ChartKernel`] as a function of a table.
#[derive(Debug)]
pub struct Drawn<C>(PhantomData<C>);

impl<C: ChartKernel> EventKernel for Drawn<C> {
    const SPEC: Spec = C::SPEC;
    const ARGS: &'static [ArgType] = C::ARGS;
    const KEEPS_ROWS: bool = false;
    const WANTS_SOURCES: bool = true;
    const REQUIRED: &'static [&'static str] = C::REQUIRED;
    type Options = ChartOptions<C::Own>;
    type Out<'a> = Written;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        recognise::<C>(columns, given, options)
    }

    fn compute(rows: &Rows, options: &ChartOptions<C::Own>, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        // DuckDB does not tell the options where there are no rows: nothing can be drawn as asked.
        if rows.is_empty() {
            let warnings = vec!["the table has no rows: nothing was drawn".to_owned()];
            sink.put(None, &Written { format: "none", warnings, ..Written::default() });
            return Ok(());
        }
        let chart = if C::SORTS {
            let sorted = rows.clone().in_order(&by_content(rows, interrupt)?);
            C::chart(&sorted, options, interrupt)?
        } else {
            C::chart(rows, options, interrupt)?
        };
        interrupt.check()?;
        sink.put(None, &deliver::deliver(C::SPEC.name, &chart, &options.common, interrupt)?);
        Ok(())
    }
}

/// Finds the columns of the arguments, and remembers how they are written.
fn recognise<C: ChartKernel>(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
    let mut found = recognise_by_name(C::SPEC.name, C::WANTED, columns, given, options)?;
    let mut sources: Vec<Vec<Source>> = Vec::with_capacity(C::ARGS.len());
    for index in 0..C::ARGS.len() {
        let given = given.get(index).unwrap_or(&Given::Nothing);
        let column = found.columns.get(index).cloned().flatten();
        sources.push(match (given, column) {
            (Given::Names(names), _) if names.len() != 1 && is_one_column::<C>(index) => {
                let problem = format!("must name one column, got {}", names.len());
                return Err(KernelError::BadArgument { function: C::SPEC.name, argument: "color", problem });
            }
            (Given::Names(names), _) => {
                let columns = names.iter().map(|name| named::<C>(columns, index, name)).collect::<Result<Vec<_>, _>>()?;
                let sources = columns.iter().map(|column| of_column(column)).collect();
                found.several.push((index, columns.into_iter().map(|column| column.name.clone()).collect()));
                sources
            }
            (Given::Expression(written), _) => {
                let mut source = of_expression(columns, written, C::SPEC.args.get(index).map_or("expression", |arg| arg.name));
                said_time::<C>(index, written.is_text, &mut source);
                vec![source]
            }
            (Given::Nothing, Some(name)) => {
                let read = |column: &TableColumn| {
                    let mut source = of_column(column);
                    said_time::<C>(index, column.is_text, &mut source);
                    source
                };
                TableColumn::find(columns, &name).map(read).into_iter().collect()
            }
            (Given::Nothing, None) => Vec::new(),
        });
    }
    if let Some(rest) = C::REST
        && !given.get(rest).is_some_and(Given::is_given)
    {
        let taken: Vec<&str> = sources.iter().flatten().map(|source| source.name.as_str()).collect();
        let columns = columns.iter().filter(|column| !column.is_nested && !taken.contains(&column.name.as_str()));
        let columns: Vec<&TableColumn> = columns.take(C::MOST_REST).collect();
        found.several.push((rest, columns.iter().map(|column| column.name.clone()).collect()));
        let shown = columns.into_iter().map(of_column).collect();
        if let Some(slot) = sources.get_mut(rest) {
            *slot = shown;
        }
    }
    let missing = C::ONE_OF.iter().all(|index| sources.get(*index).is_none_or(Vec::is_empty));
    if let Some(first) = C::ONE_OF.first().filter(|_| missing) {
        let name = |index: &usize| C::SPEC.args.get(*index).map_or("?", |arg| arg.name);
        let ways: Vec<String> = C::ONE_OF.iter().map(|index| format!("{} => ...", name(index))).collect();
        let problem = format!("is missing: {} (the table has {})", ways.join(" or "), TableColumn::listed(columns));
        return Err(KernelError::BadArgument { function: C::SPEC.name, argument: name(first), problem });
    }
    // What several columns are made of is not looked for as one.
    for (index, _) in &found.several {
        if let Some(column) = found.columns.get_mut(*index) {
            *column = None;
        }
    }
    let mut fields = match found.options {
        Value::Struct(fields) => fields,
        _ => Vec::new(),
    };
    fields.push((SOURCES.to_owned(), write_sources(&sources)));
    found.options = Value::Struct(fields);
    Ok(found)
}

/// The time that a text says, in SQL: read as the chart has read it, which the casts of the engines do not do.
fn said_time<C: ChartKernel>(index: usize, is_text: bool, source: &mut Source) {
    if is_text && C::ARGS.get(index) == Some(&ArgType::TimeOrText) && !source.sql.is_empty() {
        source.sql = format!("parse_time({})", source.sql);
    }
}

/// Whether an argument of names of columns takes one only.
fn is_one_column<C: ChartKernel>(index: usize) -> bool {
    C::SPEC.args.get(index).is_some_and(|arg| arg.name == "color")
}

/// The column of that name, or an error that says which there are.
fn named<'c, C: ChartKernel>(columns: &'c [TableColumn], index: usize, name: &str) -> Result<&'c TableColumn, KernelError> {
    TableColumn::find(columns, name).ok_or_else(|| {
        let near = huntsql_kernels::nearest::hint(name, columns.iter().map(|column| column.name.as_str()));
        let argument = C::SPEC.args.get(index).map_or("columns", |arg| arg.name);
        let problem =
            format!("names the column '{}', which the table has not{near} (it has {})", name.escape_debug(), TableColumn::listed(columns));
        KernelError::BadArgument { function: C::SPEC.name, argument, problem }
    })
}

fn of_column(column: &TableColumn) -> Source {
    let sql = if column.is_nested {
        let mut steps = column.name.split('.');
        let root = quoted(steps.next().unwrap_or_default());
        steps.fold(root, |sql, step| format!("{sql}['{}']", step.replace('\'', "''")))
    } else {
        quoted(&column.name)
    };
    Source { name: column.name.clone(), sql, is_zoned: column.is_zoned }
}

/// An expression of the call: mostly the name of a column, which one engine gives without quotes.
fn of_expression(columns: &[TableColumn], written: &Expression, argument: &str) -> Source {
    let sql = written.sql.as_str();
    let bare =
        sql.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or_else(|| sql.to_owned(), |name| name.replace("\"\"", "\""));
    match TableColumn::find(columns, &bare) {
        Some(column) => of_column(column),
        // DuckDB 1.4 and 1.5 say `#10` of an expression that their optimizer computes elsewhere.
        None if sql.is_empty() || sql.starts_with('#') => Source { name: argument.to_owned(), ..Source::default() },
        // Structs are shown without their values.
        None if sql.starts_with("struct_pack(") => Source { name: sql.to_owned(), ..Source::default() },
        None => Source { name: sql.to_owned(), sql: sql.to_owned(), is_zoned: written.is_zoned },
    }
}

/// An identifier as SQL has it.
pub(crate) fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !RESERVED.contains(&name);
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Words that one of the engines does not take for a column.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "default",
    "deferrable",
    "desc",
    "describe",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "inner",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "lambda",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "pivot",
    "placing",
    "primary",
    "qualify",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "show",
    "some",
    "summarize",
    "symmetric",
    "table",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "unpivot",
    "user",
    "using",
    "value",
    "values",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

/// A chart of no more than its frame.
pub(crate) fn framed(common: &Common, body: crate::model::Body, rows_in: usize, rows_drawn: usize) -> Chart {
    let labels = crate::label::Labels { defang: common.defang };
    let references = common
        .references
        .iter()
        .map(|reference| crate::model::Reference { time: reference.time, label: labels.shown(&reference.label).into_owned() });
    Chart {
        title: labels.shown(&common.title).into_owned(),
        subtitle: String::new(),
        rows_in,
        rows_drawn,
        warnings: Vec::new(),
        zone: common.zone.clone(),
        theme: common.theme,
        references: references.collect(),
        body,
    }
}
