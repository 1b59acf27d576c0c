//! `render_map`: the world in dots, and the places with most rows.

use super::dots::Dots;
use super::screen::{self, Style};
use super::{Picture, Room};
use crate::model::Map;
use crate::scene::map::{clusters, project};
use crate::{number, text, world};
use std::collections::BTreeSet;

/// From the north of Greenland to Cape Horn.
const NORTH: f64 = 80.0;
const SOUTH: f64 = -57.0;

pub(super) fn draw(room: Room<'_>, body: &Map) -> Picture {
    let list = if room.width >= 60 { 24 } else { 0 };
    let width = room.width.saturating_sub(list + usize::from(list > 0) * 2).max(10);
    // A cell is twice as high as wide; the world is about twice as wide as high.
    let (west, (top, bottom)) = (project(-180.0, 0.0).0, (project(0.0, NORTH).1, project(0.0, SOUTH).1));
    let natural = (width as f64 * (bottom - top) / (-2.0 * west) / 2.0).round() as usize;
    let high = natural.clamp(4, room.height.max(4));
    let mut screen = room.screen(high);
    let mut dots = Dots::new(room.terminal, width, high);
    let at = |longitude: f64, latitude: f64, width: usize, high: usize| {
        let (x, y) = project(longitude, latitude);
        let part = |value: f64, low: f64, end: f64, cells: usize| {
            (((value - low) / (end - low)).clamp(0.0, 1.0) * cells.saturating_sub(1) as f64).round() as usize
        };
        (part(x, west, -west, width), part(y, top, bottom, high))
    };
    let ground = Some(room.palette.axis);
    for ring in world::land() {
        let mut before: Option<(usize, usize)> = None;
        for (longitude, latitude) in ring.iter().chain(ring.first()) {
            if *latitude < SOUTH {
                before = None;
                continue;
            }
            let point = at(*longitude, *latitude, dots.width, dots.height);
            // Rings are cut at the date line: that edge is no coast.
            let seam = longitude.abs() > 179.9;
            if let Some(before) = before.filter(|_| !seam) {
                dots.line(before, point, ground, '.');
            }
            before = Some(point);
        }
    }
    dots.draw(&mut screen, 0, 0);
    let near = clusters(
        &body.places,
        |place| {
            let (x, y) = at(place.longitude, place.latitude, width, high);
            (x as f64, y as f64 * 2.0)
        },
        3.0,
    );
    let most = near.iter().map(|cluster| cluster.rows).max().unwrap_or(1);
    // Those with most rows are drawn last: they are seen.
    for cluster in near.iter().rev() {
        let style = Style { bold: true, ..Style::colored(room.palette.value(cluster.color.map_or(3, usize::from))) };
        let (x, y) = (cluster.x as usize, (cluster.y / 2.0) as usize);
        let large = cluster.rows.saturating_mul(10) >= most;
        screen.set(x, y, room.terminal.pick(if large { '@' } else { 'o' }, if large { '●' } else { '•' }), style);
    }
    // Numbers where they hide neither circles nor each other.
    let mut taken: BTreeSet<(usize, usize)> = near.iter().map(|cluster| (cluster.x as usize, (cluster.y / 2.0) as usize)).collect();
    for cluster in near.iter().take(12) {
        let (x, y) = (cluster.x as usize, (cluster.y / 2.0) as usize);
        let said = number::short(cluster.rows as f64);
        let wide = screen::width(&said);
        let places = [x + 1, x.saturating_sub(wide)];
        if let Some(from) = places.into_iter().find(|from| from + wide <= width && (*from..from + wide).all(|x| !taken.contains(&(x, y)))) {
            taken.extend((from..from + wide).map(|x| (x, y)));
            screen.put(from, y, &said, Style { bold: true, ..Style::plain() });
        }
    }
    let mut notes = Vec::new();
    let listed = body.places.len().min(high.saturating_sub(1));
    if list > 0 {
        let left = room.width - list;
        screen.fit(left, 0, list, "most rows", Style::bold());
        for (line, place) in body.places.iter().take(listed).enumerate() {
            let count = number::count(place.rows);
            screen.fit(left, line + 1, list.saturating_sub(count.len() + 1), &text::named(&place.label.shown), Style::plain());
            screen.put_end(room.width, line + 1, &count, Style::plain());
        }
        if listed < body.places.len() {
            notes.push(format!("{listed} of {} are listed.", number::counted(body.places.len() as u64, "place", "places")));
        }
    }
    Picture { screen, notes, caption: "numbers: rows".to_owned() }
}
