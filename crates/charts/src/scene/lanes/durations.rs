//! Durations: bars from a time to an end, in rows where they run at once.

use super::{Layout, paint_of, row_color};
use crate::model::Lanes;
use crate::number;
use crate::palette::Palette;
use crate::scene::axis::TimeAxis;
use crate::scene::frame::{Entry, Frame, Sign};
use crate::scene::pen::{self, Pen};
use crate::scene::{Paint, Step};
use std::collections::{BTreeMap, BTreeSet};

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

pub(super) fn draw(frame: &mut Frame<'_>, body: &Lanes, layout: &Layout) -> Vec<String> {
    let palette = frame.palette;
    let (levels, used, crowded) = levels(body, layout.lanes, &layout.axis);
    let mut bars: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    let mut open: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (row, ((time, lane), level)) in body.times.iter().zip(&body.lane_of).zip(&levels).enumerate() {
        let lane = *lane as usize;
        let (Some((top, height)), Some(used)) = (layout.rows.get(lane), used.get(lane)) else { continue };
        let (code, _) = row_color(body, palette, row, lane);
        let pitch = (height - 10.0) / *used as f64;
        let y = top + 5.0 + f64::from(*level) * pitch;
        let x = layout.axis.x(*time);
        let end = body.ends.get(row).copied().unwrap_or(i64::MIN);
        if end == i64::MIN {
            if seen.insert((lane, *level, code, (x * 2.0) as i64, -1)) {
                pen::diamond(open.entry((lane, code)).or_default(), x, y + pitch / 2.0, (pitch / 2.0).clamp(3.0, 5.0));
            }
            continue;
        }
        let to = layout.axis.x(end).max(x + LEAST);
        if seen.insert((lane, *level, code, (x * 4.0) as i64, (to * 4.0) as i64)) {
            let (y, high) = (y + 1.0, (pitch - 2.0).clamp(2.0, 14.0));
            let steps = bars.entry((lane, code)).or_default();
            steps.extend([Step::Move(x, y), Step::Across(to), Step::Along(y + high), Step::Across(x), Step::Close]);
        }
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
