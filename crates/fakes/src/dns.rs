//! A name server on loopback, over UDP and TCP, that answers as it is told, faults included, and remembers what it was asked.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A question that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsSeen {
    /// The name, in lower case.
    pub name: String,
    /// The number of the type.
    pub rtype: u16,
    /// Whether it came over TCP.
    pub is_tcp: bool,
    /// Whether it says how large the answer may be (EDNS).
    pub has_size: bool,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DnsFault {
    /// Nothing.
    #[default]
    None,
    /// There is no answer.
    Silent,
    /// The answer has another number, then comes the right one if `true`.
    WrongId(bool),
    /// The answer is to another name.
    WrongName,
    /// Over UDP the answer says that it does not fit.
    Truncated,
    /// Bytes that are no message.
    Garbage,
    /// Over TCP the connection ends in the middle.
    Cut,
}

/// A record: name, number of the type, seconds, data.
pub type DnsRecord = (String, u16, u32, Vec<u8>);

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct DnsReply {
    code: u8,
    answers: Vec<DnsRecord>,
    authority: Vec<DnsRecord>,
    fault: DnsFault,
    wait: Duration,
}

/// A name as messages hold it, without pointers.
pub fn wire_name(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap_or(63));
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}

impl DnsReply {
    /// An answer with that code: 0 is no error, 2 SERVFAIL, 3 no such name.
    pub fn new(code: u8) -> Self {
        Self { code, ..Self::default() }
    }

    /// With a record.
    #[must_use]
    pub fn record(mut self, name: &str, rtype: u16, ttl: u32, data: impl Into<Vec<u8>>) -> Self {
        self.answers.push((name.to_owned(), rtype, ttl, data.into()));
        self
    }

    /// With an address.
    #[must_use]
    pub fn a(self, name: &str, ttl: u32, address: [u8; 4]) -> Self {
        self.record(name, 1, ttl, address)
    }

    /// With a text, in as many pieces as it needs.
    #[must_use]
    pub fn txt(self, name: &str, ttl: u32, text: &str) -> Self {
        let mut data = Vec::new();
        for piece in text.as_bytes().chunks(255) {
            data.push(u8::try_from(piece.len()).unwrap_or(255));
            data.extend_from_slice(piece);
        }
        self.record(name, 16, ttl, data)
    }

    /// With a record of who is responsible, which says how long nothing holds.
    #[must_use]
    pub fn soa(mut self, zone: &str, ttl: u32, minimum: u32) -> Self {
        let mut data = [wire_name("ns.test"), wire_name("hostmaster.test")].concat();
        for number in [1, 2, 3, 4, minimum] {
            data.extend_from_slice(&number.to_be_bytes());
        }
        self.authority.push((zone.to_owned(), 6, ttl, data));
        self
    }

    /// With something wrong.
    #[must_use]
    pub fn fault(mut self, fault: DnsFault) -> Self {
        self.fault = fault;
        self
    }

    /// After a while.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

type Handler = dyn Fn(&DnsSeen) -> DnsReply + Send + Sync;

/// The server; it ends with this value.
pub struct FakeDns {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<DnsSeen>>>,
    is_over: Arc<AtomicBool>,
}

impl std::fmt::Debug for FakeDns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FakeDns({})", self.address)
    }
}

impl FakeDns {
    /// Starts one that answers what `handler` says.
    pub fn start(handler: impl Fn(&DnsSeen) -> DnsReply + Send + Sync + 'static) -> io::Result<Self> {
        let (udp, tcp) = ports()?;
        let server = Self { address: udp.local_addr()?, seen: Arc::default(), is_over: Arc::default() };
        let handler: Arc<Handler> = Arc::new(handler);
        let (seen, is_over, answer) = (Arc::clone(&server.seen), Arc::clone(&server.is_over), Arc::clone(&handler));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let query = buffer.get(..length).unwrap_or_default().to_vec();
                let (seen, answer, udp) = (Arc::clone(&seen), Arc::clone(&answer), udp.try_clone());
                thread::spawn(move || {
                    for message in answered(&query, false, &seen, answer.as_ref()) {
                        drop(udp.as_ref().map(|udp| udp.send_to(&message, from)));
                    }
                });
            }
        });
        let (seen, is_over) = (Arc::clone(&server.seen), Arc::clone(&server.is_over));
        thread::spawn(move || {
            for stream in tcp.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&handler));
                thread::spawn(move || stream.and_then(|stream| serve(stream, &seen, answer.as_ref())));
            }
        });
        Ok(server)
    }

    /// `127.0.0.1:<port>`
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What came in so far.
    pub fn seen(&self) -> Vec<DnsSeen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeDns {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the threads that wait.
        drop(TcpStream::connect(self.address));
        drop(UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(&[], self.address)));
    }
}

