//! The trailing options struct: `extract_iocs(text, {'types': ['ipv4'], 'refang': true})`.
//!
//! An engine turns the constant into a [`Value`]; [`parse`] checks names and types against [`Options::FIELDS`].

mod value;

pub use value::Value;

use crate::error::KernelError;
use crate::nearest::hint;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    /// True or false.
    Bool,
    /// A whole number within bounds, both included.
    Int(i64, i64),
    /// A number.
    Float,
    /// A text.
    Text,
    /// A list of texts.
    TextList,
    /// A text or a list of texts, handed over as a list.
    TextOrList,
    /// A list of texts, or the path of a file with one a line.
    TextListOrFile,
    /// The path of a text file.
    File,
    /// A number within bounds, both included.
    FloatIn(f64, f64),
    /// As [`OptionKind::FloatIn`], or one of these texts.
    FloatInOr(f64, f64, &'static [&'static str]),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A whole number within bounds, or a list of such.
    IntList(i64, i64),
    /// A length of time above zero: an interval, a text such as `15m`, or a number of seconds.
    Duration,
    /// As [`OptionKind::Duration`], or one of these texts.
    DurationOr(&'static [&'static str]),
}

fn either(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(" or ")
}

const DURATION: &str = "a length of time such as '15m', '1h 30m', an interval or a number of seconds";

impl OptionKind {
    /// What would work, in words.
    pub fn describe(self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Int(low, high) => format!("a whole number from {low} to {high}"),
            Self::Float => "a number".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::TextList => "a list of texts".to_owned(),
            Self::TextOrList => "a text or a list of texts".to_owned(),
            Self::TextListOrFile => "a list of texts, or the path of a file with one a line".to_owned(),
            Self::File => "the path of a file".to_owned(),
            Self::FloatIn(low, high) => format!("a number from {low} to {high}"),
            Self::FloatInOr(low, high, texts) => format!("{} or a number from {low} to {high}", either(texts)),
            Self::Choice(texts) => either(texts),
            Self::IntList(low, high) => format!("a whole number from {low} to {high} or a list of such"),
            Self::Duration => DURATION.to_owned(),
            Self::DurationOr(texts) => format!("{}, or {DURATION}", either(texts)),
        }
    }
}

/// One option: name, type, default and meaning, for checks and docs alike.
#[derive(Debug, Clone, Copy)]
pub struct OptionField {
    /// Name in the struct.
    pub name: &'static str,
    /// What it takes.
    pub kind: OptionKind,
    /// The default as SQL.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// An option's value after its type was checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// For [`OptionKind::Bool`].
    Bool(bool),
    /// For [`OptionKind::Int`]; within its bounds.
    Int(i64),
    /// For the float kinds; finite.
    Float(f64),
    /// For [`OptionKind::Text`], [`OptionKind::Choice`] and the texts of [`OptionKind::DurationOr`] and [`OptionKind::FloatInOr`].
    Text(String),
    /// For [`OptionKind::IntList`].
    IntList(Vec<i64>),
    /// For both duration kinds, in microseconds.
    Duration(i64),
    /// For all kinds of lists of texts.
    TextList(Vec<String>),
    /// For [`OptionKind::File`].
    File {
        /// The path as it may be shown.
        path: String,
        /// What is in the file.
        text: String,
    },
}

/// The options of a kernel. `Default` must agree with [`OptionField::default`].
pub trait Options: Default + Send + Sync + 'static {
    /// All options, sorted by name.
    const FIELDS: &'static [OptionField];
    /// Takes one option whose name is in `FIELDS` and whose type was checked. `Err` says what would work.
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String>;
    /// Takes what [`SOURCES`] holds: how each argument is written. Only for functions that want it.
    fn set_sources(&mut self, _sources: &Value) {}
}

/// Stands among the options of a function that [wants](crate::group::GroupFunction::wants_sources) to know how its arguments are written. No user
/// writes it.
pub const SOURCES: &str = "_huntsql_sources";

/// For kernels without options.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoOptions;

impl Options for NoOptions {
    const FIELDS: &'static [OptionField] = &[];
    fn set(&mut self, _name: &str, _setting: Setting) -> Result<(), String> {
        Ok(())
    }
}

/// Checks `value` against the options of `function` and applies it to the defaults.
pub fn parse<O: Options>(function: &'static str, value: &Value) -> Result<O, KernelError> {
    let mut options = O::default();
    let fields = match value {
        Value::Null => return Ok(options),
        Value::Struct(fields) => fields,
        other => {
            return Err(KernelError::BadArgument {
                function,
                argument: "options",
                problem: format!("must be a struct such as {{'{}': ...}}, got {other}", O::FIELDS.first().map_or("name", |f| f.name)),
            });
        }
    };
    for (name, value) in fields {
        if name == SOURCES {
            options.set_sources(value);
            continue;
        }
        let field = O::FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name)).ok_or_else(|| KernelError::UnknownOption {
            function,
            option: name.escape_debug().to_string(),
            hint: hint(name, O::FIELDS.iter().map(|field| field.name)),
            known: O::FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", "),
        })?;
        let bad = |problem: String| KernelError::BadOption { function, option: field.name.to_owned(), problem };
        if let Some(setting) = check(field.kind, value).map_err(bad)? {
            options.set(field.name, setting).map_err(bad)?;
        }
    }
    Ok(options)
}

