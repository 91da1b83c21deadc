//! The dictionary of an SPSS file: what stands before the values.

use super::super::bytes::{Broken, Budget, Cursor, Texts, sample};
use super::super::{Clock, Code, Kind, Missing, Variable};
use encoding_rs::Encoding;
use nulmeting_study::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The head of a file.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) big: bool,
    /// How values are packed: 0 not, 1 by byte codes, 2 by byte codes and then zlib.
    pub(super) packing: i32,
    /// Rows; absent when the writer did not know.
    pub(super) rows: Option<usize>,
    /// What is added to a small whole number when it is written as a byte code.
    pub(super) bias: f64,
    /// The system's missing value.
    pub(super) system: f64,
}

/// A variable record as it stands.
struct Slot<'a> {
    name: &'a [u8],
    /// 0 for a number, the width of a text, -1 for the rest of a text of more than eight bytes.
    width: i32,
    label: &'a [u8],
    missing_count: i32,
    missing: Vec<[u8; 8]>,
    format: u8,
}

/// Labels of values, and the slots that they hold for.
struct LabelSet<'a> {
    labels: Vec<([u8; 8], &'a [u8])>,
    slots: Vec<usize>,
}

/// The records as they stand, before any text is decoded.
pub(super) struct Records<'a> {
    slots: Vec<Slot<'a>>,
    labels: Vec<LabelSet<'a>>,
    /// Extension records: kind, and content.
    more: Vec<(i32, &'a [u8])>,
    big: bool,
}

/// A variable with where its values stand in a row.
pub(super) struct Column {
    pub(super) variable: Variable,
    /// Segments, each with the bytes that are used and the elements of eight bytes that it takes.
    pub(super) segments: Vec<(usize, usize)>,
    /// Width of a text; 0 for a number.
    pub(super) width: usize,
}

/// Bytes of a segment of a text that is longer than 255 bytes, as its width is divided and as it is used.
const SEGMENT: usize = 252;
const USED: usize = 255;

pub(super) fn header(bytes: &[u8]) -> Result<Header, Broken> {
    let mut cursor = Cursor::new(bytes, 64, false);
    let layout = cursor.u32("the layout code")?;
    // The layout code is 2 or 3 in the byte order of the file.
    cursor.big = layout > 0xff_ffff;
    cursor.take(4, "the size of a row")?;
    let packing = cursor.i32("the compression")?;
    if !(0..=2).contains(&packing) {
        return Err(cursor.broken("an unknown compression"));
    }
    cursor.take(4, "the weight")?;
    let rows = cursor.i32("the number of rows")?;
    let bias = cursor.f64("the bias")?;
    cursor.take(84, "the header")?;
    Ok(Header {
        big: cursor.big,
        packing,
        rows: usize::try_from(rows).ok(),
        bias,
        system: -f64::MAX,
    })
}

/// The records, and where the values start.
pub(super) fn records<'a>(bytes: &'a [u8], header: &Header) -> Result<(Records<'a>, usize), Broken> {
    let mut cursor = Cursor::new(bytes, 176, header.big);
    let mut records = Records {
        slots: Vec::new(),
        labels: Vec::new(),
        more: Vec::new(),
        big: header.big,
    };
    loop {
        match cursor.i32("a record")? {
            2 => records.slots.push(slot(&mut cursor)?),
            3 => records.labels.push(label_set(&mut cursor)?),
            6 => {
                let lines = cursor.count("the lines of a document")?;
                cursor.take(lines.saturating_mul(80), "a document")?;
            }
            7 => {
                let kind = cursor.i32("the kind of an extension")?;
                let size = cursor.count("the size of an extension")?;
                let count = cursor.count("the length of an extension")?;
                records
                    .more
                    .push((kind, cursor.take(size.saturating_mul(count), "an extension")?));
            }
            999 => {
                cursor.take(4, "the end of the dictionary")?;
                return Ok((records, cursor.at()));
            }
            _ => return Err(cursor.broken("an unknown record")),
        }
    }
}

