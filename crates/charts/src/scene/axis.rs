//! Axes of time and of values, and the lines across them.

use super::frame::Frame;
use super::pen::{Pen, Type};
use super::{Anchor, Paint};
use crate::model::Reference;
use crate::palette::Palette;
use crate::stack::{self, Span};
use crate::ticks::{self, Zone};
use crate::{measure, text};

/// Most rows of labels of reference lines.
const ROWS: usize = 5;
/// Height of such a row.
const ROW: f64 = 16.0;

/// An axis of time.
#[derive(Debug, Clone, Copy)]
pub struct TimeAxis {
    /// First time.
    pub start: i64,
    /// Last time.
    pub end: i64,
    /// Where the first time is, in px.
    pub left: f64,
    /// Where the last time is.
    pub right: f64,
    /// In which the times are shown.
    pub zone: Zone,
}

impl TimeAxis {
    /// Where a time is.
    #[must_use]
    pub fn x(&self, time: i64) -> f64 {
        self.left + part(time, self.start, self.end) * (self.right - self.left)
    }

    /// Lines behind the marks and labels below them; returns where they end.
    pub fn draw(&self, pen: &mut Pen, palette: &Palette, top: f64, bottom: f64) -> f64 {
        let count = ((self.right - self.left) / 90.0).max(2.0) as usize;
        let mut ticks = ticks::times(self.start, self.end, count, self.zone);
        // Long labels need more room than that.
        let widest = ticks.iter().map(|tick| measure::width(&tick.label, 11.0, false)).fold(0.0, f64::max);
        let fitting = ((self.right - self.left) / (widest + 18.0)).max(1.0) as usize;
        if ticks.len() > fitting + 1 {
            ticks = ticks::times(self.start, self.end, fitting, self.zone);
        }
        pen.line((self.left, bottom), (self.right, bottom), Paint::stroke(palette.axis, 1.0));
        let (mut free, mut free_context) = (f64::MIN, f64::MIN);
        let mut pending: Option<String> = None;
        for tick in &ticks {
            let x = self.x(tick.at);
            pen.line((x, top), (x, bottom), Paint::stroke(palette.grid, 1.0));
            pen.line((x, bottom), (x, bottom + 4.0), Paint::stroke(palette.axis, 1.0));
            let half = measure::width(&tick.label, 11.0, false) / 2.0;
            if x - half > free {
                pen.text(x, bottom + 17.0, &tick.label, Type::new(11.0, palette.text).middle());
                free = x + half + 6.0;
            }
            // A day that finds no room is said at a later tick of that day.
            pending = tick.context.clone().or(pending);
            if let Some(context) = pending.as_deref().filter(|context| !context.is_empty()) {
                let wide = measure::width(context, 11.0, false);
                let from = (x - half).min(self.right - wide);
                if from > free_context {
                    pen.text(from, bottom + 32.0, context, Type::new(11.0, palette.faint));
                    free_context = from + wide + 10.0;
                    pending = None;
                }
            }
        }
        let zone = format!("times in {}", self.zone.name());
        if self.right - measure::width(&zone, 11.0, false) > free_context {
            pen.text(self.right, bottom + 32.0, &zone, Type::new(11.0, palette.faint).end());
            return bottom + 36.0;
        }
        pen.text(self.right, bottom + 47.0, &zone, Type::new(11.0, palette.faint).end());
        bottom + 51.0
    }
}

/// First and last time; room around where they are the same.
#[must_use]
pub fn span(times: impl Iterator<Item = i64>) -> (i64, i64) {
    let mut ends: Option<(i64, i64)> = None;
    for time in times {
        ends = Some(ends.map_or((time, time), |(low, high)| (low.min(time), high.max(time))));
    }
    match ends {
        None => (0, 1_000_000),
        Some((low, high)) if low == high => (low.saturating_sub(500_000), high.saturating_add(500_000)),
        Some(ends) => ends,
    }
}

/// Where a time lies between two others, from 0 to 1.
#[must_use]
pub fn part(time: i64, start: i64, end: i64) -> f64 {
    let span = (i128::from(end) - i128::from(start)).max(1) as f64;
    ((i128::from(time) - i128::from(start)) as f64 / span).clamp(0.0, 1.0)
}

