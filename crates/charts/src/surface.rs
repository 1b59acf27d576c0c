//! Where charts are looked at: what a program says of its terminal, once.

use crate::options::{Common, Format};
use crate::scene::Size;
use crate::term::Terminal;
use std::sync::{PoisonError, RwLock};

static TERMINAL: RwLock<Option<Terminal>> = RwLock::new(None);

/// Says that results are shown on such a terminal: every chart then comes with its text.
pub fn set_terminal(terminal: Option<Terminal>) {
    *TERMINAL.write().unwrap_or_else(PoisonError::into_inner) = terminal;
}

/// Whether results are shown on a terminal.
pub(crate) fn is_terminal() -> bool {
    TERMINAL.read().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The terminal; where text is what was asked for, of the size that was asked for.
pub(crate) fn terminal(common: &Common, format: Format) -> Terminal {
    let mut terminal = TERMINAL.read().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
    if format != Format::Term {
        return terminal;
    }
    let number = |size: u32| usize::try_from(size).unwrap_or(usize::MAX).min(MOST_CHARACTERS);
    if let Some(width) = common.width {
        terminal.width = number(width);
    }
    if let Some(height) = common.height {
        terminal.height = number(height);
    }
    terminal
}

/// Widest text.
const MOST_CHARACTERS: usize = 1000;

/// The size of drawings and pictures.
pub(crate) fn size(common: &Common) -> Size {
    let default = Size::default();
    Size { width: common.width.unwrap_or(default.width), height: common.height.or(default.height) }
}
