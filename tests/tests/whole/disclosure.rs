//! What is published together, attacked as an outsider would: linear programming over everything that adds up.
//!
//! The attacker knows every open row, how the numbers hang together, and how many organisations of the register each
//! cell stands for. What an attack leaves of a sensitive number must stay open by what the study asks, unless the total
//! alone says as much: a total over enough organisations is published on purpose.

use crate::made::{Made, made};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use nulmeting_study::tables::{ALL, Estimate, TypeProfile, Typing};
use nulmeting_study::words::{Base, Scope};
use nulmeting_study::{Framework, Study};
use std::collections::{BTreeMap, BTreeSet};

/// What bounds may lack: the solver works in doubles.
const HAIR: f64 = 2e-3;

impl Made {
    fn published(&self) -> Vec<Estimate> {
        self.told(&self.study)
    }

    /// Everything that adds up with estimates: what is told of types stands beside it as of one more grouping.
    fn told(&self, study: &Study) -> Vec<Estimate> {
        let found = self.analysed(study);
        let mut rows = found.estimates.to_vec();
        let of_domains = |row: &&TypeProfile| row.typing == Typing::Rule && row.scope == "domain";
        for row in found.type_profiles.iter().filter(of_domains) {
            let alike = rows.iter().find(|own| own.scope == Scope::Domain).cloned().unwrap();
            rows.push(Estimate {
                id: row.id.clone(),
                item: row.item.clone(),
                by: "type".into(),
                group: row.r#type.clone(),
                statistic: row.statistic.clone(),
                base: row.base,
                estimate: row.estimate,
                n: row.n,
                // Every board stands for five.
                population: row.n.map(|n| n as f64 * 5.0),
                suppressed: row.suppressed,
                ..alike
            });
        }
        rows
    }

    /// Every number, as nobody outside may see it.
    fn everything(&self) -> Vec<Estimate> {
        self.told(&self.without_control())
    }
}

/// A number by item, group and statistic.
type Key = (String, (String, String), String);

fn key(row: &Estimate) -> Key {
    (
        format!("{}/{}", row.scope, row.item),
        (row.by.clone(), row.group.clone()),
        row.statistic.clone(),
    )
}

/// What the attacker knows of a domain and its norms, per organisation.
struct Attack<'a> {
    framework: &'a Framework,
    domain: &'a str,
    open: BTreeMap<Key, f64>,
    /// Every number and the organisations that it stands for: the second is known, the first is to be found.
    all: BTreeMap<Key, (f64, f64)>,
}

