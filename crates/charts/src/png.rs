//! Pictures as PNG, drawn with the fonts that come along: the same on every machine.

use crate::model::Chart;
use crate::scene::{self, Scene, Shape, Size};
use crate::{measure, svg, term};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Pixels of a px: pictures are looked at on dense screens.
const SCALE: f32 = 2.0;
/// Most pixels of a picture at that scale; larger ones have one pixel a px.
const DENSE: f64 = 48.0e6;
/// Most pixels at all: 400 MB.
const MOST: f64 = 100.0e6;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PngError {
    /// It would be too large.
    TooLarge {
        /// In px.
        width: u32,
        /// In px.
        height: u32,
    },
    /// The library that draws says so.
    Drawing(String),
}

impl fmt::Display for PngError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { width, height } => write!(formatter, "a PNG of {width} x {height} pixels is too large"),
            Self::Drawing(text) => write!(formatter, "the PNG could not be drawn: {text}"),
        }
    }
}

impl std::error::Error for PngError {}

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        for bytes in [measure::REGULAR, measure::STRONG, measure::SIGNS] {
            fonts.load_font_data(bytes.to_vec());
        }
        fonts.set_sans_serif_family("Inter");
        Arc::new(fonts)
    }))
}

/// The chart as PNG.
///
/// # Errors
/// Where the picture would be too large.
pub fn write(chart: &Chart, size: Size) -> Result<Vec<u8>, PngError> {
    of(&drawable(chart, size))
}

/// The chart in the graphics of a terminal that shows sixels.
pub(crate) fn sixel(chart: &Chart, size: Size) -> Result<String, PngError> {
    let pixels = pixels(&drawable(chart, size), 1.0)?;
    Ok(term::sixel(term::Pixels { width: pixels.width() as usize, rgba: pixels.data() }))
}

/// The scene, with a warning where letters are missing.
fn drawable(chart: &Chart, size: Size) -> Scene {
    let scene = scene::of(chart, size);
    if !lacks(&scene.marks) {
        return scene;
    }
    let mut chart = chart.clone();
    chart.warnings.push("Some letters are not in the font of PNG pictures: they are shown as boxes. SVG and HTML have them.".to_owned());
    scene::of(&chart, size)
}

/// Whether a text has letters that the bundled fonts lack.
fn lacks(marks: &[scene::Mark]) -> bool {
    marks.iter().any(|mark| match &mark.shape {
        Shape::Text { text, .. } => text.chars().any(|character| !measure::has(character)),
        Shape::Group(_, _, inner) => lacks(inner),
        _ => false,
    })
}

/// The picture as PNG.
///
/// # Errors
/// Where the picture would be too large.
pub fn of(scene: &Scene) -> Result<Vec<u8>, PngError> {
    let dense = f64::from(SCALE * SCALE) * scene.width * scene.height <= DENSE;
    let pixels = pixels(scene, if dense { SCALE } else { 1.0 })?;
    pixels.encode_png().map(marked).map_err(|error| PngError::Drawing(error.to_string()))
}

fn pixels(scene: &Scene, scale: f32) -> Result<Pixmap, PngError> {
    let options = Options { fontdb: fonts(), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(&svg::of(scene), &options).map_err(|error| PngError::Drawing(error.to_string()))?;
    let (width, height) = ((scene.width as f32 * scale).ceil() as u32, (scene.height as f32 * scale).ceil() as u32);
    if f64::from(width) * f64::from(height) > MOST {
        return Err(PngError::TooLarge { width, height });
    }
    let mut pixels = Pixmap::new(width, height).ok_or(PngError::TooLarge { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok(pixels)
}

/// The text in a picture by which it is known as ours.
pub(crate) const MARK: &str = "Software\0huntsql";

/// The picture with [`MARK`] behind its head, in a chunk that viewers pass over (PNG specification, section 11.3.3).
fn marked(mut png: Vec<u8>) -> Vec<u8> {
    /// Signature, and the chunk IHDR.
    const HEAD: usize = 8 + 25;
    if png.len() < HEAD {
        return png;
    }
    let mut chunk = b"tEXt".to_vec();
    chunk.extend_from_slice(MARK.as_bytes());
    let sum = crc(&chunk);
    let length = u32::try_from(MARK.len()).unwrap_or(0);
    let bytes = length.to_be_bytes().into_iter().chain(chunk).chain(sum.to_be_bytes());
    png.splice(HEAD..HEAD, bytes);
    png
}

/// CRC-32 as PNG wants it.
fn crc(bytes: &[u8]) -> u32 {
    let mut hasher = flate2::Crc::new();
    hasher.update(bytes);
    hasher.sum()
}
