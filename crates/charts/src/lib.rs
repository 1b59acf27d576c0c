//! Charts: `render_timeline` and its sisters.
//!
//! Rows become a [`model::Chart`]; renderers make a page, SVG, PNG, text or JSON of it. A chart never knows its output.

pub mod bins;
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use model::Chart;

pub mod catalogue;
mod deliver;
pub mod kernel;
pub mod kernels;
mod label;
pub mod layout;
pub mod measure;
pub mod model;
pub mod number;
pub mod options;
mod order;
mod page;
pub mod palette;
pub mod png;
pub mod prepare;
pub mod result;
mod rows;
pub mod scene;
mod similarity;
pub mod stack;
pub mod surface;
pub mod svg;
pub mod term;
pub mod text;
pub mod ticks;
pub mod world;

/// A page with one chart.
pub fn html(chart: &Chart, interrupt: &Interrupt) -> Result<String, Interrupted> {
    Ok(page::page(page::Drawn::new(chart, interrupt)?, chart))
}

/// A chart in the form of `format => 'json'`: see FORMAT.md.
pub fn json(chart: &Chart, interrupt: &Interrupt) -> Result<String, Interrupted> {
    Ok(page::json(&page::Drawn::new(chart, interrupt)?))
}
