//! Windows paths: drives, UNC names and environment variables; blanks in names, doubled backslashes.

use super::chars::{at, before, is_word, run_end, slice};
use super::file_name::is_extension;
use super::{IocType, Scanner, Trust};
use std::borrow::Cow;

/// Longest path that is read: Windows' MAX_PATH four times, Linux' PATH_MAX a quarter.
pub(super) const LONGEST: usize = 1040;
/// How far a name with blanks is followed in search of its extension.
const LOOK_AHEAD: usize = 96;
/// Blanks in one name.
const MAX_BLANKS: usize = 6;

/// Directories with blanks in their names.
#[rustfmt::skip]
const BLANK_DIRS: &[&str] = &[
    "Program Files (x86)", "Program Files", "Documents and Settings", "Common Files", "Start Menu", "Application Data",
    "Local Settings", "All Users", "Default User", "Windows Defender", "Windows NT", "Internet Explorer",
    "Microsoft Office", "Windows Media Player", "Windows Mail", "User Data", "System Volume Information",
    "Temporary Internet Files", "My Documents", "Microsoft Shared", "Windows Kits", "Microsoft SDKs",
    "Microsoft Visual Studio", "Reference Assemblies", "Microsoft Monitoring Agent", "Windows Photo Viewer",
    "Google Drive",
];

impl Scanner<'_, '_> {
    /// Whether the text is said to be one indicator.
    pub(super) fn is_whole(&self) -> bool {
        self.trust != Trust::Text
    }

    /// The quote around what begins at `start`.
    pub(super) fn quote(&self, start: usize) -> Option<u8> {
        Some(before(self.bytes, start)).filter(|quote| matches!(quote, b'"' | b'\'' | b'`'))
    }

    /// `C:\...` that begins with the letter at `start`.
    pub(super) fn drive_path(&mut self, start: usize) -> Option<usize> {
        let letter = at(self.bytes, start).is_ascii_alphabetic() && !is_word(before(self.bytes, start));
        let slash = at(self.bytes, start + 2);
        if !self.wants(IocType::WindowsPath) || !letter || (slash == b'/' && at(self.bytes, start + 3) == b'/') {
            return None;
        }
        self.windows_path(start, start + 2)
    }

    /// `\\server\share...` that begins with the backslash at `start`; also with every backslash doubled.
    pub(super) fn unc_path(&mut self, start: usize) -> Option<usize> {
        let slashes = run_end(self.bytes, start, 5, |b| b == b'\\') - start;
        let prior = before(self.bytes, start);
        if !self.wants(IocType::WindowsPath)
            || !(slashes == 2 || slashes == 4)
            || prior.is_ascii_alphanumeric()
            || matches!(prior, b'\\' | b':' | b'.' | b'$' | b'_')
        {
            return Some(start + slashes);
        }
        let server = start + slashes;
        let is_device = matches!(at(self.bytes, server), b'?' | b'.') && at(self.bytes, server + 1) == b'\\';
        let name = run_end(self.bytes, server, 253, |b| is_word(b) || matches!(b, b'.' | b'@' | b'$' | b':' | b'?'));
        if name == server || (!is_device && !is_word(at(self.bytes, server))) || at(self.bytes, name) != b'\\' {
            return Some(server);
        }
        // The server's name may be an indicator: it is read again by itself.
        self.windows_path(start, name)?;
        Some(server)
    }

