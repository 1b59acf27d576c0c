//! Rows in cells of time and lane: what is drawn where rows are too many to be drawn one by one.

use crate::model::Lanes;

/// Counts of rows by lane, colour and bin.
#[derive(Debug, Clone)]
pub struct Bins {
    /// Bins of a lane.
    pub count: usize,
    /// Colours; 1 where rows have none.
    pub colors: usize,
    counts: Vec<u32>,
}

/// Finds the bin of a time.
#[derive(Debug, Clone, Copy)]
pub struct Binner {
    start: i64,
    count: usize,
    scale: f64,
}

impl Binner {
    /// Bins from start to end, both included.
    #[must_use]
    pub fn new(start: i64, end: i64, count: usize) -> Self {
        let span = end.wrapping_sub(start) as u64 as f64;
        Self { start, count, scale: count as f64 / (span + 1.0) }
    }

    /// The bin of a time; the first or last for times outside.
    #[must_use]
    pub fn bin(&self, time: i64) -> usize {
        if time <= self.start {
            return 0;
        }
        ((time.wrapping_sub(self.start) as u64 as f64 * self.scale) as usize).min(self.count.saturating_sub(1))
    }
}

/// Bins of a round length at round times, each at least so long as the span has room for; the span itself where that is too long.
#[must_use]
pub fn round(start: i64, end: i64, most: usize) -> (i64, i64, usize) {
    let most = most.max(1);
    let span = i128::from(end) - i128::from(start);
    let rounded = crate::ticks::round_span(span / most as i128 + 1).and_then(|width| {
        let from = start.checked_sub(start.rem_euclid(width))?;
        let count = (i128::from(end) - i128::from(from)) / i128::from(width) + 1;
        let to = i64::try_from(i128::from(from) + count * i128::from(width) - 1).ok()?;
        Some((from, to, usize::try_from(count).ok()?))
    });
    rounded.unwrap_or((start, end, most))
}

impl Bins {
    /// Counts the rows of the first `lanes` lanes.
    #[must_use]
    pub fn of(body: &Lanes, lanes: usize, start: i64, end: i64, count: usize) -> Self {
        let colors = body.colors.as_ref().map_or(1, |colors| colors.values.len().clamp(1, 256));
        let mut counts = vec![0_u32; lanes * colors * count];
        let binner = Binner::new(start, end, count);
        let codes = body.colors.as_ref().map(|colors| colors.codes.as_slice());
        for (row, (time, lane)) in body.times.iter().zip(&body.lane_of).enumerate() {
            let lane = *lane as usize;
            if lane >= lanes {
                continue;
            }
            let color = codes.and_then(|codes| codes.get(row)).map_or(0, |code| usize::from(*code).min(colors - 1));
            if let Some(cell) = counts.get_mut((lane * colors + color) * count + binner.bin(*time)) {
                *cell = cell.saturating_add(1);
            }
        }
        Self { count, colors, counts }
    }

    /// The counts of a lane in a colour.
    #[must_use]
    pub fn part(&self, lane: usize, color: usize) -> &[u32] {
        let from = (lane * self.colors + color) * self.count;
        self.counts.get(from..from + self.count).unwrap_or_default()
    }

    /// The counts of a lane.
    #[must_use]
    pub fn lane(&self, lane: usize) -> Vec<u32> {
        let mut out = vec![0_u32; self.count];
        for color in 0..self.colors {
            for (sum, part) in out.iter_mut().zip(self.part(lane, color)) {
                *sum = sum.saturating_add(*part);
            }
        }
        out
    }
}

/// From a count to a height, from 0 to 1, by logarithm: one row is seen beside a million.
#[must_use]
pub fn height(count: u32, most: u32) -> f64 {
    if count == 0 {
        return 0.0;
    }
    let least = 0.18;
    if most <= 1 { least } else { least + (1.0 - least) * f64::from(count).ln() / f64::from(most).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_a_bin() {
        for (start, end) in [(0, 9), (i64::MIN, i64::MAX), (5, 5)] {
            let binner = Binner::new(start, end, 10);
            assert_eq!((binner.bin(start), binner.bin(start.saturating_sub(1))), (0, 0), "{start} {end}");
            assert!(binner.bin(end) < 10 && binner.bin(end.saturating_add(1)) < 10);
        }
        assert_eq!((0..10).map(|time| Binner::new(0, 9, 10).bin(time)).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        assert!(height(1, 1_000_000) > 0.1 && height(1_000_000, 1_000_000) == 1.0 && height(0, 5) == 0.0);
    }
}
