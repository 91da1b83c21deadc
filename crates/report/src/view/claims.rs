//! What may be claimed: an order only as far as it is sure, and a difference only where a released test carries it.

use crate::Error;
use crate::view::absence::Absence;
use crate::view::{Comparison, Number, View, number_format};
use minijinja::context;
use nulmeting_study::tables::{ALL, Attention};
use nulmeting_study::words::{Scope, Selection, TestKind};

/// Items that may share the first rank and still be named together.
const FEW: usize = 3;

/// The one bound for every claim: a difference is clear when the p-value of its released test, adjusted for all tests
/// of its family, lies below it. Figures, sentences and the glossary follow it.
const CLEAR: f64 = 0.05;

/// Whether a test with this adjusted p-value makes its difference clear.
pub(crate) fn is_clear(p_adjusted: f64) -> bool {
    p_adjusted < CLEAR
}

/// Whether a difference that is published with an interval and without a test is clear: its interval leaves out nought.
pub(crate) fn is_apart_from_nought(difference: &Number<'_>) -> bool {
    difference.low.is_some_and(|low| low > 0.0) || difference.high.is_some_and(|high| high < 0.0)
}

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
        let published: Vec<&&Attention> = ranking.iter().filter(|row| row.share_below_target.is_some()).collect();
        let name = |row: &Attention| view.item_name(&row.scope, &row.item);
        let first = published.first()?;
        let candidates: Vec<String> = published
            .iter()
            .filter(|row| row.rank_low <= 1)
            .map(|row| name(row))
            .collect();
        Some(match candidates.len() {
            0 | 1 => First::One(name(first)),
            count if count <= FEW => First::Few(candidates),
            _ => First::Unsure(name(first)),
        })
    }

    /// The lowest of numbers that a figure draws: those whose intervals touch that of the lowest cannot be told from it.
    pub(crate) fn lowest<'n>(view: &View<'_>, numbers: impl Iterator<Item = (String, Number<'n>)>) -> Option<Self> {
        let published: Vec<(String, Number<'_>)> = numbers.filter(|(_, number)| number.value.is_some()).collect();
        let (name, lowest) = published
            .iter()
            .min_by(|a, b| a.1.value.unwrap_or_default().total_cmp(&b.1.value.unwrap_or_default()))?;
        let candidates: Vec<String> = published
            .iter()
            .filter(|(_, number)| number.value == lowest.value || compare(view, lowest, number) != Comparison::Lower)
            .map(|(name, _)| name.clone())
            .collect();
        Some(match candidates.len() {
            0 | 1 => Self::One(name.clone()),
            count if count <= FEW => Self::Few(candidates),
            _ => Self::Unsure(name.clone()),
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

/// How the largest of some shares stands to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Ahead: the intervals do not touch, or everyone was asked.
    Clear,
    /// Ahead as measured; the difference may be chance.
    Open,
    /// Equal as measured.
    Tied,
    /// The only one with a published number.
    Alone,
}

impl Lead {
    /// Compares the first two of numbers that stand from large to small, withheld ones last.
    pub(crate) fn of(view: &View<'_>, numbers: &[Number<'_>]) -> Self {
        let published: Vec<&Number<'_>> = numbers.iter().filter(|number| number.value.is_some()).collect();
        match published.as_slice() {
            [first, second, ..] if first.value == second.value => Self::Tied,
            [first, second, ..] if compare(view, first, second) == Comparison::Higher => Self::Clear,
            [_, _, ..] => Self::Open,
            _ => Self::Alone,
        }
    }

    /// As keys of texts have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Open => "open",
            Self::Tied => "tied",
            Self::Alone => "alone",
        }
    }
}

/// Two groups of which one stands higher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair<'a> {
    pub(crate) low: &'a str,
    pub(crate) high: &'a str,
    /// Adjusted p-value of the test; absent where everyone was asked and the numbers speak for themselves.
    p: Option<f64>,
}

