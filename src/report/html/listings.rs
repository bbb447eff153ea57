//! Prices, content and promotions, where the night has them.

use maud::{Markup, html};

use super::parts::heading;
use super::table::{Order, Show, Table, column};
use crate::report::night::Night;

static PRICES: Table = Table {
    sheet: "price_breaches",
    caption: "Prices outside the rules",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Field", "field", Show::Plain),
        column("Anchor", "anchor", Show::Money),
        column("Allowed", "allowed", Show::Money),
        column("Seen", "seen", Show::Money),
        column("Since", "since", Show::When),
        column("Rule", "rule", Show::Sentence),
        column("State", "state", Show::Word),
    ],
    order: &[Order::Ascending("since")],
    first: 12,
    empty: "Every price is within the rules.",
};

static CONTENT: Table = Table {
    sheet: "content_drift",
    caption: "Listing fields that differ from the product",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Field", "field", Show::Plain),
        column("Should be", "expected", Show::Sentence),
        column("Is", "seen", Show::Sentence),
        column("Since", "since", Show::When),
        column("State", "state", Show::Word),
    ],
    order: &[Order::Ascending("since")],
    first: 12,
    empty: "Every listing says what its product says.",
};

static PROMOTIONS: Table = Table {
    sheet: "promotions",
    caption: "Promotions against stock",
    columns: &[
        column("Promotion", "promotion", Show::Plain),
        column("SKU", "sku", Show::Code),
        column("Stock", "stock", Show::Count),
        column("Projected", "projected", Show::Real(0)),
        column("Reserve", "reserve", Show::Count),
        column("Verdict", "verdict", Show::Word),
    ],
    order: &[],
    first: 12,
    empty: "No promotion is planned.",
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let has = |name: &str| night.sheets.contains_key(name);
    html! {
        @if has("price_breaches") {
            (heading("Prices", "What a channel shows against the anchor price and the difference it may have. Stale: the anchor changed and the listing did not. Edited: the listing changed. Swapped: it is another SKU's price."))
            (PRICES.draw(night))
        }
        @if has("content_drift") {
            (heading("Content", "Stale: the product changed and the listing did not. Edited: the listing changed and the product did not."))
            (CONTENT.draw(night))
        }
        @if has("promotions") {
            (heading("Promotions", "Whether stock covers what is projected plus the buffers of the other channels."))
            (PROMOTIONS.draw(night))
        }
    }
}
