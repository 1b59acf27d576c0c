//! A scalar function and the one loop that runs it on every engine.

use crate::column::{Column, SqlValue};
use crate::error::{KernelError, KernelResult};
use crate::guard::guard;
use crate::input::{Args, Input};
use crate::interrupt::Interrupt;
use crate::options::Options;
use crate::spec::{Kind, Signature, Spec};

/// A function of one row. It is a type, not a value, so that an engine can ask for its signature before it runs.
pub trait ScalarKernel: Send + Sync + 'static {
    /// Name and documentation.
    const SPEC: Spec;
    /// The arguments: a tuple of `&str`, `i64`, `f64`, `bool`, `Vec<Option<&str>>`, or `Option` of these where NULL has a meaning.
    type Args<'a>: Args<'a>;
    /// The trailing options struct, or [`crate::options::NoOptions`].
    type Options: Options;
    /// The result.
    type Out<'a>: SqlValue;
    /// Buffers and memos kept from row to row of a batch.
    type Scratch: Default + Send;
    /// Whether it asks other machines: an engine then runs it with the statement and not before it, and off the threads that other work needs.
    const IS_REMOTE: bool = false;

    /// Looks at all rows of a batch before the first is computed. What asks others does it here, each thing once and many at a
    /// time; what waits for memory looks everything up here, where one row does not wait for another.
    fn prepare(
        _scratch: &mut Self::Scratch,
        _options: &Self::Options,
        _input: &impl Input,
        _rows: usize,
        _interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        Ok(())
    }

    /// Computes one row. `Ok(None)` is NULL; an error is for constants only.
    fn eval<'a>(scratch: &'a mut Self::Scratch, options: &'a Self::Options, args: Self::Args<'a>) -> KernelResult<Self::Out<'a>>;

    /// Computes all rows of a batch, after [`ScalarKernel::prepare`], and writes what [`ScalarKernel::eval`] gives for each. A struct of many fields is
    /// written sooner column by column.
    fn eval_all(
        scratch: &mut Self::Scratch,
        options: &Self::Options,
        input: &impl Input,
        rows: usize,
        out: &mut Column,
    ) -> Result<(), KernelError> {
        each_row::<Self>(scratch, options, input, rows, out)
    }
}

/// Computes and writes one row after another.
pub fn each_row<K: ScalarKernel + ?Sized>(
    scratch: &mut K::Scratch,
    options: &K::Options,
    input: &impl Input,
    rows: usize,
    out: &mut Column,
) -> Result<(), KernelError> {
    for row in 0..rows {
        match K::Args::read(input, row) {
            None => out.push_null(),
            Some(args) => K::eval(scratch, options, args)?.write(out),
        }
    }
    Ok(())
}

/// The spec of `K` with the types that its Rust types imply.
pub fn signature<K: ScalarKernel>() -> Signature {
    Signature {
        spec: const { &K::SPEC },
        kind: Kind::Scalar,
        args: <K::Args<'static> as Args<'static>>::TYPES,
        optional: 0,
        options: K::Options::FIELDS,
        required_options: &[],
        result: <K::Out<'static> as SqlValue>::TYPE,
        columns: &[],
        keeps_rows: false,
        window: None,
        is_remote: K::IS_REMOTE,
    }
}

/// Runs `K` over `rows` rows and returns the result column. A panic becomes [`KernelError::Internal`].
pub fn run<K: ScalarKernel>(input: &impl Input, rows: usize, options: &K::Options) -> Result<Column, KernelError> {
    run_until::<K>(input, rows, options, &Interrupt::default())
}

/// As [`run`], for a kernel that may take long: once `interrupt` is set, whatever comes back is not to be read.
pub fn run_until<K: ScalarKernel>(
    input: &impl Input,
    rows: usize,
    options: &K::Options,
    interrupt: &Interrupt,
) -> Result<Column, KernelError> {
    guard(|| {
        let mut out = Column::new(&<K::Out<'static> as SqlValue>::TYPE);
        out.reserve(rows);
        let mut scratch = K::Scratch::default();
        K::prepare(&mut scratch, options, input, rows, interrupt)?;
        K::eval_all(&mut scratch, options, input, rows, &mut out)?;
        Ok(out)
    })
    .unwrap_or_else(|what| Err(KernelError::Internal { function: K::SPEC.name, what }))
}
