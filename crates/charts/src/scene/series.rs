//! `render_series`: what was observed and expected, what is usual, and what is not.

use super::axis::{self, References, TimeAxis};
use super::frame::{Entry, Frame, MARGIN, Sign, triangle};
use super::lanes::Envelope;
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Series};
use crate::palette::{Palette, Rgb};
use crate::ticks::{self, Numbers, Zone};
use crate::{number, text};

/// Most panels of a picture.
const MOST: usize = 20;

/// The colours of a series.
pub(crate) struct Tones {
    pub(crate) observed: Rgb,
    pub(crate) baseline: Rgb,
    pub(crate) band: Rgb,
    pub(crate) spike: Rgb,
    pub(crate) dip: Rgb,
}

impl Tones {
    pub(crate) fn of(palette: &Palette) -> Self {
        Self { observed: palette.value(0), baseline: palette.faint, band: palette.value(5), spike: palette.value(3), dip: palette.value(7) }
    }
}

/// Lowest and highest number of a panel.
pub(crate) fn range(body: &Series, panel: usize) -> Option<(f64, f64)> {
    let columns = [&body.values, &body.baseline, &body.low, &body.high];
    let rows = body.panel_of.iter().enumerate().filter(|(_, of)| **of as usize == panel).map(|(row, _)| row);
    rows.flat_map(|row| columns.map(|column| column.get(row).copied()))
        .flatten()
        .filter(|value| value.is_finite())
        .fold(None, |range: Option<(f64, f64)>, value| Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value)))))
}

pub(super) fn draw(chart: &Chart, body: &Series, size: Size, palette: &'static Palette) -> Scene {
    let tones = Tones::of(palette);
    let mut legend = vec![Entry::new(tones.observed, Sign::Line, format!("observed ({})", text::named(&body.value_source.name)))];
    if !body.baseline.is_empty() {
        legend.push(Entry::new(tones.baseline, Sign::Dashed, "expected"));
    }
    if !body.low.is_empty() && !body.high.is_empty() {
        legend.push(Entry::new(tones.band.mix(palette.background, 0.6), Sign::Square, "usual"));
    }
    let (spikes, dips) = (body.anomalies.iter().filter(|sign| **sign > 0).count(), body.anomalies.iter().filter(|sign| **sign < 0).count());
    legend.push(Entry::new(tones.spike, Sign::Up, number::counted(spikes as u64, "spike", "spikes")));
    legend.push(Entry::new(tones.dip, Sign::Down, number::counted(dips as u64, "dip", "dips")));
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let (left, right) = (MARGIN + 46.0, frame.width - MARGIN);
    let (start, end) = axis::span(body.times.iter().copied());
    let axis = TimeAxis { start, end, left: left + 8.0, right: right - 8.0, zone: Zone::named(&chart.zone) };
    let references = References::place(&chart.references, &axis, right);
    let mut notes = references.notes.clone();
    let top = frame.top() + 4.0 + references.height();
    let panels = body.panels.len().clamp(1, MOST);
    let wanted = if panels == 1 {
        340.0
    } else if panels <= 3 {
        200.0
    } else {
        130.0
    };
    let room = frame.room(f64::INFINITY) - references.height() - 50.0;
    let fitting = if room.is_finite() { panels.min((room / 70.0).max(1.0) as usize) } else { panels };
    let high = (room / fitting as f64).min(wanted).max(60.0);
    if fitting < body.panels.len() {
        notes.push(format!("The first {fitting} of {} series are shown.", number::whole(body.panels.len() as u64)));
    }
    let bottom = top + high * fitting as f64;
    let mut axis_pen = Pen::default();
    let below = axis.draw(&mut axis_pen, palette, top, bottom);
    frame.pen.group("time", None, axis_pen);
    for index in 0..fitting {
        let from = top + index as f64 * high;
        let name = body.panels.get(index).map(|panel| text::clean(&panel.label.shown)).unwrap_or_default();
        let head = if name.is_empty() { 0.0 } else { 18.0 };
        let (low, upper) = range(body, index).unwrap_or((0.0, 1.0));
        let low = if low > 0.0 && low < upper * 0.5 { 0.0 } else { low };
        let numbers = ticks::within(low, upper, ((high - 24.0) / 42.0).max(1.0) as usize);
        let (panel_top, panel_bottom) = (from + head + 8.0, from + high - 10.0);
        axis::values(&mut frame, &numbers, left, right, panel_top, panel_bottom);
        if !name.is_empty() {
            frame.pen.fitted(left + 2.0, from + 15.0, right - left, &name, Type::new(12.0, palette.text).strong());
        }
        let panel = Panel { body, index, axis: &axis, numbers: &numbers, top: panel_top, bottom: panel_bottom };
        panel.draw(&mut frame, &tones);
    }
    references.draw(&mut frame.pen, palette, top, bottom);
    let description = format!(
        "Series from {} to {} with {} and {}",
        axis.zone.second(start),
        axis.zone.second(end),
        number::counted(spikes as u64, "spike", "spikes"),
        number::counted(dips as u64, "dip", "dips")
    );
    frame.finish(below, &notes, &description)
}

