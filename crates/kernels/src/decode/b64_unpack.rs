//! `b64_unpack(text [, options])`: what is hidden in a text, layer by layer.

use super::item::Item;
use super::limits::{self, Limits};
use super::unpack::Unpacker;
use crate::prelude::*;

/// Options of `b64_unpack`.
#[derive(Debug, Clone)]
pub struct UnpackOptions {
    bytes: bool,
    limits: Limits,
}

impl Default for UnpackOptions {
    fn default() -> Self {
        Self { bytes: true, limits: Limits::default() }
    }
}

impl Options for UnpackOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "bytes",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether the column `bytes` is filled; size and hashes are there anyway.",
        },
        limits::MAX_BYTES,
        limits::MAX_DEPTH,
        limits::MAX_MEMBERS,
        limits::MAX_RATIO,
        limits::MIN_LENGTH,
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match setting {
            Setting::Bool(bytes) => self.bytes = bytes,
            other => self.limits.set(name, &other),
        }
        Ok(())
    }
}

/// Kernel of `b64_unpack`.
pub struct B64Unpack;

impl ScalarKernel for B64Unpack {
    const SPEC: Spec = Spec {
        name: "b64_unpack",
        family: Family::Decode,
        summary: "Finds base64 and other encoded payloads in a text, decodes them and unpacks what they hold, layer by layer.",
        details: DETAILS,
        args: &[Arg { name: "text", doc: "Any text: a command line, a log message, a script." }],
        examples: &[
            Example {
                sql: "SELECT p['path'] AS path, p['encoding'] AS encoding, p['text'] AS decoded FROM \
                      (SELECT unnest(b64_unpack('powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==')) AS p) s",
                result: "1 | base64+utf-16le | whoami /all",
            },
            Example {
                sql: "SELECT p['path'] AS path, p['kind'] AS kind, p['text'] AS decoded FROM \
                      (SELECT unnest(b64_unpack('echo H4sIAAAAAAAC/8tIzcnJVyjPL8pJAQCFEUoNCwAAAA== | base64 -d | zcat')) AS p) s ORDER BY path",
                result: "1 | gzip | NULL\n1.1 | text | hello world",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = UnpackOptions;
    type Out<'a> = Vec<Item>;
    type Scratch = Unpacker;

    fn eval<'a>(unpacker: &'a mut Unpacker, options: &'a UnpackOptions, (text,): (&'a str,)) -> KernelResult<Vec<Item>> {
        let mut items = unpacker.unpack(text, &options.limits);
        items.iter_mut().for_each(|item| item.keep_bytes = options.bytes);
        Ok(Some(items))
    }
}

const DETAILS: &str = "";

/// Everything hidden in `text`, parents before children, children in order.
pub fn b64_unpack(text: &str, limits: &Limits) -> Vec<Item> {
    Unpacker::default().unpack(text, limits)
}
