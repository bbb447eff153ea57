//! Which SKUs were sold without a known cost, and what is missing of it: a cost, one that begins early enough,
//! or a rate into the shop's currency?

use std::collections::{BTreeMap, BTreeSet};

use super::costs::Costs;
use super::input::Input;
use super::rates::Exchange;
use super::statement::Statement;
use crate::config::Settings;
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// One warning per currency without a rate, one for SKUs whose cost begins too late, and one for those without.
pub(super) fn warnings(
    input: &Input,
    settings: &Settings,
    by_sku: &BTreeMap<(Month, Channel, Sku), Statement>,
    exchange: &Exchange,
    costs: &Costs,
) -> Vec<Diagnostic> {
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
    let without_rate = without_rate
        .filter_map(|(currency, lack)| Some(concerning(missing_cost_rate(*currency, lack, exchange)?, &lack.1)));
    let late = late_costs(&uncosted.late).map(|problem| concerning(problem, &uncosted.late.keys().copied().collect()));
    let without = missing_costs(&uncosted.without_cost).map(|problem| concerning(problem, &uncosted.without_cost));
    without_rate.chain(late).chain(without).collect()
}

/// SKUs of which units were sold whose cost is not known, by what is missing.
struct Uncosted<'a> {
    without_cost: BTreeSet<&'a Sku>,
    /// The cost is there and begins after a sale.
    late: BTreeMap<&'a Sku, LateCost<'a>>,
    /// The cost is there. By its currency, with the first of the days whose rate is missing.
    without_rate: BTreeMap<Currency, (Day, BTreeSet<&'a Sku>)>,
}

/// A cost that begins after units were sold.
struct LateCost<'a> {
    /// The SKU itself, or of a bundle the component.
    of: &'a Sku,
    /// The day it begins.
    begins: Day,
    /// A day from which on one is needed.
    needed: Day,
}

impl<'a> Uncosted<'a> {
    fn of(input: &'a Input, costs: &Costs, lacking: BTreeSet<&'a Sku>) -> Self {
        let mut found = Self { without_cost: BTreeSet::new(), late: BTreeMap::new(), without_rate: BTreeMap::new() };
        let units = input.cost_units.iter().filter(|units| lacking.contains(&units.bucket.sku));
        for units in units.filter(|units| costs.on(&units.component, units.cost_day).is_none()) {
            let (sku, of, needed) = (&units.bucket.sku, &units.component, units.cost_day);
            if let Some((currency, day)) = costs.lacks_rate(of, needed) {
                let (first, skus) = found.without_rate.entry(currency).or_insert_with(|| (day, BTreeSet::new()));
                *first = day.min(*first);
                skus.insert(sku);
            } else if let Some(begins) = costs.begins(of).filter(|begins| needed < *begins) {
                let late = found.late.entry(sku).or_insert(LateCost { of, begins, needed });
                late.needed = needed.min(late.needed);
            } else {
                found.without_cost.insert(sku);
            }
        }
        found
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
    let hint = exchange.what_to_add(currency, *day);
    Some(Diagnostic::warning("missing-cost-rate", message).hint(hint).key("exchange_rates.csv"))
}

fn late_costs(late: &BTreeMap<&Sku, LateCost<'_>>) -> Option<Diagnostic> {
    let (sku, first) = late.first_key_value()?;
    let LateCost { of, begins, needed } = first;
    let message = match late.len() {
        1 => format!("`{sku}` has no unit cost before {begins}: profit of what was sold until then unknown"),
        count => format!(
            "{count} SKUs have no unit cost for their first sales (`{sku}` before {begins}, …): profit of those unknown"
        ),
    };
    let hint = format!(
        "let the cost begin earlier, or add `{of},{needed},<unit cost>,<currency>` to `exports/truth/costs.csv`"
    );
    Some(Diagnostic::warning("missing-cost", message).hint(hint).key("costs.csv"))
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
