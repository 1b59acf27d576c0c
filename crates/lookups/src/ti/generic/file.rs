//! A provider's file: what its fields are, and what is wrong with one that cannot be used.

use super::condition::Condition;
use super::path::Path;
use super::template::{PLACES, Template};
use super::yaml::{Field, Known, Node, Problem, Value as Yaml, problem, read as read_yaml};
use super::{AnswerRules, GenericProvider, JsonBody, Question, QuestionBody, Reference};
use crate::http::Method;
use crate::ti::provider::{Limit, ProviderSpec, SettingSpec};
use crate::ti::verdict::Severity;
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::nearest::hint;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::time::Duration;

const FIELDS: &[&str] = &["name", "summary", "docs", "base_url", "limit", "ttl", "settings", "types", "answer", "severity"];
const SETTING_FIELDS: &[&str] = &["doc", "required", "secret"];
const QUESTION_FIELDS: &[&str] = &["method", "path", "query", "headers", "basic", "form", "json"];
const ANSWER_FIELDS: &[&str] = &["details", "error", "error_when", "reference", "score", "unknown_when"];
const SEVERITIES: &[(&str, Severity)] = &[("high", Severity::High), ("warning", Severity::Warning), ("information", Severity::Information)];
/// Settings that every provider has.
const TAKEN_SETTINGS: &[&str] = &["base_url", "limit"];

