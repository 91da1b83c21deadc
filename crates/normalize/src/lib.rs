//! From delivered cells to typed tables: answers, one level per organisation, norm and assessor, and what
//! each organisation counts for.
//!
//! In reading order: the pseudonyms under which organisations stand, the item that a cell is about, the
//! scale on which it is read, the options of a question beside the norms, texts that are withheld, the
//! answers of a wave, which of several responses counts, the levels, the strata, and the weights.
//! This crate opens no file, asks no clock and draws no number. The only statistic in it is the weight.

mod answer;
mod answer_code;
mod choice;
mod counter;
mod doubt;
mod duplicate;
mod error;
mod item;
mod key;
mod level;
mod organisation;
mod pseudonym;
mod scale;
mod setting;
mod stratum;
mod unread;
mod weight;
mod withheld;
mod yes_no;

pub use counter::{CountedWave, Counter};
pub use error::Error;
pub use pseudonym::Pseudonyms;
pub use stratum::{size_class, size_label};

use nulmeting_counts::Tally;
use nulmeting_study::lexicon::Lexicon;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Level, Organisation, RegisterEntry, Response};
use nulmeting_study::words::AnswerKind;
use nulmeting_study::{Finding, Instruments, Normalized, Study};
use std::collections::{BTreeMap, BTreeSet};

/// Turns delivered cells into the tables that everything later is computed from.
///
/// Shape: tables sorted by their keys, so that the order of the arguments' rows changes nothing.
/// Missing: every delivered cell of a known question keeps a row, with the reason when it holds no answer.
/// Method: strata are collapsed by who answered, never by what; design weights are raked to the margins of the study,
/// and where that is not possible, a finding says so and the design weights stay.
/// Errors: a wave that the study file does not name, a wave without framework, a source that no entry fits,
/// an organisation twice in one register, a source that lost more answers than the study allows.
pub fn normalize(
    study: &Study,
    instruments: &Instruments,
    lexicon: &Lexicon,
    register: &[RegisterEntry],
    responses: &[Response],
) -> Result<Normalized, Error> {
    check_waves(study, register, responses)?;
    let mut all = Normalized::default();
    for wave in &study.waves {
        let entries = entries_of(wave, register)?;
        let delivered: Vec<&Response> = responses.iter().filter(|row| *row.wave == *wave.id).collect();

        let mut read = answer::read(study, wave, instruments, lexicon, &delivered)?;
        all.findings.append(&mut read.findings);
        let mut settled = duplicate::settle(wave, &mut read.delivered, study.scores.respondents);
        all.findings.append(&mut settled.findings);
        let named = read.delivered.iter().map(|row| row.answer.organisation.as_str());
        let named = named.filter(|organisation| !organisation.is_empty()).collect();

        let mut described = organisation::describe(study, wave, &entries, &settled.answered, &named);
        all.findings.append(&mut described.findings);
        let tally = Tally::of(read.delivered.iter().map(|row| &row.answer));
        all.levels.append(&mut level::grid(
            study,
            &read.framework,
            &described.organisations,
            tally.wave(&wave.id),
        ));
        all.organisations.append(&mut described.organisations);
        all.answers.extend(read.delivered.into_iter().map(|row| row.answer));
        all.frameworks.insert(wave.id.clone(), read.framework);
    }
    all.findings.append(&mut setting::doubts(study, register));
    sort(&mut all);
    Ok(all)
}

/// Makes the levels from counted answers, whoever counted them.
///
/// Shape: by wave, organisation, norm and assessor, as [`normalize`] gives them from the answers themselves.
/// Absent: waves that the study does not name or that have no framework.
pub fn levels(study: &Study, instruments: &Instruments, organisations: &[Organisation], tally: &Tally) -> Vec<Level> {
    let mut all = Normalized::default();
    for (wave, counts) in tally.waves().filter(|(wave, _)| study.wave(wave).is_some()) {
        let Some(framework) = instruments.frameworks.get(wave) else {
            continue;
        };
        let questions = counts.questions();
        let asked = questions.iter().filter(|(_, own)| own.kind != AnswerKind::Choice);
        let framework = framework.admitting(asked.map(|(_, own)| own.item.as_str()));
        let own: Vec<Organisation> = organisations.iter().filter(|row| row.wave == wave).cloned().collect();
        all.levels
            .append(&mut level::grid(study, &framework, &own, Some(counts)));
    }
    sort(&mut all);
    all.levels
}

/// The register of a wave by organisation.
fn entries_of<'a>(wave: &Wave, register: &'a [RegisterEntry]) -> Result<BTreeMap<&'a str, &'a RegisterEntry>, Error> {
    let mut entries = BTreeMap::new();
    for entry in register.iter().filter(|entry| entry.wave == wave.id) {
        // Two numbers under one pseudonym would silently become one organisation.
        if entries.insert(entry.organisation.as_str(), entry).is_some() {
            return Err(Error::TwiceInRegister {
                wave: wave.id.clone(),
                organisation: entry.organisation.clone(),
            });
        }
    }
    Ok(entries)
}

fn check_waves(study: &Study, register: &[RegisterEntry], responses: &[Response]) -> Result<(), Error> {
    let known: BTreeSet<&str> = study.waves.iter().map(|wave| wave.id.as_str()).collect();
    let named = register
        .iter()
        .map(|row| row.wave.as_str())
        .chain(responses.iter().map(|row| &*row.wave));
    for wave in named {
        if !known.contains(wave) {
            return Err(Error::UnknownWave { wave: wave.to_owned() });
        }
    }
    Ok(())
}

fn sort(all: &mut Normalized) {
    all.organisations
        .sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    all.answers.sort_by(|a, b| answer::key(a).cmp(&answer::key(b)));
    all.levels.sort_by(|a, b| {
        (&a.wave, &a.organisation, &a.norm, a.assessor).cmp(&(&b.wave, &b.organisation, &b.norm, b.assessor))
    });
    Finding::sort(&mut all.findings);
}
