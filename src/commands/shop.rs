//! A shop opened for reading: its settings, one state of its lake, and the day to stand on.

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalog;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::lake::{Lake, Snapshot};
use crate::query::Marts;
use crate::shell::count;
use crate::types::{Day, Money};

/// What every command that reads the lake begins with.
pub(super) struct Shop {
    pub(super) settings: Settings,
    pub(super) as_of: Day,
    /// What the lake has of later days, where nobody said on which day to stand.
    pub(super) left_out: Option<Diagnostic>,
    /// Bundles that cannot be taken apart.
    pub(super) set_aside: Vec<Diagnostic>,
    pub(super) marts: Marts,
}

impl Shop {
    /// Opens the project's lake as it is.
    pub(super) fn open(project: &Path, as_of: Option<Day>) -> Result<Self> {
        Self::of(Settings::read(project)?, as_of)
    }

    /// Opens the lake of these settings as it is.
    pub(super) fn of(settings: Settings, as_of: Option<Day>) -> Result<Self> {
        let snapshot = Lake::open(&settings.lake)?.snapshot()?;
        Self::at(settings, &snapshot, as_of)
    }

    /// The shop over one state of the lake. The day is the one asked for, else that of the
    /// settings, else one that the lake's newest orders and counts tell.
    pub(super) fn at(settings: Settings, snapshot: &Snapshot, as_of: Option<Day>) -> Result<Self> {
        let (as_of, left_out) = match as_of.or(settings.shop.as_of) {
            Some(day) => (day, None),
            None => {
                let day = newest_day(snapshot)?;
                (day, left_out(snapshot, day)?)
            }
        };
        let marts = catalog::open(&settings, snapshot, as_of)?;
        let set_aside = catalog::bundles_set_aside(&marts.table("bundles")?)?;
        Ok(Self { settings, as_of, left_out, set_aside, marts })
    }
}

/// The newest day with an order; the last counted day where that is a few days earlier or later.
/// Orders come in before a day is over and a count closes it, and after the last sale a count says
/// what is left. Further apart, one of the two is old. Without orders and counts at the source of
/// truth, settlements tell of sales, and after them what a channel shows.
fn newest_day(snapshot: &Snapshot) -> Result<Day> {
    const COUNTED_LATELY: i32 = 3;
    let shown = newest(snapshot, "channel_stock", "reported_day")?;
    let counted = newest(snapshot, "stock", "stock_day")?;
    let settled = newest(snapshot, "settlement_lines", "posted_day")?;
    let ordered = newest(snapshot, "order_lines", "order_day")?.or(settled.filter(|_| counted.is_none()));
    match (ordered, counted.or(shown)) {
        (Some(ordered), Some(counted)) if ordered.since(counted).abs() <= COUNTED_LATELY => Ok(counted),
        (Some(day), _) | (None, Some(day)) => Ok(day),
        (None, None) => Err(nothing_to_report(snapshot).into()),
    }
}

fn nothing_to_report(snapshot: &Snapshot) -> Diagnostic {
    let message =
        format!("the lake `{}` holds no orders, no settlements and no counts of stock", snapshot.root().display());
    let hint = "put exports into the exports folder and run `trueup run`; `trueup check` tells what is in each file";
    Diagnostic::error("empty-lake", message).hint(hint)
}

/// What the lake has of later days than one that nobody asked for: the report does not show it.
fn left_out(snapshot: &Snapshot, day: Day) -> Result<Option<Diagnostic>> {
    let told = [
        ("stock", "stock_day", "stock"),
        ("channel_stock", "reported_day", "what channels show"),
        ("settlement_lines", "posted_day", "settlements"),
    ];
    let mut later = Vec::new();
    for (table, column, what) in told {
        later.extend(newest(snapshot, table, column)?.filter(|newest| *newest > day).map(|newest| (newest, what)));
    }
    let refunds = later_refunds(snapshot, day)?;
    let newest = later.iter().map(|(newest, _)| *newest).chain(refunds.as_ref().map(|(newest, _)| *newest)).max();
    let Some(newest) = newest else { return Ok(None) };
    let told = later.iter().map(|(newest, what)| format!("{what} up to {newest}"));
    let told: Vec<String> = told.chain(refunds.map(|(_, told)| told)).collect();
    let message = format!("the report stands on {day} and leaves out what is later: {}", told.join(", "));
    let hint = format!("`trueup run --as-of {newest}` takes it in; a day without orders counts as one without sales");
    Ok(Some(Diagnostic::warning("later-than-as-of", message).hint(hint)))
}

/// The newest refund after a day, and what all of them come to: the statement does not hold them.
fn later_refunds(snapshot: &Snapshot, day: Day) -> Result<Option<(Day, String)>> {
    let (mut newest, mut refunds, mut sums) = (None, 0, BTreeMap::<String, Money>::new());
    for month in snapshot.months("refund_lines").into_iter().filter(|month| *month >= day.month()) {
        let rows = snapshot.read("refund_lines", Some(month))?;
        let (days, amounts, currencies) = (rows.day("refund_day")?, rows.money("amount")?, rows.text("currency")?);
        for row in (0..rows.len()).filter(|row| days.get(*row).is_some_and(|refunded| refunded > day)) {
            newest = newest.max(days.get(row));
            refunds += 1;
            if let Some(amount) = amounts.get(row) {
                *sums.entry(currencies.get(row).unwrap_or_default().to_owned()).or_default() += amount;
            }
        }
    }
    let sums = sums.iter().map(|(currency, amount)| format!("{amount} {currency}").trim_end().to_owned());
    let of = sums.collect::<Vec<_>>().join(" and ");
    let of = if of.is_empty() { of } else { format!(" of {of}") };
    Ok(newest.map(|newest| (newest, format!("{}{of}", count(refunds, "refund")))))
}

fn newest(snapshot: &Snapshot, table: &str, column: &str) -> Result<Option<Day>> {
    let Some(month) = snapshot.months(table).last().copied() else { return Ok(None) };
    Ok(snapshot.read(table, Some(month))?.day(column)?.iter().flatten().max())
}