impl Attack<'_> {
    fn items(&self) -> Vec<String> {
        let norms = self
            .framework
            .norms_of(self.domain)
            .map(|norm| format!("norm/{}", norm.code));
        std::iter::once(format!("domain/{}", self.domain))
            .chain(norms)
            .collect()
    }

    /// The lowest and highest that a number can be.
    ///
    /// With `wholes`, only totals and the domain itself are known: what they tell by themselves.
    fn bounds(&self, wanted: &Key, wholes: bool) -> (f64, f64) {
        let solve = |direction| {
            let mut problem = Problem::new(direction);
            let items: BTreeSet<String> = self.items().into_iter().collect();
            let mut variables = BTreeMap::new();
            for (key, (_, weight)) in self.all.iter().filter(|(key, _)| items.contains(&key.0)) {
                let (low, high) = if key.2 == "mean_level" { (1.0, 5.0) } else { (0.0, 1.0) };
                let known = !wholes || key.1.0 == ALL || key.0.starts_with("domain");
                let bounds = match self.open.get(key).filter(|_| known && key != wanted) {
                    Some(value) => (value * weight, value * weight),
                    None => (low * weight, high * weight),
                };
                let aim = if key == wanted { 1.0 } else { 0.0 };
                variables.insert(key.clone(), (problem.add_var(aim, bounds), *weight));
            }
            self.sums(&mut problem, &variables, &items);
            let solution = problem
                .solve()
                .expect("the truth is a solution")
                .into_solution()
                .expect("no limit stops it");
            solution.objective() / self.all[wanted].1
        };
        (
            solve(OptimizationDirection::Minimize),
            solve(OptimizationDirection::Maximize),
        )
    }

    fn sums(
        &self,
        problem: &mut Problem,
        variables: &BTreeMap<Key, (microlp::Variable, f64)>,
        items: &BTreeSet<String>,
    ) {
        let groups: BTreeSet<&(String, String)> = self.all.keys().map(|key| &key.1).collect();
        let statistics: BTreeSet<&String> = self.all.keys().map(|key| &key.2).collect();
        let total = (ALL.to_owned(), ALL.to_owned());
        let find = |item: &String, group: &(String, String), statistic: &str| {
            variables.get(&(item.clone(), group.clone(), statistic.to_owned()))
        };
        let mut hold = |terms: Vec<(microlp::Variable, f64)>, value: f64, slack: f64| {
            let expression = || terms.iter().copied().collect::<LinearExpr>();
            problem.add_constraint(expression(), ComparisonOp::Le, value + slack + 1e-6);
            problem.add_constraint(expression(), ComparisonOp::Ge, value - slack - 1e-6);
        };
        for item in items {
            for statistic in &statistics {
                for by in ["sector", "size", "type"] {
                    let Some((whole, weight)) = find(item, &total, statistic) else {
                        continue;
                    };
                    let parts: Vec<_> = groups
                        .iter()
                        .filter(|group| group.0 == by)
                        .filter_map(|group| find(item, group, statistic))
                        .collect();
                    if parts.is_empty() {
                        continue;
                    }
                    // A board without a type is in the whole and in none of its parts.
                    let left = weight - parts.iter().map(|(_, own)| own).sum::<f64>();
                    let (low, high) = if *statistic == "mean_level" {
                        (1.0, 5.0)
                    } else {
                        (0.0, 1.0)
                    };
                    let terms = parts
                        .iter()
                        .map(|(own, _)| (*own, -1.0))
                        .chain([(*whole, 1.0)])
                        .collect();
                    hold(terms, left * (low + high) / 2.0, left * (high - low) / 2.0);
                }
            }
            for group in &groups {
                let Some((_, weight)) = find(item, group, "share_level_1") else {
                    continue;
                };
                let level = |number: i64| find(item, group, &format!("share_level_{number}")).map(|(own, _)| *own);
                let from = |limit: i64| (limit..=5).filter_map(level).map(|own| (own, 1.0));
                hold(from(1).collect(), *weight, 0.0);
                let minus = |name: &str| find(item, group, name).map(|(own, _)| (*own, -1.0));
                hold(from(3).chain(minus("share_level_3_plus")).collect(), 0.0, 0.0);
                let mean = (1..=5).filter_map(|number| Some((level(number)?, number as f64)));
                hold(mean.chain(minus("mean_level")).collect(), 0.0, 0.0);
                let target = item
                    .strip_prefix("norm/")
                    .and_then(|code| self.framework.norm(code)?.target);
                if let Some(target) = target {
                    hold(from(target).chain(minus("share_meeting")).collect(), 0.0, 0.0);
                }
            }
        }
        let domain = format!("domain/{}", self.domain);
        let norms: Vec<&String> = items.iter().filter(|item| **item != domain).collect();
        for group in &groups {
            for statistic in &statistics {
                let Some((whole, weight)) = find(&domain, group, statistic) else {
                    continue;
                };
                let parts: Vec<_> = norms.iter().filter_map(|norm| find(norm, group, statistic)).collect();
                if parts.len() == norms.len() {
                    let (low, width) = if *statistic == "mean_level" {
                        (1.0, 4.0)
                    } else {
                        (0.0, 1.0)
                    };
                    let missing: f64 = parts.iter().map(|(_, own)| (own - weight).abs()).sum();
                    // Counted from the lowest level: a norm that a board skipped takes no more than the range away.
                    let shift: f64 =
                        low * (norms.len() as f64 * weight - parts.iter().map(|(_, own)| own).sum::<f64>());
                    let terms = parts
                        .iter()
                        .map(|(own, _)| (*own, -1.0))
                        .chain([(*whole, norms.len() as f64)])
                        .collect();
                    hold(terms, shift, width * missing);
                }
            }
        }
    }
}

