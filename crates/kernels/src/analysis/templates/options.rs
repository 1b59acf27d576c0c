//! Options of `log_templates` and `log_template_of`.

use crate::prelude::*;
use crate::text::mask::{Mask, MaskSet};

/// Options of `log_templates` and `log_template_of`.
#[derive(Debug, Clone)]
pub struct TemplateOptions {
    pub(super) masks: MaskSet,
    pub(super) prefix: usize,
    pub(super) similarity: f64,
    pub(super) max_children: usize,
    pub(super) max_templates: usize,
    pub(super) max_tokens: usize,
    pub(super) samples: usize,
    pub(super) variants: usize,
}

/// Levels of Drain's tree that hold no words: the root, the lengths, the templates.
const OTHER_LEVELS: i64 = 3;

impl Default for TemplateOptions {
    fn default() -> Self {
        Self {
            masks: MaskSet::ALL.without(Mask::Path).without(Mask::Str),
            prefix: 1,
            similarity: 0.6,
            max_children: 100,
            max_templates: 500,
            max_tokens: 256,
            samples: 5,
            variants: 3,
        }
    }
}

impl Options for TemplateOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "depth",
            kind: OptionKind::Int(OTHER_LEVELS, 16),
            default: "4",
            doc: "Depth of the tree: lines share a template only if their first `depth - 3` words are equal.",
        },
        OptionField {
            name: "keep",
            kind: OptionKind::TextList,
            default: "['path', 'str']",
            doc: "Kinds that are not masked before lines are compared; see `command_pattern`.",
        },
        OptionField {
            name: "max_children",
            kind: OptionKind::Int(1, 1_000_000),
            default: "100",
            doc: "Different first words among lines of one length; lines with less frequent ones are compared as if the word were the same.",
        },
        OptionField {
            name: "max_templates",
            kind: OptionKind::Int(1, 1_000_000),
            default: "500",
            doc: "Templates among lines with equal length and first words; further lines that are like none of them get one template together, `limited`.",
        },
        OptionField {
            name: "max_tokens",
            kind: OptionKind::Int(1, 65_536),
            default: "256",
            doc: "Words of a line that are looked at, and parameters; what follows is `<rest>`, `limited`.",
        },
        OptionField {
            name: "samples",
            kind: OptionKind::Int(0, 1000),
            default: "5",
            doc: "Values that are listed of each parameter: the most frequent.",
        },
        OptionField {
            name: "similarity",
            kind: OptionKind::FloatIn(0.05, 1.0),
            default: "0.6",
            doc: "Part of the words of a line, masks left out, that must be equal to those of a template for the line to join it.",
        },
        OptionField {
            name: "variants",
            kind: OptionKind::Int(1, 1000),
            default: "3",
            doc: "A word with no more than this many forms (`Accepted`, `Failed`) tells templates apart, if there are 8 lines or more to each form. 1 is never.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        match (name, setting) {
            ("depth", Setting::Int(depth)) => self.prefix = size(depth - OTHER_LEVELS),
            ("keep", Setting::TextList(kinds)) => self.masks = MaskSet::all_but(&kinds)?,
            ("max_children", Setting::Int(most)) => self.max_children = size(most),
            ("max_templates", Setting::Int(most)) => self.max_templates = size(most),
            ("max_tokens", Setting::Int(most)) => self.max_tokens = size(most),
            ("samples", Setting::Int(most)) => self.samples = size(most),
            ("variants", Setting::Int(most)) => self.variants = size(most),
            ("similarity", Setting::Float(part)) => self.similarity = part,
            _ => {}
        }
        Ok(())
    }
}
