//! The licences of what is linked. `cargo deny check` does the same and more; this needs nothing installed.

use crate::{root, say};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;

/// Fails on a dependency whose licence expression offers no choice that deny.toml allows.
pub(crate) fn check() -> Result<()> {
    let allowed = allowed()?;
    let output = Command::new("cargo").args(["metadata", "--format-version", "1", "--locked"]).current_dir(root()).output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("cargo metadata lists no packages")?;
    let mut wrong = Vec::new();
    for package in packages {
        let text = |field: &str| package.get(field).and_then(Value::as_str).unwrap_or_default();
        if package.get("source").is_some_and(Value::is_null) {
            continue;
        }
        if !acceptable(text("license"), &allowed) {
            wrong.push(format!("{} {}: {}", text("name"), text("version"), text("license")));
        }
    }
    if !wrong.is_empty() {
        bail!("licences that deny.toml does not allow:\n{}", wrong.join("\n"));
    }
    say(&format!("the licences of {} packages are allowed by deny.toml", packages.len()));
    Ok(())
}

/// The `allow` list of deny.toml: one quoted name a line.
fn allowed() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("reading deny.toml")?;
    let list = text.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).context("deny.toml has no allow list")?;
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// Evaluates an SPDX expression: OR of AND of names; `/` is the old spelling of OR.
fn acceptable(expression: &str, allowed: &[String]) -> bool {
    let flat = expression.replace('/', " OR ");
    // A parenthesis holds one choice of an AND: `(MIT OR Apache-2.0) AND Unicode-3.0`.
    if let Some((group, rest)) = flat.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let rest = rest.trim();
        return match rest.strip_prefix("AND ") {
            Some(rest) => acceptable(group, allowed) && acceptable(rest, allowed),
            None => acceptable(group, allowed) || rest.strip_prefix("OR ").is_some_and(|rest| acceptable(rest, allowed)),
        };
    }
    flat.split(" OR ").any(|choice| choice.split(" AND ").all(|name| allowed.iter().any(|allowed| allowed == name.trim())))
}

#[cfg(test)]
mod tests {
    use super::acceptable;

    #[test]
    fn expressions() {
        let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "Unicode-3.0".to_owned()];
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR GPL-3.0", true),
            ("Unlicense/MIT", true),
            ("GPL-3.0", false),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-2.0) AND Unicode-3.0", true),
            ("(GPL-2.0 OR GPL-3.0) AND MIT", false),
            ("", false),
        ] {
            assert_eq!(acceptable(expression, &allowed), expected, "{expression}");
        }
    }
}
