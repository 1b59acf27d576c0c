//! Values: each lane has an axis, values are bars, lines or points.

use super::{Layout, paint_of, row_color};
use crate::model::{LaneMark, Lanes};
use crate::palette::Palette;
use crate::scene::frame::{Entry, Frame};
use crate::scene::pen::Pen;
use crate::scene::{Paint, Step, axis};
use crate::ticks::{self, Numbers};
use std::collections::{BTreeMap, HashSet};

pub(super) fn legend(_body: &Lanes, _palette: &Palette) -> Vec<Entry> {
    Vec::new()
}

pub(super) fn draw(frame: &mut Frame<'_>, body: &Lanes, layout: &Layout) -> Vec<String> {
    let palette = frame.palette;
    let mut ranges: Vec<Option<(f64, f64)>> = vec![None; layout.lanes];
    let mut missing = 0_u64;
    for (row, lane) in body.lane_of.iter().enumerate() {
        let value = body.values.get(row).copied().unwrap_or(f64::NAN);
        if !value.is_finite() {
            missing += 1;
            continue;
        }
        if let Some(range) = ranges.get_mut(*lane as usize) {
            *range = Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))));
        }
    }
    if body.shared_axis {
        let all = ranges.iter().flatten().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        ranges.fill(all);
    }
    let from_zero = body.mark == LaneMark::Bar;
    let axes: Vec<(Numbers, f64, f64)> = ranges
        .iter()
        .zip(&layout.rows)
        .map(|(range, (top, height))| {
            let (low, high) = range.unwrap_or((0.0, 1.0));
            // Zero is part of the picture where it is near.
            let zero = from_zero || (low > 0.0 && low < high * 0.5);
            let (low, high) = if zero { (low.min(0.0), high.max(0.0)) } else { (low, high) };
            (ticks::numbers(low, high, ((height - 16.0) / 38.0).max(1.0) as usize), top + 10.0, top + height - 8.0)
        })
        .collect();
    for (numbers, top, bottom) in &axes {
        axis::values(frame, numbers, layout.axis.left - 8.0, layout.axis.right + 8.0, *top, *bottom);
    }
    let mut pen = Pen::default();
    match body.mark {
        LaneMark::Line => lines(&mut pen, body, layout, &axes, palette),
        LaneMark::Point => points(&mut pen, body, layout, &axes, palette),
        _ => bars(&mut pen, body, layout, &axes, palette),
    }
    frame.pen.group("values", None, pen);
    if missing > 0 {
        vec![format!("{} without a value that can be drawn.", crate::number::counted(missing, "row is", "rows are"))]
    } else {
        Vec::new()
    }
}

/// Row, lane, colour, x, value and y of what can be drawn.
fn drawn<'a>(
    body: &'a Lanes,
    layout: &'a Layout,
    axes: &'a [(Numbers, f64, f64)],
    palette: &'a Palette,
) -> impl Iterator<Item = (usize, usize, f64, f64)> + 'a {
    body.times.iter().zip(&body.lane_of).enumerate().filter_map(move |(row, (time, lane))| {
        let lane = *lane as usize;
        let value = body.values.get(row).copied().filter(|value| value.is_finite())?;
        let (numbers, top, bottom) = axes.get(lane)?;
        let (code, _) = row_color(body, palette, row, lane);
        Some((lane, code, layout.axis.x(*time), bottom - numbers.part(value) * (bottom - top)))
    })
}

/// Lines: in each column of pixels the first, lowest, highest and last value, which looks like all of them.
fn lines(pen: &mut Pen, body: &Lanes, layout: &Layout, axes: &[(Numbers, f64, f64)], palette: &Palette) {
    let mut paths: BTreeMap<(usize, usize), Envelope> = BTreeMap::new();
    for (lane, code, x, y) in drawn(body, layout, axes, palette) {
        paths.entry((lane, code)).or_default().add(x, y);
    }
    for ((lane, code), envelope) in paths {
        pen.path(envelope.finish(), Paint::stroke(paint_of(body, palette, lane, code), 1.5));
    }
}

/// A line that has at most four points in a column of pixels.
#[derive(Debug, Default)]
pub(in crate::scene) struct Envelope {
    steps: Vec<Step>,
    column: Option<(i64, f64, f64, f64, f64)>,
}

