//! `autocluster(attributes [, weight])`: a few patterns that describe most of the rows.

use super::patterns::{Found, MAX_DIMENSIONS, RowWeights, Segment, Sides, Table, Worth, cover, segments, share, size};
use crate::prelude::*;

/// Kernel of `autocluster`.
pub struct Autocluster;

/// Options of `autocluster`.
#[derive(Debug, Clone)]
pub struct AutoclusterOptions {
    size_weight: f64,
    threshold: f64,
    max_dimensions: usize,
    max_patterns: usize,
}

impl Default for AutoclusterOptions {
    fn default() -> Self {
        Self { size_weight: 0.5, threshold: 0.05, max_dimensions: 5, max_patterns: 20 }
    }
}

impl Options for AutoclusterOptions {
    const FIELDS: &'static [OptionField] = &[
        MAX_DIMENSIONS,
        OptionField { name: "max_patterns", kind: OptionKind::Int(1, 1000), default: "20", doc: "Patterns at most." },
        OptionField {
            name: "size_weight",
            kind: OptionKind::FloatIn(0.0, 1.0),
            default: "0.5",
            doc: "1: a pattern is as good as the rows it covers are many; 0: as the values it fixes tell much; in between: the weighted geometric mean of both.",
        },
        OptionField {
            name: "threshold",
            kind: OptionKind::FloatIn(0.0001, 1.0),
            default: "0.05",
            doc: "Share of the rows that a pattern must add to those that the patterns before it cover.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_dimensions", Setting::Int(most)) => self.max_dimensions = size(most),
            ("max_patterns", Setting::Int(most)) => self.max_patterns = size(most),
            ("size_weight", Setting::Float(weight)) => self.size_weight = weight,
            ("threshold", Setting::Float(threshold)) => self.threshold = threshold,
            _ => {}
        }
        Ok(())
    }
}

impl GroupKernel for Autocluster {
    const SPEC: Spec = Spec {
        name: "autocluster",
        family: Family::Analysis,
        summary: "Describes most of the rows by a few combinations of values: the quickest look at an unknown table.",
        details: "\
`attributes`, `weight`, `pattern`, `count`, `percent`, `length` and `status` are those of `basket`. Of all patterns the best is taken, then the best for the rows that it does not
cover, and so on, until none adds `threshold` of all rows. How good a pattern is: (share of all rows that it adds) ^ `size_weight` x (what it tells) ^ (1 - `size_weight`). What a
pattern tells is the share of its columns' entropy in that of all columns: a column that is nearly always the same tells nearly nothing, a pattern of nothing but
constants is never taken (unless all columns are constant). `count` and `percent` are those of all rows with the pattern, also of those that an earlier pattern covers: patterns
may overlap, and rows that fit none remain.

Kusto's plugin of this name balances the same two aims by the same mean, but searches from random seeds and measures what a pattern tells in its own way: the patterns are alike, not
equal. Here the best pattern of each step is found exactly, and the same rows always give the same patterns.",
        args: &[
            Arg { name: "attributes", doc: "The columns to look at, as a struct." },
            Arg { name: "weight", doc: "How many rows a row stands for." },
        ],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT * FROM (VALUES ('web1', 'GET', 200, 60), ('web2', 'GET', 200, 5), ('db1', 'LOGIN', 403, 30), ('db1', 'QUERY', 200, 3), ('web1', 'PUT', 500, 2)) v(host, op, code, n))
SELECT count, percent, pattern FROM huntsql.autocluster(log, {'host': host, 'op': op, 'code': code}, weight => n) ORDER BY segment_id",
            result: "60 | 60.0 | {\"code\":200,\"host\":\"web1\",\"op\":\"GET\"}\n30 | 30.0 | {\"code\":403,\"host\":\"db1\",\"op\":\"LOGIN\"}\n5 | 5.0 | {\"code\":200,\"host\":\"web2\",\"op\":\"GET\"}",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Json, ArgType::Int];
    const OPTIONAL: usize = 1;
    type Options = AutoclusterOptions;
    type Item = Segment;

    fn compute(rows: &Rows, options: &AutoclusterOptions, interrupt: &Interrupt) -> GroupResult<Vec<Segment>> {
        let rows = RowWeights::read(rows, 1, |_| Some(0), interrupt)?;
        let [total, _] = rows.totals;
        let table = Table::new(&rows, |[count, _]| share(count, total) >= options.threshold, interrupt)?;
        let worth = Description { table: &table, options };
        let (patterns, budget) = cover(&table, &worth, options.max_dimensions, options.max_patterns, interrupt)?;
        Ok(segments(&table, &patterns, budget.is_spent))
    }
}

