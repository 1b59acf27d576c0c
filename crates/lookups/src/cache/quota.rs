//! Limits that hold across processes and restarts: what was sent is counted in the cache.
//!
//! A request takes its place from when it is allowed until a span after its answer: whenever it reaches the provider in between, no span holds more
//! than the limit. A token bucket would let twice as many through within a span (a full bucket, then its refill).

use super::{micros, now};
use crate::ti::Limit;
use rusqlite::{Connection, TransactionBehavior, params};
use std::time::Duration;

/// After this, a request that never ended counts as over: its process is gone.
const LOST: Duration = Duration::from_secs(120);

/// Whether one more request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// It may; hand this to `settle` when the answer is there.
    Granted(u64),
    /// Not before this has passed; the limit's span is the second.
    Wait(Duration, Duration),
}

impl Default for Permit {
    /// Where requests cannot be counted nobody is kept from asking.
    fn default() -> Self {
        Self::Granted(0)
    }
}

pub(super) fn permit(connection: &mut Connection, account: &str, limits: &[Limit]) -> rusqlite::Result<Permit> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now = now();
    let longest = limits.iter().map(|limit| limit.per).max().unwrap_or_default();
    // What lies in the future was counted by a clock that was wrong.
    let sql = "DELETE FROM sent WHERE account = ?1 AND ((done = 1 AND at < ?2) OR at > ?3)";
    transaction.prepare_cached(sql)?.execute(params![account, now.saturating_sub(micros(longest)), now + 1_000_000])?;
    let sql = "UPDATE sent SET done = 1 WHERE account = ?1 AND done = 0 AND at < ?2";
    transaction.prepare_cached(sql)?.execute(params![account, now - micros(LOST)])?;
    let mut wait = None;
    for limit in limits {
        // The place that must become free is that of the n-th last; one under way has no end yet.
        let sql = "SELECT CASE done WHEN 1 THEN at END FROM sent WHERE account = ?1 AND (done = 0 OR at > ?2) \
                   ORDER BY done, at DESC LIMIT 1 OFFSET ?3";
        let start = now.saturating_sub(micros(limit.per));
        let mut statement = transaction.prepare_cached(sql)?;
        let mut rows = statement.query(params![account, start, limit.requests - 1])?;
        if let Some(row) = rows.next()? {
            let at: Option<i64> = row.get(0)?;
            let left = at.map_or(10_000, |at| at - start).max(1_000);
            let left = Duration::from_micros(left.unsigned_abs());
            if wait.is_none_or(|(longest, _)| left > longest) {
                wait = Some((left, limit.per));
            }
        }
    }
    let permit = match wait {
        Some((left, span)) => Permit::Wait(left, span),
        None => {
            transaction.prepare_cached("INSERT INTO sent (account, at, done) VALUES (?1, ?2, 0)")?.execute(params![account, now])?;
            Permit::Granted(u64::try_from(transaction.last_insert_rowid()).unwrap_or(0))
        }
    };
    transaction.commit()?;
    Ok(permit)
}

pub(super) fn settle(connection: &Connection, token: u64) -> rusqlite::Result<()> {
    let token = i64::try_from(token).unwrap_or(0);
    connection.prepare_cached("UPDATE sent SET done = 1, at = ?1 WHERE id = ?2")?.execute(params![now(), token])?;
    Ok(())
}
