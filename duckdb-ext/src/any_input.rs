//! A data chunk whose vectors have the types of the user's columns: DuckDB has cast nothing.
//!
//! Aggregates take every argument as ANY. That lets one overload serve arguments that are left out, times of every kind, and
//! structs, and lets a wrong type be answered with a sample of what was given.

use crate::aggregate::ROW;
use crate::logical_type::LogicalType;
use crate::options::{constant, decimal, field_name, read};
use crate::vector::Vector;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{Given, GroupFunction, TableColumn};
use huntsql_kernels::input::Input;
use huntsql_kernels::options::{SOURCES, Value};
use huntsql_kernels::time_text::iso_text;
use huntsql_kernels::types::ArgType;
use libduckdb_sys as ffi;
use std::borrow::Cow;

/// The arguments of one chunk.
pub(crate) struct AnyInput {
    args: Vec<Typed>,
}

/// A vector and what is in it.
struct Typed {
    vector: Vector,
    ty: LogicalType,
    id: ffi::duckdb_type,
    /// The elements of a list.
    child: Option<Box<Typed>>,
    /// The columns of an argument that is several of them.
    several: Option<Vec<Typed>>,
}

impl Typed {
    /// # Safety
    /// `vector` is live and flat.
    unsafe fn new(vector: Vector) -> Self {
        // SAFETY: the caller's promise; a list's child lives as long.
        unsafe {
            let ty = vector.logical_type();
            let id = ty.id();
            let child = (id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST).then(|| Box::new(Self::new(vector.list_child())));
            Self { vector, ty, id, child, several: None }
        }
    }

    fn is_null_type(&self) -> bool {
        self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL
    }

    fn is_number(&self) -> bool {
        matches!(
            self.id,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL
        )
    }

    fn is_integer(&self) -> bool {
        self.is_number()
            && !matches!(
                self.id,
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL
            )
    }

    fn is_time(&self) -> bool {
        matches!(
            self.id,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE
        )
    }

