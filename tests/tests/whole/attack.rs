//! What is published beside the estimates, attacked as an outsider would: who took part, what moved between waves, how
//! types cross with sectors, and how large clusters are.
//!
//! The attacker knows every open number, how they add up, and the most that each unknown can be. What is left of a
//! sensitive number must stay open by what the study asks, unless totals alone say as much. Each attack is turned on
//! a study without protection too, where it must find something: an attack that cannot succeed shows nothing.

use crate::made::{Made, waves};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use nulmeting_study::Analysed;
use nulmeting_study::tables::{ALL, Change, Cluster, Move, Typing};
use nulmeting_study::words::{Base, Boards, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// What bounds may lack: the solver works in doubles.
const HAIR: f64 = 2e-3;
/// Studies attacked.
const STUDIES: u64 = 8;

/// Unknown numbers between bounds, and sums that hold among them.
#[derive(Default)]
struct Puzzle {
    truth: BTreeMap<String, f64>,
    most: BTreeMap<String, f64>,
    least: BTreeMap<String, f64>,
    known: BTreeSet<String>,
    sums: Vec<Vec<(String, f64)>>,
}

impl Puzzle {
    /// Adds a number; what it is stays hidden until it is told.
    fn hide(&mut self, name: &str, truth: f64, least: f64, most: f64) {
        assert!(
            least - HAIR <= truth && truth <= most + HAIR,
            "{name}: {truth} outside {least} to {most}"
        );
        self.truth.insert(name.to_owned(), truth);
        self.least.insert(name.to_owned(), least);
        self.most.insert(name.to_owned(), most);
    }

    fn tell(&mut self, name: &str) {
        assert!(self.truth.contains_key(name), "{name} is told and nobody hid it");
        self.known.insert(name.to_owned());
    }

    /// The whole is the sum of its parts, of those that there are.
    fn adds_up(&mut self, whole: &str, parts: impl IntoIterator<Item = String>) {
        let parts: Vec<String> = parts.into_iter().filter(|part| self.truth.contains_key(part)).collect();
        let sum: f64 = parts.iter().map(|part| self.truth[part]).sum();
        assert!(
            (self.truth[whole] - sum).abs() < 1e-6,
            "{whole} is {} and its parts {sum}",
            self.truth[whole]
        );
        let terms = parts.into_iter().map(|part| (part, -1.0));
        self.sums.push(terms.chain([(whole.to_owned(), 1.0)]).collect());
    }

    /// How far a number stays open; only `known` numbers of the puzzle are told.
    fn open(&self, wanted: &str, known: impl Fn(&str) -> bool) -> f64 {
        let solve = |direction| {
            let mut problem = Problem::new(direction);
            let mut variables = BTreeMap::new();
            for (name, truth) in &self.truth {
                let told = self.known.contains(name) && known(name);
                let bounds = if told {
                    (*truth, *truth)
                } else {
                    (self.least[name], self.most[name])
                };
                let aim = if name == wanted { 1.0 } else { 0.0 };
                variables.insert(name, problem.add_var(aim, bounds));
            }
            for terms in &self.sums {
                let value: f64 = terms.iter().map(|(name, times)| times * self.truth[name]).sum();
                let sum = || {
                    terms
                        .iter()
                        .map(|(name, times)| (variables[name], *times))
                        .collect::<LinearExpr>()
                };
                problem.add_constraint(sum(), ComparisonOp::Le, value + 1e-6);
                problem.add_constraint(sum(), ComparisonOp::Ge, value - 1e-6);
            }
            let solution = problem.solve().expect("the truth is a solution").into_solution();
            solution.expect("no limit stops it").objective()
        };
        solve(OptimizationDirection::Maximize) - solve(OptimizationDirection::Minimize)
    }

    /// Sensitive numbers that are not as open as they must be, or as totals alone leave them.
    fn breaches(&self, sensitive: &[(String, f64)], total: impl Fn(&str) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        for (name, needed) in sensitive {
            if self.known.contains(name) {
                found.push(format!("{name} is told"));
                continue;
            }
            let open = self.open(name, |_| true);
            if open < needed - HAIR && open < self.open(name, &total).min(*needed) - HAIR {
                found.push(format!(
                    "{name} = {} stays open by {open}, not {needed}",
                    self.truth[name]
                ));
            }
        }
        found
    }
}

/// Attacks studies with protection and without; gives how many numbers were sensitive.
fn attacked(
    ids: &[&str],
    times: u64,
    studies: u64,
    prepare: impl Fn(&mut Made),
    attack: impl Fn(&Made, &Analysed) -> (usize, Vec<String>),
) -> usize {
    let (mut sensitive, mut without) = (0, 0);
    for seed in 1..=studies {
        let mut made = waves(seed, ids, times);
        prepare(&mut made);
        let (own, breaches) = attack(&made, &made.analysed(&made.study));
        assert!(
            breaches.is_empty(),
            "study {seed}: {} breaches\n{}",
            breaches.len(),
            breaches.join("\n")
        );
        sensitive += own;
        without += attack(&made, &made.analysed(&made.without_protection())).1.len();
    }
    assert!(without > 0, "an attack without success on what is not protected");
    sensitive
}

/// A change by what it is about and what it counts.
fn row<'a>(rows: &'a [Change], boards: Boards, item: &str, by: &str, group: &str) -> Option<&'a Change> {
    rows.iter().find(|row| {
        row.boards == boards
            && row.base == Base::Organisations
            && row.statistic == "share_meeting"
            && format!("{}/{}", row.scope, row.item) == item
            && (row.by.as_str(), row.group.as_str()) == (by, group)
    })
}

