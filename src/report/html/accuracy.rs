//! How good the forecast has been, in a seller's words; measures and names of models are in the file.

use maud::{Markup, html};

use super::parts::{Tone, heading, mark, nil, unknown};
use super::table::{Empty, Order, Show, Table, column};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::Sheet;

/// Less of a difference than this is none.
const SAME: f64 = 0.005;

static ACCURACY: Table = Table {
    sheet: "forecast_accuracy",
    caption: "How good the forecast has been on the SKU's own past",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Sells", "class", Show::With(sells)),
        column("Rests on", "model", Show::With(rests_on)),
        column("Against last week again", "naive_mase", Show::With(against_last_week)),
        column("In all", "bias", Show::With(in_all)),
        column("95 % level was enough", "coverage_95", Show::With(enough)),
    ],
    order: &[Order::Ratio("mase", "naive_mase"), Order::Descending("mase")],
    first: 10,
    empty: Empty {
        judged: "No SKU has enough history to test a forecast on.",
        unjudged: "The forecast cannot be tested.",
        needs: &[&needs::ORDERS],
    },
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        (heading("How good the forecast has been", "Forecasts made again from earlier days with what was known then, and held against what came, large orders included, on the days that were in stock. The simplest forecast says that each day sells what it sold a week before; a useful one errs less. The 95 % level is the stock that should have been enough in 95 of 100 cases."))
        @if let Some(beaten) = beaten(night) { p.finding { (beaten) ". Worst first:" } }
        (ACCURACY.draw(night))
    }
}

/// How many forecasts beat the simplest one; `None` where none could be tested.
pub(super) fn beaten(night: &Night<'_>) -> Option<Markup> {
    let sheet = night.sheet("forecast_accuracy");
    let tested: Vec<bool> =
        sheet.rows().filter_map(|row| Some(sheet.number(row, "mase")? < sheet.number(row, "naive_mase")?)).collect();
    let better = tested.iter().filter(|better| **better).count();
    let words = || {
        let all = numbers::things(tested.len(), "SKU", "SKUs");
        format!("beats seasonal naive (last week again) on {} of {all}", numbers::count(better as i64))
    };
    let tone = if 2 * better > tested.len() { Tone::Calm } else { Tone::Warn };
    (!tested.is_empty()).then(|| mark(tone, &words()))
}

fn sells(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let words = match sheet.text(row, "class") {
        "" => return unknown(),
        "smooth" => "most days, like amounts",
        "erratic" => "most days, uneven amounts",
        "intermittent" => "now and then, like amounts",
        "lumpy" => "now and then, uneven amounts",
        "none" => "not so far",
        other => other,
    };
    html! { (words) }
}

fn rests_on(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let (model, why) = (sheet.text(row, "model"), sheet.text(row, "why"));
    let words = if model == "credibility" && why.starts_with("new: goes by its own") {
        "its first few orders"
    } else if model == "credibility" && why.starts_with("new: nothing tells") {
        "a guess: nothing like it was sold before"
    } else if model == "credibility" {
        "few orders, and what its like sell"
    } else if why.starts_with("new: starts from") {
        "the product it is to sell like"
    } else {
        "its own sales"
    };
    html! { (words) }
}

/// Its error against that of the simplest forecast.
fn against_last_week(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match (sheet.number(row, "mase"), sheet.number(row, "naive_mase")) {
        (Some(_), Some(naive)) if naive <= 0.0 => html! { "nothing sold to tell" },
        (Some(error), Some(naive)) => {
            let change = error / naive - 1.0;
            let share = || numbers::percent_of(change.abs());
            match change {
                _ if change.abs() < SAME => mark(Tone::Calm, "the same error"),
                _ if change < 0.0 => mark(Tone::Good, &format!("{} less error", share())),
                _ => mark(Tone::Warn, &format!("{} more error", share())),
            }
        }
        _ => unknown(),
    }
}

/// Units forecast over all days against units wanted.
fn in_all(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.number(row, "bias") {
        Some(bias) if bias.abs() < SAME => html! { "right" },
        Some(bias) => {
            html! { (numbers::percent_of(bias.abs())) @if bias > 0.0 { " too much" } @else { " too little" } }
        }
        None if sheet.number(row, "mase").is_some() => nil(),
        None => unknown(),
    }
}

fn enough(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.number(row, "coverage_95") {
        Some(share) => html! { "in " (numbers::count((share * 100.0).round() as i64)) " of 100" },
        None => unknown(),
    }
}
