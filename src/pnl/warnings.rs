//! What is missing, so that a number is unknown or estimated.

use std::collections::{BTreeMap, BTreeSet};

use super::costs::Costs;
use super::input::{Input, UnmatchedRow};
use super::order_totals;
use super::rates::Exchange;
use super::refunds::refunds;
use super::statement::Statement;
use crate::config::Settings;
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// One warning per thing that is missing, with what to type.
pub(super) fn warnings(
    input: &Input,
    settings: &Settings,
    by_sku: &BTreeMap<(Month, Channel, Sku), Statement>,
    exchange: &Exchange,
    costs: &Costs,
) -> Vec<Diagnostic> {
    let mut warnings = exchange.warnings();
    let lacking = by_sku.iter().filter(|(_, statement)| statement.units_without_cost > 0);
    let uncosted = Uncosted::of(input, costs, lacking.map(|((_, _, sku), _)| sku).collect());
    warnings.extend(uncosted.without_rate.iter().filter_map(|(key, lack)| missing_cost_rate(*key, lack, exchange)));
    warnings.extend(missing_costs(&uncosted.without_cost));
    warnings.extend(missing_amounts(input));
    warnings.extend(never_settled(input, settings));
    warnings.extend(unknown_orders(input));
    warnings.extend(split_refunds(input));
    warnings.extend(order_totals::warnings(&input.order_differences));
    warnings
}

/// Refunds that name no article: what they took from each SKU of their orders is a share by value.
fn split_refunds(input: &Input) -> Option<Diagnostic> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for refund in refunds(&input.refunds).iter().filter(|refund| !refund.order_id.is_empty()) {
        *sums.entry(refund.bucket.currency).or_default() += -refund.amount;
    }
    let amounts: Vec<String> = sums.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
    let message = format!("refunds split over the SKUs of their orders, since they name none: {}", amounts.join(", "));
    let hint = "a file of refunds can name the article as `sku`, or the order's line as `order_line_id`";
    (!amounts.is_empty()).then(|| Diagnostic::warning("refunds-split", message).hint(hint))
}

/// SKUs of which units were sold whose cost is not known, by what is missing.
struct Uncosted<'a> {
    without_cost: BTreeSet<&'a Sku>,
    /// The cost is there. By its currency, with the first of the days whose rate is missing.
    without_rate: BTreeMap<Currency, (Day, BTreeSet<&'a Sku>)>,
}

impl<'a> Uncosted<'a> {
    fn of(input: &'a Input, costs: &Costs, lacking: BTreeSet<&'a Sku>) -> Self {
        let (mut without_cost, mut without_rate) = (BTreeSet::new(), BTreeMap::new());
        let units = input.cost_units.iter().filter(|units| lacking.contains(&units.bucket.sku));
        for units in units.filter(|units| costs.on(&units.component, units.cost_day).is_none()) {
            let sku = &units.bucket.sku;
            match costs.lacks_rate(&units.component, units.cost_day) {
                None => _ = without_cost.insert(sku),
                Some((currency, day)) => {
                    let (first, skus) = without_rate.entry(currency).or_insert_with(|| (day, BTreeSet::new()));
                    *first = day.min(*first);
                    skus.insert(sku);
                }
            }
        }
        Self { without_cost, without_rate }
    }
}

fn missing_cost_rate(
    currency: Currency,
    (day, skus): &(Day, BTreeSet<&Sku>),
    exchange: &Exchange,
) -> Option<Diagnostic> {
    let (first, home) = (skus.first()?, exchange.home());
    let rate = format!("no rate from `{currency}` into `{home}` is known");
    let message = match skus.len() {
        1 => format!("`{first}` has a cost in `{currency}`, and {rate}: what it contributes is unknown"),
        count => format!(
            "{count} SKUs have a cost in `{currency}`, `{first}` the first, and {rate}: what they contribute is unknown"
        ),
    };
    Some(Diagnostic::warning("missing-cost-rate", message).hint(exchange.what_to_add(currency, *day)))
}

