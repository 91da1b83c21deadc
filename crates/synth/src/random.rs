//! Random draws from the study's seed: one stream per purpose and subject, so that what is drawn for one
//! board never depends on how many others there are or on the order in which files are written.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of draws is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Register = 1,
    Maturity = 2,
    Difficulty = 3,
    Habit = 4,
    Volunteers = 5,
    Sample = 6,
    Key = 7,
    Response = 8,
    Choice = 9,
    Peer = 10,
    Delivery = 11,
}

/// A stream of draws.
#[derive(Debug, Clone)]
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    /// The stream of one subject for one purpose.
    pub(crate) fn new(seed: u64, purpose: Purpose, subject: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((purpose as u64) << 48) | subject as u64);
        Self(rng)
    }

    /// The stream of one subject in one year.
    pub(crate) fn of_year(seed: u64, purpose: Purpose, year: i64, subject: usize) -> Self {
        let year = usize::try_from(year).unwrap_or_default();
        Self::new(seed, purpose, (year << 24) + subject)
    }

    /// A number from 0 up to, but not including, 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        // 53 bits fill a double exactly.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of that probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A whole number below `bound`, which is at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A draw from the standard normal distribution (Box-Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Puts a list in an order drawn at random.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = self.below(i + 1);
            list.swap(i, j);
        }
    }

    /// One of a list that is not empty.
    pub(crate) fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Random bytes in hexadecimal.
    pub(crate) fn hexadecimal(&mut self, words: usize) -> String {
        (0..words).map(|_| format!("{:016x}", self.0.next_u64())).collect()
    }
}
