//! What all pictures have: title, subtitle and legend above, warnings and the number of rows below.

use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::Chart;
use crate::palette::{Palette, Rgb};
use crate::{measure, number, text};

/// Room at the edges.
pub const MARGIN: f64 = 24.0;
/// Most lines of notes below a picture; what is more is counted.
const NOTES: usize = 12;

/// The sign of an entry of a legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A filled square.
    Square,
    /// An event.
    Diamond,
    /// The outline of an event.
    Open,
    /// A line.
    Line,
    /// A dashed line.
    Dashed,
    /// What is above.
    Up,
    /// What is below.
    Down,
    /// A circle.
    Circle,
    /// A dashed outline.
    Outline,
}

/// An entry of a legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its colour.
    pub color: Rgb,
    /// Its sign.
    pub sign: Sign,
    /// What it means.
    pub text: String,
}

impl Entry {
    /// An entry.
    #[must_use]
    pub fn new(color: Rgb, sign: Sign, text: impl Into<String>) -> Self {
        Self { color, sign, text: text.into() }
    }
}

/// A picture that is being drawn.
#[derive(Debug)]
pub struct Frame<'a> {
    /// What was drawn.
    pub pen: Pen,
    /// The colours.
    pub palette: &'static Palette,
    /// In px.
    pub width: f64,
    chart: &'a Chart,
    height: Option<f64>,
    top: f64,
}

impl<'a> Frame<'a> {
    /// Draws what is above the picture.
    #[must_use]
    pub fn begin(chart: &'a Chart, size: Size, palette: &'static Palette, legend: &[Entry]) -> Self {
        let width = f64::from(size.width.clamp(320, 20_000));
        let mut frame = Self {
            pen: Pen::default(),
            palette,
            width,
            chart,
            height: size.height.map(|height| f64::from(height.clamp(200, 20_000))),
            top: 20.0,
        };
        let room = width - 2.0 * MARGIN;
        if !chart.title.trim().is_empty() {
            for line in measure::wrap(&text::clean(&chart.title), room / 1.1, 20.0).iter().take(3) {
                frame.top += 22.0;
                frame.pen.fitted(MARGIN, frame.top, room, line, Type::new(20.0, palette.text).strong());
            }
            frame.top += 4.0;
        }
        for line in measure::wrap(&text::clean(&chart.subtitle), room, 13.0).iter().take(3) {
            frame.top += 17.0;
            frame.pen.text(MARGIN, frame.top, line, Type::new(13.0, palette.faint));
        }
        frame.top += 12.0;
        frame.legend(legend);
        frame
    }

    fn legend(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        let mut pen = Pen::default();
        let (mut x, mut y) = (MARGIN, self.top + 12.0);
        for entry in entries {
            let shown = measure::fit(&text::named(&entry.text), 420.0, 12.0, false);
            let wide = 18.0 + measure::width(&shown, 12.0, false);
            if x > MARGIN && x + wide > self.width - MARGIN {
                x = MARGIN;
                y += 20.0;
            }
            sign(&mut pen, x + 5.0, y - 4.0, entry.sign, entry.color);
            pen.text(x + 17.0, y, &shown, Type::new(12.0, self.palette.text));
            x += wide + 18.0;
        }
        self.pen.group("legend", None, pen);
        self.top = y + 12.0;
    }

