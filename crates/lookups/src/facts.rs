//! Facts about the texts of a batch: each distinct question is asked once, many at a time, and what is known already is not asked at all.

use crate::cache::now;
use crate::context::Context;
use crate::http::{Failure, Stop};
use crate::ti::Refusal;
use crate::workers::{Queue, work_through};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Times in a row that a server may fail to answer before the rest of the batch leaves it alone.
const MOST_FAILURES: usize = 5;

/// What can be asked.
pub(crate) trait Asker: Send + Sync + 'static {
    /// The answer. That there is nothing is an answer too.
    type Fact: Serialize + DeserializeOwned + Clone + Send + 'static;
    /// The kind of fact in the cache; one that its answers are told from others by.
    const KIND: &'static str;
    /// The kind in the keys of the cache: with the server, where the configuration names one.
    fn kept_as(&self, _context: &Context) -> String {
        Self::KIND.to_owned()
    }
    /// Questions under way at a time.
    const CONCURRENCY: usize;
    /// What `max_lookups` counts for: a function that sees a whole table says so.
    const SCOPE: &'static str = "one batch of rows";
    /// Requests that a question may take.
    fn requests_each(&self) -> usize {
        1
    }
    /// Who is asked, so that one who is dead is not asked again and again.
    fn asked(&self, context: &Context, key: &str) -> String;
    /// Whether that server is dead indeed, after so many failures in a row: it may be what is asked about that is.
    fn is_dead(&self, _context: &Context, _stop: &Stop) -> bool {
        true
    }
    /// Asks, and says how long the answer holds; zero keeps it out of the cache.
    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(Self::Fact, Duration), Failure>;
}

/// A fact, or why there is none.
#[derive(Debug, Clone)]
pub(crate) struct Answer<F> {
    pub(crate) fact: Result<F, Failure>,
    pub(crate) at: i64,
    pub(crate) is_cached: bool,
}

/// Options that all such functions have.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) config: Option<String>,
    pub(crate) max_lookups: usize,
    pub(crate) refresh: bool,
}

pub(crate) const CONFIG: OptionField = OptionField {
    name: "config",
    kind: OptionKind::Text,
    default: "NULL",
    doc: "Configuration to use instead of `~/.config/huntsql/config.yaml` or the file in `HUNTSQL_CONFIG`.",
};
pub(crate) const REFRESH: OptionField =
    OptionField { name: "refresh", kind: OptionKind::Bool, default: "false", doc: "Whether to ask again what is known already." };

/// The option `max_lookups`, whose default is written in two ways that must agree with the function's [`Asking::new`].
pub(crate) const fn max_lookups(default: &'static str) -> OptionField {
    OptionField {
        name: "max_lookups",
        kind: OptionKind::Int(0, 100_000_000),
        default,
        doc: "Questions that one batch of rows (2,048 or 8,192) may ask. If more are needed none is asked for it and the statement fails.",
    }
}

impl Asking {
    pub(crate) const fn new(max_lookups: usize) -> Self {
        Self { config: None, max_lookups, refresh: false }
    }

    /// Takes an option if it is one of these; gives back one that is not.
    pub(crate) fn set(&mut self, name: &str, setting: Setting) -> Option<Setting> {
        match (name, setting) {
            ("config", Setting::Text(path)) => self.config = Some(path),
            ("max_lookups", Setting::Int(value)) => self.max_lookups = usize::try_from(value).unwrap_or(usize::MAX),
            ("refresh", Setting::Bool(value)) => self.refresh = value,
            (_, setting) => return Some(setting),
        }
        None
    }

    /// The configuration; an error of the statement where it is wrong.
    pub(crate) fn open(&self, function: &'static str) -> Result<Arc<Context>, KernelError> {
        crate::context::context(self.config.as_deref()).map_err(|problem| KernelError::BadOption {
            function,
            option: "config".to_owned(),
            problem: format!("cannot be used: {problem}"),
        })
    }
}

