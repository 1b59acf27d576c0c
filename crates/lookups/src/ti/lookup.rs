//! Many indicators, several providers: each question asked once, none that must not be, and every row with an answer or the reason why not.

use super::asked::Asked;
use super::observable::{Observable, Refusal, UrlQuery, check_named};
use super::provider::Ioc;
use super::verdict::{Found, Verdict};
use crate::cache::{Answer, Key, now};
use crate::context::Context;
use crate::http::{Failure, Request, Response, Stop};
use crate::limited::Limited;
use crate::never_send::NeverSend;
use crate::workers::{Queue, work_through};
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Failures in a row after which a provider is left alone for the rest of a statement.
const MOST_FAILURES: usize = 5;
/// What failures in a row may weigh; those of [`MOST_FAILURES`] are the heaviest.
const MOST_WEIGHT: usize = 25;
/// What is asked.
#[derive(Debug)]
pub struct Question<'q> {
    /// Whom.
    pub providers: Vec<Asked>,
    /// Texts, each once, with their types where those are known.
    pub texts: Vec<(&'q str, Option<&'q str>)>,
    /// Requests that may be sent.
    pub max_lookups: usize,
    /// Whether answers that are known already are asked for again.
    pub refresh: bool,
    /// What is never sent, beside what the configuration names.
    pub never_send: NeverSend,
    /// Whether answers are wanted as they came.
    pub has_raw: bool,
}

/// The texts of some rows as [`Question::texts`] has them; `places` says where each of them is.
pub(crate) fn distinct<'t>(texts: impl Iterator<Item = &'t str>, places: &mut HashMap<String, usize>) -> Vec<(&'t str, Option<&'t str>)> {
    let mut once = Vec::new();
    for text in texts {
        if !places.contains_key(text) {
            places.insert(text.to_owned(), once.len());
            once.push((text, None));
        }
    }
    once
}

/// What a provider says about one of the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its answer, if there is one.
    pub answer: Option<Answer>,
    /// `ok`, or why there is none.
    pub status: String,
    /// More words on why there is none.
    pub reason: Option<String>,
    /// Whether it was known already.
    pub is_cached: bool,
}

/// All answers.
#[derive(Debug, Default)]
pub struct Answers {
    /// For each text what would be sent, if its type is known.
    pub observables: Vec<Option<Observable>>,
    /// For each text and, within that, each provider.
    pub outcomes: Vec<Vec<Outcome>>,
}

/// What would be sent to one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The provider.
    pub provider: String,
    /// Requests that would be sent.
    pub requests: usize,
    /// Indicators whose answers are known already.
    pub cached: usize,
    /// Texts that are not sent to it, for whatever reason.
    pub refused: usize,
}

/// Why there are no answers at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// The statement was cancelled.
    Interrupted,
    /// More requests than allowed; nothing was sent.
    TooMany(String),
}

/// One request and the indicators that it is about.
struct Task {
    request: Request,
    indices: Vec<usize>,
}

/// What is to be done, with what is known already.
struct Plan {
    observables: Vec<Result<Observable, Outcome>>,
    /// For each provider the outcomes of the texts that need no request.
    known: Vec<HashMap<usize, Outcome>>,
    /// For each provider what has to be sent.
    tasks: Vec<Vec<Task>>,
}

fn refused(status: impl Into<String>) -> Outcome {
    Outcome { answer: None, status: status.into(), reason: None, is_cached: false }
}

fn answered(answer: Answer, is_cached: bool) -> Outcome {
    Outcome { answer: Some(answer), status: "ok".to_owned(), reason: None, is_cached }
}

fn kept_here(refusal: &Refusal) -> Outcome {
    Outcome { reason: Some(refusal.reason().to_owned()), ..refused(refusal.status()) }
}

fn failed(failure: &Failure) -> Outcome {
    let reason = matches!(failure, Failure::Quota(_)).then(|| failure.to_string());
    Outcome { reason, ..refused(failure.status()) }
}

