//! `b64_decode_text(text [, options])`: a text with every decoded piece put in place.

use super::item::{Item, Status, sha256};
use super::limits::{self, Limits};
use super::magic;
use super::unpack::Unpacker;
use crate::prelude::*;
use std::borrow::Cow;

/// Options of `b64_decode_text`.
#[derive(Debug, Clone, Default)]
pub struct DecodeTextOptions {
    limits: Limits,
}

impl Options for DecodeTextOptions {
    const FIELDS: &'static [OptionField] =
        &[limits::MAX_BYTES, limits::MAX_DEPTH, limits::MAX_MEMBERS, limits::MAX_RATIO, limits::MIN_LENGTH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.limits.set(name, &setting);
        Ok(())
    }
}

/// Kernel of `b64_decode_text`.
pub struct B64DecodeText;

impl ScalarKernel for B64DecodeText {
    const SPEC: Spec = Spec {
        name: "b64_decode_text",
        family: Family::Decode,
        summary: "Rewrites a text with every encoded payload replaced by what it says, however deep it lies.",
        details: DETAILS,
        args: &[Arg { name: "text", doc: "Any text: a command line, a log message, a script." }],
        examples: &[
            Example {
                sql: "SELECT b64_decode_text('powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==') AS t",
                result: "powershell -enc whoami /all",
            },
            Example { sql: "SELECT b64_decode_text('nothing is hidden here') AS t", result: "nothing is hidden here" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = DecodeTextOptions;
    type Out<'a> = Cow<'a, str>;
    type Scratch = Unpacker;

    fn eval<'a>(unpacker: &'a mut Unpacker, options: &'a DecodeTextOptions, (text,): (&'a str,)) -> KernelResult<Cow<'a, str>> {
        Ok(Some(put_in_place(text, &unpacker.unpack(text, &options.limits))))
    }
}

const DETAILS: &str = "\
Finds and unpacks what `b64_unpack` does, and writes it where the encoded run stood, quotes and options around it untouched. \
A text is put in as it is; a gzip, zlib, deflate or bzip2 stream as what it unpacks to; the members of an archive one a line, each after \
`<zip: name> `. What is not text becomes a mark such as `<pe 4096 bytes sha256=...>`. An item whose status is not `ok` is followed by \
`<truncated>`, `<limit_bytes>` and so on. A text without payloads comes back unchanged; NULL gives NULL.";

/// `text` with every decoded piece put in place.
pub fn b64_decode_text<'t>(text: &'t str, limits: &Limits) -> Cow<'t, str> {
    put_in_place(text, &Unpacker::default().unpack(text, limits))
}

/// Children come after their parents: going backwards, every item finds its children rendered.
fn put_in_place<'t>(text: &'t str, items: &[Item]) -> Cow<'t, str> {
    if items.is_empty() {
        return Cow::Borrowed(text);
    }
    // Rendered children by parent, in reverse order; the last list is the input's.
    let mut rendered: Vec<Vec<(&Item, String)>> = Vec::new();
    rendered.resize_with(items.len() + 1, Vec::new);
    for (index, item) in items.iter().enumerate().rev() {
        let mut children = rendered.get_mut(index).map(std::mem::take).unwrap_or_default();
        children.reverse();
        let shown = show(item, children);
        if let Some(siblings) = rendered.get_mut(item.parent.unwrap_or(items.len())) {
            siblings.push((item, shown));
        }
    }
    let mut top = rendered.pop().unwrap_or_default();
    top.reverse();
    Cow::Owned(splice(text, top))
}

fn show(item: &Item, children: Vec<(&Item, String)>) -> String {
    let mut out = match item.text() {
        Some(text) => splice(text, children),
        None if item.kind == "unread" => String::new(),
        None if children.is_empty() => marker(item),
        None => {
            let single = children.len() == 1 && !magic::is_zip(item.kind) && item.kind != "tar";
            let mut out = String::new();
            for (child, text) in children {
                if !out.is_empty() {
                    out.push('\n');
                }
                if !single {
                    out.push_str(&format!("<{}: {}> ", item.kind, child.name().unwrap_or(child.path())));
                }
                out.push_str(&text);
            }
            out
        }
    };
    if item.status() != Status::Ok {
        out.push_str(&format!("<{}>", item.status().name()));
    }
    out
}

fn marker(item: &Item) -> String {
    let bytes = item.bytes().unwrap_or_default();
    format!("<{} {} bytes sha256={}>", item.kind, bytes.len(), sha256(bytes))
}

/// `text` with the spans of `pieces` replaced.
fn splice(text: &str, pieces: Vec<(&Item, String)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (item, piece) in pieces {
        if item.kind == "unread" {
            out.push_str(text.get(at..item.start).unwrap_or_default());
            out.push_str(&piece);
            at = at.max(item.start);
            continue;
        }
        out.push_str(text.get(at..item.start).unwrap_or_default());
        out.push_str(&piece);
        at = item.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
