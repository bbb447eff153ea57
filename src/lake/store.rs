//! The lake's folder: opening it, locking it, sweeping it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::commit::Commit;
use super::files;
use super::hold::Hold;
use super::rejects::REJECTS;
use super::snapshot::Snapshot;
use super::tables::TABLES;
use crate::error::{Diagnostic, Result};

/// A lake on disk.
#[derive(Clone, Debug)]
pub struct Lake {
    root: PathBuf,
    hold: Option<Hold>,
}

impl Lake {
    /// The lake in a folder, which is made if it is missing.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        files::create_folder(&root.join("_log"))?;
        Ok(Self { root, hold: None })
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The lake, held so that no other process changes it until this value and its copies are gone: for
    /// work that must not see two states of it. See [`Hold::take`].
    ///
    /// # Errors
    /// `busy` where another process still holds it after `patience`.
    pub fn hold(mut self, doing: &str, patience: Duration) -> Result<Self> {
        self.hold = Some(self.take(doing, patience)?);
        Ok(self)
    }

    /// The newest state; what later commits do does not change it.
    ///
    /// # Errors
    /// A newest manifest that is damaged: an older one never stands in for it.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::newest(&self.root)
    }

    /// Begins a change: takes the lake, if it is not held yet, and clears away what a run that died has left.
    ///
    /// # Errors
    /// `busy` while another process holds it; then nothing was touched.
    pub fn begin(&self, run: &str) -> Result<Commit> {
        let hold = match &self.hold {
            Some(hold) => hold.clone(),
            None => self.take(run, Duration::ZERO)?,
        };
        // A run that was killed in its last moment has left a manifest that may still be lost: it
        // must be safe before the files that it replaced are removed.
        files::sync_folder(&self.root.join("_log"))?;
        let before = self.snapshot()?;
        sweep(&before)?;
        Ok(Commit::new(run, before, hold))
    }

    fn take(&self, doing: &str, patience: Duration) -> Result<Hold> {
        let what = format!("the lake `{}`", self.root.display());
        Hold::take(&self.root.join(".lock"), &what, doing, patience)
    }
}

/// Removes temporary files and data files that the snapshot does not name; only under the lock.
pub(crate) fn sweep(snapshot: &Snapshot) -> Result<()> {
    sweep_temporaries(snapshot.root())?;
    unnamed_files(snapshot)?.iter().try_for_each(|path| files::remove(path))
}

/// Removes temporary files; only under the lock.
pub(crate) fn sweep_temporaries(root: &Path) -> Result<()> {
    for path in files::entries(&root.join("tmp"))? {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|error| Diagnostic::io("remove", &path, &error))?;
    }
    Ok(())
}

/// Parquet files in the tables' folders that the snapshot does not name.
pub(crate) fn unnamed_files(snapshot: &Snapshot) -> Result<Vec<PathBuf>> {
    let root = snapshot.root();
    let named: BTreeSet<PathBuf> = snapshot.all_files().iter().map(|file| root.join(&file.path)).collect();
    let mut unnamed = Vec::new();
    for folder in table_folders() {
        let paths = files::entries(&root.join(folder))?;
        let parquet = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "parquet"));
        unnamed.extend(parquet.filter(|path| !named.contains(path)));
    }
    Ok(unnamed)
}

fn table_folders() -> impl Iterator<Item = String> {
    let tables = TABLES.iter().flat_map(|table| [table.name.to_owned(), format!("{}_history", table.name)]);
    tables.chain([REJECTS.name.to_owned()])
}
