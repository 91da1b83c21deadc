//! What holds boards back and what they ask for: shares per option with intervals.

use super::intervals::{self, Chart, Row};
use super::{Data, Figure, Sheet, Style, Words};
use crate::Error;
use crate::section::summary;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::framework::Question;

/// Draws the obstacles.
pub(super) fn obstacles(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    shares(view, style, "obstacle", "obstacles")
}

/// Draws the support that boards say to need.
pub(super) fn support(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    shares(view, style, "support", "support")
}

/// The options of a question with their shares, from most to least chosen; withheld ones last.
pub(crate) fn ordered<'a>(view: &View<'a>, question: &Question) -> Vec<(String, Number<'a>)> {
    let mut options: Vec<(String, Number<'_>)> = question
        .options
        .iter()
        .filter_map(|option| {
            let number = view.choice(&question.code, &option.code, "share")?;
            Some((view.of(&option.name).to_owned(), number))
        })
        .collect();
    options.sort_by(|a, b| b.1.value.unwrap_or(-1.0).total_cmp(&a.1.value.unwrap_or(-1.0)));
    options
}

fn shares(view: &View<'_>, style: &Style<'_>, topic: &str, kind: &'static str) -> Result<Option<Figure>, Error> {
    let Some(question) = view.question(topic) else {
        return Ok(None);
    };
    let options = ordered(view, question);
    let Some(_) = options.iter().find(|(_, number)| number.value.is_some()) else {
        return Ok(None);
    };
    let share = |number: &Number<'_>| {
        number
            .value
            .map_or_else(|| "–".to_owned(), |value| view.percent(value, number.n))
    };
    let rows: Vec<Row<'_>> = options
        .iter()
        .map(|(label, number)| Row {
            words: format!(
                "{label}: {} ({}), n = {}",
                share(number),
                view.share_interval(number),
                number.n
            ),
            label: label.clone(),
            columns: vec![share(number), view.organisations(number)],
            faint: Vec::new(),
            reason: None,
            number: Some(*number),
        })
        .collect();
    let mut file = Data::new(&["option", "id", "estimate", "ci_low", "ci_high", "n", "suppressed"]);
    for (label, number) in &options {
        file.row(std::iter::once(label.clone()).chain(Data::number(number)));
    }
    let facts = context! { question => view.of(&question.name), ..summary::lead_facts(view, &options)? };
    let lead = summary::lead(view, &options).word();
    let title = view.texts.say(&format!("figure.{kind}.title.{lead}"), facts.clone())?;
    let words = Words {
        kind,
        subtitle: view.texts.say(&format!("figure.{kind}.subtitle"), facts.clone())?,
        alt: view.texts.say(
            &format!("figure.{kind}.alt"),
            context! { title => title.clone(), options => options.len(), ..facts },
        )?,
        title,
        method: view.texts.word("figure.method.share")?,
    };
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = Chart::shares(true, vec![view.texts.word("figure.column.boards")?, "n".to_owned()]);
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}
