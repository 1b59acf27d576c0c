//! What bounds the work on one text, as options and as a running budget.

use super::item::Status;
use crate::options::{OptionField, OptionKind, Setting};

/// Bounds of one text. The defaults are those of the option fields.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes decoded from one text, all items together.
    pub max_bytes: usize,
    /// Layers.
    pub max_depth: usize,
    /// Items returned for one text.
    pub max_members: usize,
    /// Output of one container for each byte of it, beyond [`RATIO_FLOOR`].
    pub max_ratio: usize,
    /// Shortest encoded run that is looked at.
    pub min_length: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 16 << 20, max_depth: 20, max_members: 1000, max_ratio: 200, min_length: 12 }
    }
}

/// Output of a container that no ratio forbids: small texts may repeat themselves a lot.
pub(super) const RATIO_FLOOR: usize = 1 << 20;

pub(super) const MAX_BYTES: OptionField = OptionField {
    name: "max_bytes",
    kind: OptionKind::Int(1, 1 << 30),
    default: "16777216",
    doc: "Bytes decoded from one text, all items together; beyond it the status is `limit_bytes`.",
};
pub(super) const MAX_DEPTH: OptionField = OptionField {
    name: "max_depth",
    kind: OptionKind::Int(1, 1000),
    default: "20",
    doc: "Layers that are opened; an item that was left closed has the status `limit_depth`.",
};
pub(super) const MAX_MEMBERS: OptionField = OptionField {
    name: "max_members",
    kind: OptionKind::Int(1, 1_000_000),
    default: "1000",
    doc: "Items decoded from one text; beyond it the status is `limit_members`.",
};
pub(super) const MAX_RATIO: OptionField = OptionField {
    name: "max_ratio",
    kind: OptionKind::Int(1, 1_000_000),
    default: "200",
    doc: "Output of one container for each byte of it, where the output is over 1 MiB; beyond it the status is `limit_ratio`.",
};
pub(super) const MIN_LENGTH: OptionField = OptionField {
    name: "min_length",
    kind: OptionKind::Int(8, 1 << 20),
    default: "12",
    doc: "Shortest encoded run, in characters, that is looked at.",
};

impl Limits {
    /// Takes one option that is a limit.
    pub(super) fn set(&mut self, name: &str, setting: &Setting) {
        let Setting::Int(value) = setting else { return };
        let value = usize::try_from(*value).unwrap_or(usize::MAX);
        match name {
            "max_bytes" => self.max_bytes = value,
            "max_depth" => self.max_depth = value,
            "max_members" => self.max_members = value,
            "max_ratio" => self.max_ratio = value,
            "min_length" => self.min_length = value,
            _ => {}
        }
    }

    /// Bytes that a container of `size` bytes may give.
    pub(super) fn ratio_cap(&self, size: usize) -> usize {
        size.saturating_mul(self.max_ratio).max(RATIO_FLOOR)
    }
}

/// What is left for one text.
#[derive(Debug)]
pub(super) struct Budget {
    /// Bytes that items may still hold.
    pub(super) bytes: usize,
    /// Items that may still be made.
    pub(super) members: usize,
    /// Bytes that may still be produced by attempts that come to nothing: bounds the time, not the result.
    pub(super) attempts: usize,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { bytes: limits.max_bytes, members: limits.max_members, attempts: limits.max_bytes.max(RATIO_FLOOR) }
    }

    /// The limit that nothing more can be made under, if one is used up.
    pub(super) fn spent(&self) -> Option<Status> {
        if self.members == 0 {
            Some(Status::LimitMembers)
        } else if self.bytes == 0 {
            Some(Status::LimitBytes)
        } else {
            None
        }
    }

    /// Takes one item's bytes, cutting what is over; true if something was cut.
    pub(super) fn take(&mut self, bytes: &mut Vec<u8>) -> bool {
        self.members = self.members.saturating_sub(1);
        let cut = bytes.len() > self.bytes;
        bytes.truncate(self.bytes);
        self.bytes -= bytes.len();
        cut
    }
}
