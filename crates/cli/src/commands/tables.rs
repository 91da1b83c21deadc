//! `nulmeting tables`: every table and column.

use crate::console::Console;
use crate::dictionary;
use crate::exit::{Exit, Failure};
use serde_json::Value;

/// Prints the data dictionary.
pub(crate) fn tables(console: &Console) -> Result<Exit, Failure> {
    let mut schemas = nulmeting_study::tables::all();
    schemas.extend(nulmeting_study::tables::sums());
    if console.is_json() {
        console.json(&schemas.iter().map(dictionary::resource).collect::<Vec<Value>>())?;
    } else {
        console.data(&dictionary::markdown(&schemas));
    }
    Ok(Exit::Done)
}