impl Envelope {
    pub(in crate::scene) fn add(&mut self, x: f64, y: f64) {
        let at = x.round() as i64;
        match &mut self.column {
            Some((column, _, low, high, last)) if *column == at => {
                *low = low.min(y);
                *high = high.max(y);
                *last = y;
            }
            _ => {
                self.flush();
                self.column = Some((at, x, y, y, y));
                self.push(x, y);
            }
        }
    }

    /// Ends a part of the line.
    pub(in crate::scene) fn gap(&mut self) {
        self.flush();
        self.column = None;
        if !matches!(self.steps.last(), None | Some(Step::Close)) {
            self.steps.push(Step::Close);
        }
    }

    fn flush(&mut self) {
        if let Some((_, x, low, high, last)) = self.column
            && low != high
        {
            self.push(x, low);
            self.push(x, high);
            self.push(x, last);
        }
    }

    fn push(&mut self, x: f64, y: f64) {
        let first = matches!(self.steps.last(), None | Some(Step::Close));
        self.steps.push(if first { Step::Move(x, y) } else { Step::Line(x, y) });
    }

    /// The steps; a part of one point is a dot.
    pub(in crate::scene) fn finish(mut self) -> Vec<Step> {
        self.flush();
        let mut out: Vec<Step> = Vec::with_capacity(self.steps.len());
        for step in self.steps {
            if let Some(Step::Move(x, y)) = out.last().copied()
                && !matches!(step, Step::Line(..))
            {
                out.push(Step::Line(x + 1.5, y));
            }
            if step != Step::Close {
                out.push(step);
            }
        }
        if let Some(Step::Move(x, y)) = out.last().copied() {
            out.push(Step::Line(x + 1.5, y));
        }
        out
    }
}

fn points(pen: &mut Pen, body: &Lanes, layout: &Layout, axes: &[(Numbers, f64, f64)], palette: &Palette) {
    let mut seen = HashSet::new();
    // Points at the same place are one; where there are many, places are larger.
    let fine = if body.times.len() > 20_000 { 0.6 } else { 1.5 };
    let mut paths: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    for (lane, code, x, y) in drawn(body, layout, axes, palette) {
        if seen.insert((lane, code, (x * fine) as i64, (y * fine) as i64)) {
            crate::scene::pen::diamond(paths.entry((lane, code)).or_default(), x, y, 3.2);
        }
    }
    for ((lane, code), steps) in paths {
        pen.path(steps, Paint::fill(paint_of(body, palette, lane, code)).faded(0.75));
    }
}

fn bars(pen: &mut Pen, body: &Lanes, layout: &Layout, axes: &[(Numbers, f64, f64)], palette: &Palette) {
    // In a column of pixels the tallest bar hides the others.
    let mut tallest: BTreeMap<(usize, i64, bool), (usize, f64)> = BTreeMap::new();
    let wide = ((layout.axis.right - layout.axis.left) / body.times.len().max(1) as f64 * layout.lanes as f64 * 0.7).clamp(1.5, 12.0);
    for (lane, code, x, y) in drawn(body, layout, axes, palette) {
        let Some((numbers, top, bottom)) = axes.get(lane) else { continue };
        let zero = bottom - numbers.part(0.0) * (bottom - top);
        let key = (lane, (x / wide.min(2.0)) as i64, y > zero);
        let entry = tallest.entry(key).or_insert((code, y));
        if (y - zero).abs() > (entry.1 - zero).abs() {
            *entry = (code, y);
        }
    }
    let mut paths: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    for ((lane, column, _), (code, y)) in tallest {
        let Some((numbers, top, bottom)) = axes.get(lane) else { continue };
        let zero = bottom - numbers.part(0.0) * (bottom - top);
        let x = column as f64 * wide.min(2.0);
        let steps = paths.entry((lane, code)).or_default();
        steps.extend([Step::Move(x - wide / 2.0, zero), Step::Along(y), Step::Across(x + wide / 2.0), Step::Along(zero), Step::Close]);
    }
    for ((lane, code), steps) in paths {
        pen.path(steps, Paint::fill(paint_of(body, palette, lane, code)));
    }
}
