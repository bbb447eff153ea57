//! `trueup check`: settings and exports, without writing anything.

use std::path::Path;

use super::ExitStatus;
use crate::config::Settings;
use crate::error::{Result, Severity};
use crate::ingest;
use crate::shell::{Shell, count};

/// Says of every file which export it is, and of every problem what to do. What a run would leave
/// out is told as it is there, and is no failure.
pub(super) fn check(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    ingest::check_mappings(&settings)?;
    let channels = count(settings.channels.len() as u64, "channel");
    shell.status("Read", format!("{}: {channels}", settings.file.display()));
    let (mut known, mut ignored, mut refused) = (0, 0, 0);
    for file in ingest::discover(&settings)? {
        let name = file.strip_prefix(&settings.exports).unwrap_or(&file).display();
        match ingest::recognise(&file, &settings) {
            Ok(found) => {
                shell.status("Recognised", format!("{:<28} {name}", found.export));
                known += 1;
            }
            Err(mut problem) if ingest::is_no_export(&problem) => {
                problem.severity = Severity::Warning;
                shell.diagnostic(&problem);
                ignored += 1;
            }
            Err(problem) => {
                shell.diagnostic(&problem);
                refused += 1;
            }
        }
    }
    let others = [(ignored, "ignored"), (refused, "refused")].into_iter().filter(|(files, _)| *files > 0);
    let others: String = others.map(|(files, what)| format!(", {} {what}", count(files, "file"))).collect();
    shell.status("Checked", count(known, "export") + &others);
    Ok(if refused == 0 { ExitStatus::Fine } else { ExitStatus::SaysNo })
}
