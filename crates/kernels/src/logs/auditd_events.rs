//! `auditd_events(line)`: the records of the Linux audit system, merged into events.

use super::auditd::{AuditEvent, AuditLog};
use crate::interrupt::Interrupted;
use crate::prelude::*;
use crate::rows::Texts;

/// Kernel of `auditd_events`.
pub struct AuditdEvents;

impl GroupKernel for AuditdEvents {
    const SPEC: Spec = Spec {
        name: "auditd_events",
        family: Family::Logs,
        summary: "Merges the records of the Linux audit system into events: one row for what one system call or one login did.",
        details: "\
Records belong together when node, time and serial number are the same: serials start again with the machine, and many events share a millisecond. The lines
may come in any order and mixed with other lines, which are left out. Equal lines count once. Where lines of several hosts come without `node=`, say the
host: `part => host`, `GROUP BY host`.

| field | type | meaning |
|---|---|---|
| `time`, `serial`, `node` | TIMESTAMP, BIGINT, TEXT | what the event is known by |
| `types` | LIST(TEXT) | types of its records, each once |
| `record_count` | BIGINT | number of its records |
| `syscall` | TEXT | name (64-bit x86, ARM and RISC-V; where auditd wrote the name, any machine), else number |
| `success` | BOOLEAN | of the call; without a call, whether `result` is success |
| `exit` | BIGINT | what the call gave |
| `pid`, `ppid`, `auid`, `uid`, `euid`, `gid`, `ses` | BIGINT | process, its parent, login user, user, effective user, group, session; NULL where not set |
| `tty`, `comm`, `exe`, `cwd` | TEXT | terminal, name and program of the process, directory |
| `command_line` | TEXT | all arguments joined by blanks; without EXECVE the `cmd` of sudo, else the title of the process (which the kernel cuts at 128 bytes) |
| `arguments` | LIST(TEXT) | all arguments of EXECVE, those in parts (`a1[0]`, `a1[1]`) put together; NULL without EXECVE |
| `paths` | LIST(STRUCT(item, name, nametype, mode, inode)) | files, from PATH records |
| `address` | TEXT | from SOCKADDR, as `parse_auditd` writes it |
| `account` | TEXT | the user that a USER_ record speaks of (`acct`) |
| `hostname`, `addr`, `terminal` | TEXT | where that user came from |
| `result` | TEXT | `success`, `failed` or as written (`res`) |
| `operation` | TEXT | `op` |
| `key` | TEXT | key of the audit rule; several joined by commas |
| `fields` | MAP(TEXT, TEXT) | all other fields, decoded as `parse_auditd` does; of PATH records none |

Where records of an event disagree on a column, the first in the kernel's order has it, and the other value is in `fields`. `?`, `(null)` and `(none)` are NULL. `argc` in `fields` says
how many arguments there should be: a record that was lost takes its arguments with it. Events that lack records, or the EOE at the end, are
given as far as they go.",
        args: &[Arg { name: "line", doc: "One line of the audit log." }],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT * FROM (VALUES
  ('type=EXECVE msg=audit(1551487424.869:752): argc=2 a0=\"cat\" a1=\"/etc/shadow\"'),
  ('type=SYSCALL msg=audit(1551487424.869:752): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=7 auid=1000 uid=0 comm=\"cat\" exe=\"/bin/cat\" key=(null)'),
  ('type=USER_LOGIN msg=audit(1551487424.869:753): pid=9 uid=0 auid=4294967295 msg=''op=login acct=\"root\" addr=203.0.113.9 terminal=ssh res=failed''')) v(line))
SELECT serial, syscall, success, auid, command_line, account, addr FROM huntsql.auditd_events(log, line) ORDER BY serial",
            result: "752 | execve | true | 1000 | cat /etc/shadow | NULL | NULL\n753 | NULL | false | NULL | NULL | root | 203.0.113.9",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text];
    type Options = NoOptions;
    type Item = AuditEvent;

    fn compute(rows: &Rows, _: &NoOptions, interrupt: &Interrupt) -> GroupResult<Vec<AuditEvent>> {
        let texts = rows.texts(0);
        Ok(log(texts, interrupt)?.all(|id| texts.text(id), interrupt)?)
    }

    fn write(rows: &Rows, _: &NoOptions, interrupt: &Interrupt, out: &mut Column) -> GroupResult<()> {
        let texts = rows.texts(0);
        let log = log(texts, interrupt)?;
        Ok(log.write(0..log.len(), |id| texts.text(id), interrupt, out)?)
    }
}

/// The records of the distinct lines.
fn log(lines: &Texts, interrupt: &Interrupt) -> Result<AuditLog, Interrupted> {
    let ids = 0..u32::try_from(lines.distinct()).unwrap_or(u32::MAX);
    AuditLog::of_lines(ids.map(|id| (id, lines.text(id))), |id| lines.text(id), interrupt)
}
