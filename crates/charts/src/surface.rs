//! Where charts are looked at: what a program says of its terminal, once.

use crate::label::Labels;
use crate::model::Chart;
use crate::options::{Common, Format};
use crate::png;
use crate::scene::Size;
use crate::term::{self, Terminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

static TERMINAL: RwLock<Option<Terminal>> = RwLock::new(None);
static STATEMENT: RwLock<Option<String>> = RwLock::new(None);
static PICTURES: AtomicBool = AtomicBool::new(false);
static KEPT: Mutex<Option<Vec<String>>> = Mutex::new(None);

/// Pages that are kept, and their bytes in all.
const MOST_KEPT: usize = 50;
const MOST_BYTES: usize = 256 << 20;
/// Longest statement that a chart tells of.
const MOST_STATEMENT: usize = 100_000;

/// Says that results are shown on such a terminal: every chart then comes with its text.
pub fn set_terminal(terminal: Option<Terminal>) {
    *TERMINAL.write().unwrap_or_else(PoisonError::into_inner) = terminal;
}

/// Says that the terminal shows pictures by kitty's protocol.
pub fn set_pictures(shown: bool) {
    PICTURES.store(shown, Ordering::Relaxed);
}

/// The chart as the terminal shows it.
pub(crate) fn drawn(chart: &Chart, terminal: &Terminal) -> String {
    if PICTURES.load(Ordering::Relaxed)
        && let Ok(picture) = png::write(chart, Size::default())
    {
        return term::kitty(&picture);
    }
    term::draw(chart, terminal)
}

/// Says which statement the charts to come are made by: it is told in the page.
pub fn set_statement(sql: Option<&str>) {
    let sql = sql.map(|sql| Labels { defang: false }.multiline(sql.get(..MOST_STATEMENT).unwrap_or(sql)));
    *STATEMENT.write().unwrap_or_else(PoisonError::into_inner) = sql;
}

pub(crate) fn statement() -> Option<String> {
    STATEMENT.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Keeps what pages are made of from now on, for a report of them.
pub fn keep_charts() {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
}

/// The charts that were kept, in the form of `format => 'json'`, the oldest first.
pub fn kept_charts() -> Vec<String> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
}

/// Forgets the charts that were kept.
pub fn forget_charts() {
    if let Some(kept) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        kept.clear();
    }
}

/// Keeps a chart, where charts are kept; the oldest make room for it.
pub(crate) fn keep(json: impl FnOnce() -> String) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(kept) = kept.as_mut() else { return };
    kept.push(json());
    while kept.len() > MOST_KEPT || (kept.len() > 1 && kept.iter().map(String::len).sum::<usize>() > MOST_BYTES) {
        kept.remove(0);
    }
}

/// Whether results are shown on a terminal.
pub(crate) fn is_terminal() -> bool {
    TERMINAL.read().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The terminal; where text is what was asked for, of the size that was asked for.
pub(crate) fn terminal(common: &Common, format: Format) -> Terminal {
    let mut terminal = TERMINAL.read().unwrap_or_else(PoisonError::into_inner).unwrap_or_default();
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
