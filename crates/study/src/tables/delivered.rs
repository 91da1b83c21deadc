//! What was delivered: the sources as they were read, and their responses cell by cell.

use crate::words::{Assessor, CellState};
use std::sync::Arc;

table! {
    /// A file that was read, and what its reader took it for.
    pub struct Source, "sources", one row per "wave and source file", key ["wave", "source"] {
        /// Wave of the measurement.
        wave: String;
        /// Path of the file, relative to the study file.
        source: String;
        /// Format that the reader recognised or the study file stated.
        format: String;
        /// How sure the recognition is: stated, certain or likely.
        recognised: String;
        /// Character encoding; absent for workbooks.
        encoding: Option<String>;
        /// How sure the encoding is: stated, marked (by the file itself), certain (no other fits) or likely; absent for workbooks.
        encoding_recognised: Option<String>;
        /// Delimiter of a text file; absent for workbooks.
        delimiter: Option<String>;
        /// How sure the delimiter is: stated, certain (it alone divides every record alike) or likely; absent for workbooks.
        delimiter_recognised: Option<String>;
        /// Rows with a response, before any policy.
        rows: i64, "rows";
        /// Columns or questions in the file.
        columns: i64, "columns";
        /// Questions that the item map or the codebook knows.
        mapped: i64, "questions";
        /// Different organisations that answered.
        organisations: i64, "organisations";
        /// SHA-256 of the file.
        sha256: String;
    }
}

table! {
    /// A correction to what was delivered, applied while it was read.
    pub struct Correction, "corrections", one row per "corrected cell", key ["source", "sheet", "row", "column"] {
        /// Wave of the measurement.
        wave: String;
        /// Path of the file, relative to the study file.
        source: String;
        /// Sheet of a workbook; empty for text files.
        sheet: String;
        /// Row in the file or sheet, the first row being 1.
        row: i64, "rows";
        /// Column: its letters in a workbook, its heading in a text file.
        column: String;
        /// What the file holds; absent when nothing, and for the number of an organisation.
        old: Option<String>;
        /// What is read instead; absent when nothing, and for the number of an organisation.
        new: Option<String>;
        /// Why it was corrected.
        why: String;
        /// Who decided it, as the list of corrections says.
        who: String;
        /// When it was decided, as the list of corrections says.
        when: String;
    }
}

table! {
    /// A cell that was delivered for a known question.
    pub struct Response, "responses", one row per "wave, source, sheet, row and column", key ["wave", "source", "sheet", "row", "column"] {
        /// Wave of the measurement.
        wave: Arc<str>;
        /// Organisation, under its pseudonym unless the study is identified; absent when the response names none.
        organisation: Option<Arc<str>>;
        /// Respondent: the key that the tool gave, unique within its source.
        respondent: Arc<str>;
        /// Question as the source names it, by code or by text.
        question: Arc<str>;
        /// Row, statement or option within the question, as the source names it; empty when there is none.
        option: Arc<str>;
        /// Text of the cell; absent when nothing is written.
        value: Option<Arc<str>>;
        /// Token as the file has it, where it says something else than the text: the code that the structure of
        /// the questionnaire explains, the mark for a question that was not shown.
        raw: Option<Arc<str>>;
        /// What the cell holds before meaning is read into it.
        state: CellState;
        /// Whether the respondent finished; absent when the format cannot say.
        complete: Option<bool>;
        /// Place of the response among those of its wave in order of submission, from 1.
        sequence: i64, "responses";
        /// Who gave the answer.
        assessor: Assessor;
        /// Path of the file, relative to the study file.
        source: Arc<str>;
        /// Sheet of a workbook; empty for text files.
        sheet: Arc<str>;
        /// Row in the file or sheet, the first row being 1.
        row: i64, "rows";
        /// Column: its letters in a workbook, its heading in a text file.
        column: Arc<str>;
    }
}
