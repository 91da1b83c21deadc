//! Random draws from a given seed: one stream per purpose and replicate, so that the number of threads changes nothing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of draws is for; each purpose has streams of its own.
///
/// The numbers are part of the results: another number would give other draws from the same seed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Reference tables of the gap statistic.
    GapReference,
    /// Bootstrap samples for the stability of clusters.
    Bootstrap,
    /// The samples of CLARA.
    Clara,
    /// Tables drawn from the fitted continuum.
    Continuum,
    /// Norms drawn again for the certainty of one row's type.
    Norms,
    /// The rows on which a large table is divided.
    SampledRows,
    /// The rows on which gap and continuum are measured.
    MeasuredRows,
    /// Values spread over what a whole level may stand for.
    RoundingJitter,
    /// Starting points of a latent class model with this many classes.
    LatentStart(usize),
}

impl Purpose {
    fn number(self) -> u32 {
        match self {
            Self::GapReference => 1,
            Self::Bootstrap => 2,
            Self::Clara => 3,
            Self::Continuum => 4,
            Self::Norms => 5,
            Self::SampledRows => 6,
            Self::MeasuredRows => 7,
            Self::RoundingJitter => 9,
            Self::LatentStart(classes) => 0x100 + classes as u32,
        }
    }
}

/// The draws of one replicate.
#[derive(Debug, Clone)]
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    /// The stream of one replicate; different purposes never share draws.
    pub(super) fn new(seed: u64, purpose: Purpose, replicate: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream((u64::from(purpose.number()) << 32) | u64::from(replicate));
        Self(rng)
    }

    /// A number from 0 up to, but not including, 1.
    pub(super) fn uniform(&mut self) -> f64 {
        // 53 bits fill a double exactly.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `bound`, which is at least 1.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // The product keeps the high half: the bias is below 2^-32 for any table that fits in memory.
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A draw from the standard normal distribution (Box-Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Which of `n` rows come up in `n` draws with replacement, each once, in order.
    pub(super) fn distinct_rows(&mut self, n: usize) -> Vec<usize> {
        let mut seen = vec![false; n];
        for _ in 0..n {
            seen[self.below(n)] = true;
        }
        (0..n).filter(|&i| seen[i]).collect()
    }

    /// `size` different rows out of `n`, in order.
    pub(super) fn sample(&mut self, n: usize, size: usize) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..n).collect();
        for i in 0..size.min(n) {
            let j = i + self.below(n - i);
            rows.swap(i, j);
        }
        rows.truncate(size);
        rows.sort_unstable();
        rows
    }
}
