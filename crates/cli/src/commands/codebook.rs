//! `nulmeting codebook`: what is known of a framework and how sure it is, and reading its official list.

use crate::args::{CodebookAction, CodebookArgs, Global};
use crate::codebooks::{self, CodebookFiles};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::read_texts::ReadTexts;
use nulmeting_study::Framework;
use nulmeting_study::formula::masked;
use nulmeting_study::words::{Language, Standing};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Prints a codebook, or makes one from an official list.
pub(crate) fn codebook(args: &CodebookArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    match (&args.action, &args.codebook) {
        (Some(CodebookAction::Import { workbook, base }), _) => import(workbook, base, global, console),
        (None, Some(name)) => {
            let files = codebooks::files(name, Path::new("."), &mut ReadTexts::default())?;
            show(&codebooks::framework(name, &files)?, console)?;
            Ok(Exit::Done)
        }
        (None, None) => Err(Failure::usage("no codebook; expected its name or folder")),
    }
}

/// The counts per standing as a reader says them.
fn standings(counts: &BTreeMap<Standing, usize>) -> String {
    let parts: Vec<String> = Standing::ALL
        .iter()
        .map(|standing| format!("{} {}", counts.get(standing).copied().unwrap_or(0), standing.word()))
        .collect();
    parts.join(", ")
}

fn show(framework: &Framework, console: &Console) -> Result<(), Failure> {
    let count = |domain: &str| {
        let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
        for norm in framework.norms_of(domain) {
            *counts.entry(norm.standing).or_default() += 1;
        }
        counts
    };
    if console.is_json() {
        let domains: Vec<_> = framework
            .domains
            .iter()
            .map(|domain| {
                let counts: BTreeMap<&str, usize> =
                    count(&domain.code).into_iter().map(|(standing, count)| (standing.word(), count)).collect();
                json!({
                    "code": domain.code, "part": domain.part, "number": domain.number, "name": domain.name.nl,
                    "standing": domain.standing.word(), "norms": framework.norms_of(&domain.code).count(), "by_standing": counts,
                })
            })
            .collect();
        return console.json(&json!({
            "id": framework.id, "title": framework.title.nl, "origin": framework.origin.nl, "test": framework.test.word(),
            "levels": framework.levels.iter().map(|level| json!({ "number": level.number, "name": level.name.nl })).collect::<Vec<_>>(),
            "domains": domains,
        }));
    }
    let mut text = format!(
        "{} ({})\n{}\n",
        framework.title.in_language(Language::En),
        framework.id,
        framework.origin.in_language(Language::En)
    );
    match framework.scale() {
        Some((low, high)) => text.push_str(&format!("levels {low} to {high}\n")),
        None => text.push_str("one pass/fail test per norm\n"),
    }
    for part in &framework.parts {
        let counts: BTreeMap<Standing, usize> = framework.standing_counts(&part.code).into_iter().collect();
        let total: usize = counts.values().sum();
        let known = part
            .norms_known_to_exist
            .map(|known| format!(" of {known} that exist"))
            .unwrap_or_default();
        text.push_str(&format!(
            "\n{}: {total} norms{known}; {}\n",
            part.name.in_language(Language::En),
            standings(&counts)
        ));
        for domain in framework.domains.iter().filter(|domain| domain.part == part.code) {
            let counts = count(&domain.code);
            let total: usize = counts.values().sum();
            text.push_str(&format!(
                "  {:>2} {:<4} {:<34} {total:>3} norms: {}\n",
                domain.number,
                domain.code,
                domain.name.nl,
                standings(&counts)
            ));
        }
    }
    text.push_str(
        "\nnorms that no public page shows are not listed; `nulmeting codebook import` reads the official list",
    );
    console.data(&text);
    Ok(())
}

