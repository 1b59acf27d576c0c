//! The rows of a call in an order that depends on what they say, and on nothing else.

use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use huntsql_kernels::rows::Rows;
use std::cmp::Ordering;

/// An argument, ready to be compared.
enum Keys<'r> {
    Ints(&'r [i64]),
    Floats(&'r [f64]),
    /// For each row its text's place among all texts; 0 is NULL.
    Texts(Vec<u32>),
    /// As texts, several a row.
    Lists(Vec<u32>, usize),
    Other,
}

/// The rows sorted by their arguments, the first one first. Engines bring rows in any order, and sums of floats, ties and first appearances would follow it.
pub(crate) fn by_content(rows: &Rows, interrupt: &Interrupt) -> Result<Vec<usize>, Interrupted> {
    let mut keys = Vec::with_capacity(rows.args());
    for arg in 0..rows.args() {
        interrupt.check()?;
        keys.push(keys_of(rows, arg));
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    // Parts first, so that a cancelled statement need not wait for the whole.
    for part in order.chunks_mut(1 << 18) {
        interrupt.check()?;
        part.sort_by(|a, b| compare(&keys, *a, *b));
    }
    order.sort_by(|a, b| compare(&keys, *a, *b));
    Ok(order)
}

fn keys_of(rows: &Rows, arg: usize) -> Keys<'_> {
    if let Some(lists) = rows.text_lists(arg) {
        let places = places(lists.distinct(), |id| lists.text(id).unwrap_or(""));
        let width = (0..rows.len()).find_map(|row| lists.get(row)).map_or(0, <[u32]>::len);
        let place = |id: Option<&u32>| id.and_then(|id| places.get(*id as usize)).copied().unwrap_or(0);
        let mut all = Vec::with_capacity(rows.len() * width);
        for row in 0..rows.len() {
            let ids = lists.get(row).unwrap_or(&[]);
            all.extend((0..width).map(|index| place(ids.get(index))));
        }
        return Keys::Lists(all, width);
    }
    let texts = rows.texts(arg);
    if !texts.is_empty() {
        let places = places(texts.distinct(), |id| texts.text(id));
        return Keys::Texts(
            (0..rows.len()).map(|row| texts.id(row).and_then(|id| places.get(id as usize)).copied().unwrap_or(0)).collect(),
        );
    }
    match (rows.ints(arg), rows.floats(arg)) {
        ([], []) => Keys::Other,
        ([], floats) => Keys::Floats(floats),
        (ints, _) => Keys::Ints(ints),
    }
}

/// For each number of a text its place among all, from 1.
fn places<'t>(count: usize, text: impl Fn(u32) -> &'t str) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0u32..).take(count).collect();
    sorted.sort_unstable_by(|a, b| text(*a).cmp(text(*b)));
    let mut places = vec![0u32; count];
    for (place, id) in (1u32..).zip(sorted) {
        if let Some(slot) = places.get_mut(id as usize) {
            *slot = place;
        }
    }
    places
}

fn compare(keys: &[Keys<'_>], a: usize, b: usize) -> Ordering {
    let of = |key: &Keys<'_>| match key {
        Keys::Ints(values) => values.get(a).cmp(&values.get(b)),
        Keys::Floats(values) => values.get(a).copied().unwrap_or(f64::NAN).total_cmp(&values.get(b).copied().unwrap_or(f64::NAN)),
        Keys::Texts(places) => places.get(a).cmp(&places.get(b)),
        Keys::Lists(places, width) => places.get(a * width..(a + 1) * width).cmp(&places.get(b * width..(b + 1) * width)),
        Keys::Other => Ordering::Equal,
    };
    keys.iter().map(of).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
