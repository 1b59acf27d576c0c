//! The rows of one group, in columns: what a function over many rows computes on, and what an engine's aggregate keeps as state.

mod lists;
mod state;
mod texts;

pub use lists::{FloatLists, TextLists};
pub(crate) use texts::Pool;
pub use texts::Texts;

use crate::column::{Column, SqlValue, Timestamp};
use crate::input::Input;
use crate::types::{ArgType, SqlType};
use std::cmp::Ordering;
use std::ops::Range;

/// The argument columns of a group. NULL is kept: as NaN among floats, as `None` elsewhere.
#[derive(Debug, Clone)]
pub struct Rows {
    types: &'static [ArgType],
    columns: Vec<RowColumn>,
    len: usize,
}

#[derive(Debug, Clone)]
enum RowColumn {
    /// `i64::MIN` is NULL.
    Int(Vec<i64>),
    /// NaN is NULL.
    Float(Vec<f64>),
    Bool(Vec<Option<bool>>),
    Text(Texts),
    FloatList(FloatLists),
    TextList(TextLists),
}

impl RowColumn {
    #[inline]
    fn extend(&mut self, input: &impl Input, ty: ArgType, arg: usize, rows: Range<usize>) {
        match self {
            Self::Int(values) if matches!(ty, ArgType::Time | ArgType::TimeOrText) => {
                values.extend(rows.map(|row| input.time(arg, row).unwrap_or(NULL_INT)))
            }
            Self::Int(values) => values.extend(rows.map(|row| input.int(arg, row).unwrap_or(NULL_INT))),
            Self::Float(values) => values.extend(rows.map(|row| input.float(arg, row).unwrap_or(f64::NAN))),
            Self::Bool(values) => values.extend(rows.map(|row| input.bool(arg, row))),
            Self::Text(texts) if ty == ArgType::Json => rows.for_each(|row| texts.push(input.json(arg, row).as_deref())),
            Self::Text(texts) if ty == ArgType::Key => rows.for_each(|row| texts.push(input.key(arg, row).as_deref())),
            Self::Text(texts) if ty == ArgType::Shown => rows.for_each(|row| texts.push(input.shown(arg, row).as_deref())),
            Self::Text(texts) => rows.for_each(|row| texts.push(input.text(arg, row))),
            Self::FloatList(lists) => rows.for_each(|row| lists.push(|into| input.float_list(arg, row, into))),
            Self::TextList(lists) if ty == ArgType::Columns => {
                rows.for_each(|row| lists.push(|into| input.each_shown(arg, row, &mut |text| into.push(text))));
            }
            Self::TextList(lists) => rows.for_each(|row| lists.push(|into| input.each_text(arg, row, &mut |text| into.push(text)))),
        }
    }

    fn push_nulls(&mut self, count: usize) {
        match self {
            Self::Int(values) => values.resize(values.len() + count, NULL_INT),
            Self::Float(values) => values.resize(values.len() + count, f64::NAN),
            Self::Bool(values) => values.resize(values.len() + count, None),
            Self::Text(texts) => texts.push_nulls(count),
            Self::FloatList(lists) => (0..count).for_each(|_| lists.push(|_| false)),
            Self::TextList(lists) => (0..count).for_each(|_| lists.push(|_| false)),
        }
    }
}

/// Stands for NULL among integers and times.
const NULL_INT: i64 = i64::MIN;

