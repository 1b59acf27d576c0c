//! The options that all charts have, beside those of each.

use crate::label::Labels;
use crate::model::{Reference, Source, Theme};
use huntsql_kernels::options::{OptionField, OptionKind, Options, Setting, Value};
use huntsql_kernels::time_text::parse_time;

/// Options of one kind of chart.
pub trait OwnOptions: Default + Send + Sync + 'static {
    /// All of them.
    const FIELDS: &'static [OptionField];
    /// Takes one option, as [`Options::set`] does.
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String>;
}

/// For charts without options of their own.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoOwnOptions;

impl OwnOptions for NoOwnOptions {
    const FIELDS: &'static [OptionField] = &[];
    fn set(&mut self, _: &str, _: Setting) -> Result<(), String> {
        Ok(())
    }
}

/// What a chart becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A page for a browser.
    Html,
    /// A drawing.
    Svg,
    /// A picture.
    Png,
    /// Text for a terminal.
    Term,
    /// What `render_report` takes.
    Json,
}

impl Format {
    const ALL: [Self; 5] = [Self::Html, Self::Svg, Self::Png, Self::Term, Self::Json];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Term => "term",
            Self::Json => "json",
        }
    }

    /// How its files end; the first where a name is made up.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Html => &["html", "htm"],
            Self::Svg => &["svg"],
            Self::Png => &["png"],
            Self::Term => &["txt"],
            Self::Json => &["json"],
        }
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format of a file with that ending.
    pub fn ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.endings().iter().any(|own| own.eq_ignore_ascii_case(ending)))
    }
}

/// The options that all charts have.
#[derive(Debug, Clone)]
pub struct Common {
    /// What to make; by the ending of the path, else a page, where it is `None`.
    pub format: Option<Format>,
    /// Where to write it.
    pub path: Option<String>,
    /// Above the picture.
    pub title: String,
    /// Zone in which times are shown.
    pub zone: String,
    /// Colours.
    pub theme: Theme,
    /// Whether indicators are defanged.
    pub defang: bool,
    /// Lines across the time axis.
    pub references: Vec<Reference>,
    /// Width of SVG and PNG in pixels, of text in characters.
    pub width: Option<u32>,
    /// Height of SVG and PNG in pixels, of text in lines.
    pub height: Option<u32>,
}

impl Default for Common {
    fn default() -> Self {
        Self {
            format: None,
            path: None,
            title: String::new(),
            zone: "UTC".to_owned(),
            theme: Theme::Auto,
            defang: true,
            references: Vec::new(),
            width: None,
            height: None,
        }
    }
}

const COMMON: &[OptionField] = &[
    OptionField { name: "defang", kind: OptionKind::Bool, default: "true", doc: "Show indicators defanged." },
    OptionField {
        name: "format",
        kind: OptionKind::Choice(&["auto", "html", "json", "png", "svg", "term"]),
        default: "'auto'",
        doc: "What to make: a page, JSON for `render_report`, a picture, a drawing, or text for a terminal. `auto` follows the ending of `path`, and is a page without one.",
    },
    OptionField {
        name: "height",
        kind: OptionKind::Int(8, 20_000),
        default: "NULL",
        doc: "Height of a drawing or picture in pixels, of text in lines. Pages fit themselves to the window.",
    },
    OptionField {
        name: "path",
        kind: OptionKind::Text,
        default: "NULL",
        doc: "The file to write; one that is there is replaced if it is a chart. Without it a new file in the working directory. `json` and `term` write a file only where it is given.",
    },
    OptionField {
        name: "refs",
        kind: OptionKind::TextOrList,
        default: "[]",
        doc: "Lines across the time axis, each a time and what to write there: `'2024-05-06 10:00:00 first alert'`. Times are UTC where they have no zone.",
    },
    OptionField {
        name: "theme",
        kind: OptionKind::Choice(&["auto", "dark", "light"]),
        default: "'auto'",
        doc: "Colours; `auto` is what the reader's system has.",
    },
    OptionField { name: "title", kind: OptionKind::Text, default: "''", doc: "What stands above." },
    OptionField {
        name: "width",
        kind: OptionKind::Int(20, 20_000),
        default: "NULL",
        doc: "Width of a drawing or picture in pixels, of text in characters.",
    },
    OptionField {
        name: "zone",
        kind: OptionKind::Text,
        default: "'UTC'",
        doc: "Time zone of the times that are shown, by its IANA name, such as `Europe/Berlin`.",
    },
];

