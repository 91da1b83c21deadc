//! How mature a made-up board is: two hidden scores, the difficulty of each norm, and what it then answers.
//!
//! The shape follows what the sector publishes: means near 2, logging, continuity and suppliers weak, nobody
//! meeting everything, and boards that do well on policy, on practice, on both or on neither.

use crate::random::{Draws, Purpose};
use crate::register::Board;
use nulmeting_study::Framework;
use nulmeting_study::framework::{Norm, Test};

/// What a respondent did with a norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// A level.
    Level(i64),
    /// A test that is passed or not.
    Pass(bool),
    /// It does not apply.
    NotApplicable,
    /// Not known.
    DontKnow,
    /// Shown and left empty.
    Skipped,
    /// Never shown.
    NotAsked,
    /// Something off the scale.
    Invalid(String),
}

/// How much easier than the average a domain is, in levels.
const EASE: &[(&str, f64)] = &[
    ("RM", -0.30),
    ("HR", 0.35),
    ("IM", 0.30),
    ("OP", 0.35),
    ("SM", -0.05),
    ("BC", -0.50),
    ("SC", -0.45),
    ("SD", -0.15),
    ("RB", 0.10),
    ("GB", 0.15),
    ("VW", -0.15),
];
/// Norms that stand apart from their domain: logging and monitoring, and the replacement of key staff.
const EASE_OF_NORM: &[(&str, f64)] = &[("SM.04", -0.80), ("HR.02", -0.90), ("BC.05", -0.30)];

/// Share of boards of a kind, and where it stands on policy and practice.
type Kind = (f64, f64, f64);

/// The kinds of a study that has so many.
///
/// Absent: a number of kinds that is not made.
pub(crate) fn kinds(number: usize) -> Option<&'static [Kind]> {
    Some(match number {
        // Where a board stands is drawn along one line: see `of_board`.
        1 => &[(1.0, 2.30, 2.30)],
        2 => &[(0.60, 1.80, 1.80), (0.40, 3.15, 3.15)],
        3 => &[(0.50, 1.80, 1.80), (0.26, 3.10, 1.85), (0.24, 3.10, 3.20)],
        4 => &[
            (0.58, 1.80, 1.80),
            (0.16, 3.00, 1.90),
            (0.14, 1.85, 3.20),
            (0.12, 3.05, 3.25),
        ],
        6 => &[
            (0.30, 1.50, 1.50),
            (0.16, 2.90, 1.50),
            (0.14, 1.50, 2.90),
            (0.14, 2.90, 2.90),
            (0.13, 4.20, 2.90),
            (0.13, 4.20, 4.20),
        ],
        _ => return None,
    })
}

/// How far boards lie apart on the one line that they stand on where there are no kinds.
/// Unit: levels.
const CONTINUUM: f64 = 0.60;

/// The hidden scores of a board.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Maturity {
    pub(crate) policy: f64,
    pub(crate) practice: f64,
    /// Whether others run its systems, so that some norms do not apply.
    outsources: bool,
}

/// The hidden scores of a board, the same in every wave.
///
/// Shape: `kinds` as [`kinds`] gives them, one or more.
pub(crate) fn of_board(seed: u64, index: usize, board: &Board, kinds: &[Kind]) -> Maturity {
    let mut draws = Draws::new(seed, Purpose::Maturity, index);
    let sector = match board.sector {
        "vo" => 0.06,
        "so" => -0.04,
        _ => 0.0,
    };
    let size = 0.04 * libm::log(board.pupils.max(1) as f64 / 1_500.0);
    // Larger boards are more often of a kind further on.
    let mut share = (draws.uniform() + sector + size).clamp(0.0, 0.999);
    let (_, policy, practice) = *kinds
        .iter()
        .find(|(part, _, _)| {
            share -= part;
            share < 0.0
        })
        .unwrap_or(&kinds[kinds.len() - 1]);
    let common = if kinds.len() == 1 { CONTINUUM } else { 0.15 } * draws.normal() + sector + size;
    // On one line, nothing sets policy and practice of a board apart.
    let apart = if kinds.len() == 1 { 0.0 } else { 0.22 };
    Maturity {
        policy: policy + common + apart * draws.normal(),
        practice: practice + common + apart * draws.normal(),
        outsources: draws.chance(0.40 - size),
    }
}

