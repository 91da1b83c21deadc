//! How precisely the numbers of a group may be published: the finest grid on which its answers stay undetermined.
//!
//! Answers are whole and weights are known. A share with twelve digits is therefore a riddle with one solution: of
//! five boards with weights of 1 and 4/3, a share of 33 % says who complied. Rounded to a grid, a share stands for
//! every whole-number answer that falls into the same cell. The grid of a group is the finest one on which each cell
//! leaves every distinct weight of the group at least `disclosure.protect` possible counts.
//!
//! The grid follows from the weights alone. A grid that followed from the answers would tell something about them.

use std::collections::BTreeMap;

/// Steps that are tried, in order, as shares.
const STEPS: [f64; 5] = [0.01, 0.02, 0.05, 0.1, 0.2];
/// The widest cell at an end of the scale: a group that needs more is not published.
const WIDEST_END: f64 = 0.35;
/// Parts into which the weight of a group is divided while sums of weights are enumerated.
const PARTS: usize = 1 << 17;
/// Organisations above which a group is not enumerated: the finest grid then holds more sums than could be told apart.
const ENUMERATED: usize = 400;

/// The grid on which the numbers of a group are published.
///
/// Unit: shares from 0 to 1; of a level the same numbers in levels, because moving a board by one level moves a mean
/// at most as far as moving it from no to yes moves a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Width of a cell.
    step: f64,
    /// Width of the first and of the last cell: a share in it is published as at most, or at least, its inner limit.
    end: f64,
}

/// The values that a published number stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
}

impl Window {
    /// The value that is published.
    #[must_use]
    pub fn middle(self) -> f64 {
        (self.low + self.high) / 2.0
    }

    /// How far the true value may lie from the published one.
    #[must_use]
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

impl Grid {
    /// The finest grid for organisations with these weights.
    ///
    /// Shape: `protect` is how many whole counts every distinct weight must keep in every cell, or all that it has.
    /// Absent: no grid of at most 20 points leaves that much open, and the group may not be published.
    #[must_use]
    pub fn of(weights: &[f64], protect: usize) -> Option<Self> {
        let classes = classes(weights);
        let total: f64 = weights.iter().sum();
        if classes.is_empty() || total <= 0.0 {
            return None;
        }
        // At the ends the count of a class runs from none: the cell must reach as far as the protected counts.
        let reach = |(weight, size): &(f64, usize)| weight * protect.saturating_sub(1).min(*size) as f64 / total;
        let reach = classes.iter().map(reach).fold(0.0, f64::max);
        let sums = (classes.len() > 1 && weights.len() <= ENUMERATED).then(|| Sums::of(&classes, total));
        let leaves_open = |grid: &Self| match &sums {
            Some(sums) => grid.windows().all(|window| sums.leave_open(window, protect)),
            None => true,
        };
        STEPS
            .into_iter()
            .filter_map(|step| Self::with_step(step, reach))
            .find(leaves_open)
    }

    /// A grid with this step, whose ends reach at least so far; absent when they would reach too far.
    #[must_use]
    pub fn with_step(step: f64, reach: f64) -> Option<Self> {
        let halves = libm::ceil((reach / step - 0.5).max(0.0) - 1e-9);
        let end = (halves + 0.5) * step;
        (end <= WIDEST_END).then_some(Self { step, end })
    }

    /// The same grid, or the first whose step is at least so wide; absent when no step is.
    #[must_use]
    pub fn with_least_step(self, least: f64) -> Option<Self> {
        let step = STEPS.into_iter().find(|step| *step >= self.step.max(least) - 1e-9)?;
        Some(self.coarser(Self::with_step(step, self.end.max(least))?))
    }

    /// The same grid, or the coarser one where numbers of two groups are subtracted.
    #[must_use]
    pub fn coarser(self, other: Self) -> Self {
        Self {
            step: self.step.max(other.step),
            end: self.end.max(other.end),
        }
    }

    /// Width of a cell.
    #[must_use]
    pub fn step(self) -> f64 {
        self.step
    }

    /// Width of the first and of the last cell.
    #[must_use]
    pub fn end(self) -> f64 {
        self.end
    }

    /// The grid that a table gives back.
    #[must_use]
    pub(super) fn of_parts(step: f64, end: f64) -> Self {
        Self { step, end }
    }

