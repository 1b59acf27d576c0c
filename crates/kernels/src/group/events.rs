//! Table forms only: the rows of a table put in relation, or a table of another kind made of them.

use super::columns::{Given, Recognised, TableColumn, Wanted, recognise_by_name};
use super::constant::{as_value, downcast, guarded, leaked, struct_fields};
use super::{Fields, GroupFunction, GroupResult, Parsed, Shape};
use crate::column::{Column, SqlValue};
use crate::error::KernelError;
use crate::interrupt::Interrupt;
use crate::options::{Options, Value};
use crate::rows::Rows;
use crate::spec::{Kind, Signature, Spec};
use crate::types::{ArgType, SqlType};

/// A function of a whole table, whose columns it recognises: `SELECT * FROM huntsql.process_tree(log)`.
///
/// It says something about some of the rows, and may add rows that it makes up, in an order of its own; or it makes another table of them.
pub trait EventKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// Types of the arguments. All may be left out: [`EventKernel::recognise`] finds them.
    const ARGS: &'static [ArgType];
    /// Whether the table form gives the columns of the table as well, beside what is said of a row. Where not, [`EventSink::put`] takes no row.
    const KEEPS_ROWS: bool = true;
    /// Whether [`EventKernel::recognise`] is told how arguments are written.
    const WANTS_SOURCES: bool = false;
    /// Options without which there is no result; in calls they stand first.
    const REQUIRED: &'static [&'static str] = &[];
    /// The options.
    type Options: Options;
    /// What is said about a row; a struct.
    type Out<'a>: SqlValue;

    /// For each argument the names that its column may have; not read where `recognise` looks at more than names.
    const WANTED: &'static [Wanted] = &[];

    /// The columns of a table that are the arguments, where the call does not name them, and the options that follow from them.
    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        recognise_by_name(Self::SPEC.name, Self::WANTED, columns, given, options)
    }
    /// Hands what is to be said to `sink`.
    fn compute(rows: &Rows, options: &Self::Options, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()>;
}

/// Takes what an [`EventKernel`] says.
pub struct EventSink<'c> {
    numbers: Column,
    said: Column,
    /// What the engine calls the rows, and who takes the entries; else they are kept, and rows are called by their place.
    packed: Option<Packed<'c>>,
}

struct Packed<'c> {
    numbers: &'c [i64],
    each: &'c mut dyn FnMut(Option<i64>, &[u8]),
    bytes: Vec<u8>,
}

impl EventSink<'_> {
    fn new<K: EventKernel>(wanted: Option<&[bool]>) -> Self {
        Self { numbers: Column::new(&SqlType::Int), said: Column::of_fields(const { &K::Out::TYPE }, wanted), packed: None }
    }

    /// Says `out` about a row, or about none of them.
    pub fn put(&mut self, row: Option<usize>, out: &impl SqlValue) {
        out.write(&mut self.said);
        let Some(packed) = &mut self.packed else {
            row.and_then(|row| i64::try_from(row).ok()).write(&mut self.numbers);
            return;
        };
        packed.bytes.clear();
        self.said.pack(&mut packed.bytes);
        self.said.clear();
        (packed.each)(row.and_then(|row| packed.numbers.get(row).copied()), &packed.bytes);
    }
}

as_value!(
    /// An [`EventKernel`] as a value.
    Events,
    EventKernel
);

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
            required_options: K::REQUIRED,
            result: const { SqlType::List(&K::Out::TYPE) },
            columns: self.fields(),
            keeps_rows: K::KEEPS_ROWS,
            window: None,
            is_remote: false,
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
    fn recognise(&self, columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Option<Recognised>, KernelError> {
        let found = K::recognise(columns, given, options)?;
        let is_set = |option: &str| match options {
            Value::Struct(fields) => fields.iter().any(|(name, value)| name.eq_ignore_ascii_case(option) && *value != Value::Null),
            _ => false,
        };
        match K::REQUIRED.iter().find(|option| !is_set(option)) {
            None => Ok(Some(found)),
            Some(option) => Err(KernelError::BadOption {
                function: K::SPEC.name,
                option: (*option).to_owned(),
                problem: format!("is missing: {}(tbl, {option} => ...)", K::SPEC.name),
            }),
        }
    }
    fn wants_sources(&self) -> bool {
        K::WANTS_SOURCES
    }
    fn compute_wanted(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt, wanted: Option<&[bool]>) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let mut sink = EventSink::new::<K>(wanted);
            K::compute(rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt, &mut sink)?;
            Ok(sink.said.with_leading_fields(vec![sink.numbers]))
        })
    }
    fn compute_packed(
        &self,
        rows: Rows,
        options: &Parsed,
        interrupt: &Interrupt,
        each: &mut dyn FnMut(Option<i64>, &[u8]),
    ) -> GroupResult<()> {
        guarded(K::SPEC.name, || {
            let (mut numbers, mut rows) = rows.split_first();
            // Of equal events the first counts, which must not be the one that a thread happened to bring first.
            if !numbers.is_sorted() {
                let mut order: Vec<usize> = (0..numbers.len()).collect();
                order.sort_by_key(|row| numbers.get(*row).copied());
                rows = rows.in_order(&order);
                numbers.sort_unstable();
            }
            let mut sink = EventSink::new::<K>(None);
            sink.packed = Some(Packed { numbers: &numbers, each, bytes: Vec::new() });
            K::compute(&rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt, &mut sink)
        })
    }
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        self.compute(rows, options, interrupt).map(Column::without_first_field)
    }
}
