//! One module per command.

mod check;
pub(crate) mod cluster;
mod codebook;
pub(crate) mod estimate;
mod items;
mod run;
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
        Command::Ingest(args) => run::ingest(args, global, console),
        Command::Normalize(args) => run::normalize(args, global, console),
        Command::Analyze(args) => run::analyze(args, global, console),
        Command::Report(args) => run::report(args, global, console),
        Command::Check(args) => check::check(args, global, console),
        Command::Items(args) => items::items(args, global, console),
        Command::Estimate(args) => estimate::estimate(args, global, console),
        Command::Cluster(args) => cluster::cluster(args, console),
        Command::Synth(args) => synth::synth(args, global, console),
        Command::Tables => tables::tables(console),
        Command::Codebook(args) => codebook::codebook(args, global, console),
    }
}
