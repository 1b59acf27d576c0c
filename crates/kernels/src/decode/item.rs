//! One decoded item: a row of `b64_unpack`.

use crate::column::{Column, SqlValue};
use crate::types::SqlType;
use sha1::Digest;

/// How far an item could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Status {
    /// Whole.
    Ok,
    /// Ends too early; what is whole was decoded.
    Truncated,
    /// Damaged; what was read before the damage was kept.
    Corrupt,
    /// A packing method that is not implemented: the bytes are the packed ones.
    Unsupported,
    /// Needs a password: the bytes are the encrypted ones.
    Encrypted,
    /// `max_depth` was reached: not opened.
    LimitDepth,
    /// `max_members` was reached: the rest is missing.
    LimitMembers,
    /// `max_ratio` was reached: the rest is missing.
    LimitRatio,
    /// `max_bytes` was reached: the rest is missing.
    LimitBytes,
}

impl Status {
    /// As returned in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::Unsupported => "unsupported",
            Self::Encrypted => "encrypted",
            Self::LimitDepth => "limit_depth",
            Self::LimitMembers => "limit_members",
            Self::LimitRatio => "limit_ratio",
            Self::LimitBytes => "limit_bytes",
        }
    }
}

/// The readable form of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// Not text.
    None,
    /// This much of the bytes, which are UTF-8, from the first offset to the second.
    Utf8(usize, usize),
    /// Converted from another charset.
    Converted(String),
}

/// Something decoded.
#[derive(Debug, Clone)]
pub struct Item {
    pub(super) path: String,
    pub(super) depth: usize,
    pub(super) kind: &'static str,
    pub(super) name: Option<String>,
    pub(super) wrapping: &'static str,
    pub(super) charset: Option<&'static str>,
    pub(super) text: Text,
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) parent: Option<usize>,
    pub(super) status: Status,
    pub(super) keep_bytes: bool,
}

impl Item {
    /// Place in the tree: `1.2` is the second item in the first.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// 1 for what was found in the input.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// What the bytes are.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Name of the member, where its container gave one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What the item was wrapped in, then `+` and the charset of a text that is not UTF-8.
    pub fn encoding(&self) -> String {
        match self.charset {
            Some(charset) if charset != "utf-8" => format!("{}+{charset}", self.wrapping),
            _ => self.wrapping.to_owned(),
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.text {
            Text::None => None,
            Text::Converted(text) => Some(text),
            Text::Utf8(start, end) => std::str::from_utf8(self.bytes()?.get(*start..*end)?).ok(),
        }
    }

    /// The bytes; `None` for what was not decoded.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// First byte of the encoded form in the input, or in the text or bytes of the parent.
    pub fn start(&self) -> usize {
        self.start
    }

    /// How far it could be read.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Notes that something is missing; the graver status stays.
    pub(super) fn mark(&mut self, status: Status) {
        self.status = self.status.max(status);
    }
}

impl SqlValue for Item {
    const TYPE: SqlType = SqlType::Struct(&[
        ("path", SqlType::Text),
        ("depth", SqlType::Int),
        ("kind", SqlType::Text),
        ("name", SqlType::Text),
        ("encoding", SqlType::Text),
        ("text", SqlType::Text),
        ("bytes", SqlType::Blob),
        ("size", SqlType::Int),
        ("md5", SqlType::Text),
        ("sha1", SqlType::Text),
        ("sha256", SqlType::Text),
        ("start_byte", SqlType::Int),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let bytes = self.bytes();
        out.row()
            .put(self.path())
            .put(self.depth as i64)
            .put(self.kind)
            .put(self.name())
            .put(self.encoding())
            .put(self.text())
            .put(bytes.filter(|_| self.keep_bytes))
            .put(bytes.map(|bytes| bytes.len() as i64))
            .put(bytes.map(|bytes| hex(&md5::Md5::digest(bytes))))
            .put(bytes.map(|bytes| hex(&sha1::Sha1::digest(bytes))))
            .put(bytes.map(sha256))
            .put(self.start as i64)
            .put(self.status.name())
            .end();
    }
}

/// SHA-256 in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
    }
    out
}
