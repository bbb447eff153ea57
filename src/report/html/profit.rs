//! Profit: the statement by channel, where the money went, what loses, what is settled.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::parts::{chart, heading, nil, nothing, unknown};
use super::table::{Order, Show, Table, amount, column};
use crate::pnl::{Effect, LINES, Line};
use crate::report::chart::{Ink, MonthBar, Step, months, shares, waterfall};
use crate::report::figures::{month_rows, share};
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
    empty: "No SKU lost money on any channel in the last 90 days.",
};

static SETTLEMENTS: Table = Table {
    sheet: "settlements",
    caption: "Settlements against their lines",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Settlement", "settlement_id", Show::Code),
        column("Paid out", "total", Show::Money),
        column("Sum of lines", "lines_sum", Show::Money),
        column("Difference", "difference", Show::Money),
        column("Orders", "orders", Show::Count),
        column("Without order", "unmatched_orders", Show::Count),
    ],
    order: &[Order::Magnitude("difference"), Order::Descending("unmatched_orders"), Order::Magnitude("total")],
    first: 8,
    empty: "No settlement was read, so every fee is an estimate from the channels' fee schedules.",
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
        column("Age, days", "age_days", Show::Count),
        column("Reason", "reason", Show::Sentence),
    ],
    order: &[Order::Magnitude("amount")],
    first: 8,
    empty: "Every order older than its channel's settlement cycle has a settlement, and every settlement line an order.",
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("pnl_by_channel");
    let all_months: BTreeSet<&str> = sheet.rows().map(|row| sheet.text(row, "month")).collect();
    let Some(month) = all_months.last() else {
        return nothing("No sale was read yet, so there is no profit to show.");
    };
    let rows = month_rows(sheet, month);
    html! {
        (heading(&numbers::month(month), "Net sales are gross sales without discounts and refunds, before tax. Contribution is what is left of them after goods, fees, shipping, advertising and returns; the shop's fixed costs are still to be paid from it."))
        (statement(night, sheet, &rows))
        div.charts {
            (waterfall_chart(night, sheet, &rows))
            (shares_chart(sheet, &rows))
            @if all_months.len() > 1 { (months_chart(night, sheet, &all_months)) }
        }
        (heading("SKUs that lose money", "Contribution below zero over the last 90 days. The line that tips it is the cost without which it would have earned."))
        (LOSING.draw(night))
        (heading("Settlements", "What the channel paid out against the lines it explains it with; the difference should be nothing."))
        (SETTLEMENTS.draw(night))
        (heading("Without a partner", "Orders that no settlement has paid, and settlement lines for orders that no export has."))
        (UNMATCHED.draw(night))
    }
}

fn statement(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let net_sales = sheet.sum(rows, "net_sales");
    let currency = night.currency;
    html! {
        div.scroll tabindex="0" role="region" aria-label="Statement by channel" {
            table.statement {
                thead { tr {
                    th scope="col" { (currency) }
                    @for row in rows { th.number scope="col" { (sheet.text(*row, "channel")) } }
                    th.number scope="col" { "all channels" }
                    th.number scope="col" { "of net sales" }
                } }
                tbody {
                    @for line in LINES.iter().filter(|line| sheet.has(line.column)) {
                        @let total = sheet.sum(rows, line.column);
                        tr class=[(line.effect == Effect::Subtotal).then_some("total")] {
                            th scope="row" { (line.label) }
                            @for row in rows { td.number { (cell(night, line, sheet.money(*row, line.column))) } }
                            td.number { (cell(night, line, total)) }
                            td.number { (share_of(line, total, net_sales)) }
                        }
                    }
                    (footline("Contribution rate", sheet, rows, "contribution_rate", &|value| numbers::percent_of(value)))
                    (footline("Orders", sheet, rows, "orders", &|value| numbers::count(value as i64)))
                    (footline("Units", sheet, rows, "units", &|value| numbers::count(value as i64)))
                    (settled(sheet, rows))
                    (unallocated(night, sheet, rows))
                    @if rows.iter().any(|row| sheet.integer(*row, "units_without_cost").is_some_and(|units| units > 0)) {
                        (footline("Units without a known cost", sheet, rows, "units_without_cost", &|value| numbers::count(value as i64)))
                        (money_footline(night, "Contribution of the other SKUs", sheet, rows, "contribution_of_costed"))
                    }
                }
            }
        }
        (super::table::more(0, 0, "pnl_by_channel"))
        p.more { "by SKU: " a href="pnl_by_sku.csv" { "pnl_by_sku.csv" } }
    }
}

fn signed(line: &Line, value: Money) -> Money {
    if line.effect == Effect::Subtracts { -value } else { value }
}

fn share_of(line: &Line, part: Option<Money>, whole: Option<Money>) -> Markup {
    match part.zip(whole).and_then(|(part, whole)| share(signed(line, part), whole)) {
        None => unknown(),
        Some(rate) if rate.millionths() == 0 => nil(),
        Some(rate) => html! { (numbers::percent(rate)) },
    }
}

fn cell(night: &Night<'_>, line: &Line, value: Option<Money>) -> Markup {
    match value {
        None => unknown(),
        Some(value) if value.is_zero() => nil(),
        Some(value) if line.effect == Effect::Subtotal => amount(night, value),
        Some(value) => html! { (numbers::amount(signed(line, value), night.currency)) },
    }
}

