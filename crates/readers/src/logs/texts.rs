//! The texts that rows are made of: the lines of a file, or its JSON values.

use crate::format::Control;
use crate::json::{CutProblem, Layout, Records};
use crate::sniff::HEAD;
use crate::{Block, BlockOptions, Blocks, Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

/// Longest line unless an option says otherwise: 256 MiB.
const LONGEST: usize = 256 << 20;

/// What every reader of text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Common {
    /// `None`: by byte order mark and content.
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) longest: usize,
}

impl Default for Common {
    fn default() -> Self {
        Self { encoding: None, longest: LONGEST }
    }
}

pub(crate) const ENCODING: OptionField = OptionField {
    name: "encoding",
    kind: OptionKind::Text,
    default: "'auto'",
    doc: "`'auto'` (byte order mark, then content), or a label of the WHATWG Encoding Standard such as `'utf-16le'`, `'windows-1252'`.",
};
pub(crate) const MAX_LINE: OptionField = OptionField {
    name: "max_line_bytes",
    kind: OptionKind::Int(1, 1 << 30),
    default: "268435456",
    doc: "Longest line; a longer one is an error.",
};

impl Common {
    /// Takes one of the options above; false for others.
    pub(crate) fn set(&mut self, name: &str, setting: &Setting) -> Result<bool, String> {
        match (name, setting) {
            ("encoding", Setting::Text(label)) if label.eq_ignore_ascii_case("auto") => self.encoding = None,
            ("encoding", Setting::Text(label)) => {
                let known = ["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1", "shift_jis", "gbk"];
                let encoding = Encoding::for_label(label.as_bytes());
                self.encoding =
                    Some(encoding.ok_or_else(|| format!("names no known encoding '{}'{}", label.escape_debug(), hint(label, known)))?);
            }
            ("max_line_bytes", Setting::Int(bytes)) => self.longest = usize::try_from(*bytes).unwrap_or(LONGEST),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The lines of a part of a file, without their ends. Invalid bytes are replaced and counted.
pub(crate) struct TextLines {
    blocks: Blocks,
    block: Option<Block>,
    at: usize,
    number: u64,
    longest: usize,
    file: Arc<str>,
}

/// Whole lines of a part of a file. Invalid bytes are replaced and counted.
pub(super) fn blocks(piece: &Piece, common: Common, control: &Control) -> Result<Blocks> {
    let options = BlockOptions {
        by_line: true,
        lossy: true,
        max_line: common.longest,
        tally: Arc::clone(&control.tally),
        cancel: Arc::clone(&control.cancel),
    };
    Blocks::open(piece, &options)
}

/// A line is longer than `longest` bytes.
pub(super) fn too_long(file: &str, line: u64, longest: usize) -> Error {
    let problem = format!("the line is longer than {longest} bytes; raise max_line_bytes to read it");
    Error::BadLine { path: file.to_owned(), line, problem }
}

impl TextLines {
    pub(crate) fn open(piece: &Piece, common: Common, control: &Control) -> Result<Self> {
        let (longest, file) = (common.longest, Arc::clone(&piece.source.name));
        Ok(Self { blocks: blocks(piece, common, control)?, block: None, at: 0, number: 0, longest, file })
    }

    /// The next line and its number; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(&str, u64)>> {
        while self.block.as_ref().is_none_or(|block| self.at >= block.text.len()) {
            if let Some(read) = self.block.take() {
                self.blocks.take_back(read.text);
            }
            let Some(block) = self.blocks.next()? else { return Ok(None) };
            (self.at, self.number) = (0, block.first_line);
            self.block = Some(block);
        }
        let Some(rest) = self.block.as_ref().and_then(|block| block.text.get(self.at..)) else { return Ok(None) };
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let number = self.number;
        self.at += end + 1;
        self.number += 1;
        if line.len() > self.longest {
            return Err(too_long(&self.file, number, self.longest));
        }
        Ok(Some((line.strip_suffix('\r').unwrap_or(line), number)))
    }
}

/// How the values of a JSON file follow each other, from its first bytes.
pub(crate) fn layout(source: &Source, control: &Control) -> Result<Layout> {
    let mut start = Vec::new();
    let reader = source.open_text(0, true, &control.tally)?;
    reader.take(HEAD).read_to_end(&mut start).map_err(|error| source.unreadable(&error))?;
    Ok(Layout::guess(&String::from_utf8_lossy(&start)))
}

/// The lines of a part of a file, or the JSON values in it.
pub(crate) enum Texts {
    Lines(TextLines),
    Values(TextValues),
}

/// JSON values that run over lines or are the elements of a list.
pub(crate) struct TextValues {
    blocks: Blocks,
    records: Records,
    found: VecDeque<(String, u64)>,
    current: String,
    ended: bool,
    longest: usize,
    file: Arc<str>,
}

impl Texts {
    pub(crate) fn open(piece: &Piece, layout: Layout, common: Common, control: &Control) -> Result<Self> {
        if layout == Layout::Lines {
            return TextLines::open(piece, common, control).map(Self::Lines);
        }
        let options = BlockOptions {
            by_line: false,
            lossy: true,
            max_line: common.longest,
            tally: Arc::clone(&control.tally),
            cancel: Arc::clone(&control.cancel),
        };
        Ok(Self::Values(TextValues {
            blocks: Blocks::open(piece, &options)?,
            records: Records::new(common.longest),
            found: VecDeque::new(),
            current: String::new(),
            ended: false,
            longest: common.longest,
            file: Arc::clone(&piece.source.name),
        }))
    }

    /// The next text and the line on which it begins; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(&str, u64)>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Values(values) => values.next(),
        }
    }
}

impl TextValues {
    fn next(&mut self) -> Result<Option<(&str, u64)>> {
        loop {
            if let Some((text, line)) = self.found.pop_front() {
                self.current = text;
                return Ok(Some((&self.current, line)));
            }
            if self.ended {
                return Ok(None);
            }
            let Some(block) = self.blocks.next()? else {
                self.ended = true;
                // A list that was never closed has nothing to say: its elements were handed out.
                self.found.extend(self.records.finish().0);
                continue;
            };
            let found = &mut self.found;
            let fed = self.records.feed(&block.text, &mut |record, line| {
                found.push_back((record.to_owned(), line));
                Ok(())
            });
            fed.map_err(|problem| match problem {
                CutProblem::TooLong(line) => {
                    let problem = format!("the value is longer than {} bytes; raise max_line_bytes to read it", self.longest);
                    Error::BadLine { path: self.file.to_string(), line, problem }
                }
                CutProblem::Other(error) => error,
            })?;
        }
    }
}
