//! Buffers and replenishment: what to hold back and what to order, each with its reason.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{Tone, chart, heading, mark, nothing};
use super::table::{Order, Show, Table, column};
use crate::report::chart::{Ink, Shift, shifts};
use crate::report::figures::is_change;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};
use crate::types::Money;

static CHANGES: Table = Table {
    sheet: "buffers",
    caption: "Buffers whose number should change",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Now", "current_buffer", Show::Count),
        column("Hold back", "listing_holdback", Show::Count),
        column("Change", "change", Show::Change),
        column("List", "listed_quantity", Show::Count),
        column("Pause below", "pause_below", Show::Limit),
        column("Action", "action", Show::Word),
        column("Confidence", "confidence", Show::Word),
        column("Why", "reason", Show::Sentence),
    ],
    order: &[Order::Magnitude("change"), Order::Descending("listing_holdback")],
    first: 20,
    empty: "No buffer needs another number.",
};

static REPLENISHMENT: Table = Table {
    sheet: "replenishment",
    caption: "What to order",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Pool", "pool", Show::Plain),
        column("On hand", "on_hand", Show::Count),
        column("Inbound", "inbound", Show::Count),
        column("Days of cover", "cover_days", Show::Real(0)),
        column("Order at", "reorder_point", Show::Count),
        column("Up to", "order_up_to", Show::Count),
        column("Order now", "propose_units", Show::Count),
        column("Money tied up", "money_tied_up", Show::Money),
        column("Sells out on", "sells_out_on", Show::When),
        column("Note", "note", Show::Wide(note)),
    ],
    order: &[Order::Ascending("sells_out_on"), Order::Descending("propose_units")],
    first: 15,
    empty: "Nothing has to be ordered today.",
};

/// The section on buffers.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("buffers");
    if sheet.is_empty() {
        return nothing("No buffer was worked out: there is no listing with a channel's stock or demand.");
    }
    let changes = sheet.rows().filter(|row| is_change(sheet, *row)).collect();
    html! {
        (buffers_chart(night))
        (heading("Changes", "Hold back: units that are there but that the channel must not show. `approve` waits for a person because the change is larger than the policy lets through; `publish` goes out with `trueup publish`."))
        (CHANGES.draw_rows(night, changes))
    }
}

fn buffers_chart(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("buffers");
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in sheet.rows() {
        if let (Some(now), Some(next)) = (sheet.integer(row, "current_buffer"), sheet.integer(row, "listing_holdback"))
        {
            let sum = sums.entry(sheet.text(row, "channel")).or_default();
            *sum = (sum.0 + now, sum.1 + next);
        }
    }
    let rows: Vec<Shift> = sums
        .into_iter()
        .map(|(channel, (before, after))| Shift {
            label: channel.to_owned(),
            before: before as f64,
            after: after as f64,
        })
        .collect();
    if rows.is_empty() {
        return nothing("No current buffer was read, so there is nothing to compare with.");
    }
    let legend = [(Ink::Faint, "held back now"), (Ink::Main, "recommended")];
    chart("buffers", "Units held back, by channel", "Listings whose current buffer is known.", &legend, |format| {
        shifts(&rows, "Units held back now and as recommended, by channel", "units", format)
    })
}

/// The section on replenishment.
pub(super) fn replenishment(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("replenishment");
    let above_zero = |row: usize, column: &str| sheet.number(row, column).is_some_and(|units| units > 0.0);
    let is_due = |row: &usize| above_zero(*row, "propose_units") || above_zero(*row, "withheld_units");
    html! {
        (heading("Orders to place", "Order at: when what is available and inbound falls to this, a new delivery arrives just before the rest runs out. Days of cover: how long what is available lasts at the forecast pace. What loses money on every channel of its pool is named but not proposed."))
        (REPLENISHMENT.draw_rows(night, sheet.rows().filter(is_due).collect()))
        (overstock(night, sheet))
    }
}

/// What is due and withheld, with the reason.
fn note(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let text = sheet.text(row, "note");
    match sheet.integer(row, "withheld_units") {
        Some(units) if units > 0 => html! {
            (mark(Tone::Warn, &format!("{} withheld", numbers::count(units)))) span.evidence { (text) }
        },
        _ => html! { (text) },
    }
}

/// The sentence on money that lies in units beyond any order-up-to level.
fn overstock(night: &Night<'_>, sheet: Sheet<'_>) -> Markup {
    let over = |row: &usize| sheet.integer(*row, "overstock_units").is_some_and(|units| units > 0);
    let rows: Vec<usize> = sheet.rows().filter(over).collect();
    let money = |column: &str, rows: &mut dyn Iterator<Item = usize>| {
        rows.filter_map(|row| match sheet.value(row, column) {
            Value::Money(money) => Some(money),
            _ => None,
        })
        .fold(Money::ZERO, |sum, money| sum + money)
    };
    let all = money("money_tied_up", &mut sheet.rows());
    let idle = money("overstock_money", &mut rows.iter().copied());
    html! { p.finding {
        "Stock on hand cost " (numbers::money(all, night.currency)) ", as far as costs are known; "
        (numbers::money(idle, night.currency)) " of it lies in "
        (numbers::things(rows.len(), "pool with overstock", "pools with overstock"))
        ": more than any order would bring it to."
    } }
}
