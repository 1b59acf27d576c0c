//! Flows that lead back are cut, so that every stage has a level.

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::Link;

/// The links of each stage, those with the largest value first.
fn outgoing(stages: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); stages];
    for (at, link) in links.iter().enumerate() {
        if let Some(of_source) = outgoing.get_mut(link.source as usize) {
            of_source.push(at);
        }
    }
    let value = |at: &usize| links.get(*at).map_or(0.0, |link| link.value);
    for of_source in &mut outgoing {
        of_source.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.cmp(b)));
    }
    outgoing
}

/// Takes out links until no way leads back; gives the ones it took.
///
/// A walk in depth from what has no source, largest flows first: the link that closes a circle is most often a small one.
pub(super) fn cut(stages: usize, links: &mut Vec<Link>, interrupt: &Interrupt) -> Result<Vec<Link>, Interrupted> {
    let outgoing = outgoing(stages, links);
    let (mut incoming, mut total) = (vec![0_u32; stages], vec![0.0_f64; stages]);
    for link in links.iter() {
        if link.source != link.target {
            if let Some(count) = incoming.get_mut(link.target as usize) {
                *count += 1;
            }
            if let Some(total) = total.get_mut(link.source as usize) {
                *total += link.value;
            }
        }
    }
    let has_source = |stage: &usize| incoming.get(*stage).is_some_and(|&count| count > 0);
    let sent = |stage: &usize| total.get(*stage).copied().unwrap_or(0.0);
    let mut roots: Vec<usize> = (0..stages).collect();
    roots.sort_by(|a, b| has_source(a).cmp(&has_source(b)).then_with(|| sent(b).total_cmp(&sent(a))).then(a.cmp(b)));

    // 0 not seen, 1 on the way from the root, 2 done.
    let mut state = vec![0_u8; stages];
    let mut back = vec![false; links.len()];
    for root in roots {
        interrupt.check()?;
        if state.get(root) != Some(&0) {
            continue;
        }
        let mut way = vec![(root, 0_usize)];
        set(&mut state, root, 1);
        while let Some(top) = way.last_mut() {
            let Some(&at) = outgoing.get(top.0).and_then(|of_source| of_source.get(top.1)) else {
                set(&mut state, top.0, 2);
                way.pop();
                continue;
            };
            top.1 += 1;
            let Some(target) = links.get(at).map(|link| link.target as usize) else { continue };
            match state.get(target) {
                Some(0) => {
                    set(&mut state, target, 1);
                    way.push((target, 0));
                }
                Some(1) => set(&mut back, at, true),
                _ => {}
            }
        }
    }
    let mut cut = Vec::new();
    let mut closes = back.into_iter();
    links.retain(|link| {
        let closes = closes.next().unwrap_or(false);
        if closes {
            cut.push(*link);
        }
        !closes
    });
    Ok(cut)
}

fn set<T>(slots: &mut [T], at: usize, value: T) {
    if let Some(slot) = slots.get_mut(at) {
        *slot = value;
    }
}

/// For each stage the length of the longest way that leads to it. The links have no circle.
pub(super) fn levels(stages: usize, links: &[Link]) -> Vec<u16> {
    let outgoing = outgoing(stages, links);
    let mut open = vec![0_u32; stages];
    for link in links {
        if let Some(count) = open.get_mut(link.target as usize) {
            *count += 1;
        }
    }
    let mut levels = vec![0_u16; stages];
    let mut ready: Vec<usize> = (0..stages).filter(|&stage| open.get(stage) == Some(&0)).collect();
    while let Some(stage) = ready.pop() {
        let next = levels.get(stage).map_or(0, |level| level.saturating_add(1));
        for link in outgoing.get(stage).into_iter().flatten().filter_map(|&at| links.get(at)) {
            let target = link.target as usize;
            if let Some(level) = levels.get_mut(target) {
                *level = next.max(*level);
            }
            if let Some(count) = open.get_mut(target) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(target);
                }
            }
        }
    }
    levels
}
