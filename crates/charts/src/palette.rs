//! Colours: twelve that people with any colour vision tell apart (after Okabe and Ito), and what surrounds them.

use crate::model::Theme;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Between this (0) and another (1).
    #[must_use]
    pub fn mix(self, other: Self, part: f64) -> Self {
        let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
        let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
        Self(between(self.0, other.0), between(self.1, other.1), between(self.2, other.2))
    }

    /// Relative luminance after WCAG 2.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio after WCAG 2.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }
}

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub background: Rgb,
    /// Behind every other lane, and what is set apart.
    pub stripe: Rgb,
    /// Titles and names.
    pub text: Rgb,
    /// What is said beside.
    pub faint: Rgb,
    /// Axes.
    pub axis: Rgb,
    /// Lines behind the marks.
    pub grid: Rgb,
    /// Warnings.
    pub warning: Rgb,
    /// Reference lines.
    pub reference: Rgb,
    /// Values, in their order.
    pub values: [Rgb; 12],
    /// What stands for all others.
    pub other: Rgb,
    /// From little to much.
    pub ramp: [Rgb; 3],
}

/// On white.
pub const LIGHT: Palette = Palette {
    background: Rgb(255, 255, 255),
    stripe: Rgb(246, 247, 249),
    text: Rgb(28, 33, 40),
    faint: Rgb(92, 99, 110),
    axis: Rgb(150, 156, 166),
    grid: Rgb(226, 229, 234),
    warning: Rgb(148, 78, 0),
    reference: Rgb(176, 0, 74),
    values: [
        Rgb(0, 114, 178),
        Rgb(230, 159, 0),
        Rgb(0, 158, 115),
        Rgb(213, 94, 0),
        Rgb(204, 121, 167),
        Rgb(86, 180, 233),
        Rgb(84, 84, 20),
        Rgb(74, 45, 198),
        Rgb(140, 32, 60),
        Rgb(64, 120, 60),
        Rgb(28, 58, 110),
        Rgb(150, 110, 92),
    ],
    other: Rgb(132, 138, 148),
    ramp: [Rgb(222, 235, 247), Rgb(74, 152, 201), Rgb(8, 48, 107)],
};

/// On nearly black.
pub const DARK: Palette = Palette {
    background: Rgb(20, 23, 28),
    stripe: Rgb(28, 32, 38),
    text: Rgb(232, 235, 240),
    faint: Rgb(160, 167, 178),
    axis: Rgb(98, 106, 118),
    grid: Rgb(45, 51, 60),
    warning: Rgb(245, 190, 90),
    reference: Rgb(255, 130, 170),
    values: [
        Rgb(84, 129, 196),
        Rgb(240, 180, 50),
        Rgb(51, 156, 159),
        Rgb(236, 122, 48),
        Rgb(220, 146, 190),
        Rgb(130, 204, 246),
        Rgb(214, 200, 92),
        Rgb(130, 109, 250),
        Rgb(226, 104, 128),
        Rgb(155, 215, 140),
        Rgb(126, 156, 214),
        Rgb(196, 160, 140),
    ],
    other: Rgb(140, 147, 158),
    ramp: [Rgb(32, 50, 72), Rgb(52, 128, 186), Rgb(200, 230, 252)],
};

/// For terminals, whose background nobody knows.
pub const MIDDLE: Palette = Palette { warning: Rgb(190, 120, 0), reference: Rgb(220, 60, 120), ..DARK };

impl Palette {
    /// The colours of a theme.
    #[must_use]
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Dark => &DARK,
            Theme::Auto | Theme::Light => &LIGHT,
        }
    }

    /// The colours of a terminal: those of a theme, or such as can be seen on dark and light where nobody said.
    #[must_use]
    pub fn terminal(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
            Theme::Auto => &MIDDLE,
        }
    }

    /// The colour of the value of this number; they repeat after the twelfth.
    #[must_use]
    pub fn value(&self, index: usize) -> Rgb {
        self.values.get(index % self.values.len()).copied().unwrap_or(self.other)
    }

    /// The colour of a strength from 0 to 1.
    #[must_use]
    pub fn strength(&self, part: f64) -> Rgb {
        let [low, middle, high] = self.ramp;
        if part < 0.5 { low.mix(middle, part * 2.0) } else { middle.mix(high, part * 2.0 - 1.0) }
    }

    /// The colour of texts on a colour.
    #[must_use]
    pub fn on(&self, behind: Rgb) -> Rgb {
        // One of the two always has a contrast of 4.5.
        let (dark, light) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        if behind.contrast(dark) >= behind.contrast(light) { dark } else { light }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_can_be_read() {
        for palette in [LIGHT, DARK] {
            for text in [palette.text, palette.faint, palette.warning, palette.reference] {
                for behind in [palette.background, palette.stripe] {
                    assert!(text.contrast(behind) >= 4.5, "{text:?} on {behind:?}: {}", text.contrast(behind));
                }
            }
            for step in 0..=20 {
                let behind = palette.strength(f64::from(step) / 20.0);
                assert!(palette.on(behind).contrast(behind) >= 4.5, "{behind:?}: {}", palette.on(behind).contrast(behind));
            }
        }
    }

    #[test]
    fn marks_can_be_seen_and_told_apart() {
        // Matrices of Viénot, Brettel and Mollon for linear light: red-blind, green-blind.
        let blind = [
            [0.11238, 0.88762, 0.0, 0.11238, 0.88762, 0.0, 0.00401, -0.00401, 1.0],
            [0.29275, 0.70725, 0.0, 0.29275, 0.70725, 0.0, -0.02234, 0.02234, 1.0],
        ];
        let seen = |colour: Rgb, matrix: Option<&[f64; 9]>| {
            let linear = [colour.0, colour.1, colour.2].map(|channel| (f64::from(channel) / 255.0).powf(2.2));
            let rows = match matrix {
                None => linear,
                Some(m) => [0, 3, 6].map(|row| m[row] * linear[0] + m[row + 1] * linear[1] + m[row + 2] * linear[2]),
            };
            rows.map(|channel| channel.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0)
        };
        for palette in [LIGHT, DARK] {
            for (index, a) in palette.values.iter().enumerate() {
                assert!(a.contrast(palette.background) > 1.9, "{index} {a:?}");
                for (other, b) in palette.values.iter().enumerate().skip(index + 1) {
                    for matrix in [None, Some(&blind[0]), Some(&blind[1])] {
                        let (x, y) = (seen(*a, matrix), seen(*b, matrix));
                        let distance = x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                        assert!(distance > 18.0, "{index} {other}: {distance:.1}");
                    }
                }
            }
        }
    }
}
