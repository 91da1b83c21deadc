//! Opening an archive that anybody may have made: names, sizes and hashes are judged before a byte is written.

use super::name::is_inside;
use super::{CONTENTS, Contents, FORMAT, INPUTS, Packed};
use crate::exit::Failure;
use crate::lineage::manifest::{FILE, Manifest, sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Most bytes of an archive's list of contents.
const MOST_CONTENTS: u64 = 64 << 20;
/// Most bytes that an archive may unpack to: all of them are held at once while they are judged.
const MOST_UNPACKED: u64 = 2 << 30;
/// Most bytes that a packed byte may unpack to: exports as text come to 30, a bomb to 1,000.
const MOST_RATIO: u64 = 200;

/// An archive whose names, sizes and list of contents have been judged.
pub(crate) struct Archive {
    pub(crate) contents: Contents,
    pub(crate) manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// Opens an archive; nothing is written.
    ///
    /// Errors: a file that is no archive of this shape, that names a file outside its folder, that holds a file which
    /// its list of contents does not, or that unpacks to more than it says or than the limits allow.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::judged(path).map_err(|fault| {
            Failure::data(format!(
                "{fault}; expected an archive that `nulmeting pack` made\n  at   {}\n  hint copy it again from where it is kept",
                path.display()
            ))
        })
    }

    fn judged(path: &Path) -> Result<Self, String> {
        let size = fs::metadata(path)
            .map_err(|cause| format!("it cannot be read: {cause}"))?
            .len();
        if size > MOST_UNPACKED {
            return Err(format!("it holds {size} bytes, and {MOST_UNPACKED} is the most"));
        }
        let bytes = fs::read(path).map_err(|cause| format!("it cannot be read: {cause}"))?;
        let mut archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|cause| format!("it cannot be opened: {cause}"))?;
        let text = entry(&mut archive, CONTENTS, MOST_CONTENTS)?
            .ok_or_else(|| format!("`{CONTENTS}` is not in it, or is longer than any list of contents"))?;
        let contents: Contents =
            serde_json::from_slice(&text).map_err(|cause| format!("`{CONTENTS}` in it cannot be read: {cause}"))?;
        check_contents(&contents, size)?;
        for index in 0..archive.len() {
            let name = archive.name_for_index(index).and_then(Result::ok).unwrap_or_default();
            if name != CONTENTS && !contents.files.contains_key(&*name) {
                let name = name.escape_debug();
                return Err(format!("it holds `{name}`, which its list of contents does not"));
            }
        }
        let mut files = BTreeMap::new();
        for (name, packed) in &contents.files {
            if let Some(bytes) = entry(&mut archive, name, packed.bytes)? {
                files.insert(name.clone(), bytes);
            }
        }
        let manifest = files
            .get(FILE)
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .ok_or_else(|| format!("`{FILE}` is not in it, or is not whole"))?;
        Ok(Self {
            contents,
            manifest,
            files,
        })
    }

    /// The files that are not as they were packed, with what is wrong.
    pub(crate) fn damage(&self) -> Vec<String> {
        self.contents
            .files
            .iter()
            .filter_map(|(path, packed)| match self.files.get(path) {
                Some(bytes) if is_as_packed(bytes, packed) => None,
                Some(_) => Some(format!("{path} is not as it was packed")),
                None => Some(format!("{path} is missing from the archive")),
            })
            .collect()
    }

    /// Lays out the inputs in an empty folder: those of the archive, and those that a folder elsewhere has by hash.
    ///
    /// Gives the inputs that are missing.
    pub(crate) fn lay_out(&self, folder: &Path, elsewhere: Option<&Path>) -> Result<Vec<String>, Failure> {
        let mut missing = Vec::new();
        for (name, hash) in &self.contents.inputs {
            match self.files.get(&format!("{INPUTS}/{name}")) {
                Some(bytes) if sha256(bytes) == *hash => write(folder, name, bytes)?,
                _ => missing.push(format!("{name}: sha256 {hash}")),
            }
        }
        let mut wanted = self.contents.elsewhere.clone();
        if let Some(root) = elsewhere.filter(|_| !wanted.is_empty()) {
            for path in files_below(root)? {
                let bytes = fs::read(&path).map_err(|cause| Failure::reading(&path, &cause))?;
                let hash = sha256(&bytes);
                let relative = path.strip_prefix(root).ok().and_then(Path::to_str);
                // The same file may stand under several names, and a study may read any of them.
                if let Some(name) =
                    relative.filter(|name| self.contents.elsewhere.contains_key(&hash) && is_inside(name))
                {
                    write(folder, name, &bytes)?;
                    wanted.remove(&hash);
                }
            }
        }
        missing.extend(wanted.into_iter().map(|(hash, kind)| format!("{kind}: sha256 {hash}")));
        Ok(missing)
    }
}

/// Judges the list of contents by itself.
fn check_contents(contents: &Contents, size: u64) -> Result<(), String> {
    if contents.format != FORMAT {
        return Err(format!(
            "it has shape {}, and this version reads shape {FORMAT}",
            contents.format
        ));
    }
    let names = contents
        .files
        .keys()
        .chain(contents.inputs.keys())
        .chain([&contents.study_file]);
    if let Some(name) = names.into_iter().find(|name| !is_inside(name)) {
        return Err(format!(
            "it names `{}`, which leads out of its folder",
            name.escape_debug()
        ));
    }
    let unpacked = contents
        .files
        .values()
        .fold(0_u64, |sum, packed| sum.saturating_add(packed.bytes));
    let most = MOST_UNPACKED.min(size.saturating_mul(MOST_RATIO));
    if unpacked > most {
        return Err(format!("it unpacks to {unpacked} bytes, and {most} is the most"));
    }
    Ok(())
}

/// The bytes of a file in the archive; absent when it is not there or is longer than `most`.
fn entry(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str, most: u64) -> Result<Option<Vec<u8>>, String> {
    let Ok(file) = archive.by_name(name) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|cause| format!("`{name}` in it cannot be read: {cause}"))?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

fn is_as_packed(bytes: &[u8], packed: &Packed) -> bool {
    bytes.len() as u64 == packed.bytes && sha256(bytes) == packed.sha256
}

/// Writes a new file below a folder.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let target = folder.join(name);
    let unwritable = |cause: std::io::Error| Failure::writing(&target, &cause);
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    let mut file = File::create(&target).map_err(unwritable)?;
    std::io::Write::write_all(&mut file, bytes).map_err(unwritable)
}

/// Every regular file below a folder, in order of path; links are not followed.
fn files_below(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|cause| Failure::reading(&folder, &cause))?;
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}
