//! What stands before and after the values of a Stata file: types, names, formats and labels.

use super::super::bytes::{Broken, Budget, Cursor, Texts, sample};
use super::super::{Clock, Code, Kind, Variable};
use super::values::{LONG, tag_long};
use nulmeting_study::Error;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The head of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) version: u16,
    pub(super) big: bool,
    pub(super) variables: usize,
    pub(super) rows: u64,
    /// Where the head ends.
    pub(super) start: usize,
}

/// How a variable is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Byte,
    Int,
    Long,
    Float,
    Double,
    /// A text of a fixed number of bytes.
    Text(usize),
    /// A text that stands elsewhere.
    Elsewhere,
}

impl Stored {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long | Self::Float => 4,
            Self::Double | Self::Elsewhere => 8,
            Self::Text(bytes) => bytes,
        }
    }
}

/// Value labels: the name of the set, and each value with its text.
type LabelSet<'a> = (&'a [u8], Vec<(i32, &'a [u8])>);

/// What stands in the file, before any text is decoded.
pub(super) struct Raw<'a> {
    pub(super) stored: Vec<Stored>,
    names: Vec<&'a [u8]>,
    formats: Vec<&'a [u8]>,
    label_names: Vec<&'a [u8]>,
    labels: Vec<&'a [u8]>,
    /// Label sets: name, and value with text.
    sets: Vec<LabelSet<'a>>,
    /// Where the values start.
    pub(super) values: usize,
    /// Texts that stand elsewhere, by the two numbers that name them.
    pub(super) elsewhere: BTreeMap<(u64, u64), &'a [u8]>,
}

/// Widths of names, formats and labels.
struct Widths {
    name: usize,
    format: usize,
    label: usize,
}

impl Layout {
    fn widths(&self) -> Widths {
        match self.version {
            118.. => Widths {
                name: 129,
                format: 57,
                label: 321,
            },
            114.. => Widths {
                name: 33,
                format: 49,
                label: 81,
            },
            _ => Widths {
                name: 33,
                format: 12,
                label: 81,
            },
        }
    }

    pub(super) fn read<'a>(&self, bytes: &'a [u8]) -> Result<Raw<'a>, Broken> {
        let mut cursor = Cursor::new(bytes, self.start, self.big);
        let newer = self.version >= 117;
        if newer {
            cursor.expect("<map>")?;
            cursor.take(14 * 8, "the map")?;
            cursor.expect("</map>")?;
        }
        let widths = self.widths();
        let part = |cursor: &mut Cursor<'a>, tag: (&'static str, &'static str), width: usize, extra: usize| {
            if newer {
                cursor.expect(tag.0)?;
            }
            let count = self.variables + extra;
            let whole = cursor.take(count.saturating_mul(width), tag.0)?;
            if newer {
                cursor.expect(tag.1)?;
            }
            Ok::<Vec<&'a [u8]>, Broken>(whole.chunks_exact(width).collect())
        };
        let types = part(
            &mut cursor,
            ("<variable_types>", "</variable_types>"),
            if newer { 2 } else { 1 },
            0,
        )?;
        let mut stored = Vec::with_capacity(types.len());
        for kind in types {
            stored.push(
                self.stored(kind)
                    .ok_or_else(|| cursor.broken("an unknown type of variable"))?,
            );
        }
        let names = part(&mut cursor, ("<varnames>", "</varnames>"), widths.name, 0)?;
        let sorted = if self.version == 119 { 4 } else { 2 };
        part(&mut cursor, ("<sortlist>", "</sortlist>"), sorted, 1)?;
        let formats = part(&mut cursor, ("<formats>", "</formats>"), widths.format, 0)?;
        let label_names = part(
            &mut cursor,
            ("<value_label_names>", "</value_label_names>"),
            widths.name,
            0,
        )?;
        let labels = part(
            &mut cursor,
            ("<variable_labels>", "</variable_labels>"),
            widths.label,
            0,
        )?;
        self.skip_notes(&mut cursor)?;
        if newer {
            cursor.expect("<data>")?;
        }
        let values = cursor.at();
        let width: usize = stored.iter().map(|stored| stored.bytes()).sum();
        if stored.is_empty() || width == 0 {
            return Err(cursor.broken("no variable"));
        }
        let rows = usize::try_from(self.rows).ok().and_then(|rows| rows.checked_mul(width));
        cursor.take(rows.ok_or_else(|| cursor.broken("the values"))?, "the values")?;
        if newer {
            cursor.expect("</data>")?;
        }
        let elsewhere = if newer {
            self.elsewhere(&mut cursor)?
        } else {
            BTreeMap::new()
        };
        Ok(Raw {
            stored,
            names,
            formats,
            label_names,
            labels,
            sets: self.sets(&mut cursor, widths.name)?,
            values,
            elsewhere,
        })
    }

    fn stored(&self, kind: &[u8]) -> Option<Stored> {
        Some(match *kind {
            [251] => Stored::Byte,
            [252] => Stored::Int,
            [253] => Stored::Long,
            [254] => Stored::Float,
            [255] => Stored::Double,
            [0] => return None,
            [width] => Stored::Text(usize::from(width)),
            [a, b] => match if self.big {
                u16::from_be_bytes([a, b])
            } else {
                u16::from_le_bytes([a, b])
            } {
                65530 => Stored::Byte,
                65529 => Stored::Int,
                65528 => Stored::Long,
                65527 => Stored::Float,
                65526 => Stored::Double,
                32768 => Stored::Elsewhere,
                width @ 1..=2045 => Stored::Text(usize::from(width)),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Notes and characteristics, which hold no answers.
    fn skip_notes(&self, cursor: &mut Cursor<'_>) -> Result<(), Broken> {
        if self.version >= 117 {
            cursor.expect("<characteristics>")?;
            while cursor.sees("<ch>") {
                cursor.expect("<ch>")?;
                let length = cursor.u32("a note")?;
                cursor.take(length as usize, "a note")?;
                cursor.expect("</ch>")?;
            }
            return cursor.expect("</characteristics>");
        }
        loop {
            let kind = cursor.u8("a note")?;
            let length = cursor.count("a note")?;
            if kind == 0 && length == 0 {
                return Ok(());
            }
            cursor.take(length, "a note")?;
        }
    }

    fn elsewhere<'a>(&self, cursor: &mut Cursor<'a>) -> Result<BTreeMap<(u64, u64), &'a [u8]>, Broken> {
        let what = "a long text";
        cursor.expect("<strls>")?;
        let mut texts = BTreeMap::new();
        while cursor.sees("GSO") {
            cursor.expect("GSO")?;
            let variable = u64::from(cursor.u32(what)?);
            let row = match self.version {
                117 => u64::from(cursor.u32(what)?),
                _ => cursor.u64(what)?,
            };
            let kind = cursor.u8(what)?;
            let length = cursor.u32(what)? as usize;
            let text = cursor.take(length, what)?;
            // 130 is a text with a zero byte at its end; 129 is anything else, which is no answer.
            if kind == 130 {
                texts.insert((variable, row), text);
            }
        }
        cursor.expect("</strls>")?;
        Ok(texts)
    }

    fn sets<'a>(&self, cursor: &mut Cursor<'a>, name_width: usize) -> Result<Vec<LabelSet<'a>>, Broken> {
        let newer = self.version >= 117;
        let what = "value labels";
        if newer {
            cursor.expect("<value_labels>")?;
        }
        let mut sets = Vec::new();
        while if newer { cursor.sees("<lbl>") } else { cursor.left() > 0 } {
            if newer {
                cursor.expect("<lbl>")?;
            }
            cursor.take(4, what)?;
            let name = cursor.take(name_width, what)?;
            cursor.take(3, what)?;
            let (count, length) = (cursor.count(what)?, cursor.count(what)?);
            let mut offsets = Cursor::new(cursor.take(count.saturating_mul(4), what)?, 0, self.big);
            let mut codes = Cursor::new(cursor.take(count.saturating_mul(4), what)?, 0, self.big);
            let text = cursor.take(length, what)?;
            let mut labels = Vec::new();
            for _ in 0..count {
                let offset = offsets.count(what)?;
                let label = text.get(offset..).ok_or_else(|| cursor.broken(what))?;
                let end = label.iter().position(|byte| *byte == 0).unwrap_or(label.len());
                labels.push((codes.i32(what)?, &label[..end]));
            }
            sets.push((name, labels));
            if newer {
                cursor.expect("</lbl>")?;
            }
        }
        if newer {
            cursor.expect("</value_labels></stata_dta>")?;
        }
        Ok(sets)
    }
}