#[allow(
    clippy::result_large_err,
    reason = "as large as the outcomes that are kept beside it; how large depends on the features of serde_json"
)]
fn plan(context: &Context, question: &Question<'_>) -> Plan {
    let is_kept_here = |observable: &Observable| {
        let sets = [&context.config.never_send, &question.never_send];
        sets.into_iter().any(|set| set.holds(observable.kind, &observable.value))
    };
    let observables: Vec<Result<Observable, Outcome>> = question
        .texts
        .iter()
        .map(|(text, kind)| {
            let observable = check_named(text, *kind, UrlQuery::Dropped).map_err(|refusal| kept_here(&refusal))?;
            if is_kept_here(&observable) { Err(refused("never_send")) } else { Ok(observable) }
        })
        .collect();
    let mut plan = Plan { observables, known: Vec::new(), tasks: Vec::new() };
    for asked in &question.providers {
        let spec = asked.provider.spec();
        let (mut known, mut tasks) = (HashMap::new(), BTreeMap::<Request, Vec<usize>>::new());
        for (index, observable) in plan.observables.iter().enumerate() {
            let Ok(observable) = observable else { continue };
            if !spec.types.contains(&observable.kind) {
                known.insert(index, refused("not_supported"));
                continue;
            }
            let cached = if question.refresh { None } else { context.cache.answer(key(&asked.kept_as, observable), question.has_raw) };
            match cached {
                Some(answer) => _ = known.insert(index, answered(answer, true)),
                None => tasks.entry(asked.provider.request(ioc(observable))).or_default().push(index),
            }
        }
        if spec.is_list && !question.refresh {
            tasks.retain(|request, indices| {
                let Some((body, at)) = context.cache.list(&list_key(asked, request)) else { return true };
                let iocs: Vec<Ioc<'_>> = indices.iter().filter_map(|index| as_ioc(&plan.observables, *index)).collect();
                let Ok(verdicts) = asked.provider.verdicts(&iocs, &Response { status: 200, body }) else { return true };
                for (index, verdict) in indices.iter().zip(verdicts) {
                    known.insert(*index, answered(Answer { verdict, raw: None, at }, true));
                }
                false
            });
        }
        plan.known.push(known);
        plan.tasks.push(tasks.into_iter().map(|(request, indices)| Task { request, indices }).collect());
    }
    plan
}

fn key<'k>(provider: &'k str, observable: &'k Observable) -> Key<'k> {
    Key { provider, ioc_type: observable.kind.name(), ioc: &observable.value }
}

fn ioc(observable: &Observable) -> Ioc<'_> {
    Ioc { kind: observable.kind, value: &observable.value }
}

fn as_ioc(observables: &[Result<Observable, Outcome>], index: usize) -> Option<Ioc<'_>> {
    observables.get(index)?.as_ref().ok().map(ioc)
}

fn list_key(asked: &Asked, request: &Request) -> String {
    format!("{} {}", asked.kept_as, request.target())
}

/// What [`look_up`] would send.
pub fn dry_run(context: &Context, question: &Question<'_>) -> Vec<Planned> {
    let plan = plan(context, question);
    let counted = question.providers.iter().zip(&plan.known).zip(&plan.tasks);
    counted
        .map(|((asked, known), tasks)| {
            let cached = known.values().filter(|outcome| outcome.is_cached).count();
            let asked_about: usize = tasks.iter().map(|task| task.indices.len()).sum();
            let refused = question.texts.len().saturating_sub(cached + asked_about);
            Planned { provider: asked.name().to_owned(), requests: tasks.len(), cached, refused }
        })
        .collect()
}

/// Asks every provider about every text, each question once.
pub fn look_up(context: &Arc<Context>, question: &Question<'_>, interrupt: &Interrupt) -> Result<Answers, LookupError> {
    let mut plan = plan(context, question);
    let count: usize = plan.tasks.iter().map(Vec::len).sum();
    if count > question.max_lookups {
        let each: Vec<String> =
            question.providers.iter().zip(&plan.tasks).map(|(asked, tasks)| format!("{} {}", asked.name(), tasks.len())).collect();
        return Err(LookupError::TooMany(format!(
            "{count} look-ups are needed ({}), and max_lookups allows {}: nothing was sent; filter the rows, or raise max_lookups",
            each.join(", "),
            question.max_lookups
        )));
    }
    if count > 0 {
        let observables: Arc<Vec<Result<Observable, Outcome>>> = Arc::new(plan.observables.clone());
        ask(context, question, &observables, std::mem::take(&mut plan.tasks), &mut plan.known, interrupt)?;
    }
    let outcome = |index: usize, observable: &Result<Observable, Outcome>, known: &mut HashMap<usize, Outcome>| match observable {
        Err(outcome) => outcome.clone(),
        Ok(_) => known.remove(&index).unwrap_or_else(|| refused("error: no answer was recorded; please report this")),
    };
    let mut answers = Answers::default();
    for (index, observable) in plan.observables.into_iter().enumerate() {
        answers.outcomes.push(plan.known.iter_mut().map(|known| outcome(index, &observable, known)).collect());
        answers.observables.push(observable.ok());
    }
    Ok(answers)
}

/// Failures since the last answer.
#[derive(Debug, Default)]
struct InARow {
    count: usize,
    weight: usize,
}

impl InARow {
    /// Counts a failure; the reason to leave the provider alone where it is one too many. What may be about this one question (an answer that a firewall before
    /// the provider refuses, or that is odd) weighs less: a hostile row must not silence a provider for the others.
    fn one_more(&mut self, failure: &Failure) -> Option<Failure> {
        let is_of_the_question = match failure {
            Failure::Decode(_) | Failure::TooLarge(_) | Failure::Denied(_) | Failure::Refused(_) => true,
            Failure::Status(status) => *status < 500 && *status != 408,
            _ => false,
        };
        self.count += 1;
        self.weight += if is_of_the_question { 1 } else { MOST_WEIGHT / MOST_FAILURES };
        (self.weight >= MOST_WEIGHT).then_some(Failure::GivenUp(self.count))
    }
}

