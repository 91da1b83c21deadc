//! Latent classes: types as kinds of boards that answer alike, estimated from the answers norm by norm.
//!
//! It refuses tables of fewer than 100 organisations: simulations of class models start there (Wurpts and Geiser
//! 2014), and below 300 AIC and BIC have to be read together. Nothing is filled in: a missing answer says nothing
//! about the class.

use rayon::prelude::*;

use crate::Error;
use crate::item_response::Chances;
use crate::random::{Draws, Purpose};

pub use super::item_response::Response;

/// The fewest organisations that latent classes are sought in.
pub const FEWEST_ORGANISATIONS: usize = 100;

/// How classes are sought.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How answers are distributed within a class.
    pub response: Response,
    /// Lowest and highest level of the scale.
    pub scale: (u8, u8),
    /// Random starts per number of classes.
    pub starts: u32,
    /// The most steps of one start.
    pub steps: u32,
    /// The seed of the starts.
    pub seed: u64,
}

impl Settings {
    /// Ordinal answers on a scale of 1 to 5, from 20 starts.
    pub fn new(seed: u64) -> Self {
        Self {
            response: Response::Ordinal,
            scale: (1, 5),
            starts: 20,
            steps: 500,
            seed,
        }
    }
}

/// Classes of one number, at the best of all starts.
///
/// Shape: one entry per class, numbered by mean expected level, lowest first; one posterior row per organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// The share of organisations in each class.
    pub shares: Vec<f64>,
    /// The expected level per class and norm.
    pub profiles: Vec<Vec<f64>>,
    /// The chance of each class, per organisation.
    pub posteriors: Vec<Vec<f64>>,
    /// The likeliest class of each organisation, from 0.
    pub classes: Vec<usize>,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Free parameters.
    pub parameters: usize,
    /// Akaike's criterion; lower is better.
    pub aic: f64,
    /// The Bayesian criterion; lower is better.
    pub bic: f64,
    /// How clearly organisations belong to one class: 1 is always, 0 never; nothing for one class.
    pub entropy: Option<f64>,
    /// How many starts came to this same likelihood; one alone is a warning.
    pub starts_at_best: u32,
}

/// Seeks each number of classes in the answers of organisations.
///
/// Shape: one row per organisation, one level per norm.
/// Missing: takes no part; an organisation without answers has the classes' shares as its posterior.
/// Method: EM from random starts under independence of norms within a class.
pub fn latent_classes(answers: &[Vec<Option<u8>>], ks: &[usize], settings: &Settings) -> Result<Vec<Classes>, Error> {
    let n = answers.len();
    if n < FEWEST_ORGANISATIONS {
        return Err(Error::TooFewForClasses {
            rows: n,
            minimum: FEWEST_ORGANISATIONS,
        });
    }
    check(answers, ks, settings)?;
    // Starts draw per row: sorted by content, they do not depend on how rows were delivered.
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| answers[a].cmp(&answers[b]).then(a.cmp(&b)));
    let cells = Cells::new(order.iter().map(|&i| &answers[i]), answers[0].len(), settings);
    let starts = |k: usize| if k == 1 { 1 } else { settings.starts };
    // All starts of all numbers at once: those of more classes take longest.
    let asked: Vec<(usize, u32)> = ks.iter().flat_map(|&k| (0..starts(k)).map(move |s| (k, s))).collect();
    let mut fits = asked
        .into_par_iter()
        .map(|(k, s)| {
            Fit::run(
                &cells,
                k,
                settings,
                &mut Draws::new(settings.seed, Purpose::LatentStart(k), s),
            )
        })
        .collect::<Vec<_>>()
        .into_iter();
    let of_each = ks.iter().map(|&k| fits.by_ref().take(starts(k) as usize).collect());
    Ok(of_each.map(|fits| report(fits, &order, settings)).collect())
}

