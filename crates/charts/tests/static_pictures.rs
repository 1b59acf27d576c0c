//! Pictures and texts of every kind: as they were last approved (`BLESS=1` approves), and safe whatever the rows say.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod samples;

use huntsql_charts::model::*;
use huntsql_charts::scene::{self, Size};
use huntsql_charts::term::{Charset, ColorDepth, Terminal};
use huntsql_charts::{png, svg, term};
use proptest::prelude::*;
use samples::{all, label};
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// Names of the samples whose SVG is small enough to be kept.
const KEPT: [&str; 14] = [
    "timeline_few",
    "durations",
    "values_bar",
    "tree_small",
    "matrix_small",
    "matrix_circles_small",
    "graph",
    "sankey",
    "bars",
    "bars_stacked",
    "bars_beside",
    "histogram",
    "histogram_time",
    "option",
];

fn approved(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{name} is not as approved; look at it (cargo run -p huntsql-charts --example gallery -- <folder>) and run with BLESS=1"
    );
}

fn terminals() -> [(&'static str, Terminal); 2] {
    [
        ("ascii", Terminal { width: 80, height: 24, color: ColorDepth::None, charset: Charset::Ascii }),
        ("color", Terminal { width: 80, height: 24, color: ColorDepth::Truecolor, charset: Charset::Braille }),
    ]
}

fn kept() -> Vec<(&'static str, Chart)> {
    let mut charts = all();
    charts.push(("tree_small", samples::tree(12)));
    charts.push(("matrix_small", samples::matrix(6, 5, false, Scale::Log)));
    charts.push(("matrix_circles_small", samples::matrix(6, 5, true, Scale::Inverse)));
    charts
}

#[test]
fn pictures_are_as_approved() {
    for (name, chart) in kept().into_iter().filter(|(name, _)| KEPT.contains(name)) {
        approved(&format!("{name}.svg"), &svg::write(&chart, Size { width: 900, height: None }));
    }
}

#[test]
fn texts_are_as_approved() {
    for (name, chart) in all() {
        for (kind, terminal) in terminals() {
            approved(&format!("{name}.{kind}.txt"), &term::draw(&chart, &terminal));
        }
    }
}

/// What a picture must be, whatever is in it.
fn check_svg(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_i32;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                check_element(&start);
            }
            quick_xml::events::Event::Empty(start) => check_element(&start),
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(!text.chars().any(|character| character != '\n' && huntsql_kernels::text::is_hidden(character)));
}

fn check_element(start: &quick_xml::events::BytesStart<'_>) {
    let name = start.name().as_ref().to_owned();
    assert!(
        ["svg", "title", "desc", "rect", "line", "path", "circle", "polygon", "text", "g", "clipPath"].contains(&name.as_str()),
        "{name}"
    );
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref().to_owned();
        assert!(!key.starts_with("on") && !key.contains("href") && key != "style", "{key}");
        let value = attribute.value.as_ref();
        assert!(key == "aria-label" || !(value.contains("NaN") || value.contains("inf")), "{key}={value}");
    }
}

/// What a text must be, whatever is in it.
fn check_text(text: &str, terminal: &Terminal) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|character: char| !character.is_ascii_digit() && character != ';').unwrap();
        assert_eq!(&after[end..=end], "m", "only colours");
        assert!(terminal.color != ColorDepth::None);
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    // Very low terminals scroll.
    let most = if terminal.height >= 20 { terminal.height - 1 } else { terminal.height.max(10) + 6 };
    assert!(plain.lines().count() <= most, "{} lines\n{plain}", plain.lines().count());
    for line in plain.lines() {
        assert!(!line.chars().any(huntsql_kernels::text::is_hidden), "{line:?}");
        assert!(line.width() <= terminal.width, "{} > {}: {line}", line.width(), terminal.width);
        assert!(terminal.charset != Charset::Ascii || line.is_ascii(), "{line}");
    }
}

