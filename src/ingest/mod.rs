//! How does an export become rows or rejects, none lost?
//!
//! Goes in: a file of a channel or of the source of truth. Comes out: rows of the lake's tables,
//! rejects with line, column and reason, and a [`Receipt`] in which records and bytes add up.
//!
//! ```text
//! file → source (bytes) → recognise (which export?) → records → batch (typed cells, by column) → shape
//!      → rows | rejects
//! ```
//!
//! To add an export, describe its columns in `channels/`, and give it a sample and a golden.

#[cfg(test)]
mod at_limits;
mod batch;
mod cell;
mod channels;
mod columns;
mod context;
mod discounted_tax;
mod discover;
mod encoding;
mod excerpt;
mod explain;
mod export;
mod header;
mod kinds;
mod limits;
mod line_kind;
mod near_miss;
mod notes;
mod output;
mod plan;
mod price_tax;
mod price_words;
mod propose;
mod raw;
mod read;
mod reading;
mod receipt;
mod recognise;
mod record;
mod records;
mod remedy;
mod run;
mod second_table;
mod seen;
mod settle;
mod shape;
mod sisters;
mod sniff;
mod source;
mod steady;
mod tax_by_rate;
mod tax_in_prices;
mod tax_votes;
mod total_row;
mod totals;
mod trial;
mod utf16;
mod workbook;

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

pub use channels::StandIn;
pub use columns::{FileColumn, Need, columns};
pub use discover::discover;
pub use excerpt::RejectLine;
pub use explain::{Explanation, HeaderUse, Looks, Proposal, explain, explain_as};
pub use kinds::RejectKind;
pub use notes::{Notes, notes};
pub use receipt::{FileContext, Receipt, Recognition, Reject, Sink, Span};
pub use remedy::remedy;
pub use run::{Event, FileSummary, Summary, run, run_afresh};
pub use trial::{Trial, try_out};

use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::types::Timestamp;
use context::Context;
use discover::has_ending;
use sisters::Sisters;
use source::Source;

/// Whether every `[mapping.NAME]` of the settings can read a file.
///
/// # Errors
/// The first that cannot, with what to change.
pub fn check_mappings(settings: &Settings) -> Result<()> {
    channels::layouts(settings).map(|_| ())
}

/// The code of a file that the settings say to leave alone.
pub const LEFT_ALONE: &str = "left-alone";

/// Fails where the settings say to leave a file alone; `name` is its name in the lake.
fn may_be_read(path: &Path, name: &str, settings: &Settings) -> Result<()> {
    let Some(pattern) = settings.ignore.iter().find(|pattern| pattern.fits(name)) else { return Ok(()) };
    let message = format!("left alone, as `ignore = [\"{}\"]` under `[paths]` says", pattern.as_str());
    Err(Diagnostic::error(LEFT_ALONE, message).in_file(path).into())
}

/// Which export a file is.
///
/// # Errors
/// Where it is none that is known, or not a table at all; the message says what to do.
pub fn recognise(path: &Path, settings: &Settings) -> Result<Recognition> {
    let layouts = channels::layouts(settings)?;
    recognise::recognise(path, Source::open(path)?, settings, &layouts).map(|known| known.recognition())
}

/// Whether a file is left out because it is no export that is read: that is told and is no failure.
pub fn is_no_export(refusal: &Diagnostic) -> bool {
    matches!(refusal.code, "unknown-layout" | "no-table" | LEFT_ALONE)
}

/// Reads a file into a sink. Its name in the lake is its path under the exports' folder, its date
/// of writing comes from the file system.
///
/// # Errors
/// Where the file as a whole is refused. What the sink was given before is void then.
pub fn read(path: &Path, settings: &Settings, sink: &mut dyn Sink) -> Result<Receipt> {
    read_as(path, settings, FileContext { modified: modified(path), ..FileContext::default() }, sink)
}

pub(crate) fn modified(path: &Path) -> Option<Timestamp> {
    let written = fs::symlink_metadata(path).ok()?.modified().ok()?;
    let since = written.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_seconds(since.as_secs() as i64))
}

/// The same with what is known of the file handed in.
///
/// # Errors
/// As [`read()`].
pub fn read_as(path: &Path, settings: &Settings, mut file: FileContext, sink: &mut dyn Sink) -> Result<Receipt> {
    if file.name.is_empty() {
        file.name = name_of(path, settings);
    }
    let layouts = channels::layouts(settings)?;
    let known = recognise::recognise(path, Source::open(path)?, settings, &layouts)?;
    let context = Context::new(path, &file, settings, known.channel);
    read::read(path, &known, context, (&Sisters::new(settings, &layouts), sink))
}

/// A file's name in the lake: its path under the exports' folder, with forward slashes.
pub(crate) fn name_of(path: &Path, settings: &Settings) -> String {
    let inside = path.strip_prefix(&settings.exports).unwrap_or(path);
    let parts: Vec<String> = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}
