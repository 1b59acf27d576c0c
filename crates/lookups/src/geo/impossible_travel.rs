//! `impossible_travel(ts, account, ip)`: an account that is in two places sooner than anybody can travel.

use super::facts::Text;
use super::geo_distance::geo_distance;
use super::options::{self, Asking, DATABASE};
use super::place::Placed;
use super::watch::Key;
use huntsql_kernels::prelude::*;
use std::sync::Arc;

/// Kernel of `impossible_travel`.
pub struct ImpossibleTravel;

const TIME: usize = 0;
const ACCOUNT: usize = 1;
const IP: usize = 2;
/// Rows between two looks at the interrupt.
const STEP: usize = 1 << 14;

/// Options of `impossible_travel`.
#[derive(Debug, Clone)]
pub struct TravelOptions {
    key: Key,
    max_speed_kmh: f64,
    min_distance_km: f64,
}

impl Default for TravelOptions {
    fn default() -> Self {
        let key = Key { option: Vec::new(), language: "en".to_owned(), only_asn: false };
        Self { key, max_speed_kmh: 900.0, min_distance_km: 100.0 }
    }
}

impl Options for TravelOptions {
    const FIELDS: &'static [OptionField] = &[
        DATABASE,
        OptionField {
            name: "max_speed_kmh",
            kind: OptionKind::FloatIn(0.0, 1e9),
            default: "900",
            doc: "Nobody travels faster than this. An airliner flies at 900 km/h.",
        },
        OptionField {
            name: "min_distance_km",
            kind: OptionKind::FloatIn(0.0, 1e9),
            default: "100",
            doc: "Places that are nearer than this are the same: databases are not more exact.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_speed_kmh", Setting::Float(speed)) => self.max_speed_kmh = speed,
            ("min_distance_km", Setting::Float(distance)) => self.min_distance_km = distance,
            (_, setting) => self.key.option = options::database(setting)?,
        }
        Ok(())
    }
}

/// What is said of an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Travel {
    place: Option<Arc<str>>,
    from: Option<Before>,
    distance_km: Option<f64>,
    hours: Option<f64>,
    is_impossible: Option<bool>,
    status: &'static str,
}

/// The event before.
#[derive(Debug, Clone, PartialEq)]
struct Before {
    ip: Arc<str>,
    time: i64,
    place: Option<Arc<str>>,
}

impl SqlValue for Travel {
    const TYPE: SqlType = SqlType::Struct(&[
        ("place", SqlType::Text),
        ("previous_ip", SqlType::Text),
        ("previous_ts", SqlType::Time),
        ("previous_place", SqlType::Text),
        ("distance_km", SqlType::Float),
        ("hours", SqlType::Float),
        ("speed_kmh", SqlType::Float),
        ("is_impossible", SqlType::Bool),
        ("travel_status", SqlType::Text),
    ]);

    fn write(&self, out: &mut Column) {
        let from = self.from.as_ref();
        let speed = self.distance_km.zip(self.hours).filter(|(_, hours)| *hours > 0.0).map(|(distance, hours)| distance / hours);
        let row = out.row().put(self.place.as_deref()).put(from.map(|from| &*from.ip)).put(from.map(|from| Timestamp(from.time)));
        let row = row.put(from.and_then(|from| from.place.as_deref())).put(self.distance_km).put(self.hours).put(speed);
        row.put(self.is_impossible).put(self.status).end();
    }
}

