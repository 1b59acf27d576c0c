//! How likely a session is, as a whole and in its rarest window.

use super::chain::Chain;
use super::options::{Mean, ScoreOptions};

/// What a session scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// Of the whole session.
    pub(crate) log10_likelihood: f64,
    /// Of its geometric mean.
    pub(crate) log10_mean: f64,
    /// The window with the lowest likelihood, the first of several; `None` in a session shorter than a window.
    pub(crate) rarest: Option<Window>,
}

/// A run of commands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// Index of the first command.
    pub(crate) start: usize,
    /// Index after the last command; the end of the session, which may be in the window, is not one.
    pub(crate) end: usize,
    pub(crate) log10_likelihood: f64,
}

/// Scores sessions by a chain.
#[derive(Debug)]
pub(crate) struct Scorer<'c> {
    chain: &'c Chain,
    options: &'c ScoreOptions,
    /// Log10 of each element's probability after the one before it.
    steps: Vec<f64>,
}

impl<'c> Scorer<'c> {
    pub(crate) fn new(chain: &'c Chain, options: &'c ScoreOptions) -> Self {
        Self { chain, options, steps: Vec::new() }
    }

    /// The score of a session; `None` for one without commands. `details` holds the log10 probability of what came with each command, and
    /// may be shorter.
    pub(crate) fn score(&mut self, session: &[u32], details: &[f64]) -> Option<Score> {
        let Self { chain, options, steps } = self;
        let edge = chain.edge();
        let tokens = options.use_start_end;
        let detail = |at: usize| details.get(at).copied().unwrap_or(0.0);
        let first = *session.first()?;
        let opening = if tokens { chain.transition(edge, first) } else { chain.prior(first) };
        steps.clear();
        steps.push(opening + detail(0));
        chain.extend_with_transitions(session, steps);
        steps.iter_mut().zip(details).skip(1).for_each(|(step, detail)| *step += detail);
        if tokens {
            steps.push(chain.transition(*session.last()?, edge));
        }
        let log10_likelihood: f64 = steps.iter().sum();
        let factors = match options.mean {
            Mean::Transition => steps.len(),
            Mean::Event => session.len(),
        };
        // One window for each start; the last may hold the end of the session.
        let mut rarest: Option<(usize, f64)> = None;
        for (start, (run, command)) in steps.windows(options.window_length.max(1)).zip(session).enumerate() {
            let (own, later) = run.split_first()?;
            // A window inside of the session knows nothing of what came before it.
            let own = if start == 0 { *own } else { chain.prior(*command) + detail(start) };
            let log10_likelihood = later.iter().fold(own, |sum, step| sum + step);
            if rarest.is_none_or(|(_, least)| log10_likelihood < least) {
                rarest = Some((start, log10_likelihood));
            }
        }
        let end = |start: usize| session.len().min(start.saturating_add(options.window_length.max(1)));
        let rarest = rarest.map(|(start, log10_likelihood)| Window { start, end: end(start), log10_likelihood });
        Some(Score { log10_likelihood, log10_mean: log10_likelihood / factors as f64, rarest })
    }
}

/// Indices of scores with their places from the lowest, 1, up; equal scores share a place, and the place after them counts them all.
pub(crate) fn ranks(scores: impl Iterator<Item = Option<f64>>) -> Vec<(usize, i64)> {
    let mut order: Vec<(f64, usize)> = scores.enumerate().filter_map(|(at, score)| Some((score?, at))).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut shared = (f64::NAN, 0);
    let ranked = order.into_iter().zip(1..).map(|((score, at), place)| {
        if score != shared.0 {
            shared = (score, place);
        }
        (at, shared.1)
    });
    ranked.collect()
}

#[cfg(test)]
mod tests {
    use super::super::counts::Counts;
    use super::*;

    const SESSIONS: [&[u32]; 2] = [&[0, 0], &[1, 0, 0]];

    fn chain() -> Chain {
        let mut counts = Counts::new(2, 5);
        SESSIONS.iter().for_each(|session| counts.add(session.iter().copied()));
        Chain::new(&counts, 1.0)
    }