/// What a function asks with, in one batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'c> {
    pub(crate) function: &'static str,
    pub(crate) asking: &'c Asking,
    pub(crate) context: &'c Arc<Context>,
    pub(crate) interrupt: &'c Interrupt,
    /// What an error says of what was sent so far.
    pub(crate) sent: &'static str,
}

/// Of what is sent, before anything is.
pub(crate) const NOTHING_SENT: &str = "nothing was sent";

impl Call<'_> {
    /// The answers to `keys`; not all of them where the statement was cancelled.
    pub(crate) fn ask_all<A: Asker>(&self, asker: A, keys: BTreeSet<String>) -> Result<BTreeMap<String, Answer<A::Fact>>, KernelError> {
        let Self { function, asking, context, interrupt, sent } = *self;
        let mut answers = BTreeMap::new();
        let mut open = Vec::new();
        let kept_as = asker.kept_as(context);
        for key in keys {
            let known = if asking.refresh { None } else { context.cache.fact(&kept_as, &key) };
            match known.and_then(|(json, at)| Some((serde_json::from_str(&json).ok()?, at))) {
                Some((fact, at)) => _ = answers.insert(key, Answer { fact: Ok(fact), at, is_cached: true }),
                None => open.push(key),
            }
        }
        let needed = open.len().saturating_mul(asker.requests_each());
        if needed > asking.max_lookups {
            let problem = format!(
                "is too small: {needed} look-ups are needed for {}, and max_lookups allows {}: {sent}; filter the rows, or raise max_lookups",
                A::SCOPE,
                asking.max_lookups
            );
            return Err(KernelError::BadOption { function, option: "max_lookups".to_owned(), problem });
        }
        if !open.is_empty() {
            ask_open(context, asker, open, &mut answers, interrupt);
        }
        Ok(answers)
    }
}

/// What the threads share.
struct Work<A> {
    asker: A,
    keys: Vec<String>,
    /// How each is who is asked.
    health: Mutex<HashMap<String, Health>>,
}

#[derive(Debug, Default)]
struct Health {
    /// In a row.
    failures: usize,
    is_dead: bool,
}

fn ask_open<A: Asker>(
    context: &Arc<Context>,
    asker: A,
    keys: Vec<String>,
    answers: &mut BTreeMap<String, Answer<A::Fact>>,
    interrupt: &Interrupt,
) {
    let queue = Queue { questions: keys.len(), threads: A::CONCURRENCY };
    let work = Arc::new(Work { asker, keys, health: Mutex::default() });
    let (theirs, context) = (Arc::clone(&work), Arc::clone(context));
    let ask = move |_: usize, number: usize, stop: &Stop| match theirs.keys.get(number) {
        Some(key) => one(&context, &theirs, key, stop),
        None => Err(Failure::Request("an error of huntsql, please report it: no such question".to_owned())),
    };
    // Of a cancelled statement nobody reads the answers.
    let _ = work_through(&[queue], ask, interrupt, |_, number, outcome| {
        if let Some(key) = work.keys.get(number) {
            let at = outcome.as_ref().map_or(0, |(_, at)| *at);
            answers.insert(key.clone(), Answer { fact: outcome.map(|(fact, _)| fact), at, is_cached: false });
        }
    });
}

fn one<A: Asker>(context: &Context, work: &Work<A>, key: &str, stop: &Stop) -> Result<(A::Fact, i64), Failure> {
    let asked = work.asker.asked(context, key);
    let health = || work.health.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(failures) = health().get(&asked).filter(|health| health.is_dead).map(|health| health.failures) {
        return Err(Failure::GivenUp(failures));
    }
    stop.check()?;
    match work.asker.ask(context, key, stop) {
        Ok((fact, ttl)) => {
            health().remove(&asked);
            let at = now();
            if !ttl.is_zero()
                && let Ok(json) = serde_json::to_string(&fact)
            {
                context.cache.keep_fact(&work.asker.kept_as(context), key, &json, at, ttl);
            }
            Ok((fact, at))
        }
        Err(failure) => {
            // A server that says no, or says nonsense, is alive; what it says may be about this one question.
            if matches!(failure, Failure::Timeout(_) | Failure::Connect(_) | Failure::Quota(_) | Failure::Denied(_) | Failure::Refused(_)) {
                let mut health = health();
                let server = health.entry(asked).or_default();
                server.failures += 1;
                if server.failures >= MOST_FAILURES && !server.is_dead {
                    // The others wait until this is known.
                    server.is_dead = work.asker.is_dead(context, stop);
                    if !server.is_dead {
                        server.failures = 0;
                    }
                }
            }
            Err(failure)
        }
    }
}

