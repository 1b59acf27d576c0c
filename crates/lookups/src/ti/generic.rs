#![doc = include_str!("generic.md")]

mod condition;
mod file;
mod path;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

use super::answer::{MOST_ELEMENTS, cut, is_link};
use super::provider::{Ioc, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Method, Request, Response};
use condition::{Answer, Condition, number};
use huntsql_kernels::ioc::IocType;
use path::Path;
use serde_json::{Map, Value};
use template::Template;
pub use yaml::Problem;

/// A provider that a file describes.
#[derive(Debug)]
pub struct GenericProvider {
    spec: ProviderSpec,
    questions: Vec<(IocType, Question)>,
    answer: AnswerRules,
}

#[derive(Debug, Clone)]
struct Question {
    method: Method,
    path: Template,
    query: Vec<(String, Template)>,
    headers: Vec<(String, Template)>,
    basic: Option<(Template, Template)>,
    body: QuestionBody,
}

#[derive(Debug, Clone)]
enum QuestionBody {
    None,
    Form(Vec<(String, Template)>),
    Json(JsonBody),
}

#[derive(Debug, Clone)]
enum JsonBody {
    Value(Value),
    Text(Template),
    List(Vec<JsonBody>),
    Fields(Vec<(String, JsonBody)>),
}

#[derive(Debug, Default)]
struct AnswerRules {
    unknown_when: Option<Condition>,
    error_when: Option<Condition>,
    error: Option<Path>,
    score: Option<Path>,
    reference: Option<Reference>,
    details: Vec<(String, Path)>,
    /// The worst first.
    severity: Vec<(Severity, Condition)>,
}

#[derive(Debug)]
enum Reference {
    Path(Path),
    Template(Template),
}

impl GenericProvider {
    /// Reads the text of a file. What is wrong with it is said with its line.
    pub fn read(text: &str, file_name: &str) -> Result<Self, Problem> {
        file::read(text).map_err(|problem| Problem { file: file_name.to_owned(), ..problem })
    }
}

impl Question {
    fn names_ioc(&self) -> bool {
        let in_body = match &self.body {
            QuestionBody::None => false,
            QuestionBody::Form(fields) => fields.iter().any(|(_, value)| value.names_ioc()),
            QuestionBody::Json(body) => body.names_ioc(),
        };
        in_body || self.path.names_ioc() || self.query.iter().chain(&self.headers).any(|(_, value)| value.names_ioc())
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let start = match self.method {
            Method::Get => Request::get(""),
            Method::Post => Request::post(""),
        };
        let mut request = self.path.path(start, ioc);
        for (name, value) in &self.query {
            request = request.query(name, value.text(ioc));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.text(ioc));
        }
        if let Some((user, password)) = &self.basic {
            request = request.basic(user.text(ioc), password.text(ioc));
        }
        match &self.body {
            QuestionBody::None => request,
            QuestionBody::Form(fields) => fields.iter().fold(request, |request, (name, value)| request.form(name, value.text(ioc))),
            QuestionBody::Json(body) => request.json(&body.fill(ioc)),
        }
    }
}

impl JsonBody {
    fn names_ioc(&self) -> bool {
        match self {
            Self::Value(_) => false,
            Self::Text(text) => text.names_ioc(),
            Self::List(items) => items.iter().any(Self::names_ioc),
            Self::Fields(fields) => fields.iter().any(|(_, body)| body.names_ioc()),
        }
    }

    fn fill(&self, ioc: Ioc<'_>) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Text(text) => Value::from(text.string(ioc)),
            Self::List(items) => items.iter().map(|item| item.fill(ioc)).collect(),
            Self::Fields(fields) => Value::Object(fields.iter().map(|(name, body)| (name.clone(), body.fill(ioc))).collect()),
        }
    }
}

/// Levels of an object that are kept in the details.
const DEEPEST_DETAIL: usize = 3;

/// A value for the details: texts, lists and objects cut, what is nested deeper left out.
fn bounded(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => Value::from(cut(text)),
        Value::Array(_) | Value::Object(_) if depth == DEEPEST_DETAIL => Value::Null,
        Value::Array(items) => items.iter().take(MOST_ELEMENTS).map(|item| bounded(item, depth + 1)).collect(),
        Value::Object(fields) => {
            let kept: Map<String, Value> =
                fields.iter().take(MOST_ELEMENTS).map(|(name, value)| (cut(name), bounded(value, depth + 1))).collect();
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// What a path leads to, as a detail; how many there are, if it is a list.
fn detail(path: &Path, body: &Value) -> (Value, usize) {
    let values = path.of(body);
    if !path.is_many() {
        let Some(value) = values.first() else { return (Value::Null, 0) };
        return (bounded(value, 0), value.as_array().map_or(0, Vec::len));
    }
    // The elements of the lists that it leads to, each once.
    let flat = values.iter().flat_map(|value| value.as_array().map_or(std::slice::from_ref(*value), Vec::as_slice));
    let (mut kept, mut count): (Vec<Value>, usize) = (Vec::new(), 0);
    let mut seen = std::collections::HashSet::new();
    for value in flat {
        if seen.insert(value.to_string()) {
            count += 1;
            if kept.len() < MOST_ELEMENTS {
                kept.push(bounded(value, 1));
            }
        }
    }
    (Value::from(kept), count)
}

impl TiProvider for GenericProvider {
    fn spec(&self) -> &ProviderSpec {
        &self.spec
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let question = self.questions.iter().find(|(kind, _)| *kind == ioc.kind).or_else(|| self.questions.first());
        question.map_or_else(|| Request::get("/"), |(_, question)| question.request(ioc))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let rules = &self.answer;
        // An empty answer can only mean something where the file says so: `http_status == 204`.
        let is_empty = response.body.iter().all(u8::is_ascii_whitespace);
        let body: Value = if is_empty { Value::Null } else { response.json()? };
        let answer = Answer { http_status: response.status, body: &body };
        let holds = |condition: &Option<Condition>| condition.as_ref().is_some_and(|condition| condition.holds(answer));
        if holds(&rules.error_when) {
            let said = rules.error.as_ref().and_then(|path| path.of(&body).first().and_then(|value| value.as_str()).map(cut));
            return Err(DecodeError(said.unwrap_or_else(|| "the answer is an error by the rule 'error_when'".to_owned())));
        }
        if holds(&rules.unknown_when) {
            return Ok(Verdict::unknown());
        }
        if is_empty {
            return response.json::<Value>().map(|_| Verdict::unknown());
        }
        if !rules.severity.is_empty() && !rules.severity.iter().any(|(_, condition)| condition.has_ground(answer)) {
            return Err(DecodeError("the answer has nothing that the rules of severity ask for".to_owned()));
        }
        let severity = rules.severity.iter().find(|(_, condition)| condition.holds(answer)).map(|(severity, _)| *severity);
        let score = rules.score.as_ref().and_then(|path| path.of(&body).into_iter().filter_map(number).reduce(f64::max));
        let mut said = Verdict::of(severity.unwrap_or(Severity::Information)).score(score);
        for (name, path) in &rules.details {
            let (value, count) = detail(path, &body);
            said = said.detail(name, value);
            if count > MOST_ELEMENTS {
                said = said.detail(&format!("{name}_count"), count);
            }
        }
        said.reference = match &rules.reference {
            None => None,
            Some(Reference::Template(template)) => Some(template.path(Request::get(""), ioc).target()),
            Some(Reference::Path(path)) => {
                path.of(&body).first().and_then(|value| value.as_str()).map(str::trim).filter(|url| is_link(url)).map(str::to_owned)
            }
        };
        Ok(said)
    }
}
