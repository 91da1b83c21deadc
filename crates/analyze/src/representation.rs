//! Who is missing: the classes of the register beside those who answered, before and after weighting.
//!
//! It shows what weighting repairs by the register's own variables; how those who did not answer differ otherwise, no
//! table can show.

use crate::survey::{Registered, representation};
use nulmeting_study::tables::{Organisation, Representation};
use std::collections::BTreeMap;

/// The class of an organisation; none where it is not known.
type Classify = fn(&Organisation) -> Option<&String>;

/// How every wave's strata, sectors and size classes are represented.
///
/// Shape: in the order of waves, then stratum, sector, size, then classes by name; organisations outside the register
/// are left out.
pub fn represented(organisations: &[Organisation]) -> Vec<Representation> {
    let mut waves: BTreeMap<&str, Vec<&Organisation>> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.stratum.is_some()) {
        waves.entry(&row.wave).or_default().push(row);
    }
    let variables: [(&str, Classify); 3] = [
        ("stratum", |row| row.stratum.as_ref()),
        ("sector", |row| row.sector.as_ref()),
        ("size", |row| row.size.as_ref()),
    ];
    let mut rows = Vec::new();
    for (wave, register) in waves {
        for (variable, class) in variables {
            let known: Vec<&&Organisation> = register.iter().filter(|row| class(row).is_some()).collect();
            let units = |weights: fn(&Organisation) -> Option<(f64, f64)>| -> Vec<Registered> {
                let unit = |row: &&&Organisation| Registered {
                    class: class(row).cloned().unwrap_or_default(),
                    sampled: row.sampled,
                    weights: weights(row),
                };
                known.iter().map(unit).collect()
            };
            let counted = representation(&units(|row| row.design_weight.map(|weight| (1.0, weight))));
            let weighted = representation(&units(|row| row.design_weight.zip(row.weight)));
            rows.extend(
                counted
                    .into_iter()
                    .zip(weighted)
                    .map(|(counted, weighted)| Representation {
                        wave: wave.to_owned(),
                        variable: variable.to_owned(),
                        class: counted.class,
                        population: counted.population as i64,
                        sampled: counted.sampled as i64,
                        responded: counted.responded as i64,
                        response: counted.response,
                        share_register: counted.share_register,
                        share_respondents: counted.share_before,
                        share_design: weighted.share_before,
                        share_weighted: weighted.share_after,
                    }),
            );
        }
    }
    rows
}
