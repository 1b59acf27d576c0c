//! Parts beside one another.

use super::Point;

/// How much wider than high the picture is.
const ASPECT: f64 = 1.7;
/// Room between parts, where neighbours are 1 apart.
const GAP: f64 = 1.6;

/// Low and high corner of what holds all points.
fn bounds(points: &[Point]) -> (Point, Point) {
    let (mut low, mut high) = (Point { x: f64::INFINITY, y: f64::INFINITY }, Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
    for point in points {
        low = Point { x: low.x.min(point.x), y: low.y.min(point.y) };
        high = Point { x: high.x.max(point.x), y: high.y.max(point.y) };
    }
    if points.is_empty() { (Point::default(), Point::default()) } else { (low, high) }
}

/// Width and height of what holds all points.
pub(super) fn size(points: &[Point]) -> Point {
    let (low, high) = bounds(points);
    Point { x: high.x - low.x, y: high.y - low.y }
}

/// Moves the points so that their upper left corner is at zero.
pub(super) fn to_corner(points: &mut [Point]) {
    let (low, _) = bounds(points);
    for point in points {
        *point = Point { x: point.x - low.x, y: point.y - low.y };
    }
}

/// Upper left corners for boxes of these sizes, largest first: rows of boxes, each box on the others of its row while there is height left.
pub(super) fn pack(sizes: &[Point]) -> Vec<Point> {
    let area: f64 = sizes.iter().map(|size| (size.x + GAP) * (size.y + GAP)).sum();
    let widest = sizes.iter().map(|size| size.x + GAP).fold(0.0, f64::max);
    let width = (area * ASPECT * 1.1).sqrt().max(widest);
    // By height, so that rows are full; the order in which they are given breaks ties.
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    let height = |at: &usize| sizes.get(*at).map_or(0.0, |size| size.y);
    order.sort_by(|a, b| height(b).total_cmp(&height(a)));
    let mut corners = vec![Point::default(); sizes.len()];
    let (mut top, mut row, mut left) = (0.0, 0.0, 0.0);
    // The column that is being filled: where it starts, how wide and how high it is.
    let (mut column, mut column_width, mut column_height) = (0.0, 0.0_f64, 0.0);
    for at in order {
        let Some(size) = sizes.get(at) else { continue };
        let (wide, high) = (size.x + GAP, size.y + GAP);
        let fits_below = column_height > 0.0 && column_height + high <= row + 1e-9 && wide <= column_width + 1e-9;
        if !fits_below {
            if left > 0.0 && left + wide > width + 1e-9 {
                top += row;
                (left, row) = (0.0, 0.0);
            }
            (column, column_width, column_height) = (left, wide, 0.0);
            left += wide;
            row = f64::max(row, high);
        }
        if let Some(corner) = corners.get_mut(at) {
            *corner = Point { x: column, y: top + column_height };
        }
        column_height += high;
    }
    corners
}

/// The points in a square from -1 to 1, with one scale for both axes.
pub(super) fn normalize(points: &[Point]) -> Vec<(f64, f64)> {
    let (low, high) = bounds(points);
    let half = ((high.x - low.x).max(high.y - low.y) / 2.0).max(1e-9);
    let (x, y) = (f64::midpoint(low.x, high.x), f64::midpoint(low.y, high.y));
    // Six digits are a hundredth of a pixel, and are what a page holds.
    let tidy = |number: f64| (number * 1e6).round() / 1e6;
    points.iter().map(|point| (tidy(((point.x - x) / half).clamp(-1.0, 1.0)), tidy(((point.y - y) / half).clamp(-1.0, 1.0)))).collect()
}
