//! Design-based estimation: what a sample says about its population, and how sure that is.
//!
//! A [`Design`] says how units were sampled: strata, clusters, population sizes and weights. A [`Domain`] is the
//! part of the population that an estimate is about. From the two follow means, totals, shares, ratios and
//! quantiles with standard errors and intervals, tests between groups, weights that meet known population totals,
//! replicate weights, the change between two samples, and the sample size that a wanted precision needs.
//!
//! ```
//! use nulmeting_survey::{Design, IntervalMethod, Sampling};
//!
//! // Six of 40 small and four of 10 large units were sampled; 1 is yes.
//! let strata = ["small"; 6].into_iter().chain(["large"; 4]);
//! let populations = [40.0; 6].into_iter().chain([10.0; 4]);
//! let yes = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
//! let design = Design::new(&Sampling {
//!     rows: yes.len(),
//!     strata: Some(strata.map(|stratum| Some(stratum.to_owned())).collect()),
//!     populations: vec![populations.map(Some).collect()],
//!     ..Sampling::default()
//! })?;
//! let share = design.share(&yes, &design.everyone(), IntervalMethod::default())?;
//! // Each stratum counts for its part of the population: 40/50 · 2/6 + 10/50 · 3/4.
//! assert!((share.estimate - 0.4167).abs() < 1e-4);
//! let interval = share.ci.expect("ten units in two strata leave degrees of freedom");
//! assert!(0.0 < interval.low && interval.high < 1.0);
//! # Ok::<(), nulmeting_survey::Error>(())
//! ```
//!
//! Results are those of R `survey`; where a module departs from it, the module says so and why. Sums do not
//! depend on the order of the rows, and nothing here reads a file, a clock or the environment.

// The sample and the part of it that an estimate is about.
mod design;
mod domain;
mod lonely;
mod sampling_stages;
mod sampling_units;

// Estimates, their intervals and tests.
mod comparison;
mod contrast;
mod estimate;
mod interval;
mod quantile;

// Weights that meet totals, and variance from replicate weights.
mod balance;
mod bootstrap;
mod calibration;
mod replicate;
mod representation;

// Two samples of one population, and the next sample.
mod planning;
mod stacked;

// Requests in text, as `nulmeting estimate` takes them.
mod expression;
mod request;

// What the others compute with.
mod distribution;
mod error;
mod linear_algebra;
mod sum;

pub use calibration::{Auxiliary, Calibration, Distance, Margin, raked_weights};
pub use comparison::{AssociationTest, GroupTest, benjamini_hochberg, holm};
pub use design::{Design, Sampling};
pub use distribution::{beta_quantile, hypergeometric, normal_quantile, t_factor, t_two_sided};
pub use domain::Domain;
pub use error::Error;
pub use estimate::{Estimate, Linearised};
pub use expression::{Cell, Columns, Condition, Measure, Operator};
pub use interval::{Interval, IntervalMethod, Proportion};
pub use planning::{Allocation, Plan, StratumSpread, allocate, plan, precision};
pub use replicate::Replicates;
pub use representation::{Registered, Representation, representation};
pub use request::{EstimateRequest, EstimateRow, Statistic, Step, Variance, estimate};
pub use sampling_units::Lonely;
pub use stacked::{Sampled, Stacked};
