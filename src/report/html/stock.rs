//! Stock and sync: drift with its causes, oversells with their evidence, how late updates are.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{Tone, chart, heading, mark, nil, prose, word};
use super::table::{Empty, Order, Show, Table, column};
use crate::report::chart::{Diverging, Ink, Lag, diverging, latency};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// Above this lag a channel is worth an alert, if no alert line is in the sheet.
const LATENCY_LIMIT_SECONDS: f64 = 1_800.0;

static DRIFT: Table = Table {
    sheet: "drift",
    caption: "Listings out of sync with the system of record",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Location", "location", Show::Plain),
        column("Listed", "reported", Show::Count),
        column("Expected", "expected", Show::Count),
        column("Variance", "gap", Show::Change),
        column("Cause", "cause", Show::Wide(causes)),
        column("Risk", "direction", Show::Word),
        column("Open for", "age_hours", Show::Hours),
        column("Alert", "alert", Show::With(alert)),
    ],
    order: &[Order::Descending("alert"), Order::Magnitude("gap")],
    first: 15,
    empty: Empty {
        judged: "No channel lists a quantity that differs from the system of record.",
        unjudged: "Whether channels list what they should is unknown.",
        needs: &[&needs::CHANNEL_COUNTS, &needs::STOCK],
    },
};

static OVERSELLS: Table = Table {
    sheet: "oversells",
    caption: "Order lines for units that were not there",
    columns: &[
        column("Order", "order_id", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("SKU", "sku", Show::Code),
        column("Ordered", "ordered_at", Show::When),
        column("Units", "units", Show::Count),
        column("Channel showed", "listed_then", Show::Count),
        column("Available", "available_then", Show::Count),
        column("Hold-back needed", "smallest_holdback", Show::Count),
        column("Because of", "cause", Show::Wide(because)),
    ],
    order: &[Order::Descending("ordered_at"), Order::Descending("units")],
    first: 15,
    empty: Empty {
        judged: "No order sold a unit that was not available.",
        unjudged: "Whether orders sold units that were not there is unknown.",
        needs: &[&needs::MOVEMENTS],
    },
};

static LATENCY: Table = Table {
    sheet: "sync_latency",
    caption: "Time from a change at the source until the channel shows it",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Events", "events", Show::Count),
        column("Half within", "p50_s", Show::Seconds),
        column("95 % within", "p95_s", Show::Seconds),
        column("99 % within", "p99_s", Show::Seconds),
        column("Longest", "max_s", Show::Seconds),
        column("Failed", "failures", Show::Count),
        column("Uptime", "uptime", Show::Share(2)),
        column("Failures", "failure_kinds", Show::Plain),
        column("Silent since", "silent_since", Show::With(silent)),
    ],
    order: &[Order::Descending("p95_s")],
    first: 20,
    empty: Empty {
        judged: "No sync update was sent in the last 30 days.",
        unjudged: "How late channels are is unknown.",
        needs: &[&needs::SYNC_EVENTS],
    },
};

static BALANCE: Table = Table {
    sheet: "stock_balance",
    caption: "Stock whose movements do not explain its count",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Location", "location", Show::Plain),
        column("Opening", "opening", Show::Count),
        column("Received", "receipts", Show::Count),
        column("Shipped", "shipments", Show::Count),
        column("Returned", "returns", Show::Count),
        column("Adjusted", "adjustments", Show::Count),
        column("Damaged", "damage", Show::Count),
        column("Should be", "expected", Show::Count),
        column("Is", "closing", Show::Count),
        column("Missing", "missing", Show::Change),
        column("First seen", "first_break_at", Show::When),
    ],
    order: &[Order::Magnitude("missing")],
    first: 10,
    empty: Empty {
        judged: "Stock reconciles: 0 variances.",
        unjudged: "Whether movements explain the counts is unknown.",
        needs: &[&needs::STOCK, &needs::MOVEMENTS],
    },
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        (heading("Drift", "What a channel lists minus what it should list. Above zero it can sell units that are not there; below zero it hides units that are. The causes add up to the variance."))
        (drift_chart(night))
        (DRIFT.draw(night))
        (heading("Oversells", "Units sold beyond available stock, with the stale count that allowed it. Not a stockout: a stockout sells nothing."))
        (OVERSELLS.draw(night))
        @if night.sheets.contains_key("stock_balance") {
            (heading("Movements", "Opening, receipts, shipments, returns, adjustments and damage give the closing count, or units are missing."))
            (BALANCE.draw_rows(night, unbalanced(night)))
        }
        (heading("Sync latency", "From a change at the source of truth until the channel shows it. Uptime is the share of changes that arrived. The file has each class of SKUs too."))
        (latency_chart(night))
        (LATENCY.draw_rows(night, whole_channels(night)))
    }
}