impl RowKernel for ImpossibleTravel {
    const SPEC: Spec = Spec {
        name: "impossible_travel",
        family: Family::Context,
        summary: "Finds accounts that are seen in two places sooner than anybody can travel from one to the other.",
        details: include_str!("impossible_travel.md"),
        args: &[
            Arg { name: "ts", doc: "When the account was seen." },
            Arg { name: "account", doc: "Who: a name or number." },
            Arg { name: "ip", doc: "From where: IPv4 or IPv6 address, defanged or not." },
        ],
        examples: &[Example {
            sql: "\
WITH logins AS (SELECT to_timestamp(sec) AS ts, who, ip FROM (VALUES (0, 'ann', '81.2.69.160'), (3600, 'ann', '175.16.199.1'), (90000, 'ann', '81.2.69.160'), (0, 'bob', '10.0.0.1')) v(sec, who, ip))
SELECT who, place, previous_place, round(distance_km) AS km, round(speed_kmh) AS kmh, is_impossible, travel_status
FROM huntsql.impossible_travel(logins, ts, who, ip, database => 'examples/geo/sample.mmdb') ORDER BY who, ts",
            result: "\
ann | London, GB | NULL | NULL | NULL | false | first
ann | Changchun, CN | London, GB | 8182.0 | 8182.0 | true | ok
ann | London, GB | Changchun, CN | 8182.0 | 341.0 | false | ok
bob | NULL | NULL | NULL | NULL | NULL | private",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Key, ArgType::Text];
    type Options = TravelOptions;
    type Out<'r> = Travel;

    fn compute(rows: &Rows, options: &TravelOptions, interrupt: &Interrupt) -> GroupResult<Vec<Travel>> {
        let sites = Sites::locate(rows, options, interrupt)?;
        let mut out = Vec::with_capacity(rows.len());
        let mut events = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            let (time, account, ip) = (rows.int(TIME, row), rows.texts(ACCOUNT).id(row), rows.texts(IP).id(row));
            let site = ip.and_then(|ip| sites.all.get(ip as usize));
            let status = match (time, account, site) {
                (None, ..) => "no_time",
                (_, None, _) => "no_account",
                (.., None) => "no_ip",
                (Some(time), Some(account), Some(site)) => {
                    if site.coordinates.is_some() {
                        events.push(Event { account, time, rank: site.rank, row: row as u32 });
                    }
                    site.status
                }
            };
            out.push(Travel { place: site.and_then(|site| site.place.clone()), status, ..Travel::default() });
        }
        interrupt.check()?;
        events.sort_unstable();
        let mut before: Option<(Event, Option<&Event>)> = None;
        for (number, event) in events.iter().enumerate() {
            if number.is_multiple_of(STEP) {
                interrupt.check()?;
            }
            // Equal events say the same: which of them comes first is chance.
            let previous = match before {
                Some((last, previous)) if (last.account, last.time, last.rank) == (event.account, event.time, event.rank) => previous,
                Some((last, _)) if last.account == event.account => events.get(number - 1),
                _ => None,
            };
            before = Some((*event, previous));
            if let Some(travel) = out.get_mut(event.row as usize) {
                sites.compare(event, previous, options, travel);
            }
        }
        Ok(out)
    }
}

/// An event that has a place, in the order in which an account's events are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    account: u32,
    time: i64,
    /// Place of the address among all, so that events of one moment have an order.
    rank: u32,
    row: u32,
}

/// Where the addresses are, by their numbers.
#[derive(Debug)]
struct Sites {
    all: Vec<Site>,
    by_rank: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Site {
    ip: Arc<str>,
    rank: u32,
    place: Option<Arc<str>>,
    coordinates: Option<(f64, f64)>,
    status: &'static str,
}

impl Sites {
    /// Asks about each address once.
    fn locate(rows: &Rows, options: &TravelOptions, interrupt: &Interrupt) -> GroupResult<Self> {
        let texts = rows.texts(IP);
        let distinct = texts.distinct() as u32;
        let mut by_rank: Vec<u32> = (0..distinct).collect();
        by_rank.sort_unstable_by_key(|id| texts.text(*id));
        let mut asking = Asking::default();
        let mut all = Vec::with_capacity(by_rank.len());
        for id in 0..distinct {
            if (id as usize).is_multiple_of(STEP) {
                interrupt.check()?;
            }
            let ip = texts.text(id);
            let said = asking.ask(ip, || options::open(ImpossibleTravel::SPEC.name, &options.key))?;
            let coordinates = said.place.and_then(Placed::coordinates).filter(|place| geo_distance(*place, *place).is_some());
            let status = if said.place.is_some() && coordinates.is_none() { "no_coordinates" } else { said.status };
            all.push(Site { ip: ip.into(), rank: 0, place: said.place.and_then(name), coordinates, status });
        }
        for (rank, id) in (0u32..).zip(&by_rank) {
            if let Some(site) = all.get_mut(*id as usize) {
                site.rank = rank;
            }
        }
        Ok(Self { all, by_rank })
    }

    fn at(&self, event: &Event) -> Option<&Site> {
        self.all.get(*self.by_rank.get(event.rank as usize)? as usize)
    }

