//! Balanced halves: which of the two primary units of a stratum counts in which replicate.
//!
//! Balance means that over all replicates every pair of strata has each of its four combinations equally often: the
//! rows of a Hadamard matrix. Which matrix is taken moves the variance of a ratio in its later digits, so the sizes and
//! constructions are those of R `survey` wherever it builds them; it reads those of 28 and 36 from a table, which is not
//! done here: the next larger size takes their place.
//! Source: Sylvester (1867), Paley (1933); McCarthy (1969) for their use; R `survey` `hadamard`, `paley`.

/// One list per replicate: for every stratum, whether its first unit is the one that counts.
pub(crate) fn signs(strata: usize) -> Vec<Vec<bool>> {
    let matrix = matrix(strata + 1);
    (0..matrix.len())
        .map(|column| (1..=strata).map(|row| matrix[row][column]).collect())
        .collect()
}

/// A Hadamard matrix of at least that many rows, true for +1; its first row and column are all true.
fn matrix(least: usize) -> Vec<Vec<bool>> {
    let mut size = least.max(4).next_multiple_of(4);
    loop {
        if let Some(found) = of_size(size) {
            return found;
        }
        size += 4;
    }
}

/// Doubling comes before Paley's construction, and powers of two are Sylvester's.
fn of_size(size: usize) -> Option<Vec<Vec<bool>>> {
    if size == 1 {
        return Some(vec![vec![true]]);
    }
    let halved = size.is_power_of_two() || size.is_multiple_of(8);
    if halved && let Some(half) = of_size(size / 2) {
        return Some(doubled(&half));
    }
    (size.is_multiple_of(4) && is_prime(size - 1)).then(|| paley(size - 1))
}

fn doubled(half: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let row = |row: &Vec<bool>, flip: bool| row.iter().copied().chain(row.iter().map(|sign| sign ^ flip)).collect();
    half.iter()
        .map(|own| row(own, false))
        .chain(half.iter().map(|own| row(own, true)))
        .collect()
}

/// For a prime that leaves 3 when divided by 4: false where the sum of row and column is a square, or zero.
fn paley(prime: usize) -> Vec<Vec<bool>> {
    let mut square = vec![false; prime];
    (0..prime).for_each(|i| square[i * i % prime] = true);
    let mut rows = vec![vec![true; prime + 1]];
    rows.extend((0..prime).map(|i| {
        std::iter::once(true)
            .chain((0..prime).map(|j| !square[(i + j) % prime]))
            .collect()
    }));
    rows
}

fn is_prime(number: usize) -> bool {
    number > 1
        && (2..)
            .take_while(|divisor| divisor * divisor <= number)
            .all(|divisor| !number.is_multiple_of(divisor))
}

#[cfg(test)]
mod tests {
    use super::{matrix, signs};

    #[test]
    fn every_pair_of_rows_agrees_in_half_of_its_places() {
        for least in 2..70 {
            let rows = matrix(least);
            for (i, left) in rows.iter().enumerate() {
                for right in &rows[..i] {
                    let agree = left.iter().zip(right).filter(|(a, b)| a == b).count();
                    assert_eq!(2 * agree, rows.len(), "size {} row {i}", rows.len());
                }
            }
        }
    }

    #[test]
    fn sizes_are_those_of_the_published_constructions() {
        let sizes: Vec<usize> = [1, 3, 4, 8, 11, 12, 16, 20, 32, 40]
            .map(|strata| signs(strata).len())
            .into();
        assert_eq!(sizes, [4, 4, 8, 12, 12, 16, 20, 24, 40, 44]);
    }
}