    /// The cell of a value between `low` and `high`.
    #[must_use]
    pub fn window(self, value: f64, low: f64, high: f64) -> Window {
        if value <= low + self.end {
            return Window {
                low,
                high: low + self.end,
            };
        }
        if value >= high - self.end {
            return Window {
                low: high - self.end,
                high,
            };
        }
        let cell = ((value - low - self.end) / self.step).floor();
        let start = low + self.end + cell * self.step;
        Window {
            low: start,
            high: (start + self.step).min(high - self.end),
        }
    }

    /// The cell of a difference, which has no ends.
    #[must_use]
    pub fn window_of_difference(self, value: f64) -> Window {
        let middle = (value / self.step).round() * self.step;
        Window {
            low: middle - self.step / 2.0,
            high: middle + self.step / 2.0,
        }
    }

    /// All cells of a share.
    fn windows(self) -> impl Iterator<Item = Window> {
        let inner = ((1.0 - 2.0 * self.end) / self.step).ceil().max(0.0) as usize;
        let ends = [0.0, 1.0].map(|value| self.window(value, 0.0, 1.0));
        let middles = (0..inner).map(move |cell| self.end + (cell as f64 + 0.5) * self.step);
        ends.into_iter().chain(
            middles
                .filter(move |middle| *middle < 1.0 - self.end)
                .map(move |middle| self.window(middle, 0.0, 1.0)),
        )
    }
}

/// The distinct weights, each with how many organisations have it.
///
/// Method: weights that differ in their ninth digit are one, as they are for an outsider who computes them.
fn classes(weights: &[f64]) -> Vec<(f64, usize)> {
    let mut classes: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    for weight in weights.iter().copied().filter(|weight| *weight > 0.0) {
        let key = libm::round(libm::log(weight) * 1e9) as i64;
        classes.entry(key).or_insert((weight, 0)).1 += 1;
    }
    classes.into_values().collect()
}

/// Which sums of weights whole counts can make, for every class with the others.
struct Sums {
    /// Weight of each class in parts of the total, and its size.
    classes: Vec<(usize, usize)>,
    /// For each class, the number of sums below a part that all other classes together can make.
    of_others: Vec<Vec<u32>>,
    /// How far a sum may lie beside its true value by rounding weights to parts.
    rounding: usize,
}

impl Sums {
    fn of(classes: &[(f64, usize)], total: f64) -> Self {
        let parts: Vec<(usize, usize)> = classes
            .iter()
            .map(|(weight, size)| (libm::round(weight / total * PARTS as f64) as usize, *size))
            .collect();
        let rounding = parts.iter().map(|(_, size)| size).sum::<usize>().div_ceil(2);
        let of_others = (0..parts.len())
            .map(|class| {
                let mut reachable = vec![false; PARTS + 2 * rounding + 1];
                reachable[0] = true;
                for (other, (weight, size)) in parts.iter().enumerate() {
                    if other != class {
                        add(&mut reachable, *weight, *size);
                    }
                }
                let mut below = Vec::with_capacity(reachable.len() + 1);
                below.push(0);
                for is_reachable in reachable {
                    below.push(below[below.len() - 1] + u32::from(is_reachable));
                }
                below
            })
            .collect();
        Self {
            classes: parts,
            of_others,
            rounding,
        }
    }

