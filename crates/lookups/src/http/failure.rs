//! Why there is no answer.

use std::fmt;
use std::time::Duration;

/// Why a provider gave no answer. None of these words may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Its quota is used up, as it says or as our own count says; until then.
    Quota(Option<Duration>),
    /// It does not let us in with the key that it was asked with.
    Denied(u16),
    /// It does not let us in, and takes no key.
    Refused(u16),
    /// A status that is no answer.
    Status(u16),
    /// It took longer than this.
    Timeout(Duration),
    /// There is no connection.
    Connect(String),
    /// The connection is not safe.
    Tls(String),
    /// The connection ended in the middle of the answer.
    Cut,
    /// The answer is larger than this.
    TooLarge(u64),
    /// It sends us to another host, to which no key is sent.
    Redirect(String),
    /// The answer is not of the shape that is documented.
    Decode(String),
    /// The request cannot be made: a setting is wrong.
    Request(String),
    /// It was left alone after it failed so often in a row.
    GivenUp(usize),
    /// The statement was cancelled.
    Stopped,
}

impl Failure {
    /// Whether another attempt may go better.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Timeout(_) | Self::Connect(_) | Self::Cut => true,
            Self::Status(status) => matches!(status, 408 | 425 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// The column `status`.
    pub fn status(&self) -> String {
        match self {
            Self::Quota(_) => "quota".to_owned(),
            _ => format!("error: {self}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quota(Some(wait)) => write!(f, "quota used up for another {} s", wait.as_secs().max(1)),
            Self::Quota(None) => f.write_str("quota used up"),
            Self::Denied(status) => write!(f, "access denied (HTTP {status}): check the key"),
            Self::Refused(status) => write!(f, "access denied (HTTP {status})"),
            Self::Status(status) => write!(f, "HTTP {status}"),
            Self::Timeout(after) => write!(f, "no answer within {} s", after.as_secs_f64()),
            Self::Connect(why) => write!(f, "no connection: {why}"),
            Self::Tls(why) => write!(f, "no safe connection: {why}"),
            Self::Cut => f.write_str("the answer breaks off"),
            Self::TooLarge(bytes) => write!(f, "the answer is larger than {bytes} bytes"),
            Self::Redirect(host) => write!(f, "sends us on to {host}, where no key is sent"),
            Self::Decode(what) => write!(f, "{what}"),
            Self::Request(what) => write!(f, "{what}"),
            Self::GivenUp(times) => write!(f, "not asked any more after {times} failures in a row"),
            Self::Stopped => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for Failure {}
