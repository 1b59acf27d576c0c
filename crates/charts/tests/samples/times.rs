//! Models with an axis of time.

use super::*;

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
