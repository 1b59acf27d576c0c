//! `render_graph`: nodes where the layout put them, edges between them.

use super::frame::{Entry, Frame, MARGIN, Sign};
use super::map::free;
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Graph, Node};
use crate::palette::Palette;
use crate::{measure, number, text};

/// Height where nothing else is asked.
const HEIGHT: f64 = 680.0;

pub(super) fn draw(chart: &Chart, body: &Graph, size: Size, palette: &'static Palette) -> Scene {
    let legend: Vec<Entry> =
        body.kinds.iter().enumerate().map(|(index, kind)| Entry::new(palette.value(index), Sign::Circle, kind.clone())).collect();
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let top = frame.top() + 6.0;
    let (width, height) = (frame.width - 2.0 * MARGIN, frame.room(HEIGHT));
    let place = Placing::of(body, width, height, top);
    let most = body.nodes.iter().map(|node| node.rows).max().unwrap_or(1).max(2) as f64;
    let radius = |node: &Node| 4.0 + 11.0 * ((node.rows.max(1) as f64).ln() / most.ln()).clamp(0.0, 1.0);
    edges(&mut frame, body, &place, &radius);
    let mut pen = Pen::default();
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for node in &body.nodes {
        let ((x, y), high) = (place.at(node), radius(node));
        let color = palette.value(usize::from(node.kind));
        pen.circle(x, y, high, Paint::fill(color).edged(palette.background, 1.2));
        taken.push([x - high, y - high, x + high, y + high]);
    }
    frame.pen.group("nodes", None, pen);
    let mut by_rows: Vec<&Node> = body.nodes.iter().collect();
    by_rows.sort_by_key(|node| std::cmp::Reverse(node.rows));
    let (mut pen, mut bare) = (Pen::default(), 0);
    for node in by_rows {
        let ((x, y), high) = (place.at(node), radius(node));
        let name = measure::fit(&text::named(&node.label.shown), 170.0, 11.0, false);
        let wide = measure::width(&name, 11.0, false);
        let places = [
            (x + high + 3.0, y + 4.0),
            (x - high - 3.0 - wide, y + 4.0),
            (x - wide / 2.0, y + high + 12.0),
            (x - wide / 2.0, y - high - 4.0),
        ];
        let found = places.into_iter().find(|(x, y)| {
            let inside = *x >= 4.0 && x + wide <= frame.width - 4.0 && *y > top - 8.0 && *y < top + height + 12.0;
            inside && free(&mut taken, [*x, y - 9.0, x + wide, y + 3.0])
        });
        match found {
            Some((x, y)) => pen.haloed(x, y, &name, Type::new(11.0, palette.text), palette.background),
            None => bare += 1,
        }
    }
    frame.pen.group("names", None, pen);
    let mut notes = Vec::new();
    if bare > 0 {
        notes.push(format!(
            "{} of {} have no room for a name.",
            number::whole(bare),
            number::counted(body.nodes.len() as u64, "node", "nodes")
        ));
    }
    let description = format!(
        "Graph of {} and {}",
        number::counted(body.nodes.len() as u64, "node", "nodes"),
        number::counted(body.edges.len() as u64, "edge", "edges")
    );
    frame.finish(top + height, &notes, &description)
}

/// From the places of the layout to px: all nodes are in the picture, a unit is as long across as down where that leaves no desert.
struct Placing {
    low: (f64, f64),
    scale: (f64, f64),
    origin: (f64, f64),
}

impl Placing {
    fn of(body: &Graph, width: f64, height: f64, top: f64) -> Self {
        let ends = |pick: fn(&Node) -> f64| {
            let values = body.nodes.iter().map(pick).filter(|value| value.is_finite()).map(|value| value.clamp(-1e6, 1e6));
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ends = [ends(|node| node.at.0), ends(|node| node.at.1)].map(|(low, high)| {
            if low < high {
                (low, high)
            } else if low == high {
                (low - 1.0, low + 1.0)
            } else {
                (-1.0, 1.0)
            }
        });
        let [(west, east), (north, south)] = ends;
        // Room for circles and names.
        let (across, down) = (width - 160.0, height - 40.0);
        let (x, y) = (across / (east - west), down / (south - north));
        let (x, y) = (x.min(y * 1.8), y.min(x * 1.4));
        Self {
            low: (west, north),
            scale: (x, y),
            origin: (MARGIN + 80.0 + (across - (east - west) * x) / 2.0, top + 20.0 + (down - (south - north) * y) / 2.0),
        }
    }

    fn at(&self, node: &Node) -> (f64, f64) {
        let number = |value: f64, low: f64| if value.is_finite() { value.clamp(-1e6, 1e6) - low } else { -low };
        (self.origin.0 + number(node.at.0, self.low.0) * self.scale.0, self.origin.1 + number(node.at.1, self.low.1) * self.scale.1)
    }
}

fn edges(frame: &mut Frame<'_>, body: &Graph, place: &Placing, radius: &impl Fn(&Node) -> f64) {
    let palette = frame.palette;
    let most = body.edges.iter().map(|edge| edge.rows).max().unwrap_or(1).max(2) as f64;
    let few = body.edges.len() <= 40;
    let mut pen = Pen::default();
    let mut labels = Pen::default();
    let color = palette.axis.mix(palette.background, 0.1);
    for edge in &body.edges {
        let (Some(source), Some(target)) = (body.nodes.get(edge.source as usize), body.nodes.get(edge.target as usize)) else { continue };
        let (from, to) = (place.at(source), place.at(target));
        let wide = 0.8 + 3.2 * ((edge.rows.max(1) as f64).ln() / most.ln()).clamp(0.0, 1.0);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let paint = Paint::stroke(color, wide).faded(if few { 0.75 } else { 0.55 });
        if length < 1.0 {
            // A node that has to do with itself.
            pen.circle(from.0, from.1 - radius(source) - 5.0, 7.0, paint);
            continue;
        }
        let unit = ((to.0 - from.0) / length, (to.1 - from.1) / length);
        let arrow = if body.directed { 4.0 + wide } else { 0.0 };
        let end = (to.0 - unit.0 * (radius(target) + 1.0), to.1 - unit.1 * (radius(target) + 1.0));
        let start = (from.0 + unit.0 * radius(source), from.1 + unit.1 * radius(source));
        if length > radius(source) + radius(target) {
            pen.line(start, (end.0 - unit.0 * arrow, end.1 - unit.1 * arrow), paint);
            if body.directed {
                let back = (end.0 - unit.0 * arrow * 1.6, end.1 - unit.1 * arrow * 1.6);
                let side = (-unit.1 * arrow * 0.75, unit.0 * arrow * 0.75);
                let steps = vec![
                    Step::Move(end.0, end.1),
                    Step::Line(back.0 + side.0, back.1 + side.1),
                    Step::Line(back.0 - side.0, back.1 - side.1),
                    Step::Close,
                ];
                pen.path(steps, Paint::fill(color));
            }
        }
        let label = text::clean(&edge.label);
        if few && length > 90.0 && !label.trim().is_empty() {
            let label = measure::fit(&label, length - 50.0, 10.0, false);
            labels.text(f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1) - 3.0, &label, Type::new(10.0, palette.faint).middle());
        }
    }
    frame.pen.group("edges", None, pen);
    frame.pen.group("labels", None, labels);
}
