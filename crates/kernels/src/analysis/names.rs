//! Texts by number: equal texts have the same number.

use hashbrown::HashMap;
use std::sync::Arc;

/// Distinct texts, numbered from 0 in order of appearance. A result must not depend on that order.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, u32>,
}

impl Names {
    /// The number of `text`.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        // Four thousand million distinct texts do not fit into memory before they run out of numbers.
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// The text of number `id`.
    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    /// How many distinct texts there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}
