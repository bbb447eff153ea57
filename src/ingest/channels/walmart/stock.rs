//! What Walmart shows and keeps.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Money, Prose, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Draft, Verdict, View};

/// The item report.
pub(crate) static ITEMS: Export = Export {
    id: "walmart-items",
    kind: ChannelKind::Walmart,
    document: "listings",
    table: "listings",
    fields: &[
        need("sku", &["SKU"], Identifier),
        need("item", &["Item ID"], Identifier),
        head("title", &["Product Name"], Prose),
        head("lifecycle", &["Lifecycle Status"], Prose),
        head("status", &["Publish Status"], Word(STATUS)),
        head("price", &["Price"], Money),
        may("currency", &["Currency"], Currency),
        may("list_price", &["MSRP"], Money),
        may("upc", &["UPC"], Identifier),
        may("gtin", &["GTIN"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(item)),
};

const STATUS: &[(&str, &str)] = &[
    ("published", "active"),
    ("ready_to_publish", "inactive"),
    ("ready to publish", "inactive"),
    ("in_progress", "inactive"),
    ("in progress", "inactive"),
    ("stage", "draft"),
    ("unpublished", "inactive"),
    ("system_problem", "suspended"),
    ("system problem", "suspended"),
];

fn item(view: &View<'_>, context: &Context) -> Verdict {
    let lives = !view.text("lifecycle").is_some_and(|word| {
        let word = word.to_lowercase();
        word.contains("retired") || word.contains("archived")
    });
    let draft = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.cell("sku").clone())
        .set("at", context.snapshot)
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("barcode", view.text("upc").or(view.text("gtin")))
        .set("status", if lives { view.text("status") } else { Some("inactive") });
    Verdict::Facts(vec![draft])
}

/// Counts in Walmart's own warehouses.
pub(crate) static INVENTORY: Export = Export {
    id: "walmart-inventory",
    kind: ChannelKind::Walmart,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        need("sku", &["SKU"], Identifier),
        need("item", &["Item ID"], Identifier),
        need("available", &["Available units"], Count),
        head("reserved", &["Reserved units"], Count),
        head("inbound", &["Inbound units"], Count),
        head("damaged", &["Unavailable units"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(counts)),
};

fn counts(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("channel_stock")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.cell("sku").clone())
        .set("location", context.warehouse.as_str())
        .set("listed", view.cell("available").clone())
        .set("reported_at", context.snapshot);
    Verdict::Facts(vec![draft])
}
