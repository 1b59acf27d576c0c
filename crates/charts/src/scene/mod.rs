//! What is drawn, in px: rectangles, lines, paths, circles, polygons and texts. [`of`] makes it out of a model, [`crate::svg`] writes it.

pub mod axis;
pub(crate) mod bars;
pub mod frame;
pub(crate) mod graph;
pub(crate) mod histogram;
mod lanes;
pub(crate) mod map;
pub(crate) mod matrix;
pub mod pen;
pub(crate) mod sankey;
pub(crate) mod series;
pub(crate) mod tree;

pub use axis::{part, span};
pub use frame::{Frame, rows_line};
pub use pen::Pen;

use crate::model::{Body, Chart};
use crate::palette::{Palette, Rgb};

/// The size of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// In px, at least 320.
    pub width: u32,
    /// In px; as much as the content needs where it is `None`.
    pub height: Option<u32>,
}

impl Default for Size {
    fn default() -> Self {
        Self { width: 1200, height: None }
    }
}

/// How something is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// Inside.
    pub fill: Option<Rgb>,
    /// Outline.
    pub stroke: Option<Rgb>,
    /// Width of the outline.
    pub width: f64,
    /// From 0, nothing to be seen, to 1.
    pub opacity: f64,
    /// Whether the outline is dashed.
    pub dashed: bool,
}

impl Paint {
    /// Filled.
    #[must_use]
    pub fn fill(color: Rgb) -> Self {
        Self { fill: Some(color), stroke: None, width: 0.0, opacity: 1.0, dashed: false }
    }

    /// An outline.
    #[must_use]
    pub fn stroke(color: Rgb, width: f64) -> Self {
        Self { fill: None, stroke: Some(color), width, opacity: 1.0, dashed: false }
    }

    /// With an outline.
    #[must_use]
    pub fn edged(self, color: Rgb, width: f64) -> Self {
        Self { stroke: Some(color), width, ..self }
    }

    /// With an opacity.
    #[must_use]
    pub fn faded(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// With dashes.
    #[must_use]
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Without drawing.
    Move(f64, f64),
    /// Straight.
    Line(f64, f64),
    /// Level, to an x.
    Across(f64),
    /// Upright, to a y.
    Along(f64),
    /// Two points that pull, and the end.
    Curve(f64, f64, f64, f64, f64, f64),
    /// Back to the start.
    Close,
}

/// Which part of a text is at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// Its start.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A form.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Left, top, width, height, radius of the corners.
    Rect(f64, f64, f64, f64, f64),
    /// From, to.
    Line(f64, f64, f64, f64),
    /// Steps.
    Path(Vec<Step>),
    /// Centre, radius.
    Circle(f64, f64, f64),
    /// Corners.
    Polygon(Vec<(f64, f64)>),
    /// A text on its base line.
    Text {
        /// Left.
        x: f64,
        /// Base line.
        y: f64,
        /// What it says.
        text: String,
        /// Its size.
        size: f64,
        /// Which part of it is at x.
        anchor: Anchor,
        /// Whether it is semi-bold.
        strong: bool,
        /// Degrees to the right.
        turn: f64,
    },
    /// What belongs together: what it is called (may be empty), to which rectangle it is cut, what is in it.
    Group(String, Option<[f64; 4]>, Vec<Mark>),
}

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its form.
    pub shape: Shape,
    /// How it is painted.
    pub paint: Paint,
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// In px.
    pub width: f64,
    /// In px.
    pub height: f64,
    /// For readers who do not see it.
    pub title: String,
    /// For readers who do not see it.
    pub description: String,
    /// Behind everything.
    pub background: Rgb,
    /// First drawn first.
    pub marks: Vec<Mark>,
}

/// The picture of a chart.
#[must_use]
pub fn of(chart: &Chart, size: Size) -> Scene {
    let palette = Palette::of(chart.theme);
    match &chart.body {
        Body::Lanes(body) => lanes::draw(chart, body, size, palette),
        Body::Series(body) => series::draw(chart, body, size, palette),
        Body::Tree(body) => tree::draw(chart, body, size, palette),
        Body::Matrix(body) => matrix::draw(chart, body, size, palette),
        Body::Map(body) => map::draw(chart, body, size, palette),
        Body::Graph(body) => graph::draw(chart, body, size, palette),
        Body::Sankey(body) => sankey::draw(chart, body, size, palette),
        Body::Bars(body) => bars::draw(chart, body, size, palette),
        Body::Histogram(body) => histogram::draw(chart, body, size, palette),
        Body::EChartsOption(_) => {
            let frame = Frame::begin(chart, size, palette, &[]);
            let bottom = frame.top();
            frame.finish(bottom, &["This kind of chart is drawn in pages only (format => 'html').".to_owned()], "a chart for pages")
        }
    }
}
