//! Events: diamonds where they are few, bars of density where they are many.

use super::{Layout, Plan, row_color};
use crate::bins::{self, Bins};
use crate::model::Lanes;
use crate::number;
use crate::palette::Palette;
use crate::scene::frame::{Entry, Frame, Sign};
use crate::scene::pen::{self, Pen};
use crate::scene::{Paint, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Width of a bin in px.
const BIN: f64 = 3.0;

pub(super) fn legend(body: &Lanes, plan: &Plan, palette: &Palette, (start, end): (i64, i64)) -> Vec<Entry> {
    let many = plan.single.iter().any(|single| !single);
    let few = plan.single.iter().any(|single| *single);
    if !many {
        return Vec::new();
    }
    let mut out = Vec::new();
    if few && !body.times.is_empty() {
        out.push(Entry::new(palette.faint, Sign::Diamond, "one row"));
    }
    // The exact width depends on the names at the left; this is what it says to two digits.
    let span = (i128::from(end) - i128::from(start)) / 320;
    let _ = span;
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
    let count = ((axis.right - axis.left) / BIN).floor().max(1.0) as usize;
    let wide = (axis.right - axis.left) / count as f64;
    let bins = Bins::of(body, layout.lanes, axis.start, axis.end, count);
    let sums: Vec<Vec<u32>> = (0..layout.lanes).map(|lane| bins.lane(lane)).collect();
    let most = sums.iter().enumerate().filter(|(lane, _)| !plan.is_single(*lane)).flat_map(|(_, sums)| sums).copied().max().unwrap_or(1);
    let mut pen = Pen::default();
    for (lane, ((top, height), sums)) in layout.rows.iter().zip(&sums).enumerate() {
        if plan.is_single(lane) {
            continue;
        }
        let (floor, room) = (top + height - 2.0, height - 6.0);
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
                let x = axis.left + bin as f64 * wide;
                steps.extend([
                    Step::Move(x, floor - low),
                    Step::Along(floor - high),
                    Step::Across(x + wide - 0.6),
                    Step::Along(floor - low),
                    Step::Close,
                ]);
            }
            let paint = if body.colors.is_some() { palette.value(color) } else { palette.value(lane) };
            pen.path(steps, Paint::fill(paint));
        }
    }
    frame.pen.group("density", None, pen);
    let axis_note = format!(
        "each bar {}, up to {}",
        number::duration(((i128::from(axis.end) - i128::from(axis.start)) as f64 / count as f64) as i128),
        number::counted(u64::from(most), "row", "rows")
    );
    let kind = crate::scene::pen::Type::new(11.0, palette.faint);
    frame.pen.text(crate::scene::frame::MARGIN, layout.bottom + 17.0, &axis_note, kind);
}

fn diamonds(frame: &mut Frame<'_>, body: &Lanes, plan: &Plan, layout: &Layout) {
    let palette = frame.palette;
    let mut seen = BTreeSet::new();
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
        let color = if body.colors.is_some() { palette.value(code) } else { palette.value(lane) };
        pen.path(steps, Paint::fill(color).faded(0.8));
    }
    frame.pen.group("events", None, pen);
}
