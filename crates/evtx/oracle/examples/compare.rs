//! Compares both readers over files and prints where they differ.

use huntsql_evtx::Projection;
use huntsql_evtx_oracle::{ours, same, theirs};

fn main() {
    for path in std::env::args().skip(1) {
        let data = std::fs::read(&path).expect("a file");
        let (ours, damage) = ours(&data, &Projection::all());
        let theirs = theirs(&data);
        let failed = theirs.iter().filter(|row| row.is_none()).count();
        println!("{path}: ours {} rows, theirs {} ({failed} failed); damage {}", ours.len(), theirs.len(), damage.len());
        for line in damage.iter().take(5) {
            println!("   {line}");
        }
        let mut theirs: Vec<_> = theirs.into_iter().flatten().collect();
        // They begin with the oldest chunk, we with the first.
        let mut ours = ours;
        theirs.sort_by_key(|row| row.columns[1].parse::<u64>().unwrap_or(0));
        ours.sort_by_key(|row| row.columns[1].parse::<u64>().unwrap_or(0));
        let mut shown = 0;
        let mut at = 0;
        for row in &theirs {
            while ours.len() != theirs.len() && at < ours.len() && ours[at].columns[1] != row.columns[1] {
                at += 1;
            }
            let Some(mine) = ours.get(at) else {
                println!("   lost at {}", row.columns[1]);
                break;
            };
            at += 1;
            if !same(mine, row) {
                shown += 1;
                if shown <= 3 {
                    println!("   ours   {mine:?}\n   theirs {row:?}");
                }
            }
        }
        println!("   {shown} differ");
    }
}
