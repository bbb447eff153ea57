//! `trueup verify`: every file of the lake against its manifest, and the feed in force and the
//! record of publications as they were published.

use std::path::Path;

use super::ExitStatus;
use crate::config::Settings;
use crate::error::{Result, Severity};
use crate::lake;
use crate::publish;
use crate::shell::{Shell, count};

/// Reads every file of the lake and compares it with what its manifest says. What a run that died
/// has left is told and is no failure: the next run removes it. The feed in force must be as it was published.
pub(super) fn verify(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let root = &settings.lake;
    let folder = super::publish::folder(&settings, None);
    let feed = publish::published(&folder);
    let mut findings = lake::verify(root, true);
    findings.extend(feed.as_ref().err().map(|problem| (**problem).clone()));
    findings.extend(publish::vouch(&folder).err().map(|problem| *problem));
    for finding in &findings {
        shell.diagnostic(finding);
    }
    let problems = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if problems > 0 {
        shell.status("Verified", count(problems as u64, "problem"));
        return Ok(ExitStatus::SaysNo);
    }
    let (version, digest) = lake::digest(root)?;
    shell.status("Verified", format!("{}: every file is as it was written", root.display()));
    shell.status("Hashed", format!("{digest}, the rows of version {version}, whatever files brought them"));
    if let Ok(Some(feed)) = feed {
        let listings = count(feed.rows().len() as u64, "listing");
        shell
            .status("Verified", format!("{}: the feed in force, {listings}, is as it was published", folder.display()));
    }
    Ok(ExitStatus::Fine)
}
