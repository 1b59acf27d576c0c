//! Pictures in the graphics of DEC's terminals (VT340), which xterm, foot, mlterm, WezTerm, Windows Terminal and others show.

use std::collections::HashMap;
use std::fmt::Write;

/// Colours that such a terminal has.
const COLORS: usize = 256;
/// Rows of pixels that a character stands for.
const BAND: usize = 6;

/// Pixels in rows, four bytes each: red, green, blue, and how much of them covers the white below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pixels<'p> {
    pub(crate) width: usize,
    pub(crate) rgba: &'p [u8],
}

impl Pixels<'_> {
    fn height(&self) -> usize {
        self.rgba.len() / 4 / self.width.max(1)
    }

    /// The colours of all pixels, on white.
    fn colors(&self) -> Vec<[u8; 3]> {
        let over = |premultiplied: u8, alpha: u8| premultiplied.saturating_add(255 - alpha);
        let color = |pixel: &[u8]| match *pixel {
            [red, green, blue, alpha] => [over(red, alpha), over(green, alpha), over(blue, alpha)],
            _ => [255; 3],
        };
        self.rgba.chunks_exact(4).map(color).collect()
    }
}

/// The escape sequence that draws a picture.
pub(crate) fn sixel(pixels: Pixels<'_>) -> String {
    let (palette, numbers) = reduced(&pixels.colors());
    let mut out = format!("\u{1b}P0;1;0q\"1;1;{};{}", pixels.width, pixels.height());
    for (number, [red, green, blue]) in palette.iter().enumerate() {
        let percent = |value: &u8| (u32::from(*value) * 100 + 127) / 255;
        // Writing to a String never fails.
        let _ = write!(out, "#{number};2;{};{};{}", percent(red), percent(green), percent(blue));
    }
    for band in numbers.chunks(pixels.width.max(1) * BAND) {
        draw_band(band, pixels.width.max(1), palette.len(), &mut out);
    }
    out.push_str("\u{1b}\\\n");
    out
}

/// Six rows of pixels: for each colour in them a row of characters whose bits say which of six pixels have it.
fn draw_band(band: &[u8], width: usize, colors: usize, out: &mut String) {
    let mut columns: Vec<Option<Vec<u8>>> = vec![None; colors];
    for (row, line) in band.chunks(width).enumerate() {
        for (column, number) in line.iter().enumerate() {
            let Some(bits) = columns.get_mut(usize::from(*number)) else { continue };
            if let Some(bits) = bits.get_or_insert_with(|| vec![0; width]).get_mut(column) {
                *bits |= 1 << row;
            }
        }
    }
    let mut is_first = true;
    for (number, bits) in columns.iter().enumerate() {
        let Some(bits) = bits else { continue };
        if !is_first {
            out.push('$');
        }
        is_first = false;
        let _ = write!(out, "#{number}");
        for run in bits.chunk_by(|a, b| a == b) {
            let character = char::from(b'?' + run.first().copied().unwrap_or(0));
            if run.len() > 3 {
                let _ = write!(out, "!{}{character}", run.len());
            } else {
                out.extend(std::iter::repeat_n(character, run.len()));
            }
        }
    }
    out.push('-');
}

