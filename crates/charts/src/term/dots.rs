//! Dots that are smaller than cells: braille has eight in a cell, blocks two, ASCII one.

use super::screen::{Screen, Style};
use super::terminal::{Charset, Terminal};
use crate::palette::Rgb;

/// A canvas of dots.
#[derive(Debug, Clone)]
pub(super) struct Dots {
    /// Dots across.
    pub width: usize,
    /// Dots down.
    pub height: usize,
    columns: usize,
    rows: usize,
    /// Dots across and down of a cell.
    cell: (usize, usize),
    bits: Vec<u8>,
    colors: Vec<Option<Rgb>>,
    /// What stands for a dot in ASCII.
    signs: Vec<char>,
}

impl Dots {
    pub(super) fn new(terminal: &Terminal, columns: usize, rows: usize) -> Self {
        let cell = match terminal.charset {
            Charset::Ascii => (1, 1),
            Charset::Block => (1, 2),
            Charset::Braille => (2, 4),
        };
        let cells = columns * rows;
        Self {
            width: columns * cell.0,
            height: rows * cell.1,
            columns,
            rows,
            cell,
            bits: vec![0; cells],
            colors: vec![None; cells],
            signs: vec![' '; cells],
        }
    }

    /// Sets a dot.
    pub(super) fn set(&mut self, x: usize, y: usize, color: Option<Rgb>, sign: char) {
        if x >= self.width || y >= self.height {
            return;
        }
        let index = y / self.cell.1 * self.columns + x / self.cell.0;
        let bit = match self.cell {
            (2, 4) => match (x % 2, y % 4) {
                (0, 3) => 0x40,
                (1, 3) => 0x80,
                (column, row) => 1 << (column * 3 + row),
            },
            (_, 2) => 1 << (y % 2),
            _ => 1,
        };
        if let (Some(bits), Some(cell_color), Some(cell_sign)) =
            (self.bits.get_mut(index), self.colors.get_mut(index), self.signs.get_mut(index))
        {
            *bits |= bit;
            *cell_color = color;
            *cell_sign = sign;
        }
    }

    /// A line from dot to dot.
    pub(super) fn line(&mut self, from: (usize, usize), to: (usize, usize), color: Option<Rgb>, sign: char) {
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let between = |a: usize, b: usize, step: usize| (a as f64 + (b as f64 - a as f64) * step as f64 / steps as f64).round() as usize;
        for step in 0..=steps {
            self.set(between(from.0, to.0, step), between(from.1, to.1, step), color, sign);
        }
    }

    /// Draws the dots where the screen is blank.
    pub(super) fn draw(&self, screen: &mut Screen, left: usize, top: usize) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let index = row * self.columns + column;
                let (Some(bits), Some(color), Some(sign)) = (self.bits.get(index), self.colors.get(index), self.signs.get(index)) else {
                    continue;
                };
                if *bits == 0 {
                    continue;
                }
                let character = match (self.cell, bits) {
                    ((2, 4), bits) => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
                    ((_, 2), 1) => '▀',
                    ((_, 2), 2) => '▄',
                    ((_, 2), _) => '█',
                    _ => *sign,
                };
                screen.set(left + column, top + row, character, Style { color: *color, ..Style::plain() });
            }
        }
    }
}

/// The upper edge of a bar in a cell: eighths from 0 to 8.
pub(super) fn upright(terminal: &Terminal, eighths: usize) -> char {
    let signs = terminal.pick(" .:-=+*#@", " ▁▂▃▄▅▆▇█");
    signs.chars().nth(eighths.min(8)).unwrap_or(' ')
}

/// A bar to the right of so many columns, to an eighth where there are blocks.
pub(super) fn level(terminal: &Terminal, columns: f64) -> String {
    let columns = if columns.is_finite() { columns.clamp(0.0, 500.0) } else { 0.0 };
    if terminal.ascii() {
        return "#".repeat((columns.round() as usize).max(usize::from(columns > 0.0)));
    }
    let eighths = ((columns * 8.0).round() as usize).max(usize::from(columns > 0.0));
    let mut out = "█".repeat(eighths / 8);
    out.extend(" ▏▎▍▌▋▊▉".chars().nth(eighths % 8).filter(|character| *character != ' '));
    out
}
