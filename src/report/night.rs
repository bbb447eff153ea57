//! What one night hands to the reports.

use std::collections::BTreeMap;

use super::sheet::{Sheet, Value};
use crate::health::{Check, Outcome};
use crate::lake::Rows;
use crate::query::Level;
use crate::types::{Channel, Currency, Day, Timestamp};

/// Everything a report is made of: the sheets and a few facts about the run.
#[derive(Clone, Copy, Debug)]
pub struct Night<'a> {
    /// The shop's name.
    pub shop: &'a str,
    /// The day the reports stand on.
    pub as_of: Day,
    /// The shop's time zone: in it instants are shown and days end.
    pub zone: chrono_tz::Tz,
    /// The currency of every amount without a currency of its own.
    pub currency: Currency,
    /// The sheets by file name without its ending: `pnl_by_channel`, `drift`.
    pub sheets: &'a BTreeMap<String, Rows>,
    /// Every export that was read, sorted by path.
    pub files: &'a [ReadFile],
    /// Every file under the exports' folder that this run could not read, refused ones first.
    pub left_out: &'a [LeftOut],
    /// Channels whose fees the settings do not tell: without a settlement they are left out.
    pub untold_fees: &'a [Channel],
    /// Exceptions that the page shows; the others are counted.
    pub morning_items: usize,
    /// Every check, sorted by name.
    pub checks: &'a [CheckOutcome],
    /// Facts about the run.
    pub run: &'a RunFacts,
    /// How long each step took, in the order of the steps. Goes to `timings.json` only, so that all
    /// else is the same on a second run.
    pub timings: &'a [(String, f64)],
    /// How long the engine worked on each query, by name; for `timings.json` too.
    pub query_timings: &'a [(String, f64)],
}

impl<'a> Night<'a> {
    /// The sheet of this name, or its absence.
    pub(crate) fn sheet(&self, name: &str) -> Sheet<'a> {
        Sheet::new(self.sheets.get(name))
    }

    /// The day in a cell, in the shop's time zone.
    pub(crate) fn day(&self, value: Value<'_>) -> Option<Day> {
        match value {
            Value::Day(day) => Some(day),
            Value::Timestamp(instant) => Some(instant.day_in(self.zone)),
            _ => None,
        }
    }
}

/// One export and what became of its rows: read = accepted + rejected + duplicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// Its path under `exports/`.
    pub path: String,
    /// The channel, or empty for the source of truth.
    pub channel: String,
    /// What kind of export it is: `orders`, `stock`.
    pub kind: String,
    /// SHA-256 of its bytes, as 64 hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows read.
    pub read: u64,
    /// Rows that are in the lake because of this file.
    pub accepted: u64,
    /// Rows set aside with a reason.
    pub rejected: u64,
    /// Rows that the lake had already.
    pub duplicate: u64,
}

/// A file of which nothing was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path under `exports/`.
    pub path: String,
    /// True where it is an export that cannot be right; false where it is none that is known.
    pub is_refused: bool,
    /// A stable word for the reason: `control-total`, `unknown-layout`.
    pub code: String,
    /// The line that is to blame, counted from 1.
    pub line: Option<usize>,
    /// Why it was left out, a phrase with names in backticks.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One check and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    /// The query's name: `check_stock_balance`.
    pub name: String,
    /// What it says in one sentence.
    pub summary: String,
    /// How bad a row is that it finds; of an error the run exits with 1.
    pub level: Level,
    /// What it came to.
    pub outcome: Outcome,
    /// The tables of the lake that it needs and that are empty.
    pub lacking: Vec<String>,
    /// How many rows offend.
    pub offending_rows: u64,
    /// The first offending row in words.
    pub example: Option<String>,
}

impl From<&Check> for CheckOutcome {
    fn from(check: &Check) -> Self {
        Self {
            name: check.name.clone(),
            summary: check.purpose.clone(),
            level: check.level,
            outcome: check.outcome(),
            lacking: check.lacking.clone(),
            offending_rows: check.findings.len() as u64,
            example: check.example(),
        }
    }
}

/// Facts about the run, none of which depends on the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFacts {
    /// The run's identifier.
    pub run: String,
    /// The program's version.
    pub version: String,
    /// The version of the policy: a digest of the settings.
    pub policy_version: String,
    /// The lake's version that was read.
    pub lake_version: u64,
    /// First and last day with facts.
    pub history: Option<(Day, Day)>,
    /// By pool the channel whose own count is the book, and when it was taken; empty where a source of
    /// truth keeps one.
    pub stand_ins: Vec<(String, Channel, Timestamp)>,
    /// Rows per table of the lake, sorted by table.
    pub lake_rows: Vec<(String, u64)>,
    /// What is missing, so that a number is unknown or estimated: sentences for the page.
    pub notes: Vec<String>,
}
