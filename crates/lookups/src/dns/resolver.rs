//! Asks name servers: over UDP, over TCP where the answer does not fit, one after another until one knows.

use super::message::{Message, Record, question, read};
use super::record::RecordType;
use crate::config::Dns;
use crate::http::{Failure, Stop};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// Names behind names that are followed within an answer.
const MOST_ALIASES: usize = 16;
/// Texts of an answer that are kept.
const MOST_KEPT: usize = 256;
/// How long an answer holds, whatever its records say.
const SHORTEST: u32 = 60;
const LONGEST: u32 = 86_400;
/// How long it holds that there is nothing, where no zone says.
const NEGATIVE: u32 = 300;
/// Where the system says whom to ask.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// What a resolver said about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The name that was asked about.
    pub name: String,
    /// The type that was asked for.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Whether the name exists.
    pub exists: bool,
    /// The name at the end of all aliases.
    pub canonical_name: String,
    /// The records that lead from the name to the answer, and the answer.
    pub records: Vec<Line>,
    /// Who said so.
    pub server: String,
}

/// A record of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whose.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Seconds for which it holds.
    pub ttl: u32,
    /// What it says.
    pub value: String,
}

impl Resolved {
    /// What the records of the type that was asked for say.
    pub fn answers(&self) -> impl Iterator<Item = &str> + Clone {
        self.records.iter().filter(|line| line.rtype == self.rtype).map(|line| line.value.as_str())
    }

    /// `ok`, `no_data` (the name exists, and has no such records) or `not_found`.
    pub fn status(&self) -> &'static str {
        match (self.exists, self.answers().next()) {
            (false, _) => "not_found",
            (true, None) => "no_data",
            (true, Some(_)) => "ok",
        }
    }
}

/// Name servers, and how long to wait for them.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    timeout: Duration,
    attempts: usize,
}

impl Resolver {
    /// Those of the configuration, else those of the system.
    pub fn new(settings: &Dns) -> Result<Self, Failure> {
        let mut servers: Vec<SocketAddr> = settings.servers.iter().filter_map(|server| server.parse().ok()).collect();
        if servers.is_empty() {
            servers = system_servers(&std::fs::read_to_string(RESOLV_CONF).unwrap_or_default());
        }
        if servers.is_empty() {
            return Err(Failure::Request("no name server is known: write dns: servers: [address] in config.yaml".to_owned()));
        }
        Ok(Self { servers, timeout: settings.timeout, attempts: settings.attempts.max(1) })
    }

    /// Asks about one name, and says how long the answer holds.
    pub fn resolve(&self, name: &str, rtype: RecordType, stop: &Stop) -> Result<(Resolved, Duration), Failure> {
        let mut failure = Failure::Timeout(self.timeout);
        for _ in 0..self.attempts {
            for server in &self.servers {
                stop.check()?;
                match self.ask(*server, name, rtype).and_then(|message| resolved(&message, name, rtype, *server)) {
                    Ok(resolved) => return Ok(resolved),
                    Err(why) => failure = why,
                }
            }
        }
        Err(failure)
    }

    /// One server, once; again without the words on size where it does not understand them.
    fn ask(&self, server: SocketAddr, name: &str, rtype: RecordType) -> Result<Message, Failure> {
        let mut message = self.ask_with(server, name, rtype, true)?;
        if matches!(message.code, 1 | 4) {
            message = self.ask_with(server, name, rtype, false)?;
        }
        Ok(message)
    }

    fn ask_with(&self, server: SocketAddr, name: &str, rtype: RecordType, has_size: bool) -> Result<Message, Failure> {
        let end = Instant::now() + self.timeout;
        let query = || {
            let id = random_id()?;
            let query =
                question(id, name, rtype, has_size).ok_or_else(|| Failure::Request("the name is too long for the DNS".to_owned()))?;
            Ok((id, query))
        };
        let (id, sent) = query()?;
        let failure = |error: io::Error| self.failure(server, &error);
        let message = over_udp(server, &sent, end, |message| answers(message, id, name, rtype)).map_err(failure)?;
        if !message.is_truncated {
            return Ok(message);
        }
        let (id, sent) = query()?;
        let bytes = over_tcp(server, &sent, end).map_err(failure)?;
        let nonsense = || Failure::Decode(format!("{server} answers something else than was asked"));
        read(&bytes).filter(|message| answers(message, id, name, rtype)).ok_or_else(nonsense)
    }

    fn failure(&self, server: SocketAddr, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Timeout(self.timeout),
            io::ErrorKind::ConnectionRefused => Failure::Connect(format!("the name server {server} refuses connections")),
            io::ErrorKind::UnexpectedEof => Failure::Cut,
            kind => Failure::Connect(format!("the name server {server}: {kind}")),
        }
    }
}

