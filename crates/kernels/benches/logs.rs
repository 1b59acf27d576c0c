//! Lines per second of the parsers of log lines.
//!
//! `HUNTSQL_AUDITD=/path/to/audit.log` measures a log of your own instead of the generated one.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::group::{GroupFunction, GroupKernel, Items};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::kernel::{ScalarKernel, run};
use huntsql_kernels::logs::{AuditdEvents, ParseAuditd, ParseCef, ParseLeef, ParseSyslog};
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const LINES: usize = 10_000;

struct Lines(Vec<String>);

impl Input for Lines {
    fn text(&self, _: usize, row: usize) -> Option<&str> {
        self.0.get(row).map(String::as_str)
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
}

fn lines(line: impl Fn(usize) -> String) -> Lines {
    Lines((0..LINES).map(line).collect())
}

/// What execve, connect and a failed login write.
fn audit_line(at: usize) -> String {
    let (event, record) = (at / 8, at % 8);
    let stamp = format!("msg=audit({}.{:03}:{event}):", 1_551_487_424 + event / 3, event % 1000);
    match record {
        0 => format!(
            "type=SYSCALL {stamp} arch=c000003e syscall=59 success=yes exit=0 a0=7fdd090dac18 a1=7fdd0657a630 a2=7ffec9cad0c0 a3=9 items=2 ppid=1305 \
             pid={event} auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm=\"sh\" exe=\"/bin/dash\" key=(null)"
        ),
        1 => format!("type=EXECVE {stamp} argc=3 a0=\"/bin/sh\" a1=\"-c\" a2=69707461626C6573202D2D76657273696F6E"),
        2 => format!("type=CWD {stamp} cwd=\"/var/lib/waagent\""),
        3 | 4 => format!(
            "type=PATH {stamp} item={} name=\"/lib64/ld-linux-x86-64.so.2\" inode=2075 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL \
             cap_fp=0000000000000000 cap_fi=0000000000000000 cap_fe=0 cap_fver=0",
            record - 3
        ),
        5 => format!("type=PROCTITLE {stamp} proctitle=2F62696E2F7368002D630069707461626C6573202D2D76657273696F6E"),
        _ => format!(
            "type=USER_AUTH msg=audit({}.{:03}:{at}): pid=15745 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication acct=\"root\" \
             exe=\"/usr/sbin/sshd\" hostname=36.156.24.99 addr=36.156.24.99 terminal=ssh res=failed'",
            1_551_487_424 + event / 3,
            event % 1000
        ),
    }
}

fn scalar<K: ScalarKernel>(c: &mut Criterion, what: &str, lines: &Lines) {
    let mut group = c.benchmark_group("logs");
    group.throughput(Throughput::Elements(lines.0.len() as u64));
    let options = K::Options::default();
    group.bench_function(format!("{}/{what}", K::SPEC.name), |b| b.iter(|| black_box(run::<K>(lines, lines.0.len(), &options)).is_ok()));
    group.finish();
}

fn all(c: &mut Criterion) {
    let bsd = lines(|at| {
        format!(
            "<38>Oct {:2} 22:{:02}:15 web{} sshd[{at}]: Failed password for root from 203.0.113.{} port {at} ssh2",
            at % 30 + 1,
            at % 60,
            at % 9,
            at % 250
        )
    });
    let rfc5424 = lines(|at| {
        format!(
            "<165>1 2003-10-11T22:14:15.{:03}Z web{} evntslog {at} ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"App\"] An event of the application",
            at % 1000,
            at % 9
        )
    });
    let cef = lines(|at| {
        format!(
            "<13>Oct 11 22:14:15 fw CEF:0|Security|threatmanager|1.0|{}|worm stopped|10|src=10.0.0.{} dst=2.1.2.2 spt={at} request=http://a.test/?x=1 msg=detected a \\= b cs1Label=Rule cs1=Default rule",
            at % 100,
            at % 250
        )
    });
    let leef = lines(|at| {
        format!(
            "LEEF:2.0|Lancope|StealthWatch|1.0|{}|^|src=10.0.1.{}^dst=10.0.0.5^sev=5^srcPort={at}^dstPort=21^usrName=ann b",
            at % 100,
            at % 250
        )
    });
    let audit = match std::env::var("HUNTSQL_AUDITD").ok().and_then(|path| std::fs::read_to_string(path).ok()) {
        Some(log) => Lines(log.lines().map(str::to_owned).collect()),
        None => lines(audit_line),
    };
    scalar::<ParseSyslog>(c, "rfc3164", &bsd);
    scalar::<ParseSyslog>(c, "rfc5424", &rfc5424);
    scalar::<ParseCef>(c, "plain", &cef);
    scalar::<ParseLeef>(c, "2.0", &leef);
    scalar::<ParseAuditd>(c, "records", &audit);

    let mut rows = Rows::new(AuditdEvents::ARGS);
    (0..audit.0.len()).for_each(|row| rows.push(&audit, row));
    let interrupt = Interrupt::default();
    let mut group = c.benchmark_group("logs");
    group.throughput(Throughput::Elements(audit.0.len() as u64));
    group.bench_function("auditd_events", |b| b.iter(|| black_box(AuditdEvents::compute(&rows, &Default::default(), &interrupt)).is_ok()));
    // As an engine pays for it: gathering the rows, merging them, writing the columns.
    group.bench_function("auditd_events/with rows and columns", |b| {
        b.iter(|| {
            let function = Items::<AuditdEvents>::new();
            let mut rows = Rows::new(AuditdEvents::ARGS);
            (0..audit.0.len()).for_each(|row| rows.push(&audit, row));
            function.parse(&Value::Null).is_ok_and(|options| black_box(function.compute(&rows, &options, &interrupt)).is_ok())
        });
    });
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
