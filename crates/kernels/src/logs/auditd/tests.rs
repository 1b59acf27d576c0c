//! Records and events as they are found in the field.

use super::*;
use crate::column::Data;
use crate::interrupt::{Interrupt, Interrupted};
use crate::prelude::*;
use proptest::prelude::*;

fn record(line: &str) -> Option<String> {
    let record = Record::parse(line)?;
    let mut out = TextMap::default();
    fields(&record, &mut out, &mut String::new());
    let head = format!("{} {} {} {}", record.kind, record.time, record.serial, record.node.unwrap_or("-"));
    Some(std::iter::once(head).chain(out.iter().map(|(key, value)| format!("{key}={value}"))).collect::<Vec<_>>().join("|"))
}

#[test]
fn records() {
    for (line, expected) in [
        (
            "type=SYSCALL msg=audit(1551485718.785:324): arch=c000003e syscall=54 a0=4 auid=4294967295 uid=0 tty=(none) ses=4294967295 comm=\"ip tables\" exe=\"/sbin/x\" subj==unconfined key=(null)",
            "SYSCALL 1551485718785000 324 -|arch=c000003e|syscall=54|a0=4|uid=0|tty=(none)|comm=ip tables|exe=/sbin/x|subj==unconfined|key=(null)",
        ),
        (
            "node=web1 type=EXECVE msg=audit(1.5:7): argc=3 a0=\"echo: hi\" a1=\"\" a2=C3BC20",
            "EXECVE 1500000 7 web1|argc=3|a0=echo: hi|a1=|a2=ü ",
        ),
        (
            "type=USER_CMD msg=audit(1551486631.701:557): pid=17969 uid=1000 msg='cwd=\"/home/my dir\" cmd=6C73202D6C terminal=pts/0 res=success'",
            "USER_CMD 1551486631701000 557 -|pid=17969|uid=1000|cwd=/home/my dir|cmd=ls -l|terminal=pts/0|res=success",
        ),
        (
            "type=USER_LOGIN msg=audit(1.0:2): pid=1 msg='op=login acct=\"o'neil\" res=failed'\u{1d}UID=\"root\" AUID=\"unset\"",
            "USER_LOGIN 1000000 2 -|pid=1|op=login|acct=o'neil|res=failed|UID=root|AUID=unset",
        ),
        (
            "type=USER_AUTH msg=audit(1.0:2): user pid=1 uid=0 auid=-1 msg='PAM: authentication acct=root : exe=\"/usr/sbin/sshd\" (hostname=web1, addr=10.0.0.1, terminal=ssh res=success)'",
            "USER_AUTH 1000000 2 -|pid=1|uid=0|acct=root|exe=/usr/sbin/sshd|hostname=web1|addr=10.0.0.1|terminal=ssh|res=success|text=user PAM: authentication",
        ),
        (
            "type=AVC msg=audit(1.0:2): avc:  denied  { read write } for  pid=1 comm=\"cat\" name=\"a b\" tclass=file permissive=0",
            "AVC 1000000 2 -|pid=1|comm=cat|name=a b|tclass=file|permissive=0|text=avc: denied { read write } for",
        ),
        (
            "type=SOCKADDR msg=audit(1.0:2): saddr=020001BB0A000001\u{1d}SADDR={ saddr_fam=inet laddr=10.0.0.1 lport=443 }",
            "SOCKADDR 1000000 2 -|saddr=inet 10.0.0.1:443|SADDR=saddr_fam=inet laddr=10.0.0.1 lport=443",
        ),
        ("type=SOCKADDR msg=audit(1.0:2): saddr=0200", "SOCKADDR 1000000 2 -|saddr=0200"),
        ("Oct  1 00:00:00 h kernel: audit: type=1400 audit(1.123456:9): apparmor=\"DENIED\"", "AVC 1123456 9 -|apparmor=DENIED"),
        (
            "type=LOGIN msg=audit(1.0:2): old-auid=4294967295 auid=0 old-ses=4294967295 ses=242 res=1\n",
            "LOGIN 1000000 2 -|auid=0|ses=242|res=1",
        ),
        ("type=EOE msg=audit(1.0:2): ", "EOE 1000000 2 -"),
        ("type=EOE msg=audit(1.0:2)", "EOE 1000000 2 -"),
        ("type=PROCTITLE msg=audit(1.0:2): proctitle=\"ls", "PROCTITLE 1000000 2 -|proctitle=ls"),
        ("type=USER_END msg=audit(1.0:2): msg='op=PAM:x acct=\"ro", "USER_END 1000000 2 -|op=PAM:x|acct=ro"),
        (
            "type=AUOMS_EXECVE msg=audit(1.0:2): comm=\"sh\" argc=3 cmdline=\"sh -c \"{echo,a}|{bash,-i}\"\" redactors= containerid=",
            "AUOMS_EXECVE 1000000 2 -|comm=sh|argc=3|cmdline=sh -c \"{echo,a}|{bash,-i}\"|redactors=|containerid=",
        ),
        (
            "type=AUOMS_EXECVE msg=audit(1.0:2): cmdline=\"x\" redactors= uid=\"0\" redactors= containerid=\"c\"",
            "AUOMS_EXECVE 1000000 2 -|cmdline=x\" redactors= uid=\"0|redactors=|containerid=c",
        ),
        ("type=A msg=audit(1.0:2): cmdline=\"a \"b c\" d\" uid=0 x=y", "A 1000000 2 -|cmdline=a \"b c\" d|uid=0|x=y"),
        ("type=A msg=audit(1.0:2): cmdline=\"\" uid=0", "A 1000000 2 -|cmdline=|uid=0"),
        ("type=A msg=audit(1.0:2): cmdline=\"a \"b\"", "A 1000000 2 -|cmdline=a \"b"),
        ("type=A msg=audit(1.0:2): cmdline=\"cut \"o", "A 1000000 2 -|cmdline=cut \"o"),
        ("type=A msg=audit(1.0:2): = =x a= b==", "A 1000000 2 -|a=|b==|text=x"),
    ] {
        assert_eq!(record(line).as_deref(), Some(expected), "{line}");
    }
    for line in [
        "",
        "type=SYSCALL",
        "type=SYSCALL msg=audit(",
        "type=SYSCALL msg=audit(1.0:)",
        "type=SYSCALL msg=audit(1:2)",
        "type=SYSCALL msg=audit(1.0000000:2)",
        "type=SYSCALL msg=audit(1.0:2",
        "type=SYSCALL msg=audit(99999999999999999999.0:2):",
        "type=SYSCALL msg=audit(1.0:9999999999999999999):",
        "msg=audit(1.0:2): a=1",
        "type= msg=audit(1.0:2): a=1",
        "\u{0}\u{1}",
    ] {
        assert_eq!(record(line), None, "{line}");
    }
}