/// The texts of a batch with what is asked about each, and the answers.
#[derive(Debug)]
pub struct Batch<F> {
    keys: HashMap<String, Result<String, Cow<'static, str>>>,
    answers: BTreeMap<String, Answer<F>>,
}

impl<F> Default for Batch<F> {
    fn default() -> Self {
        Self { keys: HashMap::new(), answers: BTreeMap::new() }
    }
}

/// What came of a text.
#[derive(Debug)]
pub(crate) struct Said<'b, F> {
    pub(crate) fact: Option<&'b F>,
    /// Why there is no fact; `None` where there is one.
    pub(crate) failed: Option<Cow<'b, str>>,
    pub(crate) at: Option<i64>,
    pub(crate) is_cached: Option<bool>,
}

/// What is asked about a text.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The question.
    pub(crate) key: String,
    /// The name or address that it tells others of: not asked if it must not be sent.
    pub(crate) subject: String,
}

impl<F: 'static> Batch<F> {
    /// Asks about all texts in the first argument; `want` says what, or why not.
    pub(crate) fn prepare<A: Asker<Fact = F>>(
        &mut self,
        call: &Call<'_>,
        asker: A,
        (input, rows): (&impl Input, usize),
        want: impl Fn(&str) -> Result<Wanted, Refusal>,
    ) -> Result<(), KernelError> {
        self.fill(call, asker, (0..rows).filter_map(|row| input.text(0, row)), want)
    }

    /// Asks about all `texts`.
    pub(crate) fn fill<'t, A: Asker<Fact = F>>(
        &mut self,
        call: &Call<'_>,
        asker: A,
        texts: impl Iterator<Item = &'t str>,
        want: impl Fn(&str) -> Result<Wanted, Refusal>,
    ) -> Result<(), KernelError> {
        let never_send = &call.context.config.never_send;
        let key = |text: &str| {
            let Wanted { key, subject } = want(text).map_err(|refusal| Cow::Borrowed(refusal.status()))?;
            if never_send.holds(IocType::Domain, &subject) { Err(Cow::Borrowed("never_send")) } else { Ok(key) }
        };
        for text in texts {
            if !self.keys.contains_key(text) {
                self.keys.insert(text.to_owned(), key(text));
            }
        }
        let keys = self.keys.values().filter_map(|key| key.as_ref().ok().cloned()).collect();
        self.answers = call.ask_all(asker, keys)?;
        Ok(())
    }

    /// How many questions were not answered by the cache.
    pub(crate) fn asked(&self) -> usize {
        self.answers.values().filter(|answer| !answer.is_cached).count()
    }

    /// What came of `text`; `None` where nobody looks any more, since the statement was cancelled.
    pub(crate) fn said(&self, text: &str) -> Option<Said<'_, F>> {
        let key = match self.keys.get(text)? {
            Ok(key) => key,
            Err(status) => return Some(Said { fact: None, failed: Some(Cow::Borrowed(status)), at: None, is_cached: None }),
        };
        let answer = self.answers.get(key)?;
        Some(match &answer.fact {
            Ok(fact) => Said { fact: Some(fact), failed: None, at: Some(answer.at), is_cached: Some(answer.is_cached) },
            Err(failure) => Said { fact: None, failed: Some(Cow::Owned(failure.status())), at: None, is_cached: None },
        })
    }
}