    fn compare(&self, event: &Event, previous: Option<&Event>, options: &TravelOptions, travel: &mut Travel) {
        let Some((from, site, before)) = previous.and_then(|previous| Some((self.at(previous)?, self.at(event)?, previous))) else {
            travel.is_impossible = Some(false);
            travel.status = "first";
            return;
        };
        let distance = from.coordinates.zip(site.coordinates).and_then(|(from, to)| geo_distance(from, to)).unwrap_or(0.0);
        // As floats, since times of hostile rows may be more than 64 bits apart.
        let hours = (event.time as f64 - before.time as f64) / 3.6e9;
        travel.from = Some(Before { ip: Arc::clone(&from.ip), time: before.time, place: from.place.clone() });
        travel.distance_km = Some(distance);
        travel.hours = Some(hours);
        travel.is_impossible = Some(distance >= options.min_distance_km && distance > options.max_speed_kmh * hours);
    }
}

/// `London, GB`.
fn name(place: Placed<'_>) -> Option<Arc<str>> {
    let text = |which: Text| place.text(which);
    let (near, far) = (text(Text::City).or(text(Text::State)), text(Text::CountryCode).or(text(Text::Country)));
    match (near, far) {
        (Some(near), Some(far)) => Some(format!("{near}, {far}").into()),
        (near, _) => near.or(text(Text::Country)).or(text(Text::CountryCode)).map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_kernels::input::Input;
    use huntsql_kernels::options::{Value, parse};
    use std::borrow::Cow;
    use std::path::Path;

    type Login = (Option<i64>, Option<&'static str>, Option<&'static str>);

    struct Logins<'a>(&'a [Login]);
    impl Input for Logins<'_> {
        fn text(&self, _: usize, row: usize) -> Option<&str> {
            self.0[row].2
        }
        fn key(&self, _: usize, row: usize) -> Option<Cow<'_, str>> {
            self.0[row].1.map(Cow::Borrowed)
        }
        fn time(&self, _: usize, row: usize) -> Option<i64> {
            self.0[row].0.map(|seconds| seconds * 1_000_000)
        }
        fn int(&self, _: usize, _: usize) -> Option<i64> {
            None
        }
        fn float(&self, _: usize, _: usize) -> Option<f64> {
            None
        }
        fn bool(&self, _: usize, _: usize) -> Option<bool> {
            None
        }
        fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
            None
        }
    }

    fn ask(logins: &[Login], more: &[(&str, Value)]) -> GroupResult<Vec<String>> {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/geo/sample.mmdb");
        let mut given = vec![("database".to_owned(), Value::Text(sample.to_str().unwrap().to_owned()))];
        given.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let options = parse::<TravelOptions>("impossible_travel", &Value::Struct(given))?;
        let mut rows = Rows::new(ImpossibleTravel::ARGS);
        rows.extend(&Logins(logins), logins.len());
        let shown = |travel: Travel| {
            let from = travel.from.map_or("-".to_owned(), |from| format!("{} {}", from.ip, from.time / 1_000_000));
            let (km, hours) = (travel.distance_km.map(f64::round), travel.hours);
            format!("{from} {km:?} {hours:?} {:?} {}", travel.is_impossible, travel.status)
        };
        Ok(ImpossibleTravel::compute(&rows, &options, &Interrupt::default())?.into_iter().map(shown).collect())
    }

    const LONDON: Option<&str> = Some("81.2.69.160");
    const CHANGCHUN: Option<&str> = Some("175.16.199.1");
    const SWEDEN: Option<&str> = Some("89.160.20.112");
    const ANN: Option<&str> = Some("ann");
    const BOB: Option<&str> = Some("bob");

    #[test]
    fn each_account_by_itself_in_order_of_time() {
        let logins = [
            (Some(3600), ANN, CHANGCHUN),
            (Some(0), ANN, LONDON),
            (Some(1800), BOB, LONDON),
            (Some(7200), ANN, Some("81[.]2[.]69[.]1")),
            (Some(1801), BOB, LONDON),
            (Some(100_000), BOB, CHANGCHUN),
        ];
        let expected = [
            "81.2.69.160 0 Some(8182.0) Some(1.0) Some(true) ok",
            "- None None Some(false) first",
            "- None None Some(false) first",
            "175.16.199.1 3600 Some(8182.0) Some(1.0) Some(true) ok",
            "81.2.69.160 1800 Some(0.0) Some(0.0002777777777777778) Some(false) ok",
            "81.2.69.160 1801 Some(8182.0) Some(27.2775) Some(false) ok",
        ];
        assert_eq!(ask(&logins, &[]).unwrap(), expected);
        let mut back = logins;
        back.reverse();
        let mut said = ask(&back, &[]).unwrap();
        said.reverse();
        assert_eq!(said, expected, "the order of the rows does not matter");
    }

    #[test]
    fn events_without_a_place_are_left_out() {
        let said = ask(
            &[
                (Some(0), ANN, LONDON),
                (Some(1), ANN, Some("10.0.0.1")),
                (Some(2), ANN, None),
                (None, ANN, CHANGCHUN),
                (Some(3), None, CHANGCHUN),
                (Some(4), ANN, Some("here")),
                (Some(5), ANN, Some("9.9.9.9")),
                (Some(6), ANN, Some("1.1.1.1")),
                (Some(7), ANN, LONDON),
            ],
            &[],
        );
        let none = |status: &str| format!("- None None None {status}");
        let mut expected: Vec<String> = ["private", "no_ip", "no_time", "no_account", "bad_address", "not_found", "no_coordinates"]
            .iter()
            .map(|status| none(status))
            .collect();
        expected.insert(0, "- None None Some(false) first".to_owned());
        expected.push("81.2.69.160 0 Some(0.0) Some(0.0019444444444444444) Some(false) ok".to_owned());
        assert_eq!(said.unwrap(), expected);
    }

    #[test]
    fn two_places_at_one_moment() {
        let logins = [(Some(5), ANN, LONDON), (Some(5), ANN, CHANGCHUN), (Some(5), ANN, LONDON), (Some(0), ANN, LONDON)];
        let expected = [
            "175.16.199.1 5 Some(8182.0) Some(0.0) Some(true) ok",
            "81.2.69.160 0 Some(8182.0) Some(0.001388888888888889) Some(true) ok",
            "175.16.199.1 5 Some(8182.0) Some(0.0) Some(true) ok",
            "- None None Some(false) first",
        ];
        assert_eq!(ask(&logins, &[]).unwrap(), expected, "equal events say the same");
    }

    #[test]
    fn options() {
        let logins = [(Some(0), ANN, LONDON), (Some(3600), ANN, SWEDEN)];
        let last = |more: &[(&str, Value)]| ask(&logins, more).map(|said| said[1].clone());
        assert_eq!(last(&[]).unwrap(), "81.2.69.160 0 Some(1258.0) Some(1.0) Some(true) ok");
        assert!(last(&[("max_speed_kmh", Value::Int(1500))]).unwrap().contains("Some(false) ok"));
        assert!(last(&[("min_distance_km", Value::Float(1260.5))]).unwrap().contains("Some(false) ok"));
        let wrong = last(&[("max_speed_kmh", Value::Int(-1))]).unwrap_err();
        assert!(
            matches!(&wrong, GroupError::Kernel(error) if error.to_string().contains("option 'max_speed_kmh' must be a number from 0")),
            "{wrong:?}"
        );
        let wrong = last(&[("database", Value::Text("none.mmdb".to_owned()))]).unwrap_err();
        assert!(
            matches!(&wrong, GroupError::Kernel(error) if error.to_string().contains("impossible_travel: option 'database' names 'none.mmdb'")),
            "{wrong:?}"
        );
        assert_eq!(ask(&[], &[]).unwrap(), Vec::<String>::new());
        // The whole range of times.
        assert!(ask(&[(Some(i64::MIN / 2_000_000), ANN, LONDON), (Some(i64::MAX / 2_000_000), ANN, SWEDEN)], &[]).is_ok());
    }

    #[test]
    fn a_stopped_query_ends() {
        let mut rows = Rows::new(ImpossibleTravel::ARGS);
        rows.extend(&Logins(&[(Some(0), ANN, LONDON)]), 1);
        let interrupt = Interrupt::default();
        interrupt.stop();
        assert_eq!(ImpossibleTravel::compute(&rows, &TravelOptions::default(), &interrupt).unwrap_err(), GroupError::Interrupted);
    }
}
