//! Finds where values begin and end in a stream of JSON without parsing them.

use crate::Error;

/// Where the scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    /// In an object or list, this deep.
    Nested(usize),
    /// In a string inside an object or list, this deep; 0 is a bare string.
    Text(usize),
    Escape(usize),
    /// In a number, `true`, `null` or garbage.
    Bare,
}

/// What stops the scanner.
#[derive(Debug)]
pub enum CutProblem {
    /// The value that begins on this line is too long.
    TooLong(u64),
    /// Whoever took the values did not want one.
    Other(Error),
}

impl From<Error> for CutProblem {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Cuts a stream into values. A list at the top is opened: its elements are the values.
#[derive(Debug)]
pub struct Records {
    state: State,
    /// The beginning of a value that did not end in an earlier block.
    pending: String,
    pending_line: u64,
    line: u64,
    /// Line of the list at the top that is open.
    list: Option<u64>,
    max: usize,
}

impl Records {
    /// Values longer than `max` bytes are refused.
    pub fn new(max: usize) -> Self {
        Self { state: State::Between, pending: String::new(), pending_line: 1, line: 1, list: None, max }
    }

    /// Takes the next text and hands out every value that ends in it.
    pub fn feed(&mut self, text: &str, emit: &mut dyn FnMut(&str, u64) -> Result<(), Error>) -> Result<(), CutProblem> {
        let mut start = 0;
        let mut at = 0;
        let bytes = text.as_bytes();
        while let Some(&byte) = bytes.get(at) {
            self.line += u64::from(byte == b'\n');
            let mut ended = None;
            self.state = match (self.state, byte) {
                (State::Between, b' ' | b'\t' | b'\r' | b'\n') => State::Between,
                (State::Between, b',') if self.list.is_some() => State::Between,
                (State::Between, b']') if self.list.is_some() => {
                    self.list = None;
                    State::Between
                }
                (State::Between, b'[') if self.list.is_none() => {
                    self.list = Some(self.line);
                    State::Between
                }
                (State::Between, first) => {
                    start = at;
                    self.pending_line = self.line;
                    match first {
                        b'{' | b'[' => State::Nested(1),
                        b'"' => State::Text(0),
                        _ => State::Bare,
                    }
                }
                (State::Nested(depth), b'{' | b'[') => State::Nested(depth + 1),
                (State::Nested(1), b'}' | b']') => {
                    ended = Some(at + 1);
                    State::Between
                }
                (State::Nested(depth), b'}' | b']') => State::Nested(depth - 1),
                (State::Nested(depth), b'"') => State::Text(depth),
                (State::Nested(depth), _) => State::Nested(depth),
                (State::Text(depth), b'\\') => State::Escape(depth),
                (State::Text(0), b'"') => {
                    ended = Some(at + 1);
                    State::Between
                }
                (State::Text(depth), b'"') => State::Nested(depth),
                (State::Text(depth), _) => {
                    // Strings are most of a log: jump to what can end one, counting lines on the way.
                    let rest = bytes.get(at + 1..).unwrap_or_default();
                    if let Some(skip) = memchr::memchr3(b'"', b'\\', b'\n', rest) {
                        at += skip;
                    } else {
                        at = bytes.len() - 1;
                    }
                    State::Text(depth)
                }
                (State::Escape(depth), _) => State::Text(depth),
                (State::Bare, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b'{' | b'[' | b'"') => {
                    ended = Some(at);
                    State::Between
                }
                (State::Bare, _) => State::Bare,
            };
            if let Some(end) = ended {
                let record = text.get(start..end).unwrap_or_default();
                if self.pending.is_empty() {
                    emit(record, self.pending_line)?;
                } else {
                    self.pending.push_str(record);
                    let record = std::mem::take(&mut self.pending);
                    emit(&record, self.pending_line)?;
                }
                start = end;
                if end == at {
                    // A bare value ended before this byte, which may begin the next or close the list.
                    self.line -= u64::from(byte == b'\n');
                    continue;
                }
            }
            at += 1;
        }
        if self.state != State::Between {
            self.pending.push_str(text.get(start..).unwrap_or_default());
            if self.pending.len() > self.max {
                return Err(CutProblem::TooLong(self.pending_line));
            }
        }
        Ok(())
    }

    /// What is left at the end: a value that was cut off or a bare one, and the line of a list that was never closed.
    pub fn finish(&mut self) -> (Option<(String, u64)>, Option<u64>) {
        let rest = (self.state != State::Between).then(|| (std::mem::take(&mut self.pending), self.pending_line));
        self.state = State::Between;
        (rest, self.list.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(pieces: &[&str]) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        let mut records = Records::new(1000);
        for piece in pieces {
            let fed = records.feed(piece, &mut |record, line| {
                found.push((record.to_owned(), line));
                Ok(())
            });
            assert!(fed.is_ok());
        }
        let (rest, list) = records.finish();
        found.extend(rest);
        found.extend(list.map(|line| ("[".to_owned(), line)));
        found
    }

    #[test]
    fn values_are_cut() {
        let own = |values: &[(&str, u64)]| values.iter().map(|(text, line)| ((*text).to_owned(), *line)).collect::<Vec<_>>();
        assert_eq!(cut(&["[{\"a\":1},\n{\"a\":[2]}]"]), own(&[("{\"a\":1}", 1), ("{\"a\":[2]}", 2)]));
        assert_eq!(cut(&["{\n\"a\":", "\n\"}\\\"\"}{}"]), own(&[("{\n\"a\":\n\"}\\\"\"}", 1), ("{}", 3)]));
        assert_eq!(cut(&["1 tr", "ue,\"x\""]), own(&[("1", 1), ("true", 1), (",", 1), ("\"x\"", 1)]));
        assert_eq!(cut(&["[1,2"]), own(&[("1", 1), ("2", 1), ("[", 1)]));
        assert_eq!(cut(&["{\"a\":"]), own(&[("{\"a\":", 1)]));
    }

    proptest! {
        #[test]
        fn cuts_do_not_depend_on_blocks(text in "[\\[\\]{}\",:a1\\\\ \n]{0,60}", at in 0usize..60) {
            let at = at.min(text.len());
            let (left, right) = text.split_at(at);
            prop_assert_eq!(cut(&[&text]), cut(&[left, right]));
        }
    }
}
