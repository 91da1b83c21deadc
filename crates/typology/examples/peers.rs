//! Our side of the comparison with R `survey` and R `cluster`: the same data, the same work, timed after loading.
//!
//! Run by `tests/peers/run`. As `peers data FOLDER` it writes the data; as `peers time FOLDER TASK` it loads what the
//! task needs, does it, and prints seconds and a checksum of the result.
#![expect(clippy::print_stdout, reason = "the example exists to print its times")]

use nulmeting_survey::{Design, IntervalMethod, Replicates, Sampling};
use nulmeting_typology::{Dissimilarity, Distance, Matrix, gap, pam_series, silhouette};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

const ROWS: usize = 1_000_000;
const CLUSTERS: usize = 2_000;
/// Rows of the bootstrap: R holds a column of weights per replicate, and a million rows of them do not fit in 24 GiB.
const REPLICATED: usize = 200_000;
const STRATA: usize = 20;
const GROUPS: usize = 10;
const NORMS: usize = 94;

/// A number from 0 to 1 that looks like chance and is always the same (SplitMix64).
fn noise(index: u64) -> f64 {
    let mut state = index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Rows of a two-stage sample: stratum, cluster, group, weight, score, level reached or not.
fn write_survey(folder: &Path) -> std::io::Result<()> {
    let mut text = String::from("stratum,cluster,group,w,y,met\n");
    for row in 0..ROWS {
        let cluster = row % CLUSTERS;
        let own = noise(cluster as u64 + 1) - 0.5;
        let y = (100.0 * (2.5 + own + 2.0 * noise((row + ROWS) as u64))).round() / 100.0;
        let w = 1.0 + (10.0 * noise((cluster + 7 * ROWS) as u64)).round() / 10.0;
        let group = (GROUPS as f64 * noise((row + 3 * ROWS) as u64)) as usize;
        writeln!(
            text,
            "{},{cluster},{group},{w},{y},{}",
            cluster % STRATA,
            u8::from(y >= 3.5)
        )
        .expect("a string grows");
    }
    std::fs::write(folder.join("survey.csv"), text)
}

/// Levels 1 to 5 of boards of four kinds on 94 norms.
fn write_boards(folder: &Path, boards: usize) -> std::io::Result<()> {
    let mut text = String::new();
    for board in 0..boards {
        let level = |norm: usize| {
            let high = f64::from(u8::from((board % 4) & (1 + norm % 2) > 0));
            (1.0 + high + 3.0 * noise((board * NORMS + norm) as u64))
                .floor()
                .min(5.0)
        };
        let levels: Vec<String> = (0..NORMS).map(|norm| level(norm).to_string()).collect();
        writeln!(text, "{}", levels.join(",")).expect("a string grows");
    }
    std::fs::write(folder.join(format!("boards-{boards}.csv")), text)
}

struct Survey {
    sampling: Sampling,
    y: Vec<f64>,
    met: Vec<f64>,
    group: Vec<usize>,
}

fn read_survey(folder: &Path, most: usize) -> Survey {
    let text = std::fs::read_to_string(folder.join("survey.csv")).expect("`peers data` wrote it");
    let (mut strata, mut clusters, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    let (mut y, mut met, mut group) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines().skip(1).take(most) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<f64>().expect("a number");
        strata.push(Some(cells[0].to_owned()));
        clusters.push(Some(cells[1].to_owned()));
        group.push(cells[2].parse().expect("a group"));
        weights.push(Some(number(3)));
        y.push(number(4));
        met.push(number(5));
    }
    let sampling = Sampling {
        rows: y.len(),
        strata: Some(strata),
        clusters: vec![clusters],
        weights: Some(weights),
        ..Sampling::default()
    };
    Survey {
        sampling,
        y,
        met,
        group,
    }
}

fn read_boards(folder: &Path, boards: usize) -> Matrix {
    let text = std::fs::read_to_string(folder.join(format!("boards-{boards}.csv"))).expect("`peers data` wrote it");
    let numbers = |line: &str| line.split(',').map(|cell| cell.parse().expect("a level")).collect();
    let rows: Vec<Vec<f64>> = text.lines().map(numbers).collect();
    Matrix::complete(&rows).expect("every norm is answered")
}

/// Prints how long a task took and what came of it.
fn timed(work: impl FnOnce() -> f64) {
    let start = Instant::now();
    let result = work();
    println!("{:.6} {result:.10}", start.elapsed().as_secs_f64());
}

fn survey(folder: &Path, task: &str) {
    let Survey {
        sampling,
        y,
        met,
        group,
    } = read_survey(folder, if task == "bootstrap" { REPLICATED } else { ROWS });
    let made = || Design::new(&sampling).expect("two thousand clusters in twenty strata");
    if task == "design" {
        return timed(|| {
            let design = made();
            let mean = design.mean(&y, &design.everyone()).expect("a mean");
            mean.se.expect("clusters differ")
        });
    }
    let design = made();
    let all = design.everyone();
    let within = |g: usize| design.domain_where(|row| group[row] == g);
    match task {
        "domains" => timed(|| {
            let se = |g| {
                design
                    .mean(&y, &within(g))
                    .expect("a mean")
                    .se
                    .expect("clusters differ")
            };
            (0..GROUPS).map(se).sum()
        }),
        "share" => timed(|| {
            let share = design.share(&met, &all, IntervalMethod::Logit).expect("a share");
            share.ci.expect("clusters differ").low
        }),
        "quantiles" => timed(|| {
            let se = |share| {
                design
                    .quantile(&y, &all, share)
                    .expect("a quantile")
                    .se
                    .expect("clusters differ")
            };
            [0.25, 0.5, 0.75].into_iter().map(se).sum()
        }),
        "bootstrap" => timed(|| {
            let replicates = Replicates::bootstrap(&design, 1_000, 1).expect("a thousand replicates");
            let mean = design.mean(&y, &all).expect("a mean");
            let ones = vec![1.0; y.len()];
            let values = replicates.ratios(&design, &[(y.clone(), ones)]);
            design
                .replicated(mean, &all, &values[0], &replicates)
                .se
                .expect("replicates differ")
        }),
        other => panic!("no task `{other}`"),
    }
}

fn types(folder: &Path, task: &str) {
    let (what, boards) = task.split_once('-').expect("a task and a number of boards");
    let matrix = read_boards(folder, boards.parse().expect("a number of boards"));
    let distances = || Dissimilarity::new(&matrix, &Distance::Manhattan).expect("rows share norms");
    match what {
        "pam" => timed(|| pam_series(&distances(), &[4], None).expect("fewer clusters than rows")[0].objective_swap),
        "silhouettes" => {
            let d = distances();
            let clustering = pam_series(&d, &[4], None).expect("fewer clusters than rows")[0]
                .clustering
                .clone();
            timed(|| {
                silhouette(&d, &clustering)
                    .expect("as many rows")
                    .expect("four clusters")
                    .mean
            });
        }
        "gap" => timed(|| gap(&matrix, &Distance::Manhattan, 6, 20, 1).expect("enough rows").gap[3]),
        other => panic!("no task `{other}`"),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["data", folder] => {
            let folder = Path::new(folder);
            write_survey(folder).expect("a folder to write in");
            for boards in [300, 1_000, 3_000] {
                write_boards(folder, boards).expect("a folder to write in");
            }
        }
        ["time", folder, task] if task.contains('-') => types(Path::new(folder), task),
        ["time", folder, task] => survey(Path::new(folder), task),
        _ => panic!("expected `data FOLDER` or `time FOLDER TASK`"),
    }
}
