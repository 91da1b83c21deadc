//! A request of `nulmeting estimate`, answered from any table.
//!
//! Rows are first put in an order of their own contents, so that the order of the file can reach no output, not
//! even through the draws of a bootstrap. Messages about rows keep the numbers of the file.
//!
//! Groups of `by` have the degrees of freedom of the design they are groups of, as tables of R `survey` do
//! (`confint(svyby(…), df = degf(design))`); a condition makes a domain, with the degrees of freedom of that
//! domain (`degf(subset(design, …))`).

mod answer;
mod parsed_request;
mod request_design;

use crate::design::Design;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::expression::Columns;
use crate::interval::IntervalMethod;
use crate::replicate::Replicates;
use crate::sampling_units::Lonely;
use parsed_request::{ParsedRequest, Sorted};

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
    let parsed = ParsedRequest::read(request, table)?;
    let sorted = Sorted::new(table, &parsed.columns);
    // A fault is looked for again in the order of the file, so that the first row named is the first there.
    answer::answer(request, &parsed, &sorted).or_else(|_| answer::answer(request, &parsed, table))
}