fn unbalanced(night: &Night<'_>) -> Vec<usize> {
    let sheet = night.sheet("stock_balance");
    sheet.rows().filter(|row| sheet.integer(*row, "missing") != Some(0)).collect()
}

fn drift_chart(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("drift_causes");
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in sheet.rows() {
        let units = sheet.integer(row, "units").unwrap_or(0);
        let sum = sums.entry(sheet.text(row, "cause")).or_default();
        if units < 0 { sum.0 += units } else { sum.1 += units }
    }
    let mut bars: Vec<Diverging> = sums
        .into_iter()
        .filter(|(_, (left, right))| (*left, *right) != (0, 0))
        .map(|(cause, (left, right))| Diverging { label: cause.to_owned(), left: left as f64, right: right as f64 })
        .collect();
    bars.sort_by(|a, b| (b.right - b.left).total_cmp(&(a.right - a.left)));
    if bars.is_empty() {
        return html! {};
    }
    let legend = [(Ink::Bad, "shown too many: oversell risk"), (Ink::Part(1), "shown too few: lost sales")];
    chart("drift", "Drift by cause", "Units over all listings.", &legend, |format| {
        diverging(&bars, "Units of drift by cause", "units", format)
    })
}

/// The causes of a gap as a sum: `delayed update +4, manual adjustment +1`.
fn causes(night: &Night<'_>, drift: Sheet<'_>, row: usize) -> Markup {
    let sheet = night.sheet("drift_causes");
    let key =
        |sheet: Sheet<'_>, row: usize| ["channel", "sku", "location"].map(|name| sheet.text(row, name).to_owned());
    let wanted = key(drift, row);
    let parts: Vec<usize> = sheet.rows().filter(|part| key(sheet, *part) == wanted).collect();
    if parts.is_empty() {
        return html! { (word(drift.text(row, "cause"))) };
    }
    html! {
        ul.causes { @for part in parts {
            @let evidence = sheet.text(part, "evidence");
            li title=[(!evidence.is_empty()).then_some(evidence)] {
                span.units { (numbers::change(sheet.integer(part, "units").unwrap_or(0))) }
                (word(sheet.text(part, "cause")))
                @if !evidence.is_empty() { span.evidence { (prose(evidence)) } }
            }
        } }
    }
}

/// The cause of an oversell over its evidence.
fn because(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let evidence = sheet.text(row, "evidence");
    html! {
        (word(sheet.text(row, "cause")))
        @if !evidence.is_empty() { span.evidence { (prose(evidence)) } }
    }
}

fn alert(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    html! { @if sheet.is_set(row, "alert") { (mark(Tone::Bad, "alert")) } }
}

fn silent(night: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.value(row, "silent_since") {
        Value::Timestamp(at) => mark(Tone::Bad, &numbers::instant(at, night.zone)),
        _ => nil(),
    }
}

/// The rows of channels as a whole, not of their classes.
fn whole_channels(night: &Night<'_>) -> Vec<usize> {
    let sheet = night.sheet("sync_latency");
    sheet.rows().filter(|row| sheet.text(*row, "class") == "*").collect()
}

fn latency_chart(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("sync_latency");
    let mut lags: Vec<Lag> = whole_channels(night)
        .into_iter()
        .filter_map(|row| {
            let time = |name: &str| sheet.number(row, name);
            let label = sheet.text(row, "channel").to_owned();
            Some(Lag { label, p50: time("p50_s")?, p95: time("p95_s")?, p99: time("p99_s")? })
        })
        .collect();
    lags.sort_by(|a, b| b.p95.total_cmp(&a.p95));
    lags.truncate(12);
    if lags.is_empty() {
        return html! {};
    }
    let legend =
        [(Ink::Main, "dot: half, bar: 95 %"), (Ink::Faint, "99 %"), (Ink::Bad, "95 % are later than the alert line")];
    chart(
        "latency",
        "How late channels are",
        "Each step of the scale is several times the one before.",
        &legend,
        |format| latency(&lags, LATENCY_LIMIT_SECONDS, "Sync latency by channel", format),
    )
}
