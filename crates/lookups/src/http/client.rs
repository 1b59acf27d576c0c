//! Sends requests: fills in the settings, keeps to the limits, tries again what may pass, follows redirects no further than the host.

use super::failure::Failure;
use super::request::{Body, Request, Text};
use super::response::Response;
use super::transport::{Raw, Transport, Ureq, Wire, host};
use crate::config::{Environment, Http};
use crate::secret::Secret;
use crate::ti::is_reserved_name;
use backon::{BackoffBuilder, ExponentialBuilder};
use base64::Engine;
use huntsql_kernels::net::{AddressKind, address_kind};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;
/// What a provider may ask us to wait before we say that its quota is used up.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// Says that nobody waits for the answer any more.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// From now on nothing is sent.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Fails once it is set.
    pub fn check(&self) -> Result<(), Failure> {
        if self.0.load(Ordering::Relaxed) { Err(Failure::Stopped) } else { Ok(()) }
    }

    /// Sleeps, but not past its being set.
    pub fn sleep(&self, length: Duration) -> Result<(), Failure> {
        let end = Instant::now() + length;
        loop {
            self.check()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

/// The settings of an account with their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(pub BTreeMap<String, Secret>);

impl Values {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose)
    }

    fn has_all(&self, text: &Text) -> bool {
        text.settings().all(|name| self.0.contains_key(name))
    }

    fn fill(&self, text: &Text) -> String {
        text.fill(|name| self.get(name).unwrap_or_default())
    }
}

/// Asked before each attempt: waits until one more request is allowed, and says what to call when the answer is there.
pub(crate) trait Gate {
    /// A token to hand to [`Gate::leave`].
    fn enter(&self, stop: &Stop) -> Result<u64, Failure>;
    /// The request is over.
    fn leave(&self, token: u64);
}

/// Lets everything through.
#[cfg(test)]
struct Open;

#[cfg(test)]
impl Gate for Open {
    fn enter(&self, stop: &Stop) -> Result<u64, Failure> {
        stop.check().map(|()| 0)
    }
    fn leave(&self, _: u64) {}
}

/// The one that sends.
pub struct Client {
    transport: Box<dyn Transport>,
    retries: usize,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// A client with these settings; an error names the one that is wrong.
    pub fn new(settings: &Http, environment: Environment<'_>) -> Result<Self, String> {
        Ok(Self { transport: Box::new(Ureq::new(settings, environment)?), retries: settings.retries })
    }

    /// The answer to `request`, relative to `base_url`: status 200 to 299, or 404.
    pub(crate) fn ask(
        &self,
        base_url: &str,
        request: &Request,
        values: &Values,
        gate: &dyn Gate,
        stop: &Stop,
    ) -> Result<Response, Failure> {
        let wire = wire(base_url, request, values)?;
        let may_go_elsewhere = (request.may_go_elsewhere && request.settings().is_empty()) || request.leaves_keys_behind;
        let delays = ExponentialBuilder::new().with_min_delay(Duration::from_millis(500)).with_max_times(self.retries).with_jitter();
        let mut delays = delays.build();
        loop {
            let token = gate.enter(stop)?;
            let outcome = self.follow(&wire, may_go_elsewhere, request.leaves_keys_behind);
            gate.leave(token);
            let failure = match outcome {
                Ok(raw) => match judged(masked(raw, values)) {
                    Ok(response) => return Ok(response),
                    Err(Failure::Denied(status)) if request.settings().is_empty() => Failure::Refused(status),
                    Err(failure) => failure,
                },
                Err(failure) => failure,
            };
            let is_asked_to_wait = matches!(&failure, Failure::Quota(wait) if wait.is_none_or(|wait| wait <= LONGEST_WAIT));
            let Some(delay) = delays.next().filter(|_| failure.may_pass() || is_asked_to_wait) else { return Err(failure) };
            let wait = match failure {
                Failure::Quota(Some(wait)) => wait.max(delay),
                _ => delay,
            };
            stop.sleep(wait)?;
        }
    }

    fn follow(&self, wire: &Wire, may_go_elsewhere: bool, leaves_keys: bool) -> Result<Raw, Failure> {
        let mut raw = self.transport.send(wire)?;
        let mut url = wire.url.clone();
        let (mut headers, mut body) = (wire.headers.clone(), wire.body.clone());
        for _ in 0..MOST_REDIRECTS {
            let Some(location) = raw.location.take().filter(|_| matches!(raw.status, 301 | 302 | 303 | 307 | 308)) else { return Ok(raw) };
            let target = url::Url::parse(&url).and_then(|from| from.join(&location)).map_err(|_| Failure::Status(raw.status))?;
            let from = url::Url::parse(&url).map_err(|_| Failure::Status(raw.status))?;
            if target.origin() != from.origin() && !(may_go_elsewhere && is_open_road(&from, &target)) {
                return Err(Failure::Redirect(target.host_str().unwrap_or("nowhere").to_owned()));
            }
            if target.origin() != from.origin() && leaves_keys {
                // They do not come back where that host redirects again.
                headers.retain(|(name, _)| name == "accept");
                body = None;
            }
            url = target.to_string();
            let (headers, body) = (headers.clone(), body.clone());
            raw = self.transport.send(&Wire { method: wire.method, url: url.clone(), headers, body })?;
        }
        Ok(raw)
    }
}

