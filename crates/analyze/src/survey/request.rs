//! A request of `nulmeting estimate`, answered from any table.
//!
//! Rows are first put in an order of their own contents, so that the order of the file can reach no output, not
//! even through the draws of a bootstrap. Messages about rows keep the numbers of the file.
//!
//! Groups of `by` have the degrees of freedom of the design they are groups of, as tables of R `survey` do
//! (`confint(svyby(…), df = degf(design))`); a condition makes a domain, with the degrees of freedom of that
//! domain (`degf(subset(design, …))`).

use std::collections::BTreeMap;

use super::design::{Design, Sampling};
use super::distribution::t_two_sided;
use super::domain::Domain;
use super::error::Error;
use super::estimate::Estimate;
use super::expression::{Cell, Columns, Condition, Measure, known, label, number};
use super::interval::IntervalMethod;
use super::replicate::Replicates;
use super::structure::Lonely;

/// What is to be estimated.
#[derive(Debug, Clone, PartialEq)]
pub enum Statistic {
    /// The mean of a measure.
    Mean(String),
    /// The total of a measure.
    Total(String),
    /// The share for which a condition holds.
    Share(String),
    /// The ratio of two totals.
    Ratio(String, String),
    /// The value below which a share lies.
    Quantile(String, f64),
}

impl Statistic {
    /// Reads `A/B`.
    ///
    /// # Errors
    /// A text without exactly one slash.
    pub fn ratio(text: &str) -> Result<Self, Error> {
        match text.split_once('/') {
            Some((above, below)) if !below.contains('/') => {
                Ok(Self::Ratio(above.trim().to_owned(), below.trim().to_owned()))
            }
            _ => Err(Error::Request {
                found: format!("the ratio `{text}`"),
                expected: "NUMERATOR/DENOMINATOR".into(),
            }),
        }
    }

    /// Reads `COLUMN:SHARE`.
    ///
    /// # Errors
    /// A text without a colon, or without a number from 0 to 1 after the last one.
    pub fn quantile(text: &str) -> Result<Self, Error> {
        text.rsplit_once(':')
            .and_then(|(column, share)| Some((column, share.trim().parse::<f64>().ok()?)))
            .filter(|(_, share)| (0.0..=1.0).contains(share))
            .map(|(column, share)| Self::Quantile(column.trim().to_owned(), share))
            .ok_or_else(|| Error::Request {
                found: format!("the quantile `{text}`"),
                expected: "COLUMN:SHARE with a share from 0 to 1, such as `api00:0.5`".into(),
            })
    }
}

/// How variance is made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Variance {
    /// Taylor linearisation.
    #[default]
    Taylor,
    /// Jackknife without strata.
    Jk1,
    /// Jackknife within strata.
    Jkn,
    /// Balanced half-samples.
    Brr,
    /// Fay's method with its factor.
    Fay(f64),
    /// The rescaling bootstrap.
    Bootstrap {
        /// How many replicates.
        replicates: usize,
        /// The seed of the draws.
        seed: u64,
    },
}

impl Variance {
    /// Gives the name that requests and tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Taylor => "taylor",
            Self::Jk1 => "jk1",
            Self::Jkn => "jkn",
            Self::Brr => "brr",
            Self::Fay(_) => "fay",
            Self::Bootstrap { .. } => "bootstrap",
        }
    }

    fn replicates(self, design: &Design) -> Result<Option<Replicates>, Error> {
        Ok(Some(match self {
            Self::Taylor => return Ok(None),
            Self::Jk1 => Replicates::jk1(design)?,
            Self::Jkn => Replicates::jkn(design)?,
            Self::Brr => Replicates::brr(design, 0.0)?,
            Self::Fay(rho) => Replicates::brr(design, rho)?,
            Self::Bootstrap { replicates, seed } => Replicates::bootstrap(design, replicates, seed)?,
        }))
    }
}

