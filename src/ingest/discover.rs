//! Which files are there to read? Those of the exports' folder and of the folders in it, links to folders
//! followed.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::error::{Diagnostic, Result};

/// Endings of files that are looked at; archives are, so that they are refused aloud.
const ENDINGS: &[&str] = &["csv", "tsv", "tab", "txt", "xlsx", "xls", "gz", "zip"];

/// The files under the exports' folder that may be exports, sorted by path. Hidden files and
/// folders are passed over; links and pipes named like exports are not, so that they are refused
/// aloud.
///
/// # Errors
/// Where a folder cannot be listed.
pub fn discover(settings: &Settings) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![settings.exports.clone()];
    let mut listed = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        let failed = |error| unlisted(&folder, settings, &error);
        if !listed.insert(folder.canonicalize().map_err(failed)?) {
            continue;
        }
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
        for entry in entries.iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
            let path = entry.path();
            match Found::at(&path) {
                Found::Folder => folders.push(path),
                // What holds a folder that is listed already would be a circle.
                Found::Linked(target) if listed.iter().any(|known| known.starts_with(&target)) => {}
                Found::Linked(_) => folders.push(path),
                Found::Nothing => files.push(path),
                Found::File if has_ending(&path) => files.push(path),
                Found::File => {}
            }
        }
        // Folders before links, each in the order of names: which name a file has when two ways lead to it
        // does not depend on the file system.
        folders.sort_by_cached_key(|path| Reverse((path.is_symlink(), path.clone())));
    }
    files.sort();
    Ok(files)
}

/// What stands under a name.
enum Found {
    Folder,
    /// A link to this folder.
    Linked(PathBuf),
    /// A link that leads nowhere: a folder that is not mounted, say.
    Nothing,
    /// A file, or what is refused as none.
    File,
}

impl Found {
    fn at(path: &Path) -> Self {
        if !path.is_symlink() {
            return if path.is_dir() { Self::Folder } else { Self::File };
        }
        match path.canonicalize() {
            Ok(target) if target.is_dir() => Self::Linked(target),
            Ok(_) => Self::File,
            Err(_) => Self::Nothing,
        }
    }
}

/// A folder that cannot be listed; the exports' own is missing where nobody has made it yet.
fn unlisted(folder: &Path, settings: &Settings, error: &io::Error) -> Diagnostic {
    let problem = Diagnostic::io("list", folder, error);
    if folder != settings.exports || error.kind() != io::ErrorKind::NotFound {
        return problem;
    }
    let make = format!("`mkdir -p '{}'` makes it", folder.display());
    problem.hint(format!("{make}; put each channel's downloads into a folder of the channel's name in it"))
}

pub(super) fn has_ending(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