    /// Whether the values can be read as `wanted`.
    fn fits(&self, wanted: ArgType) -> bool {
        let is = |id: ffi::duckdb_type| self.id == id;
        self.is_null_type()
            || match wanted {
                ArgType::Text => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
                ArgType::Key => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR) || self.is_number(),
                ArgType::Shown => true,
                ArgType::Columns => self.several.is_some(),
                ArgType::Bool => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
                ArgType::Int => self.is_integer(),
                ArgType::Float => self.is_number(),
                ArgType::Time => self.is_time(),
                ArgType::FloatList => self.child.as_ref().is_some_and(|child| child.is_number() || child.is_null_type()),
                ArgType::TextList => self.child.as_ref().is_some_and(|child| child.fits(ArgType::Text)),
                ArgType::Json => matches!(
                    self.id,
                    ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_MAP
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR
                ),
            }
    }

    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn float(&self, row: usize) -> Option<f64> {
        let vector = self.vector;
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => vector.value::<f64>(row),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => vector.value::<f32>(row).map(f64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => match decimal(vector, row, &self.ty) {
                    Value::Float(value) => Some(value),
                    _ => None,
                },
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => vector.value::<u64>(row).map(|value| value as f64),
                // Two words, the lower first: the layout of an i128.
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => vector.value::<i128>(row).map(|value| value as f64),
                _ => self.int(row).map(|value| value as f64),
            }
        }
    }

    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn int(&self, row: usize) -> Option<i64> {
        let vector = self.vector;
        // SAFETY: as for `float`.
        unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => vector.value::<i64>(row),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => vector.value::<i32>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => vector.value::<i16>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => vector.value::<i8>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => vector.value::<u8>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => vector.value::<u16>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => vector.value::<u32>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => vector.value::<u64>(row).and_then(|value| i64::try_from(value).ok()),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => vector.value::<i128>(row).and_then(|value| i64::try_from(value).ok()),
                _ => None,
            }
        }
    }

    /// Microseconds since 1970. Infinity, which DuckDB writes as the largest number, is no time.
    ///
    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn time(&self, row: usize) -> Option<i64> {
        let vector = self.vector;
        // SAFETY: as for `float`.
        let value = unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE => {
                    let days = vector.value::<i32>(row).filter(|days| *days != i32::MAX && *days != -i32::MAX)?;
                    return i64::from(days).checked_mul(86_400_000_000);
                }
                _ => vector.value::<i64>(row).filter(|value| *value != i64::MAX && *value != -i64::MAX)?,
            }
        };
        match self.id {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S => value.checked_mul(1_000_000),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS => value.checked_mul(1000),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS => Some(value.div_euclid(1000)),
            _ => Some(value),
        }
    }

    /// The value as people read it.
    ///
    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn shown(&self, row: usize) -> Option<Cow<'_, str>> {
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            if self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
                return self.vector.text(row).map(Cow::Borrowed);
            }
            if self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE {
                return self.time(row).and_then(iso_text).map(|time| Cow::Owned(time.split('T').next().unwrap_or_default().to_owned()));
            }
            if self.is_time() {
                let zone = matches!(self.id, ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS);
                return self.time(row).and_then(iso_text).map(|time| Cow::Owned(time + if zone { "Z" } else { "" }));
            }
            if let Some(number) = self.int(row) {
                return Some(Cow::Owned(number.to_string()));
            }
            match read(self.vector, row, 0) {
                Value::Null => None,
                Value::Text(text) => Some(Cow::Owned(text)),
                Value::Other(_) => Some(Cow::Owned(self.other(row))),
                value => Some(Cow::Owned(value.to_json())),
            }
        }
    }

    /// Values of types that no function of ours takes.
    ///
    /// # Safety
    /// As for [`Typed::shown`].
    unsafe fn other(&self, row: usize) -> String {
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            match self.id {
                // Sorted as a signed number: the first bit is turned round.
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UUID => self.vector.value::<i128>(row).map_or_else(String::new, |bits| {
                    let digits = format!("{:032x}", bits.cast_unsigned() ^ (1 << 127));
                    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or("").to_owned();
                    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
                }),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_BLOB => {
                    let bytes = self.vector.bytes(row).unwrap_or_default();
                    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_ENUM => self.enum_text(row),
                _ => format!("({})", crate::options::type_name(self.id)),
            }
        }
    }

    /// # Safety
    /// The vector is an enum with more than `row` rows.
    unsafe fn enum_text(&self, row: usize) -> String {
        // SAFETY: the caller's promise; the dictionary's text is freed by DuckDB's own function.
        unsafe {
            let code = match ffi::duckdb_enum_internal_type(self.ty.raw()) {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => self.vector.value::<u8>(row).map(u64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => self.vector.value::<u16>(row).map(u64::from),
                _ => self.vector.value::<u32>(row).map(u64::from),
            };
            let Some(code) = code else { return String::new() };
            let text = ffi::duckdb_enum_dictionary_value(self.ty.raw(), code);
            if text.is_null() {
                return String::new();
            }
            let owned = std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned();
            ffi::duckdb_free(text.cast());
            owned
        }
    }

    /// Bounds of the list in `row`.
    ///
    /// # Safety
    /// The vector is a list with more than `row` rows.
    unsafe fn bounds(&self, row: usize) -> Option<std::ops::Range<usize>> {
        // SAFETY: the caller's promise.
        let entry = unsafe { self.vector.value::<ffi::duckdb_list_entry>(row) }?;
        let start = usize::try_from(entry.offset).ok()?;
        Some(start..start.checked_add(usize::try_from(entry.length).ok()?)?)
    }
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
        return Ok(Given::Expression(source.cloned().unwrap_or_default()));
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
            into.push((TableColumn { name, is_text: id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR, is_nested: depth > 0 }, child));
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
        // SAFETY: see the impl.
        self.args.get(arg).filter(|arg| arg.is_time()).and_then(|arg| unsafe { arg.time(row) })
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
        let number = unsafe { arg.int(row).map(|number| number.to_string()).or_else(|| arg.float(row).map(|number| number.to_string())) };
        number.map(Cow::Owned)
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