/// A pattern is worth what it covers and what it tells.
struct Description<'t> {
    table: &'t Table,
    options: &'t AutoclusterOptions,
}

impl Description<'_> {
    fn value(&self, [left, _]: Sides, information: f64) -> f64 {
        let [total, _] = self.table.totals();
        let covered = share(left, total);
        if covered < self.options.threshold {
            return 0.0;
        }
        covered.powf(self.options.size_weight) * information.powf(1.0 - self.options.size_weight)
    }
}

impl Worth for Description<'_> {
    fn bound(&self, left: Sides) -> f64 {
        self.value(left, 1.0)
    }

    fn of(&self, found: &Found) -> Option<f64> {
        // Rounding must not lift a sum of shares above the whole.
        Some(self.value(found.left, self.table.information(&found.attributes).min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid, Numbers};
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    fn run(grid: &Grid, options: &[(&str, Value)]) -> Vec<Segment> {
        let options = Value::Struct(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
        let options = parse::<AutoclusterOptions>("autocluster", &options).unwrap();
        Autocluster::compute(&grid.rows(Autocluster::ARGS), &options, &Interrupt::default()).unwrap()
    }

    fn told(segments: &[Segment]) -> Vec<(i64, &str)> {
        segments.iter().map(|segment| (segment.count, segment.pattern.as_str())).collect()
    }

    fn log() -> Grid {
        let row = |host: &str, op: &str, code: i64, n: i64| {
            vec![Cell::Text(format!("{{\"host\": \"{host}\", \"op\": \"{op}\", \"code\": {code}, \"proto\": \"tcp\"}}")), n.into()]
        };
        let rows = [
            ("web1", "GET", 200, 60),
            ("web2", "GET", 200, 5),
            ("db1", "LOGIN", 403, 30),
            ("db1", "QUERY", 200, 3),
            ("web1", "PUT", 500, 2),
        ];
        Grid(rows.into_iter().map(|(host, op, code, n)| row(host, op, code, n)).collect())
    }

    #[test]
    fn clusters() {
        assert_eq!(
            told(&run(&log(), &[])),
            [
                (60, r#"{"code":200,"host":"web1","op":"GET","proto":"tcp"}"#),
                (30, r#"{"code":403,"host":"db1","op":"LOGIN","proto":"tcp"}"#),
                (5, r#"{"code":200,"host":"web2","op":"GET","proto":"tcp"}"#),
            ]
        );
        assert_eq!(told(&run(&log(), &[("size_weight", Value::Float(1.0))])), [(100, r#"{"proto":"tcp"}"#)]);
        assert_eq!(
            run(&log(), &[("max_patterns", Value::Int(1))]).iter().map(|s| (s.count, s.status)).collect::<Vec<_>>(),
            [(60, "truncated")]
        );
        assert_eq!(run(&Grid(vec![]), &[]), []);
        let same = Grid(vec![vec!["{\"a\": 1, \"b\": null}".into()]; 3]);
        assert_eq!(told(&run(&same, &[])), [(3, r#"{"a":1}"#)]);
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_does_not_matter(seed in any::<u64>(), size in 1usize..60) {
            let mut numbers = Numbers(seed);
            let mut grid = Grid((0..size).map(|_| {
                let [x, y, z] = [numbers.below(3), numbers.below(9), numbers.below(2)];
                vec![Cell::Text(format!("{{\"x\": {x}, \"y\": {y}, \"z\": {z}}}"))]
            }).collect());
            let before = run(&grid, &[]);
            for at in (1..size).rev() {
                grid.0.swap(at, numbers.below(at as u64 + 1));
            }
            prop_assert_eq!(before, run(&grid, &[]));
        }
    }
}