/// The options of the last call, so that a batch does not parse them (and read their files) again.
#[derive(Debug)]
pub struct Memo<O> {
    last: Mutex<Option<(Value, FileStamps, Arc<O>)>>,
}

type FileStamps = Vec<Option<(SystemTime, u64)>>;

impl<O> Default for Memo<O> {
    fn default() -> Self {
        Self { last: Mutex::new(None) }
    }
}

impl<O: Options> Memo<O> {
    /// As [`parse`], from memory where neither the value nor a file that it names has changed.
    pub fn parse(&self, function: &'static str, value: &Value) -> Result<Arc<O>, KernelError> {
        let stamps = file_stamps::<O>(value);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((seen, at, options)) = &*last
            && seen == value
            && *at == stamps
        {
            return Ok(Arc::clone(options));
        }
        let options = Arc::new(parse(function, value)?);
        *last = Some((value.clone(), stamps, Arc::clone(&options)));
        Ok(options)
    }
}

fn file_stamps<O: Options>(value: &Value) -> FileStamps {
    let Value::Struct(fields) = value else { return Vec::new() };
    let takes_file = |name: &str| {
        let mut fields = O::FIELDS.iter().filter(|field| matches!(field.kind, OptionKind::TextListOrFile | OptionKind::File));
        fields.any(|field| field.name.eq_ignore_ascii_case(name))
    };
    let stamp = |path: &str| std::fs::metadata(path).and_then(|meta| Ok((meta.modified()?, meta.len()))).ok();
    fields
        .iter()
        .filter_map(|(name, value)| match value {
            Value::Text(path) if takes_file(name) => Some(stamp(path)),
            _ => None,
        })
        .collect()
}

fn check(kind: OptionKind, value: &Value) -> Result<Option<Setting>, String> {
    let wrong = || Err(format!("must be {}, got {value}", kind.describe()));
    Ok(Some(match (kind, value) {
        (_, Value::Null) => return Ok(None),
        (OptionKind::Bool, Value::Bool(flag)) => Setting::Bool(*flag),
        (OptionKind::Int(low, high), Value::Int(number)) if (low..=high).contains(number) => Setting::Int(*number),
        (OptionKind::Float, Value::Int(number)) => Setting::Float(*number as f64),
        (OptionKind::Float, Value::Float(number)) if number.is_finite() => Setting::Float(*number),
        (OptionKind::FloatIn(low, high) | OptionKind::FloatInOr(low, high, _), Value::Int(number))
            if (low..=high).contains(&(*number as f64)) =>
        {
            Setting::Float(*number as f64)
        }
        (OptionKind::FloatIn(low, high) | OptionKind::FloatInOr(low, high, _), Value::Float(number)) if (low..=high).contains(number) => {
            Setting::Float(*number)
        }
        (OptionKind::Text, Value::Text(text)) => Setting::Text(text.clone()),
        (OptionKind::Choice(texts) | OptionKind::DurationOr(texts) | OptionKind::FloatInOr(_, _, texts), Value::Text(text))
            if texts.iter().any(|choice| choice.eq_ignore_ascii_case(text)) =>
        {
            Setting::Text(text.to_ascii_lowercase())
        }
        (OptionKind::IntList(low, high), Value::Int(number)) if (low..=high).contains(number) => Setting::IntList(vec![*number]),
        (OptionKind::IntList(low, high), Value::List(values)) => {
            let numbers = values.iter().map(|value| match value {
                Value::Int(number) if (low..=high).contains(number) => Ok(*number),
                other => Err(format!("must be {}, got {other} in the list", kind.describe())),
            });
            Setting::IntList(numbers.collect::<Result<_, _>>()?)
        }
        (OptionKind::Duration | OptionKind::DurationOr(_), value) => match duration(value) {
            Some(micros) => Setting::Duration(micros),
            None => return wrong(),
        },
        (OptionKind::TextOrList, Value::Text(text)) => Setting::TextList(vec![text.clone()]),
        (OptionKind::TextListOrFile, Value::Text(path)) => Setting::TextList(lines(&read_file(path)?)),
        (OptionKind::File, Value::Text(path)) => Setting::File { path: path.escape_debug().to_string(), text: read_file(path)? },
        (OptionKind::TextList | OptionKind::TextOrList | OptionKind::TextListOrFile, Value::List(values)) => {
            let mut texts = Vec::with_capacity(values.len());
            for value in values {
                match value {
                    Value::Text(text) => texts.push(text.clone()),
                    other => return Err(format!("must be {}, got {other} in the list", kind.describe())),
                }
            }
            Setting::TextList(texts)
        }
        _ => return wrong(),
    }))
}