fn check(answers: &[Vec<Option<u8>>], ks: &[usize], settings: &Settings) -> Result<(), Error> {
    let columns = answers[0].len();
    let (low, high) = settings.scale;
    if low >= high || columns == 0 {
        return Err(Error::Scale { column: 1 });
    }
    if settings.starts == 0 || settings.steps == 0 {
        return Err(Error::Setting {
            what: "the number of starts or steps",
            found: "0".into(),
            expected: "at least 1",
        });
    }
    for (i, row) in answers.iter().enumerate() {
        if row.len() != columns {
            return Err(Error::Ragged {
                row: i + 1,
                found: row.len(),
                expected: columns,
            });
        }
        for (j, level) in row.iter().enumerate() {
            if let Some(value) = level
                && !(low..=high).contains(value)
            {
                return Err(Error::OffScale {
                    row: i + 1,
                    column: j + 1,
                    value: f64::from(*value),
                    low: f64::from(low),
                    high: f64::from(high),
                });
            }
        }
    }
    if let Some(j) = (0..columns).find(|&j| answers.iter().all(|row| row[j].is_none())) {
        return Err(Error::Unanswered { column: j + 1 });
    }
    // A class needs organisations enough to have a profile at all.
    match ks.iter().find(|&&k| k == 0 || k > answers.len() / 10) {
        Some(&k) => Err(Error::TooManyClusters {
            k,
            rows: answers.len() / 10,
        }),
        None => Ok(()),
    }
}

/// The answers as places in a table of norms by levels.
struct Cells {
    /// Per organisation the place of each answer, norm times levels plus level.
    rows: Vec<Vec<u32>>,
    columns: usize,
    levels: usize,
}

impl Cells {
    fn new<'a>(rows: impl Iterator<Item = &'a Vec<Option<u8>>>, columns: usize, settings: &Settings) -> Self {
        let (low, high) = settings.scale;
        let levels = usize::from(high - low) + 1;
        let place = |(j, level): (usize, &Option<u8>)| level.map(|level| (j * levels) as u32 + u32::from(level - low));
        Self {
            rows: rows
                .map(|row| row.iter().enumerate().filter_map(place).collect())
                .collect(),
            columns,
            levels,
        }
    }
}

/// Classes that are added at once: loops over two or three numbers cost more than the numbers.
const LANES: usize = 4;
type Lanes = [f64; LANES];

struct Fit {
    shares: Vec<f64>,
    /// Lanes that hold a number per class; those beyond the last class stay at nothing.
    width: usize,
    /// Logarithm of the chance of each level: per norm and level one number per class.
    logs: Vec<Lanes>,
    /// One number per class, organisation after organisation.
    posteriors: Vec<Lanes>,
    log_likelihood: f64,
    columns: usize,
}

impl Fit {
    fn run(cells: &Cells, k: usize, settings: &Settings, draws: &mut Draws) -> Self {
        let width = k.div_ceil(LANES);
        let mut posteriors = vec![[0.0; LANES]; cells.rows.len() * width];
        for posterior in posteriors.chunks_exact_mut(width) {
            // Exponential draws, scaled to one: every division of a row is as likely.
            let parts: Vec<f64> = (0..k).map(|_| -libm::log(1.0 - draws.uniform()) + 1e-12).collect();
            let sum: f64 = parts.iter().sum();
            for (posterior, part) in posterior.as_flattened_mut().iter_mut().zip(parts) {
                *posterior = part / sum;
            }
        }
        let mut fit = Self {
            shares: vec![1.0 / k as f64; k],
            width,
            logs: vec![[0.0; LANES]; cells.columns * cells.levels * width],
            posteriors,
            log_likelihood: f64::NEG_INFINITY,
            columns: cells.columns,
        };
        let chances = Chances::new(cells.levels, settings.response);
        for _ in 0..settings.steps {
            let before = fit.log_likelihood;
            fit.maximise(cells, &chances);
            fit.expect(cells);
            if fit.log_likelihood - before < 1e-9 * fit.log_likelihood.abs() {
                break;
            }
        }
        fit
    }

    fn maximise(&mut self, cells: &Cells, chances: &Chances) {
        let width = self.width;
        let mut counts = vec![[0.0; LANES]; self.logs.len()];
        let mut totals = vec![[0.0; LANES]; width];
        for (row, posterior) in cells.rows.iter().zip(self.posteriors.chunks_exact(width)) {
            add(&mut totals, posterior);
            for &place in row {
                add(&mut counts[place as usize * width..][..width], posterior);
            }
        }
        for (share, total) in self.shares.iter_mut().zip(totals.as_flattened()) {
            *share = (total / cells.rows.len() as f64).max(1e-12);
        }
        let (mut own, mut logs) = (vec![0.0; cells.levels], vec![0.0; cells.levels]);
        for norm in 0..cells.columns {
            let first = norm * cells.levels * width;
            let counts = &counts[first..][..cells.levels * width];
            let found = &mut self.logs[first..][..cells.levels * width];
            for class in 0..self.shares.len() {
                let (lane, at) = (class / LANES, class % LANES);
                for (level, count) in own.iter_mut().enumerate() {
                    *count = counts[level * width + lane][at];
                }
                chances.logs(&own, &mut logs);
                for (level, log) in logs.iter().enumerate() {
                    found[level * width + lane][at] = *log;
                }
            }
        }
    }

