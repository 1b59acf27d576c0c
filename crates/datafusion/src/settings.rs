//! The `huntsql.*` settings: what the shell's dot commands write and `SET huntsql.defang = true` reaches.

use crate::display::Mode;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::prelude::SessionContext;
use huntsql_kernels::nearest::hint;
use std::any::Any;
use std::fmt;
use std::str::FromStr;

/// How results are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HuntSettings {
    /// `huntsql.mode`.
    pub mode: Mode,
    /// `huntsql.max_rows`.
    pub max_rows: Limit,
    /// `huntsql.width`.
    pub width: Limit,
    /// `huntsql.defang`.
    pub defang: bool,
    /// `huntsql.timer`.
    pub timer: bool,
    /// `huntsql.csv_guard`.
    pub csv_guard: CsvGuard,
    /// `huntsql.open`.
    pub open: bool,
}

/// A bound on what a table shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// Bounded on a terminal, whole in a file or pipe.
    #[default]
    Auto,
    /// No bound; written `0`.
    Unlimited,
    /// This bound everywhere.
    At(usize),
}

/// Whether CSV and TSV cells that a spreadsheet would run are disarmed. On unless switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvGuard(pub bool);

impl Default for CsvGuard {
    fn default() -> Self {
        Self(true)
    }
}

/// Name, meaning.
const FIELDS: &[(&str, &str)] = &[
    ("csv_guard", "true or false: CSV and TSV cells that a spreadsheet would run as a formula get a leading '"),
    ("defang", "true or false: indicators in every output are printed defanged"),
    ("max_rows", "rows that a table shows; 0 = all, auto = 100 on a terminal and all elsewhere"),
    ("mode", "how results are printed: table, record, markdown, csv, tsv, json, ndjson, parquet"),
    ("open", "true or false: pages that a chart function writes are opened in the browser"),
    ("timer", "true or false: the time of every statement goes to standard error"),
    ("width", "columns that a table may take; 0 = any, auto = the terminal's and any elsewhere"),
];

impl HuntSettings {
    /// The settings of `ctx`; the defaults where [`install`] was not called.
    pub fn of(ctx: &SessionContext) -> Self {
        ctx.state_ref().read().config().options().extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Every setting: name without the prefix, value, meaning.
    pub fn list(&self) -> Vec<(&'static str, String, &'static str)> {
        FIELDS.iter().map(|(name, doc)| (*name, self.get(name), *doc)).collect()
    }

    fn get(&self, name: &str) -> String {
        match name {
            "csv_guard" => self.csv_guard.0.to_string(),
            "defang" => self.defang.to_string(),
            "max_rows" => self.max_rows.to_string(),
            "mode" => self.mode.to_string(),
            "open" => self.open.to_string(),
            "timer" => self.timer.to_string(),
            "width" => self.width.to_string(),
            _ => String::new(),
        }
    }

    fn change(&mut self, name: &str, value: &str) -> std::result::Result<(), String> {
        match name {
            "csv_guard" => self.csv_guard = CsvGuard(flag(value)?),
            "defang" => self.defang = flag(value)?,
            "max_rows" => self.max_rows = value.parse()?,
            "mode" => self.mode = value.parse()?,
            "open" => self.open = flag(value)?,
            "timer" => self.timer = flag(value)?,
            "width" => self.width = value.parse()?,
            _ => {
                let names = || FIELDS.iter().map(|(name, _)| *name);
                let known = names().collect::<Vec<_>>().join(", ");
                return Err(format!("unknown setting 'huntsql.{name}'{} (settings: {known})", hint(name, names())));
            }
        }
        Ok(())
    }
}

impl ConfigExtension for HuntSettings {
    const PREFIX: &'static str = "huntsql";
}

impl ExtensionOptions for HuntSettings {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        self.change(key, value).map_err(|problem| {
            let known = FIELDS.iter().any(|(name, _)| *name == key);
            DataFusionError::Configuration(if known { format!("huntsql.{key}: {problem}") } else { problem })
        })
    }

    // SHOW looks entries up by their full name, and DataFusion's own macro leaves the prefix out.
    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |(name, value, doc)| ConfigEntry { key: format!("huntsql.{name}"), value: Some(value), description: doc };
        self.list().into_iter().map(entry).collect()
    }
}

/// Adds the `huntsql.*` settings to `ctx`, with their defaults, unless they are there.
pub fn install(ctx: &SessionContext) {
    let state = ctx.state_ref();
    let mut state = state.write();
    let extensions = &mut state.config_mut().options_mut().extensions;
    if extensions.get::<HuntSettings>().is_none() {
        extensions.insert(HuntSettings::default());
    }
}

/// Changes `huntsql.<name>` as `SET` does.
pub fn set(ctx: &SessionContext, name: &str, value: &str) -> Result<()> {
    let state = ctx.state_ref();
    let mut state = state.write();
    state.config_mut().options_mut().set(&format!("{}.{name}", HuntSettings::PREFIX), value)
}

fn flag(value: &str) -> std::result::Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" | "yes" => Ok(true),
        "false" | "off" | "0" | "no" => Ok(false),
        _ => Err(format!("must be true or false, got '{}'", value.escape_debug())),
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "0" | "all" => Ok(Self::Unlimited),
            number => match number.parse() {
                Ok(bound) => Ok(Self::At(bound)),
                Err(_) => Err(format!("must be a whole number, 0 for no bound, or auto, got '{}'", text.escape_debug())),
            },
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Unlimited => f.write_str("0"),
            Self::At(bound) => write!(f, "{bound}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, value: &str) -> std::result::Result<HuntSettings, String> {
        let mut settings = HuntSettings::default();
        settings.set(name, value).map(|()| settings).map_err(|error| error.strip_backtrace())
    }

    #[test]
    fn every_setting_is_listed_and_takes_its_own_value_back() {
        let settings = HuntSettings::default();
        for (name, value, doc) in settings.list() {
            assert!(!doc.is_empty(), "{name}");
            assert_eq!(changed(name, &value), Ok(settings.clone()), "{name}");
        }
    }

    #[test]
    fn wrong_names_and_values_are_explained() {
        assert_eq!(changed("max_rows", "7").map(|s| s.max_rows), Ok(Limit::At(7)));
        assert_eq!(changed("max_rows", "all").map(|s| s.max_rows), Ok(Limit::Unlimited));
        for (name, value, problem) in [
            ("defnag", "true", "did you mean 'defang'?"),
            ("defang", "maybe", "huntsql.defang: must be true or false, got 'maybe'"),
            ("max_rows", "-1", "huntsql.max_rows: must be a whole number, 0 for no bound, or auto, got '-1'"),
            ("mode", "jsn", "huntsql.mode: unknown mode 'jsn', did you mean 'json'?"),
        ] {
            let error = changed(name, value).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }

    #[tokio::test]
    async fn sql_sets_and_shows() {
        let ctx = SessionContext::new_with_config(datafusion::prelude::SessionConfig::new().with_information_schema(true));
        install(&ctx);
        ctx.sql("SET huntsql.defang = true").await.unwrap();
        install(&ctx);
        assert!(HuntSettings::of(&ctx).defang, "a second install keeps the settings");
        let shown = ctx.sql("SHOW huntsql.defang").await.unwrap().collect().await.unwrap();
        assert_eq!(shown[0].num_rows(), 1);
    }
}
