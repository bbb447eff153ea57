//! What was ordered and what came back.

use super::STYLE;
use super::marketplaces;
use super::prices::{DISCOUNTED, Prices};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Quantity, Word};
use crate::ingest::channels::words::containing;
use crate::ingest::channels::{after_step, named_by_content};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::notes::Note;
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Verdict, View, line_names};
use crate::types::{self, Money as Amount};

/// One row per item; prices are of all its units, and blank while an order is pending.
pub(crate) static ORDERS: Export = Export {
    id: "amazon-orders",
    kind: ChannelKind::Amazon,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("order_id", &["amazon-order-id"], Identifier),
        need("ordered_at", &["purchase-date"], Instant),
        may("last_updated", &["last-updated-date"], Instant),
        need("status", &["order-status"], Word(STATUS)),
        may("item", &["order-item-id"], Identifier),
        may("fulfilment", &["fulfillment-channel"], Prose),
        may("marketplace", &["sales-channel"], Prose),
        may("title", &["product-name"], Prose),
        need("sku", &["sku"], Identifier),
        may("item_status", &["item-status"], Word(STATUS)),
        need("quantity", &["quantity"], Count),
        may("currency", &["currency"], Currency),
        head("item_price", &["item-price"], Money),
        may("item_tax", &["item-tax"], Money),
        may("shipping_price", &["shipping-price"], Money),
        may("shipping_tax", &["shipping-tax"], Money),
        may("wrap_price", &["gift-wrap-price"], Money),
        may("wrap_tax", &["gift-wrap-tax"], Money),
        may("item_without_tax", &["vat-exclusive-item-price"], Money),
        may("shipping_without_tax", &["vat-exclusive-shipping-price"], Money),
        may("wrap_without_tax", &["vat-exclusive-giftwrap-price"], Money),
        may("item_discount", &["item-promotion-discount"], Money),
        may("shipping_discount", &["ship-promotion-discount"], Money),
        may("promotions", &["promotion-ids"], Prose),
        may("replacement", &["is-replacement-order"], Prose),
        may("country", &["ship-country"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { discounted: DISCOUNTED, ..STYLE },
    group: Some("order_id"),
    totals: &[],
    shape: |_| Box::new(ByGroup(orders)),
};

/// Amazon's states of an order and of an item, and those of Easy Ship in India. Nobody has paid for
/// a pending order, or been trusted to: its payment is not authorized. An unconfirmed invoice is one
/// of goods that have left. Source: `OrderStatus` and `EasyShipShipmentStatus` of the Orders API v0,
/// developer-docs.amazon.com/sp-api, read 2026-12-01.
const STATUS: &[(&str, &str)] = &[
    ("pending", "unpaid"),
    ("pendingavailability", "unpaid"),
    ("pending - waiting for pick up", "paid"),
    ("unshipped", "unshipped"),
    ("partiallyshipped", "paid"),
    ("partially shipped", "paid"),
    ("invoiceunconfirmed", "shipped"),
    ("shipping", "shipped"),
    ("shipped", "shipped"),
    ("complete", "completed"),
    ("shipped - picked up", "shipped"),
    ("shipped - out for delivery", "shipped"),
    ("shipped - delivered to buyer", "completed"),
    ("shipped - rejected by buyer", "shipped"),
    ("shipped - returning to seller", "shipped"),
    ("shipped - returned to seller", "shipped"),
    ("shipped - undeliverable", "shipped"),
    ("shipped - lost in transit", "shipped"),
    ("shipped - damaged", "shipped"),
    ("cancelled", "cancelled"),
    ("canceled", "cancelled"),
    ("unfulfillable", "cancelled"),
];

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let keys: Vec<(&str, _)> = views
        .iter()
        .map(|view| (view.text("sku").unwrap_or_default(), (view.money("item_price"), view.count("quantity"))))
        .collect();
    let names = line_names(&keys);
    views.iter().zip(names).map(|(view, name)| order_line(view, &name, context)).collect()
}

fn order_line(view: &View<'_>, name: &str, context: &Context) -> Verdict {
    let marketplace = view.text("marketplace").unwrap_or_default();
    let told = view.text("currency").or(marketplaces::currency(marketplace));
    let currency = told.unwrap_or(context.channel_currency.as_str());
    let hold_tax = marketplaces::prices_hold_tax(marketplace, currency);
    let decimals = currency.parse().map_or(2, types::Currency::decimals);
    let Some(prices) = Prices::of(view, hold_tax, decimals, context) else {
        return Complaint::overflow("item_price").into();
    };
    let (quantity, status, fulfilment) = (view.count("quantity").unwrap_or_default(), status(view), fulfilment(view));
    let gross = prices.gross.or_else(|| is_free_of_charge(view, status).then_some(Amount::ZERO));
    let is_given = quantity > 0 && gross.is_some_and(|gross| gross.is_zero() || prices.is_free);
    let from = if fulfilment == "seller" { context.pool.as_str() } else { context.warehouse.as_str() };
    let updated = view.instant("last_updated").or(view.instant("ordered_at"));
    let draft = Draft::new("order_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("line_id", view.text("item").unwrap_or(name))
        .set("updated_at", updated.map(|at| after_step(at, status)))
        .set("channel_sku", view.cell("sku").clone())
        .set("unit_price", gross.and_then(|gross| gross.divided_by(quantity)))
        .set("gross", gross)
        .set("discount", prices.discount)
        .set("shipping_charged", prices.shipping)
        .set("tax", prices.tax)
        .set("currency", currency)
        .set("currency_assumed", (told.is_none() && prices.gross.is_some()).then_some(true))
        .set("status", status)
        .set("kind", if is_given { "giveaway" } else { "article" })
        .set("fulfilment", fulfilment)
        .set("location", from)
        .noted(prices.doubt.and_then(|doubt| Some(Note::DiscountedTax(doubt, currency.parse().ok()?))));
    Verdict::Facts(vec![draft])
}

/// The state of an item: it can have been cancelled while the rest of its order left.
fn status<'a>(view: &View<'a>) -> &'a str {
    let cancelled = [view.text("item_status"), view.text("status")].contains(&Some("cancelled"));
    if cancelled { "cancelled" } else { view.text("status").unwrap_or_default() }
}

