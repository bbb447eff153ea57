//! Products of a WooCommerce shop.

use super::super::costs::with_cost;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, Money, Prose};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Draft, Verdict, View};

/// `wc-product-export`: a row per product and per variation of one.
pub(crate) static PRODUCTS: Export = Export {
    id: "woocommerce-products",
    kind: ChannelKind::Woocommerce,
    document: "listings",
    table: "listings",
    fields: &[
        need("id", &["ID"], Identifier),
        need("type", &["Type"], Prose),
        head("sku", &["SKU"], Identifier),
        need("title", &["Name"], Prose),
        head("published", &["Published"], Count),
        head("listed", &["Stock"], Count),
        head("sale_price", &["Sale price"], Money),
        head("regular_price", &["Regular price"], Money),
        may("barcode", &["GTIN, UPC, EAN, or ISBN"], Identifier),
        may("brand", &["Brands"], Prose),
        // WooCommerce's own column, and those of the two extensions before it (SkyVerge, WPFactory).
        may("unit_cost", &["Cost of goods", "Meta: _wc_cog_cost", "Meta: _alg_wc_cog_cost"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style::CSV,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(product)),
};

fn product(view: &View<'_>, context: &Context) -> Verdict {
    let kind = view.text("type").unwrap_or_default().to_lowercase();
    if ["variable", "grouped", "external"].iter().any(|parent| kind.contains(parent)) {
        return Verdict::Structure("nothing of its own to sell");
    }
    let number = format!("id:{}", view.text("id").unwrap_or_default());
    let (sale, regular) = (view.money("sale_price"), view.money("regular_price"));
    let draft = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.text("sku").unwrap_or(&number))
        .set("at", context.snapshot)
        .set("price", sale.or(regular))
        .set("list_price", sale.and(regular))
        .set("currency", context.channel_currency.as_str())
        .set("status", view.count("published").map(|published| if published == 1 { "active" } else { "draft" }));
    with_cost(draft, view, context)
}
