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
    /// Text.
    Text,
}

impl Family {
    /// Folder and file name: the SQL-side spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Ioc => "ioc",
            Self::Net => "net",
            Self::Text => "text",
        }
    }

    /// Heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Decode => "Decoding",
            Self::Ioc => "Indicators",
            Self::Net => "Network",
            Self::Text => "Text",
        }
    }
}

/// A [`Spec`] with the types that its kernel gives.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The documentation.
    pub spec: &'static Spec,
    /// Types of `spec.args`.
    pub args: &'static [ArgType],
    /// Fields of the trailing options struct; empty where there is none.
    pub options: &'static [OptionField],
    /// Type of the result.
    pub result: SqlType,
}

impl Signature {
    /// How it is called: `extract_iocs(text [, options])`.
    pub fn usage(&self) -> String {
        let args = self.spec.args.iter().map(|arg| arg.name).collect::<Vec<_>>().join(", ");
        let options = if self.options.is_empty() { "" } else { " [, options]" };
        format!("{}({args}{options})", self.spec.name)
    }
}
