//! `tls_cert`: the certificate that a server shows.

use super::certificate::Certificate;
use super::handshake::{Shown, look};
use crate::cache::now;
use crate::context::Context;
use crate::dns::{RecordType, address, name, resolve};
use crate::facts::{Asker, Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Said, Wanted, max_lookups};
use crate::http::{Failure, Stop};
use crate::ti::Refusal;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use huntsql_kernels::input::Input;
use huntsql_kernels::net::{AddressKind, address_kind, parse_address};
use huntsql_kernels::prelude::*;
use huntsql_kernels::text::refang;
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

const NAME: &str = "tls_cert";
/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(60 * 60);

/// Options of `tls_cert`.
#[derive(Debug)]
pub struct TlsCertOptions {
    asking: Asking,
    internal: bool,
    port: u16,
}

impl Default for TlsCertOptions {
    fn default() -> Self {
        Self { asking: Asking::new(100), internal: false, port: 443 }
    }
}

impl Options for TlsCertOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        OptionField {
            name: "internal",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether hosts of private networks are connected to, too; their names are looked up as the system does it.",
        },
        max_lookups("100"),
        OptionField { name: "port", kind: OptionKind::Int(1, 65_535), default: "443", doc: "The port, where the host does not name one." },
        REFRESH,
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, self.asking.set(name, setting)) {
            ("internal", Some(Setting::Bool(value))) => self.internal = value,
            ("port", Some(Setting::Int(port))) => self.port = u16::try_from(port).unwrap_or(443),
            _ => {}
        }
        Ok(())
    }
}

/// Begins the keys of what was seen from inside.
const INTERNAL: &str = "internal ";

/// A server, as the key of what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    /// A name, or an address.
    name: String,
    port: u16,
}

impl Host {
    /// From `host`, `host:port`, `[address]:port`, an address, or a URL, of which only the host and the port count.
    fn new(text: &str, options: &TlsCertOptions) -> Result<Self, Refusal> {
        let mut live = String::new();
        refang(text.trim(), &mut live);
        let rest = live.split_once("://").map_or(live.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let bad = || Refusal::BadFormat("not a host, nor host:port".to_owned());
        let (host, port) = match authority.rsplit_once(':') {
            _ if parse_address(authority).is_some() => (authority, None),
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(bad)?)),
            None => (authority, None),
        };
        let port = port.unwrap_or(options.port);
        let name = match parse_address(host) {
            Some(_) => address(host, options.internal)?.to_string(),
            None => name(host, options.internal)?,
        };
        Ok(Self { name, port })
    }

    fn key(&self) -> String {
        if self.name.contains(':') { format!("[{}]:{}", self.name, self.port) } else { format!("{}:{}", self.name, self.port) }
    }

    fn of_key(key: &str) -> Option<Self> {
        let (name, port) = key.strip_prefix(INTERNAL).unwrap_or(key).rsplit_once(':')?;
        Some(Self { name: name.trim_matches(['[', ']']).to_owned(), port: port.parse().ok()? })
    }
}

/// What a server showed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sight {
    /// Its certificate: DER in base64.
    certificate: String,
    chain: i64,
    version: Option<String>,
    ip: String,
}

/// Connects.
struct Sites {
    internal: bool,
}

impl Sites {
    /// Where the server is. A public name that leads into a private network is not followed there.
    fn addresses(&self, context: &Context, host: &Host, stop: &Stop) -> Result<Vec<IpAddr>, Failure> {
        if let Ok(address) = host.name.parse() {
            return Ok(vec![address]);
        }
        let none = || Failure::Connect(format!("{} has no address", host.name));
        if self.internal {
            let found = (host.name.as_str(), host.port).to_socket_addrs().map_err(|_| none())?;
            return Ok(found.map(|address| address.ip()).collect());
        }
        let mut addresses: Vec<IpAddr> = Vec::new();
        for rtype in [RecordType::A, RecordType::Aaaa] {
            let said = resolve(context, &host.name, rtype, false, stop)?;
            addresses.extend(said.answers().filter_map(|answer| answer.parse::<IpAddr>().ok()));
            if !addresses.is_empty() {
                break;
            }
        }
        let is_known = !addresses.is_empty();
        addresses.retain(|address| address_kind(*address) == AddressKind::Public);
        match addresses.first() {
            Some(_) => Ok(addresses),
            None if is_known => Err(Failure::Request(format!("{} leads to a private address, which needs the option internal", host.name))),
            None => Err(none()),
        }
    }
}

