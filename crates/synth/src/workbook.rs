//! The self-assessment workbook: a cover with the board's number, a sheet per domain, levels from a list.
//!
//! Workbooks of one template are never alike when they come back: headings were translated, a column was put
//! in front, levels typed as numbers. The variants follow from the place of the workbook in the delivery.

use crate::Error;
use crate::export::{Batch, Writer, Written};
use crate::maturity::Given;
use crate::moment::Moment;
use nulmeting_study::Framework;
use nulmeting_study::framework::LevelName;
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError, utility,
};

/// Sheet, row (from 1) and column letters of the cover's cell with the board's number.
pub(crate) const NUMBER_CELL: (&str, i64, &str) = ("Voorblad", 4, "C");

const HEADINGS: [[&str; 4]; 3] = [
    ["Code", "Norm", "Niveau", "Toelichting"],
    ["Code", "Norm", "Volwassenheidsniveau", "Opmerking"],
    ["Code", "Norm", "Level", "Note"],
];
const NOTES: [&str; 4] = [
    "Is belegd bij de beleidsmedewerker",
    "Staat op de agenda voor het voorjaar",
    "Leverancier regelt dit",
    "Zie ons beleidsplan, paragraaf 3",
];

/// The writer of a workbook per response; it asks for the norms only.
pub(crate) struct Books;

impl Writer for Books {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let mut written = Written {
            path: batch.path("/*.xlsx"),
            organisation: "Bestuursnummer".to_owned(),
            ..Written::default()
        };
        for (place, response) in batch.responses.iter().enumerate() {
            let sheets = Sheets {
                framework: batch.framework,
                number: &response.number,
                given: Some(&response.given),
                place,
                title: "Zelfevaluatie (voorbeeld met verzonnen normen)",
                date: batch.opening.later(place as i64 * 86_400),
            };
            let path = batch.path(&format!("/antwoord-{:05}.xlsx", place + 1));
            written.files.push((path, sheets.write()?));
        }
        Ok(written)
    }
}

/// A workbook to be written.
pub(crate) struct Sheets<'a> {
    pub(crate) framework: &'a Framework,
    /// Board number as it was typed on the cover.
    pub(crate) number: &'a str,
    /// Answers in the framework's order; absent for a workbook as the template has it.
    pub(crate) given: Option<&'a [Given]>,
    /// Place in the delivery, which decides the variant.
    pub(crate) place: usize,
    pub(crate) title: &'a str,
    pub(crate) date: Moment,
}

/// Where an answer stands: sheet, row from 1, column letters.
pub(crate) type Cell = (String, i64, String);

