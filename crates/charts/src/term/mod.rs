//! Charts as text for terminals: braille, blocks or ASCII, with or without colours, legible at 80 x 24.

mod axis;
mod bars;
mod dots;
mod flows;
mod lanes;
mod legend;
mod map;
mod matrix;
mod panels;
mod screen;
mod sixel;
mod terminal;
mod tree;

pub use terminal::{Charset, ColorDepth, Terminal, WIDEST};

use crate::model::{Body, Chart};
use crate::palette::Palette;
use crate::scene::rows_line;
use crate::text;
use screen::{Screen, Style};
pub(crate) use sixel::{Pixels, sixel};

/// Most lines of notes; what is more is counted.
const NOTES: usize = 4;

/// The part of a chart between its title and its notes.
struct Picture {
    screen: Screen,
    notes: Vec<String>,
    /// Said beside the number of rows; may be empty.
    caption: String,
}

/// What a kind of chart needs to draw itself.
#[derive(Clone, Copy)]
struct Room<'a> {
    chart: &'a Chart,
    terminal: &'a Terminal,
    palette: &'static Palette,
    /// Columns.
    width: usize,
    /// Lines.
    height: usize,
}

impl Room<'_> {
    fn screen(&self, height: usize) -> Screen {
        Screen::new(self.width, height, *self.terminal)
    }
}

/// The chart as lines of text, none wider than the terminal, at most one less than it has.
#[must_use]
pub fn draw(chart: &Chart, terminal: &Terminal) -> String {
    let terminal = terminal.limited();
    let width = terminal.width;
    let height = terminal.height - 1;
    let palette = Palette::terminal(chart.theme);
    let mut head = Screen::new(width, 0, terminal);
    let title = text::clean(&chart.title);
    if !title.trim().is_empty() {
        head.add(&title, Style::bold());
    }
    let subtitle = text::clean(&chart.subtitle);
    if !subtitle.trim().is_empty() {
        head.add(&subtitle, Style::faint());
    }
    let mut notes = 0;
    let mut picture = None;
    // What a picture leaves out depends on its room, and its room on what must be said about that.
    for _ in 0..3 {
        let below = 1 + notes;
        let room = Room { chart, terminal: &terminal, palette, width, height: height.saturating_sub(head.height() + below).max(3) };
        let drawn = body(room);
        let needed = note_lines(chart, &drawn.notes, &terminal).len();
        let enough = needed <= notes;
        picture = Some(drawn);
        if enough {
            break;
        }
        notes = needed;
    }
    let mut out = head.render();
    if let Some(picture) = picture {
        out.push_str(&picture.screen.render());
        let mut foot = Screen::new(width, 0, terminal);
        for line in note_lines(chart, &picture.notes, &terminal) {
            foot.add(&line, Style::colored(palette.warning));
        }
        let rows = rows_line(chart);
        foot.add(&if picture.caption.is_empty() { rows } else { format!("{rows}; {}", picture.caption) }, Style::faint());
        out.push_str(&foot.render());
    }
    out
}

fn note_lines(chart: &Chart, notes: &[String], terminal: &Terminal) -> Vec<String> {
    let (width, most) = (terminal.width, (terminal.height / 5).clamp(2, NOTES));
    let mut lines: Vec<String> = Vec::new();
    for note in notes.iter().chain(&chart.warnings) {
        for (index, line) in screen::wrap(&text::clean(note), width.saturating_sub(2)).into_iter().enumerate() {
            lines.push(format!("{} {line}", if index == 0 { "!" } else { " " }));
        }
    }
    if lines.len() > most {
        let hidden = lines.len() - most + 1;
        lines.truncate(most - 1);
        lines.push(format!("! and {hidden} more lines of notes"));
    }
    lines
}

fn body(room: Room<'_>) -> Picture {
    match &room.chart.body {
        Body::Lanes(body) => lanes::draw(room, body),
        Body::Series(body) => panels::draw(room, body),
        Body::Tree(body) => tree::draw(room, body),
        Body::Matrix(body) => matrix::draw(room, body),
        Body::Map(body) => map::draw(room, body),
        Body::Graph(body) => flows::graph(room, body),
        Body::Sankey(body) => flows::sankey(room, body),
        Body::Bars(body) => bars::draw(room, body),
        Body::Histogram(body) => bars::histogram(room, body),
        Body::EChartsOption(_) => {
            let mut screen = room.screen(0);
            screen.add("This kind of chart is drawn in pages only (format => 'html').", Style::faint());
            Picture { screen, notes: Vec::new(), caption: String::new() }
        }
    }
}

/// The PNG in the graphics protocol of kitty, in parts as it wants them.
#[must_use]
pub fn kitty(png: &[u8]) -> String {
    use base64::Engine;
    use std::fmt::Write;
    let text = base64::engine::general_purpose::STANDARD.encode(png);
    let mut out = String::with_capacity(text.len() + text.len() / 100);
    let mut rest = text.as_str();
    let mut first = true;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.len().min(4096));
        rest = after;
        let more = u8::from(!rest.is_empty());
        let head = if first { "a=T,f=100," } else { "" };
        // Writing to a String never fails.
        let _ = write!(out, "\u{1b}_G{head}m={more};{part}\u{1b}\\");
        first = false;
    }
    out.push('\n');
    out
}
