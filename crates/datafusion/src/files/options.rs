//! Options of the explicit readers: `read_json('x', {'bad_rows': 'skip'})`.

use encoding_rs::Encoding;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::options::{OptionField, OptionKind, Options, Setting, Value, parse};

/// Longest line unless an option says otherwise: 256 MiB.
const MAX_LINE_BYTES: usize = 256 << 20;
/// A batch of rows holds at most 2^31 bytes of text in a column.
const LONGEST_LINE: i64 = 1 << 30;

/// What happens to a row that is not what its format asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// The statement fails, naming file and line.
    #[default]
    Error,
    /// The row is left out and counted in a warning.
    Skip,
    /// JSON: a row with `_error` and `_raw`. CSV: missing fields are NULL, further fields become columns.
    Keep,
}

/// What every text reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Common {
    /// None: found by byte order mark and content.
    pub encoding: Option<&'static Encoding>,
    /// Replaces invalid bytes by U+FFFD.
    pub lossy: bool,
    /// Longest line or record.
    pub max_line_bytes: usize,
    /// What happens to bad rows.
    pub bad_rows: BadRows,
}

impl Default for Common {
    fn default() -> Self {
        Self { encoding: None, lossy: false, max_line_bytes: MAX_LINE_BYTES, bad_rows: BadRows::Error }
    }
}

const ENCODING: OptionField = OptionField {
    name: "encoding",
    kind: OptionKind::Text,
    default: "'auto'",
    doc: "'auto' (byte order mark, then content), 'utf-8', 'utf-16le', 'utf-16be', or any label of the WHATWG Encoding Standard such as 'windows-1252'.",
};
const INVALID_UTF8: OptionField = OptionField {
    name: "invalid_utf8",
    kind: OptionKind::Text,
    default: "'error'",
    doc: "'error' names file and line; 'lossy' puts U+FFFD in place of invalid bytes and warns.",
};
const MAX_LINE: OptionField = OptionField {
    name: "max_line_bytes",
    kind: OptionKind::Int(1, LONGEST_LINE),
    default: "268435456",
    doc: "Longest line or record; a longer one is an error.",
};
const BAD_ROWS: OptionField = OptionField {
    name: "bad_rows",
    kind: OptionKind::Text,
    default: "'error'",
    doc: "'error' names file and line; 'skip' leaves the row out and counts it in a warning; 'keep' keeps what can be kept.",
};

impl Common {
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("encoding", Setting::Text(label)) if label.eq_ignore_ascii_case("auto") => self.encoding = None,
            ("encoding", Setting::Text(label)) => {
                self.encoding = Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                    let near = hint(&label, ["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1", "shift_jis", "gbk"]);
                    format!("names no known encoding '{}'{near}", label.escape_debug())
                })?);
            }
            ("invalid_utf8", Setting::Text(word)) => self.lossy = choice(&word, &[("error", false), ("lossy", true)])?,
            ("bad_rows", Setting::Text(word)) => {
                self.bad_rows = choice(&word, &[("error", BadRows::Error), ("skip", BadRows::Skip), ("keep", BadRows::Keep)])?;
            }
            ("max_line_bytes", Setting::Int(bytes)) => self.max_line_bytes = usize::try_from(bytes).unwrap_or(MAX_LINE_BYTES),
            (name, _) => return Err(format!("is not handled ({name})")),
        }
        Ok(())
    }
}

fn choice<T: Copy>(word: &str, known: &[(&str, T)]) -> Result<T, String> {
    known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|(name, _)| format!("'{name}'")).collect();
        format!("must be {}, got '{}'", names.join(" or "), word.escape_debug())
    })
}

/// Options of `read_json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonOptions {
    /// What every text reader takes.
    pub common: Common,
}

impl Options for JsonOptions {
    const FIELDS: &'static [OptionField] = &[BAD_ROWS, ENCODING, INVALID_UTF8, MAX_LINE];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.common.set(name, setting)
    }
}

