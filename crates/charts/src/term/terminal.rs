//! What a terminal can show.

/// How many colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// None.
    None,
    /// The palette of 256.
    Ansi256,
    /// All.
    Truecolor,
}

/// Which characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// ASCII only.
    Ascii,
    /// Lines and blocks.
    Block,
    /// Braille too.
    Braille,
}

/// Most characters of a line, and lines.
pub const WIDEST: usize = 500;

/// A terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
    /// How many colours.
    pub color: ColorDepth,
    /// Which characters.
    pub charset: Charset,
}

impl Default for Terminal {
    fn default() -> Self {
        Self { width: 80, height: 24, color: ColorDepth::None, charset: Charset::Ascii }
    }
}

impl Terminal {
    /// What the environment says; `get` gives the value of a variable.
    pub fn detect(get: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| get(name).filter(|value| !value.is_empty());
        let number = |name: &str, default: usize| {
            said(name).and_then(|value| value.trim().parse().ok()).filter(|number| *number > 0).unwrap_or(default)
        };
        let term = said("TERM").unwrap_or_default();
        let windows = said("WT_SESSION").is_some();
        let color = match said("COLORTERM").map(|value| value.to_lowercase()) {
            _ if said("NO_COLOR").is_some() || term == "dumb" => ColorDepth::None,
            Some(value) if value == "truecolor" || value == "24bit" => ColorDepth::Truecolor,
            _ if windows || term.contains("direct") => ColorDepth::Truecolor,
            Some(_) => ColorDepth::Ansi256,
            None if term.is_empty() => ColorDepth::None,
            None => ColorDepth::Ansi256,
        };
        let language = said("LC_ALL").or_else(|| said("LC_CTYPE")).or_else(|| said("LANG")).unwrap_or_default().to_lowercase();
        let unicode = windows || language.contains("utf-8") || language.contains("utf8");
        let charset = match term.as_str() {
            "dumb" => Charset::Ascii,
            _ if !unicode => Charset::Ascii,
            // The console of Linux has blocks but no braille.
            "linux" => Charset::Block,
            _ => Charset::Braille,
        };
        Self { width: number("COLUMNS", 80), height: number("LINES", 24), color, charset }
    }

    /// A size in which there is room for a picture, but never wider.
    pub(super) fn limited(self) -> Self {
        Self { width: self.width.clamp(1, WIDEST), height: self.height.clamp(8, WIDEST), ..self }
    }

    pub(super) fn ascii(&self) -> bool {
        self.charset == Charset::Ascii
    }

    /// The one or the other, by charset.
    pub(super) fn pick<T>(&self, ascii: T, unicode: T) -> T {
        if self.ascii() { ascii } else { unicode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(variables: &[(&str, &str)]) -> Terminal {
        Terminal::detect(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn environments() {
        use {Charset::*, ColorDepth as C};
        for (variables, width, color, charset) in [
            (&[][..], 80, C::None, Ascii),
            (&[("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8"), ("COLUMNS", "120")], 120, C::Ansi256, Braille),
            (&[("TERM", "xterm"), ("COLORTERM", "truecolor"), ("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], 80, C::Truecolor, Ascii),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit"), ("NO_COLOR", "1"), ("LANG", "C.utf8")], 80, C::None, Braille),
            (&[("TERM", "xterm"), ("NO_COLOR", ""), ("LANG", "")], 80, C::Ansi256, Ascii),
            (&[("TERM", "linux"), ("LANG", "C.UTF-8"), ("COLUMNS", "none")], 80, C::Ansi256, Block),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")], 80, C::None, Ascii),
            (&[("WT_SESSION", "x")], 80, C::Truecolor, Braille),
        ] {
            let terminal = detect(variables);
            assert_eq!((terminal.width, terminal.color, terminal.charset), (width, color, charset), "{variables:?}");
        }
    }
}
