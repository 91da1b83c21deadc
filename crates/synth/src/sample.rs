//! Who was asked and who answered: volunteers in the first wave, a stratified random sample later.

use crate::Options;
use crate::random::{Draws, Purpose};
use crate::register::Board;
use std::collections::BTreeMap;

/// Boards of the first wave, and the pupils that they should have together per board.
const VOLUNTEERS: usize = 15;
const PUPILS_PER_VOLUNTEER: i64 = 80_000 / VOLUNTEERS as i64;
/// How many volunteers come from each sector: at least two, so that no sector stands for itself alone.
const VOLUNTEERS_BY_SECTOR: [(&str, usize); 3] = [("po", 8), ("vo", 5), ("so", 2)];

/// A sample with what became of it; places in the list of boards.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Who was asked, by number.
    pub(crate) asked: Vec<usize>,
    /// Who answered, in random order.
    pub(crate) responded: Vec<usize>,
    /// Who did not, in random order.
    pub(crate) silent: Vec<usize>,
}

/// The boards that came forward for the first wave: of many draws, the one nearest to the baseline's pupils.
pub(crate) fn volunteers(options: &Options, boards: &[Board]) -> Vec<usize> {
    let mut draws = Draws::new(options.seed, Purpose::Volunteers, 0);
    let mut best: Option<(i64, Vec<usize>)> = None;
    for _ in 0..2_000 {
        let mut chosen = Vec::new();
        for (sector, count) in VOLUNTEERS_BY_SECTOR {
            let mut pool: Vec<usize> = (0..boards.len())
                .filter(|index| boards[*index].sector == sector && !boards[*index].merged)
                .filter(|index| !boards[*index].masked_before && !boards[*index].masked)
                .collect();
            draws.shuffle(&mut pool);
            chosen.extend(pool.into_iter().take(count));
        }
        let pupils: i64 = chosen.iter().map(|index| boards[*index].pupils_before).sum();
        let gap = (pupils - PUPILS_PER_VOLUNTEER * chosen.len() as i64).abs();
        if best.as_ref().is_none_or(|(least, _)| gap < *least) {
            best = Some((gap, chosen));
        }
        if gap < 2_000 {
            break;
        }
    }
    let mut chosen = best.map(|(_, chosen)| chosen).unwrap_or_default();
    draws.shuffle(&mut chosen);
    chosen
}

/// Boards that became part of another by the wave after, each with its successor: both parents are asked before, and
/// the successor after.
///
/// Shape: as many pairs as asked for, of one sector where that can be.
pub(crate) fn mergers(options: &Options, boards: &[Board]) -> Vec<(usize, usize)> {
    if options.mergers == 0 {
        return Vec::new();
    }
    let mut successors = stratified(options, boards, 2024).responded;
    successors.retain(|index| !boards[*index].masked_before);
    let gone = (0..boards.len()).filter(|index| boards[*index].merged && !boards[*index].masked_before);
    let mut pairs = Vec::new();
    for from in gone.take(options.mergers) {
        let alike = successors
            .iter()
            .position(|to| boards[*to].sector == boards[from].sector);
        if !successors.is_empty() {
            pairs.push((from, successors.remove(alike.unwrap_or(0))));
        }
    }
    pairs
}

/// The random sample of a year, by sector and size: about a fifth of the boards, of which three in five answer.
///
/// Every stratum with boards enough has at least three that answer.
pub(crate) fn stratified(options: &Options, boards: &[Board], year: i64) -> Sample {
    let mut strata: BTreeMap<(&str, usize), Vec<usize>> = BTreeMap::new();
    for (index, board) in boards.iter().enumerate() {
        if !board.merged && !board.masked {
            strata.entry((board.sector, board.size())).or_default().push(index);
        }
    }
    let fraction = (60.0 / options.organisations as f64).clamp(0.2, 1.0);
    let mut draws = Draws::of_year(options.seed, Purpose::Sample, year, 0);
    let (mut asked, mut responded, mut silent) = (Vec::new(), Vec::new(), Vec::new());
    for pool in strata.values_mut() {
        draws.shuffle(pool);
        let size = ((pool.len() as f64 * fraction) as usize).max(6).min(pool.len());
        let answers = ((size as f64 * 0.6) as usize).max(3).min(size);
        asked.extend(&pool[..size]);
        responded.extend(&pool[..answers]);
        silent.extend(&pool[answers..size]);
    }
    asked.sort_unstable();
    draws.shuffle(&mut responded);
    draws.shuffle(&mut silent);
    Sample {
        asked,
        responded,
        silent,
    }
}
