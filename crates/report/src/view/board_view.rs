//! One board as its own report sees it: its scores and levels, and beside them the band of its group.

use crate::Error;
use crate::view::absence::Absence;
use crate::view::{View, number_format};
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::framework::Part;
use nulmeting_study::tables::{ALL, Band, Level, Organisation, OrganisationType, Score};
use nulmeting_study::words::{Scope, Status};
use std::collections::BTreeMap;

/// Domains that are named as strongest and as weakest.
const NAMED: usize = 3;

/// The bands of a wave, by grouping, group, scope and item.
pub(crate) type Bands<'a> = BTreeMap<(&'a str, &'a str, Scope, &'a str), &'a Band>;

/// Lower quartile, median and upper quartile of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Middle {
    pub(crate) low: f64,
    pub(crate) middle: f64,
    pub(crate) high: f64,
}

/// The group that a board stands beside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group<'a> {
    by: &'a str,
    group: &'a str,
    /// Boards in it.
    pub(crate) n: i64,
}

/// Where a board stands on a domain, beside its group.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) code: &'a str,
    pub(crate) label: String,
    /// Name of the number within the board's report.
    pub(crate) id: String,
    /// Mean level, or share of norms passed; absent when too little was answered.
    pub(crate) value: Option<f64>,
    /// Absent when too few others are in the group.
    pub(crate) band: Option<Middle>,
}

/// A board in the latest wave.
pub(crate) struct Board<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) organisation: &'a Organisation,
    /// As the report calls it.
    pub(crate) name: String,
    pub(crate) scores: BTreeMap<&'a str, &'a Score>,
    /// Levels that feed the scores, by norm.
    pub(crate) levels: BTreeMap<&'a str, &'a Level>,
    pub(crate) kind: Option<&'a OrganisationType>,
    /// The last wave before in which it answered, with what it answered.
    pub(crate) before: Option<(&'a View<'a>, BTreeMap<&'a str, &'a Level>)>,
    pub(crate) group: Option<Group<'a>>,
    bands: &'a Bands<'a>,
}

impl<'a> Board<'a> {
    /// Puts together what is known of a board; the group is the smallest in which enough others are.
    pub(crate) fn new(
        view: &'a View<'a>,
        organisation: &'a Organisation,
        name: String,
        scores: BTreeMap<&'a str, &'a Score>,
        levels: BTreeMap<&'a str, &'a Level>,
        bands: &'a Bands<'a>,
    ) -> Self {
        let item = crate::view::claims::headline_item(view);
        let sector = organisation.sector.as_deref().unwrap_or_default();
        let both = format!("{sector},{}", organisation.size.as_deref().unwrap_or_default());
        let group = [("sector,size", both.as_str()), ("sector", sector), (ALL, ALL)]
            .into_iter()
            .find_map(|(by, group)| {
                let ((by, group, ..), band) = bands.iter().find(|(key, _)| **key == (by, group, Scope::All, item))?;
                (!band.suppressed).then_some(Group { by, group, n: band.n })
            });
        Self {
            view,
            organisation,
            name,
            scores,
            levels,
            kind: None,
            before: None,
            group,
            bands,
        }
    }

    /// The band of its group.
    pub(crate) fn band(&self, scope: Scope, item: &str) -> Option<Middle> {
        let group = self.group.as_ref()?;
        let band = self.bands.get(&(group.by, group.group, scope, item))?;
        Some(Middle {
            low: band.low?,
            middle: band.middle?,
            high: band.high?,
        })
    }

    /// Its score on a domain or part.
    pub(crate) fn score(&self, item: &str) -> Option<f64> {
        let score = self.scores.get(item)?;
        if self.view.has_levels() {
            score.mean_level
        } else {
            score.share_meeting
        }
    }

    /// Where it stands on each domain, per part, in the framework's order.
    pub(crate) fn domains(&self) -> Vec<(&'a Part, Vec<Place<'a>>)> {
        let framework = self.view.framework;
        let parts = framework.parts.iter().enumerate().map(|(at, part)| {
            let own = framework.domains.iter().filter(|domain| domain.part == part.code);
            let places = own
                .filter(|domain| self.scores.contains_key(domain.code.as_str()))
                .map(|domain| Place {
                    code: &domain.code,
                    // Numbers begin again in every part.
                    label: match at {
                        0 => self.view.domain_name(domain),
                        _ => format!("{} {}", self.view.of(&part.name), self.view.domain_name(domain)),
                    },
                    id: EstimateId::of(self.scores[domain.code.as_str()]).to_string(),
                    value: self.score(&domain.code),
                    band: self.band(Scope::Domain, &domain.code),
                });
            (part, places.collect::<Vec<_>>())
        });
        parts.filter(|(_, places)| !places.is_empty()).collect()
    }

