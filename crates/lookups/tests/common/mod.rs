//! A folder with a configuration, and kernels called as an engine calls them.

use huntsql_kernels::column::{Column, Data};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::kernel::{ScalarKernel, run_until};
use huntsql_kernels::options::{Value, parse};
use huntsql_kernels::types::SqlType;
use huntsql_kernels::{column::SqlValue, error::KernelError};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// One column of texts.
pub(crate) struct Texts<'t>(pub(crate) &'t [Option<&'t str>]);

impl Input for Texts<'_> {
    fn text(&self, _: usize, row: usize) -> Option<&str> {
        self.0[row]
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
}

/// A folder with `config.yaml`, and in it the cache.
pub(crate) struct Play {
    folder: TempDir,
}

impl Play {
    pub(crate) fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!("cache: {{path: cache.sqlite}}\n{config}\n");
        std::fs::write(folder.path().join("config.yaml"), config).expect("a configuration");
        Self { folder }
    }

    pub(crate) fn config(&self) -> String {
        self.folder.path().join("config.yaml").display().to_string()
    }

    /// What the function says about each text, as JSON.
    pub(crate) fn try_ask<K: ScalarKernel>(
        &self,
        texts: &[&str],
        options: &[(&str, Value)],
        interrupt: &Interrupt,
    ) -> Result<Vec<Json>, KernelError> {
        let mut fields = vec![("config".to_owned(), Value::Text(self.config()))];
        fields.extend(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let options = parse::<K::Options>(K::SPEC.name, &Value::Struct(fields))?;
        let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(*text)).collect();
        let column = run_until::<K>(&Texts(&texts), texts.len(), &options, interrupt)?;
        let ty = <K::Out<'static> as SqlValue>::TYPE;
        Ok((0..column.len()).map(|row| as_json(&column, &ty, row)).collect())
    }

    pub(crate) fn ask<K: ScalarKernel>(&self, texts: &[&str], options: &[(&str, Value)]) -> Vec<Json> {
        self.try_ask::<K>(texts, options, &Interrupt::default()).expect("answers")
    }
}

#[expect(clippy::panic, reason = "a test stops where its columns are of another type")]
pub(crate) fn as_json(column: &Column, ty: &SqlType, row: usize) -> Json {
    if column.validity().is_some_and(|valid| !valid[row]) {
        return Json::Null;
    }
    match (column.data(), ty) {
        (Data::Text { offsets, bytes }, _) => json!(std::str::from_utf8(&bytes[offsets[row]..offsets[row + 1]]).expect("UTF-8")),
        (Data::Int(values), _) => json!(values[row]),
        (Data::Float(values), _) => json!(values[row]),
        (Data::Bool(values), _) => json!(values[row]),
        (Data::List { offsets, child }, SqlType::List(ty)) => {
            (offsets[row]..offsets[row + 1]).map(|element| as_json(child, ty, element)).collect()
        }
        (Data::Struct(fields), SqlType::Struct(types)) => {
            fields.iter().zip(*types).map(|(field, (name, ty))| ((*name).to_owned(), as_json(field, ty, row))).collect()
        }
        other => panic!("a column that tests do not read: {other:?}"),
    }
}
