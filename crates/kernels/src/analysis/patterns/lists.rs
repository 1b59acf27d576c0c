//! Lists of numbers, and whether a list holds a number.

/// Lists of numbers, one after another.
#[derive(Debug, Default)]
pub(super) struct Lists {
    ends: Vec<usize>,
    values: Vec<u32>,
}

impl Lists {
    pub(super) fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.ends.push(self.values.len());
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> &[u32] {
        let at = at as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.values.get(start..*end)).unwrap_or(&[])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.ends.len() as u32).map(|at| self.get(at))
    }

    /// For each value below `values`, the lists that hold it.
    pub(super) fn transposed(&self, values: usize) -> Self {
        let mut ends = vec![0usize; values];
        for value in &self.values {
            if let Some(size) = ends.get_mut(*value as usize) {
                *size += 1;
            }
        }
        // Each end starts as that of the list before and moves as its values come.
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut places = vec![0u32; total];
        for (list, held) in (0u32..).zip(self.iter()) {
            for value in held {
                if let Some(end) = ends.get_mut(*value as usize)
                    && let Some(place) = places.get_mut(*end)
                {
                    *place = list;
                    *end += 1;
                }
            }
        }
        Self { ends, values: places }
    }
}

/// The same as bits.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    words_a_list: usize,
    words: Vec<u64>,
}

/// 256 MB.
const MAX_MATRIX_WORDS: usize = 32 << 20;

impl Matrix {
    /// The lists' values, all below `values`, as bits; `None` where that takes too much memory.
    pub(super) fn new(lists: &Lists, values: usize) -> Option<Self> {
        let words_a_list = values.div_ceil(64);
        let size = words_a_list.checked_mul(lists.ends.len()).filter(|size| *size <= MAX_MATRIX_WORDS)?;
        let mut words = vec![0u64; size];
        for (row, list) in words.chunks_mut(words_a_list.max(1)).zip(lists.iter()) {
            for value in list {
                if let Some(word) = row.get_mut(*value as usize / 64) {
                    *word |= 1 << (value % 64);
                }
            }
        }
        Some(Self { words_a_list, words })
    }

    #[inline]
    pub(super) fn has(&self, list: u32, value: u32) -> bool {
        let word = self.words.get(list as usize * self.words_a_list + value as usize / 64);
        word.is_some_and(|word| word >> (value % 64) & 1 == 1)
    }
}
