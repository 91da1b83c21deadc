//! Types and clusters of a whole stage: planted types are found, order changes nothing, bad input is stated.

use nulmeting_analyze::analyze;
use nulmeting_counts::Tally;
use nulmeting_study::Analysed;
use nulmeting_study::framework::Test;
use nulmeting_study::table::Record;
use nulmeting_study::tables::{
    Cluster, Division, Joining, Level, Move, Organisation, OrganisationType, TypeAgreement, TypeProfile, Typing,
    Typology, Verdict,
};
use nulmeting_study::words::{Assessor, Status};
use nulmeting_study::{Framework, Study, shipped};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;

const STUDY: &str = r#"
[study]
title = "Types"
framework = "normenkader-ibp-fo-2024"
seed = 7
date = 2024-06-01
identified = true
[population]
register = "register.csv"
columns = { id = "ID", sector = "SECTOR", pupils = "LEERLINGEN" }
strata = ["sector"]
lonely = "certainty"
[[wave]]
id = "2024"
selection = "random"
[[wave.source]]
path = "a.csv"
[[wave]]
id = "2025"
selection = "random"
[[wave.source]]
path = "b.csv"
"#;

/// A study's rows.
#[derive(Clone, Default)]
struct Rows {
    organisations: Vec<Organisation>,
    levels: Vec<Level>,
}

fn framework() -> Framework {
    shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap()
}

impl Rows {
    /// Adds a board with the level that `level` gives for each norm; nothing is not answered.
    fn board(&mut self, wave: &str, name: &str, level: &mut dyn FnMut(&str) -> Option<i64>) {
        self.organisations.push(Organisation {
            wave: wave.into(),
            organisation: name.into(),
            sector: Some("PO".into()),
            size: Some("<1000".into()),
            pupils: Some(500),
            stratum: Some("PO".into()),
            population: Some(2_000),
            sampled: true,
            responded: true,
            design_weight: Some(10.0),
            weight: Some(10.0),
        });
        for norm in &framework().norms {
            let level = level(&norm.domain);
            self.levels.push(Level {
                wave: wave.into(),
                organisation: name.into(),
                norm: norm.code.clone(),
                domain: norm.domain.clone(),
                assessor: Assessor::Own,
                used: true,
                level,
                status: if level.is_some() {
                    Status::Answered
                } else {
                    Status::Skipped
                },
                respondents: 1,
                target: norm.target,
                meets_target: level.map(|level| level >= 3),
            });
        }
    }

    /// Boards of four kinds in both waves: policy in order or not, practice in order or not.
    fn four_kinds(count: usize) -> Self {
        let mut rows = Self::default();
        let mut random = ChaCha8Rng::seed_from_u64(3);
        for wave in ["2024", "2025"] {
            for place in 0..count {
                let kind = place % 4;
                rows.board(wave, &format!("board-{place:03}"), &mut |domain| {
                    let high = match domain {
                        "GO" | "OR" | "RM" | "CO" | "IM" | "CH" | "PH" => kind & 1 > 0,
                        _ => kind & 2 > 0,
                    };
                    let chance = random.next_u32() % 20;
                    let step = i64::from(random.next_u32() % 2);
                    (chance > 0).then_some(if high { 3 + step } else { 1 + step })
                });
            }
        }
        rows
    }

    fn analysed(&self) -> Analysed {
        let study = Study::parse(STUDY, "test").unwrap();
        let frameworks: BTreeMap<String, Framework> =
            ["2024", "2025"].map(|wave| (wave.to_owned(), framework())).into();
        let found = analyze(
            &study,
            &frameworks,
            &self.organisations,
            &Tally::default(),
            &self.levels,
            &[],
        )
        .unwrap();
        // No NaN, no key twice, no word that is not declared.
        for table in [
            OrganisationType::table(&found.types),
            Cluster::table(&found.clusters),
            Division::table(&found.divisions),
            Typology::table(&found.typology),
            TypeAgreement::table(&found.type_agreement),
            TypeProfile::table(&found.type_profiles),
            Move::table(&found.moves),
            Joining::table(&found.joinings),
        ] {
            assert_eq!(table.check(), Ok(()), "{}", table.schema.name);
        }
        found
    }
}

fn verdict(found: &Analysed, wave: &str) -> Typology {
    let own = |row: &&Typology| row.wave == wave && row.method == "pam";
    found
        .typology
        .iter()
        .find(own)
        .cloned()
        .unwrap_or_else(|| panic!("no verdict on {wave}"))
}

