//! `trueup verify`: every file of the lake against its manifest.

use std::path::Path;

use super::ExitStatus;
use crate::config::Settings;
use crate::error::{Result, Severity};
use crate::lake;
use crate::shell::{Shell, count};

/// Reads every file of the lake and compares it with what its manifest says. What a run that died
/// has left is told and is no failure: the next run removes it.
pub(super) fn verify(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let root = &settings.lake;
    let findings = lake::verify(root, true);
    for finding in &findings {
        shell.diagnostic(finding);
    }
    let problems = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if problems > 0 {
        shell.status("Verified", format!("{}: {}", root.display(), count(problems as u64, "problem")));
        return Ok(ExitStatus::SaysNo);
    }
    let (version, digest) = lake::digest(root)?;
    shell.status("Verified", format!("{}: every file is as it was written", root.display()));
    shell.status("Hashed", format!("{digest}, the rows of version {version}, whatever files brought them"));
    Ok(ExitStatus::Fine)
}
