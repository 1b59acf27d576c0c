use super::*;
use crate::analysis::points::sample::{blobs, space};
use proptest::prelude::*;

/// DBSCAN by its definition, on all pairs: whether a point is core, and the core point that stands for its cluster.
fn naive(space: &Space, eps: f64, min_samples: u64) -> Vec<(bool, Option<usize>)> {
    let (points, limit) = (&space.points, space.metric.reduced(eps));
    let add = if space.metric == Metric::Manhattan { Manhattan::add } else { Euclidean::add };
    let apart = |a: usize, b: usize| points.at(a).iter().zip(points.at(b)).fold(0.0, |sum, (a, b)| add(sum, a - b));
    let all = 0..points.len();
    let is_core = |a: usize| {
        let near = all.clone().filter(|b| apart(a, *b) <= limit);
        near.map(|b| u64::from(points.weight(b))).sum::<u64>() >= min_samples
    };
    let core: Vec<bool> = all.clone().map(is_core).collect();
    let mut stands: Vec<Option<usize>> = vec![None; points.len()];
    for start in all.clone().filter(|start| core[*start]) {
        let mut open = vec![start];
        while let Some(point) = open.pop() {
            if stands[point].is_none() {
                stands[point] = Some(start);
                open.extend(all.clone().filter(|other| core[*other] && apart(point, *other) <= limit));
            }
        }
    }
    for border in all.clone().filter(|border| !core[*border]) {
        let near = all.clone().filter(|other| core[*other] && apart(border, *other) <= limit);
        let nearest = near.min_by(|a, b| apart(border, *a).total_cmp(&apart(border, *b)).then(a.cmp(b)));
        stands[border] = nearest.and_then(|core| stands[core]);
    }
    core.into_iter().zip(stands).collect()
}

fn agrees(space: &Space, eps: f64, min_samples: u64) -> Result<(), TestCaseError> {
    let kinds = dbscan(space, eps, min_samples, &Interrupt::default()).unwrap();
    let expected = naive(space, eps, min_samples);
    for (a, (kind, (is_core, stands))) in kinds.iter().zip(&expected).enumerate() {
        prop_assert_eq!(matches!(kind, Kind::Core(_)), *is_core);
        prop_assert_eq!(kind.cluster().is_some(), stands.is_some());
        for (other, (_, other_stands)) in kinds.iter().zip(&expected).take(a) {
            if stands.is_some() && other_stands.is_some() {
                prop_assert_eq!(kind.cluster() == other.cluster(), stands == other_stands);
            }
        }
    }
    Ok(())
}

fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![(-4i32..5).prop_map(f64::from), -4.0..4.0]
}

fn metric() -> impl Strategy<Value = Metric> {
    prop_oneof![Just(Metric::Euclidean), Just(Metric::Manhattan), Just(Metric::Cosine)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn equals_the_definition(
        lists in prop::collection::vec(prop::collection::vec(coordinate(), 4), 1..120),
        dims in 1usize..5,
        metric in metric(),
        eps in prop_oneof![Just(0.0), Just(1.0), 0.01..3.0],
        min_samples in 1u64..9,
    ) {
        let lists: Vec<Vec<f64>> = lists.iter().map(|list| list[..dims].to_vec()).collect();
        agrees(&space(&lists, metric), eps, min_samples)?;
    }
}

#[test]
fn equals_the_definition_where_the_tree_is_deep() {
    for (dims, eps) in [(2, 0.2), (2, 0.05), (3, 0.4), (20, 2.5), (40, 4.0)] {
        for min_samples in [1, 5, 40] {
            agrees(&space(&blobs(1200, dims), Metric::Euclidean), eps, min_samples).unwrap();
        }
    }
}

#[test]
fn no_points_give_nothing() {
    assert_eq!(dbscan(&space(&[], Metric::Euclidean), 1.0, 1, &Interrupt::default()).unwrap(), []);
}
