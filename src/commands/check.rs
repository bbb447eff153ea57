//! `trueup check`: settings and exports, without writing anything.

use std::collections::BTreeSet;
use std::path::Path;

use super::ExitStatus;
use super::ingest::{tell_questions, tell_rejects, tell_sheets};
use super::run::idle_pools;
use crate::config::Settings;
use crate::error::{Result, Severity};
use crate::ingest::{self, Trial};
use crate::shell::{Shell, count, thousands};

/// How many files were met, and how many of their rows a run would reject.
#[derive(Default)]
struct Tally {
    known: u64,
    ignored: u64,
    refused: u64,
    rejected: u64,
    /// Where stock lies.
    locations: BTreeSet<String>,
}

/// Says of every file which export it is, and of every problem what to do. Each is read to its end
/// and nothing is kept: a file that would be refused and a row that would be rejected say no. What a
/// run would leave out as no export is told as it is there, and is no failure.
pub(super) fn check(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    ingest::check_mappings(&settings)?;
    let channels = count(settings.channels.len() as u64, "channel");
    shell.status("Read", format!("{}: {channels}", settings.file.display()));
    let mut tally = Tally::default();
    ingest::try_out(&settings, &ingest::discover(&settings)?, &mut |file, tried| {
        let name = file.strip_prefix(&settings.exports).unwrap_or(file).display().to_string();
        match tried {
            Ok(trial) => {
                shell.status("Recognised", story(&trial, &name));
                tell_sheets(&trial.receipt, &settings, shell);
                tell_rejects(&trial.rejects, &settings, shell);
                tell_questions(file, &trial.questions, shell);
                tally.known += 1;
                tally.rejected += trial.receipt.rejected;
                tally.locations.extend(trial.locations);
            }
            Err(mut problem) if ingest::is_no_export(&problem) => {
                problem.severity = Severity::Warning;
                shell.diagnostic(&problem);
                tally.ignored += 1;
            }
            Err(problem) => {
                shell.diagnostic(&problem);
                tally.refused += 1;
            }
        }
    })?;
    for problem in idle_pools(&settings, std::mem::take(&mut tally.locations)) {
        shell.diagnostic(&problem);
    }
    shell.status("Checked", tally.told());
    Ok(if tally.refused == 0 && tally.rejected == 0 { ExitStatus::Fine } else { ExitStatus::SaysNo })
}

/// Which export a file is, and how many of its rows a run would reject.
fn story(trial: &Trial, name: &str) -> String {
    let receipt = &trial.receipt;
    let rejected = match receipt.rejected {
        0 => String::new(),
        rows => format!(", {} of {} would be rejected", thousands(rows), count(receipt.rows_read, "row")),
    };
    format!("{:<28} {name}{rejected}", receipt.export)
}

impl Tally {
    fn told(&self) -> String {
        let mut told = count(self.known, "export");
        if self.rejected > 0 {
            told += &format!(", {} would be rejected", count(self.rejected, "row"));
        }
        for (files, what) in [(self.ignored, "ignored"), (self.refused, "refused")] {
            if files > 0 {
                told += &format!(", {} {what}", count(files, "file"));
            }
        }
        told
    }
}
