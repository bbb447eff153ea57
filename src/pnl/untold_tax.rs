//! Which sales may hold a tax that is not the seller's? Those of which no file tells the tax, in the
//! currency of a country whose prices usually hold it.

use super::input::UntoldTax;
use crate::config::Settings;
use crate::error::Diagnostic;
use crate::types::{Currency, Money};

/// Currencies of countries where the price that a buyer is shown usually holds the tax, and what they call
/// it. In the European Union and beside it the law says so (Directive 98/6/EC, article 2: "inclusive of VAT
/// and all other taxes"); so do Australia's (Competition and Consumer Act 2010, section 48), New Zealand's,
/// Japan's (since 1 April 2021), Singapore's and India's (MRP "inclusive of all taxes") rules on prices.
const PRICES_HOLD_TAX: &[(&str, &str)] = &[
    ("EUR", "VAT"),
    ("GBP", "VAT"),
    ("CHF", "VAT"),
    ("NOK", "VAT"),
    ("SEK", "VAT"),
    ("DKK", "VAT"),
    ("ISK", "VAT"),
    ("PLN", "VAT"),
    ("CZK", "VAT"),
    ("HUF", "VAT"),
    ("RON", "VAT"),
    ("BGN", "VAT"),
    ("AUD", "GST"),
    ("NZD", "GST"),
    ("SGD", "GST"),
    ("INR", "GST"),
    ("JPY", "consumption tax"),
];

/// One warning per channel and currency whose sales may hold tax, with the key that decides it. A channel
/// whose settings say what its prices hold is not asked again.
pub(super) fn may_hold_tax(sales: &[UntoldTax], settings: &Settings) -> Vec<Diagnostic> {
    let is_decided = |sale: &UntoldTax| {
        settings.channel(sale.channel.as_str()).is_some_and(|channel| channel.prices_hold_tax.is_some())
    };
    let open = sales.iter().filter(|sale| sale.amount > Money::ZERO && !is_decided(sale));
    open.filter_map(|sale| Some(warning(sale, tax_in(sale.currency)?))).collect()
}

fn tax_in(currency: Currency) -> Option<&'static str> {
    PRICES_HOLD_TAX.iter().find(|(known, _)| *known == currency.as_str()).map(|(_, tax)| *tax)
}

fn warning(sale: &UntoldTax, tax: &str) -> Diagnostic {
    let UntoldTax { channel, currency, amount } = sale;
    let key = format!("`prices-hold-tax` under `[channel.{channel}]`");
    let message = format!(
        "sales of {amount} {currency} on `{channel}` may hold {tax}, which no file tells: they count whole until {key} says so"
    );
    let hint = format!("set {key} to the rate, such as `\"20%\"`, or to `\"0%\"` where no {tax} is due");
    Diagnostic::warning("tax-not-told", message).hint(hint).amount(*amount, *currency).key("prices-hold-tax")
}
