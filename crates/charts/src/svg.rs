//! Pictures as SVG: without scripts, links and anything from elsewhere, the same for the same chart.

use crate::model::Chart;
pub use crate::scene::Size;

use crate::scene::{self, Anchor, Mark, Paint, Scene, Shape, Step};
use crate::{measure, text};
use std::fmt::Write;

/// Fonts of the systems that pictures are looked at on; Inter is what PNG pictures have.
const FONTS: &str = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/// Texts above this width in px have it whatever the font.
const LONG: f64 = 16.0;

/// By what a drawing is known as ours.
pub(crate) const MARK: &str = "<!-- huntsql -->";

/// The chart as SVG.
#[must_use]
pub fn write(chart: &Chart, size: Size) -> String {
    of(&scene::of(chart, size))
}

/// The picture as SVG.
#[must_use]
pub fn of(scene: &Scene) -> String {
    let mut writer = Writer { out: String::with_capacity(64 * 1024), clips: 0 };
    let (width, height) = (number(scene.width), number(scene.height));
    writer.raw(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"title desc\" font-family=\"{FONTS}\">\n{MARK}\n<title id=\"title\">"
    ));
    writer.text(&scene.title);
    writer.raw("</title>\n<desc id=\"desc\">");
    writer.text(&scene.description);
    writer.raw(&format!("</desc>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n", scene.background.hex()));
    writer.marks(&scene.marks);
    writer.raw("</svg>\n");
    writer.out
}

struct Writer {
    out: String,
    clips: usize,
}

impl Writer {
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Text or the value of an attribute.
    fn text(&mut self, value: &str) {
        for character in text::clean(value).chars() {
            match character {
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '&' => self.raw("&amp;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                other => self.out.push(other),
            }
        }
    }

    fn attribute(&mut self, name: &str, value: f64) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        push(&mut self.out, value);
        self.raw("\"");
    }

    fn paint(&mut self, paint: &Paint) {
        match paint.fill {
            Some(color) => self.raw(&format!(" fill=\"{}\"", color.hex())),
            None => self.raw(" fill=\"none\""),
        }
        if let Some(color) = paint.stroke {
            self.raw(&format!(" stroke=\"{}\"", color.hex()));
            self.attribute("stroke-width", paint.width);
            if paint.dashed {
                self.raw(" stroke-dasharray=\"4 3\"");
            }
        }
        if paint.opacity < 1.0 {
            self.attribute("opacity", paint.opacity);
        }
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.mark(mark);
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match &mark.shape {
            Shape::Group(name, clip, inner) => return self.group(name, *clip, inner),
            Shape::Text { x, y, text, size, anchor, strong, turn } => {
                self.raw("<text");
                if *turn == 0.0 {
                    self.attribute("x", *x);
                    self.attribute("y", *y);
                } else {
                    let (x, y, turn) = (number(*x), number(*y), number(*turn));
                    self.raw(&format!(" transform=\"translate({x} {y}) rotate({turn})\""));
                }
                self.attribute("font-size", *size);
                match anchor {
                    Anchor::Start => {}
                    Anchor::Middle => self.raw(" text-anchor=\"middle\""),
                    Anchor::End => self.raw(" text-anchor=\"end\""),
                }
                if *strong {
                    self.raw(" font-weight=\"600\"");
                }
                // Readers have other fonts: what was laid out for so much room shall take so much. Letters of unknown width are left alone.
                let wide = measure::width(text, *size, *strong);
                if wide > LONG && text.chars().all(measure::has) {
                    self.attribute("textLength", wide);
                    self.raw(" lengthAdjust=\"spacingAndGlyphs\"");
                }
                self.paint(&mark.paint);
                if mark.paint.stroke.is_some() {
                    self.raw(" stroke-linejoin=\"round\" paint-order=\"stroke\"");
                }
                self.raw(">");
                self.text(text);
                self.raw("</text>\n");
                return;
            }
            Shape::Rect(x, y, width, height, radius) => {
                self.raw("<rect");
                for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
                    self.attribute(name, *value);
                }
                if *radius > 0.0 {
                    self.attribute("rx", *radius);
                }
            }
            Shape::Line(x1, y1, x2, y2) => {
                self.raw("<line");
                for (name, value) in [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)] {
                    self.attribute(name, *value);
                }
            }
            Shape::Circle(x, y, radius) => {
                self.raw("<circle");
                for (name, value) in [("cx", x), ("cy", y), ("r", radius)] {
                    self.attribute(name, *value);
                }
            }
            Shape::Polygon(corners) => {
                self.raw("<polygon points=\"");
                for (index, (x, y)) in corners.iter().enumerate() {
                    if index > 0 {
                        self.raw(" ");
                    }
                    self.pair(*x, *y);
                }
                self.raw("\"");
            }
            Shape::Path(steps) => {
                self.raw("<path d=\"");
                steps.iter().for_each(|step| self.step(step));
                self.raw("\"");
            }
        }
        self.paint(&mark.paint);
        self.raw("/>\n");
    }

    fn group(&mut self, name: &str, clip: Option<[f64; 4]>, inner: &[Mark]) {
        if let Some([x, y, width, height]) = clip {
            self.clips += 1;
            self.raw(&format!("<clipPath id=\"clip{}\"><rect", self.clips));
            for (attribute, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
                self.attribute(attribute, value);
            }
            self.raw(&format!("/></clipPath>\n<g clip-path=\"url(#clip{})\"", self.clips));
        } else {
            self.raw("<g");
        }
        if !name.is_empty() {
            self.raw(" role=\"group\" aria-label=\"");
            self.text(name);
            self.raw("\"");
        }
        self.raw(">\n");
        self.marks(inner);
        self.raw("</g>\n");
    }

    fn pair(&mut self, x: f64, y: f64) {
        push(&mut self.out, x);
        self.raw(" ");
        push(&mut self.out, y);
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Move(x, y) => {
                self.raw("M");
                self.pair(x, y);
            }
            Step::Line(x, y) => {
                self.raw("L");
                self.pair(x, y);
            }
            Step::Across(x) => {
                self.raw("H");
                push(&mut self.out, x);
            }
            Step::Along(y) => {
                self.raw("V");
                push(&mut self.out, y);
            }
            Step::Curve(a, b, c, d, x, y) => {
                self.raw("C");
                self.pair(a, b);
                self.raw(" ");
                self.pair(c, d);
                self.raw(" ");
                self.pair(x, y);
            }
            Step::Close => self.raw("Z"),
        }
    }
}

/// At most two places; what is not a number of this world is 0.
fn push(out: &mut String, value: f64) {
    let hundredths = if value.is_finite() { (value.clamp(-1e9, 1e9) * 100.0).round() as i64 } else { 0 };
    if hundredths < 0 {
        out.push('-');
    }
    let size = hundredths.unsigned_abs();
    // Writing to a String never fails.
    let _ = write!(out, "{}", size / 100);
    match size % 100 {
        0 => {}
        rest if rest % 10 == 0 => {
            let _ = write!(out, ".{}", rest / 10);
        }
        rest => {
            let _ = write!(out, ".{rest:02}");
        }
    }
}

fn number(value: f64) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}
