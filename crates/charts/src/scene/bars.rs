//! `render_bars`: bars to the right, so that their labels can be read.

use super::frame::{Entry, Frame, MARGIN, Sign};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size};
use crate::model::{Bars, Chart};
use crate::palette::Palette;
use crate::ticks;
use crate::{measure, number, text};

/// Most bars of a picture.
const MOST: usize = 60;

/// The ends of the axis: from zero, over sums where the parts add up.
pub(crate) fn range(body: &Bars, shown: usize) -> (f64, f64) {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for index in 0..shown {
        let (mut below, mut above) = (0.0, 0.0);
        for value in body.series.iter().filter_map(|series| series.values.get(index).copied()).filter(|value| value.is_finite()) {
            let (under, over) = (value.min(0.0), value.max(0.0));
            (below, above) = if body.stacked { (below + under, above + over) } else { (under.min(below), over.max(above)) };
        }
        (low, high) = (low.min(below), high.max(above));
    }
    (low, high)
}

pub(super) fn draw(chart: &Chart, body: &Bars, size: Size, palette: &'static Palette) -> Scene {
    let parts = body.series.len().max(1);
    let mut legend = Vec::new();
    if parts > 1 {
        legend.extend(
            body.series
                .iter()
                .enumerate()
                .map(|(index, series)| Entry::new(palette.value(index), Sign::Square, series.label.shown.clone())),
        );
    }
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let all = body.labels.len();
    let high = if body.stacked || parts == 1 { 26.0 } else { (parts as f64 * 14.0 + 8.0).min(120.0) };
    let shown = all.min(MOST).min(((frame.room(f64::INFINITY) - 40.0) / high).clamp(1.0, 1e6) as usize);
    let names = body
        .labels
        .iter()
        .take(shown)
        .map(|label| measure::width(&text::named(&label.shown), 12.0, false))
        .fold(40.0, f64::max)
        .min(frame.width * 0.3);
    let (left, right) = (MARGIN + names + 10.0, frame.width - MARGIN - 64.0);
    let (low, upper) = range(body, shown);
    let axis = ticks::numbers(low, upper, ((right - left) / 110.0).max(2.0) as usize);
    let x_of = |value: f64| left + axis.part(value) * (right - left);
    let top = frame.top() + 8.0;
    let bottom = top + shown as f64 * high;
    let mut pen = Pen::default();
    for tick in &axis.ticks {
        let x = x_of(tick.at);
        pen.line((x, top), (x, bottom), Paint::stroke(if tick.at == 0.0 { palette.axis } else { palette.grid }, 1.0));
        pen.text(x, bottom + 16.0, &tick.label, Type::new(11.0, palette.faint).middle());
    }
    pen.text(right, bottom + 32.0, &text::clean(&body.measure), Type::new(11.0, palette.faint).end());
    pen.fitted(MARGIN, bottom + 16.0, names, &text::clean(&body.source.name), Type::new(11.0, palette.faint));
    frame.pen.group("axis", None, pen);
    let mut pen = Pen::default();
    for (index, label) in body.labels.iter().take(shown).enumerate() {
        let y = top + index as f64 * high;
        pen.fitted(left - 10.0, y + high / 2.0 + 4.0, names, &text::named(&label.shown), Type::new(12.0, palette.text).end());
        let values = body.series.iter().map(|series| series.values.get(index).copied().unwrap_or(f64::NAN));
        let mut at = (0.0, 0.0);
        let thick = if body.stacked || parts == 1 { high - 8.0 } else { (high - 8.0) / parts as f64 };
        for (part, value) in values.enumerate().filter(|(_, value)| value.is_finite()) {
            let other = parts == 1 && body.other && index + 1 == all;
            let color = if other { palette.other } else { palette.value(part) };
            let (from, bar_y) = if body.stacked {
                let from = if value < 0.0 { at.0 } else { at.1 };
                if value < 0.0 {
                    at.0 += value
                } else {
                    at.1 += value
                };
                (from, y + 4.0)
            } else {
                (0.0, y + 4.0 + part as f64 * thick)
            };
            let (a, b) = (x_of(from), x_of(from + value));
            pen.rect(
                a.min(b),
                bar_y,
                (a - b).abs().max(if value == 0.0 { 0.0 } else { 1.0 }),
                thick - if body.stacked { 0.0 } else { 1.0 },
                Paint::fill(color),
            );
            if !body.stacked && parts > 1 {
                pen.text(b.max(x_of(0.0)) + 6.0, bar_y + thick / 2.0 + 3.5, &shown_value(value), Type::new(10.0, palette.faint));
            }
        }
        if body.stacked || parts == 1 {
            let total = if body.stacked {
                at.0 + at.1
            } else {
                body.series.first().and_then(|series| series.values.get(index)).copied().unwrap_or(0.0)
            };
            pen.text(x_of(total.max(at.1)).max(x_of(0.0)) + 6.0, y + high / 2.0 + 4.0, &shown_value(total), Type::new(11.0, palette.text));
        }
    }
    frame.pen.group("bars", None, pen);
    let mut notes = Vec::new();
    if shown < all {
        notes.push(format!("The first {shown} of {} bars are shown.", number::whole(all as u64)));
    }
    let description = format!("Bars: {} by {}", text::clean(&body.measure), text::clean(&body.source.name));
    frame.finish(bottom + 36.0, &notes, &description)
}

/// Whole numbers in full while they are short.
pub(crate) fn shown_value(value: f64) -> String {
    if value >= 0.0 && value.fract() == 0.0 && value < 1e7 { number::whole(value as u64) } else { number::short(value) }
}