/// At most [`COLORS`] colours, and which of them each pixel has: those that most pixels have, and for the others the nearest of them. Charts have few, and
/// many shades of them at the edges of letters.
fn reduced(colors: &[[u8; 3]]) -> (Vec<[u8; 3]>, Vec<u8>) {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for color in colors {
        *counts.entry(*color).or_default() += 1;
    }
    let mut by_count: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    by_count.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let palette: Vec<[u8; 3]> = by_count.iter().take(COLORS).map(|(color, _)| *color).collect();
    let mut number_of: HashMap<[u8; 3], u8> = HashMap::with_capacity(by_count.len());
    for (color, _) in &by_count {
        let distance = |other: &[u8; 3]| color.iter().zip(other).map(|(a, b)| i32::from(*a) - i32::from(*b)).map(|d| d * d).sum::<i32>();
        let nearest = palette.iter().enumerate().min_by_key(|(_, other)| distance(other)).map_or(0, |(number, _)| number);
        number_of.insert(*color, u8::try_from(nearest).unwrap_or(0));
    }
    let numbers = colors.iter().map(|color| number_of.get(color).copied().unwrap_or(0)).collect();
    (palette, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal makes of the sequence: width, and the colours in percent.
    fn shown(text: &str) -> (usize, Vec<[u32; 3]>) {
        let body = text.strip_prefix("\u{1b}P0;1;0q\"1;1;").and_then(|rest| rest.strip_suffix("\u{1b}\\\n")).unwrap();
        let digits = |text: &mut &str| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let (number, rest) = text.split_at(end);
            *text = rest;
            number.parse::<usize>().unwrap()
        };
        let mut rest = body;
        let width = digits(&mut rest);
        rest = &rest[1..];
        let height = digits(&mut rest);
        let (mut palette, mut pixels) = (HashMap::new(), vec![[999; 3]; width * height]);
        let (mut color, mut column, mut row) = (0, 0, 0);
        while let Some(first) = rest.chars().next() {
            rest = &rest[1..];
            let (count, bits) = match first {
                '#' => {
                    color = digits(&mut rest);
                    if let Some(mut values) = rest.strip_prefix(";2;") {
                        let mut next = || {
                            let value = digits(&mut values);
                            values = values.strip_prefix(';').unwrap_or(values);
                            value as u32
                        };
                        palette.insert(color, [next(), next(), next()]);
                        rest = values;
                    }
                    continue;
                }
                '$' | '-' => {
                    column = 0;
                    row += if first == '-' { 6 } else { 0 };
                    continue;
                }
                '!' => {
                    let count = digits(&mut rest);
                    let bits = rest.as_bytes()[0];
                    rest = &rest[1..];
                    (count, bits)
                }
                bits => (1, bits as u8),
            };
            for _ in 0..count {
                for bit in (0..6).filter(|bit| (bits - b'?') >> bit & 1 == 1) {
                    let pixel = &mut pixels[(row + bit) * width + column];
                    assert_eq!(*pixel, [999; 3], "drawn once");
                    *pixel = palette[&color];
                }
                column += 1;
            }
        }
        (width, pixels)
    }

    #[test]
    fn what_is_drawn_is_what_was_given() {
        for (width, height) in [(1, 1), (5, 6), (7, 13), (300, 2)] {
            let color = |at: usize| if at.is_multiple_of(9) { [255, 0, 51, 255] } else { [0, 102, 204, 255] };
            let rgba: Vec<u8> = (0..width * height).flat_map(color).collect();
            let (columns, pixels) = shown(&sixel(Pixels { width, rgba: &rgba }));
            let expected: Vec<[u32; 3]> = (0..width * height).map(|at| if at % 9 == 0 { [100, 0, 20] } else { [0, 40, 80] }).collect();
            assert_eq!((columns, pixels), (width, expected));
        }
    }

    #[test]
    fn many_colors_become_few_and_glass_is_white() {
        let rgba: Vec<u8> = (0..64 * 64u32).flat_map(|at| [(at % 64 * 4) as u8, (at / 64 * 4) as u8, 0, 255]).collect();
        let (palette, numbers) = reduced(&Pixels { width: 64, rgba: &rgba }.colors());
        assert_eq!((palette.len(), numbers.len()), (256, 4096));
        let (_, pixels) = shown(&sixel(Pixels { width: 2, rgba: &[0, 0, 0, 0, 0, 0, 0, 255] }));
        assert_eq!(pixels, [[100; 3], [0; 3]]);
        assert_eq!(shown(&sixel(Pixels { width: 0, rgba: &[] })), (0, Vec::new()));
    }
}
