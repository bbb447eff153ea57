//! Which sales may hold a tax that is not the seller's? Those of which no file tells the tax, in the
//! currency of a country whose prices usually hold it.

use super::input::UntoldTax;
use super::reader::untold_tax;
use crate::config::{Mapping, Settings};
use crate::error::{Diagnostic, Result};
use crate::query::Marts;
use crate::types::Money;

/// The sales of a lake that may hold tax, as its statements would tell them.
///
/// # Errors
/// Where the lake cannot be read.
pub fn tax_not_told(marts: &Marts, settings: &Settings) -> Result<Vec<Diagnostic>> {
    Ok(may_hold_tax(&untold_tax(&marts.rows("mart_tax_untold")?)?, settings))
}

/// One warning per channel and currency whose sales may hold tax, with the key that decides it. Where the
/// settings say it already, these sales were read before, or go to a country that nobody knows.
pub(super) fn may_hold_tax(sales: &[UntoldTax], settings: &Settings) -> Vec<Diagnostic> {
    let open = sales.iter().filter(|sale| sale.amount > Money::ZERO);
    open.filter_map(|sale| Some(warning(sale, sale.currency.tax_in_prices()?, settings))).collect()
}

fn warning(sale: &UntoldTax, tax: &str, settings: &Settings) -> Diagnostic {
    let UntoldTax { channel, currency, amount } = sale;
    let is_said = settings.channel(channel.as_str()).is_some_and(|channel| channel.prices_hold_tax.is_some());
    if let Some(mapping) = telling_tax(sale, settings) {
        return of_mapping(sale, tax, mapping);
    }
    let key = format!("`prices-hold-tax` under `[channel.{channel}]`");
    let message = format!(
        "sales of {amount} {currency} on `{channel}` may hold {tax}, which no file tells: they count whole until {key} says so"
    );
    let hint = if is_said {
        "run `trueup ingest --afresh`: these sales were read before the setting, or go to a country that their file does not \
         tell, which one rate for all or `\"*\"` covers"
            .to_owned()
    } else {
        format!(
            "set {key} to the rate, such as `\"20%\"`, or to `\"0%\"` where prices are without {tax}; then run \
             `trueup ingest --afresh`"
        )
    };
    Diagnostic::warning("tax-not-told", message).hint(hint).amount(*amount, *currency).key("prices-hold-tax")
}

/// The mapping that reads the channel's orders with a tax of which nobody said whether the prices hold it.
fn telling_tax<'a>(sale: &UntoldTax, settings: &'a Settings) -> Option<&'a Mapping> {
    let is_open = settings.channel(sale.channel.as_str()).is_none_or(|channel| channel.prices_hold_tax.is_none());
    let tells = |mapping: &&Mapping| {
        mapping.table == "order_lines"
            && mapping.channel.as_ref().is_some_and(|channel| *channel == sale.channel)
            && mapping.columns.contains_key("tax")
            && mapping.prices_hold_tax.is_none()
    };
    settings.mappings.iter().filter(|_| is_open).find(tells)
}

/// Its file tells the tax, and its totals do not prove where that stands.
fn of_mapping(sale: &UntoldTax, tax: &str, mapping: &Mapping) -> Diagnostic {
    let UntoldTax { channel, currency, amount } = sale;
    let key = format!("`prices-hold-tax` under `[mapping.{}]`", mapping.name);
    let message = format!(
        "sales of {amount} {currency} on `{channel}` may hold {tax}: nothing tells whether the prices hold what their file \
         tells of it; they count whole until {key} says so"
    );
    let hint = format!(
        "set {key} to `true` where the tax is a part of the prices and to `false` where it comes on top, or map the order's \
         total as `order_total`, which tells it; the rate of lines without a tax of their own stands under \
         `[channel.{channel}]`; then run `trueup ingest --afresh`"
    );
    Diagnostic::warning("tax-not-told", message).hint(hint).amount(*amount, *currency).key("prices-hold-tax")
}
