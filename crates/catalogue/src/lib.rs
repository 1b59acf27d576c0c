//! Every function and reader of huntsql, once. An engine binds what it finds here, so no engine can forget one.

use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::GroupFunction;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::kernel::{ScalarKernel, signature};
use huntsql_kernels::options::Value;
use huntsql_kernels::spec::{Kind, Signature};
pub use huntsql_lookups::feed_url::Localized;
use huntsql_readers::LogReader;

/// Shows every function to `visitor`: the kernels first, then the look-ups and the charts, each sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    huntsql_kernels::catalogue::visit(visitor);
    huntsql_lookups::catalogue::visit(visitor);
    huntsql_charts::catalogue::visit(visitor);
}

/// All readers, sorted by name.
pub fn readers() -> &'static [&'static dyn LogReader] {
    huntsql_readers::catalogue::readers()
}

/// The reader of that name, in any case, also as `huntsql_<name>`.
pub fn reader(name: &str) -> Option<&'static dyn LogReader> {
    huntsql_readers::catalogue::reader(name)
}

/// The signatures of all functions and readers, sorted by name; where a table form has a scalar of its name beside it, the scalar comes first.
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
    let mut all = Collect(readers().iter().map(|reader| reader.signature()).collect());
    visit(&mut all);
    all.0.sort_by_key(|signature| (signature.spec.name, signature.kind != Kind::Scalar));
    all.0
}

/// The files to read for the paths of a reader: a feed at a URL is downloaded, all else is what it is. `Err` is a sentence that names the feed.
pub fn localize(reader: &str, paths: Vec<String>, options: &Value, interrupt: &Interrupt) -> Result<Localized, String> {
    if reader != "ti_feed" {
        return Ok(Localized { paths, warnings: Vec::new() });
    }
    let config = match options {
        Value::Struct(fields) => fields.iter().find_map(|(name, value)| match value {
            Value::Text(path) if name.eq_ignore_ascii_case("config") => Some(path.as_str()),
            _ => None,
        }),
        _ => None,
    };
    huntsql_lookups::feed_url::localize(paths, config, interrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        let all = signatures();
        // A table form may have a scalar of its name beside it, which means the same.
        let differ = |a: &Signature, b: &Signature| a.spec.name < b.spec.name || (a.kind == Kind::Scalar && b.kind == Kind::Events);
        assert!(all.windows(2).all(|pair| differ(&pair[0], &pair[1])), "names are unique");
        for s in &all {
            let name = s.spec.name;
            assert_eq!(s.args.len(), s.spec.args.len(), "{name}: documented arguments");
            assert!(!s.spec.examples.is_empty(), "{name}: at least one example");
            assert!(s.spec.summary.ends_with('.'), "{name}: the summary is a sentence");
            let mut parameters: Vec<&str> = s.parameters().iter().map(|parameter| parameter.name).collect();
            parameters.sort_unstable();
            assert!(parameters.windows(2).all(|pair| pair[0] != pair[1]), "{name}: parameters have one meaning: {parameters:?}");
            assert!(s.options.windows(2).all(|pair| pair[0].name < pair[1].name), "{name}: options are sorted");
            assert!(s.options.iter().all(|o| !o.doc.is_empty() && !o.default.is_empty()), "{name}: options are documented");
        }
    }
}
