//! Cells of text. Nothing that is written here leaves its line, and no control character but those of colours leaves the screen.

use super::terminal::{ColorDepth, Terminal};
use crate::palette::Rgb;
use huntsql_kernels::text::is_hidden;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Style {
    pub color: Option<Rgb>,
    pub bold: bool,
    pub faint: bool,
    pub behind: Option<Rgb>,
}

impl Style {
    pub(super) fn plain() -> Self {
        Self::default()
    }

    pub(super) fn bold() -> Self {
        Self { bold: true, ..Self::default() }
    }

    pub(super) fn faint() -> Self {
        Self { faint: true, ..Self::default() }
    }

    pub(super) fn colored(color: Rgb) -> Self {
        Self { color: Some(color), ..Self::default() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    /// `None` where the character before takes this cell too.
    character: Option<char>,
    style: Style,
}

const BLANK: Cell = Cell { character: Some(' '), style: Style { color: None, bold: false, faint: false, behind: None } };

/// Lines of cells.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    width: usize,
    rows: Vec<Vec<Cell>>,
    terminal: Terminal,
}

/// Columns that a character takes; `None` where it has no cell of its own.
fn columns(character: char) -> Option<usize> {
    if is_hidden(character) { None } else { character.width().filter(|width| *width > 0) }
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().filter_map(columns).sum()
}

/// The text in lines of at most so many columns.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

impl Screen {
    pub(super) fn new(width: usize, height: usize, terminal: Terminal) -> Self {
        Self { width, rows: vec![vec![BLANK; width]; height], terminal }
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    /// Adds a line.
    pub(super) fn add(&mut self, text: &str, style: Style) -> usize {
        self.rows.push(vec![BLANK; self.width]);
        let row = self.rows.len() - 1;
        self.fit(0, row, self.width, text, style);
        row
    }

    /// Writes a text, cut at the edge; returns the column after it.
    pub(super) fn put(&mut self, x: usize, y: usize, text: &str, style: Style) -> usize {
        let mut at = x;
        for character in text.chars() {
            let Some(wide) = columns(character) else { continue };
            let wide = if self.terminal.ascii() { 1 } else { wide };
            if at + wide > self.width {
                break;
            }
            self.set(at, y, character, style);
            if wide > 1
                && let Some(cell) = self.cell(at + 1, y)
            {
                cell.character = None;
                cell.style = style;
            }
            at += wide;
        }
        at
    }

    /// Writes as much of a text as fits into so many columns, with a mark where it was cut; returns the column after it.
    pub(super) fn fit(&mut self, x: usize, y: usize, room: usize, text: &str, style: Style) -> usize {
        let room = room.min(self.width.saturating_sub(x));
        let ascii = self.terminal.ascii();
        let wide = |character: char| if ascii { columns(character).map(|_| 1) } else { columns(character) };
        if text.chars().filter_map(wide).sum::<usize>() <= room {
            return self.put(x, y, text, style);
        }
        let mut shown = String::new();
        let mut left = room.saturating_sub(1);
        for character in text.chars() {
            let Some(wide) = wide(character) else { continue };
            if wide > left {
                break;
            }
            left -= wide;
            shown.push(character);
        }
        if room > 0 {
            shown.push('…');
        }
        self.put(x, y, &shown, style)
    }

    /// Writes a text that ends before a column.
    pub(super) fn put_end(&mut self, end: usize, y: usize, text: &str, style: Style) {
        self.put(end.saturating_sub(width(text)), y, text, style);
    }

    fn cell(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        self.rows.get_mut(y).and_then(|row| row.get_mut(x))
    }

    /// Sets one cell to a character of one column, or to the first of two.
    pub(super) fn set(&mut self, x: usize, y: usize, character: char, style: Style) {
        let character = if self.terminal.ascii() { ascii(character) } else { character };
        // Half of a wide character cannot stay.
        if self.cell(x, y).is_some_and(|cell| cell.character.is_none())
            && let Some(before) = x.checked_sub(1).and_then(|x| self.cell(x, y))
        {
            *before = BLANK;
        }
        if self.cell(x + 1, y).is_some_and(|cell| cell.character.is_none())
            && let Some(after) = self.cell(x + 1, y)
        {
            *after = BLANK;
        }
        if let Some(cell) = self.cell(x, y) {
            *cell = Cell { character: Some(character), style };
        }
    }

    pub(super) fn is_blank(&self, x: usize, y: usize) -> bool {
        self.rows.get(y).and_then(|row| row.get(x)).is_some_and(|cell| *cell == BLANK)
    }

    /// The lines, each with a line break.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let end = row.iter().rposition(|cell| *cell != BLANK).map_or(0, |last| last + 1);
            let mut style = Style::default();
            for cell in row.iter().take(end) {
                let Some(character) = cell.character else { continue };
                if cell.style != style && self.terminal.color != ColorDepth::None {
                    self.switch(&mut out, cell.style);
                    style = cell.style;
                }
                out.push(character);
            }
            if style != Style::default() {
                out.push_str("\u{1b}[0m");
            }
            out.push('\n');
        }
        out
    }

