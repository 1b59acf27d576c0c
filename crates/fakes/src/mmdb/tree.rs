//! The search tree: one node a bit.

/// What a node leads to on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// Nothing is known.
    Empty,
    /// Another node.
    Node(u32),
    /// A place in the data section.
    Data(u32),
}

/// All nodes; the first is the root.
#[derive(Debug, Clone)]
pub(super) struct Tree(Vec<[Record; 2]>);

impl Default for Tree {
    fn default() -> Self {
        Self(vec![[Record::Empty; 2]])
    }
}

impl Tree {
    pub(super) fn len(&self) -> u32 {
        self.0.len() as u32
    }

    /// What stands at a network; what holds it, where that is not divided.
    pub(super) fn find(&self, bits: u128, length: u8) -> Record {
        let mut record = Record::Node(0);
        for depth in 0..length {
            let Record::Node(node) = record else { break };
            record = self.0[node as usize][side(bits, depth)];
        }
        record
    }

    /// Puts `record` at a network.
    pub(super) fn set(&mut self, bits: u128, length: u8, record: Record) {
        if length == 0 {
            self.0[0] = [record; 2];
            return;
        }
        let mut node = 0;
        for depth in 0..length - 1 {
            let side = side(bits, depth);
            node = match self.0[node][side] {
                Record::Node(next) => next as usize,
                // What held the network until now still holds the rest of it.
                held => {
                    let next = self.len();
                    self.0.push([held; 2]);
                    self.0[node][side] = Record::Node(next);
                    next as usize
                }
            };
        }
        self.0[node][side(bits, length - 1)] = record;
    }

    pub(super) fn encode(&self, record_bits: u16) -> Vec<u8> {
        let number = |record: Record| match record {
            Record::Empty => self.len(),
            Record::Node(node) => node,
            Record::Data(at) => self.len() + 16 + at,
        };
        let mut bytes = Vec::new();
        for [left, right] in &self.0 {
            let (left, right) = (number(*left), number(*right));
            let fits = u64::from(left.max(right)) < 1 << record_bits;
            assert!(fits, "too large for records of {record_bits} bits");
            match record_bits {
                24 => [left, right].iter().for_each(|record| bytes.extend(&record.to_be_bytes()[1..])),
                28 => {
                    bytes.extend(&left.to_be_bytes()[1..]);
                    // The byte in the middle holds the highest four bits of both.
                    bytes.push(((left >> 24) << 4 | right >> 24) as u8);
                    bytes.extend(&right.to_be_bytes()[1..]);
                }
                _ => [left, right].iter().for_each(|record| bytes.extend(record.to_be_bytes())),
            }
        }
        bytes
    }
}

/// The bit at `depth`, counted from the highest.
fn side(bits: u128, depth: u8) -> usize {
    (bits >> (127 - u32::from(depth)) & 1) as usize
}
