//! One module per command.

mod archive;
mod chart;
mod check;
pub(crate) mod cluster;
mod codebook;
mod compare;
pub(crate) mod estimate;
mod explain;
mod items;
mod manual;
pub(crate) mod plan;
mod run;
mod sql;
mod stage;
mod status;
mod sums;
mod synth;
mod tables;

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::exit::{Exit, Failure};

/// Does what was asked.
pub(crate) fn dispatch(cli: &Cli, console: &Console) -> Result<Exit, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Run(args) => run::run(args, global, console),
        Command::Ingest(args) => stage::ingest(args, global, console),
        Command::Normalize(args) => stage::normalize(args, global, console),
        Command::Analyze(args) => stage::analyze(args, global, console),
        Command::Report(args) => stage::report(args, global, console),
        Command::Status(args) => status::status(args, global, console),
        Command::Explain(args) => explain::run(args, global, console),
        Command::Compare(args) => compare::run(args, global, console),
        Command::Pack(args) => archive::pack_study(args, global, console),
        Command::Verify(args) => archive::verify(args, global, console),
        Command::Completions { shell } => manual::completions(*shell, console),
        Command::Man => manual::man(console),
        Command::Chart(args) => chart::chart(args, global, console),
        Command::Check(args) => check::check(args, global, console),
        Command::Items(args) => items::items(args, global, console),
        Command::Estimate(args) => estimate::estimate(args, global, console),
        Command::Cluster(args) => cluster::cluster(args, console),
        Command::Plan(args) => plan::plan(args, global, console),
        Command::Synth(args) => synth::synth(args, global, console),
        Command::Sums(args) => sums::sums(args, global, console),
        Command::Sql { name } => sql::sql(name.as_deref(), console),
        Command::Tables => tables::tables(console),
        Command::Codebook(args) => codebook::codebook(args, global, console),
    }
}