/// Shortest setting that is looked for in answers; a shorter one would be found by chance.
const SHORTEST_ECHO: usize = 6;

/// An answer without the keys that a provider echoes: what it says is shown, kept and quoted.
fn masked(mut raw: Raw, values: &Values) -> Raw {
    let secrets = values.0.values().filter(|secret| !secret.is_open()).map(|secret| secret.expose().as_bytes());
    for secret in secrets.filter(|secret| secret.len() >= SHORTEST_ECHO) {
        let found: Vec<usize> = memchr::memmem::find_iter(&raw.body, secret).collect();
        if found.is_empty() {
            continue;
        }
        let mut body = Vec::with_capacity(raw.body.len());
        let mut from = 0;
        for at in found {
            body.extend_from_slice(raw.body.get(from..at).unwrap_or_default());
            body.extend_from_slice(b"***");
            from = at + secret.len();
        }
        body.extend_from_slice(raw.body.get(from..).unwrap_or_default());
        raw.body = body;
    }
    raw
}

/// Whether a redirect to another host may be followed where no key is sent: encrypted, and not from the world into a network of ours.
fn is_open_road(from: &url::Url, target: &url::Url) -> bool {
    let address = |url: &url::Url| match url.host() {
        Some(url::Host::Ipv4(address)) => Some(std::net::IpAddr::V4(address)),
        Some(url::Host::Ipv6(address)) => Some(std::net::IpAddr::V6(address)),
        _ => None,
    };
    let is_here = |url: &url::Url| address(url).is_some_and(|address| address.is_loopback()) || url.host_str() == Some("localhost");
    if is_here(from) && is_here(target) {
        return true;
    }
    // A name that leads into a private network by the DNS of that network is not seen here; one that is private by its form is.
    let is_public = match (address(target), target.host_str()) {
        (Some(address), _) => address_kind(address) == AddressKind::Public,
        (None, Some(name)) => name.contains('.') && !is_reserved_name(name) && !is_here(target),
        (None, None) => false,
    };
    target.scheme() == "https" && is_public
}

/// The answer, or what its status means.
fn judged(raw: Raw) -> Result<Response, Failure> {
    let wait = || raw.retry_after.as_deref().and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    match raw.status {
        200..=299 | 404 => Ok(Response { status: raw.status, body: raw.body }),
        401 | 403 | 407 => Err(Failure::Denied(raw.status)),
        402 | 429 => Err(Failure::Quota(wait())),
        status => Err(Failure::Status(status)),
    }
}

/// Fills in the settings. What needs one that is not set is left out of headers, query and form.
fn wire(base_url: &str, request: &Request, values: &Values) -> Result<Wire, Failure> {
    if let Some(missing) = request.path.settings().find(|name| !values.0.contains_key(*name)) {
        return Err(Failure::Request(format!("the setting {missing} is missing")));
    }
    let base = url::Url::parse(base_url).ok().filter(|base| matches!(base.scheme(), "http" | "https") && base.has_host());
    let Some(base) = base else { return Err(Failure::Request("base_url is no URL such as https://host".to_owned())) };
    let is_encrypted = base.scheme() == "https";
    let keep = |(_, text): &&(String, Text)| values.has_all(text);
    let request = &Request { query: request.query.iter().filter(keep).cloned().collect(), ..request.clone() };
    let url = format!("{}{}", base_url.trim_end_matches('/'), request.filled_target(|name| values.get(name).unwrap_or_default()));
    let has_secret = request.settings().iter().any(|name| values.0.contains_key(*name));
    if has_secret && !is_encrypted && !is_loopback(host(&url)) {
        return Err(Failure::Request(format!("base_url is http: the key would travel to {} for all to read", host(&url))));
    }
    let mut headers = vec![("accept".to_owned(), "application/json, */*;q=0.5".to_owned())];
    for (name, text) in request.headers.iter().filter(keep) {
        headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        headers.push((name.clone(), values.fill(text)));
    }
    if let Some((user, password)) = request.basic.as_ref().filter(|(user, password)| values.has_all(user) && values.has_all(password)) {
        let credentials = format!("{}:{}", values.fill(user), values.fill(password));
        headers.push(("authorization".to_owned(), format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(credentials))));
    }
    let body = match &request.body {
        Body::None => None,
        Body::Json(json) => {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            Some(json.clone().into_bytes())
        }
        Body::Form(fields) => {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, text) in fields.iter().filter(keep) {
                form.append_pair(name, &values.fill(text));
            }
            Some(form.finish().into_bytes())
        }
    };
    Ok(Wire { method: request.method, url, headers, body })
}

fn is_loopback(host: &str) -> bool {
    let name = host
        .strip_prefix('[')
        .map_or_else(|| host.split(':').next().unwrap_or_default(), |rest| rest.split(']').next().unwrap_or_default());
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
