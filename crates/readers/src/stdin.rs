//! Standard input as a table: read once, kept for the session.

use crate::{Error, Result};
use bytes::Bytes;
use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

/// Most bytes of standard input that are kept in memory.
const MAX_BYTES: u64 = 4 << 30;

/// Standard input, or whatever stands in for it.
#[derive(Clone)]
pub struct Stdin(Arc<Mutex<State>>);

enum State {
    Unread(Box<dyn Read + Send>),
    Kept(Bytes),
    Failed(Error),
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stdin")
    }
}

impl Default for Stdin {
    fn default() -> Self {
        Self::new(Box::new(std::io::stdin()))
    }
}

impl Stdin {
    /// Anything readable may stand in.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self(Arc::new(Mutex::new(State::Unread(reader))))
    }

    /// All bytes: the first call reads, later ones share. Blocks.
    pub fn bytes(&self) -> Result<Bytes> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Unread(reader) = &mut *state {
            let mut bytes = Vec::new();
            *state = match reader.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
                Err(error) => State::Failed(Error::io("stdin", &error)),
                Ok(_) if bytes.len() as u64 > MAX_BYTES => State::Failed(Error::Unreadable {
                    path: "stdin".to_owned(),
                    problem: format!("it is longer than {MAX_BYTES} bytes; save it to a file and query the file"),
                }),
                Ok(_) => State::Kept(Bytes::from(bytes)),
            };
        }
        match &*state {
            State::Kept(bytes) => Ok(bytes.clone()),
            State::Failed(error) => Err(error.clone()),
            State::Unread(_) => Err(Error::Internal("stdin unread".to_owned())),
        }
    }
}
