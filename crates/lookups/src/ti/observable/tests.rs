use super::*;
use proptest::prelude::*;

/// `type value`, or the status.
fn said(text: &str, type_name: Option<&str>) -> String {
    match check_named(text, type_name, UrlQuery::Dropped) {
        Ok(observable) => format!("{} {}", observable.kind.name(), observable.value),
        Err(refusal) => refusal.status().to_owned(),
    }
}

#[test]
fn vectors_of_msticpy() {
    // MSTICPy lets a type that it does not know pass here, and its providers then say that they do not support it: the same status.
    for (kind, text, expected) in [
        ("ipv4", "127.0.0.1", "not_global"),
        ("ipv4", "not an ip address", "bad_format"),
        ("ipv4", "185.92.220.35", "ipv4 185.92.220.35"),
        ("ipv4", "185[.]92[.]220[.]35", "ipv4 185.92.220.35"),
        ("ipv6", "185.92.220.35", "bad_format"),
        ("ipv4", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "bad_format"),
        ("ipv6", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "not_global"),
        ("ipv6", "2345:0425:2CA1:0000:0000:0567:5673:23b5", "ipv6 2345:425:2ca1::567:5673:23b5"),
        ("dns", "www.python.com", "domain www.python.com"),
        ("dns", "www[.]python[.]com", "domain www.python.com"),
        ("dns", "localhost", "bad_format"),
        ("dns", "185.92.220.35", "bad_format"),
        ("md5_hash", "AAAAAAAAAAAAAAAA", "bad_format"),
        ("md5_hash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bad_format"),
        ("md5_hash", "A123008438B9C391A123008438B9C391", "md5 a123008438b9c391a123008438b9c391"),
        ("other_type", "A123008438B9C391", "not_supported"),
        ("url", "https://www.python.com", "url https://www.python.com"),
        ("url", "https://www[.]python[.]com", "url https://www.python.com"),
        ("url", "hXXps://www[.]python[.]com", "url https://www.python.com"),
    ] {
        assert_eq!(said(text, Some(kind)), expected, "{kind} {text}");
    }
    let made_up = check("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Some(IocType::Md5));
    assert!(made_up.is_err_and(|refusal| refusal.reason().contains("entropy")));
    let cleaned = "https://me@www.microsoft.com:443/test1?testparam=x";
    assert_eq!(said(cleaned, Some("url")), "url https://me@www.microsoft.com:443/test1");
}

#[test]
fn types_are_found() {
    for (text, expected) in [
        (" 185.92.220.35 ", "ipv4 185.92.220.35"),
        ("::ffff:185.92.220.35", "ipv4 185.92.220.35"),
        ("::ffff:10.0.0.1", "not_global"),
        ("2a00:1450:4001::200E", "ipv6 2a00:1450:4001::200e"),
        ("64:ff9b::10.0.0.1", "not_global"),
        ("2002:0a00:0001::1", "not_global"),
        ("fe80::1%eth0", "not_global"),
        ("Bücher.DE", "domain xn--bcher-kva.de"),
        ("WWW.Python.ORG.", "domain www.python.org"),
        ("server.lan", "not_global"),
        ("a.b.home.arpa", "not_global"),
        ("4.3.2.1.in-addr.arpa", "not_global"),
        ("dc01.corp", "not_global"),
        ("x.example.com", "not_global"),
        ("notexample.com", "domain notexample.com"),
        ("localhost", "not_supported"),
        ("hello world", "not_supported"),
        ("", "bad_format"),
        (" \t", "bad_format"),
        (
            "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F",
            "sha256 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
        ),
        ("cve-2021-44228", "cve CVE-2021-44228"),
        ("boss[at]Python[.]ORG", "email boss@python.org"),
        ("boss@intern.corp", "not_supported"),
        (r"C:\Users\boss\a.exe", "not_supported"),
        ("00:1b:44:11:3a:b7", "not_supported"),
        ("8.8.8.0/24", "cidr 8.8.8.0/24"),
        ("10.0.0.0/8", "not_global"),
    ] {
        assert_eq!(said(text, None), expected, "{text:?}");
    }
}

#[test]
fn urls() {
    for (text, expected) in [
        ("http://python.org/a?session=secret#x", "url http://python.org/a"),
        ("http://boss:secret@python.org/a", "url http://boss@python.org/a"),
        ("http://:secret@python.org/a", "url http://python.org/a"),
        ("HTTP://PYTHON.org:8080", "url http://python.org:8080"),
        ("http://python.org/Ä?x", "url http://python.org/Ä"),
        (r"http:\\python.org\a\b", "url http://python.org/a/b"),
        ("http://[2a00:1450:4001::200E]:8080/a", "url http://[2a00:1450:4001::200e]:8080/a"),
        ("ftp://8.8.8.8/a", "url ftp://8.8.8.8/a"),
        ("http://localhost/", "not_global"),
        ("http://printer/status", "not_global"),
        ("http://dc01.corp.local/x", "not_global"),
        ("http://192.168.0.1/", "not_global"),
        ("http://0x7f.1/", "not_global"),
        ("http://2130706433/", "not_global"),
        ("http://[::1]/", "not_global"),
        ("http://[::ffff:10.0.0.1]/", "not_global"),
        ("http://python.org@127.0.0.1/", "not_global"),
        ("http://%31%30.0.0.1/", "not_global"),
        ("http://python.test/", "not_global"),
        ("http://python.org.zzzz/", "not_global"),
        ("http://python.org/a b", "bad_format"),
        ("http://python.org/a\u{1b}[0m", "bad_format"),
        ("http://python.org:99999/", "bad_format"),
        ("python.org/a", "bad_format"),
        ("mailto:boss@python.org", "bad_format"),
        ("javascript:alert(1)", "bad_format"),
        ("file:///etc/passwd", "bad_format"),
        ("http://", "bad_format"),
    ] {
        assert_eq!(said(text, Some("url")), expected, "{text:?}");
    }
    let kept = check_with("http://python.org/a?x=1#y", Some(IocType::Url), UrlQuery::Kept);
    assert_eq!(kept.map(|observable| observable.value), Ok("http://python.org/a?x=1#y".to_owned()));
    assert_eq!(said(&format!("http://python.org/{}", "a".repeat(5000)), Some("url")), "bad_format");
}

#[test]
fn given_types_win() {
    for (kind, text, expected) in [
        ("domain", "archive.zip", "domain archive.zip"),
        ("file_hash", "37b51d194a7513e45b56f6524f2d51f2", "md5 37b51d194a7513e45b56f6524f2d51f2"),
        ("file_hash", "3395856ce81f2b7382dee72602f798b642f14140", "sha1 3395856ce81f2b7382dee72602f798b642f14140"),
        ("FILE_HASH", "3395856c", "bad_format"),
        ("imphash", "F34d5f2d4577ed6d9ceec516c1f5a744", "imphash f34d5f2d4577ed6d9ceec516c1f5a744"),
        ("sha256", "zz5a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", "bad_format"),
        ("", "8.8.8.8", "ipv4 8.8.8.8"),
        ("ipv4", "8.8.8.8.8", "bad_format"),
        ("ipv4", "08.8.8.8", "bad_format"),
        ("ipv4", "8.8.8.8/24", "bad_format"),
        ("dns", "a..com", "bad_format"),
        ("dns", "evil.com/x", "bad_format"),
        ("email", "boss@printer", "bad_format"),
        ("email", "boss@dc01.internal", "bad_format"),
    ] {
        assert_eq!(said(text, Some(kind)), expected, "{kind} {text:?}");
    }
    let unknown = check_named("x", Some("ipv5"), UrlQuery::Dropped);
    assert!(unknown.is_err_and(|refusal| refusal.reason() == "unknown type 'ipv5', did you mean 'ipv4'?"));
}

proptest! {
    #[test]
    fn what_passes_passes_again_unchanged(text in "\\PC{0,30}|[a-z0-9.:/@\\[\\]%?#\\\\-]{0,40}|(https?|hxxp)://[a-z0-9.:@%\\[\\]-]{0,20}(com|org|local|1)(/[a-z?#]{0,9})?") {
        for given in [None, Some(IocType::Url), Some(IocType::Domain), Some(IocType::Email)] {
            if let Ok(once) = check(&text, given) {
                prop_assert_eq!(check(&once.value, Some(once.kind)), Ok(once.clone()));
                prop_assert!(once.kind != IocType::Url || !once.value.contains(['?', '#']));
            }
        }
    }

    #[test]
    fn private_addresses_stay(last: u8, third: u8) {
        for (text, url) in [(format!("10.1.{third}.{last}"), format!("http://10.1.{third}.{last}/")), (format!("fd00::{third:x}:{last:x}"), format!("http://[fd00::{third:x}:{last:x}]/"))] {
            prop_assert!(matches!(check(&text, None), Err(Refusal::NotGlobal(_))));
            prop_assert!(matches!(check(&url, None), Err(Refusal::NotGlobal(_))));
        }
    }
}
