//! Why a number is not in a document, as far as readers may know.

use crate::Error;
use crate::view::View;

/// The reason why a group has no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Absence {
    /// Nobody in the group took part.
    Nobody,
    /// Fewer organisations than the study's minimum took part.
    TooFew,
    /// Enough took part, and the number would reveal one that is withheld.
    Protected,
    /// The public profile says no more: which of the reasons it is could reveal a count.
    Withheld,
}

impl Absence {
    /// The reason for a group without a published number.
    pub(crate) fn of_group(view: &View<'_>, by: &str, group: &str) -> Self {
        let mut rows = view.input.analysed.representation.iter();
        let row = rows.find(|row| row.wave == view.wave.id && row.variable == by && row.class == group);
        match row {
            Some(row) if view.options.public && row.inside => Self::Withheld,
            Some(row) if row.responded == 0 => Self::Nobody,
            _ if view.options.public => Self::Withheld,
            Some(row) if row.responded < view.input.study.disclosure.minimum => Self::TooFew,
            Some(_) => Self::Protected,
            None => Self::Withheld,
        }
    }

    /// The key of its text.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Nobody => "absent.nobody",
            Self::TooFew => "absent.too_few",
            Self::Protected => "absent.protected",
            Self::Withheld => "absent.withheld",
        }
    }

    /// The reason in words.
    pub(crate) fn words(self, view: &View<'_>) -> Result<String, Error> {
        view.texts.word(self.key())
    }
}
