//! What buyers got back on Etsy, by the two exports that tell orders as a whole.
//!
//! Their orders are those of the sold order items and their fees those of the statement: taken from
//! here too, both would count twice. So only what no other export tells becomes a row.

use super::{STYLE, order_number};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Currency, Identifier, Money, NamedInstant, Prose};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};
use crate::types::Money as Amount;

/// Sold orders: one row per order.
pub(crate) static ORDERS: Export = Export {
    id: "etsy-orders",
    kind: ChannelKind::Etsy,
    document: "order-totals",
    table: "refund_lines",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Sale Date"], NamedInstant),
        head("items", &["Number of Items"], Prose),
        head("currency", &["Currency"], Currency),
        need("value", &["Order Value"], Money),
        may("discount", &["Discount Amount"], Money),
        may("shipping_discount", &["Shipping Discount", "Delivery Discount"], Money),
        may("shipping", &["Shipping", "Delivery"], Money),
        may("tax", &["Sales Tax"], Money),
        need("total", &["Order Total"], Money),
        head("status", &["Status"], Prose),
        may("adjusted", &["Adjusted Order Total"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(order)),
};

/// An adjusted total of nothing is written for orders without an adjustment and for some that went
/// back whole, so only one between nothing and the total tells a refund.
fn order(view: &View<'_>, context: &Context) -> Verdict {
    let (total, adjusted) = (view.money("total").unwrap_or_default(), view.money("adjusted").unwrap_or_default());
    if adjusted > Amount::ZERO && adjusted < total {
        return Verdict::Facts(vec![refund(view, total - adjusted, context)]);
    }
    Verdict::Structure("order without a refund")
}

/// Direct checkout payments: one row per payment.
pub(crate) static PAYMENTS: Export = Export {
    id: "etsy-payments",
    document: "payments",
    fields: &[
        need("payment", &["Payment ID"], Identifier),
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Order Date"], NamedInstant),
        need("gross", &["Gross Amount"], Money),
        need("fees", &["Fees"], Money),
        need("net", &["Net Amount"], Money),
        head("currency", &["Currency"], Currency),
        may("refund", &["Refund Amount"], Money),
    ],
    shape: |_| Box::new(ByRow(payment)),
    ..ORDERS
};

fn payment(view: &View<'_>, context: &Context) -> Verdict {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    if amount("gross") - amount("fees").abs() != amount("net") {
        return Complaint::new("net", "control_total", "net is not gross less fees").into();
    }
    match amount("refund").abs() {
        Amount::ZERO => Verdict::Structure("payment without a refund"),
        refunded => Verdict::Facts(vec![refund(view, refunded, context)]),
    }
}

/// Both exports tell one refund per order under one name, and neither says when it was: it stands on
/// the order's day, with its part of the tax.
fn refund(view: &View<'_>, amount: Amount, context: &Context) -> Draft {
    let order = order_number(view.text("order_id").unwrap_or_default());
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", order)
        .set("line_id", "order")
        .set("order_id", order)
        .set("refunded_at", view.cell("ordered_at").clone())
        .set("exported_at", context.exported_after(view.instant("ordered_at")))
        .set("amount", amount)
        .set("tax_included", true)
        .set("currency", view.text("currency").unwrap_or(context.shop_currency.as_str()))
        .set("disposition", "unknown")
}
