//! `trueup ingest --explain`: how one file is understood.

use std::fmt::Write as _;
use std::path::Path;

use super::ExitStatus;
use super::ingest::rejected_line;
use crate::config::{DateOrder, Decimal, Settings};
use crate::error::{Diagnostic, Result};
use crate::ingest::{self, Explanation, Proposal, Recognition, RejectKind};
use crate::shell::{Shell, count, thousands};

/// Prints which export a file is and what becomes of it; for an unknown one, a layout to start from.
pub(super) fn explain_export(project: &Path, file: &Path, strict: bool, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let told = ingest::explain(&within(file, &settings), &settings)?;
    shell.data(drawn(&told, file).as_bytes())?;
    for kind in told.rejects.iter().take(KINDS) {
        let problem = rejected_line(&kind.first, &settings, rejected(kind));
        shell.diagnostic(&match &kind.remedy {
            Some(remedy) => problem.hint(remedy),
            None => problem,
        });
    }
    if let Some(others) = told.rejects.get(KINDS..).filter(|others| !others.is_empty()) {
        let rows = count(others.iter().map(|kind| kind.count).sum(), "line");
        shell.diagnostic(&Diagnostic::warning("rejected", format!("{rows} more are rejected for other reasons")));
    }
    if let Some(refusal) = &told.refusal {
        shell.diagnostic(refusal);
    }
    Ok(status(&told, strict))
}

/// Reasons for which lines are rejected that are shown.
const KINDS: usize = 8;

fn rejected(kind: &RejectKind) -> String {
    let line = kind.first.source_line;
    match kind.count {
        1 => format!("line {line} is rejected"),
        count => format!("line {line} and {} more are rejected for the same reason", thousands(count - 1)),
    }
}

/// A file that is refused, or of which no line can be read, says no; where rows must not be rejected,
/// one of them does.
fn status(told: &Explanation, strict: bool) -> ExitStatus {
    let receipt = told.receipt.as_ref().filter(|receipt| receipt.rejected > 0);
    let no = told.refusal.is_some() || receipt.is_some_and(|receipt| strict || receipt.accepted == 0);
    if no { ExitStatus::SaysNo } else { ExitStatus::Fine }
}

/// The file as it is named, or as it is named from the exports' folder.
fn within(file: &Path, settings: &Settings) -> std::path::PathBuf {
    let inside = settings.exports.join(file);
    if !file.exists() && inside.exists() { inside } else { file.to_owned() }
}

fn drawn(told: &Explanation, file: &Path) -> String {
    let mut text = String::new();
    if let Some(known) = &told.recognition {
        text += &recognised(known, told, file);
    }
    if let Some(proposal) = &told.proposal {
        text += &proposed(proposal, file);
    }
    text
}

fn recognised(known: &Recognition, told: &Explanation, file: &Path) -> String {
    let mut text = format!("{} is `{}`, by {}\n\n", file.display(), known.export, known.why);
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "  {label:<12} {value}");
    };
    line(
        "channel",
        known.channel.as_ref().map_or_else(|| "every row says it, or none has one".to_owned(), ToString::to_string),
    );
    line("encoding", known.encoding.clone());
    line("delimiter", delimiter(known.delimiter));
    line("header", format!("line {}", known.header_line));
    line("decimal", told.decimal.map_or("no amount needs it", mark).to_owned());
    line("dates", told.date_order.map_or("no date needs an order of day and month", order).to_owned());
    if let Some(receipt) = &told.receipt {
        line(
            "records",
            format!(
                "{}: {} accepted, {} rejected",
                thousands(receipt.rows_read),
                thousands(receipt.accepted),
                thousands(receipt.rejected)
            ),
        );
        for (table, rows) in &receipt.rows {
            line("", format!("{} in `{table}`", count(*rows, "row")));
        }
        for (what, span) in &receipt.structure {
            line("", format!("{what}: {}", count(span.lines, "line")));
        }
    }
    text + "\n" + &headers(told)
}

fn headers(told: &Explanation) -> String {
    let width = told.headers.iter().map(|header| header.header.chars().count()).max().unwrap_or(0).min(40);
    let mut text = String::new();
    for header in &told.headers {
        let became = match (&header.column, header.used) {
            (Some(column), _) => column.as_str(),
            (None, true) => "used to work out others",
            (None, false) => "not used",
        };
        let _ = writeln!(text, "  {:<width$}  {became}", header.header);
    }
    text
}

fn proposed(proposal: &Proposal, file: &Path) -> String {
    let mut text = format!(
        "# {}: {}, {}, header on line {}. Paste this into trueup.toml and look at what is guessed:\n",
        file.display(),
        proposal.encoding,
        delimiter(proposal.delimiter),
        proposal.header_line
    );
    for doubt in &proposal.doubts {
        let _ = writeln!(text, "#   {doubt}");
    }
    text + "\n" + &proposal.toml
}

fn delimiter(delimiter: Option<char>) -> String {
    match delimiter {
        None => "the cells of a workbook".to_owned(),
        Some('\t') => "tab".to_owned(),
        Some(letter) => format!("`{letter}`"),
    }
}

fn mark(decimal: Decimal) -> &'static str {
    match decimal {
        Decimal::Point => "point: `1,234.56`",
        Decimal::Comma => "comma: `1.234,56`",
    }
}

fn order(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayMonthYear => "day before month",
        DateOrder::MonthDayYear => "month before day",
        DateOrder::YearMonthDay => "year before month",
    }
}
