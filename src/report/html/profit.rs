//! Profit: the statement by channel, where the money went, what loses, what is settled.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::beside;
use super::parts::{chart, heading, nothing};
use super::statement::{self, signed};
use super::table::{Empty, Order, Show, Table, column};
use crate::pnl::{Effect, LINES};
use crate::report::chart::{Ink, MonthBar, Portions, Step, months, shares, waterfall};
use crate::report::figures::{month_rows, share};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::Sheet;
use crate::types::Money;

/// Costs in the groups of the shares chart, in its order.
static GROUPS: &[(&str, &[&str])] = &[
    ("Cost of goods", &["cost_of_goods"]),
    ("Channel fees", &["referral_fees", "fulfilment_fees", "payment_fees", "storage_fees", "other_fees"]),
    ("Shipping", &["shipping_paid"]),
    ("Advertising", &["advertising"]),
    ("Returns", &["return_costs"]),
];

static LOSING: Table = Table {
    sheet: "losing_skus",
    caption: "SKUs that lose money on a channel",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Units", "units", Show::Count),
        column("Net sales", "net_sales", Show::Money),
        column("Contribution", "contribution", Show::Money),
        column("Per unit", "per_unit", Show::Money),
        column("Tipped by", "tipped_by", Show::With(tipped_by)),
    ],
    order: &[Order::Ascending("contribution")],
    first: 12,
    empty: Empty {
        judged: "No SKU lost money on any channel in the last 90 days, as far as its cost is known.",
        unjudged: "Which SKUs lose money is unknown.",
        needs: &[&needs::COSTS],
    },
};

static SETTLEMENTS: Table = Table {
    sheet: "settlements",
    caption: "Settlements against their lines",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Settlement", "settlement_id", Show::Code),
        column("Paid out", "total", Show::Money),
        column("Line total", "lines_sum", Show::Money),
        column("Difference", "difference", Show::Money),
        column("Orders", "orders", Show::Count),
        column("Unmatched", "unmatched_orders", Show::Count),
    ],
    order: &[Order::Magnitude("difference"), Order::Descending("unmatched_orders"), Order::Magnitude("total")],
    first: 8,
    empty: Empty {
        judged: "No settlement falls into the history.",
        unjudged: "Payouts cannot be reconciled, and every fee is an estimate from `fees` in the settings, or left out.",
        needs: &[&needs::SETTLEMENTS],
    },
};

static UNMATCHED: Table = Table {
    sheet: "unmatched",
    caption: "Orders without a settlement and settlement lines without an order",
    columns: &[
        column("Missing on", "side", Show::Plain),
        column("Channel", "channel", Show::Plain),
        column("Order", "order_id", Show::Code),
        column("Kind", "kind", Show::With(kind)),
        column("Amount", "amount", Show::Money),
        column("Age (days)", "age_days", Show::Count),
        column("Reason", "reason", Show::Sentence),
    ],
    order: &[Order::Magnitude("amount")],
    first: 8,
    empty: Empty {
        judged: "Every order older than its channel's settlement cycle has a settlement, and every settlement line an order.",
        unjudged: "Which orders no payout covers is unknown.",
        needs: &[&needs::SETTLEMENTS],
    },
};

static NO_SALE: Empty = Empty {
    judged: "Nothing was sold yet, so there is no profit to show.",
    unjudged: "There is no profit to show.",
    needs: &[&needs::ORDERS],
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("pnl_by_channel");
    let all_months: BTreeSet<&str> = sheet.rows().map(|row| sheet.text(row, "month")).collect();
    let Some(month) = all_months.last() else {
        return NO_SALE.draw(night);
    };
    let rows = month_rows(sheet, month);
    html! {
        (heading(&numbers::month(month), "Net sales are gross sales without discounts and refunds, before tax. Contribution is what is left of them after goods, fees, shipping, advertising and returns; the shop's fixed costs are still to be paid from it. A figure with `~` holds fees that are estimated from `fees` in the settings until a settlement tells."))
        (statement::draw(night, sheet, &rows))
        div.charts {
            (waterfall_chart(night, sheet, &rows))
            (shares_chart(night, sheet, &rows))
            @if all_months.len() > 1 { (months_chart(night, sheet, &all_months)) }
        }
        (heading("SKUs that lose money", "Contribution below zero over the last 90 days. The line that tips it is the cost without which it would have earned."))
        (LOSING.draw(night))
        (heading("Settlements", "Payouts reconciled to their line items; the difference should be 0.00."))
        (SETTLEMENTS.draw(night))
        (heading("Unmatched transactions", "Orders that no payout covers, and settlement lines with no matching order."))
        (UNMATCHED.draw(night))
        (beside::held(night))
        (beside::unpaid(night))
    }
}

