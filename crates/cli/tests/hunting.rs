//! docs/hunting.md: every statement runs, and says what stands below it. With HUNTSQL_BLESS=1 the page is rewritten instead.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its page has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What `huntsql -o markdown -c` prints.
fn result(sql: &str) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_huntsql")).args(["-o", "markdown", "-c", sql]).current_dir(top()).output().unwrap();
    assert!(ran.status.success(), "{sql}\n{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim_end().to_owned()
}

/// The page with the result of each statement below it: between its fence and the next text, marked by a comment.
fn page(page: &str) -> String {
    const MARK: &str = "<!-- result -->";
    let mut out = String::new();
    let mut parts = page.split("```sql\n");
    out.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let (sql, rest) = part.split_once("\n```\n").unwrap();
        let after = rest.split_once(MARK).unwrap().1;
        let text = after.trim_start().lines().skip_while(|line| line.starts_with('|')).collect::<Vec<_>>().join("\n");
        out.push_str(&format!("```sql\n{sql}\n```\n\n{MARK}\n\n{}\n", result(sql)));
        if !text.trim().is_empty() {
            out.push_str(&format!("\n{}\n", text.trim()));
            out.push('\n');
        }
    }
    out.trim_end().to_owned() + "\n"
}

#[test]
fn the_page_tells_the_truth() {
    let path = top().join("docs/hunting.md");
    let there = std::fs::read_to_string(&path).unwrap();
    let made = page(&there);
    if std::env::var_os("HUNTSQL_BLESS").is_some() {
        std::fs::write(path, made).unwrap();
    } else {
        assert_eq!(made, there, "docs/hunting.md; HUNTSQL_BLESS=1 cargo test -p huntsql --test hunting rewrites it");
    }
}
