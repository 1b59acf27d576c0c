use super::*;
use proptest::prelude::*;

#[derive(Default)]
struct Parts {
    parts: Vec<(Option<Mask>, Range<usize>)>,
}

impl Sink for Parts {
    const WORDS: bool = true;
    fn text(&mut self, range: Range<usize>) {
        self.parts.push((None, range));
    }
    fn mask(&mut self, mask: Mask, range: Range<usize>) {
        self.parts.push((Some(mask), range));
    }
    fn space(&mut self) {}
}

fn parts(text: &str, masks: MaskSet) -> Vec<(Option<Mask>, Range<usize>)> {
    let mut parts = Parts::default();
    scan(text, masks, &mut parts);
    parts.parts
}

/// Pieces that mean something to the scanner, in any order.
const PIECES: &str = r#"(C:\\|\\\\|/|\\|"|'|@|:|::|\.|-|=|%|\$|~| |  |0x|1|12|123|4567|a|ab|abcd|S-1-5-|GET|May|Mon|é|日|\?\?|HKLM\\|://|http|-c |,|\(|\)|\{|\}|<|>|&|a\.exe|Ab1+/|2021-|12:30:45|10\.0\.0\.1|fe80::1|v4\.0|T|Z|\t|\x00)"#;

proptest! {
    #[test]
    fn the_parts_make_up_the_text(pieces in prop::collection::vec(PIECES, 0..24), keep in 0u8..4) {
        let text = pieces.concat();
        let masks = [MaskSet::ALL, MaskSet::ALL.without(Mask::Str), MaskSet::ALL.without(Mask::Path), MaskSet::ALL.without(Mask::Path).without(Mask::Str)];
        let masks = masks[usize::from(keep)];
        let mut end = 0;
        for (mask, range) in parts(&text, masks) {
            prop_assert!(range.start >= end && range.start < range.end, "{text:?}: {range:?} after {end}");
            prop_assert!(text.get(range.clone()).is_some(), "{text:?}: {range:?} is no slice");
            let between = &text[end..range.start];
            prop_assert!(between.bytes().all(|b| is_space(b) || b == b'"' || b == b'\''), "{text:?}: lost {between:?}");
            prop_assert!(mask.is_none_or(|mask| masks.has(mask)), "{text:?}: {mask:?} is kept");
            end = range.end;
        }
        let between = &text[end..];
        prop_assert!(between.bytes().all(|b| is_space(b) || b == b'"' || b == b'\''), "{text:?}: lost {between:?}");
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        parts(&text, MaskSet::ALL);
    }
}

/// Each takes hours where the scanner reads something again and again.
#[test]
fn long_texts_are_read_once() {
    #[rustfmt::skip]
    let shapes = [
        "a", "a ", "a.", "a@", "@", "\"", "\" ", "\"a ", "'a ", "'a", "C:\\ ", "C:\\a ", "C:\\a b", "\\", "\\a", "\\\\a", "/", "/a", "/a(", "(/",
        "%a", "$a", "1.", "1:", "1-", "ab:", "::", "0x1", "S-1-", "a-", "AAAA+", "Aa1/", "a=", "{", "./", "..\\", "~/", "://", "a://(", "HKLM\\",
        "HKLM\\a ", "\"C:\\a -", "'/a/ ", "1 May ", "May ", "Mon ", "\\??\\", "é1", "a1", "0123456789abcdef", "1.2.3.", "a.b@c.", "\"\"a",
        "cmd /c \"", "-c \"a 'b ", "a\\b ", "a/b/", "2021-", "1/1/", "!/", "@a/b", "(a/", "a\\b(",
    ];
    for masks in [MaskSet::ALL, MaskSet::ALL.without(Mask::Str), MaskSet::ALL.without(Mask::Path)] {
        for shape in shapes {
            for before in ["", "\"C:\\x "] {
                let text = format!("{before}{}", shape.repeat(300_000 / shape.len()));
                assert!(!parts(&text, masks).is_empty(), "{shape:?}");
            }
        }
    }
}
