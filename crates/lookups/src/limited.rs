//! The limits of an account, which all processes keep together.

use crate::cache::{Cache, Permit};
use crate::http::{Failure, Gate, Stop};
use crate::ti::Limit;
use std::time::Duration;

/// What a limit may make us wait before we say that the quota is used up.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// Waits until all limits of an account allow one more request.
pub(crate) struct Limited<'l> {
    pub(crate) cache: &'l Cache,
    pub(crate) account: &'l str,
    pub(crate) limits: &'l [Limit],
}

impl Gate for Limited<'_> {
    fn enter(&self, stop: &Stop) -> Result<u64, Failure> {
        loop {
            stop.check()?;
            match self.cache.permit(self.account, self.limits) {
                Permit::Granted(token) => return Ok(token),
                Permit::Wait(left, _) if left > LONGEST_WAIT => return Err(Failure::Quota(Some(left))),
                Permit::Wait(left, _) => stop.sleep(left)?,
            }
        }
    }

    fn leave(&self, token: u64) {
        self.cache.settle(token);
    }
}