/// The work of one provider.
struct Work {
    asked: Asked,
    tasks: Vec<Task>,
    in_a_row: Mutex<InARow>,
    /// Why nobody asks any more.
    closed: Mutex<Option<Failure>>,
}

/// What an answer says about the indicators of a task, the answer itself where it is kept, and when it came.
type Told = (Vec<Verdict>, Option<String>, i64);

fn ask(
    context: &Arc<Context>,
    question: &Question<'_>,
    observables: &Arc<Vec<Result<Observable, Outcome>>>,
    tasks: Vec<Vec<Task>>,
    known: &mut [HashMap<usize, Outcome>],
    interrupt: &Interrupt,
) -> Result<(), LookupError> {
    let work = |(asked, tasks): (&Asked, _)| Work { asked: asked.clone(), tasks, in_a_row: Mutex::default(), closed: Mutex::new(None) };
    let works: Arc<Vec<Work>> = Arc::new(question.providers.iter().zip(tasks).map(work).collect());
    let queues: Vec<Queue> = works.iter().map(|work| Queue { questions: work.tasks.len(), threads: work.asked.concurrency }).collect();
    let (theirs, context, observables) = (Arc::clone(&works), Arc::clone(context), Arc::clone(observables));
    let has_raw = question.has_raw;
    let asked = move |provider: usize, task: usize, stop: &Stop| {
        let work = theirs.get(provider).and_then(|work| Some((work, work.tasks.get(task)?)));
        let (work, task) = work.ok_or_else(|| Failure::Request("an error of huntsql, please report it: no such task".to_owned()))?;
        let (verdicts, raw, at) = one(&context, work, task, &observables, stop)?;
        Ok((verdicts, raw.filter(|_| has_raw), at))
    };
    let ended = work_through(&queues, asked, interrupt, |provider, task, told: Result<Told, Failure>| {
        let task = works.get(provider).and_then(|work| work.tasks.get(task));
        let (Some(task), Some(known)) = (task, known.get_mut(provider)) else { return };
        match told {
            Ok((verdicts, raw, at)) => {
                for (index, verdict) in task.indices.iter().zip(verdicts) {
                    known.insert(*index, answered(Answer { verdict, raw: raw.clone(), at }, false));
                }
            }
            Err(failure) => task.indices.iter().for_each(|index| _ = known.insert(*index, failed(&failure))),
        }
    });
    ended.map_err(|Interrupted| LookupError::Interrupted)
}

fn one(context: &Context, work: &Work, task: &Task, observables: &[Result<Observable, Outcome>], stop: &Stop) -> Result<Told, Failure> {
    let asked = &work.asked;
    if let Some(failure) = work.closed.lock().unwrap_or_else(PoisonError::into_inner).clone() {
        return Err(failure);
    }
    let spec = asked.provider.spec();
    let gate = Limited { cache: &context.cache, account: &spec.account, limits: &asked.limits };
    let outcome = context.client.ask(&asked.base_url, &task.request, &asked.values, &gate, stop);
    let iocs: Vec<Ioc<'_>> = task.indices.iter().filter_map(|index| as_ioc(observables, *index)).collect();
    let outcome = outcome.and_then(|response| {
        let verdicts = asked.provider.verdicts(&iocs, &response).map_err(|error| Failure::Decode(error.to_string()))?;
        Ok((verdicts, response))
    });
    match outcome {
        Ok((verdicts, response)) => {
            *work.in_a_row.lock().unwrap_or_else(PoisonError::into_inner) = InARow::default();
            let at = now();
            if spec.is_list {
                // The page of a list that is not there is no list.
                if response.status != 404 {
                    context.cache.keep_list(&list_key(asked, &task.request), &response.body, at, asked.ttl);
                }
                return Ok((verdicts, None, at));
            }
            let raw = Some(response.text().into_owned());
            for (index, verdict) in task.indices.iter().zip(&verdicts) {
                if let Some(Ok(observable)) = observables.get(*index) {
                    // What says nothing against an indicator is the first to be overtaken.
                    let ttl = if verdict.found == Found::Hit { asked.ttl } else { asked.ttl / 4 };
                    let answer = Answer { verdict: verdict.clone(), raw: raw.clone(), at };
                    context.cache.keep(key(&asked.kept_as, observable), &answer, ttl);
                }
            }
            Ok((verdicts, raw, at))
        }
        Err(failure) => {
            let closes = match &failure {
                Failure::Denied(401 | 407) | Failure::Refused(401 | 407) | Failure::Quota(_) | Failure::Request(_) => Some(failure.clone()),
                Failure::Stopped => None,
                _ => work.in_a_row.lock().unwrap_or_else(PoisonError::into_inner).one_more(&failure),
            };
            if let Some(failure) = closes {
                // The first reason counts: threads that were under way fail after it.
                work.closed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
            }
            Err(failure)
        }
    }
}
