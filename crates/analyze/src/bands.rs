//! Bands: where the middle half of a group of organisations lies, for a board's own report.
//!
//! A band is no estimate of anything: it describes those who took part, unweighted and without an interval. It is the
//! same for every board of the group, so that no two of them learn more together, and coarsened, so that no quartile is
//! the score of anyone.

use nulmeting_study::tables::{ALL, Band, Level, Organisation, Score};
use nulmeting_study::words::Scope;
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// Steps of a mean level.
const LEVEL_STEP: f64 = 0.25;
/// Steps of a share.
const SHARE_STEP: f64 = 0.05;

type Item<'a> = (Scope, &'a str, &'static str);

/// The bands of every wave, for all organisations, per sector, and per sector and size.
///
/// Missing: an item that nobody of a group answered has no row.
/// Method: quartiles by linear interpolation (type 7 of Hyndman and Fan 1996), rounded outwards.
pub fn bands(
    study: &Study,
    frameworks: &BTreeMap<String, Framework>,
    organisations: &[Organisation],
    scores: &[Score],
    levels: &[Level],
) -> Vec<Band> {
    let mut bands = Vec::new();
    for (wave, framework) in frameworks {
        let mut values: BTreeMap<&str, Vec<(Item<'_>, f64)>> = BTreeMap::new();
        for score in scores.iter().filter(|score| score.wave == *wave) {
            let scope = if framework.domain(&score.domain).is_some() {
                Scope::Domain
            } else {
                Scope::All
            };
            let (statistic, value) = match score.mean_level {
                Some(level) => ("mean_level", Some(level)),
                None if framework.scale().is_none() => ("share_meeting", score.share_meeting),
                None => continue,
            };
            let Some(value) = value else { continue };
            values
                .entry(&score.organisation)
                .or_default()
                .push(((scope, &score.domain, statistic), value));
        }
        for row in levels.iter().filter(|row| row.wave == *wave && row.used) {
            let Some(level) = row.level else { continue };
            values
                .entry(&row.organisation)
                .or_default()
                .push(((Scope::Norm, &row.norm, "level"), level as f64));
        }
        let mut groups: BTreeMap<(&str, String, Item<'_>), Vec<f64>> = BTreeMap::new();
        for row in organisations.iter().filter(|row| row.wave == *wave && row.responded) {
            let Some(own) = values.get(row.organisation.as_str()) else {
                continue;
            };
            for (by, group) in groups_of(row) {
                for (item, value) in own {
                    groups.entry((by, group.clone(), *item)).or_default().push(*value);
                }
            }
        }
        for ((by, group, (scope, item, statistic)), mut values) in groups {
            values.sort_by(f64::total_cmp);
            let step = step(scope, statistic);
            let n = values.len() as i64;
            // Whoever reads it is one of them: the others alone must be enough.
            let suppressed = n - 1 < study.disclosure.minimum;
            let [low, middle, high] = quartiles(&values, step).map(|value| (!suppressed).then_some(value));
            bands.push(Band {
                wave: wave.clone(),
                by: by.to_owned(),
                group,
                scope,
                item: item.to_owned(),
                statistic: statistic.to_owned(),
                low,
                middle,
                high,
                n,
                suppressed,
            });
        }
    }
    bands
}

/// The steps that the limits of a band are rounded to.
fn step(scope: Scope, statistic: &str) -> f64 {
    match (scope, statistic) {
        (Scope::Norm, _) => 1.0,
        (_, "mean_level") => LEVEL_STEP,
        _ => SHARE_STEP,
    }
}

/// The middle of a band with these values.
pub(crate) fn middle(scope: Scope, statistic: &str, mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quartiles(&values, step(scope, statistic))[1]
}

/// The groups that an organisation belongs to, the smallest first.
pub fn groups_of(row: &Organisation) -> Vec<(&'static str, String)> {
    let mut groups = Vec::new();
    if let Some(sector) = &row.sector {
        if let Some(size) = &row.size {
            groups.push(("sector,size", format!("{sector},{size}")));
        }
        groups.push(("sector", sector.clone()));
    }
    groups.push((ALL, ALL.to_owned()));
    groups
}

/// Lower quartile, median and upper quartile of sorted values, rounded outwards to steps.
fn quartiles(values: &[f64], step: f64) -> [f64; 3] {
    let at = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let below = place.floor() as usize;
        let above = (below + 1).min(values.len() - 1);
        (values[below] + (place - below as f64) * (values[above] - values[below])) / step
    };
    // What lies on a step but for the last digit is on it.
    const NEAR: f64 = 1e-9;
    [
        (at(0.25) + NEAR).floor() * step,
        at(0.5).round() * step,
        (at(0.75) - NEAR).ceil() * step,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_rounded_outwards() {
        // R: quantile(c(1.1, 1.3, 1.9, 2.2, 2.6, 3.4)) gives 1.45, 2.05 and 2.5.
        let values = [1.1, 1.3, 1.9, 2.2, 2.6, 3.4];
        assert_eq!(quartiles(&values, 0.25), [1.25, 2.0, 2.5]);
        assert_eq!(quartiles(&[2.0; 7], 1.0), [2.0, 2.0, 2.0]);
        assert_eq!(
            quartiles(&[0.15; 6], 0.05).map(|value| (value * 100.0).round()),
            [15.0, 15.0, 15.0]
        );
    }

    #[test]
    fn a_band_needs_as_many_others_as_the_study_asks() {
        let study = Study::parse(
            "[study]\ntitle = \"t\"\nframework = \"f\"\nseed = 1\ndate = 2024-06-01\nidentified = true\n[population]\nregister = \"r.csv\"\ncolumns = { id = \"I\", sector = \"S\", pupils = \"P\" }\nstrata = [\"sector\"]\n[[wave]]\nid = \"2024\"\nselection = \"census\"\n[[wave.source]]\npath = \"a.csv\"\n",
            "test",
        )
        .unwrap();
        let framework = nulmeting_study::shipped::codebook("normenkader-ibp-fo-2024")
            .unwrap()
            .unwrap();
        let domain = framework.domains[0].code.clone();
        let boards = |count: usize| {
            let organisations: Vec<Organisation> = (0..count)
                .map(|place| Organisation {
                    wave: "2024".into(),
                    organisation: format!("b{place}"),
                    sector: Some("PO".into()),
                    size: None,
                    pupils: None,
                    stratum: Some("PO".into()),
                    population: Some(10),
                    sampled: true,
                    responded: true,
                    design_weight: None,
                    weight: None,
                })
                .collect();
            let scores: Vec<Score> = (0..count)
                .map(|place| Score {
                    wave: "2024".into(),
                    organisation: format!("b{place}"),
                    domain: domain.clone(),
                    norms: 4,
                    applicable: 4,
                    answered: 4,
                    mean_level: Some(1.0 + place as f64 * 0.3),
                    share_meeting: Some(0.0),
                    compliant: Some(false),
                    complete: true,
                })
                .collect();
            let frameworks = BTreeMap::from([("2024".to_owned(), framework.clone())]);
            bands(&study, &frameworks, &organisations, &scores, &[])
        };
        let few = boards(study.disclosure.minimum as usize);
        assert!(!few.is_empty() && few.iter().all(|band| band.suppressed && band.low.is_none()));
        let enough = boards(study.disclosure.minimum as usize + 1);
        assert_eq!(enough.len(), 2);
        assert!(enough.iter().all(|band| !band.suppressed && band.low < band.high));
    }
}
