//! The made-up register: boards with a sector and pupils, in both editions in which the real one is published.

use crate::codebook::rows;
use crate::random::{Draws, Purpose};
use crate::{Error, Options};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Place, Rule};

/// Limits of the size classes that the sample is drawn by, in pupils; the study file states the same.
pub(crate) const SIZES: [i64; 3] = [1_000, 5_000, 20_000];

const HEADING: [&str; 6] = [
    "BEVOEGD GEZAG NUMMER",
    "BEVOEGD GEZAG NAAM",
    "PLAATSNAAM",
    "KVK-NUMMER",
    "SECTOR",
    "AANTAL LEERLINGEN",
];

/// Share, median of pupils and spread of their logarithm, per sector.
const SECTORS: [(&str, f64, f64, f64); 3] = [
    ("po", 0.78, 950.0, 1.1),
    ("vo", 0.16, 3_200.0, 1.0),
    ("so", 0.06, 550.0, 0.9),
];

/// A board.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    /// Five digits, some with a leading zero.
    pub(crate) number: String,
    name: String,
    place: String,
    chamber: String,
    pub(crate) sector: &'static str,
    /// Pupils in the current register.
    pub(crate) pupils: i64,
    /// Pupils in the register of the year before.
    pub(crate) pupils_before: i64,
    /// Whether it became part of another board and left the current register.
    pub(crate) merged: bool,
    /// Whether the current register masks its pupils.
    pub(crate) masked: bool,
    /// Whether the register of the year before did.
    pub(crate) masked_before: bool,
}

impl Board {
    /// Place of its size class in the current register, from 0.
    pub(crate) fn size(&self) -> usize {
        SIZES.iter().filter(|limit| self.pupils >= **limit).count()
    }
}

/// An edition of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Commas, every field quoted, UTF-8 with a byte order mark; the current year.
    Current,
    /// Semicolons, fields padded with blanks, windows-1252; the year before.
    Older,
}

impl Edition {
    /// Path in the study.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Edition::Current => "register/besturen.csv",
            Edition::Older => "register/besturen-2023.csv",
        }
    }
}

/// Draws the boards, ordered by number.
pub(crate) fn boards(options: &Options) -> Result<Vec<Board>, Error> {
    let names = rows(include_str!("../texts/names.csv"))?;
    let of_kind = |kind: &str| -> Vec<&str> {
        names
            .iter()
            .filter(|row| row[0] == kind)
            .map(|row| row[1].as_str())
            .collect()
    };
    let (orders, firsts) = (of_kind("order"), of_kind("first"));
    let (seconds, places) = (of_kind("second"), of_kind("place"));
    let mut boards: Vec<Board> = (0..options.organisations)
        .map(|index| {
            let mut draws = Draws::new(options.seed, Purpose::Register, index);
            // Numbers are spread over 01000 to 98999, so that some begin with a zero and 99999 stays free.
            let low = index * 98_000 / options.organisations;
            let high = (index + 1) * 98_000 / options.organisations;
            let number = 1_000 + low + draws.below(high - low);
            let mut share = draws.uniform();
            let (sector, _, median, spread) = SECTORS
                .into_iter()
                .find(|(_, part, _, _)| {
                    share -= part;
                    share < 0.0
                })
                .unwrap_or(SECTORS[0]);
            let pupils = (median * libm::exp(spread * draws.normal())).clamp(25.0, 65_000.0);
            Board {
                number: format!("{number:05}"),
                name: format!("{} {} {}", draws.one(&orders), draws.one(&firsts), draws.one(&seconds)),
                place: (*draws.one(&places)).to_owned(),
                chamber: format!("{:08}", 1_000_000 + draws.below(89_000_000)),
                sector,
                pupils: pupils as i64,
                pupils_before: (pupils * (1.0 + 0.03 * draws.normal())).max(20.0) as i64,
                merged: false,
                masked: false,
                masked_before: false,
            }
        })
        .collect();
    let mut draws = Draws::new(options.seed, Purpose::Register, options.organisations);
    for _ in 0..options.organisations / 200 {
        let merged = draws.below(options.organisations);
        boards[merged].merged = true;
    }
    let smallest = |boards: &[Board]| {
        (0..boards.len())
            .filter(|index| !boards[*index].merged && !boards[*index].masked)
            .min_by_key(|index| (boards[*index].pupils, *index))
    };
    if let Some(index) = smallest(&boards) {
        boards[index].masked = true;
    }
    if let Some(index) = smallest(&boards) {
        boards[index].masked_before = true;
    }
    Ok(boards)
}

/// An edition of the register, with what is odd in it.
pub(crate) fn file(boards: &[Board], edition: Edition, wave: Option<&str>, findings: &mut Vec<Finding>) -> Vec<u8> {
    let listed: Vec<&Board> = boards
        .iter()
        .filter(|board| edition == Edition::Older || !board.merged)
        .collect();
    let mut table = vec![HEADING.map(str::to_owned).to_vec()];
    for (index, board) in listed.iter().enumerate() {
        let (pupils, mask) = match edition {
            Edition::Current => (board.pupils, board.masked.then_some("<5")),
            Edition::Older => (board.pupils_before, board.masked_before.then_some("x")),
        };
        if mask.is_some() {
            let place = Place::cell(edition.path(), "", index as i64 + 2, HEADING[5]);
            let mut finding = Finding::new(Severity::Note, Rule::MaskedCount, "", "")
                .at(&place)
                .organisation(&board.number);
            finding.wave = wave.map(str::to_owned);
            findings.push(finding);
        }
        table.push(vec![
            board.number.clone(),
            board.name.clone(),
            board.place.clone(),
            board.chamber.clone(),
            board.sector.to_owned(),
            mask.map_or_else(|| pupils.to_string(), str::to_owned),
        ]);
    }
    match edition {
        Edition::Current => {
            let mut text = "\u{feff}".to_owned();
            for row in &table {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
                    .collect();
                text += &cells.join(",");
                text += "\r\n";
            }
            text.into_bytes()
        }
        Edition::Older => {
            let mut text = String::new();
            for (index, row) in table.iter().enumerate() {
                let cells: Vec<String> = row
                    .iter()
                    .zip([20, 60, 24, 10, 6, 17])
                    .map(|(cell, width)| {
                        if index == 0 {
                            cell.clone()
                        } else {
                            format!("{cell:<width$}")
                        }
                    })
                    .collect();
                text += &cells.join(";");
                text += "\r\n";
            }
            // The names hold letters of Latin-1 only, where windows-1252 and Unicode number them alike.
            text.chars()
                .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
                .collect()
        }
    }
}
