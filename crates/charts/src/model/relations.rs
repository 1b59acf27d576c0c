//! Charts of what lies where, and what has to do with what.

use super::{Label, Source};

/// A place with what was seen there.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What is there.
    pub label: Label,
    /// Rows.
    pub rows: u64,
    /// Sum of the values, where there are values.
    pub value: Option<f64>,
    /// Index in [`Map::colors`].
    pub color: Option<u8>,
    /// First and last time.
    pub seen: Option<(i64, i64)>,
}

/// Places on the world.
#[derive(Debug, Clone)]
pub struct Map {
    /// The places, those with most rows first.
    pub places: Vec<Place>,
    /// What the labels are.
    pub label_source: Option<Source>,
    /// What the values are.
    pub value_source: Option<Source>,
    /// Names of the colours.
    pub colors: Vec<Label>,
    /// What the colours are.
    pub color_source: Option<Source>,
    /// Where the times come from.
    pub time_source: Option<Source>,
}

/// A node of a [`Graph`].
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its value.
    pub label: Label,
    /// Index in [`Graph::kinds`].
    pub kind: u8,
    /// Rows it is in.
    pub rows: u64,
    /// Where it lies, each from -1 to 1, x to the right and y down; a unit of x is as long as one of y.
    pub at: (f64, f64),
    /// Names (index in [`Graph::attributes`]) and values.
    pub attributes: Vec<(u8, String)>,
}

/// An edge of a [`Graph`].
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Index of a node.
    pub source: u32,
    /// Index of a node.
    pub target: u32,
    /// Rows behind it.
    pub rows: u64,
    /// Sum of the values, where there are values.
    pub value: Option<f64>,
    /// What is said of it; may be empty.
    pub label: String,
    /// First and last time.
    pub seen: Option<(i64, i64)>,
}

/// What has to do with what.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Kinds of nodes; never empty where there are nodes.
    pub kinds: Vec<String>,
    /// Names of attributes.
    pub attributes: Vec<String>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Whether an edge has a direction.
    pub directed: bool,
    /// What the sources are.
    pub source: Source,
    /// What the targets are.
    pub target: Source,
    /// Where the times come from.
    pub time_source: Option<Source>,
}

/// A node of a [`Sankey`].
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its value.
    pub label: Label,
    /// Its column, from 0.
    pub level: u16,
    /// Whether it stands for several values, `other (7)`: no value of the table is behind it.
    pub other: bool,
}

/// A flow from stage to stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Index of a stage.
    pub source: u32,
    /// Index of a stage, of a higher level.
    pub target: u32,
    /// How much; above zero.
    pub value: f64,
    /// Rows behind it.
    pub rows: u64,
}

/// Flows between stages, without cycles.
#[derive(Debug, Clone)]
pub struct Sankey {
    /// The stages.
    pub stages: Vec<Stage>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// What a flow measures, in words.
    pub measure: String,
    /// What the stages are: one for each level, or where flows were given as pairs the source and the target.
    pub sources: Vec<Source>,
    /// Whether flows were given as pairs: a stage may be a value of either of `sources`.
    pub pairs: bool,
}