/// How the groups of a kind stand to each other on one statistic of a part.
pub(crate) struct GroupComparison<'a> {
    pub(crate) by: &'a str,
    /// Groups with a published number, in the order of the figure.
    pub(crate) published: Vec<(&'a str, Number<'a>)>,
    /// The other groups, each with the reason.
    pub(crate) absent: Vec<(&'a str, Absence)>,
    /// Pairs with a clear difference, the surest first.
    pub(crate) pairs: Vec<Pair<'a>>,
    /// Pairs that were compared.
    pub(crate) compared: usize,
}

impl<'a> GroupComparison<'a> {
    /// Compares the groups of a kind; absent when the wave has no such groups.
    ///
    /// Method: a pair differs when its released test is clear; where everyone was asked and answered, when the numbers
    /// do. A pair without a released test is not compared.
    pub(crate) fn of(view: &View<'a>, item: &str, by: &'a str, statistic: &str) -> Option<Self> {
        let (mut published, mut absent) = (Vec::new(), Vec::new());
        for (group, absence) in view.classes(by) {
            let number = view.grouped(Scope::All, item, by, group, statistic);
            match (number.filter(|number| number.value.is_some()), absence) {
                (Some(number), _) => published.push((group, number)),
                (None, Some(absence)) => absent.push((group, absence)),
                (None, None) => absent.push((group, Absence::of_group(view, by, group))),
            }
        }
        if published.is_empty() && absent.is_empty() {
            return None;
        }
        let value = |number: &Number<'_>| number.value.unwrap_or_default();
        let exact =
            view.selection() == Selection::Census && published.iter().all(|(_, number)| number.interval().is_none());
        let (mut pairs, mut compared) = (Vec::new(), 0);
        for (position, first) in published.iter().enumerate() {
            for second in &published[position + 1..] {
                let (low, high) = if value(&first.1) <= value(&second.1) {
                    (first, second)
                } else {
                    (second, first)
                };
                let p = if exact {
                    None
                } else {
                    pair_test(view, item, by, (low.0, high.0))
                };
                compared += usize::from(exact || p.is_some());
                if p.is_some_and(is_clear) || (exact && value(&low.1) < value(&high.1)) {
                    pairs.push(Pair {
                        low: low.0,
                        high: high.0,
                        p,
                    });
                }
            }
        }
        let size = |pair: &Pair<'_>| {
            let find = |group: &str| {
                published
                    .iter()
                    .find(|row| row.0 == group)
                    .map_or(0.0, |row| value(&row.1))
            };
            find(pair.high) - find(pair.low)
        };
        pairs.sort_by(|a, b| {
            let by_test = a.p.unwrap_or(0.0).total_cmp(&b.p.unwrap_or(0.0));
            by_test.then_with(|| size(b).total_cmp(&size(a)))
        });
        Some(Self {
            by,
            published,
            absent,
            pairs,
            compared,
        })
    }
}

/// The adjusted p-value of the released test of two groups, in whatever order the table names them.
fn pair_test(view: &View<'_>, item: &str, by: &str, (a, b): (&str, &str)) -> Option<f64> {
    let test = view.input.analysed.comparisons.iter().find(|row| {
        row.test == TestKind::Pair
            && row.wave == view.wave.id
            && row.scope == Scope::All
            && row.item == item
            && row.by == by
            && [(a, b), (b, a)].contains(&(&row.group, &row.against))
    })?;
    Some(test.p_adjusted)
}

