//! Kinds of bytes by their first ones.
//!
//! Magic numbers are those of the formats' own specifications and of the Unix file database. A magic number of fewer
//! than four bytes counts only together with a check of what follows it.

use super::bits::{be16, be32, le16, le32, offset};
use super::{inflate, tar, zip};

/// Kind by magic number alone: four bytes or more.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"ITSF\x03\0\0\0", "chm"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0\x08\0\0\0", "tiff"),
    (b"MM\0*\0\0\0\x08", "tiff"),
    (b"L\0\0\0\x01\x14\x02\0", "lnk"),
    (b"SQLite format 3\0", "sqlite"),
    (b"ElfFile\0", "evtx"),
    (b"\0asm\x01\0\0\0", "wasm"),
    (b"dex\n03", "dex"),
    (b"\x1bLua", "lua"),
    (b"\xac\xed\0\x05", "java_serialized"),
    (b"\0\x01\0\0\0\xff\xff\xff\xff", "dotnet_serialized"),
    (b"NTLMSSP\0", "ntlm"),
    (b"\x01\0\0\0\xd0\x8c\x9d\xdf\x01\x15\xd1\x11", "dpapi"),
    (b"\0\0\0\x07ssh-", "ssh_key"),
    (b"\0\0\0\x0bssh-", "ssh_key"),
    (b"\0\0\0\x13ecdsa-", "ssh_key"),
    (b"openssh-key-v1\0", "ssh_key"),
    (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "pcap"),
    (b"\xa1\xb2\xc3\xd4\0\x02\0\x04", "pcap"),
    (b"\x0a\x0d\x0d\x0a", "pcapng"),
    (b"wOFF\0\x01\0\0", "font"),
    (b"wOF2\0\x01\0\0", "font"),
    (b"wOFFOTTO", "font"),
    (b"wOF2OTTO", "font"),
    (b"OTTO\0", "font"),
    (b"fLaC\0\0\0", "audio"),
    (b"OggS\0\x02", "audio"),
    (b"ID3\x03\0", "audio"),
    (b"ID3\x04\0", "audio"),
    (b"MDMP\x93\xa7", "minidump"),
    // Prologues of the Metasploit block API, x86 and x64: what most loaders inject.
    (b"\xfc\xe8\x82\0\0\0", "shellcode"),
    (b"\xfc\xe8\x89\0\0\0", "shellcode"),
    (b"\xfc\xe8\x8f\0\0\0", "shellcode"),
    (b"\xfc\x48\x83\xe4\xf0\xe8", "shellcode"),
    (b"\xfc\x48\x81\xe4\xf0\xff\xff\xff", "shellcode"),
];

/// First bytes that some kind starts with.
const FIRST: [bool; 256] = first_bytes();

const fn first_bytes() -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < MAGIC.len() {
        table[MAGIC[at].0[0] as usize] = true;
        at += 1;
    }
    let others = b"\x1f\x78\x58\x48\x38\x28\x18\x08\x68BPMRr\x7f\xfe\xce\xcf\xca\xff\x30\x60\x6e\x80";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

/// False where the first byte rules out every kind.
#[inline]
pub(super) fn may_start(first: u8) -> bool {
    FIRST[usize::from(first)]
}

