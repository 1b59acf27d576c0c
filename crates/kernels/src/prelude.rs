//! What every kernel file uses.

pub use crate::column::{Column, NotByte, SqlValue};
pub use crate::error::{KernelError, KernelResult};
pub use crate::input::TextList;
pub use crate::kernel::ScalarKernel;
pub use crate::options::{NoOptions, OptionField, OptionKind, Options, Setting};
pub use crate::spec::{Arg, Example, Family, Spec};
pub use crate::types::SqlType;
