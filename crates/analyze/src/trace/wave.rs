//! What a number of a wave is traced in: the wave's organisations, levels and answers by name, its variables and types.

use super::Tables;
use crate::sample::{Group, Sample};
use crate::types::Classified;
use crate::variable::{Variable, variables};
use nulmeting_study::Framework;
use nulmeting_study::tables::{ALL, Answer, Level, Organisation, OrganisationType};
use nulmeting_study::words::{AnswerKind, Scope, Status};
use std::collections::BTreeMap;

/// A wave, looked up by name.
pub(super) struct Wave<'a> {
    pub(super) framework: &'a Framework,
    /// Absent when nobody of the register answered.
    pub(super) sample: Option<&'a Sample>,
    pub(super) variables: Vec<Variable>,
    /// Types by rule, in the order of the sample.
    pub(super) classified: Vec<Classified>,
    pub(super) types: BTreeMap<&'a str, &'a OrganisationType>,
    pub(super) organisations: BTreeMap<&'a str, &'a Organisation>,
    /// Levels by organisation and norm, one per assessor.
    pub(super) levels: BTreeMap<(&'a str, &'a str), Vec<&'a Level>>,
    /// Answers that count by organisation, item and option.
    pub(super) answers: BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Answer>>,
}

impl<'a> Wave<'a> {
    pub(super) fn new(tables: &Tables<'a>, name: &'a str, framework: &'a Framework) -> Self {
        let types: BTreeMap<&str, &OrganisationType> = tables
            .analysed
            .types
            .iter()
            .filter(|row| row.wave == name)
            .map(|row| (row.organisation.as_str(), row))
            .collect();
        let sample = tables.samples.get(name);
        let classified: Vec<Classified> = sample
            .iter()
            .flat_map(|sample| &sample.organisations)
            .map(|organisation| {
                let row = types.get(organisation.as_str());
                Classified {
                    axes: [row.and_then(|row| row.policy), row.and_then(|row| row.practice)],
                    thresholds: [
                        row.and_then(|row| row.policy_threshold),
                        row.and_then(|row| row.practice_threshold),
                    ],
                    code: row.and_then(|row| row.r#type.clone()),
                    typed: None,
                }
            })
            .collect();
        let variables = sample.map_or_else(Vec::new, |sample| {
            variables(tables.study, framework, sample, tables.levels, &classified)
        });
        let mut levels: BTreeMap<_, Vec<&Level>> = BTreeMap::new();
        for row in tables.levels.iter().filter(|row| row.wave == name) {
            let key = (row.organisation.as_str(), row.norm.as_str());
            levels.entry(key).or_default().push(row);
        }
        let mut answers: BTreeMap<_, Vec<&Answer>> = BTreeMap::new();
        for row in tables.answers.iter().filter(|row| row.wave == name && row.counts) {
            let option = if row.kind == AnswerKind::Choice {
                row.option.as_str()
            } else {
                ""
            };
            let key = (row.organisation.as_str(), row.item.as_str(), option);
            answers.entry(key).or_default().push(row);
        }
        let organisations = tables.organisations.iter().filter(|row| row.wave == name);
        Self {
            framework,
            sample,
            variables,
            classified,
            types,
            organisations: organisations.map(|row| (row.organisation.as_str(), row)).collect(),
            levels,
            answers,
        }
    }

    /// The variable of an item and statistic.
    pub(super) fn variable(&self, scope: Scope, item: &str, statistic: &str) -> Option<&Variable> {
        let mut variables = self.variables.iter();
        variables.find(|row| row.scope == scope && row.item == item && row.statistic == statistic)
    }

    /// Which organisations of the sample are in a group.
    pub(super) fn member(&self, by: &str, group: &str) -> Option<Vec<bool>> {
        let sample = self.sample?;
        let of_type = |fits: &dyn Fn(&OrganisationType) -> bool| {
            let row = |name: &String| self.types.get(name.as_str()).is_some_and(|row| fits(row));
            Some(sample.organisations.iter().map(row).collect())
        };
        match by {
            "type" | "rule" => of_type(&|row| row.r#type.as_deref() == Some(group)),
            "cluster" => of_type(&|row| row.cluster.is_some_and(|cluster| cluster.to_string() == group)),
            _ => {
                let found = |own: &Group| own.by == by && own.name == group;
                sample.groups().into_iter().find(found).map(|group| group.member)
            }
        }
    }

    /// All organisations of the sample.
    pub(super) fn everyone(&self) -> Vec<bool> {
        self.member(ALL, ALL).unwrap_or_default()
    }

    /// Whether each organisation of the sample chose an option; absent where it did not answer.
    pub(super) fn chosen(&self, question: &str, option: &str) -> Vec<Option<f64>> {
        let of = |name: &String| {
            let answers = self.answers.get(&(name.as_str(), question, option))?;
            let given = answers.iter().filter(|row| row.status == Status::Answered);
            let holds = given.rev().find_map(|row| row.holds)?;
            Some(f64::from(u8::from(holds)))
        };
        self.sample
            .iter()
            .flat_map(|sample| &sample.organisations)
            .map(of)
            .collect()
    }
}
