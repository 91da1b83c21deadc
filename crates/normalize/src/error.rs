//! Why the stage could not go on.

/// Why the tables could not be made.
///
/// Every error says where, what was found, what was expected, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key of the pseudonyms could be guessed.
    #[error(
        "the key of the pseudonyms {fault}; expected 32 bytes drawn at random, in base64 or hexadecimal\n  at   key `study.pseudonym_key`\n  hint make one with `head -c 32 /dev/urandom | base64 > keys/pseudonym.key`"
    )]
    WeakKey {
        /// What is wrong with it; never the key.
        fault: String,
    },
    /// The key of the pseudonyms is known to everybody.
    #[error(
        "the key of the pseudonyms is public: it comes with the example study or from `nulmeting synth`; expected a key of your own\n  at   key `study.pseudonym_key`\n  hint make one with `head -c 32 /dev/urandom | base64 > keys/pseudonym.key`; only where all data are made up, `study.invented = true` takes this one"
    )]
    PublicKey,
    /// Two organisations would stand under one pseudonym.
    #[error(
        "two organisations share the pseudonym `{pseudonym}`; expected one each\n  at   the register\n  hint make another key: the chance that this happens twice is negligible"
    )]
    SharedPseudonym {
        /// The pseudonym.
        pseudonym: String,
    },
    /// The same organisation stands twice in the register of a wave.
    #[error(
        "organisation `{organisation}` stands twice in the register; expected one row\n  at   wave `{wave}`\n  hint join its rows before normalizing; if the numbers differ, make another pseudonym key"
    )]
    TwiceInRegister {
        /// The wave.
        wave: String,
        /// The organisation as the tables name it.
        organisation: String,
    },
    /// A table names a wave that the study file does not.
    #[error(
        "the rows name wave `{wave}`; expected a wave of the study file\n  at   the tables of the stage before\n  hint ingest the study again"
    )]
    UnknownWave {
        /// The wave.
        wave: String,
    },
    /// A wave has no framework.
    #[error(
        "no framework; expected one for each wave\n  at   wave `{wave}`\n  hint name a codebook under `framework` in the study file"
    )]
    NoFramework {
        /// The wave.
        wave: String,
    },
    /// A delivered file belongs to no source of its wave.
    #[error(
        "no source of the study file fits; expected one whose `path` does\n  at   wave `{wave}`, {source_path}\n  hint ingest the study again"
    )]
    NoSource {
        /// The wave.
        wave: String,
        /// Path of the file, relative to the study file.
        source_path: String,
    },
    /// Too many answers of a source cannot be read, or the answers to one label.
    #[error(
        "{found}; expected at most {most} unreadable, and a fifth of that by one text\n  at   wave `{wave}`, {source_path}\n  hint {hint}; or let the run go on with `unreadable = 1.0` under `[responses]` in the study file"
    )]
    LostAnswers {
        /// The wave.
        wave: String,
        /// Path of the file, relative to the study file.
        source_path: String,
        /// What was found.
        found: String,
        /// The most that the study allows.
        most: String,
        /// What to do.
        hint: String,
    },
    /// Answers that differ in more ways than can be counted.
    #[error(
        "{found}; expected fewer\n  at   wave `{wave}`\n  hint look at the item maps: a column of free texts may be mapped to a question"
    )]
    TooMany {
        /// The wave.
        wave: String,
        /// What was found.
        found: String,
    },
}
