//! Is the lake whole? Every manifest, every file, every count.

use std::path::Path;

use super::files;
use super::manifest::Manifest;
use super::snapshot::Snapshot;
use super::store::unnamed_files;
use crate::error::{Diagnostic, Result};

/// Checks the lake in a folder and returns what is wrong with it; nothing means it is whole.
///
/// The chain of manifests and the presence and size of each file are always checked; with
/// `read_data` also each file's hash and its count of rows.
pub fn verify(root: &Path, read_data: bool) -> Vec<Diagnostic> {
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
    match unnamed_files(snapshot) {
        Ok(paths) => findings.extend(paths.into_iter().map(|path| {
            let message = format!("`{}` belongs to no commit", path.display());
            Diagnostic::warning("lake-unnamed-file", message).in_file(path).hint("`trueup ingest` removes it")
        })),
        Err(diagnostic) => findings.push(*diagnostic),
    }
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
