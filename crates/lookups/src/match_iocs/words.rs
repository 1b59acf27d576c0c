//! The words of a text as anchors see them, and their hashes.

pub(super) const DIGIT: u8 = 1;
pub(super) const HEX: u8 = 1 << 1;
const LETTER: u8 = 1 << 2;
pub(super) const JOINT: u8 = 1 << 3;
pub(super) const HIGH: u8 = 1 << 4;
pub(super) const WORD: u8 = DIGIT | HEX | LETTER | JOINT | HIGH;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER,
            b'_' | b'-' => JOINT,
            0x80.. => HIGH,
            _ => 0,
        };
        i += 1;
    }
    table
}

#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

#[inline]
pub(super) fn at(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or(0)
}

/// Labels of a name that are followed; a text with a longer one is searched.
pub(super) const MOST_LABELS: usize = 40;
/// Digits of the shortest digest.
pub(super) const SHORTEST_DIGEST: usize = 32;

/// Begin and end of a label.
pub(super) type Label = (usize, usize);

/// A word of a text: labels joined by dots, without hyphens and underscores at its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Begin and end of each label.
    pub(super) labels: [Label; MOST_LABELS],
    pub(super) count: usize,
    pub(super) flags: u8,
    /// More labels follow than are followed.
    pub(super) is_longer: bool,
}

impl Run {
    pub(super) const EMPTY: Self = Self { labels: [(0, 0); MOST_LABELS], count: 0, flags: 0, is_longer: false };

    #[inline]
    pub(super) fn labels(&self) -> &[(usize, usize)] {
        self.labels.get(..self.count).unwrap_or(&[])
    }
}

/// `start..end` without hyphens and underscores at its ends.
pub(super) fn trimmed(bytes: &[u8], mut start: usize, mut end: usize) -> Label {
    let is_joint = |i: usize| class(at(bytes, i)) & JOINT != 0;
    while start < end && is_joint(start) {
        start += 1;
    }
    while start < end && is_joint(end - 1) {
        end -= 1;
    }
    (start, end)
}

/// Where the word ends that begins at `start`, and the union of its classes.
#[inline]
pub(super) fn word_end(bytes: &[u8], start: usize) -> (usize, u8) {
    let mut flags = 0;
    let mut end = start;
    for byte in bytes.get(start..).unwrap_or(&[]) {
        let class = class(*byte);
        if class == 0 {
            break;
        }
        flags |= class;
        end += 1;
    }
    (end, flags)
}

/// Reads the run that begins at `start`, and where it ends.
#[inline]
pub(super) fn read_run(bytes: &[u8], start: usize, run: &mut Run) -> usize {
    (run.count, run.flags, run.is_longer) = (0, 0, false);
    let mut i = start;
    loop {
        let begin = i;
        let (end, flags) = word_end(bytes, i);
        (i, run.flags) = (end, run.flags | flags);
        match run.labels.get_mut(run.count) {
            Some(label) => *label = (begin, i),
            None => run.is_longer = true,
        }
        run.count = (run.count + 1).min(MOST_LABELS);
        if at(bytes, i) != b'.' || class(at(bytes, i + 1)) & WORD == 0 {
            break;
        }
        i += 1;
    }
    if run.flags & JOINT != 0 {
        let last = run.count - 1;
        if let Some(label) = run.labels.first_mut() {
            label.0 = trimmed(bytes, label.0, label.1).0;
        }
        if let Some(label) = run.labels.get_mut(last) {
            label.1 = trimmed(bytes, label.0, label.1).1;
        }
    }
    i
}

const K1: u64 = 0x9e37_79b9_7f4a_7c15;
const K2: u64 = 0xd6e8_feb8_6659_fd93;
/// Letters in lower case; it changes other bytes as well, in the same way everywhere.
const FOLD: u64 = 0x2020_2020_2020_2020;

#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
            _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        },
    }
}

/// Hash of a label in any case.
#[inline]
pub(super) fn hash_label(label: &[u8]) -> u64 {
    let mut hash = label.len() as u64 ^ K2;
    let mut rest = label;
    while rest.len() > 8 {
        hash = (hash ^ (word(rest) | FOLD)).wrapping_mul(K1);
        hash ^= hash >> 32;
        rest = rest.get(8..).unwrap_or(&[]);
    }
    hash = (hash ^ (word(rest) | FOLD)).wrapping_mul(K1);
    hash ^ hash >> 29
}

#[inline]
pub(super) fn join(right: u64, label: u64) -> u64 {
    (right.rotate_left(23) ^ label).wrapping_mul(K2)
}

#[inline]
pub(super) fn spread(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(K1);
    hash ^ hash >> 32
}

pub(super) fn hash_run_raw(bytes: &[u8], labels: &[(usize, usize)]) -> u64 {
    labels.iter().rev().fold(0, |hash, (begin, end)| join(hash, hash_label(bytes.get(*begin..*end).unwrap_or(&[]))))
}

pub(super) fn hash_run(bytes: &[u8], labels: &[(usize, usize)]) -> u64 {
    spread(hash_run_raw(bytes, labels))
}

/// Hands the runs of ASCII in `text` to `each`: their bounds and the begins of their labels.
pub(super) fn each_run(text: &str, each: &mut dyn FnMut(usize, usize, &[Label])) {
    let bytes = text.as_bytes();
    let mut run = Run::EMPTY;
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        if class(byte) & WORD == 0 {
            let is_encoded = byte == b'%' && at(bytes, i + 1).is_ascii_hexdigit() && at(bytes, i + 2).is_ascii_hexdigit();
            i += if is_encoded { 3 } else { 1 };
            continue;
        }
        let end = read_run(bytes, i, &mut run);
        if let (Some((begin, _)), Some((_, stop))) = (run.labels().first().copied(), run.labels().last().copied())
            && !run.is_longer
            && run.flags & HIGH == 0
        {
            each(begin, stop, run.labels());
        }
        i = end;
    }
}
