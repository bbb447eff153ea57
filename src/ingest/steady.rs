//! Is the file that was read still the one that was looked at? Nothing that came of another counts.

use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::SystemTime;

use super::seen::Stamp;
use super::source::sha256_of;
use crate::error::{Diagnostic, Result};

/// A file as it was before it was read.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    stamp: Stamp,
    /// Whether its last write lay back so far that another one would have another time.
    has_settled: bool,
    sha256: String,
}

impl Before {
    /// A file that was opened with this stamp and then hashed.
    pub(crate) fn new(stamp: Stamp, sha256: &str, opened_at: SystemTime) -> Self {
        Self { stamp, has_settled: stamp.has_settled(opened_at), sha256: sha256.to_owned() }
    }

    /// What reading the file came to, whatever that is: it counts only of a file that nobody changed meanwhile.
    ///
    /// # Errors
    /// As `outcome`; `changed-during-read` where the file was emptied, written to, replaced or removed.
    pub(crate) fn unless_changed<T>(&self, path: &Path, outcome: Result<T>) -> Result<T> {
        if self.has_changed(path) { Err(changed(path)) } else { outcome }
    }

    fn has_changed(&self, path: &Path) -> bool {
        let found = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
        let Some(now) = found.map(|found| Stamp::of(&found)) else { return true };
        if !now.is_written_like(self.stamp) {
            return true;
        }
        // Times can be set, and two writes of one moment have one time: then only the bytes tell.
        let is_told_by_times = self.has_settled && now == self.stamp;
        !is_told_by_times && !self.has_its_bytes(path)
    }

    fn has_its_bytes(&self, path: &Path) -> bool {
        let now = File::open(path).and_then(|mut file| sha256_of(&mut file));
        now.is_ok_and(|sha256| sha256 == self.sha256)
    }
}

fn changed(path: &Path) -> Box<Diagnostic> {
    Diagnostic::error("changed-during-read", "the file changed while it was read, so nothing of it is kept")
        .in_file(path)
        .hint("run the command again once it is written to its end; an export is best moved here when it is complete")
        .into()
}
