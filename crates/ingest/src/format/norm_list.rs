//! An official list of norms in a workbook, as the import of a codebook reads it.
//!
//! The list is taken as it stands: no code, title or target is made up for a norm that lacks one.

use crate::container::sheet::{Row, Sheet};
use crate::files::File;
use crate::format::heading::{alike, code};
use nulmeting_study::Error;
use nulmeting_study::item_map::tidy;
use std::collections::BTreeMap;

/// A norm as an official list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedNorm {
    /// Code.
    pub code: String,
    /// Title; empty when the list has none.
    pub title: String,
    /// Part of the framework; absent when the list has no such column.
    pub part: Option<String>,
    /// Level that the norm should have; absent when the list has no such column or no number in it.
    pub target: Option<i64>,
    /// Sheet on which it stands.
    pub sheet: String,
    /// Row on that sheet, the first row being 1.
    pub row: i64,
}

const CODE: &[&str] = &[
    "Code",
    "Normcode",
    "Norm code",
    "Norm-ID",
    "Norm nr",
    "Normnummer",
    "Nummer",
    "Nr",
    "ID",
];
const TITLE: &[&str] = &[
    "Titel",
    "Title",
    "Naam",
    "Name",
    "Norm",
    "Omschrijving",
    "Beschrijving",
    "Description",
    "Beheersmaatregel",
];
const PART: &[&str] = &["Deel", "Onderdeel", "Part"];
const TARGET: &[&str] = &[
    "Streefniveau",
    "Doelniveau",
    "Ambitieniveau",
    "Target",
    "Target level",
    "Norm niveau",
    "Niveau",
    "Level",
];

/// Columns of a list.
struct Columns {
    code: u32,
    title: Option<u32>,
    part: Option<u32>,
    target: Option<u32>,
}

/// Reads the norms of an official list: a workbook, or a delimited text with the same headings.
///
/// Method: on every sheet the heading is the first row with a column for the code and one for title or target;
/// rows without a code below it are left out; a norm that is listed again in full counts once.
/// Errors: no such heading, no norm below it, one code with two titles or targets.
pub fn codebook_list(bytes: &[u8], place: &str) -> Result<Vec<ListedNorm>, Error> {
    let file = File::open(place, bytes, None, None)?;
    let sheets = file.sheets();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut norms: Vec<ListedNorm> = Vec::new();
    let mut headings = 0;
    for sheet in sheets.iter() {
        let Some((at, columns)) = sheet.rows.iter().find_map(|(at, row)| Some((*at, columns(row)?))) else {
            continue;
        };
        headings += 1;
        for norm in listed(sheet, at, &columns) {
            let norm = norm.map_err(|(row, text)| {
                Error::new(
                    format!("{place}, sheet `{}`, row {row}", sheet.name),
                    format!("the target `{text}`"),
                    "the number of a level, as `4`, `4,0` or `Niveau 4`",
                    "correct the cell, or leave it blank if the list has no target for the norm",
                )
            })?;
            match first.get(&norm.code).map(|index| &norms[*index]) {
                None => {
                    first.insert(norm.code.clone(), norms.len());
                    norms.push(norm);
                }
                Some(own) if (&own.title, own.target) == (&norm.title, norm.target) => {}
                Some(own) => {
                    return Err(Error::new(
                        format!("{place}, sheet `{}`, row {}", norm.sheet, norm.row),
                        format!(
                            "norm `{}` again, with another title or target than in sheet `{}`, row {}",
                            norm.code, own.sheet, own.row
                        ),
                        "one row for one norm",
                        "remove one of the rows",
                    ));
                }
            }
        }
    }
    if !norms.is_empty() {
        return Ok(norms);
    }
    let found = match headings {
        0 => "no row with headings for code and title",
        _ => "headings, and no norm below them",
    };
    Err(Error::new(
        place,
        found,
        "a list with the headings `Code`, `Titel` and, where known, `Niveau`, and a row per norm",
        "rename the headings of the list, and import it again",
    ))
}

fn columns(row: &Row) -> Option<Columns> {
    let find = |names: &[&str], other: Option<u32>| {
        let by_name = |name: &&str| {
            let fitting = row
                .iter()
                .find(|(column, text)| alike(name, text) && Some(**column) != other);
            fitting.map(|(column, _)| *column)
        };
        names.iter().find_map(by_name)
    };
    // In some lists the code stands under "Norm" and the title under a heading of its own.
    let own = find(CODE, None);
    let code = own.or_else(|| find(&["Norm"], None))?;
    let (title, target) = (find(TITLE, Some(code)), find(TARGET, Some(code)));
    (title.is_some() || (own.is_some() && target.is_some())).then(|| Columns {
        code,
        title,
        part: find(PART, Some(code)),
        target,
    })
}

