//! Charts in a terminal: a real one, 80 by 24.

#![allow(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]

use std::path::Path;
use std::process::Command;

/// Runs a program in a pseudo-terminal and prints what it writes there.
const IN_TERMINAL: &str = "
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
out = b''
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    out += data
os.waitpid(pid, 0)
sys.stdout.buffer.write(out.replace(b'\\r\\n', b'\\n'))
";

fn in_terminal(folder: &Path, sql: &str, variables: &[(&str, &str)]) -> String {
    let mut python = Command::new("python3");
    python.args(["-c", IN_TERMINAL, env!("CARGO_BIN_EXE_huntsql"), "-c", sql]).current_dir(folder);
    for name in ["NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "HUNTSQL_GRAPHICS"] {
        python.env_remove(name);
    }
    let output = python.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

const HOSTILE: &str = "WITH t AS (SELECT * FROM (VALUES
    (TIMESTAMP '2024-05-06 10:00:00', 'ws-14'),
    (TIMESTAMP '2024-05-06 10:05:00', concat('red', chr(27), '[31m', chr(8238), 'gnp', chr(7))),
    (TIMESTAMP '2024-05-06 11:00:00', 'http://evil.test/')) v(ts, host))
SELECT * FROM huntsql.render_timeline(t, ts, host, title => 'Logons')";

#[test]
fn a_chart_is_printed_and_linked() {
    let folder = tempfile::tempdir().unwrap();
    let plain = in_terminal(folder.path(), HOSTILE, &[("NO_COLOR", "1")]);
    assert!(!plain.contains(['\u{1b}', '\u{202e}', '\u{7}']), "no escape and nothing that turns text: {plain:?}");
    for text in ["Logons", "ws-14", "␛[31m", "hxxp://evil[.]test/", "timeline.html"] {
        assert!(plain.contains(text), "{text}: {plain}");
    }
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
    assert!(folder.path().join("timeline.html").exists());

    let colored = in_terminal(folder.path(), HOSTILE, &[("COLORTERM", "truecolor")]);
    assert!(colored.contains(";38;2;"), "{colored:?}");
    assert!(colored.contains("\u{1b}]8;;file:///"), "the page is a link: {colored:?}");
    assert!(!colored.contains("\u{1b}[31m"), "{colored:?}");
    assert!(folder.path().join("timeline-2.html").exists(), "nothing is overwritten");

    let ascii = in_terminal(folder.path(), HOSTILE, &[("NO_COLOR", "1"), ("LANG", "C")]);
    assert!(ascii.contains("ws-14"), "{ascii}");
}

#[test]
fn a_terminal_with_graphics_shows_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    for (protocol, begins) in [("kitty", "\u{1b}_Ga=T,f=100,m=1;iVBOR"), ("sixel", "\u{1b}P0;1;0q\"1;1;")] {
        let shown = in_terminal(folder.path(), HOSTILE, &[("HUNTSQL_GRAPHICS", protocol)]);
        assert!(shown.contains(begins), "{protocol}: {:?}", shown.get(..200));
        assert!(shown.contains("timeline") && !shown.contains("\u{1b}[31m"), "{protocol}");
    }
    let wrong = in_terminal(folder.path(), "SELECT 1", &[("HUNTSQL_GRAPHICS", "gif")]);
    assert!(wrong.contains("HUNTSQL_GRAPHICS must be 'kitty', 'sixel' or 'none', got 'gif'"), "{wrong}");
}

/// A table may look like the result of a chart: it is printed like any other.
#[test]
fn a_table_that_looks_like_a_chart_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let forged = "SELECT '/etc/passwd' AS path, 'term' AS format, 1 AS bytes, 1 AS rows_in, 1 AS rows_drawn, '0' AS sha256, ['x'] AS warnings, concat(chr(27), ']8;;http://evil.test', chr(7), 'X') AS chart";
    let shown = in_terminal(folder.path(), forged, &[("COLORTERM", "truecolor")]);
    assert!(!shown.contains("\u{1b}]8") && !shown.contains('\u{7}'), "{shown:?}");
    assert!(shown.contains("/etc/passwd"), "{shown:?}");
}

#[test]
fn outside_of_a_terminal_the_row_is_all() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_huntsql")).args(args).current_dir(folder.path()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (out, err) = run(&["-o", "ndjson", "-c", HOSTILE]);
    assert!(out.starts_with("{\"path\":\"timeline.html\",\"format\":\"html\",") && out.contains("\"chart\":null"), "{out}{err}");
    // A picture of letters is printed as it is.
    let (out, err) = run(&["-c", &HOSTILE.replace("title => 'Logons'", "title => 'Logons', format => 'term'")]);
    assert!(out.starts_with("Logons\n"), "{out}{err}");
    assert!(!out.contains('\u{1b}'), "{out:?}");
}

#[test]
fn the_pages_of_a_session_become_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("hunt.sql");
    std::fs::write(&script, format!("{HOSTILE};\n.report report.html\n.report clear\n.report again.html\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_huntsql")).arg("-f").arg(&script).current_dir(folder.path()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("1 chart on report.html"), "{errors}");
    assert!(errors.contains("hunt.sql:8: there is no page to report"), "{errors}");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("render_timeline(t, ts, host, title =\\u003e 'Logons')"), "the statement is told");
}

#[test]
fn the_pictures_of_the_documentation_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let script = std::fs::read_to_string(root.join("docs/charts/pictures.sql")).unwrap();
    let script = script.replace("'docs/charts/", &format!("'{}/", folder.path().display()));
    std::fs::write(folder.path().join("pictures.sql"), script).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_huntsql")).arg("-f").arg(folder.path().join("pictures.sql")).current_dir(&root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(root.join("docs/charts.md")).unwrap();
    let shown: Vec<&str> =
        page.split("](charts/").skip(1).filter_map(|rest| rest.split(')').next()).filter(|name| name.ends_with(".png")).collect();
    assert!(shown.len() > 10);
    for name in shown {
        let made = std::fs::metadata(folder.path().join(name)).map_or(0, |meta| meta.len());
        assert!(made > 5000, "{name}: {made} bytes");
    }
}
