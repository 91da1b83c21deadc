//! `nulmeting plan`: how many organisations per stratum next time, for a wanted margin.

use crate::args::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::stages;
use clap::Args;
use nulmeting_analyze::next_wave::{Spread, spreads};
use nulmeting_analyze::sample::samples;
use nulmeting_analyze::variable::variables;
use nulmeting_study::words::Scope;
use nulmeting_survey::{Allocation, Plan, StratumSpread, plan as planned, precision};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Sample sizes whose precision is shown beside the one that was asked for.
const SIZES: [usize; 8] = [15, 30, 50, 75, 100, 150, 200, 300];

/// For which number, and how sure.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nulmeting plan data/example/nulmeting.toml --margin 0.05\n  nulmeting plan data/example/nulmeting.toml --margin 0.2 --item all --statistic mean_level"
)]
pub(crate) struct PlanArgs {
    /// The study file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// Half-width that the interval may have, in the unit of the statistic: 0.05 is five percentage points
    #[arg(long, value_name = "M")]
    margin: f64,
    /// Level of the interval
    #[arg(long, value_name = "L", default_value_t = 0.95)]
    level: f64,
    /// Wave whose spread is taken; the last one with answers when left out
    #[arg(long, value_name = "W")]
    wave: Option<String>,
    /// Norm, domain or `all`; the domain that needs most when left out
    #[arg(long, value_name = "CODE")]
    item: Option<String>,
    /// Statistic, as in the table `estimates`
    #[arg(long, value_name = "S", default_value = "share_compliant")]
    statistic: String,
}

/// One number with the plans for it.
struct Outcome {
    item: String,
    spreads: Vec<Spread>,
    neyman: Plan,
    proportional: Plan,
}

/// Reads the study, plans, prints.
pub(crate) fn plan(args: &PlanArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normalized = stages::normalize(&loaded, &stages::ingest(&loaded)?)?;
    let samples = samples(&loaded.study, &normalized.organisations).map_err(Failure::data)?;
    let last = loaded
        .study
        .waves
        .iter()
        .rev()
        .map(|wave| &wave.id)
        .find(|id| samples.contains_key(*id));
    let Some(wave) = args.wave.as_ref().or(last) else {
        return Err(Failure::data(
            "no wave has answers of the register; expected one to plan from",
        ));
    };
    let (Some(sample), Some(framework)) = (samples.get(wave), normalized.frameworks.get(wave)) else {
        let known: Vec<&str> = samples.keys().map(String::as_str).collect();
        return Err(Failure::usage(format!(
            "wave `{wave}` has no answers; expected one of {}",
            known.join(", ")
        )));
    };
    let variables = variables(&loaded.study, framework, sample, &normalized.levels, &[]);
    let mut best: Option<Outcome> = None;
    for variable in variables.iter().filter(|variable| variable.statistic == args.statistic) {
        let wanted = match &args.item {
            Some(item) => variable.item == *item,
            None => variable.scope == Scope::Domain,
        };
        let Some(spreads) = spreads(sample, variable, &normalized.organisations).filter(|_| wanted) else {
            continue;
        };
        let strata: Vec<StratumSpread> = spreads.iter().map(|spread| spread.stratum.clone()).collect();
        let of = |allocation| {
            planned(&strata, allocation, args.margin, args.level)
                .map_err(|error| Failure::usage(format!("{error}\n  hint {}", error.hint())))
        };
        let outcome = Outcome {
            item: variable.item.clone(),
            neyman: of(Allocation::Neyman)?,
            proportional: of(Allocation::Proportional)?,
            spreads,
        };
        let size = |outcome: &Outcome| outcome.neyman.units.iter().sum::<usize>();
        if best.as_ref().is_none_or(|best| size(&outcome) > size(best)) {
            best = Some(outcome);
        }
    }
    let Some(outcome) = best else {
        return Err(Failure::usage(format!(
            "`{}` of `{}` has no spread in wave `{wave}`, or is not there; expected an item and statistic of the table `estimates` that differ between organisations\n  hint name another with `--item` and `--statistic`",
            args.statistic,
            args.item.as_deref().unwrap_or("a domain"),
        )));
    };
    if console.is_json() {
        console.json(&object(args, wave, &outcome))?;
    } else {
        console.data(&page(args, wave, &outcome));
        console.note(
            "the plan counts answers, not invitations; it assumes that organisations differ as much as in this wave",
        );
        if outcome.spreads.iter().any(|spread| spread.borrowed) {
            console.note("* too few answers or no spread in the stratum: the deviation of the whole sample is taken");
        }
    }
    Ok(Exit::Done)
}

