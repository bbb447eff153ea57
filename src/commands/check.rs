//! `trueup check`: settings and exports, without keeping anything.

use std::collections::BTreeMap;
use std::path::Path;

use super::ExitStatus;
use super::ingest::{remedy, tell_notes, tell_rejects, tell_sheets};
use super::run::idle_pools;
use super::shop::Shop;
use crate::config::Settings;
use crate::error::{Diagnostic, Result, Severity};
use crate::ingest::{self, FileSummary, RejectKind, Summary};
use crate::lake::Snapshot;
use crate::pnl;
use crate::shell::{Shell, count, thousands};

/// Says of every file which export it is, and of every problem what to do. All of them are read as a run
/// reads them, into a lake that is thrown away: a file that would be refused and a row that would be
/// rejected say no. What a run would leave out as no export is told as it is there, and is no failure.
pub(super) fn check(project: &Path, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    ingest::check_mappings(&settings)?;
    let channels = count(settings.channels.len() as u64, "channel");
    shell.status("Read", format!("{}: {channels}", settings.file.display()));
    let trial = ingest::try_out(&settings, |snapshot| tax_not_told(&settings, snapshot))?;
    let summary = &trial.summary;
    for fate in fates(summary, &settings).values() {
        fate.tell(summary, &settings, shell);
    }
    for problem in idle_pools(&settings, trial.locations).iter().chain(&trial.found) {
        shell.diagnostic(problem);
    }
    shell.status("Checked", tally(summary));
    let says_no = !summary.refused.is_empty() || summary.rejected() > 0;
    Ok(if says_no { ExitStatus::SaysNo } else { ExitStatus::Fine })
}

/// The sales that may hold a tax, as a run would tell them; none where nothing was sold.
fn tax_not_told(settings: &Settings, snapshot: &Snapshot) -> Result<Vec<Diagnostic>> {
    if snapshot.row_count("order_lines") == 0 {
        return Ok(Vec::new());
    }
    let shop = Shop::at(settings.clone(), snapshot, None)?;
    pnl::tax_not_told(&shop.marts, settings)
}

/// What would become of a file.
enum Fate<'a> {
    Read(&'a FileSummary),
    /// Another file has the same content.
    Same(&'a str),
    Ignored(&'a Diagnostic),
    Refused(&'a Diagnostic),
}

/// Every file by its name under the exports' folder.
fn fates<'a>(summary: &'a Summary, settings: &Settings) -> BTreeMap<String, Fate<'a>> {
    let exports = settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports);
    let name = |problem: &Diagnostic| {
        let path = problem.place.as_ref().map(|place| place.path.as_path()).unwrap_or(exports);
        path.strip_prefix(exports).unwrap_or(path).display().to_string()
    };
    let read = summary.files.iter().map(|file| (file.receipt.file.clone(), Fate::Read(file)));
    let same = summary.unchanged.iter().map(|file| (file.clone(), Fate::Same(file)));
    let ignored = summary.ignored.iter().map(|problem| (name(problem), Fate::Ignored(problem)));
    let refused = summary.refused.iter().map(|problem| (name(problem), Fate::Refused(problem)));
    read.chain(same).chain(ignored).chain(refused).collect()
}

impl Fate<'_> {
    fn tell(&self, summary: &Summary, settings: &Settings, shell: &Shell) {
        match self {
            Fate::Read(file) => {
                shell.status("Recognised", story(file));
                tell_sheets(&file.receipt, settings, shell);
                tell_notes(&file.receipt, settings, shell);
                let of_file = |kind: &&RejectKind| kind.first.source_file == file.receipt.file;
                let kinds = summary.rejects.iter().filter(of_file);
                let remedied = kinds.map(|kind| (kind.clone(), remedy(kind, settings, summary)));
                tell_rejects(&remedied.collect::<Vec<_>>(), settings, shell);
            }
            Fate::Same(file) => shell.status("Unchanged", format!("{file}: another file has the same content")),
            Fate::Ignored(problem) => {
                shell.diagnostic(&Diagnostic { severity: Severity::Warning, ..(*problem).clone() });
            }
            Fate::Refused(problem) => shell.diagnostic(problem),
        }
    }
}

/// Which export a file is, and how many of its rows a run would reject.
fn story(file: &FileSummary) -> String {
    let receipt = &file.receipt;
    let rejected = match receipt.rejected + file.merged.conflict {
        0 => String::new(),
        rows => format!(", {} of {} would be rejected", thousands(rows), count(receipt.rows_read, "row")),
    };
    format!("{:<28} {}{rejected}", receipt.export, receipt.file)
}

fn tally(summary: &Summary) -> String {
    let mut tally = count((summary.files.len() + summary.unchanged.len()) as u64, "export");
    if summary.rejected() > 0 {
        tally += &format!(", {} would be rejected", count(summary.rejected(), "row"));
    }
    for (files, what) in [(summary.ignored.len(), "ignored"), (summary.refused.len(), "refused")] {
        if files > 0 {
            tally += &format!(", {} {what}", count(files as u64, "file"));
        }
    }
    tally
}