#[test]
fn pictures_and_texts_of_every_kind_are_safe() {
    for (name, chart) in kept() {
        for theme in [Theme::Light, Theme::Dark] {
            let mut chart = chart.clone();
            chart.theme = theme;
            for size in [Size::default(), Size { width: 320, height: None }, Size { width: 900, height: Some(500) }] {
                let drawn = scene::of(&chart, size);
                assert!(drawn.height < 5000.0, "{name}: {}", drawn.height);
                check_svg(&svg::of(&drawn));
                assert_eq!(svg::write(&chart, size), svg::of(&drawn), "{name}");
            }
        }
        for (width, height) in [(80, 24), (20, 8), (1, 1), (200, 60)] {
            for (_, terminal) in terminals() {
                let terminal = Terminal { width, height, ..terminal };
                check_text(&term::draw(&chart, &terminal), &terminal);
            }
        }
    }
}

#[test]
fn fixed_heights_are_kept() {
    for (name, chart) in all() {
        let drawn = scene::of(&chart, Size { width: 1000, height: Some(600) });
        assert!((560.0..=700.0).contains(&drawn.height), "{name}: {}", drawn.height);
    }
}

#[test]
fn pictures_are_png() {
    for (name, chart) in [("timeline_few", samples::timeline_few()), ("bars", samples::bars(3))] {
        let bytes = png::write(&chart, Size::default()).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 2400);
        assert_eq!(bytes, png::write(&chart, Size::default()).unwrap());
    }
    let mut chart = samples::bars(1);
    chart.title = "漢字".to_owned();
    assert!(png::write(&chart, Size::default()).is_ok());
    assert!(png::write(&chart, Size { width: 20_000, height: Some(20_000) }).is_err());
}

#[test]
fn what_is_left_out_is_said() {
    for (name, said) in [("many_lanes", "100 of 150 lanes"), ("tree_large", "150 of 3,000 processes"), ("matrix_large", "of 200 columns")] {
        let (_, chart) = all().into_iter().find(|(of, _)| *of == name).unwrap();
        let drawn = svg::write(&chart, Size::default());
        assert!(drawn.contains(said), "{name}");
        assert!(term::draw(&chart, &Terminal::default()).contains("! "), "{name}");
    }
}

/// Every text of a chart becomes another, and every number too.
fn spoil(chart: &mut Chart, texts: &[String], times: &[i64], numbers: &[f64]) {
    let mut at = 0;
    let mut text = || {
        at += 1;
        texts[at % texts.len()].clone()
    };
    chart.title = text();
    chart.subtitle = text();
    chart.zone = text();
    chart.warnings = (0..30).map(|_| text()).collect();
    chart.references = times.iter().map(|time| Reference { time: *time, label: text() }).collect();
    chart.references.sort_by_key(|reference| reference.time);
    let time = |row: usize| times[row % times.len()];
    let number = |row: usize| numbers[row % numbers.len()];
    match &mut chart.body {
        Body::Lanes(body) => {
            body.lanes.iter_mut().for_each(|lane| lane.label = label(&text()));
            body.times = (0..body.times.len()).map(time).collect();
            body.times.sort_unstable();
            body.ends = (0..body.ends.len()).map(|row| time(row + 3)).collect();
            body.values = (0..body.values.len()).map(number).collect();
        }
        Body::Series(body) => {
            body.panels.iter_mut().for_each(|lane| lane.label = label(&text()));
            body.value_source.name = text();
            body.times = (0..body.times.len()).map(time).collect();
            body.times.sort_unstable();
            body.values = (0..body.times.len()).map(number).collect();
            body.low = (0..body.times.len()).map(|row| number(row + 1)).collect();
            body.high = (0..body.times.len()).map(|row| number(row + 2)).collect();
        }
        Body::Tree(body) => {
            body.times = (0..body.times.len()).map(time).collect();
            body.depths = (0..body.depths.len()).map(|row| time(row) as u16).collect();
            for column in &mut body.details.columns {
                column.texts.iter_mut().for_each(|of| *of = label(&text()));
            }
        }
        Body::Matrix(body) => {
            body.measure = text();
            body.x.labels.iter_mut().chain(&mut body.y.labels).for_each(|of| *of = label(&text()));
            body.cells.iter_mut().enumerate().for_each(|(row, cell)| cell.value = number(row));
        }
        Body::Map(body) => body.places.iter_mut().enumerate().for_each(|(row, place)| {
            place.label = label(&text());
            (place.latitude, place.longitude, place.rows) = (number(row), number(row + 1), time(row) as u64);
        }),
        Body::Graph(body) => {
            body.kinds.iter_mut().for_each(|kind| *kind = text());
            body.nodes.iter_mut().enumerate().for_each(|(row, node)| {
                node.label = label(&text());
                (node.at, node.rows) = ((number(row), number(row + 1)), time(row) as u64);
            });
            body.edges.iter_mut().enumerate().for_each(|(row, edge)| (edge.label, edge.rows) = (text(), time(row) as u64));
        }
        Body::Sankey(body) => {
            body.measure = text();
            body.stages.iter_mut().for_each(|stage| stage.label = label(&text()));
            body.flows.iter_mut().enumerate().for_each(|(row, flow)| flow.value = number(row));
        }
        Body::Bars(body) => {
            body.measure = text();
            body.source.name = text();
            body.labels.iter_mut().for_each(|of| *of = label(&text()));
            body.series.iter_mut().for_each(|series| series.values.iter_mut().enumerate().for_each(|(row, value)| *value = number(row)));
        }
        Body::Histogram(body) => {
            body.source.name = text();
            body.edges = (0..body.edges.len()).map(number).collect();
            body.edges.sort_by(f64::total_cmp);
            body.series.iter_mut().for_each(|series| series.values.iter_mut().enumerate().for_each(|(row, value)| *value = number(row)));
        }
        _ => {}
    }
}

