//! Processes and the command lines that start them.

mod command_risk;
mod command_split;
mod lolbin;
mod process_tree;
mod tree;

pub use command_risk::{CommandRisk, Finding, RiskOptions, Rule, Scanner, Severity, System};
pub use command_split::{CommandSplit, Platform, SplitOptions, Words, command_split};
pub use lolbin::{Lolbin, LolbinEntry, lolbin};
pub use process_tree::ProcessTree;
