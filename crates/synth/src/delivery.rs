//! What was delivered in a wave: who answered through which tool, and what went wrong in it.

use crate::choice::{self, Chosen};
use crate::maturity::{self, Given, Maturity};
use crate::random::{Draws, Purpose};
use crate::register::Board;
use crate::sample::Sample;
use nulmeting_study::Framework;

/// A number that no register holds.
const UNKNOWN_NUMBER: &str = "99999";

/// One response, as the tool holds it.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    /// The board, by place in the list; absent when the response does not say or says it wrongly.
    pub(crate) board: Option<usize>,
    /// Board number as delivered.
    pub(crate) number: String,
    /// Answers on the norms, in the framework's order.
    pub(crate) given: Vec<Given>,
    /// Answers on the questions beside them, in the framework's order.
    pub(crate) chosen: Vec<Chosen>,
    /// Whether the respondent finished.
    pub(crate) complete: bool,
    /// The last page that was shown: the first names the board, then one per domain, then the questions.
    pub(crate) last_page: usize,
}

/// A workbook, as it was handed in.
#[derive(Debug, Clone)]
pub(crate) enum Workbook {
    /// Filled in.
    Filled(Response),
    /// As the template had it, but for the cover.
    Untouched(usize),
    /// Not a workbook at all.
    Damaged,
}

/// What was delivered in a wave, per tool.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) limesurvey: Vec<Response>,
    pub(crate) forms_nl: Vec<Response>,
    pub(crate) forms_en: Vec<Response>,
    pub(crate) workbooks: Vec<Workbook>,
    pub(crate) peers: Vec<Response>,
}

impl Delivery {
    /// The same responses as one tool would hold them: those that were finished, in one order of submission.
    pub(crate) fn in_one_tool(&self) -> Self {
        let finished = |response: &&Response| response.complete;
        Self {
            limesurvey: self.own().filter(finished).cloned().collect(),
            forms_nl: Vec::new(),
            forms_en: Vec::new(),
            workbooks: Vec::new(),
            peers: self.peers.clone(),
        }
    }

    /// The self-assessments that name a board of the register, in order of delivery within each tool.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Response> {
        let filled = self.workbooks.iter().filter_map(|workbook| match workbook {
            Workbook::Filled(response) => Some(response),
            _ => None,
        });
        self.limesurvey
            .iter()
            .chain(&self.forms_nl)
            .chain(&self.forms_en)
            .chain(filled)
    }
}

/// Where answers come from: everything a response is drawn from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) seed: u64,
    pub(crate) year: i64,
    pub(crate) framework: &'a Framework,
    pub(crate) boards: &'a [Board],
    pub(crate) maturities: &'a [Maturity],
    /// How much every board moves in a year, in hundredths of a level.
    pub(crate) change: i32,
    /// How much lower a level is under this version of the framework, in hundredths of a level.
    pub(crate) stricter: i32,
}

impl Ground<'_> {
    /// What a board gives on every norm when someone there is asked.
    pub(crate) fn given(&self, board: usize, respondent: usize) -> Vec<Given> {
        let own = maturity::in_year(self.maturities[board], self.change, self.year).less(self.stricter);
        maturity::answers(self.seed, self.framework, board, own, self.year, respondent)
    }

    fn response(&self, board: usize, respondent: usize) -> Response {
        let own = self.maturities[board];
        Response {
            board: Some(board),
            number: self.boards[board].number.clone(),
            given: self.given(board, respondent),
            chosen: choice::answers(self.seed, self.framework, own, self.year, board * 4 + respondent),
            complete: true,
            last_page: self.framework.domains.len() + 2,
        }
    }

    /// The same response, broken off after a page: what was not shown was not asked.
    fn broken_off(&self, mut response: Response, page: usize) -> Response {
        response.complete = false;
        response.last_page = page;
        for (norm, given) in self.framework.norms.iter().zip(&mut response.given) {
            let domain = self
                .framework
                .domains
                .iter()
                .position(|domain| domain.code == norm.domain);
            if domain.is_none_or(|domain| domain + 2 > page) {
                *given = Given::NotAsked;
            }
        }
        response.chosen.fill(Chosen::NotShown);
        response
    }

    fn norm(&self, code: &str) -> usize {
        self.framework
            .norms
            .iter()
            .position(|norm| norm.code == code)
            .unwrap_or_default()
    }
}

/// One survey among boards that are known beforehand, nothing wrong but a lost zero where a number begins with one.
pub(crate) fn one_survey(ground: Ground<'_>, boards: &[usize]) -> Delivery {
    let mut limesurvey: Vec<Response> = boards.iter().map(|board| ground.response(*board, 0)).collect();
    lose_zero(&mut limesurvey);
    Delivery {
        limesurvey,
        forms_nl: Vec::new(),
        forms_en: Vec::new(),
        workbooks: Vec::new(),
        peers: Vec::new(),
    }
}