fn slot<'a>(cursor: &mut Cursor<'a>) -> Result<Slot<'a>, Broken> {
    let width = cursor.i32("the width of a variable")?;
    let labelled = cursor.i32("a variable")? != 0;
    let missing_count = cursor.i32("missing values")?;
    let [_, _, format, _] = cursor.u32("the format of a variable")?.to_le_bytes();
    cursor.take(4, "the format of a variable")?;
    let name = cursor.take(8, "the name of a variable")?;
    let mut label: &[u8] = &[];
    if labelled {
        let length = cursor.count("the label of a variable")?;
        label = cursor.take(length, "the label of a variable")?;
        cursor.take(length.next_multiple_of(4) - length, "the label of a variable")?;
    }
    if !(-3..=3).contains(&missing_count) {
        return Err(cursor.broken("missing values"));
    }
    let mut missing = Vec::new();
    for _ in 0..missing_count.unsigned_abs() {
        missing.push(cursor.array("missing values")?);
    }
    Ok(Slot {
        name,
        width,
        label,
        missing_count,
        missing,
        format,
    })
}

fn label_set<'a>(cursor: &mut Cursor<'a>) -> Result<LabelSet<'a>, Broken> {
    let count = cursor.count("value labels")?;
    let mut labels = Vec::new();
    for _ in 0..count {
        let value = cursor.array("a value with a label")?;
        let length = usize::from(cursor.u8("a value label")?);
        labels.push((value, cursor.take(length, "a value label")?));
        cursor.take((length + 1).next_multiple_of(8) - length - 1, "a value label")?;
    }
    if cursor.i32("the variables of value labels")? != 4 {
        return Err(cursor.broken("the variables of value labels"));
    }
    let count = cursor.count("the variables of value labels")?;
    let mut slots = Vec::new();
    for _ in 0..count {
        let index = cursor.count("the variables of value labels")?;
        slots.push(
            index
                .checked_sub(1)
                .ok_or_else(|| cursor.broken("the variables of value labels"))?,
        );
    }
    Ok(LabelSet { labels, slots })
}

impl Records<'_> {
    fn extension(&self, kind: i32) -> Option<&[u8]> {
        self.more
            .iter()
            .find(|(of_kind, _)| *of_kind == kind)
            .map(|(_, content)| *content)
    }

    /// The encoding that the file declares: by name, else by the number of its code page.
    pub(super) fn encoding(&self) -> Option<&'static Encoding> {
        if let Some(name) = self.extension(20) {
            return Encoding::for_label(name);
        }
        let mut cursor = Cursor::new(self.extension(3)?, 28, self.big);
        let page = cursor.i32("the code page").ok()?;
        let label = match page {
            65001 => "utf-8".to_owned(),
            874 | 1250..=1258 => format!("windows-{page}"),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10000 => "macintosh".to_owned(),
            28591..=28605 => format!("iso-8859-{}", page - 28590),
            // 2 and 3 say that it is a text of seven or eight bits, and not which.
            _ => return None,
        };
        Encoding::for_label(label.as_bytes())
    }

    /// Texts by which an encoding that is not declared may be guessed.
    pub(super) fn sample(&self) -> Vec<u8> {
        let labels = self
            .labels
            .iter()
            .flat_map(|set| set.labels.iter().map(|(_, label)| *label));
        let texts = self.slots.iter().flat_map(|slot| [slot.name, slot.label]);
        sample(texts.chain(labels))
    }
}

