//! How the program ends.

use std::process::ExitCode;

/// The exit codes; scripts may rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: all outputs were written, whatever the findings.
    Done = 0,
    /// 1: a stage could not go on because of the data, or `check` found an error.
    Data = 1,
    /// 2: wrong usage or study file.
    Usage = 2,
    /// 3: something unexpected.
    Unexpected = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// Where, found, expected, and what to do.
    pub(crate) message: String,
}

impl Failure {
    /// A failure because of the data.
    pub(crate) fn data(cause: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::Data,
            message: cause.to_string(),
        }
    }

    /// A failure because of wrong usage or a wrong study file.
    pub(crate) fn usage(cause: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: cause.to_string(),
        }
    }

    /// A failure that nobody foresaw.
    pub(crate) fn unexpected(cause: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::Unexpected,
            message: cause.to_string(),
        }
    }

    /// A failure to read a file that the user named.
    pub(crate) fn reading(path: &std::path::Path, cause: &std::io::Error) -> Self {
        if cause.kind() == std::io::ErrorKind::InvalidData {
            return Self::usage(format!(
                "is no text in UTF-8; expected a text in UTF-8\n  at   {}\n  hint open it in an editor and save it with the encoding UTF-8",
                path.display()
            ));
        }
        Self::usage(format!(
            "cannot be read: {cause}; expected a file\n  at   {}\n  hint check the path and its rights",
            path.display()
        ))
    }

    /// A failure to write an output.
    pub(crate) fn writing(path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self::unexpected(format!(
            "cannot be written: {cause}; expected a folder with room and rights\n  at   {}\n  hint choose another folder with `--out`",
            path.display()
        ))
    }
}