/// A later wave: a random sample over four tools, with the oddities that real fieldwork has.
pub(crate) fn sampled(ground: Ground<'_>, sample: &Sample) -> Delivery {
    let total = sample.responded.len();
    let share = |part: f64, most: usize| ((total as f64 * part) as usize).min(most);
    let (nl, en, books) = (share(0.125, 15), share(0.085, 10), share(0.2, 23));
    let mut draws = Draws::of_year(ground.seed, Purpose::Delivery, ground.year, 0);
    let mut responded = sample.responded.clone();
    draws.shuffle(&mut responded);
    let (forms_nl, rest) = responded.split_at(nl);
    let (forms_en, rest) = rest.split_at(en);
    let (filled, surveyed) = rest.split_at(books);
    let responses = |list: &[usize]| list.iter().map(|board| ground.response(*board, 0)).collect::<Vec<_>>();

    let mut filled = responses(filled);
    lose_zero(&mut filled);
    for response in &mut filled {
        // The workbook asks for levels only.
        response.chosen.fill(Chosen::NotShown);
    }
    if let Some(response) = filled.get_mut(1) {
        response.given[ground.norm("IM.04")] = Given::Invalid("tussen 2 en 3".to_owned());
    }
    let mut workbooks: Vec<Workbook> = filled.into_iter().map(Workbook::Filled).collect();
    let mut silent = sample.silent.iter();
    if let Some(board) = silent.next() {
        workbooks.insert(workbooks.len() / 2, Workbook::Untouched(*board));
    }
    workbooks.insert(workbooks.len() / 3, Workbook::Damaged);

    let mut visited = sample.responded.clone();
    draws.shuffle(&mut visited);
    visited.truncate((total / 10).clamp(1, 12));
    let peers = visited
        .iter()
        .map(|board| {
            let own = ground.response(*board, 0);
            Response {
                given: maturity::peer_answers(ground.seed, &own.given, ground.year, *board),
                ..own
            }
        })
        .collect();
    Delivery {
        limesurvey: survey(ground, surveyed),
        forms_nl: responses(forms_nl),
        forms_en: responses(forms_en),
        workbooks,
        peers,
    }
}

/// The survey of a sampled wave, in order of submission.
fn survey(ground: Ground<'_>, boards: &[usize]) -> Vec<Response> {
    let mut list: Vec<Response> = boards.iter().map(|board| ground.response(*board, 0)).collect();
    let count = list.len();
    let domains = ground.framework.domains.len();
    // Each oddity has a board of its own, so that one never hides another.
    let mut later = Vec::new();
    if count > 12 {
        // Two people of one board both finished; the later one counts.
        later.push(ground.response(boards[2], 1));
        // One stopped early and came back.
        list[4] = ground.broken_off(list[4].clone(), 4);
        later.push(ground.response(boards[4], 0));
        // One stopped two thirds through and never came back.
        list[6] = ground.broken_off(list[6].clone(), 2 + domains * 2 / 3);
        // One finished, and a colleague began afterwards.
        later.push(ground.broken_off(ground.response(boards[8], 1), 3));
        list[10].given[ground.norm("SM.07")] = Given::Invalid("7".to_owned());
        lose_zero(&mut list[11..]);
        // Two responses that no board can be given.
        let mut unknown = ground.response(boards[0], 2);
        (unknown.board, unknown.number) = (None, UNKNOWN_NUMBER.to_owned());
        let mut nameless = ground.response(boards[1], 2);
        (nameless.board, nameless.number) = (None, String::new());
        list.insert(count / 2, unknown);
        list.insert(count * 2 / 3, nameless);
    }
    list.extend(later);
    list
}

/// Takes the leading zero from the first board number that has one, as a spreadsheet would.
fn lose_zero(list: &mut [Response]) {
    if let Some(response) = list.iter_mut().find(|response| response.number.starts_with('0')) {
        response.number = response.number.trim_start_matches('0').to_owned();
    }
}

/// Which of a board's responses counts: the last complete one, else the last.
pub(crate) fn counting<'a>(
    responses: impl Iterator<Item = &'a Response>,
) -> std::collections::BTreeMap<usize, &'a Response> {
    let mut counting: std::collections::BTreeMap<usize, &Response> = std::collections::BTreeMap::new();
    for response in responses {
        let Some(board) = response.board else { continue };
        if counting
            .get(&board)
            .is_none_or(|earlier| response.complete || !earlier.complete)
        {
            counting.insert(board, response);
        }
    }
    counting
}
