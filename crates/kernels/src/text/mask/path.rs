//! Paths: the directories are masked, the name of the file is read like any text.

use super::class::{STOP, class, is_space, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, run_end, slice_bytes};
use crate::ioc::scan::file_name::is_extension;

/// Longest name of the first directory of a path without a root, and of one with blanks that is not quoted.
pub(super) const LONGEST_NAME: usize = 64;

impl<S: Sink> Scanner<'_, '_, S> {
    /// A path that begins with the word `start..end`: `C:\...`, `HKLM\...`, `bin\tool.exe`, `src/main/java`.
    pub(super) fn path_of_word(&mut self, start: usize, end: usize, next: u8) -> Option<usize> {
        if start < self.known.no_path || !may_begin(before(self.bytes, start)) {
            return None;
        }
        if next == b':' && end - start == 1 && is_separator(at(self.bytes, end + 1)) {
            let stop = self.windows_end(start, end + 1);
            return self.path(start, stop);
        }
        if let Some(path) = self.registry(start) {
            // Its names say what is meant, so it is kept, with what is masked in any text.
            self.known.no_path = self.windows_end(start, path);
            return None;
        }
        if next == b':' { None } else { self.relative(start) }
    }

    /// A path that begins with the mark at `start`.
    pub(super) fn path_of_mark(&mut self, start: usize) -> Option<usize> {
        if start < self.known.no_path || !may_begin(before(self.bytes, start)) {
            return None;
        }
        match at(self.bytes, start) {
            b'/' => {
                let first = at(self.bytes, start + 1);
                let stop = if is_word(first) || matches!(first, b'.' | b'_' | b'*') { self.unix_end(start) } else { start };
                let parts = self.separators(start, stop);
                if parts >= 2 || self.whole_path == Some(start) { self.path(start, stop) } else { None }
            }
            b'\\' => self.rooted(start),
            b'%' => {
                let name = run_end(self.bytes, start + 1, 40, |b| is_word(b) || matches!(b, b'_' | b'(' | b')'));
                self.variable(start, if at(self.bytes, name) == b'%' { name + 1 } else { start })
            }
            b'$' => {
                let name = run_end(self.bytes, start + 1, 40, |b| is_word(b) || matches!(b, b'_' | b'{' | b'}' | b':'));
                self.variable(start, name)
            }
            // `./x`, `..\x`, `~/x`
            _ => self.relative(start),
        }
    }

    /// Whether a path that goes up to the end of its quotes begins at `start`.
    pub(super) fn begins_path(&self, start: usize) -> bool {
        let (first, second, third) = (at(self.bytes, start), at(self.bytes, start + 1), at(self.bytes, start + 2));
        match first {
            b'\\' => second == b'\\' || second == b'?' || is_word(second),
            b'/' => is_word(second) && self.bytes.get(start + 2..).unwrap_or(&[]).iter().take(LONGEST_NAME).any(|b| *b == b'/'),
            b'%' => self.bytes.get(start..start + 40).unwrap_or(&[]).windows(2).any(|pair| pair == b"%\\"),
            b'a'..=b'z' | b'A'..=b'Z' => (second == b':' && is_separator(third)) || self.registry(start).is_some(),
            _ => false,
        }
    }

    /// `\\server\share\x`, `\Windows\x`, `\??\C:\x`.
    fn rooted(&mut self, start: usize) -> Option<usize> {
        let second = at(self.bytes, start + 1);
        let network = second == b'\\' && (is_word(at(self.bytes, start + 2)) || matches!(at(self.bytes, start + 2), b'?' | b'.'));
        if !network && !is_word(second) && second != b'?' {
            return None;
        }
        let stop = self.windows_end(start, start + 1 + usize::from(network));
        let deep = self.separators(start, stop) >= 2 || self.has_extension(start, stop);
        if deep { self.path(start, stop) } else { None }
    }

    fn variable(&mut self, start: usize, end: usize) -> Option<usize> {
        if end <= start + 1 {
            return None;
        }
        let stop = match at(self.bytes, end) {
            b'\\' => self.windows_end(start, end),
            b'/' => self.unix_end(end),
            _ => return None,
        };
        self.path(start, stop)
    }

    /// A path without a root: it has a dot in front, two separators, or a backslash and a known extension.
    fn relative(&mut self, start: usize) -> Option<usize> {
        let stop = self.unix_end(start);
        self.known.no_path = stop;
        let text = slice_bytes(self.bytes, start, stop);
        let is = match self.separators(start, stop) {
            0 => false,
            1 => is_dotted(text) || (text.contains(&b'\\') && self.has_extension(start, stop)),
            _ => true,
        };
        if is { self.path(start, stop) } else { None }
    }

