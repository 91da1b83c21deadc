//! An invented study for tests: two waves on the shipped codebooks, with plain estimates, groups that are too small,
//! and a long name here and there.

mod typology;

use nulmeting_report::Input;
use nulmeting_study::bundle::Member;
use nulmeting_study::framework::Test;
use nulmeting_study::tables::*;
use nulmeting_study::words::{Assessor, Base, Reliability, Scope, Severity, Status, TestKind};
use nulmeting_study::{Framework, Record, Released, Study, shipped};
use std::collections::BTreeMap;

/// The values behind an input.
pub(crate) struct Made {
    pub(crate) study: Study,
    pub(crate) ingested: Ingested,
    pub(crate) normalized: Normalized,
    pub(crate) analysed: Analysed,
}

impl Made {
    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            study: &self.study,
            ingested: &self.ingested,
            normalized: &self.normalized,
            analysed: &self.analysed,
        }
    }
}

/// Rows as disclosure control would have let them through.
pub(crate) fn released<R: Record + Sync>(rows: Vec<R>) -> Released<R> {
    Released::from_file(rows)
}

/// Numbers from a seed, from 0 to 1: enough for a picture.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }
}

const STUDY: &str = r#"
[study]
title = "Nulmeting <Normenkader> IBP FO"
framework = "normenkader-ibp-fo-2024"
seed = 1
date = 2024-06-01
identified = true
[population]
register = "register.csv"
columns = { id = "ID", sector = "SECTOR", pupils = "LEERLINGEN" }
strata = ["sector", "size"]
size = [1000, 5000, 20000]
collapse = ["size"]
[[wave]]
id = "2023"
framework = "normenkader-ibp-fo-2023"
selection = "volunteer"
[[wave.source]]
path = "a.csv"
[[wave]]
id = "2024"
selection = "SELECTION"
[[wave.source]]
path = "b.csv"
"#;

impl Made {
    /// Gives the last wave the tests of its sectors on the level of all norms, as (group, against, adjusted p).
    pub(crate) fn test_sectors(&mut self, tests: &[(&str, &str, f64)]) {
        self.analysed.comparisons = tests
            .iter()
            .map(|(group, against, p)| Comparison {
                wave: "2024".into(),
                scope: Scope::All,
                item: ALL.into(),
                by: "sector".into(),
                group: (*group).into(),
                against: (*against).into(),
                test: TestKind::Pair,
                difference: Some(0.5),
                se: Some(0.1),
                statistic: 5.0,
                df: 20.0,
                df_denominator: None,
                p: *p / 3.0,
                p_adjusted: *p,
                p_fdr: *p,
                n: 30,
            })
            .collect();
    }

    /// Gives the domains of the last wave names as long as names get.
    pub(crate) fn name_at_length(&mut self) {
        let framework = self.normalized.frameworks.get_mut("2024").expect("made above");
        for (place, domain) in framework.domains.iter_mut().enumerate() {
            let longer = [
                " en bedrijfscontinuïteitsmanagement bij leveranciers en ketenpartners",
                " met Arbeitsunfähigkeitsversicherungsgesellschaftsverwaltungsvorschriften",
                "",
            ];
            domain.name.nl.push_str(longer[place % 3]);
        }
        for point in &mut framework.points {
            point
                .name
                .nl
                .push_str(" over de hele breedte van de organisatie en al haar scholen");
        }
        for question in &mut framework.questions {
            for option in &mut question.options {
                option
                    .name
                    .nl
                    .push_str(", ook waar dat op korte termijn niet mogelijk is gebleken");
            }
        }
    }
}

