//! What a server of RDAP (RFC 9083) says about an address or a name, as fields. Servers differ: what is missing or of another shape is left out.

use chrono::DateTime;
use huntsql_kernels::net::parse_address;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;

/// Items of a list that are kept.
const MOST_ITEMS: usize = 64;
/// Characters of a text that are kept.
const LONGEST_TEXT: usize = 500;
/// Levels of contacts within contacts.
const MOST_LEVELS: usize = 4;

/// Whose an address or a name is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Whether the registry knows it.
    pub is_known: bool,
    /// Its identifier there.
    pub handle: Option<String>,
    /// The name of the network, or the name itself.
    pub name: Option<String>,
    /// Who has it.
    pub org: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// The network in the form `address/length`.
    pub network: Option<String>,
    /// Its first address.
    pub start_ip: Option<String>,
    /// Its last address.
    pub end_ip: Option<String>,
    /// Who registered the name.
    pub registrar: Option<String>,
    /// When it was registered, in microseconds since 1970.
    pub created: Option<i64>,
    /// When what is said changed.
    pub updated: Option<i64>,
    /// When the name falls back.
    pub expires: Option<i64>,
    /// What holds of it, such as `client transfer prohibited`.
    pub status_codes: Vec<String>,
    /// The servers of a name.
    pub nameservers: Vec<String>,
    /// All addresses of contacts.
    pub emails: Vec<String>,
    /// The one for complaints.
    pub abuse_email: Option<String>,
    /// Where all this is said.
    pub rdap_url: Option<String>,
}

/// A contact.
#[derive(Debug, Default)]
struct Contact {
    roles: Vec<String>,
    name: Option<String>,
    country: Option<String>,
    emails: Vec<String>,
}

fn text(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.trim().chars().take(LONGEST_TEXT).collect();
    Some(text).filter(|text| !text.is_empty())
}

fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().take(MOST_ITEMS)
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    items(value, name).filter_map(text).collect()
}

fn two_letters(text: &str) -> Option<String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

/// The contacts, also those within contacts: where a registry has no abuse contact for a network, its organisation has one.
fn contacts(value: &Value, level: usize, found: &mut Vec<Contact>) {
    for entity in items(value, "entities") {
        if level >= MOST_LEVELS || found.len() >= MOST_ITEMS {
            return;
        }
        found.push(contact(entity));
        contacts(entity, level + 1, found);
    }
}

/// A contact from its jCard (RFC 7095): a list of properties, each `[name, parameters, type, values...]`.
fn contact(entity: &Value) -> Contact {
    let mut contact = Contact { roles: texts(entity, "roles"), ..Contact::default() };
    let (mut formatted, mut org) = (None, None);
    for property in entity.pointer("/vcardArray/1").and_then(Value::as_array).into_iter().flatten().take(MOST_ITEMS) {
        let (Some(name), Some(value)) = (property.get(0).and_then(Value::as_str), property.get(3)) else { continue };
        match name {
            "fn" => formatted = text(value),
            "org" => org = text(value).or_else(|| text(value.get(0)?)),
            "email" => contact.emails.extend(text(value)),
            "adr" => {
                // The seventh part is the country; its code may be a parameter (RFC 8605, 3.1).
                let code = property.pointer("/1/cc").and_then(Value::as_str).and_then(two_letters);
                contact.country = code.or_else(|| two_letters(value.get(6)?.as_str()?));
            }
            _ => {}
        }
    }
    contact.name = org.or(formatted);
    contact
}

fn time(value: &Value, action: &str) -> Option<i64> {
    let is_it = |event: &&Value| event.get("eventAction").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case(action));
    let date = items(value, "events").find(is_it)?.get("eventDate")?.as_str()?;
    // Some registries leave the zone out; they mean UTC.
    let parsed = DateTime::parse_from_rfc3339(date).or_else(|_| DateTime::parse_from_rfc3339(&format!("{date}Z"))).ok()?;
    Some(parsed.timestamp_micros())
}

/// The network of exactly these addresses, if there is one.
fn network(first: IpAddr, last: IpAddr) -> Option<String> {
    let (first_bits, last_bits, length) = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (u128::from(first.to_bits()), u128::from(last.to_bits()), 32),
        (IpAddr::V6(first), IpAddr::V6(last)) => (first.to_bits(), last.to_bits(), 128),
        _ => return None,
    };
    let free = (first_bits ^ last_bits).checked_add(1).map_or(128, |size| size.trailing_zeros());
    let mask = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    (first_bits & mask == 0 && last_bits == first_bits | mask).then(|| format!("{first}/{}", length - free.min(length)))
}

/// The network that the extension `cidr0` names, the one that holds the address.
fn cidr(value: &Value, asked: IpAddr) -> Option<String> {
    items(value, "cidr0_cidrs").find_map(|cidr| {
        let prefix = cidr.get("v4prefix").or_else(|| cidr.get("v6prefix"))?.as_str()?;
        let length = u8::try_from(cidr.get("length")?.as_u64()?).ok()?;
        let network = ipnet::IpNet::new(prefix.parse().ok()?, length).ok()?;
        network.contains(&asked).then(|| network.trunc().to_string())
    })
}