impl Rows {
    /// No rows of these columns.
    pub fn new(types: &'static [ArgType]) -> Self {
        let columns = types
            .iter()
            .map(|ty| match ty {
                ArgType::Int | ArgType::Time | ArgType::TimeOrText => RowColumn::Int(Vec::new()),
                ArgType::Float => RowColumn::Float(Vec::new()),
                ArgType::Bool => RowColumn::Bool(Vec::new()),
                ArgType::Text | ArgType::Json | ArgType::Key | ArgType::Shown => RowColumn::Text(Texts::default()),
                ArgType::Prose => RowColumn::Text(Texts::prose()),
                ArgType::FloatList => RowColumn::FloatList(FloatLists::default()),
                ArgType::TextList | ArgType::Columns => RowColumn::TextList(TextLists::default()),
            })
            .collect();
        Self { types, columns, len: 0 }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of arguments.
    pub fn args(&self) -> usize {
        self.columns.len()
    }

    /// Appends row `row` of a batch. Arguments that `input` has not (optional ones) are NULL.
    pub fn push(&mut self, input: &impl Input, row: usize) {
        for (arg, (column, ty)) in self.columns.iter_mut().zip(self.types).enumerate() {
            column.extend(input, *ty, arg, row..row + 1);
        }
        self.len += 1;
    }

    /// Appends the first `count` rows of a batch, column by column: less work than row by row.
    pub fn extend(&mut self, input: &impl Input, count: usize) {
        for (arg, (column, ty)) in self.columns.iter_mut().zip(self.types).enumerate() {
            if input.is_missing(arg) {
                column.push_nulls(count);
            } else {
                column.extend(input, *ty, arg, 0..count);
            }
        }
        self.len += count;
    }

    /// Appends all rows of `other`, which has the same columns.
    pub fn append(&mut self, other: &Self) {
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            match (column, more) {
                (RowColumn::Int(values), RowColumn::Int(more)) => values.extend_from_slice(more),
                (RowColumn::Float(values), RowColumn::Float(more)) => values.extend_from_slice(more),
                (RowColumn::Bool(values), RowColumn::Bool(more)) => values.extend_from_slice(more),
                (RowColumn::Text(texts), RowColumn::Text(more)) => texts.append(more),
                (RowColumn::FloatList(lists), RowColumn::FloatList(more)) => lists.append(more),
                (RowColumn::TextList(lists), RowColumn::TextList(more)) => lists.append(more),
                _ => {}
            }
        }
        self.len += other.len;
    }

    /// Bytes held, for an engine's accounting.
    pub fn size(&self) -> usize {
        let columns = self.columns.iter().map(|column| match column {
            RowColumn::Int(values) => values.capacity() * 8,
            RowColumn::Float(values) => values.capacity() * 8,
            RowColumn::Bool(values) => values.capacity(),
            RowColumn::Text(texts) => texts.size(),
            RowColumn::FloatList(lists) => lists.size(),
            RowColumn::TextList(lists) => lists.size(),
        });
        columns.sum::<usize>() + size_of::<Self>() + self.columns.len() * size_of::<RowColumn>()
    }

    /// Integer or time of argument `arg` in `row`.
    #[inline]
    pub fn int(&self, arg: usize, row: usize) -> Option<i64> {
        self.ints(arg).get(row).copied().filter(|value| *value != NULL_INT)
    }

    /// All integers or times of argument `arg`; `i64::MIN` is NULL.
    pub fn ints(&self, arg: usize) -> &[i64] {
        match self.columns.get(arg) {
            Some(RowColumn::Int(values)) => values,
            _ => &[],
        }
    }

    /// All floats of argument `arg`; NaN is NULL.
    pub fn floats(&self, arg: usize) -> &[f64] {
        match self.columns.get(arg) {
            Some(RowColumn::Float(values)) => values,
            _ => &[],
        }
    }