/// What is known of a norm or domain in two waves: everyone's number in each, that of those in both, and of the others.
fn changes(made: &Made, published: &Analysed) -> (usize, Vec<String>) {
    let everything = made.analysed(&made.without_control());
    let minimum = made.study.disclosure.minimum;
    let share = made.study.disclosure.protect_share;
    let mut items: Vec<String> = everything
        .changes
        .iter()
        .filter(|row| matches!(row.scope, Scope::Domain | Scope::Norm))
        .map(|row| format!("{}/{}", row.scope, row.item))
        .collect();
    items.sort();
    items.dedup();
    let (mut count, mut found) = (0, Vec::new());
    for item in items {
        let (puzzle, sensitive) = of_item(&everything.changes, &published.changes, &item, minimum, share);
        count += sensitive.len();
        found.extend(puzzle.breaches(&sensitive, |name| name.ends_with("all/all")));
        // What the waves tell by themselves is told of changes too, and counts as changes tell them.
        for own in published.changes.iter().filter(|row| row.by != ALL) {
            let closed = published.estimates.iter().any(|row| {
                row.wave == own.to_wave
                    && (row.scope, &row.item, &row.by, &row.group) == (own.scope, &own.item, &own.by, &own.group)
                    && (&row.statistic, row.base) == (&own.statistic, own.base)
                    && row.suppressed
            });
            let told =
                own.to_estimate.is_some() || own.n_to.is_some() || own.change.is_some() || own.returning.is_some();
            if closed && told {
                found.push(format!("{} is told of a wave that withholds it", own.id));
            }
        }
    }
    (count, found)
}

