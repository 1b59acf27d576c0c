//! Bars: how much of each label.

use std::collections::{HashMap, HashSet};

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::palette::Palette;
use super::words::{grouped, rows_are, rows_have};
use super::{Prepared, STRIDE, TextColumn, number};
use crate::model::{Bars, Label, Numbers, Source};

/// What is measured.
#[derive(Debug, Clone, Copy, Default)]
pub enum Measured<'a> {
    /// The rows themselves.
    #[default]
    Rows,
    /// Numbers.
    Numbers(&'a [f64]),
    /// Texts, for [`Measure::Distinct`].
    Texts(TextColumn<'a>),
}

/// How rows become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// How many rows; with values, how many values that are not NULL.
    #[default]
    Count,
    /// The sum of the values.
    Sum,
    /// How many different values.
    Distinct,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
}

/// Which bar comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The longest.
    #[default]
    Value,
    /// By label.
    Label,
}

/// What bars are made of.
#[derive(Debug, Clone, Copy)]
pub struct BarRows<'a> {
    /// One bar each.
    pub label: TextColumn<'a>,
    /// What is measured.
    pub measured: Measured<'a>,
    /// What divides a bar.
    pub color: Option<TextColumn<'a>>,
}

/// How bars are made.
#[derive(Debug, Clone)]
pub struct BarSettings {
    /// What the labels are.
    pub label: Source,
    /// What the parts are.
    pub color: Option<Source>,
    /// How rows become one number.
    pub measure: Measure,
    /// The name of that number: `sum of bytes`.
    pub measure_name: String,
    /// Which bar comes first.
    pub order: Order,
    /// Labels that have a bar of their own.
    pub most_bars: usize,
}

impl Default for BarSettings {
    fn default() -> Self {
        Self {
            label: Source::default(),
            color: None,
            measure: Measure::Count,
            measure_name: "count of rows".into(),
            order: Order::Value,
            most_bars: 30,
        }
    }
}

/// The number of a bar or a part of it, as rows come.
#[derive(Debug, Clone, Default)]
struct Tally {
    rows: usize,
    count: u64,
    sum: f64,
    max: Option<f64>,
    seen: HashSet<u64>,
}

impl Tally {
    /// Takes a row; says whether it had anything to measure.
    fn take(&mut self, measured: &Measured<'_>, measure: Measure, row: usize) -> bool {
        self.rows += 1;
        match measured {
            Measured::Rows => self.count += 1,
            Measured::Numbers(numbers) => {
                let Some(value) = number(numbers, row) else { return false };
                self.count += 1;
                self.sum += value;
                self.max = Some(self.max.map_or(value, |max| max.max(value)));
                if measure == Measure::Distinct {
                    // Zero has two forms.
                    self.seen.insert((value + 0.0).to_bits());
                }
            }
            Measured::Texts(texts) => {
                let Some(code) = texts.code(row) else { return false };
                self.count += 1;
                if measure == Measure::Distinct {
                    self.seen.insert(u64::from(code));
                }
            }
        }
        true
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.count += other.count;
        self.sum += other.sum;
        self.max = match (self.max, other.max) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        self.seen.extend(&other.seen);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn result(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Count => self.count as f64,
            Measure::Sum if self.count > 0 => self.sum,
            Measure::Sum => f64::NAN,
            Measure::Distinct => self.seen.len() as f64,
            Measure::Mean if self.count > 0 => self.sum / self.count as f64,
            Measure::Mean => f64::NAN,
            Measure::Max => self.max.unwrap_or(f64::NAN),
        }
    }
}

