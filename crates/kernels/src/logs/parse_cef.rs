//! `parse_cef(line)`: a line of ArcSight's Common Event Format.

use super::header::{field, find, prefix};
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `parse_cef`.
pub struct ParseCef;

/// The header of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cef<'a> {
    /// Version of the format.
    pub version: Option<i64>,
    /// Vendor, product, its version, class of event, name, severity.
    pub header: [Option<Cow<'a, str>>; 6],
    /// What stands before `CEF:`.
    pub prefix: Option<&'a str>,
}

/// A line and its extension.
#[derive(Debug)]
pub struct CefRow<'a> {
    cef: Cef<'a>,
    extension: &'a TextMap,
}

impl SqlValue for CefRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("version", SqlType::Int),
        ("vendor", SqlType::Text),
        ("product", SqlType::Text),
        ("product_version", SqlType::Text),
        ("event_class_id", SqlType::Text),
        ("name", SqlType::Text),
        ("severity", SqlType::Text),
        ("extension", SqlType::Map),
        ("prefix", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let row = self.cef.header.iter().fold(out.row().put(self.cef.version), |row, field| row.put(field.as_deref()));
        row.put(self.extension).put(self.cef.prefix).end();
    }
}

impl ScalarKernel for ParseCef {
    const SPEC: Spec = Spec {
        name: "parse_cef",
        family: Family::Logs,
        summary: "Takes a line of the Common Event Format (CEF) apart: header fields and the extension as a map.",
        details: "\
| field | type | meaning |
|---|---|---|
| `version` | BIGINT | of the format |
| `vendor`, `product`, `product_version`, `event_class_id`, `name`, `severity` | TEXT | the header, `\\|` and `\\\\` unescaped; severity as written (`5` or `High`) |
| `extension` | MAP(TEXT, TEXT) | `key=value` pairs in their order, `\\=`, `\\|`, `\\\\`, `\\n` and `\\r` unescaped |
| `prefix` | TEXT | what stands before `CEF:`, such as the syslog header (for `parse_syslog`); NULL where that is nothing |

A value goes on to the blank before the next `key=`, so values may hold blanks; an unescaped `=` inside a word that is no key (`request=http://a.test/?x=1`) belongs to the
value. Blanks at the end of a value are dropped. Labels stay as they are: `cs1` and `cs1Label` are two keys. A key that is repeated with another value becomes
`key#2`, `key#3`. A line that ends inside the header has NULL in what is missing. NULL for a line without `CEF:`, a version and a pipe.",
        args: &[Arg { name: "line", doc: "One line." }],
        examples: &[Example {
            sql: "SELECT c['vendor'] AS vendor, c['name'] AS name, c['severity'] AS severity, c['extension']['src'] AS src, c['extension']['msg'] AS msg FROM (SELECT parse_cef(\
                  '<13>Oct 11 22:14:15 fw CEF:0|Security|threat\\|manager|1.0|100|worm stopped|10|src=10.0.0.1 msg=worm in a\\=b spt=1232') AS c) t",
            result: "Security | worm stopped | 10 | 10.0.0.1 | worm in a=b",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = CefRow<'a>;
    type Scratch = TextMap;

    fn eval<'a>(extension: &'a mut TextMap, _: &'a NoOptions, (line,): (&'a str,)) -> KernelResult<CefRow<'a>> {
        extension.clear();
        Ok(parse_cef(line, extension).map(|cef| CefRow { cef, extension }))
    }
}

/// Takes a line apart; its extension is appended to `extension`. `None` where it is not CEF.
pub fn parse_cef<'a>(line: &'a str, extension: &mut TextMap) -> Option<Cef<'a>> {
    let (before, version, rest) = find(line, "CEF:")?;
    let mut rest = Some(rest);
    let header = std::array::from_fn(|_| field(&mut rest));
    pairs(rest.unwrap_or(""), extension);
    let version = version.split('.').next().and_then(|number| number.parse().ok());
    Some(Cef { version, header, prefix: prefix(before) })
}

/// Appends the `key=value` pairs of `text`.
fn pairs(text: &str, into: &mut TextMap) {
    let bytes = text.as_bytes();
    // The key before the value that is being read, and where that value starts.
    let mut open: Option<(&str, usize)> = None;
    let mut word = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr3(b' ', b'=', b'\\', rest)).map(|next| at + next) {
        at = found + 1;
        match bytes.get(found) {
            Some(b' ') => word = at,
            Some(b'=') => {
                if let Some(key) = text.get(word..found).filter(|key| is_key(key)) {
                    close(open, text, word, into);
                    open = Some((key, at));
                }
                // The rest of this word cannot be a key: none is looked at twice, however many signs follow it.
                word = found;
            }
            // Whatever follows a backslash is no blank and no sign.
            _ => at += 1,
        }
    }
    close(open, text, text.len(), into);
}

/// Letters, digits and what producers add to them (`ad.field`, `cs1[0]`, `flex-string`).
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'[' | b']' | b':' | b'@'))
}

