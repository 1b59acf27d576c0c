//! Seeded models of every kind.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "tests and the gallery each use a part")]

mod others;
mod times;

use huntsql_charts::model::*;
pub use others::*;
pub use times::*;

pub const DAY: i64 = 86_400_000_000;
pub const START: i64 = 1_714_953_600_000_000;

/// Numbers that look random and are the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit.max(1)
    }

    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

pub fn label(text: &str) -> Label {
    Label { shown: text.to_owned(), raw: None }
}

pub fn source(name: &str) -> Source {
    Source { name: name.to_owned(), sql: name.to_owned(), ..Source::default() }
}

pub fn chart(title: &str, subtitle: &str, rows: usize, body: Body) -> Chart {
    Chart {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        rows_in: rows,
        rows_drawn: rows,
        warnings: Vec::new(),
        zone: "UTC".to_owned(),
        theme: Theme::Auto,
        references: Vec::new(),
        body,
    }
}

pub const HOSTS: [&str; 12] = [
    "dc01.corp.example",
    "web-03",
    "workstation-0417",
    "sql-prod-2",
    "jump",
    "backup-server-with-a-rather-long-name.corp.example",
    "mail",
    "laptop-ähren",
    "сервер-1",
    "build-7",
    "printer",
    "vpn",
];

/// Every sample with its name.
pub fn all() -> Vec<(&'static str, Chart)> {
    vec![
        ("timeline", timeline()),
        ("timeline_few", timeline_few()),
        ("timeline_colored", timeline_colored()),
        ("many_lanes", many_lanes()),
        ("durations", durations()),
        ("values_line", values(LaneMark::Line)),
        ("values_bar", values(LaneMark::Bar)),
        ("values_point", values(LaneMark::Point)),
        ("series", series()),
        ("tree", tree(40)),
        ("tree_large", tree(3000)),
        ("matrix", matrix(14, 10, false, Scale::Log)),
        ("matrix_circles", matrix(24, 12, true, Scale::Inverse)),
        ("matrix_large", matrix(200, 150, false, Scale::Log)),
        ("map", map()),
        ("graph", graph()),
        ("sankey", sankey()),
        ("bars", bars(1)),
        ("bars_stacked", bars(3)),
        ("bars_beside", bars(2)),
        ("histogram", histogram(false)),
        ("histogram_time", histogram(true)),
        ("option", chart("An option of ECharts", "", 10, Body::EChartsOption(serde_json::json!({})))),
    ]
}
