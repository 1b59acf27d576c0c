use super::*;

fn laid(nodes: usize, edges: &[(u32, u32)]) -> Vec<(f64, f64)> {
    let links = Links { nodes, edges: edges.iter().map(|&(a, b)| (a, b, 1)).collect() };
    lay_out(&links, &Interrupt::default()).expect("not interrupted")
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

fn closest(at: &[(f64, f64)]) -> f64 {
    let pairs = (0..at.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    pairs.map(|(a, b)| distance(at[a], at[b])).fold(f64::INFINITY, f64::min)
}

#[test]
fn nothing_one_and_two() {
    assert!(laid(0, &[]).is_empty());
    assert_eq!(laid(1, &[(0, 0)]), [(0.0, 0.0)]);
    let two = laid(2, &[(0, 1)]);
    assert!((two[0].1 - two[1].1).abs() < 1e-6, "side by side: {two:?}");
    assert!(distance(two[0], two[1]) > 1.0);
}

#[test]
fn the_same_graph_lies_the_same_way() {
    let edges: Vec<(u32, u32)> = (1..200).map(|node| (node, node * 7 % 61)).collect();
    assert_eq!(laid(200, &edges), laid(200, &edges));
}

#[test]
fn nodes_are_in_the_square_and_apart() {
    // Stars, a chain, a clique, pairs, nodes alone, and an edge to nowhere.
    let mut edges: Vec<(u32, u32)> = (1..120).map(|leaf| (0, leaf)).collect();
    edges.extend((120..160).map(|node| (node, node + 1)));
    edges.extend((161..175).flat_map(|a| (a + 1..175).map(move |b| (a, b))));
    edges.extend((0..20).map(|pair| (180 + pair * 2, 181 + pair * 2)));
    edges.push((0, 9999));
    let at = laid(260, &edges);
    assert!(at.iter().all(|(x, y)| x.abs() <= 1.0 && y.abs() <= 1.0));
    assert!(closest(&at) > 0.008, "{}", closest(&at));
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, y) in &at {
        (low, high) = (low.min(*y), high.max(*y));
    }
    assert!(high - low < 1.7, "wider than high: {}", high - low);
}

#[test]
fn what_holds_together_lies_together() {
    // Two cliques with one edge between them.
    let clique = |from: u32| (from..from + 12).flat_map(move |a| (a + 1..from + 12).map(move |b| (a, b)));
    let edges: Vec<(u32, u32)> = clique(0).chain(clique(12)).chain([(3, 15)]).collect();
    let at = laid(24, &edges);
    let mean = |nodes: std::ops::Range<usize>| {
        let (x, y) = at[nodes].iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / 12.0, sum.1 + point.1 / 12.0));
        (x, y)
    };
    let (left, right) = (mean(0..12), mean(12..24));
    let spread = at[0..12].iter().map(|&point| distance(point, left)).fold(0.0, f64::max);
    assert!(distance(left, right) > spread * 1.3, "{left:?} {right:?} {spread}");
}

#[test]
fn parts_do_not_lie_on_one_another() {
    let star = |hub: u32| (1..10).map(move |leaf| (hub, hub + leaf));
    let edges: Vec<(u32, u32)> = star(0).chain(star(10)).chain(star(20)).collect();
    let at = laid(30, &edges);
    let bounds = |nodes: std::ops::Range<usize>| {
        at[nodes].iter().fold((f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY), |bounds, point| {
            (bounds.0.min(point.0), bounds.1.min(point.1), bounds.2.max(point.0), bounds.3.max(point.1))
        })
    };
    let parts = [bounds(0..10), bounds(10..20), bounds(20..30)];
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let (a, b) = (parts[a], parts[b]);
        assert!(a.2 < b.0 || b.2 < a.0 || a.3 < b.1 || b.3 < a.1, "{a:?} {b:?}");
    }
}

#[test]
fn nobody_waits() {
    let interrupt = Interrupt::default();
    interrupt.stop();
    assert!(lay_out(&Links { nodes: 3, edges: vec![(0, 1, 1)] }, &interrupt).is_err());
}
