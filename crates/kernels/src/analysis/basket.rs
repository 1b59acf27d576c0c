//! `basket(attributes [, weight])`: the combinations of values that many rows share.

use super::patterns::{Budget, MAX_DIMENSIONS, RowWeights, Search, Segment, Table, segments, share, size};
use crate::prelude::*;
use hashbrown::HashSet;

/// Kernel of `basket`.
pub struct Basket;

/// Options of `basket`.
#[derive(Debug, Clone)]
pub struct BasketOptions {
    threshold: f64,
    max_dimensions: usize,
    max_patterns: usize,
}

impl Default for BasketOptions {
    fn default() -> Self {
        Self { threshold: 0.05, max_dimensions: 5, max_patterns: 1000 }
    }
}

impl Options for BasketOptions {
    const FIELDS: &'static [OptionField] = &[
        MAX_DIMENSIONS,
        OptionField {
            name: "max_patterns",
            kind: OptionKind::Int(1, 100_000),
            default: "1000",
            doc: "Patterns at most: the most frequent ones.",
        },
        OptionField {
            name: "threshold",
            kind: OptionKind::FloatIn(0.0001, 1.0),
            default: "0.05",
            doc: "Share of the rows that must have a pattern.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_dimensions", Setting::Int(most)) => self.max_dimensions = size(most),
            ("max_patterns", Setting::Int(most)) => self.max_patterns = size(most),
            ("threshold", Setting::Float(threshold)) => self.threshold = threshold,
            _ => {}
        }
        Ok(())
    }
}

