//! The level of each responding organisation on each norm, one per assessor.

use nulmeting_counts::{Outcome, WaveTally};
use nulmeting_study::framework::Norm;
use nulmeting_study::tables::{Level, Organisation};
use nulmeting_study::words::{AnswerKind, Assessor, Respondents, Status};
use nulmeting_study::{Framework, Study};
use std::collections::{BTreeMap, BTreeSet};

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
/// Shape: in the order of organisations, norms and assessors as given; `tally` holds the counted answers of the wave.
/// Missing: a norm that was in no export of the organisation was not asked.
/// Absent: no row for organisations outside the register, nor for an assessor that gave no usable answer.
pub(crate) fn grid(
    study: &Study,
    framework: &Framework,
    organisations: &[Organisation],
    tally: Option<&WaveTally>,
) -> Vec<Level> {
    let Some(tally) = tally else { return Vec::new() };
    let questions = tally.questions();
    let mut of: BTreeMap<(&str, Assessor), Vec<usize>> = BTreeMap::new();
    for (place, question) in questions.iter().filter(|(_, own)| own.kind != AnswerKind::Choice) {
        of.entry((&question.item, question.assessor)).or_default().push(*place);
    }
    let mut rows = Vec::new();
    for organisation in organisations
        .iter()
        .filter(|row| row.responded && row.stratum.is_some())
    {
        let Some(unit) = tally.place(&organisation.organisation) else {
            continue;
        };
        let answered = |place: usize| {
            let mut outcomes = tally.outcomes(unit, place);
            outcomes.any(|(outcome, _)| outcome.status == Status::Answered)
        };
        let mut assessors: BTreeSet<Assessor> = BTreeSet::new();
        for (place, question) in &questions {
            if !assessors.contains(&question.assessor) && answered(*place) {
                assessors.insert(question.assessor);
            }
        }
        for norm in &framework.norms {
            for assessor in &assessors {
                let own = of.get(&(norm.code.as_str(), *assessor)).into_iter().flatten();
                let outcomes: Vec<(Outcome, u32)> = own.flat_map(|place| tally.outcomes(unit, *place)).collect();
                let verdict = Verdict::over(&outcomes, study.scores.respondents);
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
    /// Takes the one that the rule asks for, out of one answer per respondent.
    ///
    /// Missing: an answer on the scale goes before a reason for having none.
    fn over(outcomes: &[(Outcome, u32)], rule: Respondents) -> Self {
        let count = |status: Status| -> u64 {
            let own = outcomes.iter().filter(|(outcome, _)| outcome.status == status);
            own.map(|(_, times)| u64::from(*times)).sum()
        };
        let whole = |number: u64| i64::try_from(number).expect("respondents of one organisation fit");
        let answers = count(Status::Answered);
        if answers > 0 {
            let mut answered: Vec<(Option<i64>, Option<bool>, u32)> = outcomes
                .iter()
                .filter(|(outcome, _)| outcome.status == Status::Answered)
                .map(|(outcome, times)| (outcome.level, outcome.holds, *times))
                .collect();
            answered.sort_unstable();
            let mut before = rule.place(answers);
            let taken = answered.iter().find(|(_, _, times)| {
                let here = before < u64::from(*times);
                before = before.saturating_sub(u64::from(*times));
                here
            });
            let (level, holds, _) = taken.expect("the place is one of the answers");
            return Self {
                level: *level,
                holds: *holds,
                status: Status::Answered,
                respondents: whole(answers),
            };
        }
        let said = REASONS.iter().copied().find(|status| count(*status) > 0);
        let status = said.unwrap_or(Status::NotAsked);
        let gave = matches!(status, Status::NotApplicable | Status::DontKnow | Status::Refused);
        Self {
            level: None,
            holds: None,
            status,
            respondents: if gave { whole(count(status)) } else { 0 },
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
