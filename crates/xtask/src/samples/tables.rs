//! Tables for the functions of many rows, each with something to find.

use super::Dice;
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write;

const HOUR: u64 = 3_600;

/// A time `second` seconds after the start of 2026-11-`day`.
fn time(day: u64, second: u64) -> String {
    let day = day + second / (24 * HOUR);
    format!("2026-11-{day:02}T{:02}:{:02}:{:02}Z", second / HOUR % 24, second / 60 % 60, second % 60)
}

/// The connections of a day: browsing, an update check on every full hour, and an implant on ws-14 that calls every minute, give or take a
/// fifth, and misses one call of ten.
pub(super) fn connections() -> Result<String> {
    let mut dice = Dice(3);
    let mut rows: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let mut add = |second: u64, row: String| {
        let number = rows.len() as u64;
        rows.insert((second, number), row);
    };
    for host in ["ws-11", "ws-14", "ws-17", "srv-files"] {
        for _ in 0..300 {
            let second = 8 * HOUR + dice.roll(9 * HOUR);
            // People click several times in a row.
            let destination = 10 + dice.roll(8) * dice.roll(3);
            add(second, format!("{host},198.51.100.{destination},443,{}", 400 + dice.roll(90_000)));
        }
        for hour in 0..24 {
            let late = if host == "ws-17" { dice.roll(900) } else { 0 };
            add(hour * HOUR + late, format!("{host},198.51.100.200,443,{}", 1_200 + dice.roll(8)));
        }
    }
    let mut second = 13 * HOUR;
    while second < 17 * HOUR {
        second += 48 + dice.roll(25);
        if dice.roll(10) > 0 {
            add(second, format!("ws-14,203.0.113.66,8443,{}", 510 + dice.roll(20)));
        }
    }
    let mut text = String::from("time,src,dst,port,bytes\n");
    for ((second, _), row) in rows {
        writeln!(text, "{},{row}", time(20, second))?;
    }
    Ok(text)
}

/// Hourly megabytes out of three hosts. srv-files sends a lot in one night; web-01 says nothing for two hours of a day.
pub(super) fn traffic() -> Result<String> {
    let mut dice = Dice(7);
    let mut text = String::from("hour,host,megabytes\n");
    for hour in 0..21 * 24_u64 {
        for (host, level) in [("web-01", 900), ("srv-files", 400), ("dc-01", 60)] {
            let of_day = hour % 24;
            // More in working hours, most at noon.
            let busy = if (7..19).contains(&of_day) { 6 - of_day.abs_diff(13) } else { 0 };
            let usual = level + level * busy / 4;
            let mut megabytes = usual - usual / 12 + dice.roll(usual / 6 + 1);
            match (host, hour) {
                ("srv-files", 410..=411) => megabytes += 1_500,
                ("web-01", 253..=254) => megabytes = 3,
                _ => {}
            }
            writeln!(text, "{},{host},{megabytes}", time(1, hour * HOUR))?;
        }
    }
    Ok(text)
}

/// What administrators did to mailboxes. Each has habits; one session reads a mailbox, sends it elsewhere and removes the traces.
pub(super) fn mailboxes() -> Result<String> {
    const HABITS: &[&[&str]] = &[
        &["Get-Mailbox", "Set-Mailbox", "Get-Mailbox"],
        &["Get-User", "Set-User", "Get-User", "Set-User"],
        &["Get-Mailbox", "Get-MailboxStatistics", "Get-MailboxStatistics"],
        &["New-Mailbox", "Set-Mailbox", "Add-DistributionGroupMember", "Get-Mailbox"],
        &["Get-InboxRule", "New-InboxRule", "Get-InboxRule"],
        &["Get-AdminAuditLogConfig"],
    ];
    let mut dice = Dice(11);
    let mut rows: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let mut add = |second: u64, user: &str, operation: &str| {
        let number = rows.len() as u64;
        rows.insert((second, number), format!("{user},{operation}"));
    };
    for user in ["alice", "bob", "carol", "dave", "erin", "frank"] {
        for day in 0..10 {
            for _ in 0..2 + dice.roll(3) {
                let mut second = day * 24 * HOUR + 7 * HOUR + dice.roll(10 * HOUR);
                let habit = usize::try_from(dice.roll(HABITS.len() as u64))?;
                for operation in HABITS.get(habit).copied().unwrap_or_default() {
                    add(second, user, operation);
                    second += 5 + dice.roll(90);
                }
            }
        }
    }
    let theft = ["Get-Mailbox", "Add-MailboxPermission", "New-InboxRule", "Set-AdminAuditLogConfig", "Remove-MailboxPermission"];
    for (second, operation) in (8 * 24 * HOUR + 2 * HOUR..).step_by(41).zip(theft) {
        add(second, "dave", operation);
    }
    let mut text = String::from("time,user,operation\n");
    for ((second, _), row) in rows {
        writeln!(text, "{},{row}", time(10, second))?;
    }
    Ok(text)
}
