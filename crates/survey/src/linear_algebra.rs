//! The little linear algebra that calibration and the test of association need.

#![expect(
    clippy::needless_range_loop,
    reason = "two rows of one matrix are worked on at once, which indices say best"
)]

/// Solves a symmetric system that may hold redundant equations, such as the classes of two margins.
///
/// Method: elimination with the largest pivot on the diagonal; an equation without a pivot gets the answer 0.
pub(crate) fn solve_semidefinite(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    let largest = (0..size).map(|i| matrix[i][i].abs()).fold(0.0, f64::max);
    let mut done = vec![false; size];
    let mut pivots = Vec::new();
    for _ in 0..size {
        let Some(pivot) = (0..size)
            .filter(|&i| !done[i] && matrix[i][i].abs() > 1e-13 * largest)
            .max_by(|&a, &b| matrix[a][a].abs().total_cmp(&matrix[b][b].abs()))
        else {
            break;
        };
        done[pivot] = true;
        pivots.push(pivot);
        for row in 0..size {
            if done[row] {
                continue;
            }
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            for column in 0..size {
                let part = factor * matrix[pivot][column];
                matrix[row][column] -= part;
            }
            right[row] -= factor * right[pivot];
        }
    }
    let mut answer = vec![0.0; size];
    for (place, &pivot) in pivots.iter().enumerate().rev() {
        let known: f64 = pivots[place + 1..]
            .iter()
            .map(|&later| matrix[pivot][later] * answer[later])
            .sum();
        answer[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    answer
}

/// Solves `left · X = right` for several right-hand columns, the matrix given by rows; none when it is singular.
pub(crate) fn solve(mut left: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = left.len();
    for pivot in 0..size {
        let best = (pivot..size).max_by(|&a, &b| left[a][pivot].abs().total_cmp(&left[b][pivot].abs()))?;
        if left[best][pivot].abs() < 1e-300 {
            return None;
        }
        left.swap(pivot, best);
        right.swap(pivot, best);
        for row in 0..size {
            if row == pivot {
                continue;
            }
            let factor = left[row][pivot] / left[pivot][pivot];
            for column in pivot..size {
                let part = factor * left[pivot][column];
                left[row][column] -= part;
            }
            for column in 0..right[row].len() {
                let part = factor * right[pivot][column];
                right[row][column] -= part;
            }
        }
    }
    for pivot in 0..size {
        for value in &mut right[pivot] {
            *value /= left[pivot][pivot];
        }
    }
    Some(right)
}
