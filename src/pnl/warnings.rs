//! What is missing, so that a number is unknown or estimated.

use std::collections::{BTreeMap, BTreeSet};

use super::costs::Costs;
use super::input::Input;
use super::rates::Exchange;
use super::statement::Statement;
use crate::config::Settings;
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Day, Month, Sku};

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
    warnings
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

fn missing_cost_rate(currency: Currency, (day, skus): &(Day, BTreeSet<&Sku>), exchange: &Exchange) -> Option<Diagnostic> {
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
