//! `nulmeting estimate`: a design-based estimate from any table.

use crate::args::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use clap::{Args, ValueEnum};
use nulmeting_study::Values;
use nulmeting_survey::{
    Cell, Columns, Error, EstimateRequest, EstimateRow, IntervalMethod, Lonely, Statistic, Variance, estimate as answer,
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Seed of the bootstrap when none is given.
const SEED: u64 = 1;

/// What is estimated, from which table, by which design.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nulmeting estimate schools.csv --mean api00 --by stype --strata stype --weight pw --fpc fpc\n  nulmeting estimate schools.csv --share 'api00 >= 800' --where 'stype == \"E\"' --cluster dnum --weight pw --ci wilson"
)]
#[command(group = clap::ArgGroup::new("statistic").required(true).multiple(false))]
pub(crate) struct EstimateArgs {
    /// The table: any delimited text, XLSX, XLS, ODS, SPSS, Stata or Parquet; blank and `NA` are missing
    table: PathBuf,
    /// Mean of a column, or of a sum or difference of columns
    #[arg(long, value_name = "X", group = "statistic", allow_hyphen_values = true)]
    mean: Option<String>,
    /// Total of a column, or of a sum or difference of columns
    #[arg(long, value_name = "X", group = "statistic", allow_hyphen_values = true)]
    total: Option<String>,
    /// Share of the rows for which a condition holds, such as `api00 >= 800`
    #[arg(long, value_name = "EXPR", group = "statistic", allow_hyphen_values = true)]
    share: Option<String>,
    /// Ratio of two totals
    #[arg(long, value_name = "A/B", group = "statistic", allow_hyphen_values = true)]
    ratio: Option<String>,
    /// Value below which a share lies, such as `api00:0.5`
    #[arg(long, value_name = "C:P", group = "statistic")]
    quantile: Option<String>,
    /// One estimate for each value of a column
    #[arg(long, value_name = "C")]
    by: Option<String>,
    /// The change between waves instead of the estimate: C names each row's wave; clusters in both bring their covariance
    #[arg(long, value_name = "C")]
    change: Option<String>,
    /// Only rows that meet the condition; the others stay in the design
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    condition: Option<String>,
    /// Column of strata
    #[arg(long, value_name = "C")]
    strata: Option<String>,
    /// Column of clusters; a second one for units within them
    #[arg(long, value_name = "C[,C2]", value_delimiter = ',')]
    cluster: Vec<String>,
    /// Cluster labels are unique within a stratum only
    #[arg(long)]
    nest: bool,
    /// Column of weights; from the population sizes when left out
    #[arg(long, value_name = "C")]
    weight: Option<String>,
    /// Column of population sizes per stage, or of sampled fractions when all are at most 1
    #[arg(long, value_name = "C[,C2]", value_delimiter = ',')]
    fpc: Vec<String>,
    /// What to do with a stratum of one unit
    #[arg(long, value_enum, default_value_t = LonelyChoice::Fail)]
    lonely: LonelyChoice,
    /// Interval of a share: mean, logit, xlogit, likelihood, asin, beta, korn-graubard, wilson, hypergeometric
    #[arg(long, value_name = "METHOD")]
    ci: Option<String>,
    /// Level of the intervals
    #[arg(long, value_name = "L", default_value_t = 0.95)]
    level: f64,
    /// Variance from replicates instead of Taylor linearisation
    #[arg(long, value_enum)]
    replicates: Option<Replication>,
    /// Number of bootstrap replicates
    #[arg(long, value_name = "N", default_value_t = 1000)]
    draws: usize,
    /// Fay's factor, from 0 to below 1
    #[arg(long, value_name = "R", default_value_t = 0.3)]
    rho: f64,
    /// Replicate weights that came with the table: columns, or the beginning of their names and `*`
    #[arg(long, value_name = "C,…", value_delimiter = ',')]
    replicate_weights: Vec<String>,
    /// Weight of a replicate's squared deviation, where `--replicates` does not say it
    #[arg(long, value_name = "S", requires = "replicate_weights")]
    replicate_scale: Option<f64>,
    /// Deviations of replicates from the estimate itself rather than from their mean
    #[arg(long)]
    mse: bool,
}