fn of_item(
    everything: &[Change],
    published: &[Change],
    item: &str,
    minimum: i64,
    share: f64,
) -> (Puzzle, Vec<(String, f64)>) {
    let (mut puzzle, mut sensitive) = (Puzzle::default(), Vec::new());
    let groups: BTreeSet<(&str, &str)> = everything
        .iter()
        .map(|row| (row.by.as_str(), row.group.as_str()))
        .collect();
    let kinds = ["from", "to", "from returning", "to returning", "went", "came"];
    let name = |kind: &str, (by, group): (&str, &str)| format!("{kind} {by}/{group}");
    for group in &groups {
        // Of a type those who came back are followed from the earlier wave: they are no part of the later type.
        let of_type = group.0 == "type";
        let Some(all) = row(everything, Boards::All, item, group.0, group.1) else {
            continue;
        };
        let back = row(everything, Boards::Returning, item, group.0, group.1);
        let (n_from, n_to) = (all.n_from.unwrap() as f64, all.n_to.unwrap() as f64);
        let returning = back.and_then(|row| row.returning).unwrap_or_default() as f64;
        let from = all.from_estimate.unwrap_or_default() * n_from;
        let to = all.to_estimate.unwrap_or_default() * n_to;
        let side = |row: Option<&Change>, to: bool| {
            let value = row.and_then(|row| if to { row.to_estimate } else { row.from_estimate });
            value.unwrap_or_default() * returning
        };
        // What returning organisations had before stands with the weights of the later wave: here all are alike.
        let (back_from, back_to) = (side(back, false), side(back, true));
        let mut numbers = vec![("from", from, n_from), ("to", to, n_to)];
        if !of_type {
            numbers.extend([
                ("from returning", back_from, returning),
                ("to returning", back_to, returning),
                ("went", from - back_from, n_from - returning),
                ("came", to - back_to, n_to - returning),
            ]);
        }
        for (kind, total, n) in numbers {
            let own = name(kind, *group);
            puzzle.hide(&own, total, 0.0, n);
            if n > 0.0 && (n as i64) < minimum {
                sensitive.push((own, share * n));
            }
        }
        if !of_type {
            puzzle.adds_up(
                &name("from", *group),
                [name("from returning", *group), name("went", *group)],
            );
            puzzle.adds_up(
                &name("to", *group),
                [name("to returning", *group), name("came", *group)],
            );
        }
        let open = |boards| row(published, boards, item, group.0, group.1);
        for (boards, kinds) in [
            (Boards::All, ["from", "to"]),
            (Boards::Returning, ["from returning", "to returning"]),
        ] {
            let Some(own) = open(boards).filter(|_| boards == Boards::All || !of_type) else {
                continue;
            };
            for (kind, value) in kinds.iter().zip([own.from_estimate, own.to_estimate]) {
                if value.is_some() {
                    puzzle.tell(&name(kind, *group));
                }
            }
            if own.change.is_some() {
                // Counted in organisations the difference is known as well where both sides count as many.
                let both: Vec<String> = kinds.iter().map(|kind| name(kind, *group)).collect();
                if boards == Boards::Returning {
                    puzzle.sums.push(vec![(both[0].clone(), -1.0), (both[1].clone(), 1.0)]);
                }
            }
        }
    }
    let total = (ALL, ALL);
    for by in ["sector", "size", "type"] {
        for kind in kinds {
            if puzzle.truth.contains_key(&name(kind, total)) && !(by == "type" && kind != "from" && kind != "to") {
                let parts = groups
                    .iter()
                    .filter(|group| group.0 == by)
                    .map(|group| name(kind, *group));
                let parts: Vec<String> = parts.filter(|part| puzzle.truth.contains_key(part)).collect();
                let sum: f64 = parts.iter().map(|part| puzzle.truth[part]).sum();
                // An organisation without a type is in the whole and in no part of it.
                if (sum - puzzle.truth[&name(kind, total)]).abs() < 1e-6 {
                    puzzle.adds_up(&name(kind, total), parts);
                }
            }
        }
    }
    (puzzle, sensitive)
}

