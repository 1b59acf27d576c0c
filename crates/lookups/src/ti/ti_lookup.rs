//! `ti_lookup`: what providers of threat intelligence say about indicators; over a table, and ad hoc for one.

use super::asked::Asked;
use super::lookup::{Answers, LookupError, Outcome, Question, distinct, dry_run, look_up};
use super::observable::Observable;
use super::recognise::{IOC, IOC_ARGS, IOC_TYPE, recognise_iocs, show_max_lookups};
use crate::config::process_environment;
use crate::context::{Context, context};
use crate::facts::{CONFIG, REFRESH};
use crate::never_send::NeverSend;
use huntsql_kernels::group::{EventKernel, EventSink, Given, Recognised, TableColumn};
use huntsql_kernels::input::Input;
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

const NAME: &str = "ti_lookup";
/// Requests that a statement may send where it does not say.
const TABLE_LOOKUPS: i64 = 1000;
/// Requests that a batch of rows may send in the ad-hoc form, where filters may come too late.
const SCALAR_LOOKUPS: i64 = 100;

const NEVER_SEND: OptionField = OptionField {
    name: "never_send",
    kind: OptionKind::TextListOrFile,
    default: "[]",
    doc: "Names (with everything below them), networks and other indicators that are not sent, beside those of the configuration.",
};
const PROVIDERS: OptionField = OptionField {
    name: "providers",
    kind: OptionKind::TextList,
    default: "[]",
    doc: "Whom to ask; must be given. A second question to a provider is `name/question`, such as `otx/passive_dns`.",
};
const RAW: OptionField =
    OptionField { name: "raw", kind: OptionKind::Bool, default: "false", doc: "Whether `raw` holds the answer as it came." };
/// Options of both forms.
#[derive(Debug, Default)]
struct Settings {
    config: Option<String>,
    dry_run: bool,
    max_lookups: Option<usize>,
    never_send: NeverSend,
    providers: Vec<String>,
    raw: bool,
    refresh: bool,
}

impl Settings {
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("config", Setting::Text(path)) => self.config = Some(path),
            ("dry_run", Setting::Bool(value)) => self.dry_run = value,
            ("max_lookups", Setting::Int(value)) => self.max_lookups = usize::try_from(value).ok(),
            ("never_send", Setting::TextList(texts)) => self.never_send = NeverSend::new(texts.iter().map(String::as_str))?,
            ("providers", Setting::TextList(names)) => self.providers = names,
            ("raw", Setting::Bool(value)) => self.raw = value,
            ("refresh", Setting::Bool(value)) => self.refresh = value,
            _ => {}
        }
        Ok(())
    }

    /// Configuration and providers; an error of the statement where they are wrong.
    fn open(&self) -> Result<(Arc<Context>, Vec<Asked>), KernelError> {
        let wrong = |option: &str, problem: String| KernelError::BadOption { function: NAME, option: option.to_owned(), problem };
        let context = context(self.config.as_deref()).map_err(|problem| wrong("config", format!("cannot be used: {problem}")))?;
        if self.providers.is_empty() {
            let names: Vec<&str> = super::providers().iter().map(|provider| provider.spec().name.as_ref()).collect();
            let problem = format!("must name whom to ask, such as ['greynoise', 'otx'] (providers: {})", names.join(", "));
            return Err(wrong("providers", problem));
        }
        let mut asked: Vec<Asked> = Vec::with_capacity(self.providers.len());
        for name in &self.providers {
            let one = Asked::new(name, &context.config, &process_environment).map_err(|problem| wrong("providers", problem))?;
            if !asked.iter().any(|other| other.name() == one.name()) {
                asked.push(one);
            }
        }
        Ok((context, asked))
    }

    fn question<'q>(&'q self, providers: Vec<Asked>, texts: Vec<(&'q str, Option<&'q str>)>, default: i64) -> Question<'q> {
        let max_lookups = self.max_lookups.unwrap_or_else(|| usize::try_from(default).unwrap_or(0));
        Question { providers, texts, max_lookups, refresh: self.refresh, has_raw: self.raw, never_send: self.never_send.clone() }
    }
}

