//! What is missing, so that a number is unknown or estimated.

use std::collections::{BTreeMap, BTreeSet};

use super::input::Input;
use super::rates::Exchange;
use super::statement::Statement;
use crate::config::Settings;
use crate::error::Diagnostic;
use crate::types::{Channel, Month, Sku};

/// One warning per thing that is missing, with what to type.
pub(super) fn warnings(
    input: &Input,
    settings: &Settings,
    by_sku: &BTreeMap<(Month, Channel, Sku), Statement>,
    exchange: &Exchange,
) -> Vec<Diagnostic> {
    let mut warnings = exchange.warnings();
    warnings.extend(missing_costs(by_sku));
    warnings.extend(missing_amounts(input));
    warnings.extend(never_settled(input, settings));
    warnings
}

fn missing_costs(by_sku: &BTreeMap<(Month, Channel, Sku), Statement>) -> Option<Diagnostic> {
    let lacking = by_sku.iter().filter(|(_, statement)| statement.units_without_cost > 0);
    let skus: BTreeSet<&Sku> = lacking.map(|((_, _, sku), _)| sku).collect();
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
