//! What was ordered in a BigCommerce shop.

use super::lines::{Line, articles, line};
use super::rest::{Order, Rest};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::{after_step, beside};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, line_names, total as sum_of};
use crate::ingest::totals::{self, Total};
use crate::types::Money as Amount;

/// The default template: a row per order.
pub(crate) static ORDERS: Export = Export {
    id: "bigcommerce-orders",
    kind: ChannelKind::Bigcommerce,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Order Date"], Instant),
        need("status", &["Order Status"], Word(STATUS)),
        may("subtotal_with_tax", &["Subtotal (inc tax)"], Money),
        may("subtotal", &["Subtotal (ex tax)"], Money),
        may("taxes", &["Tax Total"], Money),
        may("shipping", &["Shipping Cost (ex tax)"], Money),
        may("handling", &["Handling Cost (ex tax)"], Money),
        may("wrapping", &["Wrapping Cost (ex tax)"], Money),
        may("store_credit", &["Store Credit Redeemed"], Money),
        may("gift_certificate", &["Gift Certificate Amount Redeemed"], Money),
        may("coupon", &["Coupon Details"], Prose),
        may("fees", &["Fee Details"], Prose),
        may("total_with_tax", &["Order Total (inc tax)"], Money),
        need("order_total", &["Order Total (ex tax)"], Money),
        may("payment_method", &["Payment Method"], Prose),
        may("units", &["Total Quantity"], Count),
        may("shipped_at", &["Date Shipped"], Instant),
        may("currency", &["Order Currency Code"], Currency),
        may("country", &["Shipping Country"], Prose),
        need("products", &["Product Details"], Prose),
        may("refunded", &["Refund Amount"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style::CSV,
    group: None,
    totals: &[Total::all("total_with_tax"), Total::without_tax("order_total")],
    shape: |_| Box::new(ByRow(order)),
};

/// BigCommerce's states (docs.bigcommerce.com, REST, Get Order Statuses, read 2026-12-01). `Incomplete`
/// reached the payment and left it, `Pending` began a checkout and did not complete it, of `Awaiting
/// Payment` and of `Manual Verification Required` the payment is not confirmed; `Declined` was refused by
/// the seller.
const STATUS: &[(&str, &str)] = &[
    ("incomplete", "unpaid"),
    ("pending", "unpaid"),
    ("awaiting payment", "unpaid"),
    ("manual verification required", "unpaid"),
    ("awaiting fulfillment", "unshipped"),
    ("awaiting shipment", "unshipped"),
    ("awaiting pickup", "unshipped"),
    ("partially shipped", "paid"),
    ("disputed", "paid"),
    ("shipped", "shipped"),
    ("completed", "completed"),
    ("partially refunded", "completed"),
    ("refunded", "refunded"),
    ("cancelled", "cancelled"),
    ("declined", "cancelled"),
];

fn order(view: &View<'_>, context: &Context) -> Verdict {
    let packed = view.text("products").unwrap_or_default();
    let locale = view.locale(context);
    let lines: Result<Vec<Line>, Complaint> = articles(packed).iter().map(|text| line(text, &locale)).collect();
    let lines = match lines {
        Ok(lines) if lines.is_empty() => {
            return Complaint::new("products", "bad_products", "no `Product ID:` stands in it").into();
        }
        Ok(lines) => lines,
        Err(complaint) => return complaint.into(),
    };
    if sum_of(lines.iter().map(|line| line.total)).is_none() {
        return Complaint::overflow("products").into();
    }
    let units: i64 = lines.iter().map(|line| line.quantity).sum();
    if view.count("units").is_some_and(|told| told != units) {
        return Complaint::new("products", "control_total", format!("its lines come to {units} units")).into();
    }
    Verdict::Facts(drafts(view, &lines, context))
}

/// The lines of an order, and what stands on the order and on none of them.
fn drafts(view: &View<'_>, lines: &[Line], context: &Context) -> Vec<Draft> {
    let worth: Vec<i64> = lines.iter().map(|line| beside::weight(line.total)).collect();
    let gross = gross(view, lines, &worth);
    let rest = rest(view, gross.iter().copied().sum());
    let share = |amount: Option<Amount>| beside::Shared::of(amount, &worth);
    let (shipping, tax) = (share(view.money("shipping")), share(view.money("taxes")));
    let discount = share((!rest.discount.is_zero()).then_some(rest.discount));
    let keys: Vec<(&str, _)> = lines.iter().map(|line| (line.article(), (line.price, line.quantity))).collect();
    let names = line_names(&keys);
    let sold = lines.iter().zip(names).enumerate().map(|(index, (line, name))| {
        sale(view, line, context)
            .set("line_id", name)
            .set("unit_price", gross[index].divided_by(line.quantity))
            .set("gross", gross[index])
            .set("discount", discount.at(index))
            .set("shipping_charged", shipping.at(index))
            .set("tax", tax.at(index))
    });
    let mut drafts: Vec<Draft> = sold.collect();
    let more = of_order(view, &drafts[0], &rest);
    drafts.extend(more);
    drafts
}

/// The lines' amounts before tax. A shop whose prices hold the tax writes them so, and then they come to
/// the subtotal with tax and not to the one without.
fn gross(view: &View<'_>, lines: &[Line], worth: &[i64]) -> Vec<Amount> {
    let sum: Amount = lines.iter().map(|line| line.total).sum();
    match (view.money("subtotal"), view.money("subtotal_with_tax")) {
        (Some(without), Some(with)) if sum == with && sum != without => without.split(worth),
        _ => lines.iter().map(|line| line.total).collect(),
    }
}

/// What the order's total holds beside its goods and shipping.
fn rest(view: &View<'_>, goods: Amount) -> Rest {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    Rest::of(&Order {
        total: amount("order_total"),
        goods,
        delivery: amount("shipping") + amount("handling") + amount("wrapping"),
        credits: amount("store_credit") + amount("gift_certificate"),
        coupon: view.text("coupon"),
        has_fees: view.is_known("fees"),
    })
}

