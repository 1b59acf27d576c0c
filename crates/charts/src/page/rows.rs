//! The rows of a chart as blocks: see FORMAT.md.

use super::block::{Block, float_planes, planes, varint, width_of};
use crate::model::{Colors, DetailColumn, Details, Label, Lane, Lanes, Series, Source, Tree};
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use serde_json::{Map, Value, json};
use std::ops::Range;

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

/// A source as a page has it.
fn source(source: &Source) -> Value {
    json!(source)
}

fn lane(lane: &Lane) -> Value {
    json!({"name": lane.label.shown, "raw": lane.label.raw, "rows": lane.rows, "other": lane.label.is_rest()})
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
            let axis = Axis::of(times, self.ends.as_ref().map_or(&[][..], |(ends, _)| ends));
            data.insert(
                "time".to_owned(),
                json!({"start": axis.start, "end": axis.end, "unit": axis.unit, "name": time_source.name, "sql": time_source.sql, "zoned": time_source.is_zoned}),
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
                json!({"name": colors.source.name, "sql": colors.source.sql, "values": shown, "raw": raw, "other": colors.values.last().is_some_and(Label::is_rest)}),
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
}

/// A span of time in whole units.
#[derive(Debug)]
struct Axis {
    start: i64,
    end: i64,
    unit: i64,
}

impl Axis {
    /// The span of sorted times; `ends` are in the same unit.
    fn of(times: &[i64], ends: &[i64]) -> Self {
        let (start, end) = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        // The start is told apart, so only differences need be whole. They may be larger than an i64.
        let is_whole = |unit: i64| {
            let is_whole = |time: &i64| since(start, *time).is_multiple_of(unit.unsigned_abs());
            times.iter().all(is_whole) && ends.iter().filter(|end| **end != i64::MIN).all(is_whole)
        };
        let unit = [1_000_000, 1000].into_iter().find(|unit| is_whole(*unit)).unwrap_or(1);
        Self { start, end, unit }
    }

    /// Counts by lane and bin.
    fn bins(&self, times: &[i64], lane_of: &[u32], lanes: usize, bins: usize) -> Vec<u8> {
        let mut counts = vec![0u32; lanes * bins];
        let span = since(self.start, self.end) as f64 + self.unit as f64;
        let scale = bins as f64 / span;
        for (row, time) in times.iter().enumerate() {
            let lane = lane_of.get(row).map_or(0, |lane| *lane as usize);
            let bin = ((since(self.start, *time) as f64 * scale) as usize).min(bins - 1);
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
            varint(since(before, time) / self.unit.unsigned_abs(), &mut bytes);
            before = time;
        }
        bytes
    }

    /// How long each row lasts.
    fn lengths(&self, times: &[i64], ends: &[i64], pick: &Picked<'_>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(pick.rows * 3);
        for (time, end) in pick.of(times).zip(pick.of(ends)) {
            let length = if end == i64::MIN { 0 } else { 1 + if end < time { 0 } else { since(time, end) / self.unit.unsigned_abs() } };
            varint(length, &mut bytes);
        }
        bytes
    }
}

/// Microseconds from one time to a later one: more than an i64 holds, if they are hostile.
pub(super) fn since(earlier: i64, later: i64) -> u64 {
    later.wrapping_sub(earlier).cast_unsigned()
}

fn bins_of(lanes: usize, bins: usize, most: usize) -> usize {
    (most / lanes.max(1)).clamp(64, bins)
}

/// A column with the texts of the rows that are written, and no others.
struct Written<'c> {
    codes: Vec<u32>,
    texts: Vec<&'c Label>,
    width: usize,
}

impl<'c> Written<'c> {
    fn new(column: &'c DetailColumn, pick: &Picked<'_>) -> Self {
        let mut codes_of = vec![0u32; column.texts.len()];
        let mut texts: Vec<&Label> = column.texts.first().into_iter().collect();
        let codes = pick.of(&column.codes).map(|code| match (codes_of.get_mut(code as usize), column.texts.get(code as usize)) {
            (Some(own), Some(text)) if code > 0 => {
                if *own == 0 {
                    *own = u32::try_from(texts.len()).unwrap_or(0);
                    texts.push(text);
                }
                *own
            }
            _ => 0,
        });
        let codes = codes.collect();
        let width = if texts.len() > MOST_DISTINCT { 0 } else { width_of(texts.len()) };
        Self { codes, texts, width }
    }

