//! `outliers(features [, train])`: how odd a row is among the others.

use super::forest::{Growth, Points, scores};
use super::quantile::quantile;
use crate::prelude::*;

/// Options of `outliers`.
#[derive(Debug, Clone, Copy)]
pub struct OutlierOptions {
    growth: Growth,
    contamination: Option<f64>,
}

impl Default for OutlierOptions {
    fn default() -> Self {
        Self { growth: Growth { trees: 100, sample_size: 256, max_features: 1.0, seed: 42 }, contamination: None }
    }
}

impl Options for OutlierOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "contamination",
            kind: OptionKind::FloatInOr(0.0, 0.5, &["auto"]),
            default: "'auto'",
            doc: "The share of the training rows to call outliers. `'auto'` calls every row with a score above 0.5 one.",
        },
        OptionField {
            name: "max_features",
            kind: OptionKind::FloatIn(0.0, 1.0),
            default: "1.0",
            doc: "The share of the features that each tree sees, rounded down; at least one.",
        },
        OptionField {
            name: "sample_size",
            kind: OptionKind::Int(2, 65_536),
            default: "256",
            doc: "Training rows that each tree is built from; all of them where there are fewer.",
        },
        OptionField { name: "seed", kind: OptionKind::Int(0, i64::MAX), default: "42", doc: "Another seed gives another forest." },
        OptionField {
            name: "trees",
            kind: OptionKind::Int(1, 10_000),
            default: "100",
            doc: "Number of trees. More make scores steadier and take as much longer.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("contamination", Setting::Float(share)) => self.contamination = Some(share),
            ("contamination", _) => self.contamination = None,
            ("max_features", Setting::Float(share)) => self.growth.max_features = share,
            ("sample_size", Setting::Int(rows)) => self.growth.sample_size = usize::try_from(rows).unwrap_or(usize::MAX),
            ("seed", Setting::Int(seed)) => self.growth.seed = seed.unsigned_abs(),
            ("trees", Setting::Int(trees)) => self.growth.trees = usize::try_from(trees).unwrap_or(1),
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `outliers`.
pub struct Outliers;

/// How odd a row is; NULL where it could not be measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Oddness(Option<(f64, bool)>);

impl SqlValue for Oddness {
    const TYPE: SqlType = SqlType::Struct(&[("score", SqlType::Float), ("is_outlier", SqlType::Bool)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.0.map(|(score, _)| score)).put(self.0.map(|(_, is_outlier)| is_outlier)).end();
    }
}

impl RowKernel for Outliers {
    const SPEC: Spec = Spec {
        name: "outliers",
        family: Family::Analysis,
        summary: "Scores how odd each row is among the others, by several numbers at once (isolation forest).",
        details: "\
An isolation forest (Liu, Ting, Zhou 2008) cuts the rows up at random, one feature at a time: what few cuts set apart is odd. `score` lies between 0 and 1:
near 1 is odd, 0.5 and below is usual. It is scikit-learn's `-score_samples`. Features need no scaling; one that is the same in all rows is not used.

Whether a row is an outlier: by default where its score is above 0.5, which may be many rows; with `contamination => 0.01` where it is above the score that
one training row in a hundred exceeds (scikit-learn's rule). `ORDER BY score DESC LIMIT 20` needs neither.

With `train`, the rows where it is true build the forest, those where it is false are only scored: `train => ts < '2024-05-01'` asks what is odd since May. Rows
where it is NULL do both, as all do without it. If no row is for training, all scores are NULL.

The result depends on the seed, not on the order of the rows. NULL for a row whose list is NULL or empty, holds NULL, NaN or an infinite number, or is not of
the length that most lists have. A single training row, or training rows that are all the same, give each row a score of 0.5. Time grows with rows times
`trees`; memory is some 40 bytes a row besides the features.",
        args: &[
            Arg { name: "features", doc: "The numbers that describe the row: `[bytes, duration]`." },
            Arg { name: "train", doc: "True: the row only builds the forest's idea of what is usual and is scored too. False: it is only scored." },
        ],
        examples: &[Example {
            sql: "\
WITH flows AS (SELECT i AS id, 1000 + (i * 37) % 100 AS bytes, CASE WHEN i = 77 THEN 90e0 ELSE 2e0 + (i * 53) % 10 END AS seconds FROM (SELECT unnest(range(0, 200)) AS i) s)
SELECT id, bytes, seconds, round(score, 2) AS score FROM huntsql.outliers(flows, [bytes, seconds]) ORDER BY score DESC, id LIMIT 1",
            result: "77 | 1049 | 90.0 | 0.86",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::FloatList, ArgType::Bool];
    const OPTIONAL: usize = 1;
    type Options = OutlierOptions;
    type Out<'r> = Oddness;

    fn compute(rows: &Rows, options: &OutlierOptions, interrupt: &Interrupt) -> GroupResult<Vec<Oddness>> {
        let points = Points::new(rows.float_lists(0), rows.len(), |row| rows.bool(1, row) != Some(false));
        let Some(scores) = scores(&points, &options.growth, interrupt)? else { return Ok(vec![Oddness(None); rows.len()]) };
        let threshold = threshold(&points, &scores, options.contamination);
        let oddness = |score: f64| Oddness(Some((score, score > threshold)));
        Ok(points.of_rows().map(|point| point.and_then(|point| scores.get(point).copied()).map_or(Oddness(None), oddness)).collect())
    }
}

/// The score above which a row is an outlier.
fn threshold(points: &Points, scores: &[f64], contamination: Option<f64>) -> f64 {
    // 0.5 is the score of a row whose path is as long as chance makes it.
    const USUAL: f64 = 0.5;
    let Some(share) = contamination else { return USUAL };
    let mut trained: Vec<f64> = points.train().iter().filter_map(|point| scores.get(*point as usize).copied()).collect();
    quantile(&mut trained, 1.0 - share).unwrap_or(USUAL)
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix64;
    use super::super::testing::{Cell, rows};
    use super::*;
    use proptest::prelude::*;

    fn run(table: &[Vec<Cell>], options: &OutlierOptions) -> Vec<Oddness> {
        Outliers::compute(&rows(Outliers::ARGS, table), options, &Interrupt::default()).unwrap()
    }

    fn lists(points: &[Vec<f64>]) -> Vec<Vec<Cell>> {
        points.iter().map(|point| vec![Cell::List(point.clone())]).collect()
    }

    fn score(oddness: &Oddness) -> f64 {
        oddness.0.unwrap().0
    }

    const ODD: [usize; 4] = [17, 99, 203, 310];

    /// Two clouds and four points beside them.
    fn clouds() -> Vec<Vec<f64>> {
        let mut random = SplitMix64::new(7, 0);
        let mut points: Vec<Vec<f64>> = (0..400)
            .map(|n| {
                let center = if n % 3 != 0 { [10.0, 50.0, 1000.0] } else { [20.0, 30.0, 5000.0] };
                center.iter().map(|at| at * (1.0 + 0.2 * (random.unit() + random.unit() + random.unit() - 1.5))).collect()
            })
            .collect();
        let odd = [[40.0, 50.0, 1000.0], [10.0, 5.0, 1000.0], [20.0, 30.0, 9000.0], [15.0, 40.0, 3000.0]];
        ODD.iter().zip(odd).for_each(|(at, point)| points[*at] = point.to_vec());
        points
    }

    fn options(fields: &[(&str, Setting)]) -> OutlierOptions {
        let mut options = OutlierOptions::default();
        fields.iter().for_each(|(name, setting)| options.set(name, setting.clone()).unwrap());
        options
    }

    fn assert_scores(found: &[Oddness], expected: &[(usize, f64)]) {
        for (row, expected) in expected {
            let found = score(&found[*row]);
            assert!((found - expected).abs() < 0.04, "row {row}: {found}, expected {expected}");
        }
    }

    /// Mean of `-IsolationForest(random_state=0..10).score_samples` of scikit-learn 1.9; its standard deviation is below 0.02.
    #[test]
    fn scores_as_scikit_learn() {
        let table = lists(&clouds());
        let expected = [0.4465, 0.4292, 0.4047, 0.7076, 0.6552, 0.6441, 0.649, 0.4428];
        let at = [0, 1, 2, 17, 99, 203, 310, 399];
        let found = run(&table, &OutlierOptions::default());
        assert_scores(&found, &at.into_iter().zip(expected).collect::<Vec<_>>());
        let count = found.iter().filter(|oddness| oddness.0.unwrap().1).count();
        assert!((55..=85).contains(&count), "{count} above 0.5; scikit-learn has 61 to 80");
        let mut order: Vec<usize> = (0..400).collect();
        order.sort_by(|a, b| score(&found[*b]).total_cmp(&score(&found[*a])));
        order[..4].sort_unstable();
        assert_eq!(order[..4], ODD);

        let expected = [0.4811, 0.4672, 0.4317, 0.5753, 0.549, 0.5866, 0.6297, 0.4825];
        let narrow = [("sample_size", Setting::Int(100)), ("max_features", Setting::Float(0.7)), ("contamination", Setting::Float(0.02))];
        let found = run(&table, &options(&narrow));
        assert_scores(&found, &at.into_iter().zip(expected).collect::<Vec<_>>());
        assert_eq!(found.iter().filter(|oddness| oddness.0.unwrap().1).count(), 8, "one in fifty");
    }

    #[test]
    fn rows_for_training() {
        let train = |train: &dyn Fn(usize) -> Cell| -> Vec<Oddness> {
            let table: Vec<Vec<Cell>> = lists(&clouds()).into_iter().enumerate().map(|(n, list)| [list, vec![train(n)]].concat()).collect();
            run(&table, &OutlierOptions::default())
        };
        let all = run(&lists(&clouds()), &OutlierOptions::default());
        assert_eq!(train(&|_| Cell::Null), all);
        assert_eq!(train(&|_| Cell::Bool(true)), all);
        assert!(train(&|_| Cell::Bool(false)).iter().all(|oddness| *oddness == Oddness(None)));
        // scikit-learn, fitted to the first half
        let half = train(&|n| Cell::Bool(n < 200));
        assert_scores(&half, &[(0, 0.4514), (1, 0.4177), (17, 0.7562), (99, 0.7091), (203, 0.5716), (310, 0.5947), (399, 0.4581)]);
    }

    #[test]
    fn contamination() {
        let found = |share| {
            let found = run(&lists(&clouds()), &options(&[("contamination", Setting::Float(share))]));
            found.iter().filter(|oddness| oddness.0.unwrap().1).count()
        };
        assert_eq!([0.0, 0.01, 0.25, 0.5].map(found), [0, 4, 100, 200]);
    }

    #[test]
    fn rows_without_a_point() {
        let defaults = OutlierOptions::default();
        assert_eq!(run(&[], &defaults), []);
        let usual = Oddness(Some((0.5, false)));
        assert_eq!(run(&lists(&[vec![1.0, 2.0]]), &defaults), [usual]);
        assert_eq!(run(&lists(&vec![vec![1.0, 2.0]; 3]), &defaults), [usual; 3]);
        assert_eq!(run(&lists(&[vec![0.0], vec![-0.0]]), &defaults), [usual; 2]);
        assert_eq!(run(&[vec![Cell::Null], vec![Cell::Null]], &defaults), [Oddness(None); 2]);
        assert_eq!(run(&lists(&[vec![]]), &defaults), [Oddness(None)]);
        let bad = [vec![f64::NAN, 1.0], vec![f64::INFINITY, 1.0], vec![1.0], vec![1.0, 2.0, 3.0], vec![]];
        let mut table = lists(&bad);
        table.extend(lists(&clouds()[..50].iter().map(|point| point[..2].to_vec()).collect::<Vec<_>>()));
        let found = run(&table, &defaults);
        assert!(found[..bad.len()].iter().all(|oddness| *oddness == Oddness(None)));
        assert!(found[bad.len()..].iter().all(|oddness| oddness.0.is_some()));
        // bad rows are as if they were not there
        assert_eq!(found[bad.len()..], run(&table[bad.len()..], &defaults));
    }

    #[test]
    fn any_finite_number_will_do() {
        let huge: Vec<Vec<f64>> = (0..40).map(|n| vec![if n % 2 == 0 { f64::MAX } else { -f64::MAX }, f64::from(n) * 1e-320]).collect();
        assert!(run(&lists(&huge), &OutlierOptions::default()).iter().all(|oddness| (0.0..=1.0).contains(&score(oddness))));
        // a list longer than the forest has nodes, all features the same but one
        let wide: Vec<Vec<f64>> =
            (0..20).map(|n| (0..3_000).map(|feature| if feature == 1_234 { f64::from(n) } else { 1.0 }).collect()).collect();
        assert!(score(&run(&lists(&wide), &OutlierOptions::default())[0]) > 0.5);
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let rows = rows(Outliers::ARGS, &lists(&clouds()));
        assert_eq!(Outliers::compute(&rows, &OutlierOptions::default(), &interrupt), Err(GroupError::Interrupted));
    }

    proptest! {
        #[test]
        fn blind_to_order(points in prop::collection::vec((-3i32..3, -3i32..3, any::<bool>()), 1..40), turn in 0usize..40) {
            let mut table: Vec<Vec<Cell>> = points
                .iter()
                .map(|(x, y, train)| vec![Cell::List(vec![f64::from(*x), f64::from(*y) / 3.0]), Cell::Bool(*train)])
                .collect();
            let options = options(&[("trees", Setting::Int(7)), ("sample_size", Setting::Int(8)), ("contamination", Setting::Float(0.2))]);
            let mut before = run(&table, &options);
            let turn = turn.min(table.len());
            table.reverse();
            table.rotate_left(turn);
            before.reverse();
            before.rotate_left(turn);
            prop_assert_eq!(run(&table, &options), before);
        }
    }
}
