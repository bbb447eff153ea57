//! Prices, content and promotions, where the night has them.

use maud::{Markup, html};

use super::parts::heading;
use super::table::{Empty, Order, Show, Table, column};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;

static PRICES: Table = Table {
    sheet: "price_breaches",
    caption: "Prices outside the rules",
    columns: &[
        column("SKU", "sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Field", "field", Show::Plain),
        column("Reference price", "anchor", Show::Money),
        column("Limit", "allowed", Show::Money),
        column("Listed", "seen", Show::Money),
        column("Since", "since", Show::When),
        column("Rule", "rule", Show::Sentence),
        column("State", "state", Show::Word),
    ],
    order: &[Order::Ascending("since")],
    first: 12,
    empty: Empty {
        judged: "Every listed price is within its limits.",
        unjudged: "Whether listed prices are within their limits is unknown.",
        needs: &[&needs::LISTED_PRICES, &needs::PRICES],
    },
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
    empty: Empty {
        judged: "Every listing says what its product says.",
        unjudged: "Whether listings say what their products say is unknown.",
        needs: &[&needs::LISTED_PRICES, &needs::PRICES],
    },
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
    empty: Empty { judged: "No promotion is planned.", unjudged: "No promotion is known.", needs: &[&needs::PLANS] },
};

static UNMAPPED: Table = Table {
    sheet: "unmapped_listings",
    caption: "Listings that stand for no product",
    columns: &[
        column("Number", "channel_sku", Show::Code),
        column("Channel", "channel", Show::Plain),
        column("Title", "title", Show::Sentence),
        column("Units sold", "units", Show::Count),
        column("Gross sales", "gross_sales", Show::Money),
        column("Perhaps", "suggested_sku", Show::Code),
        column("Because it", "why", Show::Sentence),
    ],
    order: &[Order::Descending("gross_sales"), Order::Descending("units")],
    first: 12,
    empty: Empty {
        judged: "Every number that a channel lists or sells stands for a product.",
        unjudged: "Whether every number stands for a product is unknown.",
        needs: &[&needs::ORDERS],
    },
};

/// What told the product behind each number, most trusted first.
const MATCHED_BY: [(&str, &str); 4] =
    [("barcode", "by barcode"), ("alias", "by alias"), ("sku", "by SKU"), ("unmapped", "not at all")];

/// How many numbers were matched by what.
fn matches(night: &Night<'_>) -> Markup {
    let sheet = night.sheet("sku_map");
    let count = |word: &str| sheet.rows().filter(|row| sheet.text(*row, "matched_by") == word).count();
    let told = MATCHED_BY.map(|(word, said)| format!("{} {said}", numbers::count(count(word) as i64)));
    html! {
        @if night.sheets.contains_key("sku_map") {
            p.more { "Numbers matched: " (told.join(", ")) ". Each with what told it: " a href="sku_map.csv" { "sku_map.csv" } }
        }
    }
}

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let has = |name: &str| night.sheets.contains_key(name);
    html! {
        @if has("price_breaches") {
            (heading("Prices", "What a channel lists against the reference price and the difference it may have. Stale: the reference price changed and the listing did not. Edited: the listing changed. Swapped: it is another SKU's price."))
            (PRICES.draw(night))
        }
        @if has("content_drift") {
            (heading("Content", "Stale: the product changed and the listing did not. Edited: the listing changed and the product did not."))
            (CONTENT.draw(night))
        }
        @if has("unmapped_listings") {
            (heading("Listings without a product", "Numbers that no barcode, alias or SKU maps: their sales have no cost and their stock no pool. What is close is a suggestion; only a row in aliases.csv maps it."))
            (UNMAPPED.draw(night))
            (matches(night))
        }
        @if has("promotions") {
            (heading("Promotions", "Whether stock covers what is projected plus the buffers of the other channels."))
            (PROMOTIONS.draw(night))
        }
    }
}
