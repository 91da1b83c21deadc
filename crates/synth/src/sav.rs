//! SPSS data file: little-endian, UTF-8, compressed by byte codes, user-missing values 98 and 99.

use crate::Error;
use crate::datafile::{DONT_KNOW, DataFile, Kind, NOT_APPLICABLE, Value, Variable, cut};
use crate::export::{Batch, Writer, Written};

/// The writer of SPSS data files.
pub(crate) struct File;

const DONT_KNOW_CODE: f64 = 98.0;
const NOT_APPLICABLE_CODE: f64 = 99.0;
/// What is added to a small whole number when it is written as a byte code.
const BIAS: f64 = 100.0;
/// Seconds from 14 October 1582 to 1 January 1970.
const EPOCH: i64 = 141_428 * 86_400;

impl Writer for File {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let own = DataFile::of(batch);
        let mut bytes = header(&own);
        for (index, variable) in own.variables.iter().enumerate() {
            bytes.extend(self::variable(index, variable));
        }
        for (index, variable) in own.variables.iter().enumerate() {
            bytes.extend(labels(index, variable));
        }
        let names = own
            .variables
            .iter()
            .enumerate()
            .map(|(index, own)| format!("{}={}", short(index), own.name));
        bytes.extend(extension(
            3,
            4,
            &[20, 0, 0, -1, 1, 1, 2, 65_001].map(i32::to_le_bytes).concat(),
        ));
        let limits = [-f64::MAX, f64::MAX, (-f64::MAX).next_up()];
        bytes.extend(extension(4, 8, &limits.map(f64::to_le_bytes).concat()));
        bytes.extend(extension(13, 1, names.collect::<Vec<_>>().join("\t").as_bytes()));
        bytes.extend(extension(20, 1, b"UTF-8"));
        bytes.extend(words(&[999, 0]));
        bytes.extend(values(&own));
        Ok(Written {
            files: vec![(batch.path(".sav"), bytes)],
            path: batch.path(".sav"),
            organisation: "bestuursnummer".to_owned(),
            ..Written::default()
        })
    }
}

fn words(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn count(number: usize) -> i32 {
    i32::try_from(number).expect("a study has few variables and responses")
}

/// A text with blanks up to a width.
fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = cut(text, width).as_bytes().to_vec();
    bytes.resize(width, b' ');
    bytes
}

fn header(own: &DataFile) -> Vec<u8> {
    let mut bytes = b"$FL2".to_vec();
    bytes.extend(padded("@(#) SPSS DATA FILE made up by nulmeting", 60));
    bytes.extend(words(&[2, count(own.variables.len()), 1, 0, count(own.rows.len())]));
    bytes.extend(BIAS.to_le_bytes());
    bytes.extend(padded("01 Dec 2408:00:00", 17));
    bytes.extend(padded("", 64));
    bytes.extend([0; 3]);
    bytes
}

fn short(index: usize) -> String {
    format!("V{}", index + 1)
}

fn variable(index: usize, own: &Variable) -> Vec<u8> {
    let (width, format) = match own.kind {
        Kind::Code | Kind::Key => (0, 5 << 16 | 8 << 8),
        Kind::Moment => (0, 22 << 16 | 20 << 8),
        Kind::Text => (8, 1 << 16 | 8 << 8),
    };
    let label = cut(&own.label, 252);
    let missing = if own.reasons { 2 } else { 0 };
    let mut bytes = words(&[2, width, i32::from(!label.is_empty()), missing, format, format]);
    bytes.extend(padded(&short(index), 8));
    if !label.is_empty() {
        bytes.extend(words(&[count(label.len())]));
        bytes.extend(padded(label, label.len().next_multiple_of(4)));
    }
    if own.reasons {
        bytes.extend(DONT_KNOW_CODE.to_le_bytes());
        bytes.extend(NOT_APPLICABLE_CODE.to_le_bytes());
    }
    bytes
}

fn labels(index: usize, own: &Variable) -> Vec<u8> {
    let mut labels: Vec<(f64, &str)> = own
        .labels
        .iter()
        .map(|(code, label)| (*code as f64, label.as_str()))
        .collect();
    if own.reasons {
        labels.push((DONT_KNOW_CODE, DONT_KNOW));
        labels.push((NOT_APPLICABLE_CODE, NOT_APPLICABLE));
    }
    if labels.is_empty() {
        return Vec::new();
    }
    let mut bytes = words(&[3, count(labels.len())]);
    for (code, label) in labels {
        let label = cut(label, 120);
        bytes.extend(code.to_le_bytes());
        bytes.push(u8::try_from(label.len()).expect("a label was cut to 120 bytes"));
        bytes.extend(padded(label, (label.len() + 1).next_multiple_of(8) - 1));
    }
    bytes.extend(words(&[4, 1, count(index + 1)]));
    bytes
}

fn extension(kind: i32, size: usize, content: &[u8]) -> Vec<u8> {
    let mut bytes = words(&[7, kind, count(size), count(content.len() / size)]);
    bytes.extend(content);
    bytes
}

/// Byte codes in groups of eight, each group followed by the values that no code can say.
fn values(own: &DataFile) -> Vec<u8> {
    let (mut bytes, mut codes, mut literals) = (Vec::new(), Vec::new(), Vec::new());
    for value in own.rows.iter().flatten() {
        let number = match value {
            Value::Number(number) => *number as f64,
            Value::Moment(seconds) => (seconds + EPOCH) as f64,
            Value::DontKnow => DONT_KNOW_CODE,
            Value::NotApplicable => NOT_APPLICABLE_CODE,
            Value::Missing | Value::Text(_) => 0.0,
        };
        match value {
            Value::Missing => codes.push(255),
            Value::Text(text) if text.is_empty() => codes.push(254),
            Value::Text(text) => {
                codes.push(253);
                literals.extend(padded(text, 8));
            }
            _ if (1.0..=251.0).contains(&(number + BIAS)) => codes.push((number + BIAS) as u8),
            _ => {
                codes.push(253);
                literals.extend(number.to_le_bytes());
            }
        }
        if codes.len() == 8 {
            bytes.append(&mut codes);
            bytes.append(&mut literals);
        }
    }
    if !codes.is_empty() {
        codes.resize(8, 0);
        bytes.append(&mut codes);
        bytes.append(&mut literals);
    }
    bytes
}