/// Everything that `nulmeting estimate` can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRequest {
    /// What is to be estimated.
    pub statistic: Statistic,
    /// The column of groups.
    pub by: Option<String>,
    /// The column of waves, where the change between them is asked for instead of an estimate.
    pub change: Option<String>,
    /// The condition of the domain.
    pub condition: Option<String>,
    /// The column of strata.
    pub strata: Option<String>,
    /// The columns of clusters, one or two.
    pub clusters: Vec<String>,
    /// Cluster labels are unique within a stratum only.
    pub nest: bool,
    /// The column of weights.
    pub weight: Option<String>,
    /// The columns of population sizes or sampled fractions, per stage.
    pub populations: Vec<String>,
    /// What to do with strata of one unit.
    pub lonely: Lonely,
    /// The interval of a share; the default method when left out.
    pub method: Option<IntervalMethod>,
    /// The level of the intervals.
    pub level: f64,
    /// How variance is made.
    pub variance: Variance,
    /// The columns of replicate weights that came with the data; `variance` then says how they were made.
    pub replicate_weights: Vec<String>,
    /// The weight of a replicate's squared deviation, where the kind of replicates does not say it.
    pub scale: Option<f64>,
    /// Deviations of replicates from the estimate itself rather than from their mean.
    pub about_estimate: bool,
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRow {
    /// The group; none without groups.
    pub group: Option<String>,
    /// Between which waves, when the change was asked for.
    pub step: Option<Step>,
    /// The estimate.
    pub estimate: Estimate,
    /// How the interval is made, also where it is absent for want of a degree of freedom.
    pub method: IntervalMethod,
}

/// The two waves of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The earlier wave.
    pub from: String,
    /// The later wave.
    pub to: String,
    /// Two-sided p-value of no change; none without a degree of freedom or without spread.
    pub p: Option<f64>,
}

/// Answers a request from a table.
///
/// Shape: one row without groups, else one per group, numbers in order of size and texts in order of their letters.
/// Missing: rows with a missing value leave as those outside a domain do; so do rows without a group.
///
/// # Errors
/// Everything that designs, domains and expressions refuse; a method of interval for other than a share.
pub fn estimate(request: &EstimateRequest, table: &dyn Columns) -> Result<Vec<EstimateRow>, Error> {
    // `mean` asks for estimate plus and minus t standard errors, which is what the others have anyway.
    let special = request.method.is_some_and(|method| method != IntervalMethod::Mean);
    if special && !matches!(request.statistic, Statistic::Share(_)) {
        return Err(Error::Request {
            found: "a method of interval for other than a share".into(),
            expected: "`--ci` with `--share` only; other statistics have a t interval, quantiles Woodruff's".into(),
        });
    }
    let simple = request.variance == Variance::Taylor && !matches!(request.statistic, Statistic::Quantile(..));
    if request.change.is_some() && (special || !simple) {
        return Err(Error::Request {
            found: "a change of a quantile, from replicates, or with a method of interval".into(),
            expected: "`--change` with `--mean`, `--share`, `--ratio` or `--total`: it has a t interval".into(),
        });
    }
    let plan = Plan::read(request, table)?;
    let sorted = Sorted::new(table, &plan.columns);
    // A fault is looked for again in the order of the file, so that the first row named is the first there.
    answer(request, &plan, &sorted).or_else(|_| answer(request, &plan, table))
}

/// The request with its expressions read and its columns found.
struct Plan {
    subject: Subject,
    condition: Option<Condition>,
    columns: Vec<String>,
}

enum Subject {
    Measure(Measure),
    Pair(Measure, Measure),
    Share(Condition),
}

impl Plan {
    fn read(request: &EstimateRequest, table: &dyn Columns) -> Result<Self, Error> {
        let subject = match &request.statistic {
            Statistic::Mean(text) | Statistic::Total(text) | Statistic::Quantile(text, _) => {
                Subject::Measure(Measure::parse(text, table)?)
            }
            Statistic::Ratio(above, below) => {
                Subject::Pair(Measure::parse(above, table)?, Measure::parse(below, table)?)
            }
            Statistic::Share(text) => Subject::Share(Condition::parse(text, table)?),
        };
        let condition = request
            .condition
            .as_deref()
            .map(|text| Condition::parse(text, table))
            .transpose()?;
        let named = [&request.by, &request.change, &request.strata, &request.weight]
            .into_iter()
            .flatten();
        let mut columns: Vec<String> = named
            .chain(&request.clusters)
            .chain(&request.populations)
            .chain(&request.replicate_weights)
            .cloned()
            .collect();
        columns.iter().try_for_each(|name| known(table, name))?;
        let mut add = |names: Vec<&str>| columns.extend(names.into_iter().map(str::to_owned));
        match &subject {
            Subject::Measure(measure) => add(measure.columns().collect()),
            Subject::Pair(above, below) => add(above.columns().chain(below.columns()).collect()),
            Subject::Share(condition) => add(condition.columns()),
        }
        if let Some(condition) = &condition {
            add(condition.columns());
        }
        columns.sort();
        columns.dedup();
        Ok(Self {
            subject,
            condition,
            columns,
        })
    }
}

