//! From columns of labels and population sizes to strata, primary units and units, in the order of their labels.

use std::collections::BTreeMap;

use super::design::Sampling;
use super::error::Error;
use super::structure::{Primary, Second, Stratum, Structure};

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
        let (strata, row_stratum) = match &sampling.strata {
            Some(labels) => positions(&labelled(labels, "stratum")?),
            None => (vec!["all".to_owned()], vec![0; rows]),
        };
        let (primaries, row_primary) = match sampling.clusters.first() {
            Some(labels) => {
                let labels = labelled(labels, "cluster")?;
                if !sampling.nest {
                    refuse_shared_clusters(&labels, &row_stratum, &strata)?;
                }
                // By number where labels are numbers, as in the files they come from: 9 before 10.
                let ordered = labels.into_iter().map(|label| (rank(&label), label));
                let keys: Vec<_> = row_stratum.iter().map(|&s| s as usize).zip(ordered).collect();
                let (units, of_row) = positions(&keys);
                let units = units.into_iter().map(|(stratum, (_, label))| (stratum, label));
                (units.collect(), of_row)
            }
            None => row_units(&row_stratum, |row| format!("row {}", row + 1)),
        };
        let two_stage = !sampling.populations.is_empty()
            && !sampling.clusters.is_empty()
            && (sampling.clusters.len() == 2 || sampling.populations.len() == 2);
        let (unit_primary, row_unit) = if !two_stage {
            ((0..primaries.len() as u32).collect(), row_primary.clone())
        } else if let Some(labels) = sampling.clusters.get(1) {
            let labels = labelled(labels, "second-stage cluster")?;
            let (units, row_unit) = positions(&row_primary.iter().copied().zip(labels).collect::<Vec<_>>());
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

/// Unwraps a column of labels; a missing one is an error that names the row.
fn labelled(labels: &[Option<String>], what: &str) -> Result<Vec<String>, Error> {
    labels
        .iter()
        .enumerate()
        .map(|(row, label)| {
            label.clone().ok_or_else(|| Error::MissingLabel {
                what: what.into(),
                row: row + 1,
            })
        })
        .collect()
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

/// The distinct keys in order, and the place of each entry among them.
fn positions<K: Ord + Clone>(keys: &[K]) -> (Vec<K>, Vec<u32>) {
    let mut places: BTreeMap<&K, u32> = keys.iter().map(|key| (key, 0)).collect();
    for (place, slot) in places.values_mut().enumerate() {
        *slot = place as u32;
    }
    let of_entry = keys.iter().map(|key| places[key]).collect();
    (places.into_keys().cloned().collect(), of_entry)
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

fn refuse_shared_clusters(labels: &[String], row_stratum: &[u32], strata: &[String]) -> Result<(), Error> {
    let mut home: BTreeMap<&str, u32> = BTreeMap::new();
    for (label, &stratum) in labels.iter().zip(row_stratum) {
        let first = *home.entry(label).or_insert(stratum);
        if first != stratum {
            return Err(Error::ClusterInTwoStrata {
                cluster: label.clone(),
                first: strata[first as usize].clone(),
                other: strata[stratum as usize].clone(),
            });
        }
    }
    Ok(())
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
