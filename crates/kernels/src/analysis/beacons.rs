//! `beacons(ts [, bytes])`: whether connections come by a clock.

use super::beacon::{Peak, Rhythm, mad_score, peak, rhythm};
use crate::prelude::*;

/// Options of `beacons`.
#[derive(Debug, Clone, Copy)]
pub struct BeaconOptions {
    min_count: usize,
    resolution: Option<i64>,
}

impl Default for BeaconOptions {
    fn default() -> Self {
        Self { min_count: 10, resolution: None }
    }
}

impl Options for BeaconOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "min_count",
            kind: OptionKind::Int(3, 1_000_000_000),
            default: "10",
            doc: "Pairs with fewer events, or a period with fewer calls, are not judged.",
        },
        OptionField {
            name: "resolution",
            kind: OptionKind::DurationOr(&["auto"]),
            default: "'auto'",
            doc: "Width of the bins of the periodogram; `'1s'` is MSTICPy's. Never more than 131072 bins: wider ones are taken where it needs more.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("min_count", Setting::Int(count)) => self.min_count = usize::try_from(count).unwrap_or(usize::MAX),
            ("resolution", Setting::Duration(micros)) => self.resolution = Some(micros),
            ("resolution", _) => self.resolution = None,
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `beacons`.
pub struct Beacons;

/// Whether a pair could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    NoPeriod,
    NoSpread,
    TooFew,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NoPeriod => "no_period",
            Self::NoSpread => "no_spread",
            Self::TooFew => "too_few",
        }
    }
}

/// What is known about the connections of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beacon {
    status: Status,
    events: i64,
    bounds: Option<(i64, i64)>,
    rhythm: Option<Rhythm>,
    size_regularity: Option<f64>,
    peak: Option<Peak>,
}

impl Beacon {
    /// Sizes that vary take away up to a fifth.
    fn score(&self) -> f64 {
        const SIZE_SHARE: f64 = 0.2;
        let rhythm = self.rhythm.map_or(0.0, |rhythm| rhythm.score);
        rhythm * (1.0 - SIZE_SHARE * (1.0 - self.size_regularity.unwrap_or(1.0)))
    }
}