/// The variables, with their labels, missing values and long names.
pub(super) fn columns(
    records: &Records<'_>,
    texts: &mut Texts,
    header: &Header,
    budget: &mut Budget<'_>,
    place: &str,
) -> Result<Vec<Column>, Error> {
    let short: Vec<String> = records.slots.iter().map(|slot| texts.text(slot.name)).collect();
    let pairs = |kind: i32, texts: &mut Texts, between: &[char]| -> BTreeMap<String, String> {
        let content = records
            .extension(kind)
            .map(|content| texts.whole(content))
            .unwrap_or_default();
        let pairs = content.split(between).filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name.trim_matches('\0').to_owned(), value.trim_matches('\0').to_owned()))
            .collect()
    };
    let long_names = pairs(13, texts, &['\t']);
    let very_long = pairs(14, texts, &['\t', '\0']);
    let labels = labels(records, texts, header, budget)?;
    let mut columns: Vec<Column> = Vec::new();
    let mut index = 0;
    while let Some(slot) = records.slots.get(index) {
        let broken = |what| Broken { what, at: 176 }.error("an SPSS file", place);
        let width = usize::try_from(slot.width).map_err(|_| broken("a variable that starts nowhere"))?;
        let stated = very_long
            .get(&short[index])
            .and_then(|text| text.trim().parse::<usize>().ok());
        let total = stated.filter(|total| *total > USED && width > 0).unwrap_or(width);
        let mut segments = Vec::new();
        let first = index;
        for segment in 0..if total > USED { total.div_ceil(SEGMENT) } else { 1 } {
            let slot = records
                .slots
                .get(index)
                .ok_or_else(|| broken("a text that lacks a part"))?;
            let own_width = usize::try_from(slot.width).map_err(|_| broken("a text that lacks a part"))?;
            if (own_width == 0) != (total == 0) || own_width > 255 {
                return Err(broken("a text that lacks a part"));
            }
            let elements = own_width.div_ceil(8).max(1);
            let rest = records.slots.get(index + 1..index + elements).unwrap_or_default();
            if rest.len() + 1 != elements || rest.iter().any(|slot| slot.width != -1) {
                return Err(broken("a text that lacks a part"));
            }
            segments.push((total.saturating_sub(segment * USED).min(USED).min(own_width), elements));
            index += elements;
        }
        let name = long_names.get(&short[first]).unwrap_or(&short[first]).clone();
        columns.push(Column {
            variable: Variable {
                name,
                label: texts.text(slot.label),
                kind: if width > 0 { Kind::Text } else { kind(slot.format) },
                labels: labels.get(&first).cloned().unwrap_or_default(),
                missing: missing(slot, texts, header),
                set: None,
            },
            segments,
            width: total,
        });
    }
    if columns.is_empty() {
        return Err(Broken {
            what: "no variable",
            at: 176,
        }
        .error("an SPSS file", place));
    }
    let places = Places::of(&columns);
    long_labels(records, texts, &places, budget, &mut columns)?;
    long_missing(records, texts, &places, &mut columns);
    sets(records, texts, (&short, &long_names), &places, &mut columns);
    Ok(columns)
}

fn kind(format: u8) -> Kind {
    match format {
        20 | 23 | 24 | 38 | 39 => Kind::Day(Clock::Spss),
        22 | 41 => Kind::Moment(Clock::Spss),
        _ => Kind::Number,
    }
}

/// Labels of the values of a variable, which several may share.
type Labels = Arc<BTreeMap<Code, String>>;

fn labels(
    records: &Records<'_>,
    texts: &mut Texts,
    header: &Header,
    budget: &mut Budget<'_>,
) -> Result<BTreeMap<usize, Labels>, Error> {
    let mut labels = BTreeMap::new();
    for set in &records.labels {
        let is_text = set
            .slots
            .first()
            .and_then(|slot| records.slots.get(*slot))
            .is_some_and(|slot| slot.width > 0);
        let mut labels_of_set = BTreeMap::new();
        for (value, label) in &set.labels {
            let code = if is_text {
                Code::Text(texts.text(value))
            } else {
                Code::number(number(*value, header.big))
            };
            budget.label(label.len())?;
            labels_of_set.insert(code, texts.text(label));
        }
        let labels_of_set = Arc::new(labels_of_set);
        labels.extend(set.slots.iter().map(|slot| (*slot, Arc::clone(&labels_of_set))));
    }
    Ok(labels)
}

/// Eight bytes as a number.
pub(super) fn number(bytes: [u8; 8], big: bool) -> f64 {
    if big {
        f64::from_be_bytes(bytes)
    } else {
        f64::from_le_bytes(bytes)
    }
}