fn events(lines: &[&str]) -> Vec<AuditEvent> {
    merge(lines.iter().copied(), &Interrupt::default()).unwrap()
}

fn text<'e>(event: &'e AuditEvent, name: &str) -> Option<&'e str> {
    event.texts[event::TEXTS.iter().position(|known| *known == name).unwrap()].as_deref()
}

fn number(event: &AuditEvent, name: &str) -> Option<i64> {
    event.numbers[event::NUMBERS.iter().position(|known| *known == name).unwrap()]
}

fn field<'e>(event: &'e AuditEvent, name: &str) -> Option<&'e str> {
    event.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

const EXEC: &[&str] = &[
    "type=PROCTITLE msg=audit(9.000:5): proctitle=2F62696E2F7368002D63",
    "type=PATH msg=audit(9.000:5): item=10 name=(null) inode=3 nametype=NORMAL",
    "type=PATH msg=audit(9.000:5): item=9 name=2F746D702F6120 inode=27 mode=0100755 nametype=CREATE",
    "type=CWD msg=audit(9.000:5): cwd=\"/root/my dir\"",
    "type=EXECVE msg=audit(9.000:5): a2_len=8 a2[1]=C3",
    "type=EXECVE msg=audit(9.000:5): argc=3 a0=\"sh\" a1=\"-c\" a2[0]=\"ab c\"",
    "type=EXECVE msg=audit(9.000:5): a2[2]=BC",
    "type=SYSCALL msg=audit(9.000:5): arch=c000003e syscall=59 success=no exit=-13 a0=7f ppid=1 pid=2 auid=4294967295 uid=0 gid=0 euid=0 tty=(none) ses=3 comm=\"sh\" exe=\"/bin/dash\" key=61016200",
    "type=SYSCALL msg=audit(9.000:6): arch=c000003e syscall=42 success=yes exit=0 exe=\"/bin/nc\"",
    "type=SOCKADDR msg=audit(9.000:6): saddr=020001BB0A000001",
];

