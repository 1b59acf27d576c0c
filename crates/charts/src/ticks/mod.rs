//! Where axes have their ticks, and what stands there.

mod time;

pub use time::{Moment, Zone, round_span, times};

use crate::number;

/// A tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where, in the values of the axis.
    pub at: f64,
    /// What stands there.
    pub label: String,
}

/// An axis of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Its lower end.
    pub low: f64,
    /// Its upper end, above the lower.
    pub high: f64,
    /// Ticks within.
    pub ticks: Vec<Tick>,
}

impl Numbers {
    /// Where a value lies, from 0 to 1.
    #[must_use]
    pub fn part(&self, value: f64) -> f64 {
        // Halved: the difference of the largest numbers has no finite value.
        let part = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
    }
}

/// An axis with about `count` ticks at round numbers, from a tick to a tick.
#[must_use]
pub fn numbers(low: f64, high: f64, count: usize) -> Numbers {
    let (mut low, mut high) = (limited(low), limited(high));
    if low > high {
        (low, high) = (high, low);
    }
    if low == high {
        let room = if low == 0.0 { 1.0 } else { low.abs() / 2.0 };
        (low, high) = (if low > 0.0 { 0.0 } else { low - room }, if high < 0.0 { 0.0 } else { high + room });
    }
    let step = round_step((high - low) / count.max(1) as f64);
    if !(step > 0.0 && step.is_finite()) || (high - low) / step > 1000.0 {
        return Numbers { low, high, ticks: Vec::new() };
    }
    let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
    let mut ticks = Vec::new();
    let mut index = first;
    while index <= last && ticks.len() < 1000 {
        ticks.push(Tick { at: index * step, label: label(index * step, step) });
        // Steps that are too small for the number would never end.
        let next = index + 1.0;
        if next <= index {
            break;
        }
        index = next;
    }
    Numbers { low: first * step, high: last * step, ticks }
}

/// An axis that ends a little outside of the values, with about `count` ticks within.
#[must_use]
pub fn within(low: f64, high: f64, count: usize) -> Numbers {
    let axis = numbers(low, high, count);
    let (low, high) = (limited(low.min(high)), limited(high.max(low)));
    if low >= high {
        return axis;
    }
    let room = (high - low) * 0.04;
    let (low, high) = ((low - room).max(axis.low), (high + room).min(axis.high));
    let ticks: Vec<Tick> = axis.ticks.into_iter().filter(|tick| (low..=high).contains(&tick.at)).collect();
    Numbers { low, high, ticks }
}

/// An axis of logarithms: ticks at powers of ten, values are to be given as their logarithms of base ten.
#[must_use]
pub fn powers(low: f64, high: f64) -> Numbers {
    let (low, high) = (limited(low).clamp(-300.0, 300.0), limited(high).clamp(-300.0, 300.0));
    let (low, high) = if high - low < 1e-9 { (low - 0.5, high + 0.5) } else { (low, high) };
    let step = ((high - low) / 8.0).ceil().max(1.0);
    let mut ticks = Vec::new();
    let mut power = low.ceil();
    while power <= high {
        ticks.push(Tick { at: power, label: number::short(10f64.powf(power)) });
        power += step;
    }
    if ticks.len() < 2 {
        ticks = numbers(low, high, 4)
            .ticks
            .into_iter()
            .filter(|tick| (low..=high).contains(&tick.at))
            .map(|tick| Tick { at: tick.at, label: number::short(10f64.powf(tick.at)) })
            .collect();
    }
    Numbers { low, high, ticks }
}

/// Finite and far from where sums overflow.
fn limited(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(-1e300, 1e300) }
}

/// 1, 2 or 5 times a power of ten, at least the number.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let part = step / power;
    let round = if part <= 1.000_001 {
        1.0
    } else if part <= 2.000_001 {
        2.0
    } else if part <= 5.000_001 {
        5.0
    } else {
        10.0
    };
    round * power
}

fn label(value: f64, step: f64) -> String {
    let value = if value.abs() < step / 1e6 { 0.0 } else { value };
    // As many places as tell the ticks apart; `short` may round them away.
    if value.abs() < 10_000.0 && (1e-6..1.0).contains(&step) {
        let places = (-step.log10().floor()).max(0.0) as usize;
        return format!("{value:.places$}");
    }
    let short = number::short(value);
    let relative = if value == 0.0 { 1.0 } else { step / value.abs() };
    if relative < 0.001 && value.abs() < 1e15 { format!("{value:.0}") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, count: usize) -> Vec<String> {
        numbers(low, high, count).ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn round_numbers() {
        assert_eq!(labels(0.0, 97.0, 5), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(0.0, 3.4e9, 4), ["0", "1G", "2G", "3G", "4G"]);
        assert_eq!(labels(-1.0, 1.0, 4), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(1_000_001.0, 1_000_003.0, 2), ["1000001", "1000002", "1000003"]);
        assert_eq!(labels(0.0, 0.0, 2), ["-1", "0", "1"]);
    }

    #[test]
    fn odd_numbers() {
        for (low, high) in [
            (f64::NAN, f64::NAN),
            (f64::MIN, f64::MAX),
            (f64::INFINITY, 0.0),
            (5e-324, 1e-323),
            (1e300, 1e300),
            (-3.0, -3.0),
            (1e15, 1e15 + 1.0),
        ] {
            for count in [0, 1, 5] {
                let axis = numbers(low, high, count);
                assert!(axis.high > axis.low || axis.ticks.is_empty(), "{low} {high}: {axis:?}");
                assert!(axis.ticks.len() < 30, "{low} {high}: {}", axis.ticks.len());
                assert!((0.0..=1.0).contains(&axis.part(low)) && (0.0..=1.0).contains(&axis.part(high)));
                assert!(powers(low, high).ticks.len() < 30);
            }
        }
    }
}
