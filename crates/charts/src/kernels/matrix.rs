//! `render_matrix`: how much of what meets what.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Axis, Body, Cell, Chart, DetailColumn, Matrix, Scale};
use crate::options::{ChartOptions, OwnOptions};
use crate::prepare::{grouped, rows_have};
use crate::rows::{column, left_out};
use crate::similarity::by_similarity;
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;
use std::collections::{HashMap, HashSet};

const X: usize = 0;
const Y: usize = 1;
const VALUE: usize = 2;
const DISTINCT: usize = 3;
const TIME: usize = 4;

/// Values of an axis of which it is always known which are alike.
const MOST_SIMILAR: usize = 500;

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Aggregate {
    #[default]
    Auto,
    Count,
    Sum,
    Mean,
    Max,
    Distinct,
    Intersect,
}

/// Options of `render_matrix`.
#[derive(Debug)]
pub struct MatrixOptions {
    aggregate: Aggregate,
    scale: Scale,
    circles: bool,
    sort: String,
    most: usize,
}

impl Default for MatrixOptions {
    fn default() -> Self {
        Self { aggregate: Aggregate::Auto, scale: Scale::Log, circles: false, sort: "count".to_owned(), most: 200 }
    }
}

impl OwnOptions for MatrixOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "aggregate",
            kind: OptionKind::Choice(&["auto", "count", "distinct", "intersect", "max", "mean", "sum"]),
            default: "'auto'",
            doc: "What a cell measures: rows, different `distinct_of`, only whether there are any, or `value`. `auto` follows the arguments that are given.",
        },
        OptionField { name: "mark", kind: OptionKind::Choice(&["cell", "circle"]), default: "'cell'", doc: "Coloured cells, or circles." },
        OptionField {
            name: "max_values",
            kind: OptionKind::Int(2, 2000),
            default: "200",
            doc: "Values of an axis at most: those with most rows; the rest become one.",
        },
        OptionField {
            name: "scale",
            kind: OptionKind::Choice(&["inverse", "linear", "log"]),
            default: "'log'",
            doc: "From value to colour and size; `inverse` makes large what is rare.",
        },
        OptionField {
            name: "sort",
            kind: OptionKind::Choice(&["count", "name", "similarity"]),
            default: "'count'",
            doc: "Order of the axes; `similarity` puts values with similar cells beside each other.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("aggregate", Setting::Text(aggregate)) => {
                self.aggregate = match aggregate.as_str() {
                    "count" => Aggregate::Count,
                    "sum" => Aggregate::Sum,
                    "mean" => Aggregate::Mean,
                    "max" => Aggregate::Max,
                    "distinct" => Aggregate::Distinct,
                    "intersect" => Aggregate::Intersect,
                    _ => Aggregate::Auto,
                }
            }
            ("mark", Setting::Text(mark)) => self.circles = mark == "circle",
            ("max_values", Setting::Int(most)) => self.most = usize::try_from(most).unwrap_or(200),
            ("scale", Setting::Text(scale)) => {
                self.scale = match scale.as_str() {
                    "linear" => Scale::Linear,
                    "inverse" => Scale::Inverse,
                    _ => Scale::Log,
                }
            }
            ("sort", Setting::Text(sort)) => self.sort = sort,
            _ => {}
        }
        Ok(())
    }
}

/// `render_matrix`.
#[derive(Debug)]
pub struct RenderMatrix;

