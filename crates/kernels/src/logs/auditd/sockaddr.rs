//! `struct sockaddr` as a SOCKADDR record holds it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// `inet 10.0.0.1:443`, `inet6 [::1]:80`, `unix /run/x`, `netlink`. `None` where the bytes end early.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    // In the byte order of the machine; no family needs the other byte.
    let family = match family {
        [low, 0] => *low,
        [0, high] => *high,
        _ => return None,
    };
    let port = || rest.first_chunk::<2>().map(|port| u16::from_be_bytes(*port));
    Some(match family {
        1 => format!("unix {}", unix_path(rest)),
        2 => format!("inet {}:{}", Ipv4Addr::from(*rest.get(2..)?.first_chunk::<4>()?), port()?),
        10 => format!("inet6 [{}]:{}", Ipv6Addr::from(*rest.get(6..)?.first_chunk::<16>()?), port()?),
        other => family_name(other).map_or_else(|| format!("family {other}"), str::to_owned),
    })
}

/// A path ends at its first NUL; a name that begins with one is abstract (unix(7)) and is written with `@`.
fn unix_path(bytes: &[u8]) -> String {
    let (mark, name) = match bytes.strip_prefix(b"\0") {
        Some(name) => ("@", name),
        None => ("", bytes),
    };
    let name = name.split(|byte| *byte == 0).next().unwrap_or(b"");
    if name.is_empty() { "(unnamed)".to_owned() } else { format!("{mark}{}", String::from_utf8_lossy(name)) }
}

/// From linux/socket.h.
fn family_name(family: u8) -> Option<&'static str> {
    Some(match family {
        0 => "unspecified",
        3 => "ax25",
        4 => "ipx",
        5 => "appletalk",
        9 => "x25",
        16 => "netlink",
        17 => "packet",
        29 => "can",
        30 => "tipc",
        31 => "bluetooth",
        38 => "alg",
        40 => "vsock",
        44 => "xdp",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (bytes, expected) in [
            (&b"\x02\x00\x01\xbb\x0a\x00\x00\x01\0\0\0\0\0\0\0\0"[..], Some("inet 10.0.0.1:443")),
            (b"\x00\x02\x00\x50\x0a\x00\x00\x01", Some("inet 10.0.0.1:80")),
            (b"\x0a\x00\x00\x50\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0", Some("inet6 [::1]:80")),
            (b"\x01\x00/run/x.sock\0junk", Some("unix /run/x.sock")),
            (b"\x01\x00\0name\0", Some("unix @name")),
            (b"\x01\x00", Some("unix (unnamed)")),
            (b"\x10\x00\0\0\0\0\0\0\0\0\0\0", Some("netlink")),
            (b"\x00\x00", Some("unspecified")),
            (b"\x63\x00", Some("family 99")),
            (b"\x02\x00\x01", None),
            (b"\x0a\x00\x00\x50\0\0", None),
            (b"\x02\x02", None),
            (b"\x02", None),
            (b"", None),
        ] {
            assert_eq!(decode(bytes).as_deref(), expected, "{bytes:?}");
        }
    }
}