/// One port for both protocols.
fn ports() -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..50 {
        let udp = UdpSocket::bind("127.0.0.1:0")?;
        match TcpListener::bind(udp.local_addr()?) {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<DnsSeen>>, handler: &Handler) -> io::Result<()> {
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix)?;
    let mut query = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut query)?;
    for message in answered(&query, true, seen, handler) {
        stream.write_all(&message)?;
    }
    Ok(())
}

/// The messages that answer a query, as they are sent.
fn answered(query: &[u8], is_tcp: bool, seen: &Mutex<Vec<DnsSeen>>, handler: &Handler) -> Vec<Vec<u8>> {
    let Some((asked, end)) = parse(query, is_tcp) else { return Vec::new() };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let reply = handler(&asked);
    thread::sleep(reply.wait);
    let question = query.get(12..end).unwrap_or_default();
    let id = query.get(..2).unwrap_or_default();
    let other_id: Vec<u8> = id.iter().map(|byte| byte ^ 0x5a).collect();
    let right = || message(id, question, &reply, false);
    let messages = match reply.fault {
        DnsFault::None => vec![right()],
        DnsFault::Silent => Vec::new(),
        DnsFault::WrongId(false) => vec![message(&other_id, question, &reply, false)],
        DnsFault::WrongId(true) => vec![message(&other_id, question, &DnsReply::new(3), false), right()],
        DnsFault::WrongName => vec![message(id, &[wire_name("other.test"), vec![0, 1, 0, 1]].concat(), &reply, false)],
        DnsFault::Truncated if !is_tcp => vec![message(id, question, &DnsReply::new(reply.code), true)],
        DnsFault::Truncated => vec![right()],
        DnsFault::Garbage => vec![vec![0xff; 40]],
        DnsFault::Cut if !is_tcp => vec![message(id, question, &DnsReply::new(reply.code), true)],
        DnsFault::Cut => vec![right()],
    };
    if !is_tcp {
        return messages;
    }
    let frame = |message: Vec<u8>| {
        let mut framed = u16::try_from(message.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
        framed.extend(message);
        if reply.fault == DnsFault::Cut {
            framed.truncate(framed.len() / 2);
        }
        framed
    };
    messages.into_iter().map(frame).collect()
}

fn parse(query: &[u8], is_tcp: bool) -> Option<(DnsSeen, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let rtype = u16::from_be_bytes([*query.get(at)?, *query.get(at + 1)?]);
    let has_size = *query.get(11)? > 0;
    Some((DnsSeen { name: labels.join("."), rtype, is_tcp, has_size }, at + 4))
}

fn message(id: &[u8], question: &[u8], reply: &DnsReply, is_truncated: bool) -> Vec<u8> {
    let mut out = id.to_vec();
    out.extend([if is_truncated { 0x83 } else { 0x81 }, 0x80 | reply.code, 0, 1]);
    for records in [&reply.answers, &reply.authority] {
        out.extend(u16::try_from(records.len()).unwrap_or(u16::MAX).to_be_bytes());
    }
    out.extend([0, 0]);
    out.extend_from_slice(question);
    for (name, rtype, ttl, data) in reply.answers.iter().chain(&reply.authority) {
        out.extend(wire_name(name));
        out.extend(rtype.to_be_bytes());
        out.extend([0, 1]);
        out.extend(ttl.to_be_bytes());
        out.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(data);
    }
    out
}
