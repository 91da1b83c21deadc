//! What the organisations answered, per item, per norm and per domain.

use crate::words::{AnswerKind, Assessor, Status};

table! {
    /// An answer of a respondent to an item, with the place where it was delivered.
    pub struct Answer, "answers", one row per "wave, organisation, respondent, item, option and assessor", key ["wave", "organisation", "respondent", "item", "option", "assessor", "source", "sheet", "row", "column"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified; empty when the response names none.
        organisation: String;
        /// Respondent: the key that the tool gave, unique within its source.
        respondent: String;
        /// Norm code, or code of another question of the codebook.
        item: String;
        /// Option of a question with several; empty otherwise.
        option: String;
        /// What the answer is made of.
        kind: AnswerKind;
        /// The answer as delivered; absent when nothing was written or the text may not be kept.
        value: Option<String>;
        /// Maturity level; absent unless a level was answered.
        level: Option<i64>, "level";
        /// Whether the test was passed or the option chosen; absent for other kinds and when not answered.
        holds: Option<bool>;
        /// Whether it was answered, or why not.
        status: Status;
        /// Who gave the answer.
        assessor: Assessor;
        /// Whether it counts for its organisation: its response does, and it is the respondent's one answer to the question.
        counts: bool;
        /// Path of the file, relative to the study file.
        source: String;
        /// Sheet of a workbook; empty for text files.
        sheet: String;
        /// Row in the file or sheet, the first row being 1.
        row: i64, "rows";
        /// Column: its letters in a workbook, its heading in a text file.
        column: String;
    }
}

table! {
    /// The level of an organisation on a norm, one per assessor.
    pub struct Level, "levels", one row per "wave, responding organisation, norm and assessor", key ["wave", "organisation", "norm", "assessor"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: String;
        /// Norm code.
        norm: String;
        /// Domain code.
        domain: String;
        /// Who gave the level.
        assessor: Assessor;
        /// Whether this row feeds the scores.
        used: bool;
        /// Maturity level; absent in a pass/fail wave and when not answered.
        level: Option<i64>, "level";
        /// Whether it was answered, or why not.
        status: Status;
        /// Respondents whose answers the level comes from.
        respondents: i64, "respondents";
        /// The norm's own target; absent in a pass/fail wave.
        target: Option<i64>, "level";
        /// Whether the target is met or the test passed; absent when not answered or not applicable.
        meets_target: Option<bool>;
    }
}

table! {
    /// The score of an organisation on a domain, or on all norms of a part of the framework.
    pub struct Score, "scores", one row per "wave, responding organisation and domain (`all`: every norm of the first part; further parts under their own code)", key ["wave", "organisation", "domain"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: String;
        /// Domain code, `all`, or the code of a further part.
        domain: String;
        /// Norms of the domain in the codebook.
        norms: i64, "norms";
        /// Norms that apply to the organisation.
        applicable: i64, "norms";
        /// Applicable norms that were answered.
        answered: i64, "norms";
        /// Mean level over the applicable, answered norms; absent in a pass/fail wave and when too few were answered.
        mean_level: Option<f64>, "level";
        /// Share of the applicable, answered norms at or above their own target; absent when too few were answered.
        share_meeting: Option<f64>, "share from 0 to 1";
        /// Whether every applicable norm is answered and at or above target; absent when no norm applies.
        compliant: Option<bool>;
        /// Whether every applicable norm is answered.
        complete: bool;
    }
}
