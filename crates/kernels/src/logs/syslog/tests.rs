//! Lines as they are found in the field.

use super::*;
use proptest::prelude::*;

const CLOCK: Clock = Clock { year: YearFrom::Year(2024), offset: 0 };

fn parsed(line: &str, clock: &Clock) -> (String, String) {
    let mut data = TextMap::default();
    let s = parse_syslog(line, clock, &mut data);
    let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let number = |number: Option<i64>| number.map_or("-".to_owned(), |number| number.to_string());
    let shown = [
        s.format.name().to_owned(),
        number(s.priority.map(i64::from)),
        number(s.time.map(|time| time / 1000)),
        text(s.host),
        text(s.app),
        number(s.pid),
        text(s.message_id),
        text(s.message),
    ];
    (shown.join("|"), data.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";"))
}

/// format|priority|milliseconds|host|app|pid|message_id|message
fn show(line: &str) -> String {
    parsed(line, &CLOCK).0
}

#[test]
fn rfc3164() {
    for (line, expected) in [
        (
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
            "rfc3164|34|1728684855000|mymachine|su|-|-|'su root' failed for lonvick on /dev/pts/8",
        ),
        ("Oct  1 22:14:15 web1 sshd[4721]: Accepted", "rfc3164|-|1727820855000|web1|sshd|4721|-|Accepted"),
        ("Oct 1 22:14:15 web1 sshd[4721]: Accepted", "rfc3164|-|1727820855000|web1|sshd|4721|-|Accepted"),
        ("Oct 01 22:14:15 web1 sshd[4721]: Accepted\r\n", "rfc3164|-|1727820855000|web1|sshd|4721|-|Accepted"),
        ("<38>Oct 11 22:14:15 sshd[4721]: from the same host", "rfc3164|38|1728684855000|-|sshd|4721|-|from the same host"),
        (
            "Jan  1 00:00:00 mx1 postfix/smtpd[77]: connect from x[1.2.3.4]",
            "rfc3164|-|1704067200000|mx1|postfix/smtpd|77|-|connect from x[1.2.3.4]",
        ),
        ("Jan  1 00:00:00 h su(pam_unix)[2432]: session opened", "rfc3164|-|1704067200000|h|su(pam_unix)|2432|-|session opened"),
        ("Jan  1 00:00:00 h /usr/sbin/cron[9]: (root) CMD (a: b)", "rfc3164|-|1704067200000|h|/usr/sbin/cron|9|-|(root) CMD (a: b)"),
        ("Jan  1 00:00:00 h docker[app][9]: x", "rfc3164|-|1704067200000|h|docker[app]|9|-|x"),
        ("Jan  1 00:00:00 h docker/web[abc]: x", "rfc3164|-|1704067200000|h|docker/web[abc]|-|-|x"),
        ("Jan  1 00:00:00 h Foo::Bar[9]: x", "rfc3164|-|1704067200000|h|Foo::Bar|9|-|x"),
        ("Jan  1 00:00:00 h kernel: [   12.5] usb 1-1: new", "rfc3164|-|1704067200000|h|kernel|-|-|[   12.5] usb 1-1: new"),
        ("Jan  1 00:00:00 h last message repeated 3 times", "rfc3164|-|1704067200000|h|-|-|-|last message repeated 3 times"),
        ("Jan  1 00:00:00 h -- MARK --", "rfc3164|-|1704067200000|h|-|-|-|-- MARK --"),
        ("Jan  1 00:00:00 fe80::1 app: x", "rfc3164|-|1704067200000|fe80::1|app|-|-|x"),
        ("Jan  1 00:00:00 h app:x", "rfc3164|-|1704067200000|h|app|-|-|x"),
        ("Jan  1 00:00:00 h app[1] x", "rfc3164|-|1704067200000|h|app|1|-|x"),
        ("Jan  1 00:00:00.250 h app: x", "rfc3164|-|1704067200250|h|app|-|-|x"),
        ("Jan  1 00:00:00 h", "rfc3164|-|1704067200000|h|-|-|-|"),
        ("Jan  1 00:00:00", "rfc3164|-|1704067200000|-|-|-|-|"),
        ("<166>Mar 01 2023 10:00:00 asa1 : %ASA-6-302013: Built", "rfc3164|166|1677664800000|asa1|%ASA-6-302013|-|-|Built"),
        ("<166>%ASA-6-302013: Built", "rfc3164|166|-|-|%ASA-6-302013|-|-|Built"),
        ("<189>date=2024-01-01 time=10:00:00 devname=\"F\"", "rfc3164|189|-|-|-|-|-|date=2024-01-01 time=10:00:00 devname=\"F\""),
        ("<13>text without a tag", "rfc3164|13|-|-|-|-|-|text without a tag"),
        ("<38>Oct 11 22:14:15$sshd[4721]: x", "rfc3164|38|-|-|-|-|-|Oct 11 22:14:15$sshd[4721]: x"),
        ("<13>", "rfc3164|13|-|-|-|-|-|"),
        ("Feb 30 00:00:00 h app: x", "rfc3164|-|-|h|app|-|-|x"),
    ] {
        assert_eq!(show(line), expected, "{line}");
    }
}

