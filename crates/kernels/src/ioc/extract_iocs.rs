//! `extract_iocs(text [, options])`: the indicators in a text.

use crate::prelude::*;

/// One indicator as it is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ioc {
    /// Its type.
    pub kind: &'static str,
    /// Normalised value.
    pub value: String,
    /// As found.
    pub raw: String,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it was written defanged.
    pub defanged: bool,
}

impl SqlValue for Ioc {
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
            .put(self.kind)
            .put(self.value.as_str())
            .put(self.raw.as_str())
            .put(self.start as i64)
            .put(self.end as i64)
            .put(self.defanged)
            .end();
    }
}

/// Options of `extract_iocs`.
#[derive(Debug, Default)]
pub struct ExtractOptions {
    types: Option<Vec<String>>,
}

impl Options for ExtractOptions {
    const FIELDS: &'static [OptionField] =
        &[OptionField { name: "types", kind: OptionKind::TextList, default: "all but paths", doc: "Which types to look for." }];
    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        if let Setting::TextList(types) = setting {
            self.types = Some(types);
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
        summary: "Finds the indicators of compromise in a text.",
        details: "",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[Example {
            sql: "SELECT ioc['value'] AS value FROM (SELECT unnest(extract_iocs('from 192.0.2.7')) AS ioc) s",
            result: "192.0.2.7",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = ExtractOptions;
    type Out<'a> = Vec<Ioc>;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), options: &'a ExtractOptions, (text,): (&'a str,)) -> KernelResult<Vec<Ioc>> {
        if options.types.as_ref().is_some_and(|types| !types.iter().any(|t| t == "ipv4")) {
            return Ok(Some(Vec::new()));
        }
        let base = text.as_ptr() as usize;
        let hits = text.split_whitespace().filter(|word| word.parse::<std::net::Ipv4Addr>().is_ok());
        Ok(Some(
            hits.map(|word| {
                let start = word.as_ptr() as usize - base;
                Ioc { kind: "ipv4", value: word.to_owned(), raw: word.to_owned(), start, end: start + word.len(), defanged: false }
            })
            .collect(),
        ))
    }
}
