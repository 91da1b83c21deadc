//! Made studies: answers of a few dozen boards without a pattern, for attacks on what is published of them.

use nulmeting_analyze::analyze;
use nulmeting_counts::Tally;
use nulmeting_study::Analysed;
use nulmeting_study::tables::{Level, Organisation};
use nulmeting_study::words::{Assessor, Status};
use nulmeting_study::{Framework, Study, shipped};
use std::collections::{BTreeMap, BTreeSet};

/// A made study: answers of a few dozen boards, some groups small, some norms not applicable.
pub(crate) struct Made {
    pub(crate) study: Study,
    pub(crate) frameworks: BTreeMap<String, Framework>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) levels: Vec<Level>,
}

/// Numbers without a pattern, the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64*: enough to make answers up with.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

/// One wave, of boards some of whose groups are small, and some of whose norms are not applicable.
pub(crate) fn made(seed: u64) -> Made {
    waves(seed, &["w"], 1)
}

/// Waves between which few boards come and go, of that many times a few dozen boards.
pub(crate) fn waves(seed: u64, ids: &[&str], times: u64) -> Made {
    let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let framework = framework();
    let mut text = STUDY.to_owned();
    for id in ids {
        text += &format!("[[wave]]\nid = \"{id}\"\nselection = \"random\"\n[[wave.source]]\npath = \"x.csv\"\n");
    }
    let sectors = [
        ("po", 9 + draw.below(12)),
        ("vo", 3 + draw.below(9)),
        ("so", 2 + draw.below(4)),
        ("mbo", 2 + draw.below(8)),
    ];
    let sizes = ["<1000", "1000-4999", ">=5000"];
    let (mut organisations, mut levels): (Vec<Organisation>, Vec<Level>) = (Vec::new(), Vec::new());
    // In some studies hardly anyone is far, in some hardly anyone skips a norm.
    let (height, skips) = (2 + draw.below(4), draw.below(3) * 8);
    let changes = ids.len() > 1;
    for (sector, count) in sectors {
        for place in 0..count * times {
            let organisation = format!("{sector}{place}");
            let size = sizes[usize::try_from(draw.below(8).min(2)).unwrap()];
            let pupils = 100 + i64::try_from(draw.below(9000)).unwrap();
            for wave in ids {
                // One in ten is not there each time, but never so many that a stratum has one left.
                if changes && place > 1 && draw.below(10) == 0 {
                    continue;
                }
                organisations.push(Organisation {
                    wave: (*wave).into(),
                    organisation: organisation.clone(),
                    sector: Some(sector.into()),
                    size: Some(size.into()),
                    pupils: Some(pupils),
                    stratum: Some(sector.into()),
                    population: Some(0),
                    sampled: true,
                    responded: true,
                    design_weight: Some(WEIGHT),
                    weight: Some(WEIGHT),
                });
                for norm in &framework.norms {
                    let skipped = draw.below(100) < skips;
                    let level = 1 + i64::try_from(draw.below(height)).unwrap();
                    levels.push(Level {
                        wave: (*wave).into(),
                        organisation: organisation.clone(),
                        norm: norm.code.clone(),
                        domain: norm.domain.clone(),
                        assessor: Assessor::Own,
                        used: true,
                        level: (!skipped).then_some(level),
                        status: if skipped {
                            Status::NotApplicable
                        } else {
                            Status::Answered
                        },
                        respondents: 1,
                        target: norm.target,
                        meets_target: (!skipped).then(|| level >= norm.target.unwrap()),
                    });
                }
            }
        }
    }
    let mut made = Made {
        study: Study::parse(&text, "study.toml").unwrap(),
        frameworks: ids.iter().map(|id| ((*id).to_owned(), framework.clone())).collect(),
        organisations,
        levels,
    };
    made.count();
    made
}

/// Three domains hold every relation that there is, and the solver has fewer unknowns.
fn framework() -> Framework {
    let mut framework = shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap();
    let kept: BTreeSet<String> = framework
        .domains
        .iter()
        .take(3)
        .map(|domain| domain.code.clone())
        .collect();
    framework.domains.retain(|domain| kept.contains(&domain.code));
    framework.norms.retain(|norm| kept.contains(&norm.domain));
    framework.parts.truncate(1);
    framework.points.clear();
    framework
}

impl Made {
    /// Puts the organisations in order, each standing for as many of its stratum as every other.
    pub(crate) fn count(&mut self) {
        let mut strata: BTreeMap<(String, Option<String>), f64> = BTreeMap::new();
        for own in &self.organisations {
            *strata.entry((own.wave.clone(), own.stratum.clone())).or_default() += WEIGHT;
        }
        for own in &mut self.organisations {
            own.population = Some(strata[&(own.wave.clone(), own.stratum.clone())] as i64);
        }
        self.organisations
            .sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    }

    pub(crate) fn analysed(&self, study: &Study) -> Analysed {
        analyze(
            study,
            &self.frameworks,
            &self.organisations,
            &Tally::default(),
            &self.levels,
            &[],
        )
        .unwrap()
    }

    /// The study as if nothing were to be withheld.
    pub(crate) fn without_control(&self) -> Study {
        let mut study = self.study.clone();
        study.disclosure.minimum = 0;
        study.disclosure.protect = 0;
        study.disclosure.protect_share = 0.0;
        study.disclosure.dominance = Vec::new();
        study
    }

    /// The study as if only each number's own organisations were counted.
    pub(crate) fn without_protection(&self) -> Study {
        let mut study = self.study.clone();
        study.disclosure.protect = 0;
        study.disclosure.protect_share = 0.0;
        study
    }
}

/// Organisations of the register that each stands for.
pub(crate) const WEIGHT: f64 = 5.0;

const STUDY: &str = r#"
[study]
title = "Made"
framework = "normenkader-ibp-fo-2024"
seed = 1
date = 2024-01-01
identified = true
[population]
register = "r.csv"
columns = { id = "a", name = "b", sector = "c", pupils = "d" }
strata = ["sector"]
[typology]
policy = ["GO"]
practice = ["OR", "RM"]
threshold = "median"
"#;
