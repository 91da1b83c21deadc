//! How precisely the public profile gives the numbers of each group.

use crate::words::Base;

table! {
    /// The grid on which the numbers of a group are published.
    pub struct Precision, "precision", one row per "wave, grouping, group and base", key ["wave", "by", "group", "base"] {
        /// Wave of the measurement.
        wave: String;
        /// Grouping variable; `all` without grouping.
        by: String;
        /// Group; `all` without grouping.
        group: String;
        /// Which units count.
        base: Base;
        /// Distance between neighbouring published values; absent when the group is not published because no grid leaves its answers undetermined.
        step: Option<f64>, "share from 0 to 1, or level";
        /// Width of the first and the last cell of the scale: a value in the middle of it stands for at most, or at least, its inner limit.
        end: Option<f64>, "share from 0 to 1, or level";
    }
}
