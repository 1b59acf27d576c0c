//! What is found and what is not, by example.

use super::extract_iocs::{ExtractOptions, extract};
use super::kind::IocType;

/// `type=value` of every hit, all types.
fn all(text: &str) -> Vec<String> {
    extract(text, &ExtractOptions::all_types()).iter().map(|ioc| format!("{}={}", ioc.kind.name(), ioc.value)).collect()
}

/// The same of the default types.
fn some(text: &str) -> Vec<String> {
    extract(text, &ExtractOptions::default()).iter().map(|ioc| format!("{}={}", ioc.kind.name(), ioc.value)).collect()
}

#[track_caller]
fn check(table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(some(text), *expected, "{text}");
    }
}

#[test]
fn addresses() {
    check(&[
        ("from 192.0.2.7 port 22", &["ipv4=192.0.2.7"]),
        ("999.999.999.999 256.1.1.1 1.2.3.400 1.2.3.04", &[]),
        ("1.2.3.4.5 v1.2.3.4 version 1.2.3.4 1.2.3.4-beta", &[]),
        ("mscorlib, Version=4.0.0.0, Culture=neutral", &[]),
        (r"C:\Google\Update\1.3.33.23\x.exe \\192.0.2.7\share", &["ipv4=192.0.2.7"]),
        ("\"FileVersion\": \"10.0.1.2\" Chrome/120.0.0.0 Edg/1.2.3.4 nginx/1.2.3.4 0.9.8.1", &[]),
        ("outside/192.0.2.7(443) 192.0.2.7:80, (192.0.2.8).", &["ipv4=192.0.2.7", "ipv4=192.0.2.7", "ipv4=192.0.2.8"]),
        ("192.0.2.1-192.0.2.9", &["ipv4=192.0.2.1", "ipv4=192.0.2.9"]),
        ("IP 192.0.2.5.51234 > 198.51.100.7.443: Flags", &["ipv4=192.0.2.5", "ipv4=198.51.100.7"]),
        ("10.0.0.0/8", &["cidr=10.0.0.0/8"]),
        ("192.0.2.7/24", &["cidr=192.0.2.0/24", "ipv4=192.0.2.7"]),
        ("192.0.2.7/32 192.0.2.7/33", &["cidr=192.0.2.7/32", "ipv4=192.0.2.7", "ipv4=192.0.2.7"]),
        ("1[.]2[.]3[.]4 and 1.2.3[.]4", &["ipv4=1.2.3.4", "ipv4=1.2.3.4"]),
        ("SRC=2001:db8:0:0:0:0:0:1 DST=::1 LEN=60", &["ipv6=2001:db8::1", "ipv6=::1"]),
        ("2001:DB8::A: packet [2001:db8::1]:443", &["ipv6=2001:db8::a", "ipv6=2001:db8::1"]),
        ("::ffff:192.0.2.128 fe80::1%eth0 64:ff9b::192.0.2.33", &["ipv6=::ffff:192.0.2.128", "ipv6=fe80::1", "ipv6=64:ff9b::c000:221"]),
        ("2001:db8::/32 fe80::1/64", &["cidr=2001:db8::/32", "cidr=fe80::/64", "ipv6=fe80::1"]),
        (":: std::vector a::b Abc::Def 12:34:56 2024:01:02 00:11:22:33:44:55:66:77", &[]),
        ("1::2 beef::dead 10:20::30", &[]),
        ("00:1B:44:11:3a:b7 00-1B-44-11-3A-B7 001b.4411.3ab7", &["mac=00:1b:44:11:3a:b7"; 3]),
        ("MAC=01:00:5e:00:00:01:00:11:22:33:44:55:08:00 SRC", &["mac=01:00:5e:00:00:01", "mac=00:11:22:33:44:55"]),
        ("AS64500 ASN64500 ASN 64500 asn: 64501 AS400 AS2 AS0", &["asn=AS64500", "asn=AS64500", "asn=AS64500", "asn=AS64501"]),
    ]);
}

