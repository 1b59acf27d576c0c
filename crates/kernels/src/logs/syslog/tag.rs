//! The tag of RFC 3164: `sshd[123]:`, `postfix/smtpd[1]:`, `su(pam_unix)[1]:`, `%ASA-6-302013:`.

/// What wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) app: &'a str,
    pub(super) pid: Option<i64>,
}

/// RFC 3164 says 32; the field goes beyond.
const MAX_TAG: usize = 256;

/// Tag and message. A tag ends with a colon, or with a process number in brackets; text without either is all message.
pub(super) fn split(text: &str) -> (Option<Tag<'_>>, &str) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|_| at < MAX_TAG) {
        match byte {
            b':' if bytes.get(at + 1) == Some(&b':') => at += 1,
            b':' => return found(text, at, None, at + 1),
            b'[' => {
                if let Some((pid, end)) = process(bytes, at + 1) {
                    let end = if bytes.get(end) == Some(&b':') { end + 1 } else { end };
                    return found(text, at, Some(pid), end);
                }
            }
            b' ' | b'=' | b'"' | b'{' | b'<' | 0..=31 => break,
            _ => {}
        }
        at += 1;
    }
    (None, text)
}

/// `123]` from `start` on, and where it ends.
fn process(bytes: &[u8], start: usize) -> Option<(i64, usize)> {
    let rest = bytes.get(start..)?;
    let count = rest.iter().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = crate::logs::moment::digits(rest, count).filter(|_| count > 0)?;
    matches!(rest, [b']'] | [b']', b':' | b' ', ..]).then_some((number, start + count + 1))
}

fn found(text: &str, end: usize, pid: Option<i64>, message: usize) -> (Option<Tag<'_>>, &str) {
    let (Some(app), Some(rest)) = (text.get(..end), text.get(message..)) else { return (None, text) };
    if app.is_empty() {
        return (None, text);
    }
    (Some(Tag { app, pid }), rest.strip_prefix(' ').unwrap_or(rest))
}
