//! Answers of one month, kept beside the lake: a night computes only the months that changed.
//!
//! A partial's name carries the hash of everything it was made from and the hash of its own bytes:
//! one that is stale is not found, one that is damaged is made again.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::lake::{Rows, create_folder, decode, encode, place, read_bytes, remove, sha256};
use crate::types::Month;

/// Partials of a month that stay beside its newest: another reader, of another day or of the state before,
/// may be at work on them.
const KEPT_STALE: usize = 2;

/// The place of a query's partials.
pub(crate) struct Partials {
    folder: PathBuf,
    temporaries: PathBuf,
}

impl Partials {
    /// The partials of a query beside the lake in `root`.
    pub(crate) fn new(root: &Path, query: &str) -> Self {
        let partials = root.join(".partials");
        // Readers of the lake hold no lock, so each process has a place of its own.
        Self { folder: partials.join(query), temporaries: partials.join(format!("tmp-{}", std::process::id())) }
    }

    /// The month's partial made from `inputs`, if it is there and whole.
    pub(crate) fn find(&self, month: Month, inputs: &str) -> Result<Option<PathBuf>> {
        let prefix = format!("{month}-{}-", &inputs[..16]);
        for path in self.of_month(month)? {
            let Some(rest) = file_name(&path).strip_prefix(&prefix) else { continue };
            let whole =
                read_bytes(&path).is_ok_and(|bytes| rest.strip_suffix(".parquet") == Some(&sha256(&bytes)[..16]));
            if whole {
                return Ok(Some(path));
            }
            remove(&path)?;
        }
        Ok(None)
    }

    /// Keeps the month's answer, and of those before only the newest.
    pub(crate) fn keep(&self, month: Month, inputs: &str, rows: &Rows) -> Result<PathBuf> {
        let bytes = encode(rows.batch())?;
        let path = self.folder.join(format!("{month}-{}-{}.parquet", &inputs[..16], &sha256(&bytes)[..16]));
        create_folder(&self.folder)?;
        let stale = self.of_month(month)?;
        place(&self.temporaries, &path, &bytes)?;
        for stale in newest_first(stale).into_iter().filter(|stale| *stale != path).skip(KEPT_STALE) {
            remove(&stale)?;
        }
        // Gone unless another thread writes a partial at this moment.
        let _ = std::fs::remove_dir(&self.temporaries);
        Ok(path)
    }

    /// The rows of a partial.
    pub(crate) fn read(name: &str, path: &Path) -> Result<Rows> {
        Ok(Rows::new(name, decode(read_bytes(path)?, None, path)?))
    }

    fn of_month(&self, month: Month) -> Result<Vec<PathBuf>> {
        let prefix = format!("{month}-");
        let mut paths = crate::lake::entries(&self.folder)?;
        paths.retain(|path| file_name(path).starts_with(&prefix));
        Ok(paths)
    }
}

/// By when they were written; one that is gone meanwhile comes last.
fn newest_first(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let written = |path: &PathBuf| path.metadata().and_then(|known| known.modified()).ok();
    paths.sort_by_cached_key(|path| Reverse(written(path)));
    paths
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
