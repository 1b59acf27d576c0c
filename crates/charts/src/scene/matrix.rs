//! `render_matrix`: cells or circles where two values meet.

use super::frame::{Frame, MARGIN};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size};
use crate::model::{Axis, Chart, Matrix, Scale};
use crate::palette::Palette;
use crate::{measure, number, text};

/// Most columns and rows of a picture.
const COLUMNS: usize = 80;
const ROWS: usize = 100;

/// The order in which the values of an axis are shown.
pub(crate) fn order(axis: &Axis, sort: &str) -> Vec<u32> {
    let wanted = match sort {
        "name" => &axis.by_name,
        "similarity" => &axis.by_similarity,
        _ => &axis.by_count,
    };
    if wanted.len() == axis.labels.len() { wanted.clone() } else { (0..axis.labels.len() as u32).collect() }
}

/// From values to strengths from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strength {
    scale: Scale,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Strength {
    pub(crate) fn of(body: &Matrix) -> Self {
        let values = || body.cells.iter().map(|cell| cell.value).filter(|value| value.is_finite());
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        Self { scale: body.scale, low, high }
    }

    /// What is there can be told from what is not.
    pub(crate) fn part(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return 0.0;
        }
        if self.low == self.high {
            return 0.7;
        }
        let linear = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        let logarithm = if self.low > 0.0 {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            ((value - self.low).max(0.0) + 1.0).ln() / ((self.high - self.low) + 1.0).ln()
        };
        let part = match self.scale {
            Scale::Linear => linear,
            Scale::Log => logarithm,
            Scale::Inverse => 1.0 - logarithm,
        };
        if part.is_nan() { 0.0 } else { 0.04 + 0.96 * part.clamp(0.0, 1.0) }
    }
}

pub(super) fn draw(chart: &Chart, body: &Matrix, size: Size, palette: &'static Palette) -> Scene {
    let mut frame = Frame::begin(chart, size, palette, &[]);
    let strength = Strength::of(body);
    legend(&mut frame, body, &strength);
    let (x_order, y_order) = (order(&body.x, &body.sort), order(&body.y, &body.sort));
    let name_of = |axis: &Axis, index: u32| axis.labels.get(index as usize).map(|label| text::named(&label.shown)).unwrap_or_default();
    let names = y_order
        .iter()
        .take(ROWS)
        .map(|index| measure::width(&name_of(&body.y, *index), 12.0, false))
        .fold(30.0, f64::max)
        .min(frame.width * 0.25);
    let left = MARGIN + names + 10.0;
    let right = frame.width - MARGIN - 56.0;
    let columns = x_order.len().min(COLUMNS).min(((right - left) / 11.0).max(1.0) as usize);
    let cell = ((right - left) / columns.max(1) as f64).clamp(11.0, 64.0);
    let widest =
        x_order.iter().take(columns).map(|index| measure::width(&name_of(&body.x, *index), 11.0, false)).fold(0.0, f64::max).min(170.0);
    let turned = widest > cell - 6.0;
    let upright = cell < 17.0;
    let head = if upright && turned {
        widest + 12.0
    } else if turned {
        widest * 0.77 + 16.0
    } else {
        18.0
    };
    let top = frame.top() + 34.0 + head;
    let high = cell.clamp(14.0, 28.0);
    let rows = y_order.len().min(ROWS).min(((frame.room(f64::INFINITY) - 40.0 - head) / high).clamp(1.0, 1e6) as usize);
    frame.pen.fitted(MARGIN, top - 6.0, names, &text::named(&body.y.source.name), Type::new(11.0, palette.faint));
    frame.pen.fitted(left, frame.top() + 30.0, right - left, &text::named(&body.x.source.name), Type::new(11.0, palette.faint));
    let mut pen = Pen::default();
    for (index, value) in x_order.iter().take(columns).enumerate() {
        let x = left + (index as f64 + 0.5) * cell;
        let name = measure::fit(&name_of(&body.x, *value), if turned { 170.0 } else { cell - 4.0 }, 11.0, false);
        if turned {
            pen.turned(x + 4.0, top - 6.0, if upright { -90.0 } else { -50.0 }, &name, Type::new(11.0, palette.text));
        } else {
            pen.text(x, top - 6.0, &name, Type::new(11.0, palette.text).middle());
        }
    }
    let mut totals = vec![0.0_f64; body.y.labels.len()];
    for cell in &body.cells {
        if let Some(total) = totals.get_mut(cell.y as usize) {
            *total += cell.rows as f64;
        }
    }
    for (index, value) in y_order.iter().take(rows).enumerate() {
        let y = top + index as f64 * high;
        if index % 2 == 1 {
            pen.rect(MARGIN - 8.0, y, left + columns as f64 * cell - MARGIN + 64.0, high, Paint::fill(palette.stripe));
        }
        pen.fitted(MARGIN, y + high / 2.0 + 4.0, names, &name_of(&body.y, *value), Type::new(12.0, palette.text));
        let total = number::count(totals.get(*value as usize).copied().unwrap_or(0.0) as u64);
        pen.text(left + columns as f64 * cell + 52.0, y + high / 2.0 + 4.0, &total, Type::new(11.0, palette.faint).end());
    }
    frame.pen.text(left + columns as f64 * cell + 52.0, top - 6.0, "rows", Type::new(11.0, palette.faint).end());
    frame.pen.group("axes", None, pen);
    let hidden =
        cells(&mut frame, body, &strength, &Grid { x: places(&x_order, columns), y: places(&y_order, rows), left, top, cell, high });
    let mut notes = Vec::new();
    if hidden > 0 {
        notes.push(format!(
            "{columns} of {} columns and {rows} of {} rows are shown; {} outside of them.",
            number::whole(x_order.len() as u64),
            number::whole(y_order.len() as u64),
            number::counted(hidden, "cell is", "cells are")
        ));
    }
    let description =
        format!("Matrix of {} by {}: {}", text::named(&body.y.source.name), text::named(&body.x.source.name), text::clean(&body.measure));
    frame.finish(top + rows as f64 * high, &notes, &description)
}

