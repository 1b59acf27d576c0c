//! `dbcluster(features [, ts])`: DBSCAN.

use super::dbscan::{Kind, dbscan};
use super::points::{Member, Metric, Normalize, Space, describe};
use crate::prelude::*;

/// Options of `dbcluster`.
#[derive(Debug, Clone)]
pub struct DbClusterOptions {
    eps: f64,
    metric: Metric,
    min_samples: u64,
    normalize: Normalize,
}

impl Default for DbClusterOptions {
    fn default() -> Self {
        Self { eps: 0.5, metric: Metric::Euclidean, min_samples: 5, normalize: Normalize::None }
    }
}

/// The option `metric` of the clustering functions.
pub(super) const METRIC: OptionField = OptionField {
    name: "metric",
    kind: OptionKind::Choice(Metric::CHOICES),
    default: "'euclidean'",
    doc: "How far two rows are apart. `cosine` is 1 minus the cosine of the angle between them, from 0 to 2.",
};

/// The option `normalize` of the clustering functions.
pub(super) const NORMALIZE: OptionField = OptionField {
    name: "normalize",
    kind: OptionKind::Choice(Normalize::CHOICES),
    default: "'none'",
    doc: "What is done to the features first: `standard` brings each to mean 0 and standard deviation 1, `robust` to median 0 and interquartile range 1, \
          `l2` each row to length 1 (what MSTICPy does; only proportions are left then).",
};

impl Options for DbClusterOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "eps",
            kind: OptionKind::Float,
            default: "0.5",
            doc: "Rows no farther apart than this are neighbours. It has the unit of the features, after `normalize`.",
        },
        METRIC,
        OptionField {
            name: "min_samples",
            kind: OptionKind::Int(1, i64::MAX),
            default: "5",
            doc: "A row with so many neighbours, itself included, makes a cluster. With 1 there is no noise.",
        },
        NORMALIZE,
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("eps", Setting::Float(eps)) => self.eps = not_negative(eps)?,
            ("metric", Setting::Text(metric)) => self.metric = Metric::named(&metric),
            ("min_samples", Setting::Int(rows)) => self.min_samples = rows.unsigned_abs(),
            ("normalize", Setting::Text(normalize)) => self.normalize = Normalize::named(&normalize),
            _ => {}
        }
        Ok(())
    }
}

/// `distance`, which is an option that must not be below zero.
pub(super) fn not_negative(distance: f64) -> Result<f64, String> {
    if distance >= 0.0 { Ok(distance) } else { Err(format!("must be a number not below zero, got {distance}")) }
}

/// Kernel of `dbcluster`.
pub struct DbCluster;

/// The cluster of a row; NULL for a row without usable features.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DbClusterOf(pub(super) Option<Member>);

impl SqlValue for DbClusterOf {
    const TYPE: SqlType = SqlType::Struct(&[
        ("cluster_id", SqlType::Int),
        ("cluster_size", SqlType::Int),
        ("is_exemplar", SqlType::Bool),
        ("first_time", SqlType::Time),
        ("last_time", SqlType::Time),
    ]);
    fn write(&self, out: &mut Column) {
        let of = self.0.as_ref();
        let row = out.row().put(of.map(|of| of.cluster_id)).put(of.map(|of| of.cluster_size)).put(of.map(|of| of.is_exemplar));
        row.put(of.and_then(|of| of.first_time)).put(of.and_then(|of| of.last_time)).end();
    }
}

