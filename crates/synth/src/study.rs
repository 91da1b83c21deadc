//! The whole study, file by file.

use crate::codebook::{self, Version};
use crate::delivery::{self, Delivery, Ground, Workbook};
use crate::draw::{Draws, Purpose};
use crate::export::{Batch, Export};
use crate::maturity::{self, Given, Maturity};
use crate::moment::Moment;
use crate::register::{self, Board, Edition};
use crate::truth::Truth;
use crate::workbook::{NUMBER_CELL, Sheets};
use crate::{Error, Options, forms, limesurvey, map, sample};
use nulmeting_study::words::{Language, Severity};
use nulmeting_study::{Finding, Framework, Place, Rule};

/// Bytes of the workbook that is none, as a mail program leaves them.
const DAMAGED: &[u8] = b"Dit bestand kon niet worden geopend.\r\n";

/// Path of the register's history in the study.
const HISTORY: &str = "register/historie.csv";

/// Makes up a study: every file with its path, in order of path.
///
/// The study file is `nulmeting.toml`; `truth/` holds what the pipeline must recover, under real numbers.
/// Method: one stream of draws per purpose and board, so that a board keeps its answers whatever is written.
pub fn study(options: &Options) -> Result<Vec<(String, Vec<u8>)>, Error> {
    check(options)?;
    let boards = register::boards(options)?;
    let kinds = maturity::kinds(options.kinds).ok_or_else(|| Error::Options {
        found: format!("{} kinds", options.kinds),
        expected: "1 (none), 2, 3, 4 or 6",
    })?;
    let maturities: Vec<Maturity> = boards
        .iter()
        .enumerate()
        .map(|(index, board)| maturity::of_board(options.seed, index, board, kinds))
        .collect();
    let mut study = Making {
        options,
        boards: &boards,
        maturities: &maturities,
        files: Vec::new(),
        findings: Vec::new(),
        truth: Truth::new(),
        entries: String::new(),
        mergers: sample::mergers(options, &boards),
    };
    if options.waves > 1 {
        study.baseline()?;
    }
    for year in (2024..).take(options.waves.saturating_sub(1).max(1)) {
        study.sampled(year)?;
    }
    study.frame()?;
    let mut files = study.files;
    let truth = study.truth.files(study.findings);
    // What is odd about a file is written down for the mixture of tools only.
    let kept = |path: &str| options.export.is_none() || path != "truth/findings.csv";
    files.extend(truth.into_iter().filter(|(path, _)| kept(path)));
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

fn check(options: &Options) -> Result<(), Error> {
    let fault = |found: String, expected| Err(Error::Options { found, expected });
    if !(60..=90_000).contains(&options.organisations) {
        return fault(format!("{} organisations", options.organisations), "60 to 90000");
    }
    if !(1..=20).contains(&options.waves) {
        return fault(format!("{} waves", options.waves), "1 to 20");
    }
    if options.mergers > options.organisations / 200 {
        return fault(
            format!("{} mergers of {} organisations", options.mergers, options.organisations),
            "at most one for every 200",
        );
    }
    if options.mergers > 0 && options.waves < 2 {
        return fault("mergers in one wave".to_owned(), "two waves or more");
    }
    Ok(())
}

/// The entry of a wave without its sources.
fn head(entry: &str) -> &str {
    entry.split_once("\n[[wave.source]]").map_or(entry, |(head, _)| head)
}

/// A study in the making.
struct Making<'a> {
    options: &'a Options,
    boards: &'a [Board],
    maturities: &'a [Maturity],
    files: Vec<(String, Vec<u8>)>,
    findings: Vec<Finding>,
    truth: Truth,
    /// The waves of the study file.
    entries: String,
    /// Boards that became part of another after the first wave, with their successors.
    mergers: Vec<(usize, usize)>,
}