impl Asker for Sites {
    type Fact = Sight;
    const KIND: &'static str = "tls";
    const CONCURRENCY: usize = 8;

    fn asked(&self, _: &Context, key: &str) -> String {
        key.to_owned()
    }

    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(Sight, Duration), Failure> {
        let host = Host::of_key(key).ok_or_else(|| Failure::Request("not a host".to_owned()))?;
        let name = ServerName::try_from(host.name.clone()).map_err(|_| Failure::Request("not a name that servers have".to_owned()))?;
        let mut failure = Failure::Connect(format!("{} has no address", host.name));
        // Two are enough to see whether anybody is there.
        for address in self.addresses(context, &host, stop)?.into_iter().take(2) {
            stop.check()?;
            match look(SocketAddr::new(address, host.port), name.clone(), &context.config.http) {
                Ok(Shown { certificate, chain, version }) => {
                    let (certificate, chain) = (BASE64_STANDARD.encode(certificate), i64::try_from(chain).unwrap_or(0));
                    return Ok((Sight { certificate, chain, version: version.map(str::to_owned), ip: address.to_string() }, HOLDS));
                }
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }
}

/// What is said of one server.
#[derive(Debug)]
pub struct Seen<'a> {
    host: Option<Host>,
    text: &'a str,
    said: Said<'a, Sight>,
}

impl SqlValue for Seen<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("host", SqlType::Text),
        ("port", SqlType::Int),
        ("ip", SqlType::Text),
        ("subject", SqlType::Text),
        ("issuer", SqlType::Text),
        ("serial", SqlType::Text),
        ("not_before", SqlType::Time),
        ("not_after", SqlType::Time),
        ("sha1", SqlType::Text),
        ("sha256", SqlType::Text),
        ("san", SqlType::List(&SqlType::Text)),
        ("is_self_signed", SqlType::Bool),
        ("is_valid_now", SqlType::Bool),
        ("chain_length", SqlType::Int),
        ("version", SqlType::Int),
        ("tls_version", SqlType::Text),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let sight = self.said.fact;
        let certificate = sight.and_then(|sight| Certificate::read(&BASE64_STANDARD.decode(&sight.certificate).ok()?));
        let certificate = certificate.as_ref();
        let status = match (&self.said.failed, certificate) {
            (Some(status), _) => status.as_ref(),
            (None, None) => "error: what the server shows is not a certificate",
            (None, Some(_)) => "ok",
        };
        let text = |field: fn(&Certificate) -> &String| certificate.map(|certificate| field(certificate).as_str());
        let is_valid = |certificate: &Certificate| Some(certificate.not_before? <= now() && now() <= certificate.not_after?);
        let host = self.host.as_ref();
        let row = out.row().put(host.map_or(self.text, |host| host.name.as_str())).put(host.map(|host| i64::from(host.port)));
        let row = row.put(sight.map(|sight| sight.ip.as_str()));
        let row = row.put(text(|it| &it.subject)).put(text(|it| &it.issuer)).put(text(|it| &it.serial));
        let row =
            row.put(certificate.and_then(|it| it.not_before).map(Timestamp)).put(certificate.and_then(|it| it.not_after).map(Timestamp));
        let row = row.put(text(|it| &it.sha1)).put(text(|it| &it.sha256));
        let row = row.put(certificate.map(|it| ListOf(it.names.iter().map(String::as_str)))).put(certificate.map(|it| it.is_self_signed));
        let row = row.put(certificate.and_then(is_valid)).put(certificate.and(sight).map(|sight| sight.chain));
        let row = row.put(certificate.map(|it| it.version)).put(sight.and_then(|sight| sight.version.as_deref()));
        row.put(status).put(self.said.at.map(Timestamp)).put(self.said.is_cached).end();
    }
}

