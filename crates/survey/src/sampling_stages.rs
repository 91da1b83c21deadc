//! From columns of labels and population sizes to strata, primary units and units, in the order of their labels.

use rustc_hash::FxHashMap;
use std::hash::Hash;

use crate::design::Sampling;
use crate::error::Error;
use crate::sampling_units::{Primary, Second, Stratum, Structure};

/// The labels of the stages turned into positions.
pub(crate) struct Stages {
    strata: Vec<String>,
    primaries: Vec<(usize, String)>,
    /// Per row: stratum, primary unit, unit at the last stage.
    row_primary: Vec<u32>,
    pub(crate) row_unit: Vec<u32>,
    unit_primary: Vec<u32>,
    two_stage: bool,
}

impl Stages {
    pub(crate) fn read(sampling: &Sampling) -> Result<Self, Error> {
        let rows = sampling.rows;
        let first = sampling.clusters.first();
        let (strata, clusters) = rayon::join(
            || {
                sampling
                    .strata
                    .as_ref()
                    .map(|labels| Labels::read(labels, "stratum"))
                    .transpose()
            },
            || first.map(|labels| Labels::read(labels, "cluster")).transpose(),
        );
        let (strata, row_stratum) = match strata? {
            Some(labels) => labels.placed(|label| label),
            None => (vec!["all"], vec![0; rows]),
        };
        let strata: Vec<String> = strata.into_iter().map(str::to_owned).collect();
        let (primaries, row_primary) = match clusters? {
            Some(labels) => {
                if !sampling.nest {
                    labels.refuse_shared(&row_stratum, &strata)?;
                }
                // By number where labels are numbers, as in the files they come from: 9 before 10.
                let (units, of_row) = labels
                    .within(&row_stratum)
                    .placed(|(stratum, label)| (stratum, rank(label), label));
                let units = units.into_iter();
                let named = units.map(|(stratum, label)| (stratum as usize, label.to_owned()));
                (named.collect(), of_row)
            }
            None => row_units(&row_stratum, |row| format!("row {}", row + 1)),
        };
        let two_stage = !sampling.populations.is_empty()
            && !sampling.clusters.is_empty()
            && (sampling.clusters.len() == 2 || sampling.populations.len() == 2);
        let (unit_primary, row_unit) = if !two_stage {
            ((0..primaries.len() as u32).collect(), row_primary.clone())
        } else if let Some(labels) = sampling.clusters.get(1) {
            let labels = Labels::read(labels, "second-stage cluster")?.within(&row_primary);
            let (units, row_unit) = labels.placed(|key| key);
            (units.into_iter().map(|(primary, _)| primary).collect(), row_unit)
        } else {
            let (units, row_unit) = row_units(&row_primary, |_| String::new());
            (units.into_iter().map(|(primary, _)| primary as u32).collect(), row_unit)
        };
        Ok(Self {
            strata,
            primaries,
            row_primary,
            row_unit,
            unit_primary,
            two_stage,
        })
    }

