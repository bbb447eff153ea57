//! What is missing, so that a number is unknown or estimated.

use std::collections::{BTreeMap, BTreeSet};

use super::costs::Costs;
use super::input::{Bucket, Input, SalesRow};
use super::rates::Exchange;
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
    let mut warnings = exchange.warnings(|currency| unconverted(input, exchange, currency));
    let lacking: Vec<_> = by_sku.iter().filter(|(_, statement)| statement.units_without_cost > 0).collect();
    let uncosted = Uncosted::of(input, costs, lacking.iter().map(|((_, _, sku), _)| sku).collect());
    let home = settings.shop.currency;
    let concerning = |problem: Diagnostic, skus: &BTreeSet<&Sku>| {
        let sold = lacking.iter().filter(|((_, _, sku), _)| skus.contains(sku));
        match sold.map(|(_, statement)| statement.net_sales()).sum::<Option<Money>>() {
            Some(sales) => problem.amount(sales, home),
            None => problem,
        }
    };
    let without_rate = uncosted.without_rate.iter();
    warnings.extend(
        without_rate.filter_map(|(currency, lack)| Some(concerning(missing_rate(*currency, lack, exchange)?, &lack.1))),
    );
    warnings.extend(missing_costs(&uncosted.without_cost).map(|problem| concerning(problem, &uncosted.without_cost)));
    warnings.extend(missing_amounts(input));
    warnings.extend(missing_fees(input, settings));
    warnings.extend(never_settled(input, settings));
    warnings
}

/// What was sold in a currency on days without a rate, in that currency.
fn unconverted(input: &Input, exchange: &Exchange, currency: Currency) -> Money {
    let lacking = |bucket: &Bucket| bucket.currency == currency && !exchange.converts(currency, bucket.rate_day);
    let sales = input.sales.iter().filter(|row| lacking(&row.bucket));
    sales.map(|row| row.gross - row.discount + row.shipping_charged).sum()
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

fn missing_rate(currency: Currency, (day, skus): &(Day, BTreeSet<&Sku>), exchange: &Exchange) -> Option<Diagnostic> {
    let (first, home) = (skus.first()?, exchange.home());
    let rate = format!("no rate from `{currency}` into `{home}` is known");
    let message = match skus.len() {
        1 => format!("`{first}` has a cost in `{currency}`, and {rate}: what it contributes is unknown"),
        count => format!(
            "{count} SKUs have a cost in `{currency}`, `{first}` the first, and {rate}: what they contribute is unknown"
        ),
    };
    let hint = format!("add `{day},{currency},{home},<rate>` to `exports/truth/exchange_rates.csv`");
    Some(Diagnostic::warning("missing-cost-rate", message).hint(hint).key("exchange_rates.csv"))
}

fn missing_costs(skus: &BTreeSet<&Sku>) -> Option<Diagnostic> {
    let first = skus.first()?;
    let message = match skus.len() {
        1 => format!("`{first}` has no unit cost: profit unknown"),
        count => format!("{count} SKUs have no unit cost (`{first}`, …): profit unknown"),
    };
    let hint = format!("add `{first},<day>,<unit cost>,<currency>` to `exports/truth/costs.csv`");
    Some(Diagnostic::warning("missing-cost", message).hint(hint).key("costs.csv"))
}

fn missing_amounts(input: &Input) -> Vec<Diagnostic> {
    let mut unpriced: BTreeMap<&Channel, i64> = BTreeMap::new();
    for row in input.sales.iter().filter(|row| row.unpriced_lines > 0) {
        *unpriced.entry(&row.bucket.channel).or_default() += row.unpriced_lines;
    }
    let mut unknown: BTreeMap<&Channel, i64> = BTreeMap::new();
    for charge in input.charges.iter().filter(|charge| charge.unknown_rows > 0) {
        *unknown.entry(&charge.bucket.channel).or_default() += charge.unknown_rows;
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

/// Channels with sales whose fees neither a settlement nor the settings tell: they are left out, and not
/// because there are none.
fn missing_fees(input: &Input, settings: &Settings) -> Vec<Diagnostic> {
    let home = settings.shop.currency;
    let silent = settings.channels.iter().filter(|channel| !channel.fees_told && channel.kind.charges_fees());
    let missing = silent.filter_map(|channel| {
        let unsettled = |row: &&SalesRow| row.bucket.channel == channel.name && !row.settled && row.units > 0;
        let rows: Vec<&SalesRow> = input.sales.iter().filter(unsettled).collect();
        let name = &channel.name;
        rows.first()?;
        let message =
            format!("neither a settlement nor the settings tell what `{name}` charges: its fees are left out");
        let hint =
            format!("set `fees = {{ … }}` under `[channel.{name}]`, `{{}}` if there are none, or add its settlements");
        let problem = Diagnostic::warning("missing-fees", message).hint(hint).key("fees");
        let at_home = rows.iter().all(|row| row.bucket.currency == home);
        let paid = rows.iter().map(|row| row.gross - row.discount + row.shipping_charged).sum();
        Some(if at_home { problem.amount(paid, home) } else { problem })
    });
    missing.collect()
}

fn never_settled(input: &Input, settings: &Settings) -> Vec<Diagnostic> {
    let settled: BTreeSet<&Channel> = input.settlements.iter().map(|row| &row.channel).collect();
    let sold: BTreeSet<&Channel> = input.sales.iter().map(|row| &row.bucket.channel).collect();
    let marketplaces = settings.channels.iter().filter(|channel| channel.kind.is_marketplace());
    marketplaces
        .map(|channel| &channel.name)
        .filter(|name| sold.contains(name) && !settled.contains(name))
        .map(|name| {
            let message = format!("no settlement of `{name}` in the lake: no fee of it is more than an estimate");
            let hint = format!("put its settlement reports into `exports/{name}/`");
            Diagnostic::warning("no-settlement", message).hint(hint)
        })
        .collect()
}