/// A bar for each of the labels with the largest numbers, and one for the rest.
pub fn bars(rows: &BarRows<'_>, settings: &BarSettings, interrupt: &Interrupt) -> Result<Prepared<Bars>, Interrupted> {
    let count = rows.label.codes.len();
    let labelled = |row: usize| rows.label.code(row);
    let palette = rows.color.as_ref().map(|column| Palette::new(column, (0..count).filter(|&row| labelled(row).is_some())));
    let (mut lost, mut empty) = (0, 0);
    let mut whole: HashMap<u32, Tally> = HashMap::new();
    let mut parts: HashMap<(u32, Option<u8>), Tally> = HashMap::new();
    for row in 0..count {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        let Some(code) = labelled(row) else {
            lost += 1;
            continue;
        };
        if !whole.entry(code).or_default().take(&rows.measured, settings.measure, row) {
            empty += 1;
        }
        if let Some(palette) = &palette {
            let color = palette.color(rows.color.as_ref().and_then(|column| column.code(row)));
            parts.entry((code, color)).or_default().take(&rows.measured, settings.measure, row);
        }
    }

    let mut order: Vec<(u32, f64, &Label)> = whole
        .iter()
        .filter_map(|(&code, tally)| Some((code, tally.result(settings.measure), rows.label.labels.get(code as usize)?)))
        .collect();
    let size = |value: f64| if value.is_nan() { f64::NEG_INFINITY } else { value };
    order.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)).then_with(|| a.2.shown.cmp(&b.2.shown)).then(a.0.cmp(&b.0)));
    let mut warnings = Vec::new();
    let rest = order.split_off(settings.most_bars.max(1).min(order.len()));
    if settings.order == Order::Label {
        order.sort_by(|a, b| a.2.shown.cmp(&b.2.shown).then(a.0.cmp(&b.0)));
    }

    let mut labels: Vec<Label> = order.iter().map(|(_, _, label)| (*label).clone()).collect();
    let mut places: HashMap<u32, usize> = order.iter().enumerate().map(|(place, &(code, _, _))| (code, place)).collect();
    if !rest.is_empty() {
        places.extend(rest.iter().map(|&(code, _, _)| (code, labels.len())));
        labels.push(Label { shown: format!("other ({})", grouped(rest.len())), raw: None });
        let hidden: usize = rest.iter().filter_map(|(code, _, _)| whole.get(code)).map(|tally| tally.rows).sum();
        warnings.push(format!(
            "{} of {} labels have a bar of their own; {} in the bar of the rest",
            grouped(order.len()),
            grouped(order.len() + rest.len()),
            rows_are(hidden)
        ));
    }
    if lost > 0 {
        warnings.push(format!("{} no {}: left out", rows_have(lost), or(&settings.label.name, "label")));
    }
    if empty > 0 {
        warnings.push(format!("{} no value to measure", rows_have(empty)));
    }
    let name = settings.color.as_ref().map_or("the colour", |source| source.name.as_str());
    warnings.extend(palette.as_ref().and_then(|palette| palette.warning(name)));

    let gather = |tallies: &mut dyn Iterator<Item = (u32, &Tally)>| {
        let mut gathered = vec![Tally::default(); labels.len()];
        // Sums of floats depend on their order, which a map has not.
        let mut tallies: Vec<(u32, &Tally)> = tallies.collect();
        tallies.sort_unstable_by_key(|(code, _)| *code);
        for (code, tally) in tallies {
            if let Some(slot) = places.get(&code).and_then(|&place| gathered.get_mut(place)) {
                slot.merge(tally);
            }
        }
        gathered.iter().map(|tally| tally.result(settings.measure)).collect::<Vec<f64>>()
    };
    let series = match &palette {
        None => vec![Numbers { label: Label::default(), values: gather(&mut whole.iter().map(|(&code, tally)| (code, tally))) }],
        Some(palette) => {
            let mut series: Vec<Numbers> = Vec::new();
            for (color, label) in palette.labels.iter().enumerate() {
                let mut of_color =
                    parts.iter().filter(|((_, part), _)| part.map(usize::from) == Some(color)).map(|(&(code, _), tally)| (code, tally));
                series.push(Numbers { label: label.clone(), values: gather(&mut of_color) });
            }
            let mut without = parts.iter().filter(|((_, part), _)| part.is_none()).map(|(&(code, _), tally)| (code, tally)).peekable();
            if without.peek().is_some() {
                series.push(Numbers { label: Label { shown: "(none)".into(), raw: None }, values: gather(&mut without) });
            }
            series
        }
    };
    let body = Bars {
        labels,
        source: settings.label.clone(),
        measure: settings.measure_name.clone(),
        series,
        color_source: settings.color.clone(),
        stacked: matches!(settings.measure, Measure::Count | Measure::Sum),
        other: !rest.is_empty(),
    };
    Ok(Prepared { body, warnings, rows_drawn: count - lost })
}

