//! The search tree of an MMDB file, walked in place (<https://maxmind.github.io/MaxMind-DB/>, "Binary Search Tree Section").
//!
//! It finds what the crate's walk finds, sooner: the first [`TOP`] bits of an IPv4 address are one step in a table, and the walks of several addresses go
//! down together, so that they wait for memory at the same time.

use super::database::Network;
use maxminddb::Metadata;

/// Bits of an IPv4 address that the table leads past.
const TOP: u8 = 16;
/// Addresses whose walks go down together.
pub(crate) const LANES: usize = 16;

/// Zero bytes between the tree and the data.
const SEPARATOR: u32 = 16;

/// A search tree.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Number of nodes; a record of this number leads to nothing, a larger one to data.
    nodes: u32,
    /// Bits of a record: 24, 28 or 32.
    bits: u16,
    /// Where IPv4 addresses begin, and how many bits lead there.
    v4: Reached,
    /// The record that the first bits of an IPv4 address lead to, and how many of them it took.
    top: Vec<u32>,
    top_depth: Vec<u8>,
    /// Whether IPv4 addresses lie below `::/96`, and are not divided.
    around_v4: bool,
    /// Bytes of the data section.
    data: usize,
}

/// A record of the tree, and how many bits lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reached {
    node: u32,
    depth: u8,
}

/// What a walk ended at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// Nothing.
    None,
    /// A place in the data section.
    Record(u32, Network),
    /// A place that is not in the data section.
    Outside,
}

/// Records of one size.
trait Records {
    /// The record of this node for a bit; `None` past the end.
    fn read(tree: &[u8], node: u32, bit: u32) -> Option<u32>;
}

/// Four bytes from `at` on.
#[inline]
fn word(tree: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*tree.get(at..)?.first_chunk()?))
}

struct Records24;
struct Records28;
struct Records32;

impl Records for Records24 {
    #[inline]
    fn read(tree: &[u8], node: u32, bit: u32) -> Option<u32> {
        Some(word(tree, node as usize * 6 + bit as usize * 2)? >> (8 - bit * 8) & 0xff_ffff)
    }
}

impl Records for Records28 {
    #[inline]
    fn read(tree: &[u8], node: u32, bit: u32) -> Option<u32> {
        let word = word(tree, node as usize * 7 + bit as usize * 3)?;
        // The highest four bits of both stand between them.
        Some(if bit == 0 { word >> 8 | (word & 0xf0) << 20 } else { word & 0xfff_ffff })
    }
}

impl Records for Records32 {
    #[inline]
    fn read(tree: &[u8], node: u32, bit: u32) -> Option<u32> {
        word(tree, node as usize * 8 + bit as usize * 4)
    }
}

impl Tree {
    /// The tree that `metadata` describe, before `data` bytes of data.
    pub(crate) fn new(tree: &[u8], metadata: &Metadata, data: usize) -> Self {
        let start = Reached { node: 0, depth: 0 };
        let (nodes, bits) = (metadata.node_count, metadata.record_size);
        let mut this = Self { nodes, bits, v4: start, top: Vec::new(), top_depth: Vec::new(), around_v4: false, data };
        if metadata.ip_version == 6 {
            this.v4 = this.walk(tree, start, 0, 96);
            this.around_v4 = this.v4.node >= nodes;
        }
        if !this.around_v4 {
            this.v4.depth = 0;
            let mut top = vec![this.v4; 1 << TOP];
            for depth in 0..TOP {
                // Each record stands at the first of the addresses it leads to, and hands down to the one in the middle.
                let whole = 1 << (TOP - depth);
                for part in top.chunks_exact_mut(whole) {
                    let (Some(above), Some((first, middle))) = (part.first().copied(), ends(part)) else { continue };
                    let below = |bit| Reached { node: read(bits, tree, above.node, bit).unwrap_or(nodes), depth: depth + 1 };
                    (*first, *middle) = if above.node < nodes { (below(0), below(1)) } else { (above, above) };
                }
            }
            this.top = top.iter().map(|reached| reached.node).collect();
            this.top_depth = top.iter().map(|reached| reached.depth).collect();
        }
        this
    }

