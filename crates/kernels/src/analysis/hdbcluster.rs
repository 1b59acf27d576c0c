//! `hdbcluster(features [, ts])`: HDBSCAN.

use super::dbcluster::{METRIC, NORMALIZE, not_negative};
use super::hdbscan::{Parameters, Selection, hdbscan};
use super::points::{Member, Metric, Normalize, Space, describe};
use crate::prelude::*;

/// Options of `hdbcluster`.
#[derive(Debug, Clone)]
pub struct HdbClusterOptions {
    allow_single_cluster: bool,
    cluster_selection_epsilon: f64,
    cluster_selection_method: Selection,
    metric: Metric,
    min_cluster_size: u64,
    min_samples: Option<u64>,
    normalize: Normalize,
}

impl Default for HdbClusterOptions {
    fn default() -> Self {
        Self {
            allow_single_cluster: false,
            cluster_selection_epsilon: 0.0,
            cluster_selection_method: Selection::Eom,
            metric: Metric::Euclidean,
            min_cluster_size: 5,
            min_samples: None,
            normalize: Normalize::None,
        }
    }
}

impl Options for HdbClusterOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "allow_single_cluster",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether all rows may be one cluster. Otherwise rows that do not fall into at least two are all noise. Without effect on `leaf`.",
        },
        OptionField {
            name: "cluster_selection_epsilon",
            kind: OptionKind::Float,
            default: "0.0",
            doc: "Clusters that are no farther apart than this are not told apart. It has the unit of the features, after `normalize`.",
        },
        OptionField {
            name: "cluster_selection_method",
            kind: OptionKind::Choice(&["eom", "leaf"]),
            default: "'eom'",
            doc: "`eom` takes the clusters that last over the widest range of densities, `leaf` the smallest and densest ones.",
        },
        METRIC,
        OptionField { name: "min_cluster_size", kind: OptionKind::Int(2, i64::MAX), default: "5", doc: "Fewer rows are no cluster." },
        OptionField {
            name: "min_samples",
            kind: OptionKind::Int(1, i64::MAX),
            default: "NULL",
            doc: "How many rows, itself included, a row must have near for the place to count as dense: the more, the more rows are noise. NULL: as \
                  `min_cluster_size`.",
        },
        NORMALIZE,
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("allow_single_cluster", Setting::Bool(allow)) => self.allow_single_cluster = allow,
            ("cluster_selection_epsilon", Setting::Float(epsilon)) => self.cluster_selection_epsilon = not_negative(epsilon)?,
            ("cluster_selection_method", Setting::Text(method)) => {
                self.cluster_selection_method = if method == "leaf" { Selection::Leaf } else { Selection::Eom };
            }
            ("metric", Setting::Text(metric)) => self.metric = Metric::named(&metric),
            ("min_cluster_size", Setting::Int(rows)) => self.min_cluster_size = rows.unsigned_abs(),
            ("min_samples", Setting::Int(rows)) => self.min_samples = Some(rows.unsigned_abs()),
            ("normalize", Setting::Text(normalize)) => self.normalize = Normalize::named(&normalize),
            _ => {}
        }
        Ok(())
    }
}

impl HdbClusterOptions {
    fn parameters(&self) -> Parameters {
        Parameters {
            min_cluster_size: self.min_cluster_size,
            min_samples: self.min_samples.unwrap_or(self.min_cluster_size),
            selection: self.cluster_selection_method,
            epsilon: self.cluster_selection_epsilon,
            allow_single_cluster: self.allow_single_cluster,
        }
    }
}

/// Kernel of `hdbcluster`.
pub struct HdbCluster;

/// The cluster of a row, and how strongly it belongs there; NULL for a row without usable features.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HdbClusterOf(Option<(Member, f64)>);

