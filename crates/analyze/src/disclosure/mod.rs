//! What may be published: every number passes here before it leaves the stage.
//!
//! A number comes in as a [`Guarded`] row, which nobody can read, together with the evidence of how it came about.
//! [`decide`] looks at all of them at once and says which cells stay closed; [`release`] gives the rows, those in
//! closed cells without their numbers. Nothing else makes a [`Released`], and the tables of the stage hold nothing
//! but those, so that a table cannot be published by forgetting to guard it.
//!
//! A cell is closed when too few organisations are under it, when a few organisations carry it (per pupil), and when
//! it would follow, or nearly follow, from what stays open: totals less the other groups, a domain less its
//! other norms, shares that sum to one. All statistics about one item in one group are closed together.
//!
//! What this does not do: a total over at least the minimum stays open, whatever it says. When no organisation at
//! all meets a norm, none of a small group does either, and closing the group hides nothing that the total tells.

mod bounds;
mod cells;
mod closing;
mod evidence;
mod exact;
mod moved;
mod relation;

pub use closing::{Withheld, decide};
pub use evidence::{Cell, Evidence, Range, is_dominated};
pub use moved::moved;
pub(crate) use moved::withhold_change;
pub(crate) use relation::{RESPONSE, question_item, validation_item};
pub use relation::{Relation, relations};

use nulmeting_study::Released;
use nulmeting_study::tables::{Attention, Choice, Estimate, Move, TypeProfile, Validation};
use nulmeting_study::words::Reliability;

/// A row with numbers that nobody may read before it is decided whether they may be published.
#[derive(Debug, Clone)]
pub struct Guarded<R> {
    row: R,
    under: Under,
}

#[derive(Debug, Clone)]
enum Under {
    /// The row is a cell of its own, and says something of other cells too.
    Own(Box<Evidence>, Vec<Cell>),
    /// The row says the same as other cells, and is closed when one of them is.
    Following(Vec<Cell>),
}

impl<R> Guarded<R> {
    /// Guards a row with the evidence of its number.
    pub fn new(row: R, evidence: Evidence) -> Self {
        Self {
            row,
            under: Under::Own(Box::new(evidence), Vec::new()),
        }
    }

    /// The same row, closed too when one of these cells is: a crossing says of its column what it says of its row.
    #[must_use]
    pub fn also(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        match &mut self.under {
            Under::Own(_, own) | Under::Following(own) => own.extend(cells),
        }
        self
    }

    /// Guards a row whose number follows from those of other cells: it is closed when one of them is.
    ///
    /// A change from one wave to the next follows the cells of both; so does a difference between groups.
    pub fn following(row: R, cells: Vec<Cell>) -> Self {
        Self {
            row,
            under: Under::Following(cells),
        }
    }

    /// The evidence of a row that is a cell of its own.
    pub fn evidence(&self) -> Option<&Evidence> {
        match &self.under {
            Under::Own(evidence, _) => Some(evidence),
            Under::Following(_) => None,
        }
    }
}

/// A row that can stand without its numbers.
pub trait Withhold {
    /// Takes out every number that says something about the organisations under the row, their count included.
    ///
    /// What is left is the same whatever the reason was.
    fn withhold(&mut self);
}

/// Gives the rows, those in closed cells without their numbers.
///
/// A row whose cell was never decided on is withheld.
#[expect(clippy::disallowed_methods, reason = "this is where disclosure control decides")]
pub fn release<R: Withhold>(rows: Vec<Guarded<R>>, withheld: &Withheld) -> Released<R> {
    let open = |guarded: &Guarded<R>| match &guarded.under {
        Under::Own(evidence, also) => std::iter::once(&evidence.cell)
            .chain(also)
            .all(|cell| withheld.is_open(cell)),
        Under::Following(cells) => cells.iter().all(|cell| withheld.is_open(cell)),
    };
    Released::after_control(
        rows.into_iter()
            .map(|mut guarded| {
                if !open(&guarded) {
                    guarded.row.withhold();
                }
                guarded.row
            })
            .collect(),
    )
}

/// Method of an interval that is not there.
const NO_METHOD: &str = "none";

macro_rules! withhold_estimate {
    ($row:ty $(, $also:ident)*) => {
        impl Withhold for $row {
            fn withhold(&mut self) {
                self.estimate = None;
                self.se = None;
                self.ci_low = None;
                self.ci_high = None;
                self.ci_method = NO_METHOD.to_owned();
                self.df = None;
                self.deff = None;
                self.n = None;
                self.n_eff = None;
                self.population = None;
                self.reliability = Reliability::Unreliable;
                self.suppressed = true;
                $(self.$also = None;)*
            }
        }
    };
}

withhold_estimate!(Estimate, p, p_adjusted, p_fdr);
withhold_estimate!(Choice);

impl Withhold for TypeProfile {
    fn withhold(&mut self) {
        self.estimate = None;
        self.ci_low = None;
        self.ci_high = None;
        self.ci_method = NO_METHOD.to_owned();
        self.n = None;
        self.difference = None;
        self.suppressed = true;
    }
}

impl Withhold for Validation {
    fn withhold(&mut self) {
        self.level_self = None;
        self.level_validated = None;
        self.difference = None;
        self.se = None;
        self.ci_low = None;
        self.ci_high = None;
        self.df = None;
        self.n = None;
        self.suppressed = true;
    }
}

impl Withhold for Move {
    fn withhold(&mut self) {
        self.boards = None;
        self.pupils = None;
        self.suppressed = true;
    }
}

impl Withhold for Attention {
    fn withhold(&mut self) {
        self.share_below_target = None;
        self.ci_low = None;
        self.ci_high = None;
        self.mean_level = None;
        self.gap = None;
        self.n = None;
    }
}
