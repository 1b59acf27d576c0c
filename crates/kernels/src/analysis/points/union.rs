//! Union-find.

/// Disjoint sets of the numbers below a length.
pub(crate) struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    /// Every number alone.
    pub(crate) fn new(len: usize) -> Self {
        Self { parents: (0..len as u32).collect() }
    }

    /// The number that stands for the set of `item`.
    #[inline]
    pub(crate) fn find(&mut self, item: usize) -> usize {
        let mut item = item as u32;
        loop {
            let parent = self.parents[item as usize];
            if parent == item {
                return item as usize;
            }
            // Halves the path for the next time.
            let above = self.parents[parent as usize];
            self.parents[item as usize] = above;
            item = above;
        }
    }

    /// Joins two sets; false if they were one.
    #[inline]
    pub(crate) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        // The lower number stands for both. With halved paths that is logarithmic per step, whatever the order of the joins.
        self.parents[a.max(b)] = a.min(b) as u32;
        a != b
    }
}
