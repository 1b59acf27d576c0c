//! `diffpatterns(attributes, side [, weight])`: the combinations of values that two sets of rows differ in.

use super::patterns::{Found, MAX_DIMENSIONS, RowWeights, Sides, Table, Worth, count, cover, percent, size, status};
use crate::prelude::*;

/// Kernel of `diffpatterns`.
pub struct Diffpatterns;

/// A pattern and how many rows of each side have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Number and pattern; none where a side has no rows.
    pattern: Option<(i64, String)>,
    length: i64,
    counts: Sides,
    percents: [f64; 2],
    status: &'static str,
}

impl SqlValue for Difference {
    const TYPE: SqlType = SqlType::Struct(&[
        ("segment_id", SqlType::Int),
        ("count_a", SqlType::Int),
        ("count_b", SqlType::Int),
        ("percent_a", SqlType::Float),
        ("percent_b", SqlType::Float),
        ("percent_diff_ab", SqlType::Float),
        ("length", SqlType::Int),
        ("pattern", SqlType::Text),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let ([count_a, count_b], [percent_a, percent_b]) = (self.counts, self.percents);
        let row = out.row().put(self.pattern.as_ref().map(|(id, _)| *id)).put(count(count_a)).put(count(count_b));
        let row = row.put(percent_a).put(percent_b).put((percent_a - percent_b).abs());
        row.put(self.length).put(self.pattern.as_ref().map(|(_, text)| text.as_str())).put(self.status).end();
    }
}

/// Options of `diffpatterns`.
#[derive(Debug, Clone)]
pub struct DiffpatternsOptions {
    a: Option<String>,
    b: Option<String>,
    threshold: f64,
    max_dimensions: usize,
    max_patterns: usize,
}

impl Default for DiffpatternsOptions {
    fn default() -> Self {
        Self { a: None, b: None, threshold: 0.05, max_dimensions: 5, max_patterns: 50 }
    }
}

impl Options for DiffpatternsOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField { name: "a", kind: OptionKind::Text, default: "NULL", doc: "Value of `side` in the rows of set A; must be given." },
        OptionField {
            name: "b",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "Value of `side` in the rows of set B; where left out, all rows with another value than `a`.",
        },
        MAX_DIMENSIONS,
        OptionField { name: "max_patterns", kind: OptionKind::Int(1, 1000), default: "50", doc: "Patterns at most." },
        OptionField {
            name: "threshold",
            kind: OptionKind::FloatIn(0.0001, 1.0),
            default: "0.05",
            doc: "Difference between the shares of A and of B that a pattern must show, and must add to those before it.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("a", Setting::Text(value)) => self.a = Some(value),
            ("b", Setting::Text(value)) => self.b = Some(value),
            ("max_dimensions", Setting::Int(most)) => self.max_dimensions = size(most),
            ("max_patterns", Setting::Int(most)) => self.max_patterns = size(most),
            ("threshold", Setting::Float(threshold)) => self.threshold = threshold,
            _ => {}
        }
        Ok(())
    }
}