/// Attacks a study; gives how many sensitive numbers there were and the breaches found.
fn attacked(made: &Made, published: &[Estimate]) -> (usize, Vec<String>) {
    let everything = made.everything();
    let own = |row: &&Estimate| row.base == Base::Organisations && row.statistic != "median_level";
    let all: BTreeMap<Key, (f64, f64)> = everything
        .iter()
        .filter(own)
        .filter_map(|row| Some((key(row), (row.estimate?, row.population?))))
        .collect();
    let open: BTreeMap<Key, f64> = published
        .iter()
        .filter(own)
        .filter_map(|row| Some((key(row), row.estimate?)))
        .collect();
    let few: BTreeSet<(String, (String, String))> = everything
        .iter()
        .filter(own)
        .filter(|row| row.n.is_some_and(|n| n < made.study.disclosure.minimum))
        .map(|row| {
            let (item, group, _) = key(row);
            (item, group)
        })
        .collect();
    let framework = &made.frameworks["w"];
    let (mut sensitive, mut breaches) = (0, Vec::new());
    for domain in &framework.domains {
        let attack = Attack {
            framework,
            domain: &domain.code,
            open: open.clone(),
            all: all.clone(),
        };
        let items = attack.items();
        for wanted in all
            .keys()
            .filter(|key| items.contains(&key.0) && few.contains(&(key.0.clone(), key.1.clone())))
        {
            if !matches!(
                wanted.2.as_str(),
                "share_meeting" | "share_level_1" | "share_level_3" | "share_compliant"
            ) {
                continue;
            }
            sensitive += 1;
            assert!(!open.contains_key(wanted), "{wanted:?} is published over too few");
            let (low, high) = attack.bounds(wanted, false);
            let truth = all[wanted].0;
            assert!(
                low - HAIR <= truth && truth <= high + HAIR,
                "{wanted:?}: {truth} outside {low} to {high}"
            );
            if high - low < 0.2 - HAIR {
                let (least, most) = attack.bounds(wanted, true);
                if high - low < (most - least).min(0.2) - HAIR {
                    breaches.push(format!("{wanted:?}: {truth} found between {low} and {high}"));
                }
            }
        }
    }
    breaches.extend(counted(made, &open, &everything));
    (sensitive, breaches)
}

