//! A data chunk whose vectors have the types of the user's columns: DuckDB has cast nothing.
//!
//! Aggregates take every argument as ANY. That lets one overload serve arguments that are left out, times of every kind, and
//! structs, and lets a wrong type be answered with a sample of what was given.

use crate::aggregate::ROW;
use crate::options::{constant, field_name, read};
use crate::typed::{Typed, is_zoned};
use crate::vector::Vector;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{Expression, Given, GroupFunction, TableColumn};
use huntsql_kernels::input::Input;
use huntsql_kernels::options::{SOURCES, Value};
use huntsql_kernels::time_text::parse_time;
use huntsql_kernels::types::ArgType;
use libduckdb_sys as ffi;
use std::borrow::Cow;

/// The arguments of one chunk.
pub(crate) struct AnyInput {
    args: Vec<Typed>,
}

impl AnyInput {
    /// The first `count` vectors of `chunk`.
    ///
    /// # Safety
    /// `chunk` has as many vectors, flat, and outlives the value.
    pub(crate) unsafe fn new(chunk: ffi::duckdb_data_chunk, count: usize) -> Self {
        // SAFETY: the caller's promise.
        let typed = |index: usize| unsafe { Typed::new(Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, index as u64))) };
        Self { args: (0..count).map(typed).collect() }
    }

    /// The row number in the first vector of `chunk`, and the arguments of `function`: those given stand behind the whole row, the others are
    /// looked for in it. Also the options, in the last vector, as they are once the columns are known.
    ///
    /// # Safety
    /// `chunk` is one of an aggregate of [`Shape::Events`](huntsql_kernels::group::Shape), flat, and outlives the value.
    pub(crate) unsafe fn of_events(
        chunk: ffi::duckdb_data_chunk,
        function: &dyn GroupFunction,
        options: &Value,
        rows: usize,
    ) -> Result<(Self, Value), KernelError> {
        // SAFETY: the caller's promise.
        let vector = |index: usize| unsafe { Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, index as u64)) };
        let mut columns = Vec::new();
        // SAFETY: as above.
        unsafe { fields(vector(1), None, 0, &mut columns) };
        // The number of the row is a column of the macro's, not of the table.
        columns.retain(|(column, _)| column.name != ROW);
        // SAFETY: as above.
        let mut args: Vec<Typed> = (0..function.args().len()).map(|index| unsafe { Typed::new(vector(2 + index)) }).collect();
        let mut options = options.clone();
        let sources = take_sources(&mut options);
        let given = function.args().iter().zip(&args).enumerate().map(|(index, (ty, arg))| {
            // SAFETY: as above.
            unsafe { given(function, index, *ty, arg, rows, sources.get(index)) }
        });
        let given: Vec<Given> = given.collect::<Result<_, _>>()?;
        let names: Vec<TableColumn> = columns.iter().map(|(column, _)| column.clone()).collect();
        // The values of a column must not choose columns.
        let is_column = |index: usize| sources.get(index).is_some_and(|source| names.iter().any(|column| column.name == *source));
        if let Some(index) = (0..given.len()).find(|index| matches!(given.get(*index), Some(Given::Names(_))) && is_column(*index)) {
            let argument = function.spec().args.get(index).map_or("columns", |arg| arg.name);
            let problem = format!("takes names of columns as texts: {argument} => ['{}']", sources.get(index).map_or("", String::as_str));
            return Err(KernelError::BadArgument { function: function.spec().name, argument, problem });
        }
        if let Some(found) = function.recognise(&names, &given, &options)? {
            options = found.options;
            for (index, names) in found.several {
                let vectors = names.iter().filter_map(|name| columns.iter().find(|(column, _)| column.name == *name));
                // SAFETY: fields of a live, flat struct.
                let several = vectors.map(|(_, vector)| unsafe { Typed::new(*vector) }).collect();
                if let Some(arg) = args.get_mut(index) {
                    arg.several = Some(several);
                }
            }
            for (arg, name) in args.iter_mut().zip(found.columns) {
                let column = name.and_then(|name| columns.iter().find(|(column, _)| column.name == name));
                if let Some((_, vector)) = column.filter(|_| arg.is_null_type()) {
                    // SAFETY: a field of a live, flat struct.
                    *arg = unsafe { Typed::new(*vector) };
                }
            }
        }
        // SAFETY: as above.
        args.insert(0, unsafe { Typed::new(vector(0)) });
        Ok((Self { args }, options))
    }

    /// The first argument that has another type than `types` ask for: its place, and what it holds. A column of NULLs may have any type: DuckDB 1.4
    /// gives `NULL AS x` one of its own choosing.
    pub(crate) fn misfit(&self, types: &[ArgType], rows: usize) -> Option<(usize, String)> {
        self.args.iter().zip(types).enumerate().filter(|(_, (arg, ty))| !arg.fits(**ty)).find_map(|(index, (arg, _))| {
            // SAFETY: rows are those of the chunk.
            let sample = (0..rows).map(|row| unsafe { read(arg.vector, row, 0) }).find(|value| *value != Value::Null)?;
            Some((index, sample.to_string()))
        })
    }
}