/// A study whose last wave has so many boards, chosen in that way.
pub(crate) fn study(boards: usize, selection: &str) -> Made {
    let study = Study::parse(&STUDY.replace("SELECTION", selection), "test").expect("the study file is sound");
    let mut made = Made {
        ingested: Ingested {
            sources: ["a.csv", "b.csv"]
                .iter()
                .zip(["2023", "2024"])
                .map(|(file, wave)| Source {
                    wave: wave.to_string(),
                    source: (*file).to_owned(),
                    format: "limesurvey".into(),
                    recognised: "certain".into(),
                    encoding: Some("utf-8".into()),
                    encoding_recognised: None,
                    delimiter: Some(",".into()),
                    delimiter_recognised: None,
                    rows: boards as i64,
                    columns: 80,
                    mapped: 70,
                    organisations: boards as i64,
                    sha256: "0".repeat(64),
                })
                .collect(),
            ..Ingested::default()
        },
        normalized: Normalized {
            findings: vec![
                Finding::new(Severity::Warning, Rule::DuplicateResponse, "answered twice", "choose").wave("2024"),
                Finding::new(Severity::Note, Rule::RepairedNumber, "lost zeros", "none").wave("2024"),
                Finding::new(Severity::Note, Rule::RepairedNumber, "=1+1", "none").wave("2024"),
            ],
            ..Normalized::default()
        },
        analysed: Analysed::default(),
        study,
    };
    for wave in ["2023", "2024"] {
        let name = made
            .study
            .framework_of(made.study.wave(wave).expect("named above"))
            .to_owned();
        let framework = shipped::codebook(&name).expect("shipped").expect("sound");
        fill(&mut made, wave, &framework, if wave == "2023" { 15 } else { boards });
        if wave == "2024" {
            typology::fill(&mut made, wave, &framework);
        }
        made.normalized.frameworks.insert(wave.to_owned(), framework);
    }
    made
}

struct Board {
    name: String,
    sector: &'static str,
    size: &'static str,
    pupils: i64,
    levels: BTreeMap<String, i64>,
}

fn boards(framework: &Framework, count: usize) -> Vec<Board> {
    let mut dice = Dice(count as u64 * 7 + framework.norms.len() as u64);
    (0..count)
        .map(|place| {
            let sector = match place % 12 {
                0..=7 => "PO",
                8..=10 => "VO",
                _ => "SO",
            };
            let pupils = (400.0 * libm::pow(60.0, dice.roll())) as i64;
            let size = match pupils {
                ..1000 => "<1000",
                1000..5000 => "1000-4999",
                5000..20000 => "5000-19999",
                _ => ">=20000",
            };
            let own = 1.1 + 1.6 * dice.roll() + pupils as f64 / 40_000.0;
            let mut levels = BTreeMap::new();
            for (at, domain) in framework.domains.iter().enumerate() {
                let shift = own + ((at * 7) % 11) as f64 / 9.0 - 0.5 + 0.6 * dice.roll();
                for norm in framework.norms_of(&domain.code) {
                    let level = libm::round(shift + 1.2 * (dice.roll() - 0.5)).clamp(1.0, 5.0) as i64;
                    if dice.roll() > 0.04 && !(place % 9 == 4 && domain.code == "SD") {
                        levels.insert(norm.code.clone(), level);
                    }
                }
            }
            Board {
                name: format!("bestuur-{place:03}"),
                sector,
                size,
                pupils,
                levels,
            }
        })
        .collect()
}