impl SqlValue for Beacon {
    const TYPE: SqlType = SqlType::Struct(&[
        ("score", SqlType::Float),
        ("period_seconds", SqlType::Float),
        ("jitter", SqlType::Float),
        ("regularity", SqlType::Float),
        ("coverage", SqlType::Float),
        ("skew_score", SqlType::Float),
        ("mad_score", SqlType::Float),
        ("size_regularity", SqlType::Float),
        ("events", SqlType::Int),
        ("first_time", SqlType::Time),
        ("last_time", SqlType::Time),
        ("p_value", SqlType::Float),
        ("dominant_period_seconds", SqlType::Float),
        ("bin_seconds", SqlType::Float),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let rhythm = |field: fn(&Rhythm) -> f64| self.rhythm.as_ref().map(field);
        let row = out.row().put(self.score()).put(rhythm(|r| r.period / 1e6)).put(rhythm(|r| r.jitter)).put(rhythm(|r| r.regularity));
        let row = row.put(rhythm(|r| r.coverage)).put(rhythm(|r| r.skew_score)).put(rhythm(|r| r.mad_score)).put(self.size_regularity);
        let row =
            row.put(self.events).put(self.bounds.map(|(first, _)| Timestamp(first))).put(self.bounds.map(|(_, last)| Timestamp(last)));
        let row = row.put(self.peak.map(|peak| peak.p_value)).put(self.peak.map(|peak| peak.period)).put(self.peak.map(|peak| peak.bin));
        row.put(self.status.name()).end();
    }
}

impl GroupKernel for Beacons {
    const SPEC: Spec = Spec {
        name: "beacons",
        family: Family::Analysis,
        summary: "Scores how regularly connections come, and tells their period: malware that calls home, and everything else with a clock.",
        details: "\
Give one group per pair: `part => {'src': src, 'dst': dst}`, `GROUP BY src, dst`. The item of a group has two independent judgements.

**By the gaps**, for clocks with jitter. `score`, from 0 to 1, says how sure it is that calls come by a clock: sort by it. A thousand calls by an exact clock reach
0.96, ten 0.5; a clock with 20 % jitter that misses every tenth call reaches 0.65; of 10,000 made-up pairs without a clock (Poisson, browsing, working hours, name
caches, retries, transfers) none came above 0.4, most have 0. Software that polls has a high score as well: look at what is rare.
`period_seconds` is the time between calls. `jitter` is how far calls stray: 0.2 for gaps between 80 % and 120 % of the period. `regularity` is how well the gaps
agree with the period, missed calls counted as what they are (gaps of up to five periods); events within a tenth of a period of a call belong to that call.
`coverage` is the share of the expected calls, from first to last, that came. `skew_score` and `mad_score` rate the gaps as RITA does: 1 where they lie evenly around
their median, and close to it. `size_regularity` is 1 where most connections have the same `bytes`, 0 where they differ as much as their size; irregular sizes lower
the score by up to a fifth. The score is lower for few calls, for missed ones, for calls in short bursts, and near the step to which times are rounded. A period
has to be a few such steps long. Many other connections to the same destination hide a clock from this judgement.

**By the spectrum**, as MSTICPy's `PeriodogramPollingDetector`, for clocks without much jitter, also among other connections: `p_value` is the chance that events
without any rhythm have so high a peak (Fisher's g-test), `dominant_period_seconds` the period of the peak, the longest of equally high ones: that of the clock, or a
half, a third ... of it. A daily rhythm is a rhythm too. Events are counted by the second where they span up to 4096 s. Beyond that bins are a quarter of the median gap wide, at least one second, and not
many more than four per event or 131072 in all; `bin_seconds` tells. `resolution => '1s'` gives MSTICPy's result for spans of up to 36 hours. Its p-values above
1,400 bins are an approximation, those here are exact.

`status` is `ok`; `no_period` where no period fits (score 0); `no_spread` where all events happen at once; `too_few` below `min_count`. Events whose time is NULL are
left out, and sizes that are NULL, NaN or infinite.",
        args: &[
            Arg { name: "ts", doc: "Time of the connection." },
            Arg { name: "bytes", doc: "Its size, for `size_regularity`." },
        ],
        examples: &[Example {
            sql: "\
WITH n AS (SELECT unnest(range(0, 200)) AS i),
conns AS (
  SELECT 'implant' AS pair, to_timestamp(1700000000 + i * 60 + (i * i) % 13) AS ts FROM n WHERE i % 10 <> 3
  UNION ALL SELECT 'browser' AS pair, to_timestamp(1700000000 + (i * i * 37 + i * 4099) % 12000) AS ts FROM n
  UNION ALL SELECT 'once' AS pair, to_timestamp(1700000000 + i * 60) AS ts FROM n WHERE i < 3)
SELECT part, round(score, 1) AS score, round(period_seconds) AS period, events, status FROM huntsql.beacons(conns, ts, part => pair) ORDER BY score DESC, part",
            result: "implant | 0.7 | 60.0 | 180 | ok\nbrowser | 0.0 | NULL | 200 | no_period\nonce | 0.0 | NULL | 3 | too_few",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Float];
    const OPTIONAL: usize = 1;
    type Options = BeaconOptions;
    type Item = Beacon;

    fn compute(rows: &Rows, options: &BeaconOptions, interrupt: &Interrupt) -> GroupResult<Vec<Beacon>> {
        let mut times: Vec<i64> = rows.ints(0).iter().copied().filter(|time| *time != i64::MIN).collect();
        interrupt.check()?;
        // Logs mostly come in order.
        if !times.is_sorted() {
            times.sort_unstable();
        }
        interrupt.check()?;
        judge(&times, rows.floats(1), options, interrupt).map(|beacon| vec![beacon])
    }
}

/// Judges the connections at `times`, which are sorted.
fn judge(times: &[i64], bytes: &[f64], options: &BeaconOptions, interrupt: &Interrupt) -> GroupResult<Beacon> {
    let bounds = times.first().copied().zip(times.last().copied());
    let unjudged = |status| Beacon { status, events: times.len() as i64, bounds, rhythm: None, size_regularity: None, peak: None };
    if times.len() < options.min_count {
        return Ok(unjudged(Status::TooFew));
    }
    let mut gaps: Vec<u64> = times.windows(2).filter_map(|pair| if let [a, b] = pair { Some(b.abs_diff(*a)) } else { None }).collect();
    gaps.retain(|gap| *gap > 0);
    gaps.sort_unstable();
    let Some(median_gap) = gaps.get(gaps.len() / 2).copied() else { return Ok(unjudged(Status::NoSpread)) };
    interrupt.check()?;
    let rhythm = rhythm(times, &gaps, options.min_count, interrupt)?;
    interrupt.check()?;
    let peak = peak(times, median_gap, options.resolution);
    let mut sizes: Vec<f64> = bytes.iter().copied().filter(|size| size.is_finite()).collect();
    let status = if rhythm.is_some() { Status::Ok } else { Status::NoPeriod };
    Ok(Beacon { status, rhythm, size_regularity: mad_score(&mut sizes), peak, ..unjudged(status) })
}

#[cfg(test)]
mod tests {
    use super::super::beacon::traffic::{DAY, Draw};
    use super::super::random::SplitMix64;
    use super::super::testing::{Cell, rows};
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000;

    fn of(times: &[i64]) -> Beacon {
        let table: Vec<Vec<Cell>> = times.iter().map(|time| vec![Cell::Time(*time)]).collect();
        compute(&table, &BeaconOptions::default())
    }

    fn compute(table: &[Vec<Cell>], options: &BeaconOptions) -> Beacon {
        let found = Beacons::compute(&rows(Beacons::ARGS, table), options, &Interrupt::default()).unwrap();
        assert_eq!(found.len(), 1);
        let score = found[0].score();
        assert!((0.0..=1.0).contains(&score), "{score}");
        found[0]
    }

    fn clock(count: i64, period: i64) -> Vec<i64> {
        (0..count).map(|n| 1_700_000_000 * SECOND + n * period).collect()
    }

    #[test]
    fn an_exact_clock() {
        for (count, least) in [(1_000, 0.95), (100, 0.85), (24, 0.7), (10, 0.5)] {
            let beacon = of(&clock(count, 3_600 * SECOND));
            let rhythm = beacon.rhythm.unwrap();
            assert!(beacon.score() > least && beacon.score() < 1.0, "{count}: {beacon:?}");
            assert_eq!((rhythm.period, rhythm.jitter, rhythm.coverage), (3.6e9, 0.0, 1.0));
            assert_eq!((rhythm.regularity, rhythm.skew_score, rhythm.mad_score), (1.0, 1.0, 1.0));
            assert_eq!((beacon.status, beacon.events, beacon.size_regularity), (Status::Ok, count, None));
            assert!(count < 24 || beacon.peak.unwrap().p_value < 0.01, "{beacon:?}");
        }
        assert!((of(&clock(200, 60 * SECOND)).peak.unwrap().period - 60.0).abs() < 0.3);
        // a job on the full minute is no rounded time
        assert!(of(&(0..100).map(|n| n * 60 * SECOND).collect::<Vec<_>>()).score() > 0.8);
    }

    #[test]
    fn what_cannot_be_judged() {
        let null = vec![Cell::Null];
        for (times, status) in [
            (vec![], Status::TooFew),
            (clock(1, 60), Status::TooFew),
            (clock(9, 60 * SECOND), Status::TooFew),
            (clock(50, 0), Status::NoSpread),
            ([clock(20, 0), clock(1, 0).iter().map(|time| time + SECOND).collect()].concat(), Status::NoPeriod),
        ] {
            let beacon = of(&times);
            assert_eq!((beacon.status, beacon.score(), beacon.rhythm), (status, 0.0, None), "{times:?}");
            assert_eq!(beacon.bounds, times.first().copied().zip(times.last().copied()));
        }
        assert_eq!(compute(&[null.clone(), null], &BeaconOptions::default()), of(&[]));
        assert_eq!(compute(&vec![vec![Cell::Time(5)]; 3], &BeaconOptions { min_count: 3, resolution: None }).status, Status::NoSpread);
        let ends: Vec<i64> = (0..12).map(|n| if n < 6 { i64::MIN + 1 + n } else { i64::MAX - n }).collect();
        of(&ends);
    }

    #[test]
    fn sizes() {
        let with = |bytes: &dyn Fn(i64) -> Cell| {
            let table: Vec<Vec<Cell>> =
                clock(100, 60 * SECOND).iter().zip(0..).map(|(time, n)| vec![Cell::Time(*time), bytes(n)]).collect();
            let beacon = compute(&table, &BeaconOptions::default());
            (beacon.size_regularity, beacon.score())
        };
        let (none, plain) = with(&|_| Cell::Null);
        assert_eq!(none, None);
        assert_eq!(with(&|_| Cell::Float(512.0)), (Some(1.0), plain));
        assert_eq!(with(&|n| if n % 9 == 0 { Cell::Float(9e9) } else { Cell::Float(512.0) }), (Some(1.0), plain));
        assert_eq!(with(&|n| if n % 9 == 0 { Cell::Float(f64::INFINITY) } else { Cell::Float(f64::NAN) }), (None, plain));
        let (regularity, score) = with(&|n| Cell::Float(2f64.powi(n as i32 % 20)));
        assert!(regularity.unwrap() < 0.1 && score < 0.83 * plain && score >= 0.8 * plain, "{regularity:?} {score}");
    }

    #[test]
    fn made_up_pairs() {
        let mut draw = Draw(SplitMix64::new(11, 0));
        let mut scores: Vec<(f64, bool)> = (0..800).map(|kind| (of(&draw.noise(kind)).score(), false)).collect();
        for _ in 0..10 {
            let beacon = of(&draw.beacon(60.0, 0.2, 0.1));
            let rhythm = beacon.rhythm.unwrap();
            assert!((rhythm.period / 1e6 - 60.0).abs() < 1.5 && (rhythm.jitter - 0.2).abs() < 0.05, "{rhythm:?}");
            assert!((rhythm.coverage - 0.9).abs() < 0.05, "{rhythm:?}");
            scores.push((beacon.score(), true));
        }
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        assert!(scores[..10].iter().all(|(score, is_beacon)| *is_beacon && *score > 0.6), "{:?}", &scores[..12]);
        assert!(scores[10].0 < 0.45, "{:?}", &scores[..12]);
        let silent = scores.iter().filter(|(score, _)| *score == 0.0).count();
        assert!(silent > 500, "{silent}");
    }

    #[test]
    fn odd_beacons() {
        let mut draw = Draw(SplitMix64::new(12, 0));
        let calls = draw.beacon(60.0, 0.1, 0.05);
        let plain = of(&calls).score();
        // each call makes three connections
        let several: Vec<i64> = calls.iter().flat_map(|time| [*time, time + SECOND / 2, time + SECOND]).collect();
        assert!((of(&several).score() - plain).abs() < 0.02);
        // eight hours a day for five days
        let day = (DAY * 1e6) as i64;
        let hours: Vec<i64> = calls.iter().copied().filter(|time| (32_400..61_200).contains(&(time / SECOND - 1_700_000_000))).collect();
        let week: Vec<i64> = (0..5).flat_map(|n| hours.iter().map(move |time| time + n * day)).collect();
        assert!(of(&week).score() > plain - 0.05, "{:?}", of(&week));
        // a clock amid as many other connections: the spectrum sees it
        let mut mixed = clock(1_000, 60 * SECOND);
        let start = mixed[0];
        mixed.extend(clock(1_000, 0).iter().zip(0..).map(|(_, n): (_, i64)| start + (n * n * 7_919 % 60_000) * SECOND));
        mixed.sort_unstable();
        let peak = of(&mixed).peak.unwrap();
        let overtone = 60.0 / peak.period;
        assert!(peak.p_value < 1e-20 && (overtone - overtone.round()).abs() < 0.01, "{peak:?}");
        // every period fits times that are rounded to it
        let minutes: Vec<i64> = draw.noise(0).iter().map(|time| time / (600 * SECOND) * 600 * SECOND).collect();
        assert!(of(&minutes).score() < 0.3, "{:?}", of(&minutes));
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        assert_eq!(Beacons::compute(&rows(Beacons::ARGS, &[]), &BeaconOptions::default(), &interrupt), Err(GroupError::Interrupted));
    }

    proptest! {
        #[test]
        fn blind_to_order(mut events in prop::collection::vec((0i64..5_000, 0.0f64..9.0), 0..60), turn in 0usize..60) {
            let table = |events: &[(i64, f64)]| -> Vec<Vec<Cell>> {
                events.iter().map(|(time, size)| vec![Cell::Time(time * SECOND), Cell::Float(*size)]).collect()
            };
            let before = compute(&table(&events), &BeaconOptions::default());
            events.reverse();
            let turn = turn.min(events.len());
            events.rotate_left(turn);
            prop_assert_eq!(compute(&table(&events), &BeaconOptions::default()), before);
        }

        #[test]
        fn any_times(times in prop::collection::vec(any::<i64>(), 0..40)) {
            let mut times = times;
            times.retain(|time| *time != i64::MIN);
            of(&times);
        }
    }
}
