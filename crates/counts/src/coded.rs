//! Columns as codes: what a scan works on, so that no text is compared once per row.

use nulmeting_study::Values;
use std::collections::{BTreeMap, HashMap};

/// A column as its distinct values and, per row, the place of its value among them.
#[derive(Debug, Clone, PartialEq)]
pub struct Coded {
    /// One entry per row; empty when every row has the one value there is.
    pub codes: Vec<u32>,
    /// Each value once, a missing one among them where some row has none.
    pub values: Values,
}

impl Coded {
    /// Codes whose values lie elsewhere.
    pub(crate) fn of(codes: Vec<u32>, size: usize) -> Self {
        Self {
            codes,
            values: Values::Integer(vec![None; size]),
        }
    }

    /// The whole number at a place among the values; absent when missing.
    pub(crate) fn integer(&self, at: u32) -> Result<Option<i64>, String> {
        match &self.values {
            Values::Integer(values) => Ok(values[at as usize]),
            other => Err(format!("of type {}, expected integer", other.kind().word())),
        }
    }

    /// Yes or no at a place among the values; absent when missing.
    pub(crate) fn boolean(&self, at: u32) -> Result<Option<bool>, String> {
        match &self.values {
            Values::Boolean(values) => Ok(values[at as usize]),
            other => Err(format!("of type {}, expected boolean", other.kind().word())),
        }
    }
}

/// Two columns as one: per row the place of its pair, and the pairs that occur.
pub(crate) fn combine(a: &Coded, b: &Coded) -> (Vec<u32>, Vec<(u32, u32)>) {
    /// Pairs that a table of them may hold: 16 MB.
    const DENSE: usize = 1 << 22;
    const NEW: u32 = u32::MAX;
    let (size_a, size_b) = (a.values.len(), b.values.len());
    match (a.codes.is_empty(), b.codes.is_empty()) {
        (true, true) => return (Vec::new(), vec![(0, 0)]),
        (true, false) => return (b.codes.clone(), (0..size_b as u32).map(|code| (0, code)).collect()),
        (false, true) => return (a.codes.clone(), (0..size_a as u32).map(|code| (code, 0)).collect()),
        (false, false) => {}
    }
    let mut pairs = Vec::new();
    let rows = a.codes.iter().copied().zip(b.codes.iter().copied());
    let codes = if size_a.saturating_mul(size_b) <= DENSE {
        let mut known = vec![NEW; size_a * size_b];
        rows.map(|pair| {
            let own = &mut known[pair.0 as usize * size_b + pair.1 as usize];
            if *own == NEW {
                *own = pairs.len() as u32;
                pairs.push(pair);
            }
            *own
        })
        .collect()
    } else {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        rows.map(|pair| {
            *known.entry(pair).or_insert_with(|| {
                pairs.push(pair);
                pairs.len() as u32 - 1
            })
        })
        .collect()
    };
    (codes, pairs)
}

/// Numbers for values in the order in which they come up.
#[derive(Debug, Clone)]
pub(crate) struct Coding<T> {
    of: BTreeMap<T, u32>,
}

impl<T> Default for Coding<T> {
    fn default() -> Self {
        Self { of: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Coding<T> {
    /// The number of a value, the next one when it is new.
    pub(crate) fn code(&mut self, value: &T) -> u32 {
        let next = self.of.len() as u32;
        *self.of.entry(value.clone()).or_insert(next)
    }

    /// The number of a value that has one.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, value: &Q) -> Option<u32>
    where
        T: std::borrow::Borrow<Q>,
    {
        self.of.get(value).copied()
    }

    /// How many values have a number.
    pub(crate) fn len(&self) -> usize {
        self.of.len()
    }

    /// Values with their numbers, in order of value.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = (&T, u32)> {
        self.of.iter().map(|(value, code)| (value, *code))
    }
}

#[cfg(test)]
mod tests {
    use super::{Coded, combine};
    use nulmeting_study::Values;

    fn coded(codes: &[u32], size: usize) -> Coded {
        Coded {
            codes: codes.to_vec(),
            values: Values::Integer(vec![Some(0); size]),
        }
    }

    #[test]
    fn a_pair_of_codes_is_the_pair_of_the_row_whatever_the_size() {
        for size in [3, 5000] {
            let (a, b) = (coded(&[0, 2, 0, 1], size), coded(&[1, 1, 1, 0], size));
            let (codes, pairs) = combine(&a, &b);
            let found: Vec<_> = codes.iter().map(|code| pairs[*code as usize]).collect();
            assert_eq!(found, [(0, 1), (2, 1), (0, 1), (1, 0)]);
        }
        assert_eq!(combine(&coded(&[], 1), &coded(&[1, 0], 2)).1, [(0, 0), (0, 1)]);
        assert_eq!(combine(&coded(&[], 1), &coded(&[], 1)), (vec![], vec![(0, 0)]));
    }
}