    /// Groups the positions and attaches the population sizes.
    pub(crate) fn structure(&self, sampling: &Sampling) -> Result<Structure, Error> {
        let mut primaries: Vec<Primary> = self
            .primaries
            .iter()
            .map(|(stratum, label)| Primary {
                label: label.clone(),
                stratum: *stratum,
                units: (0, 0),
                second: None,
            })
            .collect();
        for (index, range) in ranges(&self.unit_primary, primaries.len()).into_iter().enumerate() {
            primaries[index].units = range;
        }
        let of_primary: Vec<u32> = primaries.iter().map(|primary| primary.stratum as u32).collect();
        let mut strata: Vec<Stratum> = ranges(&of_primary, self.strata.len())
            .into_iter()
            .zip(&self.strata)
            .map(|(range, label)| Stratum {
                label: label.clone(),
                primaries: range,
                unsampled: 1.0,
                population: None,
            })
            .collect();
        if let Some(column) = sampling.populations.first() {
            let row_stratum: Vec<u32> = self.row_primary.iter().map(|&p| of_primary[p as usize]).collect();
            let sampled: Vec<usize> = strata.iter().map(Stratum::sampled).collect();
            let sizes = populations(column, &row_stratum, &sampled, |i| {
                format!("stratum `{}`", self.strata[i])
            })?;
            for (stratum, (unsampled, size)) in strata.iter_mut().zip(sizes) {
                stratum.unsampled = unsampled;
                stratum.population = Some(size);
            }
        }
        if self.two_stage {
            for primary in &mut primaries {
                // Without a size for the second stage its units count as drawn with replacement.
                primary.second = Some(Second {
                    unsampled: 1.0,
                    population: None,
                });
            }
            if let Some(column) = sampling.populations.get(1) {
                let sampled: Vec<usize> = primaries
                    .iter()
                    .map(|primary| primary.units.1 - primary.units.0)
                    .collect();
                let name = |i: usize| format!("cluster `{}`", self.primaries[i].1);
                let sizes = populations(column, &self.row_primary, &sampled, name)?;
                for (primary, (unsampled, size)) in primaries.iter_mut().zip(sizes) {
                    primary.second = Some(Second {
                        unsampled,
                        population: Some(size),
                    });
                }
            }
        }
        Ok(Structure {
            strata,
            primaries,
            unit_primary: self.unit_primary.clone(),
            two_stage: self.two_stage,
            lonely: sampling.lonely,
        })
    }

    /// One row stands for N/n units of each stage.
    pub(crate) fn weights_from_populations(&self, structure: &Structure) -> Result<Vec<f64>, Error> {
        let stage_one: Vec<f64> = structure
            .strata
            .iter()
            .map(|stratum| Some(stratum.population? / stratum.sampled() as f64))
            .collect::<Option<_>>()
            .ok_or(Error::NoWeights)?;
        Ok(self
            .row_primary
            .iter()
            .map(|&primary| {
                let primary = &structure.primaries[primary as usize];
                let within = primary
                    .second
                    .and_then(|second| second.population)
                    .map_or(1.0, |population| {
                        population / (primary.units.1 - primary.units.0) as f64
                    });
                stage_one[primary.stratum] * within
            })
            .collect())
    }
}

/// A column of labels: each label once, in the order in which they were met, and the place of each row's among them.
struct Labels<K> {
    met: Vec<K>,
    of_row: Vec<u32>,
}

impl<'a> Labels<&'a str> {
    /// Reads a column; a missing label is an error that names the row.
    fn read(column: &'a [Option<String>], what: &str) -> Result<Self, Error> {
        let missing = column.iter().position(Option::is_none);
        match missing {
            Some(row) => Err(Error::MissingLabel {
                what: what.into(),
                row: row + 1,
            }),
            None => Ok(Self::of(column.iter().flatten().map(String::as_str))),
        }
    }

    /// Refuses a label that is met in two groups, strata without nesting.
    fn refuse_shared(&self, row_stratum: &[u32], strata: &[String]) -> Result<(), Error> {
        let mut home = vec![None; self.met.len()];
        for (&label, &stratum) in self.of_row.iter().zip(row_stratum) {
            let first = *home[label as usize].get_or_insert(stratum);
            if first != stratum {
                return Err(Error::ClusterInTwoStrata {
                    cluster: self.met[label as usize].to_owned(),
                    first: strata[first as usize].clone(),
                    other: strata[stratum as usize].clone(),
                });
            }
        }
        Ok(())
    }

    /// The same labels, told apart by the group that each row is in.
    fn within(&self, group: &[u32]) -> Labels<(u32, &'a str)> {
        let pairs = group.iter().copied().zip(self.of_row.iter().copied());
        let Labels { met, of_row } = Labels::of(pairs);
        Labels {
            met: met
                .into_iter()
                .map(|(group, label)| (group, self.met[label as usize]))
                .collect(),
            of_row,
        }
    }
}

