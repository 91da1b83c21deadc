//! What a study file may hold together: bounds, names and references that need no other file.

use super::{Study, Variable};
use crate::Error;
use std::collections::BTreeSet;

impl Study {
    /// Checks what can be checked without opening another file.
    ///
    /// Errors: the first value out of its bounds, by its key.
    pub(super) fn check(&self, place: &str) -> Result<(), Error> {
        let fault = |key: &str, found: String, expected: &str, hint: &str| {
            Err(Error::new(format!("{place}, key `{key}`"), found, expected, hint))
        };
        for date in std::iter::once(&self.study.date).chain(self.waves.iter().filter_map(|wave| wave.date.as_ref())) {
            if !is_date(date) {
                return fault(
                    "date",
                    format!("`{date}`"),
                    "year-month-day, as 2024-06-01",
                    "write the date that documents should print",
                );
            }
        }
        if !self.study.identified && self.study.pseudonym_key.is_none() {
            return fault(
                "study.pseudonym_key",
                "no key for the pseudonyms".into(),
                "a file with a random key, or `identified = true`",
                "make one with `head -c 32 /dev/urandom | base64 > keys/pseudonym.key` and keep it outside the outputs",
            );
        }
        if self.population.size.is_empty() && self.uses_size() {
            return fault(
                "population.size",
                "no class limits".into(),
                "limits in pupils, because `size` is used",
                "for instance `size = [1000, 5000, 20000]`",
            );
        }
        if !self.population.size.is_sorted_by(|a, b| a < b)
            || self.population.size.first().is_some_and(|first| *first <= 0)
        {
            return fault(
                "population.size",
                format!("{:?}", self.population.size),
                "limits above zero that rise",
                "order the limits",
            );
        }
        for variable in &self.population.collapse {
            if !self.population.strata.contains(variable) {
                return fault(
                    "population.collapse",
                    format!("`{variable}`"),
                    "a variable of `strata`",
                    "add it to `strata` or leave it out",
                );
            }
        }
        if self.waves.is_empty() {
            return fault(
                "wave",
                "no wave".into(),
                "at least one `[[wave]]`",
                "add the measurement with its sources",
            );
        }
        let mut ids = BTreeSet::new();
        for wave in &self.waves {
            if wave.id.is_empty() || wave.id.contains('/') || !ids.insert(&wave.id) {
                return fault(
                    "wave.id",
                    format!("`{}`", wave.id),
                    "a name of its own for each wave, without `/`",
                    "rename the wave",
                );
            }
        }
        for wave in &self.waves {
            let Some(bridge) = &wave.bridge else { continue };
            let other = self.wave(bridge);
            if *bridge == wave.id || other.is_none_or(|other| other.bridge.is_some()) {
                return fault(
                    "wave.bridge",
                    format!("`{bridge}`"),
                    "the wave whose boards answered this version too",
                    "name a wave of this study that is no bridge itself",
                );
            }
        }
        if self.waves.iter().all(|wave| wave.bridge.is_some()) {
            return fault(
                "wave.bridge",
                "nothing but bridges".into(),
                "a wave that is no bridge",
                "leave `bridge` out of a wave",
            );
        }
        if !(0.0..=1.0).contains(&self.scores.minimum_answered) {
            return fault(
                "scores.minimum_answered",
                self.scores.minimum_answered.to_string(),
                "a share from 0 to 1",
                "write 0.5 for half",
            );
        }
        if self.disclosure.minimum < 1 || self.disclosure.protect < 0 {
            return fault(
                "disclosure",
                format!(
                    "minimum {}, protect {}",
                    self.disclosure.minimum, self.disclosure.protect
                ),
                "a minimum of at least 1 and a protection of at least 0",
                "raise them",
            );
        }
        if !(0.0..=1.0).contains(&self.disclosure.protect_share) {
            return fault(
                "disclosure.protect_share",
                self.disclosure.protect_share.to_string(),
                "a share from 0 to 1",
                "write 0.2 for a fifth",
            );
        }
        let limits = &self.disclosure.dominance;
        if !limits.iter().all(|limit| *limit > 0.0 && *limit <= 1.0) || !limits.is_sorted() {
            return fault(
                "disclosure.dominance",
                format!("{limits:?}"),
                "shares above 0 to 1 that do not fall",
                "write `[0.5, 0.75]`: the largest carries at most half, the two largest three quarters",
            );
        }
        Ok(())
    }

    fn uses_size(&self) -> bool {
        let population = &self.population;
        [&population.strata, &population.collapse, &population.calibrate]
            .iter()
            .any(|list| list.contains(&Variable::Size))
    }
}

/// Whether a text is a date as documents print it; the calendar is checked as far as months go.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let within = |part: &str, length: usize, low: u32, high: u32| {
        part.len() == length && part.parse::<u32>().is_ok_and(|value| (low..=high).contains(&value))
    };
    within(year, 4, 1900, 9999) && within(month, 2, 1, 12) && within(day, 2, 1, 31)
}
