//! Functions of many rows: a value per group ([`GroupKernel`]) or per row ([`RowKernel`]), and the one shape in which engines see both.

use crate::column::{Column, SqlValue};
use crate::error::KernelError;
use crate::guard::guard;
use crate::interrupt::{Interrupt, Interrupted};
use crate::options::{Memo, Options, Value};
use crate::rows::Rows;
use crate::spec::{Kind, Signature, Spec};
use crate::types::{ArgType, SqlType};
use std::any::Any;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

/// Why a function over many rows gave no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupError {
    /// The query was cancelled.
    Interrupted,
    /// An option or argument is wrong for every row.
    Kernel(KernelError),
}

impl From<Interrupted> for GroupError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl From<KernelError> for GroupError {
    fn from(error: KernelError) -> Self {
        Self::Kernel(error)
    }
}

/// Result of a function over many rows.
pub type GroupResult<T> = Result<T, GroupError>;

/// A function that makes a list of items of each group: `SELECT host, unnest(stl_anomalies(ts, n)) FROM t GROUP BY host`.
pub trait GroupKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Types of the arguments.
    const ARGS: &'static [ArgType];
    /// How many of the last arguments may be left out; they are NULL then.
    const OPTIONAL: usize = 0;
    /// The options.
    type Options: Options;
    /// One item of the result; a struct.
    type Item: SqlValue;

    /// Computes the items of one group. The rows come in any order, the items must not depend on it.
    fn compute(rows: &Rows, options: &Self::Options, interrupt: &Interrupt) -> GroupResult<Vec<Self::Item>>;

    /// Writes what [`GroupKernel::compute`] gives. A kernel with large items writes each as it is made.
    fn write(rows: &Rows, options: &Self::Options, interrupt: &Interrupt, out: &mut Column) -> GroupResult<()> {
        Self::compute(rows, options, interrupt)?.iter().for_each(|item| item.write(out));
        Ok(())
    }
}

/// A function that says something about each row of a group: `SELECT *, dbcluster([x, y]) OVER (PARTITION BY host) FROM t`.
pub trait RowKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Types of the arguments.
    const ARGS: &'static [ArgType];
    /// How many of the last arguments may be left out; they are NULL then.
    const OPTIONAL: usize = 0;
    /// The options.
    type Options: Options;
    /// What is said about a row; a struct.
    type Out: SqlValue;
    /// The field that the window form gives; the whole struct where it is `None`.
    const WINDOW: Option<&'static str> = None;

    /// Computes a value for each row, in the order of the rows. Apart from that order, the values must not depend on it.
    fn compute(rows: &Rows, options: &Self::Options, interrupt: &Interrupt) -> GroupResult<Vec<Self::Out>>;
}

/// A function that puts the rows of a table in relation, and may add rows that it makes up: `SELECT * FROM huntsql.process_tree(log)`.
///
/// It says something about some of the rows, in an order of its own.
pub trait EventKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Types of the arguments. All may be left out: [`EventKernel::recognise`] finds them.
    const ARGS: &'static [ArgType];
    /// The options.
    type Options: Options;
    /// What is said about a row; a struct.
    type Out<'a>: SqlValue;

    /// The columns of a table that are the arguments, where the call does not name them, and the options that follow from them.
    fn recognise(columns: &[TableColumn], given: &[bool], options: &Value) -> Result<Recognised, KernelError>;
    /// Hands what is to be said to `sink`.
    fn compute(rows: &Rows, options: &Self::Options, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()>;
}

/// A column of a table; a dot in the name leads into a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Whether it holds texts.
    pub is_text: bool,
}

/// What [`EventKernel::recognise`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// For each argument the column that holds it, if the call does not name it.
    pub columns: Vec<Option<String>>,
    /// The options to compute with.
    pub options: Value,
}

/// Takes what an [`EventKernel`] says.
#[derive(Debug)]
pub struct EventSink<'c> {
    rows: &'c mut Column,
    said: &'c mut Column,
}

impl EventSink<'_> {
    /// Says `out` about a row, or about none of them.
    pub fn put(&mut self, row: Option<usize>, out: &impl SqlValue) {
        row.and_then(|row| i64::try_from(row).ok()).write(self.rows);
        out.write(self.said);
    }
}

