//! An HTTP/1.1 server on loopback that answers as it is told, faults included, and remembers what it was asked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When its head had arrived.
    pub at: Instant,
    /// How many requests for the same target came before.
    pub repeats: usize,
}

impl Seen {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    wait: Duration,
    pause: Duration,
    is_cut: bool,
    endless: u64,
}

impl Reply {
    /// A status and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// After a while.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The body byte by byte, with a pause before each.
    #[must_use]
    pub fn dripping(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The connection ends in the middle of the body.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    /// Then so many more bytes of body.
    #[must_use]
    pub fn endless(mut self, bytes: u64) -> Self {
        self.endless = bytes;
        self
    }
}

type Handler = dyn Fn(&Seen) -> Reply + Send + Sync;

/// The server; it ends with this value.
pub struct FakeServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    is_over: Arc<AtomicBool>,
}

impl std::fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FakeServer({})", self.address)
    }
}

impl FakeServer {
    /// Starts one that answers what `handler` says.
    pub fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Self { address: listener.local_addr()?, seen: Arc::default(), is_over: Arc::default() };
        let (seen, is_over, handler): (_, _, Arc<Handler>) = (Arc::clone(&server.seen), Arc::clone(&server.is_over), Arc::new(handler));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                // A client that hangs up is a client's right.
                thread::spawn(move || stream.and_then(|stream| serve(&stream, &seen, handler.as_ref())));
            }
        });
        Ok(server)
    }

    /// `http://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came in so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most requests that came in within any span of that length.
    pub fn most_within(&self, span: Duration) -> usize {
        let mut times: Vec<Instant> = self.seen().iter().map(|seen| seen.at).collect();
        times.sort_unstable();
        let until = |start: &Instant| times.iter().filter(|at| *at >= start && at.duration_since(*start) < span).count();
        times.iter().map(until).max().unwrap_or(0)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<Seen>>, handler: &Handler) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let request = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let repeats = seen.iter().filter(|earlier| earlier.target == request.target).count();
            let request = Seen { repeats, ..request };
            seen.push(request.clone());
            request
        };
        let reply = handler(&request);
        write(stream, &reply)?;
        if reply.is_cut {
            return Ok(());
        }
    }
    Ok(())
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Seen>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let at = Instant::now();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok(Some(Seen { method, target, headers, body, at, repeats: 0 }))
}

fn write(mut stream: &TcpStream, reply: &Reply) -> io::Result<()> {
    thread::sleep(reply.wait);
    let length = reply.body.len() as u64 + reply.endless + if reply.is_cut { 1000 } else { 0 };
    let mut head = format!("HTTP/1.1 {} Made up\r\ncontent-length: {length}\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if reply.pause.is_zero() {
        stream.write_all(&reply.body)?;
    } else {
        for byte in &reply.body {
            thread::sleep(reply.pause);
            stream.write_all(std::slice::from_ref(byte))?;
        }
    }
    let mut left = reply.endless;
    while left > 0 {
        let chunk = left.min(65_536);
        stream.write_all(&vec![b' '; usize::try_from(chunk).unwrap_or(0)])?;
        left -= chunk;
    }
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_remembers() {
        let server =
            FakeServer::start(|seen| Reply::new(if seen.repeats == 0 { 500 } else { 200 }, seen.target.as_bytes())).expect("a server");
        for expected in ["500", "200"] {
            let mut stream = TcpStream::connect(server.address).expect("a connection");
            stream.write_all(b"POST /x?y=1 HTTP/1.1\r\nKey: v\r\nContent-Length: 2\r\n\r\nab").expect("sent");
            let mut answer = [0; 200];
            let length = stream.read(&mut answer).expect("an answer");
            assert!(String::from_utf8_lossy(&answer[..length]).starts_with(&format!("HTTP/1.1 {expected}")));
        }
        let seen = server.seen();
        assert_eq!((seen.len(), seen[1].header("key"), seen[1].body.as_slice(), seen[1].repeats), (2, Some("v"), b"ab".as_slice(), 1));
        assert_eq!(server.most_within(Duration::from_secs(5)), 2);
    }
}
