//! What colours and signs mean, in as many lines as that takes.

use super::screen::{self, Screen, Style};
use crate::palette::Rgb;

/// Widest name.
const WIDEST: usize = 24;

/// Entries with places.
#[derive(Debug, Clone, Default)]
pub(super) struct Legend {
    entries: Vec<(usize, usize, char, Rgb, String)>,
    /// Lines.
    pub rows: usize,
}

impl Legend {
    /// Finds places for entries in lines of so many columns.
    pub(super) fn of(entries: impl Iterator<Item = (char, Rgb, String)>, width: usize) -> Self {
        let mut out = Self::default();
        let (mut x, mut y) = (0, 0);
        for (sign, color, name) in entries {
            let wide = 2 + screen::width(&name).min(WIDEST);
            if x > 0 && x + wide > width {
                (x, y) = (0, y + 1);
            }
            out.entries.push((x, y, sign, color, name));
            out.rows = y + 1;
            x += wide + 2;
        }
        out
    }

    pub(super) fn draw(&self, screen: &mut Screen, top: usize) {
        for (x, y, sign, color, name) in &self.entries {
            screen.set(*x, top + y, *sign, Style::colored(*color));
            screen.fit(x + 2, top + y, WIDEST, name, Style::plain());
        }
    }
}
