//! A list of items per group.

use super::constant::{as_value, downcast, guarded, struct_fields};
use super::{Fields, GroupFunction, GroupResult, Parsed, Shape};
use crate::column::{Column, SqlValue};
use crate::error::KernelError;
use crate::interrupt::Interrupt;
use crate::options::{Options, Value};
use crate::rows::Rows;
use crate::spec::{Kind, Signature, Spec};
use crate::types::{ArgType, SqlType};

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

as_value!(
    /// A [`GroupKernel`] as a value.
    Items,
    GroupKernel
);

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
            required_options: &[],
            result: const { SqlType::List(&K::Item::TYPE) },
            columns: self.fields(),
            keeps_rows: false,
            window: None,
            is_remote: false,
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
