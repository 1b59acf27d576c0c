//! What stands where lines of a template differ.

use super::line::{Buffers, Reader, Token, read};
use super::patterns::BETWEEN_CHECKS;
use super::template::Part;
use super::{Template, TemplateOptions, Templates};
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::Texts;
use hashbrown::HashMap;
use std::ops::Range;

/// Longest sample in bytes; a longer one ends in `…`.
const LONGEST_SAMPLE: usize = 256;

/// What the lines of a template hold beyond it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Distinct lines.
    pub lines: u64,
    /// The most frequent line, of equally frequent ones the first by text.
    pub example: String,
    /// The masks and `<*>` of the template, in order.
    pub parameters: Vec<Parameter>,
}

/// A mask or `<*>` of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What stands for it.
    pub mark: &'static str,
    /// Different values.
    pub distinct: u64,
    /// The most frequent values, of equally frequent ones the first by text.
    pub samples: Vec<String>,
}

/// The details of each template, in order.
pub fn details(templates: &Templates, lines: &Texts, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Vec<Details>> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); templates.templates.len()];
    for (line, template) in (0u32..).zip(&templates.of_line) {
        if let Some(members) = members.get_mut(*template as usize) {
            members.push(line);
        }
    }
    let mut buffers = Buffers::default();
    let mut all = Vec::with_capacity(members.len());
    for (template, members) in templates.templates.iter().zip(members) {
        interrupt.check()?;
        let weighed: Vec<(&str, u64)> = members
            .iter()
            .map(|line| (lines.text(*line), templates.rows_of_line.get(*line as usize).copied().unwrap_or_default()))
            .collect();
        let mut values = Values { template, token: 0, found: Vec::new() };
        for (i, (line, _)) in weighed.iter().enumerate() {
            if i % BETWEEN_CHECKS == 0 {
                interrupt.check()?;
            }
            values.token = 0;
            read(line, options, &mut buffers, &mut values);
        }
        all.push(Details {
            lines: members.len() as u64,
            example: weighed.iter().copied().reduce(more_frequent).map_or_else(String::new, |(line, _)| line.to_owned()),
            parameters: values.parameters(&weighed, options.samples, interrupt)?,
        });
    }
    Ok(all)
}

fn more_frequent<'l>(a: (&'l str, u64), b: (&'l str, u64)) -> (&'l str, u64) {
    if (b.1, a.0) > (a.1, b.0) { b } else { a }
}

/// Where the parameters stand in the lines of a template.
struct Values<'t> {
    template: &'t Template,
    /// Number of the token that comes next.
    token: usize,
    /// For each line, the places of all parameters.
    found: Vec<Place>,
}

/// A range of a line, in half the size.
#[derive(Clone, Copy)]
struct Place(u32, u32);

impl Place {
    fn new(range: &Range<usize>) -> Self {
        // Of a text beyond four gigabytes, an engine's column holds none.
        Self(u32::try_from(range.start).unwrap_or(u32::MAX), u32::try_from(range.end).unwrap_or(u32::MAX))
    }

    fn of(self, line: &str) -> &str {
        line.get(self.0 as usize..self.1 as usize).unwrap_or("")
    }
}

impl Reader for Values<'_> {
    fn token(&mut self, token: &Token<'_>) {
        match self.template.tokens.get(self.token) {
            Some(Part::Wild { prefix, suffix }) => {
                self.found.push(Place::new(&(token.range.start + prefix..token.range.end.saturating_sub(*suffix))));
            }
            Some(Part::Fixed { masks }) => {
                let places = token.masks.iter().map(|(_, range)| range);
                // There are fewer where the line holds a text that reads like a mask.
                self.found.extend(places.chain(std::iter::repeat(&token.range)).take(*masks).map(Place::new));
            }
            None => {}
        }
        self.token += 1;
    }
}

impl Values<'_> {
    fn parameters(&self, lines: &[(&str, u64)], samples: usize, interrupt: &Interrupt) -> GroupResult<Vec<Parameter>> {
        let marks = &self.template.marks;
        let mut parameters = Vec::with_capacity(marks.len());
        for (i, mark) in marks.iter().enumerate() {
            interrupt.check()?;
            let mut rows: HashMap<&str, u64> = HashMap::new();
            for ((line, count), places) in lines.iter().zip(self.found.chunks(marks.len())) {
                let value = places.get(i).map_or("", |place| place.of(line));
                *rows.entry(value).or_default() += count;
            }
            let distinct = rows.len() as u64;
            parameters.push(Parameter { mark, distinct, samples: most_frequent(rows, samples) });
        }
        Ok(parameters)
    }
}

fn most_frequent(rows: HashMap<&str, u64>, most: usize) -> Vec<String> {
    let mut sorted: Vec<(&str, u64)> = rows.into_iter().collect();
    let by_rows = |a: &(&str, u64), b: &(&str, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if most < sorted.len() && most > 0 {
        sorted.select_nth_unstable_by(most, by_rows);
    }
    sorted.truncate(most);
    sorted.sort_unstable_by(by_rows);
    sorted.into_iter().map(|(value, _)| cut(value)).collect()
}

fn cut(value: &str) -> String {
    match value.get(..value.floor_char_boundary(LONGEST_SAMPLE)) {
        Some(head) if head.len() < value.len() => format!("{head}…"),
        _ => value.to_owned(),
    }
}

/// The text of `template` with the values of `line`.
#[cfg(test)]
pub(super) fn fill(template: &Template, line: &str, options: &TemplateOptions) -> String {
    let mut values = Values { template, token: 0, found: Vec::new() };
    read(line, options, &mut Buffers::default(), &mut values);
    let mut filled = String::new();
    let mut rest = template.text.as_str();
    for (mark, place) in template.marks.iter().zip(&values.found) {
        let (before, after) = rest.split_once(mark).unwrap();
        filled.push_str(before);
        filled.push_str(place.of(line));
        rest = after;
    }
    filled + rest
}
