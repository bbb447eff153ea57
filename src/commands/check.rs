//! `trueup check`: settings and exports, without writing anything.

use std::path::Path;

use super::ExitStatus;
use crate::config::Settings;
use crate::error::Result;
use crate::ingest;
use crate::shell::{Shell, count};

/// Says of every file which export it is, and of every problem what to do.
pub(super) fn check(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let channels = count(settings.channels.len() as u64, "channel");
    ingest::check_mappings(&settings)?;
    shell.status("Read", format!("{}: {channels}", settings.file.display()));
    let (mut known, mut problems) = (0, 0);
    for file in ingest::discover(&settings)? {
        let name = file.strip_prefix(&settings.exports).unwrap_or(&file).display();
        match ingest::recognise(&file, &settings) {
            Ok(found) => {
                shell.status("Recognised", format!("{:<28} {name}", found.export));
                known += 1;
            }
            Err(problem) => {
                shell.diagnostic(&problem);
                problems += 1;
            }
        }
    }
    shell.status("Checked", format!("{}; {} not understood", count(known, "export"), count(problems, "file")));
    Ok(if problems == 0 { ExitStatus::Fine } else { ExitStatus::SaysNo })
}
