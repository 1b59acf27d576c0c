//! `render_map`: circles on the world, near ones as one.

use super::frame::{Entry, Frame, MARGIN, Sign};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Map, Place};
use crate::palette::Palette;
use crate::{measure, number, text, world};

/// Most places of the list beside the map.
const LIST: usize = 14;
/// Radius of the largest circle.
const LARGEST: f64 = 24.0;

/// Equal Earth (Šavrič, Patterson, Jenny 2018): true areas, and a shape that eyes are used to. From degrees to about -2.7..2.7 and -1.3..1.3.
pub(crate) fn project(longitude: f64, latitude: f64) -> (f64, f64) {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let [a1, a2, a3, a4] = A;
    let root = 3.0_f64.sqrt() / 2.0;
    let latitude = if latitude.is_finite() { latitude.clamp(-90.0, 90.0) } else { 0.0 };
    let longitude = if longitude.is_finite() { longitude.clamp(-180.0, 180.0) } else { 0.0 };
    let theta = (root * latitude.to_radians().sin()).asin();
    let (t2, t6) = (theta.powi(2), theta.powi(6));
    let x = longitude.to_radians() * theta.cos() / (root * (a1 + 3.0 * a2 * t2 + t6 * (7.0 * a3 + 9.0 * a4 * t2)));
    (x, -theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2)))
}

/// Places that are drawn as one circle.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) rows: u64,
    pub(crate) places: usize,
    pub(crate) name: String,
    pub(crate) color: Option<u8>,
}

/// Joins places that are nearer than so much; those with most rows come first and give the name.
pub(crate) fn clusters(places: &[Place], at: impl Fn(&Place) -> (f64, f64), near: f64) -> Vec<Cluster> {
    let mut out: Vec<Cluster> = Vec::new();
    let mut grid: std::collections::HashMap<(i64, i64), Vec<usize>> = std::collections::HashMap::new();
    for place in places.iter().filter(|place| place.latitude.is_finite() && place.longitude.is_finite()) {
        let (x, y) = at(place);
        let key = ((x / near).floor() as i64, (y / near).floor() as i64);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy)));
        let found = around
            .filter_map(|(dx, dy)| grid.get(&(key.0 + dx, key.1 + dy)))
            .flatten()
            .copied()
            .filter_map(|index| out.get(index).map(|cluster| (index, (cluster.x - x).hypot(cluster.y - y), cluster.color == place.color)))
            .filter(|(_, distance, same)| *distance < near && *same)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        match found.and_then(|(index, _, _)| out.get_mut(index)) {
            Some(cluster) => {
                cluster.rows = cluster.rows.saturating_add(place.rows);
                cluster.places += 1;
            }
            None => {
                grid.entry(key).or_default().push(out.len());
                out.push(Cluster { x, y, rows: place.rows, places: 1, name: text::named(&place.label.shown), color: place.color });
            }
        }
    }
    out.sort_by_key(|cluster| std::cmp::Reverse(cluster.rows));
    out
}

/// From projected numbers to px.
struct View {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    center: (f64, f64),
    scale: f64,
}