    fn expect(&mut self, cells: &Cells) {
        let (k, width) = (self.shares.len(), self.width);
        let mut log_shares = vec![[0.0; LANES]; width];
        for (log, share) in log_shares.as_flattened_mut().iter_mut().zip(&self.shares) {
            *log = libm::log(*share);
        }
        self.log_likelihood = 0.0;
        for (row, lanes) in cells.rows.iter().zip(self.posteriors.chunks_exact_mut(width)) {
            lanes.copy_from_slice(&log_shares);
            for &place in row {
                add(lanes, &self.logs[place as usize * width..][..width]);
            }
            let posterior = &mut lanes.as_flattened_mut()[..k];
            let most = posterior.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut total = 0.0;
            for p in posterior.iter_mut() {
                *p = libm::exp(*p - most);
                total += *p;
            }
            for p in posterior.iter_mut() {
                *p /= total;
            }
            self.log_likelihood += most + libm::log(total);
        }
    }
}

fn add(to: &mut [Lanes], what: &[Lanes]) {
    for (to, what) in to.iter_mut().zip(what) {
        for (to, what) in to.iter_mut().zip(what) {
            *to += what;
        }
    }
}

fn report(fits: Vec<Fit>, order: &[usize], settings: &Settings) -> Classes {
    let n = order.len();
    let likelihoods: Vec<f64> = fits.iter().map(|f| f.log_likelihood).collect();
    let fit = fits
        .into_iter()
        .reduce(|a, b| if b.log_likelihood > a.log_likelihood { b } else { a })
        .expect("there is at least one start");
    let (k, columns) = (fit.shares.len(), fit.columns);
    let levels = usize::from(settings.scale.1 - settings.scale.0) + 1;
    let low = f64::from(settings.scale.0);
    let expected = |class: usize, norm: usize| -> f64 {
        let log = |s: usize| fit.logs[(norm * levels + s) * fit.width + class / LANES][class % LANES];
        let chance = |s: usize| libm::exp(log(s));
        let chances: Vec<f64> = (0..levels).map(chance).collect();
        let sum: f64 = chances.iter().enumerate().map(|(s, p)| (low + s as f64) * p).sum();
        sum / chances.iter().sum::<f64>()
    };
    let profiles: Vec<Vec<f64>> = (0..k)
        .map(|class| (0..columns).map(|norm| expected(class, norm)).collect())
        .collect();
    let level = |c: usize| profiles[c].iter().sum::<f64>();
    let mut by_level: Vec<usize> = (0..k).collect();
    by_level.sort_by(|&a, &b| level(a).total_cmp(&level(b)).then(a.cmp(&b)));
    let mut posteriors = vec![Vec::new(); n];
    for (row, &i) in fit.posteriors.chunks_exact(fit.width).zip(order) {
        let row = row.as_flattened();
        posteriors[i] = by_level.iter().map(|&c| row[c]).collect();
    }
    let classes = posteriors
        .iter()
        .map(|row: &Vec<f64>| (1..k).fold(0, |best, c| if row[c] > row[best] { c } else { best }))
        .collect();
    let disorder: f64 = posteriors
        .iter()
        .flatten()
        .filter(|p| **p > 0.0)
        .map(|p| -p * libm::log(*p))
        .sum();
    let per_norm = match settings.response {
        Response::Ordinal => 1,
        Response::Nominal => levels - 1,
    };
    let parameters = k - 1 + k * columns * per_norm;
    let best = fit.log_likelihood;
    Classes {
        shares: by_level.iter().map(|&c| fit.shares[c]).collect(),
        profiles: by_level.iter().map(|&c| profiles[c].clone()).collect(),
        posteriors,
        classes,
        log_likelihood: best,
        parameters,
        aic: 2.0 * parameters as f64 - 2.0 * best,
        bic: libm::log(n as f64) * parameters as f64 - 2.0 * best,
        entropy: (k > 1).then(|| 1.0 - disorder / (n as f64 * libm::log(k as f64))),
        starts_at_best: likelihoods.iter().filter(|l| best - **l < 1e-5 * best.abs()).count() as u32,
    }
}
