//! Records of a delimited text, each field with whether it was quoted.
//!
//! LimeSurvey writes "not shown" as a bare empty field and "left empty" as `""`. The usual CSV readers hand
//! out both as an empty text; this one keeps the difference, and refuses a quote that is never closed instead
//! of reading the rest of the file as one answer.

mod records;

pub use self::records::{Field, Record, Records};

use crate::container::limits;
use crate::container::text::Sure;
use memchr::{memchr, memchr3};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;

/// A delimited text: its records, blank lines left out; the heading is record 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delimited {
    /// The delimiter; absent for records that came out of another container.
    pub delimiter: Option<char>,
    /// How sure the delimiter is: certain when it alone divides every record alike.
    pub sure: Sure,
    /// Row of the first record as people count it; 0 where a heading was put before the records of the file.
    pub first: i64,
    /// The records in file order.
    pub records: Records,
}

/// The delimiters that are tried, in order of preference when they do equally well.
const CANDIDATES: [char; 3] = [';', ',', '\t'];

/// Records that the choice of a delimiter looks at.
const SAMPLE: usize = 50;
/// Fields of a record that the choice of a delimiter looks at.
const SAMPLE_FIELDS: u64 = 100_000;

impl Delimited {
    /// Records that came out of another container, the first being the heading; an absent value stays apart from an
    /// empty one.
    pub(crate) fn of_records(records: impl Iterator<Item = Vec<Option<String>>>) -> Self {
        let mut all = Records::default();
        for record in records {
            all.push(record.iter().map(|value| Field {
                quoted: value.is_some(),
                text: value.as_deref().unwrap_or_default(),
            }));
        }
        Self {
            delimiter: None,
            sure: Sure::Marked,
            first: 1,
            records: all,
        }
    }

    /// Reads a text.
    ///
    /// Method: without a stated delimiter, the one that gives most of the first records the heading's number
    /// of fields, and of those the one that gives more fields.
    /// Errors: a quote that is not closed.
    pub fn parse(text: &str, stated: Option<char>, place: &str) -> Result<Self, Error> {
        Self::parse_within(text, stated, &Limits::default(), place)
    }

    /// Reads a text within the limits of a study; see [`Delimited::parse`].
    ///
    /// Errors: also more cells or columns than the study allows.
    pub fn parse_within(text: &str, stated: Option<char>, limits: &Limits, place: &str) -> Result<Self, Error> {
        Self::parse_quoted(text, stated, '"', limits, place)
    }

