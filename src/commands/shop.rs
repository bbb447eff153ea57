//! A shop opened for reading: its settings, one state of its lake, and the day to stand on.

use std::path::Path;

use crate::catalog;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::lake::{Lake, Snapshot};
use crate::query::Marts;
use crate::types::Day;

/// What every command that reads the lake begins with.
pub(super) struct Shop {
    pub(super) settings: Settings,
    pub(super) as_of: Day,
    pub(super) marts: Marts,
}

impl Shop {
    /// Opens the project's lake as it is.
    pub(super) fn open(project: &Path, as_of: Option<Day>) -> Result<Self> {
        let settings = Settings::read(project)?;
        let snapshot = Lake::open(&settings.lake)?.snapshot()?;
        Self::at(settings, &snapshot, as_of)
    }

    /// The shop over one state of the lake. The day is the one asked for, else that of the
    /// settings, else the newest whole day.
    pub(super) fn at(settings: Settings, snapshot: &Snapshot, as_of: Option<Day>) -> Result<Self> {
        let as_of = match as_of.or(settings.shop.as_of) {
            Some(day) => day,
            None => newest_day(snapshot)?,
        };
        let marts = catalog::open(&settings, snapshot, as_of)?;
        Ok(Self { settings, as_of, marts })
    }
}

/// Orders come in before a day is over, a count closes it: where stock was counted up to a few days
/// before the newest order, the last counted day is the last whole one.
fn newest_day(snapshot: &Snapshot) -> Result<Day> {
    const COUNTED_LATELY: i32 = 3;
    let ordered = newest(snapshot, "order_lines", "order_day")?;
    let counted = newest(snapshot, "stock", "stock_day")?;
    match (ordered, counted) {
        (Some(ordered), Some(counted)) if counted < ordered && ordered.since(counted) <= COUNTED_LATELY => Ok(counted),
        (Some(day), _) | (None, Some(day)) => Ok(day),
        (None, None) => {
            let message = format!("the lake `{}` holds no orders and no stock", snapshot.root().display());
            let hint = "put exports into the exports folder and run `trueup run`";
            Err(Diagnostic::error("empty-lake", message).hint(hint).into())
        }
    }
}

fn newest(snapshot: &Snapshot, table: &str, column: &str) -> Result<Option<Day>> {
    let Some(month) = snapshot.months(table).last().copied() else { return Ok(None) };
    Ok(snapshot.read(table, Some(month))?.day(column)?.iter().flatten().max())
}