/// Options of the table form.
#[derive(Debug, Default)]
pub struct TableOptions(Settings);

impl Options for TableOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        OptionField {
            name: "dry_run",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Send nothing; the result is one row a provider, whose `details` count `requests`, `cached` answers and indicators `not_sent`.",
        },
        OptionField {
            name: "max_lookups",
            kind: OptionKind::Int(0, 100_000_000),
            default: "1000",
            doc: "Requests that the statement may send. If more are needed nothing is sent and an error says how many.",
        },
        NEVER_SEND,
        PROVIDERS,
        RAW,
        REFRESH,
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, setting)
    }
}

/// Options of the ad-hoc form.
#[derive(Debug, Default)]
pub struct ScalarOptions(Settings);

impl Options for ScalarOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        OptionField {
            name: "max_lookups",
            kind: OptionKind::Int(0, 100_000_000),
            default: "100",
            doc: "Requests that one batch of rows (2,048 or 8,192) may send. If more are needed nothing is sent for it and the statement fails.",
        },
        NEVER_SEND,
        PROVIDERS,
        RAW,
        REFRESH,
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, setting)
    }
}

/// What is said about one indicator by one provider.
#[derive(Debug)]
pub struct Said<'a> {
    provider: &'a str,
    observable: Option<&'a Observable>,
    outcome: Option<&'a Outcome>,
    has_raw: bool,
}

impl SqlValue for Said<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("provider", SqlType::Text),
        ("ioc", SqlType::Text),
        ("ioc_type", SqlType::Text),
        ("result", SqlType::Text),
        ("severity", SqlType::Text),
        ("score", SqlType::Float),
        ("details", SqlType::Text),
        ("reference", SqlType::Text),
        ("status", SqlType::Text),
        ("raw", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let answer = self.outcome.and_then(|outcome| outcome.answer.as_ref());
        let verdict = answer.map(|answer| &answer.verdict);
        let reason = self.outcome.and_then(|outcome| outcome.reason.as_deref());
        let details = verdict.map(|verdict| serde_json::Value::Object(verdict.details.clone()).to_string());
        let details = details.or_else(|| Some(serde_json::json!({ "reason": reason? }).to_string()));
        let row = out.row().put(self.provider);
        let row = row
            .put(self.observable.map(|observable| observable.value.as_str()))
            .put(self.observable.map(|observable| observable.kind.name()));
        let row = row.put(verdict.map(|verdict| verdict.found.name())).put(verdict.map(|verdict| verdict.severity.name()));
        let row = row.put(verdict.and_then(|verdict| verdict.score)).put(details.as_deref());
        let row = row.put(verdict.and_then(|verdict| verdict.reference.as_deref()));
        let row = row.put(self.outcome.map(|outcome| outcome.status.as_str()));
        let row = row.put(answer.and_then(|answer| answer.raw.as_deref()).filter(|_| self.has_raw));
        row.put(answer.map(|answer| Timestamp(answer.at))).put(answer.and(self.outcome).map(|outcome| outcome.is_cached)).end();
    }
}

fn group_error(error: LookupError) -> GroupError {
    match error {
        LookupError::Interrupted => GroupError::Interrupted,
        LookupError::TooMany(problem) => too_many(problem).into(),
    }
}

fn too_many(problem: String) -> KernelError {
    KernelError::BadOption { function: NAME, option: "max_lookups".to_owned(), problem: format!("is too small: {problem}") }
}

/// Kernel of the table form.
pub struct TiLookup;

