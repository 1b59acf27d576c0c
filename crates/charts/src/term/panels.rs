//! `render_series`: a panel for each series, with signs at what is unusual.

use super::axis::TimeAxis;
use super::dots::Dots;
use super::lanes::scale;
use super::screen::{self, Style};
use super::{Picture, Room};
use crate::model::Series;
use crate::palette::Rgb;
use crate::scene::series::{Tones, range};
use crate::ticks::{self, Numbers, Zone};
use crate::{number, text};

/// Lines of the axis.
const AXIS: usize = 3;
/// Columns of the axis of values.
const GUTTER: usize = 7;

pub(super) fn draw(room: Room<'_>, body: &Series) -> Picture {
    let tones = Tones::of(room.palette);
    let (start, end) = crate::scene::span(body.times.iter().copied());
    let axis = TimeAxis { start, end, left: GUTTER, width: room.width.saturating_sub(GUTTER).max(1), zone: Zone::named(&room.chart.zone) };
    let references = axis.place(&room.chart.references, if room.height >= 18 { 2 } else { 1 });
    let lines = room.height.saturating_sub(AXIS + references.rows).max(2);
    let panels = body.panels.len().clamp(1, (lines / 4).max(1));
    let high = (lines / panels).clamp(2, 12);
    let top = references.rows;
    let bottom = top + panels * high;
    let mut screen = room.screen(bottom + AXIS);
    for index in 0..panels {
        let y = top + index * high;
        let (label, rows) = body.panels.get(index).map(|panel| (text::named(&panel.label.shown), panel.rows)).unwrap_or_default();
        let count = |sign: i8| {
            body.anomalies.iter().zip(&body.panel_of).filter(|(anomaly, of)| **anomaly == sign && **of as usize == index).count() as u64
        };
        let said = format!(
            "{label}  {}, ▲ {}, ▼ {}",
            number::counted(rows as u64, "row", "rows"),
            number::counted(count(1), "spike", "spikes"),
            number::counted(count(-1), "dip", "dips")
        );
        screen.fit(0, y, room.width, &said, Style::bold());
        let Some((low, upper)) = range(body, index) else { continue };
        let low = if low > 0.0 && low < upper * 0.5 { 0.0 } else { low };
        let numbers = ticks::within(low, upper, 2);
        let panel = Panel { room, body, index, axis: &axis, numbers: &numbers, y: y + 1, high: high - 1 };
        scale(&mut screen, GUTTER, y + 1, high - 1, numbers.low, numbers.high);
        let mut dots = Dots::new(room.terminal, axis.width, high - 1);
        for edge in [&body.low, &body.high] {
            panel.line(&mut dots, edge, Some(tones.band), '.', true);
        }
        panel.line(&mut dots, &body.values, Some(tones.observed), '*', false);
        dots.draw(&mut screen, axis.left, y + 1);
        panel.signs(&mut screen, &tones);
    }
    axis.draw(&mut screen, bottom);
    let mut notes = references.draw(&mut screen, Style::colored(room.palette.reference), top, bottom, room.width);
    if panels < body.panels.len() {
        notes.push(format!("The first {panels} of {} series are shown.", number::whole(body.panels.len() as u64)));
    }
    let usual = if body.low.is_empty() { "" } else { "; dotted: what is usual" };
    let caption = format!("{}{usual}", screen_name(&body.value_source.name));
    Picture { screen, notes, caption }
}

fn screen_name(name: &str) -> String {
    let name = text::clean(name);
    if screen::width(&name) > 30 { name.chars().take(30).collect() } else { name }
}

struct Panel<'a> {
    room: Room<'a>,
    body: &'a Series,
    index: usize,
    axis: &'a TimeAxis,
    numbers: &'a Numbers,
    y: usize,
    high: usize,
}

impl Panel<'_> {
    fn rows(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let rows = self.body.times.iter().zip(&self.body.panel_of).enumerate();
        rows.filter(|(_, (_, panel))| **panel as usize == self.index).map(|(row, (time, _))| (row, *time))
    }

    fn line(&self, dots: &mut Dots, column: &[f64], color: Option<Rgb>, sign: char, dotted: bool) {
        let mut before: Option<(usize, usize)> = None;
        for (row, time) in self.rows() {
            let Some(value) = column.get(row).copied().filter(|value| value.is_finite()) else {
                before = None;
                continue;
            };
            let x =
                ((crate::scene::part(time, self.axis.start, self.axis.end) * dots.width as f64) as usize).min(dots.width.saturating_sub(1));
            let y = ((1.0 - self.numbers.part(value)) * dots.height.saturating_sub(1) as f64).round() as usize;
            if !dotted {
                dots.line(before.unwrap_or((x, y)), (x, y), color, sign);
            } else if x.is_multiple_of(3) {
                dots.set(x, y, color, sign);
            }
            before = Some((x, y));
        }
    }

    fn signs(&self, screen: &mut screen::Screen, tones: &Tones) {
        for (row, time) in self.rows() {
            let Some(anomaly) = self.body.anomalies.get(row).copied().filter(|anomaly| *anomaly != 0) else { continue };
            let Some(value) = self.body.values.get(row).copied().filter(|value| value.is_finite()) else { continue };
            let y = ((1.0 - self.numbers.part(value)) * self.high.saturating_sub(1) as f64).round() as usize;
            let (sign, color) = if anomaly > 0 { ('▲', tones.spike) } else { ('▼', tones.dip) };
            let style = Style { bold: true, ..Style::colored(color) };
            screen.set(
                self.axis.x(time),
                self.y + y.min(self.high.saturating_sub(1)),
                self.room.terminal.pick(if anomaly > 0 { '^' } else { 'v' }, sign),
                style,
            );
        }
    }
}
