//! Values: hex that the kernel writes for texts it does not trust, socket addresses, and numbers that mean "not set".

use super::sockaddr;
use super::tokens::Field;

/// Fields that hold a text which a user may choose: in quotation marks, or in hex where it holds a blank, a quotation mark or a control character.
/// From the typetab of audit's auparse. `a0`, `a1` ... of EXECVE are such too.
const ENCODED: &[&str] = &[
    "acct",
    "cgroup",
    "cmd",
    "comm",
    "cwd",
    "data",
    "device",
    "dir",
    "exe",
    "file",
    "grp",
    "key",
    "name",
    "new_group",
    "ocomm",
    "path",
    "proctitle",
    "root_dir",
    "sw",
    "vm",
    "watch",
];

/// Whether the value is hex for a text.
fn is_encoded(kind: &str, field: &Field<'_>) -> bool {
    let Field { key, value, quoted } = field;
    // The kernel writes upper case. Old tools wrote names without quotation marks: `acct=dead` is one.
    let hex = || value.len() >= 2 && value.len() % 2 == 0 && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    !quoted && hex() && (ENCODED.binary_search(key).is_ok() || (kind == "EXECVE" && argument(key).is_some()))
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

/// Appends the bytes of the value of an argument.
pub(super) fn push_bytes(kind: &str, field: &Field<'_>, out: &mut Vec<u8>) {
    if is_encoded(kind, field) {
        out.extend(bytes(field.value));
    } else {
        out.extend_from_slice(field.value.as_bytes());
    }
}

/// Appends the value as a text.
pub(super) fn decode(kind: &str, field: &Field<'_>, out: &mut String) {
    if field.key == "saddr" && !field.quoted {
        match sockaddr::decode(&bytes(field.value).collect::<Vec<u8>>()) {
            Some(address) => out.push_str(&address),
            None => out.push_str(field.value),
        }
    } else if is_encoded(kind, field) {
        out.push_str(&text(bytes(field.value).collect(), field.key == "key"));
    } else {
        out.push_str(field.value);
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

/// The bytes of pairs of hex digits, to the first that is none.
fn bytes(hex: &str) -> impl Iterator<Item = u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    hex.as_bytes().chunks_exact(2).map_while(move |pair| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert!(ENCODED.is_sorted());
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
            let mut out = String::new();
            decode(kind, &Field { key, value, quoted: false }, &mut out);
            assert_eq!(out, expected, "{key}={value}");
        }
        let mut out = String::new();
        decode("EXECVE", &Field { key: "a0", value: "4142", quoted: true }, &mut out);
        assert_eq!(out, "4142");
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
