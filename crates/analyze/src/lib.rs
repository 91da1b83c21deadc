//! From typed tables to estimates: what the answers of the boards that took part say about all boards.
//!
//! In reading order: scores, the sample, clusters and types, the variables, disclosure control, their estimates, choices and attention; last the
//! trace of a published number back to the answers. This crate
//! does no input or output, asks no clock, and draws random numbers only from a seed that it is given.

pub mod clusters;
pub mod sample;
pub mod score;
pub mod types;
pub mod variable;

pub mod disclosure;

pub mod attention;
pub mod bands;
pub mod change;
pub mod choices;
pub mod comparisons;
pub mod estimates;
pub mod next_wave;
pub mod publication;
pub mod reliability;
pub mod representation;
pub mod trace;
pub mod validation;

mod analysis;

pub use analysis::analyze;

/// An analysis that cannot go on because of the data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The sample of a wave cannot be estimated from.
    #[error(
        "{cause}\n  at   wave `{wave}`{}\n  hint {}",
        .cause.place().map_or_else(String::new, |place| format!(", {place}")),
        hint(.cause)
    )]
    Design {
        /// Wave.
        wave: String,
        /// What is wrong with it.
        #[source]
        cause: nulmeting_survey::Error,
    },
}

/// What can be done about it in the study file.
fn hint(cause: &nulmeting_survey::Error) -> &'static str {
    match cause {
        nulmeting_survey::Error::Lonely { .. } => {
            "join strata with `population.collapse`, or say what to do with `population.lonely` (remove, certainty, average, adjust)"
        }
        other => other.hint(),
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_design_that_cannot_be_used_names_wave_and_stratum_and_what_to_do() {
        let error = Error::Design {
            wave: "2024".to_owned(),
            cause: nulmeting_survey::Error::Lonely {
                group: "stratum `so,1`".to_owned(),
                stage: 1,
            },
        };
        let text = error.to_string();
        for part in [
            "wave `2024`, stratum `so,1`",
            "population.collapse",
            "population.lonely",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
