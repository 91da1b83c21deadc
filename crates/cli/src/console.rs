//! Where words leave the program: data to stdout, messages to stderr.

use crate::args::{Colour, Format, Global};
use crate::exit::Failure;
use std::io::{IsTerminal, Write, stderr, stdout};

/// What may be said, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    format: Format,
    quiet: bool,
    verbose: bool,
    coloured: bool,
}

impl Console {
    /// A console that follows the flags and `NO_COLOR`.
    pub(crate) fn new(global: &Global) -> Self {
        let coloured = match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        Self {
            format: global.format,
            quiet: global.quiet,
            verbose: global.verbose,
            coloured,
        }
    }

    /// A console that says nothing, for work within another command.
    pub(crate) fn silent() -> Self {
        Self {
            format: Format::Human,
            quiet: true,
            verbose: false,
            coloured: false,
        }
    }

    /// Whether results are for scripts.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Whether a progress bar may be drawn.
    pub(crate) fn may_draw(self) -> bool {
        !self.quiet && stderr().is_terminal()
    }

    /// Prints a result.
    ///
    /// A reader that closes the pipe early, as `head` does, has had what it wanted: that is no failure.
    pub(crate) fn data(self, text: &str) {
        let mut out = stdout().lock();
        let _ = writeln!(out, "{}", text.trim_end_matches('\n'));
    }

    /// Prints a value as JSON.
    pub(crate) fn json(self, value: &impl serde::Serialize) -> Result<(), Failure> {
        self.data(&serde_json::to_string_pretty(value).map_err(Failure::unexpected)?);
        Ok(())
    }

    /// Prints a message.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(stderr().lock(), "{text}");
        }
    }

    /// Prints a message for whoever asked for more.
    pub(crate) fn detail(self, text: &str) {
        if self.verbose {
            self.note(text);
        }
    }

    /// Prints why a command could not end well.
    pub(crate) fn error(self, failure: &Failure) {
        let (start, end) = if self.coloured {
            ("\u{1b}[1;31m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        if self.is_json() {
            let value = serde_json::json!({ "error": failure.message, "exit": failure.exit as u8 });
            let _ = writeln!(stderr().lock(), "{value}");
        } else {
            let _ = writeln!(stderr().lock(), "{start}error{end}: {}", failure.message);
        }
    }
}
