//! Timelines: density or signs on each lane, durations, values.

use super::axis::TimeAxis;
use super::dots::{self, Dots};
use super::legend::Legend;
use super::screen::{self, Screen, Style};
use super::{ColorDepth, Picture, Room};
use crate::bins::{self, Bins};
use crate::model::{LaneMark, Lanes};
use crate::palette::Rgb;
use crate::ticks::{self, Zone};
use crate::{number, text};

/// Lines of the axis.
const AXIS: usize = 3;

pub(super) fn draw(room: Room<'_>, body: &Lanes) -> Picture {
    let named = body.lane_source.is_some() || body.lanes.iter().any(|lane| !lane.label.shown.is_empty());
    let values = !matches!(body.mark, LaneMark::Event | LaneMark::Duration);
    let names = body.lanes.iter().map(|lane| screen::width(&text::named(&lane.label.shown))).max().unwrap_or(0).min(room.width / 4).min(28);
    let count_width = body.lanes.iter().map(|lane| number::count(lane.rows as u64).len()).max().unwrap_or(1);
    let left = if named { names + 1 } else { 0 } + if values { 7 } else { 0 };
    let right = if named { room.width.saturating_sub(count_width + 1) } else { room.width };
    let ends = body.ends.iter().zip(&body.times).filter(|(end, time)| **end > **time).map(|(end, _)| *end);
    let (start, end) = crate::scene::span(body.times.iter().copied().chain(ends));
    let axis = TimeAxis { start, end, left, width: right.saturating_sub(left).max(1), zone: Zone::named(&room.chart.zone) };

    let legend = legend(room, body);
    let legend_rows = legend.rows;
    let references = axis.place(&room.chart.references, if room.height >= 18 { 3 } else { 1 });
    let reference_rows = references.rows;
    let lines = room.height.saturating_sub(AXIS + legend_rows + reference_rows).max(1);
    let lanes = body.lanes.len().clamp(1, (lines / if values { 2 } else { 1 }).max(1));
    let most = if lettered(room, body) && body.mark == LaneMark::Event {
        1
    } else if lanes == 1 {
        if values { 14 } else { 8 }
    } else if values {
        7
    } else {
        3
    };
    let high = (lines / lanes).clamp(1, most);

    let mut screen = room.screen(legend_rows + reference_rows + lanes * high + AXIS);
    legend.draw(&mut screen, 0);
    let top = legend_rows + reference_rows;
    for (index, lane) in body.lanes.iter().take(lanes).enumerate().filter(|_| named) {
        let y = top + index * high + if values { 0 } else { high - 1 };
        screen.fit(0, y, names, &text::named(&lane.label.shown), Style::plain());
        screen.put_end(room.width, y, &number::count(lane.rows as u64), Style::faint());
    }
    let mut notes = Vec::new();
    if lanes < body.lanes.len() {
        let hidden: u64 = body.lanes.iter().skip(lanes).map(|lane| lane.rows as u64).sum();
        notes.push(format!(
            "The first {lanes} of {} lanes are shown; {} on the others are not.",
            number::whole(body.lanes.len() as u64),
            number::counted(hidden, "row", "rows")
        ));
    }
    let place = Place { lanes, high, top, axis };
    let mut most_rows = 0;
    match body.mark {
        LaneMark::Event => most_rows = events(room, &mut screen, body, place),
        LaneMark::Duration => durations(room, &mut screen, body, place),
        LaneMark::Bar | LaneMark::Line | LaneMark::Point => plot(room, &mut screen, body, place),
    }
    let bottom = top + lanes * high;
    axis.draw(&mut screen, bottom);
    notes.extend(references.draw(&mut screen, Style::colored(room.palette.reference), top, bottom, right));
    let column = number::duration((i128::from(end) - i128::from(start)) / axis.width.max(1) as i128);
    let caption = match body.mark {
        LaneMark::Event if lettered(room, body) => format!("each column {column}, capitals: several rows"),
        LaneMark::Event => format!("each column {column}, up to {}, logarithmic", number::counted(u64::from(most_rows), "row", "rows")),
        _ => format!("each column {column}"),
    };
    Picture { screen, notes, caption }
}

