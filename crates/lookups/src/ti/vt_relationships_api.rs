//! VirusTotal's relationships: the objects that belong to an indicator, page by page.

use super::answer::{List, Number, Text, cut, missing, object, or_default, or_none, time_of_seconds};
use super::provider::Ioc;
use super::virustotal::{Counts, request as request_below};
use crate::http::{DecodeError, Request, Response};
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::nearest::hint;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Objects of a page; the API gives no more.
pub const PAGE_SIZE: usize = 40;

/// Bytes of a cursor; those of the API have some hundred.
const LONGEST_CURSOR: usize = 4096;

/// A relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relationship {
    /// Its name in the API.
    pub name: &'static str,
    /// Whether the public API answers for it; else a premium account is needed.
    pub is_public: bool,
}

const fn public(name: &'static str) -> Relationship {
    Relationship { name, is_public: true }
}

const fn premium(name: &'static str) -> Relationship {
    Relationship { name, is_public: false }
}

const FILE: &[Relationship] = &[
    public("bundled_files"),
    public("contacted_domains"),
    public("contacted_ips"),
    public("contacted_urls"),
    public("dropped_files"),
    premium("email_attachments"),
    premium("email_parents"),
    premium("embedded_domains"),
    premium("embedded_ips"),
    premium("embedded_urls"),
    public("execution_parents"),
    premium("sigma_analysis"),
    premium("similar_files"),
];

const DOMAIN: &[Relationship] = &[
    public("communicating_files"),
    premium("downloaded_files"),
    public("historical_ssl_certificates"),
    public("historical_whois"),
    premium("ns_records"),
    public("parent"),
    public("resolutions"),
    public("subdomains"),
    premium("urls"),
];

const ADDRESS: &[Relationship] = &[
    public("communicating_files"),
    premium("downloaded_files"),
    public("historical_ssl_certificates"),
    public("historical_whois"),
    public("referrer_files"),
    public("resolutions"),
    public("subdomains"),
    premium("urls"),
];

const URL: &[Relationship] = &[
    public("communicating_files"),
    public("contacted_domains"),
    public("contacted_ips"),
    premium("downloaded_files"),
    public("last_serving_ip_address"),
    public("network_location"),
    premium("redirecting_urls"),
    premium("redirects_to"),
    premium("referrer_files"),
    premium("referrer_urls"),
];

/// The relationships of a type, sorted by name; none where VirusTotal does not know the type.
pub fn relationships(kind: IocType) -> &'static [Relationship] {
    match kind {
        IocType::Md5 | IocType::Sha1 | IocType::Sha256 => FILE,
        IocType::Domain => DOMAIN,
        IocType::Ipv4 | IocType::Ipv6 => ADDRESS,
        IocType::Url => URL,
        _ => &[],
    }
}

/// The relationship of that name. The error is the rest of a sentence that begins with the argument.
pub fn relationship(kind: IocType, name: &str) -> Result<Relationship, String> {
    let known = relationships(kind);
    known.iter().find(|known| known.name == name).copied().ok_or_else(|| {
        let names = || known.iter().map(|known| known.name);
        let (shown, kind) = (name.escape_debug(), kind.name());
        if known.is_empty() {
            return format!(
                "asks for '{shown}' of the type {kind}, which has no relationships (url, domain, ipv4, ipv6, md5, sha1, sha256 have)"
            );
        }
        let near = hint(name, names());
        format!("names the unknown relationship '{shown}' of {kind}{near} (relationships: {})", names().collect::<Vec<_>>().join(", "))
    })
}

/// Every name of a relationship of some type, sorted: for an argument that is read before any row is.
pub fn all_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = [FILE, DOMAIN, ADDRESS, URL].into_iter().flatten().map(|relationship| relationship.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// About what.
    pub ioc: Ioc<'a>,
    /// Which objects.
    pub relationship: Relationship,
    /// From where on: what the page before gave.
    pub cursor: Option<&'a str>,
}

/// An object that belongs to the indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// The object: an indicator where it is one, else its id.
    pub target: String,
    /// The type of the indicator, else VirusTotal's type of the object.
    pub target_type: String,
    /// VirusTotal's own id of the object.
    pub target_id: String,
    /// Engines that hold it for malicious or suspicious; NULL where it was not analysed.
    pub detections: Option<i64>,
    /// Engines that looked at it.
    pub scans: Option<i64>,
    /// Name of a file, title of a page, common name of a certificate, registrar of a domain.
    pub name: Option<String>,
    /// When it was seen first, RFC 3339.
    pub first_seen: Option<String>,
    /// When it was seen last, or when the names resolved.
    pub last_seen: Option<String>,
    /// What else an analyst wants.
    pub details: Map<String, Value>,
}

