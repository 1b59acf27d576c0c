//! Forces: nodes push each other away by their degrees, edges pull; the steps are long while all go one way and short once they swing.
//!
//! After Jacomy and others, "ForceAtlas2" (PLoS ONE 9(6), 2014), with the far field after Barnes and Hut (Nature 324, 1986).

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::{Part, Point};

/// How strongly nodes push.
const PUSH: f64 = 10.0;
/// How strongly the middle pulls.
const GRAVITY: f64 = 0.05;
/// A cell that looks smaller than this is one body.
const OPENING: f64 = 1.0;
/// Bodies of a cell that is not divided.
const LEAF: usize = 6;
/// Cells in cells; points closer than what is left are one.
const DEEPEST: u8 = 24;

#[derive(Debug, Clone, Copy)]
struct Body {
    x: f64,
    y: f64,
    mass: f64,
}

/// A square with bodies.
struct Cell {
    center: Body,
    width: f64,
    bodies: Vec<Body>,
    cells: Vec<Cell>,
}

impl Cell {
    fn new(bodies: Vec<Body>, left: f64, top: f64, width: f64, depth: u8) -> Self {
        let mass: f64 = bodies.iter().map(|body| body.mass).sum();
        let mean = |of: fn(&Body) -> f64| bodies.iter().map(|body| of(body) * body.mass).sum::<f64>() / mass;
        let center = Body { x: mean(|body| body.x), y: mean(|body| body.y), mass };
        if bodies.len() <= LEAF || depth == DEEPEST {
            return Self { center, width, bodies, cells: Vec::new() };
        }
        let half = width / 2.0;
        let (west, east): (Vec<Body>, Vec<Body>) = bodies.into_iter().partition(|body| body.x < left + half);
        let mut cells = Vec::with_capacity(4);
        for (side, left) in [(west, left), (east, left + half)] {
            let (north, south): (Vec<Body>, Vec<Body>) = side.into_iter().partition(|body| body.y < top + half);
            for (quarter, top) in [(north, top), (south, top + half)] {
                if !quarter.is_empty() {
                    cells.push(Self::new(quarter, left, top, half, depth + 1));
                }
            }
        }
        Self { center, width, bodies: Vec::new(), cells }
    }

    /// Adds the push of all bodies in here on `body`.
    fn push(&self, body: &Body, force: &mut Point) {
        let (x, y) = (body.x - self.center.x, body.y - self.center.y);
        if self.cells.is_empty() {
            for other in &self.bodies {
                push(body, other, force);
            }
        } else if self.width * self.width < OPENING * (x * x + y * y) {
            push(body, &self.center, force);
        } else {
            for cell in &self.cells {
                cell.push(body, force);
            }
        }
    }
}

fn push(body: &Body, other: &Body, force: &mut Point) {
    let (x, y) = (body.x - other.x, body.y - other.y);
    let square = x * x + y * y;
    // The body itself is among the others; points that fall together were moved apart before.
    if square > 0.0 {
        let strength = PUSH * body.mass * other.mass / square.max(1e-4);
        force.x += x * strength;
        force.y += y * strength;
    }
}

/// A number from 0 to 1 that looks random and is always the same.
fn noise(seed: u64) -> f64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    let whole = ((mixed ^ (mixed >> 31)) >> 11) as f64;
    whole / (1_u64 << 53) as f64
}

/// Moves the points until they rest, or for a number of steps that the size of the part bounds.
pub(super) fn relax(part: &Part, points: &mut [Point], interrupt: &Interrupt) -> Result<(), Interrupted> {
    let count = points.len();
    #[expect(clippy::cast_precision_loss, reason = "degrees of nodes")]
    let masses: Vec<f64> = part.neighbours.iter().map(|neighbours| neighbours.len() as f64 + 1.0).collect();
    for (seed, point) in (0..).zip(points.iter_mut()) {
        point.x += noise(seed * 2) - 0.5;
        point.y += noise(seed * 2 + 1) - 0.5;
    }
    let steps = (1_200_000 / count.max(1)).clamp(60, 500);
    let mut before = vec![Point::default(); count];
    let mut forces = vec![Point::default(); count];
    let mut speed = 1.0_f64;
    for _ in 0..steps {
        interrupt.check()?;
        gather(part, points, &masses, &mut forces);
        let (mut swing, mut way) = (0.0, 0.0);
        for ((force, old), mass) in forces.iter().zip(&before).zip(&masses) {
            swing += mass * (force.x - old.x).hypot(force.y - old.y);
            way += mass * (force.x + old.x).hypot(force.y + old.y) / 2.0;
        }
        let ideal = way / swing.max(1e-9);
        speed += (ideal - speed).min(speed * 0.5);
        let mut moved = 0.0_f64;
        for ((point, force), old) in points.iter_mut().zip(&forces).zip(&before) {
            let swing = (force.x - old.x).hypot(force.y - old.y);
            let length = force.x.hypot(force.y);
            // No node leaps across the picture.
            let factor = (speed / (1.0 + speed * swing.sqrt())).min(10.0 / length.max(1e-9));
            point.x += force.x * factor;
            point.y += force.y * factor;
            moved = moved.max(length * factor);
        }
        std::mem::swap(&mut before, &mut forces);
        if moved < 1e-3 {
            break;
        }
    }
    Ok(())
}

/// All forces on all points.
fn gather(part: &Part, points: &[Point], masses: &[f64], forces: &mut [Point]) {
    let bodies: Vec<Body> = points.iter().zip(masses).map(|(point, &mass)| Body { x: point.x, y: point.y, mass }).collect();
    let (mut left, mut top, mut right, mut bottom) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for body in &bodies {
        (left, top, right, bottom) = (left.min(body.x), top.min(body.y), right.max(body.x), bottom.max(body.y));
    }
    let tree = Cell::new(bodies.clone(), left, top, (right - left).max(bottom - top).max(1e-6), 0);
    for (force, body) in forces.iter_mut().zip(&bodies) {
        // The picture is wider than high: the middle pulls more from above and below.
        *force = Point { x: -GRAVITY * body.mass * body.x, y: -GRAVITY * 1.8 * body.mass * body.y };
        tree.push(body, force);
    }
    for &(a, b, pull) in &part.edges {
        let (Some(from), Some(to)) = (points.get(a), points.get(b)) else { continue };
        let (x, y) = ((to.x - from.x) * pull, (to.y - from.y) * pull);
        for (at, sign) in [(a, 1.0), (b, -1.0)] {
            if let Some(force) = forces.get_mut(at) {
                force.x += x * sign;
                force.y += y * sign;
            }
        }
    }
}
