//! One wave of a study as a reader sees it: its numbers by name, its domains in order, its words in one language.

pub(crate) mod board_view;
pub(crate) mod claims;
pub(crate) mod number_format;
pub(crate) mod typology_view;
pub(crate) mod wave_change;
pub(crate) mod wording;

use crate::view::wording::Texts;
use crate::{Error, Input, Options};
use nulmeting_study::Framework;
use nulmeting_study::framework::{Domain, Part, Question, Test, Text};
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{ALL, Attention, Choice, Estimate};
use nulmeting_study::words::{Base, Language, Reliability, Scope, Selection};
use std::collections::BTreeMap;

type EstimateKey<'a> = (Scope, &'a str, &'a str, &'a str, &'a str, Base);
type ChoiceKey<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, Base);

/// A wave with everything that is known of it.
pub(crate) struct View<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) options: &'a Options,
    pub(crate) texts: &'a Texts,
    pub(crate) wave: &'a Wave,
    pub(crate) framework: &'a Framework,
    /// Grouping whose groups take the place of domains in a figure; absent in every report.
    pub(crate) by: Option<String>,
    estimates: BTreeMap<EstimateKey<'a>, &'a Estimate>,
    choices: BTreeMap<ChoiceKey<'a>, &'a Choice>,
}

/// A published number, whatever table it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'a> {
    pub(crate) id: &'a str,
    /// Absent when withheld.
    pub(crate) value: Option<f64>,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    /// Organisations under it; 0 when withheld, and then [`View::organisations`] says so.
    pub(crate) n: i64,
    pub(crate) reliability: Reliability,
    pub(crate) suppressed: bool,
}

impl<'a> From<&'a Estimate> for Number<'a> {
    fn from(row: &'a Estimate) -> Self {
        Self {
            id: &row.id,
            value: row.estimate,
            low: row.ci_low,
            high: row.ci_high,
            n: row.n.unwrap_or_default(),
            reliability: row.reliability,
            suppressed: row.suppressed,
        }
    }
}

impl<'a> From<&'a Choice> for Number<'a> {
    fn from(row: &'a Choice) -> Self {
        Self {
            id: &row.id,
            value: row.estimate,
            low: row.ci_low,
            high: row.ci_high,
            n: row.n.unwrap_or_default(),
            reliability: row.reliability,
            suppressed: row.suppressed,
        }
    }
}

/// How two numbers stand to each other, as far as their intervals carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Lower,
    Higher,
    /// The intervals overlap: nothing can be said.
    Open,
}

impl Number<'_> {
    /// The interval; absent when there is none or when it has no width.
    pub(crate) fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high).filter(|(low, high)| low < high)
    }

    /// How it stands to another: lower or higher only when the intervals do not touch.
    ///
    /// Missing: a number without an interval is compared with nothing.
    pub(crate) fn against(&self, other: &Number<'_>) -> Comparison {
        match (self.low, self.high, other.low, other.high) {
            (Some(_), Some(high), Some(low), Some(_)) if high < low => Comparison::Lower,
            (Some(low), Some(_), Some(_), Some(high)) if low > high => Comparison::Higher,
            _ => Comparison::Open,
        }
    }
}

impl<'a> View<'a> {
    /// Looks a wave up.
    ///
    /// Errors: a wave whose framework nobody gave.
    pub(crate) fn new(
        input: &'a Input<'a>,
        options: &'a Options,
        texts: &'a Texts,
        wave: &'a Wave,
    ) -> Result<Self, Error> {
        let framework = input
            .normalized
            .frameworks
            .get(&wave.id)
            .or_else(|| input.normalized.frameworks.get(input.study.framework_of(wave)))
            .ok_or_else(|| Error::NoFramework { wave: wave.id.clone() })?;
        let estimates = input
            .analysed
            .estimates
            .iter()
            .filter(|row| row.wave == wave.id)
            .map(|row| {
                (
                    (
                        row.scope,
                        row.item.as_str(),
                        row.by.as_str(),
                        row.group.as_str(),
                        row.statistic.as_str(),
                        row.base,
                    ),
                    row,
                )
            })
            .collect();
        let choices = input
            .analysed
            .choices
            .iter()
            .filter(|row| row.wave == wave.id)
            .map(|row| {
                (
                    (
                        row.question.as_str(),
                        row.option.as_str(),
                        row.by.as_str(),
                        row.group.as_str(),
                        row.statistic.as_str(),
                        row.base,
                    ),
                    row,
                )
            })
            .collect();
        Ok(Self {
            input,
            options,
            texts,
            wave,
            framework,
            by: None,
            estimates,
            choices,
        })
    }

