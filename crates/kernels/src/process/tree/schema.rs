//! Which columns hold what, in the logs of various products.

use crate::nearest::hint;

/// Names of the arguments, in order.
pub(in super::super) const ARGUMENTS: [&str; 17] = [
    "ts",
    "process_id",
    "parent_id",
    "process_name",
    "parent_name",
    "host",
    "process_guid",
    "parent_guid",
    "logon_id",
    "target_logon_id",
    "event",
    "end_ts",
    "parent_ts",
    "grandparent_id",
    "grandparent_name",
    "grandparent_ts",
    "ts_text",
];

/// The columns of one product. A slot has alternatives, the best first; a dot leads into a struct.
#[derive(Debug)]
pub(in super::super) struct Schema {
    pub(in super::super) name: &'static str,
    /// In the order of [`ARGUMENTS`].
    columns: [&'static [&'static str]; 16],
    /// Values of `event` that start a process; any where there are none.
    pub(in super::super) starts: &'static [&'static str],
    /// Values of `event` that end one.
    pub(in super::super) ends: &'static [&'static str],
    /// The ending process stands in the column of the parent's id: Windows 4689 has one id, where 4688 has the creator's.
    pub(in super::super) end_is_parent: bool,
}

const TIMES: &[&str] = &["TimeCreated", "TimeGenerated", "@timestamp", "EventTime", "SystemTime", "timestamp", "time", "ts"];
const HOSTS: &[&str] = &["Computer", "Hostname", "host.name", "host", "node", "DeviceName"];

#[rustfmt::skip]
pub(in super::super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "windows_4688",
        columns: [
            TIMES, &["NewProcessId"], &["ProcessId"], &["NewProcessName"], &["ParentProcessName"], HOSTS, &[], &[],
            &["SubjectLogonId"], &["TargetLogonId"], &["EventID", "EventId", "event_id"], &[], &[], &[], &[], &[],
        ],
        starts: &["4688"], ends: &["4689"], end_is_parent: true,
    },
    Schema {
        name: "linux_auditd",
        columns: [TIMES, &["pid"], &["ppid"], &["exe", "comm"], &[], HOSTS, &[], &[], &["ses"], &[], &["EventType", "syscall"], &[], &[], &[], &[], &[]],
        starts: &["SYSCALL_EXECVE", "execve", "execveat"], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "mde",
        columns: [
            &["ProcessCreationTime", "Timestamp", "TimeGenerated"], &["ProcessId"], &["InitiatingProcessId"], &["FileName"], &["InitiatingProcessFileName"],
            &["DeviceName", "DeviceId"], &[], &[], &["InitiatingProcessLogonId"], &["LogonId"], &["ActionType"], &[], &["InitiatingProcessCreationTime"],
            &["InitiatingProcessParentId"], &["InitiatingProcessParentFileName"], &["InitiatingProcessParentCreationTime"],
        ],
        starts: &["ProcessCreated"], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "mde_internal",
        columns: [
            &["CreatedProcessCreationTime"], &["CreatedProcessId"], &["CreatedProcessParentId"], &["CreatedProcessName"], &["ParentProcessName"],
            &["ComputerDnsName", "MachineId"], &[], &[], &["InitiatingProcessLogonId"], &["LogonId"], &[], &[], &[], &[], &[], &[],
        ],
        starts: &[], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "sysmon",
        columns: [
            &["UtcTime", "TimeCreated", "@timestamp", "TimeGenerated", "EventTime", "time"], &["ProcessId"], &["ParentProcessId"], &["Image"], &["ParentImage"], HOSTS,
            &["ProcessGuid"], &["ParentProcessGuid"], &[], &["LogonId"], &["EventID", "EventId", "event_id"], &[], &[], &[], &[], &[],
        ],
        starts: &["1"], ends: &["5"], end_is_parent: false,
    },
    Schema {
        name: "osquery",
        columns: [
            &["calendarTime", "unixTime", "time"], &["pid"], &["parent"], &["name", "path"], &["parent_name"], &["hostIdentifier", "hostname", "host"],
            &[], &[], &[], &[], &[], &[], &[], &[], &[], &[],
        ],
        starts: &[], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "velociraptor_pslist",
        columns: [
            &["CreateTime", "StartTime"], &["Pid"], &["Ppid"], &["Name", "Exe"], &[], &["Fqdn", "Hostname", "ClientId"],
            &[], &[], &[], &[], &[], &["EndTime", "ExitTime"], &[], &[], &[], &[],
        ],
        starts: &[], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "volatility",
        columns: [
            &["CreateTime"], &["PID"], &["PPID"], &["ImageFileName"], &[], &["Image", "host"],
            &[], &[], &[], &[], &[], &["ExitTime"], &[], &[], &[], &[],
        ],
        starts: &[], ends: &[], end_is_parent: false,
    },
    Schema {
        name: "ocsf",
        columns: [
            &["process.created_time_dt", "time_dt", "process.created_time"], &["process.pid"], &["process.parent_process.pid", "actor.process.pid"],
            &["process.name", "process.file.path"], &["process.parent_process.name", "actor.process.name"], &["device.hostname", "device.name", "device.uid"],
            &["process.uid"], &["process.parent_process.uid", "actor.process.uid"], &[], &[], &["activity_id"], &["process.terminated_time_dt"], &[], &[], &[], &[],
        ],
        starts: &["1"], ends: &["2"], end_is_parent: false,
    },
    Schema {
        name: "ecs",
        columns: [
            &["process.start", "@timestamp"], &["process.pid"], &["process.parent.pid", "process.ppid"], &["process.executable", "process.name"],
            &["process.parent.executable", "process.parent.name"], &["host.name", "host.hostname", "host.id"],
            &["process.entity_id"], &["process.parent.entity_id"], &[], &[], &["event.action", "event.type"], &["process.end"], &[], &[], &[], &[],
        ],
        starts: &["start", "exec", "fork", "process_started", "creation_event"], ends: &["end", "exit", "process_stopped", "termination_event"], end_is_parent: false,
    },
];

