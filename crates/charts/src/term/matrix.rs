//! `render_matrix`: shaded cells, and numbers where there is room.

use super::screen::{self, Style};
use super::{ColorDepth, Picture, Room};
use crate::model::{Matrix, Scale};
use crate::scene::matrix::{Strength, order, places};
use crate::{number, text};

pub(super) fn draw(room: Room<'_>, body: &Matrix) -> Picture {
    let strength = Strength::of(body);
    let (x_order, y_order) = (order(&body.x, &body.sort), order(&body.y, &body.sort));
    let name =
        |axis: &crate::model::Axis, index: u32| axis.labels.get(index as usize).map(|label| text::named(&label.shown)).unwrap_or_default();
    let rows = y_order.len().min(room.height.saturating_sub(2)).max(1);
    let names = y_order.iter().take(rows).map(|index| screen::width(&name(&body.y, *index))).max().unwrap_or(1).min(room.width / 4).min(24);
    let left = names + 1;
    let across = room.width.saturating_sub(left);
    // Numbers where all columns have room for them, else cells of two columns, else of one.
    let count = x_order.len().max(1);
    let pitch = if across / count >= 6 {
        (across / count).min(12)
    } else if across / count >= 2 {
        2
    } else {
        1
    };
    let columns = count.min(across / pitch).max(1).min(x_order.len());
    // Names of narrow columns stand upright where there are lines for them.
    let longest = x_order.iter().take(columns).map(|index| name(&body.x, *index).chars().count()).max().unwrap_or(1);
    let spare = room.height.saturating_sub(rows + 1).min(12);
    let upright = pitch < 6 && pitch > 1 && spare >= longest.min(4);
    let head = if upright { longest.min(spare) } else { 1 };
    let mut screen = room.screen(rows + head);
    let row_of = |y: usize| y + head;
    for (index, value) in x_order.iter().take(columns).enumerate() {
        let label = name(&body.x, *value);
        if pitch >= 6 {
            screen.fit(left + index * pitch, 0, pitch - 1, &label, Style::plain());
        } else if upright {
            let letters: Vec<char> = label.chars().collect();
            let cut = letters.len() > head;
            for (line, letter) in letters.iter().take(head).enumerate() {
                let letter = if cut && line + 1 == head { '…' } else { *letter };
                // Names end where their columns begin.
                let y = line + head.saturating_sub(letters.len());
                screen.put(left + index * pitch, y, &letter.to_string(), Style::plain());
            }
        }
    }
    if upright {
        screen.fit(0, head - 1, names, &text::named(&body.x.source.name), Style::faint());
    } else if pitch < 6 {
        // Names of columns that are narrow: first and last, and how they go.
        let (first, last) = (x_order.first().copied(), x_order.get(columns.saturating_sub(1)).copied());
        let said = format!(
            "{}: {} … {}",
            text::named(&body.x.source.name),
            first.map(|index| name(&body.x, index)).unwrap_or_default(),
            last.map(|index| name(&body.x, index)).unwrap_or_default()
        );
        screen.fit(left, 0, across, &said, Style::faint());
    }
    for (index, value) in y_order.iter().take(rows).enumerate() {
        screen.fit(0, row_of(index), names, &name(&body.y, *value), Style::plain());
    }
    let (x_places, y_places) = (places(&x_order, columns), places(&y_order, rows));
    let shades = room.terminal.pick(".:-=+*#@", "░░▒▒▓▓██");
    let mut hidden = 0;
    for cell in &body.cells {
        let place = x_places.get(cell.x as usize).copied().flatten().zip(y_places.get(cell.y as usize).copied().flatten());
        let Some((column, row)) = place else {
            hidden += 1;
            continue;
        };
        let part = strength.part(cell.value);
        let (x, y) = (left + column * pitch, row_of(row));
        let color = room.palette.strength(part);
        if pitch >= 6 {
            let shown = number::short(cell.value);
            let wide = pitch - 1;
            if room.terminal.color == ColorDepth::None {
                let shade = shades.chars().nth((part * 7.99) as usize).unwrap_or('#');
                screen.set(x, y, shade, Style::plain());
                screen.fit(x + 1, y, wide - 1, &shown, Style::plain());
            } else {
                let style = Style { color: Some(room.palette.on(color)), behind: Some(color), ..Style::plain() };
                screen.put(x, y, &" ".repeat(wide), style);
                screen.fit(x, y, wide, &format!("{shown:>wide$}"), style);
            }
            continue;
        }
        for step in 0..pitch.saturating_sub(usize::from(pitch > 2)) {
            let shade = shades.chars().nth((part * 7.99) as usize).unwrap_or('#');
            let (shade, style) = if room.terminal.color == ColorDepth::None {
                (shade, Style::plain())
            } else {
                (room.terminal.pick(shade, '█'), Style::colored(color))
            };
            screen.set(x + step, y, shade, style);
        }
    }
    let mut notes = Vec::new();
    if hidden > 0 || columns < x_order.len() || rows < y_order.len() {
        notes.push(format!(
            "{columns} of {} columns and {rows} of {} rows are shown; {} outside of them.",
            number::whole(x_order.len() as u64),
            number::whole(y_order.len() as u64),
            number::counted(hidden, "cell is", "cells are")
        ));
    }
    let scale = match body.scale {
        Scale::Linear => "",
        Scale::Log => ", logarithmic",
        Scale::Inverse => ", what is rare is dark",
    };
    let caption = format!("{}: {} to {}{scale}", text::clean(&body.measure), number::short(strength.low), number::short(strength.high));
    Picture { screen, notes, caption }
}
