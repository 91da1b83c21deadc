//! Which questions of a file are answered items, which are free text, and which nobody knows.

use super::Against;
use crate::format::heading;
use crate::format::reader::Question;
use nulmeting_study::item_map::{Item, tidy};
use nulmeting_study::suggestion::nearest;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Rule};

/// What becomes of the cells of a question.
pub(super) enum Use {
    /// They are answers, to the question by this name and option.
    Answer { question: String, option: String },
    /// They are free text, withheld with a finding once something is written.
    Withheld,
    /// They are no answers: known and not used, or reported already.
    None,
}

/// What a question is used for; what is wrong with it is reported once, at its column or cell.
pub(super) fn use_of(question: &Question, written: bool, against: &Against<'_>, findings: &mut Vec<Finding>) -> Use {
    let framework = against.framework;
    let note = |severity, rule, message: String, hint: String| {
        Finding::new(severity, rule, message, hint)
            .at(&question.place)
            .item(&short(&question.question))
    };
    let Some((name, option, item)) = spelled(question, against) else {
        if question.free_text {
            return Use::Withheld;
        }
        if written && let Some(finding) = lost(question, against) {
            findings.push(finding.at(&question.place).item(&short(&question.question)));
            return Use::None;
        }
        let hint = unmapped_hint(question, against);
        findings.push(note(
            Severity::Note,
            Rule::UnmappedQuestion,
            "the question is in no item map and no codebook; it is not read as an answer".to_owned(),
            hint,
        ));
        return Use::None;
    };
    if item.code.is_empty() {
        return Use::None;
    }
    if question.free_text {
        return Use::Withheld;
    }
    if framework.norm(&item.code).is_none() && framework.question(&item.code).is_none() {
        if framework.domain_by_prefix(&item.code).is_none() {
            let codes = framework.norms.iter().map(|norm| norm.code.as_str());
            let codes = codes.chain(framework.questions.iter().map(|own| own.code.as_str()));
            let near = nearest(&item.code, codes).map_or_else(
                || "use a code of the codebook in the item map".to_owned(),
                |near| format!("write `{near}` in the item map if that is meant"),
            );
            findings.push(note(
                Severity::Warning,
                Rule::UnmappedQuestion,
                format!(
                    "the item map names `{}`, which is neither norm nor question of the codebook; it is not read",
                    item.code
                ),
                near,
            ));
            return Use::None;
        }
        findings.push(
            note(
                Severity::Warning,
                Rule::UnknownNorm,
                format!(
                    "`{}` is not in the codebook; it is kept as a working title of its domain",
                    item.code
                ),
                "correct the code, or add the norm with `nulmeting codebook import`".to_owned(),
            )
            .item(&item.code),
        );
    }
    Use::Answer { question: name, option }
}

/// A question under the spelling by which the map or the codebook knows it.
///
/// Tried in this order: question and option, the whole heading of its column. A norm code with which a text
/// starts is not enough: the remarks on a norm start with it too.
pub(super) fn spelled(question: &Question, against: &Against<'_>) -> Option<(String, String, Item)> {
    let look = |name: &str, option: &str| {
        let item = against.map.item(against.framework, name, option)?;
        Some((name.to_owned(), option.to_owned(), item))
    };
    look(&question.question, &question.option)
        .or_else(|| look(&question.place.column, "").filter(|_| question.place.sheet.is_empty()))
}

/// The error of a column whose answers are most likely lost by its name: the second one under a heading, or a code of
/// the framework in another spelling.
fn lost(question: &Question, against: &Against<'_>) -> Option<Finding> {
    let heading = &question.question;
    let first = heading
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .filter(|(_, number)| number.parse::<u32>().is_ok());
    if let Some((first, _)) = first
        && against.request().asks(first, "")
    {
        return Some(Finding::new(
            Severity::Error,
            Rule::SecondColumn,
            "another column has the same heading; only the first is read, and this one holds answers too",
            format!(
                "leave one of the columns in the export, or map this one as `{}`",
                short(heading)
            ),
        ));
    }
    let framework = against.framework;
    let codes = framework.norms.iter().map(|norm| norm.code.as_str());
    let codes = codes.chain(framework.questions.iter().map(|asked| asked.code.as_str()));
    let mut alike = codes.filter(|code| heading::alike(code, heading));
    let code = alike.next().filter(|_| alike.next().is_none())?;
    Some(Finding::new(
        Severity::Error,
        Rule::UnmappedQuestion,
        format!("the question is called almost as `{code}` of the codebook, and is not read as an answer"),
        format!("add the row `{heading},{code}` to the item map"),
    ))
}

fn unmapped_hint(question: &Question, against: &Against<'_>) -> String {
    let texts = [question.option.as_str(), question.question.as_str()];
    let leading = texts
        .into_iter()
        .filter_map(heading::code)
        .find(|code| against.framework.norm(code).is_some());
    if let Some(code) = leading {
        return format!("add a row to the item map that maps it to `{code}` if it asks for the level of that norm");
    }
    if let Some(near) = nearest(&question.question, against.map.questions()) {
        return format!("if it is `{near}` of the item map, correct the spelling there; otherwise none needed");
    }
    "none needed if it is no item of the framework; otherwise add a row to the item map, with an empty `item` if it is \
     known and not used"
        .to_owned()
}

/// A heading short enough for a message.
pub(super) fn short(text: &str) -> String {
    let text = tidy(text);
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
