//! Models without one.

use super::*;

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
        time_source: None,
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
