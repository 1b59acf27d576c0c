use super::*;
use base64::Engine;
use proptest::prelude::*;

/// Made by OpenSSL for this test; the keys were thrown away.
const FULL: &str = "MIICcDCCAhagAwIBAgIIAPHi08S1ppcwCgYIKoZIzj0EAwIwczELMAkGA1UEBhMCREUxFjAUBgNVBAoMDU1hZGUsIFVwIEdtYkgxEjAQBgNVBAsMCUvDtmNoZStDbzEZMBcGA1UEAwwQd3d3Lm1hZGUtdXAudGVzdDEdMBsGCSqGSIb3DQEJARYOYUBtYWRlLXVwLnRlc3QwIBcNMjYxMTMwMDUxNDAzWhgPMjA4MTA5MDIwNTE0MDNaMHMxCzAJBgNVBAYTAkRFMRYwFAYDVQQKDA1NYWRlLCBVcCBHbWJIMRIwEAYDVQQLDAlLw7ZjaGUrQ28xGTAXBgNVBAMMEHd3dy5tYWRlLXVwLnRlc3QxHTAbBgkqhkiG9w0BCQEWDmFAbWFkZS11cC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETt9tHBzLZGkkzyyesqcivTAmuQPgA/enchkEtEDe+LM44SjAtfycVsRxu33sH2EELyErc7y10pX5d5au8Nx2XKOBkTCBjjBtBgNVHREBAf8EYzBhghB3d3cubWFkZS11cC50ZXN0gg4qLm1hZGUtdXAudGVzdIcEwAACAYcQIAENuAAAAAAAAAAAAAAAAYEOYkBtYWRlLXVwLnRlc3SGFWh0dHBzOi8vbWFkZS11cC50ZXN0LzAdBgNVHQ4EFgQUY/HVsgxNvXyW87St/XxksLVjTJswCgYIKoZIzj0EAwIDSAAwRQIhANJPFn+PTvG7POW0UUssal6xSmzn4EcGUkcHJARHumM3AiBHOMDFLUdspQRLdF/+Of4AaWUkjMDIEmyhBpKwJP/nXA==";
const LEAF: &str = "MIIBTDCB8gIBBTAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdUZXN0IENBMB4XDTI2MTEzMDA1MTQwM1oXDTI3MTEzMDA1MTQwM1owUjEUMBIGCgmSJomT8ixkARkWBHRlc3QxFzAVBgoJkiaJk/IsZAEZFgdtYWRlLXVwMRIwEAYKCZImiZPyLGQBAQwCdTExDTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuAttO1kz85tujPyC/jOVb8Gwef4f9Av41Fmq61GgozSONwD1U37Sip4ILAHw35Cl2YZ/YHUturapFaNyJGmG+MAoGCCqGSM49BAMCA0kAMEYCIQDoWI6ELTthQy1IZ75hyhBDLw6bnekPNkJQNlahsw++agIhAKuqeNYc1qoMxfxOPQYIdr0wK/OUdJW4R0dymExhSrlt";

fn der(text: &str) -> Vec<u8> {
    base64::prelude::BASE64_STANDARD.decode(text).expect("base64")
}

#[test]
fn certificates_as_openssl_prints_them() {
    let full = Certificate::read(&der(FULL)).expect("a certificate");
    let subject = "emailAddress=a@made-up.test,CN=www.made-up.test,OU=Köche\\+Co,O=Made\\, Up GmbH,C=DE";
    let names = ["www.made-up.test", "*.made-up.test", "192.0.2.1", "2001:db8::1", "b@made-up.test", "https://made-up.test/"];
    let expected = Certificate {
        version: 3,
        serial: "F1E2D3C4B5A697".to_owned(),
        issuer: subject.to_owned(),
        subject: subject.to_owned(),
        not_before: Some(1_796_015_643_000_000),
        not_after: Some(3_524_015_643_000_000),
        names: names.map(str::to_owned).to_vec(),
        is_self_signed: true,
        sha1: "a7f54be2b0816752527a772a92509728fa5ccce4".to_owned(),
        sha256: "0b7d069118914604e7978a69ae8c990d2ec1e83b4f7b319d225ada40ed44f5bc".to_owned(),
    };
    assert_eq!(full, expected);
    let leaf = Certificate::read(&der(LEAF)).expect("a certificate");
    assert_eq!((leaf.version, leaf.serial.as_str(), leaf.is_self_signed, leaf.names.len()), (1, "05", false, 0));
    assert_eq!((leaf.subject.as_str(), leaf.issuer.as_str()), ("CN=leaf,UID=u1,DC=made-up,DC=test", "CN=Test CA"));
}

#[test]
fn texts_and_times() {
    assert_eq!(string(0x1e, b"\0K\0\xf6"), "Kö");
    assert_eq!(string(0x14, b"K\xf6"), "Kö");
    assert_eq!(dotted(&[0x2a, 0x03, 0x04]), "1.2.3.4");
    assert_eq!(dotted(&[0x88, 0x37, 0x81, 0x00]), "2.999.128");
    let mut escaped = String::new();
    escape(" #a\u{1}b ", &mut escaped);
    assert_eq!(escaped, "\\ #a\\01b\\ ");
    for (tag, text, seconds) in [
        (0x17, "491231235959Z", Some(2_524_607_999)),
        (0x17, "500101000000Z", Some(-631_152_000)),
        (0x17, "7001010000Z", Some(0)),
        (0x18, "99991231235959Z", Some(253_402_300_799)),
        (0x18, "20260230000000Z", None),
        (0x17, "26a131000000Z", None),
        (0x17, "260101000000+0100", None),
        (0x16, "260101000000Z", None),
    ] {
        assert_eq!(time((tag, Der(text.as_bytes()))), seconds.map(|seconds: i64| seconds * 1_000_000), "{text}");
    }
}

proptest! {
    #[test]
    fn broken_certificates_are_read_without_panic(at in 0_usize..620, byte in any::<u8>(), cut in 0_usize..620) {
        let mut bytes = der(FULL);
        bytes[at] = byte;
        let _ = Certificate::read(&bytes);
        bytes.truncate(cut);
        prop_assert_eq!(Certificate::read(&bytes), None);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::read(&bytes);
    }
}
