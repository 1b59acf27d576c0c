//! `render_sankey`: flows between stages.

use super::frame::{Frame, MARGIN};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Sankey};
use crate::palette::Palette;
use crate::{measure, number, text};

/// Width of a stage.
const WIDE: f64 = 14.0;
/// Rounds in which stages move towards what they are bound to.
const ROUNDS: usize = 12;

/// What goes through each stage: the larger of what comes and what goes.
pub(crate) fn throughput(body: &Sankey) -> Vec<f64> {
    let (mut into, mut out) = (vec![0.0; body.stages.len()], vec![0.0; body.stages.len()]);
    for flow in body.flows.iter().filter(|flow| flow.value.is_finite() && flow.value > 0.0) {
        if let Some(sum) = out.get_mut(flow.source as usize) {
            *sum += flow.value;
        }
        if let Some(sum) = into.get_mut(flow.target as usize) {
            *sum += flow.value;
        }
    }
    into.iter().zip(&out).map(|(into, out): (&f64, &f64)| into.max(*out)).collect()
}

/// For each level its stages in an order in which few flows cross.
fn columns(body: &Sankey, through: &[f64]) -> Vec<Vec<usize>> {
    let mut levels: Vec<u16> = body.stages.iter().map(|stage| stage.level).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut columns: Vec<Vec<usize>> = levels
        .iter()
        .map(|level| (0..body.stages.len()).filter(|index| body.stages.get(*index).is_some_and(|stage| stage.level == *level)).collect())
        .collect();
    let size = |index: &usize| through.get(*index).copied().unwrap_or(0.0);
    for column in &mut columns {
        column.sort_by(|a, b| size(b).total_cmp(&size(a)));
    }
    let mut links = vec![Vec::new(); body.stages.len()];
    for flow in &body.flows {
        for (one, other) in [(flow.source, flow.target), (flow.target, flow.source)] {
            if let Some(list) = links.get_mut(one as usize) {
                list.push((other as usize, flow.value));
            }
        }
    }
    let mut place = vec![0.0_f64; body.stages.len()];
    for _ in 0..ROUNDS {
        for column in &columns {
            for (order, stage) in column.iter().enumerate() {
                if let Some(place) = place.get_mut(*stage) {
                    *place = (order as f64 + 0.5) / column.len() as f64;
                }
            }
        }
        for column in &mut columns {
            let middle = |stage: &usize| {
                let links = links.get(*stage).map(Vec::as_slice).unwrap_or_default();
                let weight: f64 = links.iter().map(|(_, value)| value).sum();
                let sum: f64 = links.iter().map(|(other, value)| place.get(*other).copied().unwrap_or(0.5) * value).sum();
                if weight > 0.0 { sum / weight } else { 0.5 }
            };
            column.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        }
    }
    columns
}

