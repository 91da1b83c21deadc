//! The closed lists: every word that a column or a key may hold, each with what it means.

/// Declares an enumeration whose members are written as one word each.
///
/// From one declaration come the enum, its spelling in files, the parser, and the list of allowed values
/// with their meanings that the data dictionary prints.
#[macro_export]
macro_rules! words {
    ($(#[doc = $about:literal])+ pub enum $name:ident { $($(#[doc = $meaning:literal])+ $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $meaning])+ $variant),+ }

        impl $name {
            /// Every member in its declared order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every allowed word with its meaning.
            pub const WORDS: &'static [$crate::table::Word] = &[
                $($crate::table::Word { word: $word, meaning: concat!($($meaning),+) }),+
            ];
            /// The word as files spell it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!("`{other}` is none of {}", [$(concat!("`", $word, "`")),+].join(", "))),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(source)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                target.serialize_str(self.word())
            }
        }

        impl $crate::table::Cell for $name {
            const KIND: $crate::table::Kind = $crate::table::Kind::Text;
            const WORDS: &'static [$crate::table::Word] = Self::WORDS;
            fn put(&self, values: &mut $crate::table::Values) {
                values.push_text(Some(self.word()));
            }
            fn take(values: &$crate::table::Values, row: usize) -> Result<Self, String> {
                values.text(row).ok_or("a missing value")?.parse()
            }
        }
    };
}

words! {
    /// What became of one question to one respondent: an answer, or the reason why there is none.
    pub enum Status {
        /// An answer was given and is on its scale.
        Answered = "answered",
        /// The respondent said that the item does not apply to the organisation.
        NotApplicable = "not_applicable",
        /// The respondent said not to know.
        DontKnow = "dont_know",
        /// The question was shown, or may have been shown, and was left empty.
        Skipped = "skipped",
        /// The question was not put to this respondent.
        NotAsked = "not_asked",
        /// The respondent declined to answer.
        Refused = "refused",
        /// Something was answered that is not on the scale.
        Invalid = "invalid",
    }
}

words! {
    /// What an answer is made of.
    pub enum AnswerKind {
        /// A maturity level on the framework's scale.
        Level = "level",
        /// A test that is passed or not.
        Pass = "pass",
        /// One option of a question, chosen or not.
        Choice = "choice",
        /// A number that the respondent typed.
        Number = "number",
        /// Text that the respondent typed.
        Text = "text",
    }
}

words! {
    /// Who gave the level.
    pub enum Assessor {
        /// The organisation assessed itself.
        Own = "self",
        /// The self-assessment was validated by others, as in a peer review.
        Validated = "validated",
    }
}

words! {
    /// How grave a finding is.
    pub enum Severity {
        /// Something was lost or cannot be used.
        Error = "error",
        /// Something was kept, and someone should look at it.
        Warning = "warning",
        /// Something was handled by a stated rule.
        Note = "note",
    }
}

words! {
    /// How the organisations of a wave came to be asked; it decides what may be said of the others.
    pub enum Selection {
        /// Drawn by chance from the register.
        Random = "random",
        /// Everyone was asked.
        Census = "census",
        /// They came forward or were picked: inference rests on an assumption.
        Volunteer = "volunteer",
    }
}

words! {
    /// How sure a row of the framework is.
    pub enum Standing {
        /// Read on an official page or list.
        Official = "official",
        /// Derived from an official address or reference.
        Derived = "derived",
        /// Ours until the official text is known.
        WorkingTitle = "working-title",
    }
}

words! {
    /// What is done with a stratum in which one unit answered.
    pub enum Lonely {
        /// It is an error that names the stratum.
        Fail = "fail",
        /// It contributes no variance.
        Remove = "remove",
        /// It is taken as certain to be drawn and contributes no variance.
        Certainty = "certainty",
        /// It contributes the mean variance of the other strata.
        Average = "average",
        /// It is centred on the mean of the whole sample.
        Adjust = "adjust",
    }
}

words! {
    /// Which test compares groups.
    pub enum TestKind {
        /// Rao and Scott's second-order corrected chi-square: whether the distribution differs between groups.
        RaoScott = "rao_scott",
        /// Wilcoxon's rank test under the design: whether one group tends to be higher than the rest.
        Rank = "rank",
        /// The t test under the design: whether the means of two groups differ.
        Pair = "t",
    }
}

