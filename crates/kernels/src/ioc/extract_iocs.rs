//! `extract_iocs(text [, options])`: the indicators in a text.

use super::allow::AllowList;
use super::kind::{IocType, TypeSet};
use super::public::is_public;
use super::scan::marks::refang_marks;
use super::scan::{Found, Trust, scan};
use crate::prelude::*;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;

/// One indicator as it is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ioc<'a> {
    /// Its type.
    pub kind: IocType,
    /// Normalised value.
    pub value: Cow<'a, str>,
    /// As found.
    pub raw: &'a str,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it was written defanged.
    pub defanged: bool,
}

impl SqlValue for Ioc<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("type", SqlType::Text),
        ("value", SqlType::Text),
        ("raw", SqlType::Text),
        ("start_byte", SqlType::Int),
        ("end_byte", SqlType::Int),
        ("defanged", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        out.row()
            .put(self.kind.name())
            .put(self.value.as_ref())
            .put(self.raw)
            .put(i64::try_from(self.start).unwrap_or(i64::MAX))
            .put(i64::try_from(self.end).unwrap_or(i64::MAX))
            .put(self.defanged)
            .end();
    }
}

/// Options of `extract_iocs`.
#[derive(Debug)]
pub struct ExtractOptions {
    types: TypeSet,
    refang: bool,
    private: bool,
    unique: bool,
    allow: Option<AllowList>,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self { types: TypeSet::default(), refang: true, private: true, unique: false, allow: None }
    }
}

impl ExtractOptions {
    /// Every type.
    pub fn all_types() -> Self {
        Self { types: TypeSet::ALL, ..Self::default() }
    }

    fn set_types(&mut self, names: &[String]) -> Result<(), String> {
        let mut types = TypeSet::NONE;
        for name in names {
            if name.trim().eq_ignore_ascii_case("all") {
                types = TypeSet::ALL;
            } else {
                types.insert(IocType::parse(name)?);
            }
        }
        self.types = if names.is_empty() { TypeSet::default() } else { types };
        Ok(())
    }
}

impl Options for ExtractOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "allow_list",
            kind: OptionKind::TextListOrFile,
            default: "[]",
            doc: "Benign values that are not reported: exact values; domains with all names, URLs and e-mail addresses below them; addresses and networks in CIDR form.",
        },
        OptionField {
            name: "private",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether addresses and networks of private, loopback, multicast, documentation and reserved space are reported. URLs that name such a host are reported in either case.",
        },
        OptionField {
            name: "refang",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether `value` of a defanged indicator is refanged and normalised; with false it is as written. Defanged indicators are found in either case.",
        },
        OptionField {
            name: "types",
            kind: OptionKind::TextList,
            default: "all but windows_path, linux_path, file_name and user_agent",
            doc: "Which types to report; `['all']` for every type. The names of MSTICPy (`dns`, `md5_hash`, ...) are understood. An empty list is the default.",
        },
        OptionField {
            name: "unique",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether only the first of several indicators of the same type and value in a text is reported.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("allow_list", Setting::TextList(values)) => self.allow = (!values.is_empty()).then(|| AllowList::new(values)),
            ("private", Setting::Bool(flag)) => self.private = flag,
            ("refang", Setting::Bool(flag)) => self.refang = flag,
            ("types", Setting::TextList(names)) => self.set_types(&names)?,
            ("unique", Setting::Bool(flag)) => self.unique = flag,
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `extract_iocs`.
pub struct ExtractIocs;

impl ScalarKernel for ExtractIocs {
    const SPEC: Spec = Spec {
        name: "extract_iocs",
        family: Family::Ioc,
        summary: "Finds the indicators of compromise in a text, defanged ones and those inside URLs included.",
        details: include_str!("extract_iocs.md"),
        args: &[Arg { name: "text", doc: "Any text: a log message, a command line, a report." }],
        examples: &[
            Example {
                sql: "SELECT ioc['type'] AS type, ioc['value'] AS value FROM (SELECT unnest(extract_iocs('beacon to hxxp://c2[.]evil[.]com/gate.php from 192.0.2.7')) AS ioc) s",
                result: "url | http://c2.evil.com/gate.php\ndomain | c2.evil.com\nipv4 | 192.0.2.7",
            },
            Example {
                sql: "SELECT ioc['value'] AS value, ioc['raw'] AS raw, ioc['start_byte'] AS start_byte FROM (SELECT unnest(extract_iocs('see CVE-2021-44228 and evil[.]com', {'types': ['domain']})) AS ioc) s",
                result: "evil.com | evil[.]com | 23",
            },
            Example {
                sql: "SELECT ioc['type'] AS type, ioc['value'] AS value FROM (SELECT unnest(extract_iocs('\"C:\\Program Files\\Foo Bar\\evil tool.exe\" 10.0.0.1 8.8.8.8', {'types': ['windows_path', 'ipv4'], 'private': false})) AS ioc) s",
                result: "windows_path | C:\\Program Files\\Foo Bar\\evil tool.exe\nipv4 | 8.8.8.8",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = ExtractOptions;
    type Out<'a> = Vec<Ioc<'a>>;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), options: &'a ExtractOptions, (text,): (&'a str,)) -> KernelResult<Vec<Ioc<'a>>> {
        Ok(Some(extract(text, options)))
    }
}

/// The indicators in `text`, in the order of their first byte; of two that begin together the longer one first.
pub fn extract<'a>(text: &'a str, options: &ExtractOptions) -> Vec<Ioc<'a>> {
    let mut iocs = find(text, options.types, Trust::Text);
    if !options.refang {
        iocs.iter_mut().filter(|ioc| ioc.defanged).for_each(|ioc| ioc.value = Cow::Borrowed(ioc.raw));
    }
    if !options.private {
        iocs.retain(|ioc| is_public(ioc.kind, &ioc.value) || (ioc.defanged && !options.refang));
    }
    if let Some(allow) = &options.allow {
        iocs.retain(|ioc| !allow.allows(ioc.kind, &ioc.value));
    }
    if options.unique {
        let mut seen = HashSet::new();
        iocs.retain(|ioc| seen.insert((ioc.kind, ioc.value.clone())));
    }
    iocs
}

/// The indicators of `types` in `text`, with the offsets of `text`.
pub(crate) fn find(text: &str, types: TypeSet, trust: Trust) -> Vec<Ioc<'_>> {
    let mut iocs = Vec::new();
    match refang_marks(text, true) {
        None => {
            let mut found = Vec::new();
            scan(text, types, trust, None, &mut found);
            iocs.extend(found.into_iter().map(|Found { kind, start, end, value, defanged }| Ioc {
                kind,
                value,
                raw: text.get(start..end).unwrap_or(""),
                start,
                end,
                defanged,
            }));
        }
        Some(clean) => {
            let mut found = Vec::new();
            scan(&clean.text, types, trust, Some(&clean), &mut found);
            iocs.extend(found.into_iter().map(|found| {
                let (start, end) = clean.to_raw(found.start, found.end);
                let defanged = found.defanged || clean.is_defanged(found.start, found.end);
                Ioc {
                    kind: found.kind,
                    value: Cow::Owned(found.value.into_owned()),
                    raw: text.get(start..end).unwrap_or(""),
                    start,
                    end,
                    defanged,
                }
            }));
        }
    }
    iocs.sort_by_key(|ioc| (ioc.start, Reverse(ioc.end), ioc.kind));
    iocs.dedup_by(|a, b| (a.start, a.end, a.kind) == (b.start, b.end, b.kind));
    iocs
}
