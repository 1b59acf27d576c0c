//! `lolbin(name)`: what attackers use a program of the system for.

use crate::prelude::*;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What is known of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LolbinEntry {
    /// File name in lower case.
    pub name: &'static str,
    /// ATT&CK ids.
    pub techniques: Vec<&'static str>,
    /// What it serves for.
    pub uses: Vec<&'static str>,
}

impl SqlValue for &LolbinEntry {
    const TYPE: SqlType =
        SqlType::Struct(&[("name", SqlType::Text), ("techniques", SqlType::List(&SqlType::Text)), ("uses", SqlType::List(&SqlType::Text))]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.name).put(self.techniques.as_slice()).put(self.uses.as_slice()).end();
    }
}

/// Kernel of `lolbin`.
pub struct Lolbin;

impl ScalarKernel for Lolbin {
    const SPEC: Spec = Spec {
        name: "lolbin",
        family: Family::Process,
        summary: "Tells what attackers use a program for that is on the system anyway: ATT&CK techniques and uses.",
        details: DETAILS,
        args: &[Arg {
            name: "name",
            doc: "File name or path of a program, of Windows or Linux. Not a command line: take its first word with `command_split`.",
        }],
        examples: &[
            Example {
                sql: r"SELECT l['name'] AS name, l['techniques'] AS techniques, l['uses'] AS uses FROM (SELECT lolbin('C:\Windows\System32\CertUtil.exe') AS l) s",
                result: "certutil.exe | [T1105, T1140, T1027, T1564.004] | [download, encode, decode, ads]",
            },
            Example {
                sql: r#"SELECT cmd, l['uses'] AS uses FROM (SELECT cmd, lolbin(command_split(cmd)[1]) AS l FROM (VALUES ('mshta http://192.0.2.1/a.hta'), ('notepad a.txt')) v(cmd)) s ORDER BY cmd"#,
                result: "mshta http://192.0.2.1/a.hta | [download, execute, bypass]\nnotepad a.txt | NULL",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a LolbinEntry;
    type Scratch = String;

    fn eval<'a>(folded: &'a mut String, _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<&'a LolbinEntry> {
        Ok(lolbin(name, folded))
    }
}

const DETAILS: &str = "\
The file name is what follows the last `\\` or `/`; quotes and blanks around it and its case do not matter, nor does a missing `.exe`. A path with `\\` and a name with an extension of \
Windows ask the list of Windows, a path with `/` that of Linux; a bare name asks both, and where both know it the answer has the techniques and uses of both. A version at the end \
of a Linux name (`python3.12`, `gcc-14`) is left out if need be. NULL where the program is not on the list, and for NULL.

**Uses**: `ads` (hides data in alternate streams), `archive`, `bypass` (gets round application control or UAC), `capture` (traffic, screen, keys), `compile`, `connect` (reverse or bind shell), `copy`, `credentials`, `decode`, \
`discover`, `download`, `dump` (memory of LSASS, SAM, NTDS), `encode`, `escape` (from a container), `execute` (runs something else), `hide`, `inject`, `lateral`, `persist`, `privilege` (gives or keeps higher rights), `read`, `shell`, `tamper` \
(defences, logs, backups), `tunnel`, `upload`, `write`.

That a program is on the list makes no run of it suspicious: they are tools of every day. Use it to choose what to look at, with `rare_parent_child` or `command_risk` to rank it.

The list of about 300 programs is huntsql's own, put together after the LOLBAS project (Windows), GTFOBins (Linux) and the techniques of MITRE ATT&CK; it is in the program and needs no network.";

static WINDOWS: LazyLock<HashMap<&'static str, LolbinEntry>> = LazyLock::new(|| entries("windows"));
static LINUX: LazyLock<HashMap<&'static str, LolbinEntry>> = LazyLock::new(|| entries("linux"));
/// Of names that both systems know.
static BOTH: LazyLock<HashMap<&'static str, LolbinEntry>> = LazyLock::new(|| {
    let pairs = LINUX.values().filter_map(|linux| Some((linux, windows(&mut linux.name.to_owned())?)));
    pairs.map(|(linux, windows)| (linux.name, merged(windows, linux))).collect()
});

fn entries(platform: &str) -> HashMap<&'static str, LolbinEntry> {
    let lines = include_str!("lolbin.tsv").lines().filter(|line| !line.starts_with('#'));
    let fields = lines.filter_map(|line| line.strip_prefix(platform)?.strip_prefix('\t')?.split_once('\t'));
    fields
        .filter_map(|(name, rest)| {
            let (techniques, uses) = rest.split_once('\t')?;
            Some((name, LolbinEntry { name, techniques: techniques.split(' ').collect(), uses: uses.split(' ').collect() }))
        })
        .collect()
}

