//! The rows of a chart as blocks: see FORMAT.md.

use super::block::{Block, float_planes, planes, varint, width_of};
use crate::label::OTHER;
use crate::model::{Colors, Details, Label, Lane, Lanes, Series, Source, Tree};
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use serde_json::{Map, Value, json};

/// Rows of one detail block.
const CHUNK: usize = 65_536;
/// Counts in `bins`, at most; and bins of a lane.
const MOST_BINS: usize = 1 << 19;
const BINS: usize = 4096;
/// As above for `fine`.
const MOST_FINE: usize = 1 << 22;
const FINE: usize = 65_536;
/// A column with more distinct texts has them in its detail blocks.
const MOST_DISTINCT: usize = 131_072;

/// Rows, sorted by time, and what is known of each.
#[derive(Debug, Default)]
pub(super) struct Rows<'c> {
    times: Option<(&'c [i64], Source)>,
    lanes: Option<(&'c [u32], &'c [Lane], Option<Source>)>,
    ends: Option<(&'c [i64], Source)>,
    values: Option<(&'c [f64], Source)>,
    colors: Option<&'c Colors>,
    details: Option<&'c Details>,
    rows: usize,
    most: usize,
}

impl<'c> From<&'c Lanes> for Rows<'c> {
    fn from(lanes: &'c Lanes) -> Self {
        Self {
            times: Some((&lanes.times, lanes.time_source.clone())),
            lanes: Some((&lanes.lane_of, &lanes.lanes, lanes.lane_source.clone())),
            ends: lanes.end_source.clone().map(|source| (lanes.ends.as_slice(), source)),
            values: lanes.value_source.clone().map(|source| (lanes.values.as_slice(), source)),
            colors: lanes.colors.as_ref(),
            details: Some(&lanes.details),
            rows: lanes.times.len(),
            most: lanes.detail_rows,
        }
    }
}

impl<'c> From<&'c Series> for Rows<'c> {
    fn from(series: &'c Series) -> Self {
        Self {
            times: Some((&series.times, series.time_source.clone())),
            lanes: Some((&series.panel_of, &series.panels, series.panel_source.clone())),
            values: Some((&series.values, series.value_source.clone())),
            details: Some(&series.details),
            rows: series.times.len(),
            most: usize::MAX,
            ..Self::default()
        }
    }
}

impl<'c> From<&'c Tree> for Rows<'c> {
    fn from(tree: &'c Tree) -> Self {
        Self { colors: tree.colors.as_ref(), details: Some(&tree.details), rows: tree.depths.len(), most: usize::MAX, ..Self::default() }
    }
}

/// What is written of the rows.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) data: Value,
    pub(super) blocks: Vec<Block>,
}

/// Whether the last colour is that of all other values.
fn is_rest(colors: &Colors) -> bool {
    colors.values.last().is_some_and(|label| label.raw.is_none() && label.shown.starts_with(OTHER))
}

fn source(source: &Source) -> Value {
    json!({"name": source.name, "sql": source.sql})
}

fn lane(lane: &Lane) -> Value {
    json!({"name": lane.label.shown, "raw": lane.label.raw, "rows": lane.rows})
}

