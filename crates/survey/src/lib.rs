//! The survey engine: what a sample of boards says about all boards, and how sure that is.
//!
//! In reading order: the design and its domains, the estimators, intervals, comparisons, weights that meet
//! known totals, replication, quality and planning, and the request of `nulmeting estimate`. Numbers are
//! those of R `survey`; where this engine departs from it, the module says so and why.

mod balance;
mod bootstrap;
mod calibration;
mod comparison;
mod contrast;
mod design;
mod distribution;
mod domain;
mod error;
mod estimate;
mod expression;
mod interval;
mod lonely;
mod matrix;
mod planning;
mod quantile;
mod replicate;
mod request;
mod response;
mod scan;
mod stacked;
mod stages;
mod structure;
mod sum;

pub use calibration::{Auxiliary, Calibration, Distance, Margin};
pub use comparison::{AssociationTest, GroupTest, benjamini_hochberg, holm};
pub use design::{Design, Sampling};
pub use distribution::{beta_quantile, hypergeometric, normal_quantile, t_cdf, t_factor, t_two_sided};
pub use domain::Domain;
pub use error::Error;
pub use estimate::{Estimate, Linearised};
pub use expression::{Cell, Columns, Condition, Measure, Operator};
pub use interval::{Interval, IntervalMethod, Proportion};
pub use planning::{Allocation, Plan, StratumSpread, allocate, plan, precision};
pub use replicate::Replicates;
pub use request::{EstimateRequest, EstimateRow, Statistic, Step, Variance, estimate};
pub use response::{Registered, Representation, adjust_for_nonresponse, representation};
pub use scan::{Scanned, UnitSums, ValueCount};
pub use stacked::{Sampled, Stacked};
pub use structure::Lonely;
