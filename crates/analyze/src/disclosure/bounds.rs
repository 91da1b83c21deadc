//! How closely unpublished numbers can be bounded from published ones: bounds pushed through sums until they stand.
//!
//! Every sum bounds each of its terms by what the others leave. That is what an outsider can do by hand; a solver can
//! do more where sums share several unknown terms, which is why counts are held against one too (`exact`), and why a test
//! attacks the outcome with linear programming.

/// Rounds after which bounds that still creep are left where they are.
const ROUNDS: usize = 60;
/// A bound that moves less than this part of its variable's width stands.
const MOVES: f64 = 1e-6;

/// A number that may be unknown to outsiders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// What it is.
    pub(crate) value: f64,
    /// The lowest that it can be whatever was answered.
    pub(crate) least: f64,
    /// The highest that it can be whatever was answered.
    pub(crate) most: f64,
    /// The cell that it belongs to.
    pub(crate) unit: usize,
}

/// A sum that outsiders know to lie between two bounds.
#[derive(Debug, Clone)]
pub(crate) struct Equation {
    /// Variables and factors, none of them 0.
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Cells that may be closed to protect another term of the sum.
    pub(crate) candidates: Vec<usize>,
}

/// The bounds of every variable: those of a known one are its value.
pub(crate) struct Bounds {
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
}

impl Bounds {
    /// Bounds the variables of closed cells by the sums, in the order of the sums.
    pub(crate) fn find(variables: &[Variable], equations: &[Equation], closed: &[bool]) -> Self {
        let mut bounds = Self {
            low: variables
                .iter()
                .map(|own| if closed[own.unit] { own.least } else { own.value })
                .collect(),
            high: variables
                .iter()
                .map(|own| if closed[own.unit] { own.most } else { own.value })
                .collect(),
        };
        let open: Vec<&Equation> = equations
            .iter()
            .filter(|sum| sum.terms.iter().any(|(own, _)| closed[variables[*own].unit]))
            .collect();
        for _ in 0..ROUNDS {
            let mut moved = false;
            for sum in &open {
                for (own, _) in &sum.terms {
                    if !closed[variables[*own].unit] {
                        continue;
                    }
                    let (low, high) = bounds.implied(sum, *own);
                    let step = MOVES * variables[*own].most;
                    if low > bounds.low[*own] + step {
                        bounds.low[*own] = low.min(bounds.high[*own]);
                        moved = true;
                    }
                    if high < bounds.high[*own] - step {
                        bounds.high[*own] = high.max(bounds.low[*own]);
                        moved = true;
                    }
                }
            }
            if !moved {
                break;
            }
        }
        bounds
    }

    /// What a sum says of one of its terms, given the bounds of the others.
    pub(crate) fn implied(&self, sum: &Equation, variable: usize) -> (f64, f64) {
        let (mut least, mut most, mut factor) = (0.0, 0.0, 0.0);
        for (own, times) in &sum.terms {
            if *own == variable {
                factor += times;
            } else if *times > 0.0 {
                least += times * self.low[*own];
                most += times * self.high[*own];
            } else {
                least += times * self.high[*own];
                most += times * self.low[*own];
            }
        }
        let (a, b) = ((sum.low - most) / factor, (sum.high - least) / factor);
        if factor > 0.0 { (a, b) } else { (b, a) }
    }

    /// How far the variable stays open, as a share of what it could be.
    pub(crate) fn openness(&self, variables: &[Variable], variable: usize) -> f64 {
        let most = variables[variable].most;
        if most > 0.0 {
            (self.high[variable] - self.low[variable]) / most
        } else {
            1.0
        }
    }
}
