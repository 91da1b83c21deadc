//! The level of each responding organisation on each norm, one per assessor.

use crate::answer::Delivered;
use nulmeting_study::framework::Norm;
use nulmeting_study::tables::{Answer, Level, Organisation};
use nulmeting_study::words::{AnswerKind, Assessor, Respondents, Status};
use nulmeting_study::{Framework, Study};
use std::collections::{BTreeMap, BTreeSet};

/// Answers that count, by organisation, assessor and norm.
type Counting<'a> = BTreeMap<(&'a str, Assessor, &'a str), Vec<&'a Answer>>;

/// Reasons for having no level, the most telling first: what somebody said goes before silence.
const REASONS: &[Status] = &[
    Status::NotApplicable,
    Status::DontKnow,
    Status::Refused,
    Status::Invalid,
    Status::Skipped,
];

/// Makes the grid: every responding organisation of the register × every norm × every assessor of it.
///
/// Missing: a norm that was in no export of the organisation was not asked.
/// Absent: no row for organisations outside the register, nor for an assessor that gave no usable answer.
pub(crate) fn grid(
    study: &Study,
    framework: &Framework,
    organisations: &[Organisation],
    delivered: &[Delivered],
) -> Vec<Level> {
    let mut counting: Counting = BTreeMap::new();
    let mut assessors: BTreeMap<&str, BTreeSet<Assessor>> = BTreeMap::new();
    for answer in delivered.iter().map(|row| &row.answer).filter(|answer| answer.counts) {
        if answer.kind != AnswerKind::Choice {
            counting
                .entry((&answer.organisation, answer.assessor, &answer.item))
                .or_default()
                .push(answer);
        }
        if answer.status == Status::Answered {
            assessors
                .entry(&answer.organisation)
                .or_default()
                .insert(answer.assessor);
        }
    }
    let mut rows = Vec::new();
    for organisation in organisations
        .iter()
        .filter(|row| row.responded && row.stratum.is_some())
    {
        let name = organisation.organisation.as_str();
        for norm in &framework.norms {
            for assessor in assessors.get(name).into_iter().flatten() {
                let answers = counting
                    .get(&(name, *assessor, norm.code.as_str()))
                    .map_or(&[][..], Vec::as_slice);
                let verdict = Verdict::over(answers, study.scores.respondents);
                rows.push(verdict.row(organisation, norm, *assessor, study.scores.assessor));
            }
        }
    }
    rows
}

/// What the counting answers to one norm come to.
struct Verdict {
    level: Option<i64>,
    holds: Option<bool>,
    status: Status,
    respondents: i64,
}

impl Verdict {
    /// Takes one answer per respondent, and of those the one that the rule asks for.
    ///
    /// Missing: an answer on the scale goes before a reason for having none.
    fn over(answers: &[&Answer], rule: Respondents) -> Self {
        let mut each: BTreeMap<(&str, &str), &Answer> = BTreeMap::new();
        for answer in answers {
            let own = each.entry((&answer.source, &answer.respondent)).or_insert(answer);
            // The same norm on two tabs of a workbook: the first place that is filled in.
            if own.status != Status::Answered && answer.status == Status::Answered {
                *own = answer;
            }
        }
        let mut answered: Vec<&Answer> = each
            .values()
            .copied()
            .filter(|row| row.status == Status::Answered)
            .collect();
        answered.sort_by_key(|answer| (answer.level, answer.holds));
        let count = |number: usize| i64::try_from(number).expect("respondents of one organisation fit");
        if let Some(last) = answered.len().checked_sub(1) {
            let taken = match rule {
                Respondents::Highest => answered[last],
                Respondents::Lowest => answered[0],
                Respondents::Last | Respondents::Median => answered[last / 2],
            };
            return Self {
                level: taken.level,
                holds: taken.holds,
                status: Status::Answered,
                respondents: count(answered.len()),
            };
        }
        let said = |status: &&Status| each.values().any(|answer| answer.status == **status);
        let status = REASONS.iter().find(said).copied().unwrap_or(Status::NotAsked);
        let gave = matches!(status, Status::NotApplicable | Status::DontKnow | Status::Refused);
        let respondents = each.values().filter(|answer| gave && answer.status == status).count();
        Self {
            level: None,
            holds: None,
            status,
            respondents: count(respondents),
        }
    }

    fn row(self, organisation: &Organisation, norm: &Norm, assessor: Assessor, headline: Assessor) -> Level {
        let met = |level: i64| norm.target.map(|target| level >= target);
        Level {
            wave: organisation.wave.clone(),
            organisation: organisation.organisation.clone(),
            norm: norm.code.clone(),
            domain: norm.domain.clone(),
            assessor,
            used: assessor == headline,
            level: self.level,
            status: self.status,
            respondents: self.respondents,
            target: norm.target,
            meets_target: self.holds.or(self.level.and_then(met)),
        }
    }
}
