//! Values: hex that the kernel writes for texts it does not trust, socket addresses, and numbers that mean "not set".

use super::sockaddr;
use super::tokens::Field;
use std::borrow::Cow;

/// Whether a field of that name holds a text which a user may choose: in quotation marks, or in hex where it holds a blank, a quotation
/// mark or a control character.
/// From the typetab of audit's auparse. `a0`, `a1` ... of EXECVE are such too.
fn holds_text(key: &str) -> bool {
    matches!(
        key,
        "acct"
            | "cgroup"
            | "cmd"
            | "comm"
            | "cwd"
            | "data"
            | "device"
            | "dir"
            | "exe"
            | "file"
            | "grp"
            | "key"
            | "name"
            | "new_group"
            | "ocomm"
            | "path"
            | "proctitle"
            | "root_dir"
            | "sw"
            | "vm"
            | "watch"
    )
}

/// Whether the value is hex for a text.
pub(super) fn is_encoded(kind: &str, field: &Field<'_>) -> bool {
    let Field { key, value, quoted } = field;
    let holds_text = || holds_text(key) || (kind == "EXECVE" && argument(key).is_some());
    !quoted && value.len() >= 2 && value.len() % 2 == 0 && holds_text() && is_upper_hex(value.as_bytes())
}

/// The kernel writes upper case. Old tools wrote names without quotation marks: `acct=dead` is one.
fn is_upper_hex(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    // Sixteen at once, without a branch for each.
    let (chunks, rest) = text.as_chunks::<16>();
    chunks.iter().all(|chunk| chunk.iter().fold(true, |all, byte| all & is_digit(byte))) && rest.iter().all(is_digit)
}

/// Index and part of `a3` or `a3[1]`.
pub(super) fn argument(key: &str) -> Option<(u32, u32)> {
    let rest = key.strip_prefix('a')?;
    let (index, part) = match rest.split_once('[') {
        Some((index, part)) => (index, part.strip_suffix(']')?),
        None => (rest, "0"),
    };
    let number = |text: &str| if text.starts_with(|c: char| c.is_ascii_digit()) { text.parse().ok() } else { None };
    Some((number(index)?, number(part)?))
}

/// The numbers that audit writes for a user, group or session that is not set.
pub(super) fn is_unset(field: &Field<'_>) -> bool {
    matches!(field.value, "4294967295" | "-1")
        && !field.quoted
        && (field.key.ends_with("uid") || field.key.ends_with("gid") || field.key.ends_with("ses"))
}

/// Whether the value says that there is none.
pub(super) fn is_missing(field: &Field<'_>) -> bool {
    !field.quoted && (matches!(field.value, "(null)" | "(none)" | "?") || is_unset(field))
}

/// The value as a text.
pub(super) fn decode<'a>(kind: &str, field: &Field<'a>) -> Cow<'a, str> {
    if field.key == "saddr" && !field.quoted {
        let address = sockaddr::decode(&bytes(field.value));
        address.map_or(Cow::Borrowed(field.value), Cow::Owned)
    } else if is_encoded(kind, field) {
        Cow::Owned(text(bytes(field.value), field.key == "key"))
    } else {
        Cow::Borrowed(field.value)
    }
}

/// NULs between arguments become blanks, the mark between keys of a rule a comma, and what is no UTF-8 U+FFFD.
pub(super) fn text(mut bytes: Vec<u8>, is_key: bool) -> String {
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    for byte in &mut bytes {
        match byte {
            0 => *byte = b' ',
            1 if is_key => *byte = b',',
            _ => {}
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Appends the bytes of pairs of hex digits, to the first that is none.
pub(super) fn push_bytes(hex: &str, out: &mut Vec<u8>) {
    if is_upper_hex(hex.as_bytes()) {
        // Letters have bit 6, and their lowest bits count from 1.
        let digit = |byte: u8| (byte & 0xf) + (byte >> 6) * 9;
        out.extend(hex.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)));
        return;
    }
    let digit = |byte: u8| u8::try_from((byte as char).to_digit(16)?).ok();
    out.extend(hex.as_bytes().as_chunks::<2>().0.iter().map_while(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?)));
}

fn bytes(hex: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(hex.len() / 2);
    push_bytes(hex, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (kind, key, value, expected) in [
            ("EXECVE", "a2", "69707461626C6573202D2D76657273696F6E", "iptables --version"),
            ("SYSCALL", "a2", "7FFE", "7FFE"),
            ("EXECVE", "a2", "4", "4"),
            ("EXECVE", "a1[12]", "4142", "AB"),
            ("PROCTITLE", "proctitle", "2F62696E2F7368002D630069640000", "/bin/sh -c id"),
            ("SYSCALL", "key", "61620163", "ab,c"),
            ("SYSCALL", "comm", "C3BC", "ü"),
            ("SYSCALL", "comm", "C3", "\u{fffd}"),
            ("USER_AUTH", "acct", "dead", "dead"),
            ("USER_AUTH", "acct", "root", "root"),
            ("PATH", "name", "(null)", "(null)"),
        ] {
            assert_eq!(decode(kind, &Field { key, value, quoted: false }), expected, "{key}={value}");
        }
        assert_eq!(decode("EXECVE", &Field { key: "a0", value: "4142", quoted: true }), "4142");
        // Every byte, in upper case and in lower; to the first that is no digit, wherever it is.
        let all: Vec<u8> = (0..=255).collect();
        for hex in
            [all.iter().map(|byte| format!("{byte:02X}")).collect::<String>(), all.iter().map(|byte| format!("{byte:02x}")).collect()]
        {
            assert_eq!(bytes(&hex), all);
            for (at, wrong) in (0..256).zip(["g", "/", ":", "@", "G", "`", "\0"].iter().cycle()) {
                let mut cut = hex.clone();
                cut.replace_range(at * 2..=at * 2, wrong);
                assert_eq!(bytes(&cut), all[..at], "{wrong} at {at}");
                assert!(!is_upper_hex(cut.as_bytes()));
            }
        }
        for (key, expected) in [
            ("a0", Some((0, 0))),
            ("a12[3]", Some((12, 3))),
            ("argc", None),
            ("a1_len", None),
            ("a", None),
            ("a99999999999", None),
            ("a+1", None),
        ] {
            assert_eq!(argument(key), expected, "{key}");
        }
    }
}