/// Where lanes are.
#[derive(Debug, Clone, Copy)]
struct Place {
    lanes: usize,
    high: usize,
    top: usize,
    axis: TimeAxis,
}

/// Most rows that are letters where there are no colours.
const LETTERS: usize = 400;

/// Whether letters stand for colours.
fn lettered(room: Room<'_>, body: &Lanes) -> bool {
    let marks = matches!(body.mark, LaneMark::Event | LaneMark::Duration);
    body.colors.is_some() && room.terminal.color == ColorDepth::None && marks && body.times.len() <= LETTERS
}

/// What the colours mean, where there are some or letters for them.
fn legend(room: Room<'_>, body: &Lanes) -> Legend {
    let letters = lettered(room, body);
    let colors = body.colors.as_ref().filter(|_| letters || room.terminal.color != ColorDepth::None);
    let values = colors.map(|colors| colors.values.as_slice()).unwrap_or_default();
    let sign = |index| if letters { letter(index) } else { room.terminal.pick('#', '■') };
    Legend::of(
        values.iter().enumerate().map(|(index, value)| (sign(index), room.palette.value(index), text::named(&value.shown))),
        room.width,
    )
}

/// Stands for a colour where there are none.
fn letter(index: usize) -> char {
    "abcdefghijkl".chars().nth(index % 12).unwrap_or('a')
}

fn color(room: Room<'_>, body: &Lanes, lane: usize, code: usize) -> Rgb {
    let own = body.lanes.len() <= room.palette.values.len();
    room.palette.value(if body.colors.is_some() {
        code
    } else if own {
        lane
    } else {
        0
    })
}

/// Draws events; returns most rows of a column.
fn events(room: Room<'_>, screen: &mut Screen, body: &Lanes, place: Place) -> u32 {
    let Place { lanes, high, top, axis } = place;
    let bins = Bins::of(body, lanes, axis.start, axis.end, axis.width);
    let sums: Vec<Vec<u32>> = (0..lanes).map(|lane| bins.lane(lane)).collect();
    let most = sums.iter().flatten().copied().max().unwrap_or(1);
    let letters = lettered(room, body);
    for (lane, sums) in sums.iter().enumerate() {
        let single = sums.iter().all(|count| *count <= 1);
        for (bin, count) in sums.iter().enumerate().filter(|(_, count)| **count > 0) {
            let code = (0..bins.colors).max_by_key(|color| bins.part(lane, *color).get(bin).copied().unwrap_or(0)).unwrap_or(0);
            let style = Style::colored(color(room, body, lane, code));
            let bottom = top + lane * high + high - 1;
            if letters {
                let letter = letter(code);
                screen.set(axis.left + bin, bottom, if *count > 1 { letter.to_ascii_uppercase() } else { letter }, style);
                continue;
            }
            if single {
                screen.set(axis.left + bin, bottom, room.terminal.pick('o', '◆'), style);
                continue;
            }
            let eighths = (bins::height(*count, most) * 8.0 * high as f64).round().max(1.0) as usize;
            for step in 0..high {
                let part = eighths.saturating_sub(step * 8).min(8);
                if part > 0 {
                    screen.set(axis.left + bin, bottom - step, dots::upright(room.terminal, part), style);
                }
            }
        }
    }
    most
}

