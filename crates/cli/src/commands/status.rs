//! `nulmeting status`: what is up to date, what is stale, and why.

use crate::args::{Global, StudyArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::manifest::Manifest;
use crate::lineage::present::Present;
use crate::lineage::step::{self, Stage, State};
use crate::loaded::Loaded;
use serde_json::json;

/// Reasons that are named for one step; the rest is counted.
const REASONS: usize = 5;

/// Looks at inputs and outputs, and writes nothing.
pub(crate) fn status(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut loaded = Loaded::load(&args.study, global)?;
    let before = Manifest::read(&loaded.out);
    // A public profile that stands there is named, whether or not it was asked for.
    loaded.publication.public |= before.steps.contains_key(Stage::Public.word());
    let (present, damage) = rayon::join(|| Present::look(&loaded), || before.damage(&loaded.out));
    let found = step::survey(&loaded, &present?, &before, &damage);
    let stale = found.iter().filter(|(_, state)| *state != State::Current).count();
    if console.is_json() {
        let steps: Vec<_> = found.iter().map(|(step, state)| step::json(step, state)).collect();
        console.json(&json!({ "current": stale == 0, "steps": steps }))?;
    } else {
        for (step, state) in &found {
            console.data(&line(&step.name(), state));
        }
    }
    if stale > 0 {
        let public = if loaded.publication.public { " --public" } else { "" };
        console.note(&format!("next: nulmeting run {}{public}", loaded.files.path.display()));
    }
    Ok(Exit::Done)
}

fn line(step: &str, state: &State) -> String {
    match state {
        State::Current => format!("{step}: up to date"),
        State::Waiting(earlier) => format!("{step}: depends on what {earlier} gives"),
        State::Stale(reasons) => format!("{step}: stale, {}", because(reasons)),
    }
}

/// The first reasons, and how many more there are.
pub(crate) fn because(reasons: &[String]) -> String {
    let named = reasons[..reasons.len().min(REASONS)].join("; ");
    match reasons.len().saturating_sub(REASONS) {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}