/// Makes a codebook from the official list: its norms take the place of the base's.
fn import(workbook: &Path, base: &str, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let CodebookFiles { mut texts, .. } = codebooks::files(base, Path::new("."), &mut ReadTexts::default())?;
    let framework = Framework::parse(&texts, base).map_err(Failure::usage)?;
    let bytes = std::fs::read(workbook).map_err(|cause| Failure::reading(workbook, &cause))?;
    let listed = nulmeting_ingest::codebook_list(&bytes, &workbook.display().to_string()).map_err(Failure::data)?;
    let source = workbook
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let write =
        |writer: &mut csv::Writer<Vec<u8>>, row: [&str; 8]| writer.write_record(row).map_err(Failure::unexpected);
    write(
        &mut writer,
        [
            "code", "domain", "title_nl", "title_en", "target", "axis", "standing", "source",
        ],
    )?;
    let (mut kept, mut strange, mut filled) = (0, Vec::new(), Vec::new());
    let mut codes = std::collections::BTreeSet::new();
    for own in &listed {
        let known = framework.norm(&own.code);
        let Some(domain) = known
            .map(|norm| norm.domain.as_str())
            .or_else(|| framework.domain_by_prefix(&own.code).map(|d| d.code.as_str()))
        else {
            strange.push(format!("`{}` (row {})", own.code, own.row));
            continue;
        };
        if !codes.insert(own.code.clone()) {
            continue;
        }
        let sibling = framework.norms_of(domain).next();
        // What the list does not say is not official: the target then is the base's.
        let standing = match (own.target, known.or(sibling)) {
            (None, Some(norm)) if norm.target.is_some() => {
                filled.push(own.code.as_str());
                norm.standing
            }
            _ => Standing::Official,
        };
        let target = own
            .target
            .or(known.or(sibling).and_then(|norm| norm.target))
            .map(|target| target.to_string())
            .unwrap_or_default();
        let axes = known.or(sibling).map(|norm| norm.axes.as_slice()).unwrap_or_default();
        let axis = match axes {
            [] => "",
            [one] => one.as_str(),
            _ => "both",
        };
        let english = known.map(|norm| norm.title.en.as_str()).unwrap_or_default();
        write(
            &mut writer,
            [
                &own.code,
                domain,
                &masked(&own.title),
                &masked(english),
                &target,
                axis,
                standing.word(),
                &masked(&source),
            ],
        )?;
        kept += 1;
    }
    if kept == 0 {
        return Err(Failure::data(format!(
            "none of the {} listed codes has a prefix of `{base}`; expected codes such as `{}`\n  at   {}\n  hint choose another `--base`",
            listed.len(),
            framework.norms[0].code,
            workbook.display()
        )));
    }
    texts.insert(
        "norms.csv".into(),
        String::from_utf8(writer.into_inner().map_err(Failure::unexpected)?).map_err(Failure::unexpected)?,
    );
    if framework
        .versions
        .iter()
        .any(|link| !link.to.is_empty() && !codes.contains(&link.to))
    {
        // What became of a norm that the list does not hold concerns nobody.
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(["version", "from", "to", "kind"])
            .map_err(Failure::unexpected)?;
        for link in framework
            .versions
            .iter()
            .filter(|link| link.to.is_empty() || codes.contains(&link.to))
        {
            writer
                .write_record([&link.version, &link.from, &link.to, link.kind.word()])
                .map_err(Failure::unexpected)?;
        }
        let text = String::from_utf8(writer.into_inner().map_err(Failure::unexpected)?).map_err(Failure::unexpected)?;
        texts.insert("versions.csv".into(), text);
    }
    let id = format!("{}-official", framework.id);
    let head = texts.get("framework.toml").cloned().unwrap_or_default().replacen(
        &format!("id = \"{}\"", framework.id),
        &format!("id = \"{id}\""),
        1,
    );
    texts.insert("framework.toml".into(), head);
    Framework::parse(&texts, &id).map_err(Failure::data)?;
    let out = global.out.clone().unwrap_or_else(|| PathBuf::from(&id));
    std::fs::create_dir_all(&out).map_err(|cause| Failure::writing(&out, &cause))?;
    for (name, text) in &texts {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|cause| Failure::writing(&path, &cause))?;
    }
    let gone: Vec<&str> = framework
        .norms
        .iter()
        .map(|norm| norm.code.as_str())
        .filter(|code| !codes.contains(*code))
        .collect();
    console.note(&format!(
        "{kept} norms read into {}, {} of them as official",
        out.display(),
        kept - filled.len()
    ));
    if !filled.is_empty() {
        console.note(&format!(
            "without a target in the list; it is taken from `{base}`, and the norm is not stamped as official: {}",
            filled.join(", ")
        ));
    }
    if !gone.is_empty() {
        console.note(&format!("not in the list, and left out: {}", gone.join(", ")));
    }
    if !strange.is_empty() {
        console.note(&format!("no known prefix, and not read: {}", strange.join(", ")));
    }
    console.note(&format!("next: framework = \"{}\" in the study file", out.display()));
    Ok(Exit::Done)
}
