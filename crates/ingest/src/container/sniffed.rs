//! Files that are no export, whatever their name says: told by their first bytes, so that the message says what they are.

use super::text;
use nulmeting_study::Error;

/// How much of a file is looked at.
/// Unit: bytes.
const START: usize = 4096;

/// What a file is instead of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A web page, which some tools send as a workbook.
    WebPage,
    /// A workbook in the XML of Excel 2002 and 2003.
    Xml2003,
    /// A PDF.
    Pdf,
    /// A delimited or other text that is named as a workbook.
    Text,
    /// Bytes that are named as a workbook and are none.
    NoWorkbook,
}

/// What a file is that is neither packed nor a data file; absent for a text that is named as one.
pub(crate) fn kind(bytes: &[u8], is_named_workbook: bool) -> Option<Kind> {
    let start = &bytes[..bytes.len().min(START)];
    let (encoding, _) = text::guess(start);
    let encoding = encoding_rs::Encoding::for_bom(start).map_or(encoding, |(marked, _)| marked);
    let start = encoding.decode(start).0.trim_start().to_lowercase();
    let begins = |with: &[&str]| with.iter().any(|with| start.starts_with(with));
    if begins(&["%pdf-"]) {
        Some(Kind::Pdf)
    } else if begins(&["<?xml", "<workbook"]) && start.contains("office:spreadsheet") {
        Some(Kind::Xml2003)
    } else if begins(&[
        "<!doctype html",
        "<html",
        "<head",
        "<meta",
        "<body",
        "<table",
        "mime-version:",
    ]) || (begins(&["<?xml"]) && start.contains("<html"))
    {
        Some(Kind::WebPage)
    } else if !is_named_workbook || bytes.is_empty() {
        None
    } else if start
        .chars()
        .any(|letter| letter.is_ascii_control() && !letter.is_whitespace())
    {
        Some(Kind::NoWorkbook)
    } else {
        Some(Kind::Text)
    }
}

impl Kind {
    /// The refusal of a file of this kind.
    pub(crate) fn refused(self, place: &str) -> Error {
        let save = "open it in a spreadsheet program and save it as XLSX";
        let (found, hint) = match self {
            Self::WebPage => ("a web page (HTML), not a workbook or a delimited text", save),
            Self::Xml2003 => ("a workbook in the XML of Excel 2003", save),
            Self::Pdf => (
                "a PDF",
                "ask for the export itself: answers cannot be read from a printed page",
            ),
            Self::Text => (
                "a text, not a workbook, whatever its name says",
                "give it the ending `.csv` if it is a delimited text, or save it again as XLSX",
            ),
            Self::NoWorkbook => (
                "a file that cannot be opened as a workbook (neither XLSX, XLSB, XLS nor ODS)",
                "open it in a spreadsheet program and save it again as XLSX, or ask the sender for a whole copy",
            ),
        };
        Error::new(
            place,
            found,
            "an XLSX, XLSB, XLS or ODS workbook, or an export as CSV",
            hint,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn wrong_endings_are_named() {
        assert_eq!(kind(b"<html><body><table>", true), Some(Kind::WebPage));
        assert_eq!(kind(b"\xef\xbb\xbf\r\n<TABLE border=1>", false), Some(Kind::WebPage));
        let xml = b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        assert_eq!(kind(xml, true), Some(Kind::Xml2003));
        assert_eq!(kind(b"id;GO.01\n1;3\n", true), Some(Kind::Text));
        assert_eq!(kind(b"id;GO.01\n1;3\n", false), None);
        assert_eq!(
            kind(b"<b>vraag</b>;GO.01\n1;3\n", false),
            None,
            "a heading may hold marks"
        );
        assert_eq!(kind(b"", true), None);
    }
}
