//! The waves of the study: who is asked under which version of the framework, and what is written of it.

use crate::codebook::{self, Version};
use crate::delivery::{self, Delivery, Workbook};
use crate::export::{Batch, Export};
use crate::maturity::Given;
use crate::moment::Moment;
use crate::register::{self, Edition};
use crate::sample::{self, Sample};
use crate::study::Making;
use crate::workbook::{NUMBER_CELL, Sheets};
use crate::{Error, forms, limesurvey, map};
use nulmeting_study::words::{Language, Severity};
use nulmeting_study::{Finding, Framework, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of the workbook that is none, as a mail program leaves them.
const DAMAGED: &[u8] = b"Dit bestand kon niet worden geopend.\r\n";

/// The entry of a wave without its sources.
fn head(entry: &str) -> &str {
    entry.split_once("\n[[wave.source]]").map_or(entry, |(head, _)| head)
}

impl Making<'_> {
    /// The wave of the volunteers.
    pub(crate) fn baseline(&mut self) -> Result<(), Error> {
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
        let mut delivery = delivery::one_survey(self.ground(&framework, Version::Tests, 2023), &volunteers);
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
        self.population("2023", &framework, (Version::Tests, 2023), Edition::Older);
        Ok(())
    }

    /// A wave with levels among a random sample.
    pub(crate) fn sampled(&mut self, year: i64) -> Result<(), Error> {
        let wave = year.to_string();
        let version = self.version(year);
        let framework = codebook::framework(version)?;
        self.population(&wave, &framework, (version, year), Edition::Current);
        let sample = sample::stratified(self.options, self.boards, year);
        let mut delivery = delivery::sampled(self.ground(&framework, version, year), &sample);
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
        if version == Version::Stricter(year) {
            self.codebook(version)?;
        }
        let asked = sample
            .asked
            .iter()
            .map(|board| format!("{}\r\n", self.boards[*board].number));
        let asked: String = std::iter::once("BEVOEGD GEZAG NUMMER\r\n".to_owned())
            .chain(asked)
            .collect();
        self.file(format!("register/gevraagd-{year}.csv"), asked);
        let framework_line = match version {
            Version::Stricter(_) => format!("framework = \"{}\"\n", version.folder()),
            Version::Tests | Version::Levels => String::new(),
        };
        let entry = include_str!("../texts/wave-levels.toml")
            .replace("{framework}", &framework_line)
            .replace("{year}", &wave);
        if let Some(export) = self.options.export {
            delivery = delivery.in_one_tool();
            self.entries += head(&entry);
            self.whole(export, &framework, &delivery, &wave, opening)?;
            self.truth.add(&wave, &framework, self.boards, &delivery);
            return self.bridge(year, &sample, &delivery);
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
        self.bridge(year, &sample, &delivery)
    }

    /// The version before the break, among some of the boards that answered the version after it.
    fn bridge(&mut self, year: i64, sample: &Sample, newer: &Delivery) -> Result<(), Error> {
        let Version::Stricter(_) = self.version(year) else {
            return Ok(());
        };
        let wave = format!("{year}-brug");
        let version = Version::Levels;
        let framework = codebook::framework(version)?;
        self.population(&wave, &framework, (version, year), Edition::Current);
        let boards = self.bridging(sample, newer);
        if boards.is_empty() {
            return Ok(());
        }
        let mut delivery = delivery::one_survey(self.ground(&framework, version, year), &boards);
        let opening = Moment::opening(year, 10);
        let entry = include_str!("../texts/wave-bridge.toml").replace("{year}", &year.to_string());
        if let Some(export) = self.options.export {
            delivery = delivery.in_one_tool();
            self.entries += head(&entry);
            self.whole(export, &framework, &delivery, &wave, opening)?;
        } else {
            let path = format!("raw/{wave}/limesurvey.csv");
            self.survey(&framework, &delivery, &path, &wave, opening);
            self.entries += &entry;
        }
        self.truth.add(&wave, &framework, self.boards, &delivery);
        Ok(())
    }

    /// Some of those that finished the new version: two of every sector first, so that no sector stands for itself alone, then others in
    /// the random order in which they stand.
    fn bridging(&self, sample: &Sample, newer: &Delivery) -> Vec<usize> {
        let complete = newer.own().filter(|response| response.complete);
        let finished: BTreeSet<usize> = complete.filter_map(|response| response.board).collect();
        let mut of_sector: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for board in sample.responded.iter().filter(|board| finished.contains(board)) {
            let count = of_sector.entry(self.boards[*board].sector).or_default();
            *count += 1;
            if *count <= 2 {
                first.push(*board)
            } else {
                rest.push(*board)
            }
        }
        let wanted = self.options.bridge;
        first.into_iter().chain(rest).take(wanted).collect()
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
}
