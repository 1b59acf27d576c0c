//! What a function says of the chart that it made.

use huntsql_kernels::column::{Column, SqlValue};
use huntsql_kernels::types::SqlType;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The file; `None` where none was written.
    pub path: Option<String>,
    /// `html`, `svg`, `png`, `term` or `json`; `none` where the table has no rows.
    pub format: &'static str,
    /// Size of what was made.
    pub bytes: usize,
    /// Rows of the table.
    pub rows_in: usize,
    /// Rows in the picture.
    pub rows_drawn: usize,
    /// SHA-256 of what was made, in hexadecimal digits.
    pub sha256: String,
    /// What a reader of the picture must know.
    pub warnings: Vec<String>,
    /// The chart itself, of `term` and `json`; at a terminal the text of every chart.
    pub chart: Option<String>,
}

impl SqlValue for Written {
    const TYPE: SqlType = SqlType::Struct(&[
        ("path", SqlType::Text),
        ("format", SqlType::Text),
        ("bytes", SqlType::Int),
        ("rows_in", SqlType::Int),
        ("rows_drawn", SqlType::Int),
        ("sha256", SqlType::Text),
        ("warnings", SqlType::List(&SqlType::Text)),
        ("chart", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let int = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let row =
            out.row().put(self.path.as_deref()).put(self.format).put(int(self.bytes)).put(int(self.rows_in)).put(int(self.rows_drawn));
        let warnings: Vec<&str> = self.warnings.iter().map(String::as_str).collect();
        row.put(self.sha256.as_str()).put(warnings).put(self.chart.as_deref()).end();
    }
}
