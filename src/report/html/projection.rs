//! Last week's forecast against what came, people's changes of the forecast, and what stockouts cost.

use maud::{Markup, html};

use super::parts::{Tone, heading, mark, nil, unknown};
use super::table::{Empty, Order, Show, Table, column};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// Everything added up: a channel's listings, all channels.
const WHOLE: &str = "*";
/// Of many listings, this share lies outside its interval by chance: one in forty on either side.
const BY_CHANCE: f64 = 0.05;

static CHANNELS: Table = Table {
    sheet: "forecast_check",
    caption: "Forecast and actual demand of the last 7 days, by channel",
    columns: &[
        column("Channel", "channel", Show::With(whose)),
        column("Forecast", "projected", Show::Real(0)),
        column("95 % interval", "high", Show::Range(interval)),
        column("Actual demand", "actual", Show::Real(0)),
        column("Bias", "bias", Show::SignedShare),
        column("Verdict", "exception", Show::With(verdict)),
    ],
    order: &[Order::Descending("actual")],
    first: 20,
    empty: Empty {
        judged: "No listing has the three weeks of history that a forecast of last week needs.",
        unjudged: "Last week cannot be compared.",
        needs: &[&needs::ORDERS],
    },
};

static LISTINGS: Table = Table {
    sheet: "forecast_check",
    caption: "Listings outside their 95 % interval",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Forecast", "projected", Show::Real(1)),
        column("95 % interval", "high", Show::Range(interval)),
        column("Actual demand", "actual", Show::Real(0)),
        column("Bias", "bias", Show::SignedShare),
        column("Verdict", "exception", Show::With(verdict)),
    ],
    order: &[Order::Magnitude("miss")],
    first: 8,
    empty: Empty {
        judged: "No listing lies outside its 95 % interval.",
        unjudged: "Last week cannot be compared.",
        needs: &[&needs::ORDERS],
    },
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
    empty: Empty { judged: "Nobody changed the forecast.", unjudged: "Nobody changed the forecast.", needs: &[] },
};

static LOST: Table = Table {
    sheet: "lost_sales",
    caption: "Lost sales in 90 days",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Days out of stock", "days_out", Show::Real(1)),
        column("Days counted", "days_counted", Show::Real(1)),
        column("Lost units", "units", Show::Real(1)),
        column("Lost revenue (list price)", "money", Show::Money),
    ],
    order: &[Order::Descending("money"), Order::Descending("units")],
    first: 8,
    empty: Empty {
        judged: "No listing with demand was out of stock in the last 90 days.",
        unjudged: "What stockouts cost is unknown.",
        needs: &[&needs::STOCK],
    },
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
    empty: Empty {
        judged: "No SKU was ordered in the last 90 days.",
        unjudged: "Peak demand is unknown.",
        needs: &[&needs::ORDERS],
    },
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
    empty: Empty {
        judged: "No order was credited whole within a day.",
        unjudged: "Whether an order was credited whole within a day is unknown.",
        needs: &[&needs::ORDERS],
    },
};

/// Last week, by channel and the listings that were off.
pub(super) fn last_week(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("forecast_check");
    let (whole, listings): (Vec<usize>, Vec<usize>) = sheet.rows().partition(|row| sheet.text(*row, "sku") == WHOLE);
    let off: Vec<usize> = listings.iter().copied().filter(|row| !sheet.text(*row, "exception").is_empty()).collect();
    html! { @if night.sheets.contains_key("forecast_check") {
        (heading("Forecast vs actual, last 7 days", "What was forecast on the evening before, and what was wanted. Bias: above zero more was forecast than came. Flagged only where actual demand lies outside the 95 % interval; intervals assume SKUs are independent."))
        (CHANNELS.draw_rows(night, whole))
        @if !listings.is_empty() {
            p.finding {
                (numbers::count(off.len() as i64)) " of " (numbers::things(listings.len(), "listing", "listings"))
                " outside the 95 % interval ("
                (numbers::count((listings.len() as f64 * BY_CHANCE).round() as i64)) " expected by chance)."
            }
            (LISTINGS.draw_rows(night, off))
        }
        (people(night, sheet, &listings))
    } }
}

/// Last week of all channels, or of the only one, in a phrase; `None` where nothing was forecast.
pub(super) fn verdict_of_week(night: &Night<'_>) -> Option<Markup> {
    let sheet = night.sheet("forecast_check");
    let whole: Vec<usize> = sheet.rows().filter(|row| sheet.text(*row, "sku") == WHOLE).collect();
    let all = whole.iter().copied().find(|row| sheet.text(*row, "channel") == WHOLE);
    let row = all.or_else(|| whole.first().copied().filter(|_| whole.len() == 1))?;
    let bias = sheet.number(row, "bias").map_or_else(String::new, |bias| {
        format!(", bias {}{}", if bias > 0.0 { "+" } else { "" }, numbers::percent_of(bias))
    });
    let units = |name: &str| sheet.number(row, name).map(|units| numbers::decimal(units, 0));
    let words = format!(
        "{} forecast for the last 7 days (95 % interval {}), {} wanted{bias}",
        units("projected")?,
        bounds(sheet, row, 0)?,
        units("actual")?
    );
    let is_off = !sheet.text(row, "exception").is_empty();
    Some(mark(if is_off { Tone::Warn } else { Tone::Calm }, &words))
}

/// `190–330`.
fn bounds(sheet: Sheet<'_>, row: usize, digits: usize) -> Option<String> {
    let (low, high) = (sheet.number(row, "low")?, sheet.number(row, "high")?);
    Some(format!("{}–{}", numbers::decimal(low, digits), numbers::decimal(high, digits)))
}

fn interval(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let digits = usize::from(sheet.text(row, "sku") != WHOLE);
    bounds(sheet, row, digits).map_or_else(unknown, |text| html! { (text) })
}

fn whose(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let name = sheet.text(row, "channel");
    html! { @if name == WHOLE { strong { "all channels" } } @else { (name) } }
}

/// What people's changes did to last week's projection, and every change with its state.
fn people(night: &Night<'_>, checks: Sheet<'_>, listings: &[usize]) -> Markup {
    let gains: Vec<f64> = listings.iter().filter_map(|row| checks.number(*row, "override_gain")).collect();
    let nearer: f64 = gains.iter().sum();
    html! { @if !night.sheet("forecast_overrides").is_empty() {
        (heading("Changes that people made", "Put on top of the forecast until they expire, and scored: units by which last week's projection came nearer to what was wanted."))
        @if !gains.is_empty() { p.finding {
            "On " (numbers::things(gains.len(), "listing", "listings")) " last week was forecast with a change: "
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
            (heading("Lost sales (stockouts)", "In-stock sales rate × days out of stock, over the last 90 days. Capped at 28 days per stockout."))
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
