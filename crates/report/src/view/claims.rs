//! What the numbers allow to be said: an order only as far as it is sure, a difference between groups only as far as
//! its test carries it, and one between options only when the intervals part.

use crate::Error;
use crate::view::number_format;
use crate::view::{Comparison, Number, View};
use minijinja::context;
use nulmeting_study::tables::{ALL, Attention};
use nulmeting_study::words::{Reliability, Scope, Selection, TestKind};

/// Items that may share the first place and still be named together.
const FEW: usize = 3;

/// Which items come first in a ranking, as far as it is sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum First {
    /// One, in nearly every resample.
    One(String),
    /// Some that cannot be told apart.
    Few(Vec<String>),
    /// The measured first of many that cannot be told apart.
    Unsure(String),
}

impl First {
    /// Reads a ranking of published items; absent when nothing is ranked.
    pub(crate) fn of(view: &View<'_>, ranking: &[&Attention]) -> Option<Self> {
        let shown: Vec<&&Attention> = ranking.iter().filter(|row| row.share_below_target.is_some()).collect();
        let name = |row: &Attention| view.item_name(&row.scope, &row.item);
        let first = shown.first()?;
        let maybe: Vec<String> = shown
            .iter()
            .filter(|row| row.rank_low <= 1)
            .map(|row| name(row))
            .collect();
        Some(match maybe.len() {
            0 | 1 => First::One(name(first)),
            count if count <= FEW => First::Few(maybe),
            _ => First::Unsure(name(first)),
        })
    }

    /// Fills in the text under `key` that fits how sure it is.
    pub(crate) fn say(&self, view: &View<'_>, key: &str) -> Result<String, Error> {
        let and = view.texts.word("word.and")?;
        match self {
            First::One(name) => view.texts.say(&format!("{key}.one"), context! { name }),
            First::Few(names) => view.texts.say(
                &format!("{key}.few"),
                context! { names => number_format::list(names, &and) },
            ),
            First::Unsure(name) => view.texts.say(&format!("{key}.unsure"), context! { name }),
        }
    }
}

/// Adjusted p under which a difference between groups is told.
const SHOWN: f64 = 0.05;
/// Adjusted p under which it is told as clear.
const CLEAR: f64 = 0.01;

/// Two groups of which one stands higher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair<'a> {
    pub(crate) low: &'a str,
    pub(crate) high: &'a str,
    /// Whether the test leaves next to no doubt.
    pub(crate) clear: bool,
    /// Chance of the difference were there none, adjusted for all pairs looked at; absent where everyone was asked.
    p: Option<f64>,
}

/// How the published groups of a kind stand to each other on one statistic of a part.
pub(crate) struct Spread<'a> {
    pub(crate) lowest: (&'a str, Number<'a>),
    pub(crate) highest: (&'a str, Number<'a>),
    /// The pairs that differ, the surest first.
    pub(crate) pairs: Vec<Pair<'a>>,
    /// Pairs that were looked at.
    pub(crate) compared: usize,
}

/// How the published groups of a kind stand to each other; absent with fewer than two.
///
/// Method: a pair differs when its t test does after Holm's adjustment over all pairs of its family; where everyone
/// was asked, when the numbers do. A pair that was not tested is not told, nor is a group whose number is too unsure to
/// say anything of those who did not answer.
pub(crate) fn spread<'a>(view: &View<'a>, item: &str, by: &str, statistic: &str) -> Option<Spread<'a>> {
    let mut groups: Vec<(&str, Number<'_>, f64)> = view
        .groups(by)
        .into_iter()
        .filter_map(|group| {
            let number = view.grouped(Scope::All, item, by, group, statistic)?;
            Some((group, number, number.value.filter(|_| !number.suppressed)?))
        })
        .filter(|own| own.1.reliability != Reliability::Unreliable)
        .collect();
    groups.sort_by(|a, b| a.2.total_cmp(&b.2));
    let (first, last) = (groups.first()?, groups.last()?);
    if groups.len() < 2 {
        return None;
    }
    let exact = view.selection() == Selection::Census && groups.iter().all(|own| own.1.interval().is_none());
    let mut pairs = Vec::new();
    let mut compared = 0;
    for (place, low) in groups.iter().enumerate() {
        for high in &groups[place + 1..] {
            let p = if exact {
                (high.2 > low.2).then_some(None)
            } else {
                let tested = pair_test(view, item, by, low.0, high.0);
                compared += usize::from(tested.is_some());
                tested.filter(|p| *p < SHOWN).map(Some)
            };
            if let Some(p) = p {
                pairs.push(Pair {
                    low: low.0,
                    high: high.0,
                    clear: p.is_some_and(|p| p < CLEAR),
                    p,
                });
            }
        }
    }
    if exact {
        // Without chance there is no order of sureness: the outermost say it.
        pairs.retain(|pair| (pair.low, pair.high) == (first.0, last.0));
        compared = pairs.len();
    }
    pairs.sort_by(|a, b| a.p.unwrap_or(0.0).total_cmp(&b.p.unwrap_or(0.0)));
    Some(Spread {
        lowest: (first.0, first.1),
        highest: (last.0, last.1),
        pairs,
        compared,
    })
}

