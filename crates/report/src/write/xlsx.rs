//! The tables as a workbook: a cover that says where they come from, and a sheet per table with typed numbers.
//!
//! A text is always written as text: what begins with an equals sign is no formula here.

use crate::section;
use crate::view::View;
use crate::{Error, Input};
use minijinja::context;
use nulmeting_study::table::{Kind, Record, Table, Values};
use nulmeting_study::tables::{
    ALL, Attention, Change, Choice, Cluster, Comparison, Division, Estimate, Finding, Move, Organisation,
    OrganisationType, Representation, Score, Source, TypeAgreement, TypeProfile, Typology, Validation,
};
use nulmeting_study::words::Scope;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet};

/// Rows of a sheet, its heading counted: what the file format allows.
const ROWS: usize = 1_048_576;
/// Decimals that a number of the workbook keeps: it is for reading, and the Parquet tables have all digits.
///
/// Six are more than any interval here allows to read, and make the file a third smaller.
const DECIMALS: f64 = 1e6;
/// Characters of a cell: what the file format allows.
const LETTERS: usize = 32_767;

/// Builds the workbook.
///
/// Outside the house the sheets with a row per organisation are left out, and so is what a finding says of one.
pub(crate) fn build(view: &View<'_>) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    let study = &view.input.study.study;
    book.set_properties(
        &DocProperties::new()
            .set_title(&study.title)
            .set_subject(view.texts.word("page.report")?)
            .set_author("nulmeting")
            .set_comment(format!("nulmeting {}", view.options.version))
            .set_creation_datetime(&ExcelDateTime::parse_from_str(&study.date)?),
    );
    let tables = tables(view.input, view.options.public);
    cover(view, book.add_worksheet(), &tables)?;
    for table in &tables {
        sheet(book.add_worksheet(), table)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The tables that are sheets, the aggregates first.
///
/// The levels are none: they are a row per organisation and norm, and no reader of a workbook looks them up.
pub(crate) fn tables(input: &Input<'_>, public: bool) -> Vec<Table> {
    let mut tables = vec![
        Estimate::table(&estimates(input)),
        Comparison::table(&input.analysed.comparisons),
        Validation::table(&input.analysed.validation),
        Choice::table(&input.analysed.choices),
        Change::table(&changes(input)),
        Attention::table(&input.analysed.attention),
    ];
    if public {
        // A medoid is a board.
        let clusters: Vec<Cluster> = input
            .analysed
            .clusters
            .iter()
            .filter(|row| !row.inside)
            .map(|row| Cluster {
                medoid: None,
                ..row.clone()
            })
            .collect();
        tables.push(Cluster::table(&clusters));
    } else {
        tables.extend([
            Typology::table(&input.analysed.typology),
            Division::table(&input.analysed.divisions),
            Cluster::table(&input.analysed.clusters),
            TypeAgreement::table(&input.analysed.type_agreement),
            TypeProfile::table(&input.analysed.type_profiles),
            Move::table(&input.analysed.moves),
            OrganisationType::table(&input.analysed.types),
            Score::table(&input.analysed.scores),
            Organisation::table(&input.normalized.organisations),
            Representation::table(&input.analysed.representation),
            Finding::table(&input.normalized.findings),
            Source::table(&input.ingested.sources),
        ]);
    }
    tables
}

/// Whether a number is one that a reader looks up: those of every norm by group are most of the rows, and stand in the
/// Parquet tables only.
fn looked_up(scope: Scope, by: &str) -> bool {
    scope != Scope::Norm || by == ALL
}

fn estimates(input: &Input<'_>) -> Vec<Estimate> {
    let rows = input.analysed.estimates.iter();
    rows.filter(|row| looked_up(row.scope, &row.by)).cloned().collect()
}

fn changes(input: &Input<'_>) -> Vec<Change> {
    let rows = input.analysed.changes.iter();
    rows.filter(|row| looked_up(row.scope, &row.by)).cloned().collect()
}

fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0xE6_E6_E6))
        .set_align(FormatAlign::Top)
        .set_text_wrap()
}

