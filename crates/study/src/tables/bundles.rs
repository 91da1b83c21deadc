//! The set of tables that each stage hands on: to add a table, declare its row and name it here.

use super::{
    Answer, Attention, Band, Change, Choice, Cluster, Comparison, Correction, Division, Estimate, Finding, Joining,
    Level, Move, Organisation, OrganisationType, Precision, RegisterEntry, Representation, Response, Score, Source,
    Succession, TypeAgreement, TypeProfile, Typology, Validation,
};
use crate::Framework;
use crate::asked_question::AskedQuestion;
use crate::released::Released;
use std::collections::BTreeMap;

bundle! {
    /// What the ingest stage hands on: what was delivered, in tables sorted by their key.
    pub struct Ingested {
        /// The files that were read.
        sources: Vec<Source>,
        /// The register of every wave.
        register: Vec<RegisterEntry>,
        /// The register's history.
        history: Vec<Succession>,
        /// The corrections that were applied.
        corrections: Vec<Correction>,
        /// The cells that were delivered for known questions.
        responses: Vec<Response>,
        also {
            /// What the stage found wrong or doubtful; the table of findings is the next stage's to complete.
            findings: Vec<Finding>,
            /// The questions of every source, in file order.
            questions: Vec<AskedQuestion>,
            /// SHA-256 of every file that was opened, by its path relative to the study file.
            inputs: BTreeMap<String, String>,
        }
    }
}

bundle! {
    /// What the normalize stage hands on: answers, levels and weights.
    pub struct Normalized {
        /// Organisations of the register and of the answers, by wave and organisation.
        organisations: Vec<Organisation>,
        /// Every delivered answer, whether it counts or not, by its key.
        answers: Vec<Answer>,
        /// Levels of the responding organisations of the register, by their key.
        levels: Vec<Level>,
        /// What both stages found wrong or doubtful, worst first.
        findings: Vec<Finding>,
        also {
            /// Framework by wave, with the norms that an export names and the codebook does not.
            frameworks: BTreeMap<String, Framework>,
        }
    }
}

bundle! {
    /// What the analyze stage hands on: everything that is estimated.
    pub struct Analysed {
        /// Who is missing.
        representation: Vec<Representation>,
        /// Scores per organisation and domain.
        scores: Vec<Score>,
        /// Where the middle half of each group lies, for the boards' own reports.
        bands: Vec<Band>,
        /// Estimates about norms, domains, axes and parts.
        estimates: Released<Estimate>,
        /// Tests between groups.
        comparisons: Vec<Comparison>,
        /// Self-assessment against validation.
        validation: Released<Validation>,
        /// Shares of the questions beside the norms.
        choices: Released<Choice>,
        /// What moved between waves.
        changes: Released<Change>,
        /// Types per organisation.
        types: Vec<OrganisationType>,
        /// Clusters that were tried.
        clusters: Vec<Cluster>,
        /// Divisions that were tried, with every measure.
        divisions: Vec<Division>,
        /// What may be said of the divisions.
        typology: Vec<Typology>,
        /// Clusters beside types by rule.
        type_agreement: Vec<TypeAgreement>,
        /// What the organisations of a type are like.
        type_profiles: Released<TypeProfile>,
        /// Moves between types of returning organisations.
        moves: Released<Move>,
        /// Trees of organisations.
        joinings: Vec<Joining>,
        /// Norms, domains and points in order of how much attention they need.
        attention: Released<Attention>,
        /// How precisely the public profile gives the numbers of each group.
        precision: Vec<Precision>,
    }
}