impl Sheets<'_> {
    /// Writes the workbook.
    pub(crate) fn write(&self) -> Result<Vec<u8>, Error> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties()?);
        let title = Format::new().set_bold();
        self.cover(workbook.add_worksheet(), &title)?;
        for domain in 0..self.framework.domains.len() {
            self.domain(workbook.add_worksheet(), domain, &title)?;
        }
        let lists = workbook.add_worksheet();
        lists.set_name("Lijsten")?.set_hidden(true);
        for (row, label) in (0..).zip(self.labels()) {
            lists.write(row, 0, label)?;
        }
        Ok(workbook.save_to_buffer()?)
    }

    /// Where the answer on a norm stands.
    pub(crate) fn cell(&self, norm: usize) -> Cell {
        let own = &self.framework.norms[norm];
        let place = self
            .framework
            .norms_of(&own.domain)
            .position(|other| other.code == own.code);
        let row = self.header_row() as i64 + 2 + place.unwrap_or_default() as i64;
        let domain = self
            .framework
            .domain(&own.domain)
            .map(|domain| sheet_name(&domain.name.nl));
        (
            domain.unwrap_or_default(),
            row,
            utility::column_number_to_name(self.first_column() + 2),
        )
    }

    fn cover(&self, sheet: &mut Worksheet, title: &Format) -> Result<(), XlsxError> {
        sheet.set_name("Voorblad")?;
        sheet.merge_range(1, 1, 1, 4, self.title, title)?;
        sheet.write(3, 1, "Bestuursnummer")?;
        // A number typed in a spreadsheet is a number; where it begins with a zero, careful people make it a text.
        match self.number.parse::<u32>() {
            Ok(number) if !self.number.starts_with('0') && self.place.is_multiple_of(2) => sheet.write(3, 2, number)?,
            Ok(number) if self.number.len() < 5 => sheet.write(3, 2, number)?,
            _ => sheet.write(3, 2, self.number)?,
        };
        sheet.write(4, 1, "Naam")?.write(4, 2, "Ons bestuur")?;
        sheet.write(5, 1, "Ingevuld door")?.write(5, 2, "A. Voorbeeld")?;
        let date = Format::new().set_num_format("dd-mm-yyyy");
        sheet
            .write(6, 1, "Datum")?
            .write_with_format(6, 2, self.date.cell()?, &date)?;
        sheet.write(
            8,
            1,
            "Kies per norm een niveau. Wie een norm niet invult, laat de cel leeg.",
        )?;
        Ok(())
    }

    fn domain(&self, sheet: &mut Worksheet, index: usize, title: &Format) -> Result<(), XlsxError> {
        let domain = &self.framework.domains[index];
        let (first, header) = (self.first_column(), self.header_row());
        sheet.set_name(sheet_name(&domain.name.nl))?;
        sheet.merge_range(
            0,
            first,
            0,
            first + 3,
            &format!("{}. {}", domain.number, domain.name.nl),
            title,
        )?;
        sheet.write(1, first, "Voorbeeld met verzonnen normen")?;
        for (column, heading) in (first..).zip(HEADINGS[self.place % HEADINGS.len()]) {
            sheet.write_with_format(header, column, heading, title)?;
        }
        let mut row = header;
        for (place, norm) in self.framework.norms.iter().enumerate() {
            if norm.domain != domain.code {
                continue;
            }
            row += 1;
            sheet.write(row, first, &norm.code)?;
            sheet.write(row, first + 1, &norm.title.nl)?;
            let level = first + 2;
            match self.given.map(|given| &given[place]) {
                None => sheet.write(row, level, self.label(1))?,
                Some(Given::Level(number)) if self.place % 4 == 3 => sheet.write(row, level, *number as i32)?,
                Some(Given::Level(number)) => sheet.write(row, level, self.label(*number))?,
                Some(Given::NotApplicable) => sheet.write(row, level, "n.v.t.")?,
                Some(Given::DontKnow) => sheet.write(row, level, "weet niet")?,
                Some(Given::Invalid(text)) => sheet.write(row, level, text)?,
                Some(Given::Pass(passed)) => sheet.write(row, level, if *passed { "Ja" } else { "Nee" })?,
                Some(Given::Skipped | Given::NotAsked) => sheet,
            };
            if self.given.is_some() && (place + self.place).is_multiple_of(9) {
                sheet.write(row, first + 3, NOTES[place % NOTES.len()])?;
            }
        }
        let list = Formula::new(format!("Lijsten!$A$1:$A${}", self.labels().len()));
        let validation = DataValidation::new().allow_list_formula(list).ignore_blank(true);
        sheet.add_data_validation(header + 1, first + 2, row, first + 2, &validation)?;
        Ok(())
    }

    fn labels(&self) -> Vec<String> {
        let levels = self.framework.levels.iter().map(|level| self.label(level.number));
        levels.chain(["n.v.t.".to_owned()]).collect()
    }

    fn label(&self, number: i64) -> String {
        let level = self
            .framework
            .levels
            .iter()
            .find(|level: &&LevelName| level.number == number);
        format!("{number} - {}", level.map_or("", |level| &level.name.nl))
    }

    /// Somebody put a column in front of every fifth workbook.
    fn first_column(&self) -> u16 {
        u16::from(self.place % 5 == 4)
    }

    /// Row of the headings, from 0.
    fn header_row(&self) -> u32 {
        if self.place % 3 == 2 { 4 } else { 3 }
    }
}

/// The name of a sheet: at most 31 letters.
fn sheet_name(name: &str) -> String {
    name.chars().take(31).collect()
}

/// Properties of every workbook: a fixed moment of making, so that the same study has the same bytes.
pub(crate) fn properties() -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::from_ymd(2024, 12, 1)?.and_hms(8, 0, 0)?;
    Ok(DocProperties::new().set_creation_datetime(&made))
}