/// What the workbook is, where it comes from, and what each sheet and column holds.
fn cover(view: &View<'_>, sheet: &mut Worksheet, tables: &[Table]) -> Result<(), Error> {
    let word = |key: &str| view.texts.word(&format!("workbook.{key}"));
    let study = &view.input.study.study;
    let title = Format::new().set_bold().set_font_size(16);
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(word("cover")?)?;
    sheet
        .set_column_width(0, 26)?
        .set_column_width(1, 22)?
        .set_column_width(2, 70)?
        .set_column_width(3, 26)?;
    sheet.write_string_with_format(0, 0, cell_text(&study.title), &title)?;
    let waves: Vec<&str> = view.input.study.waves.iter().map(|wave| wave.id.as_str()).collect();
    let facts = [
        (word("date")?, study.date.clone()),
        (word("waves")?, waves.join(", ")),
        (word("framework")?, view.of(&view.framework.title).to_owned()),
        (word("origin")?, view.of(&view.framework.origin).to_owned()),
        (
            word("profile")?,
            view.texts.word(if view.options.public {
                "page.public"
            } else {
                "page.inside"
            })?,
        ),
        (word("minimum")?, view.input.study.disclosure.minimum.to_string()),
        (word("program")?, format!("nulmeting {}", view.options.version)),
        (word("seed")?, study.seed.to_string()),
        (word("digits")?, word("rounded")?),
        (word("rows")?, word("looked_up")?),
    ];
    let mut row = 2;
    for (name, value) in facts {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        sheet.write_string(row, 1, cell_text(&value))?;
        row += 1;
    }
    row += 1;
    if view.options.public {
        for ((wave, format), (files, rows)) in section::gathered(view.input) {
            sheet.write_string_with_format(row, 0, word("source")?, &bold)?;
            sheet.write_string(row, 1, cell_text(&format!("{wave}, {format}")))?;
            let text = view
                .texts
                .say("workbook.gathered", context! { files => files, rows => rows })?;
            sheet.write_string(row, 2, text)?;
            row += 1;
        }
    }
    for source in view.input.ingested.sources.iter().filter(|_| !view.options.public) {
        sheet.write_string_with_format(row, 0, word("source")?, &bold)?;
        sheet.write_string(row, 1, cell_text(&source.source))?;
        sheet.write_string(row, 2, format!("sha256 {}", source.sha256))?;
        row += 1;
    }
    row += 1;
    for (place, key) in ["sheet", "column", "meaning", "unit"].iter().enumerate() {
        sheet.write_string_with_format(row, column(place), word(key)?, &heading())?;
    }
    row += 1;
    for table in tables {
        for declared in &table.schema.columns {
            sheet.write_string(row, 0, table.schema.name)?;
            sheet.write_string(row, 1, declared.name)?;
            sheet.write_string_with_format(row, 2, declared.meaning.trim(), &wrapped)?;
            sheet.write_string(row, 3, declared.unit)?;
            row += 1;
        }
    }
    Ok(())
}

/// A sheet with the rows of a table.
fn sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), Error> {
    sheet.set_name(table.schema.name)?;
    let head = heading();
    let number = Format::new().set_num_format("0.0000");
    let rows = table.rows().min(ROWS - 1);
    for (place, (declared, values)) in table.schema.columns.iter().zip(&table.columns).enumerate() {
        let at = column(place);
        sheet.write_string_with_format(0, at, declared.name, &head)?;
        // What the column holds, where the eye is.
        let unit = if declared.unit.is_empty() {
            String::new()
        } else {
            format!("\n[{}]", declared.unit)
        };
        let note = format!("{}{unit}", declared.meaning.trim());
        sheet.insert_note(0, at, &Note::new(note).set_author("nulmeting").add_author_prefix(false))?;
        let wide = match declared.kind {
            Kind::Text => values_width(values, rows),
            _ => 10,
        };
        sheet.set_column_width(at, wide.max(declared.name.len() + 2).min(48) as f64)?;
    }
    // Row by row, as the sheet keeps them.
    for row in 0..rows {
        let line = u32::try_from(row + 1).expect("rows of a sheet are counted to a million");
        for (place, values) in table.columns.iter().enumerate() {
            let at = column(place);
            match values {
                Values::Text(values) => {
                    if let Some(text) = &values[row] {
                        sheet.write_string(line, at, cell_text(text))?;
                    }
                }
                Values::Integer(values) => {
                    if let Some(value) = values[row] {
                        sheet.write_number(line, at, value as f64)?;
                    }
                }
                Values::Double(values) => {
                    if let Some(value) = values[row].filter(|value| value.is_finite()) {
                        let value = (value * DECIMALS).round() / DECIMALS;
                        sheet.write_number_with_format(line, at, value, &number)?;
                    }
                }
                Values::Boolean(values) => {
                    if let Some(value) = values[row] {
                        sheet.write_boolean(line, at, value)?;
                    }
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if rows > 0 && !table.schema.columns.is_empty() {
        let last = u32::try_from(rows).expect("rows of a sheet are counted to a million");
        sheet.autofilter(0, 0, last, column(table.schema.columns.len() - 1))?;
    }
    Ok(())
}

/// Letters of the longest of the first texts: enough to set a width by.
fn values_width(values: &Values, rows: usize) -> usize {
    (0..rows.min(200))
        .filter_map(|row| values.text(row))
        .map(|text| text.chars().count() + 2)
        .max()
        .unwrap_or(8)
}

fn column(place: usize) -> u16 {
    u16::try_from(place).expect("a table has fewer columns than a sheet")
}

/// A text as long as a cell may be.
fn cell_text(text: &str) -> &str {
    let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(end, _)| end);
    &text[..end]
}
