//! Buffers and replenishment: what to hold back and what to order, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::parts::{Tone, chart, heading, mark, nothing};
use super::table::{Empty, Order, Show, Table, column};
use crate::report::chart::{Ink, Shift, shifts};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::Sheet;
use crate::types::Money;

/// No number should become another, or none can be recommended.
const NO_CHANGE: Empty = Empty {
    judged: "No buffer needs to change.",
    unjudged: "No buffer can be recommended: every number stays as it is.",
    needs: &[&needs::STOCK],
};

static NO_VALUE: Empty = Empty {
    judged: "No stock on hand has a known cost.",
    unjudged: "What stock on hand cost is unknown.",
    needs: &[&needs::STOCK, &needs::COSTS],
};

static NO_BUFFER: Empty = Empty {
    judged: "No buffer was worked out: no listing has demand or a channel's stock.",
    unjudged: "No buffer can be recommended.",
    needs: &[&needs::ORDERS, &needs::STOCK],
};

static CHANGES: Table = Table {
    sheet: "buffers",
    caption: "Buffers whose number should change",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Current", "current_buffer", Show::Count),
        column("Recommended", "listing_holdback", Show::Count),
        column("Change", "change", Show::Change),
        column("Listed qty", "listed_quantity", Show::Count),
        column("Pause threshold", "pause_below", Show::Limit),
        column("Action", "action", Show::Verdict),
        column("Confidence", "confidence", Show::Verdict),
        column("Why", "reason", Show::Sentence),
    ],
    order: &[Order::Magnitude("change"), Order::Descending("listing_holdback")],
    first: 20,
    empty: NO_CHANGE,
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
        column("Reorder point", "reorder_point", Show::Count),
        column("Order-up-to level", "order_up_to", Show::Count),
        column("Order qty", "propose_units", Show::Count),
        column("Unit cost", "unit_cost", Show::Money),
        column("Order cost", "order_cost", Show::Money),
        column("Stockout date", "sells_out_on", Show::When),
        column("Note", "note", Show::Wide(note)),
    ],
    order: &[Order::Ascending("sells_out_on"), Order::Descending("propose_units")],
    first: 15,
    empty: Empty {
        judged: "Nothing has to be ordered today.",
        unjudged: "What to order is unknown.",
        needs: &[&needs::ORDERS, &needs::STOCK],
    },
};

/// The section on buffers.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("buffers");
    if sheet.is_empty() {
        return NO_BUFFER.draw(night);
    }
    let changes: Vec<usize> = sheet.rows().filter(|row| sheet.is_set(*row, "is_change")).collect();
    html! {
        (buffers_chart(night))
        (heading("Changes", "Buffer, current and recommended: units that are there but that the channel must not show. `approve` needs approval: the change exceeds the limit. `publish` goes out with `trueup publish --yes`. Confidence is high where stock, history, lag and counts are known, medium where one of these is not, low where more or the stock are not."))
        (first_numbers(sheet, &changes))
        (CHANGES.draw_rows(night, changes))
    }
}

/// Numbers that nothing so far stands beside: no limit holds a first number back, so a person has to.
fn first_numbers(sheet: Sheet<'_>, changes: &[usize]) -> Markup {
    let first = changes.iter().filter(|row| sheet.integer(**row, "change").is_none()).count();
    html! { @if first > 0 {
        p.finding {
            (mark(Tone::Warn, &format!("{} without a number so far.", numbers::things(first, "listing", "listings"))))
            " A first publication has nothing to be compared with, so no limit catches what is wrong in it: look through it before "
            code { "trueup publish --yes" } "."
        }
    } }
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
    let proposed: Vec<usize> = sheet.rows().filter(|row| above_zero(*row, "propose_units")).collect();
    html! {
        (heading("Orders to place", "Reorder point: when what is available and inbound falls to this, a new delivery arrives just before the rest runs out. Days of cover: how long what is available lasts at the forecast pace. What loses money on every channel of its pool is named but not proposed."))
        (REPLENISHMENT.draw_rows(night, sheet.rows().filter(is_due).collect()))
        (order_cost(night, sheet, &proposed))
        (inventory_value(night, sheet))
    }
}

/// What all proposed orders cost together, as far as that is known.
fn order_cost(night: &Night<'_>, sheet: Sheet<'_>, proposed: &[usize]) -> Markup {
    let costs: Vec<Money> = proposed.iter().filter_map(|row| sheet.money(*row, "order_cost")).collect();
    let unknown = proposed.len() - costs.len();
    html! { @if !proposed.is_empty() {
        p.finding {
            "Total order cost: "
            @if costs.is_empty() { "unknown" } @else { strong { (numbers::money(costs.iter().copied().sum(), night.currency)) } }
            " for " (numbers::things(proposed.len(), "order", "orders"))
            @if unknown > 0 { ", of which " (numbers::count(unknown as i64)) " without a unit cost" }
            "."
        }
    } }
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

/// What stock on hand cost, and how much of it lies in units beyond any order-up-to level.
fn inventory_value(night: &Night<'_>, sheet: Sheet<'_>) -> Markup {
    let known = |column: &str| -> Vec<Money> { sheet.rows().filter_map(|row| sheet.money(row, column)).collect() };
    let values = known("money_tied_up");
    if values.is_empty() {
        return NO_VALUE.draw(night);
    }
    let over = |row: &usize| sheet.integer(*row, "overstock_units").is_some_and(|units| units > 0);
    let skus: BTreeSet<&str> = sheet.rows().filter(over).map(|row| sheet.text(row, "sku")).collect();
    let (all, idle): (Money, Money) = (values.into_iter().sum(), known("overstock_money").into_iter().sum());
    html! { p.finding {
        "Inventory value (cost of stock on hand, as far as costs are known): " (numbers::money(all, night.currency)) "; "
        (numbers::money(idle, night.currency)) " of it is overstock in " (numbers::things(skus.len(), "SKU", "SKUs"))
        " (above the level that any order would bring it to)."
    } }
}
