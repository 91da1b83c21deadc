//! `nulmeting pack` and `nulmeting verify`: an archive to keep, and the check of it years later.

use super::run::make;
use crate::args::{Document, Global, Language, PackArgs, VerifyArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::archive::{Archive, is_inside, pack};
use crate::lineage::manifest::{Manifest, sha256};
use crate::lineage::step;
use crate::lineage::work::Work;
use crate::loaded::Loaded;
use clap::ValueEnum;
use nulmeting_study::Study;
use serde_json::{Value, json};
use std::path::Path;

/// Packs a study.
pub(crate) fn pack_study(args: &PackArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let bytes = pack(&Work::begin(&loaded)?, args.with_responses)?;
    let target = args
        .archive
        .clone()
        .unwrap_or_else(|| loaded.files.path.with_extension("archive.zip"));
    let folder = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Whole under another name first: an archive that is there is whole.
    let unwritable = |cause: &std::io::Error| {
        Failure::unexpected(format!(
            "the archive cannot be written: {cause}; expected a folder with room and rights\n  at   {}\n  hint choose another file with `--archive`",
            target.display()
        ))
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|cause| unwritable(&cause))?;
    std::io::Write::write_all(&mut file, &bytes).map_err(|cause| unwritable(&cause))?;
    file.persist(&target).map_err(|cause| unwritable(&cause.error))?;
    let hash = sha256(&bytes);
    console.note(&format!(
        "archive: {} ({} bytes, sha256 {hash}); {}",
        target.display(),
        bytes.len(),
        match args.with_responses {
            true => "with what organisations answered: keep it as you keep the exports",
            false =>
                "with nothing about an organisation: keep exports, registers and the key of the pseudonyms elsewhere",
        }
    ));
    if console.is_json() {
        console.json(&json!({ "archive": target.display().to_string(), "bytes": bytes.len(), "sha256": hash }))?;
    }
    Ok(Exit::Done)
}

/// Checks an archive: first that it is whole, then that the outputs can be made again from it to the same bytes.
pub(crate) fn verify(args: &VerifyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let archive = Archive::open(&args.archive)?;
    let mut verified = Verified {
        damage: archive.damage(),
        ..Verified::default()
    };
    verified.program = program(&archive.manifest);
    if verified.damage.is_empty() {
        let folder = tempfile::tempdir().map_err(Failure::unexpected)?;
        verified.missing = archive.lay_out(folder.path(), args.inputs.as_deref())?;
        if verified.missing.is_empty() {
            let study = study_of(&archive, folder.path())?;
            if let (false, Some(path), None) = (study.study.identified, &study.study.pseudonym_key, &args.key) {
                verified.missing.push(format!(
                    "the key of the pseudonyms, `{path}` in the study: name it with `--key`"
                ));
            }
        }
        if verified.missing.is_empty() {
            verified.differing = differing(&archive, folder.path(), global, args.key.as_deref())?;
            verified.made = true;
        }
    }
    verified.tell(&archive, console)?;
    Ok(if verified.is_well() { Exit::Done } else { Exit::Data })
}

/// The study of an archive that was laid out.
///
/// Errors: a study that reads a file outside its folder: an archive from elsewhere must not make this program open one.
fn study_of(archive: &Archive, folder: &Path) -> Result<Study, Failure> {
    let name = &archive.contents.study_file;
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|cause| {
        Failure::data(format!(
            "the study file cannot be read: {cause}; expected it among the inputs\n  at   {name} in the archive\n  hint name the folder with the inputs by `--inputs`"
        ))
    })?;
    let study = Study::parse(&text, name).map_err(Failure::data)?;
    let outside = study.paths().into_iter().find(|(_, path)| !is_inside(path));
    match outside {
        None => Ok(study),
        Some((key, path)) => Err(Failure::data(format!(
            "`{key}` names `{}`, which leads out of the folder of the study; expected a path below it\n  at   {name} in the archive\n  hint only a study whose files lie below its folder can be made again from an archive",
            path.escape_debug()
        ))),
    }
}

/// How this program differs from the one that made the archive.
fn program(manifest: &Manifest) -> Vec<String> {
    let mut found = Vec::new();
    if manifest.version != env!("CARGO_PKG_VERSION") {
        found.push(format!(
            "version {} made it, this is {}",
            manifest.version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    for (stage, code) in step::codes() {
        if manifest.code.get(&stage).is_some_and(|own| *own != code) {
            found.push(format!("the code of `{stage}` is another one"));
        }
    }
    found
}

/// Makes the outputs again and gives those whose bytes are others.
fn differing(archive: &Archive, folder: &Path, global: &Global, key: Option<&Path>) -> Result<Vec<String>, Failure> {
    let setting = |name: &str| archive.manifest.settings.get(name);
    let global = Global {
        out: Some(folder.join("out")),
        language: match setting("language").and_then(Value::as_str) {
            Some("en") => Language::En,
            _ => Language::Nl,
        },
        public: setting("public").and_then(Value::as_bool).unwrap_or(false),
        csv: setting("csv").and_then(Value::as_bool).unwrap_or(false),
        documents: setting("documents")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |words| {
                let words = words.iter().filter_map(Value::as_str);
                words.filter_map(|word| Document::from_str(word, false).ok()).collect()
            }),
        seed: setting("seed").and_then(Value::as_u64),
        ..global.clone()
    };
    let loaded = Loaded::load_with_key(&folder.join(&archive.contents.study_file), &global, key)?;
    make(&loaded, true, &Console::silent())?;
    let again = Manifest::read(&loaded.out);
    let names = archive.manifest.outputs.keys().chain(again.outputs.keys());
    let mut differ: Vec<String> = names
        .filter(|path| archive.manifest.outputs.get(*path) != again.outputs.get(*path))
        .cloned()
        .collect();
    differ.sort();
    differ.dedup();
    Ok(differ)
}

/// What the check came to.
#[derive(Default)]
struct Verified {
    damage: Vec<String>,
    missing: Vec<String>,
    program: Vec<String>,
    differing: Vec<String>,
    made: bool,
}

impl Verified {
    fn is_well(&self) -> bool {
        self.made && self.differing.is_empty()
    }

    fn tell(&self, archive: &Archive, console: &Console) -> Result<(), Failure> {
        if console.is_json() {
            return console.json(&json!({
                "whole": self.damage.is_empty(), "damage": self.damage, "missing": self.missing,
                "program": self.program, "made_again": self.made, "differing": self.differing,
            }));
        }
        let list = |head: &str, lines: &[String]| {
            if !lines.is_empty() {
                console.data(&format!("{head}\n  {}", lines.join("\n  ")));
            }
        };
        list("the archive is not whole", &self.damage);
        if self.damage.is_empty() {
            console.data(&format!("the archive is whole: {} files", archive.contents.files.len()));
        }
        list("missing, and needed to make the outputs again", &self.missing);
        list("made with another program, which may give other bytes", &self.program);
        list("outputs that come out otherwise", &self.differing);
        if self.is_well() {
            console.data(&format!(
                "all {} outputs were made again to the same bytes",
                archive.manifest.outputs.len()
            ));
        }
        Ok(())
    }
}
