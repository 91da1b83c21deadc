//! How a request is answered: group by group, by the estimator of its statistic.

use super::parsed_request::{ParsedRequest, Subject};
use super::request_design::{design, supplied};
use super::{EstimateRequest, EstimateRow, Statistic, Step};
use crate::design::Design;
use crate::distribution::t_two_sided;
use crate::domain::Domain;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::expression::{Columns, label, number};
use crate::interval::IntervalMethod;
use crate::replicate::Replicates;
use std::collections::BTreeMap;

pub(super) fn answer(
    request: &EstimateRequest,
    parsed: &ParsedRequest,
    table: &dyn Columns,
) -> Result<Vec<EstimateRow>, Error> {
    let design = design(request, table)?;
    let rows = table.rows();
    let mut values = vec![(0.0, 0.0); rows];
    let mut inside = vec![false; rows];
    for row in 0..rows {
        let member = match &parsed.condition {
            Some(condition) => condition.holds(table, row)? == Some(true),
            None => true,
        };
        let value = match &parsed.subject {
            Subject::Measure(measure) => measure.value(table, row)?.map(|x| (x, 1.0)),
            Subject::Pair(above, below) => above.value(table, row)?.zip(below.value(table, row)?),
            Subject::Share(condition) => condition
                .holds(table, row)?
                .map(|held| (f64::from(u8::from(held)), 1.0)),
        };
        if let (true, Some(value)) = (member, value) {
            inside[row] = true;
            values[row] = value;
        }
    }
    let (above, below): (Vec<f64>, Vec<f64>) = values.into_iter().unzip();
    let domain = design.domain(&inside)?;
    if domain.n() == 0 {
        return Err(Error::EmptyDomain);
    }
    let made = match request.replicate_weights.is_empty() {
        true => request.variance.replicates(&design)?,
        false => Some(supplied(request, table, &design)?),
    };
    let replicates = made.map(|made| match request.about_estimate {
        true => made.about_estimate(),
        false => made,
    });
    // Weights that came with the data are all that is known of the design, also of its degrees of freedom.
    let domain = match (&replicates, request.replicate_weights.is_empty()) {
        (Some(replicates), false) => {
            let rows: Vec<usize> = domain.rows().collect();
            let df = replicates.degrees_of(&design, &rows);
            domain.with_df(df)
        }
        _ => domain,
    };
    let job = Job {
        request,
        design: &design,
        above: &above,
        below: &below,
        replicates: replicates.as_ref(),
    };
    let groups: Vec<(Option<String>, Domain)> = match &request.by {
        None => vec![(None, domain)],
        Some(by) => split(table, by, &domain)
            .into_iter()
            .map(|(name, member)| {
                let group = design.within(&domain, |row| member[row]).with_df(domain.df());
                (Some(name), group)
            })
            .collect(),
    };
    let mut answers = Vec::new();
    for (name, group) in groups {
        match &request.change {
            None => answers.push(job.row(name, &group)?),
            Some(column) => answers.extend(job.changes(name.as_ref(), &group, &split(table, column, &group))?),
        }
    }
    Ok(answers)
}

/// The values of a column within a domain, in order, each with the rows that have it.
fn split(table: &dyn Columns, column: &str, domain: &Domain) -> Vec<(String, Vec<bool>)> {
    let mut groups: BTreeMap<(bool, u64, String), Vec<bool>> = BTreeMap::new();
    for row in domain.rows() {
        if let Some(name) = label(table, column, row) {
            let key = group_key(table, column, row, name);
            groups.entry(key).or_insert_with(|| vec![false; table.rows()])[row] = true;
        }
    }
    groups
        .into_iter()
        .map(|((_, _, name), member)| (name, member))
        .collect()
}

/// Numbers before texts, in order of size: the bits of a double turned so that they sort as the number does.
fn group_key(table: &dyn Columns, by: &str, row: usize, name: String) -> (bool, u64, String) {
    match number(table, by, row) {
        Ok(Some(value)) => {
            let bits = value.to_bits();
            (false, if value < 0.0 { !bits } else { bits | (1 << 63) }, name)
        }
        _ => (true, 0, name),
    }
}

/// One statistic over one domain after another.
struct Job<'a> {
    request: &'a EstimateRequest,
    design: &'a Design,
    above: &'a [f64],
    below: &'a [f64],
    replicates: Option<&'a Replicates>,
}

