//! What each kind of published number is made of, table by table.

use super::meaning::{all_axes, meaning, norms};
use super::{Explained, Question, Rule, Tables, Trace, cases, named, rule_of};
use crate::bands::{groups_of, middle};
use crate::score::{Profile, summary};
use crate::trace::base::rank_difference;
use crate::trace::wave::Wave;
use crate::variable::Measure;
use nulmeting_study::EstimateId;
use nulmeting_study::estimate_id::Published;
use nulmeting_study::tables::{
    ALL, Attention, Band, Change, Choice, Cluster, Comparison, Division, Estimate, Joining, Level, Move,
    OrganisationType, Representation, Score, TypeAgreement, TypeProfile, Typing, Typology, Validation,
};
use nulmeting_study::words::{Assessor, Base, Scope, TestKind};
use std::collections::{BTreeMap, BTreeSet};

/// Methods that divide organisations by their means on domains: the organisations that take part are those of `types`.
const ON_DOMAINS: [&str; 6] = ["pam", "pam_weighted", "single", "complete", "average", "ward"];
/// The method whose division is shown with the types by rule.
const SHOWN_METHOD: &str = "pam";

macro_rules! rows {
    ($($kind:ident: $field:ident),+ $(,)?) => {
        /// A row that has an id.
        #[derive(Clone, Copy)]
        pub(super) enum Row<'a> {
            Level(&'a Level),
            $($kind(&'a $kind),)+
        }

        /// The rows with one of these ids, and those that changes between two waves are made of.
        pub(super) fn rows<'a>(tables: &Tables<'a>, ids: &[String]) -> BTreeMap<String, Row<'a>> {
            let read: Vec<EstimateId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            let asked: BTreeSet<&str> = read.iter().map(EstimateId::table).collect();
            let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            let mut rows = BTreeMap::new();
            if asked.contains(Level::TABLE) {
                let named = tables.levels.iter().map(|row| (EstimateId::of(row).to_string(), Row::Level(row)));
                rows.extend(named.filter(|(id, _)| ids.contains(id.as_str())));
            }
            $(if asked.contains($kind::TABLE) {
                let named = tables.analysed.$field.iter().map(|row| (EstimateId::of(row).to_string(), Row::$kind(row)));
                rows.extend(named.filter(|(id, _)| ids.contains(id.as_str())));
            })+
            rows
        }
    };
}
rows! {
    Score: scores,
    Band: bands,
    Estimate: estimates,
    Comparison: comparisons,
    Validation: validation,
    Representation: representation,
    Choice: choices,
    Change: changes,
    OrganisationType: types,
    Cluster: clusters,
    Division: divisions,
    Typology: typology,
    TypeAgreement: type_agreement,
    TypeProfile: type_profiles,
    Move: moves,
    Joining: joinings,
    Attention: attention,
}

impl<'w> Trace<'w> {
    /// Explains a row; absent when the tables are not of one run.
    pub(super) fn row(&self, row: &Row<'w>) -> Option<Explained> {
        let question = match row {
            Row::Change(row) => return self.change(row),
            Row::Comparison(row) => return self.comparison(row),
            Row::Estimate(row) => self.estimate(row)?,
            Row::Choice(row) => self.choice(row)?,
            Row::Attention(row) => self.attention(row)?,
            Row::TypeProfile(row) => self.type_profile(row)?,
            Row::Validation(row) => self.validation(row)?,
            Row::Band(row) => return self.band(row),
            Row::Level(row) => self.level(row)?,
            Row::Score(row) => self.score(row)?,
            Row::OrganisationType(row) => self.organisation_type(row)?,
            Row::Representation(row) => self.representation(row)?,
            Row::Move(row) => self.moves(row)?,
            Row::Cluster(row) => self.cluster(row)?,
            Row::TypeAgreement(row) => self.type_agreement(row)?,
            Row::Division(row) => self.divided(*row, &row.wave, &row.method)?,
            Row::Typology(row) => self.divided(*row, &row.wave, &row.method)?,
            Row::Joining(row) => Question {
                column: "height",
                rule: Rule::Method,
                cases: Vec::new(),
                ..self.divided(*row, &row.wave, &row.method)?
            },
        };
        Some(self.answered(question))
    }

    fn wave(&self, wave: &str) -> Option<&'w Wave<'w>> {
        self.waves.get(wave)
    }