    /// Goes from `from` down by the highest `most` bits of `address`.
    fn walk(&self, tree: &[u8], from: Reached, address: u128, most: u8) -> Reached {
        let (mut at, mut rest) = (from, address);
        while at.node < self.nodes && at.depth < most {
            let bit = (rest >> 127) as u32;
            at = Reached { node: read(self.bits, tree, at.node, bit).unwrap_or(self.nodes), depth: at.depth + 1 };
            rest <<= 1;
        }
        at
    }

    /// What there is for an IPv6 address.
    pub(crate) fn find_v6(&self, tree: &[u8], address: u128) -> Leaf {
        self.leaf(self.walk(tree, Reached { node: 0, depth: 0 }, address, 128), false)
    }

    /// What there is for IPv4 addresses.
    #[inline]
    pub(crate) fn find_v4(&self, tree: &[u8], addresses: &[u32; LANES]) -> [Leaf; LANES] {
        let reached = match self.bits {
            _ if self.around_v4 => [self.v4; LANES],
            24 => self.descend::<Records24>(tree, addresses),
            28 => self.descend::<Records28>(tree, addresses),
            _ => self.descend::<Records32>(tree, addresses),
        };
        // Not by `map` of the array, which the compiler leaves as calls.
        let mut leaves = [Leaf::None; LANES];
        for (leaf, reached) in leaves.iter_mut().zip(reached) {
            *leaf = self.leaf(reached, self.around_v4);
        }
        leaves
    }

    /// What there is for one IPv4 address.
    pub(crate) fn find_one_v4(&self, tree: &[u8], address: u32) -> Leaf {
        if self.around_v4 {
            return self.leaf(self.v4, true);
        }
        let top = self.top_of(address);
        // What is left of the address, as the highest bits.
        let rest = u128::from(address) << (96 + u32::from(TOP));
        self.leaf(self.walk(tree, top, rest, 32), false)
    }

    #[inline]
    fn top_of(&self, address: u32) -> Reached {
        let at = (address >> (32 - TOP)) as usize;
        let node = self.top.get(at).copied().unwrap_or(self.nodes);
        // Only of what ends here is it asked how far it is.
        let depth = if node < self.nodes { TOP } else { self.top_depth.get(at).copied().unwrap_or(TOP) };
        Reached { node, depth }
    }

    #[inline]
    fn descend<R: Records>(&self, tree: &[u8], addresses: &[u32; LANES]) -> [Reached; LANES] {
        let mut reached = [self.v4; LANES];
        for (reached, address) in reached.iter_mut().zip(addresses) {
            *reached = self.top_of(*address);
        }
        for depth in TOP..32 {
            let mut more = false;
            for (at, address) in reached.iter_mut().zip(addresses) {
                if at.node < self.nodes {
                    at.node = R::read(tree, at.node, address >> (31 - depth) & 1).unwrap_or(self.nodes);
                    at.depth = depth + 1;
                    more |= at.node < self.nodes;
                }
            }
            if !more {
                break;
            }
        }
        reached
    }

    #[inline]
    fn leaf(&self, reached: Reached, around_v4: bool) -> Leaf {
        // A walk that ends at a node has no bits left, which the crate takes for nothing as well.
        if reached.node <= self.nodes {
            return Leaf::None;
        }
        match (reached.node - self.nodes).checked_sub(SEPARATOR) {
            Some(record) if (record as usize) < self.data => Leaf::Record(record, Network { prefix: reached.depth, around_v4 }),
            _ => Leaf::Outside,
        }
    }
}

fn read(bits: u16, tree: &[u8], node: u32, bit: u32) -> Option<u32> {
    match bits {
        24 => Records24::read(tree, node, bit),
        28 => Records28::read(tree, node, bit),
        _ => Records32::read(tree, node, bit),
    }
}

/// The first of these and the one in the middle.
fn ends<T>(part: &mut [T]) -> Option<(&mut T, &mut T)> {
    let (left, right) = part.split_at_mut_checked(part.len() / 2)?;
    Some((left.first_mut()?, right.first_mut()?))
}