impl SqlValue for HdbClusterOf {
    const TYPE: SqlType = SqlType::Struct(&[
        ("cluster_id", SqlType::Int),
        ("cluster_size", SqlType::Int),
        ("is_exemplar", SqlType::Bool),
        ("first_time", SqlType::Time),
        ("last_time", SqlType::Time),
        ("probability", SqlType::Float),
    ]);
    fn write(&self, out: &mut Column) {
        let of = self.0.as_ref().map(|(member, _)| member);
        let row = out.row().put(of.map(|of| of.cluster_id)).put(of.map(|of| of.cluster_size)).put(of.map(|of| of.is_exemplar));
        row.put(of.and_then(|of| of.first_time)).put(of.and_then(|of| of.last_time)).put(self.0.map(|(_, probability)| probability)).end();
    }
}

impl RowKernel for HdbCluster {
    const SPEC: Spec = Spec {
        name: "hdbcluster",
        family: Family::Analysis,
        summary: "Groups rows that lie close together where how close differs from group to group (HDBSCAN).",
        details: include_str!("hdbcluster.md"),
        args: &[
            Arg { name: "features", doc: "The numbers by which rows are compared, a list such as `[bytes_in, bytes_out]`." },
            Arg { name: "ts", doc: "Time of the event, for `first_time` and `last_time`." },
        ],
        examples: &[Example {
            sql: "\
WITH flows AS (SELECT x FROM (VALUES (1.0), (1.1), (1.2), (1.3), (50.0), (60.0), (75.0), (85.0), (400.0)) v(x))
SELECT x, cluster_id, cluster_size, round(probability, 2) AS probability FROM huntsql.hdbcluster(flows, [x], min_cluster_size => 3, min_samples => 2) ORDER BY x",
            result: "\
1.0 | 0 | 4 | 1.0
1.1 | 0 | 4 | 1.0
1.2 | 0 | 4 | 1.0
1.3 | 0 | 4 | 1.0
50.0 | 1 | 4 | 1.0
60.0 | 1 | 4 | 1.0
75.0 | 1 | 4 | 1.0
85.0 | 1 | 4 | 1.0
400.0 | -1 | 1 | 0.0",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::FloatList, ArgType::Time];
    const OPTIONAL: usize = 1;
    type Options = HdbClusterOptions;
    type Out<'r> = HdbClusterOf;
    const WINDOW: Option<&'static str> = Some("cluster_id");

    fn compute(rows: &Rows, options: &HdbClusterOptions, interrupt: &Interrupt) -> GroupResult<Vec<HdbClusterOf>> {
        let space = Space::new(rows.float_lists(0), rows.len(), options.normalize, options.metric, interrupt)?;
        let memberships = hdbscan(&space, &options.parameters(), interrupt)?;
        let clusters = memberships.iter().map(|of| of.cluster).collect();
        let probabilities: Vec<f64> = memberships.iter().map(|of| of.probability).collect();
        let members = describe(rows, &space, clusters, &probabilities, interrupt)?;
        Ok(members.into_iter().map(|of| HdbClusterOf(of.map(|of| (of, probabilities[of.place])))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::points::sample::{Sample, blobs, rows};
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn run(samples: &[Sample], given: &[(&str, Value)]) -> Vec<Option<(Member, f64)>> {
        let fields = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let options = parse("hdbcluster", &Value::Struct(fields)).unwrap();
        HdbCluster::compute(&rows(samples), &options, &Interrupt::default()).unwrap().into_iter().map(|of| of.0).collect()
    }

    fn untimed(lists: &[Vec<f64>]) -> Vec<Sample> {
        lists.iter().map(|list| (Some(list.clone()), None)).collect()
    }

    /// Letters for clusters in the order of the rows that are first in each, a dot for noise.
    fn letters(members: &[Option<(Member, f64)>]) -> String {
        let mut seen: Vec<i64> = Vec::new();
        let letter = |member: &Option<(Member, f64)>| match member.map(|(member, _)| member.cluster_id) {
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

    /// Features, options, labels and sum of the probabilities.
    type Case<'c> = (usize, &'c [(&'c str, Value)], &'c str, f64);

    /// Expected labels and sums of the probabilities: scikit-learn 1.9.1, where they do not depend on the order of the rows.
    #[test]
    fn labels_of_scikit_learn() {
        let cases: &[Case<'_>] = &[
            (
                2,
                &[],
                "aabbacdd.dabbcbdd.adbbccbddaadbccdc.aabaccddcaabbacddddabbcbdd.adbbccbdaaaabccdccaabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
                83.714206,
            ),
            (
                6,
                &[],
                "aabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
                85.393348,
            ),
            (
                2,
                &[("min_samples", Value::Int(2))],
                "aabbacdd.dabbcbdd.adbbccbddaadbccdc.aabaccddcaabbacddddabbcbdd.adbbccbdaaaabccdccaabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
                96.747130,
            ),
            (
                3,
                &[("metric", text("manhattan"))],
                "aabbacdd.dabbcbdddadbbccbd.aa.bccdc.aabaccddcaabbacddcdabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
                83.165069,
            ),
            (
                6,
                &[("metric", text("manhattan")), ("min_cluster_size", Value::Int(8))],
                "aabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.bccdc.aabaccddcaabbacdd.dabbcbdd.adbbccbd.aa.",
                95.412361,
            ),
            (
                4,
                &[("metric", text("cosine")), ("min_cluster_size", Value::Int(8)), ("min_samples", Value::Int(3))],
                "abccbacc.c.ccaccc..ccdaadc....caacaa..c.aacca..cc.accbc.dcadcc.bccdaadc..a.caaca.ab.aaaccabb..bacc.c.c.acccb.c.daadc..b.",
                65.155181,
            ),
            (
                6,
                &[("metric", text("cosine")), ("min_cluster_size", Value::Int(8)), ("min_samples", Value::Int(3))],
                "abccbaccbcbccaccc.bcccaacc..a.caacabbbcbaaccac.cc.accac.ccaccc..cccaacc....caacaccbccaaccaabccbacccccccaccc.bcccaacc.bb.",
                54.112290,
            ),
            (
                3,
                &[("cluster_selection_method", text("leaf"))],
                "aabbacd..dabbcb.d.adbbccbd.aa.bcc.c.aabacc..caabbac..c.abbcbee.aebbccbd.aa.bccec.aabacc..caabbace..eabbcbd..a.bbccbd.aa.",
                73.567288,
            ),
            (
                2,
                &[("cluster_selection_method", text("leaf")), ("min_samples", Value::Int(2))],
                "ab.cbdee.eaf.df.g.hgffddfe.ab.idded.aacaddgedahf.hdjj.j...d.ej.ajicddcgbaabcdd.ddahiaddegdaaiiadg..ghicdi.e.aefiddie.aa.",
                77.980405,
            ),
            (
                3,
                &[("cluster_selection_method", text("leaf")), ("metric", text("cosine")), ("min_samples", Value::Int(2))],
                ".....abcdb.....ee.de..af.eg..g..ah.g.d..a.e..d.e..f.b....cf.hhdah.iffibdd.d.f.hf.....ffb.fdgc.gah.dh...a.bc..ciifaib.gd.",
                57.842018,
            ),
            (
                1,
                &[("cluster_selection_epsilon", Value::Float(1.5)), ("min_cluster_size", Value::Int(4)), ("min_samples", Value::Int(3))],
                "aabbacddbdabbcbddaadbbccbdeaaebccdcaaabaccddcaabbacddfdabbcbddcadbbccbdfaafbccdccaabaccddcaabbacddfdabbcbdd.adbbccbdeaae",
                111.938077,
            ),
            (
                1,
                &[("cluster_selection_epsilon", Value::Float(3.0))],
                "aaaaaabbabaaaaabbaabaaaaab.aa.aaabaaaaaaaabbaaaaaaabb.baaaaabbaabaaaaab.aa.aaabaaaaaaaabbaaaaaaabb.baaaaabbaabaaaaab.aa.",
                111.626455,
            ),
            (
                6,
                &[
                    ("cluster_selection_epsilon", Value::Float(1.0)),
                    ("cluster_selection_method", text("leaf")),
                    ("min_samples", Value::Int(2)),
                ],
                "aabba.cc.cabb.bcc.acbbdebc.aa.bfgcf.aabagdccdaabbaecc.cabbdbcc.acbbgfbc.aa.begce.aabadgccgaabbaecc.cabbfbcc.acbbgfbc.aa.",
                91.627487,
            ),
            (
                3,
                &[("allow_single_cluster", Value::Bool(true)), ("min_cluster_size", Value::Int(50))],
                "aaaaa.....aaa.a...a.aa.aa..aa.a.....aa.a.....aaa.a...a.aaa.a......a..a..aa.a.....aaaa.....aa.aa.....a.a.....a.aa..a..aa.",
                50.000000,
            ),
            (
                1,
                &[("allow_single_cluster", Value::Bool(true)), ("min_cluster_size", Value::Int(30)), ("min_samples", Value::Int(4))],
                "aaaaa...a.aaa.a..aa.aa..a..aa.a....aaaaa.....aaaaa.....aaa.a...a.aa..a..aa.a.....aaaa.....aaaaa.....aaa.a...a.aa..a..aa.",
                58.000000,
            ),
            (
                2,
                &[("allow_single_cluster", Value::Bool(true)), ("cluster_selection_epsilon", Value::Float(6.0))],
                "aaaaaabb.baaaaabb.abaaaaabbaabaaaba.aaaaaabbaaaaaaabbbbaaaaabb.abaaaaabaaaaaaabaaaaaaaabbaaaaaaabb.baaaaabb.abaaaaab.aa.",
                108.108846,
            ),
        ];
        for (dims, given, expected, probabilities) in cases {
            let members = run(&untimed(&blobs(120, *dims)), given);
            assert_eq!(letters(&members), *expected, "{dims} {given:?}");
            let sum: f64 = members.iter().flatten().map(|(_, probability)| probability).sum();
            assert!((sum - probabilities).abs() < 1e-6, "{dims} {given:?}: {sum}");
        }
    }

    #[test]
    fn few_or_unusable_rows() {
        assert_eq!(run(&[], &[]), []);
        assert_eq!(letters(&run(&untimed(&[vec![1.0]]), &[])), ".");
        assert_eq!(letters(&run(&[(None, Some(1)), (Some(vec![f64::NAN]), None), (Some(vec![]), None)], &[])), "   ");
        let same = untimed(&vec![vec![2.0, 2.0]; 12]);
        assert_eq!(letters(&run(&same, &[])), ".".repeat(12));
        let members = run(&same, &[("allow_single_cluster", Value::Bool(true))]);
        assert_eq!(letters(&members), "a".repeat(12));
        assert_eq!(members.iter().flatten().filter(|(of, _)| of.is_exemplar).count(), 1);
        assert!(members.iter().flatten().all(|(_, probability)| *probability == 1.0));
    }

    #[test]
    fn equal_rows_are_clusters_of_their_own() {
        let lists: Vec<Vec<f64>> = [1.0, 2.0, 2.5].iter().flat_map(|x| vec![vec![*x]; 6]).chain([vec![9.0]]).collect();
        assert_eq!(letters(&run(&untimed(&lists), &[])), "aaaaaabbbbbbcccccc.");
    }

    #[test]
    fn huge_options_are_no_harm() {
        let given = [("min_cluster_size", Value::Int(i64::MAX)), ("metric", text("manhattan"))];
        assert_eq!(letters(&run(&untimed(&blobs(9, 2)), &given)), ".........");
        assert_eq!(letters(&run(&untimed(&blobs(9, 2)), &[("min_samples", Value::Int(i64::MAX))])), ".........");
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let rows = rows(&untimed(&blobs(20, 2)));
        assert_eq!(HdbCluster::compute(&rows, &HdbClusterOptions::default(), &interrupt), Err(GroupError::Interrupted));
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
                ("metric", text(Metric::CHOICES[metric])),
                ("normalize", text(Normalize::CHOICES[normalize])),
                ("min_cluster_size", Value::Int(4)),
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
