//! A scalar kernel as a DataFusion UDF.

use super::{input, options, output};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::kernel::{ScalarKernel, run, signature};
use huntsql_kernels::options::{Memo, Options};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The UDF of kernel `K`.
pub(super) struct KernelUdf<K: ScalarKernel> {
    name: String,
    aliases: Vec<String>,
    signature: Signature,
    options: Memo<K::Options>,
}

impl<K: ScalarKernel> KernelUdf<K> {
    /// The kernel under `huntsql_<name>` and, unless that is `taken`, under its name.
    pub(super) fn new(taken: bool) -> Self {
        let prefixed = format!("{PREFIX}{}", K::SPEC.name);
        // What asks others is not asked while the statement is planned.
        let volatility = if K::IS_REMOTE { Volatility::Volatile } else { Volatility::Immutable };
        let (name, aliases) = if taken { (prefixed, Vec::new()) } else { (K::SPEC.name.to_owned(), vec![prefixed]) };
        Self { name, aliases, signature: Signature::user_defined(volatility), options: Memo::default() }
    }
}

pub(super) const PREFIX: &str = "huntsql_";

/// Whether `function` came from here.
pub(super) fn is_ours(function: &ScalarUDF) -> bool {
    ours(function.name(), function.aliases())
}

/// Whether a function of these names came from here.
pub(super) fn ours(name: &str, aliases: &[String]) -> bool {
    aliases.iter().any(|alias| alias.strip_prefix(PREFIX) == Some(name))
}

// There is one function to a kernel and name: its instances are equal.
impl<K: ScalarKernel> PartialEq for KernelUdf<K> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl<K: ScalarKernel> Eq for KernelUdf<K> {}
impl<K: ScalarKernel> Hash for KernelUdf<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}
impl<K: ScalarKernel> fmt::Debug for KernelUdf<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KernelUdf({})", K::SPEC.name)
    }
}

impl<K: ScalarKernel> ScalarUDFImpl for KernelUdf<K> {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let types = signature::<K>().args;
        let most = types.len() + usize::from(!K::Options::FIELDS.is_empty());
        if given.len() < types.len() || given.len() > most {
            return Err(DataFusionError::Plan(format!(
                "{} takes {}, got {} arguments",
                K::SPEC.name,
                signature::<K>().usage(),
                given.len()
            )));
        }
        let mut accepted = Vec::with_capacity(given.len());
        for (index, ty) in given.iter().enumerate() {
            let Some(wanted) = types.get(index) else {
                accepted.push(ty.clone());
                continue;
            };
            accepted.push(input::accepted(*wanted, ty).ok_or_else(|| {
                let name = K::SPEC.args.get(index).map_or("?", |arg| arg.name);
                DataFusionError::Plan(format!("{}: argument '{name}' must be {wanted}, got {ty}; cast it first", K::SPEC.name))
            })?);
        }
        Ok(accepted)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(output::arrow_type(&signature::<K>().result))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        // A wrong option is an error of the statement, even over no rows.
        if let Some(Some(constant)) = args.scalar_arguments.get(signature::<K>().args.len()) {
            self.options.parse(K::SPEC.name, &options::from_scalar(constant)?).map_err(engine_error)?;
        }
        Ok(Arc::new(Field::new(K::SPEC.name, self.return_type(&[])?, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let signature = signature::<K>();
        let options = match args.args.get(signature.args.len()) {
            Some(value) => self.options.parse(K::SPEC.name, &options::constant(K::SPEC.name, value)?).map_err(engine_error)?,
            None => Arc::default(),
        };
        let arguments = args.args.get(..signature.args.len()).unwrap_or(&args.args);
        let constant = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let input = input::ArrowInput::new(signature.args, arguments)?;
        let column = if K::IS_REMOTE { aside(|| run::<K>(&input, rows, &options)) } else { run::<K>(&input, rows, &options) };
        let column = column.map_err(engine_error)?;
        let array = output::to_arrow(K::SPEC.name, column, &signature.result)?;
        Ok(if constant { ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?) } else { ColumnarValue::Array(array) })
    }
}

/// Runs `work`, which waits for others, without keeping this thread's other tasks waiting.
///
/// DataFusion's async functions would do the same, but cannot stand in GROUP BY, ORDER BY or one another, nor coerce their arguments.
pub(super) fn aside<T>(work: impl FnOnce() -> T) -> T {
    let flavor = tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor());
    if flavor.is_ok_and(|flavor| flavor == tokio::runtime::RuntimeFlavor::MultiThread) { tokio::task::block_in_place(work) } else { work() }
}

pub(super) fn engine_error(error: KernelError) -> DataFusionError {
    match error {
        KernelError::Internal { .. } => DataFusionError::External(Box::new(error)),
        // `Plan` prints without a wrapper, and that is what a wrong option is.
        error => DataFusionError::Plan(error.to_string()),
    }
}
