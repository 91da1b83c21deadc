//! What a study file may hold together: bounds, names and references that need no other file.

use super::{Study, Threshold, Variable};
use crate::Error;
use std::collections::BTreeSet;

/// Longest name of a wave, in bytes: it becomes part of file names, which end at 255.
const LONGEST_ID: usize = 64;
/// Largest limit on a delivered file that means anything: more is no limit, and some readers of TOML cannot hold it.
const LARGEST_LIMIT: u64 = 1 << 40;
/// Most size classes: every class is a group in every table.
const MOST_CLASSES: usize = 50;

/// What is wrong with a key: the key, what was found, what was expected, and what to do.
type Fault = (&'static str, String, &'static str, &'static str);

impl Study {
    /// Checks what can be checked without opening another file.
    ///
    /// Errors: the first value out of its bounds, by its key.
    pub(super) fn check(&self, position: &str) -> Result<(), Error> {
        let checks = [
            Self::check_dates,
            Self::check_pseudonyms,
            Self::check_population,
            Self::check_waves,
            Self::check_bridges,
            Self::check_scores,
            Self::check_disclosure,
            Self::check_limits,
        ];
        for check in checks {
            check(self).map_err(|(key, found, expected, hint)| {
                Error::new(format!("{position}, key `{key}`"), found, expected, hint)
            })?;
        }
        Ok(())
    }

    fn check_dates(&self) -> Result<(), Fault> {
        let waves = self
            .waves
            .iter()
            .filter_map(|wave| Some(("wave.date", wave.date.as_ref()?)));
        for (key, date) in std::iter::once(("study.date", &self.study.date)).chain(waves) {
            require(is_date(date), || {
                (
                    key,
                    format!("`{}`", date.escape_debug()),
                    "a day of the calendar as year-month-day, as 2024-06-01",
                    "write the date that documents should print",
                )
            })?;
        }
        let dates: Vec<&String> = self.series().filter_map(|wave| wave.date.as_ref()).collect();
        match dates.windows(2).find(|pair| pair[0] >= pair[1]) {
            None => Ok(()),
            Some(pair) => Err((
                "wave.date",
                format!("{} before {}", pair[0], pair[1]),
                "waves in order of time, each on a day of its own",
                "order the `[[wave]]` entries by date, or correct a date",
            )),
        }
    }

    fn check_pseudonyms(&self) -> Result<(), Fault> {
        require(self.study.identified || self.study.pseudonym_key.is_some(), || {
            (
                "study.pseudonym_key",
                "no key for the pseudonyms".into(),
                "a file with a random key, or `identified = true`",
                "make one with `head -c 32 /dev/urandom | base64 > keys/pseudonym.key` and keep it outside the outputs",
            )
        })
    }

    fn check_population(&self) -> Result<(), Fault> {
        let population = &self.population;
        let lists = [&population.strata, &population.collapse, &population.calibrate];
        let uses_size = lists.iter().any(|list| list.contains(&Variable::Size));
        require(!uses_size || !population.size.is_empty(), || {
            (
                "population.size",
                "no class limits".into(),
                "limits in pupils, because `size` is used",
                "for instance `size = [1000, 5000, 20000]`",
            )
        })?;
        let is_above_zero = population.size.first().is_none_or(|first| *first > 0);
        require(is_above_zero && population.size.is_sorted_by(|a, b| a < b), || {
            (
                "population.size",
                format!("{:?}", population.size),
                "limits above zero that rise",
                "order the limits",
            )
        })?;
        require(population.size.len() < MOST_CLASSES, || {
            (
                "population.size",
                format!("{} limits", population.size.len()),
                "fewer than 50 limits",
                "take classes that hold enough organisations to publish",
            )
        })?;
        match population
            .collapse
            .iter()
            .find(|variable| !population.strata.contains(variable))
        {
            None => Ok(()),
            Some(variable) => Err((
                "population.collapse",
                format!("`{variable}`"),
                "a variable of `strata`",
                "add it to `strata` or leave it out",
            )),
        }
    }

    fn check_waves(&self) -> Result<(), Fault> {
        require(!self.waves.is_empty(), || {
            (
                "wave",
                "no wave".into(),
                "at least one `[[wave]]`",
                "add the measurement with its sources",
            )
        })?;
        let mut ids = BTreeSet::new();
        for wave in &self.waves {
            require(is_name(&wave.id) && ids.insert(&wave.id), || {
                (
                    "wave.id",
                    format!(
                        "`{}`",
                        wave.id.chars().take(LONGEST_ID).collect::<String>().escape_debug()
                    ),
                    "a name of its own for each wave, of at most 64 letters, without `/`, `\\` or control characters, and not `.` or `..`",
                    "rename the wave",
                )
            })?;
        }
        Ok(())
    }

    fn check_bridges(&self) -> Result<(), Fault> {
        for wave in &self.waves {
            let Some(bridge) = &wave.bridge else { continue };
            let other = self.wave(bridge);
            let is_series = *bridge != wave.id && other.is_some_and(|other| other.bridge.is_none());
            require(is_series, || {
                (
                    "wave.bridge",
                    format!("`{}`", bridge.escape_debug()),
                    "the wave whose boards answered this version too",
                    "name a wave of this study that is no bridge itself",
                )
            })?;
        }
        require(self.waves.iter().any(|wave| wave.bridge.is_none()), || {
            (
                "wave.bridge",
                "nothing but bridges".into(),
                "a wave that is no bridge",
                "leave `bridge` out of a wave",
            )
        })
    }

    fn check_scores(&self) -> Result<(), Fault> {
        let share = self.scores.minimum_answered;
        require((0.0..=1.0).contains(&share), || {
            (
                "scores.minimum_answered",
                share.to_string(),
                "a share from 0 to 1",
                "write 0.5 for half",
            )
        })?;
        let Threshold::Score(score) = self.typology.threshold else {
            return Ok(());
        };
        require(score.is_finite() && score >= 0.0, || {
            (
                "typology.threshold",
                score.to_string(),
                "`\"target\"`, `\"median\"`, or a score on the scale of the levels",
                "write for instance `threshold = 3.0`",
            )
        })
    }

    fn check_disclosure(&self) -> Result<(), Fault> {
        let rules = &self.disclosure;
        require(rules.minimum >= 1 && rules.protect >= 0, || {
            (
                "disclosure",
                format!("minimum {}, protect {}", rules.minimum, rules.protect),
                "a minimum of at least 1 and a protection of at least 0",
                "raise them",
            )
        })?;
        require((0.0..=1.0).contains(&rules.protect_share), || {
            (
                "disclosure.protect_share",
                rules.protect_share.to_string(),
                "a share from 0 to 1",
                "write 0.2 for a fifth",
            )
        })?;
        let limits = &rules.dominance;
        let are_shares = limits.iter().all(|limit| *limit > 0.0 && *limit <= 1.0);
        require(are_shares && limits.is_sorted(), || {
            (
                "disclosure.dominance",
                format!("{limits:?}"),
                "shares above 0 to 1 that do not fall",
                "write `[0.5, 0.75]`: the largest carries at most half, the two largest three quarters",
            )
        })
    }

    fn check_limits(&self) -> Result<(), Fault> {
        let limits = &self.limits;
        let values = [
            limits.file_mib,
            limits.unpacked_mib,
            limits.ratio,
            limits.parts,
            limits.sheets,
            limits.cells,
            limits.columns,
            limits.nesting,
        ];
        match values.iter().find(|value| !(1..=LARGEST_LIMIT).contains(value)) {
            None => Ok(()),
            Some(value) => Err((
                "limits",
                value.to_string(),
                "limits from 1 to 1099511627776",
                "leave the key out for the default",
            )),
        }
    }
}

fn require(holds: bool, fault: impl FnOnce() -> Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault()) }
}

/// Whether a text can name a wave in tables, ids and files.
fn is_name(text: &str) -> bool {
    let is_plain = |letter: char| !letter.is_control() && letter != '/' && letter != '\\';
    !matches!(text.trim(), "" | "." | "..") && text.len() <= LONGEST_ID && text.chars().all(is_plain)
}

/// Whether a text is a day of the calendar as documents print it.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str, length: usize| part.parse::<u32>().ok().filter(|_| part.len() == length);
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1900..=9999).contains(&year) && (1..=days).contains(&day)
}