impl Rows<'_> {
    /// The head and the blocks, `bins` first.
    pub(super) fn encode(&self, interrupt: &Interrupt) -> Result<Encoded, Interrupted> {
        let (mut data, mut blocks) = (Map::new(), Vec::new());
        let kept = self.kept();
        let rows = kept.as_ref().map_or(self.rows, Vec::len);
        let pick = Picked { kept: kept.as_deref(), rows };
        data.insert("rows".to_owned(), json!(rows));
        data.insert("all_rows".to_owned(), json!(self.rows));
        data.insert("chunk".to_owned(), json!(CHUNK));
        let one_lane = [Lane::default()];
        let lanes = self.lanes.as_ref().map_or(&one_lane[..], |(_, lanes, _)| lanes);
        if let Some((times, time_source)) = &self.times {
            let axis = Axis::of(times);
            data.insert(
                "time".to_owned(),
                json!({"start": axis.start, "end": axis.end, "unit": axis.unit, "name": time_source.name, "sql": time_source.sql}),
            );
            let lane_of = self.lanes.as_ref().map_or(&[][..], |(lane_of, _, _)| lane_of);
            blocks.push(Block::new("bins", &axis.bins(times, lane_of, lanes.len(), bins_of(lanes.len(), BINS, MOST_BINS))));
            interrupt.check()?;
            if kept.is_some() {
                blocks.push(Block::new("fine", &axis.bins(times, lane_of, lanes.len(), bins_of(lanes.len(), FINE, MOST_FINE))));
                interrupt.check()?;
            }
            blocks.push(Block::new("time", &axis.differences(times, &pick)));
            interrupt.check()?;
            if let Some((ends, end_source)) = &self.ends {
                data.insert("end".to_owned(), source(end_source));
                blocks.push(Block::new("end", &axis.lengths(times, ends, &pick)));
            }
        }
        if let Some((lane_of, _, lane_source)) = &self.lanes {
            data.insert("lanes".to_owned(), lanes.iter().map(lane).collect());
            data.insert("lane".to_owned(), lane_source.as_ref().map_or(Value::Null, source));
            let mut bytes = Vec::new();
            planes(pick.of(lane_of).map(u64::from), width_of(lanes.len()), &mut bytes);
            blocks.push(Block::new("lane", &bytes));
        }
        interrupt.check()?;
        if let Some((values, value_source)) = &self.values {
            let seen = || values.iter().copied().filter(|value| value.is_finite());
            let (low, high) = (seen().reduce(f64::min), seen().reduce(f64::max));
            data.insert("value".to_owned(), json!({"name": value_source.name, "sql": value_source.sql, "min": low, "max": high}));
            blocks.push(Block::new("value", &float_planes(&pick.of(values).collect::<Vec<_>>())));
        }
        if let Some(colors) = self.colors {
            let shown: Vec<&str> = colors.values.iter().map(|label| label.shown.as_str()).collect();
            let raw: Vec<Option<&str>> = colors.values.iter().map(|label| label.raw.as_deref()).collect();
            data.insert(
                "color".to_owned(),
                json!({"name": colors.source.name, "sql": colors.source.sql, "values": shown, "raw": raw, "other": is_rest(colors)}),
            );
            blocks.push(Block::new("color", &pick.of(&colors.codes).collect::<Vec<_>>()));
        }
        if let Some(details) = self.details {
            data.insert("columns".to_owned(), encode_details(details, &pick, &mut blocks, interrupt)?);
        } else {
            data.insert("columns".to_owned(), json!([]));
        }
        Ok(Encoded { data: Value::Object(data), blocks })
    }

    /// The rows that are kept in detail, in order, where not all are: those of the smallest lanes whole, the others evenly.
    fn kept(&self) -> Option<Vec<u32>> {
        if self.rows <= self.most {
            return None;
        }
        let Some((lane_of, lanes, _)) = &self.lanes else { return None };
        let mut by_size: Vec<usize> = (0..lanes.len()).collect();
        by_size.sort_by_key(|lane| lanes.get(*lane).map_or(0, |lane| lane.rows));
        let mut share = vec![(0u64, 1u64); lanes.len()];
        let (mut left, mut count) = (self.most, lanes.len());
        for place in by_size {
            let size = lanes.get(place).map_or(0, |lane| lane.rows);
            let fair = left / count.max(1);
            let take = size.min(fair);
            if let Some(share) = share.get_mut(place) {
                *share = (take as u64, size.max(1) as u64);
            }
            left -= take;
            count -= 1;
        }
        // Of each lane every n-th row, as a line is drawn.
        let mut error = vec![0u64; lanes.len()];
        let mut kept = Vec::with_capacity(self.most);
        for (row, lane) in (0u32..).zip(lane_of.iter()) {
            let place = *lane as usize;
            let (Some((take, size)), Some(error)) = (share.get(place), error.get_mut(place)) else { continue };
            *error += take;
            if *error >= *size {
                *error -= size;
                kept.push(row);
            }
        }
        Some(kept)
    }
}

/// The rows that are written.
struct Picked<'p> {
    kept: Option<&'p [u32]>,
    rows: usize,
}

impl Picked<'_> {
    /// The row of the table that is row `index` here.
    fn row(&self, index: usize) -> usize {
        self.kept.map_or(index, |kept| kept.get(index).map_or(0, |row| *row as usize))
    }

    fn of<'v, T: Copy + Default>(&'v self, values: &'v [T]) -> impl Iterator<Item = T> + Clone + 'v {
        (0..self.rows).map(|index| values.get(self.row(index)).copied().unwrap_or_default())
    }

    fn range<'v, T: Copy + Default>(&'v self, values: &'v [T], range: std::ops::Range<usize>) -> impl Iterator<Item = T> + Clone + 'v {
        range.map(|index| values.get(self.row(index)).copied().unwrap_or_default())
    }
}

/// A span of time in whole units.
#[derive(Debug)]
struct Axis {
    start: i64,
    end: i64,
    unit: i64,
}

