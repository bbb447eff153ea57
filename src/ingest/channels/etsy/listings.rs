//! What Etsy shows and how many of it.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Money, Prose};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, need};
use crate::ingest::shape::{ByRow, Draft, Verdict, View};

/// Active listings, one row each, its variations in one cell and its number nowhere.
pub(crate) static LISTINGS: Export = Export {
    id: "etsy-listings",
    kind: ChannelKind::Etsy,
    document: "listings",
    table: "listings",
    fields: &[
        need("title", &["TITLE"], Prose),
        need("price", &["PRICE"], Money),
        need("currency", &["CURRENCY_CODE"], Currency),
        head("listed", &["QUANTITY"], Count),
        head("tags", &["TAGS"], Prose),
        head("materials", &["MATERIALS"], Prose),
        head("skus", &["SKU"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(listing)),
};

/// The quantity is that of all variations together: with several SKUs nobody's is known.
fn listing(view: &View<'_>, context: &Context) -> Verdict {
    let mut skus: Vec<&str> =
        view.text("skus").unwrap_or_default().split(',').map(str::trim).filter(|sku| !sku.is_empty()).collect();
    skus.sort_unstable();
    skus.dedup();
    let title = view.text("title").unwrap_or_default();
    let count = view.count("listed").filter(|_| skus.len() < 2);
    let shown = |number: &str, sku: Option<&str>| {
        let listing = Draft::new("listings")
            .with(view)
            .set("channel", context.channel_name())
            .set("channel_sku", number)
            .set("at", context.snapshot)
            .set("sku", sku)
            .set("listed", count)
            .set("status", "active");
        // Etsy has no other export that tells its counts.
        let stock = count.map(|count| {
            Draft::new("channel_stock")
                .set("channel", context.channel_name())
                .set("channel_sku", number)
                .set("sku", sku)
                .set("location", context.pool.as_str())
                .set("reported_at", context.snapshot)
                .set("listed", count)
                .set("available", count)
        });
        std::iter::once(listing).chain(stock).collect::<Vec<Draft>>()
    };
    if skus.is_empty() {
        return Verdict::Facts(shown(title, None));
    }
    Verdict::Facts(skus.iter().flat_map(|sku| shown(sku, Some(sku))).collect())
}
