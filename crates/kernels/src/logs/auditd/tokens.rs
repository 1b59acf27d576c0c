//! The fields of a record, and the words between them.

/// A piece of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Field(Field<'a>),
    Word(&'a str),
}

/// `key=value`. Of a value in quotation marks, what stands between them: never hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    pub(super) quoted: bool,
}

/// Before the fields that auditd adds when it resolves numbers (`log_format = ENRICHED`).
const ENRICHED: u8 = 0x1d;

/// The pieces in order. What is in `msg='...'` comes as if it stood in the record itself.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// What follows the `msg='...'` that `rest` is in.
    outer: Option<&'a str>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(body: &'a str) -> Self {
        Self { rest: body, outer: None }
    }

    /// Takes the first `length` bytes off, and `mark` bytes after them.
    fn take(&mut self, length: usize, mark: usize) -> &'a str {
        let (head, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest.get(mark..).unwrap_or("");
        head
    }

    /// Length of what comes before the next blank.
    fn plain(&self) -> usize {
        before(self.rest.as_bytes(), [b' ', ENRICHED, ENRICHED])
    }

    /// What is between `open`, which is one byte long, and the next `close`. A record that is cut off may have no `close`.
    fn between(&mut self, close: u8) -> &'a str {
        self.take(1, 0);
        let length = memchr::memchr(close, self.rest.as_bytes()).unwrap_or(self.rest.len());
        self.take(length, 1)
    }

    /// A command line as auoms, the agent of Azure, writes it: `cmdline="sh -c "id"" redactors= containerid=`. The quotation marks in it are not escaped, so the last ends it that
    /// is before `redactors`, or before any other field: nothing that a command holds can pass for a field of the record.
    fn unescaped(&mut self) -> &'a str {
        self.take(1, 0);
        let bytes = self.rest.as_bytes();
        let ends = |at: &usize| {
            let after = bytes.get(at + 1..).unwrap_or_default();
            let name = after.iter().skip(1).take(64).position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            after.is_empty() || matches!(after, [b' ', ..]) && name.is_some_and(|length| length > 0 && after.get(length + 1) == Some(&b'='))
        };
        let end = memchr::memmem::rfind(bytes, b"\" redactors=").or_else(|| memchr::memrchr_iter(b'"', bytes).find(ends));
        self.take(end.unwrap_or(bytes.len()), 1)
    }

    /// A value in marks. None of `msg='...'`, whose pieces come next.
    fn marked(&mut self, key: &'a str, mark: u8) -> Option<&'a str> {
        match mark {
            b'"' => Some(self.unescaped()),
            b'\'' if key == "msg" && self.outer.is_none() => {
                self.take(1, 0);
                let enriched = memchr::memchr(ENRICHED, self.rest.as_bytes()).unwrap_or(self.rest.len());
                // Names may hold the mark: the last one ends the message.
                let end = self.rest.as_bytes().get(..enriched).and_then(|text| memchr::memrchr(b'\'', text));
                let inner = self.take(end.unwrap_or(enriched), usize::from(end.is_some()));
                self.outer = Some(std::mem::replace(&mut self.rest, inner));
                None
            }
            b'\'' => Some(self.between(b'\'')),
            // SADDR={ saddr_fam=inet laddr=10.0.0.1 lport=443 }
            _ => Some(self.between(b'}').trim_matches(' ')),
        }
    }

    /// Hands all pieces to `take`. An iterator would hand each through memory, and wait for it.
    #[inline]
    pub(super) fn each(mut self, mut take: impl FnMut(Token<'a>)) {
        loop {
            while let Some(&(b' ' | ENRICHED)) = self.rest.as_bytes().first() {
                self.rest = self.rest.get(1..).unwrap_or("");
            }
            if self.rest.is_empty() {
                let Some(outer) = self.outer.take() else { return };
                self.rest = outer;
                continue;
            }
            let length = before(self.rest.as_bytes(), [b'=', b' ', ENRICHED]);
            let is_field = length > 0 && self.rest.as_bytes().get(length) == Some(&b'=');
            let word = self.take(length, usize::from(is_field || length == 0));
            if !is_field {
                if length > 0 {
                    take(Token::Word(word));
                }
                continue;
            }
            let key = word.trim_start_matches('(');
            match self.rest.as_bytes().first() {
                Some(b'"') if key != "cmdline" => take(Token::Field(Field { key, value: self.between(b'"'), quoted: true })),
                Some(mark @ (b'"' | b'\'' | b'{')) => {
                    if let Some(value) = self.marked(key, *mark) {
                        take(Token::Field(Field { key, value, quoted: true }));
                    }
                }
                _ => {
                    let length = self.plain();
                    take(Token::Field(Field { key, value: without_marks(self.take(length, 0)), quoted: false }));
                }
            }
        }
    }
}

/// Old records: `(hostname=web1, addr=10.0.0.1, terminal=ssh res=success)`; but `(null)` keeps its brackets.
fn without_marks(value: &str) -> &str {
    match value.as_bytes().last() {
        Some(b',') => value.trim_end_matches(','),
        Some(b')') if !value.contains('(') => value.trim_end_matches(')'),
        _ => value,
    }
}

/// How many bytes come before the first of `stops`. Eight at a time: keys and numbers are too short for memchr to pay.
#[inline]
fn before(bytes: &[u8], stops: [u8; 3]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte that is zero, and perhaps of some after the first such.
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
        let found = stops.iter().fold(0, |found, stop| found | zeros(word ^ (ONES * u64::from(*stop)))) & (ONES << 7);
        if found != 0 {
            return at * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    words.len() * 8 + tail.iter().position(|byte| stops.contains(byte)).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn before_is_position(text in "[ -~\u{1d}\u{1c}\u{9d}\u{1e}é]{0,40}") {
            for stops in [[b' ', ENRICHED, ENRICHED], [b'=', b' ', ENRICHED]] {
                let bytes = text.as_bytes();
                prop_assert_eq!(before(bytes, stops), bytes.iter().position(|byte| stops.contains(byte)).unwrap_or(bytes.len()));
            }
        }
    }
}
