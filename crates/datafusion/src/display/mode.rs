//! The output formats.

use huntsql_kernels::nearest::hint;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// An output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Columns side by side, for eyes.
    #[default]
    Table,
    /// One line a column, for eyes.
    Record,
    /// A GitHub-flavoured Markdown table.
    Markdown,
    /// RFC 4180.
    Csv,
    /// CSV with tabs.
    Tsv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl Mode {
    /// Every mode, in the order of the help.
    pub const ALL: &'static [Self] =
        &[Self::Table, Self::Record, Self::Markdown, Self::Csv, Self::Tsv, Self::Json, Self::Ndjson, Self::Parquet];

    /// Name in `-o` and `.mode`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Record => "record",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }

    /// The mode that the extension of `path` asks for.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "parquet" => Some(Self::Parquet),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.iter().map(|mode| mode.name());
        Self::ALL.iter().find(|mode| mode.name().eq_ignore_ascii_case(text)).copied().ok_or_else(|| {
            let known = names().collect::<Vec<_>>().join(", ");
            format!("unknown mode '{}'{} (modes: {known})", text.escape_debug(), hint(text, names()))
        })
    }
}