    /// Whether a share within the window leaves every class as many counts as it must.
    ///
    /// Method: a count is possible when a sum of the other classes makes up the rest of the window. The window is
    /// narrowed by the rounding, so that no count is taken for possible that is not. A cell that no answers reach is
    /// never published.
    fn leave_open(&self, window: Window, protect: usize) -> bool {
        let low = (window.low * PARTS as f64).ceil() as i64 + self.rounding as i64;
        let high = (window.high * PARTS as f64).floor() as i64 - self.rounding as i64;
        let low = if window.low <= 0.0 { 0 } else { low };
        self.classes.iter().zip(&self.of_others).all(|((weight, size), below)| {
            let is_possible = |count: &usize| {
                let taken = (count * weight) as i64;
                let at = |part: i64| part.clamp(0, below.len() as i64 - 1) as usize;
                below[at(high - taken + 1)] > below[at(low - taken)]
            };
            let possible = (0..=*size).filter(is_possible).count();
            possible == 0 || possible >= protect.min(size + 1)
        })
    }
}

/// Adds to the reachable sums those with up to `size` more of a weight.
///
/// Method: steps of 1, 2, 4 … and a last one that makes up `size` reach every count between.
fn add(reachable: &mut [bool], weight: usize, size: usize) {
    let (mut left, mut times) = (size, 1);
    while left > 0 {
        let taken = times.min(left);
        let step = weight * taken;
        for sum in (step..reachable.len()).rev() {
            reachable[sum] |= reachable[sum - step];
        }
        left -= taken;
        times *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, Window};

    /// The counts of every class that a window leaves possible, by trying every answer.
    fn possible(classes: &[(f64, usize)], window: Window) -> Vec<std::collections::BTreeSet<usize>> {
        let total: f64 = classes.iter().map(|(weight, size)| weight * *size as f64).sum();
        let mut sets = vec![std::collections::BTreeSet::new(); classes.len()];
        let mut counts = vec![0; classes.len()];
        loop {
            let sum: f64 = counts
                .iter()
                .zip(classes)
                .map(|(count, (weight, _))| *count as f64 * weight)
                .sum();
            if (window.low - 1e-12..=window.high + 1e-12).contains(&(sum / total)) {
                sets.iter_mut().zip(&counts).for_each(|(set, count)| {
                    set.insert(*count);
                });
            }
            let Some(next) = counts.iter().zip(classes).position(|(count, (_, size))| count < size) else {
                return sets;
            };
            counts[next] += 1;
            counts[..next].iter_mut().for_each(|count| *count = 0);
        }
    }

    fn weights(classes: &[(f64, usize)]) -> Vec<f64> {
        classes.iter().flat_map(|(weight, size)| vec![*weight; *size]).collect()
    }

    #[test]
    fn whatever_was_answered_every_weight_keeps_the_promised_counts() {
        for classes in [
            vec![(1.0, 12), (4.0 / 3.0, 8)],
            vec![(8.4, 10), (8.6, 6), (5.0, 9), (1.0, 1)],
            vec![(53.0, 8), (20.0, 4), (31.5, 3), (2.0, 5)],
            vec![(1.0, 1), (1.7, 30), (2.9, 14)],
        ] {
            let weights = weights(&classes);
            let total: f64 = weights.iter().sum();
            let grid = Grid::of(&weights, 3).unwrap_or_else(|| panic!("{classes:?} has no grid"));
            let most: usize = classes.iter().map(|(_, size)| size + 1).product();
            for index in 0..most {
                let mut rest = index;
                let mut sum = 0.0;
                for (weight, size) in &classes {
                    sum += weight * (rest % (size + 1)) as f64;
                    rest /= size + 1;
                }
                if index % 7 != 0 {
                    continue;
                }
                let window = grid.window(sum / total, 0.0, 1.0);
                for (set, (_, size)) in possible(&classes, window).iter().zip(&classes) {
                    assert!(set.len() >= 3.min(size + 1), "{classes:?} {window:?} leaves {set:?}");
                }
            }
        }
    }

    #[test]
    fn twelve_digits_of_five_boards_have_one_solution_and_five_boards_have_no_grid() {
        let classes = [(1.0, 2), (4.0 / 3.0, 3)];
        let exact = Window {
            low: 1.0 / 3.0,
            high: 1.0 / 3.0,
        };
        assert!(possible(&classes, exact).iter().all(|set| set.len() == 1));
        assert_eq!(Grid::of(&weights(&classes), 3), None);
    }

    #[test]
    fn equal_weights_and_many_boards_keep_the_finest_grid() {
        assert_eq!(Grid::of(&vec![2.0; 300], 3).unwrap().step(), 0.01);
        assert_eq!(Grid::of(&[], 3), None);
    }

    #[test]
    fn windows_tile_the_scale_and_hold_their_values() {
        let grid = Grid::of(&weights(&[(1.0, 12), (4.0 / 3.0, 8)]), 3).unwrap();
        for value in 0..=1000 {
            let value = 1.0 + 4.0 * f64::from(value) / 1000.0;
            let window = grid.window(value, 1.0, 5.0);
            assert!(window.low - 1e-12 <= value && value <= window.high + 1e-12 && window.half_width() > 0.0);
        }
    }
}
