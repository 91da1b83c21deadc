//! The whole study, file by file.

use crate::codebook::{self, Version};
use crate::delivery::Ground;
use crate::maturity::{self, Given, Maturity};
use crate::random::{Draws, Purpose};
use crate::register::{self, Board, Edition};
use crate::truth::Truth;
use crate::{Error, Options, sample};
use nulmeting_study::{Finding, Framework};

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
    if options.stricter != 0 && options.waves < 3 {
        return fault(format!("a break in {} waves", options.waves), "three waves or more");
    }
    if options.bridge > 0 && options.stricter == 0 {
        return fault("a bridge group without a break".to_owned(), "both or neither");
    }
    Ok(())
}

/// A study in the making.
pub(crate) struct Making<'a> {
    pub(crate) options: &'a Options,
    pub(crate) boards: &'a [Board],
    maturities: &'a [Maturity],
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) truth: Truth,
    /// The waves of the study file.
    pub(crate) entries: String,
    /// Boards that became part of another after the first wave, with their successors.
    pub(crate) mergers: Vec<(usize, usize)>,
}

impl Making<'_> {
    pub(crate) fn file(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.push((path.into(), bytes.into()));
    }

    /// The version of the framework that is asked in a sampled wave.
    pub(crate) fn version(&self, year: i64) -> Version {
        let last = 2022 + self.options.waves as i64;
        match self.options.stricter {
            0 => Version::Levels,
            _ if year < last => Version::Levels,
            _ => Version::Stricter(year),
        }
    }

    pub(crate) fn ground<'a>(&'a self, framework: &'a Framework, version: Version, year: i64) -> Ground<'a> {
        Ground {
            seed: self.options.seed,
            year,
            framework,
            boards: self.boards,
            maturities: self.maturities,
            change: self.options.change,
            stricter: match version {
                Version::Stricter(_) => self.options.stricter,
                Version::Tests | Version::Levels => 0,
            },
        }
    }

    /// What everyone in an edition of the register would have given: what a sample is to recover.
    pub(crate) fn population(&mut self, wave: &str, framework: &Framework, asked: (Version, i64), edition: Edition) {
        let ground = self.ground(framework, asked.0, asked.1);
        let listed = (0..self.boards.len()).filter(|board| edition == Edition::Older || !self.boards[*board].merged);
        let given: Vec<Vec<Given>> = listed.map(|board| ground.given(board, 0)).collect();
        self.truth.add_population(wave, framework, &given);
    }

    /// The register's history, and who became part of whom among those that answered.
    pub(crate) fn history(&mut self) {
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
        if own.stricter != usual.stricter {
            text += &format!(" --break {}", f64::from(own.stricter) / 100.0);
        }
        if own.bridge != usual.bridge {
            text += &format!(" --bridge {}", own.bridge);
        }
        text
    }

    pub(crate) fn codebook(&mut self, version: Version) -> Result<(), Error> {
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
        let note = "# made by `nulmeting synth`: anybody can make it again, so it serves made-up data only";
        self.file("keys/pseudonym.key", format!("{note}\n{key}\n"));
        Ok(())
    }
}
