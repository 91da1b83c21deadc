//! Stata data file of version 118: little-endian, UTF-8, `.a` for "don't know" and `.b` for "not applicable".

use crate::Error;
use crate::datafile::{DONT_KNOW, DataFile, Kind, NOT_APPLICABLE, Value, Variable, cut};
use crate::export::{Batch, Writer, Written};
use std::collections::BTreeMap;

/// The writer of Stata data files.
pub(crate) struct File;

/// `.a` and `.b` among value labels; `.` is one less.
const DONT_KNOW_CODE: i32 = 2_147_483_622;
const NOT_APPLICABLE_CODE: i32 = 2_147_483_623;
/// Seconds from 1 January 1960 to 1 January 1970.
const EPOCH: i64 = 3_653 * 86_400;

impl Writer for File {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let own = DataFile::of(batch);
        Ok(Written {
            files: vec![(batch.path(".dta"), bytes(&own))],
            path: batch.path(".dta"),
            organisation: "bestuursnummer".to_owned(),
            ..Written::default()
        })
    }
}

/// The file: its parts in order, and a map of where each starts.
fn bytes(own: &DataFile) -> Vec<u8> {
    let count = own.variables.len();
    let mut head = b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>".to_vec();
    head.extend(u16::try_from(count).expect("a study has few variables").to_le_bytes());
    head.extend(b"</K><N>");
    head.extend((own.rows.len() as u64).to_le_bytes());
    head.extend(b"</N><label>\0\0</label><timestamp>\x1101 Dec 2024 08:00</timestamp></header>");
    let each = |part: &dyn Fn(&Variable) -> Vec<u8>| own.variables.iter().flat_map(part).collect::<Vec<u8>>();
    let parts: [(&str, Vec<u8>); 10] = [
        ("variable_types", each(&|own| stored(own.kind).to_le_bytes().to_vec())),
        ("varnames", each(&|own| field(&name(&own.name), 129))),
        ("sortlist", vec![0; 2 * (count + 1)]),
        ("formats", each(&|own| field(format(own.kind), 57))),
        ("value_label_names", each(&|own| field(&label_name(own), 129))),
        (
            "variable_labels",
            each(&|own| field(own.label.chars().take(80).collect::<String>().as_str(), 321)),
        ),
        ("characteristics", Vec::new()),
        (
            "data",
            own.rows
                .iter()
                .flatten()
                .zip(own.variables.iter().cycle())
                .flat_map(|(value, own)| self::value(value, own.kind))
                .collect(),
        ),
        ("strls", Vec::new()),
        ("value_labels", labels(own)),
    ];
    let mut starts = vec![0, head.len()];
    let mut at = head.len() + "<map></map>".len() + 14 * 8;
    for (tag, content) in &parts {
        starts.push(at);
        at += content.len() + 2 * tag.len() + "<></>".len();
    }
    starts.extend([at, at + "</stata_dta>".len()]);
    let mut bytes = head;
    bytes.extend(b"<map>");
    bytes.extend(starts.iter().flat_map(|start| (*start as u64).to_le_bytes()));
    bytes.extend(b"</map>");
    for (tag, content) in parts {
        bytes.extend(format!("<{tag}>").into_bytes());
        bytes.extend(content);
        bytes.extend(format!("</{tag}>").into_bytes());
    }
    bytes.extend(b"</stata_dta>");
    bytes
}

fn stored(kind: Kind) -> u16 {
    match kind {
        Kind::Code => 65_530,
        Kind::Key => 65_528,
        Kind::Moment => 65_526,
        Kind::Text => 8,
    }
}

fn format(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "%8.0g",
        Kind::Key => "%12.0g",
        Kind::Moment => "%tc",
        Kind::Text => "%8s",
    }
}

/// A name with the letters that Stata allows.
fn name(own: &str) -> String {
    own.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .take(32)
        .collect()
}

/// The name of the labels of a variable; empty when it has none.
fn label_name(own: &Variable) -> String {
    if own.labels.is_empty() {
        String::new()
    } else {
        name(&own.name)
    }
}

/// A text with zero bytes up to a width, at least one.
fn field(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = cut(text, width - 1).as_bytes().to_vec();
    bytes.resize(width, 0);
    bytes
}

fn value(value: &Value, kind: Kind) -> Vec<u8> {
    let code = |number: i64, letter: Option<u8>| match (kind, letter) {
        (Kind::Code, Some(letter)) => vec![101 + letter],
        (Kind::Code, None) => i8::try_from(number).expect("codes are small").to_le_bytes().to_vec(),
        (Kind::Key, _) => i32::try_from(number).expect("keys are small").to_le_bytes().to_vec(),
        (Kind::Moment, _) => 0x7fe0_0000_0000_0000_u64.to_le_bytes().to_vec(),
        (Kind::Text, _) => vec![0; 8],
    };
    match value {
        Value::Number(number) => code(*number, None),
        Value::Moment(seconds) => ((seconds + EPOCH) as f64 * 1000.0).to_le_bytes().to_vec(),
        Value::Text(text) => {
            let mut bytes = cut(text, 8).as_bytes().to_vec();
            bytes.resize(8, 0);
            bytes
        }
        Value::Missing => code(0, Some(0)),
        Value::DontKnow => code(0, Some(1)),
        Value::NotApplicable => code(0, Some(2)),
    }
}

fn labels(own: &DataFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    for variable in own.variables.iter().filter(|own| !own.labels.is_empty()) {
        let code = |code: &i64| i32::try_from(*code).expect("codes are small");
        let mut labels: BTreeMap<i32, &str> = variable
            .labels
            .iter()
            .map(|(own, label)| (code(own), label.as_str()))
            .collect();
        if variable.reasons {
            labels.insert(DONT_KNOW_CODE, DONT_KNOW);
            labels.insert(NOT_APPLICABLE_CODE, NOT_APPLICABLE);
        }
        let (mut offsets, mut codes, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let word = |number: usize| i32::try_from(number).expect("labels are short").to_le_bytes();
        for (code, label) in labels {
            offsets.extend(word(texts.len()));
            codes.extend(code.to_le_bytes());
            texts.extend(label.as_bytes());
            texts.push(0);
        }
        let table = [
            word(codes.len() / 4).to_vec(),
            word(texts.len()).to_vec(),
            offsets,
            codes,
            texts,
        ]
        .concat();
        bytes.extend(b"<lbl>");
        bytes.extend(word(table.len()));
        bytes.extend(field(&label_name(variable), 129));
        bytes.extend([0; 3]);
        bytes.extend(table);
        bytes.extend(b"</lbl>");
    }
    bytes
}