    pub(crate) fn language(&self) -> Language {
        self.options.language
    }

    /// A text of the codebook in the reader's language.
    pub(crate) fn of<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.options.language)
    }

    /// Whether the wave has levels, and not only tests that are passed or not.
    pub(crate) fn has_levels(&self) -> bool {
        self.framework.test == Test::Levels
    }

    pub(crate) fn selection(&self) -> Selection {
        self.wave.selection
    }

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
        self.based(scope, item, by, group, statistic, Base::Organisations)
    }

    /// A number about all organisations, each counted by its pupils.
    pub(crate) fn by_pupils(&self, scope: Scope, item: &str, statistic: &str) -> Option<Number<'a>> {
        self.based(scope, item, ALL, ALL, statistic, Base::Pupils)
    }

    fn based(
        &self,
        scope: Scope,
        item: &str,
        by: &str,
        group: &str,
        statistic: &str,
        base: Base,
    ) -> Option<Number<'a>> {
        self.estimates
            .get(&(scope, item, by, group, statistic, base))
            .map(|row| Number::from(*row))
    }

    /// A share of a question beside the norms.
    pub(crate) fn choice(&self, question: &str, option: &str, statistic: &str) -> Option<Number<'a>> {
        self.choices
            .get(&(question, option, ALL, ALL, statistic, Base::Organisations))
            .map(|row| Number::from(*row))
    }

    /// The values of a grouping variable for which there are estimates, size classes from small to large.
    pub(crate) fn groups(&self, by: &str) -> Vec<&'a str> {
        let mut groups: Vec<&str> = self
            .estimates
            .keys()
            .filter(|key| key.2 == by && key.0 == Scope::All)
            .map(|key| key.3)
            .collect();
        groups.sort_by_key(|group| (size_order(group), *group));
        groups.dedup();
        groups
    }

    /// The values of a grouping variable for which there are estimates, and with the reason in words those for which there
    /// are none because nobody took part.
    pub(crate) fn classes(&self, by: &str) -> Result<Vec<(&'a str, Option<String>)>, Error> {
        let groups = self.groups(by);
        let mut classes: Vec<(&str, Option<String>)> = groups.iter().map(|group| (*group, None)).collect();
        let own = self.input.analysed.representation.iter();
        for row in own.filter(|row| row.wave == self.wave.id && row.variable == by) {
            if row.responded == 0 && !groups.contains(&row.class.as_str()) && !groups.is_empty() {
                // Outside, nobody is not told apart from hardly anyone where that protects another class.
                let key = if self.options.public && row.inside {
                    "word.too_few"
                } else {
                    "word.nobody"
                };
                classes.push((&row.class, Some(self.texts.word(key)?)));
            }
        }
        classes.sort_by_key(|(group, _)| (size_order(group), *group));
        Ok(classes)
    }

    /// The grouping variables for which there are estimates.
    pub(crate) fn groupings(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.estimates.keys().map(|key| key.2).filter(|by| *by != ALL).collect();
        names.dedup();
        names
    }

    /// A group's name for readers.
    pub(crate) fn group_name(&self, by: &str, group: &str) -> String {
        if let Some(name) = self.texts.known(&format!("group.{by}.{}", group.to_lowercase())) {
            return name.to_owned();
        }
        if by != "size" {
            return group.to_uppercase();
        }
        let count = |text: &str| {
            text.parse().map_or_else(
                |_| text.to_owned(),
                |value| number_format::count(value, self.language()),
            )
        };
        if let Some(limit) = group.strip_prefix("<") {
            format!("< {}", count(limit))
        } else if let Some(limit) = group.strip_prefix(">=") {
            format!("≥ {}", count(limit))
        } else if let Some((from, to)) = group.split_once('-') {
            format!("{}–{}", count(from), count(to))
        } else {
            group.to_owned()
        }
    }

    /// A group's name within a sentence: a size class says what it counts.
    pub(crate) fn group_words(&self, by: &str, group: &str) -> Result<String, Error> {
        let name = self.group_name(by, group);
        if by == "size" {
            self.texts.say("word.size_group", minijinja::context! { class => name })
        } else {
            Ok(name)
        }
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

    /// A domain's number and name.
    pub(crate) fn domain_name(&self, domain: &Domain) -> String {
        format!("{} {}", domain.number, self.of(&domain.name))
    }

    /// Name of what is ranked: a norm, a domain or a point of attention.
    pub(crate) fn item_name(&self, scope: &str, item: &str) -> String {
        match scope {
            "norm" => match self.framework.norm(item).map(|norm| self.of(&norm.title)) {
                Some(title) if !title.is_empty() => format!("{item} {title}"),
                _ => item.to_owned(),
            },
            "domain" => self
                .framework
                .domain(item)
                .map_or_else(|| item.to_owned(), |domain| self.of(&domain.name).to_owned()),
            _ => {
                let point = self.framework.points.iter().find(|point| point.code == item);
                point.map_or_else(|| item.to_owned(), |point| self.of(&point.name).to_owned())
            }
        }
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

    // How numbers read.

    pub(crate) fn percent(&self, value: f64, n: i64) -> String {
        number_format::percent(value, n, self.language())
    }

    pub(crate) fn level(&self, value: f64, n: i64) -> String {
        number_format::level(value, n, self.language())
    }

    pub(crate) fn count(&self, value: i64) -> String {
        number_format::count(value, self.language())
    }

    /// A share as a cell of a table: `23% (18–29%)`, or why there is none.
    pub(crate) fn share_cell(&self, found: Option<Number<'_>>) -> Result<String, Error> {
        self.cell(found, |value, number| {
            (self.percent(value, number.n), self.share_interval(number))
        })
    }

    /// A level as a cell of a table.
    pub(crate) fn level_cell(&self, found: Option<Number<'_>>) -> Result<String, Error> {
        self.cell(found, |value, number| {
            (self.level(value, number.n), self.level_interval(number))
        })
    }

    fn cell(
        &self,
        found: Option<Number<'_>>,
        write: impl Fn(f64, &Number<'_>) -> (String, String),
    ) -> Result<String, Error> {
        match found {
            Some(Number { suppressed: true, .. }) => self.texts.word("word.too_few"),
            Some(number @ Number { value: Some(value), .. }) => {
                let (estimate, interval) = write(value, &number);
                Ok(if interval.is_empty() {
                    estimate
                } else {
                    format!("{estimate} ({interval})")
                })
            }
            _ => Ok("–".to_owned()),
        }
    }

    /// The organisations under a number as text; a dash when it is withheld.
    pub(crate) fn organisations(&self, number: &Number<'_>) -> String {
        if number.suppressed {
            "–".to_owned()
        } else {
            self.count(number.n)
        }
    }

    /// An interval of shares as text; empty when there is none.
    pub(crate) fn share_interval(&self, found: &Number<'_>) -> String {
        let range = |(low, high)| number_format::percent_range(low, high, found.n, self.language());
        found.interval().map(range).unwrap_or_default()
    }

    /// An interval of levels as text; empty when there is none.
    pub(crate) fn level_interval(&self, found: &Number<'_>) -> String {
        let range = |(low, high)| number_format::level_range(low, high, found.n, self.language());
        found.interval().map(range).unwrap_or_default()
    }
}

/// Where a size class stands by its lowest limit; text that is no class comes first.
fn size_order(group: &str) -> i64 {
    if group.starts_with('<') {
        return -1;
    }
    let digits: String = group
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(-2)
}
