//! The export of Microsoft Forms: one sheet, full question texts as headings, labels as answers, date cells,
//! several choices in one cell with a trailing semicolon. Only what was submitted exists.

use crate::Error;
use crate::choice::Chosen;
use crate::delivery::Response;
use crate::export::{Batch, Writer, Written, key};
use crate::map;
use crate::maturity::Given;
use crate::moment::Moment;
use crate::workbook::properties;
use nulmeting_study::Framework;
use nulmeting_study::framework::{LevelName, Norm, QuestionKind, Text};
use nulmeting_study::words::Language;
use rust_xlsxwriter::{Format, Workbook};

/// What differs between the two languages of a form.
struct Wording {
    sheet: &'static str,
    meta: &'static [&'static str],
    organisation: &'static str,
    remarks: &'static str,
    not_applicable: &'static str,
    dont_know: &'static str,
}

fn wording(language: Language) -> Wording {
    match language {
        Language::Nl => Wording {
            sheet: "Sheet1",
            meta: &[
                "ID",
                "Begintijd",
                "Tijd van voltooien",
                "E-mail",
                "Naam",
                "Tijd van laatste wijziging",
            ],
            organisation: "Wat is het bestuursnummer van uw organisatie?",
            remarks: "Heeft u nog opmerkingen?",
            not_applicable: "N.v.t.",
            dont_know: "Weet niet",
        },
        Language::En => Wording {
            sheet: "Form1",
            meta: &["ID", "Start time", "Completion time", "Email", "Name"],
            organisation: "What is the board number of your organisation?",
            remarks: "Do you have any remarks?",
            not_applicable: "Not applicable",
            dont_know: "Don't know",
        },
    }
}

/// The texts of the form's questions with their item: norms, questions, and what is not used.
pub(crate) fn questions(framework: &Framework, language: Language) -> Vec<(String, String)> {
    let text = |text: &Text| text.in_language(language).to_owned();
    let norms = framework
        .norms
        .iter()
        .map(|norm| (text(&norm.title), norm.code.clone()));
    let beside = framework
        .questions
        .iter()
        .map(|question| (text(&question.name), question.code.clone()));
    let unused = [(wording(language).remarks.to_owned(), String::new())];
    norms.chain(beside).chain(unused).collect()
}

/// The writer of Microsoft Forms workbooks.
pub(crate) struct Book;

impl Writer for Book {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        // Numbered as in the other formats, so that a response has one key in all of them.
        let number = |row: u32| key(row as usize - 1) as u32;
        let bytes = sheet(batch.framework, batch.responses, batch.opening, Language::Nl, &number)?;
        Ok(Written {
            files: vec![
                (batch.path(".xlsx"), bytes),
                (batch.map(), map::forms(batch.framework, Language::Nl)),
            ],
            path: batch.path(".xlsx"),
            organisation: wording(Language::Nl).organisation.to_owned(),
            items: Some(batch.map()),
            structure: None,
        })
    }
}

/// Writes the export.
pub(crate) fn export(
    framework: &Framework,
    responses: &[Response],
    opening: Moment,
    language: Language,
) -> Result<Vec<u8>, Error> {
    // The first two responses were tests of the makers, deleted before the export.
    sheet(framework, responses, opening, language, &|row| row + 2 + row / 6)
}

fn sheet(
    framework: &Framework,
    responses: &[Response],
    opening: Moment,
    language: Language,
    number: &dyn Fn(u32) -> u32,
) -> Result<Vec<u8>, Error> {
    let wording = wording(language);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties()?);
    let moment = Format::new().set_num_format("m/d/yy h:mm:ss");
    let sheet = workbook.add_worksheet();
    sheet.set_name(wording.sheet)?;
    let headings = wording
        .meta
        .iter()
        .map(|meta| (*meta).to_owned())
        .chain([wording.organisation.to_owned()])
        .chain(framework.norms.iter().map(|norm| heading(norm, language)))
        .chain(
            framework
                .questions
                .iter()
                .map(|question| question.name.in_language(language).to_owned()),
        )
        .chain([wording.remarks.to_owned()]);
    for (column, heading) in (0..).zip(headings) {
        sheet.write(0, column, heading)?;
    }
    for (row, response) in (1_u32..).zip(responses) {
        let start = opening.later(i64::from(row) * 9_000);
        let end = start.later(1_980);
        sheet.write(row, 0, number(row))?;
        sheet.write_with_format(row, 1, start.cell()?, &moment)?;
        sheet.write_with_format(row, 2, end.cell()?, &moment)?;
        sheet.write(row, 3, "anonymous")?;
        let mut column = wording.meta.len() as u16;
        sheet.write(row, column, &response.number)?;
        for given in &response.given {
            column += 1;
            let text = match given {
                Given::Level(level) => label(framework, *level, language),
                Given::NotApplicable => wording.not_applicable.to_owned(),
                Given::DontKnow => wording.dont_know.to_owned(),
                Given::Invalid(text) => text.clone(),
                Given::Pass(passed) => if *passed { "Ja" } else { "Nee" }.to_owned(),
                Given::Skipped | Given::NotAsked => continue,
            };
            sheet.write(row, column, text)?;
        }
        for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
            column += 1;
            let Chosen::Options(set) = chosen else { continue };
            let labels = set
                .iter()
                .map(|option| question.options[*option].name.in_language(language));
            let text: String = match question.kind {
                QuestionKind::Single => labels.collect(),
                QuestionKind::Multiple => labels.map(|label| format!("{label};")).collect(),
            };
            if !text.is_empty() {
                sheet.write(row, column, text)?;
            }
        }
        if row % 6 == 1 {
            sheet.write(row, column + 1, "-")?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// The heading of a norm's column: its title, as forms deliver texts that were pasted in.
fn heading(norm: &Norm, language: Language) -> String {
    let title = norm.title.in_language(language);
    match norm.code.as_str() {
        "GO.03" => title.replacen(' ', "\n", 1),
        "RM.02" => format!("{title}  "),
        "SM.04" => title.replacen(' ', "\u{a0}", 1),
        _ => title.to_owned(),
    }
}

/// The label of a level: with its number in the Dutch form, the name alone in the English one.
fn label(framework: &Framework, level: i64, language: Language) -> String {
    let names = framework.levels.iter().find(|own: &&LevelName| own.number == level);
    let name = names.map_or("", |own| own.name.in_language(language));
    match language {
        Language::Nl => format!("{level} - {name}"),
        Language::En => name.to_owned(),
    }
}