/// Kernel of `tls_cert`.
pub struct TlsCert;

impl ScalarKernel for TlsCert {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Connects to a server and says which certificate it shows.",
        details: "\
**It contacts the site itself**, from this machine and without the proxy: whoever runs a suspicious site sees the connection, your address, and the name that is asked for. Only the handshake is done; nothing is sent or read beyond it. \
Nothing is verified, since the sites worth looking at are those that fail: `is_valid_now` compares dates only, and `is_self_signed` says that the certificate names itself as its issuer.

`host` is a name or an address, with or without a port; of a URL only host and port count. `subject` and `issuer` are written as Zeek logs them, the last part first; `sha1` (see `in_abuse_list`) and `sha256` are of the whole certificate; `san` holds names, \
addresses and URIs for which it holds; `version` is that of the certificate (3), `tls_version` that of the connection. TLS 1.2 and 1.3 are spoken; older servers give an error.

A batch of rows connects to each server once, 8 at a time; what was seen is kept for an hour. Private and reserved hosts, and names that lead to them, are not connected to unless `internal` is true. `status` is `ok`, `bad_format`, \
`not_global`, `never_send`, or `error: ` and what went wrong.",
        args: &[Arg { name: "host", doc: "The server, defanged or not: `host`, `host:port` or a URL." }],
        examples: &[Example {
            sql: "SELECT t['host'] AS host, t['port'] AS port, t['subject'] AS subject, t['status'] AS status FROM (SELECT tls_cert('192.168.1.1:8443') AS t) s",
            result: "192.168.1.1:8443 | NULL | NULL | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = TlsCertOptions;
    type Out<'a> = Seen<'a>;
    type Scratch = Batch<Sight>;

    fn prepare(
        batch: &mut Self::Scratch,
        options: &TlsCertOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.asking.open(NAME)?;
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        batch.prepare(&call, Sites { internal: options.internal }, (input, rows), |text| {
            let host = Host::new(text, options)?;
            // A name may lead to another server from inside: what is seen there is told apart.
            let view = if options.internal { INTERNAL } else { "" };
            Ok(Wanted { key: format!("{view}{}", host.key()), subject: host.name })
        })
    }

    fn eval<'a>(batch: &'a mut Self::Scratch, options: &'a TlsCertOptions, (text,): (&'a str,)) -> KernelResult<Seen<'a>> {
        Ok(batch.said(text).map(|said| Seen { host: Host::new(text, options).ok(), text, said }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let options = TlsCertOptions::default();
        for (text, expected) in [
            ("www[.]google[.]com", Ok("www.google.com:443")),
            ("google.com:8443", Ok("google.com:8443")),
            ("hxxps://user@google.com:9443/path?x#y", Ok("google.com:9443")),
            ("8.8.8.8", Ok("8.8.8.8:443")),
            ("[2001:4860:4860::8888]:853", Ok("[2001:4860:4860::8888]:853")),
            ("2001:4860:4860::8888", Ok("[2001:4860:4860::8888]:443")),
            ("127.0.0.1:443", Err("not_global")),
            ("localhost", Err("not_global")),
            ("google.com:0", Err("bad_format")),
            ("google.com:x", Err("bad_format")),
            ("", Err("bad_format")),
        ] {
            let host = Host::new(text, &options);
            assert_eq!(host.as_ref().map(Host::key).map_err(Refusal::status), expected.map(str::to_owned), "{text}");
            assert!(host.is_err() || host.ok() == Host::of_key(expected.unwrap_or_default()));
        }
        let internal = TlsCertOptions { internal: true, port: 636, ..TlsCertOptions::default() };
        assert_eq!(Host::new("dc01", &internal).map(|host| host.key()).as_deref(), Ok("dc01:636"));
    }
}
