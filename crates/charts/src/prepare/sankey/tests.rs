use super::*;

fn labels(texts: &[&str]) -> Vec<Label> {
    std::iter::once("").chain(texts.iter().copied()).map(|text| Label { shown: text.into(), raw: None }).collect()
}

fn flows(made: &Prepared<Sankey>) -> Vec<(String, String, f64)> {
    let name = |stage: u32| made.body.stages[stage as usize].label.shown.clone();
    let mut flows: Vec<_> = made.body.flows.iter().map(|flow| (name(flow.source), name(flow.target), flow.value)).collect();
    flows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    flows
}

fn flow(from: &str, to: &str, value: f64) -> (String, String, f64) {
    (from.into(), to.into(), value)
}

/// Flows only lead to higher levels.
fn leads_on(made: &Prepared<Sankey>) -> bool {
    let level = |stage: u32| made.body.stages[stage as usize].level;
    made.body.flows.iter().all(|flow| level(flow.source) < level(flow.target))
}

#[test]
fn a_row_passes_through_its_levels_and_over_nulls() {
    let (a, b, c) = (labels(&["u1", "u2"]), labels(&["h1"]), labels(&["ok", "u1"]));
    let levels = [
        TextColumn { codes: &[1, 1, 2, 0], labels: &a },
        TextColumn { codes: &[1, 1, 0, 0], labels: &b },
        TextColumn { codes: &[1, 2, 1, 1], labels: &c },
    ];
    let rows = FlowRows::Levels { levels: &levels, value: None };
    let made = sankey(&rows, &SankeySettings::default(), &Interrupt::default()).expect("not interrupted");
    assert_eq!(flows(&made), [flow("h1", "ok", 1.0), flow("h1", "u1", 1.0), flow("u1", "h1", 2.0), flow("u2", "ok", 1.0)]);
    // The same text on two levels is two stages.
    assert_eq!(made.body.stages.iter().filter(|stage| stage.label.shown == "u1").count(), 2);
    assert_eq!(made.warnings, ["1 row has no values on two levels: left out"]);
    assert_eq!(made.rows_drawn, 3);
    assert!(leads_on(&made));
}

#[test]
fn circles_are_cut_where_little_flows() {
    let names = labels(&["a", "b", "c"]);
    let source = TextColumn { codes: &[1, 1, 2, 3, 2, 1], labels: &names };
    let target = TextColumn { codes: &[2, 2, 3, 1, 2, 0], labels: &names };
    let rows = FlowRows::Pairs { source, target, value: Some(&[5.0, 5.0, 4.0, 1.0, 7.0, 1.0]) };
    let made = sankey(&rows, &SankeySettings::default(), &Interrupt::default()).expect("not interrupted");
    assert_eq!(flows(&made), [flow("a", "b", 10.0), flow("b", "c", 4.0)]);
    assert_eq!(made.rows_drawn, 3);
    assert_eq!(
        made.warnings,
        ["2 flows are left out because they lead back (2 rows); the largest: b to b", "1 row has no source or no target: left out"]
    );
    assert!(leads_on(&made) && made.body.pairs);
}

#[test]
fn what_is_small_becomes_one() {
    let (many, one) = (labels(&["a", "b", "c", "d", "e"]), labels(&["x"]));
    let levels = [TextColumn { codes: &[1, 1, 1, 2, 2, 3, 4, 5], labels: &many }, TextColumn { codes: &[1; 8], labels: &one }];
    let rows = FlowRows::Levels { levels: &levels, value: None };
    let settings = SankeySettings { most_stages: 2, ..SankeySettings::default() };
    let made = sankey(&rows, &settings, &Interrupt::default()).expect("not interrupted");
    assert_eq!(flows(&made), [flow("a", "x", 3.0), flow("b", "x", 2.0), flow("other (3)", "x", 3.0)]);
    assert_eq!(made.warnings, ["3 of 6 values are shown as \"other\", with 3 flows: each level shows the 2 largest"]);
    assert_eq!(made.rows_drawn, 8);
}

#[test]
fn what_is_worth_nothing_does_not_flow() {
    let names = labels(&["a", "b"]);
    let (source, target) = (TextColumn { codes: &[1; 4], labels: &names }, TextColumn { codes: &[2; 4], labels: &names });
    let rows = FlowRows::Pairs { source, target, value: Some(&[-1.0, 0.0, f64::NAN, 2.0]) };
    let made = sankey(&rows, &SankeySettings::default(), &Interrupt::default()).expect("not interrupted");
    assert_eq!(flows(&made), [flow("a", "b", 2.0)]);
    assert_eq!(made.warnings, ["3 rows have a value that is missing or not above zero: left out"]);
}

#[test]
fn a_tangle_has_no_circle_left() {
    let texts: Vec<String> = (0..60).map(|name| format!("n{name}")).collect();
    let names = labels(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let source: Vec<u32> = (0..900_u32).map(|row| row * 7 % 60 + 1).collect();
    let target: Vec<u32> = (0..900_u32).map(|row| row * row % 59 + 1).collect();
    let rows = FlowRows::Pairs {
        source: TextColumn { codes: &source, labels: &names },
        target: TextColumn { codes: &target, labels: &names },
        value: None,
    };
    let made = sankey(&rows, &SankeySettings::default(), &Interrupt::default()).expect("not interrupted");
    assert!(leads_on(&made) && made.body.flows.len() > 100);
}

#[test]
fn a_way_of_a_hundred_thousand_steps_is_cut_and_told() {
    let labels: Vec<Label> = (0..70_001).map(|index| Label { shown: format!("s{index}"), raw: None }).collect();
    let (from, to): (Vec<u32>, Vec<u32>) = (1..70_000).map(|index| (index, index + 1)).unzip();
    let rows = FlowRows::Pairs {
        source: TextColumn { codes: &from, labels: &labels },
        target: TextColumn { codes: &to, labels: &labels },
        value: None,
    };
    let made = sankey(&rows, &SankeySettings::default(), &Interrupt::default()).expect("not interrupted");
    assert_eq!((made.body.flows.len(), made.rows_drawn), (99, 99));
    assert_eq!(made.warnings, ["69,900 rows lead further than 100 steps from where flows begin: left out"]);
    assert!(made.body.flows.iter().all(|flow| flow.source != flow.target));
}
