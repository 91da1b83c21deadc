//! `nulmeting cluster`: clusters of any table, with what R's `pam` and `agnes` would say of it.

use crate::console::Console;
use crate::exit::{Exit, Failure};
use clap::{Args, ValueEnum};
use nulmeting_study::Values;
use nulmeting_tables::Columns;
use nulmeting_typology::{
    ClaraSamples, Dissimilarity, Distance, Linkage, Matrix, Scale, Silhouette, Structure, agglomerate, clara, pam,
    silhouette, sizes,
};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// `cluster`.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  nulmeting cluster data/reference/typology/ruspini.csv --columns x,y --k 4\n  nulmeting cluster scores.csv --columns GO,OR,RM --k 3 --distance manhattan --method ward"
)]
pub(crate) struct ClusterArgs {
    /// The table: any delimited text, XLSX, XLS, ODS, SPSS, Stata or Parquet; blank and `NA` are missing
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// Columns to compare, with commas between them
    #[arg(long, value_name = "C,…", required = true, value_delimiter = ',')]
    columns: Vec<String>,
    /// How many clusters
    #[arg(long, value_name = "K", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    k: usize,
    /// How far two rows lie apart
    #[arg(long, value_enum, default_value_t = DistanceName::Euclid)]
    distance: DistanceName,
    /// How clusters are found
    #[arg(long, value_enum, default_value_t = Method::Pam)]
    method: Method,
    /// Lowest and highest level for Gower, such as 1:5; each column's own range when left out
    #[arg(long, value_name = "LOW:HIGH")]
    scale: Option<String>,
}

/// How far two rows lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DistanceName {
    /// Root of the summed squared differences.
    Euclid,
    /// Summed differences.
    Manhattan,
    /// Mean difference as a share of the scale.
    Gower,
}

/// How clusters are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// Around medoids.
    Pam,
    /// Agglomerative, nearest rows.
    Single,
    /// Agglomerative, farthest rows.
    Complete,
    /// Agglomerative, mean distance.
    Average,
    /// Agglomerative, least added spread.
    Ward,
}

/// Samples of the sampled variant, and rows in each.
const SAMPLES: ClaraSamples = ClaraSamples {
    samples: 10,
    rows: 1_000,
    seed: 1,
};

/// What was found; rows and clusters count from 0.
struct Found {
    clustering: Vec<usize>,
    medoids: Option<Vec<usize>>,
    objectives: Option<(f64, f64)>,
    silhouette: Option<Silhouette>,
    coefficient: Option<f64>,
    sampled: bool,
}

/// Finds clusters and prints them.
pub(crate) fn cluster(args: &ClusterArgs, console: &Console) -> Result<Exit, Failure> {
    let table = crate::table::read(&args.table, console)?;
    let matrix = matrix(args, &table)?;
    let distance = distance(args, &matrix, console)?;
    let found = find(args, &matrix, &distance).map_err(|cause| at(args, &cause))?;
    if found.sampled {
        console.note(&format!(
            "{} rows are too many to compare pair by pair: medoids come from {} samples of {} rows, and there are no silhouettes",
            matrix.rows(),
            SAMPLES.samples,
            SAMPLES.rows
        ));
    }
    if console.is_json() {
        console.json(&json_of(args, &found))?;
    } else {
        console.data(&text_of(args, &found));
    }
    Ok(Exit::Done)
}

fn at(args: &ClusterArgs, cause: &nulmeting_typology::Error) -> Failure {
    Failure::data(format!("{cause}\n  at   {}", args.table.display()))
}

fn find(args: &ClusterArgs, matrix: &Matrix, distance: &Distance) -> Result<Found, nulmeting_typology::Error> {
    if args.method == Method::Pam && matrix.rows() > nulmeting_typology::MOST_ROWS {
        let found = clara(matrix, distance, args.k, SAMPLES)?;
        return Ok(Found {
            clustering: found.clustering,
            medoids: Some(found.medoids),
            objectives: Some((found.objective, found.objective)),
            silhouette: None,
            coefficient: None,
            sampled: true,
        });
    }
    let distances = Dissimilarity::new(matrix, distance)?;
    let linkage = match args.method {
        Method::Pam => None,
        Method::Single => Some(Linkage::Single),
        Method::Complete => Some(Linkage::Complete),
        Method::Average => Some(Linkage::Average),
        Method::Ward => Some(Linkage::Ward),
    };
    let mut found = match linkage {
        None => {
            let found = pam(&distances, args.k, None)?;
            Found {
                clustering: found.clustering,
                medoids: Some(found.medoids),
                objectives: Some((found.objective_build, found.objective_swap)),
                silhouette: None,
                coefficient: None,
                sampled: false,
            }
        }
        Some(linkage) => {
            let tree = agglomerate(&distances, linkage)?;
            Found {
                clustering: tree.cut(args.k)?,
                medoids: None,
                objectives: None,
                silhouette: None,
                coefficient: tree.coefficient(),
                sampled: false,
            }
        }
    };
    found.silhouette = silhouette(&distances, &found.clustering)?;
    Ok(found)
}