#[test]
fn names() {
    check(&[
        ("query: evil.example.com.", &["domain=evil.example.com"]),
        (
            "(update1.cdn-mail.co.uk): co.uk EXAMPLE.COM Google.com",
            &["domain=update1.cdn-mail.co.uk", "domain=example.com", "domain=google.com"],
        ),
        ("setup.py run.sh archive.zip notes.md libc.so obj.name this.id Foo.Bar.app Microsoft.NET 13479.ps System.IO", &[]),
        ("x.Net.WebClient evil.ps1 System.Net.Sockets org.apache.commons.net chcp.com index.php", &[]),
        (r"C:\Windows\System32\chcp.com C:\Windows\Microsoft.NET\Framework", &[]),
        (r"\\files.example.com\share", &["domain=files.example.com"]),
        ("evil[.]zip evil[.]py dns: evil.sh www.evil.zip", &["domain=evil.zip", "domain=evil.py", "domain=evil.sh", "domain=www.evil.zip"]),
        ("x.y.vercel.app t.me/evil foo.bar.xyz evil.io", &["domain=x.y.vercel.app", "domain=t.me", "domain=foo.bar.xyz", "domain=evil.io"]),
        ("foo.name(x) foo.com(x) $a.com foo.id=3", &[]),
        (
            "bücher.example.de БОЛЬ.рф xn--80ak6aa92e.com ab.xn--p1ai",
            &["domain=xn--bcher-kva.example.de", "domain=xn--90aui1d.xn--p1ai", "domain=xn--80ak6aa92e.com", "domain=ab.xn--p1ai"],
        ),
        ("“evil.com” «evil.com»…", &["domain=evil.com"; 2]),
        ("访问evil.com下载", &["domain=evil.com"]),
        ("_evil.com_ -evil.com- _dmarc.evil.com", &["domain=evil.com", "domain=evil.com", "domain=_dmarc.evil.com"]),
        ("dns.question.name: x Host: Evil.Name", &["domain=evil.name"]),
        ("4.3.2.1.in-addr.arpa localhost.localdomain host.local", &[]),
        (
            "john.doe@example.com <First+tag@Example.COM>,",
            &["email=john.doe@example.com", "domain=example.com", "email=first+tag@example.com", "domain=example.com"],
        ),
        ("user[at]example[dot]com user (at) x", &["email=user@example.com", "domain=example.com"]),
        ("user [at] example [dot] com", &["email=user@example.com", "domain=example.com"]),
        ("a@b a@b.local @evil.com x@1.2.3.4", &["domain=evil.com", "ipv4=1.2.3.4"]),
    ]);
}

#[test]
fn urls() {
    check(&[
        ("http://evil.com", &["url=http://evil.com", "domain=evil.com"]),
        (
            "(see http://evil.com/a_(b)). \"https://EVIL.com:8443/X?y=1#z\"",
            &["url=http://evil.com/a_(b)", "domain=evil.com", "url=https://evil.com:8443/X?y=1#z", "domain=evil.com"],
        ),
        (
            "hxxp://evil[.]com/a.php hXXps[:]//evil(.)com[/]x meow://evil.com",
            &[
                "url=http://evil.com/a.php",
                "domain=evil.com",
                "url=https://evil.com/x",
                "domain=evil.com",
                "url=http://evil.com",
                "domain=evil.com",
            ],
        ),
        ("h**p://evil.com/x", &["url=http://evil.com/x", "domain=evil.com"]),
        (
            "http://[2001:db8::1]:8080/x http://192.0.2.7/x",
            &["url=http://[2001:db8::1]:8080/x", "ipv6=2001:db8::1", "url=http://192.0.2.7/x", "ipv4=192.0.2.7"],
        ),
        ("ssh://git@git.example.com/x.git", &["url=ssh://git@git.example.com/x.git", "domain=git.example.com"]),
        ("${jndi:ldap://evil.com:1389/a}", &["url=ldap://evil.com:1389/a", "domain=evil.com"]),
        (
            "http://localhost:8080/x http://srv.corp/y file:///etc/passwd http:// http://)",
            &["url=http://localhost:8080/x", "url=http://srv.corp/y", "url=file:///etc/passwd"],
        ),
        (
            "x=http://a.com/p,http://b.com/q;http://c.com",
            &["url=http://a.com/p", "domain=a.com", "url=http://b.com/q", "domain=b.com", "url=http://c.com", "domain=c.com"],
        ),
        (
            "http://a.com/r?u=http://b.com/x&v=1",
            &["url=http://a.com/r?u=http://b.com/x&v=1", "domain=a.com", "url=http://b.com/x", "domain=b.com"],
        ),
        ("/r?u=http%3A%2F%2Fevil.example.net%2Fx&v=1", &["url=http://evil.example.net/x", "domain=evil.example.net"]),
        ("u=https%253A%252F%252Fevil.example.net%252Fx", &["url=https://evil.example.net/x", "domain=evil.example.net"]),
        ("to=user%40example.com", &["email=user@example.com", "domain=example.com"]),
        (r"http://evil.com/x?a=1\u0026b=2", &["url=http://evil.com/x?a=1&b=2", "domain=evil.com"]),
        (r"http:\/\/evil.com\/a\/b", &["url=http://evil.com/a/b", "domain=evil.com"]),
        (
            "http://evil.com/d41d8cd98f00b204e9800998ecf8427e.exe",
            &["url=http://evil.com/d41d8cd98f00b204e9800998ecf8427e.exe", "domain=evil.com", "md5=d41d8cd98f00b204e9800998ecf8427e"],
        ),
        (
            "http://3232235777/ http://0x7f.1/ http://0300.0250.1.1/x",
            &[
                "url=http://192.168.1.1/",
                "ipv4=192.168.1.1",
                "url=http://127.0.0.1/",
                "ipv4=127.0.0.1",
                "url=http://192.168.1.1/x",
                "ipv4=192.168.1.1",
            ],
        ),
        (
            "http://bücher.example.de/ü nhttp://evil.com",
            &["url=http://xn--bcher-kva.example.de/ü", "domain=xn--bcher-kva.example.de", "url=http://evil.com", "domain=evil.com"],
        ),
        (
            "&quot;http://evil.com/x&quot; <http://evil.com/y>",
            &["url=http://evil.com/x", "domain=evil.com", "url=http://evil.com/y", "domain=evil.com"],
        ),
        ("http://999.1.1.1/ c://x foo://bar", &[]),
    ]);
}