    fn options(window_length: usize, use_start_end: bool, mean: Mean) -> ScoreOptions {
        ScoreOptions { window_length, use_start_end, mean }
    }

    fn near(log: f64, expected: f64) {
        assert!((10f64.powf(log) - expected).abs() < 1e-9, "{} {expected}", 10f64.powf(log));
    }

    /// Expected values printed by MSTICPy 3.0.2: start and end tokens, window length, then per session likelihood, geometric mean, rarest
    /// window and its likelihood.
    #[test]
    #[expect(clippy::type_complexity, reason = "a table")]
    fn scores_of_msticpy() {
        let table: [(bool, usize, [(f64, f64, Option<(&[u32], f64)>); 2]); 6] = [
            (
                true,
                2,
                [
                    (0.046875, 0.21650635094610965, Some((&[0], 0.1097560975609756))),
                    (0.01875, 0.2656646422956528, Some((&[0, 0], 0.1097560975609756))),
                ],
            ),
            (
                true,
                3,
                [
                    (0.046875, 0.21650635094610965, Some((&[0, 0], 0.046875))),
                    (0.01875, 0.2656646422956528, Some((&[0, 0], 0.04115853658536585))),
                ],
            ),
            (true, 4, [(0.046875, 0.21650635094610965, None), (0.01875, 0.2656646422956528, Some((&[1, 0, 0], 0.01875)))]),
            (true, 5, [(0.046875, 0.21650635094610965, None), (0.01875, 0.2656646422956528, None)]),
            (
                false,
                2,
                [
                    (0.1097560975609756, 0.3312945782245396, Some((&[0, 0], 0.1097560975609756))),
                    (0.032926829268292684, 0.3205161892495627, Some((&[1, 0], 0.0878048780487805))),
                ],
            ),
            (
                false,
                3,
                [
                    (0.1097560975609756, 0.3312945782245396, None),
                    (0.032926829268292684, 0.3205161892495627, Some((&[1, 0, 0], 0.032926829268292684))),
                ],
            ),
        ];
        let chain = chain();
        for (tokens, length, expected) in table {
            let options = options(length, tokens, Mean::Event);
            let mut scorer = Scorer::new(&chain, &options);
            for (session, (likelihood, mean, rarest)) in SESSIONS.iter().zip(expected) {
                let score = scorer.score(session, &[]).unwrap();
                near(score.log10_likelihood, likelihood);
                near(score.log10_mean, mean);
                assert_eq!(score.rarest.is_some(), rarest.is_some(), "{tokens} {length}");
                if let (Some(window), Some((commands, likelihood))) = (score.rarest, rarest) {
                    assert_eq!(&session[window.start..window.end], commands, "{tokens} {length}");
                    near(window.log10_likelihood, likelihood);
                }
            }
        }
    }

    #[test]
    fn means_and_edges() {
        let chain = chain();
        let transition = options(3, true, Mean::Transition);
        let mut scorer = Scorer::new(&chain, &transition);
        near(scorer.score(&[0, 0], &[]).unwrap().log10_mean, 0.046875f64.powf(1.0 / 3.0));
        near(scorer.score(&[0, 0], &[-1.0, -2.0]).unwrap().log10_likelihood, 0.046875e-3);
        assert_eq!(scorer.score(&[], &[]), None);
        let one = scorer.score(&[1], &[]).unwrap();
        near(one.log10_likelihood, 0.2 / 3.0);
        assert_eq!(one.rarest, None);
        let unknown = vec![chain.unknown(); 1_000_000];
        let long = scorer.score(&unknown, &[]).unwrap();
        assert!(long.log10_likelihood < -600_000.0 && long.log10_likelihood.is_finite());
    }

    #[test]
    fn places() {
        let mut ranked = ranks([Some(-1.0), None, Some(-3.0), Some(-1.0), Some(0.0)].into_iter());
        ranked.sort_unstable();
        assert_eq!(ranked, [(0, 2), (2, 1), (3, 2), (4, 4)]);
        assert_eq!(ranks(std::iter::empty()), []);
    }
}
