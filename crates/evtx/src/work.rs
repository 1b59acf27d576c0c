//! What a chunk may cost.

use crate::damage::Fault;

/// What may still be spent on a chunk: see `execute.rs`.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) left: u32,
}

impl Work {
    #[inline]
    pub(crate) fn spend(&mut self, cost: usize, at: usize) -> Result<(), Fault> {
        match u32::try_from(cost).ok().and_then(|cost| self.left.checked_sub(cost)) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Fault::new(at, "record or chunk made to cost too much; the rest of it is left out"))
            }
        }
    }
}