/// A page of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Whether VirusTotal knows the indicator.
    pub is_known: bool,
    /// The objects, in the order of the answer.
    pub related: Vec<Related>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// The request for a page.
pub fn request(question: Question<'_>) -> Request {
    let request = request_below(question.ioc, &format!("/{}", question.relationship.name)).query("limit", PAGE_SIZE.to_string());
    match question.cursor {
        None => request,
        Some(cursor) => request.query("cursor", cursor),
    }
}

#[derive(Deserialize)]
struct Answer {
    /// A list, or one object or nothing where there can be no more than one.
    data: Value,
    #[serde(default, deserialize_with = "or_default")]
    meta: Meta,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    id: Text,
    #[serde(rename = "type")]
    kind: Text,
    #[serde(deserialize_with = "or_default")]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    #[serde(deserialize_with = "or_none")]
    last_analysis_stats: Option<Counts>,
    reputation: Number,
    tags: List<Text>,
    // files
    meaningful_name: Text,
    type_description: Text,
    size: Number,
    sha256: Text,
    first_submission_date: Number,
    last_submission_date: Number,
    // URLs
    url: Whole,
    title: Text,
    // domains and addresses
    registrar: Text,
    country: Text,
    as_owner: Text,
    // resolutions
    date: Number,
    host_name: Text,
    ip_address: Text,
    resolver: Text,
    #[serde(deserialize_with = "or_none")]
    host_name_last_analysis_stats: Option<Counts>,
    #[serde(deserialize_with = "or_none")]
    ip_address_last_analysis_stats: Option<Counts>,
    // whois and certificates
    registrar_name: Text,
    registrant_country: Text,
    first_seen_date: Number,
    last_updated: Number,
    #[serde(deserialize_with = "or_default")]
    subject: Name,
    #[serde(deserialize_with = "or_default")]
    issuer: Name,
    #[serde(deserialize_with = "or_default")]
    validity: Validity,
}

