//! Where charts are looked at: what a program says of its terminal, once.

use crate::label::Labels;
use crate::model::{Body, Chart};
use crate::options::{Common, Format};
use crate::png;
use crate::scene::Size;
use crate::term::{self, Terminal};
use std::sync::{Mutex, PoisonError, RwLock};

static TERMINAL: RwLock<Option<Terminal>> = RwLock::new(None);
static STATEMENT: RwLock<Option<String>> = RwLock::new(None);
static GRAPHICS: RwLock<Graphics> = RwLock::new(Graphics::None);
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

/// What a program that shows charts is told of.
#[derive(Debug, Default)]
struct Kept {
    /// Pages in the form of `format => 'json'`, the oldest first.
    pages: Vec<String>,
    /// Pages that made room for others.
    forgotten: usize,
    /// Charts that nobody has asked for yet.
    drawn: Vec<Shown>,
}

/// A chart that a statement has made, for the program that runs it. A result says nothing of this, since any table may look like one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The file, where there is one.
    pub path: Option<String>,
    /// `html`, `svg`, `png`, `term` or `json`.
    pub format: &'static str,
    /// The chart in letters, or in the terminal's graphics; safe to print.
    pub picture: Option<String>,
}

/// Pages that are kept, and their bytes in all.
const MOST_KEPT: usize = 50;
const MOST_BYTES: usize = 256 << 20;
/// Longest statement that a chart tells of.
const MOST_STATEMENT: usize = 100_000;

/// Says that charts are shown on such a terminal.
pub fn set_terminal(terminal: Option<Terminal>) {
    *TERMINAL.write().unwrap_or_else(PoisonError::into_inner) = terminal;
}

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Graphics {
    /// It does not: they are made of letters.
    #[default]
    None,
    /// By kitty's protocol.
    Kitty,
    /// As sixels.
    Sixel,
}

impl Graphics {
    /// The protocol of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "" | "none" => Some(Self::None),
            "kitty" => Some(Self::Kitty),
            "sixel" => Some(Self::Sixel),
            _ => None,
        }
    }
}

/// Says how the terminal shows pictures.
pub fn set_graphics(graphics: Graphics) {
    *GRAPHICS.write().unwrap_or_else(PoisonError::into_inner) = graphics;
}

/// The chart as the terminal shows it.
fn picture(chart: &Chart, terminal: &Terminal) -> String {
    let picture = match *GRAPHICS.read().unwrap_or_else(PoisonError::into_inner) {
        Graphics::None => None,
        Graphics::Kitty => png::write(chart, Size::default()).ok().map(|picture| term::kitty(&picture)),
        // Such terminals cut what is too wide, and a character has some ten pixels.
        Graphics::Sixel => {
            let width = u32::try_from(terminal.width * 10).unwrap_or(u32::MAX).clamp(480, 1600);
            png::sixel(chart, Size { width, ..Size::default() }).ok()
        }
    };
    picture.unwrap_or_else(|| term::draw(chart, terminal))
}

/// Says which statement the charts to come are made by: it is told in the page.
pub fn set_statement(sql: Option<&str>) {
    let sql = sql.map(|sql| {
        let told = Labels { defang: false }.multiline(&without_secrets(sql.get(..sql.floor_char_boundary(MOST_STATEMENT)).unwrap_or("")));
        if sql.len() > MOST_STATEMENT { format!("{told}… ({} bytes)", sql.len()) } else { told }
    });
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
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|kept| kept.pages.clone()).unwrap_or_default()
}

/// How many charts are not kept any more.
pub fn forgotten_charts() -> usize {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |kept| kept.forgotten)
}

/// The charts that were made since this was asked last.
pub fn take_drawn() -> Vec<Shown> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(|kept| std::mem::take(&mut kept.drawn)).unwrap_or_default()
}

