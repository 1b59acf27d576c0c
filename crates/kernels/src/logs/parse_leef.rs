//! `parse_leef(line)`: a line of QRadar's Log Event Extended Format.

use super::header::{field, find, prefix};
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `parse_leef`.
pub struct ParseLeef;

/// The header of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leef<'a> {
    /// Version of the format: `1.0` or `2.0`.
    pub version: &'a str,
    /// Vendor, product, its version, event.
    pub header: [Option<Cow<'a, str>>; 4],
    /// What stands before `LEEF:`.
    pub prefix: Option<&'a str>,
}

/// A line and its attributes.
#[derive(Debug)]
pub struct LeefRow<'a> {
    leef: Leef<'a>,
    attributes: &'a TextMap,
}

impl SqlValue for LeefRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("version", SqlType::Text),
        ("vendor", SqlType::Text),
        ("product", SqlType::Text),
        ("product_version", SqlType::Text),
        ("event_id", SqlType::Text),
        ("attributes", SqlType::Map),
        ("prefix", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let row = self.leef.header.iter().fold(out.row().put(self.leef.version), |row, field| row.put(field.as_deref()));
        row.put(self.attributes).put(self.leef.prefix).end();
    }
}

impl ScalarKernel for ParseLeef {
    const SPEC: Spec = Spec {
        name: "parse_leef",
        family: Family::Logs,
        summary: "Takes a line of the Log Event Extended Format (LEEF 1.0 and 2.0) apart: header fields and the attributes as a map.",
        details: "\
| field | type | meaning |
|---|---|---|
| `version` | TEXT | of the format: `1.0` or `2.0` |
| `vendor`, `product`, `product_version`, `event_id` | TEXT | the header |
| `attributes` | MAP(TEXT, TEXT) | `key=value` pairs in their order |
| `prefix` | TEXT | what stands before `LEEF:`, such as the syslog header (for `parse_syslog`); NULL where that is nothing |

Attributes are separated by tabs; a line of LEEF 2.0 may name another character in the field after `event_id`, as itself (`^`) or in hex (`x5E`, `0x5e`).
Many producers of LEEF 2.0 leave that field out: a field that is neither is read as the beginning of the attributes. A key ends at the first `=`; a piece without one belongs to the
value before it. A key that is repeated with another value becomes `key#2`, `key#3`. A line that ends inside the header has NULL in what is missing. NULL for a line without
`LEEF:`, a version and a pipe.",
        args: &[Arg { name: "line", doc: "One line." }],
        examples: &[Example {
            sql: "SELECT l['product'] AS product, l['event_id'] AS event_id, l['attributes']['src'] AS src, l['attributes']['usrName'] AS user_name FROM (SELECT parse_leef(\
                  'LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^usrName=ann b') AS l) t",
            result: "StealthWatch | 41 | 10.0.1.8 | ann b",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = LeefRow<'a>;
    type Scratch = TextMap;

    fn eval<'a>(attributes: &'a mut TextMap, _: &'a NoOptions, (line,): (&'a str,)) -> KernelResult<LeefRow<'a>> {
        attributes.clear();
        Ok(parse_leef(line, attributes).map(|leef| LeefRow { leef, attributes }))
    }
}

/// Takes a line apart; its attributes are appended to `attributes`. `None` where it is not LEEF.
pub fn parse_leef<'a>(line: &'a str, attributes: &mut TextMap) -> Option<Leef<'a>> {
    let (before, version, rest) = find(line, "LEEF:")?;
    let mut rest = Some(rest);
    let header = std::array::from_fn(|_| field(&mut rest));
    let text = rest.unwrap_or("");
    let (delimiter, text) = if version.starts_with('1') { ('\t', text) } else { delimiter(text) };
    for piece in text.trim_end_matches(['\n', '\r']).split(delimiter).filter(|piece| !piece.is_empty()) {
        match piece.split_once('=') {
            Some((key, value)) => attributes.push(key.trim(), value),
            None => {
                attributes.extend_last(delimiter.encode_utf8(&mut [0; 4]));
                attributes.extend_last(piece);
            }
        }
    }
    Some(Leef { version, header, prefix: prefix(before) })
}

