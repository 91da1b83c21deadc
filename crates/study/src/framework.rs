//! The framework that is measured against: a codebook of parts, domains, norms, levels, axes, types, points
//! of attention, questions beside the norms, and support on offer.
//!
//! All of it is data. No number of norms, levels or domains is known to the code, and a codebook says of each
//! row how sure it is.

mod files;
mod parts;
mod validity;
mod versions;

pub use files::FILES;
pub use parts::{
    Axis, Choice, Domain, LevelName, LinkKind, Norm, NormLink, Part, Point, Question, QuestionKind, Support,
    SupportFor, Test, Text, TypeName,
};
pub use versions::{Shared, Versions};

use crate::words::Standing;
use crate::{Error, tables};
use std::collections::{BTreeMap, BTreeSet};

/// A framework: what is measured, on which scale, against which targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    /// Name by which a study file refers to it.
    pub id: String,
    /// Title for readers.
    pub title: Text,
    /// Where the codebook's rows come from, for readers.
    pub origin: Text,
    /// Whether norms are tested pass/fail or levelled.
    pub test: Test,
    /// Level that equals the test of a pass/fail version; absent when no such version exists.
    pub pass_level: Option<i64>,
    /// The scale, from low to high; empty in a pass/fail version.
    pub levels: Vec<LevelName>,
    /// Parts (security, privacy), in order; the first is reported as `all`.
    pub parts: Vec<Part>,
    /// The two axes of the typology.
    pub axes: Vec<Axis>,
    /// The types by rule, one per quadrant.
    pub types: Vec<TypeName>,
    /// Points of attention: named groups of norms.
    pub points: Vec<Point>,
    /// Domains in their official order.
    pub domains: Vec<Domain>,
    /// Norms in order of domain and code.
    pub norms: Vec<Norm>,
    /// Questions beside the norms.
    pub questions: Vec<Question>,
    /// Support on offer.
    pub support: Vec<Support>,
    /// How norms of earlier versions became those of this one; empty when nobody wrote it down.
    pub versions: Vec<NormLink>,
}

impl Framework {
    /// Every text of the codebook that readers may see.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let head = [&self.title, &self.origin];
        let names = self.levels.iter().map(|level| &level.name);
        let parts = self.parts.iter().map(|part| &part.name);
        let types = self
            .types
            .iter()
            .flat_map(|kind| [&kind.name, &kind.about, &kind.needs]);
        let points = self.points.iter().map(|point| &point.name);
        let domains = self.domains.iter().map(|domain| &domain.name);
        let norms = self.norms.iter().map(|norm| &norm.title);
        let questions = self.questions.iter().flat_map(|question| {
            std::iter::once(&question.name).chain(question.options.iter().map(|option| &option.name))
        });
        let support = self.support.iter().flat_map(|offer| [&offer.name, &offer.about]);
        head.into_iter()
            .chain(names)
            .chain(parts)
            .chain(types)
            .chain(points)
            .chain(domains)
            .chain(norms)
            .chain(questions)
            .chain(support)
    }

    /// Reads a codebook from its files, by name.
    ///
    /// Errors: a missing file or column, an unknown word, a norm of no domain, a reference to nothing; each
    /// names file and row.
    pub fn parse(files: &BTreeMap<String, String>, place: &str) -> Result<Self, Error> {
        files::parse(files, place)
    }

    /// The norm with that code.
    pub fn norm(&self, code: &str) -> Option<&Norm> {
        self.norms.iter().find(|norm| norm.code == code)
    }

    /// The domain with that code.
    pub fn domain(&self, code: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.code == code)
    }

    /// The question with that code.
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.code == code)
    }

    /// The norms of a domain, in order.
    pub fn norms_of<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a Norm> {
        self.norms.iter().filter(move |norm| norm.domain == domain)
    }

    /// The part that a domain belongs to; absent for an unknown domain.
    pub fn part_of(&self, domain: &str) -> Option<&Part> {
        let code = &self.domain(domain)?.part;
        self.parts.iter().find(|part| &part.code == code)
    }

    /// Under which name all norms of a part stand in the tables: `all` for the first part, else its code.
    pub fn part_item<'a>(&'a self, part: &'a str) -> &'a str {
        match self.parts.first() {
            Some(first) if first.code == part => tables::ALL,
            _ => part,
        }
    }

    /// The norms behind a list of codes and domain codes, in the framework's order.
    pub fn select(&self, codes: &[String]) -> Vec<&Norm> {
        let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        self.norms
            .iter()
            .filter(|norm| codes.contains(norm.code.as_str()) || codes.contains(norm.domain.as_str()))
            .collect()
    }

    /// The norms and domains of an axis by default, as codes.
    pub fn axis_norms(&self, axis: &str) -> Vec<String> {
        self.norms
            .iter()
            .filter(|norm| norm.axes.iter().any(|own| own == axis))
            .map(|norm| norm.code.clone())
            .collect()
    }

    /// The domain that an unknown norm code belongs to by its prefix.
    ///
    /// The prefix is what stands before the last dot; absent when no domain has that code.
    pub fn domain_by_prefix(&self, code: &str) -> Option<&Domain> {
        let (prefix, rest) = code.rsplit_once('.')?;
        (!rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
            .then(|| self.domain(prefix))
            .flatten()
    }

    /// The framework with the norms that an export names and the codebook does not, as working titles.
    ///
    /// Codes with no known prefix are left out: nothing can be said about them.
    #[must_use]
    pub fn admitting<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut wider = self.clone();
        for code in codes.into_iter().collect::<BTreeSet<_>>() {
            if wider.norm(code).is_some() {
                continue;
            }
            let Some(domain) = self.domain_by_prefix(code) else {
                continue;
            };
            let target = self
                .norms
                .iter()
                .find(|norm| norm.domain == domain.code)
                .and_then(|norm| norm.target);
            wider.norms.push(Norm {
                code: code.to_owned(),
                domain: domain.code.clone(),
                title: Text::default(),
                target,
                axes: Vec::new(),
                standing: Standing::WorkingTitle,
                source: String::new(),
            });
        }
        let order: BTreeMap<&str, usize> = self
            .domains
            .iter()
            .enumerate()
            .map(|(index, domain)| (domain.code.as_str(), index))
            .collect();
        wider.norms.sort_by(|a, b| {
            let place = |norm: &Norm| order.get(norm.domain.as_str()).copied();
            place(a).cmp(&place(b)).then_with(|| a.code.cmp(&b.code))
        });
        wider
    }

    /// How many norms of a part are official, derived or working titles, in that order.
    pub fn standing_counts(&self, part: &str) -> Vec<(Standing, usize)> {
        Standing::ALL
            .iter()
            .map(|standing| {
                let count = self
                    .norms
                    .iter()
                    .filter(|norm| norm.standing == *standing)
                    .filter(|norm| self.domain(&norm.domain).is_some_and(|domain| domain.part == part))
                    .count();
                (*standing, count)
            })
            .collect()
    }

    /// The lowest and highest level; absent in a pass/fail version.
    pub fn scale(&self) -> Option<(i64, i64)> {
        Some((self.levels.first()?.number, self.levels.last()?.number))
    }

    /// Whether a level is on the scale.
    pub fn has_level(&self, level: i64) -> bool {
        self.levels.iter().any(|own| own.number == level)
    }
}
