//! `log_templates(text)`: what kinds of messages a log has.

use super::templates::{Details, Parameter, Template, TemplateOptions, Templates, details};
use crate::prelude::*;

/// Kernel of `log_templates`.
pub struct LogTemplates;

/// A template and what matches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateItem {
    id: i64,
    template: Template,
    details: Details,
}

struct ParameterItem<'p>(i64, &'p Parameter);

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl SqlValue for ParameterItem<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("position", SqlType::Int),
        ("mask", SqlType::Text),
        ("distinct_values", SqlType::Int),
        ("samples", SqlType::List(&SqlType::Text)),
    ]);
    fn write(&self, out: &mut Column) {
        let Parameter { mark, distinct, samples } = self.1;
        out.row().put(self.0).put(*mark).put(int(*distinct)).put(samples.as_slice()).end();
    }
}

impl SqlValue for TemplateItem {
    const TYPE: SqlType = SqlType::Struct(&[
        ("template_id", SqlType::Int),
        ("template", SqlType::Text),
        ("count", SqlType::Int),
        ("distinct_lines", SqlType::Int),
        ("parameters", <Vec<ParameterItem<'_>> as SqlValue>::TYPE),
        ("example", SqlType::Text),
        ("limited", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let Self { id, template, details } = self;
        let parameters: Vec<ParameterItem<'_>> = (1..).zip(&details.parameters).map(|(i, parameter)| ParameterItem(i, parameter)).collect();
        let row = out.row().put(*id).put(template.text.as_str()).put(int(template.rows)).put(int(details.lines));
        row.put(parameters).put(details.example.as_str()).put(template.is_limited).end();
    }
}

impl GroupKernel for LogTemplates {
    const SPEC: Spec = Spec {
        name: "log_templates",
        family: Family::Analysis,
        summary: "Finds the kinds of messages in a log: their templates, how often each occurs, and what varies in them.",
        details: include_str!("log_templates.md"),
        args: &[Arg { name: "text", doc: "The message, without time and host where the log has these in columns of their own." }],
        examples: &[
            Example {
                sql: "\
WITH log AS (SELECT msg FROM (VALUES ('Failed password for root from 192.0.2.1 port 4711 ssh2'), ('Failed password for bob from 192.0.2.7 port 4712 ssh2'),
  ('Accepted password for bob from 192.0.2.9 port 22 ssh2'), ('Removed session 12.')) v(msg))
SELECT template, count FROM huntsql.log_templates(log, msg) ORDER BY template_id",
                result: "\
Failed password for <*> from <ip> port <num> ssh2 | 2
Accepted password for bob from <ip> port <num> ssh2 | 1
Removed session <num>. | 1",
            },
            Example {
                sql: "\
WITH log AS (SELECT msg FROM (VALUES ('user=ann logged in from 192.0.2.1'), ('user=bob logged in from 192.0.2.1'), ('user=bob logged in from 192.0.2.1')) v(msg))
SELECT template, p['mask'] AS mask, p['distinct_values'] AS n, p['samples'] AS samples
FROM (SELECT template, unnest(parameters) AS p FROM huntsql.log_templates(log, msg)) s ORDER BY p['position']",
                result: "\
user=<*> logged in from <ip> | <*> | 2 | [bob, ann]
user=<*> logged in from <ip> | <ip> | 1 | [192.0.2.1]",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text];
    type Options = TemplateOptions;
    type Item = TemplateItem;

    fn compute(rows: &Rows, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Vec<TemplateItem>> {
        let lines = rows.texts(0);
        let mined = Templates::mine(lines, options, interrupt)?;
        let details = details(&mined, lines, options, interrupt)?;
        Ok((1..)
            .zip(mined.templates.into_iter().zip(details))
            .map(|(id, (template, details))| TemplateItem { id, template, details })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Data;
    use crate::group::{GroupFunction, Items};
    use crate::input::Input;
    use crate::options::Value;

    struct Lines(Vec<Option<&'static str>>);

    impl Input for Lines {
        fn text(&self, _: usize, row: usize) -> Option<&str> {
            self.0[row]
        }
        fn int(&self, _: usize, _: usize) -> Option<i64> {
            None
        }
        fn float(&self, _: usize, _: usize) -> Option<f64> {
            None
        }
        fn bool(&self, _: usize, _: usize) -> Option<bool> {
            None
        }
        fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
            None
        }
    }

    fn rows(lines: &[Option<&'static str>]) -> Rows {
        let mut rows = Rows::new(LogTemplates::ARGS);
        let input = Lines(lines.to_vec());
        (0..lines.len()).for_each(|row| rows.push(&input, row));
        rows
    }

    #[test]
    fn items_are_structs_with_lists() {
        static FUNCTION: Items<LogTemplates> = Items::new();
        let rows = rows(&[Some("a 1 x"), Some("a 2 x"), None, Some("")]);
        let options = FUNCTION.parse(&Value::Null).unwrap();
        let column = FUNCTION.compute(&rows, &options, &Interrupt::default()).unwrap();
        assert_eq!(column.len(), 2);
        let Data::Struct(fields) = column.data() else { panic!("not a struct") };
        assert!(matches!(fields[2].data(), Data::Int(counts) if counts == &[2, 1]));
        let Data::List { offsets, child } = fields[4].data() else { panic!("not a list") };
        assert_eq!(offsets, &[0, 1, 1]);
        let Data::Struct(parameter) = child.data() else { panic!("not a struct") };
        assert!(matches!(parameter[1].data(), Data::Text { bytes, .. } if bytes == b"<num>"));
    }

    #[test]
    fn nothing_in_nothing_out() {
        for lines in [vec![], vec![None, None]] {
            assert_eq!(LogTemplates::compute(&rows(&lines), &TemplateOptions::default(), &Interrupt::default()), Ok(vec![]));
        }
    }
}
