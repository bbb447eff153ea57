//! Data quality: every row read is accounted for, and every check says whether it holds.

use maud::{Markup, html};

use super::parts::{Tone, heading, mark, nothing};
use super::table::{Show, Table, column};
use crate::report::night::{CheckOutcome, Night, ReadFile};
use crate::report::numbers;
use crate::report::sheet::Sheet;

/// Files that the page names.
const FIRST: usize = 40;

static REJECTS: Table = Table {
    sheet: "rejects",
    caption: "Rows set aside",
    columns: &[
        column("Place", "source_file", Show::With(place)),
        column("Column", "column", Show::Code),
        column("Text", "text", Show::Code),
        column("Why", "reason", Show::Sentence),
    ],
    order: &[],
    first: 8,
    empty: "No row was set aside.",
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        (heading("Checks", "Each check is a query for rows that should not be there. None: it holds."))
        (checks(night.checks))
        @if night.sheets.contains_key("checks") { p.more { "as a file: " a href="checks.csv" { "checks.csv" } } }
        (heading("Files", "Rows read = accepted + rejected + known already, per file."))
        (files(night.files))
        (heading("Rejected rows", "Set aside with their place and reason, not guessed. They are read again when the file or the settings change."))
        (REJECTS.draw(night))
        @if !night.run.notes.is_empty() {
            (heading("Notes", ""))
            ul.notes { @for note in &night.run.notes { li { (note) } } }
        }
    }
}

fn checks(checks: &[CheckOutcome]) -> Markup {
    if checks.is_empty() {
        return nothing("No check was run.");
    }
    let mut sorted: Vec<&CheckOutcome> = checks.iter().collect();
    sorted.sort_by_key(|check| (check.offending_rows == 0, !check.is_error));
    html! {
        ul.checks { @for check in sorted {
            li {
                @match (check.offending_rows, check.is_error) {
                    (0, _) => (mark(Tone::Good, "none")),
                    (_, true) => (mark(Tone::Bad, "fails")),
                    (_, false) => (mark(Tone::Warn, "look")),
                }
                span.what {
                    (check.summary) " " code { (check.name) }
                    @if check.offending_rows > 0 {
                        span.example {
                            (numbers::things(check.offending_rows as usize, "row", "rows"))
                            @if let Some(example) = &check.example { ", such as " (example) }
                        }
                    }
                }
            }
        } }
    }
}

fn files(files: &[ReadFile]) -> Markup {
    if files.is_empty() {
        return nothing("No file was read.");
    }
    let sum = |count: fn(&ReadFile) -> u64| files.iter().map(count).sum::<u64>();
    let mut shown: Vec<&ReadFile> = files.iter().collect();
    shown.sort_by_key(|file| std::cmp::Reverse(file.rejected));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Files read" {
            table {
                thead { tr {
                    th scope="col" { "File" } th scope="col" { "Channel" } th scope="col" { "Kind" }
                    @for head in ["Read", "Accepted", "Rejected", "Known already"] { th.number scope="col" { (head) } }
                } }
                tbody {
                    @for file in shown.iter().take(FIRST) {
                        tr {
                            td.code { (file.path) }
                            td { @if file.channel.is_empty() { "source of truth" } @else { (file.channel) } }
                            td { (file.kind.replace('_', " ")) }
                            (counts([file.read, file.accepted, file.rejected, file.duplicate]))
                        }
                    }
                    tr.total {
                        th scope="row" colspan="3" { (numbers::things(files.len(), "file", "files")) }
                        (counts([sum(|file| file.read), sum(|file| file.accepted), sum(|file| file.rejected), sum(|file| file.duplicate)]))
                    }
                }
            }
        }
        p.more {
            @if files.len() > FIRST { "and " (numbers::count((files.len() - FIRST) as i64)) " more in " } @else { "with digests: " }
            a href="run.json" { "run.json" }
        }
    }
}

fn counts(values: [u64; 4]) -> Markup {
    html! { @for (index, value) in values.into_iter().enumerate() {
        td.number { @if index == 2 && value > 0 { (mark(Tone::Warn, &numbers::count(value as i64))) } @else { (numbers::count(value as i64)) } }
    } }
}

fn place(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    html! { span.code {
        (sheet.text(row, "source_file"))
        @if let Some(line) = sheet.integer(row, "source_line") { ":" (line) }
    } }
}