fn waterfall_chart(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let from = LINES.iter().position(|line| line.column == "net_sales").unwrap_or(0);
    let mut steps: Vec<Step> = Vec::new();
    let mut running = Money::ZERO;
    let mut is_whole = true;
    for line in LINES[from..].iter().filter(|line| sheet.has(line.column)) {
        let is_total = line.effect == Effect::Subtotal;
        match sheet.sum(rows, line.column) {
            Some(value) if is_total || !value.is_zero() => {
                running = if is_total { value } else { running + signed(line, value) };
                let value = signed(line, value).to_f64();
                let estimated = line.estimated.and_then(|name| sheet.sum(rows, name)).filter(|_| !is_total);
                let estimated = estimated.map_or(0.0, |part| signed(line, part).to_f64());
                steps.push(Step { label: line.label.to_owned(), value, estimated, is_total });
            }
            Some(_) => {}
            None => is_whole = false,
        }
    }
    if !is_whole {
        let label = "Before the unknown".to_owned();
        steps.push(Step { label, value: running.to_f64(), estimated: 0.0, is_total: true });
    }
    let mut caption = "Each bar starts where the one above ends.".to_owned();
    if !is_whole {
        caption.push_str(" The last step is not drawn: a cost is unknown.");
    }
    if steps.iter().any(|step| step.estimated != 0.0) {
        caption.push_str(" Hatched: estimated from the fee schedule, not settled.");
    }
    chart("waterfall", "From net sales to contribution", &caption, &[], |format| {
        waterfall(&steps, night.currency, "Waterfall from net sales to contribution", format)
    })
}

/// Where a channel's income went; `None` where a cost is unknown, or nothing came in and nothing went out.
fn portions(night: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Option<Portions> {
    let sum = |columns: &[&str]| {
        columns.iter().filter(|name| sheet.has(name)).map(|name| sheet.money(row, name)).sum::<Option<Money>>()
    };
    // a fee that was given back is income
    let cost = |(_, columns): &(&str, &[&str])| sum(columns).map(|cost| cost.max(Money::ZERO));
    let costs: Vec<Money> = GROUPS.iter().map(cost).collect::<Option<_>>()?;
    let contribution = sheet.money(row, "contribution")?;
    let portions = Portions {
        label: sheet.text(row, "channel").to_owned(),
        income: (contribution + costs.iter().copied().sum()).to_f64(),
        costs: costs.into_iter().map(Money::to_f64).collect(),
        figure: match sheet.money(row, "net_sales").and_then(|sales| share(contribution, sales)) {
            Some(rate) if !contribution.is_negative() => numbers::percent(rate),
            _ => numbers::short_money(contribution.to_f64(), night.currency),
        },
    };
    portions.is_any().then_some(portions)
}

fn shares_chart(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let (drawn, left_out): (Vec<usize>, Vec<usize>) =
        rows.iter().partition(|row| portions(night, sheet, **row).is_some());
    let known: Vec<Portions> = drawn.iter().filter_map(|row| portions(night, sheet, *row)).collect();
    if known.is_empty() {
        return nothing(
            "Where each channel's income goes is not drawn: every channel has an unknown cost or no sales.",
        );
    }
    let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
    let mut caption =
        "A bar is all that came in: sales less refunds, shipping charged, other income and reimbursements. \
        Beside it stands the contribution as a share of net sales."
            .to_owned();
    if known.iter().any(Portions::is_loss) {
        caption.push_str(
            " Of a channel that loses money the bar is all that was spent; the red band is the part that no income paid, \
             and beside it stands the loss.",
        );
    }
    if !left_out.is_empty() {
        let channels: Vec<&str> = left_out.iter().map(|row| sheet.text(*row, "channel")).collect();
        caption.push_str(&format!(" Left out, because a cost or the sales are unknown: {}.", channels.join(", ")));
    }
    chart("shares", "Where each channel's income goes", &caption, &legend(&known, &names), |format| {
        shares(&known, &names, "Costs and contribution as shares of the income, by channel", format)
    })
}

/// The series that occur, in the order of the bars.
fn legend<'a>(known: &[Portions], names: &[&'a str]) -> Vec<(Ink, &'a str)> {
    let occurs = |part: usize| known.iter().any(|row| row.costs[part] > 0.0);
    let costs = names.iter().enumerate().filter(|(part, _)| occurs(*part));
    let mut legend: Vec<(Ink, &str)> = costs.map(|(part, name)| (Ink::Part(part as u8), *name)).collect();
    if known.iter().any(|row| row.income < 0.0) {
        legend.push((Ink::Part(names.len() as u8), "Went back beyond the sales"));
    }
    if known.iter().any(|row| !row.is_loss()) {
        legend.push((Ink::Main, "Contribution"));
    }
    if known.iter().any(Portions::is_loss) {
        legend.push((Ink::Bad, "Loss"));
    }
    legend
}

fn months_chart(night: &Night<'_>, sheet: Sheet<'_>, all: &BTreeSet<&str>) -> Markup {
    let bars: Vec<MonthBar> = all
        .iter()
        .rev()
        .take(24)
        .rev()
        .map(|month| {
            let total = |name: &str| sheet.sum(&month_rows(sheet, month), name).map(Money::to_f64);
            MonthBar {
                label: numbers::short_month(month),
                sales: total("net_sales"),
                contribution: total("contribution_of_costed").filter(|_| needs::COSTS.is_met(night)),
            }
        })
        .collect();
    let legend = [(Ink::Possible, "Net sales"), (Ink::Main, "Contribution"), (Ink::Bad, "Loss")];
    chart(
        "months",
        "Month by month",
        "All channels together; the newest month may not be over. Where a cost is unknown, the contribution is that of the other SKUs.",
        &legend,
        |format| months(&bars, night.currency, "Net sales and contribution by month", format),
    )
}

fn tipped_by(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let name = sheet.text(row, "tipped_by");
    html! { (LINES.iter().find(|line| line.column == name).map_or_else(|| name.replace('_', " "), |line| line.label.to_lowercase())) }
}

fn kind(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    html! { (sheet.text(row, "kind").replace('_', " ")) }
}