fn or<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(texts: &[&str]) -> Vec<Label> {
        std::iter::once("").chain(texts.iter().copied()).map(|text| Label { shown: text.into(), raw: None }).collect()
    }

    fn made(rows: &BarRows<'_>, settings: &BarSettings) -> Prepared<Bars> {
        bars(rows, settings, &Interrupt::default()).expect("not interrupted")
    }

    fn shown(bars: &Bars) -> Vec<(&str, f64)> {
        bars.labels.iter().map(|label| label.shown.as_str()).zip(bars.series[0].values.iter().copied()).collect()
    }

    #[test]
    fn every_measure() {
        let names = labels(&["a", "b", "c"]);
        let label = TextColumn { codes: &[1, 1, 1, 2, 2, 3, 0], labels: &names };
        let numbers = [1.0, 1.0, 4.0, 10.0, f64::NAN, f64::NAN, 9.0];
        let rows = BarRows { label, measured: Measured::Numbers(&numbers), color: None };
        for (measure, expected) in [
            (Measure::Count, vec![("a", 3.0), ("b", 1.0), ("c", 0.0)]),
            (Measure::Sum, vec![("b", 10.0), ("a", 6.0)]),
            (Measure::Distinct, vec![("a", 2.0), ("b", 1.0), ("c", 0.0)]),
            (Measure::Max, vec![("b", 10.0), ("a", 4.0)]),
            (Measure::Mean, vec![("b", 10.0), ("a", 2.0)]),
        ] {
            let made = made(&rows, &BarSettings { measure, ..BarSettings::default() });
            assert_eq!(shown(&made.body)[..expected.len()], expected, "{measure:?}");
            assert_eq!(made.rows_drawn, 6);
            assert_eq!(made.warnings, ["1 row has no label: left out", "2 rows have no value to measure"]);
        }
        // A sum or a mean of nothing is not zero, as in SQL.
        for (measure, stacked) in [(Measure::Sum, true), (Measure::Mean, false)] {
            let made = made(&rows, &BarSettings { measure, ..BarSettings::default() });
            assert!(made.body.series[0].values[2].is_nan(), "{measure:?}");
            assert_eq!(made.body.stacked, stacked, "{measure:?}");
        }
    }

    #[test]
    fn the_rest_is_measured_as_one() {
        let names = labels(&["a", "b", "c", "d"]);
        let label = TextColumn { codes: &[1, 1, 1, 2, 3, 3, 4], labels: &names };
        let seen = labels(&["x", "y", "z"]);
        let texts = TextColumn { codes: &[1, 2, 3, 1, 1, 2, 1], labels: &seen };
        let rows = BarRows { label, measured: Measured::Texts(texts), color: None };
        let settings = BarSettings { measure: Measure::Distinct, most_bars: 2, ..BarSettings::default() };
        let made = made(&rows, &settings);
        // b and d both have seen x only: together one value.
        assert_eq!(shown(&made.body), [("a", 3.0), ("c", 2.0), ("other (2)", 1.0)]);
        assert!(made.body.other);
        assert_eq!(made.warnings, ["2 of 4 labels have a bar of their own; 2 rows are in the bar of the rest"]);
    }

    #[test]
    fn parts_add_up_and_labels_can_lead() {
        let names = labels(&["b", "a"]);
        let colors = labels(&["red", "green"]);
        let rows = BarRows {
            label: TextColumn { codes: &[1, 1, 1, 2, 2], labels: &names },
            measured: Measured::Rows,
            color: Some(TextColumn { codes: &[1, 1, 2, 2, 0], labels: &colors }),
        };
        let made = made(&rows, &BarSettings { order: Order::Label, ..BarSettings::default() });
        assert_eq!(made.body.labels.iter().map(|label| label.shown.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let series: Vec<(&str, &[f64])> = made.body.series.iter().map(|part| (part.label.shown.as_str(), part.values.as_slice())).collect();
        assert_eq!(series, [("green", [1.0, 1.0].as_slice()), ("red", &[0.0, 2.0]), ("(none)", &[1.0, 0.0])]);
        assert!(made.body.stacked);
    }

    #[test]
    fn nothing_is_no_bars() {
        let rows = BarRows { label: TextColumn { codes: &[], labels: &[] }, measured: Measured::Rows, color: None };
        let made = made(&rows, &BarSettings::default());
        assert!(made.body.labels.is_empty() && made.warnings.is_empty());
    }
}
