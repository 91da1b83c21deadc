//! What the TOML parser says of a study file, in the words of this program.

use crate::Error;
use crate::suggestion::nearest;

/// Turns what the TOML parser says into place, found, expected and hint.
pub(super) fn fault(cause: &toml::de::Error, text: &str, place: &str) -> Error {
    let line = cause
        .span()
        .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = match line {
        Some(line) => format!("{place}, line {line}"),
        None => place.to_owned(),
    };
    let message = cause.message();
    let Some(rest) = message.strip_prefix("unknown field `") else {
        let key = line.and_then(|line| key_of(text.lines().nth(line - 1)?));
        let place = match key {
            Some(key) => format!("{place}, key `{key}`"),
            None => place,
        };
        // A value of another type: the parser says what it is and what it should be.
        let (found, expected) = message.split_once(", expected ").unwrap_or((message, "a study file"));
        return Error::new(
            place,
            found.trim_start_matches("invalid type: "),
            expected,
            "docs/study-file.md lists every key with an example",
        );
    };
    let (found, rest) = rest.split_once('`').unwrap_or((rest, ""));
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(found, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove the key".to_owned(),
    };
    Error::new(
        place,
        format!("unknown key `{found}`"),
        format!("one of `{}`", known.join("`, `")),
        hint,
    )
}

/// The key that a line of the file gives a value to.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    is_key.then_some(key)
}