/// Tells the program that shows charts of one, if there is such a program.
pub(crate) fn tell(chart: &Chart, format: Format, path: Option<&str>, text: Option<&str>, page: Option<String>) {
    if !keeps() {
        return;
    }
    let terminal = *TERMINAL.read().unwrap_or_else(PoisonError::into_inner);
    let picture = match (text, terminal) {
        (Some(text), _) => Some(text.to_owned()),
        (None, Some(terminal)) if format != Format::Json && !matches!(chart.body, Body::EChartsOption(_)) => {
            Some(picture(chart, &terminal))
        }
        _ => None,
    };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(kept) = kept.as_mut() else { return };
    if kept.drawn.len() < MOST_KEPT {
        kept.drawn.push(Shown { path: path.map(str::to_owned), format: format.name(), picture });
    }
    kept.pages.extend(page);
    while kept.pages.len() > MOST_KEPT || (kept.pages.len() > 1 && kept.pages.iter().map(String::len).sum::<usize>() > MOST_BYTES) {
        kept.pages.remove(0);
        kept.forgotten += 1;
    }
}

/// Whether pages are kept.
pub(crate) fn keeps() -> bool {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// A statement without what opens doors: names and passwords in URLs, and what follows their question mark.
fn without_secrets(sql: &str) -> String {
    let mut told = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(place) = rest.find("://") {
        let (before, url) = rest.split_at(place + 3);
        told.push_str(before);
        let end = url.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"')).unwrap_or(url.len());
        let (url, after) = url.split_at(end);
        told.push_str(&told_url(url));
        rest = after;
    }
    told.push_str(rest);
    told
}

/// What is told of a URL, behind its scheme.
fn told_url(url: &str) -> String {
    let plain = url.find('?').unwrap_or(url.len());
    let (path, query) = url.split_at(plain);
    // A password may hold a slash; what is told of a path with `@` in it is less then.
    if let Some((_, host)) = path.rsplit_once('@') {
        return format!("…@{host}{}", if query.is_empty() { "" } else { "?…" });
    }
    // The question mark may be one of the password: then nothing can be told.
    let authority = path.split('/').next().unwrap_or("");
    if query.contains('@') && (authority == path || authority.contains(':')) {
        return "…".to_owned();
    }
    format!("{path}{}", if query.is_empty() { "" } else { "?…" })
}

/// Forgets the charts that were kept.
pub fn forget_charts() {
    if let Some(kept) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        *kept = Kept::default();
    }
}

/// The terminal that text is made for, of the size that is asked for.
pub(crate) fn terminal(common: &Common) -> Terminal {
    let terminal = TERMINAL.read().unwrap_or_else(PoisonError::into_inner).unwrap_or_default();
    let number = |size: Option<u32>, default: usize| size.and_then(|size| usize::try_from(size).ok()).unwrap_or(default);
    Terminal { width: number(common.width, terminal.width), height: number(common.height, terminal.height), ..terminal }
}

/// The size of drawings and pictures.
pub(crate) fn size(common: &Common) -> Size {
    let default = Size::default();
    Size { width: common.width.unwrap_or(default.width), height: common.height.or(default.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_told_without_secrets() {
        for (sql, told) in [
            ("SELECT 1", "SELECT 1"),
            ("FROM 's3://key:secret@bucket/x.parquet' WHERE a", "FROM 's3://…@bucket/x.parquet' WHERE a"),
            ("FROM 'https://h.test/a?sig=abc', \"b://u@h\"", "FROM 'https://h.test/a?…', \"b://…@h\""),
            ("a://b@c/d@e", "a://…@e"),
            ("'https://user:pa/ss@host/x?y=@z'", "'https://…@host/x?…'"),
            ("FROM 'https://user:pa?ss@host/x' t", "FROM 'https://…' t"),
            ("'https://to?ken@host/x'", "'https://…'"),
            ("'s3://key:s/ec?ret@bucket/x'", "'s3://…'"),
            ("'https://h.test/a?x=@z'", "'https://h.test/a?…'"),
        ] {
            assert_eq!(without_secrets(sql), told);
        }
    }
}
