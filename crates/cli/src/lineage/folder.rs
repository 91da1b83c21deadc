//! The output folder: one program at a time, and no file in it that is half-written.

use super::manifest::Manifest;
use crate::exit::Failure;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf};

/// Where files are put together before they are renamed into place; it is gone when a command ends.
const STAGING: &str = ".nulmeting-writing";
/// Within it, the paths that are about to be published.
const LIST: &str = "published.txt";

/// The right to write into an output folder, until it is dropped.
///
/// Method: the system's lock on the folder itself, which ends with the program however it ends, and leaves no file.
pub(crate) struct Lock {
    out: PathBuf,
    made: bool,
    _folder: File,
}

impl Lock {
    /// Takes the folder, and makes it when it is not there.
    ///
    /// Errors: a folder that cannot be made, and one in which another command is at work.
    pub(crate) fn take(out: &Path) -> Result<Self, Failure> {
        let made = !out.exists();
        fs::create_dir_all(out).map_err(|cause| Failure::writing(out, &cause))?;
        let folder = File::open(out).map_err(|cause| Failure::writing(out, &cause))?;
        match folder.try_lock() {
            // A file system that knows no locks is used without: most people run one command at a time.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self {
                out: out.to_owned(),
                made,
                _folder: folder,
            }),
            Err(TryLockError::WouldBlock) => Err(Failure::usage(format!(
                "another nulmeting is at work in this folder; expected to be the only one\n  at   {}\n  hint wait until it is done, or give each its own folder with `--out`",
                out.display()
            ))),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.made {
            // Only a folder in which nothing came to stand goes away.
            let _ = fs::remove_dir(&self.out);
        }
    }
}

/// Removes what a command that was broken off left behind.
///
/// Method: its staging area lists what it was about to publish; of that, whatever the manifest does not know is
/// no output of anything. What the manifest does know is held against its hash, and made again when it differs.
pub(crate) fn recover(out: &Path, before: &Manifest) -> Result<(), Failure> {
    let staging = out.join(STAGING);
    if !staging.exists() {
        return Ok(());
    }
    let list = fs::read_to_string(staging.join(LIST)).unwrap_or_default();
    for path in list.lines().filter(|path| !before.outputs.contains_key(*path)) {
        if path != "manifest.json" {
            remove(out, path);
        }
    }
    fs::remove_dir_all(&staging).map_err(|cause| Failure::writing(&staging, &cause))
}

/// Removes a file of the output folder, and the folders that it leaves empty.
pub(crate) fn remove(out: &Path, path: &str) {
    if !is_inner(path) {
        return;
    }
    let mut gone = out.join(path);
    // What is gone already needs no removing.
    let _ = fs::remove_file(&gone);
    while gone.pop() && gone != out && fs::remove_dir(&gone).is_ok() {}
}

/// Whether a path of a manifest stays within the output folder.
fn is_inner(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// The staging area of a command.
///
/// Files need no flush to the disk itself: after a power cut the manifest's hashes tell which of them to make again.
pub(crate) struct Staging {
    out: PathBuf,
    path: PathBuf,
}

impl Staging {
    /// Opens it, before long work: a folder that cannot be written to is known at once.
    pub(crate) fn open(out: &Path) -> Result<Self, Failure> {
        let path = out.join(STAGING);
        fs::create_dir(&path).map_err(|cause| Failure::writing(out, &cause))?;
        Ok(Self {
            out: out.to_owned(),
            path,
        })
    }

    /// Puts a whole file into it.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        let full = self.path.join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
        }
        fs::write(&full, bytes).map_err(|cause| Failure::writing(&self.out.join(path), &cause))
    }

    /// Notes what is about to be published, for a command that comes after one that was broken off.
    pub(crate) fn announce(&self, paths: &BTreeSet<&str>) -> Result<(), Failure> {
        let list: Vec<&str> = paths.iter().copied().collect();
        self.put(LIST, (list.join("\n") + "\n").as_bytes())
    }

    /// Moves a file into place.
    pub(crate) fn publish(&self, path: &str) -> Result<(), Failure> {
        let target = self.out.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
        }
        fs::rename(self.path.join(path), &target).map_err(|cause| Failure::writing(&target, &cause))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // The next command clears what cannot be removed now.
        let _ = fs::remove_dir_all(&self.path);
    }
}
