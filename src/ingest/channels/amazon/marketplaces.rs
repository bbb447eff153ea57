//! Which currency and country has a marketplace, and do its prices hold their tax?
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
    country: &'static str,
    currency: &'static str,
    prices_hold_tax: bool,
}

const fn without_tax(name: &'static str, country: &'static str, currency: &'static str) -> Marketplace {
    Marketplace { name, country, currency, prices_hold_tax: false }
}

const fn with_tax(name: &'static str, country: &'static str, currency: &'static str) -> Marketplace {
    Marketplace { name, country, currency, prices_hold_tax: true }
}

const MARKETPLACES: &[Marketplace] = &[
    without_tax("amazon.com", "US", "USD"),
    without_tax("amazon.ca", "CA", "CAD"),
    without_tax("amazon.com.mx", "MX", "MXN"),
    with_tax("amazon.ae", "AE", "AED"),
    with_tax("amazon.co.jp", "JP", "JPY"),
    with_tax("amazon.co.uk", "GB", "GBP"),
    with_tax("amazon.co.za", "ZA", "ZAR"),
    with_tax("amazon.com.au", "AU", "AUD"),
    with_tax("amazon.com.be", "BE", "EUR"),
    with_tax("amazon.com.br", "BR", "BRL"),
    with_tax("amazon.com.tr", "TR", "TRY"),
    with_tax("amazon.de", "DE", "EUR"),
    with_tax("amazon.eg", "EG", "EGP"),
    with_tax("amazon.es", "ES", "EUR"),
    with_tax("amazon.fr", "FR", "EUR"),
    with_tax("amazon.ie", "IE", "EUR"),
    with_tax("amazon.in", "IN", "INR"),
    with_tax("amazon.it", "IT", "EUR"),
    with_tax("amazon.jp", "JP", "JPY"),
    with_tax("amazon.nl", "NL", "EUR"),
    with_tax("amazon.pl", "PL", "PLN"),
    with_tax("amazon.sa", "SA", "SAR"),
    with_tax("amazon.se", "SE", "SEK"),
    with_tax("amazon.sg", "SG", "SGD"),
];

fn named(name: &str) -> Option<&'static Marketplace> {
    MARKETPLACES.iter().find(|marketplace| marketplace.name.eq_ignore_ascii_case(name))
}

/// The currency of a marketplace, where it is known.
pub(super) fn currency(name: &str) -> Option<&'static str> {
    named(name).map(|marketplace| marketplace.currency)
}

/// The country of a marketplace, where it is known: that of most of its buyers, and the only one that a
/// settlement tells of them.
pub(super) fn country(name: &str) -> Option<&'static str> {
    named(name).map(|marketplace| marketplace.country)
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
        assert_eq!((country("Amazon.co.uk"), country("SI UK Prod Marketplace")), (Some("GB"), None));
    }
}
