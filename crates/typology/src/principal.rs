//! Principal axes of a table: the directions in which organisations differ most, found without chance.

use crate::Matrix;

/// The axes of a table, widest first.
pub(super) struct Axes {
    /// Mean of each column.
    pub(super) means: Vec<f64>,
    /// Direction of each axis, one value per column.
    pub(super) directions: Vec<Vec<f64>>,
    /// Place of each row on each axis: one list per axis.
    pub(super) scores: Vec<Vec<f64>>,
}

/// The axes along which the rows spread.
///
/// Missing: an absent answer stands at its column's mean, which moves it nowhere.
/// Method: eigenvectors of the covariance matrix by Jacobi's rotations; axes without spread are left out.
pub(super) fn axes(matrix: &Matrix) -> Axes {
    let (n, p) = (matrix.rows(), matrix.columns());
    let means: Vec<f64> = (0..p).map(|j| matrix.column_mean(j)).collect();
    let centred: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..p).map(|j| matrix.get(i, j).map_or(0.0, |v| v - means[j])).collect())
        .collect();
    let mut products = vec![vec![0.0; p]; p];
    for row in &centred {
        for a in 0..p {
            for b in 0..=a {
                products[a][b] += row[a] * row[b];
            }
        }
    }
    for a in 0..p {
        let (before, rest) = products.split_at_mut(a);
        for (b, other) in before.iter_mut().enumerate() {
            other[a] = rest[0][b];
        }
    }
    let (values, vectors) = eigen(products);
    let mut order: Vec<usize> = (0..p).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    let widest = order.first().map_or(0.0, |&a| values[a]);
    order.retain(|&a| values[a] > 1e-10 * widest);
    let directions: Vec<Vec<f64>> = order.iter().map(|&a| (0..p).map(|j| vectors[j][a]).collect()).collect();
    let scores = directions
        .iter()
        .map(|d| centred.iter().map(|row| dot(row, d)).collect())
        .collect();
    Axes {
        means,
        directions,
        scores,
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Eigenvalues and eigenvectors (as columns) of a symmetric matrix.
fn eigen(mut m: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let p = m.len();
    let mut v: Vec<Vec<f64>> = (0..p)
        .map(|i| (0..p).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    let size: f64 = m.iter().flatten().map(|x| x * x).sum();
    // Sixty sweeps are ten times what symmetric matrices of this size take.
    for _ in 0..60 {
        let off: f64 = (0..p)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| m[i][j] * m[i][j])
            .sum();
        if off <= 1e-26 * size {
            break;
        }
        for a in 0..p {
            for b in a + 1..p {
                rotate(&mut m, &mut v, a, b);
            }
        }
    }
    ((0..p).map(|i| m[i][i]).collect(), v)
}

/// Turns the plane of two columns so that they no longer vary together.
fn rotate(m: &mut [Vec<f64>], v: &mut [Vec<f64>], a: usize, b: usize) {
    if m[a][b] == 0.0 {
        return;
    }
    let theta = (m[b][b] - m[a][a]) / (2.0 * m[a][b]);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in m.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[a], row[b]);
        row[a] = c * x - s * y;
        row[b] = s * x + c * y;
    }
    let (upper, lower) = m.split_at_mut(b);
    for (x, y) in upper[a].iter_mut().zip(lower[0].iter_mut()) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}
