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
        return Error::new(
            place,
            message.to_owned(),
            "a study file",
            "the README lists every key of a study file",
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
