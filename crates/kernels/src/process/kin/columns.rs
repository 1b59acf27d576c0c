//! The columns that all functions over a tree look for.

use crate::group::Wanted;
use crate::prelude::*;

/// Place of `process_key` among the arguments.
pub(in super::super) const KEY: usize = 0;
/// Of `parent_key`.
pub(in super::super) const PARENT: usize = 1;
/// Of `path`.
pub(in super::super) const PATH: usize = 2;

/// The argument [`KEY`].
pub const KEY_ARG: Arg = Arg { name: "process_key", doc: "What a process is known by; the column of this name." };
/// The argument [`PARENT`].
pub const PARENT_ARG: Arg = Arg { name: "parent_key", doc: "The key of its parent, NULL for a root; the column of this name." };
/// The argument [`PATH`].
pub const PATH_ARG: Arg = Arg { name: "path", doc: "Puts siblings in order; the column of this name. Where there is none, their keys do." };

/// The arguments of a function that looks at the families only.
pub(in super::super) const KIN_ARGS: &[Arg] = &[KEY_ARG, PARENT_ARG, PATH_ARG];
/// Their types.
pub(in super::super) const KIN_TYPES: &[ArgType] = &[ArgType::Key, ArgType::Key, ArgType::Text];
/// Their columns.
pub(in super::super) const KIN_WANTED: &[Wanted] = &[KEY_COLUMN, PARENT_COLUMN, PATH_COLUMN];

/// The column of [`KEY`].
pub const KEY_COLUMN: Wanted = Wanted { argument: "process_key", names: &["process_key"], required: true };
/// Of [`PARENT`].
pub const PARENT_COLUMN: Wanted = Wanted { argument: "parent_key", names: &["parent_key"], required: true };
/// Of [`PATH`].
pub const PATH_COLUMN: Wanted = Wanted { argument: "path", names: &["path"], required: false };

/// Columns that hold a command line.
pub const COMMAND_COLUMNS: &[&str] =
    &["CommandLine", "ProcessCommandLine", "command_line", "process.command_line", "process.cmd_line", "cmdline", "proctitle"];

/// The option of functions about one process.
#[derive(Debug, Default, Clone)]
pub struct KeyOptions {
    key: Option<String>,
}

impl KeyOptions {
    /// The key; `None` only where there are no rows.
    pub(in super::super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl Options for KeyOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "key",
        kind: OptionKind::Text,
        default: "NULL",
        doc: "The `process_key` of the process. Of a key that is not in the table the result is empty.",
    }];

    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Text(key) = setting {
            self.key = Some(key);
        }
        Ok(())
    }
}
