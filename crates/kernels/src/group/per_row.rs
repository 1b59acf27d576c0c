//! Something about each row.

use super::constant::{as_value, downcast, guarded, internal, leaked, struct_fields};
use super::{Fields, GroupFunction, GroupResult, Parsed, Shape};
use crate::column::{Column, SqlValue};
use crate::error::KernelError;
use crate::interrupt::Interrupt;
use crate::options::{Options, Value};
use crate::rows::Rows;
use crate::spec::{Kind, Signature, Spec};
use crate::types::{ArgType, SqlType};
use std::cmp::Ordering;

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
    /// What is said about a row; a struct. It may borrow from the rows: there is one for each of them, so a small one counts.
    type Out<'r>: SqlValue;
    /// The field that the window form gives; the whole struct where it is `None`.
    const WINDOW: Option<&'static str> = None;

    /// Computes a value for each row, in the order of the rows. Apart from that order, the values must not depend on it.
    fn compute<'r>(rows: &'r Rows, options: &Self::Options, interrupt: &Interrupt) -> GroupResult<Vec<Self::Out<'r>>>;
}

as_value!(
    /// A [`RowKernel`] as a value.
    PerRow,
    RowKernel
);

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
            required_options: &[],
            result: leaked(K::SPEC.name, "item", || vec![SqlType::Struct(self.item_fields())]).first().map_or(SqlType::Text, SqlType::List),
            columns: self.fields(),
            keeps_rows: true,
            window: Some(self.window_field().and_then(|index| self.fields().get(index)).map_or(K::Out::<'static>::TYPE, |(_, ty)| *ty)),
            is_remote: false,
        }
    }
    fn shape(&self) -> Shape {
        Shape::PerRow
    }
    fn fields(&self) -> Fields {
        struct_fields(&K::Out::<'static>::TYPE)
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
            let mut column = Column::of_fields(const { &K::Out::<'static>::TYPE }, wanted);
            outs::<K>(rows, options, interrupt)?.iter().for_each(|out| out.write(&mut column));
            Ok(column)
        })
    }
    fn compute_list(&self, rows: &Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Column> {
        guarded(K::SPEC.name, || {
            let outs = outs::<K>(rows, options, interrupt)?;
            let mut order: Vec<usize> = (0..rows.len()).collect();
            order.sort_by(|a, b| (0..K::ARGS.len()).map(|arg| rows.compare(arg, *a, *b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal));
            let mut said = Column::new(&K::Out::<'static>::TYPE);
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

fn outs<'r, K: RowKernel>(rows: &'r Rows, options: &Parsed, interrupt: &Interrupt) -> GroupResult<Vec<K::Out<'r>>> {
    let outs = K::compute(rows, downcast::<K::Options>(K::SPEC.name, options)?, interrupt)?;
    if outs.len() == rows.len() { Ok(outs) } else { Err(internal(K::SPEC.name, format!("{} results for {} rows", outs.len(), rows.len()))) }
}