impl GroupKernel for Basket {
    const SPEC: Spec = Spec {
        name: "basket",
        family: Family::Analysis,
        summary: "Finds the combinations of values that at least a given share of the rows have in common.",
        details: "\
`attributes` is a struct of the columns to look at: `{'host': host, 'op': op}`; a map or JSON object does as well. A pattern fixes some of them and leaves the others open: its
`pattern` is a JSON object of the fixed values, `count` and `percent` say how many rows have them all, `length` how many values are fixed. Patterns come in order of `count`.
The search is exact: every pattern with `threshold` of the rows is there, with as many values as its rows share: a pattern is left out where a longer one
describes the same rows. `max_dimensions` limits the columns that are chosen freely; columns that follow from these come for free.

A NULL in a column is the absence of a value and never part of a pattern; such rows, and rows whose `attributes` are NULL or no object, still count as rows. Texts, numbers
and booleans are values as they are, lists and structs as their JSON; round or bucket numbers and times first. `weight` is how many rows a row stands for (NULL: one; below
one: none), for tables that are counted already.

`status` is `ok`, or `truncated` on every row where there were more patterns than `max_patterns` (those shown are the most frequent) or than could be looked at: a call reads at
most 3,000,000,000 values and keeps 8,388,608 candidates.

Kusto's plugin of this name does the same with sampling, one column per attribute and a lowest threshold of 0.015.",
        args: &[
            Arg { name: "attributes", doc: "The columns to look at, as a struct." },
            Arg { name: "weight", doc: "How many rows a row stands for." },
        ],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT * FROM (VALUES ('web1', 'GET', 200), ('web1', 'GET', 200), ('web1', 'POST', 500), ('web2', 'GET', 200), ('web2', 'PUT', 200)) v(host, op, code))
SELECT count, percent, pattern FROM huntsql.basket(log, {'host': host, 'op': op, 'code': code}, threshold => 0.4) ORDER BY segment_id",
            result: "\
4 | 80.0 | {\"code\":200}
3 | 60.0 | {\"code\":200,\"op\":\"GET\"}
3 | 60.0 | {\"host\":\"web1\"}
2 | 40.0 | {\"code\":200,\"host\":\"web1\",\"op\":\"GET\"}
2 | 40.0 | {\"code\":200,\"host\":\"web2\"}",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Json, ArgType::Int];
    const OPTIONAL: usize = 1;
    type Options = BasketOptions;
    type Item = Segment;

    fn compute(rows: &Rows, options: &BasketOptions, interrupt: &Interrupt) -> GroupResult<Vec<Segment>> {
        let rows = RowWeights::read(rows, 1, |_| Some(0), interrupt)?;
        let [total, _] = rows.totals;
        let is_frequent = |[count, _]: [u64; 2]| share(count, total) >= options.threshold;
        let table = Table::new(&rows, is_frequent, interrupt)?;
        let bound = |sides: [u64; 2]| if is_frequent(sides) { sides[0] as f64 } else { 0.0 };
        let mut search = Search::new(&table, table.weights(), options.max_dimensions, 0.0, bound);
        let (mut budget, mut seen, mut patterns) = (Budget::default(), HashSet::new(), Vec::new());
        while let Some(found) = search.next(&mut budget, interrupt)? {
            if !seen.insert(found.attributes.clone()) {
                continue;
            }
            if patterns.len() == options.max_patterns {
                budget.is_spent = true;
                break;
            }
            patterns.push(found);
        }
        patterns.sort_by(|a, b| b.all.cmp(&a.all).then_with(|| a.attributes.cmp(&b.attributes)));
        Ok(segments(&table, &patterns, budget.is_spent))
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid, Numbers};
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn run(grid: &Grid, options: &[(&str, Value)]) -> Vec<Segment> {
        let options = Value::Struct(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
        let options = parse::<BasketOptions>("basket", &options).unwrap();
        Basket::compute(&grid.rows(Basket::ARGS), &options, &Interrupt::default()).unwrap()
    }

    fn told(segments: &[Segment]) -> Vec<(i64, &str)> {
        segments.iter().map(|segment| (segment.count, segment.pattern.as_str())).collect()
    }

    fn log() -> Grid {
        let rows = [("web1", "GET", 200), ("web1", "GET", 200), ("web1", "POST", 500), ("web2", "GET", 200), ("web2", "PUT", 200)];
        let text = |(host, op, code): (&str, &str, i64)| format!("{{\"host\": \"{host}\", \"op\": \"{op}\", \"code\": {code}}}");
        Grid(rows.into_iter().map(|row| vec![Cell::Text(text(row))]).collect())
    }

    #[test]
    fn the_example() {
        let found = run(&log(), &[("threshold", Value::Float(0.4))]);
        assert_eq!(
            told(&found),
            [
                (4, r#"{"code":200}"#),
                (3, r#"{"code":200,"op":"GET"}"#),
                (3, r#"{"host":"web1"}"#),
                (2, r#"{"code":200,"host":"web1","op":"GET"}"#),
                (2, r#"{"code":200,"host":"web2"}"#),
            ]
        );
        assert_eq!(found.iter().map(|s| (s.segment_id, s.percent, s.length, s.status)).next(), Some((0, 80.0, 1, "ok")));
    }

    #[test]
    fn limits_are_seen() {
        let two = run(&log(), &[("threshold", Value::Float(0.4)), ("max_patterns", Value::Int(2))]);
        assert_eq!(told(&two), [(4, r#"{"code":200}"#), (3, r#"{"host":"web1"}"#)]);
        assert!(two.iter().all(|segment| segment.status == "truncated"));
        let five = run(&log(), &[("threshold", Value::Float(0.4)), ("max_patterns", Value::Int(5))]);
        assert!(five.len() == 5 && five.iter().all(|segment| segment.status == "ok"));
    }

    #[test]
    fn what_is_a_value() {
        let rows = [
            "{\"a\": 1}",
            "{\"a\": 1.0}",
            "{\"a\": \"1\"}",
            "{\"a\": null}",
            "{\"a\": [1, {\"c\": 2, \"b\": 1}]}",
            "{}",
            "[]",
            "x",
            "{\"a\": true}",
        ];
        let mut grid = Grid(rows.iter().map(|row| vec![(*row).into()]).collect());
        grid.0.push(vec![Cell::Null]);
        grid.0.push(vec!["{\"a\": \"x\"}".into(), 0.into()]);
        grid.0.push(vec!["{\"a\": \"x\"}".into(), (-5).into()]);
        assert_eq!(
            told(&run(&grid, &[])),
            [(2, r#"{"a":1}"#), (1, r#"{"a":"1"}"#), (1, r#"{"a":[1,{"b":1,"c":2}]}"#), (1, r#"{"a":true}"#),]
        );
        assert_eq!(run(&grid, &[])[0].percent, 20.0);
        assert_eq!(run(&Grid(vec![]), &[]), []);
        assert_eq!(run(&Grid(vec![vec![Cell::Null]]), &[]), []);
    }

    #[test]
    fn weights_that_no_sum_holds() {
        let grid = Grid(vec![
            vec!["{\"a\": 1}".into(), i64::MAX.into()],
            vec!["{\"a\": 2}".into(), i64::MAX.into()],
            vec!["{\"a\": 3}".into(), i64::MAX.into()],
        ]);
        assert_eq!(run(&grid, &[]).len(), 3);
    }

    #[test]
    fn twenty_columns_that_follow_from_one_are_one_pattern_each() {
        let text = |n: usize| format!("{{{}}}", (0..20).map(|column| format!("\"c{column:02}\": \"v{n}\"")).collect::<Vec<_>>().join(","));
        let found = run(&Grid((0..100).map(|row| vec![Cell::Text(text(row % 4))]).collect()), &[("max_dimensions", Value::Int(32))]);
        assert_eq!(found.iter().map(|segment| (segment.count, segment.length)).collect::<Vec<_>>(), [(25, 20); 4]);
    }

    /// All closed patterns with a generator of at most `most` attributes, by trying every pattern.
    fn every_pattern(rows: &[Vec<usize>], threshold: f64, most: usize) -> BTreeSet<(String, i64)> {
        let columns = rows[0].len();
        let matching = |pattern: &[usize]| -> Vec<usize> {
            let has = |row: &&Vec<usize>| pattern.iter().zip(row.iter()).all(|(wanted, value)| *wanted == 0 || wanted == value);
            (0..rows.len()).filter(|row| has(&&rows[*row])).collect()
        };
        let mut found = BTreeSet::new();
        for code in 1..4usize.pow(columns as u32) {
            let pattern: Vec<usize> = (0..columns).map(|column| code / 4usize.pow(column as u32) % 4).collect();
            let held = matching(&pattern);
            let shared = |column: usize| rows[held[0]][column] != 0 && held.iter().all(|row| rows[*row][column] == rows[held[0]][column]);
            let closed = !held.is_empty() && (0..columns).all(|column| pattern[column] != 0 || !shared(column));
            let part =
                |bits: usize| (0..columns).map(|column| if bits >> column & 1 == 1 { pattern[column] } else { 0 }).collect::<Vec<_>>();
            let generated = (0..1usize << columns).any(|bits| bits.count_ones() as usize <= most && matching(&part(bits)) == held);
            if closed && generated && held.len() as f64 / rows.len() as f64 >= threshold {
                let fields = (0..columns).filter(|column| pattern[*column] != 0).map(|column| format!("\"{column}\":{}", pattern[column]));
                found.insert((format!("{{{}}}", fields.collect::<Vec<_>>().join(",")), held.len() as i64));
            }
        }
        found
    }

    proptest! {
        #[test]
        fn every_pattern_is_found(seed in any::<u64>(), size in 1usize..40, columns in 1usize..6, most in 1usize..6, percent in 1u32..60) {
            let mut numbers = Numbers(seed);
            // Zero is NULL; the last columns often repeat the one before.
            let rows: Vec<Vec<usize>> = (0..size).map(|_| {
                let mut row: Vec<usize> = Vec::new();
                for column in 0..columns {
                    let copied = column > 2 && numbers.below(5) > 0;
                    row.push(if copied { row[column - 1] } else { numbers.below(4) });
                }
                row
            }).collect();
            let text = |row: &Vec<usize>| {
                let fields = row.iter().enumerate().map(|(column, value)| if *value == 0 { format!("\"{column}\": null") } else { format!("\"{column}\": {value}") });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            };
            let mut grid = Grid(rows.iter().map(|row| vec![Cell::Text(text(row))]).collect());
            let threshold = f64::from(percent) / 100.0;
            let options = [("threshold", Value::Float(threshold)), ("max_dimensions", Value::Int(most as i64)), ("max_patterns", Value::Int(100_000))];
            let found = run(&grid, &options);
            let as_set: BTreeSet<(String, i64)> = found.iter().map(|segment| (segment.pattern.clone(), segment.count)).collect();
            prop_assert_eq!(found.len(), as_set.len());
            prop_assert_eq!(as_set, every_pattern(&rows, threshold, most));
            prop_assert!(found.is_sorted_by(|a, b| a.count >= b.count));
            grid.0.reverse();
            prop_assert_eq!(found, run(&grid, &options));
        }
    }
}