    /// Masks the directories of the path `start..stop`; its name is read next.
    fn path(&mut self, start: usize, stop: usize) -> Option<usize> {
        let text = slice_bytes(self.bytes, start, stop);
        let last = start + text.iter().rposition(|b| is_separator(*b))?;
        let directories = slice_bytes(self.bytes, start, last);
        self.known.no_path = self.known.no_path.max(last + 1);
        if !directories.iter().all(|b| matches!(b, b'.' | b'/' | b'\\')) {
            self.emit(Mask::Path, start, last);
        }
        Some(last + 1)
    }

    /// Where the root of a registry key at `start` ends.
    fn registry(&self, start: usize) -> Option<usize> {
        if at(self.bytes, start) | 0x20 != b'h' || at(self.bytes, start + 1) | 0x20 != b'k' {
            return None;
        }
        let end = run_end(self.bytes, start, 19, |b| b.is_ascii_alphabetic() || b == b'_');
        let path = end + usize::from(at(self.bytes, end) == b':');
        (at(self.bytes, path) == b'\\' && end >= start + 3).then_some(path)
    }

    /// End of the path `start..` whose first separator stands at `from`. A blank belongs to a name where a separator follows the name.
    fn windows_end(&self, start: usize, from: usize) -> usize {
        if self.whole_path == Some(start) {
            return self.bytes.len();
        }
        let mut i = from;
        let mut known = from;
        let mut open = 0u32;
        loop {
            i = self.stop(i);
            match at(self.bytes, i) {
                b' ' if i < known => {}
                b' ' => match self.name_goes_on(i) {
                    Some(separator) => known = separator,
                    None => break,
                },
                b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b',' | b';' | b'=' | b'&' => break,
                b':' if !(is_separator(at(self.bytes, i + 1)) && is_separator(before(self.bytes, i.saturating_sub(1)))) => break,
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' if open == 0 => break,
                b')' | b']' | b'}' => open -= 1,
                byte if is_space(byte) => break,
                _ => {}
            }
            i += 1;
        }
        i
    }

    /// Whether the name that holds the blank at `blank` is one of a directory: where the separator after it stands.
    fn name_goes_on(&self, blank: usize) -> Option<usize> {
        let name = slice_bytes(self.bytes, blank.saturating_sub(6), blank);
        let ended = name.iter().rposition(|b| *b == b'.').is_some_and(|dot| extension(name.get(dot + 1..).unwrap_or(&[])));
        if ended || is_separator(before(self.bytes, blank)) {
            return None;
        }
        let stop = run_end(self.bytes, blank, LONGEST_NAME, |b| {
            is_word(b) || matches!(b, b' ' | b'(' | b')' | b'.' | b'_' | b'-' | b'~' | b'&' | b'+' | b'#' | b'$' | b'@' | b'!')
        });
        let name = slice_bytes(self.bytes, blank, stop);
        let switch = name.windows(2).any(|pair| matches!(pair, [b' ', b' ' | b'-']));
        (at(self.bytes, stop) == b'\\' && !switch && before(self.bytes, stop) != b' ').then_some(stop)
    }

    /// End of a path without blanks; `\ ` is none.
    fn unix_end(&self, start: usize) -> usize {
        if self.whole_path == Some(start) {
            return self.bytes.len();
        }
        let mut i = start;
        let mut open = 0u32;
        loop {
            i = self.stop(i);
            match at(self.bytes, i) {
                b' ' if before(self.bytes, i) == b'\\' && i < self.bytes.len() => {}
                b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b',' | b';' | b'=' | b'&' | b':' => break,
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' if open == 0 => break,
                b')' | b']' | b'}' => open -= 1,
                byte if is_space(byte) => break,
                _ => {}
            }
            i += 1;
        }
        i
    }

    /// The next byte that may end a path.
    #[inline]
    fn stop(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        from + rest.iter().position(|byte| class(*byte) & STOP != 0).unwrap_or(rest.len())
    }

    fn separators(&self, start: usize, stop: usize) -> usize {
        slice_bytes(self.bytes, start, stop).iter().filter(|b| is_separator(**b)).count()
    }

    fn has_extension(&self, start: usize, stop: usize) -> bool {
        let tail = slice_bytes(self.bytes, stop.saturating_sub(20).max(start), stop);
        tail.iter().rposition(|b| *b == b'.').is_some_and(|dot| extension(tail.get(dot + 1..).unwrap_or(&[])))
    }
}

/// `./x`, `..\x`, `~/x`.
fn is_dotted(path: &[u8]) -> bool {
    matches!(path, [b'.' | b'~', b'/' | b'\\', ..] | [b'.', b'.', b'/' | b'\\', ..])
}

fn extension(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(is_extension)
}

#[inline]
fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Whether a path may begin after this byte.
#[inline]
fn may_begin(before: u8) -> bool {
    is_space(before)
        || matches!(before, b'"' | b'\'' | b'`' | b'=' | b':' | b',' | b';' | b'(' | b'[' | b'{' | b'<' | b'>' | b'|' | b'&' | b'!' | b'@')
}