impl EventKernel for TiLookup {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks providers of threat intelligence about the indicators in a column: the rows, once for each provider, with what it says.",
        details: TABLE_DETAILS,
        args: IOC_ARGS,
        examples: &[Example {
            sql: "\
WITH seen AS (SELECT * FROM (VALUES ('10.1.2.3'), ('localhost'), ('nothing')) v(ip))
SELECT ip, provider, result, status FROM huntsql.ti_lookup(seen, ip, providers => ['greynoise']) ORDER BY ip",
            result: "10.1.2.3 | greynoise | NULL | not_global\nlocalhost | greynoise | NULL | not_supported\nnothing | greynoise | NULL | not_supported",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text, ArgType::Text];
    type Options = TableOptions;
    type Out<'a> = Said<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        let mut found = recognise_iocs(NAME, columns, given, options)?;
        let settings: TableOptions = huntsql_kernels::options::parse(NAME, options)?;
        settings.0.open()?;
        if settings.0.max_lookups.is_none() {
            show_max_lookups(&mut found.options, TABLE_LOOKUPS);
        }
        Ok(found)
    }

    fn compute(rows: &Rows, options: &TableOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let settings = &options.0;
        let (context, asked) = settings.open()?;
        let (iocs, types) = (rows.texts(IOC), rows.texts(IOC_TYPE));
        let mut places: HashMap<(u32, Option<u32>), usize> = HashMap::new();
        let mut texts: Vec<(&str, Option<&str>)> = Vec::new();
        let place_of = |row: usize| Some((iocs.id(row)?, types.id(row)));
        for row in 0..rows.len() {
            let Some((ioc, ioc_type)) = place_of(row) else { continue };
            places.entry((ioc, ioc_type)).or_insert_with(|| {
                texts.push((iocs.text(ioc), ioc_type.map(|ioc_type| types.text(ioc_type))));
                texts.len() - 1
            });
        }
        let names: Vec<String> = asked.iter().map(|asked| asked.name().to_owned()).collect();
        let question = settings.question(asked, texts, TABLE_LOOKUPS);
        if settings.dry_run {
            for planned in dry_run(&context, &question) {
                let mut verdict = super::Verdict::unknown();
                for (name, count) in [("requests", planned.requests), ("cached", planned.cached), ("not_sent", planned.refused)] {
                    verdict = verdict.detail(name, count);
                }
                sink.put(None, &Planned { provider: &planned.provider, details: serde_json::Value::Object(verdict.details).to_string() });
            }
            return Ok(());
        }
        let answers = look_up(&context, &question, interrupt).map_err(group_error)?;
        for row in 0..rows.len() {
            let place = place_of(row).and_then(|place| places.get(&place)).copied();
            for (number, provider) in names.iter().enumerate() {
                sink.put(Some(row), &said(&answers, place, number, provider, settings.raw));
            }
        }
        Ok(())
    }
}

fn said<'a>(answers: &'a Answers, place: Option<usize>, number: usize, provider: &'a str, has_raw: bool) -> Said<'a> {
    let observable = place.and_then(|place| answers.observables.get(place)?.as_ref());
    let outcome = place.and_then(|place| answers.outcomes.get(place)?.get(number));
    Said { provider, observable, outcome, has_raw }
}

/// A row of a dry run, in the same columns.
struct Planned<'a> {
    provider: &'a str,
    details: String,
}

impl SqlValue for Planned<'_> {
    const TYPE: SqlType = <Said<'_> as SqlValue>::TYPE;
    fn write(&self, out: &mut Column) {
        let none = None::<&str>;
        let row = out.row().put(self.provider).put(none).put(none).put(none).put(none).put(None::<f64>).put(self.details.as_str());
        row.put(none).put("dry_run").put(none).put(None::<Timestamp>).put(None::<bool>).end();
    }
}

const TABLE_DETAILS: &str = "\
The result holds every row of `tbl` once for each provider, in the order of the rows and of `providers`, and beside the columns of the table

