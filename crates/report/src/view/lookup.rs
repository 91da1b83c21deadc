//! Looking up: the numbers, domains, questions, rankings and counts of a wave.

use crate::view::{Number, View};
use nulmeting_study::Framework;
use nulmeting_study::framework::{Domain, Part, Question};
use nulmeting_study::tables::{ALL, Attention};
use nulmeting_study::words::{Base, Scope};
use std::collections::BTreeMap;

impl<'a> View<'a> {
    /// A number about all organisations, per organisation.
    pub(crate) fn number(&self, scope: Scope, item: &str, statistic: &str) -> Option<Number<'a>> {
        self.grouped(scope, item, ALL, ALL, statistic)
    }

    /// A number about a group, per organisation.
    pub(crate) fn grouped(
        &self,
        scope: Scope,
        item: &str,
        by: &str,
        group: &str,
        statistic: &str,
    ) -> Option<Number<'a>> {
        self.estimates
            .get(&(scope, item, by, group, statistic, Base::Organisations))
            .map(|row| Number::from(*row))
    }

    /// A number about all organisations, each counted by its pupils.
    pub(crate) fn by_pupils(&self, scope: Scope, item: &str, statistic: &str) -> Option<Number<'a>> {
        self.estimates
            .get(&(scope, item, ALL, ALL, statistic, Base::Pupils))
            .map(|row| Number::from(*row))
    }

    /// A share of a question that is not about a norm.
    pub(crate) fn choice(&self, question: &str, option: &str, statistic: &str) -> Option<Number<'a>> {
        self.choices
            .get(&(question, option, ALL, ALL, statistic, Base::Organisations))
            .map(|row| Number::from(*row))
    }

    /// The domains of a part, in their order, that have an estimate.
    pub(crate) fn domains(&self, part: &str) -> Vec<&'a Domain> {
        let framework: &'a Framework = self.framework;
        framework
            .domains
            .iter()
            .filter(|domain| domain.part == part && self.number(Scope::Domain, &domain.code, "share_meeting").is_some())
            .collect()
    }

    /// The parts that have a domain with an estimate, with the name under which they stand in the tables.
    pub(crate) fn parts(&self) -> Vec<(&'a Part, &'a str)> {
        let framework: &'a Framework = self.framework;
        framework
            .parts
            .iter()
            .filter(|part| !self.domains(&part.code).is_empty())
            .map(|part| (part, framework.part_item(&part.code)))
            .collect()
    }

    /// The ranking of a scope, from what needs attention first.
    pub(crate) fn ranking(&self, scope: &str) -> Vec<&'a Attention> {
        let mut rows: Vec<&Attention> = self
            .input
            .analysed
            .attention
            .iter()
            .filter(|row| row.wave == self.wave.id && row.scope == scope)
            .collect();
        rows.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.item.cmp(&b.item)));
        rows
    }

    /// The question of a topic, where the wave has one with answers.
    pub(crate) fn question(&self, topic: &str) -> Option<&'a Question> {
        let framework: &'a Framework = self.framework;
        framework
            .questions
            .iter()
            .find(|question| question.topic == topic && self.has_answers(question))
    }

    /// The question whose shares are compared with those of another, with that other.
    pub(crate) fn compared(&self) -> Option<(&'a Question, &'a Question)> {
        let framework: &'a Framework = self.framework;
        framework.questions.iter().find_map(|question| {
            let other = framework.question(question.against.as_deref()?)?;
            (self.has_answers(question) && self.has_answers(other)).then_some((question, other))
        })
    }

    fn has_answers(&self, question: &Question) -> bool {
        question
            .options
            .iter()
            .any(|option| self.choice(&question.code, &option.code, "share").is_some())
    }

    /// The organisations under the wave's numbers: those under the number about all norms.
    pub(crate) fn respondents(&self) -> i64 {
        self.input
            .normalized
            .organisations
            .iter()
            .filter(|row| row.wave == self.wave.id && row.responded && row.stratum.is_some())
            .count() as i64
    }

    /// Organisations of the register in this wave.
    pub(crate) fn population(&self) -> i64 {
        self.input
            .normalized
            .organisations
            .iter()
            .filter(|row| row.wave == self.wave.id && row.stratum.is_some())
            .count() as i64
    }

    /// The target that most norms of a set share: what a line in a figure can stand for.
    ///
    /// Absent in a pass/fail wave. Of two equally frequent targets the lower.
    pub(crate) fn target(&self, domain: Option<&str>) -> Option<i64> {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        for norm in self
            .framework
            .norms
            .iter()
            .filter(|norm| domain.is_none_or(|code| norm.domain == code))
        {
            if let Some(target) = norm.target {
                *counts.entry(target).or_default() += 1;
            }
        }
        counts
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))
            .map(|(target, _)| *target)
    }
}