impl View {
    /// All places with room around, never less than a continent.
    fn of(body: &Map, left: f64, top: f64, width: f64, room: f64) -> Self {
        let points: Vec<(f64, f64)> = body
            .places
            .iter()
            .filter(|place| place.latitude.is_finite() && place.longitude.is_finite())
            .map(|place| project(place.longitude, place.latitude))
            .collect();
        let (world_width, world_top, world_bottom) = (project(180.0, 0.0).0 * 2.0, project(0.0, 84.0).1, project(0.0, -58.0).1);
        let fold = |pick: fn(&(f64, f64)) -> f64| {
            points.iter().map(pick).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ((west, east), (north, south)) = (fold(|point| point.0), fold(|point| point.1));
        let whole = points.is_empty() || (east - west) * 1.5 > world_width * 0.6;
        let (across, down, center) = if whole {
            let (north, south) =
                if points.is_empty() { (world_top, world_bottom) } else { (world_top.min(north - 0.02), world_bottom.max(south + 0.02)) };
            (world_width * 1.05, south - north, (0.0, f64::midpoint(north, south)))
        } else {
            ((east - west).max(0.5) * 1.4, (south - north).max(0.3) * 1.4, (f64::midpoint(west, east), f64::midpoint(north, south)))
        };
        let height = (width * down / across).min(room).max(120.0);
        Self { left, top, width, height, center, scale: (width / across).min(height / down) }
    }

    fn at(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        let (x, y) = project(longitude, latitude);
        (self.left + self.width / 2.0 + (x - self.center.0) * self.scale, self.top + self.height / 2.0 + (y - self.center.1) * self.scale)
    }

    fn ring(&self, points: &[(f64, f64)], closed: bool, steps: &mut Vec<Step>) {
        let mut before: Option<(f64, f64)> = None;
        let (mut all, mut near) = (Vec::with_capacity(points.len() + 1), false);
        for (longitude, latitude) in points {
            let (x, y) = self.at(*longitude, *latitude);
            near |= (self.left - 50.0..self.left + self.width + 50.0).contains(&x)
                && (self.top - 50.0..self.top + self.height + 50.0).contains(&y);
            if before.is_some_and(|(bx, by)| (bx - x).abs() < 0.7 && (by - y).abs() < 0.7) {
                continue;
            }
            all.push(if before.is_none() { Step::Move(x, y) } else { Step::Line(x, y) });
            before = Some((x, y));
        }
        // A continent may surround the view without a point in it.
        let large = points.len() > 60;
        if all.len() > 2 && (near || large) {
            steps.append(&mut all);
            if closed {
                steps.push(Step::Close);
            }
        }
    }
}

pub(super) fn draw(chart: &Chart, body: &Map, size: Size, palette: &'static Palette) -> Scene {
    let legend: Vec<Entry> =
        body.colors.iter().enumerate().map(|(index, value)| Entry::new(palette.value(index), Sign::Circle, value.shown.clone())).collect();
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let wide = frame.width >= 760.0;
    let list_width = if wide { 220.0 } else { 0.0 };
    let top = frame.top() + 6.0;
    let view = View::of(body, MARGIN, top, frame.width - 2.0 * MARGIN - list_width, frame.room(620.0).max(120.0));
    let mut pen = Pen::default();
    // On black, land needs more light to stand out.
    let dark = palette.background.luminance() < 0.2;
    let sea = palette.background.mix(palette.value(5), if dark { 0.05 } else { 0.10 });
    pen.round(view.left, view.top, view.width, view.height, 6.0, Paint::fill(sea));
    let (mut land, mut borders) = (Vec::new(), Vec::new());
    world::land().iter().for_each(|ring| view.ring(ring, true, &mut land));
    world::borders().iter().for_each(|line| view.ring(line, false, &mut borders));
    let ground = palette.background.mix(palette.axis, if dark { 0.5 } else { 0.34 });
    pen.path(land, Paint::fill(ground));
    pen.path(borders, Paint::stroke(palette.background, 0.7));
    let clusters = clusters(&body.places, |place| view.at(place.longitude, place.latitude), 26.0);
    circles(&mut pen, palette, &clusters, &view, ground);
    frame.pen.group("map", Some([view.left, view.top, view.width, view.height]), pen);
    if wide {
        list(&mut frame, body, view.left + view.width + 20.0, top);
    }
    let mut notes = Vec::new();
    let missing = body.places.iter().filter(|place| !place.latitude.is_finite() || !place.longitude.is_finite()).count();
    if missing > 0 {
        notes.push(format!("{} without a position.", number::counted(missing as u64, "place is", "places are")));
    }
    let names: Vec<String> =
        body.places.iter().take(5).map(|place| format!("{} ({})", text::named(&place.label.shown), number::whole(place.rows))).collect();
    let description = format!("Map of {}; most rows: {}", number::counted(body.places.len() as u64, "place", "places"), names.join(", "));
    let bottom = top + view.height.max(if wide { body.places.len().min(LIST) as f64 * 26.0 + 26.0 } else { 0.0 });
    frame.pen.text(view.left, bottom + 14.0, "Land and borders: Natural Earth. Number in a circle: rows.", Type::new(10.0, palette.faint));
    frame.finish(bottom + 12.0, &notes, &description)
}

fn circles(pen: &mut Pen, palette: &Palette, clusters: &[Cluster], view: &View, ground: crate::palette::Rgb) {
    let most = clusters.iter().map(|cluster| cluster.rows).max().unwrap_or(1).max(1) as f64;
    let radius = |rows: u64| 4.0 + (LARGEST - 4.0) * (rows as f64 / most).sqrt().clamp(0.0, 1.0);
    // Large ones first, so that none is hidden.
    for cluster in clusters {
        let color = palette.value(cluster.color.map_or(3, usize::from));
        pen.circle(cluster.x, cluster.y, radius(cluster.rows), Paint::fill(color).edged(palette.background, 1.0).faded(0.78));
    }
    let square = |cluster: &Cluster| {
        let high = radius(cluster.rows) * 0.9;
        [cluster.x - high, cluster.y - high, cluster.x + high, cluster.y + high]
    };
    let mut taken: Vec<[f64; 4]> = clusters.iter().map(square).collect();
    for cluster in clusters {
        let (count, high) = (number::short(cluster.rows as f64), radius(cluster.rows));
        let hidden = clusters
            .iter()
            .any(|other| other.rows < cluster.rows && (other.x - cluster.x).hypot(other.y - cluster.y) < radius(other.rows) + 8.0);
        if measure::width(&count, 10.0, true) < high * 2.0 - 3.0 && !hidden {
            let on = palette.on(palette.value(cluster.color.map_or(3, usize::from)));
            pen.text(cluster.x, cluster.y + 3.5, &count, Type::new(10.0, on).middle().strong());
        }
    }
    // Names where there is room, those with most rows first.
    for cluster in clusters.iter().take(40) {
        let more = if cluster.places > 1 { format!(" +{}", cluster.places - 1) } else { String::new() };
        let name = format!("{}{more}", measure::fit(&cluster.name, 150.0, 11.0, false));
        let (wide, from) = (measure::width(&name, 11.0, false), cluster.x + radius(cluster.rows) + 3.0);
        let places = [(from, cluster.y + 4.0), (cluster.x - radius(cluster.rows) - 3.0 - wide, cluster.y + 4.0)];
        for (x, y) in places {
            let inside = x > view.left && x + wide < view.left + view.width;
            if inside && free(&mut taken, [x, y - 10.0, x + wide, y + 3.0]) {
                pen.haloed(x, y, &name, Type::new(11.0, palette.text), ground);
                break;
            }
        }
    }
}

/// Takes a rectangle if nothing is there.
pub(super) fn free(taken: &mut Vec<[f64; 4]>, place: [f64; 4]) -> bool {
    let [left, top, right, bottom] = place;
    let hit = taken.iter().any(|[l, t, r, b]| left < *r && right > *l && top < *b && bottom > *t);
    if !hit {
        taken.push(place);
    }
    !hit
}

fn list(frame: &mut Frame<'_>, body: &Map, x: f64, top: f64) {
    let palette = frame.palette;
    let right = frame.width - MARGIN;
    let mut pen = Pen::default();
    pen.text(x, top + 12.0, "Most rows", Type::new(12.0, palette.text).strong());
    let most = body.places.iter().map(|place| place.rows).max().unwrap_or(1).max(1) as f64;
    for (index, place) in body.places.iter().take(LIST).enumerate() {
        let y = top + 34.0 + index as f64 * 26.0;
        let count = number::count(place.rows);
        pen.text(right, y, &count, Type::new(11.0, palette.faint).end());
        pen.fitted(
            x,
            y,
            right - x - measure::width(&count, 11.0, false) - 10.0,
            &text::named(&place.label.shown),
            Type::new(11.0, palette.text),
        );
        let color = palette.value(place.color.map_or(3, usize::from));
        pen.round(x, y + 5.0, ((right - x) * place.rows as f64 / most).max(2.0), 4.0, 2.0, Paint::fill(color).faded(0.8));
    }
    let rest = body.places.len().saturating_sub(LIST);
    if rest > 0 {
        let y = top + 34.0 + LIST as f64 * 26.0;
        pen.text(x, y, &format!("and {}", number::counted(rest as u64, "other place", "other places")), Type::new(11.0, palette.faint));
    }
    frame.pen.group("places", None, pen);
}
