//! Result logs of osquery: one line holds a row of a query, or many.

use super::any_time::epoch;
use super::moment::{Moment, digits, month, time_of_day};
use crate::json::{Cursor, Problem, unescape_into};
use crate::text_map::TextMap;

/// What all rows of a line share is written once for each row. A line that comes to more bytes than this is not osquery's.
const MAX_SHARED: usize = 64 << 20;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Added,
    Removed,
    Snapshot,
    /// The `action` of the line.
    OfLine,
}

/// A line. It keeps its buffers from one to the next.
#[derive(Debug, Default)]
pub struct OsqueryLog {
    /// When the query ran, in microseconds since 1970.
    pub time: Option<i64>,
    /// `hostIdentifier`.
    pub host: Option<String>,
    /// Name of the query.
    pub name: Option<String>,
    /// Number of the run of the schedule.
    pub epoch: Option<i64>,
    /// Number of the run of the query.
    pub counter: Option<i64>,
    /// Whether numbers are written as numbers.
    pub numerics: Option<bool>,
    /// What osquery was told to add to each line.
    pub decorations: TextMap,
    action: Option<String>,
    rows: Vec<(Action, TextMap)>,
    /// Of `rows`, those of this line.
    used: usize,
}

impl OsqueryLog {
    /// Reads `line`; false where it is no result of a query.
    pub fn parse(&mut self, line: &str) -> bool {
        let (decorations, rows) = (std::mem::take(&mut self.decorations), std::mem::take(&mut self.rows));
        *self = Self { decorations, rows, ..Self::default() };
        self.decorations.clear();
        let mut cursor = Cursor::new(line);
        let is_result = self.line(&mut cursor).unwrap_or(false) && cursor.is_end();
        is_result && self.used.saturating_mul(self.shared()) <= MAX_SHARED
    }

    /// Action and columns of each row.
    pub fn rows(&self) -> impl Iterator<Item = (Option<&str>, &TextMap)> {
        self.rows.iter().take(self.used).map(|(action, columns)| {
            let action = match action {
                Action::Added => Some("added"),
                Action::Removed => Some("removed"),
                Action::Snapshot => Some("snapshot"),
                Action::OfLine => self.action.as_deref(),
            };
            (action, columns)
        })
    }

    /// Bytes that every row repeats.
    fn shared(&self) -> usize {
        let texts = [&self.host, &self.name, &self.action].into_iter().flatten().map(String::len).sum::<usize>();
        texts + self.decorations.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
    }

    /// Whether there is a place for rows, even if there are none.
    fn line(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Problem> {
        let mut calendar = None;
        let mut has_rows = false;
        let mut more = cursor.enter_object()?;
        while more {
            let key = cursor.key()?;
            let next = cursor.peek();
            match (key.as_ref(), next) {
                ("columns", Some(b'{')) => {
                    has_rows = true;
                    self.row(cursor, Action::OfLine)?;
                }
                ("snapshot", Some(b'[')) => {
                    has_rows = true;
                    self.row_list(cursor, Action::Snapshot)?;
                }
                // A text where nothing has changed.
                ("diffResults", Some(b'{' | b'"')) => {
                    has_rows = true;
                    self.differences(cursor)?;
                }
                ("decorations", Some(b'{')) => object(cursor, &mut self.decorations)?,
                ("unixTime", _) => self.time = plain(cursor)?.and_then(|text| epoch(&text)),
                ("calendarTime", _) => calendar = plain(cursor)?,
                ("hostIdentifier", _) => self.host = plain(cursor)?,
                ("name", _) => self.name = plain(cursor)?,
                ("action", _) => self.action = plain(cursor)?,
                ("epoch", _) => self.epoch = plain(cursor)?.and_then(|text| text.parse().ok()),
                ("counter", _) => self.counter = plain(cursor)?.and_then(|text| text.parse().ok()),
                ("numerics" | "logNumericsAsNumbers", _) => self.numerics = plain(cursor)?.and_then(|text| text.parse().ok()),
                // With `decorations_top_level` they stand among the others.
                (key, Some(first)) if !matches!(first, b'{' | b'[') => value(cursor, key, &mut self.decorations)?,
                _ => cursor.skip()?,
            }
            more = cursor.another(b'}')?;
        }
        self.time = self.time.or_else(|| calendar_time(&calendar?));
        Ok(has_rows)
    }

    fn differences(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        if cursor.peek() == Some(b'"') {
            return cursor.skip();
        }
        let mut more = cursor.enter_object()?;
        while more {
            match (cursor.key()?.as_ref(), cursor.peek()) {
                ("added", Some(b'[')) => self.row_list(cursor, Action::Added)?,
                ("removed", Some(b'[')) => self.row_list(cursor, Action::Removed)?,
                _ => cursor.skip()?,
            }
            more = cursor.another(b'}')?;
        }
        Ok(())
    }

    fn row_list(&mut self, cursor: &mut Cursor<'_>, action: Action) -> Result<(), Problem> {
        let mut more = cursor.enter_list()?;
        while more {
            match cursor.peek() {
                Some(b'{') => self.row(cursor, action)?,
                _ => cursor.skip()?,
            }
            more = cursor.another(b']')?;
        }
        Ok(())
    }

    fn row(&mut self, cursor: &mut Cursor<'_>, action: Action) -> Result<(), Problem> {
        if self.used == self.rows.len() {
            self.rows.push((action, TextMap::default()));
        }
        if let Some((known, columns)) = self.rows.get_mut(self.used) {
            *known = action;
            columns.clear();
            object(cursor, columns)?;
            self.used += 1;
        }
        Ok(())
    }
}

/// The values of an object as texts.
fn object(cursor: &mut Cursor<'_>, into: &mut TextMap) -> Result<(), Problem> {
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        value(cursor, &key, into)?;
        more = cursor.another(b'}')?;
    }
    Ok(())
}

