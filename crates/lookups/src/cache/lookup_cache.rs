//! `lookup_cache(config)`: the answers that are kept. `huntsql.lookup_cache` shows them as a table.

use super::CachedRow;
use crate::context::context;
use huntsql_kernels::prelude::*;

/// Kernel of `lookup_cache`.
pub struct LookupCache;

impl SqlValue for CachedRow {
    const TYPE: SqlType = SqlType::Struct(&[
        ("provider", SqlType::Text),
        ("ioc_type", SqlType::Text),
        ("ioc", SqlType::Text),
        ("result", SqlType::Text),
        ("severity", SqlType::Text),
        ("score", SqlType::Float),
        ("details", SqlType::Text),
        ("reference", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("expires_at", SqlType::Time),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.provider.as_str()).put(self.ioc_type.as_str()).put(self.ioc.as_str());
        let row = row.put(self.result.as_str()).put(self.severity.as_str()).put(self.score).put(self.details.as_str());
        row.put(self.reference.as_deref()).put(Timestamp(self.at)).put(Timestamp(self.expires)).end();
    }
}

impl ScalarKernel for LookupCache {
    const SPEC: Spec = Spec {
        name: "lookup_cache",
        family: Family::Context,
        summary: "Lists the answers of look-ups that are kept on this machine: a list, sorted by provider and indicator.",
        details: "The table `huntsql.lookup_cache` holds the same for the user's own configuration. Answers that no longer hold are listed until they are removed; those of another server (`base_url`) than the provider's own have rows of their own. `.cache clear` in the shell forgets them.",
        args: &[Arg { name: "config", doc: "The configuration whose cache is read, or NULL for the user's own." }],
        examples: &[Example { sql: "SELECT lookup_cache(NULL) IS NOT NULL AS is_there", result: "true" }],
    };
    // What is kept changes while statements run: it is not a constant.
    const IS_REMOTE: bool = true;
    type Args<'a> = (Option<&'a str>,);
    type Options = NoOptions;
    type Out<'a> = Vec<CachedRow>;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), _: &'a NoOptions, (config,): (Option<&'a str>,)) -> KernelResult<Vec<CachedRow>> {
        let wrong = |problem| KernelError::BadArgument { function: Self::SPEC.name, argument: "config", problem };
        Ok(Some(context(config).map_err(wrong)?.cache.rows()))
    }
}