    /// Reads a text whose fields are quoted by another mark; see [`Delimited::parse_within`].
    ///
    /// Errors: as there.
    pub(crate) fn parse_quoted(
        text: &str,
        stated: Option<char>,
        quote: char,
        limits: &Limits,
        place: &str,
    ) -> Result<Self, Error> {
        let (declared, text) = declared(text);
        let (delimiter, sure) = match (stated, declared) {
            (Some(delimiter), _) => (delimiter, Sure::Stated),
            (None, Some(delimiter)) => (delimiter, Sure::Marked),
            (None, None) => detect(text, quote),
        };
        // What is read is at most as long as the text: quotes and delimiters go.
        let mut records = Records::with_capacity(text.len());
        let mut cells = 0;
        // A record that is longer than the study allows is not read to its end.
        let mut scanner = Scanner::new(text, (delimiter, quote), limits.columns);
        while let Some(width) = scanner.next(&mut records).map_err(|Unclosed| {
            Error::new(
                format!("{place}, row {}", records.len() + 1),
                "a quote that is opened and never closed",
                "quotes in pairs, a quote within a field doubled",
                "export the file again; it may have been cut off",
            )
        })? {
            cells += width as u64 + limits::ROW;
            limits::columns(width as u64, limits, place)?;
            limits::cells(cells, limits.cells, place)?;
        }
        Ok(Self {
            delimiter: Some(delimiter),
            sure,
            first: 1 + i64::from(declared.is_some()),
            records,
        })
    }
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it, and the text after that line.
fn declared(text: &str) -> (Option<char>, &str) {
    let (line, rest) = text.split_at(text.find(['\n', '\r']).unwrap_or(text.len()));
    let line = line.trim_start_matches('"');
    let value = line.get(..4).filter(|key| key.eq_ignore_ascii_case("sep="));
    let delimiter = value.and_then(|_| line[4..].chars().next());
    // A heading may begin alike: nothing but the delimiter may follow, which some programs fill the line up with.
    let is_filling = |delimiter: char| line[4..].chars().all(|letter| [delimiter, '"', ' '].contains(&letter));
    match delimiter {
        Some(delimiter) if !delimiter.is_alphanumeric() && is_filling(delimiter) => (Some(delimiter), rest),
        _ => (None, text),
    }
}

fn detect(text: &str, quote: char) -> (char, Sure) {
    let score = |delimiter: char| {
        let mut scanner = Scanner::new(text, (delimiter, quote), SAMPLE_FIELDS);
        let (mut counts, mut records) = (Vec::new(), Records::default());
        while counts.len() < SAMPLE {
            match scanner.next(&mut records) {
                Ok(Some(width)) => counts.push(width),
                // A file that was cut off within a quote still has the delimiter of its whole records.
                Ok(None) | Err(Unclosed) => break,
            }
        }
        match counts.first() {
            Some(&fields) if fields > 1 => {
                let alike = counts.iter().filter(|count| **count == fields).count();
                (alike * 100 / counts.len(), fields)
            }
            _ => (0, 0),
        }
    };
    let mut best = (',', (0, 0));
    let mut whole = 0;
    for candidate in CANDIDATES {
        let fit = score(candidate);
        whole += usize::from(fit.0 == 100);
        if fit > best.1 {
            best = (candidate, fit);
        }
    }
    let certain = whole == 1 && best.1.0 == 100;
    (best.0, if certain { Sure::Certain } else { Sure::Likely })
}

/// A quote was opened and the text ended.
struct Unclosed;

/// Walks over a text record by record.
struct Scanner<'a> {
    rest: &'a str,
    delimiter: char,
    quote: char,
    /// First byte of the delimiter, by which it is found.
    mark: u8,
    longest: u64,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, (delimiter, quote): (char, char), longest: u64) -> Self {
        let mut bytes = [0; 4];
        Self {
            rest: text,
            delimiter,
            quote,
            mark: delimiter.encode_utf8(&mut bytes).as_bytes()[0],
            longest,
        }
    }

    /// Adds the next record that is not a blank line; gives the number of its fields.
    fn next(&mut self, records: &mut Records) -> Result<Option<usize>, Unclosed> {
        self.rest = self.rest.trim_start_matches(['\n', '\r']);
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut width = 0;
        loop {
            let (quoted, more) = self.field(records.text())?;
            records.end_field(quoted);
            width += 1;
            if !more || width as u64 > self.longest {
                records.end_record(width);
                return Ok(Some(width));
            }
        }
    }

    /// Where the next quote stands.
    fn quote_in(&self, text: &str) -> Option<usize> {
        match u8::try_from(self.quote).ok().filter(u8::is_ascii) {
            Some(quote) => memchr(quote, text.as_bytes()),
            None => text.find(self.quote),
        }
    }

    /// Adds a field to a text; whether it was quoted, and whether another follows in the same record.
    fn field(&mut self, text: &mut String) -> Result<(bool, bool), Unclosed> {
        let open = self.rest.strip_prefix(self.quote);
        let quoted = open.is_some();
        if let Some(mut inside) = open {
            loop {
                let end = self.quote_in(inside).ok_or(Unclosed)?;
                text.push_str(&inside[..end]);
                inside = &inside[end + self.quote.len_utf8()..];
                let Some(after) = inside.strip_prefix(self.quote) else {
                    break;
                };
                // A doubled quote is one quote.
                text.push(self.quote);
                inside = after;
            }
            self.rest = inside;
        }
        let mut from = 0;
        loop {
            let bytes = &self.rest.as_bytes()[from..];
            let Some(at) = memchr3(self.mark, b'\n', b'\r', bytes).map(|offset| from + offset) else {
                text.push_str(std::mem::take(&mut self.rest));
                return Ok((quoted, false));
            };
            // The first byte of a delimiter beyond ASCII may open another letter too.
            let more = self.rest[at..].starts_with(self.delimiter);
            let length = match (more, bytes[at - from]) {
                (true, _) => self.delimiter.len_utf8(),
                (false, b'\r') if self.rest[at + 1..].starts_with('\n') => 2,
                (false, b'\r' | b'\n') => 1,
                (false, _) => {
                    from = at + 1;
                    continue;
                }
            };
            text.push_str(&self.rest[..at]);
            self.rest = &self.rest[at + length..];
            return Ok((quoted, more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimited, Field, Record};
    use crate::container::text::Sure;

    fn parse(text: &str) -> Delimited {
        Delimited::parse(text, None, "x.csv").unwrap()
    }

    fn texts(text: &str) -> Vec<Vec<String>> {
        let read = parse(text);
        let texts = |record: Record<'_>| record.fields().map(|field| field.text.to_owned()).collect();
        read.records.iter().map(texts).collect()
    }

    #[test]
    fn bare_and_quoted_empty_fields_differ() {
        let read = parse("a;b;c\r\n1;;\"\"\r\n");
        let fields: Vec<Field<'_>> = read.records.get(1).unwrap().fields().collect();
        assert!(!fields[1].quoted && fields[2].quoted);
        assert!(fields[1].text.is_empty() && fields[2].text.is_empty());
    }

    #[test]
    fn line_break_and_doubled_quote_stay_within_their_field() {
        assert_eq!(texts("a;b\n\"x\r\ny;\"\"z\"\"\";2\n")[1], ["x\r\ny;\"z\"", "2"]);
    }

    #[test]
    fn blank_lines_at_the_end_are_no_records() {
        assert_eq!(texts("a,b\r\n1,2\r\n\r\n\n").len(), 2);
    }

    #[test]
    fn semicolons_win_over_commas_within_texts() {
        assert_eq!(parse("a;b, c;d\n1,5;2,5;3\n").delimiter, Some(';'));
        assert_eq!(parse("\"a\",\"b;c\"\n\"1\",\"2\"\n").delimiter, Some(','));
        assert_eq!(parse("a\tb\n1\t2\n").delimiter, Some('\t'));
        assert_eq!(parse("a\tb\n1\t2\n").sure, Sure::Certain);
        assert_eq!(parse("a;b,c\n1;2,3\n").sure, Sure::Likely, "two would do");
    }

    #[test]
    fn quote_that_is_never_closed_is_an_error_with_its_row() {
        let error = Delimited::parse("a;b\n1;\"2\n3;4\n", None, "x.csv").unwrap_err();
        assert_eq!(error.place, "x.csv, row 2");
    }

    #[test]
    fn delimiter_beyond_ascii_is_told_from_letters_that_start_alike() {
        let read = Delimited::parse("a\u{a6}b\u{a7}c\u{a6}\r\u{a6}\"x\"y\u{a6}z", Some('\u{a6}'), "x.csv").unwrap();
        let texts = |record: usize| {
            let fields = read.records.get(record).unwrap().fields();
            fields.map(|field| field.text).collect::<Vec<_>>()
        };
        assert_eq!(texts(0), ["a", "b\u{a7}c", ""]);
        assert_eq!(texts(1), ["", "xy", "z"]);
    }

    #[test]
    fn first_line_that_names_the_delimiter_is_no_record() {
        for text in [
            "sep=;\r\na;b\n1,5;2\n",
            "\"sep=;\"\na;b\n1,5;2\n",
            "SEP=;\ra;b\r1,5;2\r",
        ] {
            let read = parse(text);
            assert_eq!(
                (read.delimiter, read.first, read.records.len()),
                (Some(';'), 2, 2),
                "{text}"
            );
        }
        assert_eq!(parse("sep=\t\na\tb\n").delimiter, Some('\t'));
        assert_eq!(parse("sep=a,b\n1,2\n").records.len(), 2, "a heading that begins alike");
    }

    #[test]
    fn trailing_delimiter_is_an_empty_last_field() {
        assert_eq!(texts("a,b\n1,\n")[1], ["1", ""]);
    }
}
