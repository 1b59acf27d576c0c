//! Rust values as rows of a [`Column`].

use super::{Column, Data, mismatch};
use crate::types::SqlType;

/// A Rust value that has a SQL type.
pub trait SqlValue {
    /// Its SQL type.
    const TYPE: SqlType;
    /// Appends it as one row of `out`.
    fn write(&self, out: &mut Column);
}

impl SqlValue for &str {
    const TYPE: SqlType = SqlType::Text;
    #[inline]
    fn write(&self, out: &mut Column) {
        out.push_bytes(self.as_bytes());
    }
}

impl SqlValue for String {
    const TYPE: SqlType = SqlType::Text;
    #[inline]
    fn write(&self, out: &mut Column) {
        out.push_bytes(self.as_bytes());
    }
}

impl SqlValue for std::borrow::Cow<'_, str> {
    const TYPE: SqlType = SqlType::Text;
    fn write(&self, out: &mut Column) {
        out.push_bytes(self.as_bytes());
    }
}

impl SqlValue for &[u8] {
    const TYPE: SqlType = SqlType::Blob;
    fn write(&self, out: &mut Column) {
        out.push_bytes(self);
    }
}

impl SqlValue for i64 {
    const TYPE: SqlType = SqlType::Int;
    #[inline]
    fn write(&self, out: &mut Column) {
        match &mut out.data {
            Data::Int(values) => values.push(*self),
            Data::Skipped => return,
            _ => mismatch("an integer"),
        }
        out.count_valid();
    }
}

/// A point in time: microseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl SqlValue for Timestamp {
    const TYPE: SqlType = SqlType::Time;
    fn write(&self, out: &mut Column) {
        self.0.write(out);
    }
}

impl SqlValue for f64 {
    const TYPE: SqlType = SqlType::Float;
    #[inline]
    fn write(&self, out: &mut Column) {
        match &mut out.data {
            Data::Float(values) => values.push(*self),
            Data::Skipped => return,
            _ => mismatch("a float"),
        }
        out.count_valid();
    }
}

impl SqlValue for bool {
    const TYPE: SqlType = SqlType::Bool;
    #[inline]
    fn write(&self, out: &mut Column) {
        match &mut out.data {
            Data::Bool(values) => values.push(*self),
            Data::Skipped => return,
            _ => mismatch("a boolean"),
        }
        out.count_valid();
    }
}

impl<T: SqlValue> SqlValue for Option<T> {
    const TYPE: SqlType = T::TYPE;
    #[inline]
    fn write(&self, out: &mut Column) {
        match self {
            Some(value) => value.write(out),
            None => out.push_null(),
        }
    }
}

/// A value that is computed only if it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Computed<F>(pub F);

impl<V: SqlValue, F: Fn() -> V> SqlValue for Computed<F> {
    const TYPE: SqlType = V::TYPE;
    fn write(&self, out: &mut Column) {
        if !out.is_skipped() {
            (self.0)().write(out);
        }
    }
}

/// A map that is written from an iterator of keys, each once, and values.
#[derive(Debug, Clone)]
pub struct MapOf<I>(pub I);

impl<'v, I> SqlValue for MapOf<I>
where
    I: Iterator<Item = (&'v str, &'v str)> + Clone,
{
    const TYPE: SqlType = SqlType::Map;
    fn write(&self, out: &mut Column) {
        out.push_map(self.0.clone());
    }
}

/// A list that is written from an iterator, without a vector.
#[derive(Debug, Clone)]
pub struct ListOf<I>(pub I);

impl<I> SqlValue for ListOf<I>
where
    I: Iterator<Item: SqlValue> + Clone,
{
    const TYPE: SqlType = SqlType::List(&<I::Item as SqlValue>::TYPE);
    fn write(&self, out: &mut Column) {
        out.push_list(self.0.clone(), |value, out| value.write(out));
    }
}

impl<T: SqlValue> SqlValue for Vec<T> {
    const TYPE: SqlType = SqlType::List(&T::TYPE);
    fn write(&self, out: &mut Column) {
        out.push_list(self.iter(), |value, out| value.write(out));
    }
}

impl<T: SqlValue> SqlValue for &[T]
where
    T: NotByte,
{
    const TYPE: SqlType = SqlType::List(&T::TYPE);
    fn write(&self, out: &mut Column) {
        out.push_list(self.iter(), |value, out| value.write(out));
    }
}

/// Marks row types, so that `&[u8]` stays a BLOB and `&[Row]` is a list.
pub trait NotByte {}
impl NotByte for f64 {}
impl NotByte for String {}
impl NotByte for &str {}
