//! `trueup ingest`: read the exports into the lake, and say what became of every file.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::ExitStatus;
use crate::cli;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::ingest::{self, Event, FileSummary, Receipt, Reject, RejectKind, Summary};
use crate::lake::{Lake, REJECTS};
use crate::publish::Verdict;
use crate::shell::{Shell, count, list, thousands};

/// Reads every export that the lake does not know yet.
pub(super) fn ingest(project: &Path, options: &cli::Ingest, patience: Duration, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let lake = Lake::open(&settings.lake)?.hold("trueup ingest", patience)?;
    let summary = read_exports(&settings, &lake, options.afresh, shell)?;
    let status = status(&summary, options.strict);
    if status == ExitStatus::SaysNo {
        // What a run said of the lake before does not know of it.
        Verdict::take_back(lake.root())?;
    }
    Ok(status)
}

pub(super) fn status(summary: &Summary, strict: bool) -> ExitStatus {
    if reasons(summary, strict).is_empty() { ExitStatus::Fine } else { ExitStatus::SaysNo }
}

/// Why the reading says no, one phrase each: a file that is refused or of which every row is rejected,
/// and where rows must not be rejected, any that is, also of an earlier run.
pub(super) fn reasons(summary: &Summary, strict: bool) -> Vec<String> {
    let refused = summary.refused.iter().map(|problem| match &problem.place {
        Some(place) => format!("`{}` is refused", place.path.display()),
        None => format!("a file is refused: {}", problem.message),
    });
    let is_lost = |file: &&FileSummary| file.receipt.rejected > 0 && file.receipt.rejected == file.receipt.rows_read;
    let lost = summary.files.iter().filter(is_lost);
    let lost = lost.map(|file| format!("every row of `{}` is rejected", file.receipt.file));
    let standing = summary.rejected().max(summary.snapshot.row_count(REJECTS.name));
    let rejected = (strict && standing > 0).then(|| format!("{} rejected", count(standing, "row")));
    let gone = is_without_exports(summary).then(|| "no export is there".to_owned());
    refused.chain(lost).chain(rejected).chain(gone).collect()
}

/// True where the lake has rows and none of the files that could tell more is there: a folder that is not
/// mounted, say.
fn is_without_exports(summary: &Summary) -> bool {
    let nothing = summary.files.is_empty() && summary.unchanged.is_empty();
    nothing && summary.ignored.is_empty() && summary.refused.is_empty() && !summary.snapshot.sources().is_empty()
}

/// Reads the exports into the lake and tells each file's story.
pub(super) fn read_exports(settings: &Settings, lake: &Lake, afresh: bool, shell: &Shell) -> Result<Summary> {
    let start = Instant::now();
    let progress = shell.progress("Reading", ingest::discover(settings)?.len() as u64);
    let run = if afresh { ingest::run_afresh } else { ingest::run };
    let summary = run(settings, lake, &mut |event| {
        progress.step(match &event {
            Event::Read(receipt) => &receipt.file,
            Event::Unchanged { file } => file,
            Event::Ignored(problem) | Event::Refused(problem) => &problem.message,
        });
    })?;
    drop(progress);
    tell(settings, &summary, start.elapsed().as_secs_f64(), shell);
    Ok(summary)
}