/// Arguments without which there is no tree.
const REQUIRED: [usize; 4] = [0, 1, 2, 3];

impl Schema {
    /// The column for each slot, spelt as in `columns`.
    fn found(&self, columns: &[String]) -> Vec<Option<String>> {
        self.columns.iter().map(|names| names.iter().find_map(|name| column(columns, name))).collect()
    }
}

/// The column of that name; another case only where no column has this one.
fn column(columns: &[String], name: &str) -> Option<String> {
    let exact = columns.iter().find(|column| *column == name);
    exact.or_else(|| columns.iter().find(|column| column.eq_ignore_ascii_case(name))).cloned()
}

/// The schema that fits `columns`, and the column for each of its slots; what would help where none does.
pub(in super::super) fn recognise(columns: &[String], wanted: Option<&str>) -> Result<(&'static Schema, Vec<Option<String>>), String> {
    if let Some(wanted) = wanted {
        let schema = SCHEMAS.iter().find(|schema| schema.name == wanted).ok_or_else(|| format!("is no schema: '{wanted}'"))?;
        let found = schema.found(columns);
        let missing = REQUIRED.iter().find(|slot| found.get(**slot).is_none_or(Option::is_none));
        return match missing.and_then(|slot| schema.columns.get(*slot).map(|names| (slot, names))) {
            None => Ok((schema, found)),
            Some((slot, names)) => {
                let near = names.first().map_or_else(String::new, |name| hint(name, columns.iter().map(String::as_str)));
                let argument = ARGUMENTS.get(*slot).copied().unwrap_or_default();
                Err(format!("'{wanted}' wants a column {} for {argument}, the table has none{near}", names.join(" or ")))
            }
        };
    }
    let fits = SCHEMAS.iter().filter_map(|schema| {
        let found = schema.found(columns);
        let whole = REQUIRED.iter().all(|slot| found.get(*slot).is_some_and(Option::is_some));
        whole.then(|| (found.iter().flatten().count(), schema, found))
    });
    // Of equally good ones the first.
    let best = fits.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, schema, found)| (schema, found)).ok_or_else(|| {
        let known: Vec<&str> = SCHEMAS.iter().map(|schema| schema.name).collect();
        format!(
            "fits none of the schemas {}{}; name its columns: ts => ..., process_id => ..., parent_id => ..., process_name => ...",
            known.join(", "),
            nearest(columns)
        )
    })
}