impl ChartKernel for RenderMatrix {
    const SPEC: Spec = Spec {
        name: "render_matrix",
        family: Family::Charts,
        summary: "Draws how much of one column meets how much of another, as a grid of cells or circles.",
        details: include_str!("matrix.md"),
        args: &[
            Arg { name: "x", doc: "What stands in columns." },
            Arg { name: "y", doc: "What stands in rows." },
            Arg { name: "value", doc: "A number that is added up; rows are counted without it." },
            Arg { name: "distinct_of", doc: "What is counted once however often it is there." },
            Arg { name: "ts", doc: "When: so that other charts of a report can filter this one." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('ws-14', 'alice'), ('ws-14', 'alice'), ('dc-01', 'bob')) v(host, account))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_matrix(t, host, account, format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Shown, ArgType::Shown, ArgType::Float, ArgType::Shown, ArgType::TimeOrText];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "x", names: &["x"], required: true },
        Wanted { argument: "y", names: &["y"], required: true },
        Wanted { argument: "value", names: &[], required: false },
        Wanted { argument: "distinct_of", names: &[], required: false },
        Wanted { argument: "ts", names: &["ts"], required: false },
    ];
    const SORTS: bool = true;
    type Own = MatrixOptions;

    fn chart(rows: &Rows, options: &ChartOptions<MatrixOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let (x, y) = (column(rows.texts(X), rows.len(), labels), column(rows.texts(Y), rows.len(), labels));
        let (has_value, has_distinct) = (options.source(VALUE).is_some(), options.source(DISTINCT).is_some());
        let aggregate = match options.own.aggregate {
            Aggregate::Auto if has_distinct => Aggregate::Distinct,
            Aggregate::Auto if has_value => Aggregate::Sum,
            Aggregate::Auto => Aggregate::Count,
            other => other,
        };
        let wrong = |argument: &'static str| {
            let problem = format!("is needed for this aggregate: {argument} => ...");
            huntsql_kernels::error::KernelError::BadArgument { function: Self::SPEC.name, argument, problem }
        };
        if matches!(aggregate, Aggregate::Sum | Aggregate::Mean | Aggregate::Max) && !has_value {
            return Err(wrong("value").into());
        }
        if aggregate == Aggregate::Distinct && !has_distinct {
            return Err(wrong("distinct_of").into());
        }
        let name = |arg: usize| options.named_source(arg, "value").name;
        let measure = match aggregate {
            Aggregate::Auto | Aggregate::Count => "count of rows".to_owned(),
            Aggregate::Sum => format!("sum of {}", name(VALUE)),
            Aggregate::Mean => format!("mean of {}", name(VALUE)),
            Aggregate::Max => format!("largest {}", name(VALUE)),
            Aggregate::Distinct => format!("different {}", name(DISTINCT)),
            Aggregate::Intersect => "whether there are rows".to_owned(),
        };
        let (x_places, mut x_axis, x_rest) = axis(&x, options.named_source(X, "x"), options.own.most);
        let (y_places, mut y_axis, y_rest) = axis(&y, options.named_source(Y, "y"), options.own.most);
        let mut tallies: HashMap<(u32, u32), Tally> = HashMap::new();
        let (values, times, counted) = (rows.floats(VALUE), rows.ints(TIME), rows.texts(DISTINCT));
        let mut drawn = 0;
        for row in 0..rows.len() {
            if row % 65_536 == 0 {
                interrupt.check()?;
            }
            let place = |column: &DetailColumn, places: &[u32]| {
                column.codes.get(row).and_then(|code| places.get(*code as usize)).copied().filter(|place| *place != u32::MAX)
            };
            let (Some(x), Some(y)) = (place(&x, &x_places), place(&y, &y_places)) else { continue };
            drawn += 1;
            let tally = tallies.entry((y, x)).or_default();
            tally.add(values.get(row).copied(), times.get(row).copied());
            if aggregate == Aggregate::Distinct {
                tally.distinct.extend(counted.id(row));
            }
        }
        let measures_numbers = matches!(aggregate, Aggregate::Sum | Aggregate::Mean | Aggregate::Max);
        let worthless: u64 = if measures_numbers { tallies.values().map(|tally| tally.rows - tally.numbers).sum() } else { 0 };
        let is_cell = |tally: &Tally| !measures_numbers || tally.numbers > 0;
        let placed = drawn;
        let drawn =
            placed - tallies.values().filter(|tally| !is_cell(tally)).map(|tally| usize::try_from(tally.rows).unwrap_or(0)).sum::<usize>();
        let mut cells: Vec<Cell> = tallies
            .into_iter()
            .filter(|(_, tally)| is_cell(tally))
            .map(|((y, x), tally)| Cell { x, y, value: tally.value(aggregate), rows: tally.rows, seen: tally.seen })
            .collect();
        cells.sort_unstable_by_key(|cell| (cell.y, cell.x));
        let vectors = |pick: fn(&Cell) -> (u32, u32), count: usize| {
            let mut vectors: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
            for cell in &cells {
                let (own, other) = pick(cell);
                if let Some(vector) = vectors.get_mut(own as usize) {
                    vector.push((other, cell.value.abs().ln_1p()));
                }
            }
            vectors
        };
        let similar = |vectors: Vec<Vec<(u32, f64)>>, axis: &Axis| {
            // It takes a look at every pair: for long axes only where it is asked for.
            if axis.labels.len() <= MOST_SIMILAR || options.own.sort == "similarity" {
                by_similarity(&vectors, interrupt)
            } else {
                Ok(axis.by_count.clone())
            }
        };
        x_axis.by_similarity = similar(vectors(|cell| (cell.x, cell.y), x_axis.labels.len()), &x_axis)?;
        y_axis.by_similarity = similar(vectors(|cell| (cell.y, cell.x), y_axis.labels.len()), &y_axis)?;
        let mut warnings: Vec<String> = left_out(rows.len() - placed, "no x or no y").into_iter().collect();
        for (name, rest) in [(&x_axis.source.name, x_rest), (&y_axis.source.name, y_rest)] {
            if rest > 0 {
                warnings.push(format!("{} more values of {name} are drawn as one: raise max_values", grouped(rest)));
            }
        }
        if worthless > 0 {
            warnings.push(format!("{} no value to measure", rows_have(usize::try_from(worthless).unwrap_or(usize::MAX))));
        }
        let own = &options.own;
        let body = Matrix {
            x: x_axis,
            y: y_axis,
            measure,
            cells,
            scale: own.scale,
            circles: own.circles,
            time_source: options.source(TIME),
            sort: own.sort.clone(),
        };
        let mut chart = framed(&options.common, Body::Matrix(body), rows.len(), drawn);
        chart.warnings = warnings;
        Ok(chart)
    }
}

