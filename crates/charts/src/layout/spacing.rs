//! After the forces: the long way of the picture lies level, and no node covers another.

use std::collections::HashMap;

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::Point;

/// Nodes are not closer than this, where neighbours are about 1 apart.
const CLOSEST: f64 = 0.8;

/// Turns the points so that they spread most from left to right.
pub(super) fn turn(points: &mut [Point]) {
    #[expect(clippy::cast_precision_loss, reason = "a number of nodes")]
    let count = points.len().max(1) as f64;
    let (x, y) = (points.iter().map(|point| point.x).sum::<f64>() / count, points.iter().map(|point| point.y).sum::<f64>() / count);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for point in points.iter() {
        let (dx, dy) = (point.x - x, point.y - y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    let angle = -0.5 * (2.0 * xy).atan2(xx - yy);
    let (sine, cosine) = angle.sin_cos();
    for point in points.iter_mut() {
        let (dx, dy) = (point.x - x, point.y - y);
        *point = Point { x: dx * cosine - dy * sine, y: dx * sine + dy * cosine };
    }
}

/// Points by squares of a side of `side`.
fn grid(points: &[Point], side: f64) -> HashMap<(i64, i64), Vec<usize>> {
    let mut grid: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (at, point) in points.iter().enumerate() {
        grid.entry(square(*point, side)).or_default().push(at);
    }
    grid
}

fn square(point: Point, side: f64) -> (i64, i64) {
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates; a layout is not that large")]
    ((point.x / side).floor() as i64, (point.y / side).floor() as i64)
}

/// Scales the points so that neighbours are about 1 apart, then moves apart what is closer than that.
pub(super) fn space(points: &mut [Point], interrupt: &Interrupt) -> Result<(), Interrupted> {
    let scale = typical(points);
    for point in points.iter_mut() {
        *point = Point { x: point.x / scale, y: point.y / scale };
    }
    for _ in 0..40 {
        interrupt.check()?;
        if !spread(points) {
            break;
        }
    }
    Ok(())
}

/// The median distance of a point to the one that is nearest.
fn typical(points: &[Point]) -> f64 {
    let (mut low, mut high) = (Point { x: f64::INFINITY, y: f64::INFINITY }, Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
    for point in points {
        low = Point { x: low.x.min(point.x), y: low.y.min(point.y) };
        high = Point { x: high.x.max(point.x), y: high.y.max(point.y) };
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of nodes")]
    let side = ((high.x - low.x).max(1e-9) * (high.y - low.y).max(1e-9) / points.len().max(1) as f64)
        .sqrt()
        .max((high.x - low.x) / 1000.0)
        .max(1e-9);
    let grid = grid(points, side);
    let mut nearest: Vec<f64> = Vec::with_capacity(points.len());
    for (at, point) in points.iter().enumerate() {
        let (column, row) = square(*point, side);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column + dx, row + dy)));
        let others = around.filter_map(|key| grid.get(&key)).flatten().filter(|&&other| other != at).filter_map(|&other| points.get(other));
        let distance = others.map(|other| (other.x - point.x).hypot(other.y - point.y)).fold(f64::INFINITY, f64::min);
        nearest.push(if distance.is_finite() { distance } else { side });
    }
    nearest.sort_by(f64::total_cmp);
    nearest.get(nearest.len() / 2).copied().unwrap_or(1.0).max(1e-9)
}

/// Moves each pair that is too close half of the way apart; says whether there was one.
fn spread(points: &mut [Point]) -> bool {
    let grid = grid(points, CLOSEST);
    let mut any = false;
    for at in 0..points.len() {
        let Some(&here) = points.get(at) else { continue };
        let (column, row) = square(here, CLOSEST);
        for key in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column + dx, row + dy))) {
            for &other in grid.get(&key).into_iter().flatten().filter(|&&other| other > at) {
                let (Some(&a), Some(&b)) = (points.get(at), points.get(other)) else { continue };
                let (mut x, mut y) = (b.x - a.x, b.y - a.y);
                let distance = x.hypot(y);
                if distance >= CLOSEST * 0.999 {
                    continue;
                }
                any = true;
                if distance < 1e-9 {
                    (x, y) = (1e-9, 0.0);
                }
                let way = (CLOSEST - distance) / 2.0 / distance.max(1e-9);
                for (index, sign) in [(at, -way), (other, way)] {
                    if let Some(point) = points.get_mut(index) {
                        point.x += x * sign;
                        point.y += y * sign;
                    }
                }
            }
        }
    }
    any
}