#[test]
fn four_planted_kinds_are_found_and_named_after_the_rule() {
    assert_eq!(framework().test, Test::Levels);
    let found = Rows::four_kinds(60).analysed();
    let own = verdict(&found, "2024");
    assert_eq!(
        (own.verdict, own.k, own.left_out),
        (Verdict::Types, Some(4), 0),
        "{}",
        own.statement
    );
    assert_eq!(own.agreement_rule, Some(1.0));
    let chosen: Vec<&Cluster> = found
        .clusters
        .iter()
        .filter(|row| row.chosen && row.wave == "2024")
        .collect();
    let types: Vec<String> = framework().types.iter().map(|kind| kind.code.clone()).collect();
    assert_eq!(chosen.len(), 4);
    assert!(
        chosen.iter().all(|row| types.contains(&row.label) && row.size == 15),
        "{chosen:?}"
    );
    // Numbered by mean level: the boards with nothing in order come first.
    let of = |name: &str| {
        found
            .types
            .iter()
            .find(|row| row.organisation == name && row.wave == "2024")
            .unwrap()
    };
    assert_eq!((of("board-000").cluster, of("board-003").cluster), (Some(1), Some(4)));
    assert!(of("board-000").type_certainty.unwrap() > 0.6);
    for method in ["pam", "single", "complete", "average", "ward", "pam_norms"] {
        let row = |row: &&Division| row.method == method && row.k == 4 && row.wave == "2024";
        let row = found
            .divisions
            .iter()
            .find(row)
            .unwrap_or_else(|| panic!("no division by {method}"));
        assert_eq!(row.agreement, Some(1.0), "{method}");
    }
    let latent = found.typology.iter().find(|row| row.method == "latent").unwrap();
    assert!(latent.statement.contains("at least 100"), "{}", latent.statement);
}

#[test]
fn returning_boards_that_stay_are_counted_and_clusters_go_on() {
    let found = Rows::four_kinds(40).analysed();
    for typing in [Typing::Rule, Typing::Cluster] {
        let moves: Vec<&Move> = found.moves.iter().filter(|row| row.typing == typing).collect();
        let stayed: i64 = moves.iter().filter(|row| row.stays).filter_map(|row| row.boards).sum();
        assert_eq!((stayed, moves[0].returning), (40, 40), "{moves:?}");
        assert!(moves.iter().all(|row| row.comparable && row.pupils == Some(5_000.0)));
    }
    let later = found.clusters.iter().filter(|row| row.wave == "2025" && row.chosen);
    assert!(later.clone().count() > 0 && later.clone().all(|row| row.continues == Some(row.cluster)));
}

#[test]
fn boards_in_another_order_get_the_same_labels() {
    let rows = Rows::four_kinds(30);
    let mut shuffled = rows.clone();
    shuffled.organisations.reverse();
    shuffled.levels.rotate_left(777);
    shuffled.levels.reverse();
    let (found, mut other) = (rows.analysed(), shuffled.analysed());
    other
        .types
        .sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    assert_eq!(found.types, other.types);
    assert_eq!(found.clusters, other.clusters);
    assert_eq!(found.divisions, other.divisions);
    assert_eq!(found.typology, other.typology);
    assert_eq!(found.type_agreement, other.type_agreement);
    assert_eq!(found.joinings, other.joinings);
    assert_eq!(found.moves, other.moves);
}

