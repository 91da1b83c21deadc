//! The program `nulmeting`: the only crate that prints, exits and writes into the output folder.
//!
//! In reading order: the arguments, the console, the study as loaded, the stages over their tables, the outputs,
//! where they come from, and one module per command. Nothing is computed here that a stage could compute.

mod args;
mod codebooks;
mod commands;
mod console;
mod dictionary;
mod exit;
mod help;
mod lineage;
mod loaded;
mod log;
mod outputs;
mod pipeline;
mod read_texts;
mod scanned;
mod stages;
mod table;

use args::Cli;
use clap::FromArgMatches;
use console::Console;
use exit::Exit;
use std::process::ExitCode;

/// In one file for any Linux the C library is musl, whose own allocator lets threads wait for each other.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let parsed = help::command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not mistakes; clap knows which stream each belongs to.
            let wrong = error.use_stderr();
            return match error.print() {
                Ok(()) if !wrong => Exit::Done.into(),
                _ => Exit::Usage.into(),
            };
        }
    };
    let console = Console::new(&cli.global);
    if let Some(threads) = cli.global.threads
        && rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .is_err()
    {
        console.note("the number of threads could not be set; all processors are used");
    }
    match commands::dispatch(&cli, &console) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console.error(&failure);
            failure.exit.into()
        }
    }
}
