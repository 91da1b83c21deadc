//! How the answers of a latent class spread over the levels of a norm.

/// How the answers of one class are distributed over the levels of a norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Response {
    /// Ordinal: one number per class and norm, the chance of each step up the scale (a binomial over the steps).
    #[default]
    Ordinal,
    /// Nominal: a chance for each level, without order; many more parameters.
    Nominal,
}

/// A chance is never held below this, so that one odd answer cannot rule a class out.
const LEAST_CHANCE: f64 = 1e-6;

/// How the levels of one norm are distributed in one class.
pub(super) struct Chances {
    response: Response,
    /// The logarithm of the number of ways to take so many of the steps.
    ways: Vec<f64>,
}

impl Chances {
    pub(super) fn new(levels: usize, response: Response) -> Self {
        let steps = levels - 1;
        let ways = |taken: usize| (1..=taken).map(|i| libm::log((steps + 1 - i) as f64 / i as f64)).sum();
        Self {
            response,
            ways: (0..levels).map(ways).collect(),
        }
    }

    /// The logarithms of the chances, from how many of the class answered each level.
    pub(super) fn logs(&self, counts: &[f64], logs: &mut [f64]) {
        let total: f64 = counts.iter().sum();
        let steps = counts.len() - 1;
        match self.response {
            Response::Nominal => {
                for (log, count) in logs.iter_mut().zip(counts) {
                    let chance = if total > 0.0 {
                        count / total
                    } else {
                        1.0 / counts.len() as f64
                    };
                    *log = libm::log(chance.max(LEAST_CHANCE));
                }
            }
            Response::Ordinal => {
                let taken: f64 = counts.iter().enumerate().map(|(s, c)| s as f64 * c).sum();
                let chance = if total > 0.0 {
                    taken / (total * steps as f64)
                } else {
                    0.5
                };
                let chance = chance.clamp(LEAST_CHANCE, 1.0 - LEAST_CHANCE);
                let (step, stay) = (libm::log(chance), libm::log(1.0 - chance));
                for (s, (log, ways)) in logs.iter_mut().zip(&self.ways).enumerate() {
                    *log = ways + s as f64 * step + (steps - s) as f64 * stay;
                }
            }
        }
    }
}
