//! What was found wrong or doubtful on the way.

use crate::words::Severity;

crate::words! {
    /// Which stage made the finding.
    pub enum Stage {
        /// While the exports and the register were read.
        Ingest = "ingest",
        /// While meaning was read into what was delivered.
        Normalize = "normalize",
    }
}

crate::words! {
    /// Which rule made the finding.
    pub enum Rule {
        /// A source cannot be opened or read as what it claims to be.
        UnreadableFile = "unreadable-file",
        /// A source holds no response.
        EmptyExport = "empty-export",
        /// The study file names a source that is not there.
        MissingFile = "missing-file",
        /// No reader recognises the source.
        UnknownFormat = "unknown-format",
        /// A text holds a character that no document can print; it was replaced.
        UnprintableText = "unprintable-text",
        /// A response names no organisation.
        NoOrganisation = "no-organisation",
        /// A response names an organisation that the register does not hold.
        UnknownOrganisation = "unknown-organisation",
        /// The number of an organisation was repaired, as where leading zeros were lost.
        RepairedNumber = "repaired-number",
        /// An organisation answered that was not asked.
        NotAsked = "not-asked",
        /// A respondent did not finish; what was answered is kept.
        IncompleteResponse = "incomplete-response",
        /// An organisation answered more than once; the study's rule says which response counts.
        DuplicateResponse = "duplicate-response",
        /// A preview or test response was left out.
        TestResponse = "test-response",
        /// A correction was applied to what was delivered.
        Corrected = "corrected",
        /// A correction names a cell that does not hold, or no longer holds, what it corrects.
        StaleCorrection = "stale-correction",
        /// The structure of a questionnaire cannot be read, or does not fit the export.
        Structure = "structure",
        /// A text file has no heading row, and its columns stand under their place.
        NoHeading = "no-heading",
        /// Numbers were read as yes and no, by what else the column holds.
        YesNoNumbers = "yes-no-numbers",
        /// Codes of answers were read as levels in the order that the cells of the source prove.
        AnswerCodes = "answer-codes",
        /// A question code of an earlier wave now asks for something else.
        CodeReused = "code-reused",
        /// A workbook was handed in as the template had it.
        UntouchedWorkbook = "untouched-workbook",
        /// A question is in no map and no codebook, and was not read as an answer.
        UnmappedQuestion = "unmapped-question",
        /// No question of a source has an item, so that none of its answers is read.
        NothingMapped = "nothing-mapped",
        /// A row of an item map names a question or option that no file of its source has.
        UnmetMapRow = "unmet-map-row",
        /// Several columns have the heading of one question; only the first is read.
        SecondColumn = "second-column",
        /// A norm code of a known prefix that the codebook does not hold; kept as a working title.
        UnknownNorm = "unknown-norm",
        /// A file declares a code missing and does not say why.
        DeclaredMissing = "declared-missing",
        /// The encoding of a text was guessed.
        GuessedEncoding = "guessed-encoding",
        /// A formula stands in a cell without the value that it gave.
        UncomputedFormula = "uncomputed-formula",
        /// An answer is not on its scale.
        InvalidAnswer = "invalid-answer",
        /// A label is on no scale and is no option, so that all answers with it are lost.
        UnreadLabel = "unread-label",
        /// A text may not be kept and was withheld.
        WithheldText = "withheld-text",
        /// The register masks a pupil count.
        MaskedCount = "masked-count",
        /// An organisation answered under a number that the register's history replaces; its successor's is used.
        SucceededNumber = "succeeded-number",
        /// Organisations merged, split or were renumbered between two waves.
        Succession = "succession",
        /// The register's history does not add up.
        HistoryConflict = "history-conflict",
        /// The register lists an organisation more than once in a way that does not add up.
        RegisterConflict = "register-conflict",
        /// A stratum of the register has no respondent, and its organisations are represented by no one.
        EmptyStratum = "empty-stratum",
        /// Weights could not be calibrated to the margins that the study names.
        Calibration = "calibration",
        /// A setting of the study file is allowed and protects nobody, or leaves nothing to publish.
        DoubtfulSetting = "doubtful-setting",
    }
}

table! {
    /// Something wrong or doubtful, and what to do about it.
    pub struct Finding, "findings", one row per "thing found wrong or doubtful", key [] {
        /// How grave it is.
        severity: Severity;
        /// Stage that found it.
        stage: Stage;
        /// Rule that found it.
        rule: Rule;
        /// Wave of the measurement; absent when it concerns the whole study.
        wave: Option<String>;
        /// Path of the file, relative to the study file.
        source: Option<String>;
        /// Sheet of a workbook.
        sheet: Option<String>;
        /// Row in the file or sheet, the first row being 1.
        row: Option<i64>, "rows";
        /// Column: its letters in a workbook, its heading in a text file.
        column: Option<String>;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: Option<String>;
        /// Norm or question code.
        item: Option<String>;
        /// What was found and what was expected.
        message: String;
        /// What to do.
        hint: String;
    }
}

/// A place in a delivered file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path of the file, relative to the study file.
    pub source: String,
    /// Sheet of a workbook; empty for text files.
    pub sheet: String,
    /// Row in the file or sheet, the first row being 1; absent when the whole file is meant.
    pub row: Option<i64>,
    /// Column: its letters in a workbook, its heading in a text file; empty when the whole row is meant.
    pub column: String,
}

impl Place {
    /// The whole of a file.
    pub fn file(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            ..Self::default()
        }
    }

    /// A cell or a row of a file.
    pub fn cell(source: impl Into<String>, sheet: impl Into<String>, row: i64, column: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            sheet: sheet.into(),
            row: Some(row),
            column: column.into(),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.source)?;
        if !self.sheet.is_empty() {
            write!(f, ", sheet `{}`", self.sheet)?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if !self.column.is_empty() {
            write!(f, ", column `{}`", self.column)?;
        }
        Ok(())
    }
}

impl Finding {
    /// Starts a finding with what was found and what to do; the place and the subject are added to it.
    pub fn new(severity: Severity, rule: Rule, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity,
            stage: Stage::Ingest,
            rule,
            wave: None,
            source: None,
            sheet: None,
            row: None,
            column: None,
            organisation: None,
            item: None,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Adds where it was found.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Self {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.source = filled(&place.source);
        self.sheet = filled(&place.sheet);
        self.row = place.row;
        self.column = filled(&place.column);
        self
    }

    /// Says which stage found it; a finding is the ingest stage's until somebody says otherwise.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// Adds the wave.
    #[must_use]
    pub fn wave(mut self, wave: &str) -> Self {
        self.wave = Some(wave.to_owned());
        self
    }

    /// Adds the organisation, as the tables name it.
    #[must_use]
    pub fn organisation(mut self, organisation: &str) -> Self {
        self.organisation = Some(organisation.to_owned());
        self
    }

    /// Adds the norm or question.
    #[must_use]
    pub fn item(mut self, item: &str) -> Self {
        self.item = Some(item.to_owned());
        self
    }

    /// The place of the finding, for a message.
    pub fn place(&self) -> Place {
        Place {
            source: self.source.clone().unwrap_or_default(),
            sheet: self.sheet.clone().unwrap_or_default(),
            row: self.row,
            column: self.column.clone().unwrap_or_default(),
        }
    }

    /// Order of reading: worst first, then by rule and place.
    pub fn sort(findings: &mut [Finding]) {
        findings.sort_by(|a, b| {
            let key = |f: &Finding| {
                (
                    f.severity,
                    f.rule,
                    f.wave.clone(),
                    f.place(),
                    f.organisation.clone(),
                    f.item.clone(),
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
    }
}