/// What a result has an entry for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The function's own items.
    Items,
    /// Every input row.
    PerRow,
    /// Some input rows and some more: an entry begins with the number of its row, or NULL.
    Events,
}

/// Options after [`GroupFunction::parse`].
pub type Parsed = Arc<dyn Any + Send + Sync>;

/// Names and types of the fields of a struct.
pub type Fields = &'static [(&'static str, SqlType)];

/// A [`GroupKernel`] or [`RowKernel`] as an engine sees it.
pub trait GroupFunction: fmt::Debug + Send + Sync {
    /// Name and documentation.
    fn spec(&self) -> &'static Spec;
    /// Its signature as an aggregate.
    fn signature(&self) -> Signature;
    /// What its result has an entry for.
    fn shape(&self) -> Shape;
    /// Fields of an entry of [`GroupFunction::compute`]: what the table form adds.
    fn fields(&self) -> Fields;
    /// Fields of an item of [`GroupFunction::compute_list`]: those of a row's arguments come first.
    fn item_fields(&self) -> Fields;
    /// Index in `fields` of what the window form gives, if it is not the whole.
    fn window_field(&self) -> Option<usize>;
    /// Fields of what [`GroupFunction::compute`] gives.
    fn computed_fields(&self) -> Fields {
        self.fields()
    }
    /// Checks the options.
    fn parse(&self, value: &Value) -> Result<Parsed, KernelError>;
    /// A struct column with an entry for each item or row, in the order of the rows. The fields that are not `wanted` are skipped; all are wanted
    /// where it is `None`.
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column>;
    /// As [`GroupFunction::compute_wanted`], with all fields.
    fn compute(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        self.compute_wanted(rows, options, interrupt, None)
    }
    /// A struct column with the items of the aggregate's list; where there is one a row, they are sorted by the arguments.
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column>;

    /// What [`GroupFunction::compute`] says of rows that begin with a number, after that number: how a table form finds its rows again.
    fn compute_numbered(&self, rows: Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        let (numbers, rows) = rows.split_first();
        if self.shape() == Shape::Events {
            let mut said = self.compute(&rows, options, interrupt)?;
            said.map_first_ints(|row| usize::try_from(row).ok().and_then(|row| numbers.get(row).copied()));
            return Ok(said);
        }
        let said = self.compute(&rows, options, interrupt)?;
        let mut column = Column::new(&SqlType::Int);
        numbers.iter().for_each(|number| number.write(&mut column));
        Ok(said.with_leading_fields(vec![column]))
    }
    /// Types of the arguments.
    fn args(&self) -> &'static [ArgType] {
        self.signature().args
    }
    /// Types of the arguments after a row number, for engines whose aggregates must say which row they speak of.
    fn numbered_args(&self) -> &'static [ArgType] {
        leaked(self.spec().name, "numbered args", || std::iter::once(ArgType::Int).chain(self.args().iter().copied()).collect())
    }
    /// The columns that are the arguments of a [`Shape::Events`] function; `None` for all others.
    fn recognise(&self, _columns: &[TableColumn], _given: &[bool], _options: &Value) -> Result<Option<Recognised>, KernelError> {
        Ok(None)
    }
    /// How many arguments must be given.
    fn required(&self) -> usize {
        let signature = self.signature();
        signature.args.len() - signature.optional
    }
}

/// A [`GroupKernel`] as a value.
pub struct Items<K>(PhantomData<fn() -> K>, Lazy);

/// A [`RowKernel`] as a value.
pub struct PerRow<K>(PhantomData<fn() -> K>, Lazy);

/// An [`EventKernel`] as a value.
pub struct Events<K>(PhantomData<fn() -> K>, Lazy);

/// Takes the place of a memo, whose type depends on the kernel, in a constant.
struct Lazy(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

impl Lazy {
    /// The memo of options, made when it is first asked for.
    fn memo<O: Options>(&self) -> Arc<Memo<O>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let memo = held.get_or_insert_with(|| Arc::new(Memo::<O>::default()));
        Arc::clone(memo).downcast().unwrap_or_default()
    }
}