/// How many of each stratum, sector and size class took part.
fn response(made: &Made, published: &Analysed) -> (usize, Vec<String>) {
    let mut puzzle = Puzzle::default();
    let mut sensitive = Vec::new();
    let mut found = Vec::new();
    let all = published.representation.iter().filter(|row| row.variable == "sector");
    let total: i64 = all.map(|row| row.responded).sum();
    puzzle.hide("all", total as f64, 0.0, total as f64);
    puzzle.tell("all");
    let name = |variable: &str, class: &str| format!("{variable}/{class}");
    for row in &published.representation {
        let own = name(&row.variable, &row.class);
        let (responded, most) = (row.responded as f64, row.population as f64);
        puzzle.hide(&own, responded, 0.0, most);
        if !row.inside {
            puzzle.tell(&own);
        }
        if row.responded > 0 && row.responded < made.study.disclosure.minimum {
            sensitive.push((own, (made.study.disclosure.protect as f64).min(most)));
        }
        let told = published.estimates.iter().find(|own| {
            (&own.by, &own.group) == (&row.variable, &row.class) && (own.n.is_some() || own.estimate.is_some())
        });
        if let (true, Some(own)) = (row.inside, told) {
            found.push(format!(
                "{} tells how many of {}/{} took part",
                own.id, row.variable, row.class
            ));
        }
    }
    let classes = |variable: &str| -> Vec<String> {
        let own = published.representation.iter().filter(|row| row.variable == variable);
        own.map(|row| row.class.clone()).collect()
    };
    for variable in ["stratum", "sector", "size"] {
        let parts: Vec<String> = classes(variable).iter().map(|class| name(variable, class)).collect();
        puzzle.adds_up("all", parts);
    }
    for sector in classes("sector") {
        let own = made
            .organisations
            .iter()
            .filter(|row| row.sector.as_deref() == Some(&sector));
        let strata: BTreeSet<String> = own.filter_map(|row| row.stratum.clone()).collect();
        puzzle.adds_up(
            &name("sector", &sector),
            strata.iter().map(|class| name("stratum", class)),
        );
    }
    found.extend(puzzle.breaches(&sensitive, |name| name == "all"));
    (sensitive.len(), found)
}

/// How many went from one type to another; how many of each came back is known.
fn moves(made: &Made, published: &Analysed) -> (usize, Vec<String>) {
    let everything = made.analysed(&made.without_control());
    let own = |row: &&Move| row.typing == Typing::Rule;
    let mut puzzle = Puzzle::default();
    let (mut from, mut to): (BTreeMap<String, f64>, BTreeMap<String, f64>) = Default::default();
    let mut sensitive = Vec::new();
    let name = |row: &Move| format!("{} to {}", row.from, row.to);
    for row in everything.moves.iter().filter(own) {
        let boards = row.boards.unwrap() as f64;
        puzzle.hide(&name(row), boards, 1.0, row.returning as f64);
        *from.entry(row.from.clone()).or_default() += boards;
        *to.entry(row.to.clone()).or_default() += boards;
        if boards < made.study.disclosure.minimum as f64 {
            sensitive.push((name(row), made.study.disclosure.protect as f64));
        }
    }
    for row in published.moves.iter().filter(own).filter(|row| row.boards.is_some()) {
        puzzle.tell(&name(row));
    }
    for (side, sums) in [(0, from), (1, to)] {
        for (kind, sum) in sums {
            let margin = format!("margin {side} {kind}");
            puzzle.hide(&margin, sum, sum, sum);
            puzzle.tell(&margin);
            let rows = everything.moves.iter().filter(own);
            let parts = rows.filter(|row| [&row.from, &row.to][side] == &kind).map(name);
            puzzle.adds_up(&margin, parts.collect::<Vec<_>>());
        }
    }
    let found = puzzle.breaches(&sensitive, |name| name.starts_with("margin"));
    (sensitive.len(), found)
}

