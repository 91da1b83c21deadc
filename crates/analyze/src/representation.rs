//! Who is missing: the classes of the register beside those who answered, before and after weighting.
//!
//! It shows what weighting repairs by the register's own variables; how those who did not answer differ otherwise, no
//! table can show.

use crate::disclosure::{Cell, Evidence, RESPONSE, Withheld};
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::{ALL, Organisation, Representation};
use nulmeting_study::words::Base;
use nulmeting_survey::{Registered, representation};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the number of respondents in disclosure control.
const RESPONDED: &str = "responded";

/// The evidence of how many of each class of a wave took part.
///
/// Shape: a row for each class, also where nobody did: that is no secret, but may protect others that are.
/// Method: strata that make up a sector or size class add up to it.
pub fn evidence(rules: &Disclosure, wave: &str, organisations: &[Organisation]) -> Vec<Evidence> {
    let own = organisations
        .iter()
        .filter(|row| row.wave == wave && row.stratum.is_some());
    let register: Vec<&Organisation> = own.collect();
    let mut found = Vec::new();
    let answered = |rows: &[&&Organisation]| rows.iter().filter(|row| row.responded).count();
    let everyone: Vec<&&Organisation> = register.iter().collect();
    let count = |by: &str, group: &str, rows: &[&&Organisation]| {
        // Of what is withheld, nobody may have taken part.
        Evidence::count(rules, cell(wave, by, group), RESPONDED, answered(rows), (0, rows.len()))
    };
    found.push(count(ALL, ALL, &everyone));
    for (variable, class) in VARIABLES {
        for name in register.iter().filter_map(|row| class(row)).collect::<BTreeSet<_>>() {
            let of = |class: Classify, name: &String| -> Vec<&&Organisation> {
                register.iter().filter(|row| class(row) == Some(name)).collect()
            };
            let rows = of(class, name);
            let mut evidence = count(variable, name, &rows);
            for (parent, above) in VARIABLES.iter().filter(|own| variable == STRATUM && own.0 != STRATUM) {
                let Some(whole) = rows.first().and_then(|row| above(row)) else {
                    continue;
                };
                // Only where no stratum of the class lies partly outside it.
                let strata: BTreeSet<Option<&String>> = of(*above, whole).iter().map(|row| class(row)).collect();
                let inside = |row: &&&Organisation| above(row) == Some(whole);
                if register
                    .iter()
                    .filter(|row| strata.contains(&class(row)))
                    .all(|row| inside(&row))
                {
                    evidence = evidence.within(cell(wave, parent, whole), RESPONDED);
                }
            }
            found.push(evidence);
        }
    }
    found
}

/// Notes of every class whether what is told of it stays inside.
pub fn decided(rows: &mut [Representation], withheld: &Withheld) {
    for row in rows {
        row.inside = !withheld.is_open(&cell(&row.wave, &row.variable, &row.class));
    }
}

fn cell(wave: &str, by: &str, group: &str) -> Cell {
    Cell {
        wave: wave.to_owned(),
        item: RESPONSE.to_owned(),
        base: Base::Organisations,
        by: by.to_owned(),
        group: group.to_owned(),
    }
}

/// The class of an organisation; none where it is not known.
type Classify = fn(&Organisation) -> Option<&String>;

/// The classification that weights start from.
const STRATUM: &str = "stratum";
/// What organisations are classified by.
const VARIABLES: [(&str, Classify); 3] = [
    (STRATUM, |row| row.stratum.as_ref()),
    ("sector", |row| row.sector.as_ref()),
    ("size", |row| row.size.as_ref()),
];

/// How every wave's strata, sectors and size classes are represented.
///
/// Shape: in the order of waves, then stratum, sector, size, then classes by name; organisations outside the register
/// are left out.
pub fn represented(organisations: &[Organisation]) -> Vec<Representation> {
    let mut waves: BTreeMap<&str, Vec<&Organisation>> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.stratum.is_some()) {
        waves.entry(&row.wave).or_default().push(row);
    }
    let mut rows = Vec::new();
    for (wave, register) in waves {
        for (variable, class) in VARIABLES {
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
                        inside: true,
                    }),
            );
        }
    }
    rows
}
