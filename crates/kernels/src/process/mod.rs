//! Processes and commands.

mod process_tree;
mod tree;

pub use process_tree::ProcessTree;