    /// Boolean of argument `arg` in `row`.
    pub fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        match self.columns.get(arg) {
            Some(RowColumn::Bool(values)) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// The texts (or JSON texts) of argument `arg`.
    pub fn texts(&self, arg: usize) -> &Texts {
        match self.columns.get(arg) {
            Some(RowColumn::Text(texts)) => texts,
            _ => Texts::none(),
        }
    }

    /// The lists of numbers of argument `arg`.
    pub fn float_lists(&self, arg: usize) -> &FloatLists {
        match self.columns.get(arg) {
            Some(RowColumn::FloatList(lists)) => lists,
            _ => FloatLists::none(),
        }
    }

    /// The lists of texts of argument `arg`; `None` where the argument is no list of texts.
    pub fn text_lists(&self, arg: usize) -> Option<&TextLists> {
        match self.columns.get(arg) {
            Some(RowColumn::TextList(lists)) => Some(lists),
            _ => None,
        }
    }

    /// Order of two rows by argument `arg`; NULL first.
    pub(crate) fn compare(&self, arg: usize, a: usize, b: usize) -> Ordering {
        let floats = |a: &[f64], b: &[f64]| {
            let pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            pairs.unwrap_or_else(|| a.len().cmp(&b.len()))
        };
        match self.columns.get(arg) {
            Some(RowColumn::Int(values)) => values.get(a).cmp(&values.get(b)),
            Some(RowColumn::Float(values)) => floats(values.get(a..=a).unwrap_or(&[]), values.get(b..=b).unwrap_or(&[])),
            Some(RowColumn::Bool(_)) => self.bool(arg, a).cmp(&self.bool(arg, b)),
            Some(RowColumn::Text(texts)) => texts.get(a).cmp(&texts.get(b)),
            Some(RowColumn::FloatList(lists)) => match (lists.get(a), lists.get(b)) {
                (Some(a), Some(b)) => floats(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
            Some(RowColumn::TextList(lists)) => {
                let texts = |row| lists.get(row).map(|ids| ids.iter().map(|id| lists.text(*id)).collect::<Vec<_>>());
                texts(a).cmp(&texts(b))
            }
            None => Ordering::Equal,
        }
    }

    /// The first column, of integers, and the rest.
    pub fn split_first(mut self) -> (Vec<i64>, Self) {
        let first = if self.columns.is_empty() { RowColumn::Int(Vec::new()) } else { self.columns.remove(0) };
        self.types = self.types.get(1..).unwrap_or(&[]);
        match first {
            RowColumn::Int(numbers) => (numbers, self),
            _ => (Vec::new(), self),
        }
    }

    /// The rows in another order. Each column is freed once it is sorted.
    pub fn in_order(self, order: &[usize]) -> Self {
        fn pick<T: Copy>(values: &[T], order: &[usize]) -> Vec<T> {
            order.iter().filter_map(|row| values.get(*row).copied()).collect()
        }
        let column = |column: RowColumn| match column {
            RowColumn::Int(values) => RowColumn::Int(pick(&values, order)),
            RowColumn::Float(values) => RowColumn::Float(pick(&values, order)),
            RowColumn::Bool(values) => RowColumn::Bool(pick(&values, order)),
            RowColumn::Text(texts) => RowColumn::Text(texts.in_order(order)),
            RowColumn::FloatList(lists) => {
                let mut sorted = FloatLists::default();
                order.iter().for_each(|row| {
                    sorted.push(|into| lists.get(*row).map(|list| into.extend_from_slice(list)).is_some());
                });
                RowColumn::FloatList(sorted)
            }
            RowColumn::TextList(lists) => {
                let mut sorted = TextLists::default();
                order.iter().for_each(|row| {
                    sorted.push(|into| lists.get(*row).map(|ids| ids.iter().for_each(|id| into.push(lists.text(*id)))).is_some());
                });
                RowColumn::TextList(sorted)
            }
        };
        Self { types: self.types, columns: self.columns.into_iter().map(column).collect(), len: order.len() }
    }

    /// Writes argument `arg` of `row` into a column of [`ArgType::as_result`].
    pub(crate) fn write(&self, arg: usize, row: usize, out: &mut Column) {
        match self.columns.get(arg) {
            Some(RowColumn::Int(_)) if matches!(self.types.get(arg), Some(ArgType::Time | ArgType::TimeOrText)) => {
                self.int(arg, row).map(Timestamp).write(out)
            }
            Some(RowColumn::Int(_)) => self.int(arg, row).write(out),
            Some(RowColumn::Float(values)) => values.get(row).copied().filter(|value| !value.is_nan()).write(out),
            Some(RowColumn::Bool(_)) => self.bool(arg, row).write(out),
            Some(RowColumn::Text(texts)) => texts.get(row).write(out),
            Some(RowColumn::FloatList(lists)) => lists.get(row).write(out),
            Some(RowColumn::TextList(lists)) => {
                lists.get(row).map(|ids| ids.iter().map(|id| lists.text(*id)).collect::<Vec<_>>()).write(out)
            }
            None => out.push_null(),
        }
    }
}

impl ArgType {
    /// The fields that rows of `names` and `types` have as a result.
    pub(crate) fn fields(names: &[&'static str], types: &[Self]) -> Vec<(&'static str, SqlType)> {
        names.iter().zip(types).map(|(name, ty)| (*name, ty.as_result())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &[ArgType] = &[ArgType::Time, ArgType::Float, ArgType::Text, ArgType::FloatList, ArgType::TextList, ArgType::Bool];

    type Strings = Vec<Option<&'static str>>;
    type Row = (Option<i64>, Option<f64>, Option<&'static str>, Option<Vec<f64>>, Option<Strings>);
    struct Batch(Vec<Row>);

    impl Input for Batch {
        fn text(&self, _: usize, row: usize) -> Option<&str> {
            self.0[row].2
        }
        fn int(&self, _: usize, _: usize) -> Option<i64> {
            None
        }
        fn float(&self, _: usize, row: usize) -> Option<f64> {
            self.0[row].1
        }
        fn bool(&self, _: usize, row: usize) -> Option<bool> {
            (row > 0).then_some(true)
        }
        fn text_list(&self, _: usize, row: usize) -> Option<Vec<Option<&str>>> {
            self.0[row].4.clone()
        }
        fn time(&self, _: usize, row: usize) -> Option<i64> {
            self.0[row].0
        }
        fn float_list(&self, _: usize, row: usize, into: &mut Vec<f64>) -> bool {
            self.0[row].3.as_ref().is_some_and(|list| {
                into.extend(list);
                true
            })
        }
    }

    fn batch() -> Batch {
        Batch(vec![
            (Some(1), Some(0.5), Some("a"), Some(vec![1.0, 2.0]), Some(vec![Some("x"), None, Some("x")])),
            (None, None, None, None, None),
            (Some(3), Some(1.5), Some("b"), Some(vec![]), Some(vec![])),
            (Some(2), Some(2.5), Some("a"), Some(vec![3.0]), Some(vec![Some("y")])),
        ])
    }

    #[test]
    fn rows_in_another_order() {
        let (batch, mut rows, mut expected) = (batch(), Rows::new(TYPES), Rows::new(TYPES));
        (0..4).for_each(|row| rows.push(&batch, row));
        [3, 1, 0, 2].iter().for_each(|row| expected.push(&batch, *row));
        assert_eq!(rows.clone().in_order(&[3, 1, 0, 2]).encode(), expected.encode());
    }

    #[test]
    fn appended_rows_read_as_pushed_rows() {
        let (batch, mut whole, mut left, mut right) = (batch(), Rows::new(TYPES), Rows::new(TYPES), Rows::new(TYPES));
        for row in 0..4 {
            whole.push(&batch, row);
            if row < 2 { left.push(&batch, row) } else { right.push(&batch, row) }
        }
        left.append(&right);
        let mut at_once = Rows::new(TYPES);
        at_once.extend(&batch, 4);
        let sent = Rows::decode(TYPES, &whole.encode()).unwrap();
        assert!(Rows::decode(TYPES, &whole.encode()[..50]).is_none() && Rows::decode(TYPES, b"").is_none());
        for rows in [&whole, &left, &at_once, &sent] {
            assert_eq!(rows.len(), 4);
            assert_eq!((0..4).map(|row| rows.int(0, row)).collect::<Vec<_>>(), [Some(1), None, Some(3), Some(2)]);
            assert!(rows.floats(1)[1].is_nan() && rows.floats(1)[3] == 2.5);
            let texts = rows.texts(2);
            assert_eq!((0..4).map(|row| texts.get(row)).collect::<Vec<_>>(), [Some("a"), None, Some("b"), Some("a")]);
            assert_eq!((texts.find("b"), texts.find("c")), (Some(1), None));
            assert_eq!((texts.id(0), texts.id(1), texts.id(3), texts.distinct()), (Some(0), None, Some(0), 2));
            let lists = rows.float_lists(3);
            assert_eq!((0..4).map(|row| lists.get(row)).collect::<Vec<_>>(), [Some(&[1.0, 2.0][..]), None, Some(&[]), Some(&[3.0])]);
            let lists = rows.text_lists(4).unwrap();
            assert_eq!((0..4).map(|row| lists.get(row).map(<[u32]>::len)).collect::<Vec<_>>(), [Some(3), None, Some(0), Some(1)]);
            assert_eq!(lists.get(3).map(|ids| lists.text(ids[0])), Some(Some("y")));
            assert_eq!((rows.bool(5, 0), rows.len()), (None, 4));
            assert!(rows.size() > 100);
        }
    }
}
