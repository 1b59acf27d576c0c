//! `render_process_tree`: boxes that are indented by generation.

use super::frame::{Entry, Frame, MARGIN, Sign};
use super::pen::{Pen, Type};
use super::{Paint, Scene, Size, Step};
use crate::model::{Chart, Tree};
use crate::palette::Palette;
use crate::ticks::Zone;
use crate::{measure, number, text};

/// Most boxes of a picture.
const MOST: usize = 150;
/// Height of a box and what is below it.
const ROW: f64 = 28.0;
/// Indent of a generation where there is room.
const INDENT: f64 = 22.0;

/// A text of a column of the details; empty where it is NULL.
pub(crate) fn detail(body: &Tree, column: usize, row: usize) -> String {
    let text = body.details.columns.get(column).and_then(|column| {
        let code = column.codes.get(row).copied().filter(|code| *code > 0)?;
        column.texts.get(code as usize)
    });
    text.map(|label| text::clean(&label.shown)).unwrap_or_default()
}

/// Whether a process was made up.
pub(crate) fn is_inferred(body: &Tree, row: usize) -> bool {
    body.inferred.is_some_and(|column| detail(body, column, row) == "true")
}

pub(super) fn draw(chart: &Chart, body: &Tree, size: Size, palette: &'static Palette) -> Scene {
    let mut legend = Vec::new();
    if let Some(colors) = &body.colors {
        legend.extend(
            colors.values.iter().enumerate().map(|(index, value)| Entry::new(palette.value(index), Sign::Square, value.shown.clone())),
        );
    }
    let all = body.depths.len();
    if (0..all).any(|row| is_inferred(body, row)) {
        legend.push(Entry::new(palette.faint, Sign::Outline, "made up: a child names it, no row is about it"));
    }
    let mut frame = Frame::begin(chart, size, palette, &legend);
    let shown = all.min(MOST).min((frame.room(f64::INFINITY) / ROW).min(1e6) as usize).max(usize::from(all > 0));
    let top = frame.top() + 6.0;
    let deepest = body.depths.iter().take(shown).copied().max().unwrap_or(1).max(1);
    let zone = Zone::named(&chart.zone);
    let said: Vec<String> = (0..shown)
        .map(|row| body.times.get(row).copied().filter(|time| *time != i64::MIN).map(|time| zone.full(time)).unwrap_or_default())
        .collect();
    let has_times = said.iter().any(|time| !time.is_empty());
    let widest = said.iter().map(|time| measure::width(time, 11.0, false)).fold(0.0, f64::max);
    let times_width = if has_times { widest.max(measure::width("times in Europe/Berlin", 11.0, false)) + 14.0 } else { 0.0 };
    let right = frame.width - MARGIN - times_width;
    // Boxes keep room for texts, however deep the tree.
    let indent = ((right - MARGIN - 420.0).max(60.0) / f64::from(deepest)).min(INDENT);
    let x_of = |depth: u16| MARGIN + f64::from(depth.saturating_sub(1)) * indent;
    let mut links = Vec::new();
    let mut pen = Pen::default();
    for row in 0..shown {
        let depth = body.depths.get(row).copied().unwrap_or(1);
        let (x, y) = (x_of(depth), top + row as f64 * ROW);
        if let Some(parent) = body.parents.get(row).copied().flatten().map(|parent| parent as usize).filter(|parent| *parent < row) {
            let from = (x_of(body.depths.get(parent).copied().unwrap_or(1)) + indent.min(14.0) * 0.6, top + parent as f64 * ROW + 22.0);
            links.extend([Step::Move(from.0, from.1), Step::Along(y + 11.0), Step::Across(x)]);
        }
        let color =
            body.colors.as_ref().map_or(palette.value(0), |colors| palette.value(usize::from(colors.codes.get(row).copied().unwrap_or(0))));
        let inferred = is_inferred(body, row);
        let fill = Paint::fill(palette.background.mix(color, if inferred { 0.0 } else { 0.12 }));
        let edge = fill.edged(if inferred { palette.faint } else { color.mix(palette.background, 0.45) }, 1.0);
        pen.round(x, y, right - x, 22.0, 4.0, if inferred { edge.dashed() } else { edge });
        if !inferred {
            pen.round(x, y, 4.0, 22.0, 2.0, Paint::fill(color));
        }
        let (process, pid, line) = (text::named(&detail(body, 0, row)), detail(body, 1, row), detail(body, 2, row));
        let mut at = x + 12.0;
        let name = measure::fit(&process, (right - at - 8.0).min(320.0), 12.0, true);
        pen.text(at, y + 15.0, &name, Type::new(12.0, palette.text).strong());
        at += measure::width(&name, 12.0, true) + 8.0;
        if !pid.is_empty() {
            let pid = measure::fit(&pid, (right - at - 8.0).clamp(0.0, 120.0), 11.0, false);
            pen.text(at, y + 15.0, &pid, Type::new(11.0, palette.faint));
            at += measure::width(&pid, 11.0, false) + 12.0;
        }
        pen.fitted(at, y + 15.0, right - at - 8.0, &line, Type::new(11.0, palette.text));
        if let Some(time) = said.get(row) {
            pen.text(frame.width - MARGIN, y + 15.0, time, Type::new(11.0, palette.faint).end());
        }
    }
    frame.pen.path(links, Paint::stroke(palette.axis, 1.0));
    frame.pen.group("processes", None, pen);
    let mut notes = Vec::new();
    if shown < all {
        notes.push(format!(
            "The first {} of {} are shown, in the order of the tree; the page (format => 'html') has all of them.",
            number::whole(shown as u64),
            number::counted(all as u64, "process", "processes")
        ));
    }
    let mut bottom = top + shown as f64 * ROW;
    if has_times {
        frame.pen.text(frame.width - MARGIN, bottom + 12.0, &format!("times in {}", zone.name()), Type::new(11.0, palette.faint).end());
        bottom += 14.0;
    }
    let description = format!(
        "Tree of {}, {} generations deep",
        number::counted(all as u64, "process", "processes"),
        body.depths.iter().max().unwrap_or(&0)
    );
    frame.finish(bottom, &notes, &description)
}
