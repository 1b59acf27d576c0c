//! The functions of this crate, once.

use huntsql_kernels::catalogue::Visitor;

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(_visitor: &mut impl Visitor) {}