/// Leaves so many rows.
fn shorten(chart: &mut Chart, rows: usize) {
    match &mut chart.body {
        Body::Lanes(body) => {
            body.times.truncate(rows);
            body.lane_of.truncate(rows);
            body.lanes.truncate(rows.max(1));
        }
        Body::Series(body) => {
            body.times.truncate(rows);
            body.panel_of.truncate(rows);
        }
        Body::Tree(body) => {
            body.depths.truncate(rows);
            body.parents.truncate(rows);
        }
        Body::Matrix(body) => {
            body.cells.truncate(rows);
            if rows == 0 {
                (body.x, body.y) = (Axis::default(), Axis::default());
            }
        }
        Body::Map(body) => body.places.truncate(rows),
        Body::Graph(body) => {
            body.nodes.truncate(rows);
        }
        Body::Sankey(body) => {
            body.flows.truncate(rows);
            body.stages.truncate(rows * 5);
        }
        Body::Bars(body) => {
            body.labels.truncate(rows);
            body.series.truncate(rows);
        }
        Body::Histogram(body) => body.edges.truncate(rows),
        _ => {}
    }
}

#[test]
fn few_rows() {
    for (_, chart) in all() {
        for rows in [0, 1, 2] {
            let mut chart = chart.clone();
            shorten(&mut chart, rows);
            check_svg(&svg::write(&chart, Size::default()));
            for (_, terminal) in terminals() {
                check_text(&term::draw(&chart, &terminal), &terminal);
            }
        }
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("<script>alert(1)</script>]]>&amp;\"'".to_owned()),
        Just("\u{1b}[31m\u{1b}]8;;http://x\u{7}red\u{202e}gpj.exe\u{2066}\u{9b}1m".to_owned()),
        Just("漢字漢字🏴‍☠️👩‍👩‍👧‍👦e\u{301}\u{301}\u{301}\u{fe0f}ﷺ".to_owned()),
        Just(String::new()),
        "[a-z]{300}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_hostile_gets_out(
        texts in prop::collection::vec(hostile(), 1..8),
        times in prop::collection::vec(prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)], 1..6),
        numbers in prop::collection::vec(prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(f64::MIN), Just(f64::MAX), Just(0.0), -100.0..100.0], 1..6),
        kind in 0..30_usize,
        width in 1..130_usize,
        rows in 0..100_usize,
    ) {
        let mut charts = kept();
        let (_, mut chart) = charts.swap_remove(kind % charts.len());
        spoil(&mut chart, &texts, &times, &numbers);
        if rows < 4 {
            shorten(&mut chart, rows);
        }
        check_svg(&svg::write(&chart, Size::default()));
        check_svg(&svg::write(&chart, Size { width: 400, height: Some(300) }));
        for (_, terminal) in terminals() {
            let terminal = Terminal { width, ..terminal };
            check_text(&term::draw(&chart, &terminal), &terminal);
        }
    }
}
