//! The names that columns of CSV feeds have.

/// What a column says beside the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Type,
    Confidence,
    Severity,
    Threat,
    Description,
    Tags,
    MoreTags,
    Source,
    Reference,
    FirstSeen,
    LastSeen,
    ValidFrom,
    ValidUntil,
    Active,
    Revoked,
    Id,
    /// MISP: whether an attribute is meant for detection.
    ToIds,
}

/// Names of columns in `snake_case`, the best first.
#[rustfmt::skip]
pub(super) const ROLES: &[(Role, &[&str])] = &[
    (Role::Type, &["ioc_type", "indicator_type", "indicatortype", "observable_type", "type", "kind"]),
    (Role::Confidence, &["confidence", "confidence_level", "confidence_score"]),
    (Role::Severity, &["severity", "threat_level", "risk", "risk_level", "priority"]),
    (Role::Threat, &["malware_printable", "malware_family", "malware", "malware_name", "threat_name", "threat_actor", "actor", "campaign", "family", "signature", "threat", "listingreason"]),
    (Role::Description, &["description", "comment", "comments", "notes", "note", "details", "title", "reason", "info"]),
    (Role::Tags, &["tags", "tag", "labels", "label", "categories"]),
    (Role::MoreTags, &["threat_type", "category"]),
    (Role::Source, &["source", "source_name", "feed", "feed_name", "provider", "organisation", "organization", "org"]),
    (Role::Reference, &["reference", "references", "urlhaus_link", "external_reference", "source_url", "link", "ref", "report"]),
    (Role::FirstSeen, &["first_seen_utc", "first_seen", "firstseen", "date_added", "dateadded", "listingdate", "submission_time", "created_at", "created", "added", "discovered", "date", "timestamp"]),
    (Role::LastSeen, &["last_seen_utc", "last_seen", "lastseen", "last_online", "updated_at", "updated", "modified"]),
    (Role::ValidFrom, &["valid_from"]),
    (Role::ValidUntil, &["valid_until", "expiration_date", "expiration", "expires_at", "expires", "expiry"]),
    (Role::Active, &["is_active", "active", "enabled"]),
    (Role::Revoked, &["is_revoked", "revoked", "deleted"]),
    (Role::Id, &["ioc_id", "indicator_id", "uuid", "id"]),
    (Role::ToIds, &["to_ids"]),
];

/// Names of the one column that holds indicators of all types.
#[rustfmt::skip]
pub(super) const VALUES: &[&str] = &["ioc_value", "ioc", "indicator_value", "indicator", "indicatorvalue", "observable_value", "observable", "value", "ioc_data", "artifact"];

/// Names of columns that hold indicators of one type. Those beside a digest that many good files share (`imphash`, file names) are none.
#[rustfmt::skip]
pub(super) const TYPED: &[&str] = &[
    "sha256", "sha256_hash", "sha_256", "hash_sha256", "filehash_sha256", "sha1", "sha1_hash", "sha_1", "hash_sha1", "filehash_sha1", "md5", "md5_hash", "hash_md5", "filehash_md5", "sha512", "sha512_hash", "hash", "file_hash",
    "url", "phish_url", "malicious_url", "domain", "domain_name", "hostname", "fqdn", "host", "ip", "ip_address", "ipaddress", "ipv4", "ipv6", "dst_ip", "dest_ip", "destination_ip", "ip_dst", "c2_ip",
    "cidr", "network", "netblock", "subnet", "email", "email_address", "ja3", "ja3_md5", "registry_key", "user_agent", "file_name", "filename", "mutex",
];

/// Of these a feed is only made where nothing else is there.
pub(super) const WEAK: &[&str] = &["file_name", "filename", "user_agent", "host", "hostname"];

/// A name in `snake_case`.
pub(super) fn plain(name: &str) -> String {
    let name = name.trim().trim_matches(['"', '#', '\u{feff}', ' ']);
    name.chars().take(64).map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
