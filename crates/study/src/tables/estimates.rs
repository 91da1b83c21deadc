//! What the answers say about all organisations.

use crate::words::{Base, Reliability, Scope};

table! {
    /// A published number about norms, domains, axes or the whole framework.
    pub struct Estimate, "estimates", one row per "wave, scope, item, by, group, statistic and base", key ["wave", "scope", "item", "by", "group", "statistic", "base"] {
        /// The number's name, by which `explain` finds it: its key, joined by slashes.
        id: String;
        /// Wave of the measurement.
        wave: String;
        /// What the estimate is about.
        scope: Scope;
        /// Norm code, domain code, axis, `all`, or the code of a further part of the framework.
        item: String;
        /// Grouping variable; `all` without grouping.
        by: String;
        /// Group; `all` without grouping.
        group: String;
        /// Statistic; the definitions page says how each is computed.
        statistic: String;
        /// Which units count.
        base: Base;
        /// The estimate: a share from 0 to 1, or a level; absent when suppressed.
        estimate: Option<f64>, "share from 0 to 1, or level";
        /// Its standard error; absent when suppressed or not defined.
        se: Option<f64>, "as the estimate";
        /// Lower limit of its 95 % interval.
        ci_low: Option<f64>, "as the estimate";
        /// Upper limit of its 95 % interval.
        ci_high: Option<f64>, "as the estimate";
        /// Method of the interval; `none` when there is none, as when suppressed.
        ci_method: String;
        /// Degrees of freedom of the design within the group; absent when suppressed.
        df: Option<f64>, "degrees of freedom";
        /// Design effect against simple random sampling without replacement; absent when not defined.
        deff: Option<f64>, "ratio of variances";
        /// Organisations under the estimate; absent when suppressed.
        n: Option<i64>, "organisations";
        /// Effective number of organisations.
        n_eff: Option<f64>, "organisations";
        /// Organisations of the register that the group stands for, estimated from the weights; absent when suppressed.
        population: Option<f64>, "organisations";
        /// How far it can be relied on.
        reliability: Reliability;
        /// Whether the number is withheld: too few organisations are under it, a few carry it, or it would give such a number away.
        suppressed: bool;
        /// Chance of a difference this large between the group and the rest of the sample if there were none, by the design-based t test; absent without grouping, for medians, in a census, without spread, and when either side is too small to publish.
        p: Option<f64>, "probability";
        /// The same, adjusted by Holm's method over its family: all items and groups of one wave, scope, grouping, statistic and base.
        p_adjusted: Option<f64>, "probability";
        /// The same, adjusted by Benjamini and Hochberg's method over that family.
        p_fdr: Option<f64>, "probability";
    }
}

table! {
    /// A published share of a question beside the norms: obstacles, support needs, suppliers.
    pub struct Choice, "choices", one row per "wave, question, option, by, group, statistic and base", key ["wave", "question", "option", "by", "group", "statistic", "base"] {
        /// The number's name, by which `explain` finds it: its key, joined by slashes.
        id: String;
        /// Wave of the measurement.
        wave: String;
        /// Question code of the codebook.
        question: String;
        /// Option code of the codebook.
        option: String;
        /// Grouping variable; `all` without grouping.
        by: String;
        /// Group; `all` without grouping.
        group: String;
        /// Statistic: share, or gap (share of this question less that of the question it is compared with).
        statistic: String;
        /// Which units count.
        base: Base;
        /// The estimate; absent when suppressed.
        estimate: Option<f64>, "share from 0 to 1";
        /// Its standard error; absent when suppressed or not defined.
        se: Option<f64>, "as the estimate";
        /// Lower limit of its 95 % interval.
        ci_low: Option<f64>, "as the estimate";
        /// Upper limit of its 95 % interval.
        ci_high: Option<f64>, "as the estimate";
        /// Method of the interval; `none` when there is none, as when suppressed.
        ci_method: String;
        /// Degrees of freedom of the design within the group; absent when suppressed.
        df: Option<f64>, "degrees of freedom";
        /// Design effect against simple random sampling without replacement; absent when not defined.
        deff: Option<f64>, "ratio of variances";
        /// Organisations under the estimate: those who answered the question; absent when suppressed.
        n: Option<i64>, "organisations";
        /// Effective number of organisations.
        n_eff: Option<f64>, "organisations";
        /// Organisations of the register that the group stands for, estimated from the weights; absent when suppressed.
        population: Option<f64>, "organisations";
        /// How far it can be relied on.
        reliability: Reliability;
        /// Whether the number is withheld: too few organisations are under it, a few carry it, or it would give such a number away.
        suppressed: bool;
    }
}

table! {
    /// A norm, a domain or a named group of norms in order of how much attention it needs.
    pub struct Attention, "attention", one row per "wave, scope and item", key ["wave", "scope", "item"] {
        /// Wave of the measurement.
        wave: String;
        /// Place in the order of the share below target, 1 being the highest; equal shares have the same rank.
        rank: i64, "rank";
        /// Lowest place that resampling the organisations gives in 95 % of cases.
        rank_low: i64, "rank";
        /// Highest place that resampling the organisations gives in 95 % of cases.
        rank_high: i64, "rank";
        /// What is ranked: norm, domain, or point (a named group of norms of the codebook).
        scope: String;
        /// Norm code, domain code, or code of the point of attention.
        item: String;
        /// Estimated share of organisations that do not meet it; of a group, the mean over its norms. Absent when suppressed.
        share_below_target: Option<f64>, "share from 0 to 1";
        /// Lower limit of the share's 95 % interval.
        ci_low: Option<f64>, "share from 0 to 1";
        /// Upper limit of the share's 95 % interval.
        ci_high: Option<f64>, "share from 0 to 1";
        /// Estimated mean level; absent in a pass/fail wave and when suppressed.
        mean_level: Option<f64>, "level";
        /// Target less mean level; absent in a pass/fail wave and when suppressed.
        gap: Option<f64>, "level";
        /// Organisations under the share; absent when suppressed.
        n: Option<i64>, "organisations";
    }
}
