//! Is the lake whole? Every manifest, every file, every count.

use std::path::Path;

use super::files;
use super::manifest::Manifest;
use super::rejects::{self, REJECTS};
use super::snapshot::Snapshot;
use super::store::unnamed_files;
use crate::error::{Diagnostic, Result};

/// How often a lake is looked at that other runs keep changing.
const LOOKS: usize = 5;

/// Checks the lake in a folder and returns what is wrong with it. Errors mean that it is not
/// whole; warnings tell of what a run that died has left and the next one puts right.
///
/// The chain of manifests and the presence and size of each file are always checked; with
/// `read_data` also each file's hash and its count of rows, and what people see of the rejects.
pub fn verify(root: &Path, read_data: bool) -> Vec<Diagnostic> {
    at_rest(root, || look(root, read_data), Vec::is_empty)
}

/// The version of the lake in a folder and the hash of its rows, as [`Snapshot::digest`].
///
/// # Errors
/// A damaged lake.
pub fn digest(root: &Path) -> Result<(u64, String)> {
    let look = || {
        let snapshot = Snapshot::newest(root)?;
        Ok((snapshot.version(), snapshot.digest()?))
    };
    at_rest(root, look, Result::is_ok)
}

/// Looks again if there is something amiss and a run has finished meanwhile: it has removed the
/// files that it replaced.
fn at_rest<T>(root: &Path, look: impl Fn() -> T, fine: impl Fn(&T) -> bool) -> T {
    let version = || Manifest::newest_version(root).ok();
    for _ in 1..LOOKS {
        let before = version();
        let seen = look();
        if fine(&seen) || version() == before {
            return seen;
        }
    }
    look()
}

fn look(root: &Path, read_data: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    note(&mut findings, chain(root));
    match Snapshot::newest(root) {
        Ok(snapshot) => check_files(&snapshot, read_data, &mut findings),
        Err(diagnostic) => {
            if !findings.contains(&diagnostic) {
                findings.push(*diagnostic);
            }
        }
    }
    findings
}

fn chain(root: &Path) -> Result<()> {
    let versions = Manifest::versions(root)?;
    let mut parent: Option<String> = None;
    for (version, expected) in versions.iter().zip(1..) {
        let path = Manifest::path(root, expected);
        if *version != expected {
            let message = format!("the manifest `{}` is missing", path.display());
            return Err(Diagnostic::error("lake-damaged", message).in_file(path).into());
        }
        let manifest = Manifest::read(root, expected)?;
        if manifest.parent != parent {
            let message = format!("`{}` does not follow the manifest before it", path.display());
            return Err(Diagnostic::error("lake-damaged", message).in_file(path).into());
        }
        parent = Some(files::sha256(&files::read_bytes(&path)?));
    }
    Ok(())
}

fn check_files(snapshot: &Snapshot, read_data: bool, findings: &mut Vec<Diagnostic>) {
    for file in snapshot.all_files() {
        let path = snapshot.root().join(&file.path);
        if read_data {
            note(findings, snapshot.read_file(file).and_then(|batch| same_count(&path, file.rows, batch.num_rows())));
            continue;
        }
        match std::fs::metadata(&path) {
            Ok(found) if found.len() == file.bytes => {}
            Ok(found) => {
                let message = format!("`{}` has {} bytes and not {}", path.display(), found.len(), file.bytes);
                findings.push(Diagnostic::error("lake-damaged", message).in_file(&path));
            }
            Err(error) => findings.push(Diagnostic::io("read", &path, &error).in_file(&path)),
        }
    }
    if read_data && snapshot.version() > 0 {
        note(findings, same_rejects(snapshot));
    }
    match unnamed_files(snapshot) {
        Ok(paths) => findings.extend(paths.into_iter().map(|path| {
            let message = format!("`{}` belongs to no commit", path.display());
            Diagnostic::warning("lake-unnamed-file", message).in_file(path).hint("`trueup ingest` removes it")
        })),
        Err(diagnostic) => findings.push(*diagnostic),
    }
}

/// A run that dies after its commit leaves the CSV of the one before.
fn same_rejects(snapshot: &Snapshot) -> Result<()> {
    let path = snapshot.root().join(rejects::CSV);
    let expected = rejects::csv(&snapshot.read(REJECTS.name, None)?)?;
    if std::fs::read(&path).is_ok_and(|found| found == expected) {
        return Ok(());
    }
    let message = format!("`{}` does not show the rejects of the lake", path.display());
    Err(Diagnostic::warning("lake-rejects", message).in_file(path).hint("`trueup ingest` writes it anew").into())
}

fn same_count(path: &Path, expected: u64, found: usize) -> Result<()> {
    if found as u64 == expected {
        return Ok(());
    }
    let message = format!("`{}` has {found} rows and not {expected}", path.display());
    Err(Diagnostic::error("lake-damaged", message).in_file(path).into())
}

fn note(findings: &mut Vec<Diagnostic>, checked: Result<()>) {
    findings.extend(checked.err().map(|diagnostic| *diagnostic));
}
