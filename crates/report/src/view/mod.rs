//! The tables of one wave as readers see them: numbers by name, names in one language, and what may be claimed.

pub(crate) mod absence;
pub(crate) mod board_view;
pub(crate) mod claims;
mod lookup;
mod names;
pub(crate) mod number_format;
mod numbers;
pub(crate) mod typology_view;
pub(crate) mod wave_change;
pub(crate) mod wording;

pub(crate) use numbers::{Comparison, Number};

use crate::view::wording::Texts;
use crate::{Error, Input, Options};
use nulmeting_study::Framework;
use nulmeting_study::framework::{Test, Text};
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Choice, Estimate};
use nulmeting_study::words::{Base, Language, Scope, Selection};
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
}