    /// Where the picture begins.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.top
    }

    /// The room that a picture has between what is above and below: what it wants where nothing else is asked.
    #[must_use]
    pub fn room(&self, wanted: f64) -> f64 {
        self.height.map_or(wanted, |height| (height - self.top - 64.0).max(60.0))
    }

    /// Whether the height is given.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.height.is_some()
    }

    /// Draws what is below the picture.
    #[must_use]
    pub fn finish(mut self, bottom: f64, notes: &[String], description: &str) -> Scene {
        let mut y = bottom + 14.0;
        let room = self.width - 2.0 * MARGIN;
        let mut pen = Pen::default();
        let lines: Vec<String> = notes
            .iter()
            .chain(&self.chart.warnings)
            .flat_map(|note| {
                let wrapped = measure::wrap(&text::clean(note), room - 20.0, 12.0);
                wrapped.into_iter().enumerate().map(|(index, line)| format!("{}{line}", if index == 0 { "" } else { "\u{a0}" }))
            })
            .collect();
        let hidden = lines.len().saturating_sub(NOTES);
        for line in lines.iter().take(NOTES) {
            y += 17.0;
            if !line.starts_with('\u{a0}') {
                let (x, low) = (MARGIN, y - 1.0);
                let steps = vec![Step::Move(x + 5.5, low - 10.0), Step::Line(x + 11.0, low), Step::Line(x, low), Step::Close];
                pen.path(steps, Paint::stroke(self.palette.warning, 1.4));
            }
            pen.text(MARGIN + 18.0, y, line.trim_start_matches('\u{a0}'), Type::new(12.0, self.palette.warning));
        }
        if hidden > 0 {
            y += 17.0;
            pen.text(MARGIN + 18.0, y, &format!("and {hidden} more lines of notes"), Type::new(12.0, self.palette.warning));
        }
        self.pen.group("notes", None, pen);
        y += 20.0;
        if let Some(height) = self.height {
            y = y.max(height - 14.0);
        }
        let rows = rows_line(self.chart);
        self.pen.text(MARGIN, y, &rows, Type::new(11.0, self.palette.faint));
        self.pen.text(self.width - MARGIN, y, "huntsql", Type::new(11.0, self.palette.faint).end());
        let title = if self.chart.title.trim().is_empty() { "Chart".to_owned() } else { text::clean(&self.chart.title) };
        let description = format!("{description}. {rows}. {}", text::clean(&self.chart.subtitle));
        Scene {
            width: self.width,
            height: (y + 14.0).ceil(),
            title,
            description,
            background: self.palette.background,
            marks: self.pen.marks,
        }
    }
}

/// How many rows there are, and how many are in the picture.
#[must_use]
pub fn rows_line(chart: &Chart) -> String {
    let (all, drawn) = (chart.rows_in as u64, chart.rows_drawn as u64);
    if drawn == all {
        return number::counted(all, "row", "rows");
    }
    format!("{} of {} drawn", number::whole(drawn), number::counted(all, "row", "rows"))
}

/// Draws the sign of a legend around a point.
pub fn sign(pen: &mut Pen, x: f64, y: f64, sign: Sign, color: Rgb) {
    match sign {
        Sign::Square => pen.round(x - 5.0, y - 5.0, 10.0, 10.0, 2.0, Paint::fill(color)),
        Sign::Diamond => {
            let mut steps = Vec::new();
            super::pen::diamond(&mut steps, x, y, 5.5);
            pen.path(steps, Paint::fill(color));
        }
        Sign::Open => {
            let mut steps = Vec::new();
            super::pen::diamond(&mut steps, x, y, 5.0);
            pen.path(steps, Paint::stroke(color, 1.6));
        }
        Sign::Line => pen.line((x - 7.0, y), (x + 7.0, y), Paint::stroke(color, 2.0)),
        Sign::Dashed => pen.line((x - 7.0, y), (x + 7.0, y), Paint::stroke(color, 1.6).dashed()),
        Sign::Up => triangle(pen, x, y, 6.0, color),
        Sign::Down => triangle(pen, x, y, -6.0, color),
        Sign::Circle => pen.circle(x, y, 5.0, Paint::fill(color)),
        Sign::Outline => pen.round(x - 6.0, y - 5.0, 12.0, 10.0, 2.0, Paint::stroke(color, 1.2).dashed()),
    }
}

/// A triangle that points up, or down where the radius is below zero.
pub fn triangle(pen: &mut Pen, x: f64, y: f64, radius: f64, color: Rgb) {
    let steps = vec![
        Step::Move(x, y - radius),
        Step::Line(x + radius * 0.9, y + radius * 0.7),
        Step::Line(x - radius * 0.9, y + radius * 0.7),
        Step::Close,
    ];
    pen.path(steps, Paint::fill(color));
}