/// Whether this is the answer to that question: whoever guesses at answers must guess the number and the port, and know the name.
fn answers(message: &Message, id: u16, name: &str, rtype: RecordType) -> bool {
    let echoes = |(asked, of): &(String, u16)| asked.eq_ignore_ascii_case(name) && *of == rtype.number();
    // A server that cannot read a question need not send it back (RFC 1035, 4.1.1: format error).
    message.id == id && message.question.as_ref().map_or(message.code == 1, echoes)
}

fn over_udp(server: SocketAddr, query: &[u8], end: Instant, is_it: impl Fn(&Message) -> bool) -> io::Result<Message> {
    // Port 0: the system takes a random one.
    let here = if server.is_ipv4() { SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)) } else { SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)) };
    let socket = UdpSocket::bind(here)?;
    // Connected: only what comes from that server is seen.
    socket.connect(server)?;
    socket.send(query)?;
    // More than was asked for: not every server keeps to it.
    let mut buffer = [0; 4096];
    loop {
        socket.set_read_timeout(Some(left(end)?))?;
        let length = socket.recv(&mut buffer)?;
        // What is no answer to this question may be somebody's guess; the answer may still come.
        if let Some(message) = buffer.get(..length).and_then(read).filter(&is_it) {
            return Ok(message);
        }
    }
}

fn over_tcp(server: SocketAddr, query: &[u8], end: Instant) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, left(end)?)?;
    let length = u16::try_from(query.len()).unwrap_or(0);
    stream.set_write_timeout(Some(left(end)?))?;
    stream.write_all(&[length.to_be_bytes().as_slice(), query].concat())?;
    let mut prefix = [0; 2];
    read_until(&mut stream, &mut prefix, end)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(prefix))];
    read_until(&mut stream, &mut answer, end)?;
    Ok(answer)
}

