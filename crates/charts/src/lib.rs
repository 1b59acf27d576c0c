//! Charts: `render_timeline` and its sisters.
//!
//! Rows become a [`model::Chart`]; renderers make a page, SVG, PNG, text or JSON of it. A chart never knows its output.

pub mod bins;
pub mod measure;
pub mod model;
pub mod number;
pub mod palette;
pub mod png;
pub mod scene;
pub mod stack;
pub mod svg;
pub mod term;
pub mod text;
pub mod ticks;
