//! `trueup verify`: every file of the lake against its manifest.

use std::path::Path;

use super::ExitStatus;
use crate::config::Settings;
use crate::error::Result;
use crate::lake;
use crate::shell::{Shell, count};

/// Reads every file of the lake and compares it with what its manifest says.
pub(super) fn verify(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let problems = lake::verify(&settings.lake, true);
    for problem in &problems {
        shell.diagnostic(problem);
    }
    let words = if problems.is_empty() {
        "every file is as it was written".to_owned()
    } else {
        count(problems.len() as u64, "problem")
    };
    shell.status("Verified", format!("{}: {words}", settings.lake.display()));
    Ok(if problems.is_empty() { ExitStatus::Fine } else { ExitStatus::SaysNo })
}
