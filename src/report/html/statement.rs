//! The statement: every line by channel, as one wide table and, where that has no room, channel by
//! channel.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{nil, unknown};
use super::table::{amount, more};
use crate::pnl::{Effect, LINES, Line};
use crate::report::figures::share;
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::Sheet;
use crate::types::Money;

/// What a line says of one channel, or of all.
struct Figure {
    value: Markup,
    of_net_sales: Markup,
}

impl Figure {
    fn plain(value: Markup) -> Self {
        Self { value, of_net_sales: html! {} }
    }
}

/// One line.
struct Entry {
    label: &'static str,
    class: Option<&'static str>,
    channels: Vec<Figure>,
    /// `None` where the channels' figures make no figure of all.
    all: Option<Figure>,
}

/// The statement of a month's rows.
pub(super) fn draw(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Markup {
    let entries = entries(night, sheet, rows);
    let channels: Vec<&str> = rows.iter().map(|row| sheet.text(*row, "channel")).collect();
    html! {
        div.desk { (wide(night, &entries, &channels)) }
        div.phone {
            (narrow(night, "all channels", &entries, |entry| entry.all.as_ref()))
            @for (index, channel) in channels.iter().enumerate() {
                details.channel {
                    summary { (channel) }
                    (narrow(night, channel, &entries, |entry| entry.channels.get(index)))
                }
            }
        }
        (more(0, 0, "pnl_by_channel"))
        p.more { "by SKU: " a href="pnl_by_sku.csv" { "pnl_by_sku.csv" } }
    }
}

fn wide(night: &Night<'_>, entries: &[Entry], channels: &[&str]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Statement by channel" {
            table.statement {
                thead { tr {
                    th scope="col" { (night.currency) }
                    @for channel in channels { th.number scope="col" { (channel) } }
                    th.number scope="col" { "all channels" }
                    th.number scope="col" { "of net sales" }
                } }
                tbody { @for entry in entries {
                    tr class=[entry.class] {
                        th scope="row" { (entry.label) }
                        @for figure in &entry.channels { td.number { (figure.value) } }
                        td.number { @if let Some(all) = &entry.all { (all.value) } }
                        td.number { @if let Some(all) = &entry.all { (all.of_net_sales) } }
                    }
                } }
            }
        }
    }
}

fn narrow<'a>(
    night: &Night<'_>,
    channel: &str,
    entries: &'a [Entry],
    figure: impl Fn(&'a Entry) -> Option<&'a Figure>,
) -> Markup {
    html! {
        table.statement aria-label={ "Statement, " (channel) } {
            thead { tr {
                th scope="col" { (night.currency) }
                th.number scope="col" { (channel) }
                th.number scope="col" { "of net sales" }
            } }
            tbody { @for entry in entries {
                @if let Some(figure) = figure(entry) {
                    tr class=[entry.class] {
                        th scope="row" { (entry.label) }
                        td.number { (figure.value) }
                        td.number { (figure.of_net_sales) }
                    }
                }
            } }
        }
    }
}

fn entries(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Vec<Entry> {
    let count = |value: f64| numbers::count(value as i64);
    let sum = |name: &str| rows.iter().map(|row| sheet.number(*row, name)).sum::<Option<f64>>();
    let lines = LINES.iter().filter(|line| sheet.has(line.column));
    let mut entries: Vec<Entry> = lines.map(|line| of_line(night, sheet, rows, line)).collect();
    entries.push(margin(sheet, rows));
    entries.extend(footline("Orders", sheet, rows, "orders", sum("orders"), &count));
    entries.extend(footline("Units", sheet, rows, "units", sum("units"), &count));
    entries.extend(settled(night, sheet, rows));
    entries.extend(unallocated(night, sheet, rows));
    if rows.iter().any(|row| sheet.integer(*row, "units_without_cost").is_some_and(|units| units > 0)) {
        let costed: Vec<Option<Money>> = rows.iter().map(|row| sheet.money(*row, "contribution_of_costed")).collect();
        entries.extend(footline(
            "Units without a known cost",
            sheet,
            rows,
            "units_without_cost",
            sum("units_without_cost"),
            &count,
        ));
        if needs::COSTS.is_met(night) {
            entries.push(money_footline(night, "Contribution (SKUs with cost)", &costed));
        }
    }
    entries
}

/// What a line adds, below zero where it is a cost.
pub(super) fn signed(line: &Line, value: Money) -> Money {
    if line.effect == Effect::Subtracts { -value } else { value }
}

fn of_line(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize], line: &'static Line) -> Entry {
    let figure = |rows: &[usize]| {
        let (value, net_sales) = (sheet.sum(rows, line.column), sheet.sum(rows, "net_sales"));
        Figure {
            value: cell(night, line, value, is_estimated(sheet, rows, line)),
            of_net_sales: share_of(line, value, net_sales),
        }
    };
    Entry {
        label: line.label,
        class: (line.effect == Effect::Subtotal).then_some("total"),
        channels: rows.iter().map(|row| figure(&[*row])).collect(),
        all: Some(figure(rows)),
    }
}

/// True where a part of the line comes from the fee schedule: of the contribution, where a part of any
/// line does.
fn is_estimated(sheet: Sheet<'_>, rows: &[usize], line: &Line) -> bool {
    match line.column {
        "contribution" => holds_estimate(sheet, rows),
        _ => line.estimated.is_some_and(|column| is_any(sheet, rows, column)),
    }
}

