//! Tables that are scanned, not held: answers and counts of answers, as one file or as a folder of them.

use crate::exit::Failure;
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_counts::Tally;
use nulmeting_counts::{Block, COUNTED};
use nulmeting_study::Record;
use nulmeting_study::tables::Organisation;
use nulmeting_tables::Scan;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The file or folder of a table within a folder: `NAME.parquet`, or what an engine that writes in parts makes of it.
pub(crate) fn part_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let candidates = [folder.join(format!("{name}.parquet")), folder.join(name)];
    let found = candidates.iter().find(|path| path.exists());
    found.cloned().ok_or_else(|| {
        Failure::usage(format!(
            "no `{name}`; expected `{name}.parquet` or a folder `{name}`\n  at   {}\n  hint `nulmeting sql {name}` prints the query that makes it, `nulmeting sums` makes it here",
            folder.display()
        ))
    })
}

/// Counts the answers, or adds up the counts, of a Parquet file or of every one below a folder.
///
/// Method: row groups are read side by side and added one at a time; whole numbers, so that no order shows.
pub(crate) fn tally(path: &Path) -> Result<Tally, Failure> {
    let mut wanted = COUNTED.to_vec();
    wanted.push("answers");
    let files = files(path)?;
    let scans: Vec<(Scan, Option<String>)> = files
        .iter()
        .map(|file| Ok((Scan::open(file, &wanted).map_err(Failure::data)?, wave_of(path, file))))
        .collect::<Result<_, Failure>>()?;
    let parts: Vec<(usize, usize)> = scans
        .iter()
        .enumerate()
        .flat_map(|(file, (scan, _))| (0..scan.parts()).map(move |part| (file, part)))
        .collect();
    let sum = Mutex::new(Tally::default());
    let faults: Vec<Failure> = parts
        .par_iter()
        .with_max_len(1)
        .filter_map(|(file, part)| {
            let (scan, wave) = &scans[*file];
            let add = || {
                let (rows, columns) = scan.part(*part).map_err(Failure::data)?;
                let block =
                    Block::read(rows, &columns, wave.as_deref()).map_err(|fault| no_answers(&files[*file], &fault))?;
                drop(columns);
                let mut sum = sum.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                sum.add(&block).map_err(|fault| no_answers(&files[*file], &fault))
            };
            add().err()
        })
        .collect();
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(sum.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)),
    }
}

/// The organisations that an engine took: those in its folder, else the study's own.
pub(crate) fn organisations(loaded: &Loaded, folder: &Path) -> Result<Vec<Organisation>, Failure> {
    let own = folder.join("organisations.parquet");
    if own.is_file() {
        read(&own)
    } else {
        stages::table(loaded)
    }
}

/// Reads a declared table that fits in memory.
pub(crate) fn read<R: Record>(path: &Path) -> Result<Vec<R>, Failure> {
    let bytes = std::fs::read(path).map_err(|cause| Failure::reading(path, &cause))?;
    nulmeting_tables::read(bytes, &path.display().to_string()).map_err(Failure::data)
}

fn no_answers(file: &Path, fault: &str) -> Failure {
    Failure::data(format!(
        "{fault}; expected the columns of `answers` or `answer_counts`\n  at   {}\n  hint `nulmeting tables` lists them",
        file.display()
    ))
}

/// The Parquet files of a table, in order of their paths; what engines leave beside them begins with a dot or a dash.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if name.starts_with(['.', '_']) {
                continue;
            }
            if path.is_dir() {
                below(&path, found)?;
            } else if path.extension().is_some_and(|ending| ending == "parquet") {
                found.push(path);
            }
        }
        Ok(())
    }
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    below(path, &mut found).map_err(|cause| Failure::reading(path, &cause))?;
    if found.is_empty() {
        return Err(Failure::data(format!(
            "no Parquet file; expected at least one\n  at   {}\n  hint name the folder that holds the files, or folders `wave=…` with them",
            path.display()
        )));
    }
    found.sort();
    Ok(found)
}

/// The wave that a folder in a file's path names, as engines write it: `wave=2024`.
fn wave_of(root: &Path, file: &Path) -> Option<String> {
    let inner = file.strip_prefix(root).ok()?;
    inner
        .components()
        .filter_map(|part| part.as_os_str().to_str()?.strip_prefix("wave=").map(str::to_owned))
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::{files, wave_of};
    use std::path::Path;

    #[test]
    fn a_folder_by_wave_gives_its_files_in_order_and_their_waves() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [
            "wave=2024/part-1.parquet",
            "wave=2023/part-0.parquet",
            "wave=2023/_SUCCESS",
            "_temporary/a.parquet",
        ] {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), "").unwrap();
        }
        let found = files(root).unwrap();
        let waves: Vec<_> = found.iter().map(|file| wave_of(root, file).unwrap()).collect();
        assert_eq!(waves, ["2023", "2024"]);
        assert_eq!(wave_of(Path::new("a"), Path::new("a/b.parquet")), None);
        assert!(files(&root.join("none")).is_err());
    }
}
