//! Texts that a spreadsheet program would take for formulas.
//!
//! What strangers wrote ends in files that people open by a double click: a text that starts like a formula gets an
//! apostrophe before it, as survey tools write it too, and loses it when it is read back.

use std::borrow::Cow;

/// What a formula may start with.
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as it is written: with an apostrophe before what would be taken for a formula; a number stays as it is.
pub fn masked(text: &str) -> Cow<'_, str> {
    match text.starts_with(STARTS) && text.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// A text as it was before it was [`masked`].
pub fn unmasked(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| rest.starts_with(STARTS))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{masked, unmasked};

    #[test]
    fn formulas_are_masked_and_come_back_and_numbers_stay() {
        for text in ["=1+1", "+1+1", "-a", "@x", "\tx", "\rx", "-0,5", "=\"a\""] {
            let written = masked(text);
            assert_eq!(written, format!("'{text}"));
            assert_eq!(unmasked(&written), text);
        }
        for text in ["-0.125", "+1", "a=b", "'s avonds", "", "'"] {
            assert_eq!(masked(text), text);
            assert_eq!(unmasked(text), text);
        }
    }
}
