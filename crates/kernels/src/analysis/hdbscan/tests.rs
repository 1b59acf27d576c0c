use super::*;
use crate::analysis::points::sample::{blobs, space};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A cluster of the hierarchy, by its definition.
struct Naive {
    rows: Vec<usize>,
    stability: f64,
    parts: Vec<Naive>,
    /// Rows that leave where the cluster splits: they may be counted to one of the parts.
    tied: Vec<usize>,
}

/// The hierarchy of `rows` by its definition, on all pairs. `reach` is the mutual reachability distance.
fn naive(mut rows: Vec<usize>, birth: f64, reach: &dyn Fn(usize, usize) -> f64, min_cluster_size: usize) -> Naive {
    let mut cluster = Naive { rows: rows.clone(), stability: 0.0, parts: Vec::new(), tied: Vec::new() };
    loop {
        let distance = connected_at(&rows, reach);
        let lambda = if distance > 0.0 { 1.0 / distance } else { f64::INFINITY };
        let mut lose = |count: usize| {
            if lambda > birth {
                cluster.stability += (lambda - birth) * count as f64
            }
        };
        let (mut large, small): (Vec<_>, Vec<_>) =
            components(&rows, &|a, b| reach(a, b) < distance).into_iter().partition(|part| part.len() >= min_cluster_size);
        small.iter().for_each(|part| lose(part.len()));
        match (large.len(), large.pop()) {
            (0, _) | (_, None) => return cluster,
            (1, Some(rest)) => rows = rest,
            (_, Some(last)) => {
                large.push(last);
                large.iter().for_each(|part| lose(part.len()));
                cluster.tied = small.concat();
                cluster.parts = large.into_iter().map(|part| naive(part, lambda, reach, min_cluster_size)).collect();
                return cluster;
            }
        }
    }
}

/// The least distance at which `rows` hang together.
fn connected_at(rows: &[usize], reach: &dyn Fn(usize, usize) -> f64) -> f64 {
    let mut outside: BTreeSet<usize> = rows[1..].iter().copied().collect();
    let (mut inside, mut most) = (vec![rows[0]], 0.0f64);
    while !outside.is_empty() {
        let nearest = |row: usize| inside.iter().map(|other| reach(row, *other)).fold(f64::INFINITY, f64::min);
        let next = outside.iter().copied().min_by(|a, b| nearest(*a).total_cmp(&nearest(*b))).unwrap();
        most = most.max(nearest(next));
        outside.remove(&next);
        inside.push(next);
    }
    most
}

fn components(rows: &[usize], linked: &dyn Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut left: BTreeSet<usize> = rows.iter().copied().collect();
    let mut found = Vec::new();
    while let Some(first) = left.pop_first() {
        let (mut component, mut next) = (vec![first], 0);
        while next < component.len() {
            let near: Vec<usize> = left.iter().copied().filter(|row| linked(component[next], *row)).collect();
            near.iter().for_each(|row| {
                left.remove(row);
            });
            component.extend(near);
            next += 1;
        }
        found.push(component);
    }
    found
}

impl Naive {
    /// Chooses among this cluster (unless it is the first) and its parts; gives the stability of what is chosen. `None` where that is decided by rounding.
    fn choose<'n>(&'n self, selection: Selection, is_first: bool, chosen: &mut Vec<&'n Naive>, tied: &mut Vec<usize>) -> Option<f64> {
        let before = chosen.len();
        let mut parts = 0.0;
        for part in &self.parts {
            parts += part.choose(selection, false, chosen, tied)?;
        }
        let prefers_parts = match selection {
            Selection::Leaf => !self.parts.is_empty(),
            Selection::Eom if !is_first && (parts - self.stability).abs() <= 1e-9 * parts && parts > 0.0 => return None,
            Selection::Eom => parts > self.stability,
        };
        if is_first || prefers_parts {
            tied.extend(&self.tied);
            return Some(parts);
        }
        chosen.truncate(before);
        chosen.push(self);
        Some(self.stability)
    }
}

