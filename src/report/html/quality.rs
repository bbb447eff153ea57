//! Data quality: every row read is accounted for, every check says whether it passed or had nothing to
//! judge, and every source how fresh it is.

use maud::{Markup, html};

use super::parts::{Tone, heading, mark, nothing, prose, unknown};
use super::table::{Empty, Order, Show, Table, column};
use crate::health::Outcome;
use crate::query::Level;
use crate::report::needs;
use crate::report::night::{CheckOutcome, Night, ReadFile};
use crate::report::numbers;
use crate::report::sheet::Sheet;

/// Files that the page names.
const FIRST: usize = 40;

static REJECTS: Table = Table {
    sheet: "rejects",
    caption: "Rejected rows",
    columns: &[
        column("Location", "source_file", Show::With(place)),
        column("Column", "column", Show::Code),
        column("Text", "text", Show::Code),
        column("Why", "reason", Show::Sentence),
    ],
    order: &[],
    first: 8,
    empty: Empty { judged: "No row was rejected.", unjudged: "No row was rejected.", needs: &[] },
};

static FRESHNESS: Table = Table {
    sheet: "freshness",
    caption: "Newest record of each source",
    columns: &[
        column("Source", "source", Show::Plain),
        column("Channel", "channel", Show::With(whose)),
        column("Newest record", "newest", Show::When),
        column("Age", "age_days", Show::Range(|_, sheet, row| days(sheet, row, "age_days"))),
        column("Usual gap", "usual_gap_days", Show::Range(|_, sheet, row| days(sheet, row, "usual_gap_days"))),
        column("Stale after", "stale_after_days", Show::Range(|_, sheet, row| days(sheet, row, "stale_after_days"))),
        column("State", "stale", Show::With(staleness)),
    ],
    order: &[Order::Descending("stale"), Order::Descending("age_days")],
    first: 20,
    empty: Empty {
        judged: "No source has a record up to the day of the report.",
        unjudged: "How fresh the data is cannot be said.",
        needs: &[&needs::ORDERS],
    },
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        (missing(night))
        (heading("Checks", "Each check lists offending rows; 0 rows = pass. One that needs a table without rows is not applicable."))
        (checks(night))
        @if night.sheets.contains_key("checks") { p.more { "as a file: " a href="checks.csv" { "checks.csv" } } }
        (freshness(night))
        (heading("Files", "Rows read = accepted + rejected + known already, per file."))
        (files(night.files))
        (heading("Rejected rows", "Rejected with their location and reason, not guessed. They are read again when the file or the settings change."))
        (rejects(night))
        @if !night.run.notes.is_empty() {
            (heading("Notes", ""))
            ul.notes { @for note in &night.run.notes { li { (prose(note)) } } }
        }
    }
}

fn rejects(night: &Night<'_>) -> Markup {
    let rejected: u64 = night.files.iter().map(|file| file.rejected).sum();
    if night.sheet("rejects").is_empty() && rejected > 0 {
        let rows = numbers::things(rejected as usize, "row was", "rows were");
        return nothing(&format!("{rows} rejected: see rejects.csv in the lake's folder."));
    }
    REJECTS.draw(night)
}

/// What there is no data for, and what would bring it.
fn missing(night: &Night<'_>) -> Markup {
    let unmet = needs::unmet(night, needs::WATCHED);
    html! { @if !unmet.is_empty() {
        div id="missing" {
            (heading("No current data", "What rests on these is unknown, and no part of any verdict."))
            ul.notes { @for need in unmet { li { (need.name(night)) ": add " (prose(need.export)) } } }
        }
    } }
}

fn checks(night: &Night<'_>) -> Markup {
    if night.checks.is_empty() {
        return nothing("No check was run.");
    }
    let mut sorted: Vec<&CheckOutcome> = night.checks.iter().collect();
    sorted.sort_by_key(|check| (check.outcome, std::cmp::Reverse(check.level)));
    html! {
        ul.checks { @for check in sorted {
            li {
                (mark(check.outcome.tone(check.level), short(check)))
                span.what {
                    (check.summary) " " code { (check.name) }
                    @if check.offending_rows > 0 {
                        span.example {
                            (numbers::things(check.offending_rows as usize, "row", "rows"))
                            @if let Some(example) = &check.example { ", such as " (example) }
                        }
                    }
                    @if check.outcome == Outcome::NotApplicable {
                        span.example { "no " (lacking(check)) }
                    }
                }
            }
        } }
    }
}

/// What a check came to, in the width of its column.
fn short(check: &CheckOutcome) -> &'static str {
    match (check.outcome, check.level) {
        (Outcome::Failed, Level::Error) => "fail",
        (Outcome::Failed, Level::Warn) => "warn",
        (Outcome::Passed, _) => "pass",
        (Outcome::NotApplicable, _) => "n/a",
    }
}

fn lacking(check: &CheckOutcome) -> String {
    check.lacking.iter().map(|table| needs::table_name(table)).collect::<Vec<_>>().join(", no ")
}

/// How old the newest record of each source is.
fn freshness(night: &Night<'_>) -> Markup {
    html! { @if night.sheets.contains_key("freshness") {
        (heading("Freshness", "The newest record of each source up to the day of the report. Stale: older than `stale-after-days` under `[alerts]`, else than three times the usual gap between days with records, than 95 of 100 gaps, and than 3 days."))
        (FRESHNESS.draw(night))
    } }
}

fn whose(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.text(row, "channel") {
        "" => html! { "source of truth" },
        channel => html! { (channel) },
    }
}

/// Whether a source still comes. Its tone is never good: that it comes says nothing of what is in it.
fn staleness(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    if sheet.is_set(row, "stale") { mark(Tone::Bad, "stale") } else { mark(Tone::Calm, "fresh") }
}

fn days(sheet: Sheet<'_>, row: usize, column: &str) -> Markup {
    match sheet.integer(row, column) {
        Some(days) => html! { (numbers::things(days.unsigned_abs() as usize, "day", "days")) },
        None => unknown(),
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
