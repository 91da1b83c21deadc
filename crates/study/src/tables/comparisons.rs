//! How groups compare, and how organisations that were assessed twice compare with themselves.

use crate::words::{Scope, TestKind};

table! {
    /// A test between groups of organisations: all groups at once, or one group against the rest of the sample.
    pub struct Comparison, "comparisons", one row per "wave, scope, item, by, group, against and test", key ["wave", "scope", "item", "by", "group", "against", "test"] {
        /// Wave of the measurement.
        wave: String;
        /// What is compared.
        scope: Scope;
        /// Norm code, domain code, `all`, or the code of a further part of the framework.
        item: String;
        /// Grouping variable.
        by: String;
        /// The group that is held against another or against the rest; `all` where all groups are compared at once.
        group: String;
        /// What the group is held against: another group, `rest` for all others of the sample, `all` where all are compared at once.
        against: String;
        /// Which test.
        test: TestKind;
        /// Of a rank test: mean rank of the group less that of the rest, as shares of the population. Of a t test: the mean of the group less that of the other.
        difference: Option<f64>, "share from -1 to 1; of a t test levels, or shares in a pass/fail wave";
        /// Its standard error.
        se: Option<f64>, "as the difference";
        /// The statistic: F of the Rao-Scott test, t of the rank and t tests.
        statistic: f64, "none";
        /// Degrees of freedom: of the numerator for F.
        df: f64, "degrees of freedom";
        /// Degrees of freedom of the denominator; absent for t.
        df_denominator: Option<f64>, "degrees of freedom";
        /// Chance of a statistic this far out if there were no difference.
        p: f64, "probability";
        /// The same, adjusted by Holm's method over its family: all items, and all groups or pairs, of one wave, scope, grouping and test that are published.
        p_adjusted: f64, "probability";
        /// The same, adjusted by Benjamini and Hochberg's method over that family.
        p_fdr: f64, "probability";
        /// Organisations under the test.
        n: i64, "organisations";
    }
}

table! {
    /// What organisations said of themselves against what validation found, for those that have both.
    pub struct Validation, "validation", one row per "wave, scope and item", key ["wave", "scope", "item"] {
        /// Wave of the measurement.
        wave: String;
        /// Domain, or all norms of a part of the framework.
        scope: Scope;
        /// Domain code, `all`, or the code of a further part of the framework.
        item: String;
        /// Mean level by self-assessment, over norms with both; absent when suppressed.
        level_self: Option<f64>, "level";
        /// Mean level after validation, over the same norms; absent when suppressed.
        level_validated: Option<f64>, "level";
        /// Self-assessment less validated level: above zero where organisations rate themselves higher. Absent when suppressed.
        difference: Option<f64>, "level";
        /// Its standard error; absent when suppressed.
        se: Option<f64>, "level";
        /// Lower limit of its 95 % interval.
        ci_low: Option<f64>, "level";
        /// Upper limit of its 95 % interval.
        ci_high: Option<f64>, "level";
        /// Degrees of freedom.
        df: Option<f64>, "degrees of freedom";
        /// Organisations with both; absent when suppressed.
        n: Option<i64>, "organisations";
        /// Whether the number is withheld because too few organisations are under it, or under another that would follow from it.
        suppressed: bool;
    }
}
