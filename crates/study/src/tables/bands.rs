//! What a board's own report lays its levels beside.

use crate::words::Scope;

table! {
    /// Where the middle half of the organisations that answered lies, group by group, coarsened so that it gives away no one.
    pub struct Band, "bands", one row per "wave, by, group, scope and item", key ["wave", "by", "group", "scope", "item"] {
        /// Wave of the measurement.
        wave: String;
        /// Grouping: `sector,size`, `sector`, or `all` without grouping.
        by: String;
        /// Group, its parts joined by a comma; `all` without grouping.
        group: String;
        /// What the band is about: a norm, a domain, or all norms of a part.
        scope: Scope;
        /// Norm code, domain code, `all`, or the code of a further part.
        item: String;
        /// What is laid out: `level` of a norm, `mean_level`, or `share_meeting` in a pass/fail wave.
        statistic: String;
        /// Lower quartile over organisations, unweighted, rounded down to a quarter level, a whole level of a norm, or 0.05; absent when suppressed.
        low: Option<f64>, "level, or share from 0 to 1";
        /// Median, rounded to the same steps; absent when suppressed.
        middle: Option<f64>, "level, or share from 0 to 1";
        /// Upper quartile, rounded up to the same steps; absent when suppressed.
        high: Option<f64>, "level, or share from 0 to 1";
        /// Organisations in the group with a value.
        n: i64, "organisations";
        /// Whether the band is withheld: for any one of the group, fewer others than the study's minimum are in it.
        suppressed: bool;
    }
}
