//! A table that the user names for `estimate` or `cluster`: any file that the stages read, or a Parquet file.

use crate::console::Console;
use crate::exit::Failure;
use nulmeting_ingest::files::File;
use nulmeting_ingest::table::{MISSING, Table};
use nulmeting_study::Values;
use nulmeting_tables::{Columns, read_columns};
use std::path::Path;

/// Reads a table and notes what was chosen where there was a choice.
///
/// Missing: blank cells and the text `NA`, in every container alike.
pub(crate) fn read(path: &Path, console: &Console) -> Result<Columns, Failure> {
    let place = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|cause| Failure::reading(path, &cause))?;
    if bytes.starts_with(b"PAR1") {
        let mut columns = read_columns(bytes, &place).map_err(Failure::data)?;
        for values in &mut columns.values {
            if let Values::Text(cells) = values {
                cells
                    .iter_mut()
                    .filter(|cell| cell.as_deref() == Some(MISSING))
                    .for_each(|cell| *cell = None);
            }
        }
        return Ok(columns);
    }
    let file = File::open(&place, &bytes, None, None).map_err(Failure::data)?;
    let table = Table::of(&file).map_err(Failure::data)?;
    if let Some(sheet) = &table.chosen_sheet {
        console.note(&format!(
            "the workbook has several sheets with rows; sheet `{sheet}` was read"
        ));
    }
    Ok(Columns {
        names: table.names,
        values: table.values,
    })
}