impl Job<'_> {
    fn row(&self, group: Option<String>, domain: &Domain) -> Result<EstimateRow, Error> {
        let (design, above) = (self.design, self.above);
        let share_method = self.request.method.unwrap_or_default();
        let (mut estimate, usual) = match &self.request.statistic {
            Statistic::Mean(_) => (design.mean(above, domain)?, IntervalMethod::T),
            Statistic::Total(_) => (design.total(above, domain)?, IntervalMethod::T),
            Statistic::Ratio(..) => (design.ratio(above, self.below, domain)?, IntervalMethod::T),
            Statistic::Quantile(_, share) => (design.quantile(above, domain, *share)?, IntervalMethod::Woodruff),
            Statistic::Share(_) => (design.share(above, domain, share_method)?, share_method),
        };
        let mut method = estimate.ci.map_or(usual, |ci| ci.method);
        if let (Statistic::Quantile(_, share), Some(replicates)) = (&self.request.statistic, self.replicates) {
            estimate = design.woodruff(above, domain, *share, |quantile| {
                let reached: Vec<f64> = above.iter().map(|&x| f64::from(u8::from(x <= quantile))).collect();
                let rows: Vec<usize> = domain.rows().collect();
                let of = |weights: &[f64]| {
                    let at: f64 = rows.iter().map(|&row| weights[row] * reached[row]).sum();
                    at / rows.iter().map(|&row| weights[row]).sum::<f64>()
                };
                let values = replicates.statistic(design, of);
                Some(libm::sqrt(replicates.variance(of(design.weights()), &values)))
            })?;
        } else if let Some(replicates) = self.replicates.filter(|_| !estimate.census) {
            estimate = design.replicated(estimate, domain, &self.thetas(domain, replicates), replicates);
            method = IntervalMethod::T;
            if matches!(self.request.statistic, Statistic::Share(_)) && share_method != IntervalMethod::Hypergeometric {
                method = share_method;
                self.share_interval(&mut estimate, domain, share_method);
            }
        }
        Ok(EstimateRow {
            group,
            step: None,
            estimate,
            method,
        })
    }

    /// The change between consecutive waves, and between the first and the last.
    ///
    /// Method: the waves are one design as the request states it, so that a cluster in both brings its covariance.
    fn changes(
        &self,
        group: Option<&String>,
        domain: &Domain,
        waves: &[(String, Vec<bool>)],
    ) -> Result<Vec<EstimateRow>, Error> {
        let design = self.design;
        if waves.len() < 2 {
            return Err(Error::Request {
                found: format!("{} wave", waves.len()),
                expected: "at least two values in the column of `--change`".into(),
            });
        }
        let parts = waves
            .iter()
            .map(|(_, member)| {
                let own = design.within(domain, |row| member[row]);
                match &self.request.statistic {
                    Statistic::Total(_) => design.linear_total(self.above, &own),
                    Statistic::Ratio(..) => design.linear_ratio(self.above, self.below, &own),
                    _ => design.linear_mean(self.above, &own),
                }
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let last = waves.len() - 1;
        let pairs = (1..=last).map(|to| (to - 1, to)).chain((last > 1).then_some((0, last)));
        pairs
            .map(|(from, to)| {
                let estimate = design.contrast(&[(1.0, &parts[to]), (-1.0, &parts[from])])?;
                let se = estimate.se.filter(|se| *se > 0.0 && estimate.df > 0);
                Ok(EstimateRow {
                    group: group.cloned(),
                    step: Some(Step {
                        from: waves[from].0.clone(),
                        to: waves[to].0.clone(),
                        p: se.map(|se| t_two_sided(estimate.estimate / se, estimate.df as f64)),
                    }),
                    method: estimate.ci.map_or(IntervalMethod::T, |ci| ci.method),
                    estimate,
                })
            })
            .collect()
    }

    /// The interval of a share from the standard error that the replicates gave.
    fn share_interval(&self, estimate: &mut Estimate, domain: &Domain, method: IntervalMethod) {
        let (p, se) = (estimate.estimate, estimate.se.unwrap_or(f64::NAN));
        let spread = p * (1.0 - p);
        estimate.n_eff = Some(if spread > 0.0 && se > 0.0 {
            spread / (se * se)
        } else {
            domain.n() as f64
        });
        estimate.ci = self.design.share_interval(estimate, domain, None, method);
    }

    /// The statistic under every replicate.
    fn thetas(&self, domain: &Domain, replicates: &Replicates) -> Vec<f64> {
        let rows: Vec<usize> = domain.rows().collect();
        let sum = |weights: &[f64], values: &[f64]| -> f64 { rows.iter().map(|&row| weights[row] * values[row]).sum() };
        replicates.statistic(self.design, |weights| match &self.request.statistic {
            Statistic::Total(_) => sum(weights, self.above),
            // A quantile gets its variance from that of the share below it.
            Statistic::Ratio(..) | Statistic::Mean(_) | Statistic::Share(_) | Statistic::Quantile(..) => {
                sum(weights, self.above) / sum(weights, self.below)
            }
        })
    }
}
