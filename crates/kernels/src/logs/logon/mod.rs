//! Logon sessions: which event begins one, which ends it, and what belongs together.

mod audit;
mod pair;
mod pam;
mod schema;
mod sudo;
mod windows;

pub(super) use audit::read_audit;
pub(super) use pair::{Act, Event, Session, pair};
pub(super) use pam::read_syslog;
pub(super) use schema::{ARGUMENTS, Source, recognise};
pub(super) use sudo::Asked;
pub(super) use windows::read_windows;

use crate::rows::{Pool, Rows, Texts};

/// No text.
pub(super) const NONE: u32 = u32::MAX;
/// No time.
pub(super) const NO_TIME: i64 = i64::MIN;

// Places of the arguments.
pub(super) const TIME: usize = 0;
pub(super) const HOST: usize = 1;
pub(super) const EVENT: usize = 2;
pub(super) const SESSION: usize = 3;
pub(super) const USER: usize = 4;
pub(super) const DOMAIN: usize = 5;
pub(super) const LOGON_TYPE: usize = 6;
pub(super) const SOURCE: usize = 7;
pub(super) const PROGRAM: usize = 8;
pub(super) const PID: usize = 9;
pub(super) const MESSAGE: usize = 10;
pub(super) const TYPES: usize = 11;
pub(super) const RESULT: usize = 12;
pub(super) const TIME_TEXT: usize = 13;

/// What a row says, as numbers of texts.
pub(super) struct Reader<'r> {
    pub(super) rows: &'r Rows,
    pub(super) pool: Pool,
    /// Of the distinct texts of argument `time_text`.
    times: Vec<i64>,
    time_text: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(rows: &'r Rows, times: Vec<i64>, time_text: usize) -> Self {
        Self { rows, pool: Pool::default(), times, time_text }
    }

    pub(super) fn time(&self, row: usize) -> i64 {
        let text = || self.rows.texts(self.time_text).id(row).and_then(|id| self.times.get(id as usize).copied());
        self.rows.int(TIME, row).or_else(text).unwrap_or(NO_TIME)
    }

    /// An argument as it is compared: in lower case; `-` and nothing are no text.
    pub(super) fn folded(&mut self, arg: usize, row: usize) -> u32 {
        let text = given(self.rows.texts(arg), row).map(str::to_lowercase);
        text.map_or(NONE, |text| self.pool.intern(&text))
    }

    /// A number, which may be written in hexadecimal or with a fraction of zero.
    pub(super) fn number(&mut self, arg: usize, row: usize) -> u32 {
        let Some(text) = given(self.rows.texts(arg), row) else { return NONE };
        let whole = text.strip_suffix(".0").unwrap_or(text);
        let hex = whole.strip_prefix("0x").or_else(|| whole.strip_prefix("0X"));
        let number = hex.map_or_else(|| whole.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
        match number {
            // Unset, in the Linux audit log.
            Some(0xffff_ffff) => NONE,
            Some(number) => self.pool.intern(&number.to_string()),
            None => self.pool.intern(whole),
        }
    }

    pub(super) fn intern(&mut self, text: &str) -> u32 {
        self.pool.intern(text)
    }
}

/// The text of a row, if it says something.
pub(super) fn given(texts: &Texts, row: usize) -> Option<&str> {
    texts.get(row).map(str::trim).filter(|text| !text.is_empty() && *text != "-")
}
