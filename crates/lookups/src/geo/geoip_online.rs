//! `geoip_online(ip)`: where an address is, asked of a provider.

use super::geoip::GeoIpAnswer;
use crate::config::process_environment;
use crate::facts::{Asking, CONFIG, REFRESH, max_lookups};
use crate::never_send::NeverSend;
use crate::ti::{Asked, LookupError, Outcome, Question, check, distinct, ipstack, look_up};
use huntsql_kernels::input::Input;
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::prelude::*;
use serde_json::{Map, Value};
use std::collections::HashMap;

const NAME: &str = "geoip_online";

/// Options of `geoip_online`.
#[derive(Debug)]
pub struct OnlineOptions {
    asking: Asking,
    provider: String,
}

impl Default for OnlineOptions {
    fn default() -> Self {
        Self { asking: Asking::new(100), provider: ipstack::NAME.to_owned() }
    }
}

impl Options for OnlineOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        max_lookups("100"),
        OptionField {
            name: "provider",
            kind: OptionKind::Choice(&[ipstack::NAME]),
            default: "'ipstack'",
            doc: "Whom to ask. It needs an account below `providers:` of the configuration.",
        },
        REFRESH,
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if let Some(Setting::Text(provider)) = self.asking.set(name, setting) {
            self.provider = provider;
        }
        Ok(())
    }
}

/// The addresses of a batch, and what was said of each.
#[derive(Debug, Default)]
pub struct Online {
    places: HashMap<String, usize>,
    outcomes: Vec<Outcome>,
}

/// What was said of an address.
#[derive(Debug)]
pub struct OnlineAnswer<'a>(&'a Outcome);

impl SqlValue for OnlineAnswer<'_> {
    /// The same as for files, so that one can stand for the other.
    const TYPE: SqlType = <GeoIpAnswer<'static> as SqlValue>::TYPE;

    fn write(&self, out: &mut Column) {
        let verdict = self.0.answer.as_ref().map(|answer| &answer.verdict);
        let status = if verdict.is_some_and(|verdict| verdict.details.is_empty()) { "not_found" } else { &self.0.status };
        let none = Map::new();
        let details = verdict.map_or(&none, |verdict| &verdict.details);
        let text = |name: &str| details.get(name).and_then(Value::as_str);
        let number = |name: &str, most: f64| details.get(name).and_then(Value::as_f64).filter(|number| number.abs() <= most);
        let flag = |name: &str| details.get(name).and_then(Value::as_bool);
        let nothing = None::<&str>;
        let row = out.row().put(text("country")).put(text("country_name")).put(text("continent")).put(text("continent_name"));
        let row = row.put(text("region")).put(text("region_name")).put(text("city")).put(text("postal_code"));
        let row = row.put(number("latitude", 90.0)).put(number("longitude", 180.0)).put(None::<i64>).put(text("time_zone")).put(nothing);
        let row = row
            .put(details.get("asn").and_then(Value::as_i64).filter(|asn| u32::try_from(*asn).is_ok()))
            .put(nothing)
            .put(text("isp"))
            .put(nothing)
            .put(nothing)
            .put(nothing);
        let row = row.put(text("anonymizer").map(|known| known.eq_ignore_ascii_case("active"))).put(None::<bool>);
        row.put(flag("proxy")).put(flag("tor")).put(flag("hosting")).put(nothing).put(status).end();
    }
}

/// What is said of a text that is not sent to anybody; `None` of an address that may be.
fn refused(text: &str, never_send: &NeverSend) -> Option<Outcome> {
    let status = match check(text, None) {
        Err(refusal) => refusal.status(),
        Ok(observable) if never_send.holds(observable.kind, &observable.value) => "never_send",
        Ok(observable) if matches!(observable.kind, IocType::Ipv4 | IocType::Ipv6) => return None,
        Ok(_) => "not_supported",
    };
    Some(Outcome { answer: None, status: status.to_owned(), reason: None, is_cached: false })
}

/// Kernel of `geoip_online`.
pub struct GeoIpOnline;

impl ScalarKernel for GeoIpOnline {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks IPStack where an IP address is and whose network it is in.",
        details: "\
The fields are those of `geoip`, which reads files and sends nothing; NULL is what the provider does not tell (accuracy, network, registered country and others never, time zone, `asn`, `isp` and the marks with some of its plans only). \
It sends the address to the provider, which is why it has a name of its own.

The provider needs an account, below `providers: ipstack: api_key:` of the configuration or in `HUNTSQL_IPSTACK_API_KEY`. A batch of rows asks about each address once; answers are kept for a week, and the free tier of 100 requests a \
month is kept unless `limit` says otherwise. `status` is `ok`, `not_found`, `bad_format`, `not_global`, `not_supported`, `never_send`, `quota` (the limit that is kept here), or `error: ` and what went wrong (what the provider says of a key or an account that is used up), as of `ti_lookup`.",
        args: &[Arg { name: "ip", doc: "The address, defanged or not." }],
        examples: &[Example {
            sql: "\
SELECT ip, g['country'] AS country, g['status'] AS status FROM (SELECT n, ip, geoip_online(ip) AS g
  FROM (VALUES (1, '10.1.2.3'), (2, 'google.com')) v(n, ip)) t ORDER BY n",
            result: "10.1.2.3 | NULL | not_global\ngoogle.com | NULL | not_supported",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = OnlineOptions;
    type Out<'a> = OnlineAnswer<'a>;
    type Scratch = Online;

    fn prepare(
        online: &mut Online,
        options: &OnlineOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let wrong = |option: &str, problem: String| KernelError::BadOption { function: NAME, option: option.to_owned(), problem };
        let context = options.asking.open(NAME)?;
        let texts = distinct((0..rows).filter_map(|row| input.text(0, row)), &mut online.places);
        // Who asks about nothing needs no account.
        let refused: Option<Vec<Outcome>> = texts.iter().map(|(text, _)| refused(text, &context.config.never_send)).collect();
        if let Some(refused) = refused {
            online.outcomes = refused;
            return Ok(());
        }
        let asked = Asked::new(&options.provider, &context.config, &process_environment);
        let asked = asked.map_err(|problem| wrong("provider", format!("cannot be asked: {problem}")))?;
        let question = Question {
            providers: vec![asked],
            texts,
            max_lookups: options.asking.max_lookups,
            refresh: options.asking.refresh,
            never_send: NeverSend::default(),
            has_raw: false,
        };
        match look_up(&context, &question, interrupt) {
            Ok(answers) => online.outcomes = answers.outcomes.into_iter().flatten().collect(),
            // Nobody looks at the rows of a cancelled statement.
            Err(LookupError::Interrupted) => {}
            Err(LookupError::TooMany(problem)) => return Err(wrong("max_lookups", format!("is too small: {problem}"))),
        }
        Ok(())
    }

    fn eval<'a>(online: &'a mut Online, _: &'a OnlineOptions, (ip,): (&'a str,)) -> KernelResult<OnlineAnswer<'a>> {
        let outcome = online.places.get(ip).and_then(|place| online.outcomes.get(*place));
        Ok(outcome.map(OnlineAnswer))
    }
}
