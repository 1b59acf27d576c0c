//! `parse_auditd(line)`: one record of the Linux audit system.

use super::auditd::{Record, fields};
use crate::prelude::*;

/// Kernel of `parse_auditd`.
pub struct ParseAuditd;

/// Buffers of `parse_auditd`.
#[derive(Debug, Default)]
pub struct AuditBuffers {
    fields: TextMap,
    words: String,
}

/// A record and its fields.
#[derive(Debug)]
pub struct AuditRow<'a> {
    record: Record<'a>,
    fields: &'a TextMap,
}

impl SqlValue for AuditRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("type", SqlType::Text),
        ("time", SqlType::Time),
        ("serial", SqlType::Int),
        ("node", SqlType::Text),
        ("fields", SqlType::Map),
    ]);
    fn write(&self, out: &mut Column) {
        let Record { kind, time, serial, node, .. } = self.record;
        out.row().put(kind).put(Timestamp(time)).put(serial).put(node).put(self.fields).end();
    }
}

impl ScalarKernel for ParseAuditd {
    const SPEC: Spec = Spec {
        name: "parse_auditd",
        family: Family::Logs,
        summary: "Takes one record of the Linux audit system apart: type, time, serial number and the decoded fields.",
        details: "\
| field | type | meaning |
|---|---|---|
| `type` | TEXT | `SYSCALL`, `EXECVE`, `USER_LOGIN` ...; numbers (`1300`, `UNKNOWN[1300]`) are named |
| `time` | TIMESTAMP | in UTC |
| `serial` | BIGINT | number of the event; several records have it, and it starts again with the machine |
| `node` | TEXT | host, where auditd was told to write it |
| `fields` | MAP(TEXT, TEXT) | the fields in their order |

`auditd_events` merges the records of an event.

- Hex that the kernel writes for texts it does not trust is decoded: `a0`, `a1` ... of EXECVE, `proctitle`, `cmd`, `cwd`, `name`, `exe`, `comm`, `acct`, `key`, `data` and others of
  auparse's list. NULs between arguments become blanks, the mark between several keys a comma, and what is no UTF-8 U+FFFD.
- `saddr` becomes `inet 10.0.0.1:443`, `inet6 [::1]:80`, `unix /run/x`, `unix @abstract`, `netlink`, or the name or number of another family.
- The fields inside `msg='...'` of USER_ records come as if they stood in the record itself.
- Fields that auditd adds when it resolves numbers (`log_format = ENRICHED`) keep their upper-case names: `UID`, `AUID`, `SYSCALL`, `ARCH`.
- User, group and session numbers that are not set (4294967295 or -1) are left out.
- Words that are no fields are joined in `text`: `avc: denied { read } for`.
- A field that is repeated with another value becomes `key#2`, `key#3`.
- `cmdline`, as Azure's agent (auoms) writes it, may hold quotation marks: the last one before the next field ends it.

Anything may stand before the record, such as a syslog header. NULL for a line without `type=` and `audit(seconds.fraction:serial)`; dates as `ausearch -i` writes
them are not read.",
        args: &[Arg { name: "line", doc: "One line." }],
        examples: &[
            Example {
                sql: "SELECT r['type'] AS type, r['time'] AS time, r['serial'] AS serial, r['fields']['a2'] AS a2 FROM (SELECT parse_auditd(\
                      'type=EXECVE msg=audit(1551487424.869:752): argc=3 a0=\"/bin/sh\" a1=\"-c\" a2=69707461626C6573202D2D76657273696F6E') AS r) t",
                result: "EXECVE | 2019-03-02 00:43:44.869 | 752 | iptables --version",
            },
            Example {
                sql: "SELECT r['fields']['saddr'] AS address FROM (SELECT parse_auditd(\
                      'type=SOCKADDR msg=audit(1551487424.869:753): saddr=020001BB0A0000010000000000000000') AS r) t",
                result: "inet 10.0.0.1:443",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = AuditRow<'a>;
    type Scratch = AuditBuffers;

    fn eval<'a>(buffers: &'a mut AuditBuffers, _: &'a NoOptions, (line,): (&'a str,)) -> KernelResult<AuditRow<'a>> {
        let AuditBuffers { fields: out, words } = buffers;
        out.clear();
        let Some(record) = Record::parse(line) else { return Ok(None) };
        fields(&record, out, words);
        Ok(Some(AuditRow { record, fields: out }))
    }
}