/// A value as a text: null is left out, objects and lists stay JSON.
fn value(cursor: &mut Cursor<'_>, key: &str, into: &mut TextMap) -> Result<(), Problem> {
    match cursor.peek() {
        Some(b'n') => cursor.skip(),
        Some(b'"') => {
            let (raw, escaped) = cursor.raw_text()?;
            into.push_with(key, |out| if escaped { unescape_into(raw, out) } else { out.push_str(raw) });
            Ok(())
        }
        _ => {
            into.push(key, cursor.slice()?);
            Ok(())
        }
    }
}

/// A text, number or truth value as a text.
fn plain(cursor: &mut Cursor<'_>) -> Result<Option<String>, Problem> {
    match cursor.peek() {
        Some(b'"') => Ok(Some(cursor.string()?.into_owned())),
        Some(b'n' | b'{' | b'[') => cursor.skip().map(|()| None),
        _ => Ok(Some(cursor.slice()?.to_owned())),
    }
}

/// `Tue Sep 30 17:37:30 2014 UTC`, where the day may have one digit.
fn calendar_time(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let month = month(words.next()?.as_bytes())?;
    let day = words.next()?.parse().ok()?;
    let (micros, rest) = time_of_day(words.next()?.as_bytes())?;
    let (year, after) = digits(words.next()?.as_bytes(), 4)?;
    let zone = words.next().unwrap_or("UTC");
    (rest.is_empty() && after.is_empty() && zone == "UTC").then(|| Moment { month, day, micros }.in_year(year, 0))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the rows share, then each row; `None` for what is no result.
    fn show(line: &str) -> Option<String> {
        let mut log = OsqueryLog::default();
        // Nothing is left of the line before.
        assert!(log.parse(r#"{"name":"n","hostIdentifier":"h","unixTime":1,"epoch":1,"counter":1,"numerics":true,"decorations":{"a":"b"},"snapshot":[{"x":"y"},{"x":"z"}]}"#));
        log.parse(line).then_some(())?;
        let pairs = |map: &TextMap| map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",");
        let mut shown = vec![format!(
            "{:?} {} {} {:?} {:?} {:?} {}",
            log.time,
            log.name.as_deref().unwrap_or("-"),
            log.host.as_deref().unwrap_or("-"),
            log.epoch,
            log.counter,
            log.numerics,
            pairs(&log.decorations)
        )];
        shown.extend(log.rows().map(|(action, columns)| format!("{} {}", action.unwrap_or("-"), pairs(columns))));
        Some(shown.join("|").replace("Some", "").replace("None", "-"))
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            (
                r#"{"action":"added","columns":{"name":"osqueryd","pid":"97830","n":null},"name":"processes","hostIdentifier":"h.test","calendarTime":"Tue Sep 30 17:37:30 2014 UTC","unixTime":"1412098650","epoch":314159265,"counter":1,"numerics":false,"decorations":{"user":"ann"}}"#,
                Some("(1412098650000000) processes h.test (314159265) (1) (false) user=ann|added name=osqueryd,pid=97830"),
            ),
            (
                r#"{"diffResults":{"added":[{"pid":1},{"pid":2}],"removed":[{"pid":"3"}]},"name":"p","calendarTime":"Tue Sep  2 17:37:30 2014 UTC"}"#,
                Some("(1409679450000000) p - - - - |added pid=1|added pid=2|removed pid=3"),
            ),
            (r#"{"diffResults":{"added":[{"a":"b"}],"removed":""},"name":"p"}"#, Some("- p - - - - |added a=b")),
            (r#"{"diffResults":"","name":"p"}"#, Some("- p - - - - ")),
            (
                r#"{"action":"snapshot","snapshot":[{"a":"1\"","a":"2"},{},7],"name":"p","username":"top","x":[1]}"#,
                Some("- p - - - - username=top|snapshot a=1\",a=2|snapshot "),
            ),
            (r#"{"snapshot":[],"name":"p","unixTime":1.5}"#, Some("(1500000) p - - - - ")),
            (r#"{"columns":{"a":{"b":[1, 2]},"t":true},"action":"x"}"#, Some("- - - - - - |x a={\"b\":[1, 2]},t=true")),
            (r#"{"columns":{},"epoch":"x","counter":[1],"calendarTime":"Tue Feb 30 17:37:30 2014 UTC"}"#, Some("- - - - - - |- ")),
            (r#"{"severity":"0","filename":"scheduler.cpp","message":"Executing"}"#, None),
            (r#"{"name":"p","snapshot":"x"}"#, None),
            (r#"{"name":"p","snapshot":[{"a":1}"#, None),
            (r#"{"columns":{}} x"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(show(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn hostile_sizes() {
        let rows = "{},".repeat(100_000) + "{}";
        assert!(show(&format!(r#"{{"name":"n","snapshot":[{rows}]}}"#)).is_some());
        // 100,001 rows of 1,000 bytes each.
        assert_eq!(show(&format!(r#"{{"name":"{}","snapshot":[{rows}]}}"#, "n".repeat(1000))), None);
        assert_eq!(show(&format!(r#"{{"decorations":{{"a":"{}"}},"snapshot":[{rows}]}}"#, "n".repeat(1000))), None);
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(show(&format!(r#"{{"columns":{{"a":{deep}}}}}"#)).is_some());
    }

    proptest! {
        #[test]
        fn never_panics(line in "\\{(\"(columns|snapshot|diffResults|added|decorations|unixTime|calendarTime|name)\":(1|\"x\"|\"Tue Sep 3 1:2:3 2014\"|null|\\{|\\[|\\}|\\]),?){0,8}[\\]}]{0,4}") {
            show(&line);
        }
    }
}