/// What the schema lacks that most of the columns fit; nothing where hardly one fits.
fn nearest(columns: &[String]) -> String {
    let fits = SCHEMAS.iter().map(|schema| (schema.found(columns), schema));
    // Of equally near ones the first.
    let best = fits
        .map(|(found, schema)| (found.iter().flatten().count(), found, schema))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let Some((_, found, schema)) = best.filter(|(count, ..)| *count >= REQUIRED.len()) else { return String::new() };
    let missing = REQUIRED.iter().filter(|slot| found.get(**slot).is_none_or(Option::is_none));
    let missing: Vec<String> = missing.filter_map(|slot| schema.columns.get(*slot)).map(|names| names.join(" or ")).collect();
    format!(" ({} is near, but there is no column {})", schema.name, missing.join(", no "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(columns: &[&str]) -> Vec<String> {
        columns.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn schemas_are_told_apart() {
        for (columns, expected) in [
            (&["TimeGenerated", "NewProcessId", "ProcessId", "NewProcessName", "Computer", "EventID"][..], "windows_4688"),
            (&["timegenerated", "newprocessid", "processid", "newprocessname"], "windows_4688"),
            (&["time", "pid", "ppid", "exe", "node"], "linux_auditd"),
            (&["UtcTime", "ProcessId", "ParentProcessId", "Image", "ParentImage", "ProcessGuid"], "sysmon"),
            (&["Timestamp", "ProcessId", "InitiatingProcessId", "FileName", "ActionType"], "mde"),
            (&["CreateTime", "PID", "PPID", "ImageFileName", "ExitTime"], "volatility"),
            (&["CreateTime", "Pid", "Ppid", "Name", "Fqdn"], "velociraptor_pslist"),
            (&["unixTime", "pid", "parent", "name", "path", "hostIdentifier"], "osquery"),
            (&["@timestamp", "process.pid", "process.parent.pid", "process.executable"], "ecs"),
            (&["time_dt", "process.pid", "actor.process.pid", "process.name"], "ocsf"),
        ] {
            assert_eq!(recognise(&names(columns), None).map(|(schema, _)| schema.name), Ok(expected), "{columns:?}");
        }
        assert!(recognise(&names(&["a", "b"]), None).unwrap_err().contains("fits none of the schemas windows_4688, linux_auditd"));
        let error = recognise(&names(&["@timestamp", "Computer", "EventID", "NewProcessName", "ParentProcessName", "ProcessId"]), None)
            .unwrap_err();
        assert!(
            error.contains(", ecs (windows_4688 is near, but there is no column NewProcessId); name its columns: ts => ..."),
            "{error}"
        );
        let (_, found) = recognise(&names(&["utctime", "ProcessId", "ParentProcessId", "Image"]), Some("sysmon")).unwrap();
        assert_eq!(found[0].as_deref(), Some("utctime"));
        let error = recognise(&names(&["UtcTime", "ProcessId", "ParentProcesId", "Image"]), Some("sysmon")).unwrap_err();
        assert_eq!(error, "'sysmon' wants a column ParentProcessId for parent_id, the table has none, did you mean 'ParentProcesId'?");
    }
}