/// Policies for strata of one unit.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LonelyChoice {
    Fail,
    Remove,
    Certainty,
    Average,
    Adjust,
    Collapse,
}

/// Ways to replicate.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Replication {
    Jk1,
    Jkn,
    Brr,
    Fay,
    Bootstrap,
}

/// Reads the table, estimates, prints.
pub(crate) fn estimate(args: &EstimateArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut request = request(args, global)?;
    let table = crate::table::read(&args.table, console)?;
    request.replicate_weights = named(&request.replicate_weights, &table.names);
    let rows = answer(&request, &Delivered(&table)).map_err(|error| failure(&error, &args.table))?;
    if console.is_json() {
        console.json(
            &rows
                .iter()
                .map(|row| object(row, request.variance))
                .collect::<Vec<Value>>(),
        )?;
    } else {
        console.data(&page(&rows));
        if rows.iter().any(|row| row.estimate.census) {
            console.note("census: everyone was taken, so there is no sampling error; other doubt remains");
        }
        if rows.iter().any(|row| row.estimate.df <= 0 && !row.estimate.census) {
            console.note("no interval where there is no degree of freedom: more primary units than strata are needed");
        }
    }
    Ok(Exit::Done)
}

fn request(args: &EstimateArgs, global: &Global) -> Result<EstimateRequest, Failure> {
    let usage = |error: Error| Failure::usage(format!("{error}\n  hint {}", error.hint()));
    let statistic = match (&args.mean, &args.total, &args.share, &args.ratio, &args.quantile) {
        (Some(measure), ..) => Statistic::Mean(measure.clone()),
        (_, Some(measure), ..) => Statistic::Total(measure.clone()),
        (_, _, Some(condition), ..) => Statistic::Share(condition.clone()),
        (_, _, _, Some(ratio), _) => Statistic::ratio(ratio).map_err(usage)?,
        (.., quantile) => Statistic::quantile(quantile.as_deref().unwrap_or_default()).map_err(usage)?,
    };
    let method = match args.ci.as_deref() {
        None => None,
        Some(name) => Some(IntervalMethod::for_share(name).ok_or_else(|| {
            let known = IntervalMethod::FOR_SHARES.map(IntervalMethod::name).join(", ");
            Failure::usage(format!(
                "interval method `{name}` is not known; expected one of {known}"
            ))
        })?),
    };
    Ok(EstimateRequest {
        statistic,
        by: args.by.clone(),
        change: args.change.clone(),
        condition: args.condition.clone(),
        strata: args.strata.clone(),
        clusters: args.cluster.clone(),
        nest: args.nest,
        weight: args.weight.clone(),
        populations: args.fpc.clone(),
        lonely: match args.lonely {
            LonelyChoice::Fail => Lonely::Fail,
            LonelyChoice::Remove => Lonely::Remove,
            LonelyChoice::Certainty => Lonely::Certainty,
            LonelyChoice::Average => Lonely::Average,
            LonelyChoice::Adjust => Lonely::Adjust,
            LonelyChoice::Collapse => Lonely::Collapse,
        },
        method,
        level: args.level,
        variance: match args.replicates {
            None => Variance::Taylor,
            Some(Replication::Jk1) => Variance::Jk1,
            Some(Replication::Jkn) => Variance::Jkn,
            Some(Replication::Brr) => Variance::Brr,
            Some(Replication::Fay) => Variance::Fay(args.rho),
            Some(Replication::Bootstrap) => Variance::Bootstrap {
                replicates: args.draws,
                seed: global.seed.unwrap_or(SEED),
            },
        },
        replicate_weights: args.replicate_weights.clone(),
        scale: args.replicate_scale,
        about_estimate: args.mse,
    })
}