struct Panel<'a> {
    body: &'a Series,
    index: usize,
    axis: &'a TimeAxis,
    numbers: &'a Numbers,
    top: f64,
    bottom: f64,
}

impl Panel<'_> {
    /// x and y of a column of the rows of this panel; `None` where there is no number.
    fn points<'a>(&'a self, column: &'a [f64]) -> impl Iterator<Item = (usize, f64, Option<f64>)> + 'a {
        let rows = self.body.times.iter().zip(&self.body.panel_of).enumerate();
        rows.filter(|(_, (_, panel))| **panel as usize == self.index).map(|(row, (time, _))| {
            let value = column.get(row).copied().filter(|value| value.is_finite());
            (row, self.axis.x(*time), value.map(|value| self.y(value)))
        })
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - self.numbers.part(value) * (self.bottom - self.top)
    }

    fn line(&self, column: &[f64]) -> Vec<Step> {
        let mut line = Envelope::default();
        for (_, x, y) in self.points(column) {
            match y {
                Some(y) => line.add(x, y),
                None => line.gap(),
            }
        }
        line.finish()
    }

    fn draw(&self, frame: &mut Frame<'_>, tones: &Tones) {
        let palette = frame.palette;
        let mut pen = Pen::default();
        let both = self.points(&self.body.low).zip(self.points(&self.body.high));
        let mut edges: Vec<(f64, f64, f64)> = Vec::new();
        for ((_, x, low), (_, _, high)) in both {
            let (Some(low), Some(high)) = (low, high) else { continue };
            // One edge a pixel is enough.
            match edges.last_mut() {
                Some(last) if (x - last.0).abs() < 1.0 => *last = (last.0, last.1.max(low), last.2.min(high)),
                _ => edges.push((x, low, high)),
            }
        }
        let corners = edges.iter().map(|(x, _, high)| (*x, *high)).chain(edges.iter().rev().map(|(x, low, _)| (*x, *low)));
        let corners: Vec<(f64, f64)> = corners.collect();
        if corners.len() > 2 {
            pen.shape(super::Shape::Polygon(corners), Paint::fill(tones.band).faded(0.28));
        }
        pen.path(self.line(&self.body.baseline), Paint::stroke(tones.baseline, 1.2).dashed());
        pen.path(self.line(&self.body.values), Paint::stroke(tones.observed, 1.6));
        for (row, x, y) in self.points(&self.body.values) {
            let (Some(y), Some(sign)) = (y, self.body.anomalies.get(row).filter(|sign| **sign != 0)) else { continue };
            let (radius, color) = if *sign > 0 { (5.5, tones.spike) } else { (-5.5, tones.dip) };
            pen.circle(x, y, 2.4, Paint::fill(color));
            // Signs stand outside of the line that they mark.
            triangle(&mut pen, x, (y - radius * 1.7).clamp(self.top - 4.0, self.bottom + 4.0), radius, color);
        }
        let name = self.body.panels.get(self.index).map(|panel| text::named(&panel.label.shown)).unwrap_or_default();
        frame.pen.group(
            &name,
            Some([self.axis.left - 8.0, self.top - 12.0, self.axis.right - self.axis.left + 16.0, self.bottom - self.top + 24.0]),
            pen,
        );
        frame.pen.line((self.axis.left - 8.0, self.bottom), (self.axis.right + 8.0, self.bottom), Paint::stroke(palette.grid, 1.0));
    }
}
