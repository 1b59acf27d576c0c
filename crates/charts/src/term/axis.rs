//! The axis of time below lanes and panels, and the lines across them.

use super::screen::{self, Screen, Style};
use crate::model::Reference;
use crate::scene::part;
use crate::stack::{self, Span};
use crate::text;
use crate::ticks::{self, Zone};

/// An axis of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeAxis {
    pub start: i64,
    pub end: i64,
    /// First column.
    pub left: usize,
    /// Columns.
    pub width: usize,
    pub zone: Zone,
}

impl TimeAxis {
    /// The column of a time.
    pub(super) fn x(&self, time: i64) -> usize {
        self.left + ((part(time, self.start, self.end) * self.width as f64) as usize).min(self.width.saturating_sub(1))
    }

    /// Three lines: the axis, labels, days.
    pub(super) fn draw(&self, screen: &mut Screen, y: usize) {
        let mut count = (self.width / 12).max(2);
        let mut found = ticks::times(self.start, self.end, count, self.zone);
        let widest = found.iter().map(|tick| screen::width(&tick.label)).max().unwrap_or(0);
        if found.len() * (widest + 2) > self.width {
            count = (self.width / (widest + 3)).max(1);
            found = ticks::times(self.start, self.end, count, self.zone);
        }
        for x in self.left..self.left + self.width {
            screen.set(x, y, '─', Style::faint());
        }
        let (mut free, mut free_context) = (0, 0);
        let mut pending: Option<String> = None;
        let right = self.left + self.width;
        for tick in &found {
            let x = self.x(tick.at);
            screen.set(x, y, '┬', Style::faint());
            let wide = screen::width(&tick.label);
            let from = x.saturating_sub(wide / 2).min(right.saturating_sub(wide)).max(self.left);
            if from >= free {
                free = screen.put(from, y + 1, &tick.label, Style::plain()) + 1;
            }
            pending = tick.context.clone().or(pending);
            if let Some(context) = pending.as_deref().filter(|context| !context.is_empty()) {
                let from = from.min(right.saturating_sub(screen::width(context))).max(self.left);
                if from >= free_context {
                    free_context = screen.put(from, y + 2, context, Style::faint()) + 2;
                    pending = None;
                }
            }
        }
        let zone = self.zone.name();
        if right.saturating_sub(screen::width(zone)) >= free_context {
            screen.put_end(right, y + 2, zone, Style::faint());
        }
    }

    /// Places for the labels of reference lines.
    pub(super) fn place(&self, references: &[Reference], most: usize) -> References {
        let mut out = References::default();
        let right = self.left + self.width;
        let mut offers = Vec::new();
        for reference in references {
            if !(self.start..=self.end).contains(&reference.time) {
                out.outside += 1;
                continue;
            }
            let x = self.x(reference.time);
            let label = text::named(&reference.label);
            let wide = screen::width(&label).min(34);
            let at = |from: usize, to: usize| Span { x: x as f64, from: from as f64, to: to as f64 };
            let (fits_left, fits_right) = (x >= self.left + wide + 2, x + wide + 2 <= right || x < self.left + wide + 2);
            let spans = [at(x, x + wide + 3)].into_iter().filter(|_| fits_right);
            offers.push(spans.chain(fits_left.then(|| at(x.saturating_sub(wide + 2), x))).collect::<Vec<_>>());
            out.marks.push(Mark { x, label, place: None });
        }
        for (mark, place) in out.marks.iter_mut().zip(stack::rows(&offers, most)) {
            mark.place = place.map(|(row, span)| (row, span.from < span.x));
            out.rows = out.rows.max(place.map_or(1, |(row, _)| row + 1));
        }
        out
    }
}

#[derive(Debug, Clone)]
struct Mark {
    x: usize,
    label: String,
    /// Its row, and whether the label is at the left of its line.
    place: Option<(usize, bool)>,
}

/// Reference lines with places.
#[derive(Debug, Clone, Default)]
pub(super) struct References {
    /// Lines that the labels need.
    pub rows: usize,
    marks: Vec<Mark>,
    outside: usize,
}

impl References {
    /// Lines where the screen is blank, labels in the lines above `top`; returns what is not to be seen.
    pub(super) fn draw(&self, screen: &mut Screen, style: Style, top: usize, bottom: usize, right: usize) -> Vec<String> {
        for mark in &self.marks {
            let row = mark.place.map_or(0, |(row, _)| row);
            let label_row = top.saturating_sub(row + 1);
            for y in label_row + 1..bottom {
                if screen.is_blank(mark.x, y) {
                    screen.set(mark.x, y, '│', style);
                }
            }
        }
        for mark in &self.marks {
            let label_row = top.saturating_sub(mark.place.map_or(0, |(row, _)| row) + 1);
            if let Some((_, at_left)) = mark.place {
                let wide = screen::width(&mark.label).min(34);
                let (from, room) =
                    if at_left { (mark.x.saturating_sub(wide + 1), wide) } else { (mark.x + 2, right.saturating_sub(mark.x + 2).min(34)) };
                screen.fit(from, label_row, room, &mark.label, style);
            }
            if mark.place.is_some() || screen.is_blank(mark.x, label_row) {
                screen.set(mark.x, label_row, '▼', style);
            }
        }
        let bare = self.marks.iter().filter(|mark| mark.place.is_none()).count();
        let all = self.marks.len() + self.outside;
        let mut notes = Vec::new();
        if bare > 0 {
            notes.push(format!("{bare} of {all} reference lines have no room for a label."));
        }
        if self.outside > 0 {
            notes.push(format!("{} of {all} reference lines are outside of the times shown.", self.outside));
        }
        notes
    }
}
