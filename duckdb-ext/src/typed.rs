//! A vector and the type it has: its values as our arguments want them.

use crate::logical_type::LogicalType;
use crate::options::{decimal, read};
use crate::vector::Vector;
use huntsql_kernels::options::Value;
use huntsql_kernels::time_text::{clock_text, interval_text, iso_text};
use huntsql_kernels::types::ArgType;
use libduckdb_sys as ffi;
use std::borrow::Cow;

/// A vector and what is in it.
pub(crate) struct Typed {
    pub(crate) vector: Vector,
    ty: LogicalType,
    pub(crate) id: ffi::duckdb_type,
    /// The elements of a list.
    pub(crate) child: Option<Box<Typed>>,
    /// The columns of an argument that is several of them.
    pub(crate) several: Option<Vec<Typed>>,
}

impl Typed {
    /// # Safety
    /// `vector` is live and flat.
    pub(crate) unsafe fn new(vector: Vector) -> Self {
        // SAFETY: the caller's promise; a list's child lives as long.
        unsafe {
            let ty = vector.logical_type();
            let id = ty.id();
            let child = (id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST).then(|| Box::new(Self::new(vector.list_child())));
            Self { vector, ty, id, child, several: None }
        }
    }

    pub(crate) fn is_null_type(&self) -> bool {
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

    pub(crate) fn is_time(&self) -> bool {
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

    pub(crate) fn is_zoned(&self) -> bool {
        is_zoned(self.id)
    }

    /// Whether the values can be read as `wanted`.
    pub(crate) fn fits(&self, wanted: ArgType) -> bool {
        let is = |id: ffi::duckdb_type| self.id == id;
        self.is_null_type()
            || match wanted {
                ArgType::Text | ArgType::Prose => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
                ArgType::Key => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR) || self.is_number(),
                ArgType::Shown => true,
                ArgType::Columns => self.several.is_some(),
                ArgType::Bool => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
                ArgType::Int => self.is_integer(),
                ArgType::Float => self.is_number(),
                ArgType::Time => self.is_time(),
                ArgType::TimeOrText => self.is_time() || is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
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
    pub(crate) unsafe fn float(&self, row: usize) -> Option<f64> {
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
    pub(crate) unsafe fn int(&self, row: usize) -> Option<i64> {
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
    pub(crate) unsafe fn time(&self, row: usize) -> Option<i64> {
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
    pub(crate) unsafe fn shown(&self, row: usize) -> Option<Cow<'_, str>> {
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            if self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
                return self.vector.text(row).map(Cow::Borrowed);
            }
            if self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE {
                return self.time(row).and_then(iso_text).map(|time| Cow::Owned(time.split('T').next().unwrap_or_default().to_owned()));
            }
            if self.is_time() {
                return self.time(row).and_then(iso_text).map(|time| Cow::Owned(time + if self.is_zoned() { "Z" } else { "" }));
            }
            if let Some(text) = self.number_text(row) {
                return Some(Cow::Owned(text));
            }
            match read(self.vector, row, 0) {
                Value::Null => None,
                Value::Text(text) => Some(Cow::Owned(text)),
                Value::Other(_) | Value::Duration(_) => Some(Cow::Owned(self.other(row))),
                value => Some(Cow::Owned(value.to_json())),
            }
        }
    }

    /// A number in full, as the other engine writes it.
    ///
    /// # Safety
    /// As for [`Typed::shown`].
    pub(crate) unsafe fn number_text(&self, row: usize) -> Option<String> {
        let vector = self.vector;
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => vector.value::<u64>(row).map(|value| value.to_string()),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => vector.value::<i128>(row).map(|value| value.to_string()),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UHUGEINT => vector.value::<u128>(row).map(|value| value.to_string()),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => vector.value::<f32>(row).map(|value| format!("{value:?}")),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => vector.value::<f64>(row).map(|value| format!("{value:?}")),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => {
                    let unscaled = match ffi::duckdb_decimal_internal_type(self.ty.raw()) {
                        ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => vector.value::<i16>(row).map(i128::from),
                        ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => vector.value::<i32>(row).map(i128::from),
                        ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => vector.value::<i64>(row).map(i128::from),
                        _ => vector.value::<i128>(row),
                    };
                    unscaled.map(|unscaled| decimal_text(unscaled, usize::from(ffi::duckdb_decimal_scale(self.ty.raw()))))
                }
                _ => self.int(row).map(|value| value.to_string()),
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
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIME => self.vector.value::<i64>(row).map_or_else(String::new, clock_text),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTERVAL => {
                    let interval = self.vector.value::<ffi::duckdb_interval>(row);
                    interval.map_or_else(String::new, |value| interval_text(value.months, value.days, value.micros))
                }
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
    pub(crate) unsafe fn bounds(&self, row: usize) -> Option<std::ops::Range<usize>> {
        // SAFETY: the caller's promise.
        let entry = unsafe { self.vector.value::<ffi::duckdb_list_entry>(row) }?;
        let start = usize::try_from(entry.offset).ok()?;
        Some(start..start.checked_add(usize::try_from(entry.length).ok()?)?)
    }
}

/// Whether values of this type are times with a zone.
pub(crate) fn is_zoned(id: ffi::duckdb_type) -> bool {
    matches!(id, ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS)
}

/// A whole number with its point put in.
fn decimal_text(unscaled: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_in_full() {
        for (unscaled, scale, text) in
            [(150, 2, "1.50"), (-5, 3, "-0.005"), (7, 0, "7"), (i128::MAX, 1, "17014118346046923173168730371588410572.7")]
        {
            assert_eq!(decimal_text(unscaled, scale), text);
        }
    }
}
