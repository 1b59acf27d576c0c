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
WITH procs AS (SELECT to_timestamp(at) AS ts, len, cmd FROM (VALUES (0, 20, 'ls'), (60, 21, 'ls -l'), (120, 20, 'ls'), (180, 900, 'powershell -enc ...')) v(at, len, cmd))
SELECT cmd, cluster_size FROM huntsql.dbcluster(procs, [len], ts => ts, eps => 2, min_samples => 2) WHERE is_exemplar OR cluster_id = -1 ORDER BY cluster_size",
                result: "powershell -enc ... | 1\nls | 3",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::FloatList, ArgType::Time];
    const OPTIONAL: usize = 1;
    type Options = DbClusterOptions;
    type Out = DbClusterOf;
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
