//! Charts: `render_timeline` and its sisters.
//!
//! Rows become a [`model::Chart`]; renderers make a page, SVG, PNG, text or JSON of it. A chart never knows its output.

pub mod layout;
pub mod model;
pub mod prepare;
pub mod world;