#[test]
fn rfc5424() {
    for (line, expected, data) in [
        (
            "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{feff}'su root' failed for lonvick on /dev/pts/8",
            "rfc5424|34|1065910455003|mymachine.example.com|su|-|ID47|'su root' failed for lonvick on /dev/pts/8",
            "",
        ),
        (
            "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time.",
            "rfc5424|165|1061727255000|192.0.2.1|myproc|8710|-|%% It's time.",
            "",
        ),
        (
            "<165>1 2003-10-11T22:14:15.003Z m evntslog - ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"Application\"][examplePriority@32473 class=\"high\"]",
            "rfc5424|165|1065910455003|m|evntslog|-|ID47|-",
            "exampleSDID@32473.iut=3;exampleSDID@32473.eventSource=Application;examplePriority@32473.class=high",
        ),
        (r#"<165>1 - - - - - [a@1 x="q\"b\\s\]e\n" y="[b]"] m [c]"#, "rfc5424|165|-|-|-|-|-|m [c]", r#"a@1.x=q"b\s]e\n;a@1.y=[b]"#),
        ("<165>1 - h a p m [origin ip=\"1\" ip=\"2\"][empty] x", "rfc5424|165|-|h|a|-|m|x", "origin.ip=1;origin.ip=2;empty="),
        ("1 2003-10-11T22:14:15.003Z h a 7 m - x", "rfc5424|-|1065910455003|h|a|7|m|x", ""),
        ("87 <34>1 2003-10-11T22:14:15.003Z h a 7 m - x", "rfc5424|34|1065910455003|h|a|7|m|x", ""),
        ("<34>1 2003-10-11T22:14:15Z h a 7 m -", "rfc5424|34|1065910455000|h|a|7|m|-", ""),
        ("<34>1 2003-10-11T22:14:15Z h a", "rfc5424|34|1065910455000|h|a|-|-|-", ""),
        ("<34>1 2003-10-11T22:14:15Z", "rfc5424|34|1065910455000|-|-|-|-|-", ""),
        ("<34>1 - h a 7 m [x y=\"1\" z=\"cut", "rfc5424|34|-|h|a|7|m|[x y=\"1\" z=\"cut", "x.y=1"),
        ("<34>1 - h a 7 m [x y=\"1\\", "rfc5424|34|-|h|a|7|m|[x y=\"1\\", ""),
        ("<34>1 - h a 7 m [x y=1] t", "rfc5424|34|-|h|a|7|m|[x y=1] t", ""),
        ("<34>1 - h a 7 m no data", "rfc5424|34|-|h|a|7|m|no data", ""),
    ] {
        assert_eq!(parsed(line, &CLOCK), (expected.to_owned(), data.to_owned()), "{line}");
    }
}

#[test]
fn iso() {
    for (line, expected) in [
        ("2024-05-06T07:08:09.123456+02:00 web1 sshd[1]: hi", "iso|-|1714972089123|web1|sshd|1|-|hi"),
        ("2024-05-06T07:08:09+0200 web1 systemd[1]: hi", "iso|-|1714972089000|web1|systemd|1|-|hi"),
        ("2024-05-06T07:08:09 web1 systemd[1]: hi", "iso|-|1714979289000|web1|systemd|1|-|hi"),
        ("<30>2024-05-06T07:08:09Z web1 started", "iso|30|1714979289000|web1|-|-|-|started"),
        ("2024-05-06T07:08:09Z INFO started", "unknown|-|-|-|-|-|-|2024-05-06T07:08:09Z INFO started"),
    ] {
        assert_eq!(show(line), expected, "{line}");
    }
}

#[test]
fn no_syslog() {
    for line in [
        "",
        " ",
        "hello world",
        "<192>x",
        "<0001>x",
        "<>x",
        "<-1>x",
        "<3",
        "Oct",
        "Oct 11",
        "Oct 32 00:00:00 h a: x",
        "Oct 11 25:00:00 h a: x",
        "Okt 11 22:14:15 h a: x",
        "Oct 11 22:14:15x",
        "2024-05-06 07:08:09 INFO x",
        "\u{0}\u{1}\u{2}",
        "{\"a\": 1}",
        "1 2003-13-11T22:14:15.003Z h a 7 m - x",
    ] {
        assert_eq!(show(line), format!("unknown|-|-|-|-|-|-|{line}"), "{line:?}");
    }
}

#[test]
fn years() {
    let at = |text: &str| last_time(text).unwrap();
    let time = |line: &str, year| parsed(line, &Clock { year, offset: 7200 }).0.split('|').nth(2).map(str::to_owned).unwrap();
    let before = YearFrom::Before(at("2024-01-15"));
    for (line, year, expected) in [
        ("Dec 31 23:59:59 h a: x", before, "1704059999000"),
        ("Jan  2 00:00:00 h a: x", before, "1704146400000"),
        ("Jan 16 01:59:59 h a: x", before, "1705363199000"),
        ("Jan 16 02:00:00 h a: x", before, "1673827200000"),
        ("Feb 29 00:00:00 h a: x", before, "1582927200000"),
        ("Feb 29 00:00:00 h a: x", YearFrom::Year(2023), "-"),
        ("Feb 29 00:00:00 h a: x", YearFrom::Year(2024), "1709157600000"),
        ("Feb 29 00:00:00 h a: x", YearFrom::Nothing, "-"),
        ("Feb 29 2024 00:00:00 h a: x", YearFrom::Nothing, "1709157600000"),
    ] {
        assert_eq!(time(line, year), expected, "{line} {year:?}");
    }
    assert_eq!(at("2024-01-15"), at("2024-01-16T00:00:00Z") - 1);
    assert_eq!(at("2024-01-15 00:00:00+01:00"), at("2024-01-14T23:00:00Z"));
    for text in ["", "2024", "2024-01-32", "2024-01-15x", "2024-01-15 00:00", "2024-01-15T00:00:00Zx"] {
        assert_eq!(last_time(text), None, "{text}");
    }
}

/// The name of an element is written once for each of its parameters.
#[test]
fn long_names_do_not_multiply() {
    for (length, count) in [(128, 1), (129, 0), (500_000, 0)] {
        let element = format!("[{} b=\"c\"]", "a".repeat(length));
        let (line, data) = parsed(&format!("<34>1 - h a 7 m {element} t"), &CLOCK);
        let message = if count == 0 { format!("|{element} t") } else { "|t".to_owned() };
        assert!(line.ends_with(&message), "{length}");
        assert_eq!(data.matches(".b=c").count(), count, "{length}");
    }
    let line = format!("<34>1 - - - - - [{}{}]", "a".repeat(500_000), " b=\"c\"".repeat(80_000));
    let mut data = TextMap::default();
    parse_syslog(&line, &CLOCK, &mut data);
    assert!(data.is_empty());
}

#[test]
fn long_lines_end() {
    for piece in ["[", "a", "[a ", "[a b=\"c\" ", "\\\"", "<34>", "app[", ":", "::", " ", "=\"", "[1]"] {
        for start in ["<34>Oct 11 22:14:15 h ", "<34>1 - - - - - ", "<34>1 - - - - - [a b=\"", "<34>", ""] {
            let line = start.to_owned() + &piece.repeat(1_000_000 / piece.len());
            let mut data = TextMap::default();
            parse_syslog(&line, &CLOCK, &mut data);
        }
    }
}

proptest! {
    #[test]
    fn never_panics(line in "\\PC*|(<[0-9]{1,3}>)?(1 )?(Oct 11 22:14:15|2024-05-06T07:08:09Z|-) [-a-zü:\\[\\]=\"\\\\ 0-9]{0,60}") {
        let mut data = TextMap::default();
        let parsed = parse_syslog(&line, &CLOCK, &mut data);
        prop_assert!(parsed.message.is_none_or(|message| line.ends_with(message) || line.trim_end_matches(['\n', '\r', '\0']).ends_with(message)));
    }
}