/// Most options of a chart.
const MOST: usize = 32;

/// Common and own options, sorted; what is left over is filled up.
const fn merged(own: &[OptionField]) -> [OptionField; MOST] {
    let mut all = [COMMON[0]; MOST];
    let mut count = 0;
    while count < COMMON.len() {
        all[count] = COMMON[count];
        count += 1;
    }
    let mut next = 0;
    while next < own.len() {
        let mut place = count;
        while place > 0 && is_before(own[next].name, all[place - 1].name) {
            all[place] = all[place - 1];
            place -= 1;
        }
        all[place] = own[next];
        count += 1;
        next += 1;
    }
    all
}

const fn is_before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return a[at] < b[at];
        }
        at += 1;
    }
    a.len() < b.len()
}

/// All options of a chart, and how its arguments are written.
#[derive(Debug, Default)]
pub struct ChartOptions<O> {
    /// Those of all charts.
    pub common: Common,
    /// Those of this one.
    pub own: O,
    /// For each argument its columns; empty where it is not given.
    pub sources: Vec<Vec<Source>>,
}

impl<O: OwnOptions> ChartOptions<O> {
    const ALL: &'static [OptionField; MOST] = &merged(O::FIELDS);

    /// What argument `index` is, if it is given.
    pub(crate) fn source(&self, index: usize) -> Option<Source> {
        self.sources.get(index).and_then(|sources| sources.first()).cloned()
    }

    /// As [`ChartOptions::source`], with a name where it is not known.
    pub(crate) fn named_source(&self, index: usize, name: &str) -> Source {
        self.source(index).unwrap_or_else(|| Source { name: name.to_owned(), ..Source::default() })
    }

    /// Makes labels.
    pub(crate) fn labels(&self) -> Labels {
        Labels { defang: self.common.defang }
    }
}

impl<O: OwnOptions> Options for ChartOptions<O> {
    const FIELDS: &'static [OptionField] = Self::ALL.split_at(COMMON.len() + O::FIELDS.len()).0;

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        let common = &mut self.common;
        match (name, setting) {
            ("defang", Setting::Bool(defang)) => common.defang = defang,
            ("format", Setting::Text(format)) => common.format = Format::named(&format),
            ("height", Setting::Int(height)) => common.height = u32::try_from(height).ok(),
            ("width", Setting::Int(width)) => common.width = u32::try_from(width).ok(),
            ("path", Setting::Text(path)) if path.is_empty() => return Err("must name a file, got an empty text".to_owned()),
            ("path", Setting::Text(path)) => common.path = Some(path),
            ("refs", Setting::TextList(texts)) => {
                common.references = texts.iter().map(|text| reference(text)).collect::<Result<_, _>>()?;
                common.references.sort_by(|a, b| (a.time, &a.label).cmp(&(b.time, &b.label)));
            }
            ("theme", Setting::Text(theme)) => {
                common.theme = match theme.as_str() {
                    "dark" => Theme::Dark,
                    "light" => Theme::Light,
                    _ => Theme::Auto,
                }
            }
            ("title", Setting::Text(title)) => common.title = title,
            ("zone", Setting::Text(zone)) => common.zone = known_zone(zone)?,
            (name, setting) => return self.own.set(name, setting),
        }
        Ok(())
    }

    fn set_sources(&mut self, sources: &Value) {
        self.sources = read_sources(sources);
    }
}

/// The zone, if there is one of that name.
fn known_zone(name: String) -> Result<String, String> {
    if name.parse::<chrono_tz::Tz>().is_ok() {
        return Ok(name);
    }
    let near = huntsql_kernels::nearest::hint(&name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
    Err(format!("must be the IANA name of a time zone, such as 'Europe/Berlin', got '{}'{near}", name.escape_debug()))
}

/// A time, then words.
fn reference(text: &str) -> Result<Reference, String> {
    let text = text.trim();
    // The longest beginning that is a time: the words may begin with a number.
    let ends = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).chain([text.len()]).take_while(|end| *end < 64);
    let time = ends.filter_map(|end| text.get(..end).and_then(as_time).map(|time| (end, time))).last();
    let (end, time) =
        time.ok_or_else(|| format!("must be a time and words, such as '2024-05-06 10:00:00 first alert', got '{}'", text.escape_debug()))?;
    Ok(Reference { time, label: text.get(end..).unwrap_or("").trim().to_owned() })
}

