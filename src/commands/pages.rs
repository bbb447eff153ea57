//! From the night's findings to the report folder.

use super::night::Night;
use super::shop::Shop;
use super::{ingest, missing};
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::ingest::{LEFT_ALONE, Summary};
use crate::lake::{SourceRecord, TABLES};
use crate::report::{self, CheckOutcome, Folder, LeftOut, ReadFile, RunFacts};
use crate::types::{Channel, Day, Timestamp};

/// Writes every page and sheet; they appear whole or not at all. `read` is what became of the files.
pub(super) fn write(shop: &Shop, night: &Night, read: &Summary, timings: &[(String, f64)]) -> Result<()> {
    let files: Vec<ReadFile> = sources(shop).iter().map(read_file).collect();
    let checks: Vec<CheckOutcome> = night.health.checks.iter().map(CheckOutcome::from).collect();
    let pages = report::render(&report::Night {
        shop: &shop.settings.shop.name,
        as_of: shop.as_of,
        zone: shop.settings.shop.time_zone,
        currency: shop.settings.shop.currency,
        sheets: &night.desk.sheets,
        files: &files,
        left_out: &left_out(read, &shop.settings),
        untold_fees: &untold_fees(&shop.settings),
        morning_items: shop.settings.exceptions.morning_items,
        checks: &checks,
        run: &facts(shop, night, read)?,
        timings,
        query_timings: &shop.marts.seconds(),
    })?;
    Folder::at(&shop.settings.reports).replace(&pages)
}

/// Channels that charge fees of which the settings say nothing.
fn untold_fees(settings: &Settings) -> Vec<Channel> {
    let silent = settings.channels.iter().filter(|channel| !channel.fees_told && channel.kind.charges_fees());
    silent.map(|channel| channel.name.clone()).collect()
}

fn sources(shop: &Shop) -> &[SourceRecord] {
    shop.marts.snapshot().map_or(&[], |snapshot| snapshot.sources())
}

fn read_file(source: &SourceRecord) -> ReadFile {
    ReadFile {
        path: source.file.clone(),
        channel: source.channel.clone().unwrap_or_default(),
        kind: source.export.clone(),
        sha256: source.sha256.clone(),
        bytes: source.bytes,
        read: source.rows_read,
        accepted: source.accepted,
        rejected: source.rejected,
        duplicate: source.duplicate,
    }
}

fn left_out(read: &Summary, settings: &Settings) -> Vec<LeftOut> {
    let refused = read.refused.iter().map(|problem| (problem, true));
    // What the settings say to leave alone is no news to anybody.
    let ignored = read.ignored.iter().filter(|problem| problem.code != LEFT_ALONE).map(|problem| (problem, false));
    refused.chain(ignored).map(|(problem, is_refused)| file_left_out(problem, is_refused, settings)).collect()
}

fn file_left_out(problem: &Diagnostic, is_refused: bool, settings: &Settings) -> LeftOut {
    let exports = settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports);
    let place = problem.place.as_ref();
    let path = place.map(|place| place.path.strip_prefix(exports).unwrap_or(&place.path));
    let parts = path.into_iter().flat_map(|path| path.components());
    let parts: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let label = place.and_then(|place| place.excerpt.as_ref()).map(|excerpt| excerpt.label.as_str());
    let label = label.filter(|label| !label.is_empty() && !problem.message.contains(label));
    LeftOut {
        path: parts.join("/"),
        is_refused,
        code: problem.code.to_owned(),
        line: place.and_then(|place| place.line),
        reason: label.map_or_else(|| problem.message.clone(), |label| format!("{}: {label}", problem.message)),
        hint: problem.hint.as_deref().map(|hint| within(hint, &settings.folder.to_string_lossy())),
    }
}

/// A hint as it is typed in the project's folder: reports do not tell where the project lies.
fn within(hint: &str, folder: &str) -> String {
    let inside = hint.replace(&format!(" --project '{folder}'"), "");
    let folder = folder.strip_prefix("./").unwrap_or(folder).trim_end_matches('/');
    if folder.is_empty() { inside } else { inside.replace(&format!("'{folder}/"), "'") }
}

fn facts(shop: &Shop, night: &Night, read: &Summary) -> Result<RunFacts> {
    let snapshot = shop.marts.snapshot();
    let rows = |table: &str| snapshot.map_or(0, |snapshot| snapshot.row_count(table));
    let mut lake_rows: Vec<(String, u64)> =
        TABLES.iter().map(|table| (table.name.to_owned(), rows(table.name))).collect();
    lake_rows.sort();
    Ok(RunFacts {
        run: night.recommendations.run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy_version: night.recommendations.policy_version.clone(),
        lake_version: snapshot.map_or(0, |snapshot| snapshot.version()),
        history: history(night, shop.as_of),
        stand_ins: stand_ins(night),
        lake_rows,
        notes: notes(shop, night, read),
    })
}

fn stand_ins(night: &Night) -> Vec<(String, Channel, Timestamp)> {
    let stand_ins = night.stock.facts.stand_ins.iter();
    stand_ins.map(|(pool, stand_in)| (pool.clone(), stand_in.channel.clone(), stand_in.at)).collect()
}

/// What makes a number unknown, or other than somebody asked for; and files that were read before somebody
/// asked for something else.
fn notes(shop: &Shop, night: &Night, read: &Summary) -> Vec<String> {
    let more = [missing::all(night, &shop.settings), night.outcomes.messages()].concat();
    let outdated = ingest::outdated(read);
    let problems = night.pnl.diagnostics.iter().chain(&more).chain(&outdated);
    problems.map(|problem| problem.message.clone()).collect()
}

/// From the first day with demand to the run's day.
fn history(night: &Night, as_of: Day) -> Option<(Day, Day)> {
    let first = night.wanted.demand.series.iter().map(|series| series.first).min()?;
    Some((first, as_of))
}
