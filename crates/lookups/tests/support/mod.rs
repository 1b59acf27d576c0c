//! Runs a kernel over rows of texts and shows its results.

use huntsql_kernels::column::{Column, Data};
use huntsql_kernels::input::Input;
use huntsql_kernels::kernel::{ScalarKernel, run, signature};
use huntsql_kernels::options::{Options, Value, parse};
use huntsql_kernels::types::SqlType;
use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder of the material that is shared beside the repository. Where it is not there, the test says so and ends.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|above| above.join("shared").join(folder)).find(|path| path.exists());
    if found.is_none() {
        println!("SKIPPED: there is no shared/{folder} beside the repository");
    }
    found
}

/// An option.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    Text(&'a str, &'a str),
    List(&'a str, &'a [String]),
}

struct Texts<'a>(&'a [&'a [Option<&'a str>]]);

impl Input for Texts<'_> {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        self.0[row][arg]
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

/// A struct: names and values as text.
#[derive(Debug)]
pub(crate) struct Row(Vec<(&'static str, Option<String>)>);

impl Row {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no field {name}")).1.as_deref()
    }

    /// The fields that are not NULL.
    pub(crate) fn known(&self) -> String {
        let known = self.0.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_deref()?)));
        known.collect::<Vec<_>>().join(" ")
    }
}

fn compute<K: ScalarKernel>(given: &[Given<'_>], rows: &[&[Option<&str>]]) -> Result<Column, String> {
    let text = |text: &str| Value::Text(text.to_owned());
    let fields = given.iter().map(|given| match given {
        Given::Text(name, value) => ((*name).to_owned(), text(value)),
        Given::List(name, values) => ((*name).to_owned(), Value::List(values.iter().map(|value| text(value)).collect())),
    });
    let options: K::Options = match given {
        [] => Default::default(),
        _ if K::Options::FIELDS.is_empty() => Default::default(),
        _ => parse(K::SPEC.name, &Value::Struct(fields.collect())).map_err(|error| error.to_string())?,
    };
    run::<K>(&Texts(rows), rows.len(), &options).map_err(|error| error.to_string())
}

fn cell(column: &Column, row: usize) -> Option<String> {
    if column.validity().is_some_and(|valid| !valid[row]) {
        return None;
    }
    Some(match column.data() {
        Data::Text { offsets, bytes } => String::from_utf8(bytes[offsets[row]..offsets[row + 1]].to_vec()).unwrap(),
        Data::Int(values) => values[row].to_string(),
        Data::Float(values) => format!("{:?}", values[row]),
        Data::Bool(values) => values[row].to_string(),
        _ => panic!("no such cell"),
    })
}

/// Rows of texts to texts.
#[allow(dead_code, reason = "one file of tests does not use all of it")]
pub(crate) fn all<K: ScalarKernel>(given: &[Given<'_>], rows: &[&[Option<&str>]]) -> Result<Vec<Option<String>>, String> {
    let column = compute::<K>(given, rows)?;
    Ok((0..rows.len()).map(|row| cell(&column, row)).collect())
}

/// Rows of texts to structs.
pub(crate) fn ask_rows<K: ScalarKernel>(given: &[Given<'_>], rows: &[&[Option<&str>]]) -> Result<Vec<Option<Row>>, String> {
    let column = compute::<K>(given, rows)?;
    let SqlType::Struct(names) = signature::<K>().result else { panic!("no struct") };
    let Data::Struct(fields) = column.data() else { panic!("no struct") };
    let row = |row: usize| {
        let is_null = column.validity().is_some_and(|valid| !valid[row]);
        (!is_null).then(|| Row(names.iter().zip(fields).map(|((name, _), field)| (*name, cell(field, row))).collect()))
    };
    Ok((0..rows.len()).map(row).collect())
}

/// As [`ask_rows`], without NULL.
pub(crate) fn ask<K: ScalarKernel>(given: &[Given<'_>], rows: &[&[&str]]) -> Result<Vec<Option<Row>>, String> {
    let rows: Vec<Vec<Option<&str>>> = rows.iter().map(|row| row.iter().map(|text| Some(*text)).collect()).collect();
    ask_rows::<K>(given, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}