impl<K: Copy + Eq + Hash> Labels<K> {
    fn of(keys: impl Iterator<Item = K>) -> Self {
        let mut met = Vec::new();
        let mut places: FxHashMap<K, u32> = FxHashMap::default();
        let of_row = keys
            .map(|key| {
                *places.entry(key).or_insert_with(|| {
                    met.push(key);
                    met.len() as u32 - 1
                })
            })
            .collect();
        Self { met, of_row }
    }

    /// The labels in the order of their keys, and the place of each row's among them.
    fn placed<O: Ord>(self, key: impl Fn(K) -> O) -> (Vec<K>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.met.len()).collect();
        order.sort_by_cached_key(|&at| key(self.met[at]));
        let mut place = vec![0; order.len()];
        for (new, &at) in order.iter().enumerate() {
            place[at] = new as u32;
        }
        let of_row = self.of_row.iter().map(|&at| place[at as usize]).collect();
        (order.into_iter().map(|at| self.met[at]).collect(), of_row)
    }
}

/// The place of a label that is a number, among numbers; any other label comes after them.
fn rank(label: &str) -> u64 {
    match label.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => {
            let bits = value.to_bits();
            if value < 0.0 { !bits } else { bits | (1 << 63) }
        }
        _ => u64::MAX,
    }
}

/// Makes every row a unit of its own, in the order of the group it belongs to.
fn row_units(group: &[u32], label: impl Fn(usize) -> String) -> (Vec<(usize, String)>, Vec<u32>) {
    let mut order: Vec<usize> = (0..group.len()).collect();
    order.sort_by_key(|&row| (group[row], row));
    let mut of_row = vec![0; group.len()];
    let units = order
        .into_iter()
        .enumerate()
        .map(|(place, row)| {
            of_row[row] = place as u32;
            (group[row] as usize, label(row))
        })
        .collect();
    (units, of_row)
}

/// The first and one past the last member of each group; the members are in the order of their groups.
fn ranges(group: &[u32], groups: usize) -> Vec<(usize, usize)> {
    let mut ranges = vec![(0, 0); groups];
    let mut start = 0;
    for (index, range) in ranges.iter_mut().enumerate() {
        let end = start + group[start..].iter().take_while(|&&g| g as usize == index).count();
        *range = (start, end);
        start = end;
    }
    ranges
}

/// Reads a column of population sizes: per group the unsampled share and the size.
fn populations(
    column: &[Option<f64>],
    group: &[u32],
    sampled: &[usize],
    name: impl Fn(usize) -> String,
) -> Result<Vec<(f64, f64)>, Error> {
    let mut sizes: Vec<Option<f64>> = vec![None; sampled.len()];
    let mut fraction = true;
    for (row, (value, &index)) in column.iter().zip(group).enumerate() {
        let value = value.ok_or_else(|| Error::Population {
            row: row + 1,
            found: "missing".into(),
        })?;
        // An infinite population is a legal way to say that there is no correction.
        if value.is_nan() || value <= 0.0 {
            return Err(Error::Population {
                row: row + 1,
                found: value.to_string(),
            });
        }
        fraction &= value <= 1.0;
        let slot = &mut sizes[index as usize];
        match *slot {
            None => *slot = Some(value),
            Some(first) if first == value => {}
            Some(first) => {
                let group = name(index as usize);
                return Err(Error::PopulationVaries {
                    group,
                    first,
                    other: value,
                    row: row + 1,
                });
            }
        }
    }
    sizes
        .into_iter()
        .zip(sampled)
        .enumerate()
        .map(|(index, (size, &n))| {
            let given = size.expect("every group has a row");
            let size = if fraction { n as f64 / given } else { given };
            // A fraction such as 1/3 does not give back a whole number exactly.
            if size < n as f64 * (1.0 - 1e-12) {
                return Err(Error::PopulationTooSmall {
                    group: name(index),
                    population: size,
                    sampled: n,
                });
            }
            let unsampled = if size.is_infinite() {
                1.0
            } else {
                ((size - n as f64) / size).max(0.0)
            };
            Ok((unsampled, size))
        })
        .collect()
}
