//! From the rows of a call to the columns of a model.

use crate::label::{Labels, NULL};
use crate::model::{Colors, DetailColumn, Details, Label, Lane, Source};
use crate::prepare::rows_have;
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use huntsql_kernels::rows::{Rows, Texts};
use std::cmp::Ordering;

/// Most lanes; the rest share the last.
pub(crate) const MOST_LANES: usize = 10_000;
/// Most colours; the rest share the last.
const MOST_COLORS: usize = 12;

/// The rows that have a time, sorted by it; rows of one time by what they say, so that nothing depends on the order in which they came.
pub(crate) fn by_time(rows: &Rows, time: usize, then: &[usize], interrupt: &Interrupt) -> Result<Vec<u32>, Interrupted> {
    let times = rows.ints(time);
    let mut order: Vec<u32> = (0u32..).zip(times).filter(|(_, time)| **time != i64::MIN).map(|(row, _)| row).collect();
    interrupt.check()?;
    let at = |row: u32| times.get(row as usize).copied().unwrap_or(i64::MIN);
    if !order.is_sorted_by_key(|row| at(*row)) {
        let mut keyed: Vec<(i64, u32)> = order.iter().map(|row| (at(*row), *row)).collect();
        keyed.sort_unstable();
        interrupt.check()?;
        order.clear();
        order.extend(keyed.into_iter().map(|(_, row)| row));
    }
    for same in order.chunk_by_mut(|a, b| at(*a) == at(*b)) {
        if same.len() > 1 {
            interrupt.check()?;
            same.sort_unstable_by(|a, b| {
                then.iter().map(|arg| compare(rows, *arg, *a as usize, *b as usize)).find(|order| order.is_ne()).unwrap_or(a.cmp(b))
            });
        }
    }
    Ok(order)
}

/// Order of two rows by an argument of texts, numbers or several columns.
fn compare(rows: &Rows, arg: usize, a: usize, b: usize) -> Ordering {
    if let Some(lists) = rows.text_lists(arg) {
        let (a, b) = (lists.get(a).unwrap_or(&[]), lists.get(b).unwrap_or(&[]));
        return a
            .iter()
            .zip(b)
            .filter(|(a, b)| a != b)
            .map(|(a, b)| lists.text(*a).cmp(&lists.text(*b)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.len().cmp(&b.len()));
    }
    let floats = rows.floats(arg);
    if let (Some(a), Some(b)) = (floats.get(a), floats.get(b)) {
        return a.total_cmp(b);
    }
    let ints = rows.ints(arg);
    if let (Some(a), Some(b)) = (ints.get(a), ints.get(b)) {
        return a.cmp(b);
    }
    let texts = rows.texts(arg);
    if texts.id(a) == texts.id(b) { Ordering::Equal } else { texts.get(a).cmp(&texts.get(b)) }
}

/// The numbers of an argument in the order of the rows.
pub(crate) fn ints(rows: &Rows, arg: usize, order: &[u32]) -> Vec<i64> {
    let values = rows.ints(arg);
    order.iter().map(|row| values.get(*row as usize).copied().unwrap_or(i64::MIN)).collect()
}

/// As [`ints`].
pub(crate) fn floats(rows: &Rows, arg: usize, order: &[u32]) -> Vec<f64> {
    let values = rows.floats(arg);
    order.iter().map(|row| values.get(*row as usize).copied().unwrap_or(f64::NAN)).collect()
}

/// Which lane comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LaneOrder {
    /// That with most rows.
    #[default]
    Count,
    /// That with the earliest row.
    First,
    /// By name.
    Name,
}

impl LaneOrder {
    pub(crate) const CHOICES: &'static [&'static str] = &["count", "first", "name"];

    pub(crate) fn named(name: &str) -> Self {
        match name {
            "first" => Self::First,
            "name" => Self::Name,
            _ => Self::Count,
        }
    }
}

/// The lanes of sorted rows.
#[derive(Debug)]
pub(crate) struct Divided {
    pub(crate) lane_of: Vec<u32>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) warning: Option<String>,
}

/// Divides the rows by a text; one lane without a name where there is none.
pub(crate) fn divide(texts: &Texts, given: bool, order: &[u32], by: LaneOrder, labels: Labels) -> Divided {
    if !given {
        let lane = Lane { label: Label::default(), rows: order.len() };
        return Divided { lane_of: vec![0; order.len()], lanes: vec![lane], warning: None };
    }
    // The last stands for NULL.
    let null = texts.distinct();
    let id_of = |row: u32| texts.id(row as usize).map_or(null, |id| id as usize);
    let mut counts = vec![0usize; null + 1];
    let mut first = vec![usize::MAX; null + 1];
    for (place, row) in order.iter().enumerate() {
        let id = id_of(*row);
        if let (Some(count), Some(first)) = (counts.get_mut(id), first.get_mut(id)) {
            *count += 1;
            *first = (*first).min(place);
        }
    }
    let count_of = |id: usize| counts.get(id).copied().unwrap_or(0);
    let name_of = |id: usize| u32::try_from(id).map_or("", |id| texts.text(id));
    let mut ids: Vec<usize> = (0..=null).filter(|id| count_of(*id) > 0).collect();
    ids.sort_by(|a, b| {
        let is_null = (*a == null).cmp(&(*b == null));
        let order = match by {
            LaneOrder::Count => count_of(*b).cmp(&count_of(*a)),
            LaneOrder::First => first.get(*a).cmp(&first.get(*b)),
            LaneOrder::Name => Ordering::Equal,
        };
        is_null.then(order).then_with(|| name_of(*a).cmp(name_of(*b)))
    });
    let mut lane_of_id = vec![0u32; null + 1];
    let mut lanes: Vec<Lane> = Vec::with_capacity(ids.len().min(MOST_LANES));
    let kept = if ids.len() > MOST_LANES { MOST_LANES - 1 } else { ids.len() };
    for (place, id) in ids.iter().enumerate() {
        if place < kept {
            let label = if *id == null { Label { shown: NULL.to_owned(), raw: None } } else { labels.of(name_of(*id)) };
            lanes.push(Lane { label, rows: count_of(*id) });
        } else if place == kept {
            lanes.push(Lane { label: Label { shown: format!("other ({})", ids.len() - kept), raw: None }, rows: count_of(*id) });
        } else if let Some(other) = lanes.last_mut() {
            other.rows += count_of(*id);
        }
        if let Some(lane) = lane_of_id.get_mut(*id) {
            *lane = u32::try_from(lanes.len() - 1).unwrap_or(u32::MAX);
        }
    }
    if lanes.is_empty() {
        lanes.push(Lane::default());
    }
    let warning = (ids.len() > kept).then(|| format!("{} lanes: those after the first {kept} are drawn as one", ids.len()));
    let lane_of = order.iter().map(|row| lane_of_id.get(id_of(*row)).copied().unwrap_or(0)).collect();
    Divided { lane_of, lanes, warning }
}

