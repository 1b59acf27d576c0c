//! `render_timeline`, `render_timeline_durations`, `render_timeline_values`.

mod durations;
mod events;
mod values;

pub(super) use values::Envelope;

use super::axis::{References, TimeAxis};
use super::frame::{Entry, Frame, MARGIN, Sign};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size};
use crate::model::{Chart, LaneMark, Lanes};
use crate::palette::{Palette, Rgb};
use crate::{measure, number, text};

/// Most lanes of a picture.
const MOST: usize = 100;

/// Where lanes are.
#[derive(Debug)]
pub(super) struct Layout {
    /// Lanes that are drawn.
    pub lanes: usize,
    /// Top and height of each.
    pub rows: Vec<(f64, f64)>,
    /// The axis below them.
    pub axis: TimeAxis,
    /// Where they end.
    pub bottom: f64,
}

/// Draws a timeline.
pub(super) fn draw(chart: &Chart, body: &Lanes, size: Size, palette: &'static Palette) -> Scene {
    let mut notes = Vec::new();
    let (start, end) = extent(body);
    let plan = Plan::of(body);
    let mut legend = colors_legend(body, palette);
    legend.extend(match body.mark {
        LaneMark::Event => events::legend(body, &plan, palette),
        LaneMark::Duration => durations::legend(body, palette),
        LaneMark::Bar | LaneMark::Line | LaneMark::Point => values::legend(body, palette),
    });
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let named = body.lane_source.is_some() || body.lanes.iter().any(|lane| !lane.label.shown.is_empty());
    let values = !matches!(body.mark, LaneMark::Event | LaneMark::Duration);
    let gutter = gutter(&frame, body, named) + if values { 46.0 } else { 0.0 };
    let (left, right) = (MARGIN + gutter, frame.width - MARGIN);
    let axis = TimeAxis { start, end, left: left + 8.0, right: right - 8.0, zone: crate::ticks::Zone::named(&chart.zone) };
    let references = References::place(&chart.references, &axis, right);
    notes.extend(references.notes.iter().cloned());
    let top = frame.top() + 6.0 + references.height();
    let (lanes, heights) = lane_heights(&frame, body, &plan, &axis, references.height());
    if lanes < body.lanes.len() {
        let hidden: u64 = body.lanes.iter().skip(lanes).map(|lane| lane.rows as u64).sum();
        notes.push(format!(
            "The first {lanes} of {} lanes are shown; {} on the others are not in this picture.",
            number::whole(body.lanes.len() as u64),
            number::counted(hidden, "row", "rows")
        ));
    }
    let mut y = top;
    let rows = heights
        .iter()
        .map(|height| {
            y += height;
            (y - height, *height)
        })
        .collect();
    let layout = Layout { lanes, rows, axis, bottom: y };
    for (index, (top, height)) in layout.rows.iter().enumerate() {
        if index % 2 == 1 {
            frame.pen.rect(MARGIN - 8.0, *top, right - MARGIN + 8.0, *height, Paint::fill(palette.stripe));
        }
    }
    let mut axis_pen = Pen::default();
    let below = axis.draw(&mut axis_pen, palette, top, layout.bottom);
    frame.pen.group("time", None, axis_pen);
    if named {
        names(&mut frame, body, &layout, left - if values { 46.0 } else { 0.0 });
    }
    match body.mark {
        LaneMark::Event => events::draw(&mut frame, body, &plan, &layout),
        LaneMark::Duration => notes.extend(durations::draw(&mut frame, body, &layout)),
        LaneMark::Bar | LaneMark::Line | LaneMark::Point => notes.extend(values::draw(&mut frame, body, &layout)),
    }
    references.draw(&mut frame.pen, palette, top, layout.bottom);
    let description = describe(body, &layout);
    frame.finish(below, &notes, &description)
}

/// First and last time of all rows.
fn extent(body: &Lanes) -> (i64, i64) {
    let ends = body.ends.iter().zip(&body.times).filter(|(end, time)| **end > **time).map(|(end, _)| *end);
    super::axis::span(body.times.iter().copied().chain(ends))
}

/// Which lanes have few rows.
pub(super) struct Plan {
    /// For each lane whether its rows are drawn one by one.
    pub single: Vec<bool>,
}

impl Plan {
    fn of(body: &Lanes) -> Self {
        let mut rows = vec![0_usize; body.lanes.len()];
        for lane in &body.lane_of {
            if let Some(count) = rows.get_mut(*lane as usize) {
                *count += 1;
            }
        }
        // A few hundred signs are still signs; a lane with few rows keeps them beside lanes with many.
        let few = if body.times.len() <= 600 { 400 } else { 100 };
        Self { single: rows.iter().map(|count| *count <= few).collect() }
    }

    pub(super) fn is_single(&self, lane: usize) -> bool {
        self.single.get(lane).copied().unwrap_or(true)
    }
}