/// A table with its rows in the order of their contents.
struct Sorted<'a> {
    table: &'a dyn Columns,
    order: Vec<usize>,
}

impl<'a> Sorted<'a> {
    fn new(table: &'a dyn Columns, columns: &[String]) -> Self {
        let keys: Vec<Vec<String>> = (0..table.rows())
            .map(|row| {
                columns
                    .iter()
                    .map(|name| match table.cell(name, row) {
                        Cell::Missing => String::new(),
                        Cell::Number(value) => format!("{:016x}", value.to_bits()),
                        Cell::Text(text) => text.to_owned(),
                    })
                    .collect()
            })
            .collect();
        let mut order: Vec<usize> = (0..table.rows()).collect();
        order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
        Self { table, order }
    }
}

impl Columns for Sorted<'_> {
    fn rows(&self) -> usize {
        self.order.len()
    }

    fn names(&self) -> Vec<String> {
        self.table.names()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        self.table.cell(column, self.order[row])
    }
}

fn answer(request: &EstimateRequest, plan: &Plan, table: &dyn Columns) -> Result<Vec<EstimateRow>, Error> {
    let design = design(request, table)?;
    let rows = table.rows();
    let mut values = vec![(0.0, 0.0); rows];
    let mut inside = vec![false; rows];
    for row in 0..rows {
        let member = match &plan.condition {
            Some(condition) => condition.holds(table, row)? == Some(true),
            None => true,
        };
        let value = match &plan.subject {
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

fn design(request: &EstimateRequest, table: &dyn Columns) -> Result<Design, Error> {
    let rows = table.rows();
    let labels = |name: &String| -> Vec<Option<String>> { (0..rows).map(|row| label(table, name, row)).collect() };
    let numbers =
        |name: &String| -> Result<Vec<Option<f64>>, Error> { (0..rows).map(|row| number(table, name, row)).collect() };
    Design::new(&Sampling {
        rows,
        strata: request.strata.as_ref().map(labels),
        clusters: request.clusters.iter().map(labels).collect(),
        nest: request.nest,
        weights: request.weight.as_ref().map(numbers).transpose()?,
        populations: request.populations.iter().map(numbers).collect::<Result<_, _>>()?,
        lonely: request.lonely,
    })?
    .with_level(request.level)
}

/// Replicate weights from columns of the table, whole weights and not factors.
fn supplied(request: &EstimateRequest, table: &dyn Columns, design: &Design) -> Result<Replicates, Error> {
    let rows = table.rows();
    let mut weights = Vec::with_capacity(request.replicate_weights.len());
    for name in &request.replicate_weights {
        let column: Result<Vec<f64>, Error> = (0..rows)
            .map(|row| {
                number(table, name, row)?.ok_or(Error::Weight {
                    row: row + 1,
                    found: "missing".into(),
                })
            })
            .collect();
        weights.push(column?);
    }
    let count = weights.len() as f64;
    let scale = match (request.scale, request.variance) {
        (Some(scale), _) => scale,
        (None, Variance::Jk1) => (count - 1.0) / count,
        (None, Variance::Brr) => 1.0 / count,
        (None, Variance::Fay(rho)) => 1.0 / (count * (1.0 - rho) * (1.0 - rho)),
        (None, Variance::Bootstrap { .. }) => 1.0 / (count - 1.0),
        (None, Variance::Jkn | Variance::Taylor) => {
            return Err(Error::Request {
                found: "replicate weights without their kind or scale".into(),
                expected: "`--replicates jk1|brr|fay|bootstrap`, or `--replicate-scale` for other kinds".into(),
            });
        }
    };
    let scales = vec![scale; weights.len()];
    Replicates::supplied(design, &weights, true, scales, request.about_estimate)
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
