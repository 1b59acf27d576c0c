//! The one adapter that turns any kernel into a DataFusion function.

mod input;
mod options;
mod output;
mod scalar;

use datafusion::prelude::SessionContext;
use huntsql_kernels::catalogue::{self, Visitor};
use huntsql_kernels::kernel::ScalarKernel;

/// Registers every huntsql function on `ctx`, under its name and under `huntsql_<name>`.
pub fn register_all(ctx: &SessionContext) {
    struct Bind<'c>(&'c SessionContext);
    impl Visitor for Bind<'_> {
        fn scalar<K: ScalarKernel>(&mut self) {
            self.0.register_udf(scalar::KernelUdf::<K>::new().into());
        }
    }
    catalogue::visit(&mut Bind(ctx));
}