fn listed<'a>(
    sheet: &'a Sheet,
    at: i64,
    columns: &'a Columns,
) -> impl Iterator<Item = Result<ListedNorm, (i64, String)>> + 'a {
    sheet.rows.range(at + 1..).filter_map(move |(row, cells)| {
        let text = |column: Option<u32>| column.and_then(|column| cells.get(&column)).map(|text| tidy(text));
        let written = text(Some(columns.code))?;
        let code = code(&written)?;
        // A title may stand in the same cell, after the code.
        let rest = written[code.len()..]
            .trim_start_matches([':', '.', '-', ' '])
            .to_owned();
        // A part or a target may stand in one cell that is merged over its norms.
        let shown = |column: Option<u32>| sheet.shown(*row, column?).map(tidy).filter(|text| !text.is_empty());
        let written = shown(columns.target);
        let target = written.as_deref().and_then(number);
        if let (Some(written), None) = (&written, target)
            && written.contains(char::is_alphanumeric)
        {
            return Some(Err((*row, written.clone())));
        }
        Some(Ok(ListedNorm {
            title: text(columns.title).unwrap_or(rest),
            part: shown(columns.part),
            target,
            sheet: sheet.name.clone(),
            row: *row,
            code,
        }))
    })
}

/// The only number in a text such as `3`, `3,0`, `Niveau 3` or `3 - Bepaald`.
fn number(text: &str) -> Option<i64> {
    let whole = text.trim_end_matches('0').strip_suffix(['.', ',']).unwrap_or(text);
    let mut groups = whole
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty());
    match (groups.next(), groups.next()) {
        (Some(only), None) => only.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::codebook_list;
    use rust_xlsxwriter::Workbook;

    fn book(rows: &[&[&str]]) -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("Normen").unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(*cells) {
                sheet.write(row, column, *text).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn target_in_a_merged_cell_and_with_decimals_counts_for_each_norm() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("Normen").unwrap();
        let rows = [
            ["Code", "Titel", "Streefniveau"],
            ["GO.01", "a", ""],
            ["GO.02", "b", ""],
            ["GO.03", "c", "4,0"],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.write(row, column, text).unwrap();
            }
        }
        sheet
            .merge_range(1, 2, 2, 2, "4.0", &rust_xlsxwriter::Format::new())
            .unwrap();
        let norms = codebook_list(&book.save_to_buffer().unwrap(), "l.xlsx").unwrap();
        assert!(norms.iter().all(|norm| norm.target == Some(4)), "{norms:?}");
    }

    #[test]
    fn target_that_is_no_number_is_an_error_with_its_row() {
        let bytes = book(&[&["Code", "Titel", "Niveau"], &["GO.01", "a", "hoog"]]);
        assert_eq!(
            codebook_list(&bytes, "l.xlsx").unwrap_err().place,
            "l.xlsx, sheet `Normen`, row 2"
        );
    }

    #[test]
    fn heading_is_found_below_a_title_and_rows_without_code_are_left_out() {
        let bytes = book(&[
            &["Lijst van normen"],
            &[],
            &["Onderdeel", "Code", "Titel", "Streefniveau"],
            &["Deel A", "GO.01", "Strategie", "3"],
            &["", "", "Tussenkop"],
            &["Deel A", "GO.02\u{a0}", "Beleid", "Niveau 4"],
        ]);
        let norms = codebook_list(&bytes, "lijst.xlsx").unwrap();
        let own: Vec<_> = norms
            .iter()
            .map(|norm| (norm.code.as_str(), norm.target, norm.row))
            .collect();
        assert_eq!(own, [("GO.01", Some(3), 4), ("GO.02", Some(4), 6)]);
        assert_eq!(norms[0].part.as_deref(), Some("Deel A"));
    }

    #[test]
    fn code_and_title_in_one_cell_are_parted() {
        let bytes = book(&[&["Nr", "Niveau"], &["GV.OC-03.1: Legal duties", "3"]]);
        let norms = codebook_list(&bytes, "lijst.xlsx").unwrap();
        assert_eq!(
            (norms[0].code.as_str(), norms[0].title.as_str()),
            ("GV.OC-03.1", "Legal duties")
        );
    }

    #[test]
    fn list_without_headings_and_code_with_two_titles_are_errors() {
        let error = codebook_list(&book(&[&["a", "b"]]), "lijst.xlsx").unwrap_err();
        assert!(error.found.contains("no row with headings"), "{error}");
        let twice = book(&[&["Code", "Titel"], &["GO.01", "A"], &["GO.01", "B"]]);
        assert_eq!(
            codebook_list(&twice, "l.xlsx").unwrap_err().place,
            "l.xlsx, sheet `Normen`, row 3"
        );
    }
}
