//! Every table that a stage writes, declared once.
//!
//! In the order of the data's path: what was delivered, who could have answered, what they answered, the
//! levels, the scores, the estimates, the types, and what was found wrong on the way.

mod bands;
mod bundles;
mod changes;
mod comparisons;
mod delivered;
mod estimates;
mod findings;
mod levels;
mod organisations;
mod precision;
mod sums;
mod types;

pub use bands::Band;
pub use bundles::{Analysed, Ingested, Normalized};
pub use changes::Change;
pub use comparisons::{Comparison, Validation};
pub use delivered::{Correction, Response, Source};
pub use estimates::{Attention, Choice, Estimate};
pub use findings::{Finding, Place, Rule, Stage};
pub use levels::{Answer, Level, Score};
pub use organisations::{Organisation, RegisterEntry, Representation, Succession};
pub use precision::Precision;
pub use sums::{AnswerCount, LevelCount, UnitSum};
pub use types::{
    Cluster, Division, Joining, Move, OrganisationType, TypeAgreement, TypeProfile, Typing, Typology, Verdict,
};

use crate::bundle::Bundle;
use crate::table::{Record, Schema};

/// The declarations of all tables, in the order of the data's path.
pub fn all() -> Vec<Schema> {
    [Ingested::schemas(), Normalized::schemas(), Analysed::schemas()].concat()
}

/// The declarations of what a scan over the answers gives: tables that lie in a folder of their own.
pub fn sums() -> Vec<Schema> {
    vec![AnswerCount::schema(), UnitSum::schema(), LevelCount::schema()]
}

/// The name under which the first part of the framework stands in `domain` and `item` when all its norms
/// are taken together; further parts stand under their own code.
pub const ALL: &str = "all";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_column_says_what_it_holds_and_every_key_exists() {
        let mut names = BTreeSet::new();
        for schema in super::all().into_iter().chain(super::sums()) {
            assert!(names.insert(schema.name), "{} is declared twice", schema.name);
            assert!(!schema.row.is_empty());
            for column in &schema.columns {
                assert!(column.meaning.trim().len() > 8, "{}.{}", schema.name, column.name);
            }
            for key in schema.key {
                assert!(schema.column(key).is_some(), "{}.{key}", schema.name);
            }
        }
    }
}
