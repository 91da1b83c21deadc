//! Bytes of a foreign file, read one value after another and never beyond their end.

use crate::container::text::{self, Sure};
use encoding_rs::Encoding;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;

/// A place at which a file contradicts itself or ends too early.
#[derive(Debug)]
pub(super) struct Broken {
    /// What was being read.
    pub(super) what: &'static str,
    /// Byte at which it stands.
    pub(super) at: usize,
}

impl Broken {
    pub(super) fn error(&self, kind: &str, place: &str) -> Error {
        Error::new(
            place,
            format!("{kind} that is damaged or cut off: {} at byte {}", self.what, self.at),
            "a whole file",
            "save the file again, or ask the sender for a whole copy",
        )
    }
}

/// A position in bytes.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether the most significant byte comes first.
    pub(super) big: bool,
}

macro_rules! numbers {
    ($($name:ident: $type:ty),+) => {
        $(pub(super) fn $name(&mut self, what: &'static str) -> Result<$type, Broken> {
            let bytes = self.array(what)?;
            Ok(if self.big { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) })
        })+
    };
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, big: bool) -> Self {
        Self { bytes, at, big }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn broken(&self, what: &'static str) -> Broken {
        Broken { what, at: self.at }
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    pub(super) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Broken> {
        let end = self.at.checked_add(count).ok_or_else(|| self.broken(what))?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| self.broken(what))?;
        self.at = end;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Broken> {
        let at = self.at;
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| Broken { what, at })
    }

    numbers! { u8: u8, u16: u16, u32: u32, u64: u64, i32: i32, f64: f64 }

    /// A count that cannot be negative, from a signed number.
    pub(super) fn count(&mut self, what: &'static str) -> Result<usize, Broken> {
        let count = self.i32(what)?;
        usize::try_from(count).map_err(|_| self.broken(what))
    }

    /// A marker that must stand here.
    pub(super) fn expect(&mut self, marker: &'static str) -> Result<(), Broken> {
        if self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(marker.as_bytes()))
        {
            self.at += marker.len();
            return Ok(());
        }
        Err(self.broken(marker))
    }

    /// Whether a marker stands here.
    pub(super) fn sees(&self, marker: &str) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(marker.as_bytes()))
    }
}

/// The texts of a data file: one encoding, and a count of those that it does not fit.
pub(super) struct Texts {
    pub(super) encoding: &'static Encoding,
    pub(super) sure: Sure,
    malformed: usize,
    /// Whether the encoding was guessed from texts without a letter that could tell.
    blind: bool,
    /// Texts that do not fit such a guess.
    strays: Vec<u8>,
}

impl Texts {
    /// The encoding: stated in the study file, else declared by the data file, else the one that fits a sample.
    pub(super) fn choose(
        stated: Option<&str>,
        declared: Option<&'static Encoding>,
        sample: &[u8],
        place: &str,
    ) -> Result<Self, Error> {
        let (encoding, sure) = match (stated, declared) {
            (Some(label), _) => (text::named(label, place)?, Sure::Stated),
            (None, Some(encoding)) => (encoding, Sure::Marked),
            (None, None) => text::guess(sample),
        };
        let blind = stated.is_none() && declared.is_none() && sample.is_ascii();
        Ok(Self {
            encoding,
            sure,
            malformed: 0,
            blind,
            strays: Vec::new(),
        })
    }

    /// Reads a file in the encoding that was chosen, and once more where that was a guess from names and labels
    /// without accents while the values have letters that tell.
    pub(super) fn fitted<T>(mut self, read: impl Fn(&mut Self) -> Result<T, Error>) -> Result<(T, Self), Error> {
        let read_once = read(&mut self)?;
        if self.strays.is_empty() {
            return Ok((read_once, self));
        }
        drop(read_once);
        let (encoding, sure) = text::guess(&self.strays);
        let mut again = Self {
            encoding,
            sure,
            malformed: 0,
            blind: false,
            strays: Vec::new(),
        };
        Ok((read(&mut again)?, again))
    }

    /// A text of fixed width: up to its first zero byte, without the blanks that fill it up.
    pub(super) fn text(&mut self, bytes: &[u8]) -> String {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        self.whole(&bytes[..end])
    }

    /// A text that may hold zero bytes.
    pub(super) fn whole(&mut self, bytes: &[u8]) -> String {
        let end = bytes
            .iter()
            .rposition(|byte| *byte != b' ' && *byte != 0)
            .map_or(0, |last| last + 1);
        let (text, malformed) = self.encoding.decode_without_bom_handling(&bytes[..end]);
        self.malformed += usize::from(malformed);
        if malformed && self.blind {
            let left = SAMPLE - self.strays.len();
            self.strays.extend_from_slice(&bytes[..end.min(left)]);
        }
        text.into_owned()
    }

    /// What is doubtful about the texts.
    pub(super) fn doubts(&self) -> Vec<String> {
        if self.malformed == 0 {
            return Vec::new();
        }
        vec![format!(
            "{} texts hold bytes that are not {}; each such letter stands as a replacement mark",
            self.malformed,
            self.encoding.name()
        )]
    }
}

/// What a label of a value costs beside its text, in cells.
const LABEL: u64 = 4;
/// The most that is looked at to guess an encoding.
/// Unit: bytes.
const SAMPLE: usize = 1 << 20;

/// Texts one after another, as far as a guess at their encoding needs them.
pub(super) fn sample<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut sample = Vec::new();
    for text in texts {
        let left = SAMPLE - sample.len();
        sample.extend_from_slice(&text[..text.len().min(left)]);
        if sample.len() == SAMPLE {
            break;
        }
    }
    sample
}

/// What is left of a study's limits while a file is read.
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    place: &'a str,
    cells: u64,
    text: u64,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits, place: &'a str) -> Self {
        Self {
            limits,
            place,
            cells: 0,
            text: 0,
        }
    }

    pub(super) fn variables(&self, count: usize) -> Result<(), Error> {
        crate::container::limits::columns(count as u64, self.limits, self.place)
    }

    pub(super) fn row(&mut self, cells: usize) -> Result<(), Error> {
        self.cells += cells as u64 + crate::container::limits::ROW;
        crate::container::limits::cells(self.cells, self.limits.cells, self.place)
    }

    /// A label of a value: several may share the bytes of the file that they come from.
    pub(super) fn label(&mut self, bytes: usize) -> Result<(), Error> {
        self.cells += LABEL;
        crate::container::limits::cells(self.cells, self.limits.cells, self.place)?;
        self.text(bytes)
    }

    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Error> {
        self.text += bytes as u64;
        crate::container::limits::unpacked(self.text, self.limits, self.place)
    }
}
