//! Distinct points out of rows.

use super::sort::sort_by;
use crate::interrupt::{Interrupt, Interrupted};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

/// In place of a point's number: the row is none.
pub(crate) const NO_POINT: u32 = u32::MAX;

/// Rows between two looks at the interrupt.
const STEP: usize = 1 << 12;

/// Distinct points, sorted by their coordinates, the first feature first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Points {
    dims: usize,
    coordinates: Vec<f64>,
    weights: Vec<u32>,
}

impl Points {
    /// The distinct points of `sources` sources, and which of them each source is. `read` appends the `dims` finite coordinates of a source to the
    /// vector and says how many rows it stands for; `None` where it is no point.
    pub(crate) fn distinct(
        dims: usize,
        sources: usize,
        mut read: impl FnMut(usize, &mut Vec<f64>) -> Option<u32>,
        interrupt: &Interrupt,
    ) -> Result<(Self, Vec<u32>), Interrupted> {
        let mut points = Self { dims, ..Self::default() };
        let mut places = Vec::with_capacity(sources);
        let mut table = HashTable::<u32>::new();
        let hasher = DefaultHashBuilder::default();
        for source in 0..sources {
            if source % STEP == 0 {
                interrupt.check()?;
            }
            // The source is appended as if it were new, and taken off again if it is not.
            let fresh = points.len();
            let weight = read(source, &mut points.coordinates);
            let complete = points.coordinates.len() == (fresh + 1) * dims;
            let (Some(weight), Ok(id), true) = (weight, u32::try_from(fresh), complete) else {
                points.coordinates.truncate(fresh * dims);
                places.push(NO_POINT);
                continue;
            };
            // 0.0 and -0.0 are the same place but not the same bits.
            points.coordinates[fresh * dims..].iter_mut().for_each(|x| *x += 0.0);
            let hash = |id: &u32| hash(&hasher, points.at(*id as usize));
            match table.entry(hash(&id), |known| points.at(*known as usize) == points.at(fresh), hash) {
                Entry::Occupied(known) => {
                    let known = *known.get();
                    points.coordinates.truncate(fresh * dims);
                    points.weights[known as usize] = points.weights[known as usize].saturating_add(weight);
                    places.push(known);
                }
                Entry::Vacant(place) => {
                    place.insert(id);
                    points.weights.push(weight);
                    places.push(id);
                }
            }
        }
        drop(table);
        points.sort(&mut places, interrupt)?;
        Ok((points, places))
    }

    /// Sorts the points and renumbers `places` accordingly.
    fn sort(&mut self, places: &mut [u32], interrupt: &Interrupt) -> Result<(), Interrupted> {
        // The first feature decides nearly always: it is kept beside the number.
        let mut order: Vec<(f64, u32)> = (0..self.len()).map(|id| (self.at(id).first().copied().unwrap_or(0.0), id as u32)).collect();
        sort_by(&mut order, &|a, b| a.0.total_cmp(&b.0).then_with(|| compare(self.at(a.1 as usize), self.at(b.1 as usize))), interrupt)?;
        let mut sorted =
            Self { dims: self.dims, coordinates: Vec::with_capacity(self.coordinates.len()), weights: Vec::with_capacity(self.len()) };
        let mut rank = vec![NO_POINT; self.len()];
        for ((_, id), place) in order.iter().zip(0u32..) {
            sorted.coordinates.extend_from_slice(self.at(*id as usize));
            sorted.weights.push(self.weights[*id as usize]);
            rank[*id as usize] = place;
        }
        interrupt.check()?;
        places.iter_mut().filter(|place| **place != NO_POINT).for_each(|place| *place = rank[*place as usize]);
        *self = sorted;
        Ok(())
    }

    /// Number of points.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Number of features.
    pub(crate) fn dims(&self) -> usize {
        self.dims
    }

    /// Coordinates of point `id`.
    #[inline]
    pub(crate) fn at(&self, id: usize) -> &[f64] {
        &self.coordinates[id * self.dims..][..self.dims]
    }

    /// How many rows point `id` stands for.
    #[inline]
    pub(crate) fn weight(&self, id: usize) -> u32 {
        self.weights[id]
    }

    /// How many rows all points stand for.
    pub(crate) fn rows(&self) -> u64 {
        self.weights.iter().map(|weight| u64::from(*weight)).sum()
    }
}

/// Order of two lists of numbers, the first number first.
pub(crate) fn compare(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn hash(hasher: &DefaultHashBuilder, coordinates: &[f64]) -> u64 {
    let mut state = hasher.build_hasher();
    coordinates.iter().for_each(|x| state.write_u64(x.to_bits()));
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_become_one_sorted_point() {
        let rows = [Some([2.0, 1.0]), Some([0.0, -0.0]), None, Some([2.0, 1.0]), Some([-0.0, 0.0]), Some([2.0, -1.0])];
        let read = |row: usize, into: &mut Vec<f64>| {
            into.extend(rows[row]?);
            Some(1)
        };
        let (points, places) = Points::distinct(2, rows.len(), read, &Interrupt::default()).unwrap();
        assert_eq!(points.coordinates, [0.0, 0.0, 2.0, -1.0, 2.0, 1.0]);
        assert_eq!((points.weights.as_slice(), points.rows()), ([2, 1, 2].as_slice(), 5));
        assert_eq!(places, [2, 0, NO_POINT, 2, 0, 1]);
    }

    #[test]
    fn nothing_gives_nothing() {
        let (points, places) = Points::distinct(3, 0, |_, _| None, &Interrupt::default()).unwrap();
        assert_eq!((points.len(), places.len()), (0, 0));
    }
}
