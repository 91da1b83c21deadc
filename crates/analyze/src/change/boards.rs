//! Organisations over time: which of two waves are one and the same, mergers, splits and new numbers included.

use nulmeting_study::tables::{Organisation, Succession};
use nulmeting_study::words::SuccessionKind;
use std::collections::{BTreeMap, BTreeSet};

/// What was one organisation in one wave and several in another stands under one name: the first of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Boards {
    /// Name of the group by organisation; those that nothing happened to are not in it.
    group: BTreeMap<String, String>,
}

impl Boards {
    /// Follows the organisations of an earlier wave to a later one.
    ///
    /// Method: a merger or a new number counts where the predecessor has left the later register, a split where
    /// the successor was not in the earlier one; organisations that are linked, over any number of steps, are one.
    pub(crate) fn between(earlier: &[&Organisation], later: &[&Organisation], history: &[Succession]) -> Self {
        let names = |rows: &[&Organisation]| -> BTreeSet<String> {
            rows.iter()
                .filter(|row| row.stratum.is_some())
                .map(|row| row.organisation.clone())
                .collect()
        };
        let (before, after) = (names(earlier), names(later));
        let mut boards = Self::default();
        for step in history {
            let counts = match step.kind {
                SuccessionKind::Merger | SuccessionKind::Renumbering => !after.contains(&step.predecessor),
                SuccessionKind::Split => !before.contains(&step.successor),
            };
            if counts {
                boards.join(&step.predecessor, &step.successor);
            }
        }
        boards
    }

    /// Under which name an organisation stands in both waves.
    pub(crate) fn of<'a>(&'a self, organisation: &'a str) -> &'a str {
        self.group.get(organisation).map_or(organisation, String::as_str)
    }

    fn join(&mut self, one: &str, other: &str) {
        let (a, b) = (self.of(one).to_owned(), self.of(other).to_owned());
        let (first, last) = if a <= b { (a, b) } else { (b, a) };
        self.group.insert(one.to_owned(), first.clone());
        self.group.insert(other.to_owned(), first.clone());
        for name in self.group.values_mut() {
            if *name == last {
                name.clone_from(&first);
            }
        }
    }
}

/// The strata that both waves have in common: those of the later wave.
///
/// Method: an organisation of both registers has the stratum of the later wave; one that has left has the stratum
/// that the later wave gives to its sector and size, and its own label where there is none.
#[derive(Debug)]
pub(crate) struct Strata {
    of_board: BTreeMap<String, String>,
    of_class: BTreeMap<(Option<String>, Option<String>), String>,
}

impl Strata {
    pub(crate) fn of_later(later: &[&Organisation], boards: &Boards) -> Self {
        let mut strata = Self {
            of_board: BTreeMap::new(),
            of_class: BTreeMap::new(),
        };
        for row in later {
            if let Some(stratum) = &row.stratum {
                let board = boards.of(&row.organisation).to_owned();
                strata.of_board.entry(board).or_insert_with(|| stratum.clone());
                let class = (row.sector.clone(), row.size.clone());
                strata.of_class.entry(class).or_insert_with(|| stratum.clone());
            }
        }
        strata
    }

    pub(crate) fn of(&self, row: &Organisation, boards: &Boards) -> String {
        self.of_board
            .get(boards.of(&row.organisation))
            .or_else(|| self.of_class.get(&(row.sector.clone(), row.size.clone())))
            .or(row.stratum.as_ref())
            .cloned()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Boards;
    use nulmeting_study::tables::{Organisation, Succession};
    use nulmeting_study::words::SuccessionKind;

    fn organisation(name: &str) -> Organisation {
        Organisation {
            wave: String::new(),
            organisation: name.into(),
            sector: None,
            size: None,
            pupils: None,
            stratum: Some("all".into()),
            population: Some(3),
            sampled: true,
            responded: true,
            design_weight: None,
            weight: None,
        }
    }

    fn step(predecessor: &str, successor: &str, kind: SuccessionKind) -> Succession {
        Succession {
            date: "2024-08-01".into(),
            predecessor: predecessor.into(),
            successor: successor.into(),
            kind,
        }
    }

    #[test]
    fn chains_of_mergers_splits_and_numbers_are_one_board() {
        let before: Vec<Organisation> = ["a", "b", "c", "s", "x"].map(organisation).into();
        let after: Vec<Organisation> = ["b2", "s", "t", "x"].map(organisation).into();
        let history = [
            step("a", "b", SuccessionKind::Merger),
            step("b", "b2", SuccessionKind::Renumbering),
            step("s", "t", SuccessionKind::Split),
            // The predecessor is still there: the merger lies after both waves.
            step("x", "s", SuccessionKind::Merger),
        ];
        let boards = Boards::between(
            &before.iter().collect::<Vec<_>>(),
            &after.iter().collect::<Vec<_>>(),
            &history,
        );
        assert_eq!(boards.of("a"), boards.of("b2"));
        assert_eq!(boards.of("s"), boards.of("t"));
        assert_eq!((boards.of("x"), boards.of("c")), ("x", "c"));
    }
}