fn footline(label: &str, sheet: Sheet<'_>, rows: &[usize], name: &str, show: &dyn Fn(f64) -> String) -> Markup {
    let cell = |value: Option<f64>| value.map_or_else(unknown, |value| html! { (show(value)) });
    let is_count = matches!(name, "orders" | "units" | "units_without_cost");
    let total: Option<f64> = rows.iter().map(|row| sheet.number(*row, name)).sum();
    html! {
        @if sheet.has(name) {
            tr.foot {
                th scope="row" { (label) }
                @for row in rows { td.number { (cell(sheet.number(*row, name))) } }
                td.number { @if is_count { (cell(total)) } }
                td {}
            }
        }
    }
}

/// Sales whose fees a settlement tells; where nothing settles, every fee is an estimate.
fn settled(sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let share = |row: usize| match sheet.number(row, "settled_share") {
        Some(share) => html! { (numbers::percent_of(share)) },
        None if sheet.integer(row, "orders").is_some_and(|orders| orders > 0) => html! { "estimated" },
        None => unknown(),
    };
    html! {
        @if sheet.has("settled_share") {
            tr.foot {
                th scope="row" { "Sales with fees from a settlement" }
                @for row in rows { td.number { (share(*row)) } }
                td {}
                td {}
            }
        }
    }
}

/// What belongs to no SKU, per channel, so that it does not hide in a total.
fn unallocated(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let by_sku = night.sheet("pnl_by_sku");
    let Some(month) = rows.first().map(|row| sheet.text(*row, "month")) else { return html! {} };
    let (months, channels, skus) = (by_sku.column("month"), by_sku.column("channel"), by_sku.column("sku"));
    let parts: BTreeMap<&str, Option<Money>> = by_sku
        .rows()
        .filter(|row| skus.text(*row) == "(unallocated)" && months.text(*row) == month)
        .map(|row| (channels.text(row), by_sku.money(row, "contribution")))
        .collect();
    if parts.is_empty() {
        return html! {};
    }
    let part = |row: &usize| parts.get(sheet.text(*row, "channel")).copied().unwrap_or(Some(Money::ZERO));
    let parts: Vec<Option<Money>> = rows.iter().map(part).collect();
    money_cells(night, "Contribution of no SKU", &parts)
}

fn money_footline(night: &Night<'_>, label: &str, sheet: Sheet<'_>, rows: &[usize], name: &str) -> Markup {
    let parts: Vec<Option<Money>> = rows.iter().map(|row| sheet.money(*row, name)).collect();
    money_cells(night, label, &parts)
}

fn money_cells(night: &Night<'_>, label: &str, parts: &[Option<Money>]) -> Markup {
    let cell = |value: Option<Money>| match value {
        None => unknown(),
        Some(value) if value.is_zero() => nil(),
        Some(value) => amount(night, value),
    };
    html! {
        tr.foot {
            th scope="row" { (label) }
            @for part in parts { td.number { (cell(*part)) } }
            td.number { (cell(parts.iter().copied().sum())) }
            td {}
        }
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
                steps.push(Step { label: line.label.to_owned(), value, is_total });
            }
            Some(_) => {}
            None => is_whole = false,
        }
    }
    if !is_whole {
        steps.push(Step { label: "Before what is unknown".to_owned(), value: running.to_f64(), is_total: true });
    }
    let caption = if is_whole {
        "Each bar starts where the one above ends."
    } else {
        "Each bar starts where the one above ends. The last step is not drawn: a cost is unknown."
    };
    chart("waterfall", "From net sales to contribution", caption, &[], |format| {
        waterfall(&steps, night.currency, "Waterfall from net sales to contribution", format)
    })
}

fn shares_chart(sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let of = |row: usize| -> Option<Vec<f64>> {
        let income: Money = ["net_sales", "shipping_charged", "reimbursements"]
            .iter()
            .filter(|name| sheet.has(name))
            .map(|name| sheet.money(row, name))
            .sum::<Option<Money>>()?;
        let parts = |columns: &[&str]| {
            columns.iter().filter(|name| sheet.has(name)).map(|name| sheet.money(row, name)).sum::<Option<Money>>()
        };
        let group = |columns: &[&str]| parts(columns).map(|part| part.to_f64().max(0.0) / income.to_f64());
        if income <= Money::ZERO { None } else { GROUPS.iter().map(|(_, columns)| group(columns)).collect() }
    };
    let known: Vec<(String, Vec<f64>)> =
        rows.iter().filter_map(|row| of(*row).map(|shares| (sheet.text(*row, "channel").to_owned(), shares))).collect();
    let left_out: Vec<&str> =
        rows.iter().filter(|row| of(**row).is_none()).map(|row| sheet.text(*row, "channel")).collect();
    if known.is_empty() {
        return nothing("Where each channel's income goes is not drawn: every channel has an unknown cost.");
    }
    let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
    let mut legend: Vec<(Ink, &str)> =
        names.iter().enumerate().map(|(part, name)| (Ink::Part(part as u8), *name)).collect();
    legend.push((Ink::Main, "Contribution"));
    legend.push((Ink::Bad, "Loss"));
    let mut caption =
        "Shares of net sales, shipping charged and reimbursements; the figure is what is left.".to_owned();
    if !left_out.is_empty() {
        caption.push_str(&format!(" Left out, because a cost or the income is unknown: {}.", left_out.join(", ")));
    }
    chart("shares", "Where each channel's income goes", &caption, &legend, |format| {
        shares(&known, &names, "Costs and contribution as shares of income, by channel", format)
    })
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
                contribution: total("contribution_of_costed"),
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