impl<K> Items<K> {
    /// The function of `K`.
    pub const fn new() -> Self {
        Self(PhantomData, Lazy(Mutex::new(None)))
    }
}

impl<K> Default for Items<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> PerRow<K> {
    /// The function of `K`.
    pub const fn new() -> Self {
        Self(PhantomData, Lazy(Mutex::new(None)))
    }
}

impl<K> Default for PerRow<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Events<K> {
    /// The function of `K`.
    pub const fn new() -> Self {
        Self(PhantomData, Lazy(Mutex::new(None)))
    }
}

impl<K> Default for Events<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: EventKernel> fmt::Debug for Events<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::SPEC.name)
    }
}

impl<K: GroupKernel> fmt::Debug for Items<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::SPEC.name)
    }
}

impl<K: RowKernel> fmt::Debug for PerRow<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::SPEC.name)
    }
}

impl<K: GroupKernel> GroupFunction for Items<K> {
    fn spec(&self) -> &'static Spec {
        const { &K::SPEC }
    }
    fn signature(&self) -> Signature {
        Signature {
            spec: const { &K::SPEC },
            kind: Kind::Aggregate,
            args: K::ARGS,
            optional: K::OPTIONAL,
            options: K::Options::FIELDS,
            result: const { SqlType::List(&K::Item::TYPE) },
            columns: self.fields(),
            window: None,
        }
    }
    fn shape(&self) -> Shape {
        Shape::Items
    }
    fn fields(&self) -> Fields {
        struct_fields(&K::Item::TYPE)
    }
    fn item_fields(&self) -> Fields {
        self.fields()
    }
    fn window_field(&self) -> Option<usize> {
        None
    }
    fn parse(&self, value: &Value) -> Result<Parsed, KernelError> {
        Ok(self.1.memo::<K::Options>().parse(K::SPEC.name, value)?)
    }
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let mut out = Column::of_fields(const { &K::Item::TYPE }, wanted);
            K::write(rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt, &mut out)?;
            Ok(out)
        })
    }
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        self.compute(rows, options, interrupt)
    }
}

impl<K: RowKernel> GroupFunction for PerRow<K> {
    fn spec(&self) -> &'static Spec {
        const { &K::SPEC }
    }
    fn signature(&self) -> Signature {
        Signature {
            spec: const { &K::SPEC },
            kind: Kind::PerRow,
            args: K::ARGS,
            optional: K::OPTIONAL,
            options: K::Options::FIELDS,
            result: leaked(K::SPEC.name, "item", || vec![SqlType::Struct(self.item_fields())]).first().map_or(SqlType::Text, SqlType::List),
            columns: self.fields(),
            window: Some(self.window_field().and_then(|index| self.fields().get(index)).map_or(K::Out::TYPE, |(_, ty)| *ty)),
        }
    }
    fn shape(&self) -> Shape {
        Shape::PerRow
    }
    fn fields(&self) -> Fields {
        struct_fields(&K::Out::TYPE)
    }
    fn item_fields(&self) -> Fields {
        leaked(K::SPEC.name, "fields", || {
            let names: Vec<&'static str> = const { &K::SPEC }.args.iter().map(|arg| arg.name).collect();
            let mut fields = ArgType::fields(&names, K::ARGS);
            fields.extend_from_slice(self.fields());
            fields
        })
    }
    fn window_field(&self) -> Option<usize> {
        let name = K::WINDOW?;
        self.fields().iter().position(|(field, _)| *field == name)
    }
    fn parse(&self, value: &Value) -> Result<Parsed, KernelError> {
        Ok(self.1.memo::<K::Options>().parse(K::SPEC.name, value)?)
    }
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let mut column = Column::of_fields(const { &K::Out::TYPE }, wanted);
            outs::<K>(rows, options, interrupt)?.iter().for_each(|out| out.write(&mut column));
            Ok(column)
        })
    }
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let outs = outs::<K>(rows, options, interrupt)?;
            let mut order: Vec<usize> = (0..rows.len()).collect();
            order.sort_by(|a, b| (0..K::ARGS.len()).map(|arg| rows.compare(arg, *a, *b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal));
            let mut said = Column::new(&K::Out::TYPE);
            let mut args: Vec<Column> = K::ARGS.iter().map(|ty| Column::new(&ty.as_result())).collect();
            for row in order {
                for (arg, column) in args.iter_mut().enumerate() {
                    rows.write(arg, row, column);
                }
                if let Some(out) = outs.get(row) {
                    out.write(&mut said);
                }
            }
            Ok(said.with_leading_fields(args))
        })
    }
}