/// The adjusted p of the test of two groups, in whatever order it names them.
fn pair_test(view: &View<'_>, item: &str, by: &str, a: &str, b: &str) -> Option<f64> {
    let tested = view.input.analysed.comparisons.iter().find(|row| {
        row.test == TestKind::Pair
            && row.wave == view.wave.id
            && row.scope == Scope::All
            && row.item == item
            && row.by == by
            && [(a, b), (b, a)].contains(&(&row.group, &row.against))
    })?;
    Some(tested.p_adjusted)
}

/// How two numbers stand to each other: in a wave in which everyone was asked by their values, else by their intervals.
pub(crate) fn compare(view: &View<'_>, a: &Number<'_>, b: &Number<'_>) -> Comparison {
    if view.selection() == Selection::Census && a.interval().is_none() && b.interval().is_none() {
        return match a.value.partial_cmp(&b.value) {
            Some(std::cmp::Ordering::Less) => Comparison::Lower,
            Some(std::cmp::Ordering::Greater) => Comparison::Higher,
            _ => Comparison::Open,
        };
    }
    a.against(b)
}

/// Which text fits a share: `none`, `all`, `some`, or `suppressed`; absent when there is no number.
///
/// A share of none or all of few organisations is said in words and not as a percentage.
pub(crate) fn case_of(number: &Number<'_>) -> Option<&'static str> {
    match number.value {
        _ if number.suppressed => Some("suppressed"),
        Some(0.0) => Some("none"),
        Some(1.0) => Some("all"),
        Some(_) => Some("some"),
        None => None,
    }
}

/// The name under which the wave's headline stands: that of the first part with numbers.
pub(crate) fn headline_item<'a>(view: &View<'a>) -> &'a str {
    view.parts().first().map_or(ALL, |(_, item)| item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::wording::Texts;
    use crate::{Documents, HouseStyle, Options, made};
    use nulmeting_study::words::Language;

    /// What is said of the sectors, in both languages.
    fn said(made: &made::Made) -> [String; 2] {
        [Language::Nl, Language::En].map(|language| {
            let options = Options {
                language,
                public: false,
                csv: false,
                documents: Documents::ALL,
                style: HouseStyle::default(),
                version: "0.1.0".into(),
            };
            let (input, texts) = (made.input(), Texts::shipped(language).unwrap());
            let wave = made.study.wave("2024").unwrap();
            let view = View::new(&input, &options, &texts, wave).unwrap();
            crate::section::group_sentences(&view).unwrap().remove(0).text
        })
    }

    #[test]
    fn a_difference_between_groups_is_told_as_far_as_its_test_carries_it() {
        let mut made = made::study(150, "random");
        // What the tests say, and what may stand in the sentence; intervals overlap or not, it does not matter.
        for (tests, nl, en) in [
            (
                &[("PO", "VO", 0.004), ("PO", "SO", 0.6), ("SO", "VO", 0.3)][..],
                "(po) (2,3) duidelijk hoger dan dat van Voortgezet onderwijs (vo) (2,2). De overige 2 paren",
                "is clearly higher in",
            ),
            (
                &[("VO", "PO", 0.03)][..],
                "(po) (2,3) hoger dan dat van",
                "is higher in",
            ),
            (
                &[("PO", "VO", 0.051)][..],
                "geen verschil dat deze meting kan tonen",
                "no difference that",
            ),
            (&[][..], "geen verschil dat deze meting kan tonen", "no difference that"),
        ] {
            made.test_sectors(tests);
            let [dutch, english] = said(&made);
            assert!(dutch.contains(nl), "{tests:?}: {dutch}");
            assert!(english.contains(en), "{tests:?}: {english}");
        }
    }

    #[test]
    fn a_group_that_is_withheld_or_too_unsure_is_not_compared() {
        let mut made = made::study(150, "random");
        made.test_sectors(&[("PO", "VO", 0.2), ("PO", "SO", 0.001), ("SO", "VO", 0.001)]);
        assert!(said(&made)[0].contains("duidelijk hoger"));
        for unsure in [true, false] {
            let mut made = made::study(150, "random");
            made.test_sectors(&[("PO", "VO", 0.2), ("PO", "SO", 0.001), ("SO", "VO", 0.001)]);
            let mut estimates = made.analysed.estimates.to_vec();
            for row in estimates.iter_mut().filter(|row| row.group == "SO") {
                if unsure {
                    row.reliability = Reliability::Unreliable;
                } else {
                    (row.estimate, row.suppressed) = (None, true);
                }
            }
            made.analysed.estimates = made::released(estimates);
            let text = said(&made)[0].clone();
            assert!(text.contains("geen verschil") && !text.contains("(so)"), "{text}");
        }
    }

    #[test]
    fn where_everyone_was_asked_the_numbers_speak_and_nothing_is_clear_by_chance() {
        let mut made = made::study(150, "census");
        let mut estimates = made.analysed.estimates.to_vec();
        for row in &mut estimates {
            (row.ci_low, row.ci_high) = (row.estimate, row.estimate);
        }
        made.analysed.estimates = made::released(estimates);
        let text = said(&made)[0].clone();
        assert!(
            text.contains("hoger dan dat van") && !text.contains("duidelijk"),
            "{text}"
        );
    }
}
