//! What can keep a report from being made.

/// A report that cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The study has no wave, or none whose framework is known.
    #[error(
        "wave `{wave}` has no framework; expected one for every wave\n  at   the study file\n  hint name the codebook of the wave"
    )]
    NoFramework {
        /// The wave.
        wave: String,
    },
    /// A text for readers is missing.
    #[error(
        "no text `{key}`; expected one for every sentence of the report\n  at   reports/texts/{language}.toml\n  hint add the key"
    )]
    NoText {
        /// Key of the text.
        key: String,
        /// Language whose file lacks it.
        language: String,
    },
    /// A text or template cannot be filled in.
    #[error(
        "cannot fill in `{key}`; expected only placeholders that the report knows\n  at   reports/\n  hint check the names between {{{{ and }}}}"
    )]
    Text {
        /// Key of the text, or name of the template.
        key: String,
        /// What the template engine says.
        #[source]
        cause: minijinja::Error,
    },
    /// A file of texts or the theme is no TOML of the expected shape.
    #[error("cannot read `{file}`\n  hint compare it with the shipped file under reports/")]
    File {
        /// Path: under `reports/`, or as the study file gives it.
        file: String,
        /// What the parser says.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// A theme that cannot be used.
    #[error("{found}; expected {expected}\n  at   {file}\n  hint change the theme")]
    Theme {
        /// Path: under `reports/`, or as the study file gives it.
        file: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A text of a study's own that cannot be used.
    #[error("text `{key}`: {found}; expected {expected}\n  at   {file}\n  hint {hint}")]
    OwnText {
        /// Path, as the study file gives it.
        file: String,
        /// Key of the text.
        key: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
        /// What to do.
        hint: String,
    },
    /// Something was asked for by a name that nothing has.
    #[error("no {what} `{asked}`; expected one of {known}\n  hint choose one of these names")]
    Unknown {
        /// What was asked for.
        what: &'static str,
        /// The name.
        asked: String,
        /// The names there are.
        known: String,
    },
    /// A figure cannot be drawn.
    #[error("cannot draw figure `{figure}`: {reason}")]
    Figure {
        /// Name of the figure.
        figure: String,
        /// What failed.
        reason: String,
    },
    /// A document cannot be set as PDF.
    #[error(
        "cannot set `{document}` as PDF: {reason}; expected a template that Typst can set\n  at   reports/templates/report.typ\n  hint compare it with the shipped file"
    )]
    Pdf {
        /// Name of the document.
        document: String,
        /// What the library says.
        reason: String,
    },
    /// The Word document cannot be written.
    #[error("cannot write the Word document: {0}")]
    Word(String),
    /// The workbook cannot be written.
    #[error("cannot write the workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}