/// Names in a query: unreserved characters stay.
const QUERY_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Reads a provider; the problems do not name the file yet.
pub(super) fn read(text: &str) -> Result<GenericProvider, Problem> {
    let document = read_yaml(text)?;
    let fields = document.known("a provider", FIELDS)?;
    let name = name(&fields)?;
    let settings = settings(&fields)?;
    let names: Vec<String> = settings.iter().map(|setting| setting.name.clone().into_owned()).collect();
    let base_url = base_url(&fields, &names, settings.iter().any(|setting| setting.is_secret))?;
    let docs = match fields.get("docs") {
        None => String::new(),
        Some(node) => node.text("docs")?.trim().to_owned(),
    };
    let limit = fields.get("limit").map(limit).transpose()?;
    let ttl = fields.get("ttl").map(|node| span(node, "ttl")).transpose()?.unwrap_or(ProviderSpec::DEFAULT.ttl);
    let questions = questions(fields.required("types")?, &names)?;
    let answer = answer(&fields)?;
    let types: Vec<IocType> = questions.iter().map(|(kind, _)| *kind).collect();
    let account = name.split('/').next().unwrap_or(&name).to_owned();
    let spec = ProviderSpec {
        account: Cow::Owned(account),
        name: Cow::Owned(name),
        summary: Cow::Owned(fields.text("summary")?.to_owned()),
        docs: Cow::Owned(docs),
        base_url: Cow::Owned(base_url),
        types: Cow::Owned(types),
        settings: Cow::Owned(settings),
        limit,
        ttl,
        ..ProviderSpec::DEFAULT
    };
    Ok(GenericProvider { spec, questions, answer })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn name(fields: &Known<'_>) -> Result<String, Problem> {
    let name = fields.text("name")?;
    let line = fields.required("name")?.line;
    if name.split('/').count() > 2 || !name.split('/').all(is_name) || name.len() > 64 {
        return problem(
            line,
            format!("the name '{}' must be of lower-case letters, digits and _, such as acme or acme/hashes", name.escape_debug()),
        );
    }
    if crate::ti::providers().iter().any(|known| known.spec().name == name) {
        return problem(line, format!("the name '{name}' belongs to a provider that there is already: give it another one"));
    }
    Ok(name.to_owned())
}

fn settings(fields: &Known<'_>) -> Result<Vec<SettingSpec>, Problem> {
    let Some(node) = fields.get("settings") else { return Ok(Vec::new()) };
    let mut settings = Vec::new();
    for Field { name, line, node } in node.fields("settings")? {
        if !is_name(name) || PLACES.contains(&name.as_str()) || TAKEN_SETTINGS.contains(&name.as_str()) {
            let taken = PLACES.iter().chain(TAKEN_SETTINGS).copied().collect::<Vec<_>>().join(", ");
            return problem(
                *line,
                format!("a setting cannot be called '{}': lower-case letters, digits and _, and none of {taken}", name.escape_debug()),
            );
        }
        let fields = node.known("a setting", SETTING_FIELDS)?;
        let flag = |field: &str| fields.get(field).map_or(Ok(true), |node| node.flag(field));
        settings.push(SettingSpec {
            name: Cow::Owned(name.clone()),
            doc: Cow::Owned(fields.get("doc").map_or(Ok(""), |node| node.text("doc"))?.to_owned()),
            is_required: flag("required")?,
            is_secret: flag("secret")?,
        });
    }
    settings.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(settings)
}

fn template(node: &Node, field: &str, settings: &[String]) -> Result<Template, Problem> {
    Template::parse(node.text(field)?, settings).or_else(|what| problem(node.line, format!("field '{field}' {what}")))
}

fn base_url(fields: &Known<'_>, settings: &[String], has_secrets: bool) -> Result<String, Problem> {
    let url = fields.text("base_url")?;
    let node = fields.required("base_url")?;
    let template = template(node, "base_url", settings)?;
    if template.names_ioc() {
        return problem(node.line, "field 'base_url' cannot hold the indicator: it would choose who is asked");
    }
    let is_plain = url.bytes().all(|b| b.is_ascii_graphic()) && !url.contains(['?', '#', '@', '\\']);
    if !is_plain || !(url.starts_with("https://") || url.starts_with("http://")) {
        return problem(node.line, "field 'base_url' must be like https://api.example.com, without user, query and fragment");
    }
    if has_secrets && !url.starts_with("https://") {
        return problem(
            node.line,
            "field 'base_url' must begin with https://, since a setting is secret (or say 'secret: false' of all settings)",
        );
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// `4/min`, `1000 / day`.
fn limit(node: &Node) -> Result<Limit, Problem> {
    let text = node.text("limit")?;
    let wrong = || problem(node.line, format!("field 'limit' must be like 4/min, 10/second or 1000/day, got '{}'", text.escape_debug()));
    let Some((requests, unit)) = text.split_once('/') else { return wrong() };
    match (requests.trim().parse::<u32>(), unit_of(unit)) {
        (Ok(requests), Some(per)) if requests > 0 => Ok(Limit { requests, per }),
        _ => wrong(),
    }
}

/// `1 day`, `12 hours`, `90s`.
fn span(node: &Node, field: &str) -> Result<Duration, Problem> {
    const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
    let text = node.text(field)?.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let span = number.parse::<u32>().ok().zip(unit_of(unit)).and_then(|(number, unit)| unit.checked_mul(number));
    match span {
        Some(span) if span > Duration::ZERO && span <= LONGEST => Ok(span),
        _ => problem(
            node.line,
            format!("field '{field}' must be like 1 day, 12 hours or 30 min, at most a year, got '{}'", text.escape_debug()),
        ),
    }
}

fn unit_of(text: &str) -> Option<Duration> {
    let seconds = match text.trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 60 * 60,
        "d" | "day" | "days" => 24 * 60 * 60,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

/// The questions by type; the key of one names one type or several.
fn questions(node: &Node, settings: &[String]) -> Result<Vec<(IocType, Question)>, Problem> {
    let mut questions: Vec<(IocType, Question)> = Vec::new();
    for Field { name, line, node } in node.fields("types")? {
        let question = question(node, settings)?;
        for name in name.split(',') {
            let kind = IocType::parse(name).or_else(|_| {
                let near = hint(name.trim(), IocType::ALL.iter().map(|kind| kind.name()));
                problem(
                    *line,
                    format!("unknown type '{}'{near} (one or more of those of extract_iocs, with commas)", name.trim().escape_debug()),
                )
            })?;
            if questions.iter().any(|(known, _)| *known == kind) {
                return problem(*line, format!("has two requests for the type '{}'", kind.name()));
            }
            questions.push((kind, question.clone()));
        }
    }
    if questions.is_empty() {
        return problem(node.line, "field 'types' needs one request at least");
    }
    questions.sort_by_key(|(kind, _)| *kind);
    Ok(questions)
}

fn question(node: &Node, settings: &[String]) -> Result<Question, Problem> {
    let fields = node.known("a request", QUESTION_FIELDS)?;
    let path_node = fields.required("path")?;
    let path = template(path_node, "path", settings)?;
    let is_plain = path.plain().all(|text| text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['?', '#', '\\', '"', '<', '>']));
    if !path_node.text("path")?.starts_with('/') || !is_plain {
        return problem(path_node.line, "field 'path' must begin with / and be written as in a URL; the query is a field of its own");
    }
    let query = pairs(&fields, "query", settings)?
        .into_iter()
        .map(|(_, name, value)| (utf8_percent_encode(&name, QUERY_NAME).to_string(), value))
        .collect();
    let mut headers = Vec::new();
    for (line, name, value) in pairs(&fields, "headers", settings)? {
        let is_token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !is_token || value.plain().any(|text| !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())) {
            return problem(
                line,
                format!("the header '{}' must have a name of letters, digits and -, and a value of ASCII", name.escape_debug()),
            );
        }
        if value.has_ioc() {
            return problem(line, "an indicator cannot stand in a header as it is: use {ioc_base64url}");
        }
        headers.push((name.to_ascii_lowercase(), value));
    }
    let basic = match fields.get("basic") {
        None => None,
        Some(node) => {
            let fields = node.known("basic", &["user", "password"])?;
            Some((template(fields.required("user")?, "user", settings)?, template(fields.required("password")?, "password", settings)?))
        }
    };
    let body = match (fields.get("form"), fields.get("json")) {
        (None, None) => QuestionBody::None,
        (Some(_), None) => {
            QuestionBody::Form(pairs(&fields, "form", settings)?.into_iter().map(|(_, name, value)| (name, value)).collect())
        }
        (None, Some(node)) => QuestionBody::Json(json(node, settings)?),
        (Some(_), Some(node)) => return problem(node.line, "a request has a form or json, not both"),
    };
    let method = match fields.get("method") {
        None if matches!(body, QuestionBody::None) => Method::Get,
        None => Method::Post,
        Some(node) => match node.text("method")?.to_ascii_uppercase().as_str() {
            "GET" if !matches!(body, QuestionBody::None) => return problem(node.line, "a GET has no body: use POST, or 'query'"),
            "GET" => Method::Get,
            "POST" => Method::Post,
            other => return problem(node.line, format!("field 'method' must be GET or POST, got '{}'", other.escape_debug())),
        },
    };
    let question = Question { method, path, query, headers, basic, body };
    if !question.names_ioc() {
        return problem(node.line, "the request names no indicator: put {ioc} into path, query, form or json");
    }
    Ok(question)
}

/// Names with templates.
fn pairs(fields: &Known<'_>, field: &str, settings: &[String]) -> Result<Vec<(usize, String, Template)>, Problem> {
    let Some(node) = fields.get(field) else { return Ok(Vec::new()) };
    node.fields(field)?.iter().map(|pair| Ok((pair.line, pair.name.clone(), template(&pair.node, &pair.name, settings)?))).collect()
}

/// A JSON body, the texts in it being templates.
fn json(node: &Node, settings: &[String]) -> Result<JsonBody, Problem> {
    Ok(match &node.value {
        Yaml::List(nodes) => JsonBody::List(nodes.iter().map(|node| json(node, settings)).collect::<Result<_, _>>()?),
        Yaml::Fields(fields) => JsonBody::Fields(
            fields.iter().map(|field| Ok((field.name.clone(), json(&field.node, settings)?))).collect::<Result<_, Problem>>()?,
        ),
        Yaml::Scalar { text, is_plain: true } if matches!(text.as_str(), "" | "null" | "~") => JsonBody::Value(serde_json::Value::Null),
        Yaml::Scalar { text, is_plain: true } if matches!(text.as_str(), "true" | "false") => JsonBody::Value((text == "true").into()),
        Yaml::Scalar { text, is_plain } => {
            if let (true, Ok(number)) = (*is_plain, text.parse::<serde_json::Number>()) {
                return Ok(JsonBody::Value(number.into()));
            }
            let template = template(node, "json", settings)?;
            if template.has_settings() {
                return problem(node.line, "a setting cannot stand in json: put it into headers, query or form");
            }
            JsonBody::Text(template)
        }
    })
}

fn answer(fields: &Known<'_>) -> Result<AnswerRules, Problem> {
    let severity = match fields.get("severity") {
        None => Vec::new(),
        Some(node) => {
            let known = SEVERITIES.iter().map(|(name, _)| *name).collect::<Vec<_>>();
            let rules = node.known("severity", &known)?;
            let rule = |(name, severity): &(&str, Severity)| rules.get(name).map(|node| Ok((*severity, condition(node, name)?)));
            SEVERITIES.iter().filter_map(rule).collect::<Result<Vec<_>, Problem>>()?
        }
    };
    let Some(node) = fields.get("answer") else { return Ok(AnswerRules { severity, ..AnswerRules::default() }) };
    let fields = node.known("answer", ANSWER_FIELDS)?;
    let path = |field: &str| fields.get(field).map(|node| path(node, field)).transpose();
    let when = |field: &str| fields.get(field).map(|node| condition(node, field)).transpose();
    let reference = match fields.get("reference") {
        Some(node) if node.text("reference")?.starts_with("https://") || node.text("reference")?.starts_with("http://") => {
            Some(Reference::Template(template(node, "reference", &[])?))
        }
        _ => path("reference")?.map(Reference::Path),
    };
    let details = match fields.get("details") {
        None => Vec::new(),
        Some(node) => node
            .fields("details")?
            .iter()
            .map(|field| Ok((field.name.clone(), self::path(&field.node, &field.name)?)))
            .collect::<Result<_, Problem>>()?,
    };
    Ok(AnswerRules {
        unknown_when: when("unknown_when")?,
        error_when: when("error_when")?,
        error: path("error")?,
        score: path("score")?,
        reference,
        details,
        severity,
    })
}

fn path(node: &Node, field: &str) -> Result<Path, Problem> {
    Path::whole(node.text(field)?).or_else(|what| problem(node.line, format!("field '{field}' {what}")))
}

fn condition(node: &Node, field: &str) -> Result<Condition, Problem> {
    Condition::parse(node.text(field)?).or_else(|what| problem(node.line, format!("field '{field}' {what}")))
}
