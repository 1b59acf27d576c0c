//! The data section byte by byte.

use super::{Damaged, Key, Section};

fn first(bytes: &[u8]) -> std::result::Result<String, &'static str> {
    crate::geo::json::record(bytes, 0).map_err(|damaged| damaged.what)
}

#[test]
fn values() {
    for (bytes, expected) in [
        (&b"\x43Foo"[..], "\"Foo\""),
        (b"\xa0", "0"),
        (b"\xa2\xff\xff", "65535"),
        (b"\x04\x01\xff\xff\xff\xff", "-1"),
        (b"\x01\x01\x05", "5"),
        (b"\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
        (b"\x00\x07", "false"),
        (b"\x68\x3f\xf0\0\0\0\0\0\0", "1.0"),
        (b"\xe1\x20\x03\x41b", "{\"b\":\"b\"}"),
        // The key is a pointer, and after it comes the value that stands behind the pointer.
        (b"\xe1\x20\x04\xa0\x41k", "{\"k\":0}"),
    ] {
        assert_eq!(first(bytes).as_deref(), Ok(expected), "{bytes:x?}");
    }
}

#[test]
fn what_is_damaged() {
    let deep = |byte: &[u8], count: usize| [byte.repeat(count), vec![0xa0]].concat();
    for (bytes, expected) in [
        (vec![], "the section ends within a value"),
        (b"\x43Fo".to_vec(), "the section ends within a value"),
        (b"\x5f\xff\xff".to_vec(), "the section ends within a value"),
        (b"\x67\0\0\0\0\0\0\0".to_vec(), "a double has not 8 bytes"),
        (b"\x03\x08\0\0\0".to_vec(), "a float has not 4 bytes"),
        (b"\xa3\0\0\0".to_vec(), "a number has too many bytes"),
        (b"\x11\x03\0".to_vec(), "no such type of value"),
        (b"\x00\x00".to_vec(), "no such type of value"),
        (b"\xe1\xa0\xa0".to_vec(), "the key of a map is no text"),
        (b"\x00\xff".to_vec(), "no such type of value"),
        (b"\x02\x07".to_vec(), "no such type of value"),
        (b"\x20\x00".to_vec(), "a pointer leads to a pointer"),
        (b"\x20\x05\0\0\0".to_vec(), "a pointer leads out of the section"),
        (b"\x38\xff\xff\xff\xff".to_vec(), "a pointer leads out of the section"),
        (b"\x42\xff\xfe".to_vec(), "a text is not UTF-8"),
        // A map whose value is the map, an array of itself.
        (b"\xe1\x41a\x20\x00".to_vec(), "values nest too deep"),
        (b"\x01\x04\x20\x00".to_vec(), "values nest too deep"),
        (deep(b"\x01\x04", 33), "values nest too deep"),
        // Four billion values that are not there.
        (b"\xff\xff\xff\xff".to_vec(), "the section ends within a value"),
        (b"\x1f\x04\xff\xff\xff\xa0".to_vec(), "the section ends within a value"),
    ] {
        assert_eq!(first(&bytes), Err(expected), "{bytes:x?}");
    }
    assert!(first(&deep(b"\x01\x04", 32)).is_ok());
}

/// `next_text` and `skip_next` end where `next` and `skip` end, and know fewer values.
#[test]
fn what_is_left_out() {
    let skipped = |bytes: &[u8]| {
        let mut section = Section::new(bytes, 2, 9);
        section.skip_next().map(|()| (section.at, section.left()))
    };
    let text = |bytes: &[u8]| {
        let mut section = Section::new(bytes, 2, 9);
        section.next_text().map(|text| (text.map(<[u8]>::to_vec), section.at, section.left()))
    };
    for (bytes, expected, end, left) in [
        (&b"\x41k\x41v"[..], Some(b"v"), 4, 8),
        (b"\x41k\x20\x00", Some(b"k"), 4, 8),
        (b"\xa1\x07\x20\x00", None, 4, 8),
        (b"\x41k\xa1\x07", None, 4, 8),
        (b"\x41k\xe1\x41a\x41b", None, 7, 6),
        (b"\x41k\x02\x04\x20\x00\xa0", None, 7, 6),
    ] {
        assert_eq!(text(bytes), Ok((expected.map(|text| text.to_vec()), end, left)), "{bytes:x?}");
        assert_eq!(skipped(bytes), Ok((end, left)), "{bytes:x?}");
    }
    assert_eq!(text(b"\x20\x00\x20\x00").map_err(|damaged| damaged.what), Err("a pointer leads to a pointer"));
    for wrong in [&b"\x41k\x20\x09"[..], b"\x41k\x42v", b"\x41k"] {
        assert!(text(wrong).is_err() && skipped(wrong).is_err(), "{wrong:x?}");
    }
}

/// Keys are not looked at where a pointer leads to them, but where they are asked for.
#[test]
fn keys() {
    let key = |bytes: &'static [u8]| {
        let mut section = Section::new(bytes, 2, 9);
        let text = match section.key()? {
            Key::Text(text) => text,
            Key::At(at) => section.text_at(at)?,
        };
        Ok((text, section.at, section.left()))
    };
    assert_eq!(key(b"\x41k\x41v"), Ok((&b"v"[..], 4, 8)));
    assert_eq!(key(b"\x41k\x20\x00"), Ok((&b"k"[..], 4, 8)));
    for wrong in [&b"\xa1\x07\x20\x00"[..], b"\x20\x00\x20\x00", b"\x41k\xa0"] {
        assert_eq!(key(wrong).map_err(|damaged: Damaged| damaged.what), Err("the key of a map is no text"), "{wrong:x?}");
    }
}

/// What was read before is passed without a look, as the values that it is.
#[test]
fn pointers() {
    // At 2 a pointer to 0, then a number.
    let bytes = b"\x41k\x20\x00\xa1\x07";
    let mut section = Section::new(bytes, 2, 9);
    let pointer = section.pointer().unwrap().unwrap();
    assert_eq!((pointer.target, section.at, section.left()), (0, 2, 9), "nothing was read");
    assert!(!section.pass(pointer, 10) && section.left() == 9);
    assert!(section.pass(pointer, 5));
    assert_eq!((section.at, section.left()), (4, 4));
    assert!(section.pointer().unwrap().is_none(), "a number");
    for wrong in [&b"\x41k\x20\x09"[..], b"\x41k\x28", b"\x41k"] {
        assert!(Section::new(wrong, 2, 9).pointer().is_err(), "{wrong:x?}");
    }
}

/// Arrays of pointers to arrays of pointers: 10 levels of 29 are more values than there are atoms in a cat, from 600 bytes.
#[test]
fn work_does_not_multiply() {
    let mut bytes = b"\xa0".to_vec();
    let mut below = 0;
    for _ in 0..10 {
        let at = bytes.len() as u32;
        bytes.extend(b"\x1c\x04");
        (0..28).for_each(|_| bytes.extend([0x20 | (below >> 8) as u8, below as u8]));
        below = at;
    }
    let damaged = |at: usize| crate::geo::json::record(&bytes, at).map_err(|damaged| damaged.what);
    assert_eq!(damaged(below as usize), Err("the record has too many values"));
    // One long text that is pointed to again and again.
    let text = [&b"\x5e\xfe\xe3"[..], &[b'a'; 65_536]].concat();
    let again = [text, b"\x1c\x04".to_vec(), b"\x20\x00".repeat(28)].concat();
    assert_eq!(crate::geo::json::record(&again, 65_539).map_err(|damaged| damaged.what), Err("the record has more than a MiB of text"));
}
