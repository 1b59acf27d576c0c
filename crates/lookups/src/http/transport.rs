//! How a request gets out. `ureq`, which blocks, serves both engines: a tokio runtime inside DuckDB hangs after a fork, and the number of look-ups
//! under way is small, since providers limit it.

use super::failure::Failure;
use super::request::Method;
use crate::config::{Environment, Http};
use std::fmt;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// A request with its secrets filled in. It prints without them.
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.name(), host(&self.url))
    }
}

/// An answer of any status.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Sends one request and reads the answer, once. Never longer than its timeouts, never more than its bounds.
pub(crate) trait Transport: Send + Sync {
    fn send(&self, wire: &Wire) -> Result<Raw, Failure>;
}

/// The host of a URL, for messages.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// The transport of this process.
pub(crate) struct Ureq {
    agent: ureq::Agent,
    max_bytes: u64,
    timeout: Duration,
}

impl Ureq {
    pub(crate) fn new(settings: &Http, environment: Environment<'_>) -> Result<Self, String> {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(settings.timeout))
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_resolve(Some(settings.connect_timeout))
            .max_response_header_size(64 << 10)
            .user_agent(concat!("huntsql/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &settings.proxy {
            let url = proxy.resolve(environment).map_err(|why| format!("http.proxy: {why}"))?;
            let proxy =
                ureq::Proxy::new(url.expose()).map_err(|_| "http.proxy is no URL such as http://user:password@host:port".to_owned())?;
            config = config.proxy(Some(proxy));
        }
        if let Some(path) = &settings.ca_file {
            let wrong = |why: &dyn fmt::Display| format!("http.ca_file: {}: {why}", path.display());
            let text = std::fs::read(path).map_err(|error| wrong(&error))?;
            let mut certificates = Vec::new();
            for item in parse_pem(&text) {
                if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(&error))? {
                    certificates.push(certificate);
                }
            }
            if certificates.is_empty() {
                return Err(wrong(&"has no certificate in PEM form"));
            }
            config = config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&certificates)).build());
        }
        Ok(Self { agent: config.build().new_agent(), max_bytes: settings.max_bytes, timeout: settings.timeout })
    }
}

impl Transport for Ureq {
    fn send(&self, wire: &Wire) -> Result<Raw, Failure> {
        let failure = |error: ureq::Error| self.failure(error, &wire.url);
        let mut request = http::Request::builder().method(wire.method.name()).uri(&wire.url);
        for (name, value) in &wire.headers {
            request = request.header(name, value);
        }
        let bad = |_| Failure::Request("a setting holds characters that cannot be sent".to_owned());
        let mut response = match &wire.body {
            None => self.agent.run(request.body(()).map_err(bad)?),
            Some(body) => self.agent.run(request.body(body.as_slice()).map_err(bad)?),
        }
        .map_err(failure)?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, retry_after, location) = (response.status().as_u16(), header("retry-after"), header("location"));
        let mut body = Vec::new();
        let mut reader = response.body_mut().with_config().limit(u64::MAX).reader().take(self.max_bytes + 1);
        reader.read_to_end(&mut body).map_err(|error| match error.into_inner().map(|inner| inner.downcast::<ureq::Error>()) {
            Some(Ok(inner)) => failure(*inner),
            _ => Failure::Cut,
        })?;
        if body.len() as u64 > self.max_bytes {
            return Err(Failure::TooLarge(self.max_bytes));
        }
        Ok(Raw { status, retry_after, location, body })
    }
}

impl Ureq {
    /// Our own words: those of the libraries may hold the URL, and with it a key.
    fn failure(&self, error: ureq::Error, url: &str) -> Failure {
        let host = host(url).to_owned();
        match error {
            ureq::Error::Timeout(_) => Failure::Timeout(self.timeout),
            ureq::Error::HostNotFound => Failure::Connect(format!("{host} has no address")),
            ureq::Error::Io(error) => match error.kind() {
                io::ErrorKind::ConnectionRefused => Failure::Connect(format!("{host} refuses connections")),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Failure::Cut,
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Timeout(self.timeout),
                kind => Failure::Connect(format!("{host}: {kind}")),
            },
            ureq::Error::Rustls(error) => Failure::Tls(format!("{host}: {error}")),
            ureq::Error::Tls(_) => Failure::Tls(format!("{host}: no secure connection")),
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::Request("base_url is no URL such as https://host".to_owned()),
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
                Failure::Connect(format!("the proxy does not connect to {host}"))
            }
            ureq::Error::LargeResponseHeader(..) => Failure::TooLarge(64 << 10),
            _ => Failure::Cut,
        }
    }
}