fn tell(settings: &Settings, summary: &Summary, seconds: f64, shell: &Shell) {
    for file in &summary.files {
        shell.status("Ingested", story(file));
    }
    for file in &summary.files {
        tell_sheets(&file.receipt, settings, shell);
        tell_notes(&file.receipt, settings, shell);
    }
    match summary.unchanged.as_slice() {
        [] => {}
        [file] => shell.status("Unchanged", file),
        files => shell.status("Unchanged", count(files.len() as u64, "file")),
    }
    if let Some(problem) = outdated(summary) {
        shell.diagnostic(&problem);
    }
    for problem in &summary.ignored {
        let place = problem.place.as_ref().map_or_else(String::new, |place| place.path.display().to_string());
        let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
        shell.status("Ignored", format!("{place}: {}{hint}", problem.message));
    }
    for problem in &summary.refused {
        shell.diagnostic(problem);
    }
    if is_without_exports(summary) {
        let message = format!("no export is in `{}`; the lake has what was read before", settings.exports.display());
        let hint = "mount the folder or name it under `[paths]`, and run again";
        shell.diagnostic(&Diagnostic::warning("no-exports", message).hint(hint));
    }
    if summary.files.is_empty() && summary.unchanged.is_empty() && !summary.ignored.is_empty() {
        let message = "no file was read: none is an export that is known";
        let hint = "`trueup check` tells of each what it would take";
        shell.diagnostic(&Diagnostic::warning("nothing-read", message).hint(hint));
    }
    rejects(settings, summary, shell);
    let standing = summary.snapshot.row_count(REJECTS.name);
    if summary.rejected() == 0 && standing > 0 {
        let file = settings.lake.join("rejects.csv");
        shell.status("Rejected", format!("{} of earlier runs, in `{}`", count(standing, "row"), file.display()));
    }
    let rows = count(summary.accepted(), "row");
    let files = count(summary.files.len() as u64, "file");
    let known = match summary.duplicate() {
        0 => String::new(),
        rows => format!(", {} known already", thousands(rows)),
    };
    let rejected = match summary.rejected() {
        0 => String::new(),
        rows => format!(", {} rejected", thousands(rows)),
    };
    let done = format!("{rows} from {files}{known}{rejected} in {seconds:.1} s");
    let of_one_sheet = summary.files.iter().any(|file| !file.receipt.unread_sheets.is_empty());
    let of_what = if of_one_sheet { " of the sheets that are read" } else { "" };
    shell.status("Finished", format!("{done}; every row and byte{of_what} accounted for"));
}

/// Files whose rows stand in the lake as they were read under other settings.
pub(super) fn outdated(summary: &Summary) -> Option<Diagnostic> {
    let first = summary.outdated.first()?;
    let files = count(summary.outdated.len() as u64, "file");
    let message = format!("{files} in the lake as read under other settings, `{first}` the first");
    let hint = "`trueup ingest --afresh` makes the lake anew from the exports that are there now";
    Some(Diagnostic::warning("outdated", message).hint(hint))
}

/// The sheets of a workbook that hold rows and are not read.
pub(super) fn tell_sheets(receipt: &Receipt, settings: &Settings, shell: &Shell) {
    let names: Vec<String> = receipt.unread_sheets.iter().map(|name| format!("`{name}`")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let sheets = match names.as_slice() {
        [] => return,
        [name] => format!("the sheet {name} holds rows; save it as CSV beside the workbook if it is an export"),
        names => {
            let names = list(names, "and");
            format!("the sheets {names} hold rows; save each that is an export as CSV beside the workbook")
        }
    };
    shell.status("Passed over", format!("{}: {sheets}", shown_file(settings, &receipt.file).display()));
}

/// What a person should look at in a file, though no row is rejected for it.
pub(super) fn tell_notes(receipt: &Receipt, settings: &Settings, shell: &Shell) {
    for note in ingest::notes(receipt, &shown_file(settings, &receipt.file)) {
        shell.diagnostic(&note);
    }
}

/// An export's path as the user would name it in the project's folder.
fn shown_file(settings: &Settings, file: &str) -> PathBuf {
    settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports).join(file)
}

fn story(file: &FileSummary) -> String {
    let receipt = &file.receipt;
    let rows = receipt.rows.values().sum::<u64>() - file.merged.conflict;
    let rejected = receipt.rejected + file.merged.conflict;
    let noun = if rows == 1 { "row" } else { "rows" };
    let mut story = format!("{:<28} {:>9} {noun:<4}  {}", receipt.export, thousands(rows), receipt.file);
    if rejected > 0 {
        story += &format!(", {} rejected", thousands(rejected));
    }
    if file.merged.duplicate > 0 {
        story += &format!(", {} known already", thousands(file.merged.duplicate));
    }
    story
}

