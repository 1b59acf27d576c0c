//! Periods worth a try: where the gaps between events crowd.

/// Crowds tried of each kind.
const CROWDS: usize = 2;
/// Periods that differ by less, relatively, lead to the same fit.
const SAME: f64 = 0.05;

/// The mean gaps of the densest crowds: by the number of gaps, since most gaps of a beacon are one period long, and by the time that they
/// fill, which finds the pauses between calls of many connections. `gaps` are sorted and above 0.
pub(crate) fn periods(gaps: &[u64]) -> Vec<f64> {
    let mut before = Vec::with_capacity(gaps.len() + 1);
    before.push(0.0);
    before.extend(gaps.iter().scan(0.0, |sum, gap| {
        *sum += *gap as f64;
        Some(*sum)
    }));
    let time = |crowd: &Crowd| before.get(crowd.end).zip(before.get(crowd.begin)).map_or(0.0, |(end, begin)| end - begin);
    let ends = ends(gaps);
    let by_count = densest(&ends, |crowd| crowd.len() as f64);
    let by_time = densest(&ends, time);
    let mut periods: Vec<f64> = Vec::with_capacity(2 * CROWDS);
    for crowd in by_count.iter().chain(&by_time) {
        let mean = time(crowd) / crowd.len() as f64;
        if periods.iter().all(|known| (known - mean).abs() > SAME * mean) {
            periods.push(mean);
        }
    }
    periods
}

/// Gaps `begin..end`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Crowd {
    begin: usize,
    end: usize,
}

impl Crowd {
    fn len(&self) -> usize {
        self.end - self.begin
    }

    fn is_apart(&self, other: &Self) -> bool {
        self.end <= other.begin || other.end <= self.begin
    }
}

/// Where the crowd that begins with a gap ends: it has the gaps up to half as long again, room for a jitter of 20 % to both sides.
fn ends(gaps: &[u64]) -> Vec<usize> {
    let mut end = 0;
    let end_of = |shortest: &u64| {
        let longest = shortest.saturating_add(shortest / 2);
        while gaps.get(end).is_some_and(|gap| *gap <= longest) {
            end += 1;
        }
        end
    };
    gaps.iter().map(end_of).collect()
}

/// The heaviest crowds that have no gap in common, heaviest first.
fn densest(ends: &[usize], weight: impl Fn(&Crowd) -> f64) -> Vec<Crowd> {
    let mut chosen: Vec<Crowd> = Vec::with_capacity(CROWDS);
    for _ in 0..CROWDS {
        let mut best: Option<(f64, Crowd)> = None;
        for (begin, end) in ends.iter().enumerate() {
            let crowd = Crowd { begin, end: *end };
            let weight = weight(&crowd);
            if best.is_none_or(|(most, _)| weight > most) && chosen.iter().all(|other| crowd.is_apart(other)) {
                best = Some((weight, crowd));
            }
        }
        chosen.extend(best.map(|(_, crowd)| crowd));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowds_of_gaps() {
        assert_eq!(periods(&[]), [0.0; 0]);
        assert_eq!(periods(&[7]), [7.0]);
        assert_eq!(periods(&[60; 5]), [60.0]);
        assert_eq!(periods(&[50, 60, 70, 120]), [60.0, 120.0]);
        assert_eq!(periods(&[u64::MAX, u64::MAX]), [u64::MAX as f64]);
        // 300 connections in calls of 30, an hour apart
        let mut gaps = vec![5; 290];
        gaps.extend([36_000; 9]);
        assert_eq!(periods(&gaps), [5.0, 36_000.0]);
    }
}