/// Fills `buffer`, but not past `end`, however slowly the bytes come.
fn read_until(stream: &mut TcpStream, mut buffer: &mut [u8], end: Instant) -> io::Result<()> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(left(end)?))?;
        match stream.read(buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => buffer = buffer.get_mut(count..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// The time that is left; an error once there is none, since sockets take zero for no limit.
fn left(end: Instant) -> io::Result<Duration> {
    Some(end.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero()).ok_or_else(|| io::ErrorKind::TimedOut.into())
}

/// A number that nobody can guess.
fn random_id() -> Result<u16, Failure> {
    let mut bytes = [0; 2];
    let provider = rustls::crypto::ring::default_provider();
    provider.secure_random.fill(&mut bytes).map_err(|_| Failure::Request("the system gives no random numbers".to_owned()))?;
    Ok(u16::from_be_bytes(bytes))
}

/// What an answer says about `name`: its records and those of the names behind it, in that order. What else is in the message is not believed.
fn resolved(message: &Message, name: &str, rtype: RecordType, server: SocketAddr) -> Result<(Resolved, Duration), Failure> {
    let exists = match message.code {
        0 => true,
        3 => false,
        2 => return Err(Failure::Decode(format!("{server} answers SERVFAIL"))),
        5 => return Err(Failure::Decode(format!("{server} answers REFUSED"))),
        code => return Err(Failure::Decode(format!("{server} answers with the error {code}"))),
    };
    let mut current = name.to_owned();
    let mut records: Vec<&Record> = Vec::new();
    let is_of = |record: &&Record, rtype: RecordType, name: &str| record.rtype == rtype.number() && record.name.eq_ignore_ascii_case(name);
    for step in 0.. {
        let found = message.answers.iter().filter(|record| is_of(record, rtype, &current)).take(MOST_KEPT);
        let before = records.len();
        records.extend(found);
        if records.len() > before {
            break;
        }
        let Some(alias) = message.answers.iter().find(|record| is_of(record, RecordType::Cname, &current)) else { break };
        if step == MOST_ALIASES || records.iter().any(|earlier| earlier.name == alias.name) {
            return Err(Failure::Decode(format!("{server} answers with names that lead nowhere")));
        }
        records.push(alias);
        current = alias.value.clone().unwrap_or_default();
    }
    let is_answered = records.iter().any(|record| record.rtype == rtype.number());
    let ttl = if is_answered {
        records.iter().map(|record| record.ttl).min().unwrap_or(NEGATIVE)
    } else {
        // RFC 2308, 5: the smaller of the TTL of the SOA and its last number.
        let soa = message.authority.iter().find(|record| record.rtype == RecordType::Soa.number());
        let minimum = |soa: &Record| soa.value.as_deref()?.rsplit(' ').next()?.parse::<u32>().ok();
        soa.map_or(NEGATIVE, |soa| minimum(soa).map_or(soa.ttl, |minimum| minimum.min(soa.ttl)))
    };
    let line = |record: &&Record| {
        let rtype = RecordType::of_number(record.rtype)?.name().to_owned();
        Some(Line { name: record.name.to_ascii_lowercase(), rtype, ttl: record.ttl, value: record.value.clone()? })
    };
    let resolved = Resolved {
        name: name.to_owned(),
        rtype: rtype.name().to_owned(),
        exists: exists || is_answered,
        canonical_name: current.to_ascii_lowercase(),
        records: records.iter().filter_map(line).collect(),
        server: server.to_string(),
    };
    Ok((resolved, Duration::from_secs(ttl.clamp(SHORTEST, LONGEST).into())))
}

/// The servers in the text of a resolv.conf(5).
fn system_servers(text: &str) -> Vec<SocketAddr> {
    let address = |line: &str| {
        let rest = line.trim_start().strip_prefix("nameserver")?;
        let address = rest.split_whitespace().next().filter(|_| rest.starts_with([' ', '\t']))?;
        // A link-local address needs its interface, which an address of the standard library has as a number only.
        address.parse().ok().map(|address: std::net::IpAddr| SocketAddr::new(address, 53))
    };
    text.lines().filter_map(address).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, rtype: RecordType, ttl: u32, value: &str) -> Record {
        Record { name: name.to_owned(), rtype: rtype.number(), ttl, value: Some(value.to_owned()) }
    }

    fn say(code: u8, answers: Vec<Record>, authority: Vec<Record>) -> Result<(Resolved, Duration), Failure> {
        let message = Message { id: 1, is_truncated: false, code, question: None, answers, authority };
        resolved(&message, "www.x.test", RecordType::A, SocketAddr::from((Ipv4Addr::LOCALHOST, 53)))
    }

    #[test]
    fn aliases_are_followed_and_strangers_are_not_believed() {
        let (said, ttl) = say(
            0,
            vec![
                record("cdn.y.test", RecordType::A, 30, "192.0.2.1"),
                record("WWW.x.test", RecordType::Cname, 3600, "Cdn.Y.test"),
                record("bank.test", RecordType::A, 90_000, "203.0.113.66"),
                record("cdn.y.test", RecordType::A, 600, "192.0.2.2"),
            ],
            vec![],
        )
        .expect("an answer");
        assert_eq!(said.answers().collect::<Vec<_>>(), ["192.0.2.1", "192.0.2.2"]);
        assert_eq!((said.records.len(), said.canonical_name.as_str(), said.status()), (3, "cdn.y.test", "ok"));
        assert_eq!(ttl, Duration::from_secs(60), "not below a minute");
        let looped = say(
            0,
            vec![record("www.x.test", RecordType::Cname, 1, "a.test"), record("a.test", RecordType::Cname, 1, "www.x.test")],
            vec![],
        );
        assert!(looped.is_err_and(|failure| failure.to_string().contains("lead nowhere")));
        let long = (0..40).map(|at| {
            let name = if at == 0 { "www.x.test".to_owned() } else { format!("{at}.test") };
            record(&name, RecordType::Cname, 1, &format!("{}.test", at + 1))
        });
        assert!(say(0, long.collect(), vec![]).is_err());
    }

    #[test]
    fn that_there_is_nothing_is_an_answer() {
        let soa = |ttl, minimum: u32| vec![record("x.test", RecordType::Soa, ttl, &format!("ns.x.test h.x.test 1 2 3 4 {minimum}"))];
        for (code, authority, status, seconds) in [
            (3, vec![], "not_found", 300),
            (3, soa(3600, 900), "not_found", 900),
            (3, soa(600, 86_400), "not_found", 600),
            (0, soa(5, 5), "no_data", 60),
            (0, soa(1 << 30, 1 << 30), "no_data", 86_400),
        ] {
            let (said, ttl) = say(code, vec![], authority).expect("an answer");
            assert_eq!((said.status(), ttl.as_secs()), (status, seconds));
        }
        let (said, _) = say(3, vec![record("www.x.test", RecordType::Cname, 1, "gone.test")], vec![]).expect("an answer");
        assert_eq!((said.status(), said.canonical_name.as_str()), ("not_found", "gone.test"));
    }

    #[test]
    fn the_servers_of_the_system() {
        let text = "# nameserver 9.9.9.9\nsearch corp\nnameserver 192.0.2.53\n\tnameserver\t::1 # local\nnameserverx 1.1.1.1\nnameserver fe80::1%eth0\n";
        assert_eq!(system_servers(text).iter().map(SocketAddr::to_string).collect::<Vec<_>>(), ["192.0.2.53:53", "[::1]:53"]);
        let same: std::collections::HashSet<u16> = (0..64).filter_map(|_| random_id().ok()).collect();
        assert!(same.len() > 50, "numbers differ");
    }
}
