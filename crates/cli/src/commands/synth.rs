//! `nulmeting synth`: a made-up study with a known truth.

use crate::args::{Global, SynthArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use std::path::PathBuf;

/// The seed of the example study, used when none is given.
const SEED: u64 = 20_230_911;

/// Levels in hundredths, within the scale.
fn hundredths(levels: f64) -> i32 {
    (levels.clamp(-5.0, 5.0) * 100.0).round() as i32
}

/// Writes a made-up study.
pub(crate) fn synth(args: &SynthArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let out = global.out.clone().unwrap_or_else(|| PathBuf::from("synth"));
    let options = nulmeting_synth::Options {
        organisations: args.organisations,
        waves: args.waves,
        seed: global.seed.unwrap_or(SEED),
        export: args.export,
        change: hundredths(args.change),
        kinds: args.kinds,
        mergers: args.mergers,
        stricter: hundredths(args.stricter),
        bridge: args.bridge,
    };
    let files = nulmeting_synth::study(&options).map_err(Failure::usage)?;
    for (path, bytes) in &files {
        let path = out.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
        }
        std::fs::write(&path, bytes).map_err(|cause| Failure::writing(&path, &cause))?;
    }
    let study = out.join("nulmeting.toml");
    console.note(&format!(
        "{} files written; next: nulmeting run {}",
        files.len(),
        study.display()
    ));
    Ok(Exit::Done)
}
