//! Every function, once. An engine binds what it finds here, so no engine can forget one.

use crate::group::{Events, GroupFunction, Items, PerRow};
use crate::kernel::{ScalarKernel, signature};
use crate::spec::Signature;
use crate::{analysis, decode, ioc, logs, net, process, text};

/// Something that is done with every function: bind it, document it, count it.
pub trait Visitor {
    /// Called once a scalar function, in order of the names.
    fn scalar<K: ScalarKernel>(&mut self);
    /// Called once a function over many rows, in order of the names.
    fn group(&mut self, function: &'static dyn GroupFunction);
}

/// The one value of a [`crate::group::GroupKernel`].
macro_rules! items {
    ($kernel:ty) => {{
        static FUNCTION: Items<$kernel> = Items::new();
        &FUNCTION
    }};
}

/// The one value of a [`crate::group::RowKernel`].
macro_rules! per_row {
    ($kernel:ty) => {{
        static FUNCTION: PerRow<$kernel> = PerRow::new();
        &FUNCTION
    }};
}

/// The one value of a [`crate::group::EventKernel`].
macro_rules! events {
    ($kernel:ty) => {{
        static FUNCTION: Events<$kernel> = Events::new();
        &FUNCTION
    }};
}

/// Shows every function to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    visitor.group(items!(logs::AuditdEvents)); // auditd_events
    visitor.group(items!(analysis::Autocluster)); // autocluster
    visitor.scalar::<decode::B64DecodeText>(); // b64_decode_text
    visitor.scalar::<decode::B64Unpack>(); // b64_unpack
    visitor.group(items!(analysis::Basket)); // basket
    visitor.group(items!(analysis::Beacons)); // beacons
    visitor.scalar::<text::CharOrdScore>(); // char_ord_score
    visitor.scalar::<net::CidrHosts>(); // cidr_hosts
    visitor.scalar::<text::CommandPattern>(); // command_pattern
    visitor.scalar::<process::CommandRisk>(); // command_risk
    visitor.scalar::<process::CommandSplit>(); // command_split
    visitor.scalar::<text::Crc32Hash>(); // crc32_hash
    visitor.group(per_row!(analysis::DbCluster)); // dbcluster
    visitor.scalar::<text::Defang>(); // defang
    visitor.scalar::<text::DelimCount>(); // delim_count
    visitor.scalar::<text::DelimHash>(); // delim_hash
    visitor.group(items!(analysis::Diffpatterns)); // diffpatterns
    visitor.scalar::<net::DomainIsValid>(); // domain_is_valid
    visitor.scalar::<net::DomainParse>(); // domain_parse
    visitor.scalar::<net::DomainSkeleton>(); // domain_skeleton
    visitor.scalar::<text::Entropy>(); // entropy
    visitor.scalar::<ioc::ExtractIocs>(); // extract_iocs
    visitor.group(items!(analysis::FindAnomalyPeriods)); // find_anomaly_periods
    visitor.group(per_row!(analysis::HdbCluster)); // hdbcluster
    visitor.scalar::<ioc::IocTypeOf>(); // ioc_type
    visitor.scalar::<net::IpInCidr>(); // ip_in_cidr
    visitor.scalar::<net::IpInCidrs>(); // ip_in_cidrs
    visitor.scalar::<net::IpNormalize>(); // ip_normalize
    visitor.scalar::<net::IpType>(); // ip_type
    visitor.scalar::<net::IpVersion>(); // ip_version
    visitor.scalar::<ioc::IsIoc>(); // is_ioc
    visitor.group(per_row!(analysis::LogTemplateOf)); // log_template_of
    visitor.group(items!(analysis::LogTemplates)); // log_templates
    visitor.group(events!(logs::LogonSessions)); // logon_sessions
    visitor.scalar::<process::Lolbin>(); // lolbin
    visitor.group(per_row!(analysis::MadOutliers)); // mad_outliers
    visitor.group(per_row!(analysis::Outliers)); // outliers
    visitor.scalar::<logs::ParseAuditd>(); // parse_auditd
    visitor.scalar::<logs::ParseCef>(); // parse_cef
    visitor.scalar::<logs::ParseLeef>(); // parse_leef
    visitor.scalar::<logs::ParseOsquery>(); // parse_osquery
    visitor.scalar::<logs::ParseSyslog>(); // parse_syslog
    visitor.scalar::<logs::ParseTime>(); // parse_time
    visitor.scalar::<logs::ParseWinevent>(); // parse_winevent
    visitor.group(events!(process::ProcessAncestors)); // process_ancestors
    visitor.group(events!(process::ProcessDescendants)); // process_descendants
    visitor.group(events!(process::ProcessRoots)); // process_roots
    visitor.group(events!(process::ProcessSiblings)); // process_siblings
    visitor.group(events!(process::ProcessTree)); // process_tree
    visitor.scalar::<net::PunycodeDecode>(); // punycode_decode
    visitor.scalar::<net::PunycodeEncode>(); // punycode_encode
    visitor.group(events!(process::RareParentChild)); // rare_parent_child
    visitor.group(items!(analysis::RareSequences)); // rare_sequences
    visitor.group(per_row!(analysis::RareSessions)); // rare_sessions
    visitor.scalar::<text::Refang>(); // refang
    visitor.group(items!(analysis::SequenceModel)); // sequence_model
    visitor.scalar::<analysis::SequenceScore>(); // sequence_score
    visitor.group(per_row!(analysis::Sessionize)); // sessionize
    visitor.group(items!(analysis::Sessions)); // sessions
    visitor.group(items!(analysis::StlAnomalies)); // stl_anomalies
    visitor.group(events!(logs::SudoSessions)); // sudo_sessions
    visitor.scalar::<text::TokenCount>(); // token_count
    visitor.group(events!(process::TreeSummary)); // tree_summary
    visitor.group(events!(process::TreeText)); // tree_text
    visitor.scalar::<net::UrlParse>(); // url_parse
}

/// The signatures of all functions, sorted by name.
pub fn signatures() -> Vec<Signature> {
    struct Collect(Vec<Signature>);
    impl Visitor for Collect {
        fn scalar<K: ScalarKernel>(&mut self) {
            self.0.push(signature::<K>());
        }
        fn group(&mut self, function: &'static dyn GroupFunction) {
            self.0.push(function.signature());
        }
    }
    let mut all = Collect(Vec::new());
    visit(&mut all);
    all.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_named_documented() {
        let all = signatures();
        assert!(all.windows(2).all(|pair| pair[0].spec.name < pair[1].spec.name), "names are unique and sorted");
        for s in &all {
            let name = s.spec.name;
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}: snake_case");
            assert_eq!(s.args.len(), s.spec.args.len(), "{name}: documented arguments");
            assert!(!s.spec.examples.is_empty(), "{name}: at least one example");
            assert!(s.spec.summary.ends_with('.'), "{name}: the summary is a sentence");
            assert!(s.options.windows(2).all(|pair| pair[0].name < pair[1].name), "{name}: options are sorted");
            assert!(s.options.iter().all(|o| !o.doc.is_empty() && !o.default.is_empty()), "{name}: options are documented");
        }
    }
}