/// Options of `read_csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvOptions {
    /// What every text reader takes.
    pub common: Common,
    /// Every column is TEXT, nothing is inferred.
    pub all_text: bool,
    /// None: tab for `.tsv`, else the one of `, ; |` and tab that the first line holds most.
    pub delimiter: Option<u8>,
    /// The first line names the columns.
    pub header: bool,
    /// None: nothing quotes.
    pub quote: Option<u8>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { common: Common::default(), all_text: false, delimiter: None, header: true, quote: Some(b'"') }
    }
}

impl Options for CsvOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField { name: "all_text", kind: OptionKind::Bool, default: "false", doc: "Every column is TEXT; no type is inferred." },
        BAD_ROWS,
        OptionField {
            name: "delimiter",
            kind: OptionKind::Text,
            default: "'auto'",
            doc: "One ASCII character, or 'auto': tab for .tsv, else the one of comma, semicolon, bar and tab that the first line holds most.",
        },
        ENCODING,
        OptionField { name: "header", kind: OptionKind::Bool, default: "true", doc: "Whether the first line names the columns." },
        INVALID_UTF8,
        MAX_LINE,
        OptionField { name: "quote", kind: OptionKind::Text, default: "'\"'", doc: "One ASCII character; '' when nothing quotes." },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("all_text", Setting::Bool(flag)) => self.all_text = flag,
            ("header", Setting::Bool(flag)) => self.header = flag,
            ("delimiter", Setting::Text(text)) if text.eq_ignore_ascii_case("auto") => self.delimiter = None,
            ("delimiter", Setting::Text(text)) => self.delimiter = Some(one_byte(&text)?),
            ("quote", Setting::Text(text)) if text.is_empty() => self.quote = None,
            ("quote", Setting::Text(text)) => self.quote = Some(one_byte(&text)?),
            (name, setting) => return self.common.set(name, setting),
        }
        Ok(())
    }
}

fn one_byte(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Ok(*byte),
        b"\\t" => Ok(b'\t'),
        _ => Err(format!("must be one ASCII character, got '{}'", text.escape_debug())),
    }
}

/// Options of `read_text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextOptions {
    /// What every text reader takes.
    pub common: Common,
}

impl Options for TextOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, INVALID_UTF8, MAX_LINE];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.common.set(name, setting)
    }
}

/// `read_parquet` takes no options yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParquetOptions;

impl Options for ParquetOptions {
    const FIELDS: &'static [OptionField] = &[];
    fn set(&mut self, _: &str, _: Setting) -> Result<(), String> {
        Ok(())
    }
}

/// How files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Each file by its content and name.
    Auto,
    /// `read_json`
    Json(JsonOptions),
    /// `read_csv`
    Csv(CsvOptions),
    /// `read_text`
    Text(TextOptions),
    /// `read_parquet`
    Parquet,
}

impl Reader {
    /// Names of the explicit readers.
    pub const NAMES: &'static [&'static str] = &["read_csv", "read_json", "read_parquet", "read_text"];

    /// The reader of that name with its options checked, or None for another name.
    pub fn named(name: &str, options: &Value) -> Option<Result<Self, KernelError>> {
        Some(match name.to_ascii_lowercase().as_str() {
            "read_json" => parse("read_json", options).map(Self::Json),
            "read_csv" => parse("read_csv", options).map(Self::Csv),
            "read_text" => parse("read_text", options).map(Self::Text),
            "read_parquet" => parse::<ParquetOptions>("read_parquet", options).map(|_| Self::Parquet),
            _ => return None,
        })
    }

    pub(crate) fn common(&self) -> Common {
        match self {
            Self::Json(options) => options.common,
            Self::Csv(options) => options.common,
            Self::Text(options) => options.common,
            Self::Auto | Self::Parquet => Common::default(),
        }
    }
}
