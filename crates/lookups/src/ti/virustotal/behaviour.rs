//! VirusTotal, behaviour: what a file did in the sandboxes, summed up.

use super::{API_KEY, BASE_URL, LIMIT, request};
use crate::http::{DecodeError, Request, Response};
use crate::ti::answer::{Judge, Judged, List, Number, Text, missing, object, or_none};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The summary of all sandboxes.
pub(in crate::ti) struct Behaviour;

/// The one value.
pub(in crate::ti) static BEHAVIOUR: Behaviour = Behaviour;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("virustotal/behaviour"),
    account: Cow::Borrowed("virustotal"),
    summary: Cow::Borrowed("What a file did in sandboxes: processes, commands, names, addresses, files, techniques."),
    docs: Cow::Borrowed("https://docs.virustotal.com/reference/file-all-behaviours-summary"),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Md5, IocType::Sha1, IocType::Sha256]),
    settings: Cow::Borrowed(API_KEY),
    limit: Some(LIMIT),
    ttl: Duration::from_secs(7 * 24 * 60 * 60),
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_none")]
    data: Option<Summary>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    verdicts: Judged<Text, Worst>,
    tags: List<Text>,
    processes_created: List<Text>,
    command_executions: List<Text>,
    dns_lookups: List<Lookup>,
    ip_traffic: List<Traffic>,
    http_conversations: List<Conversation>,
    files_written: List<Text>,
    files_deleted: List<Text>,
    files_dropped: List<Dropped>,
    registry_keys_set: List<Key>,
    services_created: List<Text>,
    mutexes_created: List<Text>,
    mitre_attack_techniques: List<Technique>,
    sigma_analysis_results: Judged<Rule, HasSevere>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lookup {
    hostname: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Traffic {
    destination_ip: Text,
    destination_port: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Conversation {
    url: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dropped {
    path: Text,
    sha256: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Key {
    key: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Technique {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    rule_title: Text,
    rule_level: Text,
}

/// The worst that a sandbox said. Their words are CLEAN, GREYWARE, MALWARE and kinds of malware.
struct Worst(Severity);

impl Default for Worst {
    fn default() -> Self {
        Self(Severity::Information)
    }
}

impl Judge<Text> for Worst {
    fn see(&mut self, verdict: &Text) {
        let severity = match verdict.as_str().map(str::to_ascii_uppercase).as_deref() {
            None | Some("CLEAN" | "HARMLESS" | "UNDETECTED" | "UNKNOWN" | "UNKNOWN_VERDICT") => Severity::Information,
            Some("GREYWARE" | "SUSPICIOUS") => Severity::Warning,
            Some(_) => Severity::High,
        };
        self.0 = self.0.max(severity);
    }
}

/// Whether a rule of Sigma matched that is of a high level.
#[derive(Default)]
struct HasSevere(bool);

impl Judge<Rule> for HasSevere {
    fn see(&mut self, rule: &Rule) {
        self.0 |= rule.rule_level.is("critical") || rule.rule_level.is("high");
    }
}

fn endpoint(traffic: Traffic) -> Text {
    let Traffic { destination_ip, destination_port } = traffic;
    Text(destination_ip.0.map(|address| match destination_port.0 {
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None => address,
    }))
}

impl TiProvider for Behaviour {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        request(ioc, "/behaviour_summary")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { data: Some(summary) } = object(response)? else { return Err(missing("data")) };
        let mut severity = summary.verdicts.judge.0;
        if summary.sigma_analysis_results.judge.0 {
            severity = severity.max(Severity::Warning);
        }
        let said = Verdict::of(severity)
            .list("verdicts", summary.verdicts.list)
            .list("tags", summary.tags)
            .list("techniques", summary.mitre_attack_techniques.map(|technique| technique.id))
            .list("sigma_rules", summary.sigma_analysis_results.list.map(|rule| rule.rule_title))
            .list("commands", summary.command_executions)
            .list("processes", summary.processes_created)
            .list("dns", summary.dns_lookups.map(|lookup| lookup.hostname))
            .list("connections", summary.ip_traffic.map(endpoint))
            .list("urls", summary.http_conversations.map(|conversation| conversation.url))
            .list("dropped", summary.files_dropped.map(|file| if file.path.as_str().is_some() { file.path } else { file.sha256 }))
            .list("written", summary.files_written)
            .list("deleted", summary.files_deleted)
            .list("registry_keys", summary.registry_keys_set.map(|key| key.key))
            .list("services", summary.services_created)
            .list("mutexes", summary.mutexes_created);
        // No sandbox has run it.
        Ok(if said.details.is_empty() { Verdict::unknown() } else { said.reference(format!("{BASE_URL}/gui/file/{}/behavior", ioc.value)) })
    }
}
