//! Orders as the Customer/Order/Coupon Export plugin writes them: a row per line, or a row per
//! order with its lines packed into one cell.

use super::STATUS;
use super::fees::Fees;
use super::lines::Line;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::{after_step, beside};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Style, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Verdict, View};
use crate::ingest::totals::{self, Total};
use crate::types::Money as Amount;

const ORDER: [Field; 16] = [
    need("order_key", &["order_id"], Identifier),
    head("order_number", &["order_number"], Identifier),
    may("order_number_formatted", &["order_number_formatted"], Identifier),
    need("ordered_at", &["date"], Instant),
    need("status", &["status"], Word(STATUS)),
    may("shipping_total", &["shipping_total"], Money),
    may("shipping_tax", &["shipping_tax_total"], Money),
    need("order_total", &["order_total"], Money),
    may("currency", &["order_currency"], Currency),
    may("country", &["shipping_country"], Identifier),
    may("fee_total", &["fee_total"], Money),
    may("fee_tax", &["fee_tax_total"], Money),
    may("fee_items", &["fee_items"], Prose),
    may("taxes", &["tax_total"], Money),
    may("went_back", &["refunded_total"], Money),
    may("payment_method", &["payment_method"], Prose),
];

/// The fields of an order, and more.
const fn order_and<const MORE: usize, const ALL: usize>(more: [Field; MORE]) -> [Field; ALL] {
    let mut all = [ORDER[0]; ALL];
    let mut place = 0;
    while place < ALL {
        all[place] = if place < ORDER.len() { ORDER[place] } else { more[place - ORDER.len()] };
        place += 1;
    }
    all
}

const ITEM_FIELDS: [Field; 25] = order_and([
    need("item", &["item_id"], Identifier),
    head("sku", &["item_sku"], Identifier),
    head("title", &["item_name"], Prose),
    need("quantity", &["item_quantity"], Count),
    need("subtotal", &["item_subtotal"], Money),
    need("total", &["item_total"], Money),
    may("tax", &["item_total_tax"], Money),
    may("refunded", &["item_refunded"], Money),
    may("refunded_units", &["item_refunded_qty"], Count),
]);

const PACKED_FIELDS: [Field; 17] = order_and([need("line_items", &["line_items"], Prose)]);

/// `default_one_row_per_item`: what concerns the whole order is repeated on every row of it.
pub(crate) static ORDER_ITEMS: Export = Export {
    id: "woocommerce-order-items",
    kind: ChannelKind::Woocommerce,
    document: "orders",
    table: "order_lines",
    fields: &ITEM_FIELDS,
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_key"),
    totals: &[Total::all("order_total")],
    shape: |_| Box::new(ByGroup(rows_of_order)),
};

/// `default`: a row per order.
pub(crate) static ORDERS: Export = Export {
    id: "woocommerce-orders",
    fields: &PACKED_FIELDS,
    never: &["item_id"],
    group: None,
    shape: |_| Box::new(ByRow(packed_order)),
    ..ORDER_ITEMS
};

/// Amounts have points and days are written year first, whatever the shop's language.
const STYLE: Style = Style { refuses_undecided_dates: false, ..Style::POINT };

fn rows_of_order(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let lines: Vec<Line> = views.iter().map(Line::of_row).collect();
    match drafts(&views[0], &lines, context) {
        Ok(drafts) => drafts.into_iter().map(Verdict::Facts).collect(),
        Err(complaint) => views.iter().map(|_| complaint.clone().into()).collect(),
    }
}

fn packed_order(view: &View<'_>, context: &Context) -> Verdict {
    let lines = Line::of_cell(view.text("line_items").unwrap_or_default(), &view.locale(context));
    let drafts = lines.and_then(|lines| match lines.is_empty() {
        true => Err(Complaint::missing("line_items")),
        false => drafts(view, &lines, context),
    });
    drafts.map_or_else(Verdict::from, |drafts| Verdict::Facts(drafts.concat()))
}

