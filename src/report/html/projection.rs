//! Last week against its projection, people's changes of the forecast, and what empty shelves did not
//! sell.

use maud::{Markup, html};

use super::parts::{Tone, heading, mark, nil};
use super::table::{Order, Show, Table, column};
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// The row of a whole channel.
const WHOLE: &str = "*";
/// Of many listings, this share is beyond chance by chance: one in forty on either side.
const BY_CHANCE: f64 = 0.05;

static CHANNELS: Table = Table {
    sheet: "forecast_check",
    caption: "Last week by channel, projected and wanted",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Projected", "projected", Show::Real(0)),
        column("Wanted", "actual", Show::Real(0)),
        column("Off by", "bias", Show::SignedShare),
        column("Verdict", "exception", Show::With(verdict)),
    ],
    order: &[Order::Descending("actual")],
    first: 20,
    empty: "No listing has the three weeks of history that a projection of last week needs.",
};

static LISTINGS: Table = Table {
    sheet: "forecast_check",
    caption: "Listings whose last week was beyond chance",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Projected", "projected", Show::Real(1)),
        column("Wanted", "actual", Show::Real(0)),
        column("Off by", "bias", Show::SignedShare),
        column("Verdict", "exception", Show::With(verdict)),
    ],
    order: &[Order::Magnitude("miss")],
    first: 8,
    empty: "No listing was further off than chance explains.",
};

static OVERRIDES: Table = Table {
    sheet: "forecast_overrides",
    caption: "Changes of the forecast that people made",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::With(channel)),
        column("Change", "value", Show::Code),
        column("By", "owner", Show::Plain),
        column("Why", "reason", Show::Sentence),
        column("Until", "until", Show::When),
        column("State", "state", Show::With(state)),
        column("Units nearer last week", "gain_units", Show::With(gain)),
    ],
    order: &[Order::Magnitude("gain_units")],
    first: 10,
    empty: "Nobody changed the forecast.",
};

static LOST: Table = Table {
    sheet: "lost_sales",
    caption: "What empty shelves did not sell in 90 days",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Days out", "days_out", Show::Real(1)),
        column("Days counted", "days_counted", Show::Real(1)),
        column("Units not sold", "units", Show::Real(1)),
        column("At the list price", "money", Show::Money),
    ],
    order: &[Order::Descending("money"), Order::Descending("units")],
    first: 8,
    empty: "No listing with demand was out of stock in the last 90 days.",
};

static PEAKS: Table = Table {
    sheet: "demand_peaks",
    caption: "Most units ordered within one lag of the channel",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Lag", "lag_seconds", Show::Seconds),
        column("Most in one lag", "units_max", Show::Count),
        column("99 % of the time", "units_p99", Show::Count),
        column("Others of the pool", "others_max", Show::Count),
        column("Busiest hour", "busiest_hour", Show::Plain),
        column("Most in it", "busiest_max", Show::Count),
    ],
    order: &[Order::Descending("others_max"), Order::Descending("units_max")],
    first: 8,
    empty: "No order was read.",
};

static CREDITED: Table = Table {
    sheet: "demand_credited",
    caption: "Order lines that count as no demand",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Order", "order_id", Show::Code),
        column("Units", "units", Show::Count),
        column("Ordered", "ordered_at", Show::When),
        column("Credited by", "refund_id", Show::Code),
        column("Credited", "refunded_at", Show::When),
    ],
    order: &[Order::Descending("units")],
    first: 8,
    empty: "No order was credited whole within a day.",
};

