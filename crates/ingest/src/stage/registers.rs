//! Who could answer and who was asked: the registers of a study, their history, and the lists beside them.

use super::Stage;
use crate::frame::board_number::Numbers;
use crate::frame::history::History;
use crate::frame::register::{Listed, RegisterRows, asked};
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::RegisterEntry;
use nulmeting_study::words::Severity;
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Stage<'a> {
    /// The rows of every register that a wave uses, by path.
    pub(super) fn registers(&mut self) -> Result<BTreeMap<&'a str, RegisterRows>, Error> {
        let study = self.study;
        let mut rows = BTreeMap::new();
        for wave in &study.waves {
            let path = study.register_of(wave);
            if !rows.contains_key(path) {
                let file = self.open(path, None)?;
                rows.insert(path, RegisterRows::read(&file, &study.population.columns)?);
            }
        }
        Ok(rows)
    }

    /// The organisations of every register; a finding bears the wave when only one uses the register.
    pub(super) fn organisations(
        &mut self,
        rows: &BTreeMap<&'a str, RegisterRows>,
        numbers: &Numbers,
    ) -> BTreeMap<&'a str, BTreeMap<String, Listed>> {
        let mut registers = BTreeMap::new();
        for (path, rows) in rows {
            let (organisations, mut findings) = rows.organisations(numbers, self.name);
            let users: Vec<&Wave> = self
                .study
                .waves
                .iter()
                .filter(|wave| self.study.register_of(wave) == *path)
                .collect();
            if let [only] = users.as_slice() {
                findings = findings.into_iter().map(|finding| finding.wave(&only.id)).collect();
            }
            self.done.findings.append(&mut findings);
            registers.insert(*path, organisations);
        }
        registers
    }

    /// The register's history, where the study has one, with each step as a finding.
    pub(super) fn history(
        &mut self,
        registers: &BTreeMap<&'a str, BTreeMap<String, Listed>>,
        numbers: &Numbers,
    ) -> Result<History, Error> {
        let study = self.study;
        let Some(path) = &study.population.history else {
            return Ok(History::default());
        };
        let file = self.open(path, None)?;
        let (history, findings) = History::read(&file, numbers)?;
        let in_time: Vec<(&str, &BTreeMap<String, Listed>)> = study
            .series()
            .map(|wave| (wave.id.as_str(), &registers[study.register_of(wave)]))
            .collect();
        self.done.findings.extend(findings);
        self.done.findings.extend(history.findings(&in_time, self.name));
        self.done.history = history.rows(self.name);
        Ok(history)
    }

    /// Adds the register of a wave, with who was asked.
    pub(super) fn list(
        &mut self,
        wave: &Wave,
        register: &BTreeMap<String, Listed>,
        numbers: &Numbers,
        history: &History,
    ) -> Result<(), Error> {
        let mut list = None;
        if let Some(path) = &wave.asked {
            let file = self.open(path, None)?;
            let mut asked_numbers = BTreeSet::new();
            for (row, typed) in asked(&file, &self.study.population.columns.id)? {
                let mut number = numbers.canonical(&typed).number;
                if !register.contains_key(&number)
                    && let Some(successor) = history.successor(&number, register)
                {
                    number = successor;
                }
                if !register.contains_key(&number) {
                    self.done.findings.push(
                        Finding::new(
                            Severity::Warning,
                            Rule::UnknownOrganisation,
                            "an organisation that was asked is not in the register of the wave",
                            "correct the number in the list, or use the register of the day on which the sample was drawn",
                        )
                        .at(&Place::cell(path, "", row, ""))
                        .wave(&wave.id)
                        .organisation(&(self.name)(&number)),
                    );
                }
                asked_numbers.insert(number);
            }
            list = Some(asked_numbers);
        }
        let identified = self.study.study.identified;
        self.done
            .register
            .extend(register.iter().map(|(number, listed)| RegisterEntry {
                wave: wave.id.clone(),
                organisation: (self.name)(number),
                name: listed.name.clone().filter(|_| identified),
                sector: listed.sector.clone(),
                pupils: listed.pupils,
                asked: list.as_ref().map(|list| list.contains(number)),
            }));
        Ok(())
    }
}
