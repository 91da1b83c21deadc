//! What is shipped inside the program: codebooks and the lexicon.

use crate::lexicon::Lexicon;
use crate::{Error, Framework};
use std::collections::BTreeMap;

macro_rules! codebook {
    ($id:literal) => {
        (
            $id,
            [
                (
                    "framework.toml",
                    include_str!(concat!("../../../data/frameworks/", $id, "/framework.toml")),
                ),
                (
                    "domains.csv",
                    include_str!(concat!("../../../data/frameworks/", $id, "/domains.csv")),
                ),
                (
                    "norms.csv",
                    include_str!(concat!("../../../data/frameworks/", $id, "/norms.csv")),
                ),
                (
                    "questions.csv",
                    include_str!(concat!("../../../data/frameworks/", $id, "/questions.csv")),
                ),
                (
                    "support.csv",
                    include_str!(concat!("../../../data/frameworks/", $id, "/support.csv")),
                ),
                (
                    "versions.csv",
                    include_str!(concat!("../../../data/frameworks/", $id, "/versions.csv")),
                ),
            ],
        )
    };
}

/// A codebook's name with its files.
type Entry = (&'static str, [(&'static str, &'static str); 6]);

const CODEBOOKS: &[Entry] = &[
    codebook!("normenkader-ibp-fo-2023"),
    codebook!("normenkader-ibp-fo-2024"),
];

/// The names of the shipped codebooks.
pub fn codebooks() -> impl Iterator<Item = &'static str> {
    CODEBOOKS.iter().map(|(id, _)| *id)
}

/// The files of a shipped codebook; absent when none has that name.
pub fn codebook_files(id: &str) -> Option<BTreeMap<String, String>> {
    let (_, files) = CODEBOOKS.iter().find(|(own, _)| *own == id)?;
    Some(
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    )
}

/// A shipped codebook; absent when none has that name.
pub fn codebook(id: &str) -> Option<Result<Framework, Error>> {
    codebook_files(id).map(|files| Framework::parse(&files, id))
}

/// The shipped lexicon.
pub fn lexicon() -> Lexicon {
    Lexicon::parse(
        include_str!("../../../data/lexicon/answers.csv"),
        "data/lexicon/answers.csv",
    )
    .expect("the shipped lexicon is checked by a test")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_shipped_codebook_parses() {
        for id in super::codebooks() {
            let framework = super::codebook(id)
                .expect("listed")
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(framework.id, id);
        }
        super::lexicon();
    }
}
