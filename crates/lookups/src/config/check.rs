//! Whether a configuration works: what is wrong in it, and on demand whether each provider answers.

use super::{Environment, process_environment};
use crate::context::{context, read_config};
use crate::http::Client;
use crate::never_send::NeverSend;
use crate::ti::{Asked, Question, look_up, providers};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::ioc::IocType;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Indicators that are known to all: asking about them tells nobody anything.
const PROBES: &[(IocType, &str)] = &[
    (IocType::Ipv4, "8.8.8.8"),
    (IocType::Domain, "iana.org"),
    (IocType::Url, "https://www.iana.org/"),
    // The EICAR test file.
    (IocType::Sha256, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"),
    (IocType::Md5, "44d88612fea8a8f36de82e1278abb02f"),
];

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What is to be read.
    pub report: String,
    /// Whether nothing is wrong.
    pub is_sound: bool,
}

/// Checks the configuration at `path`; with `try_providers` one question is sent to each provider that has an account. `Err` is what is wrong with the file.
pub fn check(path: Option<&Path>, is_named: bool, try_providers: bool) -> Result<Checked, String> {
    check_in(path, is_named, try_providers, &process_environment)
}

fn check_in(path: Option<&Path>, is_named: bool, try_providers: bool, environment: Environment<'_>) -> Result<Checked, String> {
    let config = read_config(path, is_named)?;
    let mut checked = Checked { report: String::new(), is_sound: true };
    let out = &mut checked.report;
    _ = match &config.path {
        Some(path) => writeln!(out, "{}: read", path.display()),
        None => writeln!(out, "no configuration{}: all is default", path.map_or(String::new(), |path| format!(" at {}", path.display()))),
    };
    for warning in &config.warnings {
        _ = writeln!(out, "warning: {warning}");
    }
    if let Err(why) = Client::new(&config.http, environment) {
        checked.is_sound = false;
        _ = writeln!(out, "http: WRONG: {why}");
    }
    let ours = providers().iter().map(|provider| provider.spec()).filter(|spec| config.accounts.contains_key(spec.account.as_ref()));
    let mut names: BTreeSet<String> = ours.map(|spec| spec.name.clone().into_owned()).collect();
    names.extend(config.accounts.iter().filter(|(_, account)| account.file.is_some()).map(|(name, _)| name.clone()));
    for name in names {
        let outcome = match Asked::new(&name, &config, environment) {
            Err(why) => Err(why),
            Ok(asked) if !try_providers => Ok(format!("settings are there ({} limits)", asked.limits.len())),
            Ok(asked) => probe(path, asked),
        };
        checked.is_sound &= outcome.is_ok();
        _ = match outcome {
            Ok(what) => writeln!(out, "{name}: {what}"),
            Err(why) => writeln!(out, "{name}: WRONG: {why}"),
        };
    }
    let feeds = config.feeds.accounts.iter().map(|account| {
        let named = account.user.iter().chain(&account.password).chain(&account.token);
        (format!("feeds of {}", account.url), named.chain(account.headers.iter().map(|(_, value)| value)).collect::<Vec<_>>())
    });
    let geo = config.geo_account.iter().map(|(id, key)| ("geo".to_owned(), vec![id, key]));
    for (name, references) in feeds.chain(geo) {
        let missing = references.into_iter().find_map(|reference| reference.resolve(environment).err());
        checked.is_sound &= missing.is_none();
        _ = match missing {
            None => writeln!(out, "{name}: settings are there"),
            Some(why) => writeln!(out, "{name}: WRONG: {why}"),
        };
    }
    Ok(checked)
}

/// Asks a provider one question.
fn probe(path: Option<&Path>, asked: Asked) -> Result<String, String> {
    let context = context(path.and_then(Path::to_str))?;
    let types = &asked.provider.spec().types;
    let Some((_, text)) = PROBES.iter().find(|(kind, _)| types.contains(kind)) else {
        return Ok("not tried: it knows no common type".to_owned());
    };
    let question = Question {
        texts: vec![(text, None)],
        providers: vec![asked],
        max_lookups: 1,
        refresh: true,
        has_raw: false,
        never_send: NeverSend::default(),
    };
    let answers = look_up(&context, &question, &Interrupt::default()).map_err(|error| format!("{error:?}"))?;
    match answers.outcomes.first().and_then(|outcomes| outcomes.first()) {
        Some(outcome) if outcome.status == "ok" => Ok("answers".to_owned()),
        Some(outcome) => Err(outcome.status.clone()),
        None => Err("no answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_fakes::http::{FakeServer, Reply};

    #[test]
    fn what_is_asked_may_be_asked() {
        for (kind, text) in PROBES {
            assert!(crate::ti::check(text, Some(*kind)).is_ok(), "{text}");
        }
    }

    #[test]
    fn each_provider_is_named_with_what_is_wrong() {
        let server =
            FakeServer::start(|seen| Reply::new(if seen.target.starts_with("/v3/community") { 200 } else { 401 }, r#"{"noise": false}"#));
        let server = server.expect("a server");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.yaml");
        let url = server.url();
        let text = format!(
            "cache: {{path: c.sqlite}}\nproviders:\n  greynoise: {{base_url: '{url}', api_key: canary-99}}\n  crowdsec: {{base_url: '{url}', api_key: canary-99}}\n  otx: {{api_key: '${{env:NONE}}'}}\n\
             geo: {{account_id: 1, license_key: canary-99}}\nfeeds: {{accounts: [{{url: 'https://x.test/a', token: '${{env:NONE}}'}}]}}\n"
        );
        std::fs::write(&path, text).expect("a configuration");
        let checked = check_in(Some(&path), true, false, &|_| None).expect("a check");
        assert!(
            !checked.is_sound
                && checked.report.contains("otx: WRONG: provider 'otx': setting 'api_key': the environment variable NONE is not set")
        );
        for line in ["\nfeeds of https://x.test/a: WRONG: the environment variable NONE is not set\n", "\ngeo: settings are there\n"] {
            assert!(checked.report.contains(line), "{}", checked.report);
        }
        assert!(checked.report.contains("crowdsec: settings are there") && server.seen().is_empty(), "{}", checked.report);
        let tried = check_in(Some(&path), true, true, &|_| None).expect("a check").report;
        assert!(
            tried.contains("greynoise: answers") && tried.contains("crowdsec: WRONG: error: access denied (HTTP 401): check the key"),
            "{tried}"
        );
        #[cfg(unix)]
        assert!(tried.contains("holds keys and others may read it"), "{tried}");
        assert!(!tried.contains("canary"));
        std::fs::write(&path, "http: {proxy: '${env:NONE}'}\n").expect("a configuration");
        let checked = check_in(Some(&path), true, false, &|_| None).expect("a check");
        assert!(
            !checked.is_sound && checked.report.contains("http: WRONG: http.proxy: the environment variable NONE is not set"),
            "{checked:?}"
        );
        assert!(check_in(Some(Path::new("/none.yaml")), true, false, &|_| None).is_err());
        assert!(check_in(Some(Path::new("/none.yaml")), false, false, &|_| None).is_ok_and(|checked| checked.is_sound));
    }
}