/// A reference line with a place for its label.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    x: f64,
    row: usize,
    text: String,
    anchor: Anchor,
}

/// Reference lines with labels in rows, so that none hides another.
#[derive(Debug, Clone, Default)]
pub struct References {
    placed: Vec<Placed>,
    bare: Vec<f64>,
    rows: usize,
    /// What is not to be seen of them.
    pub notes: Vec<String>,
}

impl References {
    /// Finds places for the labels.
    #[must_use]
    pub fn place(references: &[Reference], axis: &TimeAxis, frame_right: f64) -> Self {
        let mut out = Self::default();
        let (mut outside, mut spans, mut texts, mut xs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for reference in references {
            if !(axis.start..=axis.end).contains(&reference.time) {
                outside.push(format!("{} at {}", text::named(&reference.label), axis.zone.second(reference.time)));
                continue;
            }
            let x = axis.x(reference.time);
            let shown = measure::fit(&text::clean(&reference.label), 240.0, 11.0, false);
            let wide = measure::width(&shown, 11.0, false) + 14.0;
            let (left, right) = (Span { x, from: x - wide, to: x }, Span { x, from: x, to: x + wide });
            let (fits_left, fits_right) = (x - wide > 0.0, x + wide <= frame_right);
            spans.push([right].into_iter().filter(|_| fits_right).chain([left].into_iter().filter(|_| fits_left)).collect::<Vec<_>>());
            xs.push(x);
            texts.push(shown);
        }
        for ((x, text), place) in xs.into_iter().zip(texts).zip(stack::rows(&spans, ROWS)) {
            match place {
                Some((row, span)) => {
                    out.rows = out.rows.max(row + 1);
                    let anchor = if span.from < span.x { Anchor::End } else { Anchor::Start };
                    out.placed.push(Placed { x: span.x, row, text, anchor });
                }
                None => out.bare.push(x),
            }
        }
        if !out.bare.is_empty() {
            out.notes.push(format!("{} of {} reference lines have no room for a label.", out.bare.len(), references.len()));
        }
        if !outside.is_empty() {
            let more = if outside.len() > 3 { format!(" and {} more", outside.len() - 3) } else { String::new() };
            outside.truncate(3);
            out.notes.push(format!("Reference lines outside of the times shown: {}{more}.", outside.join("; ")));
        }
        out
    }

    /// The room that the labels need.
    #[must_use]
    pub fn height(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.rows as f64 * ROW + 4.0 }
    }

    /// Draws lines to the bottom and labels above the top.
    pub fn draw(&self, pen: &mut Pen, palette: &Palette, top: f64, bottom: f64) {
        let mut inner = Pen::default();
        for x in &self.bare {
            inner.line((*x, top), (*x, bottom), Paint::stroke(palette.reference, 1.2).dashed());
        }
        for placed in &self.placed {
            // The first row is the lowest.
            let y = top - 4.0 - placed.row as f64 * ROW;
            inner.line((placed.x, y - 11.0), (placed.x, bottom), Paint::stroke(palette.reference, 1.2).dashed());
            let shift = if placed.anchor == Anchor::End { -5.0 } else { 5.0 };
            let kind = Type { anchor: placed.anchor, ..Type::new(11.0, palette.reference) };
            inner.haloed(placed.x + shift, y - 2.0, &placed.text, kind, palette.background);
        }
        pen.group("references", None, inner);
    }
}

/// An axis of values at the left: lines behind the marks, labels, the unit above.
pub fn values(frame: &mut Frame<'_>, axis: &ticks::Numbers, left: f64, right: f64, top: f64, bottom: f64) {
    let palette = frame.palette;
    for tick in &axis.ticks {
        let y = bottom - axis.part(tick.at) * (bottom - top);
        frame.pen.line((left, y), (right, y), Paint::stroke(palette.grid, 1.0));
        frame.pen.text(left - 6.0, y + 3.5, &tick.label, Type::new(10.0, palette.faint).end());
    }
}
