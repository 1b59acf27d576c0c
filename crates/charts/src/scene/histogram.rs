//! `render_histogram`: how often which values are.

use super::axis::{self, References, TimeAxis};
use super::frame::{Entry, Frame, MARGIN, Sign};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Histogram};
use crate::palette::Palette;
use crate::text;
use crate::ticks::{self, Zone};

/// The sum of a bin over all colours.
pub(crate) fn total(body: &Histogram, bin: usize) -> f64 {
    body.series
        .iter()
        .filter_map(|series| series.values.get(bin).copied())
        .filter(|value| value.is_finite())
        .map(|value| value.max(0.0))
        .sum()
}

/// Microseconds as they were before they became numbers.
pub(crate) fn micros(value: f64) -> i64 {
    if value.is_finite() { value as i64 } else { 0 }
}

/// The place of an edge on the axis.
pub(crate) fn place(body: &Histogram, edge: f64) -> f64 {
    if body.is_log && edge > 0.0 { edge.log10() } else { edge }
}

pub(super) fn draw(chart: &Chart, body: &Histogram, size: Size, palette: &'static Palette) -> Scene {
    let mut legend = Vec::new();
    if body.series.len() > 1 {
        legend.extend(
            body.series
                .iter()
                .enumerate()
                .map(|(index, series)| Entry::new(palette.value(index), Sign::Square, series.label.shown.clone())),
        );
    }
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let bins = body.edges.len().saturating_sub(1);
    let (left, right) = (MARGIN + 52.0, frame.width - MARGIN - 8.0);
    let ends = (body.edges.first().copied().unwrap_or(0.0), body.edges.last().copied().unwrap_or(1.0));
    let logarithmic = body.is_log && ends.0 > 0.0;
    let times = TimeAxis {
        start: micros(ends.0),
        end: micros(ends.1).max(micros(ends.0).saturating_add(1)),
        left,
        right,
        zone: Zone::named(&chart.zone),
    };
    let references = if body.is_time { References::place(&chart.references, &times, frame.width - MARGIN) } else { References::default() };
    let top = frame.top() + 14.0 + references.height();
    let bottom = top + frame.room(360.0 + references.height()) - references.height() - if frame.is_fixed() { 50.0 } else { 0.0 };
    let most = (0..bins).map(|bin| total(body, bin)).fold(0.0, f64::max);
    let counts = ticks::numbers(0.0, most.max(1.0), ((bottom - top) / 55.0).max(2.0) as usize);
    axis::values(&mut frame, &counts, left, right, top, bottom);
    let mut axis_pen = Pen::default();
    let (low, high) = if logarithmic { (ends.0.log10(), ends.1.log10()) } else { ends };
    let span = ((high / 2.0 - low / 2.0) * 2.0).max(f64::MIN_POSITIVE);
    let x_of = |edge: f64| {
        let part = ((if logarithmic { edge.log10() } else { edge }) / 2.0 - low / 2.0) / (span / 2.0);
        left + if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 } * (right - left)
    };
    let below = if body.is_time {
        times.draw(&mut axis_pen, palette, bottom, bottom)
    } else {
        let axis = if logarithmic { ticks::powers(low, high) } else { ticks::numbers(low, high, 8) };
        axis_pen.line((left, bottom), (right, bottom), Paint::stroke(palette.axis, 1.0));
        for tick in axis.ticks.iter().filter(|tick| tick.at >= low && tick.at <= high) {
            let x = left + (tick.at / 2.0 - low / 2.0) / (span / 2.0) * (right - left);
            axis_pen.line((x, bottom), (x, bottom + 4.0), Paint::stroke(palette.axis, 1.0));
            axis_pen.text(x, bottom + 17.0, &tick.label, Type::new(11.0, palette.text).middle());
        }
        let unit = format!("{}{}", text::clean(&body.source.name), if logarithmic { " (logarithmic)" } else { "" });
        axis_pen.text(right, bottom + 33.0, &unit, Type::new(11.0, palette.faint).end());
        bottom + 36.0
    };
    frame.pen.group("axis", None, axis_pen);
    let mut base = vec![0.0_f64; bins];
    let mut pen = Pen::default();
    for (index, series) in body.series.iter().enumerate() {
        let mut steps = Vec::new();
        for ((bin, edges), base) in body.edges.windows(2).enumerate().zip(base.iter_mut()) {
            let value = series.values.get(bin).copied().filter(|value| value.is_finite()).unwrap_or(0.0).max(0.0);
            let [from, to] = edges else { continue };
            if value == 0.0 {
                continue;
            }
            let (a, b) = (x_of(*from), x_of(*to));
            let y = |count: f64| bottom - counts.part(count) * (bottom - top);
            let (low, high) = (y(*base), y(*base + value).min(y(*base) - 1.0));
            *base += value;
            let gap = if b - a > 4.0 { 1.0 } else { 0.0 };
            steps.extend([Step::Move(a, low), Step::Along(high), Step::Across((b - gap).max(a + 0.7)), Step::Along(low), Step::Close]);
        }
        pen.path(steps, Paint::fill(palette.value(index)));
    }
    frame.pen.group("bins", None, pen);
    references.draw(&mut frame.pen, palette, top, bottom);
    frame.pen.text(MARGIN, top - 6.0, "rows", Type::new(11.0, palette.faint));
    let description = format!("Histogram of {} in {bins} bins", text::clean(&body.source.name));
    frame.finish(below, &references.notes, &description)
}
