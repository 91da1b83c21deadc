//! The register: every organisation that could have been asked, in either edition of DUO's lists, and the list
//! of those who were.
//!
//! Encoding, delimiter and padding are recognised, never assumed. A count that the register masks is not
//! filled in.

use super::columns::Table;
use crate::container::sheet::Row;
use crate::files::File;
use crate::frame::board_number::Numbers;
use nulmeting_study::item_map::tidy;
use nulmeting_study::printable::{REPLACEMENT, printable};
use nulmeting_study::study_file::RegisterColumns;
use nulmeting_study::words::Severity;
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// An organisation as a register lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Name; absent when the study file states no column for it.
    pub name: Option<String>,
    /// Sector.
    pub sector: String,
    /// Pupils, summed over the rows of the organisation.
    /// Absent: when a count is masked; a masked count below a small limit beside others counts as zero.
    pub pupils: Option<i64>,
}

/// A register on its way to organisations: its rows, before numbers are brought to one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRows {
    path: String,
    heading: Vec<String>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    row: i64,
    id: String,
    name: Option<String>,
    sector: String,
    pupils: Count,
    whole: Row,
}

/// A count as a register prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Known(i64),
    /// Printed as `<5`: some, and fewer than a small limit.
    Below,
    Masked,
}

/// Columns of a [`RegisterRows`] heading, for the places of findings.
const ID: usize = 0;
const SECTOR: usize = 1;
const PUPILS: usize = 2;

impl RegisterRows {
    /// Reads the rows of a register.
    ///
    /// Errors: a column that is not there; no row.
    pub fn read(file: &File, columns: &RegisterColumns) -> Result<Self, Error> {
        let sheets = file.sheets();
        let table = Table::find(file, &sheets)?;
        let id = table.column(&columns.id, "id")?;
        let sector = table.column(&columns.sector, "sector")?;
        let pupils = table.column(&columns.pupils, "pupils")?;
        let name = columns
            .name
            .as_deref()
            .map(|name| table.column(name, "name"))
            .transpose()?;
        let lines: Vec<Line> = table
            .rows()
            .map(|(row, cells)| {
                let text = |column: u32| {
                    let cell = cells.get(&column).map(|text| tidy(text)).unwrap_or_default();
                    printable(&cell).into_owned()
                };
                Line {
                    row,
                    id: text(id),
                    name: name.map(text),
                    sector: text(sector),
                    pupils: count(&text(pupils)),
                    whole: cells.clone(),
                }
            })
            .collect();
        if lines.is_empty() {
            return Err(Error::new(
                &file.path,
                "a heading and no row",
                "a row per organisation",
                "download the register again",
            ));
        }
        let heading = [id, sector, pupils].map(|column| table.place_name(column)).to_vec();
        Ok(Self {
            path: file.path.clone(),
            heading,
            lines,
        })
    }

    /// The numbers of the organisations, as written.
    pub fn numbers(&self) -> impl Iterator<Item = &str> + Clone {
        self.lines
            .iter()
            .map(|line| line.id.as_str())
            .filter(|id| !id.is_empty())
    }