pub(super) fn draw(chart: &Chart, body: &Sankey, size: Size, palette: &'static Palette) -> Scene {
    let mut frame = Frame::begin(chart, size, palette, &[]);
    let through = throughput(body);
    let columns = columns(body, &through);
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(1);
    let top = frame.top() + 10.0;
    let height = frame.room((tallest as f64 * 46.0).clamp(320.0, 2400.0));
    let gap = (height * 0.25 / tallest as f64).clamp(1.0, 16.0);
    // One unit is as high in all columns.
    let unit = columns
        .iter()
        .map(|column| {
            let sum: f64 = column.iter().filter_map(|stage| through.get(*stage)).sum();
            (height - gap * (column.len().saturating_sub(1)) as f64) / sum.max(f64::MIN_POSITIVE)
        })
        .fold(f64::INFINITY, f64::min);
    let unit = if unit.is_finite() { unit } else { 0.0 };
    let name_room = (frame.width / (columns.len() + 1) as f64).min(230.0);
    let pitch = (frame.width - 2.0 * MARGIN - WIDE - name_room) / columns.len().saturating_sub(1).max(1) as f64;
    let mut boxes = vec![(0.0, 0.0, 0.0); body.stages.len()];
    for (level, column) in columns.iter().enumerate() {
        let sum: f64 = column.iter().filter_map(|stage| through.get(*stage)).map(|value| value * unit).sum();
        let mut y = top + (height - sum - gap * column.len().saturating_sub(1) as f64).max(0.0) / 2.0;
        for stage in column {
            let high = through.get(*stage).copied().unwrap_or(0.0) * unit;
            if let Some(place) = boxes.get_mut(*stage) {
                *place = (MARGIN + level as f64 * pitch, y, high);
            }
            y += high + gap;
        }
    }
    flows(&mut frame, body, &boxes, unit);
    let mut pen = Pen::default();
    let (mut bare, mut before) = (0, Vec::<(f64, f64)>::new());
    for (index, (stage, (x, y, high))) in body.stages.iter().zip(&boxes).enumerate() {
        pen.rect(*x, *y, WIDE, high.max(1.0), Paint::fill(palette.value(index)));
        let middle = y + high / 2.0;
        if before.iter().any(|(other, at)| other == x && (at - middle).abs() < 12.0) {
            bare += 1;
            continue;
        }
        before.push((*x, middle));
        let count = number::short(through.get(index).copied().unwrap_or(0.0));
        let count_width = measure::width(&count, 11.0, false);
        let name = measure::fit(&text::named(&stage.label.shown), name_room - count_width - 30.0, 12.0, true);
        let wide = measure::width(&name, 12.0, true);
        pen.round(x + WIDE + 3.0, middle - 9.0, wide + count_width + 14.0, 18.0, 3.0, Paint::fill(palette.background).faded(0.72));
        pen.text(x + WIDE + 7.0, middle + 4.0, &name, Type::new(12.0, palette.text).strong());
        pen.text(x + WIDE + 13.0 + wide, middle + 4.0, &count, Type::new(11.0, palette.faint));
    }
    frame.pen.group("stages", None, pen);
    let mut notes = Vec::new();
    if bare > 0 {
        notes.push(format!(
            "{} of {} have no room for a name.",
            number::whole(bare),
            number::counted(body.stages.len() as u64, "stage", "stages")
        ));
    }
    frame.pen.text(frame.width - MARGIN, top + height + 18.0, &text::clean(&body.measure), Type::new(11.0, palette.faint).end());
    let description =
        format!("Flows between {}: {}", number::counted(body.stages.len() as u64, "stage", "stages"), text::clean(&body.measure));
    frame.finish(top + height + 16.0, &notes, &description)
}

/// Bands: at both ends in the order in which they cross least.
fn flows(frame: &mut Frame<'_>, body: &Sankey, boxes: &[(f64, f64, f64)], unit: f64) {
    let place = |stage: u32| boxes.get(stage as usize).copied().unwrap_or((0.0, 0.0, 0.0));
    let mut order: Vec<usize> = (0..body.flows.len()).collect();
    let mut starts = vec![0.0; body.flows.len()];
    let mut ends = vec![0.0; body.flows.len()];
    for (at_source, at) in [(true, &mut starts), (false, &mut ends)] {
        let other = |index: &usize| body.flows.get(*index).map_or(0.0, |flow| place(if at_source { flow.target } else { flow.source }).1);
        order.sort_by(|a, b| other(a).total_cmp(&other(b)));
        let mut used = vec![0.0; body.stages.len()];
        for index in &order {
            let Some(flow) = body.flows.get(*index).filter(|flow| flow.value.is_finite() && flow.value > 0.0) else { continue };
            let stage = if at_source { flow.source } else { flow.target };
            if let (Some(used), Some(at)) = (used.get_mut(stage as usize), at.get_mut(*index)) {
                *at = place(stage).1 + *used;
                *used += flow.value * unit;
            }
        }
    }
    let mut pen = Pen::default();
    for ((flow, y0), y1) in body.flows.iter().zip(&starts).zip(&ends).filter(|((flow, _), _)| flow.value.is_finite() && flow.value > 0.0) {
        let (x0, x1) = (place(flow.source).0 + WIDE, place(flow.target).0);
        let (high, bend) = ((flow.value * unit).max(0.6), (x1 - x0) / 2.0);
        let steps = vec![
            Step::Move(x0, *y0),
            Step::Curve(x0 + bend, *y0, x1 - bend, *y1, x1, *y1),
            Step::Along(y1 + high),
            Step::Curve(x1 - bend, y1 + high, x0 + bend, y0 + high, x0, y0 + high),
            Step::Close,
        ];
        pen.path(steps, Paint::fill(frame.palette.value(flow.source as usize)).faded(0.38));
    }
    frame.pen.group("flows", None, pen);
}
