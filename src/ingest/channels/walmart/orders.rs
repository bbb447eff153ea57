//! What was ordered on Walmart.

use super::{STYLE, order_number};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::after_step;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};
use crate::types::Money as Amount;

/// One row per line of a purchase order; a customer's order can be several of these.
pub(crate) static ORDERS: Export = Export {
    id: "walmart-orders",
    kind: ChannelKind::Walmart,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("purchase", &["PO#"], Identifier),
        need("order_id", &["Order#"], Identifier),
        need("ordered_at", &["Order Date"], Instant),
        need("position", &["Line#"], Identifier),
        need("status", &["Status"], Word(STATUS)),
        head("title", &["Item Description"], Prose),
        need("quantity", &["Qty"], Count),
        head("sku", &["SKU"], Identifier),
        head("cost", &["Item Cost"], Money),
        may("shipping_charged", &["Shipping Cost"], Money),
        may("tax", &["Tax"], Money),
        may("entity", &["Fulfillment Entity"], Prose),
        may("replacement", &["Replacement Order"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(line)),
};

/// Walmart releases an order to the seller once it is paid. Source: "Order lifecycle and status" and
/// `orderLineStatuses`, developer.walmart.com, read 2026-12-01.
const STATUS: &[(&str, &str)] = &[
    ("created", "paid"),
    ("acknowledged", "paid"),
    ("shipped", "shipped"),
    ("delivered", "completed"),
    ("cancelled", "cancelled"),
    ("canceled", "cancelled"),
    ("refund", "refunded"),
];

/// Whether `Item Cost` is a unit's or the line's is not known beyond doubt. It is taken as the
/// line's, as the reconciliation report tells the same price by line.
fn line(view: &View<'_>, context: &Context) -> Verdict {
    let text = |name: &str| view.text(name).unwrap_or_default();
    let (Some(order), Some(purchase)) = (order_number(text("order_id")), order_number(text("purchase"))) else {
        let reason = "a spreadsheet has rounded the number; which order it was cannot be told";
        return Complaint::new("order_id", "rounded_number", reason).into();
    };
    let by_walmart = ["wfs", "walmart"].iter().any(|word| text("entity").to_lowercase().contains(word));
    let quantity = view.count("quantity").unwrap_or_default();
    let status = text("status");
    let is_replacement = ["yes", "y", "true"].contains(&text("replacement").to_lowercase().as_str());
    // The buyer has paid with the order that it replaces.
    let gross = view.money("cost").or(is_replacement.then_some(Amount::ZERO));
    let draft = Draft::new("order_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("order_id", order)
        .set("line_id", format!("{purchase}/{}", text("position")))
        .set("updated_at", view.instant("ordered_at").map(|at| after_step(at, status)))
        .set("channel_sku", view.text("sku").or(view.text("title")))
        .set("unit_price", gross.and_then(|gross| gross.divided_by(quantity)))
        .set("gross", gross)
        .set("discount", gross.filter(|_| is_replacement))
        .set("currency", context.channel_currency.as_str())
        .set("currency_assumed", true)
        .set("fulfilment", if by_walmart { "channel" } else { "seller" })
        .set("location", if by_walmart { context.warehouse.as_str() } else { context.pool.as_str() });
    Verdict::Facts(vec![draft])
}