/// How the organisations of a sector or size class are spread over types, from either side of the crossing.
fn crossings(made: &Made, published: &Analysed) -> (usize, Vec<String>) {
    let everything = made.analysed(&made.without_control());
    let mut puzzle = Puzzle::default();
    let mut sensitive = Vec::new();
    let of = |row: &&nulmeting_study::tables::Estimate| {
        row.scope == Scope::Axis && row.item == "types" && row.base == Base::Organisations
    };
    let kind = |statistic: &str| statistic.trim_start_matches("share_type_").to_owned();
    let cell = |by: &str, class: &str, kind: &str| format!("{kind} in {by}/{class}");
    for row in everything.estimates.iter().filter(of) {
        let n = row.n.unwrap() as f64;
        let own = cell(&row.by, &row.group, &kind(&row.statistic));
        puzzle.hide(&own, row.estimate.unwrap_or_default() * n, 0.0, n);
        if row.n < Some(made.study.disclosure.minimum) {
            sensitive.push((own, made.study.disclosure.protect_share * n));
        }
    }
    for row in published
        .estimates
        .iter()
        .filter(of)
        .filter(|row| row.estimate.is_some())
    {
        puzzle.tell(&cell(&row.by, &row.group, &kind(&row.statistic)));
    }
    let profiles = published.type_profiles.iter().filter(|row| row.typing == Typing::Rule);
    for row in profiles.filter(|row| row.estimate.is_some() && matches!(row.scope.as_str(), "sector" | "size")) {
        puzzle.tell(&cell(&row.scope, &row.item, &row.r#type));
    }
    let rows: Vec<_> = everything.estimates.iter().filter(of).collect();
    for by in ["sector", "size"] {
        for total in rows.iter().filter(|row| row.by == ALL) {
            let own = rows
                .iter()
                .filter(|row| row.by == by && row.statistic == total.statistic);
            let parts: Vec<String> = own.map(|row| cell(by, &row.group, &kind(&row.statistic))).collect();
            puzzle.adds_up(&cell(ALL, ALL, &kind(&total.statistic)), parts);
        }
        // How many of a class have a type at all is told by its row or known from the rest.
        let classes: BTreeMap<&String, f64> = rows
            .iter()
            .filter(|row| row.by == by)
            .map(|row| (&row.group, row.n.unwrap() as f64))
            .collect();
        for (class, n) in classes {
            let margin = format!("margin {by}/{class}");
            puzzle.hide(&margin, n, n, n);
            puzzle.tell(&margin);
            let own = rows.iter().filter(|row| row.by == by && &row.group == class);
            let parts: Vec<String> = own.map(|row| cell(by, class, &kind(&row.statistic))).collect();
            puzzle.adds_up(&margin, parts);
        }
    }
    let found = puzzle.breaches(&sensitive, |name| {
        name.starts_with("margin") || name.ends_with("all/all")
    });
    (sensitive.len(), found)
}

#[test]
fn few_who_came_or_went_do_not_follow_from_what_moved() {
    let sensitive = attacked(&["2023", "2024"], 1, 3, |_| {}, changes);
    assert!(sensitive > 500, "{sensitive} sensitive");
}

#[test]
fn how_many_of_a_small_class_took_part_does_not_follow_from_the_others() {
    // Strata of sectors by size, one of them without any answer; half of the others did not answer.
    let prepare = |made: &mut Made| {
        for (place, own) in made.organisations.iter_mut().enumerate() {
            let size = own.size.clone().unwrap();
            own.stratum = Some(format!("{},{size}", own.sector.clone().unwrap()));
            own.responded = place % 7 != 0 && !(own.sector.as_deref() == Some("vo") && size == "<1000");
            own.design_weight = own.responded.then_some(crate::made::WEIGHT);
            own.weight = own.design_weight;
        }
        made.study.population.lonely = nulmeting_study::words::Lonely::Certainty;
        made.count();
        for own in &mut made.organisations {
            // Here the register is those who were asked.
            own.population = own.population.map(|count| count / 5);
        }
    };
    let sensitive = attacked(&["w"], 1, STUDIES, prepare, response);
    assert!(sensitive > 30, "{sensitive} sensitive");
}

#[test]
fn few_who_changed_type_do_not_follow_from_how_many_there_are_of_each() {
    let sensitive = attacked(&["2023", "2024"], 3, STUDIES, |_| {}, moves);
    assert!(sensitive > 20, "{sensitive} sensitive");
}

#[test]
fn types_of_a_small_sector_do_not_follow_from_sectors_of_types() {
    let sensitive = attacked(&["w"], 1, STUDIES, |_| {}, crossings);
    assert!(sensitive > 20, "{sensitive} sensitive");
}

#[test]
fn a_division_with_a_small_cluster_is_not_told_in_part() {
    let mut told = 0;
    for seed in 1..=STUDIES {
        let made = waves(seed, &["w"], 1);
        let clusters = made.analysed(&made.study).clusters;
        let key = |row: &Cluster| (row.method.clone(), row.k);
        for row in &clusters {
            let division: Vec<&Cluster> = clusters.iter().filter(|own| key(own) == key(row)).collect();
            let small = division.iter().any(|own| own.size < made.study.disclosure.minimum);
            assert_eq!(row.inside, small, "{row:?}");
            told += usize::from(!row.inside);
        }
    }
    assert!(told > 50, "{told} clusters told");
}
