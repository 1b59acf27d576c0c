//! The options struct, read from a vector of whatever type the user's literal has.

use crate::logical_type::LogicalType;
use crate::vector::Vector;
use huntsql_kernels::options::Value;
use libduckdb_sys as ffi;
use std::ffi::CStr;

/// Deeper literals are no options of ours.
const MAX_DEPTH: usize = 8;

/// The value in all `rows` rows, or `None` where it differs.
///
/// # Safety
/// `vector` has at least `rows` rows and is flat.
pub(crate) unsafe fn constant(vector: Vector, rows: usize) -> Option<Value> {
    if rows == 0 {
        return Some(Value::Null);
    }
    // SAFETY: the caller's promise; row 0 exists.
    unsafe {
        let first = read(vector, 0, 0);
        let same = is_repeated(vector, rows, 0) || (1..rows).all(|row| read(vector, row, 0) == first);
        same.then_some(first)
    }
}

/// Cheap test that a vector is a flattened constant: the same bytes in every row.
///
/// # Safety
/// As for [`constant`].
unsafe fn is_repeated(vector: Vector, rows: usize, depth: usize) -> bool {
    // SAFETY: the caller's promise; sizes follow from the type.
    unsafe {
        let ty = vector.logical_type();
        match ty.id() {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT if depth < MAX_DEPTH => {
                let fields = ffi::duckdb_struct_type_child_count(ty.raw());
                (1..rows).all(|row| vector.is_valid(row) == vector.is_valid(0))
                    && (0..fields).all(|index| is_repeated(vector.struct_child(index), rows, depth + 1))
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => true,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => vector.is_repeated(1, rows),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER | ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => vector.is_repeated(4, rows),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => vector.is_repeated(8, rows),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => match ffi::duckdb_decimal_internal_type(ty.raw()) {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => vector.is_repeated(2, rows),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => vector.is_repeated(4, rows),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => vector.is_repeated(8, rows),
                _ => vector.is_repeated(16, rows),
            },
            // A string header and a list entry are 16 bytes each.
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR | ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST => vector.is_repeated(16, rows),
            _ => false,
        }
    }
}

/// # Safety
/// `vector` has more than `row` rows.
pub(crate) unsafe fn read(vector: Vector, row: usize, depth: usize) -> Value {
    if !vector.is_valid(row) {
        return Value::Null;
    }
    // SAFETY: every read is of the type that the vector says it has.
    unsafe {
        let ty = vector.logical_type();
        let int = |value: Option<i64>| value.map_or(Value::Null, Value::Int);
        match ty.id() {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => Value::Null,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => vector.value::<u8>(row).map_or(Value::Null, |byte| Value::Bool(byte != 0)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => int(vector.value::<i8>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => int(vector.value::<i16>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => int(vector.value::<i32>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => int(vector.value::<i64>(row)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => int(vector.value::<u8>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => int(vector.value::<u16>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => int(vector.value::<u32>(row).map(i64::from)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => vector.value::<f32>(row).map_or(Value::Null, |v| Value::Float(f64::from(v))),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => vector.value::<f64>(row).map_or(Value::Null, Value::Float),
            // A literal such as 1.5.
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => decimal(vector, row, &ty),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => vector.text(row).map_or(Value::Null, |text| Value::Text(text.to_owned())),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST if depth < MAX_DEPTH => {
                let Some(entry) = vector.value::<ffi::duckdb_list_entry>(row) else { return Value::Null };
                let child = vector.list_child();
                let start = usize::try_from(entry.offset).unwrap_or(0);
                let length = usize::try_from(entry.length).unwrap_or(0);
                Value::List((start..start + length).map(|index| read(child, index, depth + 1)).collect())
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT if depth < MAX_DEPTH => {
                let fields = ffi::duckdb_struct_type_child_count(ty.raw());
                Value::Struct((0..fields).map(|index| (field_name(&ty, index), read(vector.struct_child(index), row, depth + 1))).collect())
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => {
                vector.value::<u64>(row).map_or(Value::Null, |value| i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => {
                vector.value::<i128>(row).map_or(Value::Null, |value| i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTERVAL => vector.value::<ffi::duckdb_interval>(row).map_or(Value::Null, |value| {
                // Months have no fixed length.
                let micros = i64::from(value.days).saturating_mul(86_400_000_000).saturating_add(value.micros);
                if value.months == 0 { Value::Duration(micros) } else { Value::Other("interval with months".to_owned()) }
            }),
            // A list of structs of a key and a value.
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_MAP if depth < MAX_DEPTH => {
                let Some(entry) = vector.value::<ffi::duckdb_list_entry>(row) else { return Value::Null };
                let (keys, values) = (vector.list_child().struct_child(0), vector.list_child().struct_child(1));
                let start = usize::try_from(entry.offset).unwrap_or(0);
                let length = usize::try_from(entry.length).unwrap_or(0);
                let pair = |index| match read(keys, index, depth + 1) {
                    Value::Text(key) => (key, read(values, index, depth + 1)),
                    key => (key.to_json(), read(values, index, depth + 1)),
                };
                Value::Struct((start..start + length).map(pair).collect())
            }
            other => Value::Other(type_name(other).to_owned()),
        }
    }
}

/// The name of a type that no option takes.
pub(crate) fn type_name(id: ffi::duckdb_type) -> &'static str {
    match id {
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP
        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S
        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS
        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS => "TIMESTAMP",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ => "TIMESTAMP WITH TIME ZONE",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE => "DATE",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIME => "TIME",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_BLOB => "BLOB",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_UUID => "UUID",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_ENUM => "ENUM",
        _ => "that is none of text, number, boolean, list and struct",
    }
}

/// # Safety
/// `vector` is a DECIMAL of type `ty` with more than `row` rows.
pub(crate) unsafe fn decimal(vector: Vector, row: usize, ty: &LogicalType) -> Value {
    // SAFETY: the internal type says how wide a value is.
    let (unscaled, scale) = unsafe {
        let unscaled = match ffi::duckdb_decimal_internal_type(ty.raw()) {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => vector.value::<i16>(row).map(f64::from),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => vector.value::<i32>(row).map(f64::from),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => vector.value::<i64>(row).map(|value| value as f64),
            _ => vector.value::<i128>(row).map(|value| value as f64),
        };
        (unscaled, ffi::duckdb_decimal_scale(ty.raw()))
    };
    unscaled.map_or(Value::Null, |value| Value::Float(value / 10f64.powi(i32::from(scale))))
}

/// # Safety
/// `ty` is a STRUCT with more than `index` fields.
pub(crate) unsafe fn field_name(ty: &LogicalType, index: u64) -> String {
    // SAFETY: the caller's promise; the name is copied, then given back.
    unsafe {
        let name = ffi::duckdb_struct_type_child_name(ty.raw(), index);
        if name.is_null() {
            return String::new();
        }
        let text = CStr::from_ptr(name).to_string_lossy().into_owned();
        ffi::duckdb_free(name.cast());
        text
    }
}