#[derive(Debug, Default)]
struct Tally {
    rows: u64,
    sum: f64,
    max: f64,
    numbers: u64,
    distinct: HashSet<u32>,
    seen: Option<(i64, i64)>,
}

impl Tally {
    fn add(&mut self, value: Option<f64>, time: Option<i64>) {
        self.rows += 1;
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.max = if self.numbers == 0 { value } else { self.max.max(value) };
            self.sum += value;
            self.numbers += 1;
        }
        if let Some(time) = time.filter(|time| *time != i64::MIN) {
            self.seen = Some(self.seen.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        }
    }

    fn value(&self, aggregate: Aggregate) -> f64 {
        match aggregate {
            Aggregate::Auto | Aggregate::Count => self.rows as f64,
            Aggregate::Sum => self.sum,
            Aggregate::Mean => self.sum / (self.numbers as f64).max(1.0),
            Aggregate::Max => self.max,
            Aggregate::Distinct => self.distinct.len() as f64,
            Aggregate::Intersect => 1.0,
        }
    }
}

/// For each code its place on the axis, the axis by number of rows, and how many values share its last place.
fn axis(column: &DetailColumn, source: crate::model::Source, most: usize) -> (Vec<u32>, Axis, usize) {
    let mut counts = vec![0u64; column.texts.len()];
    for code in &column.codes {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let count_of = |code: usize| counts.get(code).copied().unwrap_or(0);
    let name_of = |code: usize| column.texts.get(code).map_or("", |label| label.shown.as_str());
    let mut codes: Vec<usize> = (1..counts.len()).filter(|code| count_of(*code) > 0).collect();
    codes.sort_by(|a, b| count_of(*b).cmp(&count_of(*a)).then_with(|| name_of(*a).cmp(name_of(*b))));
    let kept = if codes.len() > most { most - 1 } else { codes.len() };
    let mut places = vec![u32::MAX; counts.len()];
    for (place, code) in codes.iter().enumerate() {
        if let Some(slot) = places.get_mut(*code) {
            *slot = u32::try_from(place.min(kept)).unwrap_or(u32::MAX);
        }
    }
    let mut labels: Vec<_> = codes.iter().take(kept).map(|code| column.texts.get(*code).cloned().unwrap_or_default()).collect();
    let rest = codes.len() - kept;
    if rest > 0 {
        labels.push(crate::model::Label { shown: format!("other ({})", grouped(rest)), raw: None });
    }
    let count = u32::try_from(labels.len()).unwrap_or(u32::MAX);
    let mut by_name: Vec<u32> = (0..count).collect();
    by_name.sort_by(|a, b| labels.get(*a as usize).map(|label| &label.shown).cmp(&labels.get(*b as usize).map(|label| &label.shown)));
    (places, Axis { source, labels, by_count: (0..count).collect(), by_name, by_similarity: Vec::new() }, rest)
}
