//! Team Cymru's answers in the DNS: which network announces an address. <https://www.team-cymru.com/ip-asn-mapping>

use crate::context::Context;
use crate::dns::{RecordType, resolve, reversed_labels};
use crate::http::{Failure, Stop};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(86_400);

/// Who announces an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsnFact {
    /// The number of the network; `None` where nobody announces the address.
    pub asn: Option<i64>,
    /// Its name.
    pub as_org: Option<String>,
    /// The route.
    pub network: Option<String>,
    /// The country that the registry has for the route, two letters.
    pub country: Option<String>,
    /// The registry: `arin`, `ripencc`, `apnic`, `lacnic`, `afrinic`.
    pub registry: Option<String>,
    /// The day on which the registry gave the addresses away, in microseconds since 1970.
    pub allocated: Option<i64>,
}

/// The fields of a text such as `15169 | 8.8.8.0/24 | US | arin | 2023-12-28`; empty ones are `None`.
fn fields(text: &str) -> impl Iterator<Item = Option<&str>> {
    text.split('|').map(str::trim).map(|field| Some(field).filter(|field| !field.is_empty()))
}

/// An announcement. Of several networks that announce a route the first is taken.
fn origin(text: &str) -> Option<AsnFact> {
    let mut fields = fields(text);
    let asn = fields.next()??.split_whitespace().next()?.parse().ok()?;
    let owned = |field: Option<Option<&str>>| field.flatten().map(|field| field.chars().take(64).collect::<String>());
    let network = owned(fields.next()).filter(|network| network.parse::<ipnet::IpNet>().is_ok())?;
    let (country, registry) = (owned(fields.next()), owned(fields.next()));
    let allocated = fields.next().flatten().and_then(day);
    Some(AsnFact { asn: Some(asn), as_org: None, network: Some(network), country, registry, allocated })
}

fn day(text: &str) -> Option<i64> {
    let midnight = chrono::DateTime::parse_from_rfc3339(&format!("{text}T00:00:00Z")).ok()?;
    Some(midnight.timestamp_micros())
}

/// The longest route in the answers.
fn most_specific<'t>(texts: impl Iterator<Item = &'t str>) -> Option<AsnFact> {
    let length = |fact: &AsnFact| fact.network.as_deref()?.rsplit('/').next()?.parse::<u8>().ok();
    texts.filter_map(origin).max_by_key(length)
}

/// The name in a text such as `15169 | US | arin | 2000-03-30 | GOOGLE, US`.
fn name(text: &str) -> Option<String> {
    fields(text).nth(4).flatten().map(|name| name.chars().take(200).collect())
}

/// Asks who announces an address, in two questions, of which the second is mostly known.
pub fn asn_by_dns(context: &Context, address: IpAddr, refresh: bool, stop: &Stop) -> Result<(AsnFact, Duration), Failure> {
    let zone = if address.is_ipv4() { "origin.asn.cymru.com" } else { "origin6.asn.cymru.com" };
    let said = resolve(context, &format!("{}{zone}", reversed_labels(address)), RecordType::Txt, refresh, stop)?;
    let Some(mut fact) = most_specific(said.answers()) else {
        return if said.answers().next().is_some() {
            Err(Failure::Decode("not an answer of Team Cymru's".to_owned()))
        } else {
            Ok((AsnFact::default(), HOLDS))
        };
    };
    if let Some(asn) = fact.asn {
        // That the name cannot be had is no reason to hold back the number.
        let said = resolve(context, &format!("as{asn}.asn.cymru.com"), RecordType::Txt, refresh, stop).ok();
        let is_answered = said.is_some();
        fact.as_org = said.and_then(|said| said.answers().find_map(name));
        if !is_answered {
            // It is asked for again by the next statement.
            return Ok((fact, Duration::ZERO));
        }
    }
    Ok((fact, HOLDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_team_cymru() {
        let fact = most_specific(
            ["3356 | 8.0.0.0/9 | US | arin | 1992-12-01", "15169 99 | 8.8.8.0/24 | US | arin | 2023-12-28", "nonsense"].into_iter(),
        );
        let fact = fact.expect("an announcement");
        assert_eq!((fact.asn, fact.network.as_deref(), fact.registry.as_deref()), (Some(15169), Some("8.8.8.0/24"), Some("arin")));
        assert_eq!(fact.allocated, Some(1_703_721_600_000_000));
        assert_eq!(origin("1 | 2001:db8::/32 | | ripencc |").map(|fact| (fact.country, fact.allocated)), Some((None, None)));
        for text in ["", "x", "1", "1 | x", "NA | 8.8.8.0/24 | US", "-|-"] {
            assert_eq!(origin(text), None, "{text}");
        }
        assert_eq!(name("15169 | US | arin | 2000-03-30 | GOOGLE, US").as_deref(), Some("GOOGLE, US"));
        assert_eq!(name("15169 | US"), None);
    }
}
