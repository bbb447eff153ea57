//! What is missing, so that a number is unknown or estimated.

use std::collections::{BTreeMap, BTreeSet};

use super::cancelled;
use super::costs::Costs;
use super::doubts;
use super::input::{Bucket, Charge, Input, Refunded, SalesRow, UnknownKindRow, UnmatchedRow};
use super::order_totals;
use super::rates::Exchange;
use super::statement::Statement;
use super::uncosted;
use super::untold_tax::may_hold_tax;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use crate::types::{Channel, Currency, Money, Month, Sku};

/// One warning per thing that is missing, with what to type.
pub(super) fn warnings(
    input: &Input,
    refunds: &[Charge],
    settings: &Settings,
    by_sku: &BTreeMap<(Month, Channel, Sku), Statement>,
    exchange: &Exchange,
    costs: &Costs,
) -> Vec<Diagnostic> {
    let mut warnings = exchange.warnings(|currency| unconverted(input, exchange, currency));
    warnings.extend(uncosted::warnings(input, settings, by_sku, exchange, costs));
    warnings.extend(untold_currencies(input));
    warnings.extend(missing_amounts(input));
    warnings.extend(missing_fees(input, settings));
    warnings.extend(never_settled(input, settings));
    warnings.extend(unknown_orders(input));
    warnings.extend(split_refunds(refunds));
    warnings.extend(cancelled::warnings(&input.refunds));
    let settled = input.settlements.iter().map(|row| &row.channel).collect();
    warnings.extend(doubts::warnings(&input.doubts, settings, &settled));
    warnings.extend(order_totals::warnings(&input.order_differences));
    warnings.extend(unknown_kinds(input));
    warnings.extend(may_hold_tax(&input.untold_tax, settings));
    warnings
}

/// Refunds that name no article: what they took from each SKU of their orders is a share by value.
fn split_refunds(refunds: &[Charge]) -> Option<Diagnostic> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for refund in refunds.iter().filter(|refund| !refund.order_id.is_empty()) {
        *sums.entry(refund.bucket.currency).or_default() += -refund.amount;
    }
    let amounts: Vec<String> = sums.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
    let message = format!("refunds split over the SKUs of their orders, since they name none: {}", amounts.join(", "));
    let hint = "a file of refunds can name the article as `sku`, or the order's line as `order_line_id`";
    (!amounts.is_empty()).then(|| Diagnostic::warning("refunds-split", message).hint(hint))
}

/// What was sold in a currency on days without a rate, in that currency.
fn unconverted(input: &Input, exchange: &Exchange, currency: Currency) -> Money {
    let lacking = |bucket: &Bucket| bucket.currency == currency && !exchange.converts(currency, bucket.rate_day);
    let sales = input.sales.iter().filter(|row| lacking(&row.bucket));
    sales.map(SalesRow::paid).sum()
}

/// Channels with sales in a currency that nobody tells.
fn untold_currencies(input: &Input) -> Vec<Diagnostic> {
    let mut channels: BTreeMap<&Channel, Money> = BTreeMap::new();
    for row in input.sales.iter().filter(|row| row.bucket.currency == Currency::NONE) {
        *channels.entry(&row.bucket.channel).or_default() += row.paid();
    }
    let warning = |(channel, amount): (&Channel, Money)| {
        let message = format!(
            "orders of `{channel}` over {amount} name no currency, and its other documents or its buyers' countries \
             have another than the shop's: what it earned is unknown"
        );
        let settled = input.settlements.iter().find(|row| row.channel == *channel).map(|row| row.currency.as_str());
        let example = settled.unwrap_or("EUR");
        let hint = format!("say which under `[channel.{channel}]`, such as `currency = \"{example}\"`");
        Diagnostic::warning("currency-not-told", message).hint(hint).key("currency")
    };
    channels.into_iter().map(warning).collect()
}

/// That costs were taken from channels' own lists of products, because the source of truth has none;
/// `prices` is `mart_cost_prices`.
///
/// # Errors
/// A column that is missing or of another type.
pub fn borrowed_costs(prices: &Rows) -> Result<Vec<Diagnostic>> {
    let (sku, from, told_by) = (prices.text("sku")?, prices.day("from_day")?, prices.text("told_by")?);
    let mut by_channel: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in 0..prices.len() {
        if let (Some(sku), Some(_), Some(channel)) = (sku.get(row), from.get(row), told_by.get(row)) {
            by_channel.entry(channel).or_default().insert(sku);
        }
    }
    Ok(by_channel.into_iter().map(|(channel, skus)| borrowed(channel, &skus)).collect())
}

