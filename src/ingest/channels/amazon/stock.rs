//! What Amazon shows and keeps.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Flag, Identifier, Money, Prose};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Draft, Verdict, View};

/// Manage FBA Inventory.
pub(crate) static INVENTORY: Export = Export {
    id: "amazon-inventory",
    kind: ChannelKind::Amazon,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        need("sku", &["sku"], Identifier),
        may("own_count", &["mfn-fulfillable-quantity"], Count),
        may("at_amazon", &["afn-listing-exists"], Flag),
        head("available", &["afn-fulfillable-quantity"], Count),
        may("damaged", &["afn-unsellable-quantity"], Count),
        may("reserved", &["afn-reserved-quantity"], Count),
        may("working", &["afn-inbound-working-quantity"], Count),
        may("shipped", &["afn-inbound-shipped-quantity"], Count),
        may("receiving", &["afn-inbound-receiving-quantity"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(inventory)),
};

fn inventory(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("channel_stock")
        .set("channel", context.channel_name())
        .set("channel_sku", view.cell("sku").clone())
        .set("sku", view.cell("sku").clone())
        .set("reported_at", context.snapshot);
    if view.is_known("available") {
        let inbound: Vec<i64> =
            ["working", "shipped", "receiving"].iter().filter_map(|name| view.count(name)).collect();
        let inbound = (!inbound.is_empty()).then(|| inbound.iter().sum::<i64>());
        let draft = draft
            .set("location", context.warehouse.as_str())
            .set("listed", view.cell("available").clone())
            .set("available", view.cell("available").clone())
            .set("reserved", view.cell("reserved").clone())
            .set("damaged", view.cell("damaged").clone())
            .set("inbound", inbound);
        return Verdict::Facts(vec![draft]);
    }
    if !view.is_known("own_count") {
        return Verdict::Structure("not stocked");
    }
    let count = view.cell("own_count").clone();
    Verdict::Facts(vec![
        draft.set("location", context.pool.as_str()).set("listed", count.clone()).set("available", count),
    ])
}

/// Active or All Listings.
pub(crate) static LISTINGS: Export = Export {
    id: "amazon-listings",
    kind: ChannelKind::Amazon,
    document: "listings",
    table: "listings",
    fields: &[
        head("title", &["item-name", "商品名"], Prose),
        need("sku", &["seller-sku", "出品者SKU"], Identifier),
        head("price", &["price", "価格"], Money),
        head("listed", &["quantity", "数量"], Count),
        head("opened", &["open-date", "出品日"], Prose),
        may("barcode", &["product-id", "商品ID"], Identifier),
        may("status", &["status", "ステータス"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(listing)),
};

/// The short inventory report: four columns, blank price and quantity for Amazon's own stock.
pub(crate) static SHORT_LISTINGS: Export = Export {
    id: "amazon-short-listings",
    fields: &[
        need("sku", &["sku"], Identifier),
        head("asin", &["asin"], Identifier),
        head("price", &["price"], Money),
        head("listed", &["quantity"], Count),
    ],
    width: Some(4),
    ..LISTINGS
};

fn listing(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.cell("sku").clone())
        .set("at", context.snapshot)
        .set("currency", context.channel_currency.as_str())
        .set("status", view.text("status").map(str::to_lowercase));
    Verdict::Facts(vec![draft])
}
