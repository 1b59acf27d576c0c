//! Draws marks.

use super::{Anchor, Mark, Paint, Shape, Step};
use crate::measure;
use crate::palette::Rgb;

/// Collects marks.
#[derive(Debug, Clone, Default)]
pub struct Pen {
    /// What was drawn.
    pub marks: Vec<Mark>,
}

/// A place for a text.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// In px.
    pub size: f64,
    /// Its colour.
    pub color: Rgb,
    /// Which part of it is at its point.
    pub anchor: Anchor,
    /// Whether it is semi-bold.
    pub strong: bool,
}

impl Type {
    /// A text that starts at its point.
    #[must_use]
    pub fn new(size: f64, color: Rgb) -> Self {
        Self { size, color, anchor: Anchor::Start, strong: false }
    }

    /// With its middle at its point.
    #[must_use]
    pub fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    /// With its end at its point.
    #[must_use]
    pub fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }

    /// Semi-bold.
    #[must_use]
    pub fn strong(self) -> Self {
        Self { strong: true, ..self }
    }
}

impl Pen {
    /// Any form.
    pub fn shape(&mut self, shape: Shape, paint: Paint) {
        self.marks.push(Mark { shape, paint });
    }

    /// A rectangle.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, paint: Paint) {
        self.shape(Shape::Rect(x, y, width.max(0.0), height.max(0.0), 0.0), paint);
    }

    /// A rectangle with round corners.
    pub fn round(&mut self, x: f64, y: f64, width: f64, height: f64, radius: f64, paint: Paint) {
        self.shape(Shape::Rect(x, y, width.max(0.0), height.max(0.0), radius.min(width / 2.0).min(height / 2.0).max(0.0)), paint);
    }

    /// A line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: Paint) {
        self.shape(Shape::Line(from.0, from.1, to.0, to.1), paint);
    }

    /// A path, if it has steps.
    pub fn path(&mut self, steps: Vec<Step>, paint: Paint) {
        if !steps.is_empty() {
            self.shape(Shape::Path(steps), paint);
        }
    }

    /// A circle.
    pub fn circle(&mut self, x: f64, y: f64, radius: f64, paint: Paint) {
        self.shape(Shape::Circle(x, y, radius), paint);
    }

    /// A text, in full.
    pub fn text(&mut self, x: f64, y: f64, text: &str, kind: Type) {
        if !text.is_empty() {
            let Type { size, color, anchor, strong } = kind;
            self.shape(Shape::Text { x, y, text: text.to_owned(), size, anchor, strong, turn: 0.0 }, Paint::fill(color));
        }
    }

    /// A text that stands out from lines behind it.
    pub fn haloed(&mut self, x: f64, y: f64, text: &str, kind: Type, behind: Rgb) {
        if !text.is_empty() {
            let Type { size, color, anchor, strong } = kind;
            let shape = Shape::Text { x, y, text: text.to_owned(), size, anchor, strong, turn: 0.0 };
            self.shape(shape, Paint::fill(color).edged(behind, 3.0));
        }
    }

    /// As much of a text as fits.
    pub fn fitted(&mut self, x: f64, y: f64, room: f64, text: &str, kind: Type) {
        self.text(x, y, &measure::fit(text, room, kind.size, kind.strong), kind);
    }

    /// A text that is turned.
    pub fn turned(&mut self, x: f64, y: f64, turn: f64, text: &str, kind: Type) {
        if !text.is_empty() {
            let Type { size, color, anchor, strong } = kind;
            self.shape(Shape::Text { x, y, text: text.to_owned(), size, anchor, strong, turn }, Paint::fill(color));
        }
    }

    /// Marks that belong together.
    pub fn group(&mut self, name: &str, clip: Option<[f64; 4]>, inner: Pen) {
        if !inner.marks.is_empty() {
            self.shape(Shape::Group(name.to_owned(), clip, inner.marks), Paint::fill(Rgb(0, 0, 0)));
        }
    }
}

/// Adds a diamond to a path.
pub fn diamond(steps: &mut Vec<Step>, x: f64, y: f64, radius: f64) {
    steps.extend([Step::Move(x, y - radius), Step::Line(x + radius, y), Step::Line(x, y + radius), Step::Line(x - radius, y), Step::Close]);
}
