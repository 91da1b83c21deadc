//! SPSS data files: `.sav` plain or compressed by byte codes, and `.zsav`.

mod cases;
mod dictionary;

use super::bytes::{Broken, Budget, Texts};
use super::{Dataset, Program};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;

/// Reads a file.
///
/// Missing: the system's missing value stays apart from what the file declares missing.
/// Errors: a file that contradicts itself, ends early, or is over a limit.
pub fn read(bytes: &[u8], stated: Option<&str>, limits: &Limits, place: &str) -> Result<Dataset, Error> {
    let broken = |fault: Broken| fault.error("an SPSS file", place);
    let header = dictionary::header(bytes).map_err(broken)?;
    let (raw, body) = dictionary::records(bytes, &header).map_err(broken)?;
    let texts = Texts::choose(stated, raw.encoding(), &raw.sample(), place)?;
    let ((columns, rows), texts) = texts.fitted(|texts| {
        let mut budget = Budget::new(limits, place);
        let columns = dictionary::columns(&raw, texts, &header, &mut budget, place)?;
        budget.variables(columns.len())?;
        let rows = cases::read(
            &bytes[body..],
            body,
            &header,
            &columns,
            texts,
            &mut budget,
            limits,
            place,
        )?;
        Ok((columns, rows))
    })?;
    Ok(Dataset {
        program: Program::Spss,
        encoding: texts.encoding.name(),
        sure: texts.sure,
        variables: columns.into_iter().map(|column| column.variable).collect(),
        rows,
        doubts: texts.doubts(),
    })
}
