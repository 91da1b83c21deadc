//! The arguments as they are typed; nothing is resolved here.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// From survey exports of many school organisations to numbers that can be published.
#[derive(Debug, Parser)]
#[command(
    name = "nulmeting",
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
#[derive(Debug, Clone, Args)]
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
    /// Also write the tables as CSV for a Dutch Excel, `OUT/csv/`: semicolons, decimal commas
    #[arg(long, global = true)]
    pub(crate) csv: bool,
    /// Documents to make beside the figures, as in `html,pdf`; all when left out
    #[arg(long, global = true, value_enum, value_delimiter = ',', value_name = "LIST")]
    pub(crate) documents: Vec<Document>,
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

impl Language {
    /// The language as the stages know it.
    pub(crate) fn word(self) -> nulmeting_study::words::Language {
        match self {
            Language::Nl => nulmeting_study::words::Language::Nl,
            Language::En => nulmeting_study::words::Language::En,
        }
    }
}

/// A document of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// The page.
    Html,
    /// For print.
    Pdf,
    /// For Word.
    Docx,
    /// The tables as a workbook.
    Xlsx,
}

impl Document {
    /// Its name, as it is typed.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Document::Html => "html",
            Document::Pdf => "pdf",
            Document::Docx => "docx",
            Document::Xlsx => "xlsx",
        }
    }
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
    Analyze(AnalyzeArgs),
    /// Turn estimates into figures, a report and a workbook
    Report(ReportArgs),
    /// Draw one figure
    Chart(ChartArgs),
    /// Read everything, write nothing, and print what is wrong and where
    Check(CheckArgs),
    /// Draft the map from questions to items, or compare the instruments of two waves
    Items(ItemsArgs),
    /// Say what is up to date, what is stale, and why
    Status(StudyArgs),
    /// Go from a published number back to the answers under it
    Explain(ExplainArgs),
    /// Say which published numbers differ between two runs, by how much, and what did it
    Compare(CompareArgs),
    /// Pack a study and its outputs into an archive to keep
    Pack(PackArgs),
    /// Check an archive, and make its outputs again
    Verify(VerifyArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Estimate from any CSV or Parquet table, by design
    Estimate(Box<crate::commands::estimate::EstimateArgs>),
    /// Find clusters in any CSV or Parquet table
    Cluster(crate::commands::cluster::ClusterArgs),
    /// Say how many organisations per stratum next time, for a wanted margin
    Plan(crate::commands::plan::PlanArgs),
    /// Make a made-up but realistic study with known truth, in real export formats
    Synth(SynthArgs),
    /// Count the answers, for a study that is too large to hold: sums that `analyze --sufficient` goes on from
    Sums(SumsArgs),
    /// Print the SQL that makes the same sums on another engine
    Sql {
        /// Which; all names when left out
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
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

/// `analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Folder with the sums of an engine that counted the answers, `answer_counts` at least, instead of the answers
    #[arg(long, value_name = "DIR")]
    pub(crate) sufficient: Option<PathBuf>,
}

/// `sums`.
#[derive(Debug, Args)]
pub(crate) struct SumsArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// The answers: a Parquet file, or a folder of them, by wave or not; the study's own when left out
    #[arg(long, value_name = "PATH")]
    pub(crate) answers: Option<PathBuf>,
    /// Count the exports themselves, read file after file: no answer is held, and no earlier stage is needed
    #[arg(long, conflicts_with_all = ["answers", "organisations"])]
    pub(crate) exports: bool,
    /// Table of organisations with strata and weights; the study's own when left out
    #[arg(long, value_name = "FILE")]
    pub(crate) organisations: Option<PathBuf>,
    /// Write this table only, as often as wanted; all that `nulmeting sql` lists when left out
    #[arg(long, value_name = "NAME", value_enum)]
    pub(crate) only: Vec<SumTable>,
    /// Where the sums go; `OUT/sums` when left out
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
}

/// A table of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum SumTable {
    /// Answers per organisation, question and outcome.
    AnswerCounts,
    /// Weighted sums per organisation and question.
    UnitSums,
    /// Weighted counts per group, question and outcome.
    LevelCounts,
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

/// `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Id of a number: the column `id` of the tables, or wave/attention/scope/item
    #[arg(value_name = "ESTIMATE-ID", required = true)]
    pub(crate) ids: Vec<String>,
}

/// `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Output folder of the one run
    #[arg(value_name = "OUT-A")]
    pub(crate) a: PathBuf,
    /// Output folder of the other run
    #[arg(value_name = "OUT-B")]
    pub(crate) b: PathBuf,
}

/// `pack`.
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// The archive; beside the study file when left out
    #[arg(long, value_name = "FILE")]
    pub(crate) archive: Option<PathBuf>,
    /// Pack exports, registers and the tables of organisations too; the key of the pseudonyms never
    #[arg(long)]
    pub(crate) with_responses: bool,
}

/// `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    /// Folder with the inputs that are not in it, under the paths that the study file gives them
    #[arg(long, value_name = "DIR")]
    pub(crate) inputs: Option<PathBuf>,
    /// The key of the pseudonyms
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

/// `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Also make a report for each organisation that answered, in `OUT/boards/`
    #[arg(long)]
    pub(crate) boards: bool,
}

/// `chart`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nulmeting chart data/example/nulmeting.toml levels --to levels.svg\n  nulmeting chart data/example/nulmeting.toml means --by sector --size slide --image png --language en > means.png"
)]
pub(crate) struct ChartArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    pub(crate) study: PathBuf,
    /// Name of the figure, as in `levels`; an unknown name lists them
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Groups instead of domains: `sector` or `size`
    #[arg(long, value_name = "C")]
    pub(crate) by: Option<String>,
    /// Wave; the latest that has the figure when left out
    #[arg(long, value_name = "W")]
    pub(crate) wave: Option<String>,
    /// For which width
    #[arg(long, value_enum, default_value_t = Width::Column)]
    pub(crate) size: Width,
    /// Kind of file; when left out the ending of `--to` decides, and without one it is svg
    #[arg(long, value_enum)]
    pub(crate) image: Option<ImageKind>,
    /// Where to; a dash is stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) to: PathBuf,
}

/// For which width a figure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Width {
    /// The column of a page.
    Column,
    /// A slide of 16 to 9.
    Slide,
}

/// Kind of image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImageKind {
    /// A drawing, its text as text.
    Svg,
    /// Pixels, two per pixel of a page.
    Png,
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
    /// Write the whole study in one format: limesurvey, qualtrics, msforms, googleforms, surveymonkey, sav, dta, workbook or tidy
    #[arg(long, value_name = "FORMAT")]
    pub(crate) export: Option<nulmeting_synth::Export>,
    /// Levels that every board moves in a year
    #[arg(long, value_name = "LEVELS", default_value_t = 0.12, allow_negative_numbers = true)]
    pub(crate) change: f64,
    /// Kinds of boards: 2, 3, 4 or 6, or 1 for a continuum without kinds
    #[arg(long, value_name = "K", default_value_t = 4)]
    pub(crate) kinds: usize,
    /// Boards of the first wave that have become part of another by the next
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) mergers: usize,
    /// Levels by which the framework of the last wave is stricter: a break in the series
    #[arg(
        long = "break",
        value_name = "LEVELS",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    pub(crate) stricter: f64,
    /// Boards that answer both versions in the last wave, where there is a break
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) bridge: usize,
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