/// Sizes with the half-width that each allocation gives, as far as there are organisations.
fn sizes(args: &PlanArgs, outcome: &Outcome) -> Vec<(usize, f64, f64)> {
    let strata: Vec<StratumSpread> = outcome.spreads.iter().map(|spread| spread.stratum.clone()).collect();
    let population: f64 = strata.iter().map(|stratum| stratum.population).sum();
    SIZES
        .into_iter()
        .filter(|size| *size as f64 <= population && *size >= 2 * strata.len())
        .map(|size| {
            let of = |allocation| precision(&strata, allocation, size, args.level).margin;
            (size, of(Allocation::Proportional), of(Allocation::Neyman))
        })
        .collect()
}

fn object(args: &PlanArgs, wave: &str, outcome: &Outcome) -> Value {
    let of =
        |plan: &Plan| json!({"organisations": plan.units.iter().sum::<usize>(), "se": plan.se, "margin": plan.margin});
    let strata: Vec<Value> = outcome
        .spreads
        .iter()
        .enumerate()
        .map(|(place, spread)| {
            json!({
                "stratum": spread.stratum.label,
                "population": spread.stratum.population as i64,
                "n": spread.n,
                "deviation": spread.stratum.deviation,
                "borrowed": spread.borrowed,
                "proportional": outcome.proportional.units[place],
                "neyman": outcome.neyman.units[place],
            })
        })
        .collect();
    let sizes: Vec<Value> = sizes(args, outcome)
        .into_iter()
        .map(|(size, proportional, neyman)| {
            json!({"organisations": size, "margin_proportional": proportional, "margin_neyman": neyman})
        })
        .collect();
    json!({
        "wave": wave,
        "item": outcome.item,
        "statistic": args.statistic,
        "margin": args.margin,
        "level": args.level,
        "proportional": of(&outcome.proportional),
        "neyman": of(&outcome.neyman),
        "strata": strata,
        "sizes": sizes,
    })
}

fn page(args: &PlanArgs, wave: &str, outcome: &Outcome) -> String {
    let heading = [
        "stratum",
        "population",
        "answered",
        "deviation",
        "proportional",
        "neyman",
    ]
    .map(str::to_owned);
    let mut lines = vec![heading.to_vec()];
    for (place, spread) in outcome.spreads.iter().enumerate() {
        lines.push(vec![
            spread.stratum.label.clone(),
            spread.stratum.population.to_string(),
            spread.n.to_string(),
            format!(
                "{:.3}{}",
                spread.stratum.deviation,
                if spread.borrowed { "*" } else { "" }
            ),
            outcome.proportional.units[place].to_string(),
            outcome.neyman.units[place].to_string(),
        ]);
    }
    let sum = |count: &dyn Fn(usize) -> f64| (0..outcome.spreads.len()).map(count).sum::<f64>().to_string();
    lines.push(vec![
        "all".to_owned(),
        sum(&|place| outcome.spreads[place].stratum.population),
        sum(&|place| outcome.spreads[place].n as f64),
        String::new(),
        sum(&|place| outcome.proportional.units[place] as f64),
        sum(&|place| outcome.neyman.units[place] as f64),
    ]);
    let margin = |plan: &Plan| format!("{:.4}", plan.margin);
    lines.push(vec![
        "margin".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        margin(&outcome.proportional),
        margin(&outcome.neyman),
    ]);
    let mut text = format!(
        "{} of {}, spread of wave {wave}: answers needed for a margin of {} ({} % interval)\n\n",
        args.statistic,
        outcome.item,
        args.margin,
        100.0 * args.level
    );
    text.push_str(&aligned(&lines));
    let mut lines = vec![["organisations", "proportional", "neyman"].map(str::to_owned).to_vec()];
    for (size, proportional, neyman) in sizes(args, outcome) {
        lines.push(vec![
            size.to_string(),
            format!("{proportional:.4}"),
            format!("{neyman:.4}"),
        ]);
    }
    text.push_str("\nmargin by number of answers\n\n");
    text.push_str(&aligned(&lines));
    text
}

/// Columns of one width: the first to the left, the others to the right.
fn aligned(lines: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
