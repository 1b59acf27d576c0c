//! Durations: bars from a time to an end, in rows where they run at once.

use super::{Layout, paint_of, row_color};
use crate::model::Lanes;
use crate::number;
use crate::palette::Palette;
use crate::scene::axis::TimeAxis;
use crate::scene::frame::{Entry, Frame, Sign};
use crate::scene::pen::{self, Pen};
use crate::scene::{Paint, Step};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Most rows of bars on a lane.
const LEVELS: usize = 6;
/// Least width of a bar in px: short ones are seen too.
const LEAST: f64 = 2.0;

pub(super) fn legend(body: &Lanes, palette: &Palette) -> Vec<Entry> {
    let open = body.ends.contains(&i64::MIN);
    if open { vec![Entry::new(palette.faint, Sign::Open, "start without an end")] } else { Vec::new() }
}

/// The row of each bar on its lane, the rows that lanes need, and lanes on which bars lie on each other.
fn levels(body: &Lanes, lanes: usize, axis: &TimeAxis) -> (Vec<u8>, Vec<usize>, usize) {
    let mut free = vec![[f64::MIN; LEVELS]; lanes];
    let mut used = vec![1_usize; lanes];
    let mut crowded = BTreeSet::new();
    let mut out = Vec::with_capacity(body.times.len());
    for (row, (time, lane)) in body.times.iter().zip(&body.lane_of).enumerate() {
        let Some(ends) = free.get_mut(*lane as usize) else {
            out.push(0);
            continue;
        };
        let end = body.ends.get(row).copied().unwrap_or(i64::MIN).max(*time);
        let (from, to) = (axis.x(*time), axis.x(end));
        let (level, end) = match ends.iter_mut().enumerate().find(|(_, end)| **end <= from) {
            Some(found) => found,
            None => {
                crowded.insert(*lane);
                let Some(found) = ends.iter_mut().enumerate().min_by(|a, b| a.1.total_cmp(b.1)) else { continue };
                found
            }
        };
        *end = (to.max(from + LEAST) + 1.0).max(*end);
        if let Some(used) = used.get_mut(*lane as usize) {
            *used = (*used).max(level + 1);
        }
        out.push(level as u8);
    }
    (out, used, crowded.len())
}

pub(super) fn heights(body: &Lanes, lanes: usize, axis: &TimeAxis) -> Vec<f64> {
    let (_, used, _) = levels(body, lanes, axis);
    let bar = if lanes <= 14 { 12.0 } else { 8.0 };
    used.iter().map(|levels| (*levels as f64 * bar + 10.0).max(if lanes <= 14 { 30.0 } else { 20.0 })).collect()
}

/// A bar in px.
#[derive(Debug, Clone, Copy)]
struct Bar {
    from: f64,
    to: f64,
    y: f64,
    high: f64,
}

impl Bar {
    fn draw(&self, steps: &mut Vec<Step>) {
        steps.extend([
            Step::Move(self.from, self.y),
            Step::Across(self.to),
            Step::Along(self.y + self.high),
            Step::Across(self.from),
            Step::Close,
        ]);
    }
}

pub(super) fn draw(frame: &mut Frame<'_>, body: &Lanes, layout: &Layout) -> Vec<String> {
    let palette = frame.palette;
    let (levels, used, crowded) = levels(body, layout.lanes, &layout.axis);
    let mut bars: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    let mut open: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    let mut last: BTreeMap<(usize, u8, usize), Bar> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (row, ((time, lane), level)) in body.times.iter().zip(&body.lane_of).zip(&levels).enumerate() {
        let lane = *lane as usize;
        let (Some((top, height)), Some(used)) = (layout.rows.get(lane), used.get(lane)) else { continue };
        let (code, _) = row_color(body, palette, row, lane);
        let pitch = (height - 10.0) / *used as f64;
        let y = top + 5.0 + f64::from(*level) * pitch;
        let x = layout.axis.x(*time);
        let end = body.ends.get(row).copied().unwrap_or(i64::MIN);
        if end == i64::MIN {
            if seen.insert((lane, *level, code, (x * 2.0) as i64)) {
                pen::diamond(open.entry((lane, code)).or_default(), x, y + pitch / 2.0, (pitch / 2.0).clamp(3.0, 5.0));
            }
            continue;
        }
        let to = layout.axis.x(end).max(x + LEAST);
        let bar = Bar { from: x, to, y: y + 1.0, high: (pitch - 2.0).clamp(2.0, 14.0) };
        match last.get_mut(&(lane, *level, code)) {
            // Bars that lie on each other are one: what is drawn has a limit, however many rows there are.
            Some(before) if bar.from < before.to => before.to = before.to.max(bar.to),
            _ => {
                if let Some(before) = last.insert((lane, *level, code), bar) {
                    before.draw(bars.entry((lane, code)).or_default());
                }
            }
        }
    }
    for ((lane, _, code), bar) in last {
        bar.draw(bars.entry((lane, code)).or_default());
    }
    let mut pen = Pen::default();
    for ((lane, code), steps) in bars {
        let color = paint_of(body, palette, lane, code);
        pen.path(steps, Paint::fill(color.mix(palette.background, 0.25)).edged(color, 1.0));
    }
    for ((lane, code), steps) in open {
        let color = paint_of(body, palette, lane, code);
        pen.path(steps, Paint::fill(palette.background).edged(color, 1.6));
    }
    frame.pen.group("durations", None, pen);
    if crowded == 0 {
        return Vec::new();
    }
    vec![format!(
        "On {} more than {LEVELS} durations run at once: bars lie on each other.",
        number::counted(crowded as u64, "lane", "lanes")
    )]
}
