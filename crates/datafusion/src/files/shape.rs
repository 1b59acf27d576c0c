//! The type of a column, found from all its values.
//!
//! A [`Shape`] is the set of kinds that were seen. Sets unite in any order, so files and ranges are inferred in
//! parallel; the type is chosen once, at the end, so that no value is lost or changed.

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use std::collections::HashMap;
use std::sync::Arc;

/// Kinds of values that were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u16);

impl Kinds {
    pub(crate) const BOOL: Self = Self(1);
    /// Fits i64.
    pub(crate) const INT: Self = Self(1 << 1);
    /// An integer beyond 2^53: a double would change it.
    pub(crate) const WIDE: Self = Self(1 << 2);
    /// Fits u64 and not i64.
    pub(crate) const UINT: Self = Self(1 << 3);
    /// Below zero.
    pub(crate) const NEGATIVE: Self = Self(1 << 4);
    pub(crate) const FLOAT: Self = Self(1 << 5);
    /// A number that neither i64, u64 nor a double holds exactly.
    pub(crate) const HUGE: Self = Self(1 << 6);
    pub(crate) const TEXT: Self = Self(1 << 7);
    pub(crate) const OBJECT: Self = Self(1 << 8);
    pub(crate) const LIST: Self = Self(1 << 9);
    /// Kept as JSON text whatever it is: too deep or too many keys.
    pub(crate) const RAW: Self = Self(1 << 10);

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Deepest nesting that becomes structs and lists; below it values are JSON text.
pub(crate) const MAX_DEPTH: usize = 12;
/// A nested object with more keys than this over all rows is a map in disguise: JSON text.
const MAX_NESTED_KEYS: usize = 500;
/// Most columns of a table.
pub(crate) const MAX_COLUMNS: usize = 10_000;

/// What was seen of one column, key or list element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) kinds: Kinds,
    pub(crate) object: Option<Box<ObjectShape>>,
    pub(crate) element: Option<Box<Shape>>,
}

/// Keys in order of first appearance.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObjectShape {
    names: Vec<Arc<str>>,
    shapes: Vec<Shape>,
    index: HashMap<Arc<str>, usize>,
}

impl ObjectShape {
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Position of `name`, added where it is new. `expected` is tried first: rows of one source repeat their order.
    pub(crate) fn position(&mut self, name: &str, expected: usize) -> usize {
        if self.names.get(expected).is_some_and(|known| **known == *name) {
            return expected;
        }
        if let Some(&found) = self.index.get(name) {
            return found;
        }
        let name: Arc<str> = name.into();
        let position = self.names.len();
        self.index.insert(Arc::clone(&name), position);
        self.names.push(name);
        self.shapes.push(Shape::default());
        position
    }

    pub(crate) fn shape_mut(&mut self, position: usize) -> Option<&mut Shape> {
        self.shapes.get_mut(position)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Shape)> {
        self.names.iter().zip(&self.shapes)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (at, (name, shape)) in other.iter().enumerate() {
            let position = self.position(name, at);
            if let Some(own) = self.shape_mut(position) {
                own.merge(shape);
            }
        }
    }

    /// The columns of a table with these keys.
    pub(crate) fn fields(&self) -> Vec<Field> {
        self.iter().map(|(name, shape)| Field::new(&**name, shape.data_type(), true)).collect()
    }
}

impl Shape {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.kinds.add(other.kinds);
        if let Some(object) = &other.object {
            self.object.get_or_insert_default().merge(object);
        }
        if let Some(element) = &other.element {
            self.element.get_or_insert_default().merge(element);
        }
        self.forget_maps();
    }

    /// Drops the keys of an object that has too many of them.
    pub(crate) fn forget_maps(&mut self) {
        if self.object.as_ref().is_some_and(|object| object.len() > MAX_NESTED_KEYS) {
            self.kinds.add(Kinds::RAW);
        }
        if self.kinds.has(Kinds::RAW) {
            self.object = None;
            self.element = None;
        }
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.kinds.has(Kinds::RAW)
    }

    pub(crate) fn data_type(&self) -> DataType {
        let kinds = self.kinds;
        if kinds == Kinds::BOOL {
            return DataType::Boolean;
        }
        if kinds == Kinds::OBJECT {
            let fields: Vec<FieldRef> = self.object.iter().flat_map(|object| object.fields()).map(Arc::new).collect();
            if !fields.is_empty() {
                return DataType::Struct(Fields::from(fields));
            }
        }
        if kinds == Kinds::LIST {
            let element = self.element.as_ref().map_or(DataType::Utf8View, |element| element.data_type());
            return DataType::List(Arc::new(Field::new_list_field(element, true)));
        }
        let integers = Kinds::INT.and(Kinds::WIDE).and(Kinds::NEGATIVE);
        let unsigned = Kinds::INT.and(Kinds::WIDE).and(Kinds::UINT);
        let floats = Kinds::INT.and(Kinds::FLOAT).and(Kinds::NEGATIVE);
        if kinds != Kinds::default() {
            if kinds.within(integers) {
                return DataType::Int64;
            }
            if kinds.within(unsigned) {
                return DataType::UInt64;
            }
            if kinds.within(floats) {
                return DataType::Float64;
            }
        }
        DataType::Utf8View
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kinds: &[Kinds]) -> DataType {
        let mut shape = Shape::default();
        for kind in kinds {
            shape.merge(&Shape { kinds: *kind, ..Shape::default() });
        }
        shape.data_type()
    }

    #[test]
    fn types_widen_without_loss() {
        let big = Kinds::INT.and(Kinds::WIDE);
        assert_eq!(of(&[]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::INT]), DataType::Int64);
        assert_eq!(of(&[Kinds::INT, Kinds::FLOAT]), DataType::Float64);
        assert_eq!(of(&[big, Kinds::FLOAT]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::INT, Kinds::UINT]), DataType::UInt64);
        assert_eq!(of(&[Kinds::INT.and(Kinds::NEGATIVE), Kinds::UINT]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::HUGE]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::BOOL]), DataType::Boolean);
        assert_eq!(of(&[Kinds::BOOL, Kinds::INT]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::OBJECT]), DataType::Utf8View);
        assert_eq!(of(&[Kinds::OBJECT, Kinds::TEXT]), DataType::Utf8View);
    }
}