fn durations(room: Room<'_>, screen: &mut Screen, body: &Lanes, place: Place) {
    let Place { lanes, high, top, axis } = place;
    let letters = lettered(room, body);
    let mut free = vec![vec![0_usize; high]; lanes];
    for (row, (time, lane)) in body.times.iter().zip(&body.lane_of).enumerate() {
        let lane = *lane as usize;
        let Some(ends) = free.get_mut(lane) else { continue };
        let code = body.colors.as_ref().and_then(|colors| colors.codes.get(row)).map_or(0, |code| usize::from(*code));
        let style = Style::colored(color(room, body, lane, code));
        let end = body.ends.get(row).copied().unwrap_or(i64::MIN);
        let from = axis.x(*time);
        let to = if end == i64::MIN { from } else { axis.x(end.max(*time)) };
        // Bars that run at once have lines of their own while there are some.
        let level = ends.iter().position(|free| *free <= from).unwrap_or(0);
        if let Some(free) = ends.get_mut(level) {
            *free = (to + 1).max(*free);
        }
        let y = top + lane * high + high - 1 - level;
        if end == i64::MIN {
            screen.set(from, y, if letters { letter(code) } else { room.terminal.pick('o', '◆') }, style);
            continue;
        }
        for x in from..=to {
            let fill = if letters { letter(code) } else { room.terminal.pick('=', '▆') };
            let sign = if room.terminal.ascii() && x == from { '[' } else { fill };
            screen.set(x, y, sign, style);
        }
    }
}

fn plot(room: Room<'_>, screen: &mut Screen, body: &Lanes, place: Place) {
    let Place { lanes, high, top, axis } = place;
    let mut ranges: Vec<Option<(f64, f64)>> = vec![None; lanes];
    for (value, lane) in body.values.iter().zip(&body.lane_of).filter(|(value, _)| value.is_finite()) {
        if let Some(range) = ranges.get_mut(*lane as usize) {
            *range = Some(range.map_or((*value, *value), |(low, high)| (low.min(*value), high.max(*value))));
        }
    }
    if body.shared_axis {
        let all = ranges.iter().flatten().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        ranges.fill(all);
    }
    for (lane, range) in ranges.iter().enumerate() {
        let Some((low, upper)) = *range else { continue };
        let zero = body.mark == LaneMark::Bar || (low > 0.0 && low < upper * 0.5);
        let (low, upper) = if zero { (low.min(0.0), upper.max(0.0)) } else { (low, upper) };
        let numbers = ticks::numbers(low, upper, 2);
        let y = top + lane * high;
        scale(screen, axis.left, y, high, numbers.low, numbers.high);
        let mut dots = Dots::new(room.terminal, axis.width, high);
        let at = |time: i64, value: f64| {
            let x = (crate::scene::part(time, axis.start, axis.end) * dots.width as f64) as usize;
            let y = ((1.0 - numbers.part(value)) * (dots.height.saturating_sub(1)) as f64).round() as usize;
            (x.min(dots.width.saturating_sub(1)), y)
        };
        let points: Vec<(usize, (usize, usize))> = body
            .times
            .iter()
            .zip(&body.values)
            .zip(&body.lane_of)
            .enumerate()
            .filter(|(_, ((_, value), of))| **of as usize == lane && value.is_finite())
            .map(|(row, ((time, value), _))| (row, at(*time, *value)))
            .collect();
        let zero = at(axis.start, 0.0).1;
        let mut before: Option<(usize, usize)> = None;
        for (row, point) in points {
            let code = body.colors.as_ref().and_then(|colors| colors.codes.get(row)).map_or(0, |code| usize::from(*code));
            let paint = Some(color(room, body, lane, code));
            match body.mark {
                LaneMark::Bar => dots.line((point.0, zero), point, paint, '#'),
                LaneMark::Line => dots.line(before.unwrap_or(point), point, paint, '*'),
                _ => dots.set(point.0, point.1, paint, 'o'),
            }
            before = Some(point);
        }
        dots.draw(screen, axis.left, y);
    }
}

/// The ends of an axis of values, left of a panel.
pub(super) fn scale(screen: &mut Screen, left: usize, y: usize, high: usize, low: f64, upper: f64) {
    let row = if high > 1 { y + high - 1 } else { y };
    if high > 1 {
        screen.put_end(left.saturating_sub(1), row, &number::short(low), Style::faint());
    }
    screen.put_end(left.saturating_sub(1), y, &number::short(upper), Style::faint());
}
