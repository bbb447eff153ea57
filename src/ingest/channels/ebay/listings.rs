//! What eBay shows and how many of it.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Money, Prose, TabbedIdentifier};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByGroup, Draft, Verdict, View};

/// Active listings; one with variations has a row for all of them above theirs.
pub(crate) static LISTINGS: Export = Export {
    id: "ebay-listings",
    kind: ChannelKind::Ebay,
    document: "listings",
    table: "listings",
    fields: &[
        need("item", &["Item number"], TabbedIdentifier),
        head("title", &["Title"], Prose),
        head("variation", &["Variation details"], Prose),
        head("sku", &["Custom label (SKU)", "Custom label"], TabbedIdentifier),
        need("listed", &["Available quantity"], Count),
        head("currency", &["Currency"], Currency),
        head("start_price", &["Start price"], Money),
        may("current_price", &["Current price"], Money),
        may("barcode", &["P:UPC"], TabbedIdentifier),
        may("barcode_of_europe", &["P:EAN"], TabbedIdentifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("item"),
    totals: &[],
    shape: |_| Box::new(ByGroup(listings)),
};

fn listings(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let has_parent = views.len() > 1 && views[1..].iter().all(|view| is_among(view, &views[0]));
    let mut verdicts: Vec<Verdict> = views.iter().map(|view| listing(view, views.len() > 1, context)).collect();
    if has_parent {
        verdicts[0] = Verdict::Structure("listing above its variations");
    }
    verdicts
}

/// Whether a row is one of the variations of the row above: `Color=Red` of `Color=Red;Blue`.
fn is_among(view: &View<'_>, above: &View<'_>) -> bool {
    let (own, all) = (values(view), values(above));
    own != all && !own.is_empty() && (all.is_empty() || own.iter().all(|value| all.contains(value)))
}

fn values<'a>(view: &View<'a>) -> Vec<&'a str> {
    let details = view.text("variation").unwrap_or_default();
    details.split([';', '=', ',', '|', '[', ']', ':']).map(str::trim).filter(|value| !value.is_empty()).collect()
}

fn listing(view: &View<'_>, varies: bool, context: &Context) -> Verdict {
    let item = view.text("item").unwrap_or_default();
    let named = match view.text("variation").filter(|_| varies) {
        Some(variation) => format!("{item} {variation}"),
        None => item.to_owned(),
    };
    let number = view.text("sku").map_or(named, str::to_owned);
    let listing = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", number.as_str())
        .set("at", context.snapshot)
        .set("price", view.money("current_price").or(view.money("start_price")))
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("barcode", view.text("barcode").or(view.text("barcode_of_europe")))
        .set("status", "active");
    // eBay has no other export that tells its counts.
    let stock = Draft::new("channel_stock")
        .set("channel", context.channel_name())
        .set("channel_sku", number)
        .set("sku", view.cell("sku").clone())
        .set("location", context.pool.as_str())
        .set("reported_at", context.snapshot)
        .set("listed", view.cell("listed").clone())
        .set("available", view.cell("listed").clone());
    Verdict::Facts(vec![listing, stock])
}