#[test]
fn digests_and_numbers() {
    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    assert_eq!(some(&format!("{MD5},{SHA1},{MD5}-{SHA1}_{MD5}")).len(), 5);
    assert_eq!(some(&format!("MD5={}", MD5.to_uppercase())), [format!("md5={MD5}")]);
    assert_eq!(some(&format!("{MD5}{SHA1}")), [""; 0]);
    assert_eq!(some(&format!("ja3={MD5} \"ja3s\":\"{MD5}\" IMPHASH={MD5} ja3 hash: {MD5}")).len(), 4);
    assert_eq!(some(&format!("ja3={MD5}")), [format!("ja3={MD5}")]);
    assert_eq!(some(&format!("\"ja3s_hash\": \"{MD5}\"")), [format!("ja3s={MD5}")]);
    for (len, kind) in [(56, "sha224"), (64, "sha256"), (96, "sha384"), (128, "sha512")] {
        let hash: String = SHA1.chars().cycle().take(len).collect();
        assert_eq!(some(&hash), [format!("{kind}={hash}")]);
    }
    let jarm: String = SHA1.chars().cycle().take(62).collect();
    assert_eq!(some(&format!("{jarm} jarm: {jarm}")), [format!("jarm={jarm}")]);
    check(&[
        ("00000000000000000000000000000000 11111111111111111111111111111111 123e4567-e89b-12d3-a456-426614174000", &[]),
        (
            "cve-2021-44228 CVE_2014_0160 x-CVE-2017-0144-poc CVE-21-1 CVE-2021-123",
            &["cve=CVE-2021-44228", "cve=CVE-2014-0160", "cve=CVE-2017-0144"],
        ),
        (
            "T1059.001 T1566, TA0001 attack.t1003.002 T9999 T800 t1059",
            &["mitre=T1059.001", "mitre=T1566", "mitre=TA0001", "mitre=T1003.002"],
        ),
    ]);
}

#[test]
fn wallets() {
    check(&[
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", &["bitcoin=1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]),
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", &["bitcoin=bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            &["ethereum=0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"],
        ),
        (
            "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
            &["monero=888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"],
        ),
        (
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            &["ripple=rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "tron=TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"],
        ),
    ]);
}