/// Microseconds; `None` where it is none or not above zero.
pub fn duration(value: &Value) -> Option<i64> {
    let micros = match value {
        Value::Duration(micros) => *micros as f64,
        Value::Int(seconds) => *seconds as f64 * 1e6,
        Value::Float(seconds) => seconds * 1e6,
        Value::Text(text) => duration_text(text)?,
        _ => return None,
    };
    // Two centuries.
    (1.0..=6.4e15).contains(&micros).then_some(micros as i64)
}

/// `90s`, `1h 30m`, `1 day`, `250ms`, in microseconds.
fn duration_text(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut micros = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (count, after) = rest.split_at_checked(number)?;
        let after = after.trim_start();
        let letters = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, after) = after.split_at_checked(letters)?;
        let scale = match unit.to_ascii_lowercase().as_str() {
            "us" | "microsecond" | "microseconds" => 1.0,
            "ms" | "millisecond" | "milliseconds" => 1e3,
            "s" | "sec" | "secs" | "second" | "seconds" => 1e6,
            "m" | "min" | "mins" | "minute" | "minutes" => 60e6,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600e6,
            "d" | "day" | "days" => 86400e6,
            "w" | "week" | "weeks" => 7.0 * 86400e6,
            _ => return None,
        };
        micros += count.parse::<f64>().ok()? * scale;
        rest = after.trim_start_matches([' ', ',']);
    }
    Some(micros)
}

/// Longest file that is read.
const MAX_FILE: u64 = 64 << 20;

/// The one place where a kernel touches the disk: a file that the query names.
fn read_file(path: &str) -> Result<String, String> {
    let shown = path.escape_debug();
    let size = std::fs::metadata(path).map_err(|error| format!("names the file '{shown}', which cannot be read: {error}"))?.len();
    if size > MAX_FILE {
        return Err(format!("names the file '{shown}', which is longer than {MAX_FILE} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("names the file '{shown}', which cannot be read: {error}"))
}

/// The lines of a list; blank ones and `#` comments are skipped.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct Probe {
        depth: i64,
        types: Vec<String>,
    }
    impl Options for Probe {
        const FIELDS: &'static [OptionField] = &[
            OptionField { name: "depth", kind: OptionKind::Int(0, 9), default: "0", doc: "" },
            OptionField { name: "names", kind: OptionKind::TextOrList, default: "[]", doc: "" },
            OptionField { name: "types", kind: OptionKind::TextList, default: "[]", doc: "" },
        ];
        fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
            match setting {
                Setting::Int(depth) => self.depth = depth,
                Setting::TextList(types) => self.types = types,
                _ => return Err("?".to_owned()),
            }
            Ok(())
        }
    }

    fn one(name: &str, value: Value) -> Result<Probe, String> {
        parse::<Probe>("probe", &Value::Struct(vec![(name.to_owned(), value)])).map_err(|e| e.to_string())
    }

    #[test]
    fn durations() {
        for (text, seconds) in
            [("15m", Some(900.0)), ("1h 30m", Some(5400.0)), ("1 day", Some(86400.0)), ("0.5s", Some(0.5)), ("90 sec", Some(90.0))]
        {
            assert_eq!(duration(&Value::Text(text.to_owned())).map(|micros| micros as f64 / 1e6), seconds, "{text}");
        }
        for text in ["", "15", "m", "1x", "-5m", "0s", "1..5s", "9999999999d"] {
            assert_eq!(duration(&Value::Text(text.to_owned())), None, "{text}");
        }
        assert_eq!(duration(&Value::Int(60)), Some(60_000_000));
        assert_eq!(duration(&Value::Float(f64::NAN)), None);
    }

    #[test]
    fn names_and_types_are_checked() {
        assert_eq!(one("depth", Value::Int(3)), Ok(Probe { depth: 3, types: vec![] }));
        assert_eq!(one("depth", Value::Null), Ok(Probe::default()));
        assert_eq!(one("types", Value::List(vec![])), Ok(Probe::default()));
        let text = || Value::Text("a".to_owned());
        assert_eq!(one("names", text()), one("names", Value::List(vec![text()])));
        assert_eq!(one("names", text()).map(|probe| probe.types), Ok(vec!["a".to_owned()]));
        assert_eq!(one("names", Value::Int(1)), Err("probe: option 'names' must be a text or a list of texts, got 1".to_owned()));
        assert_eq!(
            one("dept", Value::Int(3)),
            Err("probe: unknown option 'dept', did you mean 'depth'? (options: depth, names, types)".to_owned())
        );
        assert_eq!(one("depth", Value::Int(10)), Err("probe: option 'depth' must be a whole number from 0 to 9, got 10".to_owned()));
        assert_eq!(
            one("types", Value::List(vec![Value::Int(1)])),
            Err("probe: option 'types' must be a list of texts, got 1 in the list".to_owned())
        );
        assert_eq!(
            parse::<Probe>("probe", &Value::Int(1)).map_err(|e| e.to_string()),
            Err("probe: argument 'options' must be a struct such as {'depth': ...}, got 1".to_owned())
        );
    }
}