fn colors_legend(body: &Lanes, palette: &Palette) -> Vec<Entry> {
    let Some(colors) = &body.colors else { return Vec::new() };
    colors.values.iter().enumerate().map(|(index, value)| Entry::new(color_of(palette, index), Sign::Square, value.shown.clone())).collect()
}

fn color_of(palette: &Palette, index: usize) -> Rgb {
    palette.value(index)
}

/// The colour of a row.
pub(super) fn row_color(body: &Lanes, palette: &Palette, row: usize, lane: usize) -> (usize, Rgb) {
    match &body.colors {
        Some(colors) => {
            let code = usize::from(colors.codes.get(row).copied().unwrap_or(0));
            (code, color_of(palette, code))
        }
        None => (0, paint_of(body, palette, lane, 0)),
    }
}

/// The colour of a lane and a value. Lanes have colours of their own while there are enough of them.
pub(super) fn paint_of(body: &Lanes, palette: &Palette, lane: usize, code: usize) -> Rgb {
    if body.colors.is_some() {
        palette.value(code)
    } else if body.lanes.len() > palette.values.len() {
        palette.value(0)
    } else {
        palette.value(lane)
    }
}

fn gutter(frame: &Frame<'_>, body: &Lanes, named: bool) -> f64 {
    if !named {
        return 0.0;
    }
    let names = body.lanes.iter().take(MOST).map(|lane| measure::width(&text::named(&lane.label.shown), 12.0, true)).fold(40.0, f64::max);
    let counts = body.lanes.iter().take(MOST).map(|lane| measure::width(&number::count(lane.rows as u64), 11.0, false)).fold(0.0, f64::max);
    names.min(frame.width * 0.22).min(280.0) + counts + 22.0
}

/// How many lanes there are, and how high each is.
fn lane_heights(frame: &Frame<'_>, body: &Lanes, plan: &Plan, axis: &TimeAxis, above: f64) -> (usize, Vec<f64>) {
    let lanes = body.lanes.len().clamp(1, MOST);
    let wanted: Vec<f64> = match body.mark {
        LaneMark::Duration => durations::heights(body, lanes, axis),
        LaneMark::Event => {
            let high = if lanes == 1 {
                170.0
            } else if lanes <= 4 {
                70.0
            } else if lanes <= 14 {
                42.0
            } else if lanes <= 40 {
                28.0
            } else {
                20.0
            };
            let low = if lanes <= 14 { 32.0_f64.min(high) } else { high };
            (0..lanes).map(|lane| if plan.is_single(lane) && lanes > 1 { low } else { high }).collect()
        }
        _ => {
            let high = if lanes == 1 {
                320.0
            } else if lanes <= 3 {
                160.0
            } else if lanes <= 8 {
                100.0
            } else {
                64.0
            };
            vec![high; lanes.min(40)]
        }
    };
    let room = frame.room(f64::INFINITY) - above - 50.0;
    let total: f64 = wanted.iter().sum();
    if total <= room || !room.is_finite() {
        return (wanted.len(), wanted);
    }
    // A given height: lanes become lower until they cannot be read, then there are fewer.
    let least = if matches!(body.mark, LaneMark::Event | LaneMark::Duration) { 14.0 } else { 44.0 };
    let factor = (room / total).max(0.0);
    let mut out = Vec::new();
    let mut used = 0.0;
    for height in wanted {
        let height = (height * factor).max(least);
        if used + height > room && !out.is_empty() {
            break;
        }
        used += height;
        out.push(height);
    }
    (out.len(), out)
}

fn names(frame: &mut Frame<'_>, body: &Lanes, layout: &Layout, right: f64) {
    let palette = frame.palette;
    let mut pen = Pen::default();
    for (lane, (top, height)) in body.lanes.iter().zip(&layout.rows) {
        let y = top + (height / 2.0).min(40.0) + 4.0;
        let count = number::count(lane.rows as u64);
        let wide = measure::width(&count, 11.0, false);
        pen.text(right - 10.0, y, &count, Type::new(11.0, palette.faint).end());
        let name = text::named(&lane.label.shown);
        pen.fitted(MARGIN, y, right - 10.0 - wide - 10.0 - MARGIN, &name, Type::new(12.0, palette.text).strong());
    }
    frame.pen.group("lanes", None, pen);
}

fn describe(body: &Lanes, layout: &Layout) -> String {
    let what = match body.mark {
        LaneMark::Event => "Timeline of events",
        LaneMark::Duration => "Timeline of durations",
        LaneMark::Bar | LaneMark::Line | LaneMark::Point => "Timeline of values",
    };
    let zone = layout.axis.zone;
    let (start, end) = (zone.second(layout.axis.start), zone.second(layout.axis.end));
    let names: Vec<String> = body
        .lanes
        .iter()
        .take(layout.lanes.min(10))
        .map(|lane| format!("{} ({})", text::named(&lane.label.shown), number::whole(lane.rows as u64)))
        .collect();
    format!(
        "{what} from {start} to {end} ({}) on {}: {}",
        zone.name(),
        number::counted(body.lanes.len() as u64, "lane", "lanes"),
        names.join(", ")
    )
}
