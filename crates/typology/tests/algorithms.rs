//! Medoids, silhouettes and trees against R `cluster`, and what must hold for any table.

use std::path::PathBuf;

use nulmeting_typology::{
    Dissimilarity, Distance, Linkage, Matrix, Scale, adjusted_rand, agglomerate, calinski_harabasz, pam, silhouette,
};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/reference/typology")
}

fn table(name: &str) -> Matrix {
    let text = std::fs::read_to_string(folder().join(format!("{name}.csv"))).unwrap();
    let rows: Vec<Vec<Option<f64>>> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells = line.split(',').skip(1);
            cells
                .filter(|cell| cell.is_empty() || cell.parse::<f64>().is_ok())
                .map(|cell| cell.parse().ok())
                .collect()
        })
        .collect();
    Matrix::new(&rows).unwrap()
}

fn cases(kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let found: Vec<Value> = all.into_iter().filter(|c| c["kind"] == kind).collect();
    assert!(!found.is_empty(), "no case of kind {kind}");
    found
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap()
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().map(|v| v.as_f64().unwrap()).collect(),
        one => vec![one.as_f64().unwrap()],
    }
}

/// Rows and clusters count from 1 in R.
fn places(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|v| v as usize - 1).collect()
}

fn distances(case: &Value) -> Dissimilarity {
    let matrix = table(text(case, "data"));
    let distance = match text(case, "distance") {
        "manhattan" => Distance::Manhattan,
        "euclidean" => Distance::Euclid,
        _ => Distance::Gower(vec![Scale { low: 1.0, high: 5.0 }; matrix.columns()]),
    };
    Dissimilarity::new(&matrix, &distance).unwrap()
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-9 * (1.0 + e.abs()), "{what}: {f} is not {e}");
    }
}

#[test]
fn medoids_are_those_of_r() {
    for case in cases("pam") {
        let what = format!("{} {} k={}", case["data"], case["distance"], case["k"]);
        let d = distances(&case);
        let k = number(&case, "k") as usize;
        let found = pam(&d, k, None).unwrap();
        assert_eq!(found.medoids, places(&case["medoids"]), "{what}");
        assert_eq!(found.clustering, places(&case["clustering"]), "{what}");
        let sizes: Vec<f64> = found.sizes.iter().map(|&s| s as f64).collect();
        close(&sizes, &numbers(&case["sizes"]), &what);
        close(&[found.objective_build], &[number(&case, "build")], &what);
        close(&[found.objective_swap], &[number(&case, "swap")], &what);
        if let Some(s) = silhouette(&d, &found.clustering).unwrap() {
            close(&[s.mean], &[number(&case, "silhouette")], &what);
            close(&s.clusters, &numbers(&case["silhouettes"]), &what);
            close(&s.widths, &numbers(&case["widths"]), &what);
        }
    }
}

#[test]
fn trees_are_those_of_r() {
    for case in cases("agnes") {
        let what = format!("{} {} {}", case["data"], case["distance"], case["method"]);
        let linkage = match text(&case, "method") {
            "single" => Linkage::Single,
            "complete" => Linkage::Complete,
            "average" => Linkage::Average,
            _ => Linkage::Ward,
        };
        let d = distances(&case);
        let tree = agglomerate(&d, linkage).unwrap();
        close(&[tree.coefficient().unwrap()], &[number(&case, "coefficient")], &what);
        close(&tree.heights(), &numbers(&case["heights"]), &what);
        for (k, cut) in (2..).zip(case["cuts"].as_array().unwrap()) {
            if cut.as_array().is_some_and(|c| !c.is_empty()) {
                assert_eq!(tree.cut(k).unwrap(), places(cut), "{what} k={k}");
            }
        }
    }
}

#[test]
fn agreement_with_the_species_is_that_of_r() {
    let matrix = table("iris");
    let d = Dissimilarity::new(&matrix, &Distance::Euclid).unwrap();
    let species: Vec<usize> = (0..150).map(|i| i / 50).collect();
    for case in cases("rand") {
        let clustering = match text(&case, "method") {
            "pam" => pam(&d, 3, None).unwrap().clustering,
            "average" => agglomerate(&d, Linkage::Average).unwrap().cut(3).unwrap(),
            "complete" => agglomerate(&d, Linkage::Complete).unwrap().cut(3).unwrap(),
            _ => agglomerate(&d, Linkage::Ward).unwrap().cut(3).unwrap(),
        };
        let found = adjusted_rand(&clustering, &species).unwrap().unwrap();
        close(&[found], &[number(&case, "value")], text(&case, "method"));
    }
    let toy = adjusted_rand(&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2]).unwrap();
    close(&[toy.unwrap()], &[0.242_424_242_424_242_4], "toy");
    let opposed = adjusted_rand(&[0, 0, 1, 1], &[0, 1, 0, 1]).unwrap();
    close(&[opposed.unwrap()], &[-0.5], "opposed toy");
}

#[test]
fn calinski_harabasz_is_that_of_the_centres() {
    let d = Dissimilarity::new(&table("ruspini"), &Distance::Euclid).unwrap();
    for case in cases("calinski-harabasz") {
        let p = pam(&d, number(&case, "k") as usize, None).unwrap();
        let found = calinski_harabasz(&d, &p.clustering).unwrap().unwrap();
        close(&[found], &[number(&case, "value")], "calinski-harabasz");
    }
}

#[test]
fn the_data_are_those_that_were_published() {
    let sums = |name: &str| -> Vec<f64> {
        let m = table(name);
        (0..m.columns()).map(|j| m.column_mean(j) * m.rows() as f64).collect()
    };
    close(&sums("ruspini"), &[4116.0, 6902.0], "ruspini");
    close(&sums("iris"), &[876.5, 458.6, 563.7, 179.9], "iris");
}

#[test]
fn ties_in_scaled_levels_fall_as_in_r() {
    // Quarter levels of which pairs lie equally far apart: daisy scales before it subtracts, and agnes joins by the last bit.
    // R 4 cluster: agnes(daisy(matrix(x), metric = "gower"), method = "average")$ac for the x below.
    let column = [4.25, 3.75, 2.5, 1.0];
    let matrix = Matrix::complete(&column.map(|v| vec![v])).unwrap();
    let (low, high) = column
        .iter()
        .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    let d = Dissimilarity::new(&matrix, &Distance::Gower(vec![Scale { low, high }])).unwrap();
    let tree = agglomerate(&d, Linkage::Average).unwrap();
    close(&[tree.coefficient().unwrap()], &[0.5], "coefficient");
}