    /// `%APPDATA%\...` that begins with the percent sign at `start`.
    pub(super) fn variable_path(&mut self, start: usize) -> Option<usize> {
        if !self.wants(IocType::WindowsPath) {
            return None;
        }
        let name = run_end(self.bytes, start + 1, 32, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'(' | b')'));
        if name < start + 4 || at(self.bytes, name) != b'%' || at(self.bytes, name + 1) != b'\\' {
            return None;
        }
        self.windows_path(start, name + 1)
    }

    /// Reads on from the separator at `from`.
    fn windows_path(&mut self, start: usize, from: usize) -> Option<usize> {
        if start < self.path_end {
            return None;
        }
        let end = self.windows_end(start, from);
        let raw = self.slice(start, end);
        let tail = self.slice(from, end).trim_matches(['\\', '/']);
        if tail.is_empty() {
            return None;
        }
        let head = if raw.starts_with("\\\\") { if raw.starts_with("\\\\\\\\") { 4 } else { 2 } } else { 0 };
        let doubled = slice(raw, head, raw.len()).contains("\\\\") || head == 4;
        let value = if doubled {
            let body = slice(raw, head, raw.len()).replace("\\\\", "\\");
            Cow::Owned(if head > 0 { format!("\\\\{body}") } else { body })
        } else {
            Cow::Borrowed(raw)
        };
        self.emit(IocType::WindowsPath, start, end, value);
        self.path_end = end;
        // Digests and file names inside are read as well.
        Some(from + 1)
    }

    fn windows_end(&self, start: usize, from: usize) -> usize {
        let quote = self.quote(start);
        let limit = (start + LONGEST).min(self.bytes.len());
        let mut i = from;
        // A blank that was looked beyond is inside a name up to here.
        let mut known = from;
        while i < limit {
            match at(self.bytes, i) {
                byte if Some(byte) == quote => break,
                0..=0x1f | b'"' | b'<' | b'>' | b'|' | b'*' | b'?' if i > from + 2 || at(self.bytes, i) != b'?' => break,
                b':' if i > from + 6 || !self.slice(start, i).starts_with("\\\\?\\") => {
                    // An alternate data stream: `file.txt:evil.exe`.
                    let stream = is_word(at(self.bytes, i + 1))
                        && before(self.bytes, i).is_ascii_alphanumeric()
                        && self.ends_in_extension(from, i)
                        && !at(self.bytes, i + 1).is_ascii_digit();
                    if !stream {
                        break;
                    }
                }
                b'/' if i > from && at(self.bytes, from) == b'\\' => break,
                b' ' if quote.is_none() && !self.is_whole() && i >= known => match self.name_goes_on(from, i) {
                    Some(to) => known = to,
                    None => break,
                },
                b',' | b';' | b'\'' | b'`' | b'=' | b'&' if quote.is_none() && !self.is_whole() => break,
                b')' | b']' | b'}' if quote.is_none() && !self.is_whole() && !self.opened(from, i) => break,
                _ => {}
            }
            i += 1;
        }
        while !self.text.is_char_boundary(i) {
            i -= 1;
        }
        let path = self.slice(from, i);
        let trimmed = if quote.is_some() { path.trim_end_matches(' ') } else { path.trim_end_matches(['.', ',', ';', ' ', '!', '?', ':']) };
        from + trimmed.len()
    }

    fn opened(&self, from: usize, i: usize) -> bool {
        let open = match at(self.bytes, i) {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        self.bytes.get(from.max(i.saturating_sub(64))..i).is_some_and(|b| b.contains(&open))
    }

    fn ends_in_extension(&self, from: usize, i: usize) -> bool {
        let name = self.slice(from.max(i.saturating_sub(24)), i);
        name.rsplit_once('.').is_some_and(|(_, ext)| is_extension(ext))
    }

    /// Whether the name that holds the blank at `blank` goes on, and up to where that is known: into a known directory, or up to a
    /// backslash or a known extension.
    fn name_goes_on(&self, from: usize, blank: usize) -> Option<usize> {
        if matches!(before(self.bytes, blank), b'\\' | b' ' | b'/') || self.ends_in_extension(from, blank) {
            return None;
        }
        let longest = BLANK_DIRS.iter().map(|name| name.len()).max().unwrap_or(0);
        let back = self.bytes.get(from..blank)?.iter().rev().take(longest).position(|b| *b == b'\\');
        let dir = back.map(|back| blank - back).and_then(|begin| {
            let known = |name: &&&str| slice(self.text, begin, begin + name.len()).eq_ignore_ascii_case(name);
            BLANK_DIRS.iter().find(known).map(|name| begin + name.len()).filter(|end| *end > blank)
        });
        if dir.is_some() {
            return dir;
        }
        let mut blanks = 0;
        let mut dot = None;
        for i in blank..(blank + LOOK_AHEAD).min(self.bytes.len() + 1) {
            let byte = at(self.bytes, i);
            if is_word(byte) || matches!(byte, b'(' | b')' | b'+' | b'&' | b'~' | b'!' | b'#' | b'$' | b'@' | b'\'') && i < self.bytes.len()
            {
                continue;
            }
            if let Some(dot) = dot.take()
                && is_extension(self.slice(dot, i))
            {
                return Some(i);
            }
            match byte {
                b'.' => dot = Some(i + 1),
                b' ' => {
                    blanks += 1;
                    if blanks > MAX_BLANKS || (i > blank && before(self.bytes, i) == b' ') {
                        return None;
                    }
                }
                b'\\' => return (before(self.bytes, i) != b' ').then_some(i),
                _ => return None,
            }
        }
        None
    }
}