    fn switch(&self, out: &mut String, style: Style) {
        out.push_str("\u{1b}[0");
        if style.bold {
            out.push_str(";1");
        }
        if style.faint {
            out.push_str(";2");
        }
        for (color, code) in [(style.color, 38), (style.behind, 48)] {
            let Some(color) = color else { continue };
            // Writing to a String never fails.
            let _ = match self.terminal.color {
                ColorDepth::Truecolor => write!(out, ";{code};2;{};{};{}", color.0, color.1, color.2),
                _ => write!(out, ";{code};5;{}", nearest(color)),
            };
        }
        out.push('m');
    }
}

/// What stands for a character where there is only ASCII.
fn ascii(character: char) -> char {
    match character {
        ' '..='~' => character,
        '…' => '~',
        '–' | '—' | '─' | '━' | '‐' => '-',
        '│' | '┃' => '|',
        '├' | '└' | '┬' | '┴' | '┼' | '┌' | '┐' | '┘' => '+',
        '▲' => '^',
        '▼' => 'v',
        '→' => '>',
        '←' => '<',
        '◆' | '•' | '●' | '×' => '*',
        '·' => '.',
        'µ' | 'μ' => 'u',
        '∞' => '~',
        '\u{a0}' => ' ',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        _ => '?',
    }
}

/// The nearest colour of the cube and the greys of the palette of 256.
fn nearest(color: Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |channel: u8| {
        let best = LEVELS.iter().enumerate().min_by_key(|(_, level)| level.abs_diff(channel));
        best.map_or((0, 0), |(index, level)| (index as u8, *level))
    };
    let distance =
        |r: u8, g: u8, b: u8| [(r, color.0), (g, color.1), (b, color.2)].iter().map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum::<u32>();
    let ((r, red), (g, green), (b, blue)) = (level(color.0), level(color.1), level(color.2));
    let mean = (u16::from(color.0) + u16::from(color.1) + u16::from(color.2)) / 3;
    let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
    let shade = 8 + grey * 10;
    if distance(shade, shade, shade) < distance(red, green, blue) { 232 + grey } else { 16 + 36 * r + 6 * g + b }
}

#[cfg(test)]
mod tests {
    use super::super::terminal::Charset;
    use super::*;

    #[test]
    fn nothing_leaves_its_line() {
        let terminal = Terminal { width: 10, height: 9, color: ColorDepth::Truecolor, charset: Charset::Braille };
        let mut screen = Screen::new(10, 1, terminal);
        screen.put(7, 0, "漢字漢字", Style::plain());
        assert_eq!(screen.render(), "       漢\n");
        screen.put(8, 0, "x", Style::plain());
        assert_eq!(screen.render(), "        x\n");
        screen.fit(0, 0, 6, "\u{1b}[31mlong text", Style::plain());
        assert_eq!(screen.render(), "[31ml…  x\n");
        let mut screen = Screen::new(10, 0, Terminal { charset: Charset::Ascii, color: ColorDepth::None, ..terminal });
        screen.add("漢字 ◆ a rather long text", Style::bold());
        assert_eq!(screen.render(), "?? * a ra~\n");
    }

    #[test]
    fn colours_of_256() {
        assert_eq!(
            (nearest(Rgb(0, 0, 0)), nearest(Rgb(255, 255, 255)), nearest(Rgb(255, 0, 0)), nearest(Rgb(128, 128, 128))),
            (16, 231, 196, 244)
        );
    }
}