/// ISO 8601, or with an hour of one digit.
fn as_time(text: &str) -> Option<i64> {
    let has_year = text.as_bytes().get(4) == Some(&b'-');
    parse_time(text, "iso").or_else(|| if has_year { parse_time(text, "%Y-%m-%d %H:%M") } else { None })
}

/// Marks a time with a zone among [`write_sources`].
const ZONED: &str = "zoned";

/// Sources as options hold them: for each argument a list of names fit to be seen, each followed by its SQL and whether it has a time zone.
pub(crate) fn write_sources(sources: &[Vec<Source>]) -> Value {
    let labels = Labels { defang: false };
    let texts = |source: &Source| {
        let zone = if source.is_zoned { ZONED } else { "" };
        [labels.shown(&source.name).into_owned(), source.sql.clone(), zone.to_owned()].map(Value::Text)
    };
    let pairs = |sources: &Vec<Source>| Value::List(sources.iter().flat_map(texts).collect());
    Value::List(sources.iter().map(pairs).collect())
}

fn read_sources(value: &Value) -> Vec<Vec<Source>> {
    let Value::List(arguments) = value else { return Vec::new() };
    let text = |value: Option<&Value>| match value {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let read = |texts: &[Value]| Source { name: text(texts.first()), sql: text(texts.get(1)), is_zoned: text(texts.get(2)) == ZONED };
    let sources = |value: &Value| match value {
        Value::List(texts) => texts.chunks(3).map(read).collect(),
        _ => Vec::new(),
    };
    arguments.iter().map(sources).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_kernels::options::parse;

    #[derive(Debug, Default)]
    struct Own(i64);
    impl OwnOptions for Own {
        const FIELDS: &'static [OptionField] = &[
            OptionField { name: "detail_rows", kind: OptionKind::Int(0, 9), default: "0", doc: "" },
            OptionField { name: "zzz", kind: OptionKind::Bool, default: "false", doc: "" },
        ];
        fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
            if let Setting::Int(rows) = setting {
                self.0 = rows;
            }
            Ok(())
        }
    }

    #[test]
    fn options_are_merged_sorted_and_read() {
        let fields = ChartOptions::<Own>::FIELDS;
        assert_eq!(fields.len(), COMMON.len() + 2);
        assert!(fields.windows(2).all(|pair| pair[0].name < pair[1].name));
        let text = |text: &str| Value::Text(text.to_owned());
        let value = Value::Struct(vec![
            ("detail_rows".to_owned(), Value::Int(7)),
            ("refs".to_owned(), Value::List(vec![text("2024-05-06T10:00:00Z b"), text("2024-05-06 07:30 2 alerts"), text("2024-05-05 ")])),
            ("format".to_owned(), text("SVG")),
            (
                huntsql_kernels::options::SOURCES.to_owned(),
                write_sources(&[vec![], vec![Source { name: "a".into(), sql: "\"a\"".into(), is_zoned: true }]]),
            ),
        ]);
        let options: ChartOptions<Own> = parse("f", &value).unwrap();
        assert_eq!((options.own.0, options.common.format), (7, Some(Format::Svg)));
        let labels: Vec<_> = options.common.references.iter().map(|reference| reference.label.as_str()).collect();
        assert_eq!(labels, ["", "2 alerts", "b"]);
        assert_eq!(options.common.references[1].time, 1_714_980_600_000_000);
        assert_eq!(options.source(0), None);
        assert_eq!(options.source(1).map(|source| (source.sql, source.is_zoned)), Some(("\"a\"".to_owned(), true)));
        let wrong = Value::Struct(vec![("refs".to_owned(), text("soon"))]);
        let error = parse::<ChartOptions<Own>>("f", &wrong).unwrap_err().to_string();
        assert_eq!(error, "f: option 'refs' must be a time and words, such as '2024-05-06 10:00:00 first alert', got 'soon'");
    }
}
