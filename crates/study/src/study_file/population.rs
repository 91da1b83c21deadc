//! The frame of a study: the register, its columns, and what makes strata and weights.

use crate::words::Lonely;
use serde::Deserialize;

/// The frame: every organisation that could have been asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// The register, relative to the study file.
    pub register: String,
    /// Which columns of the register hold what.
    pub columns: RegisterColumns,
    /// The register's history: mergers, splits and new numbers, relative to the study file.
    pub history: Option<String>,
    /// Variables that together make a stratum: `sector`, `size`.
    #[serde(default)]
    pub strata: Vec<Variable>,
    /// Limits of the size classes.
    /// Unit: pupils; an organisation at a limit is in the higher class.
    #[serde(default)]
    pub size: Vec<i64>,
    /// Variables over which strata with fewer than two respondents are joined to the next class.
    #[serde(default)]
    pub collapse: Vec<Variable>,
    /// What is done with a stratum in which one organisation answered, after collapsing.
    #[serde(default = "lonely")]
    pub lonely: Lonely,
    /// Variables whose classes are taken to answer alike: within each, those who answered stand for all who were
    /// asked. Empty: those who answered stand for their stratum.
    #[serde(default)]
    pub nonresponse: Vec<Variable>,
    /// Margins to which the weights are raked; empty: design weights only.
    #[serde(default)]
    pub calibrate: Vec<Variable>,
}

fn lonely() -> Lonely {
    Lonely::Fail
}

/// Which columns of the register hold what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterColumns {
    /// Number of the organisation.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Sector.
    pub sector: String,
    /// Pupils; summed when the register has several rows for an organisation.
    pub pupils: String,
}

crate::words! {
    /// A variable of the register that may group or stratify.
    pub enum Variable {
        /// Sector of education.
        Sector = "sector",
        /// Size class by pupils.
        Size = "size",
    }
}