impl GroupKernel for Diffpatterns {
    const SPEC: Spec = Spec {
        name: "diffpatterns",
        family: Family::Analysis,
        summary: "Compares two sets of rows and finds the combinations of values that are far more common in one than in the other.",
        details: "\
`side` tells the sets apart: rows whose value is `a` are set A, rows whose value is `b` (or any other than `a`, where `b` is left out) are set B, all others and those where
it is NULL are not looked at. `count_a`, `count_b`, `percent_a` and `percent_b` say how many rows of each set have a pattern, `percent_diff_ab` how many percentage points lie between
them. `attributes`, `weight`, `pattern` and `length` are those of `basket`.

The pattern with the largest difference comes first; then the one with the largest difference among the rows that do not have the first, and so on, until none
adds `threshold`. A difference among the remaining rows counts for as much as all rows show it. So the list is short and its patterns say different things; its numbers are
those of all rows.

`status` is as in `basket`; where a set has no rows there is one row whose `pattern` is NULL and whose `status` is `empty_a` or `empty_b`. Without `a` the call is an error.

Kusto's plugin of this name reports the same measures for patterns that it selects in its own way: alike, not equal.",
        args: &[
            Arg { name: "attributes", doc: "The columns to look at, as a struct." },
            Arg { name: "side", doc: "Which set a row belongs to." },
            Arg { name: "weight", doc: "How many rows a row stands for." },
        ],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT * FROM (VALUES ('before', 'web1', 'GET', 90), ('before', 'web2', 'GET', 10),
  ('after', 'web1', 'GET', 45), ('after', 'web2', 'GET', 5), ('after', 'web2', 'POST', 50)) v(day, host, op, n))
SELECT count_a, count_b, percent_a, percent_b, pattern FROM huntsql.diffpatterns(log, {'host': host, 'op': op}, day, weight => n, a => 'before', b => 'after') ORDER BY segment_id",
            result: "100 | 50 | 100.0 | 50.0 | {\"op\":\"GET\"}\n0 | 50 | 0.0 | 50.0 | {\"host\":\"web2\",\"op\":\"POST\"}",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Json, ArgType::Text, ArgType::Int];
    const OPTIONAL: usize = 1;
    type Options = DiffpatternsOptions;
    type Item = Difference;

    fn compute(rows: &Rows, options: &DiffpatternsOptions, interrupt: &Interrupt) -> GroupResult<Vec<Difference>> {
        let a = options.a.as_deref().ok_or_else(|| KernelError::BadOption {
            function: Self::SPEC.name,
            option: "a".to_owned(),
            problem: "must be given: the value of 'side' in the rows of set A".to_owned(),
        })?;
        let sides = rows.texts(1);
        let side = |row: usize| match (sides.get(row)?, options.b.as_deref()) {
            (value, _) if value == a => Some(0),
            (value, Some(b)) => (value == b).then_some(1),
            (_, None) => Some(1),
        };
        let rows = RowWeights::read(rows, 2, side, interrupt)?;
        let totals = rows.totals;
        if let Some(empty) =
            [(0, "empty_a"), (1, "empty_b")].iter().find_map(|(at, status)| (totals.get(*at) == Some(&0)).then_some(*status))
        {
            return Ok(vec![Difference { pattern: None, length: 0, counts: totals, percents: [0.0, 0.0], status: empty }]);
        }
        let worth = Contrast { totals, threshold: options.threshold };
        let table = Table::new(&rows, |sides| worth.bound(sides) > 0.0, interrupt)?;
        let (patterns, budget) = cover(&table, &worth, options.max_dimensions, options.max_patterns, interrupt)?;
        let difference = |(segment_id, found): (i64, &Found)| {
            let ([all_a, all_b], [total_a, total_b]) = (found.all, totals);
            Difference {
                pattern: Some((segment_id, table.pattern(&found.attributes))),
                length: found.attributes.len() as i64,
                counts: found.all,
                percents: [percent(all_a, total_a), percent(all_b, total_b)],
                status: status(budget.is_spent),
            }
        };
        Ok((0..).zip(&patterns).map(difference).collect())
    }
}

/// A pattern is worth the difference between its shares of the sides.
struct Contrast {
    totals: Sides,
    threshold: f64,
}

impl Contrast {
    /// The share of A less that of B, in one division so that whole percents are exact.
    fn difference(&self, [a, b]: Sides) -> f64 {
        let [total_a, total_b] = self.totals;
        let product = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let (a, b, whole) = (product(a, total_b), product(b, total_a), product(total_a, total_b));
        let distance = a.abs_diff(b) as f64 / whole as f64;
        if a < b { -distance } else { distance }
    }

    fn at_least(&self, value: f64) -> f64 {
        if value >= self.threshold { value } else { 0.0 }
    }
}

impl Worth for Contrast {
    fn bound(&self, [a, b]: Sides) -> f64 {
        self.at_least(self.difference([a, 0]).max(-self.difference([0, b])))
    }

