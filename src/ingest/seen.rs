//! Files that need not be opened: they are what an earlier run saw of them. A night that adds one day
//! then reads that day, and not the years before it only to find that it knows them.
//!
//! `lake/.seen` holds, by name, a file's length, the times of its last write and of its last change,
//! and its hash. It may be deleted at any time: then every file is looked at again.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::lake;

/// A file that changed a moment ago may change again without its times telling: no file system's
/// clock is coarser than this.
const SETTLED: Duration = Duration::from_secs(2);

/// What tells that a file is still the same. Its time of writing can be set by anyone; on most file
/// systems the time of its last change is the system's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Nanoseconds since 1970.
    written: i128,
    changed: i128,
}

impl Stamp {
    pub(crate) fn of(found: &Metadata) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            device: found.dev(),
            inode: found.ino(),
            bytes: found.len(),
            written: nanoseconds(found.mtime(), found.mtime_nsec()),
            changed: nanoseconds(found.ctime(), found.ctime_nsec()),
        }
    }

    /// Whether nothing was written between the two.
    pub(crate) fn is_written_like(self, other: Self) -> bool {
        (self.bytes, self.written) == (other.bytes, other.written)
    }

    /// Whether a write from this moment on would show.
    pub(crate) fn has_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let moment = now.saturating_sub(SETTLED).as_nanos() as i128;
        self.written < moment && self.changed < moment
    }
}

type Files = BTreeMap<String, (Stamp, String)>;

/// What earlier runs saw of the exports, and what this one sees.
#[derive(Debug)]
pub(crate) struct Seen {
    path: PathBuf,
    before: Files,
    now: Mutex<Files>,
}

impl Seen {
    /// What was seen of the exports of the lake in `root`; nothing where that is not known.
    pub(crate) fn of_lake(root: &Path) -> Self {
        let path = root.join(".seen");
        let before = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { path, before, now: Mutex::default() }
    }

    /// The hash of a file that is still as it was seen.
    pub(crate) fn sha256(&self, name: &str, path: &Path) -> Option<&str> {
        let found = fs::symlink_metadata(path).ok().filter(Metadata::is_file)?;
        let (stamp, sha256) = self.before.get(name)?;
        if Stamp::of(&found) != *stamp {
            return None;
        }
        self.remember(name, *stamp, sha256);
        Some(sha256)
    }

    /// Takes note of a file that had this stamp before and after it was hashed.
    pub(crate) fn note(&self, name: &str, stamp: Stamp, sha256: &str, now: SystemTime) {
        if stamp.has_settled(now) {
            self.remember(name, stamp, sha256);
        }
    }

    fn remember(&self, name: &str, stamp: Stamp, sha256: &str) {
        let mut files = self.now.lock().expect("nothing panics while this is locked");
        files.insert(name.to_owned(), (stamp, sha256.to_owned()));
    }

    /// Keeps what this run saw, for the next one.
    pub(crate) fn keep(self, folder_of_temporaries: &Path) -> Result<()> {
        let now = self.now.into_inner().expect("nothing panics while this is locked");
        if now == self.before {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&now).expect("stamps are plain data");
        lake::place(folder_of_temporaries, &self.path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_file_is_known_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "one").unwrap();
        let stamp = Stamp::of(&fs::metadata(&path).unwrap());
        let later = SystemTime::now() + Duration::from_secs(10);

        let first = Seen::of_lake(folder.path());
        assert_eq!(first.sha256("a.csv", &path), None, "nothing was seen yet");
        first.note("a.csv", stamp, "hash", SystemTime::now());
        assert!(first.now.lock().unwrap().is_empty(), "it was written a moment ago");
        first.note("a.csv", stamp, "hash", later);
        first.keep(&folder.path().join("tmp")).unwrap();

        let second = Seen::of_lake(folder.path());
        assert_eq!(second.sha256("a.csv", &path), Some("hash"));
        assert_eq!(second.sha256("b.csv", &path), None);
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        fs::write(&path, "two").unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(written).unwrap();
        assert_eq!(second.sha256("a.csv", &path), None, "its length and its time of writing are the same");

        fs::write(folder.path().join(".seen"), "not what was written").unwrap();
        assert_eq!(Seen::of_lake(folder.path()).before, Files::new());
    }
}
