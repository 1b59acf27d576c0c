//! `render_process_tree`: indented lines.

use super::screen::{self, Style};
use super::{Picture, Room};
use crate::model::Tree;
use crate::number;
use crate::scene::tree::{detail, is_inferred};
use crate::text;

/// Deepest indent, in generations; deeper ones say how deep they are.
const DEEPEST: usize = 12;

pub(super) fn draw(room: Room<'_>, body: &Tree) -> Picture {
    let all = body.depths.len();
    let shown = all.min(room.height);
    let mut screen = room.screen(shown);
    for row in 0..shown {
        let depth = usize::from(body.depths.get(row).copied().unwrap_or(1).max(1));
        let mut at = 0;
        if depth > DEEPEST {
            at = screen.put(0, row, &format!("({depth}) "), Style::faint());
        } else {
            for level in 2..=depth {
                let last = level == depth;
                // A line goes on while a later process of that generation has the same parent.
                let more = continues(body, row, level, shown);
                let sign = match (last, more) {
                    (true, true) => "├─ ",
                    (true, false) => "└─ ",
                    (false, true) => "│  ",
                    (false, false) => "   ",
                };
                at = screen.put(at, row, sign, Style::faint());
            }
        }
        let color = body.colors.as_ref().map(|colors| room.palette.value(usize::from(colors.codes.get(row).copied().unwrap_or(0))));
        let process = text::named(&detail(body, 0, row));
        let inferred = is_inferred(body, row);
        at = screen.fit(
            at,
            row,
            room.width.saturating_sub(at),
            &process,
            Style { color, bold: !inferred, faint: inferred, ..Style::default() },
        );
        let pid = detail(body, 1, row);
        if !pid.is_empty() {
            at = screen.fit(at + 1, row, room.width.saturating_sub(at + 1), &pid, Style::faint());
        }
        if inferred {
            at = screen.fit(at + 1, row, room.width.saturating_sub(at + 1), "(made up)", Style::faint());
        }
        screen.fit(at + 2, row, room.width.saturating_sub(at + 2), &detail(body, 2, row), Style::plain());
    }
    let mut notes = Vec::new();
    if shown < all {
        notes.push(format!(
            "The first {} of {} are shown, in the order of the tree.",
            number::whole(shown as u64),
            number::counted(all as u64, "process", "processes")
        ));
    }
    let caption = body.colors.as_ref().map(|colors| {
        let names: Vec<String> = colors.values.iter().map(|value| text::named(&value.shown)).collect();
        let said = format!("colours: {} ({})", text::clean(&colors.source.name), names.join(", "));
        if screen::width(&said) > 60 { format!("colours: {}", text::clean(&colors.source.name)) } else { said }
    });
    Picture { screen, notes, caption: caption.filter(|_| room.terminal.color != super::ColorDepth::None).unwrap_or_default() }
}

/// Whether after this row another process hangs at the same parent in this generation.
fn continues(body: &Tree, row: usize, level: usize, shown: usize) -> bool {
    for later in row + 1..shown {
        let depth = usize::from(body.depths.get(later).copied().unwrap_or(1));
        if depth < level {
            return false;
        }
        if depth == level {
            return true;
        }
    }
    false
}