/// A URL, which is of no use when it is cut.
#[derive(Default)]
struct Whole(Option<String>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) if text.len() <= 4096 => Some(text),
            _ => None,
        }))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Name {
    #[serde(rename = "CN")]
    common: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Validity {
    not_before: Text,
    not_after: Text,
}

/// The indicator that an object is, and its type.
fn indicator(object: &Object, source: IocType) -> Option<(String, &'static str)> {
    let id = object.id.as_str()?;
    let address = |text: &str| (text.to_owned(), if text.contains(':') { IocType::Ipv6.name() } else { IocType::Ipv4.name() });
    match object.kind.as_str()? {
        "file" => Some((object.attributes.sha256.as_str().unwrap_or(id).to_owned(), IocType::Sha256.name())),
        "domain" => Some((id.to_owned(), IocType::Domain.name())),
        "ip_address" => Some(address(id)),
        "url" => object.attributes.url.0.as_ref().map(|url| (url.clone(), IocType::Url.name())),
        // The other end of it: an address has names, a name has addresses.
        "resolution" if source == IocType::Domain => object.attributes.ip_address.as_str().map(address),
        "resolution" => object.attributes.host_name.as_str().map(|name| (name.to_owned(), IocType::Domain.name())),
        _ => None,
    }
}

fn related(object: Object, source: IocType) -> Option<Related> {
    let id = object.id.as_str()?.to_owned();
    let kind = object.kind.as_str().unwrap_or("unknown").to_owned();
    let (target, target_type) = indicator(&object, source).map_or((id.clone(), kind), |(target, kind)| (target, kind.to_owned()));
    let Attributes { last_analysis_stats, host_name_last_analysis_stats, ip_address_last_analysis_stats, .. } = object.attributes;
    let other_end = if source == IocType::Domain { ip_address_last_analysis_stats } else { host_name_last_analysis_stats };
    let counts = last_analysis_stats.or(other_end).filter(|counts| counts.engines() > 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a count, which saturates")]
    let count = |of: fn(Counts) -> f64| counts.map(|counts| of(counts) as i64);
    let a = object.attributes;
    let first = |texts: Vec<Text>| texts.into_iter().find_map(|text| text.0);
    let seconds = |numbers: [Number; 3]| numbers.into_iter().find_map(|number| time_of_seconds(number).0);
    let mut details = Map::new();
    let mut detail = |name: &str, value: Value| {
        if !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()) {
            details.insert(name.to_owned(), value);
        }
    };
    detail("file_type", a.type_description.into());
    detail("size", a.size.into());
    detail("country", if a.country.as_str().is_some() { a.country } else { a.registrant_country }.into());
    detail("as_org", a.as_owner.into());
    detail("reputation", a.reputation.into());
    detail("resolver", a.resolver.into());
    detail("issuer", a.issuer.common.into());
    detail("not_before", a.validity.not_before.into());
    detail("not_after", a.validity.not_after.into());
    detail("tags", a.tags.kept.into_iter().map(Value::from).filter(|tag| !tag.is_null()).collect());
    Some(Related {
        target,
        target_type,
        target_id: cut(&id),
        detections: count(Counts::positives),
        scans: count(Counts::engines),
        name: first(vec![a.meaningful_name, a.title, a.subject.common, a.registrar_name, a.registrar]),
        first_seen: seconds([a.first_submission_date, a.first_seen_date, Number(None)]),
        last_seen: seconds([a.last_submission_date, a.last_updated, a.date]),
        details,
    })
}

/// What an answer with status 200 to 299, or 404, holds.
pub fn decode(question: Question<'_>, response: &Response) -> Result<Page, DecodeError> {
    if response.status == 404 {
        return Ok(Page::default());
    }
    let Answer { data, meta } = object(response)?;
    let objects = match data {
        Value::Array(objects) => objects,
        Value::Object(_) => vec![data],
        Value::Null => Vec::new(),
        _ => return Err(missing("data")),
    };
    let objects = objects.into_iter().filter(Value::is_object).filter_map(|object| serde_json::from_value(object).ok());
    let related: Vec<Related> = objects.filter_map(|object| related(object, question.ioc.kind)).collect();
    let next = meta.cursor.filter(|cursor| !cursor.is_empty());
    // A server that turns in circles would be asked for ever.
    if next.as_ref().is_some_and(|next| next.len() > LONGEST_CURSOR || question.cursor == Some(next) || related.is_empty()) {
        return Err(DecodeError("the pages of the answer do not go on".to_owned()));
    }
    Ok(Page { is_known: true, related, next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question<'a>(kind: IocType, value: &'a str, name: &str, cursor: Option<&'a str>) -> Question<'a> {
        Question { ioc: Ioc { kind, value }, relationship: relationship(kind, name).expect(name), cursor }
    }

    fn answer(status: u16, body: &Value) -> Response {
        Response { status, body: body.to_string().into_bytes() }
    }

    #[test]
    fn lists_are_those_of_msticpy() {
        let counts = [IocType::Sha256, IocType::Domain, IocType::Ipv6, IocType::Url].map(|kind| {
            let known = relationships(kind);
            assert!(known.windows(2).all(|pair| pair[0].name < pair[1].name), "{}", kind.name());
            (known.len(), known.iter().filter(|known| known.is_public).count())
        });
        assert_eq!(counts, [(13, 6), (9, 6), (8, 6), (10, 5)]);
        assert!(all_names().contains(&"communicating_files") && all_names().windows(2).all(|pair| pair[0] < pair[1]));
        let error = relationship(IocType::Domain, "resolution").expect_err("no such name");
        assert!(error.starts_with("names the unknown relationship 'resolution' of domain, did you mean 'resolutions'?"), "{error}");
        assert!(relationship(IocType::Cve, "resolutions").is_err_and(|error| error.contains("has no relationships")));
    }

    #[test]
    fn requests() {
        let first = request(question(IocType::Domain, "gate.huntsql-test.net", "communicating_files", None));
        assert_eq!(first.target(), "/api/v3/domains/gate.huntsql-test.net/communicating_files?limit=40");
        assert_eq!(first.settings(), ["api_key"]);
        let next = request(question(IocType::Url, "http://a.com/", "contacted_ips", Some("a&b=")));
        assert_eq!(next.target(), "/api/v3/urls/aHR0cDovL2EuY29tLw/contacted_ips?limit=40&cursor=a%26b%3D");
    }

    #[test]
    fn pages() {
        let files = question(IocType::Domain, "gate.huntsql-test.net", "communicating_files", None);
        let body = json!({"meta": {"count": 41, "cursor": "next page"}, "links": {"self": "x", "next": "y"}, "data": [
            {"type": "file", "id": "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", "attributes": {"meaningful_name": "a.exe",
             "type_description": "Win32 EXE", "size": 7, "last_analysis_stats": {"malicious": 50, "suspicious": 1, "undetected": 20, "harmless": 0},
             "first_submission_date": 1735787045, "last_submission_date": 1767323045, "tags": ["peexe"]}},
            {"type": "file", "id": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"},
            7, null, {"type": "file"}]});
        let page = decode(files, &answer(200, &body)).expect("a page");
        assert_eq!((page.related.len(), page.next.as_deref(), page.is_known), (2, Some("next page"), true));
        let file = page.related.first().expect("a file");
        assert_eq!(
            (file.target_type.as_str(), file.detections, file.scans, file.name.as_deref()),
            ("sha256", Some(51), Some(71), Some("a.exe"))
        );
        assert_eq!((file.first_seen.as_deref(), file.last_seen.as_deref()), (Some("2025-01-02T03:04:05Z"), Some("2026-01-02T03:04:05Z")));
        assert_eq!(Value::Object(file.details.clone()).to_string(), r#"{"file_type":"Win32 EXE","size":7,"tags":["peexe"]}"#);
        assert_eq!(page.related.get(1).map(|file| (file.detections, file.scans)), Some((None, None)));
        let last = decode(files, &answer(200, &json!({"meta": {"count": 0}, "data": []})));
        assert_eq!(last, Ok(Page { is_known: true, ..Page::default() }));
        assert_eq!(decode(files, &answer(404, &json!({"error": {"code": "NotFoundError"}}))), Ok(Page::default()));
    }

    #[test]
    fn kinds_of_objects() {
        let resolution = json!({"data": [{"type": "resolution", "id": "45.83.66.1gate.huntsql-test.net", "attributes": {"date": 1767323045, "resolver": "VirusTotal",
            "host_name": "gate.huntsql-test.net", "ip_address": "45.83.66.1", "host_name_last_analysis_stats": {"malicious": 2, "harmless": 8},
            "ip_address_last_analysis_stats": {"malicious": 1, "harmless": 9}}}]});
        let url =
            json!({"data": [{"type": "url", "id": "abc", "attributes": {"url": "http://gate.huntsql-test.net/x", "title": "Index"}}]});
        let parent = json!({"data": {"type": "domain", "id": "huntsql-test.net", "attributes": {"registrar": "Example"}}});
        let certificate = json!({"data": [{"type": "ssl_cert", "id": "aa11", "attributes": {"subject": {"CN": "gate.huntsql-test.net"}, "issuer": {"CN": "R3"},
            "validity": {"not_before": "2026-01-02", "not_after": "2026-04-02"}, "first_seen_date": 1767323045}}]});
        for (kind, name, body, expected) in [
            (IocType::Domain, "resolutions", &resolution, ("45.83.66.1", "ipv4", Some(1))),
            (IocType::Ipv4, "resolutions", &resolution, ("gate.huntsql-test.net", "domain", Some(2))),
            (IocType::Ipv4, "urls", &url, ("http://gate.huntsql-test.net/x", "url", None)),
            (IocType::Domain, "parent", &parent, ("huntsql-test.net", "domain", None)),
            (IocType::Domain, "historical_ssl_certificates", &certificate, ("aa11", "ssl_cert", None)),
        ] {
            let page = decode(question(kind, "x", name, None), &answer(200, body)).expect(name);
            let one = page.related.first().expect(name);
            assert_eq!((one.target.as_str(), one.target_type.as_str(), one.detections), expected, "{name}");
        }
        let nothing = decode(question(IocType::Domain, "x", "parent", None), &answer(200, &json!({"data": null})));
        assert_eq!(nothing, Ok(Page { is_known: true, ..Page::default() }));
    }

    #[test]
    fn circles_end() {
        let again = json!({"meta": {"cursor": "c"}, "data": [{"type": "file", "id": "aa"}]});
        let files = |cursor| question(IocType::Domain, "x", "communicating_files", cursor);
        assert!(decode(files(Some("b")), &answer(200, &again)).is_ok());
        assert!(decode(files(Some("c")), &answer(200, &again)).is_err());
        assert!(decode(files(None), &answer(200, &json!({"meta": {"cursor": "c"}, "data": []}))).is_err());
        let long = json!({"meta": {"cursor": "c".repeat(5000)}, "data": [{"type": "file", "id": "aa"}]});
        assert!(decode(files(None), &answer(200, &long)).is_err());
        for body in [json!([]), json!({}), json!({"data": "x"}), json!(null)] {
            assert!(decode(files(None), &answer(200, &body)).is_err(), "{body}");
        }
    }
}
