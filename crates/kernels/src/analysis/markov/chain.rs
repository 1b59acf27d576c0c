//! The Markov chain of commands: probabilities from counts, as logarithms.

use super::counts::{Counts, Pairs};

/// Probabilities (log10) of commands and of pairs of commands, with Laplace smoothing as MSTICPy 3.0 has it
/// (`analysis/anomalous_sequence/utils/laplace_smooth.py`): the tokens are the commands seen, a start, an end and an unknown command; `smoothing` is
/// added to every pair of a token that is not the end and one that is not the start, and each such addition also counts both tokens of the pair once
/// more among the single commands.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    edge: u32,
    priors: Vec<f64>,
    transitions: Pairs<f64>,
    /// For each token before: what a pair that was never seen has.
    unseen: Vec<f64>,
    /// What smoothing adds to the count of each command.
    added: f64,
    smoothing: f64,
}

impl Chain {
    /// Smooths `counts`.
    pub(crate) fn new(counts: &Counts, smoothing: f64) -> Self {
        let edge = counts.edge();
        let sessions = counts.sessions() as f64;
        // Each token that is not the end can come before all tokens but the start: the commands, the unknown one and the end.
        let row_added = smoothing * (counts.seen() as f64 + 2.0);
        let added = 2.0 * row_added;
        let events: u64 = counts.singles().iter().sum();
        let total = 2.0 * (sessions + row_added) + events as f64 + added * (counts.seen() as f64 + 1.0);
        // The edge (start) and the unknown command follow the commands.
        let rows = || counts.singles().iter().map(|count| *count as f64).chain([sessions, 0.0]);
        let sums: Vec<f64> = rows().map(|count| count + row_added).collect();
        let unseen: Vec<f64> = sums.iter().map(|sum| (smoothing / sum).log10()).collect();
        let mut pairs_seen = 0;
        counts.pairs().for_each(|_| pairs_seen += 1);
        let mut transitions = Pairs::new(sums.len(), pairs_seen, f64::NAN);
        for (before, next, count) in counts.pairs() {
            let sum = sums.get(before as usize).copied().unwrap_or(row_added);
            transitions.update(before, next, |log| *log = ((count as f64 + smoothing) / sum).log10());
        }
        transitions.fill_unset(&unseen);
        Self { edge, priors: rows().map(|count| ((count + added) / total).log10()).collect(), transitions, unseen, added, smoothing }
    }

    /// The number that stands for the start before a command and for the end after one.
    pub(crate) fn edge(&self) -> u32 {
        self.edge
    }

    /// The number that stands for a command that was never seen.
    pub(crate) fn unknown(&self) -> u32 {
        self.edge.saturating_add(1)
    }

    /// How much smoothing adds to the count of each command, and what was asked for.
    pub(crate) fn added(&self) -> (f64, f64) {
        (self.added, self.smoothing)
    }

    /// Log10 of the probability that `command` occurs at all.
    #[inline]
    pub(crate) fn prior(&self, command: u32) -> f64 {
        self.priors.get(command as usize).copied().unwrap_or(0.0)
    }

    /// Log10 of the probability that `next` follows `before`.
    #[inline]
    pub(crate) fn transition(&self, before: u32, next: u32) -> f64 {
        self.transitions.get(before, next).unwrap_or_else(|| self.of_unseen(before))
    }

    #[cold]
    fn of_unseen(&self, before: u32) -> f64 {
        self.unseen.get(before as usize).copied().unwrap_or(0.0)
    }

    /// Appends the transition from each command of a session to the next.
    pub(crate) fn extend_with_transitions(&self, session: &[u32], steps: &mut Vec<f64>) {
        let pairs = session.iter().zip(session.iter().skip(1));
        match &self.transitions {
            Pairs::Dense { width, values } => steps.extend(pairs.map(|(before, next)| {
                let seen = values.get(*before as usize * *width + *next as usize);
                seen.copied().unwrap_or_else(|| self.of_unseen(*before))
            })),
            Pairs::Sparse { .. } => steps.extend(pairs.map(|(before, next)| self.transition(*before, *next))),
        }
    }
}

impl Pairs<f64> {
    /// Gives every pair that is NaN the value of its first number.
    fn fill_unset(&mut self, by_first: &[f64]) {
        if let Self::Dense { width, values } = self {
            for (row, value) in values.chunks_mut((*width).max(1)).zip(by_first) {
                row.iter_mut().filter(|log| log.is_nan()).for_each(|log| *log = *value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_of_msticpy() {
        // Set-User = 0, Set-Mailbox = 1; a third command that no session holds.
        let mut counts = Counts::new(3, 5);
        counts.add([0, 0].into_iter());
        counts.add([1, 0, 0].into_iter());
        counts.add(std::iter::empty());
        let chain = Chain::new(&counts, 1.0);
        let (edge, unknown) = (chain.edge(), chain.unknown());
        for (before, next, expected) in [
            (edge, 0, 1.0 / 3.0),
            (edge, 1, 1.0 / 3.0),
            (edge, unknown, 1.0 / 6.0),
            (0, 0, 0.375),
            (0, edge, 0.375),
            (0, 1, 0.125),
            (0, unknown, 0.125),
            (0, 2, 0.125),
            (1, 0, 0.4),
            (1, edge, 0.2),
            (unknown, unknown, 0.25),
            (unknown, 0, 0.25),
            (2, edge, 0.25),
        ] {
            assert!((chain.transition(before, next) - f64::log10(expected)).abs() < 1e-12, "{before} {next}");
        }
        for (command, expected) in [(0, 12.0), (1, 9.0), (unknown, 8.0), (2, 8.0)] {
            assert!((chain.prior(command) - f64::log10(expected / 41.0)).abs() < 1e-12, "{command}");
        }
    }

    #[test]
    fn a_matrix_and_a_hash_table_say_the_same() {
        let sessions = [vec![0, 1, 2, 3], vec![3, 3], vec![2]];
        let (mut few, mut many) = (Counts::new(4, 7), Counts::new(4000, 7));
        for session in &sessions {
            few.add(session.iter().copied());
            many.add(session.iter().copied());
        }
        let (dense, sparse) = (Chain::new(&few, 0.5), Chain::new(&many, 0.5));
        assert!(matches!((&dense.transitions, &sparse.transitions), (Pairs::Dense { .. }, Pairs::Sparse { .. })));
        for before in 0..4 {
            assert_eq!(dense.prior(before), sparse.prior(before));
            assert_eq!(dense.transition(before, dense.edge()), sparse.transition(before, sparse.edge()));
            for next in 0..4 {
                assert_eq!(dense.transition(before, next), sparse.transition(before, next), "{before} {next}");
            }
            assert_eq!(dense.transition(before, dense.unknown()), sparse.transition(before, sparse.unknown()));
        }
    }
}
