//! The cheapest way to pair rows with columns, each at most once (the Hungarian method).

use crate::Error;

/// The column given to each row such that the summed cost is least.
///
/// Shape: a rectangle of costs; with more rows than columns, some rows get none.
/// Method: Kuhn (1955) in the form of shortest augmenting paths; ties are broken by the lowest column.
pub fn assign(costs: &[Vec<f64>]) -> Result<Vec<Option<usize>>, Error> {
    let rows = costs.len();
    let columns = costs.first().map_or(0, Vec::len);
    for (i, row) in costs.iter().enumerate() {
        if row.len() != columns {
            return Err(Error::Ragged {
                row: i + 1,
                found: row.len(),
                expected: columns,
            });
        }
        if let Some(j) = row.iter().position(|c| !c.is_finite()) {
            return Err(Error::NotFinite {
                row: i + 1,
                column: j + 1,
            });
        }
    }
    if rows <= columns {
        let found = paths(rows, columns, |i, j| costs[i][j]);
        return Ok(found.into_iter().map(Some).collect());
    }
    let mut given = vec![None; rows];
    for (j, i) in paths(columns, rows, |j, i| costs[i][j]).into_iter().enumerate() {
        given[i] = Some(j);
    }
    Ok(given)
}

/// For at most as many rows as columns: the column of each row. Place 0 of each list is a column that is never given.
fn paths(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut row_price = vec![0.0; rows + 1];
    let mut column_price = vec![0.0; columns + 1];
    let mut owner = vec![0; columns + 1];
    for row in 1..=rows {
        owner[0] = row;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut from = vec![0; columns + 1];
        let mut used = vec![false; columns + 1];
        let mut column = 0;
        while owner[column] != 0 {
            used[column] = true;
            let i = owner[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in (1..=columns).filter(|&j| !used[j]) {
                let reduced = cost(i - 1, j - 1) - row_price[i] - column_price[j];
                if reduced < least[j] {
                    least[j] = reduced;
                    from[j] = column;
                }
                if least[j] < step {
                    step = least[j];
                    next = j;
                }
            }
            for j in 0..=columns {
                if used[j] {
                    row_price[owner[j]] += step;
                    column_price[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            owner[column] = owner[from[column]];
            column = from[column];
        }
    }
    let mut given = vec![0; rows];
    for j in 1..=columns {
        if owner[j] > 0 {
            given[owner[j] - 1] = j - 1;
        }
    }
    given
}