    /// The texts and the values behind them, by code; `null` where they stand in the detail blocks.
    fn dictionary(&self) -> Value {
        if self.width == 0 {
            return Value::Null;
        }
        let shown: Vec<Option<&str>> =
            self.texts.iter().enumerate().map(|(code, label)| (code > 0).then_some(label.shown.as_str())).collect();
        let raw = self.texts.iter().enumerate().filter_map(|(code, label)| Some((code.to_string(), Value::from(label.raw.as_deref()?))));
        json!({"values": shown, "raw": raw.collect::<Map<_, _>>()})
    }

    /// Texts in place: their lengths, then their bytes; `u32::MAX` is none.
    fn in_place(&self, rows: Range<usize>, text: impl Fn(&'c Label) -> Option<&'c str>, bytes: &mut Vec<u8>) {
        let codes = self.codes.get(rows).unwrap_or(&[]);
        let text = |code: &u32| self.texts.get(*code as usize).filter(|_| *code > 0).and_then(|label| text(label));
        planes(codes.iter().map(|code| text(code).map_or(u64::from(u32::MAX), |text| text.len() as u64)), 4, bytes);
        codes.iter().for_each(|code| bytes.extend_from_slice(text(code).unwrap_or("").as_bytes()));
    }
}

/// The columns: what the head says of them, and their blocks.
fn encode_details(details: &Details, pick: &Picked<'_>, blocks: &mut Vec<Block>, interrupt: &Interrupt) -> Result<Value, Interrupted> {
    let columns: Vec<Written<'_>> = details.columns.iter().map(|column| Written::new(column, pick)).collect();
    interrupt.check()?;
    let dictionaries: Value = columns.iter().map(Written::dictionary).collect();
    blocks.push(Block::new("dict", dictionaries.to_string().as_bytes()));
    for (number, start) in (0..pick.rows).step_by(CHUNK).enumerate() {
        interrupt.check()?;
        let rows = start..(start + CHUNK).min(pick.rows);
        let mut bytes = Vec::with_capacity(rows.len() * columns.iter().map(|column| column.width).sum::<usize>());
        for column in &columns {
            if column.width > 0 {
                planes(column.codes.get(rows.clone()).unwrap_or(&[]).iter().map(|code| u64::from(*code)), column.width, &mut bytes);
            } else {
                column.in_place(rows.clone(), |label| Some(&label.shown), &mut bytes);
                column.in_place(rows.clone(), |label| label.raw.as_deref(), &mut bytes);
            }
        }
        blocks.push(Block::new(format!("d{number}"), &bytes));
    }
    let heads = details.columns.iter().zip(&columns);
    Ok(heads.map(|(column, written)| json!({"name": column.source.name, "sql": column.source.sql, "width": written.width})).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LaneMark, Source};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use std::io::Read;

    fn lanes(times: Vec<i64>, ends: Vec<i64>, texts: Vec<Label>, codes: Vec<u32>, detail_rows: usize) -> Lanes {
        let rows = times.len();
        Lanes {
            mark: LaneMark::Duration,
            lane_of: vec![0; rows],
            lanes: vec![Lane { label: Label::default(), rows }],
            lane_source: None,
            time_source: Source::default(),
            end_source: (!ends.is_empty()).then(Source::default),
            value_source: None,
            values: Vec::new(),
            shared_axis: false,
            colors: None,
            details: Details { columns: vec![DetailColumn { source: Source::default(), codes, texts }] },
            times,
            ends,
            detail_rows,
        }
    }

    fn encoded(lanes: &Lanes) -> Encoded {
        Rows::from(lanes).encode(&Interrupt::default()).unwrap()
    }

    fn bytes(encoded: &Encoded, name: &str) -> Vec<u8> {
        let block = encoded.blocks.iter().find(|block| block.name == name).unwrap();
        let mut bytes = Vec::new();
        flate2::read::DeflateDecoder::new(&STANDARD.decode(&block.base64).unwrap()[..]).read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn varints(bytes: &[u8]) -> Vec<u64> {
        let mut numbers = Vec::new();
        let (mut number, mut shift) = (0u64, 0);
        for byte in bytes {
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                numbers.push(number);
                (number, shift) = (0, 0);
            }
        }
        numbers
    }

    fn label(text: &str) -> Label {
        Label { shown: text.to_owned(), raw: None }
    }

    #[test]
    fn ends_and_times_have_one_unit_in_which_both_are_whole() {
        let said = encoded(&lanes(vec![0, 2_000_000], vec![20_000, i64::MIN], vec![label("")], vec![0, 0], 9));
        assert_eq!(said.data["time"]["unit"], 1000);
        assert_eq!(varints(&bytes(&said, "time")), [0, 2000]);
        assert_eq!(varints(&bytes(&said, "end")), [21, 0]);
    }

    #[test]
    fn times_further_apart_than_a_number_holds() {
        let (start, end) = (-9_000_000_000_000_000_001, 9_000_000_000_000_000_000);
        let said = encoded(&lanes(vec![start, end], Vec::new(), vec![label("")], vec![0, 0], 9));
        assert_eq!(varints(&bytes(&said, "time")), [0, 18_000_000_000_000_000_001]);
        let bins = bytes(&said, "bins");
        let at = |bin: usize| u32::from_le_bytes(bins[bin * 4..bin * 4 + 4].try_into().unwrap());
        assert_eq!((at(0), at(bins.len() / 4 - 1)), (1, 1));
    }

    #[test]
    fn a_page_holds_the_texts_of_the_rows_that_it_holds() {
        let count = 2000;
        let texts: Vec<Label> = (0..=count).map(|index| label(&format!("text {index}"))).collect();
        let times = (0..count).map(i64::from).collect();
        let said = encoded(&lanes(times, Vec::new(), texts, (1..).take(count as usize).collect(), 10));
        assert_eq!((&said.data["rows"], &said.data["all_rows"]), (&json!(10), &json!(2000)));
        let dictionary: Value = serde_json::from_slice(&bytes(&said, "dict")).unwrap();
        assert_eq!(dictionary[0]["values"].as_array().unwrap().len(), 11);
        let bins = bytes(&said, "bins");
        let counted: u32 = bins.chunks(4).map(|count| u32::from_le_bytes(count.try_into().unwrap())).sum();
        assert_eq!(counted, 2000, "the density is of all rows");
    }

    #[test]
    fn texts_in_place_have_the_values_of_the_table_behind_them() {
        let count = MOST_DISTINCT + 10;
        let mut texts: Vec<Label> = (0..=count).map(|index| label(&format!("{index}"))).collect();
        texts[1] = Label { shown: "hxxp://a[.]test".to_owned(), raw: Some("http://a.test".to_owned()) };
        let codes: Vec<u32> = (0..=count).map(|code| u32::try_from(code).unwrap()).collect();
        let times = (0..=i64::try_from(count).unwrap()).collect();
        let said = encoded(&lanes(times, Vec::new(), texts, codes, usize::MAX));
        assert_eq!(said.data["columns"][0]["width"], 0);
        let chunk = bytes(&said, "d0");
        let rows = CHUNK;
        let length = |run: &[u8], row: usize| u32::from_le_bytes([run[row], run[rows + row], run[2 * rows + row], run[3 * rows + row]]);
        assert_eq!([length(&chunk, 0), length(&chunk, 1)], [u32::MAX, 15]);
        let texts: usize =
            (0..rows).map(|row| length(&chunk, row)).filter(|length| *length != u32::MAX).map(|length| length as usize).sum();
        let raw = &chunk[4 * rows + texts..];
        assert_eq!([length(raw, 0), length(raw, 1), length(raw, 2)], [u32::MAX, 13, u32::MAX]);
        assert_eq!(&raw[4 * rows..], b"http://a.test");
    }
}
