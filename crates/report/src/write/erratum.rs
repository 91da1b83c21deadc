//! The words of an erratum: which published numbers another run corrects, and why.

use crate::Error;
use crate::view::number_format::{count, decimal};
use crate::view::wording::Texts;
use minijinja::context;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::Language;

/// A published number that another run gives otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// Wave, or waves.
    pub wave: String,
    /// Norm, domain, axis, part, or question with its option.
    pub item: String,
    /// Grouping variable; `all` without grouping.
    pub by: String,
    /// Group.
    pub group: String,
    /// Statistic, as the tables name it.
    pub statistic: String,
    /// Which units count.
    pub base: String,
    /// As it was published; absent when it was withheld or not there.
    pub before: Option<f64>,
    /// As it is now.
    pub after: Option<f64>,
}

/// Writes an erratum: a heading, the causes, and one line per number whose printed value differs.
///
/// Shape: numbers in the order given; a number that prints the same before and after is counted, not listed.
/// Unit: shares are printed as percentages with one decimal, levels with two.
pub fn erratum(
    language: Language,
    title: &str,
    causes: &[String],
    corrections: &[Correction],
) -> Result<String, Error> {
    let texts = Texts::shipped(language)?;
    let mut lines = Vec::new();
    for own in corrections {
        let print = |value: Option<f64>| match value {
            None => texts.word("erratum.withheld"),
            Some(value) if own.statistic.contains("level") && !own.statistic.starts_with("share") => {
                Ok(decimal(value, 2, language))
            }
            Some(value) => Ok(format!("{}%", decimal(value * 100.0, 1, language))),
        };
        let (before, after) = (print(own.before)?, print(own.after)?);
        if before == after {
            continue;
        }
        let known = |kind: &str, word: &str| {
            texts
                .known(&format!("erratum.{kind}.{word}"))
                .unwrap_or(word)
                .to_owned()
        };
        let statistic = match own.statistic.strip_prefix("share_level_") {
            Some(level) => texts.say(
                "erratum.statistic.share_level",
                context! { level => level.trim_end_matches("_plus"), plus => level.ends_with("_plus") },
            )?,
            None => known("statistic", &own.statistic),
        };
        lines.push(texts.say(
            "erratum.line",
            context! {
                wave => own.wave.as_str(), item => known("item", &own.item), statistic => statistic, base => known("base", &own.base),
                by => known("by", &own.by), group => own.group.as_str(), grouped => own.by != ALL,
                before => before, after => after,
            },
        )?);
    }
    let total = i64::try_from(corrections.len()).unwrap_or(i64::MAX);
    let listed = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let numbers = |key: &str, number: i64| {
        texts.say(
            key,
            context! { number => count(number, language), one => number == 1, title => title },
        )
    };
    let mut text = vec![numbers(
        if listed > 0 { "erratum.head" } else { "erratum.none" },
        listed,
    )?];
    for cause in causes {
        text.push(texts.say("erratum.cause", context! { cause => cause })?);
    }
    if !lines.is_empty() {
        text.push(String::new());
        text.extend(lines);
    }
    if total > listed {
        text.push(String::new());
        text.push(numbers("erratum.unseen", total - listed)?);
    }
    Ok(text.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{Correction, erratum};
    use nulmeting_study::words::Language;

    fn correction(statistic: &str, before: Option<f64>, after: Option<f64>) -> Correction {
        Correction {
            wave: "2024".into(),
            item: "GO.01".into(),
            by: "sector".into(),
            group: "po".into(),
            statistic: statistic.into(),
            base: "organisations".into(),
            before,
            after,
        }
    }

    #[test]
    fn lists_what_prints_otherwise_and_counts_the_rest() {
        let found = [
            correction("share_level_3_plus", Some(0.1234), Some(0.1312)),
            correction("mean_level", Some(1.9012), Some(1.9013)),
            correction("share_meeting", None, Some(0.5)),
        ];
        let dutch = erratum(Language::Nl, "Nulmeting", &["raw/a.csv".into()], &found).unwrap();
        assert!(
            dutch.contains("13,1%") && dutch.contains("12,3%") && dutch.contains("raw/a.csv"),
            "{dutch}"
        );
        assert!(
            !dutch.contains("1,90") && dutch.contains("niet gepubliceerd"),
            "{dutch}"
        );
        let english = erratum(Language::En, "Nulmeting", &[], &found).unwrap();
        assert!(
            english.contains("13.1%") && english.contains("GO.01") && !english.contains("1.90"),
            "{english}"
        );
    }

    #[test]
    fn nothing_that_prints_otherwise_says_so() {
        let same = [correction("mean_level", Some(1.9012), Some(1.9013))];
        let english = erratum(Language::En, "Nulmeting", &[], &same).unwrap();
        assert!(english.contains("No published number"), "{english}");
    }
}