/// The rows of each line: the sale, and what of it was refunded; with the first what stands on the
/// order and on none of its lines.
fn drafts(order: &View<'_>, lines: &[Line], context: &Context) -> Result<Vec<Vec<Draft>>, Complaint> {
    let fees = Fees::of(order, &order.locale(context))?;
    let worth: Vec<i64> = lines.iter().map(|line| beside::weight(line.total)).collect();
    let shipping = beside::Shared::of(order.money("shipping_total"), &worth);
    let tax = beside::Shared::of(tax_of_order(order, lines, &fees), &worth);
    let discount = beside::Shared::of(Some(fees.discount), &worth);
    // Beside a total of the whole order that is a part of it.
    let is_all_told = went_back(order).is_none().then_some(true);
    let each = lines.iter().enumerate().map(|(index, line)| {
        let sale = sale(order, line, context)
            .set("discount", beside::sum(Some(line.subtotal - line.total), discount.at(index)))
            .set("shipping_charged", shipping.at(index))
            .set("tax", beside::sum(line.tax, tax.at(index)));
        let back = line.came_back().then(|| refund(order, line, context).set("cumulative", is_all_told));
        [Some(sale), back].into_iter().flatten().collect()
    });
    let mut drafts: Vec<Vec<Draft>> = each.collect();
    let more = of_order(order, &drafts[0][0], fees);
    drafts[0].extend(more);
    Ok(drafts)
}

/// The tax that stands on no line: of the shipping and of fees that are discounts; and all of it but
/// that of other fees where the lines tell none.
fn tax_of_order(order: &View<'_>, lines: &[Line], fees: &Fees) -> Option<Amount> {
    let beside: Amount = fees.lines.values().map(|(_, tax)| *tax).sum();
    if lines.iter().all(|line| line.tax.is_none()) && order.is_known("taxes") {
        return order.money("taxes").map(|tax| tax - beside);
    }
    let shipping = order.money("shipping_tax");
    if fees.discount_tax.is_zero() { shipping } else { beside::sum(shipping, Some(-fees.discount_tax)) }
}

/// Fees that are lines of their own, what went back of the order, and what was kept of it.
fn of_order(order: &View<'_>, goods: &Draft, fees: Fees) -> Vec<Draft> {
    let lines = fees.lines.into_iter().map(|(kind, (amount, tax))| beside::line(goods, kind, amount, Some(tax)));
    let went_back = went_back(order);
    let total = order.money("order_total").unwrap_or_default();
    let tax = order.money("taxes").unwrap_or_default();
    let kept = went_back.and_then(|refunded| beside::kept(goods, total, tax, refunded));
    lines.chain(went_back.map(|amount| totals::refund_so_far(goods, amount))).chain(kept).collect()
}

/// What went back of the order so far. One in the state `refunded` went back whole, also where no
/// amount stands: WooCommerce sets it when the rest of the order was refunded.
fn went_back(order: &View<'_>) -> Option<Amount> {
    let told = order.money("went_back").filter(|amount| !amount.is_zero());
    told.or_else(|| order.money("order_total").filter(|_| order.text("status") == Some("refunded")))
}

/// What buyers and payments call the order: a plugin may number orders anew.
fn number<'a>(order: &View<'a>) -> &'a str {
    let said = ["order_number_formatted", "order_number", "order_key"].into_iter().find_map(|name| order.text(name));
    said.unwrap_or_default()
}

fn currency<'a>(order: &View<'a>, context: &'a Context) -> &'a str {
    order.text("currency").unwrap_or(context.channel_currency.as_str())
}

fn sale(order: &View<'_>, line: &Line, context: &Context) -> Draft {
    let status = order.text("status").unwrap_or_default();
    let updated = order.instant("ordered_at").map(|at| after_step(at, status));
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", number(order))
        .set("line_id", line.item.as_str())
        .set("ordered_at", order.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", line.sku.clone())
        .set("channel_sku", line.article())
        .set("title", line.title.clone())
        .set("quantity", line.quantity)
        .set("unit_price", line.subtotal.divided_by(line.quantity))
        .set("gross", line.subtotal)
        .set("currency", currency(order, context))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", order.cell("country").clone())
}

/// All that went back of a line so far. The export does not say when: it counts on the order's own day, so
/// that a second download says the same.
fn refund(order: &View<'_>, line: &Line, context: &Context) -> Draft {
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", number(order))
        .set("line_id", line.item.as_str())
        .set("order_id", number(order))
        .set("refunded_at", order.cell("ordered_at").clone())
        .set("exported_at", context.exported_after(order.instant("ordered_at")))
        .set("sku", line.sku.clone())
        .set("channel_sku", line.article())
        .set("quantity", line.refunded_units.abs())
        .set("amount", line.refunded.abs())
        .set("currency", currency(order, context))
        .set("disposition", "unknown")
}