/// The columns that are meant: `rep*` is every column that begins with `rep`, in the order of the table.
fn named(asked: &[String], columns: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for name in asked {
        match name.strip_suffix('*') {
            Some(start) if columns.iter().any(|column| column.starts_with(start)) => {
                found.extend(columns.iter().filter(|column| column.starts_with(start)).cloned());
            }
            _ => found.push(name.clone()),
        }
    }
    found
}

/// Tells wrong questions from wrong data, and says where.
fn failure(error: &Error, path: &std::path::Path) -> Failure {
    let place = error.place().map_or_else(String::new, |place| format!(", {place}"));
    let message = format!("{error}\n  at   {}{place}\n  hint {}", path.display(), error.hint());
    match error {
        Error::Expression { .. }
        | Error::NoColumn { .. }
        | Error::Request { .. }
        | Error::Range { .. }
        | Error::Stages { .. }
        | Error::NoWeights => Failure::usage(message),
        _ => Failure::data(message),
    }
}

/// A table as delivered, for the survey engine.
struct Delivered<'a>(&'a nulmeting_tables::Columns);

impl Columns for Delivered<'_> {
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn names(&self) -> Vec<String> {
        self.0.names.clone()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        match self.0.column(column) {
            None => Cell::Missing,
            Some(Values::Text(values)) => values[row].as_deref().map_or(Cell::Missing, Cell::Text),
            Some(values) => values.number(row).map_or(Cell::Missing, Cell::Number),
        }
    }
}

fn object(row: &EstimateRow, variance: Variance) -> Value {
    let estimate = &row.estimate;
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let mut object = json!({
        "group": row.group,
        "estimate": estimate.estimate,
        "se": finite(estimate.se),
        "ci_low": finite(estimate.ci.map(|ci| ci.low)),
        "ci_high": finite(estimate.ci.map(|ci| ci.high)),
        "df": estimate.df,
        "deff": finite(estimate.deff),
        "n": estimate.n,
        "method": row.method.name(),
        "variance": variance.name(),
        "deff_replace": finite(estimate.deff_replace),
        "n_eff": finite(estimate.n_eff),
        "population": estimate.population,
        "census": estimate.census,
    });
    if let Some(step) = &row.step {
        object["from"] = json!(step.from);
        object["to"] = json!(step.to);
        object["p"] = json!(finite(step.p));
    }
    object
}

/// The rows as an aligned table.
fn page(rows: &[EstimateRow]) -> String {
    let changes = rows.iter().any(|row| row.step.is_some());
    let first = if changes { "change" } else { "group" };
    let mut heading: Vec<String> = [
        first, "estimate", "se", "ci_low", "ci_high", "df", "deff", "n", "method",
    ]
    .map(str::to_owned)
    .to_vec();
    if changes {
        heading.push("p".to_owned());
    }
    let mut lines = vec![heading.clone()];
    for row in rows {
        let estimate = &row.estimate;
        lines.push(vec![
            match (&row.step, &row.group) {
                (Some(step), Some(group)) => format!("{group}: {} to {}", step.from, step.to),
                (Some(step), None) => format!("{} to {}", step.from, step.to),
                (None, group) => group.clone().unwrap_or_else(|| "-".to_owned()),
            },
            shown(Some(estimate.estimate)),
            shown(estimate.se),
            shown(estimate.ci.map(|ci| ci.low)),
            shown(estimate.ci.map(|ci| ci.high)),
            estimate.df.to_string(),
            shown(estimate.deff),
            estimate.n.to_string(),
            row.method.name().to_owned(),
        ]);
        if let (Some(step), Some(line)) = (&row.step, lines.last_mut()) {
            line.push(shown(step.p));
        }
    }
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, &width))| match column {
                0 | 8 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Ten significant digits, without the zeros that say nothing; a dash for what is not there.
fn shown(value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return "-".to_owned();
    };
    let rounded: f64 = format!("{value:.9e}").parse().expect("a number that was just written");
    format!("{rounded}")
}
