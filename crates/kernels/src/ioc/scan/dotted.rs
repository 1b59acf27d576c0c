//! Words joined by dots: IPv4 addresses, names, file names, versions.

use super::chars::{DIGIT, HEX_LETTER, HIGH, HYPHEN, UNDERSCORE, UPPER, at, slice, word_end};
use super::{IocType, Scanner, Trust};

/// `label.label...`
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dotted {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Number of labels.
    pub(super) labels: usize,
    /// Start of the last label.
    pub(super) last: usize,
    /// Union of the classes of all words.
    pub(super) flags: u8,
    /// Longest label.
    pub(super) longest: usize,
}

impl Dotted {
    /// The run of labels that begins at `start`; one label where no dot follows.
    pub(super) fn read(text: &str, start: usize) -> Self {
        let bytes = text.as_bytes();
        let mut run = Self { start, end: start, last: start, ..Self::default() };
        loop {
            let (end, flags) = word_end(text, run.last);
            if end == run.last {
                // A dot that nothing follows ends a sentence.
                run.last = run.last_label(text);
                break;
            }
            run.labels += 1;
            run.longest = run.longest.max(end - run.last);
            run.flags |= flags;
            run.end = end;
            if at(bytes, end) != b'.' {
                break;
            }
            run.last = end + 1;
        }
        run
    }

    fn last_label(&self, text: &str) -> usize {
        slice(text, self.start, self.end).rfind('.').map_or(self.start, |dot| self.start + dot + 1)
    }

    /// Digits and dots alone.
    pub(super) fn is_numeric(&self) -> bool {
        self.flags & !DIGIT == 0
    }
}

impl<'t> Scanner<'t, '_> {
    /// Reads the dotted run that begins with the word at `start`.
    pub(super) fn dotted(&mut self, start: usize) -> Option<usize> {
        let run = Dotted::read(self.text, start);
        if run.labels < 2 {
            return None;
        }
        let after = at(self.bytes, run.end);
        // The last label is the scheme of a URL, or the first part of something else with a colon.
        if after == b':'
            && self.bytes.get(run.end + 1..run.end + 3) == Some(b"//")
            && let Some(next) = self.url(run.last, run.end)
        {
            return Some(next);
        }
        if run.flags & !(DIGIT | HYPHEN) == 0 {
            self.numbers(&run);
            return Some(run.end);
        }
        self.labels(&run);
        if self.wants(IocType::FileName) {
            self.file_name(&run);
        }
        if run.flags & !(DIGIT | HEX_LETTER | UPPER) == 0 && self.dotted_mac(&run) {
            return Some(run.end);
        }
        if after == b'@' {
            return Some(run.end);
        }
        if self.domain(&run) {
            self.floor = run.end;
        } else if run.flags & HIGH != 0 && self.trust == Trust::Text {
            self.ascii_parts(&run);
        }
        Some(run.end)
    }

    /// Each label may be an indicator by itself: `<md5>.exe`, `T1059.001`.
    fn labels(&mut self, run: &Dotted) {
        if run.flags & DIGIT == 0 || (run.longest < super::ids::SHORTEST) {
            return;
        }
        let mut start = run.start;
        while start < run.end {
            let (end, flags) = word_end(self.text, start);
            self.plain(start, end, flags);
            start = end + 1;
        }
    }

    /// A name inside a script that writes no blanks: only the ASCII part counts.
    fn ascii_parts(&mut self, run: &Dotted) {
        let text = self.slice(run.start, run.end);
        let mut start = run.start;
        for part in text.split(|c: char| !c.is_ascii()) {
            if part.contains('.') {
                let lead = part.len() - part.trim_start_matches('.').len();
                let inner = Dotted::read(slice(self.text, 0, start + part.len()), start + lead);
                if inner.labels >= 2 {
                    if inner.flags & !(DIGIT | HYPHEN) == 0 {
                        self.numbers(&inner);
                    } else {
                        self.domain(&inner);
                    }
                }
            }
            start += part.len();
            start += slice(self.text, start, run.end).chars().next().map_or(0, char::len_utf8);
        }
    }

    /// `001b.4411.3ab7`, as Cisco writes Ethernet addresses.
    fn dotted_mac(&mut self, run: &Dotted) -> bool {
        let text = self.slice(run.start, run.end);
        let is_mac = run.labels == 3 && text.len() == 14 && text.split('.').all(|group| group.len() == 4);
        let is_mac = is_mac && run.flags & UNDERSCORE == 0 && run.flags & HEX_LETTER != 0;
        if is_mac {
            self.emit_mac(run.start, run.end);
        }
        is_mac
    }
}
