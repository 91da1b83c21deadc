//! What the numbers allow to be said: an order only as far as it is sure, a difference only when the intervals part.

use crate::view::{Comparison, Number, View};
use crate::{Error, number};
use minijinja::context;
use nulmeting_study::tables::{ALL, Attention};
use nulmeting_study::words::{Scope, Selection};

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
            First::Few(names) => view
                .texts
                .say(&format!("{key}.few"), context! { names => number::list(names, &and) }),
            First::Unsure(name) => view.texts.say(&format!("{key}.unsure"), context! { name }),
        }
    }
}

/// How a group stands to the whole of all others of its kind: which groups are clearly lowest and highest.
pub(crate) struct Spread<'a> {
    pub(crate) lowest: (&'a str, Number<'a>),
    pub(crate) highest: (&'a str, Number<'a>),
    pub(crate) comparison: Comparison,
}

/// The lowest and highest group of a kind on one statistic of a part; absent with fewer than two published groups.
pub(crate) fn spread<'a>(view: &View<'a>, item: &str, by: &str, statistic: &str) -> Option<Spread<'a>> {
    let mut groups: Vec<(&str, Number<'_>, f64)> = view
        .groups(by)
        .into_iter()
        .filter_map(|group| {
            let number = view.grouped(Scope::All, item, by, group, statistic)?;
            Some((group, number, number.value?))
        })
        .collect();
    groups.sort_by(|a, b| a.2.total_cmp(&b.2));
    let (first, last) = (groups.first()?, groups.last()?);
    (groups.len() > 1).then(|| Spread {
        lowest: (first.0, first.1),
        highest: (last.0, last.1),
        comparison: compare(view, &first.1, &last.1),
    })
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