/// The kind of `bytes`, if their start is that of a known one. Compressed streams are only looked at, not unpacked.
pub(super) fn kind(bytes: &[u8]) -> Option<&'static str> {
    let first = *bytes.first()?;
    if !may_start(first) {
        return None;
    }
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| magic.first() == Some(&first) && bytes.starts_with(magic)) {
        return Some(kind);
    }
    match bytes {
        [0x1f, 0x8b, 8, flags, _, _, _, _, extra, system, ..]
            if flags & 0xe0 == 0 && matches!(extra, 0 | 2 | 4) && matches!(system, 0..=13 | 255) =>
        {
            Some("gzip")
        }
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some("bzip2"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some("bzip2"),
        [b'P', b'K', 3, 4, low, high, ..] if u16::from_le_bytes([*low, *high]) & 0xff <= 63 => Some(zip::kind(bytes)),
        [b'P', b'K', 5, 6, 0, 0, ..] => Some("zip"),
        // Major version 1 at offset 20 tells a hive from a word.
        [b'r', b'e', b'g', b'f', ..] => (le32(bytes, 20) == Some(1)).then_some("registry_hive"),
        [b'M', b'Z', ..] => is_pe(bytes).then_some("pe"),
        [0x7f, b'E', b'L', b'F', 1 | 2, 1 | 2, ..] => Some("elf"),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Some("mach-o"),
        // Java class and universal Mach-O share a magic: a class has a version from 45 on, a binary few parts.
        [0xca, 0xfe, 0xba, 0xbe, ..] => match be32(bytes, 4)? {
            1..=20 => Some("mach-o"),
            version if (45..=99).contains(&(version & 0xffff)) => Some("java_class"),
            _ => None,
        },
        [0xff, 0xd8, 0xff, 0xe0, _, _, b'J', b'F', b'I', b'F', ..] | [0xff, 0xd8, 0xff, 0xe1, _, _, b'E', b'x', b'i', b'f', ..] => {
            Some("jpeg")
        }
        [0xff, 0xd8, 0xff, 0xdb | 0xe2 | 0xee | 0xe0 | 0xe1, 0, ..] if bytes.len() >= 64 => Some("jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some("audio"),
        [b'B', b'M', ..] => (le32(bytes, 2).map(offset) == Some(bytes.len()) && le32(bytes, 6) == Some(0)).then_some("bmp"),
        // DER: a SEQUENCE (certificate, key), SPNEGO or Kerberos message of exactly this length.
        [0x30 | 0x60 | 0x6e, 0x82, ..] => (be16(bytes, 2)? + 4 == bytes.len() && bytes.len() >= 64).then_some("der"),
        // Pickle, protocol 2 to 5, ends with STOP.
        [0x80, 2..=5, b'c' | b'(' | b'}' | b']' | 0x95 | b'X' | 0x8c, .., b'.'] => Some("pickle"),
        _ => None,
    }
}

/// A DOS header whose PE header is there, or that is cut before it and has the usual first fields.
fn is_pe(bytes: &[u8]) -> bool {
    let at = le32(bytes, 0x3c).map(offset);
    match at.and_then(|at| bytes.get(at..at.checked_add(4)?)) {
        Some(signature) => signature == b"PE\0\0",
        None => {
            // Pages, relocations and header size of every linker's stub.
            let usual = bytes.get(..10) == Some(b"MZ\x90\0\x03\0\0\0\x04\0") || memchr::memmem::find(bytes, b"This program ").is_some();
            usual && at.is_none_or(|at| (0x40..0x1000).contains(&at)) && le16(bytes, 8).is_some()
        }
    }
}

/// Kinds that can be opened.
pub(super) fn is_container(kind: &str) -> bool {
    matches!(kind, "gzip" | "zlib" | "deflate" | "bzip2" | "tar") || is_zip(kind)
}

/// Kinds that are zip archives.
pub(super) fn is_zip(kind: &str) -> bool {
    matches!(kind, "zip" | "docx" | "xlsx" | "pptx" | "odf" | "epub" | "jar" | "apk" | "appx" | "nupkg")
}

/// Kind of a whole: magic number, tar, zlib header.
pub(super) fn container_or_magic(bytes: &[u8]) -> Option<&'static str> {
    kind(bytes).or_else(|| tar::is_tar(bytes).then_some("tar"))
}

/// True where a zlib stream may start.
pub(super) fn may_be_zlib(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && inflate::is_zlib_header(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let mut pe = [0_u8; 0x84];
        pe[..2].copy_from_slice(b"MZ");
        pe[0x3c] = 0x80;
        pe[0x80..].copy_from_slice(b"PE\0\0");
        for (bytes, expected) in [
            (&pe[..], Some("pe")),
            (b"MZ just letters", None),
            (b"\x7fELF\x02\x01\x01", Some("elf")),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", Some("java_class")),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", Some("mach-o")),
            (b"\xcf\xfa\xed\xfe\x07", Some("mach-o")),
            (b"%PDF-1.7", Some("pdf")),
            (b"\x1f\x8b\x08\0\0\0\0\0\x02\xff", Some("gzip")),
            (b"\x1f\x8b\x08\xff\0\0\0\0\x02\xff", None),
            (b"BZh91AY&SY", Some("bzip2")),
            (b"BZh9", None),
            (b"", None),
        ] {
            assert_eq!(kind(bytes), expected, "{bytes:?}");
        }
    }
}