impl Maturity {
    /// The scores where every norm asks more, by so many hundredths of a level.
    pub(crate) fn less(self, stricter: i32) -> Self {
        let moved = f64::from(stricter) / 100.0;
        Self {
            policy: self.policy - moved,
            practice: self.practice - moved,
            ..self
        }
    }
}

/// The scores of a board in a year: all boards move alike.
pub(crate) fn in_year(own: Maturity, change: i32, year: i64) -> Maturity {
    let moved = f64::from(change) / 100.0 * (year - 2024) as f64;
    Maturity {
        policy: own.policy + moved,
        practice: own.practice + moved,
        ..own
    }
}

/// What a board gives on every norm of a framework in a year, in the framework's order.
///
/// `own` is where it stands in that year; `respondent` tells two people of one board apart.
pub(crate) fn answers(
    seed: u64,
    framework: &Framework,
    index: usize,
    own: Maturity,
    year: i64,
    respondent: usize,
) -> Vec<Given> {
    let mut draws = Draws::of_year(seed, Purpose::Response, year, index * 4 + respondent);
    framework
        .norms
        .iter()
        .map(|norm| {
            // What is particular to this board and norm stays over the years; the rest is the day.
            let mut habit = Draws::new(seed, Purpose::Habit, (index << 24) | norm_key(norm));
            let (particular, applies) = (habit.normal(), habit.uniform());
            let (day, state) = (draws.normal(), draws.uniform());
            let absent = match norm.domain.as_str() {
                "OP" if own.outsources => 0.75,
                "SD" if own.outsources => 0.30,
                "OP" | "SD" => 0.04,
                _ => 0.0,
            };
            if applies < absent {
                return Given::NotApplicable;
            }
            if state < 0.012 {
                return Given::DontKnow;
            }
            if state < 0.020 {
                return Given::Skipped;
            }
            let axis = match norm.axes.first().map(String::as_str) {
                Some("policy") => own.policy,
                Some("practice") => own.practice,
                _ => f64::midpoint(own.policy, own.practice),
            };
            let latent = axis + ease(seed, norm) + 0.45 * particular + 0.30 * day;
            let level = libm::round(latent).clamp(1.0, 5.0) as i64;
            match framework.test {
                Test::Levels => Given::Level(level),
                Test::PassFail => Given::Pass(framework.pass_level.is_some_and(|pass| level >= pass)),
            }
        })
        .collect()
}

/// What peers give after a visit: seldom higher and more often lower than the board itself.
pub(crate) fn peer_answers(seed: u64, given: &[Given], year: i64, index: usize) -> Vec<Given> {
    let mut draws = Draws::of_year(seed, Purpose::Peer, year, index);
    given
        .iter()
        .map(|own| {
            let change = match draws.uniform() {
                low if low < 0.30 => -1,
                high if high > 0.95 => 1,
                _ => 0,
            };
            match own {
                Given::Level(level) => Given::Level((level + change).clamp(1, 5)),
                Given::NotApplicable => Given::NotApplicable,
                // Where the board gave no level, the peers found the thing at its beginning.
                _ => Given::Level(1),
            }
        })
        .collect()
}

fn ease(seed: u64, norm: &Norm) -> f64 {
    let listed =
        |list: &[(&str, f64)], code: &str| list.iter().find(|(own, _)| *own == code).map_or(0.0, |(_, ease)| *ease);
    let drawn = 0.20 * Draws::new(seed, Purpose::Difficulty, norm_key(norm)).normal();
    listed(EASE, &norm.domain) + listed(EASE_OF_NORM, &norm.code) + drawn
}

/// A number that belongs to a norm's code, whichever codebook it stands in.
fn norm_key(norm: &Norm) -> usize {
    norm.code
        .bytes()
        .fold(0, |key, byte| (key * 31 + usize::from(byte)) & 0x00ff_ffff)
}