/// The character between attributes, and the attributes.
fn delimiter(text: &str) -> (char, &str) {
    let Some((name, rest)) = text.split_once('|') else { return ('\t', text) };
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (None, _) => return ('\t', rest),
        (Some(single), None) => return (single, rest),
        _ => {}
    }
    let hex = name.strip_prefix("0x").or_else(|| name.strip_prefix("0X")).or_else(|| name.strip_prefix(['x', 'X']));
    let code = hex.filter(|hex| (1..=4).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
        Some(delimiter) => (delimiter, rest),
        None if name == "\\t" => ('\t', rest),
        None => ('\t', text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// version|header|prefix and the pairs, `-` for NULL
    fn show(line: &str) -> Option<String> {
        let mut attributes = TextMap::default();
        let leef = parse_leef(line, &mut attributes)?;
        let mut shown = vec![leef.version.to_owned()];
        shown.extend(leef.header.iter().map(|field| field.as_deref().unwrap_or("-").to_owned()));
        shown.push(leef.prefix.unwrap_or("-").to_owned());
        shown.extend(attributes.iter().map(|(key, value)| format!("{key}={value}")));
        Some(shown.join("~"))
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            (
                "Jan 18 11:07:53 192.168.1.1 LEEF:1.0|QRadar|QRM|1.0|NEW_PORT_DISCOVERD|src=172.5.6.67\tdst=172.50.123.1\tsev=5\tmsg=there are spaces",
                "1.0~QRadar~QRM~1.0~NEW_PORT_DISCOVERD~Jan 18 11:07:53 192.168.1.1~src=172.5.6.67~dst=172.50.123.1~sev=5~msg=there are spaces",
            ),
            (
                "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^sev=5",
                "2.0~Lancope~StealthWatch~1.0~41~-~src=10.0.1.8~dst=10.0.0.5~sev=5",
            ),
            ("LEEF:2.0|v|p|1|e|x09|a=1\tb=2", "2.0~v~p~1~e~-~a=1~b=2"),
            ("LEEF:2.0|v|p|1|e|0x5e|a=1^b=2", "2.0~v~p~1~e~-~a=1~b=2"),
            ("LEEF:2.0|v|p|1|e|x7C|a=1|b=2", "2.0~v~p~1~e~-~a=1~b=2"),
            ("LEEF:2.0|v|p|1|e||a=1\tb=2", "2.0~v~p~1~e~-~a=1~b=2"),
            ("LEEF:2.0|v|p|1|e|a=1\tb=2|3", "2.0~v~p~1~e~-~a=1~b=2|3"),
            ("LEEF:2.0|v|p|1|e|¦|a=1¦b=2", "2.0~v~p~1~e~-~a=1~b=2"),
            ("LEEF:1.0|v|p|1|e|url=http://a.test/?x=1\tb=two\twords\r\n", "1.0~v~p~1~e~-~url=http://a.test/?x=1~b=two\twords"),
            ("LEEF:1.0|v|p|1|e|stray\ta=1", "1.0~v~p~1~e~-~a=1"),
            ("LEEF:1.0|v|p|1|e|", "1.0~v~p~1~e~-"),
            ("LEEF:1.0|v|p", "1.0~v~p~-~-~-"),
        ] {
            assert_eq!(show(line).as_deref(), Some(expected), "{line}");
        }
        for line in ["", "LEEF:", "LEEF:1.0", "LEEF:|v|p|1|e|", "CEF:0|v|p|1|c|n|1|a=1", "\u{1}\u{2}"] {
            assert_eq!(show(line), None, "{line}");
        }
    }

    #[test]
    fn long_lines_end() {
        for piece in ["LEEF:", "LEEF:1.0", "|", "\\", "a=", "\t", "a=b\t", "a\t", "^"] {
            for start in ["", "LEEF:1.0|v|p|1|e|", "LEEF:2.0|v|p|1|e|^|a="] {
                parse_leef(&(start.to_owned() + &piece.repeat(1_000_000 / piece.len())), &mut TextMap::default());
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(line in "\\PC*|LEEF:[12].0(\\|[a-zü\\\\]{0,3}){4}\\|(0?x[0-9a-f]{0,5}\\|)?[a-zü=\\\\^\t]{0,40}") {
            parse_leef(&line, &mut TextMap::default());
        }
    }
}
