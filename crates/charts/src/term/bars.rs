//! `render_bars` and `render_histogram`.

use super::axis::TimeAxis;
use super::dots::{self, Dots};
use super::legend::Legend;
use super::screen::{self, Style};
use super::{Picture, Room};
use crate::model::{Bars, Histogram, Numbers};
use crate::scene::bars::{range, shown_value};
use crate::scene::histogram::{micros, place, total};
use crate::ticks::{self, Zone};
use crate::{number, text};

/// The signs of parts without colours.
fn sign(room: Room<'_>, part: usize) -> char {
    let signs = room.terminal.pick("#=+-%o*x", "█▒▓░▚▞▤▥");
    signs.chars().nth(part % 8).unwrap_or('#')
}

/// Names of the parts.
fn legend(room: Room<'_>, series: &[Numbers]) -> Legend {
    let entries = series.iter().enumerate().filter(|_| series.len() > 1);
    Legend::of(entries.map(|(part, series)| (sign(room, part), room.palette.value(part), text::named(&series.label.shown))), room.width)
}

pub(super) fn draw(room: Room<'_>, body: &Bars) -> Picture {
    let parts = body.series.len().max(1);
    let legend = legend(room, &body.series);
    let head = legend.rows;
    let beside = parts > 1 && !body.stacked;
    let each = if beside { parts } else { 1 };
    let all = body.labels.len();
    let shown = all.min((room.height.saturating_sub(head) / each).max(1));
    let mut screen = room.screen(head + shown * each);
    legend.draw(&mut screen, 0);
    let names = body
        .labels
        .iter()
        .take(shown)
        .map(|label| screen::width(&text::named(&label.shown)))
        .max()
        .unwrap_or(1)
        .min(room.width / 3)
        .min(32);
    let left = names + 1;
    let across = room.width.saturating_sub(left + 9).max(1) as f64;
    let (low, high) = range(body, shown);
    let unit = across / (high / 2.0 - low / 2.0).max(f64::MIN_POSITIVE) / 2.0;
    let unit = if unit.is_finite() { unit } else { 0.0 };
    let zero = (-low * unit).clamp(0.0, across);
    for (index, label) in body.labels.iter().take(shown).enumerate() {
        let y = head + index * each;
        screen.fit(0, y, names, &text::named(&label.shown), Style::plain());
        let (mut below, mut above, mut sum) = (zero, zero, 0.0);
        for (part, series) in body.series.iter().enumerate() {
            let Some(value) = series.values.get(index).copied().filter(|value| value.is_finite()) else { continue };
            let style = Style::colored(room.palette.value(part));
            let length = (value * unit).abs().min(across);
            let y = if beside { y + part } else { y };
            if beside {
                (below, above) = (zero, zero);
            }
            sum += value;
            let from = if value < 0.0 { below - length } else { above };
            if parts == 1 && value >= 0.0 {
                screen.put(left + from.round() as usize, y, &dots::level(room.terminal, length), style);
            } else {
                let (first, last) = (from.round().max(0.0) as usize, (from + length).round().max(0.0) as usize);
                for x in first..last.max(first + usize::from(value != 0.0)) {
                    screen.set(left + x, y, sign(room, part), style);
                }
            }
            if value < 0.0 {
                below -= length
            } else {
                above += length
            }
            if beside {
                screen.put(left + above.ceil().max(zero) as usize + 1, y, &shown_value(value), Style::plain());
            }
        }
        if !beside {
            let end = if room.terminal.ascii() { above.round() } else { above.ceil() };
            screen.put(left + end as usize + 1, y, &shown_value(sum), Style::plain());
        }
    }
    let mut notes = Vec::new();
    if shown < all {
        notes.push(format!("The first {shown} of {} bars are shown.", number::whole(all as u64)));
    }
    Picture { screen, notes, caption: text::clean(&body.measure) }
}