- `ioc`, `ioc_type`: what was sent: the indicator refanged and normalised. A URL is sent without its query and fragment, which may hold what is nobody's business.
- `result`: `hit`, `no_hit` (the provider knows it, and nothing against it) or `unknown`; `severity`: `high`, `warning`, `information` or `unknown`; `score` on the provider's own scale.
- `details` (JSON; the reason, where nothing was sent), `reference` (a page for people), `looked_up_at`, `cached`, and with `raw => true` the answer as it came.
- `status`: `ok`; `not_supported` (the provider does not know this type), `bad_format`, `not_global` (private and reserved addresses and names), `never_send`; `quota`; or `error: ` and what went wrong. One provider that fails does not fail the statement.

Nothing is sent before it is checked: private addresses, reserved names, texts that are no indicator and what `never_send` names stay here. Every indicator is asked about once, and once only for as long as \
the answer holds (`ttl` in the configuration; a quarter of it for answers that say nothing against it): answers are kept on disk, see `huntsql.lookup_cache`. The limits of a provider's account hold for all \
processes together. `EXPLAIN` shows whom a statement would ask and `max_lookups`; `dry_run => true` counts exactly. A cancelled statement keeps what it was told.

Keys are written in `~/.config/huntsql/config.yaml` (see docs/configuration.md) or in the environment, as `HUNTSQL_VIRUSTOTAL_API_KEY`.";

/// Kernel of the ad-hoc form.
pub struct TiLookupScalar;

/// What was asked for a batch, and the answers.
#[derive(Debug, Default)]
pub struct Batch {
    places: HashMap<String, usize>,
    names: Vec<String>,
    answers: Answers,
}

/// The list of what the providers say about one indicator.
#[derive(Debug)]
pub struct SaidList<'a> {
    batch: &'a Batch,
    place: usize,
    has_raw: bool,
}

impl SqlValue for SaidList<'_> {
    const TYPE: SqlType = SqlType::List(&<Said<'static> as SqlValue>::TYPE);
    fn write(&self, out: &mut Column) {
        let said = |(number, name)| said(&self.batch.answers, Some(self.place), number, name, self.has_raw);
        ListOf(self.batch.names.iter().map(String::as_str).enumerate().map(said)).write(out);
    }
}

impl ScalarKernel for TiLookupScalar {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks providers of threat intelligence about one indicator: a list with what each says.",
        details: "For a look at a few values; over a table use the table form `huntsql.ti_lookup`, which sees only the rows that are left after filtering, counts before it sends, and asks once. Engines may compute this form for \
                  rows that a filter beside it removes. `providers` must be given. The fields are those that the table form adds.",
        args: &[Arg { name: "ioc", doc: "The indicator, defanged or not." }],
        examples: &[Example {
            sql: "SELECT said['provider'] AS provider, said['status'] AS status FROM (SELECT unnest(ti_lookup('10.1.2.3', {'providers': ['greynoise']})) AS said) s",
            result: "greynoise | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = ScalarOptions;
    type Out<'a> = SaidList<'a>;
    type Scratch = Batch;

    fn prepare(
        batch: &mut Batch,
        options: &ScalarOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let (context, asked) = options.0.open()?;
        let texts = distinct((0..rows).filter_map(|row| input.text(IOC, row)), &mut batch.places);
        batch.names = asked.iter().map(|asked| asked.name().to_owned()).collect();
        let question = options.0.question(asked, texts, SCALAR_LOOKUPS);
        match look_up(&context, &question, interrupt) {
            Ok(answers) => batch.answers = answers,
            Err(LookupError::Interrupted) => {}
            Err(LookupError::TooMany(problem)) => return Err(too_many(problem)),
        }
        Ok(())
    }

    fn eval<'a>(batch: &'a mut Batch, options: &'a ScalarOptions, (ioc,): (&'a str,)) -> KernelResult<SaidList<'a>> {
        let batch = &*batch;
        Ok(batch.places.get(ioc).map(|place| SaidList { batch, place: *place, has_raw: options.0.raw }))
    }
}
