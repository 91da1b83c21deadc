//! The same study written wholly in one format: which formats there are, and what each must deliver.
//!
//! To add a format: a variant of [`Export`], a module with a unit struct that implements [`Writer`], and its arm
//! in [`Export::writer`]. A writer gets every response of a questionnaire in order of submission and writes it as
//! its tool would; boards, answers and the key of the pseudonyms are drawn before a writer is chosen, so the same
//! seed gives the same study in every format. Only finished responses are written: some tools deliver no others,
//! and the levels must come out alike. Which states a format cannot say is listed in `docs/formats.md`.

use crate::Error;
use crate::delivery::Response;
use crate::maturity::Given;
use crate::moment::Moment;
use crate::{dta, forms, googleforms, limesurvey, qualtrics, sav, surveymonkey, tidy, workbook};
use nulmeting_study::Framework;
use nulmeting_study::framework::LevelName;

nulmeting_study::words! {
    /// A format in which the whole study can be written.
    pub enum Export {
        /// LimeSurvey CSV, headings by code.
        LimeSurvey = "limesurvey",
        /// Qualtrics CSV with three heading rows and the survey's QSF.
        Qualtrics = "qualtrics",
        /// Microsoft Forms workbook.
        MsForms = "msforms",
        /// Google Forms CSV.
        GoogleForms = "googleforms",
        /// SurveyMonkey CSV, expanded.
        SurveyMonkey = "surveymonkey",
        /// A self-assessment workbook per response.
        Workbook = "workbook",
        /// SPSS data file, compressed by byte codes.
        Sav = "sav",
        /// Stata data file of version 118.
        Dta = "dta",
        /// A plain CSV with a row per answer.
        Tidy = "tidy",
    }
}

impl Export {
    pub(crate) fn writer(self) -> &'static dyn Writer {
        match self {
            Export::LimeSurvey => &limesurvey::Csv,
            Export::Qualtrics => &qualtrics::Csv,
            Export::MsForms => &forms::Book,
            Export::GoogleForms => &googleforms::Csv,
            Export::SurveyMonkey => &surveymonkey::Csv,
            Export::Workbook => &workbook::Books,
            Export::Sav => &sav::File,
            Export::Dta => &dta::File,
            Export::Tidy => &tidy::Csv,
        }
    }
}

/// What writes responses as one tool does.
pub(crate) trait Writer {
    /// The files of a questionnaire, and how the study file names them.
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error>;
}

/// The responses to one questionnaire.
pub(crate) struct Batch<'a> {
    pub(crate) framework: &'a Framework,
    /// Finished responses, in order of submission.
    pub(crate) responses: &'a [Response],
    /// When the questionnaire was opened.
    pub(crate) opening: Moment,
    pub(crate) wave: &'a str,
    /// Name of the files of this questionnaire, without ending.
    pub(crate) stem: &'a str,
}

impl Batch<'_> {
    /// When a response was begun and when it was sent in, by its place.
    pub(crate) fn moments(&self, index: usize) -> (Moment, Moment) {
        let start = self.opening.later(index as i64 * 9_000);
        (start, start.later(1_980))
    }

    /// A path among the delivered files of the wave.
    pub(crate) fn path(&self, ending: &str) -> String {
        format!("raw/{}/{}{ending}", self.wave, self.stem)
    }

    /// A path for the item map of the wave; questionnaires of one wave share it.
    pub(crate) fn map(&self) -> String {
        format!("maps/{}.csv", self.wave)
    }
}

/// What a writer wrote.
#[derive(Default)]
pub(crate) struct Written {
    /// Files by path.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The source entry's path or pattern.
    pub(crate) path: String,
    /// The question or cell that names the board.
    pub(crate) organisation: String,
    /// Path of the item map, where codes or texts are not norm codes.
    pub(crate) items: Option<String>,
    /// Path of the structure of the questionnaire.
    pub(crate) structure: Option<String>,
}

impl Written {
    /// The entry of the study file.
    pub(crate) fn entry(&self, assessor: Option<&str>) -> String {
        let mut text = format!(
            "\n[[wave.source]]\npath = \"{}\"\norganisation = \"{}\"\n",
            self.path, self.organisation
        );
        let keys = [("items", &self.items), ("structure", &self.structure)];
        for (key, value) in keys {
            if let Some(value) = value {
                text += &format!("{key} = \"{value}\"\n");
            }
        }
        if let Some(assessor) = assessor {
            text += &format!("assessor = \"{assessor}\"\n");
        }
        text
    }
}

/// The question that names the board, in words.
pub(crate) const ORGANISATION: &str = "Wat is het bestuursnummer van uw organisatie?";

/// The label of an answer on a norm in a questionnaire with labels; absent when nothing was answered.
pub(crate) fn label(framework: &Framework, given: &Given) -> Option<String> {
    Some(match given {
        Given::Level(level) => {
            let name = framework.levels.iter().find(|own: &&LevelName| own.number == *level);
            format!("{level} - {}", name.map_or("", |own| &own.name.nl))
        }
        Given::Pass(passed) => if *passed { "Ja" } else { "Nee" }.to_owned(),
        Given::NotApplicable => "N.v.t.".to_owned(),
        Given::DontKnow => "Weet niet".to_owned(),
        Given::Invalid(text) => text.clone(),
        Given::Skipped | Given::NotAsked => return None,
    })
}

/// The key of a response in a tool that numbers them: there are gaps where the organisers tested.
pub(crate) fn key(index: usize) -> usize {
    index + 4 + index / 9
}

/// The question under which the norms of a domain are put together.
pub(crate) fn domain_question(framework: &Framework, domain: &str) -> String {
    let name = framework.domain(domain).map_or(domain, |own| own.name.nl.as_str());
    format!("Welk niveau heeft uw organisatie op elke norm van {name}?")
}
