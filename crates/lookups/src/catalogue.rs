//! The functions of this crate, once.

use crate::match_iocs::MatchIocs;
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::Events;

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static MATCH_IOCS: Events<MatchIocs> = Events::new();
    visitor.group(&MATCH_IOCS); // match_iocs
}