/// Reads an answer. `asked` is the address that was asked about, or nothing for a name; `Err` says what is wrong.
pub(super) fn read(body: &[u8], asked: Option<IpAddr>) -> Result<Registration, String> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "not an answer of RDAP".to_owned())?;
    let class = answer.get("objectClassName").and_then(Value::as_str).unwrap_or_default();
    let expected = if asked.is_some() { "ip network" } else { "domain" };
    if !class.eq_ignore_ascii_case(expected) {
        return Err(format!("not an answer of RDAP about a{} {expected}", if asked.is_some() { "n" } else { "" }));
    }
    let mut people = Vec::new();
    contacts(&answer, 0, &mut people);
    let of_role = |role: &str| people.iter().find(|contact| contact.roles.iter().any(|name| name.eq_ignore_ascii_case(role)));
    let registrant = of_role("registrant").or_else(|| of_role("holder"));
    let field = |name: &str| answer.get(name).and_then(text);
    let address = |name: &str| field(name).and_then(|text| parse_address(text.split('/').next().unwrap_or_default()));
    let (first, last) = (address("startAddress"), address("endAddress"));
    let lower = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    let mut emails: Vec<String> = people.iter().flat_map(|contact| &contact.emails).map(|email| email.to_lowercase()).collect();
    emails.sort_unstable();
    emails.dedup();
    emails.truncate(MOST_ITEMS);
    let self_link = |link: &&Value| link.get("rel").and_then(Value::as_str) == Some("self");
    let nameserver = |server: &Value| server.get("ldhName").and_then(text).map(|name| lower(&name));
    Ok(Registration {
        is_known: true,
        handle: field("handle"),
        name: if asked.is_some() { field("name") } else { field("ldhName").map(|name| lower(&name)) },
        org: registrant.and_then(|contact| contact.name.clone()),
        country: field("country").and_then(|code| two_letters(&code)).or_else(|| registrant.and_then(|contact| contact.country.clone())),
        network: asked.and_then(|asked| cidr(&answer, asked).or_else(|| network(first?, last?))),
        start_ip: first.map(|address| address.to_string()),
        end_ip: last.map(|address| address.to_string()),
        registrar: of_role("registrar").and_then(|contact| contact.name.clone()),
        created: time(&answer, "registration"),
        updated: time(&answer, "last changed"),
        expires: time(&answer, "expiration"),
        status_codes: texts(&answer, "status"),
        nameservers: items(&answer, "nameservers").filter_map(nameserver).collect(),
        emails,
        abuse_email: of_role("abuse").and_then(|contact| contact.emails.first()).map(|email| email.to_lowercase()),
        rdap_url: items(&answer, "links").find(self_link).and_then(|link| text(link.get("href")?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn networks_of_ranges() {
        for (first, last, expected) in [
            ("192.0.2.0", "192.0.2.255", Some("192.0.2.0/24")),
            ("192.0.2.4", "192.0.2.4", Some("192.0.2.4/32")),
            ("0.0.0.0", "255.255.255.255", Some("0.0.0.0/0")),
            ("192.0.2.0", "192.0.2.9", None),
            ("192.0.2.128", "192.0.3.127", None),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:db8::/32")),
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("::/0")),
            ("192.0.2.0", "2001:db8::", None),
        ] {
            let parse = |text: &str| text.parse().expect("an address");
            assert_eq!(network(parse(first), parse(last)).as_deref(), expected, "{first}");
        }
    }

    #[test]
    fn odd_shapes_are_left_out() {
        let odd = br#"{"objectClassName": "domain", "ldhName": 7, "status": "active", "events": [{"eventAction": "registration", "eventDate": "soon"}, 1],
            "entities": [{"roles": ["registrant"], "vcardArray": ["vcard", [["fn"], ["org", {}, "text", ["Made Up", "Unit"]], ["adr", {"cc": "xx1"}, "text", ["", "", "", "", "", "", "DE"]]]]}, null],
            "nameservers": [{"ldhName": "NS1.X.TEST."}, {}], "links": {}}"#;
        let read = read(odd, None).expect("an answer");
        assert_eq!((read.org.as_deref(), read.country.as_deref(), read.created), (Some("Made Up"), Some("DE"), None));
        assert_eq!((read.nameservers, read.name, read.status_codes), (vec!["ns1.x.test".to_owned()], None, vec![]));
        let network = br#"{"objectClassName": "ip network", "startAddress": "x", "cidr0_cidrs": [{"v4prefix": "8.8.8.0", "length": 99}]}"#;
        assert_eq!(super::read(network, "8.8.8.8".parse().ok()).map(|read| read.network), Ok(None));
        for body in ["<html>", "{}", r#"{"errorCode": 404}"#, r#"{"objectClassName": "entity"}"#] {
            assert!(super::read(body.as_bytes(), None).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_range_is_read_without_panic(first in any::<u128>(), last in any::<u128>(), is_v4 in any::<bool>()) {
            let address = |bits: u128| if is_v4 { IpAddr::V4((bits as u32).into()) } else { IpAddr::V6(bits.into()) };
            if let Some(text) = network(address(first), address(last)) {
                let network: ipnet::IpNet = text.parse().expect("a network");
                prop_assert_eq!((network.network(), network.broadcast()), (address(first), address(last)));
            }
        }
    }
}