fn borrowed(channel: &str, skus: &BTreeSet<&str>) -> Diagnostic {
    let first = skus.first().copied().unwrap_or_default();
    let of = match skus.len() {
        1 => format!("the cost of `{first}` is"),
        count => format!("the costs of {count} SKUs, `{first}` the first, are"),
    };
    let message = format!(
        "{of} what `{channel}`'s own list of products says, and taken for all days before that list too, as \
         `costs.csv` has none"
    );
    let hint = format!("add `{first},<day>,<unit cost>,<currency>` to `exports/truth/costs.csv` where it was another");
    Diagnostic::warning("cost-of-channel", message).hint(hint)
}

fn missing_amounts(input: &Input) -> Vec<Diagnostic> {
    let mut unpriced: BTreeMap<&Channel, i64> = BTreeMap::new();
    for row in input.sales.iter().filter(|row| row.unpriced_lines > 0) {
        *unpriced.entry(&row.bucket.channel).or_default() += row.unpriced_lines;
    }
    let mut unknown: BTreeMap<&Channel, i64> = BTreeMap::new();
    let of_sale = input.refunds.iter().filter(|refund| refund.names != Refunded::Cancelled);
    for refund in of_sale.filter(|refund| refund.unknown_rows > 0) {
        *unknown.entry(&refund.channel).or_default() += refund.unknown_rows;
    }
    let lines = |count: i64, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let sales = unpriced.into_iter().map(|(channel, count)| {
        let message =
            format!("{} of `{channel}` without a price: left out of the profit and loss", lines(count, "order line"));
        Diagnostic::warning("missing-price", message)
    });
    let refunds = unknown.into_iter().map(|(channel, count)| {
        let message = format!("{} of `{channel}` without an amount: left out of refunds", lines(count, "refund line"));
        Diagnostic::warning("missing-refund-amount", message)
    });
    sales.chain(refunds).collect()
}

/// Orders that only settlements know as sold: those that count all the same, and those that do not.
fn unknown_orders(input: &Input) -> Vec<Diagnostic> {
    let mut channels: BTreeMap<(&Channel, bool), UnknownOrders<'_>> = BTreeMap::new();
    for row in input.unmatched.iter().filter(|row| row.is_whole || row.left_out) {
        channels.entry((&row.channel, row.was_unpaid)).or_default().add(row);
    }
    for row in input.unmatched.iter().filter(|row| row.side == "settlement" && !row.is_whole && !row.left_out) {
        if let Some(orders) = channels.get_mut(&(&row.channel, false)) {
            orders.add_counted(row);
        }
    }
    channels.into_iter().flat_map(|((channel, was_unpaid), orders)| orders.warnings(channel, was_unpaid)).collect()
}

/// Orders of one channel that no export of orders has, or that one shows as not paid yet.
#[derive(Default)]
struct UnknownOrders<'a> {
    whole: BTreeSet<&'a str>,
    sold: BTreeMap<&'a str, Money>,
    left_out: BTreeSet<&'a str>,
    /// What the lines that do not count come to.
    lacking: BTreeMap<&'a str, Money>,
    /// What lines of the same orders come to that need no sale and count.
    counted: BTreeMap<&'a str, Money>,
}

impl<'a> UnknownOrders<'a> {
    fn add(&mut self, row: &'a UnmatchedRow) {
        let amount = row.amount.unwrap_or_default();
        if row.is_whole {
            self.whole.insert(&row.order_id);
            *self.sold.entry(&row.currency).or_default() += if row.kind == "sale" { amount } else { Money::ZERO };
        } else {
            self.left_out.insert(&row.order_id);
            *self.lacking.entry(&row.currency).or_default() += amount;
        }
    }

    fn add_counted(&mut self, row: &'a UnmatchedRow) {
        if self.left_out.contains(row.order_id.as_str()) {
            *self.counted.entry(&row.currency).or_default() += row.amount.unwrap_or_default();
        }
    }

    fn warnings(&self, channel: &Channel, was_unpaid: bool) -> Vec<Diagnostic> {
        let part = if self.counted.is_empty() {
            "left out whole".to_owned()
        } else {
            format!("left out but for {} of {{its}} own that count without a sale", listed(&self.counted))
        };
        let (where_known, newer) = if was_unpaid {
            ("shown as not paid yet", "newer exports of these orders")
        } else {
            ("in no export of orders", "the orders of their days")
        };
        let hint = format!("put {newer} into `exports/{channel}/`: `unmatched.csv` names them");
        let told = |orders: &BTreeSet<&str>, what: &str, amounts: &BTreeMap<&str, Money>| {
            let (count, its) = if orders.len() == 1 {
                ("1 order".to_owned(), "its")
            } else {
                (format!("{} orders", orders.len()), "their")
            };
            let what = what.replace("{its}", its);
            let message = format!("{count} of `{channel}` {where_known}: {what} {}", listed(amounts));
            let warning = Diagnostic::warning("unknown-orders", message).hint(hint.clone());
            let largest = amounts.iter().max_by_key(|(_, amount)| amount.abs());
            let amount = largest.and_then(|(currency, amount)| Some((amount.abs(), currency.parse().ok()?)));
            (!orders.is_empty()).then(|| match amount {
                Some((amount, currency)) => warning.amount(amount, currency),
                None => warning,
            })
        };
        let whole = told(&self.whole, "taken whole from {its} settlements, with sales of", &self.sold);
        let left_out = told(&self.left_out, &format!("{part}, with settlement lines that come to"), &self.lacking);
        whole.into_iter().chain(left_out).collect()
    }
}

