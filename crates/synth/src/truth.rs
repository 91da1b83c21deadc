//! What must come out of the study: levels, scores, types and findings, under the real board numbers.
//!
//! Everything follows from the answers that were written, by the rules that the tables state; nothing here
//! is read back from an export.

use crate::choice::Chosen;
use crate::codebook::comma_separated;
use crate::delivery::{Delivery, Response, counting};
use crate::maturity::Given;
use crate::register::Board;
use nulmeting_study::framework::{Norm, Test};
use nulmeting_study::numbers::round12;
use nulmeting_study::words::{Assessor, Status};
use nulmeting_study::{Finding, Framework};

/// Share of the applicable norms that must be answered for a score; the study file states the same.
const MINIMUM_ANSWERED: f64 = 0.5;

/// The truth of a study, table by table.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    levels: Vec<Vec<String>>,
    scores: Vec<Vec<String>>,
    types: Vec<Vec<String>>,
    choices: Vec<Vec<String>>,
    population: Vec<Vec<String>>,
}

impl Truth {
    /// The truth of a study without waves: headings only.
    pub(crate) fn new() -> Self {
        let heading = |columns: &str| vec![columns.split(',').map(str::to_owned).collect()];
        Self {
            levels: heading("wave,organisation,norm,assessor,level,status,meets_target"),
            scores: heading(
                "wave,organisation,domain,norms,applicable,answered,mean_level,share_meeting,compliant,complete",
            ),
            types: heading("wave,organisation,policy,practice,type"),
            choices: heading("wave,organisation,question,option"),
            population: heading("wave,boards,mean_level,share_meeting"),
        }
    }

    /// Adds what must come out of a wave.
    pub(crate) fn add(&mut self, wave: &str, framework: &Framework, boards: &[Board], delivery: &Delivery) {
        let own = counting(delivery.own());
        for (board, response) in &own {
            let number = &boards[*board].number;
            self.add_levels(wave, framework, number, Assessor::Own, response);
            self.add_scores(wave, framework, number, response);
            self.add_choices(wave, framework, number, response);
        }
        for (board, response) in counting(delivery.peers.iter()) {
            self.add_levels(wave, framework, &boards[board].number, Assessor::Validated, response);
        }
    }

    /// Adds what everyone would have given: the means over all boards of their level and share met on the first part.
    pub(crate) fn add_population(&mut self, wave: &str, framework: &Framework, given: &[Vec<Given>]) {
        let first = framework.parts.first().map(|part| part.code.as_str());
        let sums = given.iter().map(|given| {
            Sum::over(framework, given, |norm| {
                framework.part_of(&norm.domain).map(|own| own.code.as_str()) == first
            })
        });
        let sums: Vec<Sum> = sums.collect();
        let mean = |values: Vec<f64>| {
            let n = values.len();
            (n > 0).then(|| round12(values.into_iter().sum::<f64>() / n as f64))
        };
        self.population.push(vec![
            wave.to_owned(),
            given.len().to_string(),
            shown(mean(sums.iter().filter_map(|sum| sum.mean_level(framework)).collect())),
            shown(mean(sums.iter().filter_map(Sum::share_meeting).collect())),
        ]);
    }

    fn add_levels(&mut self, wave: &str, framework: &Framework, number: &str, assessor: Assessor, response: &Response) {
        for (norm, given) in framework.norms.iter().zip(&response.given) {
            let (level, meets) = reading(norm, given);
            self.levels.push(vec![
                wave.to_owned(),
                number.to_owned(),
                norm.code.clone(),
                assessor.word().to_owned(),
                shown(level),
                status(given).word().to_owned(),
                shown(meets),
            ]);
        }
    }

    fn add_scores(&mut self, wave: &str, framework: &Framework, number: &str, response: &Response) {
        let domains = framework
            .domains
            .iter()
            .map(|domain| (domain.code.as_str(), Some(domain.code.as_str()), ""));
        let parts = framework
            .parts
            .iter()
            .map(|part| (framework.part_item(&part.code), None, part.code.as_str()));
        for (name, domain, part) in domains.chain(parts) {
            let score = Sum::over(framework, &response.given, |norm| match domain {
                Some(domain) => norm.domain == domain,
                None => framework.part_of(&norm.domain).is_some_and(|own| own.code == part),
            });
            let compliant =
                (score.applicable > 0).then_some(score.answered == score.applicable && score.meeting == score.answered);
            self.scores.push(vec![
                wave.to_owned(),
                number.to_owned(),
                name.to_owned(),
                score.norms.to_string(),
                score.applicable.to_string(),
                score.answered.to_string(),
                shown(score.mean_level(framework)),
                shown(score.share_meeting()),
                shown(compliant),
                (score.answered == score.applicable).to_string(),
            ]);
        }
        let axis = |code: &str| {
            let score = Sum::over(framework, &response.given, |norm| {
                norm.axes.iter().any(|axis| axis == code)
            });
            match framework.test {
                Test::Levels => score.mean_level(framework),
                Test::PassFail => score.share_meeting(),
            }
        };
        let in_order = |code: &str, score: f64| {
            let targets: Vec<i64> = framework
                .norms
                .iter()
                .filter(|norm| norm.axes.iter().any(|axis| axis == code))
                .filter_map(|norm| norm.target)
                .collect();
            match framework.test {
                Test::Levels => score >= round12(targets.iter().sum::<i64>() as f64 / targets.len() as f64),
                Test::PassFail => score >= 0.5,
            }
        };
        let (policy, practice) = (axis("policy"), axis("practice"));
        let kind = policy.zip(practice).and_then(|(policy, practice)| {
            let quadrant = (in_order("policy", policy), in_order("practice", practice));
            framework
                .types
                .iter()
                .find(|own| (own.policy, own.practice) == quadrant)
        });
        self.types.push(vec![
            wave.to_owned(),
            number.to_owned(),
            shown(policy),
            shown(practice),
            kind.map_or_else(String::new, |own| own.code.clone()),
        ]);
    }

