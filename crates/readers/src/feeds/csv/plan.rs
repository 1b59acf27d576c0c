//! How a feed in columns is laid out, by its first lines.

use super::{MOST_FIELDS, comment, split};
use crate::feeds::columns::{ROLES, Role, TYPED, VALUES, WEAK, plain};
use crate::feeds::ti_feed::TiFeedOptions;
use crate::feeds::value::{Said, normalise};
use huntsql_kernels::nearest::hint;

/// How a feed is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CsvPlan {
    pub(super) delimiter: u8,
    pub(super) values: Vec<(usize, Said)>,
    pub(super) roles: Vec<(Role, usize)>,
    /// The line that names the columns.
    pub(super) header: Option<u64>,
    /// Whether MISP wrote it: what a row is for is said as in its events.
    pub(super) is_of_misp: bool,
}

/// Columns that all exports of MISP have. Other feeds have some: `uuid`, `category` or `to_ids` by itself says nothing.
const MISP: &[&str] = &["event_id", "category", "uuid", "type", "value"];

fn is_of_misp(names: &[String]) -> bool {
    MISP.iter().all(|wanted| names.iter().any(|name| name == wanted))
}

/// The column that has the first of these names that any has.
fn find(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted.iter().find_map(|name| names.iter().position(|column| column == name))
}

/// What the columns say that hold no indicators, by their names.
fn roles(names: &[String], values: &[(usize, Said)]) -> Vec<(Role, usize)> {
    let is_free = |column: &usize| values.iter().all(|(value, _)| value != column);
    ROLES.iter().filter_map(|(role, wanted)| find(names, wanted).filter(is_free).map(|column| (*role, column))).collect()
}

impl CsvPlan {
    /// Looks at the first lines. `None` where they are not in columns, unless `must` says that they are.
    pub(in crate::feeds) fn of(head: &str, options: &TiFeedOptions, must: bool) -> std::result::Result<Option<Self>, String> {
        let mut comments: Vec<(u64, &str)> = Vec::new();
        let mut lines: Vec<(u64, &str)> = Vec::new();
        for (number, line) in (1u64..).zip(head.lines().take(2000)) {
            match comment(line) {
                Some(text) if lines.is_empty() => comments.push((number, text)),
                Some(_) => {}
                None if lines.len() < 200 => lines.push((number, line)),
                None => break,
            }
        }
        // The last line may have been cut off.
        if lines.len() > 1 && !head.ends_with('\n') {
            lines.pop();
        }
        let delimiters: Vec<u8> = options.delimiter.map_or_else(|| b",\t;|".to_vec(), |delimiter| vec![delimiter]);
        let mut fields = Vec::new();
        let mut best: Option<(usize, Self)> = None;
        for delimiter in delimiters {
            let mut widths: Vec<usize> = Vec::new();
            for (_, line) in &lines {
                split(line, delimiter, &mut fields);
                widths.push(fields.len());
            }
            let first = widths.first().copied().unwrap_or(0);
            // `198.51.100.0/24 ; SBL1` is an indicator and a comment.
            if options.delimiter.is_none()
                && (first < 2 && !must || delimiter == b';' && lines.iter().any(|(_, line)| line.contains(" ; ")))
            {
                continue;
            }
            let named = Self::named(&comments, lines.first().copied(), delimiter, options);
            let plan = match named {
                Some(plan) => Some(plan),
                None => Self::guessed(&lines, delimiter, options),
            };
            let Some(plan) = plan else { continue };
            let weight = first + if plan.header.is_some() { MOST_FIELDS } else { 0 };
            if best.as_ref().is_none_or(|(most, _)| weight > *most) {
                best = Some((weight, plan));
            }
        }
        let plan = best.map(|(_, plan)| plan);
        match (&options.ioc_column, &plan) {
            (Some(name), _) => Self::with_column(name, plan, &comments, &lines, options).map(Some),
            (None, None) if must => Err("no column of it looks like indicators; name one: ioc_column => '...' (or its number)".to_owned()),
            _ => Ok(plan),
        }
    }