/// How two numbers stand to each other: in a wave in which everyone was asked by their values, else by their intervals.
fn compare(view: &View<'_>, a: &Number<'_>, b: &Number<'_>) -> Comparison {
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
    use nulmeting_study::words::{Language, Reliability};

    /// The sentence about the sectors, in both languages.
    fn sentences(made: &made::Made) -> [String; 2] {
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
    fn a_difference_between_groups_is_clear_only_by_its_test() {
        let mut made = made::study(150, "random");
        // Whether the intervals overlap does not matter.
        for (tests, nl, en) in [
            (
                &[("PO", "VO", 0.004), ("PO", "SO", 0.6), ("SO", "VO", 0.3)][..],
                "Duidelijk hoger dan in het voortgezet onderwijs is het in het primair onderwijs. Tussen de andere 2 paren",
                "It is clearly higher in primary education than in secondary education. No difference was found",
            ),
            (
                &[("VO", "PO", 0.049)][..],
                "Duidelijk hoger dan in het voortgezet onderwijs is het in het primair onderwijs.",
                "clearly higher in primary education",
            ),
            (
                &[("PO", "VO", 0.05)][..],
                "Een verschil tussen deze groepen is niet aangetoond.",
                "No difference between these groups was found.",
            ),
            (&[][..], "niet met elkaar vergeleken", "were not compared"),
        ] {
            made.test_sectors(tests);
            let [dutch, english] = sentences(&made);
            assert!(dutch.contains(nl), "{tests:?}: {dutch}");
            assert!(english.contains(en), "{tests:?}: {english}");
            if tests.iter().all(|test| test.2 >= CLEAR) {
                assert!(
                    !dutch.contains("hoger") && !english.contains("higher"),
                    "{dutch} {english}"
                );
            }
        }
    }

    #[test]
    fn a_group_with_few_boards_is_compared_and_one_without_a_number_is_named_with_the_reason() {
        let tests = [("PO", "VO", 0.2), ("PO", "SO", 0.001), ("SO", "VO", 0.001)];
        let mut made = made::study(150, "random");
        made.test_sectors(&tests);
        let mut estimates = made.analysed.estimates.to_vec();
        for row in estimates.iter_mut().filter(|row| row.group == "SO") {
            row.reliability = Reliability::Unreliable;
        }
        made.analysed.estimates = made::released(estimates.clone());
        let text = sentences(&made)[0].clone();
        assert!(
            text.contains("speciaal onderwijs (n") && text.contains("weinig besturen"),
            "{text}"
        );
        assert!(text.contains("Duidelijk hoger"), "{text}");

        for row in estimates.iter_mut().filter(|row| row.group == "SO") {
            (row.estimate, row.suppressed) = (None, true);
        }
        made.analysed.estimates = made::released(estimates);
        made.test_sectors(&tests[..1]);
        let text = sentences(&made)[0].clone();
        assert!(
            text.contains("niet aangetoond") && !text.contains("Duidelijk"),
            "{text}"
        );
        assert!(text.contains("Geen cijfer is er in het speciaal onderwijs: "), "{text}");
    }

    #[test]
    fn where_everyone_was_asked_the_numbers_speak_and_nothing_is_clear_by_chance() {
        let mut made = made::study(150, "census");
        let mut estimates = made.analysed.estimates.to_vec();
        for row in &mut estimates {
            (row.ci_low, row.ci_high) = (row.estimate, row.estimate);
        }
        made.analysed.estimates = made::released(estimates);
        let text = sentences(&made)[0].clone();
        assert!(text.contains("Hoger dan in") && !text.contains("uidelijk"), "{text}");
    }

    #[test]
    fn the_first_of_shares_leads_only_when_no_interval_touches_its_own() {
        let made = made::study(15, "random");
        let options = Options {
            language: Language::Nl,
            public: false,
            csv: false,
            documents: Documents::ALL,
            style: HouseStyle::default(),
            version: "0.1.0".into(),
        };
        let (input, texts) = (made.input(), Texts::shipped(Language::Nl).unwrap());
        let view = View::new(&input, &options, &texts, made.study.wave("2024").unwrap()).unwrap();
        let number = |value: Option<f64>, half: f64| Number {
            id: "",
            value,
            low: value.map(|value| value - half),
            high: value.map(|value| value + half),
            n: 15,
            reliability: Reliability::Ok,
            suppressed: value.is_none(),
        };
        for (numbers, lead) in [
            ([number(Some(0.8), 0.1), number(Some(0.5), 0.1)], Lead::Clear),
            ([number(Some(0.8), 0.2), number(Some(0.5), 0.2)], Lead::Open),
            ([number(Some(0.8), 0.1), number(Some(0.8), 0.1)], Lead::Tied),
            ([number(Some(0.8), 0.1), number(None, 0.1)], Lead::Alone),
        ] {
            assert_eq!(Lead::of(&view, &numbers), lead);
        }
    }
}
