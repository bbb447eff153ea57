//! What was ordered and what came back.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Quantity, Word};
use crate::ingest::channels::words::containing;
use crate::ingest::channels::{after_step, named_by_content};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Verdict, View, line_names};
use crate::types::Money as Amount;

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
        head("gross", &["item-price"], Money),
        may("item_tax", &["item-tax"], Money),
        may("shipping_charged", &["shipping-price"], Money),
        may("shipping_tax", &["shipping-tax"], Money),
        may("item_discount", &["item-promotion-discount"], Money),
        may("shipping_discount", &["ship-promotion-discount"], Money),
        may("country", &["ship-country"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    totals: &[],
    shape: |_| Box::new(ByGroup(orders)),
};

const STATUS: &[(&str, &str)] = &[
    ("pending", "pending"),
    ("pendingavailability", "pending"),
    ("pending - waiting for pick up", "paid"),
    ("unshipped", "paid"),
    ("partiallyshipped", "paid"),
    ("partially shipped", "paid"),
    ("invoiceunconfirmed", "paid"),
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
];

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let keys: Vec<(&str, _)> = views
        .iter()
        .map(|view| (view.text("sku").unwrap_or_default(), (view.money("gross"), view.count("quantity"))))
        .collect();
    let names = line_names(&keys);
    views.iter().zip(names).map(|(view, name)| order_line(view, &name, context)).collect()
}

fn order_line(view: &View<'_>, name: &str, context: &Context) -> Verdict {
    let quantity = view.count("quantity").unwrap_or_default();
    let gross = view.money("gross");
    // An order can have left while one of its items was cancelled.
    let cancelled = [view.text("item_status"), view.text("status")].contains(&Some("cancelled"));
    let status = if cancelled { "cancelled" } else { view.text("status").unwrap_or_default() };
    let fulfilment = fulfilment(view);
    let from = if fulfilment == "seller" { context.pool.as_str() } else { context.warehouse.as_str() };
    let updated = view.instant("last_updated").or(view.instant("ordered_at"));
    let currency = view.text("currency").unwrap_or(context.shop_currency.as_str());
    let draft = Draft::new("order_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("line_id", view.text("item").unwrap_or(name))
        .set("updated_at", updated.map(|at| after_step(at, status)))
        .set("channel_sku", view.cell("sku").clone())
        .set("unit_price", gross.and_then(|gross| gross.divided_by(quantity)))
        .set("discount", sum(view, &["item_discount", "shipping_discount"]).map(Amount::abs))
        .set("tax", sum(view, &["item_tax", "shipping_tax"]))
        .set("currency", currency)
        .set("status", status)
        .set("fulfilment", fulfilment)
        .set("location", from);
    Verdict::Facts(vec![draft])
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

fn sum(view: &View<'_>, names: &[&str]) -> Option<Amount> {
    let known: Vec<Amount> = names.iter().filter_map(|name| view.money(name)).collect();
    (!known.is_empty()).then(|| known.into_iter().sum())
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
