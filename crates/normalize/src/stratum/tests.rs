use super::{Member, size_class, size_label, strata};
use nulmeting_study::study_file::{Population, RegisterColumns, Variable};
use nulmeting_study::words::Lonely;

fn population(strata: &[Variable], collapse: &[Variable]) -> Population {
    Population {
        register: "register.csv".into(),
        columns: RegisterColumns {
            id: "ID".into(),
            name: None,
            sector: "SECTOR".into(),
            pupils: "PUPILS".into(),
        },
        history: None,
        strata: strata.to_vec(),
        size: vec![1000, 5000, 20000],
        collapse: collapse.to_vec(),
        lonely: Lonely::Fail,
        nonresponse: Vec::new(),
        calibrate: Vec::new(),
    }
}

/// Members of one sector: pupils, how many organisations, how many of them answered.
fn members(sector: &'static str, classes: &[(i64, usize, usize)]) -> Vec<Member<'static>> {
    classes
        .iter()
        .flat_map(|(pupils, number, responded)| {
            (0..*number).map(move |index| Member {
                organisation: "",
                sector,
                pupils: Some(*pupils),
                sampled: index < *responded,
                responded: index < *responded,
            })
        })
        .collect()
}

fn shape(strata: &[super::Stratum]) -> Vec<(&str, i64, i64)> {
    strata
        .iter()
        .map(|stratum| (stratum.label.as_str(), stratum.population(), stratum.responded))
        .collect()
}

const BOTH: &[Variable] = &[Variable::Sector, Variable::Size];
const SIZE: &[Variable] = &[Variable::Size];

#[test]
fn labels_of_size_classes() {
    let limits = [1000, 5000, 20000];
    assert_eq!(size_label(&limits, 0, 0), "<1000");
    assert_eq!(size_label(&limits, 1, 1), "1000-4999");
    assert_eq!(size_label(&limits, 1, 2), "1000-19999");
    assert_eq!(size_label(&limits, 3, 3), ">=20000");
    assert_eq!(size_label(&limits, 0, 3), "all sizes");
    assert_eq!(
        (size_class(&limits, Some(999)), size_class(&limits, Some(1000))),
        (0, 1)
    );
    assert_eq!(size_class(&limits, None), 0);
}

#[test]
fn thin_stratum_joins_the_next_class_up_and_the_highest_the_next_lower() {
    let all = members("po", &[(500, 10, 1), (2000, 20, 3), (9000, 5, 2), (30000, 2, 1)]);
    assert_eq!(
        shape(&strata(&population(BOTH, SIZE), &all)),
        [("po / <5000", 30, 4), ("po / >=5000", 7, 3)]
    );
}

#[test]
fn joining_goes_on_until_one_class_is_left() {
    let all = members("so", &[(500, 10, 0), (2000, 20, 1), (9000, 5, 0)]);
    assert_eq!(shape(&strata(&population(BOTH, SIZE), &all)), [("so / <20000", 35, 1)]);
}

#[test]
fn joining_stays_within_the_sector() {
    let mut all = members("po", &[(500, 10, 5), (2000, 20, 5)]);
    all.extend(members("vo", &[(500, 3, 0), (2000, 4, 2)]));
    assert_eq!(
        shape(&strata(&population(BOTH, SIZE), &all)),
        [("po / <1000", 10, 5), ("po / 1000-4999", 20, 5), ("vo / <5000", 7, 2)]
    );
}

#[test]
fn nothing_joins_unless_the_study_says_so() {
    let all = members("so", &[(500, 10, 0), (2000, 20, 1)]);
    assert_eq!(
        shape(&strata(&population(BOTH, &[]), &all)),
        [("so / <1000", 10, 0), ("so / 1000-4999", 20, 1)]
    );
}

#[test]
fn register_without_strata_is_one_stratum() {
    let all = members("so", &[(500, 10, 0), (2000, 20, 1)]);
    assert_eq!(shape(&strata(&population(&[], &[]), &all)), [("all", 30, 1)]);
}
