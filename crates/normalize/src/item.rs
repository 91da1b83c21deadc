//! The item that a delivered cell is about: a norm, an option of a question, or nothing that is measured.

use nulmeting_study::framework::Question;
use nulmeting_study::lexicon::fold;
use nulmeting_study::{Framework, ItemMap};

/// What a cell is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A norm; not necessarily one that the codebook holds.
    Norm(String),
    /// One option of a question: the cell says whether it was chosen.
    Option {
        /// Question code.
        question: String,
        /// Option code.
        option: String,
    },
    /// A question as a whole: the cell says which option or options were chosen.
    Question(String),
    /// Text beside the options of a question, as `other`, which is no answer on a closed list.
    Beside(String),
    /// An option of a question that the codebook does not have.
    Foreign(String),
    /// Known to the map and not used.
    Unused,
    /// In no map and no codebook.
    Unknown,
}

/// Finds what a cell is about.
///
/// Method: the item map first, then the codes of the codebook (`ItemMap::item`). An option may be given by
/// its code or by its label in either language.
pub(crate) fn target(map: &ItemMap, framework: &Framework, question: &str, option: &str) -> Target {
    let Some(item) = map.item(framework, question, option) else {
        return Target::Unknown;
    };
    if item.code.is_empty() {
        return Target::Unused;
    }
    if let Some(question) = framework.question(&item.code) {
        if item.option.is_empty() {
            return Target::Question(item.code);
        }
        return match option_named(question, &item.option) {
            Some(option) => Target::Option {
                option: option.to_owned(),
                question: item.code,
            },
            None if is_beside(&item.option) => Target::Beside(item.code),
            None => Target::Foreign(item.code),
        };
    }
    if framework.norm(&item.code).is_some() || framework.domain_by_prefix(&item.code).is_some() {
        return Target::Norm(item.code);
    }
    Target::Unknown
}

/// The code of the option with that code or label.
pub(crate) fn option_named<'a>(question: &'a Question, text: &str) -> Option<&'a str> {
    let text = fold(text);
    let named = |name: &str| !name.is_empty() && fold(name) == text;
    question
        .options
        .iter()
        .find(|option| named(&option.code) || named(&option.name.nl) || named(&option.name.en))
        .map(|option| option.code.as_str())
}

/// Whether a tool's sub-question is the text field beside the options.
fn is_beside(option: &str) -> bool {
    let option = fold(option);
    ["other", "comment"].iter().any(|word| option.ends_with(word))
}
