//! The table of providers in the documentation.

use super::provider::{Limit, ProviderSpec};
use super::providers;
use std::fmt::Write as _;

/// All providers as a Markdown table, which docs/threat-intelligence.md holds.
pub fn provider_table() -> String {
    let mut table =
        String::from("| provider | knows | types | settings (*required*) | asked at most | an answer holds |\n|---|---|---|---|---|---|\n");
    for provider in providers() {
        let ProviderSpec { name, summary, docs, types, settings, limit, ttl, account, .. } = provider.spec();
        let types: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
        let settings: Vec<String> = settings
            .iter()
            .map(|setting| if setting.is_required { format!("*`{}`*", setting.name) } else { format!("`{}`", setting.name) })
            .collect();
        let own_section = if name.split('/').next() == Some(account) { String::new() } else { format!(" of `{account}`") };
        let settings = if settings.is_empty() { "none".to_owned() } else { settings.join(", ") + &own_section };
        let limit = limit.as_ref().map_or_else(|| "as the account allows".to_owned(), shown_limit);
        let ttl = span(ttl.as_secs());
        _ = writeln!(table, "| [`{name}`]({docs}) | {summary} | {} | {settings} | {limit} | {ttl} |", types.join(", "));
    }
    table
}

fn shown_limit(Limit { requests, per }: &Limit) -> String {
    let per = span(per.as_secs());
    per.strip_prefix("1 ")
        .map_or_else(|| format!("{requests} in {per}"), |unit| format!("{requests} {} {unit}", if unit == "hour" { "an" } else { "a" }))
}

/// A span in its largest whole unit.
fn span(seconds: u64) -> String {
    let (number, unit) = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute")]
        .into_iter()
        .find(|(length, _)| seconds.is_multiple_of(*length))
        .map_or((seconds, "second"), |(length, unit)| (seconds / length, unit));
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (seconds, expected) in [(1, "1 second"), (60, "1 minute"), (5400, "90 minutes"), (86_400, "1 day"), (2_592_000, "30 days")] {
            assert_eq!(span(seconds), expected);
        }
        assert_eq!(shown_limit(&Limit::per_minute(4)), "4 a minute");
        assert_eq!(shown_limit(&Limit { requests: 250, per: std::time::Duration::from_secs(2_592_000) }), "250 in 30 days");
    }

    #[test]
    fn the_documentation_holds_it() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/threat-intelligence.md");
        let mut text = std::fs::read_to_string(file).expect("docs/threat-intelligence.md");
        for (name, part) in [("providers", provider_table()), ("generic", include_str!("generic.md").to_owned())] {
            let (begin, end) = (format!("<!-- {name}: written by a test -->\n"), format!("<!-- end of {name} -->"));
            let from = text.find(&begin).expect("a mark") + begin.len();
            let to = text.find(&end).expect("a mark at the end");
            if std::env::var_os("BLESS").is_some() {
                text.replace_range(from..to, &part);
                std::fs::write(file, &text).expect("a writable file");
            }
            let to = text.find(&end).expect("a mark at the end");
            assert_eq!(text.get(from..to), Some(part.as_str()), "BLESS=1 cargo test -p huntsql-lookups writes it");
        }
    }
}