fn missing_costs(skus: &BTreeSet<&Sku>) -> Option<Diagnostic> {
    let first = skus.first()?;
    let message = match skus.len() {
        1 => format!("`{first}` has no cost: what it contributes is unknown"),
        count => format!("{count} SKUs have no cost, `{first}` the first: what they contribute is unknown"),
    };
    let hint = format!("add `{first},<day>,<unit cost>,<currency>` to `exports/truth/costs.csv`");
    Some(Diagnostic::warning("missing-cost", message).hint(hint))
}

fn missing_amounts(input: &Input) -> Vec<Diagnostic> {
    let mut unpriced: BTreeMap<&Channel, i64> = BTreeMap::new();
    for row in input.sales.iter().filter(|row| row.unpriced_lines > 0) {
        *unpriced.entry(&row.bucket.channel).or_default() += row.unpriced_lines;
    }
    let mut unknown: BTreeMap<&Channel, i64> = BTreeMap::new();
    for refund in input.refunds.iter().filter(|refund| refund.unknown_rows > 0) {
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

/// Orders that only settlements know: those that count all the same, and those that do not.
fn unknown_orders(input: &Input) -> Vec<Diagnostic> {
    let mut channels: BTreeMap<&Channel, UnknownOrders<'_>> = BTreeMap::new();
    for row in input.unmatched.iter().filter(|row| row.is_whole || row.left_out) {
        channels.entry(&row.channel).or_default().add(row);
    }
    channels.into_iter().flat_map(|(channel, orders)| orders.warnings(channel)).collect()
}

/// Orders of one channel that no export of orders has.
#[derive(Default)]
struct UnknownOrders<'a> {
    whole: BTreeSet<&'a str>,
    sold: BTreeMap<&'a str, Money>,
    left_out: BTreeSet<&'a str>,
    /// What the lines that do not count come to.
    lacking: BTreeMap<&'a str, Money>,
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

    fn warnings(&self, channel: &Channel) -> Vec<Diagnostic> {
        let hint = format!("put the orders of their days into `exports/{channel}/`: `unmatched.csv` names them");
        let told = |orders: &BTreeSet<&str>, what: &str, amounts: &BTreeMap<&str, Money>| {
            let count = if orders.len() == 1 { "1 order".to_owned() } else { format!("{} orders", orders.len()) };
            let message = format!("{count} of `{channel}` in no export of orders: {what} {}", listed(amounts));
            (!orders.is_empty()).then(|| Diagnostic::warning("unknown-orders", message).hint(hint.clone()))
        };
        let whole = told(&self.whole, "taken whole from their settlements, with sales of", &self.sold);
        let left_out = told(&self.left_out, "left out whole, with settlement lines that come to", &self.lacking);
        whole.into_iter().chain(left_out).collect()
    }
}

/// `12.00 USD and 3.00 EUR`
fn listed(amounts: &BTreeMap<&str, Money>) -> String {
    let texts: Vec<String> = amounts.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
    texts.join(" and ")
}

fn never_settled(input: &Input, settings: &Settings) -> Vec<Diagnostic> {
    let settled: BTreeSet<&Channel> = input.settlements.iter().map(|row| &row.channel).collect();
    let sold: BTreeSet<&Channel> = input.sales.iter().map(|row| &row.bucket.channel).collect();
    let marketplaces = settings.channels.iter().filter(|channel| channel.kind.is_marketplace());
    marketplaces
        .map(|channel| &channel.name)
        .filter(|name| sold.contains(name) && !settled.contains(name))
        .map(|name| {
            let message = format!("no settlement of `{name}` in the lake: all its fees are estimated");
            let hint = format!("put its settlement reports into `exports/{name}/`");
            Diagnostic::warning("no-settlement", message).hint(hint)
        })
        .collect()
}