/// Names of a channel that are told one by one; how many more there are is told with the last.
const TOLD_NAMES: usize = 5;

/// Amounts of settlements whose names no table knows, the largest of each channel first.
fn unknown_kinds(input: &Input) -> Vec<Diagnostic> {
    let mut channels: BTreeMap<&Channel, Vec<&UnknownKindRow>> = BTreeMap::new();
    for row in input.unknown_kinds.iter().filter(|row| !row.amount.is_zero()) {
        channels.entry(&row.channel).or_default().push(row);
    }
    let warnings = channels.into_values().flat_map(|mut rows| {
        rows.sort_by_key(|row| std::cmp::Reverse(row.amount.abs()));
        let more = rows.len().saturating_sub(TOLD_NAMES);
        rows.truncate(TOLD_NAMES);
        let last = rows.len() - 1;
        rows.into_iter().enumerate().map(move |(place, row)| unknown_kind(row, if place == last { more } else { 0 }))
    });
    warnings.collect()
}

fn unknown_kind(row: &UnknownKindRow, more: usize) -> Diagnostic {
    let name = if row.description.is_empty() { "without a name" } else { &row.description };
    let taken_for = match row.kind.as_str() {
        "other" => "no table knows that name, and it counts with other fees".to_owned(),
        kind => format!("only a word in that name tells what it is, and it counts as `{kind}`"),
    };
    let rest = if more == 0 { String::new() } else { format!("; {more} more such names") };
    let message = format!("`{}` settled {} {} as `{name}`: {taken_for}{rest}", row.channel, row.amount, row.currency);
    let hint = "`trueup query mart_settlement_unknown` lists every such name with its lines and amount";
    Diagnostic::warning("unknown-settlement-kind", message).hint(hint).amount(row.amount.abs(), row.currency)
}

/// `12.00 USD and 3.00 EUR`
fn listed(amounts: &BTreeMap<&str, Money>) -> String {
    let texts: Vec<String> = amounts.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
    texts.join(" and ")
}

/// Channels with sales whose fees neither a settlement nor the settings tell: they are left out, and not
/// because there are none.
fn missing_fees(input: &Input, settings: &Settings) -> Vec<Diagnostic> {
    let home = settings.shop.currency;
    let silent = settings.channels.iter().filter(|channel| !channel.fees_told && channel.kind.charges_fees());
    let missing = silent.filter_map(|channel| {
        let name = &channel.name;
        let sold = || input.sales.iter().filter(|row| row.bucket.channel == *name && row.paid() > Money::ZERO);
        let rows: Vec<&SalesRow> = sold().filter(|row| !row.settled).collect();
        rows.first()?;
        let message = if sold().any(|row| row.settled) {
            format!(
                "orders of `{name}` stand in no settlement yet, and no settings tell their fees: these are left out"
            )
        } else {
            format!("neither a settlement nor the settings tell what `{name}` charges: its fees are left out")
        };
        let hint =
            format!("set `fees = {{ … }}` under `[channel.{name}]`, `{{}}` if there are none, or add its settlements");
        let problem = Diagnostic::warning("missing-fees", message).hint(hint).key("fees");
        let at_home = rows.iter().all(|row| row.bucket.currency == home);
        let paid = rows.iter().map(|row| row.paid()).sum();
        Some(if at_home { problem.amount(paid, home) } else { problem })
    });
    missing.collect()
}

fn never_settled(input: &Input, settings: &Settings) -> Vec<Diagnostic> {
    let settled: BTreeSet<&Channel> = input.settlements.iter().map(|row| &row.channel).collect();
    let sold: BTreeSet<&Channel> = input.sales.iter().map(|row| &row.bucket.channel).collect();
    let marketplaces = settings.channels.iter().filter(|channel| channel.kind.is_marketplace());
    // of a channel without a fee schedule it is told that its fees are left out
    let estimated = marketplaces.filter(|channel| channel.fees_told);
    estimated
        .map(|channel| &channel.name)
        .filter(|name| sold.contains(name) && !settled.contains(name))
        .map(|name| {
            let message = format!("no settlement of `{name}` in the lake: no fee of it is more than an estimate");
            let hint = format!("put its settlement reports into `exports/{name}/`");
            Diagnostic::warning("no-settlement", message).hint(hint)
        })
        .collect()
}
