//! Headings and labels by the names that they usually go by.

use nulmeting_study::item_map::tidy;

/// Names under which the number of an organisation stands in questionnaires, cover sheets and registers.
const ORGANISATION: &[&str] = &[
    "bestuursnummer",
    "bestuursnr",
    "nummerbestuur",
    "bevoegdgezagnummer",
    "bevoegdgezagnr",
    "bevoegdgezagsnummer",
    "nummerbevoegdgezag",
    "bgnummer",
    "boardnumber",
    "schoolboardnumber",
    "organisatienummer",
    "organisationnumber",
    "organizationnumber",
];

/// A heading as it is compared: letters and digits only, in lower case.
pub fn plain(text: &str) -> String {
    letters(text).collect()
}

/// The same one by one: every cell of a workbook may be compared with every usual heading, and most differ in the
/// first letter.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
}

/// A heading as people read it: without HTML, line breaks, no-break or double spaces.
pub fn readable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        plain.push_str(before);
        // A sign for "less than" opens no tag: a tag starts with a letter or a slash and is closed.
        let opens = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>').filter(|_| opens) {
            Some(end) => {
                plain.push(' ');
                rest = &tag[end + 1..];
            }
            None => {
                plain.push('<');
                rest = &tag[1..];
            }
        }
    }
    plain.push_str(rest);
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    for (entity, letter) in entities {
        plain = plain.replace(entity, letter);
    }
    tidy(&plain)
}

/// Whether two headings are the same but for case, blanks and marks.
pub fn alike(left: &str, right: &str) -> bool {
    letters(left).next().is_some() && letters(left).eq(letters(right))
}

/// Whether a heading is one of the usual names of the organisation's number.
pub fn names_organisation(heading: &str) -> bool {
    may_name(heading) && ORGANISATION.contains(&plain(heading).as_str())
}

/// Whether a question asks for the organisation's number in a sentence of its own.
pub fn asks_organisation(question: &str) -> bool {
    if !may_name(question) {
        return false;
    }
    let question = plain(question);
    ORGANISATION.iter().any(|name| question.contains(name))
        || (question.contains("bevoegdgezag") && question.contains("nummer"))
}

/// Whether a text is long enough for the shortest of the names: most cells of a workbook are not.
fn may_name(text: &str) -> bool {
    ORGANISATION.iter().any(|name| text.len() >= name.len())
}

/// Which of the headings names the organisation.
///
/// Method: the one that the study file states; when it states none, a usual name; failing that, the only
/// question that asks for the number.
/// Absent: when none fits, or when several questions ask for it.
pub fn organisation<'a>(headings: impl Iterator<Item = &'a str> + Clone, stated: Option<&str>) -> Option<usize> {
    let place = |fits: &dyn Fn(&str) -> bool| headings.clone().position(fits);
    if let Some(stated) = stated {
        return place(&|own| own == stated)
            .or_else(|| place(&|own| tidy(own) == tidy(stated)))
            .or_else(|| place(&|own| alike(own, stated)));
    }
    place(&names_organisation).or_else(|| {
        let mut asking = headings.clone().enumerate().filter(|(_, own)| asks_organisation(own));
        match (asking.next(), asking.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    })
}

/// Headings with a name of their own each: a second equal one gets ` (2)`, and so on.
pub fn distinct(headings: &[String]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    // Thousands of equal headings: each goes on from the number of the one before.
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut names = Vec::with_capacity(headings.len());
    for heading in headings {
        let mut name = heading.clone();
        let count = counts.entry(heading).or_insert(1);
        while !seen.insert(name.clone()) {
            *count += 1;
            name = format!("{heading} ({count})");
        }
        names.push(name);
    }
    names
}

/// A norm code at the start of a text: `GO.01 Strategy`, `GV.OC-03.1: Legal`, `1.10`.
///
/// Absent: when the text does not start with a code, which is one word with a digit in it.
pub fn code(text: &str) -> Option<String> {
    let text = tidy(text);
    let word = text.split([' ', ':']).next()?.trim_end_matches(['.', '-', ':']);
    let shaped = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    (shaped && word.len() <= 24 && word.chars().any(|c| c.is_ascii_digit())).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{code, distinct, organisation};

    #[test]
    fn organisation_is_found_by_stated_usual_or_asking_name() {
        let headings = ["Naam", "Wat is uw bestuursnummer?", "Toelichting"];
        assert_eq!(organisation(headings.into_iter(), None), Some(1));
        assert_eq!(organisation(headings.into_iter(), Some("toelichting")), Some(2));
        assert_eq!(organisation(headings.into_iter(), Some("Bestuur")), None);
        let twice = ["Uw bestuursnummer?", "Nogmaals uw bestuursnummer?"];
        assert_eq!(organisation(twice.into_iter(), None), None);
    }

    #[test]
    fn equal_headings_get_names_of_their_own() {
        let own = |text: &[&str]| distinct(&text.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(own(&["A", "A (2)", "A", "A"]), ["A", "A (2)", "A (3)", "A (4)"]);
    }

    #[test]
    fn code_stands_before_the_text() {
        assert_eq!(code(" GO.01\t").as_deref(), Some("GO.01"));
        assert_eq!(code("GV.OC-03.1: Legal").as_deref(), Some("GV.OC-03.1"));
        assert_eq!(code("1.10").as_deref(), Some("1.10"));
        assert_eq!(code("Totaal"), None);
        assert_eq!(code("End Table Data"), None);
    }
}