words! {
    /// Which units an estimate counts.
    pub enum Base {
        /// Every organisation counts once.
        Organisations = "organisations",
        /// Every organisation counts by its pupils.
        Pupils = "pupils",
    }
}

words! {
    /// What an estimate is about.
    pub enum Scope {
        /// One norm.
        Norm = "norm",
        /// One domain.
        Domain = "domain",
        /// One axis of the typology.
        Axis = "axis",
        /// All norms of one part of the framework.
        All = "all",
    }
}

words! {
    /// How far an estimate can be relied on.
    pub enum Reliability {
        /// It meets the presentation rules.
        Ok = "ok",
        /// It can be shown with its interval and a word of warning.
        Caution = "caution",
        /// It says little about the organisations that did not answer.
        Unreliable = "unreliable",
    }
}

words! {
    /// Which organisations a change is about.
    pub enum Boards {
        /// Everyone who answered in either wave: the sector then against the sector now.
        All = "all",
        /// Those who answered in both waves only.
        Returning = "returning",
        /// Those who answered both versions of the framework at one moment: the number is the size of the break, not a change.
        Bridge = "bridge",
    }
}

words! {
    /// Whether the numbers of two waves measure the same thing.
    pub enum Comparability {
        /// The same norms, on the same scale, against the same targets.
        Same = "same",
        /// Compared on what both versions of the framework share.
        Mapped = "mapped",
        /// They do not compare: there is a break in the series.
        Break = "break",
    }
}

words! {
    /// Whom a change speaks for.
    pub enum SpeaksFor {
        /// All organisations of the register: both waves were sampled at random or asked everyone.
        Register = "register",
        /// The organisations that took part only: in one of the waves they came forward themselves.
        Participants = "participants",
    }
}

words! {
    /// What became of an organisation in the register.
    pub enum SuccessionKind {
        /// It became part of another.
        Merger = "merger",
        /// It was divided over several.
        Split = "split",
        /// It went on under another number.
        Renumbering = "renumbering",
    }
}

words! {
    /// The language of what is published.
    pub enum Language {
        /// Dutch.
        Nl = "nl",
        /// English.
        En = "en",
    }
}

words! {
    /// Which answer counts when several respondents answered for one organisation.
    pub enum Respondents {
        /// The last complete response; failing that, the last one.
        Last = "last",
        /// The lowest level that any of them gave.
        Lowest = "lowest",
        /// The highest level that any of them gave.
        Highest = "highest",
        /// The middle level; of two middle ones the lower.
        Median = "median",
    }
}

impl Respondents {
    /// Which of several answers counts, as a place in the answers from low to high.
    ///
    /// Shape: `answers` is their number, at least 1; of two middle ones the lower.
    pub const fn place(self, answers: u64) -> u64 {
        match self {
            Self::Highest => answers - 1,
            Self::Lowest => 0,
            Self::Last | Self::Median => (answers - 1) / 2,
        }
    }
}

words! {
    /// What is done with a response of a doubtful kind.
    pub enum Handling {
        /// It is read like any other.
        Keep = "keep",
        /// It is left out.
        Drop = "drop",
    }
}

words! {
    /// Which of several responses under one token is read.
    pub enum SameToken {
        /// The last finished one; failing that, the last one.
        Last = "last",
        /// The first finished one; failing that, the first one.
        First = "first",
        /// All of them.
        Keep = "keep",
    }
}

words! {
    /// What a delivered cell holds before anyone reads meaning into it.
    pub enum CellState {
        /// Something is written in it.
        Filled = "filled",
        /// The question was shown and nothing was written.
        Empty = "empty",
        /// The question was not shown to this respondent.
        NotShown = "not_shown",
        /// Nothing is written, and the format cannot say whether the question was shown.
        Unknown = "unknown",
        /// The cell still holds what the template put there.
        Untouched = "untouched",
        /// Something is written that the file itself declares to be no answer.
        Declared = "declared_missing",
    }
}

/// Nothing is known of a cell until a reader says so.
impl Default for CellState {
    fn default() -> Self {
        Self::Unknown
    }
}