fn agrees(space: &Space, parameters: &Parameters) -> Result<(), TestCaseError> {
    let points = &space.points;
    let memberships = hdbscan(space, parameters, &Interrupt::default()).unwrap();
    // Every row on its own: equal rows are not collapsed here.
    let rows: Vec<usize> = (0..points.len()).flat_map(|id| std::iter::repeat_n(id, points.weight(id) as usize)).collect();
    let add = if space.metric == Metric::Manhattan { Manhattan::add } else { Euclidean::add };
    let apart = |a: usize, b: usize| {
        space.metric.distance(points.at(rows[a]).iter().zip(points.at(rows[b])).fold(0.0, |sum, (a, b)| add(sum, a - b)))
    };
    let core = |a: usize| {
        let mut distances: Vec<f64> = (0..rows.len()).map(|b| apart(a, b)).collect();
        distances.sort_by(f64::total_cmp);
        distances[parameters.min_samples as usize - 1]
    };
    if (rows.len() as u64) < parameters.min_samples.max(parameters.min_cluster_size) {
        prop_assert!(memberships.iter().all(|of| of.cluster.is_none()));
        return Ok(());
    }
    let cores: Vec<f64> = (0..rows.len()).map(core).collect();
    let reach = |a: usize, b: usize| apart(a, b).max(cores[a]).max(cores[b]);
    let root = naive((0..rows.len()).collect(), 0.0, &reach, parameters.min_cluster_size as usize);
    let (mut chosen, mut tied) = (Vec::new(), Vec::new());
    if root.choose(parameters.selection, true, &mut chosen, &mut tied).is_none() {
        return Ok(());
    }
    let label = |row: usize| memberships[rows[row]].cluster;
    let expected = |row: usize| chosen.iter().position(|cluster| cluster.rows.contains(&row));
    let mut names = vec![BTreeSet::new(); chosen.len()];
    for row in 0..rows.len() {
        match expected(row) {
            Some(cluster) => {
                names[cluster].insert(label(row));
            }
            None => prop_assert!(label(row).is_none() || tied.contains(&row), "row {} should be noise", row),
        }
        prop_assert!((0.0..=1.0).contains(&memberships[rows[row]].probability));
    }
    let distinct: BTreeSet<_> = names.iter().flatten().collect();
    prop_assert!(names.iter().all(|names| names.len() == 1 && !names.contains(&None)), "clusters are whole: {:?}", names);
    prop_assert_eq!(distinct.len(), chosen.len());
    Ok(())
}

fn parameters(min_cluster_size: u64, min_samples: u64, selection: Selection) -> Parameters {
    Parameters { min_cluster_size, min_samples, selection, epsilon: 0.0, allow_single_cluster: false }
}

fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![(-4i32..5).prop_map(f64::from), -4.0..4.0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn equals_the_definition(
        lists in prop::collection::vec(prop::collection::vec(coordinate(), 3), 1..45),
        dims in 1usize..4,
        metric in prop_oneof![Just(Metric::Euclidean), Just(Metric::Manhattan), Just(Metric::Cosine)],
        min_cluster_size in 2u64..7,
        min_samples in 1u64..7,
        selection in prop_oneof![Just(Selection::Eom), Just(Selection::Leaf)],
    ) {
        let lists: Vec<Vec<f64>> = lists.iter().map(|list| list[..dims].to_vec()).collect();
        agrees(&space(&lists, metric), &parameters(min_cluster_size, min_samples, selection))?;
    }
}

#[test]
fn equals_the_definition_where_the_tree_is_deep() {
    for dims in [2, 3, 20] {
        for (min_cluster_size, min_samples) in [(5, 5), (10, 3)] {
            agrees(&space(&blobs(200, dims), Metric::Euclidean), &parameters(min_cluster_size, min_samples, Selection::Eom)).unwrap();
        }
    }
}

fn sizes(lists: &[Vec<f64>], parameters: &Parameters) -> Vec<u64> {
    let space = space(lists, Metric::Euclidean);
    let memberships = hdbscan(&space, parameters, &Interrupt::default()).unwrap();
    let mut sizes = std::collections::BTreeMap::<u32, u64>::new();
    for (id, of) in memberships.iter().enumerate() {
        if let Some(cluster) = of.cluster {
            *sizes.entry(cluster).or_default() += u64::from(space.points.weight(id));
        }
    }
    let mut sizes: Vec<u64> = sizes.into_values().collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn epsilon_and_single_clusters() {
    // Two pairs of groups: 1 apart within a pair, 100 between.
    let group = |at: f64| (0..6).map(move |i| vec![at + f64::from(i) * 0.01]);
    let lists: Vec<Vec<f64>> = [0.0, 1.0, 100.0, 101.0].into_iter().flat_map(group).collect();
    let plain = parameters(5, 2, Selection::Eom);
    assert_eq!(sizes(&lists, &plain), [6, 6, 6, 6]);
    assert_eq!(sizes(&lists, &Parameters { epsilon: 2.0, ..plain }), [12, 12]);
    assert_eq!(sizes(&lists, &Parameters { epsilon: 2.0, selection: Selection::Leaf, ..plain }), [12, 12]);
    assert_eq!(sizes(&lists, &Parameters { epsilon: 200.0, ..plain }), [12, 12]);
    assert_eq!(sizes(&lists, &Parameters { epsilon: 200.0, allow_single_cluster: true, ..plain }), [24]);
    assert!(sizes(&lists[..6], &plain).is_empty());
    assert_eq!(sizes(&lists[..6], &Parameters { allow_single_cluster: true, epsilon: 0.5, ..plain }), [6]);
    assert_eq!(sizes(&vec![vec![1.0]; 9], &Parameters { allow_single_cluster: true, ..plain }), [9]);
}

#[test]
fn distances_beyond_floats_do_not_stop_it() {
    let group = |at: f64| (0..6).map(move |i| vec![at * (1.0 + f64::from(i) * 1e-3)]);
    let lists: Vec<Vec<f64>> = [1e308, -1e308, 1e-310, 1.0].into_iter().flat_map(group).collect();
    // The squares of differences of 1e305 are beyond a float: all those rows are equally far from everything, and so noise.
    assert_eq!(sizes(&lists, &parameters(5, 2, Selection::Eom)), [6, 6]);
    assert!(sizes(&[], &parameters(5, 2, Selection::Eom)).is_empty());
}
