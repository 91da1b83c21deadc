//! The maps from the questions of each instrument to the items of the codebook.

use crate::codebook::comma_separated;
use crate::forms;
use crate::limesurvey::{option_code, part_code, question_code};
use nulmeting_study::Framework;
use nulmeting_study::framework::QuestionKind;
use nulmeting_study::item_map::tidy;
use nulmeting_study::words::Language;

fn table(rows: impl Iterator<Item = [String; 4]>) -> Vec<u8> {
    let heading = ["question", "option", "item", "item_option"].map(str::to_owned);
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(rows).map(|row| row.to_vec()).collect();
    comma_separated(&rows).into_bytes()
}

/// The map of the LimeSurvey questionnaire.
pub(crate) fn limesurvey(framework: &Framework) -> Vec<u8> {
    let norms = framework
        .norms
        .iter()
        .map(|norm| [norm.domain.clone(), part_code(norm), norm.code.clone(), String::new()]);
    let beside = framework.questions.iter().flat_map(|question| {
        let code = question_code(&question.code).to_owned();
        match question.kind {
            QuestionKind::Single => vec![[code, String::new(), question.code.clone(), String::new()]],
            QuestionKind::Multiple => {
                let parts = question.options.iter().enumerate();
                parts
                    .map(|(place, option)| {
                        [
                            code.clone(),
                            option_code(place),
                            question.code.clone(),
                            option.code.clone(),
                        ]
                    })
                    .collect()
            }
        }
    });
    // Known and not read: free text.
    let unused = [("KNELP", "other"), ("opm", "")]
        .into_iter()
        .map(|(question, option)| [question.to_owned(), option.to_owned(), String::new(), String::new()]);
    table(norms.chain(beside).chain(unused))
}

/// The map of the form in one language.
pub(crate) fn forms(framework: &Framework, language: Language) -> Vec<u8> {
    let questions = forms::questions(framework, language);
    table(
        questions
            .into_iter()
            .map(|(text, item)| [tidy(&text), String::new(), item, String::new()]),
    )
}
