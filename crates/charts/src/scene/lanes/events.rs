//! Events: diamonds where they are few, bars of density where they are many.

use super::{Layout, Plan, paint_of, row_color};
use crate::bins::{self, Bins};
use crate::model::Lanes;
use crate::number;
use crate::palette::Palette;
use crate::scene::frame::{Entry, Frame, Sign};
use crate::scene::pen::{self, Pen};
use crate::scene::{Paint, Step};
use std::collections::{BTreeMap, HashSet};

/// Width of a bin in px.
const BIN: f64 = 3.0;

pub(super) fn legend(body: &Lanes, plan: &Plan, palette: &Palette) -> Vec<Entry> {
    let many = plan.single.iter().any(|single| !single);
    let few = plan.single.iter().any(|single| *single);
    if !many {
        return Vec::new();
    }
    let mut out = Vec::new();
    if few && !body.times.is_empty() {
        out.push(Entry::new(palette.faint, Sign::Diamond, "one row"));
    }
    out.push(Entry::new(palette.faint, Sign::Square, "many rows: the height is their number, logarithmic"));
    out
}

pub(super) fn draw(frame: &mut Frame<'_>, body: &Lanes, plan: &Plan, layout: &Layout) {
    density(frame, body, plan, layout);
    diamonds(frame, body, plan, layout);
}

fn density(frame: &mut Frame<'_>, body: &Lanes, plan: &Plan, layout: &Layout) {
    if (0..layout.lanes).all(|lane| plan.is_single(lane)) {
        return;
    }
    let palette = frame.palette;
    let axis = &layout.axis;
    let (from, to, count) = bins::round(axis.start, axis.end, ((axis.right - axis.left) / BIN) as usize);
    let length = (i128::from(to) - i128::from(from) + 1) / count as i128;
    let pixels = (axis.right - axis.left) / (i128::from(axis.end) - i128::from(axis.start)).max(1) as f64;
    let edge = |bin: usize| {
        let time = i128::from(from) + bin as i128 * length - i128::from(axis.start);
        tenths((axis.left + time as f64 * pixels).clamp(axis.left - 4.0, axis.right + 4.0))
    };
    let bins = Bins::of(body, layout.lanes, from, to, count);
    let sums: Vec<Vec<u32>> = (0..layout.lanes).map(|lane| bins.lane(lane)).collect();
    let most = sums.iter().enumerate().filter(|(lane, _)| !plan.is_single(*lane)).flat_map(|(_, sums)| sums).copied().max().unwrap_or(1);
    let mut pen = Pen::default();
    for (lane, ((top, height), sums)) in layout.rows.iter().zip(&sums).enumerate() {
        if plan.is_single(lane) {
            continue;
        }
        let (floor, room) = (tenths(top + height - 2.0), height - 6.0);
        // Parts of a bar stand on each other, in proportion to their counts.
        let mut base = vec![0_u32; count];
        for color in 0..bins.colors {
            let mut steps = Vec::new();
            for (bin, ((part, sum), below)) in bins.part(lane, color).iter().zip(sums).zip(base.iter_mut()).enumerate() {
                if *part == 0 {
                    continue;
                }
                let full = bins::height(*sum, most) * room;
                let (low, high) = (full * f64::from(*below) / f64::from(*sum), full * f64::from(*below + *part) / f64::from(*sum));
                *below += *part;
                let (x, next) = (edge(bin), edge(bin + 1));
                let next = (next - if next - x > 2.2 { 0.6 } else { 0.0 }).max(x + 1.0);
                let (low, high) = (tenths(floor - low), tenths(floor - high));
                steps.extend([Step::Move(x, low), Step::Along(high), Step::Across(tenths(next)), Step::Along(low)]);
            }
            let paint = paint_of(body, palette, lane, color);
            pen.path(steps, Paint::fill(paint));
        }
    }
    frame.pen.group("density", None, pen);
    let axis_note = format!("each bar {}, up to {}", number::duration(length), number::counted(u64::from(most), "row", "rows"));
    let kind = crate::scene::pen::Type::new(11.0, palette.faint);
    // Below the labels of the axis, which begin where the lanes do.
    frame.pen.text(crate::scene::frame::MARGIN, layout.bottom + 48.0, &axis_note, kind);
}

/// Short numbers make short files.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn diamonds(frame: &mut Frame<'_>, body: &Lanes, plan: &Plan, layout: &Layout) {
    let palette = frame.palette;
    let mut seen = HashSet::new();
    let mut paths: BTreeMap<(usize, usize), Vec<Step>> = BTreeMap::new();
    for (row, (time, lane)) in body.times.iter().zip(&body.lane_of).enumerate() {
        let lane = *lane as usize;
        let Some((top, height)) = layout.rows.get(lane).filter(|_| plan.is_single(lane)) else { continue };
        let x = layout.axis.x(*time);
        let (code, _) = row_color(body, palette, row, lane);
        // Signs at the same place are one.
        if seen.insert((lane, code, (x * 2.0).round() as i64)) {
            let radius = (height * 0.24).clamp(3.0, 7.0);
            pen::diamond(paths.entry((lane, code)).or_default(), x, top + height / 2.0, radius);
        }
    }
    let mut pen = Pen::default();
    for ((lane, code), steps) in paths {
        let color = paint_of(body, palette, lane, code);
        pen.path(steps, Paint::fill(color).faded(0.8));
    }
    frame.pen.group("events", None, pen);
}