fn fill(made: &mut Made, wave: &str, framework: &Framework, count: usize) {
    let boards = boards(framework, count);
    let levelled = framework.test == Test::Levels;
    let population = 1000.0;
    for board in &boards {
        made.normalized.organisations.push(Organisation {
            wave: wave.into(),
            organisation: board.name.clone(),
            sector: Some(board.sector.into()),
            size: Some(board.size.into()),
            pupils: Some(board.pupils),
            stratum: Some(format!("{} / {}", board.sector, board.size)),
            population: Some(100),
            sampled: true,
            responded: true,
            design_weight: Some(population / count as f64),
            weight: Some(population / count as f64),
        });
        for norm in &framework.norms {
            let level = board.levels.get(&norm.code).copied();
            made.normalized.levels.push(Level {
                wave: wave.into(),
                organisation: board.name.clone(),
                norm: norm.code.clone(),
                domain: norm.domain.clone(),
                assessor: Assessor::Own,
                used: true,
                level: level.filter(|_| levelled),
                status: if level.is_some() {
                    Status::Answered
                } else {
                    Status::NotApplicable
                },
                respondents: 1,
                target: norm.target,
                meets_target: level.map(|level| level >= 3),
            });
        }
    }
    for place in 0..30 {
        made.normalized.organisations.push(Organisation {
            wave: wave.into(),
            organisation: format!("stil-{place}"),
            sector: Some("PO".into()),
            size: Some("<1000".into()),
            pupils: Some(500),
            stratum: Some("PO / <1000".into()),
            population: Some(100),
            sampled: place % 2 == 0,
            responded: false,
            design_weight: None,
            weight: None,
        });
    }
    let mut groups: Vec<(String, String, Vec<&Board>)> = vec![("all".into(), "all".into(), boards.iter().collect())];
    for sector in ["PO", "SO", "VO"] {
        groups.push((
            "sector".into(),
            sector.into(),
            boards.iter().filter(|b| b.sector == sector).collect(),
        ));
    }
    for size in ["1000-4999", "5000-19999", "<1000", ">=20000"] {
        groups.push((
            "size".into(),
            size.into(),
            boards.iter().filter(|b| b.size == size).collect(),
        ));
    }
    groups.retain(|group| !group.2.is_empty());
    let mut add = |scope: Scope, item: &str, statistic: &str, level: bool, value: &dyn Fn(&Board) -> Option<f64>| {
        for (by, group, members) in &groups {
            for base in Base::ALL {
                let values: Vec<f64> = members.iter().filter_map(|board| value(board)).collect();
                let row = number(&values, level);
                let suppressed = values.len() < 5;
                made.analysed.estimates.extend(released(vec![Estimate {
                    id: format!("{wave}/{scope}/{item}/{by}/{group}/{statistic}/{base}"),
                    wave: wave.into(),
                    scope,
                    item: item.into(),
                    by: by.clone(),
                    group: group.clone(),
                    statistic: statistic.into(),
                    base: *base,
                    estimate: row.0.filter(|_| !suppressed),
                    se: row.1.filter(|_| !suppressed),
                    ci_low: row.2.filter(|_| !suppressed),
                    ci_high: row.3.filter(|_| !suppressed),
                    ci_method: "test".into(),
                    df: Some(10.0),
                    deff: None,
                    n: (!suppressed).then_some(values.len() as i64),
                    n_eff: None,
                    population: Some(population).filter(|_| !suppressed),
                    reliability: if values.len() < 12 {
                        Reliability::Caution
                    } else {
                        Reliability::Ok
                    },
                    suppressed,
                    p: None,
                    p_adjusted: None,
                    p_fdr: None,
                }]));
            }
        }
    };
    let mut sets: Vec<(Scope, String, Vec<String>)> = Vec::new();
    for norm in &framework.norms {
        sets.push((Scope::Norm, norm.code.clone(), vec![norm.code.clone()]));
    }
    for domain in &framework.domains {
        let codes = framework.norms_of(&domain.code).map(|norm| norm.code.clone()).collect();
        sets.push((Scope::Domain, domain.code.clone(), codes));
    }
    for part in &framework.parts {
        let codes = framework
            .norms
            .iter()
            .filter(|norm| {
                framework
                    .domain(&norm.domain)
                    .is_some_and(|domain| domain.part == part.code)
            })
            .map(|norm| norm.code.clone())
            .collect();
        sets.push((Scope::All, framework.part_item(&part.code).to_owned(), codes));
    }
    let mut shares: BTreeMap<(Scope, String), Vec<f64>> = BTreeMap::new();
    for (scope, item, codes) in &sets {
        let own = |board: &Board| -> Vec<i64> { codes.iter().filter_map(|c| board.levels.get(c).copied()).collect() };
        let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let share = |board: &Board, fits: &dyn Fn(i64) -> bool| {
            mean(
                own(board)
                    .into_iter()
                    .map(|level| f64::from(u8::from(fits(level))))
                    .collect(),
            )
        };
        if codes.is_empty() {
            continue;
        }
        shares.insert(
            (*scope, item.clone()),
            boards.iter().filter_map(|b| share(b, &|level| level < 3)).collect(),
        );
        add(*scope, item, "share_meeting", false, &|board| {
            share(board, &|level| level >= 3)
        });
        add(*scope, item, "share_compliant", false, &|board| {
            share(board, &|level| level >= 3).map(|share| f64::from(u8::from(share == 1.0)))
        });
        if levelled {
            add(*scope, item, "mean_level", true, &|board| {
                mean(own(board).into_iter().map(|l| l as f64).collect())
            });
            for name in &framework.levels {
                add(*scope, item, &format!("share_level_{}", name.number), false, &|board| {
                    share(board, &|level| level == name.number)
                });
            }
            add(*scope, item, "share_level_3_plus", false, &|board| {
                share(board, &|level| level >= 3)
            });
        }
    }
    let kind_of = |board: &Board| {
        let axis = |axis: &str| {
            let codes = framework.axis_norms(axis);
            let own: Vec<f64> = codes
                .iter()
                .filter_map(|code| board.levels.get(code))
                .map(|l| *l as f64)
                .collect();
            let mean = own.iter().sum::<f64>() / own.len().max(1) as f64;
            if levelled {
                mean
            } else {
                own.iter().filter(|level| **level >= 3.0).count() as f64 / own.len().max(1) as f64
            }
        };
        let (policy, practice) = (axis("policy"), axis("practice"));
        let limit = if levelled { 3.0 } else { 0.5 };
        let code = match (policy >= limit, practice >= limit) {
            (true, true) => "leaders",
            (false, true) => "doers",
            (true, false) => "thinkers",
            (false, false) => "starters",
        };
        (policy, practice, code)
    };
    for kind in &framework.types {
        add(
            Scope::Axis,
            "types",
            &format!("share_type_{}", kind.code),
            false,
            &|board| Some(f64::from(u8::from(kind_of(board).2 == kind.code))),
        );
    }
    for (place, board) in boards.iter().enumerate() {
        let (policy, practice, code) = kind_of(board);
        made.analysed.types.push(OrganisationType {
            wave: wave.into(),
            organisation: board.name.clone(),
            policy: Some(policy),
            practice: Some(practice),
            policy_threshold: Some(3.0),
            practice_threshold: Some(3.0),
            r#type: Some(code.into()),
            type_certainty: Some((place % 5) as f64 / 4.0),
            type_resampled: Some((place % 5) as f64 / 4.0),
            type_moved: Some(1.0),
            type_filled: Some(1.0),
            type_between: None,
            cluster: None,
            silhouette: None,
            cluster_neighbour: None,
        });
    }
    for board in &boards {
        for (scope, item, codes) in sets.iter().filter(|set| set.0 != Scope::Norm) {
            let own: Vec<f64> = codes
                .iter()
                .filter_map(|code| board.levels.get(code))
                .map(|l| *l as f64)
                .collect();
            let meeting = own.iter().filter(|level| **level >= 3.0).count() as f64 / own.len().max(1) as f64;
            let _ = scope;
            made.analysed.scores.push(Score {
                wave: wave.into(),
                organisation: board.name.clone(),
                domain: item.clone(),
                norms: codes.len() as i64,
                applicable: own.len() as i64,
                answered: own.len() as i64,
                mean_level: (levelled && !own.is_empty()).then(|| own.iter().sum::<f64>() / own.len() as f64),
                share_meeting: (!own.is_empty()).then_some(meeting),
                compliant: (!own.is_empty()).then_some(meeting == 1.0),
                complete: true,
            });
        }
    }
    for domain in &framework.domains {
        let mut own: Vec<f64> = boards
            .iter()
            .filter_map(|board| {
                let norms = framework.norms_of(&domain.code);
                let levels: Vec<f64> = norms
                    .filter_map(|norm| board.levels.get(&norm.code))
                    .map(|level| {
                        if levelled {
                            *level as f64
                        } else {
                            f64::from(u8::from(*level >= 3))
                        }
                    })
                    .collect();
                (!levels.is_empty()).then(|| levels.iter().sum::<f64>() / levels.len() as f64)
            })
            .collect();
        own.sort_by(f64::total_cmp);
        let step = if levelled { 0.25 } else { 0.05 };
        let at = |share: f64| {
            own.get((own.len() as f64 * share) as usize)
                .map(|value| libm::round(value / step) * step)
        };
        made.analysed.bands.push(Band {
            wave: wave.into(),
            by: ALL.into(),
            group: ALL.into(),
            scope: Scope::Domain,
            item: domain.code.clone(),
            statistic: if levelled { "mean_level" } else { "share_meeting" }.into(),
            low: at(0.25).filter(|_| own.len() > 5),
            middle: at(0.5).filter(|_| own.len() > 5),
            high: at(0.75).filter(|_| own.len() > 5),
            n: own.len() as i64,
            suppressed: own.len() <= 5,
        });
    }
    let mut rank = |scope: &str, items: Vec<(String, Vec<f64>)>| {
        let mut items: Vec<(String, Vec<f64>)> = items.into_iter().filter(|(_, values)| !values.is_empty()).collect();
        items.sort_by(|a, b| {
            number(&b.1, false)
                .0
                .partial_cmp(&number(&a.1, false).0)
                .expect("numbers")
        });
        let last = items.len() as i64;
        for (place, (item, values)) in items.into_iter().enumerate() {
            let row = number(&values, false);
            let rank = place as i64 + 1;
            made.analysed.attention.extend(released(vec![Attention {
                wave: wave.into(),
                rank,
                rank_low: (rank - 1).max(1),
                rank_high: (rank + 2).min(last),
                scope: scope.into(),
                item,
                share_below_target: row.0,
                ci_low: row.2,
                ci_high: row.3,
                mean_level: levelled.then_some(2.0),
                gap: levelled.then_some(1.0),
                n: Some(values.len() as i64),
            }]));
        }
    };
    let of = |wanted: Scope| -> Vec<(String, Vec<f64>)> {
        shares
            .iter()
            .filter(|((scope, _), _)| *scope == wanted)
            .map(|((_, item), v)| (item.clone(), v.clone()))
            .collect()
    };
    rank("norm", of(Scope::Norm));
    rank("domain", of(Scope::Domain));
    let points = framework.points.iter().map(|point| {
        let norms = framework.select(&point.norms);
        let values = norms
            .iter()
            .filter_map(|norm| shares.get(&(Scope::Norm, norm.code.clone())))
            .flatten()
            .copied();
        (point.code.clone(), values.collect())
    });
    rank("point", points.collect());
    for (at, question) in framework.questions.iter().enumerate() {
        for (place, option) in question.options.iter().enumerate() {
            let share = 0.85
                - 0.13 * place as f64
                - if question.code == "SUPPLIER_DELIVERED" {
                    0.3
                } else {
                    0.02 * at as f64
                };
            let share = share.clamp(0.04, 0.96);
            let half = 1.96 * libm::sqrt(share * (1.0 - share) / count as f64);
            let mut push = |statistic: &str, estimate: f64, half: f64, low: f64| {
                made.analysed.choices.extend(released(vec![Choice {
                    id: format!(
                        "{wave}/question/{}.{}/all/all/{statistic}/organisations",
                        question.code, option.code
                    ),
                    wave: wave.into(),
                    question: question.code.clone(),
                    option: option.code.clone(),
                    by: "all".into(),
                    group: "all".into(),
                    statistic: statistic.into(),
                    base: Base::Organisations,
                    estimate: Some(estimate),
                    se: Some(half / 2.0),
                    ci_low: Some((estimate - half).max(low)),
                    ci_high: Some((estimate + half).min(1.0)),
                    ci_method: "test".into(),
                    df: Some(10.0),
                    deff: None,
                    n: Some(count as i64),
                    n_eff: None,
                    population: Some(population),
                    reliability: if place == 4 {
                        Reliability::Caution
                    } else {
                        Reliability::Ok
                    },
                    suppressed: false,
                }]));
            };
            push("share", share, half, 0.0);
            if question.against.is_some() {
                push("gap", 0.3 - 0.02 * at as f64 - 0.09 * place as f64, half * 1.2, -1.0);
            }
        }
    }
}

/// Mean, standard error and a plain interval.
fn number(values: &[f64], level: bool) -> (Option<f64>, Option<f64>, Option<f64>, Option<f64>) {
    if values.is_empty() {
        return (None, None, None, None);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    let se = libm::sqrt(spread / n);
    // Three over n is the usual bound where nobody, or everybody, does.
    let half = if se == 0.0 { 3.0 / n } else { 2.1 * se };
    let (low, high) = if level { (1.0, 5.0) } else { (0.0, 1.0) };
    (
        Some(mean),
        Some(se),
        Some((mean - half).max(low)),
        Some((mean + half).min(high)),
    )
}
