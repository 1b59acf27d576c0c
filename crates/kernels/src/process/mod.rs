//! Processes and the command lines that start them.

mod command_risk;
mod command_split;
pub mod kin;
mod lolbin;
mod process_ancestors;
mod process_descendants;
mod process_roots;
mod process_siblings;
mod process_tree;
mod rare_parent_child;
mod tree;
mod tree_summary;
mod tree_text;

pub use command_risk::{CommandRisk, Finding, RiskOptions, Rule, Scanner, Severity, System};
pub use command_split::{CommandSplit, Platform, SplitOptions, Words, command_split};
pub use kin::{Distance, KeyOptions};
pub use lolbin::{Lolbin, LolbinEntry, lolbin};
pub use process_ancestors::ProcessAncestors;
pub use process_descendants::ProcessDescendants;
pub use process_roots::{ProcessRoots, Tree};
pub use process_siblings::ProcessSiblings;
pub use process_tree::ProcessTree;
pub use rare_parent_child::{Pair, RareParentChild};
pub use tree_summary::{Summary, TreeSummary};
pub use tree_text::{TextOptions, TreeText};