impl Making<'_> {
    fn file(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.push((path.into(), bytes.into()));
    }

    fn ground<'a>(&'a self, framework: &'a Framework, year: i64) -> Ground<'a> {
        Ground {
            seed: self.options.seed,
            year,
            framework,
            boards: self.boards,
            maturities: self.maturities,
            change: self.options.change,
        }
    }

    /// What everyone in an edition of the register would have given: what a sample is to recover.
    fn population(&mut self, framework: &Framework, edition: Edition, year: i64) {
        let ground = self.ground(framework, year);
        let listed = (0..self.boards.len()).filter(|board| edition == Edition::Older || !self.boards[*board].merged);
        let given: Vec<Vec<Given>> = listed.map(|board| ground.given(board, 0)).collect();
        self.truth.add_population(&year.to_string(), framework, &given);
    }

    /// The register's history, and who became part of whom among those that answered.
    fn history(&mut self) {
        if self.mergers.is_empty() {
            return;
        }
        let number = |board: usize| self.boards[board].number.as_str();
        let rows = self
            .mergers
            .iter()
            .map(|(from, to)| format!("2024-01-01,{},{},fusie\r\n", number(*from), number(*to)));
        let text: String = std::iter::once("datum,van,naar,soort\r\n".to_owned())
            .chain(rows)
            .collect();
        self.file(HISTORY, text);
    }

    /// The wave of the volunteers.
    fn baseline(&mut self) -> Result<(), Error> {
        let framework = codebook::framework(Version::Tests)?;
        let mut volunteers = sample::volunteers(self.options, self.boards);
        for (from, to) in &self.mergers {
            volunteers.extend(
                [from, to]
                    .into_iter()
                    .filter(|board| !volunteers.contains(board))
                    .collect::<Vec<_>>(),
            );
        }
        self.history();
        let mut delivery = delivery::baseline(self.ground(&framework, 2023), &volunteers);
        let register = register::file(self.boards, Edition::Older, Some("2023"), &mut self.findings);
        self.file(Edition::Older.path(), register);
        self.codebook(Version::Tests)?;
        let opening = Moment::opening(2023, 4);
        let entry = include_str!("../texts/wave-pass.toml");
        if let Some(export) = self.options.export {
            delivery = delivery.in_one_tool();
            self.entries += head(entry);
            self.whole(export, &framework, &delivery, "2023", opening)?;
        } else {
            self.file("maps/limesurvey-2023.csv", map::limesurvey(&framework));
            self.survey(&framework, &delivery, "raw/2023/limesurvey.csv", "2023", opening);
            self.entries += entry;
        }
        self.truth.add("2023", &framework, self.boards, &delivery);
        self.population(&framework, Edition::Older, 2023);
        Ok(())
    }

    /// A wave with levels among a random sample.
    fn sampled(&mut self, year: i64) -> Result<(), Error> {
        let wave = year.to_string();
        let framework = codebook::framework(Version::Levels)?;
        self.population(&framework, Edition::Current, year);
        let sample = sample::stratified(self.options, self.boards, year);
        let mut delivery = delivery::sampled(self.ground(&framework, year), &sample);
        let opening = Moment::opening(year, 9);
        if year == 2024 {
            // A finding about a register names a wave only where no other wave uses it.
            let alone = (self.options.waves <= 2).then_some(wave.as_str());
            let register = register::file(self.boards, Edition::Current, alone, &mut self.findings);
            self.file(Edition::Current.path(), register);
            self.codebook(Version::Levels)?;
            if self.options.export.is_none() {
                self.file("maps/limesurvey.csv", map::limesurvey(&framework));
                self.file("maps/forms-nl.csv", map::forms(&framework, Language::Nl));
                self.file("maps/forms-en.csv", map::forms(&framework, Language::En));
            }
        }
        let asked = sample
            .asked
            .iter()
            .map(|board| format!("{}\r\n", self.boards[*board].number));
        let asked: String = std::iter::once("BEVOEGD GEZAG NUMMER\r\n".to_owned())
            .chain(asked)
            .collect();
        self.file(format!("register/gevraagd-{year}.csv"), asked);
        let entry = include_str!("../texts/wave-levels.toml").replace("{year}", &wave);
        if let Some(export) = self.options.export {
            delivery = delivery.in_one_tool();
            self.entries += head(&entry);
            self.whole(export, &framework, &delivery, &wave, opening)?;
            self.truth.add(&wave, &framework, self.boards, &delivery);
            return Ok(());
        }
        self.survey(
            &framework,
            &delivery,
            &format!("raw/{year}/limesurvey.csv"),
            &wave,
            opening,
        );
        for (responses, language) in [(&delivery.forms_nl, Language::Nl), (&delivery.forms_en, Language::En)] {
            let bytes = forms::export(&framework, responses, opening, language)?;
            self.file(format!("raw/{year}/forms-{language}.xlsx"), bytes);
        }
        self.workbooks(&framework, &delivery, &wave, opening)?;
        self.truth.add(&wave, &framework, self.boards, &delivery);
        self.entries += &entry;
        Ok(())
    }

    /// Writes the self-assessments and the peers' assessments of a wave, all in one format.
    fn whole(
        &mut self,
        export: Export,
        framework: &Framework,
        delivery: &Delivery,
        wave: &str,
        opening: Moment,
    ) -> Result<(), Error> {
        let parts = [
            ("antwoorden", &delivery.limesurvey, None, 0),
            ("toetsing", &delivery.peers, Some("validated"), 60 * 86_400),
        ];
        for (stem, responses, assessor, later) in parts {
            if responses.is_empty() {
                continue;
            }
            let written = export.writer().write(&Batch {
                framework,
                responses,
                opening: opening.later(later),
                wave,
                stem,
            })?;
            self.entries += &written.entry(assessor);
            for (path, bytes) in written.files {
                // The two questionnaires of a wave share their map.
                if !self.files.iter().any(|(own, _)| *own == path) {
                    self.file(path, bytes);
                }
            }
        }
        Ok(())
    }

    fn survey(&mut self, framework: &Framework, delivery: &Delivery, path: &str, wave: &str, opening: Moment) {
        let found = &mut self.findings;
        let bytes = limesurvey::export(framework, self.boards, &delivery.limesurvey, opening, path, wave, found);
        self.file(path, bytes);
    }

    /// The self-assessments and the peers' workbooks of a wave.
    fn workbooks(
        &mut self,
        framework: &Framework,
        delivery: &Delivery,
        wave: &str,
        opening: Moment,
    ) -> Result<(), Error> {
        for (place, workbook) in delivery.workbooks.iter().enumerate() {
            // Named by order of arrival: a name with the board's number would defeat its pseudonym.
            let path = format!("raw/{wave}/workbooks/zelfevaluatie-{:02}.xlsx", place + 1);
            let (given, number) = match workbook {
                Workbook::Damaged => {
                    self.find(
                        Severity::Error,
                        Rule::UnreadableFile,
                        wave,
                        &Place::file(&path),
                        None,
                        None,
                    );
                    self.file(path, DAMAGED);
                    continue;
                }
                Workbook::Untouched(board) => {
                    let number = self.boards[*board].number.clone();
                    self.find(
                        Severity::Warning,
                        Rule::UntouchedWorkbook,
                        wave,
                        &Place::file(&path),
                        Some(*board),
                        None,
                    );
                    (None, number)
                }
                Workbook::Filled(response) => (Some(response), response.number.clone()),
            };
            let sheets = Sheets {
                framework,
                number: &number,
                given: given.map(|response| response.given.as_slice()),
                place,
                title: "Zelfevaluatie (voorbeeld met verzonnen normen)",
                date: opening.later(place as i64 * 86_400),
            };
            let bytes = sheets.write()?;
            if let Some(response) = given {
                let board = response.board;
                if board.is_some_and(|board| self.boards[board].number != number) {
                    let (sheet, row, column) = NUMBER_CELL;
                    let place = Place::cell(&path, sheet, row, column);
                    self.find(Severity::Note, Rule::RepairedNumber, wave, &place, board, None);
                }
                for (norm, given) in response.given.iter().enumerate() {
                    if let Given::Invalid(_) = given {
                        let (sheet, row, column) = sheets.cell(norm);
                        let place = Place::cell(&path, sheet, row, column);
                        let code = framework.norms[norm].code.as_str();
                        self.find(Severity::Error, Rule::InvalidAnswer, wave, &place, board, Some(code));
                    }
                }
            }
            self.file(path, bytes);
        }
        for (place, response) in delivery.peers.iter().enumerate() {
            let sheets = Sheets {
                framework,
                number: &response.number,
                given: Some(&response.given),
                place,
                title: "Collegiale toetsing (voorbeeld met verzonnen normen)",
                date: opening.later((60 + place as i64) * 86_400),
            };
            let bytes = sheets.write()?;
            self.file(format!("raw/{wave}/peer-review/toetsing-{:02}.xlsx", place + 1), bytes);
        }
        Ok(())
    }

    fn find(
        &mut self,
        severity: Severity,
        rule: Rule,
        wave: &str,
        place: &Place,
        board: Option<usize>,
        item: Option<&str>,
    ) {
        let mut finding = Finding::new(severity, rule, "", "").at(place).wave(wave);
        if let Some(board) = board {
            finding = finding.organisation(&self.boards[board].number);
        }
        if let Some(item) = item {
            finding = finding.item(item);
        }
        self.findings.push(finding);
    }

    /// The options that are not as they are when nothing is said, as the command line has them.
    fn other_options(&self) -> String {
        let (own, usual) = (self.options, Options::default());
        let mut text = String::new();
        if let Some(export) = own.export {
            text += &format!(" --export {}", export.word());
        }
        if own.change != usual.change {
            text += &format!(" --change {}", f64::from(own.change) / 100.0);
        }
        if own.kinds != usual.kinds {
            text += &format!(" --kinds {}", own.kinds);
        }
        if own.mergers != usual.mergers {
            text += &format!(" --mergers {}", own.mergers);
        }
        text
    }

    fn codebook(&mut self, version: Version) -> Result<(), Error> {
        for (name, text) in codebook::files(version)? {
            self.file(format!("{}/{name}", version.folder()), text);
        }
        Ok(())
    }

    /// What is one for the whole study: the study file, the page about it, the key.
    fn frame(&mut self) -> Result<(), Error> {
        let Options {
            organisations,
            waves,
            seed,
            ..
        } = self.options;
        let history = match self.mergers.is_empty() {
            true => String::new(),
            false => format!("history = \"{HISTORY}\"               # who became part of whom\n"),
        };
        let text = include_str!("../texts/study.toml")
            .replace("{history}", &history)
            .replace("{seed}", &seed.to_string())
            .replace("{waves}", &self.entries);
        self.file("nulmeting.toml", text);
        let page = include_str!("../texts/readme.md")
            .replace("{organisations}", &organisations.to_string())
            .replace("{waves}", &waves.to_string())
            .replace("{seed}", &seed.to_string())
            .replace("{other}", &self.other_options());
        self.file("README.md", page);
        let key = Draws::new(*seed, Purpose::Key, 0).hexadecimal(4);
        self.file("keys/pseudonym.key", key + "\n");
        Ok(())
    }
}