#[test]
fn records_of_an_event_are_merged_in_any_order() {
    let found = events(EXEC);
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((first.time, first.serial, first.record_count), (9_000_000, 5, 8));
    assert_eq!(first.types, ["SYSCALL", "EXECVE", "CWD", "PATH", "PROCTITLE"]);
    assert_eq!((text(first, "syscall"), first.success, number(first, "exit")), (Some("execve"), Some(false), Some(-13)));
    assert_eq!((number(first, "auid"), number(first, "ses"), text(first, "tty")), (None, Some(3), None));
    assert_eq!((text(first, "cwd"), text(first, "key")), (Some("/root/my dir"), Some("a,b")));
    assert_eq!(first.arguments.as_deref(), Some(&["sh".to_owned(), "-c".to_owned(), "ab cü".to_owned()][..]));
    assert_eq!(first.command_line.as_deref(), Some("sh -c ab cü"));
    assert_eq!(format!("{:?}", first.paths).matches("name: Some(\"/tmp/a \")").count(), 1);
    assert_eq!((first.paths.len(), field(first, "a0"), field(first, "argc")), (2, Some("7f"), Some("3")));
    assert_eq!((text(second, "syscall"), text(second, "saddr")), (Some("connect"), Some("inet 10.0.0.1:443")));

    let mut turned = EXEC.to_vec();
    turned.extend(["no record", "", EXEC[0]]);
    turned.reverse();
    assert_eq!(events(&turned), found);
}

