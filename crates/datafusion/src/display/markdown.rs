//! GitHub-flavoured Markdown tables.

use super::cell::Cell;
use super::column::Column;
use super::{ResultWriter, Style, is_number};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use std::io::Write;

/// Writes Markdown rows as they come. Cells are whole; what Markdown or HTML would act on is escaped.
pub(super) struct MarkdownWriter<W> {
    out: W,
    schema: SchemaRef,
    defang: bool,
    started: bool,
}

impl<W: Write> MarkdownWriter<W> {
    /// A writer for results of `schema`.
    pub(super) fn new(out: W, schema: &SchemaRef, style: &Style) -> Self {
        Self { out, schema: SchemaRef::clone(schema), defang: style.defang, started: false }
    }

    fn header(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.started, true) || self.schema.fields().is_empty() {
            return Ok(());
        }
        let mut names = String::from("|");
        let mut rule = String::from("|");
        for field in self.schema.fields() {
            names.push(' ');
            push_escaped(&Cell::label(field.name()).text, &mut names);
            names.push_str(" |");
            rule.push_str(if is_number(field.data_type()) { " ---: |" } else { " --- |" });
        }
        Ok(self.out.write_all(format!("{names}\n{rule}\n").as_bytes())?)
    }
}

impl<W: Write + Send> ResultWriter for MarkdownWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        self.header()?;
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            line.push('|');
            for column in &columns {
                line.push(' ');
                push_escaped(&Cell::new(&column.get(row), self.defang, usize::MAX).text, &mut line);
                line.push_str(" |");
            }
            line.push('\n');
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.header()?;
        Ok(self.out.flush()?)
    }
}

/// Escapes what GFM acts on: a pipe ends a cell, brackets make links and images that load, HTML runs.
fn push_escaped(text: &str, out: &mut String) {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '[' | ']' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // Within a word an underscore is only itself.
            '_' if !(before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric())) => out.push_str("\\_"),
            c => out.push(c),
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::push_escaped;

    #[test]
    fn nothing_acts() {
        for (raw, escaped) in [
            ("a|b", "a\\|b"),
            ("`id`", "\\`id\\`"),
            ("<img src=x onerror=1>&", "&lt;img src=x onerror=1&gt;&amp;"),
            ("![x](http://evil.test)", "!\\[x\\](http://evil.test)"),
            ("start_byte __init__", "start_byte \\_\\_init\\_\\_"),
            ("C:\\temp", "C:\\\\temp"),
        ] {
            let mut out = String::new();
            push_escaped(raw, &mut out);
            assert_eq!(out, escaped);
        }
    }
}
