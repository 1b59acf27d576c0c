//! `log_template_of(text)`: what kind of message a line is.

use super::templates::{TemplateOptions, Templates};
use crate::prelude::*;
use std::sync::Arc;

/// Kernel of `log_template_of`.
pub struct LogTemplateOf;

/// The template of a line; NULL for a row without a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateOf(Option<(i64, Arc<str>)>);

impl SqlValue for TemplateOf {
    const TYPE: SqlType = SqlType::Struct(&[("template_id", SqlType::Int), ("template", SqlType::Text)]);
    fn write(&self, out: &mut Column) {
        let found = self.0.as_ref();
        out.row().put(found.map(|(id, _)| *id)).put(found.map(|(_, template)| &**template)).end();
    }
}

impl RowKernel for LogTemplateOf {
    const SPEC: Spec = Spec {
        name: "log_template_of",
        family: Family::Analysis,
        summary: "Tells each log message its template.",
        details: "\
Every row gets the template that `log_templates` finds for it with the same options over the same rows: see there for the method and the fields. The two are joined by
`(part, template_id)`. A row whose text is NULL has no template. On DataFusion, `log_template_of(msg) OVER (PARTITION BY host)` gives the `template_id`.",
        args: &[Arg { name: "text", doc: "The message, without time and host where the log has these in columns of their own." }],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT n, msg FROM (VALUES (1, 'Removed session 12.'), (2, 'Removed session 7.'), (3, 'disk full')) v(n, msg))
SELECT n, template_id, template FROM huntsql.log_template_of(log, msg) ORDER BY n",
            result: "1 | 1 | Removed session <num>.\n2 | 1 | Removed session <num>.\n3 | 2 | disk full",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text];
    type Options = TemplateOptions;
    type Out<'r> = TemplateOf;
    const WINDOW: Option<&'static str> = Some("template_id");

    fn compute(rows: &Rows, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Vec<TemplateOf>> {
        let lines = rows.texts(0);
        let mined = Templates::mine(lines, options, interrupt)?;
        let templates: Vec<(i64, Arc<str>)> = (1..).zip(mined.templates.iter().map(|template| template.text.as_str().into())).collect();
        let of = |row| lines.id(row).and_then(|id| mined.of(id)).and_then(|template| templates.get(template).cloned());
        Ok((0..rows.len()).map(|row| TemplateOf(of(row))).collect())
    }
}