/// The place of each value, `None` where it is not shown.
pub(crate) fn places(order: &[u32], shown: usize) -> Vec<Option<usize>> {
    let mut out = vec![None; order.len()];
    for (place, index) in order.iter().take(shown).enumerate() {
        if let Some(slot) = out.get_mut(*index as usize) {
            *slot = Some(place);
        }
    }
    out
}

struct Grid {
    x: Vec<Option<usize>>,
    y: Vec<Option<usize>>,
    left: f64,
    top: f64,
    cell: f64,
    high: f64,
}

/// Draws the cells; returns how many have no place.
fn cells(frame: &mut Frame<'_>, body: &Matrix, strength: &Strength, grid: &Grid) -> u64 {
    let palette = frame.palette;
    let mut pen = Pen::default();
    let mut hidden = 0;
    for cell in &body.cells {
        let place = grid.x.get(cell.x as usize).copied().flatten().zip(grid.y.get(cell.y as usize).copied().flatten());
        let Some((column, row)) = place else {
            hidden += 1;
            continue;
        };
        let (x, y) = (grid.left + column as f64 * grid.cell, grid.top + row as f64 * grid.high);
        let part = strength.part(cell.value);
        let color = palette.strength(part);
        if body.circles {
            let most = grid.cell.min(grid.high) / 2.0 - 1.0;
            pen.circle(x + grid.cell / 2.0, y + grid.high / 2.0, (most * part.sqrt()).max(1.5), Paint::fill(palette.value(0)).faded(0.85));
            continue;
        }
        pen.round(x + 1.0, y + 1.0, grid.cell - 2.0, grid.high - 2.0, 2.0, Paint::fill(color));
        let shown = number::short(cell.value);
        if measure::width(&shown, 10.0, false) < grid.cell - 6.0 && grid.high >= 16.0 {
            pen.text(x + grid.cell / 2.0, y + grid.high / 2.0 + 3.5, &shown, Type::new(10.0, palette.on(color)).middle());
        }
    }
    frame.pen.group("cells", None, pen);
    hidden
}

/// From little to much, below the subtitle.
fn legend(frame: &mut Frame<'_>, body: &Matrix, strength: &Strength) {
    let palette = frame.palette;
    let y = frame.top();
    let mut pen = Pen::default();
    let kind = Type::new(11.0, palette.faint);
    let scale = match body.scale {
        Scale::Linear => "linear",
        Scale::Log => "logarithmic",
        Scale::Inverse => "what is rare is large",
    };
    let (first, last) = if body.scale == Scale::Inverse { (strength.high, strength.low) } else { (strength.low, strength.high) };
    let text = format!("{} ({scale})", text::clean(&body.measure));
    let mut x = MARGIN;
    pen.text(x, y + 10.0, &text, kind);
    x += measure::width(&text, 11.0, false) + 14.0;
    let low = number::short(first);
    pen.text(x, y + 10.0, &low, kind);
    x += measure::width(&low, 11.0, false) + 6.0;
    for step in 0..12 {
        let part = f64::from(step) / 11.0;
        if body.circles {
            pen.circle(x + 7.0, y + 6.0, (6.0 * part.sqrt()).max(1.5), Paint::fill(palette.value(0)).faded(0.85));
        } else {
            pen.rect(x, y, 14.5, 12.0, Paint::fill(palette.strength(part)));
        }
        x += 14.0;
    }
    pen.text(x + 6.0, y + 10.0, &number::short(last), kind);
    frame.pen.group("legend", None, pen);
}
