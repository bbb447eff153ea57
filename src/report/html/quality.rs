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
        (rejects(night))
        @if !night.run.notes.is_empty() {
            (heading("Notes", ""))
            ul.notes { @for note in &night.run.notes { li { (note) } } }
        }
    }
}

fn rejects(night: &Night<'_>) -> Markup {
    let rejected: u64 = night.files.iter().map(|file| file.rejected).sum();
    if night.sheet("rejects").is_empty() && rejected > 0 {
        let rows = numbers::things(rejected as usize, "row was", "rows were");
        return nothing(&format!("{rows} set aside: see rejects.csv in the lake's folder."));
    }
    REJECTS.draw(night)
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
            table.cards {
                thead { tr {
                    th scope="col" { "File" } th scope="col" { "Channel" } th scope="col" { "Kind" }
                    @for head in COUNTS { th.number scope="col" { (head) } }
                } }
                tbody {
                    @for file in shown.iter().take(FIRST) {
                        tr {
                            td.code { (file.path) }
                            td data-head="Channel" { @if file.channel.is_empty() { "source of truth" } @else { (file.channel) } }
                            td data-head="Kind" { (file.kind.replace('_', " ")) }
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

/// Heads of the counts of a file.
const COUNTS: [&str; 4] = ["Read", "Accepted", "Rejected", "Known already"];

fn counts(values: [u64; 4]) -> Markup {
    html! { @for (index, value) in values.into_iter().enumerate() {
        td.number data-head=(COUNTS[index]) { @if index == 2 && value > 0 { (mark(Tone::Warn, &numbers::count(value as i64))) } @else { (numbers::count(value as i64)) } }
    } }
}

fn place(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    html! { span.code {
        (sheet.text(row, "source_file"))
        @if let Some(line) = sheet.integer(row, "source_line") { ":" (line) }
    } }
}