    /// By names: of the first line, or of the last comment before it that has them.
    fn named(comments: &[(u64, &str)], first: Option<(u64, &str)>, delimiter: u8, options: &TiFeedOptions) -> Option<Self> {
        let candidates = first.into_iter().chain(comments.iter().rev().copied());
        candidates.take(50).find_map(|(number, line)| {
            let mut fields = Vec::new();
            split(line, delimiter, &mut fields);
            let names: Vec<String> = fields.iter().map(|field| plain(field)).collect();
            Self::of_names(&names, delimiter, number, options)
        })
    }

    fn of_names(names: &[String], delimiter: u8, header: u64, options: &TiFeedOptions) -> Option<Self> {
        let values: Vec<(usize, Said)> = match find(names, VALUES) {
            Some(column) => vec![(column, options.said.clone())],
            None => {
                let typed = names.iter().enumerate().filter(|(_, name)| TYPED.contains(&name.as_str()));
                let (weak, strong): (Vec<_>, Vec<_>) = typed.partition(|(_, name)| WEAK.contains(&name.as_str()));
                let chosen = if strong.is_empty() { weak } else { strong };
                chosen.into_iter().map(|(column, name)| (column, Said::read(name))).collect()
            }
        };
        if values.is_empty() {
            return None;
        }
        Some(Self { delimiter, roles: roles(names, &values), values, header: Some(header), is_of_misp: is_of_misp(names) })
    }

    /// Without names: the first of the columns that hold most indicators.
    fn guessed(lines: &[(u64, &str)], delimiter: u8, options: &TiFeedOptions) -> Option<Self> {
        let mut hits: Vec<usize> = Vec::new();
        let mut fields = Vec::new();
        for (_, line) in lines {
            split(line, delimiter, &mut fields);
            for (column, field) in fields.iter().enumerate() {
                if hits.len() <= column {
                    hits.push(0);
                }
                if let Some(count) = hits.get_mut(column) {
                    *count += usize::from(normalise(field, &options.said).is_some());
                }
            }
        }
        let most = hits.iter().copied().max().filter(|most| *most * 2 > lines.len())?;
        let column = hits.iter().position(|count| *count == most)?;
        let values = vec![(column, options.said.clone())];
        Some(Self { delimiter, values, roles: Vec::new(), header: None, is_of_misp: false })
    }

    /// The column that the user names.
    fn with_column(
        name: &str,
        plan: Option<Self>,
        comments: &[(u64, &str)],
        lines: &[(u64, &str)],
        options: &TiFeedOptions,
    ) -> std::result::Result<Self, String> {
        let delimiter = plan.as_ref().map_or_else(|| options.delimiter.unwrap_or(b','), |plan| plan.delimiter);
        if let Ok(number @ 1..=MOST_FIELDS) = name.parse::<usize>() {
            let values = vec![(number - 1, options.said.clone())];
            return Ok(match plan {
                Some(plan) => Self { roles: plan.roles.into_iter().filter(|(_, column)| *column != number - 1).collect(), values, ..plan },
                None => Self { delimiter, values, roles: Vec::new(), header: None, is_of_misp: false },
            });
        }
        let wanted = plain(name);
        let mut seen: Vec<String> = Vec::new();
        for (number, line) in lines.first().into_iter().chain(comments.iter().rev()) {
            let mut fields = Vec::new();
            split(line, delimiter, &mut fields);
            let names: Vec<String> = fields.iter().map(|field| plain(field)).collect();
            if let Some(column) = names.iter().position(|name| *name == wanted) {
                let values = vec![(column, options.said.clone())];
                let is_of_misp = is_of_misp(&names);
                return Ok(Self { delimiter, roles: roles(&names, &values), values, header: Some(*number), is_of_misp });
            }
            if seen.is_empty() {
                seen = names;
            }
        }
        let shown = name.escape_debug();
        Err(format!(
            "no column '{shown}'{} (ioc_column takes a name of the first line or a number)",
            hint(&wanted, seen.iter().map(String::as_str))
        ))
    }
}