pub(super) fn histogram(room: Room<'_>, body: &Histogram) -> Picture {
    let legend = legend(room, &body.series);
    let head = legend.rows;
    let gutter = 7;
    let high = room.height.saturating_sub(3 + head).clamp(2, 16);
    let mut screen = room.screen(head + high + 3);
    legend.draw(&mut screen, 0);
    let width = room.width.saturating_sub(gutter).max(1);
    let bins = body.edges.len().saturating_sub(1);
    let most = (0..bins).map(|bin| total(body, bin)).fold(0.0, f64::max);
    let numbers = ticks::within(0.0, most.max(1.0), 2);
    let (low, upper) = (place(body, body.edges.first().copied().unwrap_or(0.0)), place(body, body.edges.last().copied().unwrap_or(1.0)));
    let mut canvas = Dots::new(room.terminal, width, high);
    let x_of = |edge: f64| {
        let part = (place(body, edge) / 2.0 - low / 2.0) / (upper / 2.0 - low / 2.0);
        (if part.is_finite() { part.clamp(0.0, 1.0) * canvas.width as f64 } else { 0.0 }).round() as usize
    };
    let mut columns: Vec<(usize, usize, usize)> = Vec::new();
    for (bin, edges) in body.edges.windows(2).enumerate() {
        let [from, to] = edges else { continue };
        let value = total(body, bin);
        if value > 0.0 {
            let dots_high = ((value / most * canvas.height as f64).round() as usize).max(1);
            columns.push((x_of(*from), x_of(*to).max(x_of(*from) + 1), dots_high));
        }
    }
    let color = Some(room.palette.value(0));
    for (from, to, dots_high) in columns {
        for x in from..to {
            for y in 0..dots_high.min(canvas.height) {
                canvas.set(x, canvas.height - 1 - y, color, '#');
            }
        }
    }
    canvas.draw(&mut screen, gutter, head);
    super::lanes::scale(&mut screen, gutter, head, high, 0.0, most.max(numbers.low));
    if body.is_time {
        let ends = (body.edges.first().copied().unwrap_or(0.0), body.edges.last().copied().unwrap_or(1.0));
        let start = micros(ends.0);
        let axis =
            TimeAxis { start, end: micros(ends.1).max(start.saturating_add(1)), left: gutter, width, zone: Zone::named(&room.chart.zone) };
        axis.draw(&mut screen, head + high);
        let references = axis.place(&room.chart.references, 1);
        let notes = references.draw(&mut screen, Style::colored(room.palette.reference), head + 1, head + high, room.width);
        return Picture { screen, notes, caption: "rows in each bin".to_owned() };
    }
    for x in gutter..room.width {
        screen.set(x, head + high, '─', Style::faint());
    }
    let ticks = if body.is_log && body.edges.first().is_some_and(|edge| *edge > 0.0) {
        ticks::powers(low, upper)
    } else {
        ticks::numbers(low, upper, width / 12)
    };
    let mut free = 0;
    for tick in ticks.ticks.iter().filter(|tick| tick.at >= low && tick.at <= upper) {
        let part = (tick.at / 2.0 - low / 2.0) / (upper / 2.0 - low / 2.0);
        let x = gutter + ((if part.is_finite() { part } else { 0.0 }) * width.saturating_sub(1) as f64).round() as usize;
        screen.set(x, head + high, '┬', Style::faint());
        let from = x.saturating_sub(screen::width(&tick.label) / 2).min(room.width.saturating_sub(screen::width(&tick.label)));
        if from >= free {
            free = screen.put(from, head + high + 1, &tick.label, Style::plain()) + 1;
        }
    }
    let name = format!("{}{}", text::clean(&body.source.name), if body.is_log { " (logarithmic)" } else { "" });
    screen.put_end(room.width, head + high + 2, &name, Style::faint());
    Picture { screen, notes: Vec::new(), caption: "rows in each bin".to_owned() }
}