fn merged(first: &LolbinEntry, second: &LolbinEntry) -> LolbinEntry {
    let both = |first: &[&'static str], second: &[&'static str]| {
        first.iter().chain(second.iter().filter(|item| !first.contains(item))).copied().collect()
    };
    LolbinEntry { name: second.name, techniques: both(&first.techniques, &second.techniques), uses: both(&first.uses, &second.uses) }
}

/// Longer names are of no program on the list; versions included.
const LONGEST: usize = 64;
/// What a name ends in that can only be a program of Windows.
const EXTENSIONS: &[&str] = &[".exe", ".dll", ".com", ".vbs", ".ps1", ".wsf", ".bat", ".cmd"];

/// What is known of the program with this file name or path. `folded` is a buffer.
pub fn lolbin(name: &str, folded: &mut String) -> Option<&'static LolbinEntry> {
    let path = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let (folder, file) = path.rfind(['\\', '/']).map_or(("", path), |at| path.split_at(at + 1));
    if file.is_empty() || file.len() > LONGEST {
        return None;
    }
    folded.clear();
    folded.extend(file.chars().map(|c| c.to_ascii_lowercase()));
    if folder.contains('\\') || folder.contains(':') || EXTENSIONS.iter().any(|extension| folded.ends_with(extension)) {
        windows(folded)
    } else if !folder.is_empty() {
        linux(folded)
    } else {
        BOTH.get(folded.as_str()).or_else(|| linux(folded)).or_else(|| windows(folded))
    }
}

fn windows(name: &mut String) -> Option<&'static LolbinEntry> {
    WINDOWS.get(name.as_str()).or_else(|| {
        name.push_str(".exe");
        WINDOWS.get(name.as_str())
    })
}

fn linux(name: &str) -> Option<&'static LolbinEntry> {
    let unversioned = || name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    LINUX.get(name).or_else(|| LINUX.get(unversioned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<(&'static str, String)> {
        lolbin(name, &mut String::new()).map(|entry| (entry.name, entry.uses.join(" ")))
    }

    #[test]
    fn cases() {
        for (name, expected) in [
            ("certutil", Some(("certutil.exe", "download encode decode ads"))),
            ("CERTUTIL.EXE", Some(("certutil.exe", "download encode decode ads"))),
            (r#" "C:\Windows\System32\certutil.exe" "#, Some(("certutil.exe", "download encode decode ads"))),
            ("C:/Windows/System32/comsvcs.dll", Some(("comsvcs.dll", "dump"))),
            (r"C:\Windows\System32\find.exe", None),
            ("find", Some(("find", "shell execute discover"))),
            ("/usr/bin/find", Some(("find", "shell execute discover"))),
            ("/usr/bin/certutil", None),
            ("curl", Some(("curl", "download upload read"))),
            ("curl.exe", Some(("curl.exe", "download upload"))),
            ("tar", Some(("tar", "archive copy ads shell read write"))),
            ("/usr/bin/python3.12", Some(("python", "shell connect download"))),
            ("gcc-14", Some(("gcc", "compile read"))),
            ("nc.openbsd", Some(("nc.openbsd", "connect upload download"))),
            ("pubprn.vbs", Some(("pubprn.vbs", "execute bypass"))),
            ("winword", Some(("winword.exe", "download"))),
            ("notepad.exe", None),
            ("", None),
            ("/", None),
            (r"C:\", None),
            ("\"\"", None),
            ("...", None),
            ("12345", None),
            ("sh\0", None),
            ("ſh", None),
            ("certutil -urlcache", None),
        ] {
            assert_eq!(of(name), expected.map(|(name, uses)| (name, uses.to_owned())), "{name:?}");
        }
        assert_eq!(of(&"python3.".repeat(100_000)), None);
        assert_eq!(of(&"\\".repeat(100_000)), None);
    }

    #[test]
    fn the_list_is_well_formed() {
        let lines: Vec<&str> = include_str!("lolbin.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), WINDOWS.len() + LINUX.len(), "no name twice, no line lost");
        assert!(lines.is_sorted());
        for entry in WINDOWS.values().chain(LINUX.values()) {
            assert_eq!(entry.name, entry.name.to_ascii_lowercase());
            for technique in &entry.techniques {
                assert!(is_technique(technique), "{}: {technique}", entry.name);
            }
            for used in &entry.uses {
                assert!(DETAILS.contains(&format!("`{used}`")), "{}: {used}", entry.name);
            }
        }
    }

    fn is_technique(id: &str) -> bool {
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = id.strip_prefix('T').unwrap_or_default();
        id.split_once('.').map_or(digits(id, 4), |(technique, sub)| digits(technique, 4) && digits(sub, 3))
    }
}