/// Last week, by channel and the listings that were off.
pub(super) fn last_week(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("forecast_check");
    let (whole, listings): (Vec<usize>, Vec<usize>) = sheet.rows().partition(|row| sheet.text(*row, "sku") == WHOLE);
    let off: Vec<usize> = listings.iter().copied().filter(|row| !sheet.text(*row, "exception").is_empty()).collect();
    html! { @if night.sheets.contains_key("forecast_check") {
        (heading("Last week against its projection", "What the forecast of the evening before said of the last seven days, and what was wanted. Off by: above zero more was projected than came. A verdict stands where the miss is beyond chance."))
        @if whole.len() > 1 {
            (CHANNELS.draw_totalled(night, whole.clone(), &|column| in_all(sheet, &whole, column)))
        } @else {
            (CHANNELS.draw_rows(night, whole))
        }
        @if !listings.is_empty() {
            p.finding {
                (numbers::things(off.len(), "listing", "listings")) " of " (numbers::count(listings.len() as i64))
                " off beyond chance; by chance alone about "
                (numbers::count((listings.len() as f64 * BY_CHANCE).round() as i64)) " would be."
            }
            (LISTINGS.draw_rows(night, off))
        }
        (people(night, sheet, &listings))
    } }
}

/// The channels of last week added up.
fn in_all(sheet: Sheet<'_>, channels: &[usize], column: &str) -> Markup {
    let sum = |name: &str| channels.iter().filter_map(|row| sheet.number(*row, name)).sum::<f64>();
    let (projected, wanted) = (sum("projected"), sum("actual"));
    match column {
        "channel" => html! { "all channels" },
        "projected" => html! { (numbers::decimal(projected, 0)) },
        "actual" => html! { (numbers::decimal(wanted, 0)) },
        "bias" if wanted > 0.0 => {
            html! { @if projected > wanted { "+" } (numbers::percent_of(projected / wanted - 1.0)) }
        }
        _ => nil(),
    }
}

/// What people's changes did to last week's projection, and every change with its state.
fn people(night: &Night<'_>, checks: Sheet<'_>, listings: &[usize]) -> Markup {
    let gains: Vec<f64> = listings.iter().filter_map(|row| checks.number(*row, "override_gain")).collect();
    let nearer: f64 = gains.iter().sum();
    html! { @if !night.sheet("forecast_overrides").is_empty() {
        (heading("Changes that people made", "Put on top of the forecast until they expire, and scored: units by which last week's projection came nearer to what was wanted."))
        @if !gains.is_empty() { p.finding {
            "On " (numbers::things(gains.len(), "listing", "listings")) " last week was projected with a change: "
            (numbers::decimal(nearer.abs(), 1)) " units " (if nearer < 0.0 { "farther off than the models alone." } else { "nearer than the models alone." })
        } }
        (OVERRIDES.draw(night))
    } }
}

/// Orders that nobody wanted.
pub(super) fn credited(night: &Night<'_>) -> Markup {
    html! { @if !night.sheet("demand_credited").is_empty() {
        (heading("Ordered and credited within a day", "Orders of which every unit was credited within 24 hours, by a credit that names them or that is of the same channel, SKU and quantity. They are left out of demand, peaks and forecasts."))
        (CREDITED.draw(night))
    } }
}

/// What stock-outs cost in sales.
pub(super) fn lost(night: &Night<'_>) -> Markup {
    html! {
        @if night.sheets.contains_key("lost_sales") {
            (heading("Not sold for want of stock", "The pace in stock times the days without, over the last 90 days. Of one stock-out no more than 28 days count."))
            (LOST.draw(night))
        }
    }
}

/// What sells before a channel knows it.
pub(super) fn peaks(night: &Night<'_>) -> Markup {
    html! { @if night.sheets.contains_key("demand_peaks") {
        (heading("Busiest moments", "Units ordered within one lag of the channel, over every second of 90 days: on the channel itself, and on the others of its pool, which is what it shows too many of. Hours are the shop's."))
        (PEAKS.draw(night))
    } }
}

fn verdict(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.text(row, "exception") {
        "" => nil(),
        word => mark(Tone::Warn, word),
    }
}

fn channel(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let name = sheet.text(row, "channel");
    html! { (if name == WHOLE { "all" } else { name }) }
}

fn state(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.text(row, "state") {
        "in force" => mark(Tone::Good, "in force"),
        calm @ ("expired" | "not yet") => mark(Tone::Calm, calm),
        wrong => mark(Tone::Bad, wrong),
    }
}

fn gain(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.value(row, "gain_units") {
        Value::Real(units) => html! { @if units > 0.0 { "+" } (numbers::decimal(units, 1)) },
        _ => nil(),
    }
}
