//! The export of SurveyMonkey, expanded: two heading rows, the text of a question over its first column only, and
//! an option that was ticked as its label in a column of its own.

use crate::Error;
use crate::choice::Chosen;
use crate::codebook::comma_separated;
use crate::export::{Batch, ORGANISATION, Writer, Written, domain_question, key, label};
use crate::moment::Moment;
use nulmeting_study::framework::QuestionKind;

/// The writer of SurveyMonkey CSV.
pub(crate) struct Csv;

const META: [&str; 9] = [
    "Respondent ID",
    "Collector ID",
    "Start Date",
    "End Date",
    "IP Address",
    "Email Address",
    "First Name",
    "Last Name",
    "Custom Data 1",
];

impl Writer for Csv {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let framework = batch.framework;
        let mut columns: Vec<[String; 2]> = META.iter().map(|own| [(*own).to_owned(), String::new()]).collect();
        columns.push([ORGANISATION.to_owned(), "Open-Ended Response".to_owned()]);
        let mut map = vec![
            ["question", "option", "item", "item_option"]
                .map(str::to_owned)
                .to_vec(),
        ];
        let mut before = "";
        for norm in &framework.norms {
            let question = domain_question(framework, &norm.domain);
            let first = norm.domain != before;
            before = &norm.domain;
            columns.push([
                if first { question.clone() } else { String::new() },
                norm.title.nl.clone(),
            ]);
            map.push(vec![question, norm.title.nl.clone(), norm.code.clone(), String::new()]);
        }
        for question in &framework.questions {
            let text = &question.name.nl;
            match question.kind {
                QuestionKind::Single => {
                    columns.push([text.clone(), "Response".to_owned()]);
                    map.push(vec![text.clone(), String::new(), question.code.clone(), String::new()]);
                }
                QuestionKind::Multiple => {
                    for (place, option) in question.options.iter().enumerate() {
                        let over = if place == 0 { text.clone() } else { String::new() };
                        columns.push([over, option.name.nl.clone()]);
                        map.push(vec![
                            text.clone(),
                            option.name.nl.clone(),
                            question.code.clone(),
                            option.code.clone(),
                        ]);
                    }
                }
            }
        }
        let mut rows: Vec<Vec<String>> = (0..2)
            .map(|row| columns.iter().map(|column| column[row].clone()).collect())
            .collect();
        for (index, response) in batch.responses.iter().enumerate() {
            let (start, end) = batch.moments(index);
            let mut cells = vec![
                key(index).to_string(),
                "400000001".to_owned(),
                stamp(start),
                stamp(end),
                format!("192.0.2.{}", index % 250 + 1),
            ];
            cells.extend(std::iter::repeat_n(String::new(), 4));
            cells.push(response.number.clone());
            cells.extend(
                response
                    .given
                    .iter()
                    .map(|given| label(framework, given).unwrap_or_default()),
            );
            for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
                let said = |option: usize| match chosen {
                    Chosen::Options(set) if set.contains(&option) => question.options[option].name.nl.clone(),
                    _ => String::new(),
                };
                let options = (0..question.options.len()).map(said);
                match question.kind {
                    QuestionKind::Single => cells.push(options.collect()),
                    QuestionKind::Multiple => cells.extend(options),
                }
            }
            rows.push(cells);
        }
        Ok(Written {
            files: vec![
                (batch.path(".csv"), comma_separated(&rows).into_bytes()),
                (batch.map(), comma_separated(&map).into_bytes()),
            ],
            path: batch.path(".csv"),
            organisation: ORGANISATION.to_owned(),
            items: Some(batch.map()),
            structure: None,
        })
    }
}

/// As `09/21/2024 08:33:00`: the month first.
fn stamp(moment: Moment) -> String {
    let (year, month, day, hour, minute, second) = moment.parts();
    format!("{month:02}/{day:02}/{year:04} {hour:02}:{minute:02}:{second:02}")
}