impl RowKernel for DbCluster {
    const SPEC: Spec = Spec {
        name: "dbcluster",
        family: Family::Analysis,
        summary: "Groups rows that lie close together (DBSCAN), and so shows which ones are like no other.",
        details: include_str!("dbcluster.md"),
        args: &[
            Arg { name: "features", doc: "The numbers by which rows are compared, a list such as `[bytes_in, bytes_out]`." },
            Arg { name: "ts", doc: "Time of the event, for `first_time` and `last_time`." },
        ],
        examples: &[
            Example {
                sql: "\
WITH flows AS (SELECT x, y FROM (VALUES (1.0, 1.0), (1.1, 1.0), (1.0, 1.2), (7.0, 7.0), (7.0, 7.1), (7.2, 7.0), (40.0, 2.0)) v(x, y))
SELECT x, y, cluster_id, cluster_size, is_exemplar FROM huntsql.dbcluster(flows, [x, y], min_samples => 3) ORDER BY x, y",
                result: "\
1.0 | 1.0 | 0 | 3 | true
1.0 | 1.2 | 0 | 3 | false
1.1 | 1.0 | 0 | 3 | false
7.0 | 7.0 | 1 | 3 | true
7.0 | 7.1 | 1 | 3 | false
7.2 | 7.0 | 1 | 3 | false
40.0 | 2.0 | -1 | 1 | false",
            },
            Example {
                sql: "\
WITH procs AS (SELECT to_timestamp(sec) AS ts, len, cmd FROM (VALUES (0, 20, 'ls'), (60, 21, 'ls -l'), (120, 20, 'ls'), (180, 900, 'powershell -enc ...')) v(sec, len, cmd))
SELECT cmd, cluster_size FROM huntsql.dbcluster(procs, [len], ts => ts, eps => 2, min_samples => 2) WHERE is_exemplar OR cluster_id = -1 ORDER BY cluster_size",
                result: "powershell -enc ... | 1\nls | 3",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::FloatList, ArgType::Time];
    const OPTIONAL: usize = 1;
    type Options = DbClusterOptions;
    type Out<'r> = DbClusterOf;
    const WINDOW: Option<&'static str> = Some("cluster_id");

    fn compute(rows: &Rows, options: &DbClusterOptions, interrupt: &Interrupt) -> GroupResult<Vec<DbClusterOf>> {
        let space = Space::new(rows.float_lists(0), rows.len(), options.normalize, options.metric, interrupt)?;
        let kinds = dbscan(&space, options.eps, options.min_samples, interrupt)?;
        let clusters = kinds.iter().map(|kind| kind.cluster()).collect();
        let strengths: Vec<f64> = kinds.iter().map(|kind| f64::from(u8::from(matches!(kind, Kind::Core(_))))).collect();
        let members = describe(rows, &space, clusters, &strengths, interrupt)?;
        Ok(members.into_iter().map(DbClusterOf).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::points::sample::{Sample, blobs, rows};
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    fn options(given: &[(&str, Value)]) -> DbClusterOptions {
        let fields = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        parse("dbcluster", &Value::Struct(fields)).unwrap()
    }

    fn run(samples: &[Sample], given: &[(&str, Value)]) -> Vec<Option<Member>> {
        let out = DbCluster::compute(&rows(samples), &options(given), &Interrupt::default()).unwrap();
        out.into_iter().map(|of| of.0).collect()
    }

    /// Letters for clusters in the order of the rows that are first in each, a dot for noise.
    fn letters(members: &[Option<Member>]) -> String {
        let mut seen: Vec<i64> = Vec::new();
        let letter = |member: &Option<Member>| match member.map(|member| member.cluster_id) {
            None => ' ',
            Some(-1) => '.',
            Some(id) => {
                let at = seen.iter().position(|other| *other == id).unwrap_or_else(|| {
                    seen.push(id);
                    seen.len() - 1
                });
                char::from(b'a' + at as u8)
            }
        };
        members.iter().map(letter).collect()
    }

    fn timed(lists: &[Vec<f64>]) -> Vec<Sample> {
        lists.iter().zip(0..).map(|(list, at)| (Some(list.clone()), Some(at))).collect()
    }

    /// Expected labels: scikit-learn 1.9.1. None of these sets has a border row within reach of two clusters.
    #[test]
    fn labels_of_scikit_learn() {
        let cases = [
            (
                1,
                "euclidean",
                0.5,
                5,
                "aabbacdd.dabbcbddaadbbc.bd.aa.bccdc.aabac.dd.aabbacdd.dabb.bddcadbbc.bd.aa.bccdccaabac.dd.aabbacdd.dabbcbdd.adbb.cbd.aa.",
            ),
            (
                2,
                "euclidean",
                0.5,
                5,
                "abccbdee.eacc.cee.aeccddce.ab.cdded.aacaddeedaaccadee.eacc.cee.aecc..cebaabc.de..aacad.ee.aacca.ee.eaccdcee.aecc.dce.aa.",
            ),
            (
                2,
                "euclidean",
                1.2,
                4,
                "aabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbdaaaabccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
            ),
            (
                2,
                "euclidean",
                1.2,
                2,
                "aabbacdd.dabbcbdd.adbbccbdeaaebccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbdaaaabccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbdfaaf",
            ),
            (
                3,
                "euclidean",
                1.2,
                4,
                "aabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
            ),
            (
                6,
                "euclidean",
                1.2,
                4,
                "aabba.cc.cabb.bcc.acbb..bc.aa.b..c..aaba..cc.aabba.cc.cabb.bcc.acbb..bc.aa.b..c..aaba..cc.aabba.cc.cabb.bcc.acbb..bc.aa.",
            ),
            (
                1,
                "manhattan",
                0.8,
                4,
                "aabbacdd.dabbcbddaadbbccbd.aa.bccdc.aabaccddcaabbacddedabbcbddcadbbccbdeaaebccdccaabaccddcaabbacddedabbcbdd.adbbccbd.aa.",
            ),
            (
                2,
                "manhattan",
                0.8,
                4,
                "aabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabb.bdd.adbbccbdaaaab.cd..aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
            ),
            (
                3,
                "manhattan",
                0.8,
                4,
                "aabba.cc.cabb.bcc.acbb..bc.aa.b..c...ab...cc.aabba.cc.c.bb.bcc.acbb..bc.a..b..c..a.ba..cc.aabba.cc.cabb.bcc.acbb..bc.aa.",
            ),
            (
                6,
                "manhattan",
                0.8,
                4,
                ".abba.cc.ca.d..cc..c.e..ec....b..c....d...cc.......cc.c..d..cc..ced..dc....d..c........cc....e..cc.c..b..cc..cbd..dc..a.",
            ),
            (
                2,
                "cosine",
                0.01,
                5,
                "..aa.baaca.aabaaa..aaabbaaaa.aabbabcadaabbaab..aa.baaaadaabaaa.aaaabbaabcababbab.b.abbbaabacaacbaada.aabaaab.aaabbaad..d",
            ),
            (
                2,
                "cosine",
                0.05,
                4,
                "abccbbccdcbccbcccbacccbbccccbccbbcbdceccbbccbcaccabcccceccbcccaccccbbccbdcbcbbcbbbacbbbccbcdccdbccecaccbcccb.cccbbcce.be",
            ),
            (
                3,
                "cosine",
                0.002,
                3,
                "..aa.baa.a.aa.aaaa.aaacdaa....aebae...a.c.aa...aa.daa.a.aafaaa.caaafdaa....afeaf...a.ddaad..aa.caa.a.aabaaa..aaadcaa....",
            ),
            (
                6,
                "cosine",
                0.05,
                4,
                "..aa.baa.a.aabaaa..aaabbaa....abbab...a.bbaab..aa.baa.a.aabaaa..aaabbaa....abbab...a.bbaab..aa.baa.a.aabaaa..aaabbaa....",
            ),
        ];
        for (dims, metric, eps, min_samples, expected) in cases {
            let given = [("metric", Value::Text(metric.to_owned())), ("eps", Value::Float(eps)), ("min_samples", Value::Int(min_samples))];
            assert_eq!(letters(&run(&timed(&blobs(120, dims)), &given)), expected, "{dims} {metric} {eps} {min_samples}");
        }
    }

    #[test]
    fn fields_of_a_row() {
        let at = |x: f64, time| (Some(vec![x]), time);
        let samples =
            [at(5.0, Some(9)), at(1.0, Some(3)), at(5.1, None), at(5.2, Some(4)), at(50.0, Some(7)), at(1.0, Some(2)), at(70.0, None)];
        let members = run(&samples, &[("min_samples", Value::Int(2))]);
        let fields: Vec<_> = members
            .iter()
            .flatten()
            .map(|of| (of.cluster_id, of.cluster_size, of.is_exemplar, of.first_time.map(|t| t.0), of.last_time.map(|t| t.0)))
            .collect();
        assert_eq!(
            fields,
            [
                (1, 3, false, Some(4), Some(9)),
                (0, 2, false, Some(2), Some(3)),
                (1, 3, true, Some(4), Some(9)),
                (1, 3, false, Some(4), Some(9)),
                (-1, 1, false, Some(7), Some(7)),
                (0, 2, true, Some(2), Some(3)),
                (-1, 1, false, None, None),
            ]
        );
    }

    #[test]
    fn rows_without_usable_features_are_null() {
        let bad =
            [None, Some(vec![]), Some(vec![f64::NAN, 1.0]), Some(vec![f64::INFINITY, 1.0]), Some(vec![1.0]), Some(vec![1.0, 2.0, 3.0])];
        let mut samples: Vec<Sample> = bad.into_iter().map(|list| (list, Some(1))).collect();
        samples.extend([(Some(vec![1.0, 2.0]), Some(5)), (Some(vec![1.0, 2.0]), Some(6))]);
        let members = run(&samples, &[("min_samples", Value::Int(2))]);
        assert_eq!(letters(&members), "      aa");
        assert_eq!(members[6].and_then(|of| of.first_time), Some(Timestamp(5)));
        assert_eq!(letters(&run(&samples[..6], &[("min_samples", Value::Int(1))])), "     a");
        assert_eq!(run(&[], &[]), []);
        assert_eq!(letters(&run(&[(None, None)], &[])), " ");
    }

    #[test]
    fn one_row_and_equal_rows() {
        let same = vec![(Some(vec![3.0, 3.0]), Some(1)); 7];
        for metric in Metric::CHOICES {
            for normalize in Normalize::CHOICES {
                let given = [("metric", Value::Text((*metric).to_owned())), ("normalize", Value::Text((*normalize).to_owned()))];
                assert_eq!(letters(&run(&same, &given)), "aaaaaaa", "{metric} {normalize}");
                assert_eq!(letters(&run(&same[..1], &given)), ".");
                assert_eq!(run(&same, &given).iter().flatten().filter(|of| of.is_exemplar).count(), 1);
            }
        }
    }

    #[test]
    fn zeros_have_no_direction() {
        let lists = [vec![0.0, 0.0], vec![0.0, 0.0], vec![1.0, 0.0], vec![5.0, 0.0], vec![-1.0, 0.0]];
        let given = |eps| [("metric", Value::Text("cosine".to_owned())), ("min_samples", Value::Int(2)), ("eps", Value::Float(eps))];
        assert_eq!(letters(&run(&timed(&lists), &given(0.5))), "aabb.");
        assert_eq!(letters(&run(&timed(&lists), &given(1.0))), "aaaaa");
    }

    #[test]
    fn the_exemplar_of_scaled_rows_is_the_earliest() {
        let samples = [(Some(vec![2.0, 2.0]), Some(5)), (Some(vec![1.0, 1.0]), Some(5)), (Some(vec![3.0, 3.0]), None)];
        let members = run(&samples, &[("normalize", Value::Text("l2".to_owned())), ("min_samples", Value::Int(2))]);
        assert_eq!(members.iter().map(|of| of.is_some_and(|of| of.is_exemplar)).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn options_are_checked() {
        let problem = |name: &str, value: Value| {
            parse::<DbClusterOptions>("dbcluster", &Value::Struct(vec![(name.to_owned(), value)])).unwrap_err().to_string()
        };
        assert_eq!(problem("eps", Value::Float(-1.0)), "dbcluster: option 'eps' must be a number not below zero, got -1");
        assert_eq!(
            problem("metric", Value::Text("l7".to_owned())),
            "dbcluster: option 'metric' must be 'euclidean' or 'manhattan' or 'cosine', got 'l7'"
        );
        assert!(problem("min_samples", Value::Int(0)).contains("must be a whole number from 1"));
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        assert_eq!(DbCluster::compute(&rows(&timed(&blobs(20, 2))), &options(&[]), &interrupt), Err(GroupError::Interrupted));
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter(
            samples in prop::collection::vec(
                (prop::option::of(prop::collection::vec(prop_oneof![(-3i32..4).prop_map(f64::from), -3.0..3.0], 2)), prop::option::of(0i64..4)),
                0..60,
            ),
            metric in 0usize..3,
            normalize in 0usize..4,
            shift in 1usize..60,
        ) {
            let given = [
                ("metric", Value::Text(Metric::CHOICES[metric].to_owned())),
                ("normalize", Value::Text(Normalize::CHOICES[normalize].to_owned())),
                ("min_samples", Value::Int(3)),
            ];
            let said = |samples: &[Sample]| {
                let mut said: Vec<String> = samples.iter().zip(run(samples, &given)).map(|row| format!("{row:?}")).collect();
                said.sort();
                said
            };
            let mut moved = samples.clone();
            moved.rotate_left(shift.min(samples.len()));
            moved.reverse();
            prop_assert_eq!(said(&samples), said(&moved));
        }
    }
}
