//! Which currency has a marketplace, and do its prices hold their tax?
//!
//! In the United States, Canada and Mexico a price is told without its tax; everywhere else buyers
//! are shown prices that hold it, and so do `item-price`, `shipping-price`, `gift-wrap-price` and
//! the discounts on them. Sources, read 2026-12-01:
//!
//! * Amazon, "(Option 1) Allow Amazon to Create Invoices for You", developer-docs.amazon.com/sp-api:
//!   `item_price` is VAT-inclusive, the amount without VAT is item price minus item tax;
//! * amzn/selling-partner-api-models, issue 4858: `ItemPrice` is the total including tax;
//! * Odoo's connector (`sale_amazon`, `_prepare_order_lines_values`): where prices of a marketplace
//!   hold their tax, item price, shipping, gift wrap and promotion discount each less their own tax.

/// What a marketplace is called in exports, in lower case, and what its money is.
struct Marketplace {
    name: &'static str,
    currency: &'static str,
    prices_hold_tax: bool,
}

const fn without_tax(name: &'static str, currency: &'static str) -> Marketplace {
    Marketplace { name, currency, prices_hold_tax: false }
}

const fn with_tax(name: &'static str, currency: &'static str) -> Marketplace {
    Marketplace { name, currency, prices_hold_tax: true }
}

const MARKETPLACES: &[Marketplace] = &[
    without_tax("amazon.com", "USD"),
    without_tax("amazon.ca", "CAD"),
    without_tax("amazon.com.mx", "MXN"),
    with_tax("amazon.ae", "AED"),
    with_tax("amazon.co.jp", "JPY"),
    with_tax("amazon.co.uk", "GBP"),
    with_tax("amazon.co.za", "ZAR"),
    with_tax("amazon.com.au", "AUD"),
    with_tax("amazon.com.be", "EUR"),
    with_tax("amazon.com.br", "BRL"),
    with_tax("amazon.com.tr", "TRY"),
    with_tax("amazon.de", "EUR"),
    with_tax("amazon.eg", "EGP"),
    with_tax("amazon.es", "EUR"),
    with_tax("amazon.fr", "EUR"),
    with_tax("amazon.ie", "EUR"),
    with_tax("amazon.in", "INR"),
    with_tax("amazon.it", "EUR"),
    with_tax("amazon.jp", "JPY"),
    with_tax("amazon.nl", "EUR"),
    with_tax("amazon.pl", "PLN"),
    with_tax("amazon.sa", "SAR"),
    with_tax("amazon.se", "SEK"),
    with_tax("amazon.sg", "SGD"),
];

fn named(name: &str) -> Option<&'static Marketplace> {
    MARKETPLACES.iter().find(|marketplace| marketplace.name.eq_ignore_ascii_case(name))
}

/// The currency of a marketplace, where it is known.
pub(super) fn currency(name: &str) -> Option<&'static str> {
    named(name).map(|marketplace| marketplace.currency)
}

/// Whether prices hold their tax: as the marketplace has it, and where an export names none or
/// another, as those of its currency have it.
pub(super) fn prices_hold_tax(name: &str, currency: &str) -> bool {
    let of_currency = || MARKETPLACES.iter().find(|marketplace| marketplace.currency == currency);
    named(name).or_else(of_currency).is_none_or(|marketplace| marketplace.prices_hold_tax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marketplace_decides_and_else_its_currency() {
        assert!(prices_hold_tax("Amazon.co.jp", "JPY"));
        assert!(!prices_hold_tax("Amazon.com", "USD"));
        assert!(prices_hold_tax("SI UK Prod Marketplace", "GBP"));
        assert!(!prices_hold_tax("", "CAD"));
        assert_eq!(currency("amazon.com.au"), Some("AUD"));
    }
}
