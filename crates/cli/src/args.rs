//! The arguments as they are typed; nothing is resolved here.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// From survey exports of many school organisations to numbers that can be published.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    before_help = "Examples:\n  nulmeting run data/example/nulmeting.toml\n  nulmeting estimate data/reference/apistrat.csv --mean api00 --by stype --strata stype --weight pw --fpc fpc"
)]
pub(crate) struct Cli {
    /// What all commands share.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Folder for outputs; beside the study file, `out/`, when left out
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Language of what is published
    #[arg(long, global = true, value_enum, default_value_t = Language::Nl)]
    pub(crate) language: Language,
    /// Also write the profile for outside, `OUT/public/`: aggregates only
    #[arg(long, global = true)]
    pub(crate) public: bool,
    /// Seed instead of the study file's
    #[arg(long, global = true, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Threads to use; all processors when left out. It changes no output
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print more about what is done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to colour messages
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading.
    Human,
    /// For scripts.
    Json,
}

/// Language of what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
}

/// When to colour messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Do everything: ingest, normalize, analyze and report
    Run(RunArgs),
    /// Read the exports and the register
    Ingest(StudyArgs),
    /// Turn what was read into answers, levels and weights
    Normalize(StudyArgs),
    /// Turn levels into estimates, types and points of attention
    Analyze(StudyArgs),
    /// Turn estimates into figures, a report and a workbook
    Report(StudyArgs),
    /// Read everything, write nothing, and print what is wrong and where
    Check(CheckArgs),
    /// Draft the map from questions to items, or compare the instruments of two waves
    Items(ItemsArgs),
    /// Estimate from any CSV or Parquet table, by design
    Estimate(Box<crate::commands::estimate::EstimateArgs>),
    /// Find clusters in any CSV or Parquet table
    Cluster(crate::commands::cluster::ClusterArgs),
    /// Make a made-up but realistic study with known truth, in real export formats
    Synth(SynthArgs),
    /// List every table and column: type, unit, meaning
    Tables,
    /// Show a framework, or read its official list
    Codebook(CodebookArgs),
}

/// A command on a study.
#[derive(Debug, Args)]
pub(crate) struct StudyArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
}

/// `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Print a page to open in a browser
    #[arg(long)]
    pub(crate) html: bool,
}

/// `items`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ItemsArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml", required = true)]
    pub(crate) study: Option<PathBuf>,
    /// What else to do
    #[command(subcommand)]
    pub(crate) action: Option<ItemsAction>,
}

/// What to do with instruments.
#[derive(Debug, Subcommand)]
pub(crate) enum ItemsAction {
    /// Compare the instruments of consecutive waves: added, dropped, reworded, rescaled, re-coded, code reused
    Diff {
        /// The study file
        #[arg(value_name = "STUDY.toml")]
        study: PathBuf,
    },
}

/// `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Make everything again, also when nothing changed
    #[arg(long)]
    pub(crate) force: bool,
}

/// `synth`.
#[derive(Debug, Args)]
pub(crate) struct SynthArgs {
    /// Organisations in the register
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) organisations: usize,
    /// Waves of the measurement
    #[arg(long, value_name = "W", default_value_t = 2)]
    pub(crate) waves: usize,
    /// Write the whole study in one format: limesurvey, qualtrics, msforms, googleforms, surveymonkey, workbook or tidy
    #[arg(long, value_name = "FORMAT")]
    pub(crate) export: Option<nulmeting_synth::Export>,
}

/// `codebook`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct CodebookArgs {
    /// A shipped codebook, or a path to one
    #[arg(value_name = "CODEBOOK", required = true)]
    pub(crate) codebook: Option<String>,
    /// What else to do with one
    #[command(subcommand)]
    pub(crate) action: Option<CodebookAction>,
}

/// What to do with a codebook.
#[derive(Debug, Subcommand)]
pub(crate) enum CodebookAction {
    /// Read the official list of norms from a workbook into a new codebook
    Import {
        /// The workbook
        workbook: PathBuf,
        /// The codebook whose other rows are kept: a shipped one, or a path to one
        #[arg(long, value_name = "CODEBOOK", default_value = "normenkader-ibp-fo-2024")]
        base: String,
    },
}