/// How the arguments are written, taken out of the options.
fn take_sources(options: &mut Value) -> Vec<String> {
    let Value::Struct(fields) = options else { return Vec::new() };
    let Some(place) = fields.iter().position(|(name, _)| name == SOURCES) else { return Vec::new() };
    match fields.remove(place).1 {
        Value::List(texts) => texts.into_iter().map(|text| if let Value::Text(text) = text { text } else { String::new() }).collect(),
        _ => Vec::new(),
    }
}

/// An argument as the call gives it.
///
/// # Safety
/// The vector of `arg` is live, with `rows` rows.
unsafe fn given(
    function: &dyn GroupFunction,
    index: usize,
    ty: ArgType,
    arg: &Typed,
    rows: usize,
    source: Option<&String>,
) -> Result<Given, KernelError> {
    if arg.is_null_type() {
        return Ok(Given::Nothing);
    }
    if ty != ArgType::Columns {
        let sql = source.cloned().unwrap_or_default();
        return Ok(Given::Expression(Expression {
            sql,
            is_text: arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
            is_zoned: arg.is_zoned(),
        }));
    }
    let argument = function.spec().args.get(index).map_or("columns", |arg| arg.name);
    let wrong = |problem: String| KernelError::BadArgument { function: function.spec().name, argument, problem };
    // SAFETY: the caller's promise.
    match unsafe { constant(arg.vector, rows) } {
        Some(value) => Given::names(&value).map_err(wrong),
        None => Err(wrong("must be a constant list of names of columns, such as ['host', 'user']".to_owned())),
    }
}

/// Structs in structs that are looked into.
const MOST_LEVELS: usize = 4;

/// The fields of a struct vector, and of the structs in it: names with dots.
///
/// # Safety
/// `vector` is live and flat.
unsafe fn fields(vector: Vector, prefix: Option<&str>, depth: usize, into: &mut Vec<(TableColumn, Vector)>) {
    // SAFETY: the caller's promise; indices are below the number of fields.
    unsafe {
        let ty = vector.logical_type();
        if ty.id() != ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT {
            return;
        }
        for index in 0..ffi::duckdb_struct_type_child_count(ty.raw()) {
            let name = field_name(&ty, index);
            let name = prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}.{name}"));
            let child = vector.struct_child(index);
            let id = child.logical_type().id();
            if id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT && depth < MOST_LEVELS {
                fields(child, Some(&name), depth + 1, into);
            }
            let is_zoned = is_zoned(id);
            let is_text = id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR;
            into.push((TableColumn { name, is_text, is_nested: depth > 0, is_zoned }, child));
        }
    }
}