fn of_order(view: &View<'_>, goods: &Draft, rest: &Rest) -> Vec<Draft> {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let lines = [
        ("handling", amount("handling") + rest.fees),
        ("gift_wrap", amount("wrapping")),
        ("gift_card", -rest.paid_by_credit),
    ];
    let lines = lines.into_iter().filter(|(_, amount)| !amount.is_zero());
    let went_back = went_back(view);
    let kept = went_back.and_then(|back| beside::kept(goods, total(view), amount("taxes"), back));
    lines
        .map(|(kind, amount)| beside::line(goods, kind, amount, None))
        .chain(went_back.map(|amount| totals::refund_so_far(goods, amount)))
        .chain(kept)
        .collect()
}

/// What the buyer was to pay.
fn total(view: &View<'_>) -> Amount {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    view.money("total_with_tax").unwrap_or(amount("order_total") + amount("taxes"))
}

/// What went back of the order so far; all of it in the state `Refunded`, also where no amount stands.
fn went_back(view: &View<'_>) -> Option<Amount> {
    let told = view.money("refunded").filter(|amount| !amount.is_zero());
    told.or_else(|| (view.text("status") == Some("refunded")).then(|| total(view)))
}

fn currency<'a>(view: &View<'a>, context: &'a Context) -> &'a str {
    view.text("currency").unwrap_or(context.channel_currency.as_str())
}

fn sale(view: &View<'_>, line: &Line, context: &Context) -> Draft {
    let status = view.text("status").unwrap_or_default();
    let newest = [view.instant("ordered_at"), view.instant("shipped_at")].into_iter().flatten().max();
    let updated = newest.map(|at| after_step(at, status));
    let certificate = line.is_gift_certificate();
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", view.cell("order_id").clone())
        .set("ordered_at", view.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", line.sku.clone())
        .set("channel_sku", (!certificate).then(|| line.article()))
        .set("kind", certificate.then_some("gift_card"))
        .set("title", line.title.clone())
        .set("quantity", line.quantity)
        .set("currency", currency(view, context))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", view.cell("country").clone())
}