    fn add_choices(&mut self, wave: &str, framework: &Framework, number: &str, response: &Response) {
        for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
            let Chosen::Options(set) = chosen else { continue };
            for option in set {
                let codes = [wave, number, &question.code, &question.options[*option].code];
                self.choices.push(codes.map(str::to_owned).to_vec());
            }
        }
    }

    /// The files, by path.
    pub(crate) fn files(mut self, mut findings: Vec<Finding>) -> Vec<(String, Vec<u8>)> {
        for table in [&mut self.levels, &mut self.scores, &mut self.types, &mut self.choices] {
            // Scores keep the framework's order of domains: the sort is stable and looks at wave and board.
            table[1..].sort_by(|a, b| a[..2].cmp(&b[..2]));
        }
        Finding::sort(&mut findings);
        let heading = "severity,rule,wave,source,sheet,row,column,organisation,item";
        let mut found: Vec<Vec<String>> = vec![heading.split(',').map(str::to_owned).collect()];
        found.extend(findings.into_iter().map(|finding| {
            vec![
                finding.severity.word().to_owned(),
                finding.rule.word().to_owned(),
                finding.wave.unwrap_or_default(),
                finding.source.unwrap_or_default(),
                finding.sheet.unwrap_or_default(),
                shown(finding.row),
                finding.column.unwrap_or_default(),
                finding.organisation.unwrap_or_default(),
                finding.item.unwrap_or_default(),
            ]
        }));
        [
            ("levels", self.levels),
            ("scores", self.scores),
            ("types", self.types),
            ("choices", self.choices),
            ("population", self.population),
            ("findings", found),
        ]
        .into_iter()
        .map(|(name, rows)| (format!("truth/{name}.csv"), comma_separated(&rows).into_bytes()))
        .collect()
    }
}

/// A value as the truth writes it; empty when there is none.
fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn status(given: &Given) -> Status {
    match given {
        Given::Level(_) | Given::Pass(_) => Status::Answered,
        Given::NotApplicable => Status::NotApplicable,
        Given::DontKnow => Status::DontKnow,
        Given::Skipped => Status::Skipped,
        Given::NotAsked => Status::NotAsked,
        Given::Invalid(_) => Status::Invalid,
    }
}

/// The level and whether the target is met; both absent unless a level or test was answered.
fn reading(norm: &Norm, given: &Given) -> (Option<i64>, Option<bool>) {
    match given {
        Given::Level(level) => (Some(*level), norm.target.map(|target| *level >= target)),
        Given::Pass(passed) => (None, Some(*passed)),
        _ => (None, None),
    }
}

/// Sums over the norms of a domain, part or axis.
#[derive(Default)]
struct Sum {
    norms: usize,
    applicable: usize,
    answered: usize,
    meeting: usize,
    levels: i64,
}

impl Sum {
    fn over(framework: &Framework, given: &[Given], within: impl Fn(&Norm) -> bool) -> Self {
        let mut sum = Self::default();
        for (norm, given) in framework.norms.iter().zip(given) {
            if !within(norm) {
                continue;
            }
            let (level, meets) = reading(norm, given);
            sum.norms += 1;
            sum.applicable += usize::from(status(given) != Status::NotApplicable);
            sum.answered += usize::from(status(given) == Status::Answered);
            sum.meeting += usize::from(meets == Some(true));
            sum.levels += level.unwrap_or_default();
        }
        sum
    }

    fn enough(&self) -> bool {
        self.answered > 0 && self.answered as f64 >= MINIMUM_ANSWERED * self.applicable as f64
    }

    fn mean_level(&self, framework: &Framework) -> Option<f64> {
        (framework.test == Test::Levels && self.enough()).then(|| round12(self.levels as f64 / self.answered as f64))
    }

    fn share_meeting(&self) -> Option<f64> {
        self.enough()
            .then(|| round12(self.meeting as f64 / self.answered as f64))
    }
}