#[test]
fn registry() {
    check(&[
        (
            r"reg add HKLM\Software\Microsoft\Windows\CurrentVersion\Run /v x",
            &[r"registry_key=HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Run"],
        ),
        (
            r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe was",
            &[r"registry_key=HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe"],
        ),
        (r#""HKCU\Software\My Evil Key" x"#, &[r"registry_key=HKEY_CURRENT_USER\Software\My Evil Key"]),
        (
            r"HKLM:\Software\A, HKEY_USERS\.DEFAULT\Software",
            &[r"registry_key=HKEY_LOCAL_MACHINE\Software\A", r"registry_key=HKEY_USERS\.DEFAULT\Software"],
        ),
        (r"HKU\.DEFAULT\Software HKLM\ HKLMX\a", &[r"registry_key=HKEY_USERS\.DEFAULT\Software"]),
    ]);
}

#[test]
fn paths() {
    for (text, expected) in [
        (
            r#"run "C:\Program Files\Foo Bar\evil tool.exe" -x"#,
            &[r"windows_path=C:\Program Files\Foo Bar\evil tool.exe", "file_name=tool.exe"][..],
        ),
        (r"C:\Program Files\Foo Bar\evil tool.exe -x", &[r"windows_path=C:\Program Files\Foo Bar\evil tool.exe", "file_name=tool.exe"]),
        (
            r"C:\Windows\System32\cmd.exe /c C:\Temp\a.bat",
            &[r"windows_path=C:\Windows\System32\cmd.exe", "file_name=cmd.exe", r"windows_path=C:\Temp\a.bat", "file_name=a.bat"],
        ),
        (r"\\srv1\c$\a.dll \\srv2\share\b", &[r"windows_path=\\srv1\c$\a.dll", "file_name=a.dll", r"windows_path=\\srv2\share\b"]),
        (r"C:\\Windows\\Temp\\x.dll", &[r"windows_path=C:\Windows\Temp\x.dll", "file_name=x.dll"]),
        (r"%APPDATA%\evil\x.vbs", &[r"windows_path=%APPDATA%\evil\x.vbs", "file_name=x.vbs"]),
        (
            "/usr/bin/curl -o /tmp/.x/evil.sh; cat /etc/shadow",
            &["linux_path=/usr/bin/curl", "linux_path=/tmp/.x/evil.sh", "file_name=evil.sh", "linux_path=/etc/shadow"],
        ),
        ("01/02/03 a/b/c GET /a/b/c HTTP/1.1 /c /v", &[]),
        (
            "ua=\"Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\" x",
            &["user_agent=Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"],
        ),
    ] {
        assert_eq!(all(text), expected, "{text}");
    }
}

#[test]
fn offsets_and_raw() {
    let text = "at hxxp://evil[.]com/x, u=http%3A%2F%2Fb.com%2Fy end";
    let found = extract(text, &ExtractOptions::default());
    let rows: Vec<_> = found.iter().map(|i| (i.kind, i.raw, i.start, i.defanged)).collect();
    assert_eq!(
        rows,
        [
            (IocType::Url, "hxxp://evil[.]com/x", 3, true),
            (IocType::Domain, "evil[.]com", 10, true),
            (IocType::Url, "http%3A%2F%2Fb.com%2Fy", 26, false),
            (IocType::Domain, "b.com", 39, false),
        ]
    );
}

/// What every result promises.
#[track_caller]
fn check_promises(text: &str) -> usize {
    let found = extract(text, &ExtractOptions::all_types());
    for ioc in &found {
        assert!(ioc.start < ioc.end);
        assert_eq!(text.get(ioc.start..ioc.end), Some(ioc.raw));
        assert!(!ioc.value.is_empty());
    }
    assert!(
        found
            .windows(2)
            .all(|p| (p[0].start, std::cmp::Reverse(p[0].end), p[0].kind) < (p[1].start, std::cmp::Reverse(p[1].end), p[1].kind))
    );
    found.len()
}

/// Pieces of which every trigger of the scanner is made.
const PIECES: &[&str] = &[
    "a",
    "evil",
    "com",
    ".",
    "..",
    "@",
    ":",
    "//",
    "http",
    "hxxp",
    "/",
    "\\",
    "\\\\",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "[.]",
    "(dot)",
    "[@]",
    "[:]",
    "\\.",
    "%",
    "%3A",
    "%2F",
    "%25",
    "%40",
    "1",
    "255",
    "0",
    "::",
    "fe80",
    "ff",
    "-",
    "_",
    " ",
    "\"",
    "'",
    ",",
    ";",
    "=",
    "&",
    "?",
    "*",
    "C:",
    "HKLM",
    "Windows NT",
    "é",
    "рф",
    "。",
    "“",
    "\u{301}",
    "T1059",
    "001",
    "CVE-2021-44228",
    "AS",
    "ASN",
    "64500",
    "d41d8cd98f00b204e9800998ecf8427e",
    "ja3",
    "version",
    "Mozilla/5.0",
    "~",
    "$",
    "\n",
    "\0",
    "xn--",
];

proptest::proptest! {
    #[test]
    fn promises_hold_for_any_text(text in "\\PC{0,60}") {
        check_promises(&text);
    }

    #[test]
    fn promises_hold_for_triggers(picks in proptest::collection::vec(0..PIECES.len(), 0..24)) {
        let text: String = picks.iter().map(|i| PIECES[*i]).collect();
        check_promises(&text);
    }
}

/// Inputs that made pattern matchers exponential or quadratic. Time is measured by `benches/ioc.rs`; here a quadratic step would show as a test that hangs.
#[test]
fn hostile_repeats() {
    for unit in PIECES.iter().chain(&[
        "a.",
        "a@b.",
        "http://",
        "http://a.com/?u=",
        "http%3A%2F%2F",
        "http%253A%252F%252Fa.co%252F",
        "a[.]",
        "c:\\ \\ ",
        "\\a ",
        "1.",
        "00:",
        "a:",
        "fe80::",
        "(((",
        "HKLM\\a ",
        "%APPDATA%\\",
        "/a",
        "a-",
        "1-1.",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ",
        "Mozilla/5.0 (",
        "C:\\a b c d e f ",
        "\\\\a\\b",
    ]) {
        for lead in ["", "http://", "c:\\", "\""] {
            let text = lead.to_string() + &unit.repeat((64 << 10) / unit.len());
            let found = check_promises(&text);
            assert!(found <= text.len(), "{unit}");
        }
    }
}
