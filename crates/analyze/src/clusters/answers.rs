//! The table that organisations are divided by: those that answered enough, on what somebody answered.

use crate::sample::Sample;
use crate::score::{Profile, profiles, summary};
use nulmeting_study::framework::Test;
use nulmeting_study::tables::Level;
use nulmeting_study::words::Status;
use nulmeting_study::{Framework, Study};
use nulmeting_typology::{Error, Matrix};

/// Values of organisations on domains or norms.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Answers {
    /// Organisations that take part, as places in the sample.
    pub(super) rows: Vec<usize>,
    /// Their names.
    pub(super) names: Vec<String>,
    /// Domains or norms that somebody answered.
    pub(super) columns: Vec<String>,
    /// One row per organisation that takes part.
    pub(super) values: Vec<Vec<Option<f64>>>,
    /// Standard deviation per column of what answers in whole levels may stand for.
    pub(super) grain: Vec<f64>,
    /// Organisations with too few values.
    pub(super) left_out: usize,
    /// Domains or norms without any value.
    pub(super) columns_left_out: Vec<String>,
}

impl Answers {
    /// Mean levels per domain of the first part, or shares of tests passed in a pass/fail wave.
    pub(super) fn of_domains(study: &Study, framework: &Framework, sample: &Sample, levels: &[Level]) -> Self {
        let columns = domains(framework);
        let norms: Vec<Vec<&str>> = columns
            .iter()
            .map(|code| framework.norms_of(code).map(|norm| norm.code.as_str()).collect())
            .collect();
        let values = rows(sample, levels, |profile| {
            let score = |norms: &Vec<&str>| {
                let found = summary(profile, norms.iter().copied());
                let value = match framework.test {
                    Test::Levels => found.mean_level,
                    Test::PassFail => found.share_meeting,
                };
                value.filter(|_| found.is_enough(study.scores.minimum_answered))
            };
            norms.iter().map(score).collect()
        });
        // An answer stands for anything within half a level of it, evenly; a mean of several for as much less.
        let grain = norms
            .iter()
            .map(|norms| 1.0 / (12.0 * norms.len() as f64).sqrt())
            .collect();
        Self::kept(sample, columns, values, grain)
    }

    /// Levels per norm of the first part, or tests passed (1) or not (0) in a pass/fail wave.
    pub(super) fn of_norms(framework: &Framework, sample: &Sample, levels: &[Level]) -> Self {
        let columns: Vec<String> = domains(framework)
            .iter()
            .flat_map(|code| framework.norms_of(code).map(|norm| norm.code.clone()))
            .collect();
        let values = rows(sample, levels, |profile| {
            let value = |code: &String| {
                let level = profile
                    .get(code.as_str())
                    .filter(|level| level.status == Status::Answered)?;
                match framework.test {
                    Test::Levels => level.level.map(|value| value as f64),
                    Test::PassFail => level.meets_target.map(|met| f64::from(u8::from(met))),
                }
            };
            columns.iter().map(value).collect()
        });
        let grain = vec![1.0 / 12.0_f64.sqrt(); columns.len()];
        Self::kept(sample, columns, values, grain)
    }

    /// Leaves out columns that nobody answered and rows with half of the rest or less: any two rows then share one.
    fn kept(sample: &Sample, columns: Vec<String>, values: Vec<Vec<Option<f64>>>, grain: Vec<f64>) -> Self {
        let mut rows: Vec<usize> = (0..values.len()).collect();
        let mut kept: Vec<usize> = (0..columns.len()).collect();
        // Leaving out a row can leave a column without answers, which lowers the bar for rows: it ends, as both shrink.
        loop {
            let answered = |j: usize| rows.iter().any(|&i| values[i][j].is_some());
            let columns: Vec<usize> = kept.iter().copied().filter(|&j| answered(j)).collect();
            let enough = |i: usize| 2 * columns.iter().filter(|&&j| values[i][j].is_some()).count() > columns.len();
            let enough: Vec<usize> = rows.iter().copied().filter(|&i| enough(i)).collect();
            let same = enough.len() == rows.len() && columns.len() == kept.len();
            (rows, kept) = (enough, columns);
            if same {
                break;
            }
        }
        let names = |places: &[usize]| places.iter().map(|&j| columns[j].clone()).collect();
        let lost: Vec<usize> = (0..columns.len()).filter(|j| !kept.contains(j)).collect();
        Self {
            names: rows.iter().map(|&i| sample.organisations[i].clone()).collect(),
            values: rows
                .iter()
                .map(|&i| kept.iter().map(|&j| values[i][j]).collect())
                .collect(),
            columns: names(&kept),
            grain: kept.iter().map(|&j| grain[j]).collect(),
            columns_left_out: names(&lost),
            left_out: values.len() - rows.len(),
            rows,
        }
    }

    /// The same as a matrix.
    pub(super) fn matrix(&self) -> Result<Matrix, Error> {
        Matrix::new(&self.values)
    }
}

/// The domains of the first part that have norms, in order.
fn domains(framework: &Framework) -> Vec<String> {
    let first = framework.parts.first().map(|part| part.code.as_str());
    framework
        .domains
        .iter()
        .filter(|domain| Some(domain.part.as_str()) == first && framework.norms_of(&domain.code).next().is_some())
        .map(|domain| domain.code.clone())
        .collect()
}

fn rows(sample: &Sample, levels: &[Level], values: impl Fn(&Profile<'_>) -> Vec<Option<f64>>) -> Vec<Vec<Option<f64>>> {
    let known = profiles(levels);
    let empty = Profile::new();
    sample
        .organisations
        .iter()
        .map(|name| values(known.get(&(sample.wave.as_str(), name.as_str())).unwrap_or(&empty)))
        .collect()
}
