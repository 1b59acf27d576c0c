use super::*;
use crate::prepare::NO_TIME;

fn labels(texts: &[&str]) -> Vec<Label> {
    std::iter::once("").chain(texts.iter().copied()).map(|text| Label { shown: text.into(), raw: None }).collect()
}

fn plain<'a>(source: TextColumn<'a>, target: TextColumn<'a>) -> GraphRows<'a> {
    GraphRows { source, target, value: None, label: None, time: None, source_kind: None, target_kind: None, attributes: &[] }
}

fn settings() -> GraphSettings {
    let source = |name: &str| Source { name: name.into(), sql: name.into(), ..Source::default() };
    GraphSettings { source: source("src"), target: source("dst"), ..GraphSettings::default() }
}

fn made(rows: &GraphRows<'_>, settings: &GraphSettings) -> Prepared<Graph> {
    graph(rows, settings, &Interrupt::default()).expect("not interrupted")
}

fn kind<'a>(graph: &'a Graph, name: &str) -> Vec<&'a str> {
    graph.nodes.iter().filter(|node| node.label.shown == name).map(|node| graph.kinds[usize::from(node.kind)].as_str()).collect()
}

#[test]
fn rows_become_edges_and_the_same_text_one_node() {
    // The columns have dictionaries of their own.
    let (left, right) = (labels(&["a", "b"]), labels(&["x", "a"]));
    let source = TextColumn { codes: &[1, 1, 2, 2, 0, 0], labels: &left };
    let target = TextColumn { codes: &[1, 1, 2, 0, 1, 0], labels: &right };
    let said = labels(&["ssh", "rdp"]);
    let rows = GraphRows {
        value: Some(&[1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0]),
        time: Some(&[20, 10, NO_TIME, 1, 2, 3]),
        label: Some(TextColumn { codes: &[1, 2, 0, 0, 0, 0], labels: &said }),
        ..plain(source, target)
    };
    let made = made(&rows, &settings());
    let graph = &made.body;
    let names: Vec<(&str, u64)> = graph.nodes.iter().map(|node| (node.label.shown.as_str(), node.rows)).collect();
    assert_eq!(names, [("a", 3), ("x", 3), ("b", 2)]);
    assert_eq!((kind(graph, "a"), kind(graph, "b"), kind(graph, "x")), (vec!["both"], vec!["src"], vec!["dst"]));
    let edge = &graph.edges[0];
    assert_eq!((edge.source, edge.target, edge.rows, edge.value, edge.label.as_str()), (0, 1, 2, Some(3.0), "ssh, rdp"));
    assert_eq!(edge.seen, Some((10, 20)));
    assert_eq!((graph.edges[1].source, graph.edges[1].target, graph.edges[1].value), (2, 0, None));
    assert_eq!(graph.edges.len(), 2);
    assert_eq!(made.warnings, ["1 row has neither a source nor a target: left out"]);
    assert_eq!(made.rows_drawn, 5);
}

#[test]
fn the_same_text_of_two_kinds_is_two_nodes() {
    let (names, kinds) = (labels(&["admin", "dc1"]), labels(&["user", "host"]));
    let rows = GraphRows {
        source_kind: Some(TextColumn { codes: &[1, 1], labels: &kinds }),
        target_kind: Some(TextColumn { codes: &[2, 2], labels: &kinds }),
        ..plain(TextColumn { codes: &[1, 1], labels: &names }, TextColumn { codes: &[1, 2], labels: &names })
    };
    let made = made(&rows, &settings());
    assert_eq!(kind(&made.body, "admin"), ["user", "host"]);
    assert_eq!(made.body.kinds, ["host", "user"]);
}

#[test]
fn without_direction_both_ways_are_one_edge() {
    let names = labels(&["a", "b"]);
    let rows = plain(TextColumn { codes: &[1, 2, 1], labels: &names }, TextColumn { codes: &[2, 1, 1], labels: &names });
    let both = made(&rows, &settings());
    assert_eq!(both.body.edges.len(), 3);
    let one = made(&rows, &GraphSettings { directed: false, ..settings() });
    assert_eq!(one.body.edges.iter().map(|edge| edge.rows).collect::<Vec<_>>(), [2, 1]);
    // A row that leads to itself counts once.
    assert_eq!(one.body.nodes.iter().map(|node| node.rows).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn caps_keep_what_is_most_and_say_so() {
    let texts: Vec<String> = (0..50).map(|name| format!("n{name:02}")).collect();
    let names = labels(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    // Node 1 is in every row.
    let source = vec![1; 49];
    let target: Vec<u32> = (2..=50).collect();
    let rows = plain(TextColumn { codes: &source, labels: &names }, TextColumn { codes: &target, labels: &names });
    let made = made(&rows, &GraphSettings { most_nodes: 10, most_edges: 5, ..settings() });
    assert_eq!((made.body.nodes.len(), made.body.edges.len(), made.rows_drawn), (10, 5, 5));
    assert_eq!(made.body.nodes[0].label.shown, "n00");
    assert_eq!(made.warnings, ["the graph shows the 10 nodes of 50 and the 5 edges of 49 with most rows; 44 rows are not in it"]);
}

#[test]
fn attributes_are_said_of_their_node() {
    let (names, cities) = (labels(&["a", "b"]), labels(&["Oslo", "Bern", "Rome", "Kyiv", "Lima"]));
    let rows = GraphRows {
        attributes: &[NodeAttribute { name: "city", of: End::Target, texts: TextColumn { codes: &[1, 2, 3, 4, 1], labels: &cities } }],
        ..plain(TextColumn { codes: &[1; 5], labels: &names }, TextColumn { codes: &[2; 5], labels: &names })
    };
    let made = made(&rows, &settings());
    assert_eq!(made.body.attributes, ["city"]);
    let of = |name: &str| made.body.nodes.iter().find(|node| node.label.shown == name).map(|node| node.attributes.clone());
    assert_eq!(of("a"), Some(vec![]));
    assert_eq!(of("b"), Some(vec![(0, "Oslo, Bern, Rome (and 1 more)".to_owned())]));
}

#[test]
fn kinds_beyond_the_colours_share_one() {
    let texts: Vec<String> = (0..30).map(|name| format!("k{name:02}")).collect();
    let names = labels(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let codes: Vec<u32> = (1..=30).collect();
    let column = TextColumn { codes: &codes, labels: &names };
    let made = made(&GraphRows { source_kind: Some(column), target_kind: Some(column), ..plain(column, column) }, &settings());
    assert_eq!(made.body.kinds.len(), MOST_KINDS);
    assert_eq!(made.body.kinds[11], "other (19)");
    assert!(made.body.nodes.iter().all(|node| usize::from(node.kind) < MOST_KINDS));
    assert_eq!(made.warnings.len(), 1);
}
