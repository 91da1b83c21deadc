//! What can be wrong with a design, a column or a request, said in four parts: where, found, expected, hint.
//!
//! The message holds what was found and what was expected; [`Error::place`] says where and [`Error::hint`]
//! what to do. No value of a respondent other than the design's own numbers and labels is ever repeated.

/// Why an estimate could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A weight that is missing, zero, negative or infinite.
    #[error("weight is {found}, expected a finite number above zero")]
    Weight {
        /// The 1-based row.
        row: usize,
        /// The value as found.
        found: String,
    },
    /// Neither weights nor population sizes: nothing says how many units a row stands for.
    #[error("no weights and no population sizes, expected one of the two")]
    NoWeights,
    /// A column of another length than the design.
    #[error("{what} has {found} rows, expected {expected}")]
    Length {
        /// Which column.
        what: String,
        /// Its length.
        found: usize,
        /// The length of the design.
        expected: usize,
    },
    /// No row at all.
    #[error("the design has no rows, expected at least one")]
    NoRows,
    /// A missing label of a stratum or cluster, or a missing population size.
    #[error("{what} is missing, expected a value in every row")]
    MissingLabel {
        /// Which column.
        what: String,
        /// The 1-based row.
        row: usize,
    },
    /// A population size that is not a number above zero.
    #[error("population size is {found}, expected a finite number above zero")]
    Population {
        /// The 1-based row.
        row: usize,
        /// The value as found.
        found: String,
    },
    /// A population smaller than the sample from it.
    #[error("population size {population} is below the {sampled} sampled, expected at least as many")]
    PopulationTooSmall {
        /// The stratum or cluster.
        group: String,
        /// The population size given.
        population: f64,
        /// The units in the sample.
        sampled: usize,
    },
    /// A population size that is not the same throughout its stratum or cluster.
    #[error("population size is {first} and also {other}, expected one size in a stratum")]
    PopulationVaries {
        /// The stratum or cluster.
        group: String,
        /// One size.
        first: f64,
        /// Another.
        other: f64,
        /// The 1-based row of the other.
        row: usize,
    },
    /// A cluster label in two strata.
    #[error("cluster `{cluster}` is in stratum `{first}` and in `{other}`, expected one stratum")]
    ClusterInTwoStrata {
        /// The label of the cluster.
        cluster: String,
        /// One stratum.
        first: String,
        /// Another.
        other: String,
    },
    /// A stratum or cluster with a single sampled unit, which shows no spread.
    #[error("one unit sampled at stage {stage}, expected two or more, or a policy for lonely strata")]
    Lonely {
        /// The stratum, or the cluster at the second stage.
        group: String,
        /// The stage, 1 or 2.
        stage: usize,
    },
    /// More columns of population sizes than stages, or more stages than are supported.
    #[error("{found} columns of {what}, expected at most {expected}")]
    Stages {
        /// Clusters or population sizes.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// How many there can be.
        expected: usize,
    },
    /// No row in the domain.
    #[error("no row with a value, expected at least one")]
    EmptyDomain,
    /// A value inside the domain that is not a finite number.
    #[error("value is {found}, expected a finite number")]
    Value {
        /// The 1-based row.
        row: usize,
        /// The value as found.
        found: String,
    },
    /// A ratio or mean over a total of zero.
    #[error("the total of {what} is zero, expected a total to divide by")]
    ZeroTotal {
        /// What adds up to zero.
        what: String,
    },
    /// A share whose values are not 0 and 1.
    #[error("value is {found}, expected 0 or 1")]
    NotBinary {
        /// The 1-based row.
        row: usize,
        /// The value as found.
        found: f64,
    },
    /// A number outside its range, such as a level of confidence of 95.
    #[error("{what} is {found}, expected {expected}")]
    Range {
        /// Which number.
        what: String,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// An interval method that the design does not allow.
    #[error("the hypergeometric interval was asked, expected a simple random sample from a known population: {reason}")]
    NotSimpleRandom {
        /// Why it is not.
        reason: &'static str,
    },
    /// A method of replication that the design does not allow.
    #[error("{method} replicates of this design are not possible, expected {expected}")]
    Replication {
        /// The method.
        method: &'static str,
        /// What it needs.
        expected: String,
    },
    /// Population totals that the weights could not be made to meet.
    #[error("{method} did not meet {} of its totals after {iterations} rounds: {}", .margins.len(), .margins.join("; "))]
    NotConverged {
        /// The method.
        method: &'static str,
        /// How many rounds were made.
        iterations: usize,
        /// The totals that are not met, each with what was reached and what was asked.
        margins: Vec<String>,
    },
    /// A class of a margin that the sample does not hold, or that has no population total.
    #[error("class `{class}` of margin `{margin}` {problem}")]
    Margin {
        /// The margin.
        margin: String,
        /// The class.
        class: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A column that the table does not have.
    #[error("column `{name}` is not there, expected one of {}", .known.join(", "))]
    NoColumn {
        /// The name asked.
        name: String,
        /// The names of the table.
        known: Vec<String>,
    },
    /// A text where a number is needed.
    #[error("column `{name}` holds a text, expected a number")]
    NotANumber {
        /// The column.
        name: String,
        /// The 1-based row.
        row: usize,
    },
    /// An expression that cannot be read.
    #[error("cannot read `{text}`: {found}, expected {expected}")]
    Expression {
        /// The whole expression.
        text: String,
        /// The 1-based character at which reading stopped.
        position: usize,
        /// What stands there.
        found: String,
        /// What could have stood there.
        expected: &'static str,
    },
    /// A request that combines what does not go together.
    #[error("{found}, expected {expected}")]
    Request {
        /// What was asked.
        found: String,
        /// What can be asked.
        expected: String,
    },
}

impl Error {
    /// Says where it was found, when that is a place in the data or the request.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match self {
            Self::Weight { row, .. }
            | Self::Population { row, .. }
            | Self::Value { row, .. }
            | Self::NotBinary { row, .. }
            | Self::NotANumber { row, .. }
            | Self::MissingLabel { row, .. } => Some(format!("row {row}")),
            Self::PopulationVaries { group, row, .. } => Some(format!("{group}, row {row}")),
            Self::PopulationTooSmall { group, .. } | Self::Lonely { group, .. } => Some(group.clone()),
            Self::ClusterInTwoStrata { cluster, .. } => Some(format!("cluster `{cluster}`")),
            Self::Margin { margin, .. } => Some(format!("margin `{margin}`")),
            Self::Expression { position, .. } => Some(format!("character {position}")),
            _ => None,
        }
    }

    /// Says what can be done about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Weight { .. } => "drop rows that were not sampled, or correct the weight at its source",
            Self::NoWeights => "name the weight column with `--weight`, or the population sizes with `--fpc`",
            Self::Length { .. } => "give one value per row of the design, in the same order",
            Self::NoRows => "check the file, and the filter that was used to make it",
            Self::MissingLabel { .. } => "every sampled row belongs to a stratum and a cluster: complete the column",
            Self::Population { .. } => "give the population size of the stage, or the sampled fraction",
            Self::PopulationTooSmall { .. } => {
                "check that the column holds the population of its own stage: clusters for the first, units for the second"
            }
            Self::PopulationVaries { .. } => "give every row of a stratum (or cluster, at stage 2) the same size",
            Self::ClusterInTwoStrata { .. } => "add `--nest` if cluster labels are unique within a stratum only",
            Self::Lonely { .. } => "choose collapse, remove, certainty, average or adjust for lonely strata",
            Self::Stages { .. } => "name at most two stages, separated by a comma",
            Self::EmptyDomain => "check the condition and the missing values of the columns",
            Self::Value { .. } => "leave the row out of the domain, or correct the value at its source",
            Self::ZeroTotal { .. } => "check the denominator and the condition",
            Self::NotBinary { .. } => "use a comparison, such as `column >= 3`",
            Self::Range { .. } => "correct the number",
            Self::NotSimpleRandom { .. } => "use korn-graubard, the default, for other designs",
            Self::Replication { .. } => "choose another method of replication, or Taylor linearisation",
            Self::NotConverged { .. } => "merge small classes, drop a margin, or widen the bounds",
            Self::Margin { .. } => "merge the class with another, in the sample and in the population",
            Self::NoColumn { .. } => "check the spelling; names are case-sensitive, and `backticks` quote a name",
            Self::NotANumber { .. } => "use a numeric column, or compare texts with `==`",
            Self::Expression { .. } => "write comparisons such as `api00 >= 800 and stype == \"E\"`",
            Self::Request { .. } => "see `nulmeting estimate --help`",
        }
    }
}
