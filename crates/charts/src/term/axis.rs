//! The axis of time below lanes and panels, and the lines across them.

use super::screen::{self, Screen, Style};
use super::terminal::Terminal;
use crate::model::Reference;
use crate::scene::part;
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

    /// Lines where the screen is blank, labels in the line above; returns what is not to be seen.
    pub(super) fn references(
        &self,
        screen: &mut Screen,
        references: &[Reference],
        style: Style,
        label_row: usize,
        bottom: usize,
    ) -> Vec<String> {
        let (mut bare, mut outside, mut free) = (0, 0, self.left);
        for reference in references {
            if !(self.start..=self.end).contains(&reference.time) {
                outside += 1;
                continue;
            }
            let x = self.x(reference.time);
            for y in label_row + 1..bottom {
                if screen.is_blank(x, y) {
                    screen.set(x, y, '│', style);
                }
            }
            let label = text::named(&reference.label);
            let right = self.left + self.width;
            // A label stands right of its line, at the right edge left of it.
            let wide = screen::width(&label).min(30);
            let (from, arrow_first) = if x + wide + 2 <= right || x < self.left + wide + 1 { (x, true) } else { (x - wide - 1, false) };
            if from < free {
                bare += 1;
                screen.set(x, label_row, '▼', style);
                continue;
            }
            if arrow_first {
                screen.set(x, label_row, '▼', style);
                free = screen.fit(x + 2, label_row, (right.saturating_sub(x + 2)).min(30), &label, style) + 1;
            } else {
                screen.fit(from, label_row, wide, &label, style);
                screen.set(x, label_row, '▼', style);
                free = x + 1;
            }
        }
        let mut notes = Vec::new();
        if bare > 0 {
            notes.push(format!("{bare} of {} reference lines have no room for a label.", references.len()));
        }
        if outside > 0 {
            notes.push(format!("{outside} of {} reference lines are outside of the times shown.", references.len()));
        }
        notes
    }
}

/// The sign of a line.
pub(super) fn rule(terminal: &Terminal) -> char {
    terminal.pick('-', '─')
}