fn close(open: Option<(&str, usize)>, text: &str, end: usize, into: &mut TextMap) {
    let Some((key, value)) = open.and_then(|(key, start)| Some((key, text.get(start..end)?))) else { return };
    into.push_with(key, |out| unescape(value.trim_end_matches([' ', '\n', '\r']), out));
}

fn unescape(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let (sign, length) = match escaped.as_bytes().first() {
            Some(b'=') => ('=', 1),
            Some(b'|') => ('|', 1),
            Some(b'\\') => ('\\', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            _ => ('\\', 0),
        };
        out.push(sign);
        rest = escaped.get(length..).unwrap_or("");
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// version|header|prefix and the pairs, `-` for NULL
    fn show(line: &str) -> Option<String> {
        let mut extension = TextMap::default();
        let cef = parse_cef(line, &mut extension)?;
        let mut shown = vec![cef.version.map_or("-".to_owned(), |v| v.to_string())];
        shown.extend(cef.header.iter().map(|field| field.as_deref().unwrap_or("-").to_owned()));
        shown.push(cef.prefix.unwrap_or("-").to_owned());
        shown.extend(extension.iter().map(|(key, value)| format!("{key}={value}")));
        Some(shown.join("~"))
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            (
                "Sep 19 08:26:10 host CEF:0|security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=2.1.2.2 spt=1232",
                "0~security~threatmanager~1.0~100~worm successfully stopped~10~Sep 19 08:26:10 host~src=10.0.0.1~dst=2.1.2.2~spt=1232",
            ),
            (r"CEF:0|security|threat\|manager|1.0|10\\0|a|10|src=1", r"0~security~threat|manager~1.0~10\0~a~10~-~src=1"),
            (r"CEF:1|v|p|1|c|n|Low|msg=a b  c act=blocked a \= dst=1.1.1.1", "1~v~p~1~c~n~Low~-~msg=a b  c~act=blocked a =~dst=1.1.1.1"),
            (r"CEF:0|v|p|1|c|n|1|msg=line\none\r path=C:\\Windows\temp", "0~v~p~1~c~n~1~-~msg=line\none\r~path=C:\\Windows\\temp"),
            (
                "CEF:0|v|p|1|c|n|1|request=http://a.test/?x=1&y=2 cs1Label=Rule name cs1=x y",
                "0~v~p~1~c~n~1~-~request=http://a.test/?x=1&y=2~cs1Label=Rule name~cs1=x y",
            ),
            ("CEF:0|v|p|1|c|n|1|a=b=c d=", "0~v~p~1~c~n~1~-~a=b=c~d="),
            ("CEF:0|v|p|1|c|n|1|  junk a=1 ", "0~v~p~1~c~n~1~-~a=1"),
            ("CEF:0|v|p|1|c|n|1|", "0~v~p~1~c~n~1~-"),
            ("CEF:0|v|p|1|c|n|1", "0~v~p~1~c~n~1~-"),
            ("CEF:0|v|p", "0~v~p~-~-~-~-~-"),
            ("CEF:0||||||", "0~~~~~~~-"),
            ("about CEF: and CEF:x then CEF:0|v|p|1|c|n|1|a=\"x 'y' z\"", "0~v~p~1~c~n~1~about CEF: and CEF:x then~a=\"x 'y' z\""),
            ("CEF:0|v|p|1|c|n|1|a=1 a=2 ünï=3", "0~v~p~1~c~n~1~-~a=1~a=2 ünï=3"),
            (r"CEF:0|v\", r"0~v\~-~-~-~-~-~-"),
            (r"CEF:0|v|p|1|c|n|1|a=\", r"0~v~p~1~c~n~1~-~a=\"),
        ] {
            assert_eq!(show(line).as_deref(), Some(expected), "{line}");
        }
        for line in ["", "CEF", "CEF:", "CEF:0", "CEF:|v", "cef:0|v|p", "LEEF:1.0|v|p|1|e|", "\u{1}\u{2}"] {
            assert_eq!(show(line), None, "{line}");
        }
    }

    #[test]
    fn long_lines_end() {
        // What is no key for its end only.
        let long = format!("CEF:0|v|p|1|c|n|1|{}/", "a".repeat(1_000_000));
        for piece in ["CEF:", "CEF:0", "CEF:0|", "|", "\\", "a=", "=", " ", "a=b ", "\\=", "a "] {
            for start in ["", "CEF:0|v|p|1|c|n|1|", "CEF:0|v|p|1|c|n|1|a=", &long] {
                parse_cef(&(start.to_owned() + &piece.repeat(1_000_000 / piece.len())), &mut TextMap::default());
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(line in "\\PC*|CEF:0(\\|[a-zü\\\\]{0,3}){7}\\|[a-zü=\\\\ .]{0,40}") {
            parse_cef(&line, &mut TextMap::default());
        }
    }
}