    fn estimate(&self, row: &Estimate) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let variable = wave.variable(row.scope, &row.item, &row.statistic)?;
        let member = wave.member(&row.by, &row.group)?;
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column: "estimate",
            withheld: row.estimate.is_none(),
            rule: rule_of(variable.measure, row.base),
            value: meaning(&row.statistic, row.scope),
            wave,
            cases: cases(wave.sample?, &member, row.base, &variable.values),
            norms: norms(self.tables.study, wave.framework, row.scope, &row.item),
            options: Vec::new(),
            assessors: None,
        })
    }

    fn choice(&self, row: &Choice) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let against = wave.framework.question(&row.question)?.against.clone();
        let chosen = wave.chosen(&row.question, &row.option);
        let mut options = vec![(row.question.clone(), row.option.clone())];
        let (values, value) = match (row.statistic.as_str(), against) {
            ("gap", Some(against)) => {
                let other = wave.chosen(&against, &row.option);
                options.push((against, row.option.clone()));
                let gap = chosen.iter().zip(other).map(|(a, b)| Some((*a)? - b?)).collect();
                (
                    gap,
                    "1 or 0 for the option, less 1 or 0 for the option of the other question",
                )
            }
            _ => (chosen, "1 when the option was chosen, else 0"),
        };
        let member = wave.member(&row.by, &row.group)?;
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column: "estimate",
            withheld: row.estimate.is_none(),
            rule: rule_of(Measure::Share, row.base),
            value: value.to_owned(),
            wave,
            cases: cases(wave.sample?, &member, row.base, &values),
            norms: Vec::new(),
            options,
            assessors: None,
        })
    }

    fn attention(&self, row: &Attention) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let sample = wave.sample?;
        let (norms, met): (Vec<String>, Vec<Option<f64>>) = match row.scope.as_str() {
            "point" => {
                let point = wave.framework.points.iter().find(|point| point.code == row.item)?;
                let selected = wave.framework.select(&point.norms);
                let norms: Vec<String> = selected.iter().map(|norm| norm.code.clone()).collect();
                let met = |name: &String| {
                    let profile = profile(wave, name, &norms);
                    summary(&profile, norms.iter().map(String::as_str)).share_meeting
                };
                let values = sample.organisations.iter().map(met).collect();
                (norms, values)
            }
            scope => {
                let scope = if scope == "norm" { Scope::Norm } else { Scope::Domain };
                let variable = wave.variable(scope, &row.item, "share_meeting")?;
                let norms = norms(self.tables.study, wave.framework, scope, &row.item);
                (norms, variable.values.clone())
            }
        };
        let short: Vec<Option<f64>> = met.into_iter().map(|met| met.map(|met| 1.0 - met)).collect();
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column: "share_below_target",
            withheld: row.share_below_target.is_none(),
            rule: Rule::Mean,
            value: "1 less the share of the answered, applicable norms at or above target".to_owned(),
            wave,
            cases: cases(sample, &wave.everyone(), Base::Organisations, &short),
            norms,
            options: Vec::new(),
            assessors: None,
        })
    }

    fn type_profile(&self, row: &TypeProfile) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let sample = wave.sample?;
        let yes = |holds: bool| f64::from(u8::from(holds));
        let mut member = wave.member(row.typing.word(), &row.r#type)?;
        let (mut covered, mut options) = (Vec::new(), Vec::new());
        let study = self.tables.study;
        let (values, value): (Vec<Option<f64>>, String) = match row.scope.as_str() {
            "all" if row.statistic == "share_type" => {
                let has_type = |name: &String| {
                    let types = wave.types.get(name.as_str());
                    types.is_some_and(|types| match row.typing {
                        Typing::Rule => types.r#type.is_some(),
                        Typing::Cluster => types.cluster.is_some(),
                    })
                };
                let of_type = sample.organisations.iter().zip(&member);
                let values = of_type.map(|(name, of)| has_type(name).then(|| yes(*of))).collect();
                member = wave.everyone();
                covered = all_axes(study, wave.framework);
                (
                    values,
                    format!("1 when the organisation is of {} {}, else 0", row.typing, row.r#type),
                )
            }
            "question" => {
                let (question, option) = row.item.split_once('.')?;
                options.push((question.to_owned(), option.to_owned()));
                (
                    wave.chosen(question, option),
                    "1 when the option was chosen, else 0".to_owned(),
                )
            }
            "sector" => {
                let values = sample
                    .sector
                    .iter()
                    .map(|sector| Some(yes(*sector == row.item)))
                    .collect();
                (values, "1 when the organisation is in the sector, else 0".to_owned())
            }
            "size" => {
                let class = |size: &Option<String>| size.as_ref().map(|size| yes(*size == row.item));
                let values = sample.size.iter().map(class).collect();
                (
                    values,
                    "1 when the organisation is in the size class, else 0".to_owned(),
                )
            }
            "pupils" => (sample.pupils.clone(), "pupils".to_owned()),
            scope => {
                let scope = [Scope::Domain, Scope::All, Scope::Axis]
                    .into_iter()
                    .find(|own| own.word() == scope)?;
                covered = norms(study, wave.framework, scope, &row.item);
                let variable = wave.variable(scope, &row.item, &row.statistic)?;
                (variable.values.clone(), meaning(&row.statistic, scope))
            }
        };
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column: "estimate",
            withheld: row.estimate.is_none(),
            rule: rule_of(Measure::Share, row.base),
            value,
            wave,
            cases: cases(sample, &member, row.base, &values),
            norms: covered,
            options,
            assessors: None,
        })
    }

    fn validation(&self, row: &Validation) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let covered = norms(self.tables.study, wave.framework, row.scope, &row.item);
        let difference = |name: &str| {
            let level = |norm: &str, validated: bool| {
                let levels = wave.levels.get(&(name, norm))?;
                let of = levels
                    .iter()
                    .rfind(|row| (row.assessor == Assessor::Validated) == validated)?;
                of.level.map(|level| level as f64)
            };
            let pairs = covered.iter();
            let pairs: Vec<f64> = pairs
                .filter_map(|norm| Some(level(norm, false)? - level(norm, true)?))
                .collect();
            (!pairs.is_empty()).then(|| pairs.iter().sum::<f64>() / pairs.len() as f64)
        };
        let names = wave.organisations.keys();
        let cases = names.filter_map(|name| Some(((*name).to_owned(), difference(name)?)));
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column: "difference",
            withheld: row.difference.is_none(),
            rule: Rule::PlainMean,
            value: "the mean of self-assessment less validated level over the norms with both".to_owned(),
            wave,
            cases: cases.collect(),
            norms: covered,
            options: Vec::new(),
            assessors: Some(Assessor::ALL.to_vec()),
        })
    }

    /// A band: the middle of unweighted values, rounded to its steps.
    fn band(&self, row: &Band) -> Option<Explained> {
        let wave = self.wave(&row.wave)?;
        let value = |name: &str| -> Option<f64> {
            if row.scope == Scope::Norm {
                let levels = wave.levels.get(&(name, row.item.as_str()))?;
                return levels.iter().find(|level| level.used)?.level.map(|level| level as f64);
            }
            let mut scores = self.tables.analysed.scores.iter();
            let score = scores
                .find(|score| score.wave == row.wave && score.organisation == name && score.domain == row.item)?;
            match row.statistic.as_str() {
                "mean_level" => score.mean_level,
                _ => score.share_meeting,
            }
        };
        let inside = wave.organisations.iter().filter(|(_, organisation)| {
            let mut groups = groups_of(organisation).into_iter();
            organisation.responded && groups.any(|(by, group)| by == row.by && group == row.group)
        });
        let (id, table, number) = named(row);
        let mut explained = self.answered(Question {
            id,
            table,
            number,
            column: "middle",
            withheld: row.middle.is_none(),
            rule: Rule::Middle,
            value: match row.scope {
                Scope::Norm => "the level of the norm".to_owned(),
                scope => meaning(&row.statistic, scope),
            },
            wave,
            cases: inside
                .filter_map(|(name, _)| Some(((*name).to_owned(), value(name)?)))
                .collect(),
            norms: norms(self.tables.study, wave.framework, row.scope, &row.item),
            options: Vec::new(),
            assessors: None,
        });
        let values: Vec<f64> = explained.organisations.iter().map(|row| row.value).collect();
        explained.again = (!values.is_empty()).then(|| middle(row.scope, &row.statistic, values));
        Some(explained)
    }

    fn level(&self, row: &Level) -> Option<Question<'w>> {
        let met = row.meets_target.map(|met| f64::from(u8::from(met)));
        let value = row.level.map(|level| level as f64).or(met);
        let column = if row.level.is_some() { "level" } else { "meets_target" };
        let question = self.of_organisation(
            row,
            &row.wave,
            &row.organisation,
            (column, value),
            vec![row.norm.clone()],
        );
        Some(Question {
            assessors: Some(vec![row.assessor]),
            value: "the level of the norm, or 1 when it is met".to_owned(),
            ..question?
        })
    }

    fn score(&self, row: &Score) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let items = crate::score::items(wave.framework).into_iter();
        let norms = items
            .filter(|(item, _)| *item == row.domain)
            .map(|(_, norms)| norms)
            .next()?;
        let profile = profile(wave, &row.organisation, &norms);
        let found = summary(&profile, norms.iter().map(String::as_str));
        let (column, stated, value) = match row.mean_level {
            Some(_) => ("mean_level", row.mean_level, found.mean_level),
            None => ("share_meeting", row.share_meeting, found.share_meeting),
        };
        let question = self.of_organisation(row, &row.wave, &row.organisation, (column, value), norms)?;
        Some(Question {
            withheld: false,
            cases: if stated.is_some() { question.cases } else { Vec::new() },
            value: "the mean over the answered, applicable norms".to_owned(),
            ..question
        })
    }

    fn organisation_type(&self, row: &OrganisationType) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let study = self.tables.study;
        let axis = crate::score::axis_norms(study, wave.framework, "policy");
        let profile = profile(wave, &row.organisation, &axis);
        let found = summary(&profile, axis.iter().map(String::as_str));
        let value = found
            .mean_level
            .or(found.share_meeting)
            .filter(|_| row.policy.is_some());
        let norms = all_axes(study, wave.framework);
        let question = self.of_organisation(row, &row.wave, &row.organisation, ("policy", value), norms)?;
        Some(Question {
            value: "the score on the policy axis; that on the practice axis is made alike, and both make the type"
                .to_owned(),
            ..question
        })
    }

    /// A number of one organisation, which is its own value.
    fn of_organisation<R: Published>(
        &self,
        row: &R,
        wave: &str,
        organisation: &str,
        (column, value): (&'static str, Option<f64>),
        norms: Vec<String>,
    ) -> Option<Question<'w>> {
        let (id, table, number) = named(row);
        Some(Question {
            id,
            table,
            number,
            column,
            withheld: false,
            rule: Rule::PlainMean,
            value: String::new(),
            wave: self.wave(wave)?,
            cases: value
                .map(|value| (organisation.to_owned(), value))
                .into_iter()
                .collect(),
            norms,
            options: Vec::new(),
            assessors: None,
        })
    }

    fn representation(&self, row: &Representation) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let inside = wave.organisations.iter().filter(|(_, organisation)| {
            let class = match row.variable.as_str() {
                "sector" => &organisation.sector,
                "size" => &organisation.size,
                _ => &organisation.stratum,
            };
            organisation.responded && organisation.stratum.is_some() && class.as_ref() == Some(&row.class)
        });
        let cases = inside.map(|(name, _)| ((*name).to_owned(), 1.0)).collect();
        Some(self.counted(row, wave, "responded", cases))
    }

    /// A count of organisations.
    fn counted<R: Published>(
        &self,
        row: &R,
        wave: &'w Wave<'w>,
        column: &'static str,
        cases: Vec<(String, f64)>,
    ) -> Question<'w> {
        let (id, table, number) = named(row);
        Question {
            id,
            table,
            number,
            column,
            withheld: false,
            rule: Rule::Count,
            value: "1 for each organisation".to_owned(),
            wave,
            cases,
            norms: Vec::new(),
            options: Vec::new(),
            assessors: None,
        }
    }

    fn moves(&self, row: &Move) -> Option<Question<'w>> {
        let (before, after) = (self.wave(&row.from_wave)?, self.wave(&row.to_wave)?);
        let kind = |wave: &Wave<'_>, name: &str| {
            let types = wave.types.get(name)?;
            match row.typing {
                Typing::Rule => types.r#type.clone(),
                Typing::Cluster => types.cluster.map(|cluster| cluster.to_string()),
            }
        };
        let moved = after.types.keys().filter(|name| {
            kind(before, name).as_ref() == Some(&row.from) && kind(after, name).as_ref() == Some(&row.to)
        });
        let cases = moved.map(|name| ((*name).to_owned(), 1.0)).collect();
        Some(Question {
            withheld: row.boards.is_none(),
            ..self.counted(row, after, "boards", cases)
        })
    }

    fn cluster(&self, row: &Cluster) -> Option<Question<'w>> {
        let mut typologies = self.tables.analysed.typology.iter();
        let shown = typologies
            .find(|own| own.wave == row.wave && own.method == SHOWN_METHOD)?
            .k_shown;
        if row.method != SHOWN_METHOD || shown != Some(row.k) {
            return Some(Question {
                column: "size",
                rule: Rule::Method,
                cases: Vec::new(),
                ..self.divided(row, &row.wave, &row.method)?
            });
        }
        let wave = self.wave(&row.wave)?;
        let inside = wave.types.values().filter(|own| own.cluster == Some(row.cluster));
        let cases = inside.map(|own| (own.organisation.clone(), 1.0)).collect();
        Some(self.counted(row, wave, "size", cases))
    }

    fn type_agreement(&self, row: &TypeAgreement) -> Option<Question<'w>> {
        let wave = self.wave(&row.wave)?;
        let inside = wave.types.values();
        let inside = inside.filter(|own| own.cluster == Some(row.cluster) && own.r#type.as_ref() == Some(&row.r#type));
        let cases = inside.map(|own| (own.organisation.clone(), 1.0)).collect();
        Some(self.counted(row, wave, "boards", cases))
    }

    /// A measure of a whole partition: who took part.
    fn divided<R: Published>(&self, row: &R, wave: &str, method: &str) -> Option<Question<'w>> {
        let wave = self.wave(wave)?;
        let divided = wave.types.values().filter(|own| own.cluster.is_some());
        // Where too few answered to be divided, nobody has a cluster, and who took part is in no table.
        let known = ON_DOMAINS.contains(&method) && wave.types.values().any(|own| own.cluster.is_some());
        let cases: Vec<(String, f64)> = divided
            .filter(|_| known)
            .map(|own| (own.organisation.clone(), 1.0))
            .collect();
        let question = self.counted(row, wave, "boards", cases);
        Some(Question {
            rule: if known { Rule::Count } else { Rule::Method },
            ..question
        })
    }

    /// A test between groups: the numbers of both sides, or of all organisations for a test of all groups at once.
    fn comparison(&self, row: &Comparison) -> Option<Explained> {
        let wave = self.wave(&row.wave)?;
        let sample = wave.sample?;
        let mut names = match row.test {
            TestKind::RaoScott if row.scope != Scope::Norm => vec!["share_compliant"],
            _ => vec!["mean_level", "share_meeting"],
        }
        .into_iter();
        let variable = names.find_map(|statistic| wave.variable(row.scope, &row.item, statistic))?;
        let side = |group: &str| -> Option<Vec<bool>> {
            match group {
                "rest" => {
                    let inside = wave.member(&row.by, &row.group)?;
                    let outside = inside.iter().enumerate();
                    Some(
                        outside
                            .map(|(at, inside)| !inside && sample.is_grouped(&row.by, at))
                            .collect(),
                    )
                }
                ALL => Some(wave.everyone()),
                group => wave.member(&row.by, group),
            }
        };
        let question = |member: &[bool], column| {
            let (id, table, number) = named(row);
            Question {
                id,
                table,
                number,
                column,
                withheld: false,
                rule: Rule::Mean,
                value: meaning(&variable.statistic, row.scope),
                wave,
                cases: cases(sample, member, Base::Organisations, &variable.values),
                norms: norms(self.tables.study, wave.framework, row.scope, &row.item),
                options: Vec::new(),
                assessors: None,
            }
        };
        if row.test == TestKind::RaoScott {
            return Some(self.answered(Question {
                rule: Rule::Method,
                ..question(&side(ALL)?, "statistic")
            }));
        }
        let first = self.answered(question(&side(&row.against)?, "difference"));
        let second = self.answered(question(&side(&row.group)?, "difference"));
        let (rule, again) = match row.test {
            TestKind::Rank => (
                Rule::RankDifference,
                rank_difference(&first.organisations, &second.organisations),
            ),
            _ => (Rule::Difference, second.again.zip(first.again).map(|(b, a)| b - a)),
        };
        Some(Explained {
            rule,
            formula: rule.formula(),
            again,
            organisations: Vec::new(),
            parts: vec![first, second.clone()],
            ..second
        })
    }
}

/// The levels that feed the scores of an organisation on a list of norms.
fn profile<'a>(wave: &'a Wave<'_>, organisation: &str, norms: &'a [String]) -> Profile<'a> {
    let used = |norm: &'a String| {
        let levels = wave.levels.get(&(organisation, norm.as_str()))?;
        Some((norm.as_str(), *levels.iter().find(|level| level.used)?))
    };
    norms.iter().filter_map(used).collect()
}