/// Counts of organisations that meet a norm, found from how many are under the open rows.
fn counted(made: &Made, open: &BTreeMap<Key, f64>, everything: &[Estimate]) -> Vec<String> {
    let of = |row: &&Estimate| {
        row.base == Base::Organisations && row.scope == Scope::Norm && row.statistic == "share_meeting"
    };
    let sector: BTreeMap<&str, (&str, &str)> = made
        .organisations
        .iter()
        .map(|own| {
            let groups = (own.sector.as_deref().unwrap(), own.size.as_deref().unwrap());
            (own.organisation.as_str(), groups)
        })
        .collect();
    let mut breaches = Vec::new();
    for row in everything.iter().filter(of).filter(|row| row.by != ALL) {
        if row.n.is_some_and(|n| n >= made.study.disclosure.minimum) {
            continue;
        }
        let under = |by: &str, group: &str| {
            let (mut n, mut met) = (0_i64, 0_i64);
            for level in made.levels.iter().filter(|level| level.norm == row.item) {
                let own = sector[level.organisation.as_str()];
                let inside = match by {
                    "sector" => own.0 == group,
                    "size" => own.1 == group,
                    _ => true,
                };
                if let (true, Some(meets)) = (inside, level.meets_target) {
                    n += 1;
                    met += i64::from(meets);
                }
            }
            (n, met)
        };
        let item = format!("norm/{}", row.item);
        let is_open = |by: &str, group: &str| {
            open.contains_key(&(
                item.clone(),
                (by.to_owned(), group.to_owned()),
                "share_meeting".to_owned(),
            ))
        };
        if !is_open(ALL, ALL) {
            continue;
        }
        let (n, met) = under(ALL, ALL);
        let (mut rest, mut rest_met) = (n, met);
        let groups: BTreeSet<&String> = everything
            .iter()
            .filter(|own| own.by == row.by)
            .map(|own| &own.group)
            .collect();
        for group in groups {
            if is_open(&row.by, group) {
                let (own, own_met) = under(&row.by, group);
                rest -= own;
                rest_met -= own_met;
            }
        }
        // The group has any number of the rest, so that its count is anything from none to those who are left.
        let protect = made.study.disclosure.protect;
        for (left, all, what) in [
            (rest, n, "under"),
            (rest_met, met, "meeting"),
            (rest - rest_met, n - met, "below"),
        ] {
            if left < protect.min(all) {
                breaches.push(format!("{item} {}/{}: {left} {what}", row.by, row.group));
            }
        }
    }
    breaches
}

#[test]
fn nothing_sensitive_follows_from_all_that_is_published() {
    let (mut sensitive, mut open, mut types) = (0, 0, 0);
    for seed in 1..=6 {
        let made = made(seed);
        let published = made.published();
        types += published
            .iter()
            .filter(|row| row.by == "type" && row.suppressed)
            .count();
        let (found, breaches) = attacked(&made, &published);
        assert!(
            breaches.is_empty(),
            "study {seed}: {} breaches\n{}",
            breaches.len(),
            breaches.join("\n")
        );
        sensitive += found;
        open += published.iter().filter(|row| !row.suppressed && row.by != ALL).count();
    }
    // The attack had something to attack, and something is left to read.
    assert!(sensitive > 250 && open > 500, "{sensitive} sensitive, {open} open");
    assert!(types > 10, "{types} withheld numbers of types");
}

#[test]
fn the_attack_finds_what_small_counts_alone_would_give_away() {
    let breached = (1..=3).filter(|seed| {
        let mut made = made(*seed);
        made.study.disclosure.protect_share = 0.0;
        made.study.disclosure.protect = 0;
        let published = made.published();
        made.study.disclosure.protect = 3;
        !attacked(&made, &published).1.is_empty()
    });
    assert!(breached.count() >= 1);
}

#[test]
fn a_board_that_carries_a_number_per_pupil_closes_it() {
    let mut made = made(3);
    for own in &mut made.organisations {
        own.pupils = Some(if own.organisation == "po0" { 1_000_000 } else { 500 });
    }
    let po = |rows: &[Estimate], base| {
        rows.iter()
            .filter(|row| row.group == "po" && row.base == base && row.scope == Scope::All)
            .map(|row| row.suppressed)
            .collect::<BTreeSet<_>>()
    };
    let rows = made.published();
    assert_eq!(po(&rows, Base::Pupils), BTreeSet::from([true]));
    made.study.disclosure.dominance = Vec::new();
    assert_eq!(
        po(&made.published(), Base::Pupils),
        po(&made.published(), Base::Organisations)
    );
}

#[test]
fn order_of_rows_and_threads_change_nothing_that_is_withheld() {
    let made = made(5);
    let once = made.published();
    let mut turned = Made { ..made };
    turned.levels.reverse();
    turned.organisations.reverse();
    let again = turned.published();
    let closed = |rows: &[Estimate]| {
        rows.iter()
            .filter(|row| row.suppressed)
            .map(|row| row.id.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(closed(&once), closed(&again));
}
