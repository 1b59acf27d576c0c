//! What users read about a function. Types are not repeated here: they follow from the kernel.

use crate::options::OptionField;
use crate::types::{ArgType, SqlType};

/// Name and documentation of a function: the only source of docs and example tests.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// SQL name.
    pub name: &'static str,
    /// Chapter of the reference.
    pub family: Family,
    /// One sentence: what it gives.
    pub summary: &'static str,
    /// What a user must know beyond the summary: units, shapes, limits, NULLs. Markdown; may be empty.
    pub details: &'static str,
    /// The arguments in order, without the options struct.
    pub args: &'static [Arg],
    /// At least one; run as tests on every engine.
    pub examples: &'static [Example],
}

/// One argument of a [`Spec`].
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// Name, as used in messages and as DataFusion's parameter name.
    pub name: &'static str,
    /// What it holds.
    pub doc: &'static str,
}

/// A statement and what it prints.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// One SQL statement that runs the same on every engine.
    pub sql: &'static str,
    /// Its rows: columns separated by ` | `, rows by line ends; NULL, true and false spelt so.
    pub result: &'static str,
}

/// Chapters of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Finding and decoding hidden payloads.
    Decode,
    /// Indicators of compromise.
    Ioc,
    /// Addresses, networks, URLs and names.
    Net,
    /// Processes and command lines.
    Process,
    /// Text.
    Text,
    /// Log lines.
    Logs,
    /// Log files.
    Files,
    /// Clusters, series, outliers, sequences.
    Analysis,
    /// What others know about an indicator: places, owners, verdicts.
    Context,
    /// Pictures.
    Charts,
}

impl Family {
    /// Folder and file name: the SQL-side spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Ioc => "ioc",
            Self::Net => "net",
            Self::Process => "process",
            Self::Text => "text",
            Self::Logs => "logs",
            Self::Files => "files",
            Self::Analysis => "analysis",
            Self::Context => "context",
            Self::Charts => "charts",
        }
    }

    /// Heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Decode => "Decoding",
            Self::Ioc => "Indicators",
            Self::Net => "Network",
            Self::Process => "Processes and commands",
            Self::Text => "Text",
            Self::Logs => "Log lines",
            Self::Files => "Log files",
            Self::Analysis => "Analysis",
            Self::Context => "Context",
            Self::Charts => "Charts",
        }
    }
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of one row.
    Scalar,
    /// Aggregate that gives a list of items, and table form.
    Aggregate,
    /// Says something about each row: window, table form, and aggregate that lists the rows.
    PerRow,
    /// Reads files: a table function whose argument is a path.
    Reader,
    /// Table form only: recognises the columns of a table, and says something about its rows or makes another table of them.
    Events,
}

/// A [`Spec`] with the types that its kernel gives.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The documentation.
    pub spec: &'static Spec,
    /// How it is called.
    pub kind: Kind,
    /// Types of `spec.args`.
    pub args: &'static [ArgType],
    /// How many of the last arguments may be left out.
    pub optional: usize,
    /// Fields of the trailing options struct; empty where there is none.
    pub options: &'static [OptionField],
    /// Names of the options that must be given.
    pub required_options: &'static [&'static str],
    /// Type of the result; of the aggregate where there are several forms.
    pub result: SqlType,
    /// The columns that the table form adds to `part` or to the table's own; empty for a scalar.
    pub columns: &'static [(&'static str, SqlType)],
    /// Whether the table form gives the table's own columns, too.
    pub keeps_rows: bool,
    /// Type of the window form, if there is one.
    pub window: Option<SqlType>,
    /// Whether it asks other machines.
    pub is_remote: bool,
}

impl Signature {
    /// How it is called: `extract_iocs(text [, options])`.
    pub fn usage(&self) -> String {
        let required = self.spec.args.len() - self.optional;
        let mut usage = format!("{}(", self.spec.name);
        for (index, arg) in self.spec.args.iter().enumerate() {
            let (open, close) = if index < required { ("", "") } else { (" [", "]") };
            let comma = if index == 0 { "" } else { ", " };
            usage.push_str(&format!("{}{comma}{}{close}", open, arg.name));
        }
        usage.push_str(if self.options.is_empty() { ")" } else { " [, options])" });
        usage
    }

    /// The parameters of its table form, in order.
    pub fn parameters(&self) -> Vec<Parameter> {
        let required = self.spec.args.len() - self.optional;
        let argument = |(index, arg): (usize, &Arg)| Parameter {
            name: arg.name,
            role: Role::Argument(index),
            default: (index >= required).then_some("NULL"),
        };
        let arguments: Vec<Parameter> = self.spec.args.iter().enumerate().map(argument).collect();
        let (required, optional) = arguments.split_at(required);
        let is_required = |option: &OptionField| self.required_options.contains(&option.name);
        let option = |(index, option): (usize, &OptionField)| Parameter {
            name: option.name,
            role: Role::Option(index),
            default: (!is_required(option)).then_some(option.default),
        };
        let options = || self.options.iter().enumerate().map(option);
        let mut parameters = vec![Parameter { name: "tbl", role: Role::Table, default: None }];
        parameters.extend(required);
        parameters.extend(options().filter(|option| option.default.is_none()));
        if self.kind != Kind::Events {
            parameters.push(Parameter { name: "part", role: Role::Part, default: Some("NULL") });
        }
        parameters.extend(optional);
        parameters.extend(options().filter(|option| option.default.is_some()));
        parameters
    }

    /// How its table form is called: `huntsql.stl_anomalies(tbl, ts, value, part => NULL, period => 24)`; `None` for a scalar.
    pub fn table_usage(&self) -> Option<String> {
        match self.kind {
            Kind::Scalar => return None,
            Kind::Reader => {
                let options = self.options.iter().map(|option| format!(", {} => {}", option.name, option.default));
                return Some(format!("{}(path{})", self.spec.name, options.collect::<String>()));
            }
            Kind::Aggregate | Kind::PerRow | Kind::Events => {}
        }
        let usage = |parameter: Parameter| match parameter.default {
            Some(default) => format!("{} => {default}", parameter.name),
            None => parameter.name.to_owned(),
        };
        let parameters: Vec<String> = self.parameters().into_iter().map(usage).collect();
        Some(format!("huntsql.{}({})", self.spec.name, parameters.join(", ")))
    }
}

/// A parameter of a table form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What is given with it.
    pub role: Role,
    /// What it is where it is left out, as SQL; `None` where it must be given.
    pub default: Option<&'static str>,
}

/// What a [`Parameter`] is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The table.
    Table,
    /// The argument with this number.
    Argument(usize),
    /// What the rows are divided by.
    Part,
    /// The option with this number.
    Option(usize),
}