    /// The organisations by number, and what is doubtful about their rows.
    ///
    /// Method: pupils are summed over the rows of an organisation, since branch lists have one row per branch;
    /// a row that repeats another in full counts once; of two sectors the first stands.
    pub fn organisations(
        &self,
        numbers: &Numbers,
        name: &dyn Fn(&str) -> String,
    ) -> (BTreeMap<String, Listed>, Vec<Finding>) {
        let mut sums: BTreeMap<String, (Listed, Sum)> = BTreeMap::new();
        let mut seen: BTreeMap<&Row, i64> = BTreeMap::new();
        let mut findings = Vec::new();
        for line in &self.lines {
            let place = |column: usize| Place::cell(&self.path, "", line.row, &self.heading[column]);
            if line.id.is_empty() {
                findings.push(
                    Finding::new(
                        Severity::Warning,
                        Rule::RegisterConflict,
                        "the row has no number of an organisation; it is left out",
                        "fill in the number, or remove the row",
                    )
                    .at(&place(ID)),
                );
                continue;
            }
            let canonical = numbers.canonical(&line.id);
            let organisation = name(&canonical.number);
            let find = |severity, rule, column, message: String, hint: &str| {
                Finding::new(severity, rule, message, hint)
                    .at(&place(column))
                    .organisation(&organisation)
            };
            if canonical.repaired {
                findings.push(find(
                    Severity::Note,
                    Rule::RepairedNumber,
                    ID,
                    "the number was written without its leading zeros or with decimals; they were put right".to_owned(),
                    "none needed; keep the column as text when the register is saved from a spreadsheet",
                ));
            }
            if let Some(first) = seen.get(&line.whole) {
                findings.push(find(
                    Severity::Warning,
                    Rule::RegisterConflict,
                    ID,
                    format!("the row repeats row {first} in full; it counts once"),
                    "remove one of the rows, or add the branch if they are two branches",
                ));
                continue;
            }
            seen.insert(&line.whole, line.row);
            let texts = [Some(line.sector.as_str()), line.name.as_deref()];
            if texts.into_iter().flatten().any(|text| text.contains(REPLACEMENT)) {
                findings.push(find(
                    Severity::Warning,
                    Rule::UnprintableText,
                    SECTOR,
                    "the sector or the name holds a character that no document can print; it was replaced".to_owned(),
                    "save the register in UTF-8, or state its encoding",
                ));
            }
            if let Count::Below | Count::Masked = line.pupils {
                findings.push(find(
                    Severity::Note,
                    Rule::MaskedCount,
                    PUPILS,
                    "the number of pupils is masked or missing".to_owned(),
                    "fill in the number if it is known; without it the organisation has no size class",
                ));
            }
            let (listed, sum) = sums.entry(canonical.number).or_insert_with(|| {
                let listed = Listed {
                    name: line.name.clone().filter(|name| !name.is_empty()),
                    sector: line.sector.clone(),
                    pupils: None,
                };
                (listed, Sum::default())
            });
            sum.add(line.pupils);
            if listed.sector != line.sector {
                findings.push(find(
                    Severity::Warning,
                    Rule::RegisterConflict,
                    SECTOR,
                    format!(
                        "sector `{}` here, and `{}` in a row above, which stands",
                        line.sector, listed.sector
                    ),
                    "give every row of an organisation the sector under which it should count",
                ));
            }
        }
        let organisations = sums.into_iter().map(|(number, (listed, sum))| {
            let pupils = sum.total();
            (number, Listed { pupils, ..listed })
        });
        (organisations.collect(), findings)
    }
}

/// Pupils of an organisation over its rows.
#[derive(Default)]
struct Sum {
    known: Option<i64>,
    masked: bool,
}

impl Sum {
    fn add(&mut self, count: Count) {
        match count {
            Count::Known(pupils) => self.known = Some(self.known.unwrap_or(0).saturating_add(pupils)),
            Count::Below => {}
            Count::Masked => self.masked = true,
        }
    }

    fn total(&self) -> Option<i64> {
        self.known.filter(|_| !self.masked)
    }
}

fn count(text: &str) -> Count {
    if text.starts_with('<') {
        return Count::Below;
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    let grouped = text.split(['.', ' ']).skip(1).all(|group| group.len() == 3);
    let digits: String = text.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    match digits.parse::<i64>() {
        Ok(pupils) if grouped && pupils >= 0 => Count::Known(pupils),
        _ => Count::Masked,
    }
}

/// The numbers of those who were asked, with the row of each.
///
/// Errors: no column with numbers; no row.
pub fn asked(file: &File, id: &str) -> Result<Vec<(i64, String)>, Error> {
    let sheets = file.sheets();
    let table = Table::find(file, &sheets)?;
    let column = match table.heading.iter().collect::<Vec<_>>().as_slice() {
        [(only, _)] => **only,
        _ => table.column(id, "id")?,
    };
    let listed: BTreeSet<(i64, String)> = table
        .rows()
        .filter_map(|(row, cells)| Some((row, tidy(cells.get(&column)?))))
        .collect();
    if listed.is_empty() {
        return Err(Error::new(
            &file.path,
            "a heading and no row",
            "the numbers of the organisations that were asked",
            "fill in the list, or leave `asked` out of the study file",
        ));
    }
    Ok(listed.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{Count, count};

    #[test]
    fn masked_counts_are_not_numbers() {
        assert_eq!(count("<5"), Count::Below);
        assert_eq!(count("x"), Count::Masked);
        assert_eq!(count(""), Count::Masked);
        assert_eq!(count("1234"), Count::Known(1234));
        assert_eq!(count("1.234"), Count::Known(1234));
        assert_eq!(count("1.5"), Count::Masked);
    }
}
