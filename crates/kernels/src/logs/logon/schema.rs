//! Which columns hold what, in the logs that tell of sessions.

use super::{TIME, TIME_TEXT};
use crate::group::{Given, Recognised, TableColumn};
use crate::options::Value;
use crate::prelude::*;

/// Names of the arguments, in order.
pub(in super::super) const ARGUMENTS: [&str; 14] = [
    "ts",
    "host",
    "event",
    "session_id",
    "account",
    "domain",
    "logon_type",
    "source_ip",
    "program",
    "pid",
    "message",
    "types",
    "result",
    "ts_text",
];

/// A kind of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Source {
    Windows,
    Audit,
    Syslog,
}

impl Source {
    pub(in super::super) const NAMES: &'static [&'static str] = &["windows", "auditd", "syslog"];
    const ALL: [Self; 3] = [Self::Windows, Self::Audit, Self::Syslog];

    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Audit => "auditd",
            Self::Syslog => "syslog",
        }
    }

    pub(in super::super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The columns that hold an argument, the best first.
    fn names(self, argument: &str) -> &'static [&'static str] {
        match (self, argument) {
            (_, "ts") => &["TimeCreated", "TimeGenerated", "@timestamp", "EventTime", "SystemTime", "timestamp", "time", "ts"],
            (Self::Windows, "host") => &["Computer", "Hostname", "host.name", "host", "DeviceName"],
            (Self::Windows, "event") => &["EventID", "EventId", "event_id", "winlog.event_id"],
            (Self::Windows, "session_id") => &["TargetLogonId", "winlog.event_data.TargetLogonId"],
            (Self::Windows, "account") => &["TargetUserName", "winlog.event_data.TargetUserName"],
            (Self::Windows, "domain") => &["TargetDomainName", "winlog.event_data.TargetDomainName"],
            (Self::Windows, "logon_type") => &["LogonType", "winlog.event_data.LogonType"],
            (Self::Windows, "source_ip") => &["IpAddress", "winlog.event_data.IpAddress"],
            (Self::Audit, "host") => &["node", "host", "Computer"],
            (Self::Audit, "types") => &["types"],
            (Self::Audit, "session_id") => &["ses"],
            (Self::Audit, "account") => &["account", "acct"],
            (Self::Audit, "source_ip") => &["addr"],
            (Self::Audit, "program") => &["exe"],
            (Self::Audit | Self::Syslog, "pid") => &["pid", "ProcessID", "ProcessId", "process.pid"],
            (Self::Audit, "result") => &["result", "res"],
            (Self::Syslog, "host") => &["HostName", "Computer", "host.name", "host"],
            (Self::Syslog, "program") => &["ProcessName", "app", "program", "app_name", "process.name"],
            (Self::Syslog, "message") => &["SyslogMessage", "message", "msg"],
            _ => &[],
        }
    }

    /// Arguments without which there are no sessions.
    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Windows => &["ts", "event", "session_id"],
            Self::Audit => &["ts", "types", "session_id"],
            Self::Syslog => &["ts", "message"],
        }
    }

    /// The column of each argument that is not `given`.
    fn found(self, columns: &[TableColumn], given: &dyn Fn(usize) -> bool) -> Vec<Option<TableColumn>> {
        let find = |(index, argument): (usize, &&str)| {
            if given(index) { None } else { TableColumn::find_any(columns, self.names(argument)).cloned() }
        };
        ARGUMENTS.iter().enumerate().map(find).collect()
    }

    /// What is missing.
    fn missing(self, found: &[Option<TableColumn>], given: &dyn Fn(usize) -> bool) -> Option<&'static str> {
        let is_there = |argument: &str| {
            let index = ARGUMENTS.iter().position(|name| *name == argument).unwrap_or(TIME);
            given(index) || index == TIME && given(TIME_TEXT) || found.get(index).is_some_and(Option::is_some)
        };
        self.required().iter().copied().find(|argument| !is_there(argument))
    }
}

/// Finds the columns of one of `sources`, of which the options may name one.
pub(in super::super) fn recognise(
    function: &'static str,
    sources: &[Source],
    columns: &[TableColumn],
    given: &[Given],
    options: &Value,
) -> Result<Recognised, KernelError> {
    let bad = |problem: String| KernelError::BadArgument { function, argument: "tbl", problem };
    let is_given = |index: usize| given.get(index).is_some_and(Given::is_given);
    let mut fields = if let Value::Struct(fields) = options { fields.clone() } else { Vec::new() };
    let option = |name: &str| {
        fields.iter().find_map(|(field, value)| match value {
            Value::Text(text) if field == name => Some(text.clone()),
            _ => None,
        })
    };
    let wanted = option("log").and_then(|name| Source::parse(&name.to_ascii_lowercase()));
    if wanted.is_none() && fields.iter().any(|(name, value)| name == "log" && *value != Value::Null) {
        // No log that is known: the check of the options says so.
        return Ok(Recognised { columns: vec![None; ARGUMENTS.len()], several: Vec::new(), options: options.clone() });
    }
    let has_format = option("time_format").is_some();
    let fits = sources.iter().copied().filter(|source| wanted.is_none_or(|wanted| wanted == *source));
    let tried: Vec<_> = fits.map(|source| (source, source.found(columns, &is_given))).collect();
    // Its messages are no syslog's.
    let lacks_data = |(source, found): &(Source, Vec<Option<TableColumn>>)| {
        *source == Source::Windows && source.missing(found, &is_given) == Some("session_id")
    };
    if wanted.is_none() && TableColumn::find(columns, "event_data").is_some() && tried.iter().any(lacks_data) {
        return Err(bad(
            "has Windows events without the data that tells of sessions: read them with columns => ['TargetLogonId', 'TargetUserName', 'TargetDomainName', 'LogonType', 'IpAddress']"
                .to_owned(),
        ));
    }
    let whole = tried.iter().find(|(source, found)| source.missing(found, &is_given).is_none());
    let Some((source, found)) = whole else {
        let lacks: Vec<String> = tried
            .iter()
            .filter_map(|(source, found)| {
                let argument = source.missing(found, &is_given)?;
                Some(format!("{} lacks {argument} ({})", source.name(), source.names(argument).join(" or ")))
            })
            .collect();
        return Err(bad(format!("has not the columns of a log that is known: {}; name them, as in message => ...", lacks.join(", "))));
    };
    let mut found = found.clone();
    // A time in text stands in an argument of its own.
    if let Some(column) = found.get_mut(TIME).and_then(|time| time.take_if(|column| column.is_text)) {
        if !has_format {
            return Err(bad(format!(
                "has ts as text, in the column '{}': say how it reads with time_format => 'iso', or a pattern such as '%m/%d/%Y %H:%M'",
                column.name.escape_debug()
            )));
        }
        if let Some(text) = found.get_mut(TIME_TEXT).filter(|_| !is_given(TIME_TEXT)) {
            *text = Some(column);
        }
    }
    fields.retain(|(name, _)| name != "log");
    if sources.len() > 1 {
        fields.push(("log".to_owned(), Value::Text(source.name().to_owned())));
    }
    let columns = found.into_iter().map(|column| column.map(|column| column.name)).collect();
    Ok(Recognised { columns, several: Vec::new(), options: Value::Struct(fields) })
}