impl<K: EventKernel> GroupFunction for Events<K> {
    fn spec(&self) -> &'static Spec {
        const { &K::SPEC }
    }
    fn signature(&self) -> Signature {
        Signature {
            spec: const { &K::SPEC },
            kind: Kind::Events,
            args: K::ARGS,
            optional: K::ARGS.len(),
            options: K::Options::FIELDS,
            result: const { SqlType::List(&K::Out::TYPE) },
            columns: self.fields(),
            window: None,
        }
    }
    fn shape(&self) -> Shape {
        Shape::Events
    }
    fn fields(&self) -> Fields {
        struct_fields(const { &K::Out::TYPE })
    }
    fn item_fields(&self) -> Fields {
        self.fields()
    }
    fn window_field(&self) -> Option<usize> {
        None
    }
    fn parse(&self, value: &Value) -> Result<Parsed, KernelError> {
        Ok(self.1.memo::<K::Options>().parse(K::SPEC.name, value)?)
    }
    fn computed_fields(&self) -> Fields {
        leaked(K::SPEC.name, "computed", || std::iter::once(("row", SqlType::Int)).chain(self.fields().iter().copied()).collect())
    }
    fn recognise(&self, columns: &[TableColumn], given: &[bool], options: &Value) -> Result<Option<Recognised>, KernelError> {
        K::recognise(columns, given, options).map(Some)
    }
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let (mut numbers, mut said) = (Column::new(&SqlType::Int), Column::of_fields(const { &K::Out::TYPE }, wanted));
            let mut sink = EventSink { rows: &mut numbers, said: &mut said };
            K::compute(rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt, &mut sink)?;
            Ok(said.with_leading_fields(vec![numbers]))
        })
    }
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        self.compute(rows, options, interrupt).map(Column::without_first_field)
    }
}

fn outs<K: RowKernel>(rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Vec<K::Out>> {
    let outs = K::compute(rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt)?;
    if outs.len() == rows.len() { Ok(outs) } else { Err(internal(K::SPEC.name, format!("{} results for {} rows", outs.len(), rows.len()))) }
}

fn guarded<T>(name: &'static str, work: impl FnOnce() -> GroupResult<T>) -> GroupResult<T> {
    guard(work).unwrap_or_else(|what| Err(internal(name, what)))
}

fn internal(function: &'static str, what: String) -> GroupError {
    KernelError::Internal { function, what }.into()
}

fn downcast<'p, O: Options>(name: &'static str, options: &'p Parsed) -> GroupResult<&'p O> {
    options.downcast_ref().ok_or_else(|| internal(name, "the options of another function".to_owned()))
}

fn struct_fields(ty: &SqlType) -> Fields {
    match ty {
        SqlType::Struct(fields) => fields,
        _ => &[],
    }
}

/// Types that follow from a kernel but cannot be constants yet: made once for each function and kept for good.
fn leaked<T: Copy + Send + Sync>(function: &'static str, what: &'static str, make: impl FnOnce() -> Vec<T>) -> &'static [T] {
    type Kept = BTreeMap<(&'static str, &'static str), &'static (dyn Any + Send + Sync)>;
    static KEPT: Mutex<Kept> = Mutex::new(Kept::new());
    let known = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&(function, what)).copied();
    if let Some(values) = known.and_then(|values| values.downcast_ref::<&'static [T]>()) {
        return values;
    }
    // Made outside the lock: making one may ask for another.
    let values: &'static [T] = Box::leak(make().into_boxed_slice());
    let holder: &'static &'static [T] = Box::leak(Box::new(values));
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert((function, what), holder);
    values
}