/// The asked columns as rows of numbers.
fn matrix(args: &ClusterArgs, table: &Columns) -> Result<Matrix, Failure> {
    let columns = args.columns.iter().map(|name| {
        table.column(name).ok_or_else(|| {
            Failure::usage(format!(
                "column `{name}` is not in the table; expected one of `{}`\n  at   {}\n  hint check the name in `--columns`",
                table.names.join("`, `"),
                args.table.display()
            ))
        })
    });
    let columns: Vec<&Values> = columns.collect::<Result<_, _>>()?;
    let cell = |row: usize, column: usize| {
        value(columns[column], row).map_err(|found| {
            Failure::data(format!(
                "column `{}` holds `{found}`, which is no number; expected a number, an empty cell or NA\n  at   {}, row {} of the data\n  hint leave the column out of `--columns`",
                args.columns[column],
                args.table.display(),
                row + 1
            ))
        })
    };
    let rows = (0..table.rows()).map(|row| (0..columns.len()).map(|column| cell(row, column)).collect());
    let rows: Vec<Vec<Option<f64>>> = rows.collect::<Result<_, _>>()?;
    Matrix::new(&rows).map_err(|cause| at(args, &cause))
}

/// One cell as a number, missing, or the text that is neither.
fn value(values: &Values, row: usize) -> Result<Option<f64>, String> {
    match values {
        Values::Text(cells) => match cells[row].as_deref().map(str::trim) {
            None => Ok(None),
            Some(text) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                _ => Err(text.to_owned()),
            },
        },
        Values::Integer(cells) => Ok(cells[row].map(|number| number as f64)),
        Values::Double(cells) => Ok(cells[row]),
        Values::Boolean(cells) => Ok(cells[row].map(|truth| f64::from(u8::from(truth)))),
    }
}

fn distance(args: &ClusterArgs, matrix: &Matrix, console: &Console) -> Result<Distance, Failure> {
    match (args.distance, &args.scale) {
        (DistanceName::Euclid, None) => Ok(Distance::Euclid),
        (DistanceName::Manhattan, None) => Ok(Distance::Manhattan),
        (DistanceName::Gower, Some(text)) => {
            let ends = text
                .split_once(':')
                .and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
            let (low, high) = ends.ok_or_else(|| {
                Failure::usage(format!(
                    "`--scale {text}` is no scale; expected two numbers such as `1:5`"
                ))
            })?;
            Ok(Distance::Gower(vec![Scale { low, high }; matrix.columns()]))
        }
        (DistanceName::Gower, None) => {
            console.note("no `--scale`: each column is measured against its own range in this table, which leaves out levels that nobody reached");
            Ok(Distance::Gower(
                (0..matrix.columns()).map(|column| range(matrix, column)).collect(),
            ))
        }
        (_, Some(_)) => Err(Failure::usage(
            "`--scale` is for `--distance gower` only; expected no scale here",
        )),
    }
}

/// The range of a column; of width 1 where all answers are the same, so that it adds nothing to any distance.
fn range(matrix: &Matrix, column: usize) -> Scale {
    let answers = (0..matrix.rows()).filter_map(|row| matrix.get(row, column));
    let (low, high) = answers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), own| {
        (low.min(own), high.max(own))
    });
    Scale {
        low,
        high: if high > low { high } else { low + 1.0 },
    }
}

fn method_name(args: &ClusterArgs) -> String {
    args.method
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Rounds to the 12 digits that outputs carry.
fn digits(value: f64) -> f64 {
    format!("{value:.11e}").parse().expect("a printed number reads back")
}

fn json_of(args: &ClusterArgs, found: &Found) -> Value {
    let from_one = |rows: &[usize]| rows.iter().map(|row| row + 1).collect::<Vec<_>>();
    let silhouette = found.silhouette.as_ref();
    json!({
        "method": method_name(args),
        "k": args.k,
        "n": found.clustering.len(),
        "medoids": found.medoids.as_deref().map(from_one),
        "sizes": sizes(&found.clustering),
        "objective_build": found.objectives.map(|own| digits(own.0)),
        "objective_swap": found.objectives.map(|own| digits(own.1)),
        "silhouette": silhouette.map(|own| digits(own.mean)),
        "silhouette_by_cluster": silhouette.map(|own| own.clusters.iter().map(|width| digits(*width)).collect::<Vec<_>>()),
        "agglomerative_coefficient": found.coefficient.map(digits),
        "clustering": from_one(&found.clustering),
        "sampled": found.sampled,
    })
}

fn text_of(args: &ClusterArgs, found: &Found) -> String {
    let mut text = format!(
        "{} rows in {} clusters by {}\n\n",
        found.clustering.len(),
        args.k,
        method_name(args)
    );
    text.push_str("cluster  medoid    size  silhouette\n");
    for (cluster, size) in sizes(&found.clustering).into_iter().enumerate() {
        let medoid = found
            .medoids
            .as_ref()
            .map_or_else(|| "–".to_owned(), |rows| (rows[cluster] + 1).to_string());
        let width = found
            .silhouette
            .as_ref()
            .map_or_else(|| "–".to_owned(), |own| format!("{:.4}", own.clusters[cluster]));
        let _ = writeln!(text, "{:>7}  {medoid:>6}  {size:>6}  {width:>10}", cluster + 1);
    }
    text.push('\n');
    if let Some((build, swap)) = found.objectives {
        let _ = if found.sampled {
            writeln!(text, "mean distance to the medoid: {swap:.6}")
        } else {
            writeln!(
                text,
                "mean distance to the medoid: {build:.6} after build, {swap:.6} after swap"
            )
        };
    }
    if let Some(own) = &found.silhouette {
        let reading = match Structure::of(own.mean) {
            Structure::Strong => "strong structure",
            Structure::Reasonable => "reasonable structure",
            Structure::Weak => "weak structure, perhaps none",
            Structure::Absent => "no substantial structure",
        };
        let _ = writeln!(text, "mean silhouette: {:.6} ({reading})", own.mean);
    }
    if let Some(coefficient) = found.coefficient {
        let _ = writeln!(text, "agglomerative coefficient: {coefficient:.6}");
    }
    text
}