#[test]
fn an_event_is_node_time_and_serial() {
    let line = |node: &str, time: &str, serial: u32| format!("{node}type=USER_LOGIN msg=audit({time}:{serial}): pid=1 res=1");
    let lines = [
        line("", "1.000", 5),
        line("", "1.000", 6),
        line("", "2.000", 5),
        line("node=a ", "1.000", 5),
        line("node=b ", "1.000", 5),
        line("node=b ", "1.000", 5),
    ];
    let found = events(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let keys: Vec<_> = found.iter().map(|event| (event.time / 1_000_000, event.serial, event.node.as_deref())).collect();
    assert_eq!(keys, [(1, 5, None), (1, 5, Some("a")), (1, 5, Some("b")), (1, 6, None), (2, 5, None)]);
    assert!(found.iter().all(|event| event.record_count == 1 && event.success == Some(true) && text(event, "res") == Some("success")));
}

#[test]
fn user_records() {
    let found = events(&[
        "type=USER_CMD msg=audit(1.0:1): pid=17 uid=1000 auid=1000 ses=237 msg='cwd=\"/home\" cmd=6C73202D6C terminal=pts/0 res=success'",
        "type=USER_AUTH msg=audit(1.0:2): pid=1 uid=0 auid=4294967295 msg='op=PAM:authentication acct=\"root\" exe=\"/usr/sbin/sshd\" hostname=? addr=36.156.24.99 terminal=ssh res=failed'\u{1d}UID=\"root\"",
        "type=CONFIG_CHANGE msg=audit(1.0:3): op=set audit_enabled=1 old=0 auid=0 pid=x res=1",
        "type=SYSCALL msg=audit(1.0:4): arch=40000003 syscall=11 pid=5\u{1d}ARCH=i386 SYSCALL=execve",
        "type=AVC msg=audit(1.0:4): avc:  denied  { read } for  pid=6 comm=\"cat\"",
    ]);
    assert_eq!((found[0].command_line.as_deref(), text(&found[0], "cwd"), found[0].success), (Some("ls -l"), Some("/home"), Some(true)));
    let auth = &found[1];
    assert_eq!((text(auth, "acct"), text(auth, "hostname"), text(auth, "addr")), (Some("root"), None, Some("36.156.24.99")));
    assert_eq!((text(auth, "res"), text(auth, "op"), field(auth, "UID")), (Some("failed"), Some("PAM:authentication"), Some("root")));
    assert_eq!((number(&found[2], "pid"), field(&found[2], "pid"), field(&found[2], "old")), (None, Some("x"), Some("0")));
    let avc = &found[3];
    assert_eq!((text(avc, "syscall"), field(avc, "text"), avc.types.len()), (Some("execve"), Some("avc: denied { read } for"), 2));
    assert_eq!((number(avc, "pid"), field(avc, "pid")), (Some(6), Some("5")));
}

/// Two records that say different things: the first has the column, in the order of the kernel, and the other is not lost.
#[test]
fn the_first_record_has_the_column() {
    for (lines, success, syscall, fields) in [
        (
            &[
                "type=SYSCALL msg=audit(1.0:1): arch=c000003e syscall=59 success=no exit=-13",
                "type=OTHER_SYSCALL msg=audit(1.0:1): arch=c00000b7 syscall=221 success=yes",
            ][..],
            Some(true),
            "execve",
            &[("success", "no"), ("syscall", "59"), ("arch", "c00000b7"), ("arch", "c000003e")][..],
        ),
        (
            &[
                "type=SYSCALL msg=audit(1.0:1): arch=c000003e a0=1 syscall=59 success=yes\u{1d}SYSCALL=execve",
                "type=SYSCALL msg=audit(1.0:1): arch=40000003 a0=2 syscall=5 success=no\u{1d}SYSCALL=open",
            ],
            Some(false),
            "open",
            &[("success", "yes"), ("syscall", "59"), ("SYSCALL", "execve"), ("arch", "40000003"), ("arch", "c000003e")],
        ),
        // A call has the name that its own record gives.
        (
            &[
                "type=SYSCALL msg=audit(1.0:1): arch=c000003e syscall=59 success=yes",
                "type=SYSCALL msg=audit(1.0:1): arch=d000003e syscall=5 success=yes\u{1d}SYSCALL=open",
            ],
            Some(true),
            "execve",
            &[("SYSCALL", "open"), ("syscall", "5")],
        ),
        (
            &["type=SYSCALL msg=audit(1.0:1): success=maybe exit=0", "type=SYSCALL msg=audit(1.0:1): success=no z=1"],
            Some(false),
            "",
            &[("success", "maybe")],
        ),
        (&["type=A msg=audit(1.0:1): proctitle=41 cmd=42 proctitle=43 cmd=44"], None, "", &[("proctitle", "C"), ("cmd", "D")]),
    ] {
        let found = events(lines);
        let [event] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((event.success, text(event, "syscall").unwrap_or("")), (success, syscall), "{lines:?}");
        for (name, value) in fields {
            assert!(event.fields.iter().any(|(key, known)| (key.as_str(), known.as_str()) == (*name, *value)), "{name} {:?}", event.fields);
        }
        // Equal ones are not said twice.
        assert_eq!(
            event.fields.iter().filter(|(key, _)| key == "success").count(),
            fields.iter().filter(|field| field.0 == "success").count()
        );
    }
}

/// A million parts of arguments, a record of a megabyte, a million paths: time stays in line with the bytes.
#[test]
fn hostile_events_end() {
    let head = "type=EXECVE msg=audit(1.0:1): ";
    let parts: Vec<String> = (0..200_000).map(|at| format!("{head}a{}[{}]=4142", at % 1000, 1_000_000 - at)).collect();
    let found = events(&parts.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((found.len(), found[0].record_count), (1, 200_000));
    assert_eq!(found[0].arguments.as_ref().map(|all| (all.len(), all[0].len())), Some((1000, 400)));
    let same: Vec<String> = (0..200_000).map(|at| format!("type=X msg=audit(1.0:1): pid={at} k={at} word")).collect();
    assert_eq!(events(&same.iter().map(String::as_str).collect::<Vec<_>>()).len(), 1);
    for piece in
        ["a=", "=", "'", "\"", "msg='", "{", "a0=\"", "cmdline=\"", "cmdline=\"\" x=", "audit(", "type=", "41", " ", "\u{1d}", "x "]
    {
        for start in ["", "type=EXECVE msg=audit(1.0:1): ", "type=EXECVE msg=audit(1.0:1): a0=", "type=USER msg=audit(1.0:1): msg='"] {
            let line = start.to_owned() + &piece.repeat(1_000_000 / piece.len());
            record(&line);
            events(&[&line]);
        }
    }
}

/// What is not wanted is not decoded; what is comes out the same.
#[test]
fn columns_do_not_depend_on_each_other() {
    let lines: Vec<&str> = EXEC
        .iter()
        .copied()
        .chain([
            "type=USER_CMD msg=audit(1.0:1): pid=17 uid=1000 msg='cwd=\"/home\" cmd=6C73202D6C cmd=\"x\" terminal=pts/0 res=success'",
            "type=SYSCALL msg=audit(1.0:4): arch=40000003 syscall=11 pid=5 success=no\u{1d}ARCH=i386 SYSCALL=execve",
            "node=web1 type=AVC msg=audit(1.0:4): avc:  denied  { read } for  pid=6 comm=\"cat\"",
            "type=PATH msg=audit(1.0:4): odd item=1",
            "type=PROCTITLE msg=audit(1.0:4): proctitle=4142 proctitle=43",
        ])
        .collect();
    let text = |number: u32| lines[number as usize];
    let log = AuditLog::of_lines((0..).zip(lines.iter().copied()), text, &Interrupt::default()).unwrap();
    let SqlType::Struct(fields) = <AuditEvent>::TYPE else { panic!("a struct") };
    let written = |wanted: &[bool]| {
        let mut column = Column::of_fields(&<AuditEvent>::TYPE, Some(wanted));
        log.write(0..log.len(), text, &Interrupt::default(), &mut column).unwrap();
        let Data::Struct(columns) = column.into_parts().2 else { panic!("a struct") };
        columns.iter().map(|column| format!("{column:?}")).collect::<Vec<_>>()
    };
    let all = written(&vec![true; fields.len()]);
    for at in 0..fields.len() {
        for beside in [at, 0, fields.len() - 1] {
            let mut wanted = vec![false; fields.len()];
            (wanted[at], wanted[beside]) = (true, true);
            assert_eq!(written(&wanted)[at], all[at], "{}", fields[at].0);
        }
    }
    // In batches of any size, and by the bytes.
    for (most, bytes) in [(1, usize::MAX), (2, usize::MAX), (100, 1), (100, usize::MAX)] {
        let mut column = Column::new(&<AuditEvent>::TYPE);
        let mut next = 0;
        while next < log.len() {
            let range = log.batch(next, most, bytes, text);
            assert!(range.start == next && range.end > next);
            next = range.end;
            log.write(range, text, &Interrupt::default(), &mut column).unwrap();
        }
        let Data::Struct(columns) = column.into_parts().2 else { panic!("a struct") };
        assert_eq!(columns.iter().map(|column| format!("{column:?}")).collect::<Vec<_>>(), all);
    }
}

/// A record is the same wherever its line stands in a text.
#[test]
fn the_short_way_is_that_of_the_search() {
    for (line, node) in [
        ("node=web1 type=A msg=audit(1.0:1): a=1", Some("web1")),
        ("node=a=b type=A msg=audit(1.0:1): a=1", Some("a=b")),
        ("node=anode=b type=A msg=audit(1.0:1): a=1", Some("b")),
        ("node= type=A msg=audit(1.0:1): a=1", None),
        ("node=w  type=A msg=audit(1.0:1): a=1", Some("w")),
        ("node=w type=Btype=A msg=audit(1.0:1): a=1", Some("w")),
        ("type=A msg=audit(1.0:1): a=1", None),
        ("type=Btype=A msg=audit(1.0:1): a=1", None),
    ] {
        let long = format!("x {line}");
        let (short, long) = (Record::parse(line), Record::parse(&long));
        assert_eq!((short, short.map(|record| record.node), short.map(|record| record.kind)), (long, Some(node), Some("A")), "{line}");
    }
    for line in ["node=audit(1.0:1) type=A msg=audit(1.0:1): a=1", "type=audit(1.0:1) msg=audit(2.0:2): a=1"] {
        assert_eq!((Record::parse(line), Record::parse(&format!("x {line}"))), (None, None), "{line}");
    }
}

#[test]
fn an_interrupt_is_seen() {
    let interrupt = Interrupt::default();
    interrupt.stop();
    assert_eq!(merge(EXEC.iter().copied(), &interrupt), Err(Interrupted));
}

proptest! {
    #[test]
    fn never_panics(line in "\\PC*|type=(EXECVE|PATH|USER|SYSCALL) msg=audit\\(1.0:1\\): [-a-z0-9A-F =\"'{}()\\[\\]ü\u{1d}]{0,60}") {
        record(&line);
        events(&[&line]);
    }

    #[test]
    fn order_does_not_matter(lines in proptest::collection::vec("type=(EXECVE|PATH|USER|SYSCALL) msg=audit\\([12].0:[12]\\): (pid|a0|name|k|item)=[0-9A]{1,2}", 0..12), turn in 0usize..12) {
        let whole: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut turned = whole.clone();
        turned.reverse();
        let middle = turn.min(turned.len());
        turned.rotate_left(middle);
        prop_assert_eq!(events(&whole), events(&turned));
    }
}
