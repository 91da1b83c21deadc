//! The export of Google Forms as its own CSV: everything quoted, a time with its zone, a column per row of a grid,
//! several choices joined by semicolons. There are no keys and no drop-outs.

use crate::Error;
use crate::choice::Chosen;
use crate::codebook::comma_separated;
use crate::export::{Batch, ORGANISATION, Writer, Written, domain_question, label};
use crate::moment::Moment;

/// The writer of Google Forms CSV.
pub(crate) struct Csv;

impl Writer for Csv {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let framework = batch.framework;
        let grid = |domain: &str, title: &str| format!("{} [{title}]", domain_question(framework, domain));
        let mut text = String::new();
        let norms = framework.norms.iter();
        let questions = framework.questions.iter();
        let heading = ["Tijdstempel".to_owned(), ORGANISATION.to_owned()]
            .into_iter()
            .chain(norms.clone().map(|norm| grid(&norm.domain, &norm.title.nl)))
            .chain(questions.clone().map(|question| question.name.nl.clone()));
        line(&mut text, heading);
        for (index, response) in batch.responses.iter().enumerate() {
            let (_, end) = batch.moments(index);
            let given = response
                .given
                .iter()
                .map(|given| label(framework, given).unwrap_or_default());
            let chosen = questions
                .clone()
                .zip(&response.chosen)
                .map(|(question, chosen)| match chosen {
                    Chosen::NotShown => String::new(),
                    Chosen::Options(set) => {
                        let labels: Vec<&str> = set
                            .iter()
                            .map(|option| question.options[*option].name.nl.as_str())
                            .collect();
                        labels.join(";")
                    }
                });
            line(
                &mut text,
                [stamp(end), response.number.clone()]
                    .into_iter()
                    .chain(given)
                    .chain(chosen),
            );
        }
        let mut map = vec![
            ["question", "option", "item", "item_option"]
                .map(str::to_owned)
                .to_vec(),
        ];
        map.extend(norms.map(|norm| {
            vec![
                domain_question(framework, &norm.domain),
                norm.title.nl.clone(),
                norm.code.clone(),
                String::new(),
            ]
        }));
        map.extend(questions.map(|question| {
            vec![
                question.name.nl.clone(),
                String::new(),
                question.code.clone(),
                String::new(),
            ]
        }));
        Ok(Written {
            files: vec![
                (batch.path(".csv"), text.into_bytes()),
                (batch.map(), comma_separated(&map).into_bytes()),
            ],
            path: batch.path(".csv"),
            organisation: ORGANISATION.to_owned(),
            items: Some(batch.map()),
            structure: None,
        })
    }
}

/// As `2024/09/01 7:07:45 PM GMT+1`.
fn stamp(moment: Moment) -> String {
    let (year, month, day, hour, minute, second) = moment.parts();
    let half = if hour < 12 { "AM" } else { "PM" };
    format!(
        "{year:04}/{month:02}/{day:02} {}:{minute:02}:{second:02} {half} GMT+1",
        (hour + 11) % 12 + 1
    )
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    *text += &cells.join(",");
    text.push('\n');
}
