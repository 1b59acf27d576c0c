//! Registry keys and values: a hive, then a path.

use super::chars::{at, before, slice};
use super::{IocType, Scanner};
use std::borrow::Cow;

/// Longest key and value that are read together.
const LONGEST: usize = 1024;

/// Hives as they are written, and their full names.
const HIVES: &[(&str, &str)] = &[
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKU", "HKEY_USERS"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    ("HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE"),
    ("HKEY_CURRENT_USER", "HKEY_CURRENT_USER"),
    ("HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT"),
    ("HKEY_USERS", "HKEY_USERS"),
    ("HKEY_CURRENT_CONFIG", "HKEY_CURRENT_CONFIG"),
];

/// Names of keys with blanks in them, so that a key without quotes ends where it should. From the Windows registry.
#[rustfmt::skip]
const BLANK_NAMES: &[&str] = &[
    "Active Setup", "App Paths", "Browser Helper Objects", "Control Panel", "Current Version",
    "Image File Execution Options", "Installed Components", "Internet Explorer", "Internet Settings", "Known DLLs",
    "Local Settings", "Memory Management", "Microsoft SQL Server", "Network Provider", "Office Test",
    "Print Processors", "Real-Time Protection", "Remote Assistance", "Security Center", "Security Packages",
    "Security Providers", "Session Manager", "Shell Extensions", "Shell Folders", "Terminal Server Client",
    "Terminal Server", "User Shell Folders", "Windows Defender", "Windows Error Reporting", "Windows File Protection",
    "Windows NT", "Windows Script Host", "Windows Search",
];

impl<'t> Scanner<'t, '_> {
    /// Reads the key that begins with the word `start..end`: `HKLM\...`, `HKLM:\...`.
    pub(super) fn registry_key(&mut self, start: usize, end: usize) -> Option<usize> {
        // Shortest and longest spelling of a hive.
        if !(3..=19).contains(&(end - start)) || !matches!(at(self.bytes, start), b'H' | b'h') || !self.wants(IocType::RegistryKey) {
            return None;
        }
        let hive = self.slice(start, end);
        let (_, full) = HIVES.iter().find(|(name, _)| name.eq_ignore_ascii_case(hive))?;
        let path = if at(self.bytes, end) == b':' { end + 1 } else { end };
        if at(self.bytes, path) != b'\\' {
            return None;
        }
        let stop = self.key_end(start, path);
        let key = self.slice(path, stop);
        if key.trim_matches('\\').is_empty() {
            return None;
        }
        let key = if key.contains("\\\\") { Cow::Owned(key.replace("\\\\", "\\")) } else { Cow::Borrowed(key) };
        let value = if hive == *full && path == end && matches!(key, Cow::Borrowed(_)) {
            Cow::Borrowed(self.slice(start, stop))
        } else {
            Cow::Owned(format!("{full}{key}"))
        };
        self.emit(IocType::RegistryKey, start, stop, value);
        Some(stop)
    }

    fn key_end(&self, start: usize, path: usize) -> usize {
        let quote = before(self.bytes, start);
        let quoted = matches!(quote, b'"' | b'\'');
        let limit = (path + LONGEST).min(self.bytes.len());
        let mut i = path;
        let mut name_start = path;
        while i < limit {
            let byte = at(self.bytes, i);
            match byte {
                b'"' | b'<' | b'>' | b'|' | 0..=0x1f => break,
                b'\'' if quoted && quote == b'\'' => break,
                b'\\' => name_start = i + 1,
                b' ' if !quoted && !self.is_in_known_name(i, name_start) => break,
                b',' | b';' | b'\'' | b'`' | b'=' if !quoted => break,
                b')' | b']' | b'}' if !quoted && !self.has_opener(byte, path, i) => break,
                _ => {}
            }
            i += 1;
        }
        while !self.text.is_char_boundary(i) {
            i -= 1;
        }
        let key = self.slice(path, i);
        path + key.trim_end_matches(['\\', '.', ',', ';', ':', ' ', '!', '?']).len()
    }

    /// Whether the blank at `i` lies inside a known name that begins at `name_start`.
    fn is_in_known_name(&self, i: usize, name_start: usize) -> bool {
        BLANK_NAMES
            .iter()
            .any(|name| i < name_start + name.len() && slice(self.text, name_start, name_start + name.len()).eq_ignore_ascii_case(name))
    }

    /// Whether the bracket that `close` closes was opened within the last stretch of `from..i` (a GUID in braces at most).
    fn has_opener(&self, close: u8, from: usize, i: usize) -> bool {
        let open = match close {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        self.bytes
            .get(from.max(i.saturating_sub(64))..i)
            .is_some_and(|b| b.iter().rev().find(|b| matches!(**b, x if x == open || x == close)) == Some(&open))
    }
}