    fn of(&self, found: &Found) -> Option<f64> {
        let (all, left) = (self.difference(found.all), self.difference(found.left));
        // What the rows that are left show must be true of all of them, and as much.
        (all.signum() == left.signum()).then(|| self.at_least(all.abs().min(left.abs())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid, Numbers};
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    fn run(grid: &Grid, options: &[(&str, Value)]) -> GroupResult<Vec<Difference>> {
        let options = Value::Struct(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
        let options = parse::<DiffpatternsOptions>("diffpatterns", &options)?;
        Diffpatterns::compute(&grid.rows(Diffpatterns::ARGS), &options, &Interrupt::default())
    }

    fn ab(a: &str, b: &str) -> Vec<(&'static str, Value)> {
        vec![("a", Value::Text(a.to_owned())), ("b", Value::Text(b.to_owned()))]
    }

    fn told(differences: &[Difference]) -> Vec<(&str, Sides, [f64; 2])> {
        differences.iter().map(|d| (d.pattern.as_ref().map_or("", |(_, text)| text), d.counts, d.percents)).collect()
    }

    fn log() -> Grid {
        let row = |day: &str, host: &str, op: &str, n: i64| {
            vec![Cell::Text(format!("{{\"host\": \"{host}\", \"op\": \"{op}\"}}")), day.into(), n.into()]
        };
        Grid(vec![
            row("before", "web1", "GET", 90),
            row("before", "web2", "GET", 10),
            row("after", "web1", "GET", 45),
            row("after", "web2", "GET", 5),
            row("after", "web2", "POST", 50),
        ])
    }

    #[test]
    fn the_example() {
        let expected = [("{\"op\":\"GET\"}", [100, 50], [100.0, 50.0]), ("{\"host\":\"web2\",\"op\":\"POST\"}", [0, 50], [0.0, 50.0])];
        assert_eq!(told(&run(&log(), &ab("before", "after")).unwrap()), expected);
        assert_eq!(told(&run(&log(), &[("a", Value::Text("before".to_owned()))]).unwrap()), expected);
    }

    #[test]
    fn sides_without_rows() {
        let statuses = |a: &str, b: &str| run(&log(), &ab(a, b)).unwrap().iter().map(|d| (d.counts, d.status)).collect::<Vec<_>>();
        assert_eq!(statuses("never", "after"), [([0, 100], "empty_a")]);
        assert_eq!(statuses("before", "never"), [([100, 0], "empty_b")]);
        assert_eq!(statuses("never", "never too"), [([0, 0], "empty_a")]);
        assert_eq!(run(&Grid(vec![]), &ab("x", "y")).unwrap().len(), 1);
        let Err(GroupError::Kernel(error)) = run(&log(), &[]) else { panic!("no error") };
        assert_eq!(error.to_string(), "diffpatterns: option 'a' must be given: the value of 'side' in the rows of set A");
    }

    #[test]
    fn thresholds_are_exact() {
        let row = |side: &str, value: i64, n: i64| vec![Cell::Text(format!("{{\"v\": {value}}}")), side.into(), n.into()];
        let grid = Grid(vec![row("a", 1, 15), row("b", 1, 10), row("a", 2, 85), row("b", 3, 90)]);
        let found = run(&grid, &ab("a", "b")).unwrap();
        assert_eq!(
            told(&found).iter().map(|(pattern, counts, _)| (*pattern, *counts)).collect::<Vec<_>>(),
            [("{\"v\":3}", [0, 90]), ("{\"v\":2}", [85, 0]), ("{\"v\":1}", [15, 10]),]
        );
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_does_not_matter(seed in any::<u64>(), size in 1usize..60) {
            let mut numbers = Numbers(seed);
            let mut grid = Grid((0..size).map(|_| {
                let [x, y, z] = [numbers.below(3), numbers.below(3), numbers.below(2)];
                let side = ["a", "b", "c"][numbers.below(3)];
                vec![Cell::Text(format!("{{\"x\": {x}, \"y\": {y}, \"z\": {z}}}")), side.into(), (numbers.below(4) as i64).into()]
            }).collect());
            let before = run(&grid, &ab("a", "b")).unwrap();
            for difference in before.iter().filter(|difference| difference.pattern.is_some()) {
                let [a, b] = difference.percents;
                prop_assert!((a - b).abs() >= 5.0 - 1e-9);
            }
            for at in (1..size).rev() {
                grid.0.swap(at, numbers.below(at as u64 + 1));
            }
            prop_assert_eq!(before, run(&grid, &ab("a", "b")).unwrap());
        }
    }
}