// SAFETY of the blocks below: rows come from the chunk's own size, and each vector is read as the type it has.
impl Input for AnyInput {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        let arg = self.args.get(arg).filter(|arg| arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR)?;
        // SAFETY: see the impl.
        unsafe { arg.vector.text(row) }
    }

    fn int(&self, arg: usize, row: usize) -> Option<i64> {
        // SAFETY: see the impl.
        self.args.get(arg).and_then(|arg| unsafe { arg.int(row) })
    }

    fn float(&self, arg: usize, row: usize) -> Option<f64> {
        // SAFETY: see the impl.
        self.args.get(arg).and_then(|arg| unsafe { arg.float(row) })
    }

    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        let arg = self.args.get(arg).filter(|arg| arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN)?;
        // SAFETY: see the impl. Read as a byte: any value but 0 is true.
        unsafe { arg.vector.value::<u8>(row).map(|byte| byte != 0) }
    }

    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>> {
        let arg = self.args.get(arg)?;
        let child = arg.child.as_ref()?;
        let is_text = child.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR;
        // SAFETY: see the impl; an entry points into the child vector.
        unsafe { arg.bounds(row).map(|bounds| bounds.map(|index| if is_text { child.vector.text(index) } else { None }).collect()) }
    }

    fn each_text<'a>(&'a self, arg: usize, row: usize, take: &mut dyn FnMut(Option<&'a str>)) -> bool {
        let Some(arg) = self.args.get(arg) else { return false };
        let Some(child) = &arg.child else { return false };
        let is_text = child.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR;
        // SAFETY: see the impl; an entry points into the child vector.
        let Some(bounds) = (unsafe { arg.bounds(row) }) else { return false };
        // SAFETY: as above.
        bounds.for_each(|index| take(if is_text { unsafe { child.vector.text(index) } } else { None }));
        true
    }

    fn is_missing(&self, arg: usize) -> bool {
        self.args.get(arg).is_none_or(|arg| arg.is_null_type() && arg.several.is_none())
    }

    fn time(&self, arg: usize, row: usize) -> Option<i64> {
        let arg = self.args.get(arg)?;
        if arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
            // SAFETY: see the impl.
            return unsafe { arg.vector.text(row) }.and_then(|text| parse_time(text, "iso"));
        }
        // SAFETY: see the impl.
        if arg.is_time() { unsafe { arg.time(row) } } else { None }
    }

    fn float_list(&self, arg: usize, row: usize, into: &mut Vec<f64>) -> bool {
        let Some(arg) = self.args.get(arg) else { return false };
        let Some(child) = &arg.child else { return false };
        // SAFETY: see the impl; an entry points into the child vector.
        let Some(bounds) = (unsafe { arg.bounds(row) }) else { return false };
        // SAFETY: as above.
        into.extend(bounds.map(|index| unsafe { child.float(index) }.unwrap_or(f64::NAN)));
        true
    }

    fn key(&self, arg: usize, row: usize) -> Option<Cow<'_, str>> {
        let arg = self.args.get(arg)?;
        if arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
            // SAFETY: see the impl.
            return unsafe { arg.vector.text(row) }.map(Cow::Borrowed);
        }
        // SAFETY: see the impl.
        unsafe { arg.number_text(row) }.map(Cow::Owned)
    }

    fn shown(&self, arg: usize, row: usize) -> Option<Cow<'_, str>> {
        // SAFETY: see the impl.
        self.args.get(arg).and_then(|arg| unsafe { arg.shown(row) })
    }

    fn each_shown(&self, arg: usize, row: usize, take: &mut dyn FnMut(Option<&str>)) -> bool {
        let Some(several) = self.args.get(arg).and_then(|arg| arg.several.as_ref()) else { return false };
        // SAFETY: see the impl.
        several.iter().for_each(|column| take(unsafe { column.shown(row) }.as_deref()));
        true
    }

    fn json(&self, arg: usize, row: usize) -> Option<Cow<'_, str>> {
        let arg = self.args.get(arg)?;
        if arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
            // SAFETY: see the impl.
            return unsafe { arg.vector.text(row) }.map(Cow::Borrowed);
        }
        // SAFETY: see the impl.
        match unsafe { read(arg.vector, row, 0) } {
            Value::Null => None,
            value => Some(Cow::Owned(value.to_json())),
        }
    }
}
