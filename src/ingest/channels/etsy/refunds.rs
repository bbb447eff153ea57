//! What orders came to on Etsy and what buyers got back, by the two exports that tell orders as a whole.
//!
//! Their orders are those of the sold order items and their fees those of the statement: taken from
//! here too, both would count twice. So only what no other export tells becomes a row, such as what was
//! paid for gift wrapping, which stands on none of the items.

use super::{STYLE, order_number};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Currency, Identifier, Instant, Money, Prose};
use crate::ingest::channels::after_step;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, total as sum_of};
use crate::types::Money as Amount;

/// Sold orders: one row per order.
pub(crate) static ORDERS: Export = Export {
    id: "etsy-orders",
    kind: ChannelKind::Etsy,
    document: "order-totals",
    table: "orders",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Sale Date"], Instant),
        head("items", &["Number of Items"], Prose),
        head("currency", &["Currency"], Currency),
        need("value", &["Order Value"], Money),
        may("discount", &["Discount Amount"], Money),
        may("shipping_discount", &["Shipping Discount", "Delivery Discount"], Money),
        may("shipping", &["Shipping", "Delivery"], Money),
        may("tax", &["Sales Tax"], Money),
        need("total", &["Order Total"], Money),
        head("status", &["Status"], Prose),
        may("payment_method", &["Payment Method"], Prose),
        may("adjusted", &["Adjusted Order Total"], Money),
        may("shipped_at", &["Date Shipped", "Date Posted"], Instant),
        may("country", &["Ship Country", "Delivery Country"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(order)),
};

/// What the order came to; and what went back of it. An adjusted total of nothing is written for orders
/// without an adjustment and for some that went back whole, so only one between nothing and the total
/// tells a refund.
fn order(view: &View<'_>, context: &Context) -> Verdict {
    let status = is_cancelled(view).then_some("cancelled");
    let (total, adjusted) = (view.money("total").unwrap_or_default(), view.money("adjusted").unwrap_or_default());
    let stated = Draft::new("orders")
        .with(view)
        .set("channel", context.channel_name())
        .set("order_id", order_number(view.text("order_id").unwrap_or_default()))
        .set("updated_at", view.cell("ordered_at"))
        .set("exported_at", context.exported_after(view.instant("ordered_at")))
        .set("total_of", "all")
        .set("status", status)
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()));
    let back = (adjusted > Amount::ZERO && adjusted < total).then(|| refund(view, total - adjusted, context));
    let wrap = wrapping(view, total).map(|amount| gift_wrap(view, amount, context));
    Verdict::Facts([Some(stated), back, wrap].into_iter().flatten().collect())
}

/// The items of the order, which stand in another export, do not say so themselves.
fn is_cancelled(view: &View<'_>) -> bool {
    view.text("status").is_some_and(|status| status.to_lowercase().starts_with("cancel"))
}

/// What the total has beyond the goods, their discount, the shipping and the tax: of what an order on Etsy
/// holds only gift wrapping has no column (help.etsy.com, "How Are Sales & Credits in My Payment Account
/// Calculated?", read 2026-12-01). A rest that is one of the discounts is no such price: what it was taken
/// off is stated without it. The queries take the line only beside the order's goods.
fn wrapping(view: &View<'_>, total: Amount) -> Option<Amount> {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let (of_goods, of_shipping) = (amount("discount").abs(), amount("shipping_discount").abs());
    let off = of_goods.checked_add(of_shipping)?;
    let parts = [amount("value"), amount("shipping"), amount("tax"), -off];
    let rest = total.checked_add(-sum_of(parts)?)?;
    Some(rest).filter(|rest| *rest > Amount::ZERO && ![of_goods, of_shipping, off].contains(rest))
}

fn gift_wrap(view: &View<'_>, amount: Amount, context: &Context) -> Draft {
    let status = match () {
        () if is_cancelled(view) => "cancelled",
        () if view.is_known("shipped_at") => "shipped",
        () => "paid",
    };
    let newest = view.instant("shipped_at").or(view.instant("ordered_at"));
    let updated = newest.map(|at| after_step(at, status));
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", order_number(view.text("order_id").unwrap_or_default()))
        .set("line_id", "gift_wrap")
        .set("ordered_at", view.cell("ordered_at"))
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("title", "Gift wrap")
        .set("quantity", 1)
        .set("unit_price", amount)
        .set("gross", amount)
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", view.cell("country"))
        .set("kind", "gift_wrap")
}

/// Direct checkout payments: one row per payment.
pub(crate) static PAYMENTS: Export = Export {
    id: "etsy-payments",
    document: "payments",
    table: "refund_lines",
    fields: &[
        need("payment", &["Payment ID"], Identifier),
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Order Date"], Instant),
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

/// Both exports tell all that went back of an order so far, under one name, and neither says when it
/// was: it stands on the order's day, with its part of the tax.
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
        .set("cumulative", true)
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("disposition", "unknown")
}