    /// The domains with a score from low to high; equals in the framework's order.
    fn ranked(&self) -> Vec<Place<'a>> {
        let mut places: Vec<Place<'a>> = self.domains().into_iter().flat_map(|(_, places)| places).collect();
        places.retain(|place| place.value.is_some());
        places.sort_by(|a, b| a.value.unwrap_or_default().total_cmp(&b.value.unwrap_or_default()));
        places
    }

    /// Its lowest domains.
    pub(crate) fn weakest(&self) -> Vec<Place<'a>> {
        let mut places = self.ranked();
        places.truncate(NAMED.min(places.len().div_ceil(2)));
        places
    }

    /// Its highest domains, none of which is among the lowest.
    pub(crate) fn strongest(&self) -> Vec<Place<'a>> {
        let ranked = self.ranked();
        let count = NAMED.min(ranked.len() / 2);
        ranked.into_iter().rev().take(count).collect()
    }

    /// Domains with their score, as a list in words.
    pub(crate) fn named(&self, places: &[Place<'_>]) -> Result<String, Error> {
        let names: Vec<String> = places
            .iter()
            .map(|place| {
                let name = self
                    .view
                    .framework
                    .domain(place.code)
                    .map_or(place.code, |domain| self.view.of(&domain.name));
                format!("{name} ({})", self.said(place.value))
            })
            .collect();
        Ok(number_format::list(&names, &self.view.texts.word("word.and")?))
    }

    /// A score as it reads: a board's own mean has one decimal.
    pub(crate) fn said(&self, value: Option<f64>) -> String {
        match value {
            Some(value) if self.view.has_levels() => self.view.level(value, 1),
            Some(value) => self.view.percent(value, 1),
            None => "–".to_owned(),
        }
    }

    /// An edge of a band as it reads: it lies on a quarter.
    pub(crate) fn edge(&self, value: f64) -> String {
        if self.view.has_levels() {
            let text = number_format::decimal(value, 2, self.view.language());
            let short = text.trim_end_matches('0').trim_end_matches([',', '.']);
            short.to_owned()
        } else {
            self.view.percent(value, 1)
        }
    }

    /// The band as it reads: `1,75–2,5`.
    pub(crate) fn range(&self, band: Option<Middle>) -> Result<String, Error> {
        match band {
            Some(band) if band.low == band.high => Ok(self.edge(band.low)),
            Some(band) => Ok(format!("{}–{}", self.edge(band.low), self.edge(band.high))),
            None => Absence::Withheld.words(self.view),
        }
    }

    /// `lower`, `within` or `higher` than the middle half of the group.
    pub(crate) fn against(value: f64, band: Middle) -> &'static str {
        if value < band.low {
            "lower"
        } else if value > band.high {
            "higher"
        } else {
            "within"
        }
    }

    /// What a row of the figure says to who points at it.
    pub(crate) fn words(&self, place: &Place<'_>) -> Result<String, Error> {
        let own = self.said(place.value);
        Ok(match place.band {
            Some(_) => self.view.texts.say(
                "board.figure.words",
                context! { domain => place.label.clone(), own => own, range => self.range(place.band)? },
            )?,
            None => format!("{}: {own}", place.label),
        })
    }

    /// The finding of the figure.
    pub(crate) fn title(&self) -> Result<String, Error> {
        let places = self.ranked();
        let (lowest, highest) = (places.first(), places.last());
        let name = |place: Option<&Place<'_>>| {
            place
                .and_then(|place| self.view.framework.domain(place.code))
                .map(|domain| self.view.of(&domain.name).to_owned())
                .unwrap_or_default()
        };
        let key = if places.len() > 1 && lowest.map(|place| place.value) != highest.map(|place| place.value) {
            "board.figure.title.spread"
        } else {
            "board.figure.title.plain"
        };
        self.view
            .texts
            .say(key, context! { lowest => name(lowest), highest => name(highest) })
    }

    /// The group in words.
    pub(crate) fn group_words(&self) -> Result<String, Error> {
        let Some(group) = &self.group else {
            return Ok(String::new());
        };
        let parts: Vec<&str> = group.group.splitn(2, ',').collect();
        match (group.by, parts.as_slice()) {
            ("sector,size", [sector, size]) => self.view.texts.say(
                "board.group.both",
                context! { sector => self.view.group_name("sector", sector), size => self.view.group_words("size", size)? },
            ),
            ("sector", [sector, ..]) => Ok(self.view.group_name("sector", sector)),
            _ => self.view.texts.word("board.group.all"),
        }
    }

    /// Norms that were answered and apply, and those among them on target.
    pub(crate) fn met(&self) -> (usize, usize) {
        let answered = self.levels.values().filter(|row| row.status == Status::Answered);
        let counted: Vec<bool> = answered.filter_map(|row| row.meets_target).collect();
        (counted.len(), counted.iter().filter(|met| **met).count())
    }
}