fn share_of(line: &Line, part: Option<Money>, whole: Option<Money>) -> Markup {
    ratio(part.map(|part| signed(line, part)), whole)
}

/// A share of net sales; of none, or of sales below zero, there is no share.
fn ratio(part: Option<Money>, whole: Option<Money>) -> Markup {
    let Some((part, whole)) = part.zip(whole) else { return unknown() };
    match share(part, whole) {
        Some(rate) if rate.millionths() != 0 => html! { (numbers::percent(rate)) },
        _ => nil(),
    }
}

fn cell(night: &Night<'_>, line: &Line, value: Option<Money>, is_estimated: bool) -> Markup {
    let about = html! { @if is_estimated { span.estimate { "~\u{202f}" } } };
    match value {
        None => unknown(),
        Some(value) if value.is_zero() => nil(),
        Some(value) if line.effect == Effect::Subtotal => html! { (about) (amount(night, value)) },
        Some(value) => html! { (about) (numbers::amount(signed(line, value), night.currency)) },
    }
}

fn foot(label: &'static str, channels: impl Iterator<Item = Markup>, all: Option<Markup>) -> Entry {
    Entry { label, class: Some("foot"), channels: channels.map(Figure::plain).collect(), all: all.map(Figure::plain) }
}

/// Contribution as a share of net sales.
fn margin(sheet: Sheet<'_>, rows: &[usize]) -> Entry {
    let of = |rows: &[usize]| ratio(sheet.sum(rows, "contribution"), sheet.sum(rows, "net_sales"));
    foot("Contribution margin", rows.iter().map(|row| of(&[*row])), Some(of(rows)))
}

/// A line of numbers.
fn footline(
    label: &'static str,
    sheet: Sheet<'_>,
    rows: &[usize],
    name: &str,
    all: Option<f64>,
    show: &dyn Fn(f64) -> String,
) -> Option<Entry> {
    let cell = |value: Option<f64>| value.map_or_else(unknown, |value| html! { (show(value)) });
    let channels = rows.iter().map(|row| cell(sheet.number(*row, name)));
    sheet.has(name).then(|| foot(label, channels, Some(cell(all))))
}

/// Sales whose fees a settlement tells, and what stands for the fees of the others.
fn settled(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Option<Entry> {
    let share = |row: &usize| match (sheet.number(*row, "settled_share"), fees_of_the_rest(night, sheet, *row)) {
        (Some(share), rest) if share > 0.0 && share < 1.0 => {
            html! { (numbers::percent_of(share)) @if let Some(rest) = rest { span.rest { "rest " (rest) } } }
        }
        (Some(share), _) if share >= 1.0 => html! { (numbers::percent_of(share)) },
        (_, Some(rest)) => html! { (rest) },
        (Some(share), None) => html! { (numbers::percent_of(share)) },
        (None, None) if sheet.integer(*row, "orders").is_some_and(|orders| orders > 0) => html! { "takes no fees" },
        (None, None) => unknown(),
    };
    sheet.has("settled_share").then(|| foot("Sales with settled fees", rows.iter().map(share), None))
}

/// What became of fees that no settlement tells: `None` where the settings say that there are none.
fn fees_of_the_rest(night: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Option<&'static str> {
    let channel = sheet.text(row, "channel");
    if holds_estimate(sheet, &[row]) {
        Some("estimated")
    } else {
        night.untold_fees.iter().any(|untold| untold.as_str() == channel).then_some("left out")
    }
}

/// True where a fee of the schedule stands in for a settled one.
fn holds_estimate(sheet: Sheet<'_>, rows: &[usize]) -> bool {
    LINES.iter().filter_map(|line| line.estimated).any(|column| is_any(sheet, rows, column))
}

fn is_any(sheet: Sheet<'_>, rows: &[usize], column: &str) -> bool {
    rows.iter().any(|row| sheet.money(*row, column).is_some_and(|part| !part.is_zero()))
}

/// What belongs to no SKU, per channel, so that it does not hide in a total.
fn unallocated(night: &Night<'_>, sheet: Sheet<'_>, rows: &[usize]) -> Option<Entry> {
    let by_sku = night.sheet("pnl_by_sku");
    let month = sheet.text(*rows.first()?, "month");
    let (months, channels, skus) = (by_sku.column("month"), by_sku.column("channel"), by_sku.column("sku"));
    let parts: BTreeMap<&str, Option<Money>> = by_sku
        .rows()
        .filter(|row| skus.text(*row) == "(unallocated)" && months.text(*row) == month)
        .map(|row| (channels.text(row), by_sku.money(row, "contribution")))
        .collect();
    let part = |row: &usize| parts.get(sheet.text(*row, "channel")).copied().unwrap_or(Some(Money::ZERO));
    let of_channels: Vec<Option<Money>> = rows.iter().map(part).collect();
    (!parts.is_empty()).then(|| money_footline(night, "Unallocated costs", &of_channels))
}

fn money_footline(night: &Night<'_>, label: &'static str, channels: &[Option<Money>]) -> Entry {
    let cell = |value: Option<Money>| match value {
        None => unknown(),
        Some(value) if value.is_zero() => nil(),
        Some(value) => amount(night, value),
    };
    foot(label, channels.iter().copied().map(cell), Some(cell(channels.iter().copied().sum())))
}
