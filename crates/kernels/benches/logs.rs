//! Lines per second of the parsers of log lines.
//!
//! `HUNTSQL_AUDITD=/path/to/audit.log` measures a log of your own instead of the generated one, `HUNTSQL_WINEVENT=/path/to/events.json` Windows events.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::column::Column;
use huntsql_kernels::group::{GroupFunction, GroupKernel, Items};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::kernel::{ScalarKernel, run};
use huntsql_kernels::logs::winevent::{Event, Field, Reader, Wants};
use huntsql_kernels::logs::zeek::{Header, JsonRows, JsonShape, Line, Rows as ZeekRows};
use huntsql_kernels::logs::{AuditdEvents, ParseAuditd, ParseCef, ParseLeef, ParseOsquery, ParseSyslog, ParseWinevent};
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

fn sysmon(at: usize) -> String {
    format!(
        r#"{{"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}","Level":"4","Keywords":"0x8000000000000000","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"WS{}.corp.test","TimeCreated":"2023-08-15T09:53:{:02}.757Z","@timestamp":"2023-08-15T09:53:59.757Z","EventID":10,"Message":"Process accessed:\r\nRuleName: -\r\nUtcTime: 2023-08-16 04:53:46.060\r\nSourceProcessGUID: {{81056205-d0f9-64d4-2700-000000000800}}\r\nSourceImage: C:\\Windows\\System32\\svchost.exe","Task":"10","RuleName":"-","UtcTime":"2023-08-16 04:53:46.060","SourceProcessGUID":"{{81056205-d0f9-64d4-2700-000000000800}}","SourceProcessId":"{at}","SourceThreadId":"1652","SourceImage":"C:\\Windows\\System32\\svchost.exe","TargetProcessGUID":"{{81056205-d114-64d4-5500-000000000800}}","TargetProcessId":"704","TargetImage":"C:\\Windows\\System32\\lsass.exe","GrantedAccess":"0x1400","CallTrace":"C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2730e|UNKNOWN(00007FF7C1A2)","SourceUser":"NT AUTHORITY\\SYSTEM","TargetUser":"NT AUTHORITY\\SYSTEM"}}"#,
        at % 9,
        at % 60
    )
}

fn bytes(lines: &Lines) -> Throughput {
    Throughput::Bytes(lines.0.iter().map(|line| line.len() as u64 + 1).sum())
}

/// All columns into a result, as the SQL function does; and the event alone with all, few or no values decoded, as a reader does.
fn winevent(c: &mut Criterion, lines: &Lines) {
    let mut group = c.benchmark_group("logs");
    group.throughput(bytes(lines));
    group.bench_function("parse_winevent", |b| {
        b.iter(|| black_box(run::<ParseWinevent>(lines, lines.0.len(), &Default::default())).is_ok())
    });
    let few = Wants::new([Field::Time, Field::EventId], vec!["CommandLine".to_owned(), "SourceImage".to_owned()], false);
    for (what, wants) in [("all", Wants::all()), ("4 columns", few), ("none", Wants::new([], Vec::new(), false))] {
        group.bench_function(format!("winevent/{what}"), |b| {
            b.iter(|| {
                let (mut reader, mut event) = (Reader::default(), Event::default());
                lines.0.iter().filter(|line| reader.parse(line, &wants, black_box(&mut event))).count()
            });
        });
    }
    group.finish();
}

const CONN: [&str; 3] = [
    "#separator \\x09",
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\ttunnel_parents",
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tcount\tstring\tcount\tcount\tset[string]",
];

fn conn(at: usize) -> String {
    format!(
        "15882{at:05}.824370\tCvf4XX17hSAgXDdG{at}\t10.0.1.{}\t{at}\t192.168.0.4\t443\ttcp\tssl\t12.001528\t{at}\t9055\tSF\tT\t0\tShADadFf\t1{at}\t67\t(empty)",
        at % 250
    )
}

fn conn_json(at: usize) -> String {
    format!(
        r#"{{"_path":"conn","ts":15882{at:05}.82437,"uid":"Cvf4XX17hSAgXDdG{at}","id.orig_h":"10.0.1.6","id.orig_p":{at},"id.resp_h":"10.0.0.4","id.resp_p":53,"proto":"udp","service":"dns","duration":0.001528024673461914,"orig_bytes":39,"resp_bytes":55,"conn_state":"SF","local_orig":true,"tunnel_parents":["a"]}}"#
    )
}

/// All columns into a batch.
fn zeek(c: &mut Criterion) {
    let mut group = c.benchmark_group("logs");
    let (rows, objects) = (lines(conn), lines(conn_json));
    let Ok(header) = Header::read(CONN) else { return };
    let columns = header.columns();
    group.throughput(bytes(&rows));
    group.bench_function("zeek/tsv", |b| {
        b.iter(|| {
            let mut out: Vec<Column> = columns.iter().map(|column| Column::new(&column.ty)).collect();
            let mut reader = ZeekRows::new(&columns, header.clone());
            rows.0.iter().filter(|line| reader.line(line, black_box(&mut out)) == Line::Row).count()
        });
    });
    group.throughput(bytes(&objects));
    let shape = || {
        let mut shape = JsonShape::default();
        black_box(objects.0.iter().filter(|line| shape.see(line)).count());
        shape.columns()
    };
    group.bench_function("zeek/json shape", |b| b.iter(shape));
    let columns = shape();
    group.bench_function("zeek/json", |b| {
        b.iter(|| {
            let mut out: Vec<Column> = columns.iter().map(|column| Column::new(&column.ty)).collect();
            let mut reader = JsonRows::new(&columns);
            objects.0.iter().filter(|line| reader.line(line, black_box(&mut out)) == Line::Row).count()
        });
    });
    let results = lines(|at| {
        format!(
            r#"{{"name":"pack_it_processes","hostIdentifier":"h.test","calendarTime":"Tue Sep 30 17:37:30 2014 UTC","unixTime":14120{at:05},"epoch":314159265,"counter":{at},"numerics":false,"decorations":{{"host_uuid":"4740D59F","username":"ann"}},"columns":{{"name":"osqueryd","path":"/usr/bin/osqueryd","pid":"{at}","cmdline":"/usr/bin/osqueryd --flagfile \"/etc/osquery flags\"","uid":"0"}},"action":"added"}}"#
        )
    });
    group.throughput(bytes(&results));
    group.bench_function("parse_osquery", |b| {
        b.iter(|| black_box(run::<ParseOsquery>(&results, results.0.len(), &Default::default())).is_ok())
    });
    group.finish();
}

fn file_or(variable: &str, line: impl Fn(usize) -> String) -> Lines {
    match std::env::var(variable).ok().and_then(|path| std::fs::read_to_string(path).ok()) {
        Some(log) => Lines(log.lines().map(str::to_owned).collect()),
        None => lines(line),
    }
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
    let audit = file_or("HUNTSQL_AUDITD", audit_line);
    scalar::<ParseSyslog>(c, "rfc3164", &bsd);
    scalar::<ParseSyslog>(c, "rfc5424", &rfc5424);
    scalar::<ParseCef>(c, "plain", &cef);
    scalar::<ParseLeef>(c, "2.0", &leef);
    scalar::<ParseAuditd>(c, "records", &audit);
    winevent(c, &file_or("HUNTSQL_WINEVENT", sysmon));
    zeek(c);

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
