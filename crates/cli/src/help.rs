//! The help of each command: only the shared flags that change what the command does.
//!
//! Every command takes every shared flag, so that a script can hold them for all its commands; a flag that does nothing
//! in a command is not shown there.

use crate::args::Cli;
use clap::{Command, CommandFactory};

/// The shared flags that are shown everywhere: how anything is printed, and with how many threads.
const EVERYWHERE: &[&str] = &["format", "threads", "quiet", "verbose", "color"];

/// The other shared flags, by command.
const BY_COMMAND: &[(&str, &[&str])] = &[
    ("run", &["out", "language", "public", "csv", "documents", "seed"]),
    ("ingest", &["out"]),
    ("normalize", &["out"]),
    ("analyze", &["out", "seed"]),
    ("report", &["out", "language", "public", "csv", "documents", "seed"]),
    ("chart", &["out", "language", "public", "seed"]),
    ("status", &["out", "language", "public", "csv", "documents", "seed"]),
    ("explain", &["out", "seed"]),
    ("pack", &["out", "language", "public", "csv", "documents", "seed"]),
    ("synth", &["out", "seed"]),
    ("sums", &["out"]),
    ("estimate", &["seed"]),
    ("codebook", &["out"]),
];

/// The program's arguments with the help of each command cut to what counts there.
pub(crate) fn command() -> Command {
    let mut program = Cli::command();
    let shared: Vec<clap::Arg> = program
        .get_arguments()
        .filter(|flag| flag.is_global_set())
        .cloned()
        .collect();
    for command in program.get_subcommands_mut() {
        let shown = BY_COMMAND.iter().find(|(name, _)| *name == command.get_name());
        let shown = shown.map_or(&[][..], |(_, flags)| flags);
        let hidden = shared.iter().filter(|flag| {
            let name = flag.get_id().as_str();
            !EVERYWHERE.contains(&name) && !shown.contains(&name)
        });
        // A flag that a command has already is not handed down to it again.
        let mut cut = std::mem::take(command);
        for flag in hidden {
            cut = cut.arg(flag.clone().hide(true));
        }
        *command = cut;
    }
    program
}

#[cfg(test)]
mod tests {
    use super::{BY_COMMAND, command};
    use crate::args::Cli;
    use clap::{CommandFactory, FromArgMatches};

    #[test]
    fn commands_and_flags_that_are_listed_exist() {
        let program = Cli::command();
        for (name, flags) in BY_COMMAND {
            assert!(program.find_subcommand(name).is_some(), "{name}");
            for flag in *flags {
                assert!(program.get_arguments().any(|own| own.get_id() == flag), "{flag}");
            }
        }
    }

    #[test]
    fn a_flag_that_does_nothing_in_a_command_is_taken_and_not_shown() {
        let mut program = command();
        // Global flags are handed to the commands when the program is built.
        program.build();
        let tables = program
            .find_subcommand_mut("tables")
            .unwrap()
            .render_long_help()
            .to_string();
        assert!(!tables.contains("--csv") && tables.contains("--format"), "{tables}");
        let matches = command()
            .try_get_matches_from(["nulmeting", "tables", "--language", "en", "--seed", "7"])
            .unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        assert_eq!(cli.global.seed, Some(7));
        let run = command().try_get_matches_from(["nulmeting", "--seed", "7", "run", "study.toml", "--public"]);
        let cli = Cli::from_arg_matches(&run.unwrap()).unwrap();
        assert!(cli.global.seed == Some(7) && cli.global.public);
    }

    /// The help of the program and of every command as one page.
    fn page() -> String {
        let mut program = command().term_width(100);
        program.build();
        let names: Vec<String> = program.get_subcommands().map(|own| own.get_name().to_owned()).collect();
        let mut text = format!(
            "# Commands\n\nWhat `--help` prints; written by `just gen`.\n\n```text\n{}```\n",
            program.render_help()
        );
        for name in names.iter().filter(|name| *name != "help") {
            let help = program.find_subcommand_mut(name).unwrap().render_help();
            text.push_str(&format!("\n## {name}\n\n```text\n{help}```\n"));
        }
        text
    }

    #[test]
    fn the_page_of_commands_is_what_help_prints() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
        if std::env::var_os("NULMETING_WRITE_DOCS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == page(),
            "docs/commands.md is not what `--help` prints: run `just gen`"
        );
    }
}
