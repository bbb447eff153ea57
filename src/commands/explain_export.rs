//! `trueup ingest --explain`: how one file is understood.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::ExitStatus;
use super::ingest::{tell_notes, tell_rejects, tell_sheets};
use crate::config::{DateOrder, Decimal, Settings};
use crate::error::{Diagnostic, Result};
use crate::ingest::{self, Explanation, Looks, Proposal, Recognition};
use crate::shell::{Shell, count, plain, thousands};

/// Prints which export a file is and what becomes of it; for an unknown one, a layout to start from.
pub(super) fn explain_export(
    project: &Path,
    file: &Path,
    table: Option<&str>,
    strict: bool,
    shell: &Shell,
) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let path = within(file, &settings);
    let told = match table {
        Some(table) => ingest::explain_as(&path, table, &settings)?,
        None => ingest::explain(&path, &settings)?,
    };
    if let (Some(known), Some(_)) = (&told.recognition, table) {
        let message = format!("`--table` is not needed: the file is read as `{}`", known.export);
        shell.diagnostic(&Diagnostic::warning("known-layout", message));
    }
    shell.text(&drawn(&told, file))?;
    if let Some(receipt) = &told.receipt {
        tell_sheets(receipt, &settings, shell);
        tell_notes(receipt, &settings, shell);
    }
    tell_rejects(&told.rejects, &settings, shell);
    if let Some(refusal) = &told.refusal {
        shell.diagnostic(refusal);
    }
    Ok(status(&told, strict))
}

/// A file that is refused, or of which no line can be read, says no; where rows must not be rejected,
/// one of them does.
fn status(told: &Explanation, strict: bool) -> ExitStatus {
    let receipt = told.receipt.as_ref().filter(|receipt| receipt.rejected > 0);
    let no = told.refusal.is_some() || receipt.is_some_and(|receipt| strict || receipt.accepted == 0);
    if no { ExitStatus::SaysNo } else { ExitStatus::Fine }
}

/// The file as it is named, or as it is named from the exports' folder. Its folder tells its channel,
/// by whatever way it is reached.
fn within(file: &Path, settings: &Settings) -> PathBuf {
    let inside = settings.exports.join(file);
    let named = if !file.exists() && inside.exists() { inside } else { file.to_owned() };
    let under_exports = || {
        let folder = named.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        let (folder, exports) = (folder.canonicalize().ok()?, settings.exports.canonicalize().ok()?);
        Some(settings.exports.join(folder.strip_prefix(exports).ok()?).join(named.file_name()?))
    };
    under_exports().unwrap_or(named)
}

fn drawn(told: &Explanation, file: &Path) -> String {
    let mut text = String::new();
    if let Some(known) = &told.recognition {
        text += &recognised(known, told, file);
    }
    if let Some(looks) = &told.looks {
        text += &drawn_looks(looks, told.proposal.as_ref(), file);
    }
    if let Some(proposal) = &told.proposal {
        text += &proposed(proposal);
    }
    text
}

fn recognised(known: &Recognition, told: &Explanation, file: &Path) -> String {
    let mut text = format!("{} is `{}`, by {}\n\n", plain(&file.display().to_string()), known.export, known.why);
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
        let _ = writeln!(text, "  {:<width$}  {became}", plain(&header.header));
    }
    text
}

/// Every header with an example and what the proposal makes of it, as comments of a settings file.
fn drawn_looks(looks: &Looks, proposal: Option<&Proposal>, file: &Path) -> String {
    const WIDEST: usize = 32;
    let cut = |text: &str| match text.char_indices().nth(WIDEST - 1) {
        Some((end, last)) if end + last.len_utf8() < text.len() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    };
    let delimiter = delimiter(looks.delimiter);
    // A name may hold a line end, and what follows it would be a setting.
    let file = plain(&file.display().to_string());
    let mut text = format!("# {file}: {}, {delimiter}, header on line {}\n#\n", looks.encoding, looks.header_line);
    let lines: Vec<[String; 2]> = looks.columns.iter().map(|(header, example)| [cut(header), cut(example)]).collect();
    let width = |part: usize| lines.iter().map(|line| line[part].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    for (place, [header, example]) in lines.iter().enumerate() {
        let became = proposal.map_or("", |proposal| proposal.columns.get(&place).copied().unwrap_or("not used"));
        let line = format!("#   {header:<0$}  {example:<1$}  {became}", widths[0], widths[1]);
        text += &format!("{}\n", plain(line.trim_end()));
    }
    for (header, day) in &looks.out_of_range {
        let line = format!(
            "# `{}` has days outside 2000 to 2099, such as `{}`: their rows cannot be kept",
            cut(header),
            cut(day)
        );
        text += &format!("{}\n", plain(&line));
    }
    text
}

fn proposed(proposal: &Proposal) -> String {
    let mut text = String::from(match proposal.steps().as_slice() {
        [] => "#\n# Paste this into trueup.toml and look at what is guessed:\n",
        _ => "#\n# Not ready to be pasted: fill in every `?` and look at what is guessed:\n",
    });
    for doubt in &proposal.doubts {
        // A cell may hold a line end, and what follows it would be a setting once this is pasted.
        let _ = writeln!(text, "#   {}", doubt.replace(char::is_control, " "));
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
