//! A plain table with a row per answer, as analysts keep them: it can say every state.

use crate::Error;
use crate::choice::Chosen;
use crate::codebook::comma_separated;
use crate::export::{Batch, Writer, Written, key};
use crate::maturity::Given;

/// The writer of tidy CSV.
pub(crate) struct Csv;

impl Writer for Csv {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let heading = "respondent,organisation,submitted,complete,item,option,value,state";
        let mut rows: Vec<Vec<String>> = vec![heading.split(',').map(str::to_owned).collect()];
        let framework = batch.framework;
        for (index, response) in batch.responses.iter().enumerate() {
            let (_, end) = batch.moments(index);
            let mut row = |item: &str, option: &str, value: String, state: &str| {
                rows.push(
                    [
                        &key(index).to_string(),
                        &response.number,
                        &end.text(),
                        "true",
                        item,
                        option,
                        &value,
                        state,
                    ]
                    .map(str::to_owned)
                    .to_vec(),
                );
            };
            for (norm, given) in framework.norms.iter().zip(&response.given) {
                let (value, state) = match given {
                    Given::Level(level) => (level.to_string(), "answered"),
                    Given::Pass(passed) => (if *passed { "yes" } else { "no" }.to_owned(), "answered"),
                    Given::NotApplicable => (String::new(), "not_applicable"),
                    Given::DontKnow => (String::new(), "dont_know"),
                    Given::Skipped => (String::new(), "skipped"),
                    Given::NotAsked => (String::new(), "not_asked"),
                    Given::Invalid(text) => (text.clone(), "invalid"),
                };
                row(&norm.code, "", value, state);
            }
            for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
                for (place, option) in question.options.iter().enumerate() {
                    let (value, state) = match chosen {
                        Chosen::NotShown => ("", "not_asked"),
                        Chosen::Options(set) if set.contains(&place) => ("true", "answered"),
                        Chosen::Options(_) => ("false", "answered"),
                    };
                    row(&question.code, &option.code, value.to_owned(), state);
                }
            }
        }
        Ok(Written {
            files: vec![(batch.path(".csv"), comma_separated(&rows).into_bytes())],
            path: batch.path(".csv"),
            organisation: "organisation".to_owned(),
            items: None,
            structure: None,
        })
    }
}