/// The columns of an argument of several, in the order of the rows.
pub(crate) fn details(rows: &Rows, arg: usize, sources: &[Source], order: &[u32], labels: Labels) -> Details {
    let Some(lists) = rows.text_lists(arg) else { return Details::default() };
    let column = |(place, source): (usize, &Source)| {
        // Numbers of the whole argument become numbers of this column, by first appearance.
        let mut codes_of: Vec<u32> = Vec::new();
        let mut texts = vec![Label::default()];
        let codes = order.iter().map(|row| {
            let Some(id) = lists.get(*row as usize).and_then(|ids| ids.get(place)).copied() else { return 0 };
            let Some(text) = lists.text(id) else { return 0 };
            let index = id as usize;
            if codes_of.len() <= index {
                codes_of.resize(index + 1, 0);
            }
            match codes_of.get_mut(index) {
                Some(code) if *code == 0 => {
                    *code = u32::try_from(texts.len()).unwrap_or(0);
                    texts.push(labels.of(text));
                    *code
                }
                Some(code) => *code,
                None => 0,
            }
        });
        let codes = codes.collect();
        DetailColumn { source: source.clone(), codes, texts }
    };
    Details { columns: sources.iter().enumerate().map(column).collect() }
}

/// The colours of an argument that names one column.
pub(crate) fn colors(rows: &Rows, arg: usize, source: Option<Source>, order: &[u32], labels: Labels) -> Option<Colors> {
    let source = source?;
    let column = details(rows, arg, std::slice::from_ref(&source), order, labels).columns.pop()?;
    let mut counts = vec![0usize; column.texts.len()];
    for code in &column.codes {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let count_of = |code: usize| counts.get(code).copied().unwrap_or(0);
    let name_of = |code: usize| column.texts.get(code).map_or("", |label| label.shown.as_str());
    let mut by_count: Vec<usize> = (0..counts.len()).filter(|code| count_of(*code) > 0).collect();
    by_count.sort_by(|a, b| (*a == 0).cmp(&(*b == 0)).then(count_of(*b).cmp(&count_of(*a))).then_with(|| name_of(*a).cmp(name_of(*b))));
    let kept = if by_count.len() > MOST_COLORS { MOST_COLORS - 1 } else { by_count.len() };
    let mut color_of = vec![u8::try_from(kept).unwrap_or(u8::MAX); counts.len()];
    let mut values = Vec::with_capacity(MOST_COLORS);
    for (place, code) in by_count.iter().enumerate().take(kept) {
        if let Some(color) = color_of.get_mut(*code) {
            *color = u8::try_from(place).unwrap_or(u8::MAX);
        }
        let null = || Label { shown: NULL.to_owned(), raw: None };
        values.push(if *code == 0 { null() } else { column.texts.get(*code).cloned().unwrap_or_default() });
    }
    if by_count.len() > kept {
        values.push(Label { shown: format!("other ({})", by_count.len() - kept), raw: None });
    }
    let codes = column.codes.iter().map(|code| color_of.get(*code as usize).copied().unwrap_or(0)).collect();
    Some(Colors { source, codes, values })
}

/// A sentence about rows that are not drawn.
pub(crate) fn left_out(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("{} {what}: left out", rows_have(count)))
}

/// As [`left_out`], of rows without a time; where no row has one it was written in another way than we read.
pub(crate) fn without_time(rows: usize, drawn: usize) -> Option<String> {
    let left_out = left_out(rows - drawn, "no time")?;
    Some(if drawn == 0 {
        format!("{left_out}; a text must be a time in ISO 8601, others are read by parse_time(..., {{'format': '%d/%m/%Y %H:%M'}})")
    } else {
        left_out
    })
}

/// A text of each row as a column of a model.
pub(crate) fn column(texts: &Texts, rows: usize, labels: Labels) -> DetailColumn {
    let shown = (0u32..).take(texts.distinct()).map(|id| labels.of(texts.text(id)));
    let codes = (0..rows).map(|row| texts.id(row).map_or(0, |id| id + 1)).collect();
    DetailColumn { source: Source::default(), codes, texts: std::iter::once(Label::default()).chain(shown).collect() }
}

/// As [`column`], of the one column that an argument names; `None` where it names none.
pub(crate) fn named_column(rows: &Rows, arg: usize, source: Option<&Source>, labels: Labels) -> Option<DetailColumn> {
    let order: Vec<u32> = (0u32..).take(rows.len()).collect();
    details(rows, arg, std::slice::from_ref(source?), &order, labels).columns.pop()
}