#[test]
fn a_type_is_described_by_what_sets_it_apart() {
    let found = Rows::four_kinds(40).analysed();
    let kind = framework()
        .types
        .iter()
        .find(|kind| kind.policy && !kind.practice)
        .unwrap()
        .code
        .clone();
    let level = |item: &str| {
        let own = |row: &&TypeProfile| {
            row.wave == "2024"
                && row.typing == Typing::Rule
                && row.r#type == kind
                && row.item == item
                && row.statistic == "mean_level"
        };
        found.type_profiles.iter().find(own).unwrap()
    };
    assert!((level("GO").estimate.unwrap() - 3.5).abs() < 0.3 && (level("SM").estimate.unwrap() - 1.5).abs() < 0.3);
    assert!(level("GO").difference.unwrap() > 0.5 && level("SM").difference.unwrap() < -0.5);
    let share = found
        .type_profiles
        .iter()
        .find(|row| row.r#type == kind && row.statistic == "share_type")
        .unwrap();
    assert_eq!(share.estimate, Some(0.25));
    assert!(share.ci_low.unwrap() > 0.1 && share.ci_high.unwrap() < 0.45);
}

#[test]
fn a_lone_small_type_is_not_told_by_the_others() {
    // Two boards of one kind among many of three: the next smallest type is withheld with it.
    let mut rows = Rows::default();
    let kinds = [(0, 2), (1, 6), (2, 12), (3, 20)];
    for (kind, count) in kinds {
        for place in 0..count {
            rows.board("2024", &format!("board-{kind}-{place:02}"), &mut |domain| {
                let policy = matches!(domain, "GO" | "OR" | "RM");
                Some(if (policy && kind & 1 > 0) || (!policy && kind & 2 > 0) {
                    4
                } else {
                    1
                })
            });
        }
    }
    let found = rows.analysed();
    let shown: std::collections::BTreeSet<&str> = found
        .type_profiles
        .iter()
        .filter(|row| row.typing == Typing::Rule && row.statistic == "mean_level" && row.estimate.is_some())
        .map(|row| row.r#type.as_str())
        .collect();
    let frame = framework();
    let code = |policy, practice| {
        frame
            .types
            .iter()
            .find(|kind| (kind.policy, kind.practice) == (policy, practice))
            .unwrap()
            .code
            .as_str()
    };
    assert_eq!(shown, [code(false, true), code(true, true)].into());
}

#[test]
fn what_cannot_be_divided_is_stated() {
    /// The level that an organisation gives a norm.
    type Given = fn(usize, &str) -> Option<i64>;
    let cases: [(&str, usize, Given, Verdict); 4] = [
        ("one board", 1, |_, _| Some(2), Verdict::TooFew),
        ("few boards", 5, |board, _| Some(1 + board as i64 % 3), Verdict::TooFew),
        ("all equal", 20, |_, _| Some(2), Verdict::AllEqual),
        ("nothing answered", 20, |_, _| None, Verdict::TooFew),
    ];
    for (name, count, level, expected) in cases {
        let mut rows = Rows::default();
        for place in 0..count {
            rows.board("2024", &format!("board-{place:02}"), &mut |domain| level(place, domain));
        }
        let found = rows.analysed();
        let own = verdict(&found, "2024");
        assert_eq!(own.verdict, expected, "{name}: {}", own.statement);
        assert!(found.types.iter().all(|row| row.cluster.is_none()), "{name}");
        assert!(!own.statement.is_empty());
    }
}

#[test]
fn a_domain_that_nobody_answered_is_left_out_and_named() {
    let mut rows = Rows::four_kinds(24);
    for level in rows.levels.iter_mut().filter(|level| level.domain == "SD") {
        (level.level, level.meets_target, level.status) = (None, None, Status::Skipped);
    }
    let own = verdict(&rows.analysed(), "2024");
    assert_eq!((own.columns_left_out.as_str(), own.boards), ("SD", 24));
}

#[test]
fn a_board_with_too_few_answers_stays_out_and_is_counted() {
    let mut rows = Rows::four_kinds(24);
    let silent = |level: &Level| level.organisation == "board-003" && level.domain != "GO";
    for level in rows.levels.iter_mut().filter(|level| silent(level)) {
        (level.level, level.meets_target, level.status) = (None, None, Status::Skipped);
    }
    let found = rows.analysed();
    let own = verdict(&found, "2024");
    assert_eq!((own.boards, own.left_out), (23, 1));
    let row = found.types.iter().find(|row| row.organisation == "board-003").unwrap();
    assert_eq!(row.cluster, None);
}

#[test]
fn one_continuum_is_no_types() {
    let mut rows = Rows::default();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut uniform = move || f64::from(random.next_u32()) / f64::from(u32::MAX);
    for place in 0..60 {
        let own = 1.4 + uniform() + uniform();
        rows.board("2024", &format!("board-{place:02}"), &mut |_| {
            Some(((own + 2.5 * (uniform() - 0.5) + 0.5) as i64).clamp(1, 5))
        });
    }
    let found = rows.analysed();
    let own = verdict(&found, "2024");
    assert_eq!(own.k, None, "{}", own.statement);
    assert!(
        own.statement.starts_with("no structure beyond the rule-based types"),
        "{}",
        own.statement
    );
    assert!(found.clusters.iter().all(|row| !row.chosen));
    // A division is laid beside the rule all the same.
    assert!(found.types.iter().all(|row| row.cluster.is_some()) && own.k_shown.is_some());
}