/// Whether an item without a price left for nothing: as a replacement ("a zero value replacement
/// order", amzn/selling-partner-api-docs, issue 765) or by a promotion that takes the whole price.
fn is_free_of_charge(view: &View<'_>, status: &str) -> bool {
    let has_left = ["shipped", "completed"].contains(&status);
    let is_replacement = view.text("replacement").is_some_and(|said| said.eq_ignore_ascii_case("true"));
    has_left && !view.is_known("item_price") && (is_replacement || view.is_known("promotions"))
}

/// Orders of other channels that Amazon ships are no demand of this one.
fn fulfilment(view: &View<'_>) -> &'static str {
    let starts = |name: &str, start: &str| view.text(name).is_some_and(|text| text.to_lowercase().starts_with(start));
    match () {
        () if starts("marketplace", "non-amazon") => "other_channel",
        () if starts("fulfilment", "amazon") || starts("fulfilment", "afn") => "channel",
        () => "seller",
    }
}

/// What came back to Amazon's warehouses; the settlement tells the money.
pub(crate) static RETURNS: Export = Export {
    id: "amazon-returns",
    kind: ChannelKind::Amazon,
    document: "returns",
    table: "refund_lines",
    fields: &[
        need("refunded_at", &["return-date"], Instant),
        need("order_id", &["order-id"], Identifier),
        need("sku", &["sku"], Identifier),
        need("quantity", &["quantity"], Quantity),
        need("disposition", &["detailed-disposition"], Prose),
        may("reason", &["reason"], Prose),
        may("plate", &["license-plate-number"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(returned)),
};

const DISPOSITION: &[(&str, &str)] =
    &[("sellable", "sellable"), ("defective", "defective"), ("expired", "defective"), ("damaged", "damaged")];

fn returned(view: &View<'_>, context: &Context) -> Verdict {
    let disposition = view.text("disposition").unwrap_or_default();
    // "UNSELLABLE" holds "SELLABLE" and is not.
    let known = (!disposition.to_lowercase().starts_with("un")).then(|| containing(disposition, DISPOSITION)).flatten();
    let Some(at) = view.instant("refunded_at") else { return Complaint::missing("refunded_at").into() };
    let text = |name: &str| view.text(name).unwrap_or_default();
    let said = [text("sku"), text("plate"), disposition];
    let draft = Draft::new("refund_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("refund_id", text("order_id"))
        .set("line_id", named_by_content(text("order_id"), at, &said))
        .set("channel_sku", view.cell("sku").clone())
        .set("disposition", known.unwrap_or("unknown"));
    Verdict::Facts(vec![draft])
}
