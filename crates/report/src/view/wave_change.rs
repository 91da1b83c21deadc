//! How the numbers of a wave stand to those of the wave before it, from the table of changes.

use crate::Error;
use crate::view::View;
use crate::view::{claims, number_format};
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{ALL, Change};
use nulmeting_study::words::{Base, Boards, Comparability, Scope, SpeaksFor};

/// What happened to a number, as a sentence may say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    Higher,
    Lower,
    /// No difference that the sample can show.
    Open,
    /// Withheld, or not to be compared.
    Untold,
}

impl Course {
    pub(crate) fn of(row: &Change) -> Self {
        let Some(change) = row.change else { return Self::Untold };
        let clear = match row.p_adjusted {
            Some(p) => claims::is_clear(p),
            // In a census every difference is one.
            None => row.ci_method == "census" && change != 0.0,
        };
        match (clear, change > 0.0) {
            (false, _) => Self::Open,
            (true, true) => Self::Higher,
            (true, false) => Self::Lower,
        }
    }

    /// As keys of texts have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Open | Self::Untold => "open",
        }
    }
}

/// The changes from the wave before to this one.
pub(crate) struct Movement<'a> {
    pub(crate) from: &'a Wave,
    rows: Vec<&'a Change>,
}

impl<'a> Movement<'a> {
    /// Looks the wave before up; absent in the first wave and where nothing is told of the pair.
    pub(crate) fn of(view: &View<'a>) -> Option<Self> {
        let mut from: Option<&'a Wave> = None;
        for wave in view.input.study.series() {
            if wave.id == view.wave.id {
                break;
            }
            let answered = |row: &&Change| row.from_wave == wave.id && row.to_wave == view.wave.id;
            if view.input.analysed.changes.iter().any(|row| answered(&row)) {
                from = Some(wave);
            }
        }
        let from = from?;
        let of_pair = |row: &&'a Change| row.from_wave == from.id && row.to_wave == view.wave.id;
        Some(Self {
            from,
            rows: view.input.analysed.changes.iter().filter(of_pair).collect(),
        })
    }

    /// The change of a number about everyone, per organisation.
    pub(crate) fn find(&self, boards: Boards, scope: Scope, item: &str, statistic: &str) -> Option<&'a Change> {
        self.rows.iter().copied().find(|row| {
            row.boards == boards
                && row.scope == scope
                && row.item == item
                && row.statistic == statistic
                && row.by == ALL
                && row.base == Base::Organisations
        })
    }

    /// The statistic that tells most and compares: the mean level, or else the share at the level of the old test.
    pub(crate) fn statistic(&self, view: &View<'_>) -> Option<String> {
        let compares = |statistic: &str| {
            self.rows.iter().any(|row| {
                row.scope == Scope::Domain && row.statistic == statistic && row.comparability != Comparability::Break
            })
        };
        let share = view
            .framework
            .pass_level
            .map(|level| format!("share_level_{level}_plus"));
        let names = ["mean_level".to_owned()]
            .into_iter()
            .chain(share)
            .chain(["share_meeting".to_owned()]);
        names.into_iter().find(|name| compares(name))
    }

    /// Whether boards came forward themselves in one of the waves, so that no change is one of all boards.
    pub(crate) fn is_of_participants(&self) -> bool {
        self.rows.iter().any(|row| row.speaks_for == SpeaksFor::Participants)
    }

    /// The sizes of the breaks that a bridge group shows at this wave.
    pub(crate) fn bridged(view: &View<'a>) -> Vec<&'a Change> {
        let rows = view.input.analysed.changes.iter();
        rows.filter(|row| row.boards == Boards::Bridge && row.to_wave == view.wave.id)
            .collect()
    }
}

/// A number of a statistic in words.
pub(crate) fn value(view: &View<'_>, statistic: &str, value: Option<f64>, n: Option<i64>) -> String {
    let n = n.unwrap_or_default();
    match value {
        None => "–".to_owned(),
        Some(value) if statistic == "mean_level" => view.level(value, n),
        Some(value) => view.percent(value, n),
    }
}

/// A difference with its sign: levels with two decimals, shares in percentage points.
pub(crate) fn shift(view: &View<'_>, statistic: &str, change: f64, n: i64) -> String {
    let text = if statistic == "mean_level" {
        number_format::decimal(change, 2, view.language())
    } else {
        number_format::decimal(change * 100.0, usize::from(n >= 200), view.language())
    };
    number_format::signed(change, text)
}

/// The interval of a change in words; empty when there is none.
pub(crate) fn interval(view: &View<'_>, row: &Change) -> String {
    match (row.ci_low, row.ci_high) {
        (Some(low), Some(high)) if low < high => {
            let n = under(row);
            let write = |value| shift(view, &row.statistic, value, n);
            format!("{} … {}", write(low), write(high))
        }
        _ => String::new(),
    }
}

/// The organisations that decide how far a change is rounded: those of the smaller wave.
pub(crate) fn under(row: &Change) -> i64 {
    row.n_from.min(row.n_to).unwrap_or_default()
}

/// A count of organisations in words; a dash when it is withheld.
pub(crate) fn count(view: &View<'_>, count: Option<i64>) -> String {
    count.map_or_else(|| "–".to_owned(), |count| view.count(count))
}

/// What a statistic is called within a sentence.
pub(crate) fn measure(view: &View<'_>, statistic: &str) -> Result<String, Error> {
    let level = view.framework.pass_level.unwrap_or_default();
    let key = match statistic {
        "mean_level" => "change.measure.mean_level",
        "share_meeting" => "change.measure.share_meeting",
        "share_compliant" => "change.measure.share_compliant",
        _ => "change.measure.share_level",
    };
    view.texts.say(key, minijinja::context! { level => level })
}
