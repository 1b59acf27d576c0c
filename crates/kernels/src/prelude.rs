//! What every kernel file uses.

pub use crate::column::{Column, Computed, ListOf, NotByte, SqlValue, Timestamp};
pub use crate::error::{KernelError, KernelResult};
pub use crate::group::{GroupError, GroupKernel, GroupResult, RowKernel};
pub use crate::input::TextList;
pub use crate::interrupt::Interrupt;
pub use crate::kernel::ScalarKernel;
pub use crate::options::{NoOptions, OptionField, OptionKind, Options, Setting};
pub use crate::rows::Rows;
pub use crate::spec::{Arg, Example, Family, Spec};
pub use crate::text_map::{Pairs, TextMap};
pub use crate::types::{ArgType, SqlType};