fn missing(slot: &Slot<'_>, texts: &mut Texts, header: &Header) -> Vec<Missing> {
    if slot.width > 0 {
        return slot
            .missing
            .iter()
            .map(|value| Missing::Text(texts.text(value)))
            .collect();
    }
    let mut values = slot.missing.iter().map(|value| number(*value, header.big));
    let mut missing = Vec::new();
    if slot.missing_count <= -2
        && let (Some(low), Some(high)) = (values.next(), values.next())
    {
        missing.push(Missing::Range(low, high));
    }
    missing.extend(values.map(Missing::Number));
    missing
}

/// The places of variables by their long names, in upper case; of equal names the first.
struct Places(BTreeMap<String, usize>);

impl Places {
    fn of(columns: &[Column]) -> Self {
        let named = columns.iter().enumerate().rev();
        Self(
            named
                .map(|(index, column)| (column.variable.name.to_uppercase(), index))
                .collect(),
        )
    }

    fn find<'a>(&self, name: &str, columns: &'a mut [Column]) -> Option<&'a mut Variable> {
        let index = self.0.get(&name.to_uppercase())?;
        columns.get_mut(*index).map(|column| &mut column.variable)
    }
}

/// Labels of texts of more than eight bytes, which have a record of their own.
fn long_labels(
    records: &Records<'_>,
    texts: &mut Texts,
    places: &Places,
    budget: &mut Budget<'_>,
    columns: &mut [Column],
) -> Result<(), Error> {
    let Some(content) = records.extension(21) else {
        return Ok(());
    };
    let mut cursor = Cursor::new(content, 0, records.big);
    // A record that contradicts itself labels nothing more: the codes themselves are still read.
    while let Ok(name) = sized(&mut cursor) {
        let name = texts.text(name);
        let (Ok(_), Ok(count)) = (cursor.count("a width"), cursor.count("labels")) else {
            break;
        };
        let mut labels = BTreeMap::new();
        for _ in 0..count {
            let (Ok(value), Ok(label)) = (sized(&mut cursor), sized(&mut cursor)) else {
                return Ok(());
            };
            budget.label(label.len())?;
            labels.insert(Code::Text(texts.text(value)), texts.text(label));
        }
        if let Some(variable) = places.find(&name, columns) {
            variable.labels = Arc::new(labels);
        }
    }
    Ok(())
}

/// Missing values of texts of more than eight bytes, which have a record of their own.
fn long_missing(records: &Records<'_>, texts: &mut Texts, places: &Places, columns: &mut [Column]) {
    let Some(content) = records.extension(22) else { return };
    let mut cursor = Cursor::new(content, 0, records.big);
    while let Ok(name) = sized(&mut cursor) {
        let name = texts.text(name);
        let (Ok(count), Ok(length)) = (cursor.u8("missing values"), cursor.count("a missing value")) else {
            return;
        };
        let mut missing = Vec::new();
        for _ in 0..count {
            let Ok(value) = cursor.take(length, "a missing value") else {
                return;
            };
            missing.push(Missing::Text(texts.text(value)));
        }
        if let Some(variable) = places.find(&name, columns) {
            variable.missing = missing;
        }
    }
}

fn sized<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Broken> {
    let length = cursor.count("the length of a text")?;
    cursor.take(length, "a text")
}

/// Multiple-response sets: which variables are the options of one question.
fn sets(
    records: &Records<'_>,
    texts: &mut Texts,
    (short, long_names): (&[String], &BTreeMap<String, String>),
    places: &Places,
    columns: &mut [Column],
) {
    let short: BTreeSet<String> = short.iter().map(|name| name.to_uppercase()).collect();
    for kind in [7, 19] {
        let Some(content) = records.extension(kind) else {
            continue;
        };
        for line in texts.whole(content).lines() {
            // `$name=D1 1 5 label SHORT SHORT`: the names are the words at the end that are short names.
            let Some((name, rest)) = line.split_once('=') else {
                continue;
            };
            let is_short = |word: &&str| short.contains(&word.to_uppercase());
            for word in rest.split_whitespace().rev().take_while(is_short) {
                let upper = word.to_uppercase();
                let long = long_names.get(&upper).map_or(upper.as_str(), String::as_str);
                if let Some(variable) = places.find(long, columns) {
                    variable.set = Some(name.trim_start_matches('$').to_owned());
                }
            }
        }
    }
}
