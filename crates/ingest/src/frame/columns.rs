//! A register or list as a table: its heading, and its columns under the names of every edition.

use crate::container::sheet::{Row, Sheet, letters};
use crate::files::File;
use crate::format::heading::{alike, names_organisation};
use nulmeting_study::Error;
use nulmeting_study::item_map::tidy;
use nulmeting_study::suggestion::nearest;

/// Columns that went by another name in another edition.
const ALIASES: &[&[&str]] = &[
    &[
        "BEVOEGD GEZAG NUMMER",
        "BEVOEGD GEZAG NR",
        "BESTUURSNUMMER",
        "BESTUUR NUMMER",
    ],
    &["BEVOEGD GEZAG NAAM", "NAAM BEVOEGD GEZAG", "BESTUURSNAAM"],
    &[
        "AANTAL LEERLINGEN",
        "AANTAL_LEERLINGEN",
        "LEERLINGEN",
        "TOTAAL LEERLINGEN",
    ],
    &["BRIN NUMMER", "INSTELLINGSCODE"],
    &["VESTIGINGSNUMMER", "VESTIGINGSCODE"],
    &["SECTOR", "ONDERWIJSSECTOR", "SOORT ONDERWIJS"],
];

/// A table with its heading in the first filled row.
pub(super) struct Table<'a> {
    path: &'a str,
    sheet: &'a Sheet,
    at: i64,
    pub(super) heading: &'a Row,
}

impl<'a> Table<'a> {
    pub(super) fn find(file: &'a File, sheets: &'a [Sheet]) -> Result<Self, Error> {
        let first = sheets
            .iter()
            .find_map(|sheet| Some((sheet, sheet.rows.iter().find(|(_, row)| !row.is_empty())?)));
        let Some((sheet, (at, heading))) = first else {
            return Err(Error::new(
                &file.path,
                "an empty file",
                "a heading and a row per organisation",
                "download the register again",
            ));
        };
        Ok(Self {
            path: &file.path,
            sheet,
            at: *at,
            heading,
        })
    }

    /// The column of that heading: exactly, but for blanks and case, under its name in another edition, or,
    /// for the number, under a usual one.
    pub(super) fn column(&self, wanted: &str, key: &str) -> Result<u32, Error> {
        let place = |fits: &dyn Fn(&str) -> bool| {
            let found = self.heading.iter().find(|(_, text)| fits(text));
            found.map(|(column, _)| *column)
        };
        let others = ALIASES
            .iter()
            .filter(|group| group.iter().any(|name| alike(name, wanted)));
        let others: Vec<&str> = others.flat_map(|group| group.iter().copied()).collect();
        place(&|text| tidy(text) == tidy(wanted))
            .or_else(|| place(&|text| alike(text, wanted)))
            .or_else(|| place(&|text| others.iter().any(|name| alike(name, text))))
            .or_else(|| (key == "id").then(|| place(&names_organisation)).flatten())
            .ok_or_else(|| {
                let headings: Vec<String> = self.heading.values().map(|text| tidy(text)).collect();
                let near = nearest(wanted, headings.iter().map(String::as_str));
                let hint = match near {
                    Some(near) => format!("write `{near}` for `{key}` under `population.columns` in the study file"),
                    None => format!(
                        "state the column for `{key}` under `population.columns` in the study file; there are `{}`",
                        headings.iter().take(12).cloned().collect::<Vec<_>>().join("`, `")
                    ),
                };
                Error::new(
                    format!("{}, row {}", self.path, self.at),
                    format!("no column `{wanted}`"),
                    "the columns that the study file names",
                    hint,
                )
            })
    }

    /// The rows below the heading that hold anything.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i64, &'a Row)> {
        let below = self.sheet.rows.range(self.at + 1..);
        below.filter(|(_, row)| !row.is_empty()).map(|(at, row)| (*at, row))
    }

    /// The name of a column in findings: its heading in a text, its letters in a workbook.
    pub(super) fn place_name(&self, column: u32) -> String {
        match self.sheet.name.as_str() {
            "" => self.heading.get(&column).map(|text| tidy(text)).unwrap_or_default(),
            _ => letters(column),
        }
    }
}
