//! What a scan over the answers gives: tables that another engine may make from the SQL that the program prints.

use crate::words::{AnswerKind, Assessor, Status};

table! {
    /// How many answers of an organisation to a question came to the same: all that is asked of the answers themselves.
    pub struct AnswerCount, "answer_counts", one row per "wave, organisation, question (item, option, assessor, kind) and outcome (status, level, holds) that occurs", key ["wave", "organisation", "item", "option", "assessor", "kind", "status", "level", "holds"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, as in `answers`.
        organisation: String;
        /// Norm code, or code of another question of the codebook.
        item: String;
        /// Option of a question with several; empty otherwise.
        option: String;
        /// Who gave the answer.
        assessor: Assessor;
        /// What the answer is made of.
        kind: AnswerKind;
        /// Whether it was answered, or why not.
        status: Status;
        /// Maturity level; absent unless a level was answered.
        level: Option<i64>, "level";
        /// Whether the test was passed or the option chosen; absent for other kinds and when not answered.
        holds: Option<bool>;
        /// Answers that count for the organisation and came to this.
        answers: i64, "answers";
    }
}

table! {
    /// Sums over the answers of one primary unit to one question, with the weight of the unit.
    pub struct UnitSum, "unit_sums", one row per "wave, stratum, organisation with a weight, and question (item, option, assessor, kind) that it answered", key ["wave", "organisation", "item", "option", "assessor", "kind"] {
        /// Wave of the measurement.
        wave: String;
        /// Stratum after collapsing.
        stratum: String;
        /// Organisation: the primary unit.
        organisation: String;
        /// Sector, a group of the estimates.
        sector: Option<String>;
        /// Size class, a group of the estimates.
        size: Option<String>;
        /// Norm code, or code of another question of the codebook.
        item: String;
        /// Option of a question with several; empty otherwise.
        option: String;
        /// Who gave the answer.
        assessor: Assessor;
        /// What the answer is made of; x is the level, or 1 where the test was passed or the option chosen and else 0.
        kind: AnswerKind;
        /// Answers: one per respondent.
        n: i64, "answers";
        /// Σw, w being the organisation's weight.
        w: f64, "organisations × answers";
        /// Σw², the sum of squared weights.
        ww: f64, "organisations² × answers";
        /// Σw·x, the weighted sum.
        wx: f64, "organisations × level or × answers";
        /// Σw·x², the weighted sum of squares.
        wxx: f64, "organisations × level² or × answers";
    }
}

table! {
    /// Weighted counts of answers per outcome, for all organisations and by group.
    pub struct LevelCount, "level_counts", one row per "wave, group (variable, class), question (item, option, assessor, kind) and outcome (status, level, holds) that occurs", key ["wave", "variable", "class", "item", "option", "assessor", "kind", "status", "level", "holds"] {
        /// Wave of the measurement.
        wave: String;
        /// Grouping variable: all, sector or size.
        variable: String;
        /// Group; `all` without grouping.
        class: String;
        /// Norm code, or code of another question of the codebook.
        item: String;
        /// Option of a question with several; empty otherwise.
        option: String;
        /// Who gave the answer.
        assessor: Assessor;
        /// What the answer is made of.
        kind: AnswerKind;
        /// Whether it was answered, or why not.
        status: Status;
        /// Maturity level; absent unless a level was answered.
        level: Option<i64>, "level";
        /// Whether the test was passed or the option chosen; absent for other kinds and when not answered.
        holds: Option<bool>;
        /// Organisations with such an answer.
        organisations: i64, "organisations";
        /// Answers under the count.
        answers: i64, "answers";
        /// Σw over the answers, w being the organisation's weight.
        w: f64, "organisations × answers";
        /// Σw², the sum of squared weights.
        ww: f64, "organisations² × answers";
    }
}