/// Reasons for which rows are rejected that are shown.
const KINDS: usize = 8;

/// A file's rejects by reason, each with its first row and what to do about it.
pub(super) fn tell_rejects(rejects: &[(RejectKind, Option<String>)], settings: &Settings, shell: &Shell) {
    for (kind, remedy) in rejects.iter().take(KINDS) {
        let problem = rejected_line(&kind.first, settings, rejected(kind));
        shell.diagnostic(&match remedy {
            Some(remedy) => problem.hint(remedy),
            None => problem,
        });
    }
    let rest = more(rejects.iter().skip(KINDS).map(|(kind, _)| kind));
    if let Some(rest) = rest.strip_prefix("; ") {
        shell.diagnostic(&Diagnostic::warning("rejected", rest));
    }
}

/// Every reason is shown with its first row, and what to do about it.
fn rejects(settings: &Settings, summary: &Summary, shell: &Shell) {
    if summary.rejected() == 0 {
        return;
    }
    let rejects = settings.lake.join("rejects.csv");
    let every = format!("every rejected row is in `{}` with its line and reason", rejects.display());
    let total = total(summary.rejected(), summary.accepted() + summary.duplicate());
    if let [only] = summary.rejects.as_slice() {
        let hint = remedy(only, settings, summary).map_or(every.clone(), |remedy| format!("{remedy}; {every}"));
        return shell.diagnostic(&rejected_line(&only.first, settings, total).hint(hint));
    }
    for kind in summary.rejects.iter().take(KINDS) {
        let problem = rejected_line(&kind.first, settings, rejected(kind));
        shell.diagnostic(&match remedy(kind, settings, summary) {
            Some(remedy) => problem.hint(remedy),
            None => problem,
        });
    }
    let more = more(summary.rejects.iter().skip(KINDS));
    shell.diagnostic(&Diagnostic::warning("rejected", total + &more).hint(every));
}

/// How many rows are rejected, and how many are in the lake.
fn total(rejected: u64, others: u64) -> String {
    let rejected = count(rejected, "row");
    match others {
        0 => format!("{rejected} rejected, and no other was read"),
        1 => format!("{rejected} rejected; the other one is in the lake"),
        others => format!("{rejected} rejected; the other {} are in the lake", thousands(others)),
    }
}

/// The rows that are rejected for one reason.
fn rejected(kind: &RejectKind) -> String {
    let line = kind.first.source_line;
    match kind.count {
        1 => format!("line {line} is rejected"),
        count => format!("line {line} and {} more are rejected for the same reason", thousands(count - 1)),
    }
}

/// The reasons that are not shown.
fn more<'a>(kinds: impl Iterator<Item = &'a RejectKind>) -> String {
    let (reasons, rows) = kinds.fold((0, 0), |(reasons, rows), kind| (reasons + 1, rows + kind.count));
    match reasons {
        0 => String::new(),
        reasons => format!("; not shown: {} for {}", count(rows, "row"), count(reasons, "other reason")),
    }
}

/// What to change so that the records are read.
pub(super) fn remedy(kind: &RejectKind, settings: &Settings, summary: &Summary) -> Option<String> {
    let file = summary.files.iter().find(|file| file.receipt.file == kind.first.source_file)?;
    ingest::remedy(settings, &file.receipt, kind).ok()?
}

/// A rejected record with its line and the cell that is to blame.
fn rejected_line(reject: &Reject, settings: &Settings, message: String) -> Diagnostic {
    let file = shown_file(settings, &reject.source_file);
    let column = format!("`{}`", reject.column);
    let says_it = reject.column.is_empty() || reject.reason.starts_with(&column);
    let label = if says_it { reject.reason.clone() } else { format!("{column}: {}", reject.reason) };
    let shown = &reject.shown;
    Diagnostic::warning("rejected", message).at_line(file, shown.line as usize).excerpt(
        shown.text.clone(),
        shown.span.clone(),
        label,
    )
}
