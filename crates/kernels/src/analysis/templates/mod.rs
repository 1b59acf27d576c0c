//! Templates of log messages, after Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017).
//!
//! Drain reads a stream and its templates depend on the order of the lines. Here all lines are known, so they are taken in an order of their own: messages
//! that are equal once masked are one pattern; patterns that may share a template (equal length, equal first words) meet, the most frequent first,
//! equally frequent ones by their text.

mod groups;
mod leaf;
mod line;
mod options;
mod parameters;
mod patterns;
mod template;
mod variants;

pub use options::TemplateOptions;
pub use parameters::{Details, Parameter, details};
pub use template::Template;

use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::Texts;
use patterns::Patterns;

/// The templates of a column of texts.
#[derive(Debug)]
pub struct Templates {
    /// The most frequent first; equally frequent ones are sorted by text.
    pub templates: Vec<Template>,
    /// Index of the template of each distinct text.
    of_line: Vec<u32>,
    /// Rows of each distinct text.
    rows_of_line: Vec<u64>,
}

impl Templates {
    /// Finds the templates of `lines`.
    pub fn mine(lines: &Texts, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Self> {
        let patterns = Patterns::read(lines, options, interrupt)?;
        let groups = groups::group(&patterns, options, interrupt)?;
        Ok(template::render(patterns, groups))
    }

    /// Index of the template of the text with number `id`.
    pub fn of(&self, id: u32) -> Option<usize> {
        self.of_line.get(id as usize).map(|template| *template as usize)
    }
}

#[cfg(test)]
mod tests;
