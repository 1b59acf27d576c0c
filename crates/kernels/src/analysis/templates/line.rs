//! A line as tokens: words between blanks, cut after each `=`, with masks for what varies.

use super::TemplateOptions;
use crate::text::mask::{Mask, Sink, scan};
use memchr::memchr;
use std::ops::Range;

/// Stands for what follows the tokens that are looked at.
pub(super) const REST: &str = "<rest>";

/// Takes the tokens of a line, in order.
pub(super) trait Reader {
    /// A token: its masked text, where it stands in the line, and the masked parts in it.
    fn token(&mut self, token: &Token<'_>);
}

/// A token of a line.
#[derive(Debug)]
pub(super) struct Token<'l> {
    /// With masks.
    pub(super) text: &'l str,
    /// No blank stands before it.
    pub(super) joined: bool,
    /// Where it stands in the line.
    pub(super) range: Range<usize>,
    /// The masked parts.
    pub(super) masks: &'l [(Mask, Range<usize>)],
}

/// Buffers for [`read`].
#[derive(Debug, Default)]
pub(super) struct Buffers {
    text: String,
    masks: Vec<(Mask, Range<usize>)>,
}

/// Hands the tokens of `line` to `reader`.
pub(super) fn read(line: &str, options: &TemplateOptions, buffers: &mut Buffers, reader: &mut impl Reader) {
    buffers.text.clear();
    buffers.masks.clear();
    let mut tokens = Tokens {
        line,
        buffers,
        reader,
        range: None,
        joined: false,
        is_request: false,
        tokens_left: options.max_tokens,
        masks_left: options.max_tokens,
    };
    scan(line, options.masks, &mut tokens);
    tokens.end(false);
    if tokens.tokens_left == 0 && tokens.range.is_some() {
        let range = tokens.range.take().unwrap_or_default();
        tokens.reader.token(&Token { text: REST, joined: tokens.joined, range, masks: &[] });
    }
}

struct Tokens<'l, 'b, R> {
    line: &'l str,
    buffers: &'b mut Buffers,
    reader: &'b mut R,
    /// Where the token that is being read stands.
    range: Option<Range<usize>>,
    /// No blank stands before it.
    joined: bool,
    /// It holds what names before `=` do not: the query of a request is one token.
    is_request: bool,
    tokens_left: usize,
    masks_left: usize,
}

impl<R: Reader> Tokens<'_, '_, R> {
    /// Adds a part to the token.
    #[inline]
    fn add(&mut self, range: Range<usize>) {
        match &mut self.range {
            Some(whole) => whole.end = range.end,
            None => self.range = Some(range),
        }
    }

    /// Ends the token; the next one follows without a blank if it is `joined`.
    fn end(&mut self, joined: bool) {
        if self.tokens_left > 0
            && let Some(range) = self.range.take()
        {
            self.reader.token(&Token { text: &self.buffers.text, joined: self.joined, range, masks: &self.buffers.masks });
            self.buffers.text.clear();
            self.buffers.masks.clear();
            self.is_request = false;
            self.tokens_left -= 1;
        }
        if self.range.is_none() {
            self.joined = joined;
        }
    }

    /// Begins a token after `=`.
    #[inline]
    fn cut(&mut self) {
        if !self.is_request && self.buffers.text.ends_with('=') {
            self.end(true);
        }
    }
}

impl<R: Reader> Sink for Tokens<'_, '_, R> {
    const WORDS: bool = true;

    fn text(&mut self, range: Range<usize>) {
        let mut start = range.start;
        let text = self.line.get(range.clone()).unwrap_or("");
        if !text.starts_with('=') {
            self.cut();
        }
        while start < range.end {
            let rest = self.line.get(start..range.end).unwrap_or("");
            let equals = memchr(b'=', rest.as_bytes()).map_or(rest.len(), |at| {
                let after = rest.get(at..).unwrap_or("");
                at + after.len() - after.trim_start_matches('=').len()
            });
            let part = rest.get(..equals).unwrap_or("");
            self.is_request |= part.contains(['/', '?', '&', '%']);
            self.buffers.text.push_str(part);
            self.add(start..start + equals);
            start += equals;
            if start < range.end {
                self.cut();
            }
        }
    }

    fn mask(&mut self, mask: Mask, range: Range<usize>) {
        self.cut();
        if self.masks_left == 0 {
            self.tokens_left = 0;
        }
        self.masks_left = self.masks_left.saturating_sub(1);
        self.buffers.text.push_str(mask.mark());
        self.buffers.masks.push((mask, range.clone()));
        self.add(range);
    }

    fn space(&mut self) {
        self.end(false);
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.tokens_left == 0 && self.range.is_some()
    }
}