impl Raw<'_> {
    /// Texts by which an encoding that is not declared may be guessed.
    pub(super) fn sample(&self) -> Vec<u8> {
        let labels = self
            .sets
            .iter()
            .flat_map(|(_, labels)| labels.iter().map(|(_, label)| *label));
        let fixed = self.labels.iter().copied().map(up_to_zero);
        sample(fixed.chain(labels))
    }

    pub(super) fn variables(&self, texts: &mut Texts, budget: &mut Budget<'_>) -> Result<Vec<Variable>, Error> {
        let mut sets: BTreeMap<String, Arc<BTreeMap<Code, String>>> = BTreeMap::new();
        for (name, labels) in &self.sets {
            let mut coded = BTreeMap::new();
            for (value, label) in labels {
                budget.label(label.len())?;
                coded.insert(code(*value), texts.whole(label));
            }
            sets.insert(texts.text(name), Arc::new(coded));
        }
        let mut variables = Vec::with_capacity(self.stored.len());
        for (index, stored) in self.stored.iter().enumerate() {
            let format = texts.text(self.formats[index]);
            let set = texts.text(self.label_names[index]);
            variables.push(Variable {
                name: texts.text(self.names[index]),
                label: texts.text(self.labels[index]),
                kind: match stored {
                    Stored::Text(_) | Stored::Elsewhere => Kind::Text,
                    _ => kind(&format),
                },
                labels: sets.get(&set).cloned().unwrap_or_default(),
                missing: Vec::new(),
                set: None,
            });
        }
        Ok(variables)
    }
}

fn up_to_zero(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// Days and moments; weeks, months and longer stay the numbers that they are.
fn kind(format: &str) -> Kind {
    let format = format.trim_start_matches('%').trim_start_matches('-');
    if format.starts_with("td") || format.starts_with('d') {
        Kind::Day(Clock::StataDays)
    } else if format.starts_with("tc") || format.starts_with("tC") {
        Kind::Moment(Clock::StataMilliseconds)
    } else {
        Kind::Number
    }
}

fn code(value: i32) -> Code {
    if value <= LONG {
        return Code::number(f64::from(value));
    }
    tag_long(value).map_or(Code::Text(String::new()), Code::Tagged)
}