impl Axis {
    fn of(times: &[i64]) -> Self {
        let (start, end) = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        // The start is told apart, so only differences need be whole.
        let is_whole = |unit: i64| times.iter().all(|time| (time.wrapping_sub(start)) % unit == 0);
        let unit = [1_000_000, 1000].into_iter().find(|unit| is_whole(*unit)).unwrap_or(1);
        Self { start, end, unit }
    }

    /// Counts by lane and bin.
    fn bins(&self, times: &[i64], lane_of: &[u32], lanes: usize, bins: usize) -> Vec<u8> {
        let mut counts = vec![0u32; lanes * bins];
        let span = self.end.saturating_sub(self.start).saturating_add(self.unit) as f64;
        let scale = bins as f64 / span;
        for (row, time) in times.iter().enumerate() {
            let lane = lane_of.get(row).map_or(0, |lane| *lane as usize);
            let bin = ((time.saturating_sub(self.start) as f64 * scale) as usize).min(bins - 1);
            if let Some(count) = counts.get_mut(lane * bins + bin) {
                *count += 1;
            }
        }
        counts.iter().flat_map(|count| count.to_le_bytes()).collect()
    }

    fn differences(&self, times: &[i64], pick: &Picked<'_>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(pick.rows * 3);
        let mut before = self.start;
        for time in pick.of(times) {
            let difference = time.saturating_sub(before) / self.unit;
            varint(u64::try_from(difference).unwrap_or(0), &mut bytes);
            before = time;
        }
        bytes
    }

    /// How long each row lasts. Ends in another unit than the times are rounded up.
    fn lengths(&self, times: &[i64], ends: &[i64], pick: &Picked<'_>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(pick.rows * 3);
        for (time, end) in pick.of(times).zip(pick.of(ends)) {
            let length = if end == i64::MIN {
                0
            } else {
                1 + u64::try_from(end.saturating_sub(time)).unwrap_or(0).div_ceil(self.unit.unsigned_abs())
            };
            varint(length, &mut bytes);
        }
        bytes
    }
}

fn bins_of(lanes: usize, bins: usize, most: usize) -> usize {
    (most / lanes.max(1)).clamp(64, bins)
}

/// The columns: what the head says of them, and their blocks.
fn encode_details(details: &Details, pick: &Picked<'_>, blocks: &mut Vec<Block>, interrupt: &Interrupt) -> Result<Value, Interrupted> {
    let width = |texts: &[Label]| if texts.len() > MOST_DISTINCT { 0 } else { width_of(texts.len()) };
    let widths: Vec<usize> = details.columns.iter().map(|column| width(&column.texts)).collect();
    let mut dictionaries = Vec::with_capacity(widths.len());
    for (column, width) in details.columns.iter().zip(&widths) {
        if *width == 0 {
            dictionaries.push(Value::Null);
            continue;
        }
        let shown: Vec<Option<&str>> =
            column.texts.iter().enumerate().map(|(code, label)| (code > 0).then_some(label.shown.as_str())).collect();
        let raw: Map<String, Value> = column
            .texts
            .iter()
            .enumerate()
            .filter_map(|(code, label)| label.raw.as_ref().map(|raw| (code.to_string(), Value::from(raw.as_str()))))
            .collect();
        dictionaries.push(json!({"values": shown, "raw": raw}));
    }
    blocks.push(Block::new("dict", Value::Array(dictionaries).to_string().as_bytes()));
    for (number, start) in (0..pick.rows).step_by(CHUNK).enumerate() {
        interrupt.check()?;
        let range = start..(start + CHUNK).min(pick.rows);
        let mut bytes = Vec::with_capacity(range.len() * widths.iter().sum::<usize>());
        for (column, width) in details.columns.iter().zip(&widths) {
            let codes = pick.range(&column.codes, range.clone());
            if *width > 0 {
                planes(codes.map(u64::from), *width, &mut bytes);
                continue;
            }
            let text = |code: u32| column.texts.get(code as usize).filter(|_| code > 0).map(|label| label.shown.as_str());
            let length = |code: u32| text(code).map_or(u64::from(u32::MAX), |text| text.len() as u64);
            planes(codes.clone().map(length), 4, &mut bytes);
            codes.for_each(|code| bytes.extend_from_slice(text(code).unwrap_or("").as_bytes()));
        }
        blocks.push(Block::new(format!("d{number}"), &bytes));
    }
    let heads = details.columns.iter().zip(&widths);
    Ok(heads.map(|(column, width)| json!({"name": column.source.name, "sql": column.source.sql, "width": width})).collect())
}
