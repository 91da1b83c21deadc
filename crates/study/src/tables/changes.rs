//! What moved between two waves, and how sure that is.

use crate::words::{Base, Boards, Comparability, Scope, SpeaksFor};

table! {
    /// The change of a published number between two waves.
    pub struct Change, "changes", one row per "pair of waves, boards, scope, item, by, group, statistic and base", key ["from_wave", "to_wave", "boards", "scope", "item", "by", "group", "statistic", "base"] {
        /// The number's name, by which `explain` finds it: `change` and its key, joined by slashes.
        id: String;
        /// Earlier wave; for a bridge group the wave that carried the old version.
        from_wave: String;
        /// Later wave.
        to_wave: String;
        /// Which organisations the change is about.
        boards: Boards;
        /// What it is about.
        scope: Scope;
        /// Norm code, domain code, axis, `all`, or the code of a further part, as in the later wave.
        item: String;
        /// Grouping variable: sector, size or type, each as it was in its own wave; `all` without grouping.
        by: String;
        /// Group; `all` without grouping.
        group: String;
        /// Statistic; the definitions page says how each is computed.
        statistic: String;
        /// Which units count.
        base: Base;
        /// Estimate of the earlier wave on what both waves share; at a break that of the wave by itself. Absent when suppressed or not measured.
        from_estimate: Option<f64>, "share from 0 to 1, or level";
        /// Estimate of the later wave, as the earlier one.
        to_estimate: Option<f64>, "share from 0 to 1, or level";
        /// Later less earlier; absent at a break without a bridge group and when suppressed.
        change: Option<f64>, "difference of shares, or levels";
        /// Its standard error, with the covariance of returning organisations in it.
        se: Option<f64>, "as the change";
        /// Lower limit of its 95 % interval.
        ci_low: Option<f64>, "as the change";
        /// Upper limit of its 95 % interval.
        ci_high: Option<f64>, "as the change";
        /// Method of the interval: t, mover (from the intervals of both waves, where the standard error is nought), census or none.
        ci_method: String;
        /// Degrees of freedom: primary units less strata of both waves taken together.
        df: Option<f64>, "degrees of freedom";
        /// Two-sided p-value of no change; absent without a standard error above nought.
        p: Option<f64>, "probability";
        /// The same adjusted by Holm's method within its family: all items and groups of one pair, boards, scope, by, statistic and base.
        p_adjusted: Option<f64>, "probability";
        /// The same adjusted by Benjamini and Hochberg's method within that family.
        p_fdr: Option<f64>, "probability";
        /// Organisations under the change: everyone with a value in either wave, each once; this and the next five absent when suppressed, or where few came or went.
        n: Option<i64>, "organisations";
        /// Organisations with a value in the earlier wave.
        n_from: Option<i64>, "organisations";
        /// Organisations with a value in the later wave.
        n_to: Option<i64>, "organisations";
        /// Organisations with a value in both; a merged one counts once.
        returning: Option<i64>, "organisations";
        /// Organisations with a value in the later wave only.
        came: Option<i64>, "organisations";
        /// Organisations with a value in the earlier wave only.
        went: Option<i64>, "organisations";
        /// Whether the numbers of both waves measure the same thing.
        comparability: Comparability;
        /// Whom the change speaks for.
        speaks_for: SpeaksFor;
        /// Whether the number is withheld: too few organisations are under it, or it would give away what is withheld of a wave, or of the few who came or went.
        suppressed: bool;
    }
}
