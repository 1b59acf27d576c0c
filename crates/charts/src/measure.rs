//! How wide texts are: the widths of the font that PNG pictures are drawn with. Readers of SVG have fonts of their own, of much the same width.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Inter, regular.
pub const REGULAR: &[u8] = include_bytes!("../font/inter-regular.ttf");
/// Inter, semi-bold, for titles and numbers that matter.
pub const STRONG: &[u8] = include_bytes!("../font/inter-semibold.ttf");
/// What Inter lacks: pictures of control characters, boxes, shapes.
pub const SIGNS: &[u8] = include_bytes!("../font/noto-signs.ttf");

/// What a character without a width of its own takes, in parts of the size: Chinese letters and the like are as wide as they are high.
const UNKNOWN: f64 = 1.0;
/// Semi-bold is wider than regular.
const STRONGER: f64 = 1.06;

fn widths() -> &'static HashMap<char, f64> {
    static WIDTHS: OnceLock<HashMap<char, f64>> = OnceLock::new();
    WIDTHS.get_or_init(|| {
        let mut widths = HashMap::new();
        for bytes in [SIGNS, REGULAR] {
            let Ok(font) = FontRef::new(bytes) else { continue };
            let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
            for (code, glyph) in font.charmap().mappings() {
                if let (Some(character), Some(width)) = (char::from_u32(code), metrics.advance_width(glyph)) {
                    widths.insert(character, f64::from(width));
                }
            }
        }
        widths
    })
}

/// Whether the bundled fonts have the character.
#[must_use]
pub fn has(character: char) -> bool {
    widths().contains_key(&character)
}

/// Width of a text in px.
#[must_use]
pub fn width(text: &str, size: f64, strong: bool) -> f64 {
    let widths = widths();
    let parts: f64 = text.chars().map(|character| widths.get(&character).copied().unwrap_or(UNKNOWN)).sum();
    parts * size * if strong { STRONGER } else { 1.0 }
}

/// The text, or as much of it as fits followed by an ellipsis; empty where not even that fits.
#[must_use]
pub fn fit(text: &str, room: f64, size: f64, strong: bool) -> String {
    if width(text, size, strong) <= room {
        return text.to_owned();
    }
    let widths = widths();
    let factor = size * if strong { STRONGER } else { 1.0 };
    let mut left = room - width("…", size, strong);
    if left < 0.0 {
        return String::new();
    }
    let mut out = String::new();
    for character in text.chars() {
        left -= widths.get(&character).copied().unwrap_or(UNKNOWN) * factor;
        if left < 0.0 {
            break;
        }
        out.push(character);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// The text in lines of at most `room` px, broken at spaces where that is possible.
#[must_use]
pub fn wrap(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size, false) <= room {
            line = longer;
        } else {
            if !line.is_empty() {
                lines.push(line);
            }
            line = fit(word, room, size, false);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_they_must_be() {
        let (wide, narrow) = (width("WWW", 12.0, false), width("iii", 12.0, false));
        assert!(wide > 2.0 * narrow && narrow > 0.0, "{wide} {narrow} {}", widths().len());
        assert_eq!(fit("short", 100.0, 12.0, false), "short");
        let cut = fit("a rather long name of a process", 80.0, 12.0, false);
        assert!(cut.ends_with('…') && width(&cut, 12.0, false) <= 80.0, "{cut}");
        assert_eq!(fit("anything", 1.0, 12.0, false), "");
        assert!(has('Ж') && has('␛') && has('…') && !has('漢'));
        let lines = wrap("one two three four five six", 60.0, 12.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| width(line, 12.0, false) <= 60.0), "{lines:?}");
    }
}
