//! The schema of opened files: it resolves names and lists none.

use crate::files::{FirstPass, Opened};
use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::error::Result;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Opened files by the key of their request; also the cache of their schemas.
#[derive(Debug, Default)]
pub(super) struct HiddenSchema(RwLock<HashMap<String, Opened>>);

/// Between what a key reads and the extra columns it asks for.
pub(super) const EXTRAS: &str = " +";

impl HiddenSchema {
    pub(super) fn get(&self, key: &str) -> Option<Opened> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// What the first pass over the same files found, whatever extra columns were asked for then.
    pub(super) fn first_pass(&self, key: &str) -> Option<Arc<FirstPass>> {
        let bare = |key: &str| key.split(EXTRAS).next().unwrap_or_default().to_owned();
        let wanted = bare(key);
        let opened = self.0.read().unwrap_or_else(PoisonError::into_inner);
        opened
            .get(key)
            .or_else(|| opened.iter().find(|(key, _)| bare(key) == wanted).map(|(_, opened)| opened))
            .and_then(|opened| opened.first_pass.clone())
    }

    pub(super) fn put(&self, key: &str, opened: Opened) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), opened);
    }
}

#[async_trait]
impl SchemaProvider for HiddenSchema {
    fn table_names(&self) -> Vec<String> {
        Vec::new()
    }
    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(self.get(name).map(|opened| opened.table))
    }
    fn table_exist(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}
