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

const DETAILS: &str = "\
**What is found.** Base64 in both alphabets, with any or no padding, cut, wrapped over lines (LF, CRLF, indented, `\\n` in JSON, `^` and \
backtick continuation) or joined from string literals (`'..'+'..'`); hex digits (from 24 on), `\\x41\\x42`, `\\u0041`, `0x41,0x42`, `%41%42`, \
`[char]65+[char]66`, `Chr(65) & Chr(66)`, `&#65;`, `[byte[]](77,90)` (from 8 numbers on). A run counts only if what comes out convinces: a magic number that holds, an archive, \
or text that is likelier than chance by 18 bits; after `FromBase64String(`, `;base64,`, a PEM header and the like everything counts. So digests, GUIDs, identifiers, paths and random tokens stay alone.

**What is opened.** gzip, zlib, raw deflate, bzip2, tar, zip (stored, deflate, bzip2; also Office documents, jar, apk ...), and every text, in which the search starts anew. \
Text is UTF-8, UTF-16LE or BE with or without a mark, or Windows-1252, decided by content.

**One row an item**, parents before children:
- `path`: place in the tree. `1`, `2` are the runs in the input in order, `1.2` is the second item in `1`. `depth` is the number of its parts.
- `kind`: what the bytes are: `text`, `empty`, `binary` (unknown), `gzip`, `zlib`, `deflate`, `bzip2`, `zip`, `docx`, `xlsx`, `pptx`, `odf`, `epub`, `jar`, `apk`, `appx`, `nupkg`, `tar`, \
`pe`, `elf`, `mach-o`, `java_class`, `dex`, `wasm`, `lua`, `shellcode` (a Metasploit prologue), `pdf`, `ole`, `lnk`, `7z`, `rar`, `xz`, `zstd`, `lz4`, `cab`, `chm`, `png`, `jpeg`, `gif`, `webp`, `tiff`, `bmp`, `audio`, `font`, `der`, `ssh_key`, \
`ntlm`, `dpapi`, `java_serialized`, `dotnet_serialized`, `pickle`, `sqlite`, `evtx`, `registry_hive`, `minidump`, `pcap`, `pcapng`; `unread` for the rest of an input that a limit cut off.
- `name`: name of the member in its archive or gzip header, as written there (it may be a hostile path), else NULL.
- `encoding`: what the item was wrapped in: `base64`, `base64url`, `hex`, `hex-escape`, `unicode-escape`, `byte-list`, `percent`, `char`, `html-entity`, or the kind of its container; then `+` and the charset of a text that is not UTF-8: `base64+utf-16le`, `zip+windows-1252`.
- `text`: the text without its byte order mark and closing NULs (NULs between words become blanks), NULL for everything else.
- `bytes`, `size`, `md5`, `sha1`, `sha256`: the item itself, as decoded; hashes in lower-case hex; all NULL for `unread`.
- `start_byte`: where the encoded form starts: a byte offset in the input for depth 1, in the `text` of the parent for what was found in a text, in the `bytes` of the parent for members and streams.
- `status`: `ok`; `truncated` (it ends too early: what is whole is there); `corrupt` (damaged or with a wrong checksum: what could be read is there); `unsupported` (a packing method we lack: the bytes are the packed ones); `encrypted` (likewise); \
`limit_depth` (not opened), `limit_members`, `limit_ratio`, `limit_bytes` (the rest is missing). On a container it speaks of the container, on a member of the member; of several the gravest.

NULL gives NULL, a text without payloads an empty list. Directories and links in archives are no items. XOR and reversed strings are not undone.";

/// Everything hidden in `text`, parents before children, children in order.
pub fn b64_unpack(text: &str, limits: &Limits) -> Vec<Item> {
    Unpacker::default().unpack(text, limits)
}
