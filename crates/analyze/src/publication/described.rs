//! Who took part and how clusters lie, without digits that nobody reads: measures of the whole keep two or three.

use super::significant;
use nulmeting_study::tables::{Cluster, Division, Representation, Typology};

/// Digits of a measure of clusters: enough to see which division is tighter.
const OF_CLUSTERS: i32 = 2;
/// Digits of a share of the register or of those who answered.
const OF_SHARES: i32 = 3;

fn shorten<'a>(values: impl IntoIterator<Item = &'a mut Option<f64>>, digits: i32) {
    for value in values {
        *value = value.map(|value| significant(value, digits));
    }
}

/// Shares of classes; a share of the weights with twelve digits says how many of each stratum answered.
pub(super) fn representation(rows: &mut [Representation]) {
    for row in rows {
        let shares = [
            &mut row.share_respondents,
            &mut row.share_design,
            &mut row.share_weighted,
        ];
        shorten(shares, OF_SHARES);
    }
}

/// Clusters without the organisation in their middle.
pub(super) fn clusters(rows: &mut [Cluster]) {
    for row in rows {
        row.medoid = None;
        shorten([&mut row.silhouette, &mut row.jaccard], OF_CLUSTERS);
    }
}

/// Divisions into clusters: their measures are functions of the distances between organisations.
pub(super) fn divisions(rows: &mut [Division]) {
    for row in rows {
        let measures = [
            &mut row.silhouette,
            &mut row.silhouette_spread,
            &mut row.silhouette_continuum,
            &mut row.excess,
            &mut row.gap,
            &mut row.gap_error,
            &mut row.calinski_harabasz,
            &mut row.jaccard_lowest,
            &mut row.agreement,
            &mut row.coefficient,
            &mut row.entropy,
        ];
        shorten(measures, OF_CLUSTERS);
        // These are compared by their difference, which two digits would hide.
        shorten([&mut row.aic, &mut row.bic], OF_SHARES);
    }
}

/// What may be said of the divisions.
pub(super) fn typology(rows: &mut [Typology]) {
    for row in rows {
        shorten([&mut row.p, &mut row.agreement_rule], OF_CLUSTERS);
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn measures_keep_two_digits_and_absent_ones_stay_absent() {
        let mut values = [Some(0.509_199_230_37), Some(-12.345), None];
        shorten(&mut values, 2);
        assert_eq!(values, [Some(0.51), Some(-12.0), None]);
    }
}
