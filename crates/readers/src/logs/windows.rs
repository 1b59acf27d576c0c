//! The columns of a Windows event, the same whatever file it comes from.

use crate::batch::Wanted;
use crate::format::LogColumn;
use huntsql_kernels::column::SqlValue;
use huntsql_kernels::logs::WineventRow;
use huntsql_kernels::logs::winevent::{Field, Wants};
use huntsql_kernels::options::{OptionField, OptionKind};
use huntsql_kernels::types::SqlType;

/// The fixed columns: those of `parse_winevent`.
pub(crate) const COLUMNS: &[(&str, SqlType)] = match WineventRow::TYPE {
    SqlType::Struct(fields) => fields,
    _ => &[],
};

/// Name of the map.
pub(crate) const DATA: &str = "event_data";

pub(crate) const NAMED: OptionField = OptionField {
    name: "columns",
    kind: OptionKind::TextList,
    default: "NULL",
    doc: "Names of event data that become columns of their own (TEXT), such as `['CommandLine', 'ParentImage']`. Case counts only where an event has a name in two spellings.",
};

/// The names asked for, each once, and the columns that they become: one that is taken, in any case, is called `User_1`.
pub(crate) fn named_columns(names: &[String], taken: &[&str]) -> Vec<LogColumn> {
    let mut used: Vec<String> = taken.iter().map(|name| name.to_lowercase()).collect();
    let column = |name: &String| {
        let free = std::iter::once(name.clone())
            .chain((1..).map(|number| format!("{name}_{number}")))
            .find(|free| !used.contains(&free.to_lowercase()));
        let name = free.unwrap_or_default();
        used.push(name.to_lowercase());
        LogColumn { name, ty: SqlType::Text }
    };
    names.iter().map(column).collect()
}

/// What of an event is wanted: columns as in [`COLUMNS`], then the named ones.
pub(crate) fn wants(wanted: &Wanted, names: &[String]) -> Wants {
    let fields = Field::ALL
        .into_iter()
        .filter(|field| COLUMNS.iter().position(|(name, _)| *name == field.name()).is_some_and(|index| wanted.has(index)));
    let map = COLUMNS.iter().position(|(name, _)| *name == DATA).is_some_and(|index| wanted.has(index));
    let names = names.iter().enumerate().filter(|(at, _)| wanted.has(COLUMNS.len() + at)).map(|(_, name)| name.clone());
    Wants::new(fields, names.collect(), map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_names() {
        let names = ["CommandLine", "User", "user"].map(str::to_owned);
        let columns = named_columns(&names, &["user", "time"]);
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["CommandLine", "User_1", "user_2"]);
    }
}
