//! The organisations of a wave that answered, as a sample of the register.

use crate::Error;
use nulmeting_study::study_file::Variable;
use nulmeting_study::tables::Organisation;
use nulmeting_study::{Study, words};
use nulmeting_survey::{self as survey, Design, Lonely, Margin, Sampling};
use std::collections::BTreeMap;

/// A wave's respondents with what their answers stand for.
///
/// Shape: the vectors have one entry per responding organisation of the register, in order of its name; the
/// design has one row for each, in the same order.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Wave.
    pub wave: String,
    /// Names.
    pub organisations: Vec<String>,
    /// Pupils of each; absent where the register masks the count.
    pub pupils: Vec<Option<f64>>,
    /// Sector of each.
    pub sector: Vec<String>,
    /// Size class of each; absent where the pupils are not known.
    pub size: Vec<Option<String>>,
    /// The sample design: strata with their populations, and the weights, calibrated where the study says so.
    pub design: Design,
    /// Stratum of each.
    pub strata: Vec<String>,
}

/// The sample of each wave in which somebody answered.
///
/// Method: stratified sampling without replacement from the register, the design weights raked to the margins of
/// the study, so that standard errors know of the calibration.
/// Errors: a stratum in which one organisation answered, unless the study says what to do; margins that cannot be met.
pub fn samples(study: &Study, organisations: &[Organisation]) -> Result<BTreeMap<String, Sample>, Error> {
    let mut waves: BTreeMap<&str, Vec<&Organisation>> = BTreeMap::new();
    for row in organisations {
        waves.entry(&row.wave).or_default().push(row);
    }
    let mut samples = BTreeMap::new();
    for (wave, rows) in waves {
        let taken: Vec<&Organisation> = rows
            .iter()
            .copied()
            .filter(|row| row.responded && row.stratum.is_some() && row.design_weight.is_some())
            .collect();
        if !taken.is_empty() {
            let design = design(study, wave, &rows, &taken).map_err(|cause| Error::Design {
                wave: wave.to_owned(),
                cause,
            })?;
            samples.insert(
                wave.to_owned(),
                Sample {
                    wave: wave.to_owned(),
                    organisations: taken.iter().map(|row| row.organisation.clone()).collect(),
                    pupils: taken.iter().map(|row| row.pupils.map(|pupils| pupils as f64)).collect(),
                    sector: taken.iter().map(|row| row.sector.clone().unwrap_or_default()).collect(),
                    size: taken.iter().map(|row| row.size.clone()).collect(),
                    design,
                    strata: taken
                        .iter()
                        .map(|row| row.stratum.clone().unwrap_or_default())
                        .collect(),
                },
            );
        }
    }
    Ok(samples)
}

fn design(
    study: &Study,
    wave: &str,
    register: &[&Organisation],
    taken: &[&Organisation],
) -> Result<Design, survey::Error> {
    let design = Design::new(&Sampling {
        rows: taken.len(),
        strata: Some(taken.iter().map(|row| row.stratum.clone()).collect()),
        weights: Some(taken.iter().map(|row| row.design_weight).collect()),
        populations: vec![
            taken
                .iter()
                .map(|row| row.population.map(|count| count as f64))
                .collect(),
        ],
        lonely: match study.population.lonely {
            words::Lonely::Fail => Lonely::Fail,
            words::Lonely::Remove => Lonely::Remove,
            words::Lonely::Certainty => Lonely::Certainty,
            words::Lonely::Average => Lonely::Average,
            words::Lonely::Adjust => Lonely::Adjust,
        },
        ..Sampling::default()
    })?;
    // Volunteers are described as themselves, so nothing weights them up to the register.
    let volunteers = study
        .wave(wave)
        .is_some_and(|wave| wave.selection == words::Selection::Volunteer);
    let calibrate = if volunteers {
        &[][..]
    } else {
        &study.population.calibrate
    };
    let margins: Vec<Margin> = calibrate
        .iter()
        .filter_map(|variable| {
            let class = |row: &Organisation| match variable {
                Variable::Sector => row.sector.clone(),
                Variable::Size => row.size.clone(),
            };
            let classes: Vec<String> = taken.iter().map(|row| class(row)).collect::<Option<_>>()?;
            let mut totals: BTreeMap<String, f64> = BTreeMap::new();
            for name in register
                .iter()
                .filter(|row| row.stratum.is_some())
                .filter_map(|row| class(row))
            {
                *totals.entry(name).or_default() += 1.0;
            }
            // A class that nobody answered for cannot be weighted up: the normalizer lists it as a finding.
            totals.retain(|name, _| classes.contains(name));
            Some(Margin {
                name: variable.word().to_owned(),
                classes,
                totals: totals.into_iter().collect(),
            })
        })
        .collect();
    if margins.is_empty() {
        Ok(design)
    } else {
        design.raked(&margins)
    }
}

/// A group of a sample: which of its organisations are in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Grouping variable; `all` without grouping.
    pub by: String,
    /// Group; `all` without grouping.
    pub name: String,
    /// Membership, one entry per organisation of the sample.
    pub member: Vec<bool>,
}

impl Sample {
    /// Number of organisations.
    pub fn len(&self) -> usize {
        self.organisations.len()
    }

    /// Whether nobody answered.
    pub fn is_empty(&self) -> bool {
        self.organisations.is_empty()
    }

    /// Whether the group of an organisation is known: a size class is not where the register masks the pupils.
    pub(crate) fn is_grouped(&self, by: &str, row: usize) -> bool {
        by != "size" || self.size[row].is_some()
    }

    /// All organisations together, then each sector, then each size class that somebody answered for.
    pub fn groups(&self) -> Vec<Group> {
        let all = nulmeting_study::tables::ALL;
        let mut groups = vec![Group {
            by: all.into(),
            name: all.into(),
            member: vec![true; self.len()],
        }];
        let sectors: Vec<Option<&str>> = self.sector.iter().map(|sector| Some(sector.as_str())).collect();
        let sizes: Vec<Option<&str>> = self.size.iter().map(Option::as_deref).collect();
        for (by, values) in [("sector", sectors), ("size", sizes)] {
            let names: std::collections::BTreeSet<&str> = values.iter().copied().flatten().collect();
            for name in names {
                let member = values.iter().map(|own| *own == Some(name)).collect();
                groups.push(Group {
                    by: by.into(),
                    name: name.into(),
                    member,
                });
            }
        }
        groups
    }
}
