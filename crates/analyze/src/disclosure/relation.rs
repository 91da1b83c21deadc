//! How published numbers hang together: what an outsider can add up and take away.

use crate::score::{axis_norms, items};
use nulmeting_study::framework::QuestionKind;
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// A sum that holds within one group and base, beside the sums over groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// An item is the mean of other items, for every statistic that both have: a domain of its norms.
    ///
    /// It holds exactly when every organisation answered everything, and else within what is missing.
    Mean {
        /// The item.
        whole: String,
        /// The items and how often each counts.
        parts: Vec<(String, f64)>,
    },
    /// Statistics of one item add up: terms times their factors give a constant.
    Sum {
        /// The item.
        item: String,
        /// Statistics and factors.
        terms: Vec<(String, f64)>,
        /// What they add up to.
        constant: f64,
    },
}

impl Relation {
    /// The item that it is about.
    pub(crate) fn item(&self) -> &str {
        match self {
            Relation::Mean { whole: item, .. } | Relation::Sum { item, .. } => item,
        }
    }
}

/// The item of how many organisations of a group took part.
pub(crate) const RESPONSE: &str = "response";

/// The item of a norm, domain, axis or part in cells.
pub(crate) fn item(scope: &str, item: &str) -> String {
    format!("{scope}/{item}")
}

/// The item of a question in cells; a question and the one that it is compared with are one item.
pub(crate) fn question_item(framework: &Framework, question: &str) -> String {
    let mut code = question;
    // A chain of comparisons has an end, unless the codebook has a ring: then any of it will do.
    for _ in 0..framework.questions.len() {
        match framework.question(code).and_then(|own| own.against.as_deref()) {
            Some(against) => code = against,
            None => break,
        }
    }
    item("question", code)
}

/// The item in cells of what validation finds, given that of what it is about.
pub(crate) fn validation_item(item: &str) -> String {
    format!("validation/{item}")
}

/// The relations between the numbers of a wave.
pub fn relations(study: &Study, framework: &Framework) -> Vec<Relation> {
    let mut relations = Vec::new();
    let mut own_items: Vec<String> = framework.norms.iter().map(|norm| item("norm", &norm.code)).collect();
    let mean = |whole: String, norms: &[String]| {
        // Whole domains stand for their norms: an outsider has the fewest unknowns that way.
        let mut by_domain: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for code in norms {
            if let Some(norm) = framework.norm(code) {
                by_domain.entry(&norm.domain).or_default().push(code);
            }
        }
        let mut parts = Vec::new();
        for (domain, codes) in by_domain {
            let complete = codes.len() == framework.norms_of(domain).count() && whole != item("domain", domain);
            if complete {
                parts.push((item("domain", domain), codes.len() as f64));
            } else {
                parts.extend(codes.into_iter().map(|code| (item("norm", code), 1.0)));
            }
        }
        Relation::Mean { whole, parts }
    };
    for (name, norms) in items(framework) {
        let scope = if framework.domain(&name).is_some() {
            "domain"
        } else {
            "all"
        };
        own_items.push(item(scope, &name));
        let own = mean(item(scope, &name), &norms);
        // What validation finds of all norms is made of what it finds of each domain.
        if let (Relation::Mean { whole, parts }, "all") = (&own, scope) {
            relations.push(Relation::Mean {
                whole: validation_item(whole),
                parts: parts
                    .iter()
                    .map(|(part, times)| (validation_item(part), *times))
                    .collect(),
            });
        }
        relations.push(own);
    }
    for axis in &framework.axes {
        let norms = axis_norms(study, framework, &axis.code);
        own_items.push(item("axis", &axis.code));
        relations.push(mean(item("axis", &axis.code), &norms));
    }
    for point in &framework.points {
        let norms: Vec<String> = framework
            .select(&point.norms)
            .iter()
            .map(|norm| norm.code.clone())
            .collect();
        relations.push(mean(item("point", &point.code), &norms));
    }
    for own in own_items {
        relations.extend(level_sums(framework, &own));
    }
    relations.push(Relation::Sum {
        item: item("axis", "types"),
        terms: framework
            .types
            .iter()
            .map(|kind| (format!("share_type_{}", kind.code), 1.0))
            .collect(),
        constant: 1.0,
    });
    relations.extend(question_sums(framework));
    relations
}

/// The shares over the levels sum to one; those from a level on give its cumulative share, and all give the mean.
fn level_sums(framework: &Framework, own: &str) -> Vec<Relation> {
    let share = |number: i64| format!("share_level_{number}");
    let sum = |terms, constant| Relation::Sum {
        item: own.to_owned(),
        terms,
        constant,
    };
    let levels: Vec<i64> = framework.levels.iter().map(|level| level.number).collect();
    if levels.is_empty() {
        return Vec::new();
    }
    let mut sums = vec![sum(levels.iter().map(|level| (share(*level), 1.0)).collect(), 1.0)];
    let mut mean: Vec<(String, f64)> = levels.iter().map(|level| (share(*level), *level as f64)).collect();
    mean.push(("mean_level".to_owned(), -1.0));
    sums.push(sum(mean, 0.0));
    let mut from = |limit: i64, name: String| {
        let mut terms: Vec<(String, f64)> = levels
            .iter()
            .filter(|level| **level >= limit)
            .map(|level| (share(*level), 1.0))
            .collect();
        terms.push((name, -1.0));
        sums.push(sum(terms, 0.0));
    };
    if let Some(limit) = framework.pass_level {
        from(limit, format!("share_level_{limit}_plus"));
    }
    let target = own
        .strip_prefix("norm/")
        .and_then(|code| framework.norm(code))
        .and_then(|norm| norm.target);
    if let Some(target) = target {
        from(target, "share_meeting".to_owned());
    }
    sums
}

/// One option only: shares sum to one. A question less the one it is compared with gives the gap.
fn question_sums(framework: &Framework) -> Vec<Relation> {
    let mut sums = Vec::new();
    for question in &framework.questions {
        let own = question_item(framework, &question.code);
        let name = |question: &str, option: &str, statistic: &str| format!("{question}.{option}/{statistic}");
        if question.kind == QuestionKind::Single {
            sums.push(Relation::Sum {
                item: own.clone(),
                terms: question
                    .options
                    .iter()
                    .map(|option| (name(&question.code, &option.code, "share"), 1.0))
                    .collect(),
                constant: 1.0,
            });
        }
        for option in question.against.iter().flat_map(|_| &question.options) {
            let against = question.against.as_deref().unwrap_or_default();
            sums.push(Relation::Sum {
                item: own.clone(),
                terms: vec![
                    (name(&question.code, &option.code, "share"), 1.0),
                    (name(against, &option.code, "share"), -1.0),
                    (name(&question.code, &option.code, "gap"), -1.0),
                ],
                constant: 0.0,
            });
        }
    }
    sums
}
