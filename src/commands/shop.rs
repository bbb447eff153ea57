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
    /// settings, else the newest day with an order.
    pub(super) fn at(settings: Settings, snapshot: &Snapshot, as_of: Option<Day>) -> Result<Self> {
        let as_of = match as_of.or(settings.shop.as_of) {
            Some(day) => day,
            None => newest_day(snapshot)?,
        };
        let marts = catalog::open(&settings, snapshot, as_of)?;
        Ok(Self { settings, as_of, marts })
    }
}

fn newest_day(snapshot: &Snapshot) -> Result<Day> {
    for (table, column) in [("order_lines", "order_day"), ("stock", "stock_day")] {
        if let Some(month) = snapshot.months(table).last() {
            let rows = snapshot.read(table, Some(*month))?;
            if let Some(day) = rows.day(column)?.iter().flatten().max() {
                return Ok(day);
            }
        }
    }
    let message = format!("the lake `{}` holds no orders and no stock", snapshot.root().display());
    Err(Diagnostic::error("empty-lake", message)
        .hint("put exports into the exports folder and run `trueup run`")
        .into())
}
