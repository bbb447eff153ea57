//! What was ordered in a Shopify shop.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::after_step;
use crate::ingest::channels::words::{CANCEL_REASON, containing};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Place, head, may, need, place};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View, draft, line_names};
use crate::ingest::totals::Total;
use crate::lake::Cell;
use crate::types::{Money as Amount, Timestamp};

const ORDER_FIELDS: &[Field] = &[
    need("order_id", &["Name"], Identifier),
    head("financial_status", &["Financial Status"], Word(STATUS_WORDS)),
    may("paid_at", &["Paid at"], Instant),
    may("fulfilment_status", &["Fulfillment Status"], Prose),
    may("fulfilled_at", &["Fulfilled at"], Instant),
    head("currency", &["Currency"], Currency),
    may("subtotal", &["Subtotal"], Money),
    may("shipping", &["Shipping"], Money),
    may("taxes", &["Taxes"], Money),
    may("total", &["Total"], Money),
    may("discount_total", &["Discount Amount"], Money),
    need("ordered_at", &["Created at"], Instant),
    need("quantity", &["Lineitem quantity"], Count),
    head("title", &["Lineitem name"], Prose),
    need("unit_price", &["Lineitem price"], Money),
    head("sku", &["Lineitem sku"], Identifier),
    may("line_discount", &["Lineitem discount"], Money),
    may("cancelled_at", &["Cancelled at"], Instant),
    may("refunded", &["Refunded Amount"], Money),
    may("shipping_country", &["Shipping Country"], Identifier),
    may("billing_country", &["Billing Country"], Identifier),
    may("tags", &["Tags"], Prose),
    may("notes", &["Notes"], Prose),
    may("payment_method", &["Payment Method"], Prose),
];

const ORDER_ID: Place = place(ORDER_FIELDS, "order_id");
const FINANCIAL_STATUS: Place = place(ORDER_FIELDS, "financial_status");
const PAID_AT: Place = place(ORDER_FIELDS, "paid_at");
const FULFILMENT_STATUS: Place = place(ORDER_FIELDS, "fulfilment_status");
const FULFILLED_AT: Place = place(ORDER_FIELDS, "fulfilled_at");
const CURRENCY: Place = place(ORDER_FIELDS, "currency");
const SUBTOTAL: Place = place(ORDER_FIELDS, "subtotal");
const SHIPPING: Place = place(ORDER_FIELDS, "shipping");
const TAXES: Place = place(ORDER_FIELDS, "taxes");
const TOTAL: Place = place(ORDER_FIELDS, "total");
const DISCOUNT_TOTAL: Place = place(ORDER_FIELDS, "discount_total");
const ORDERED_AT: Place = place(ORDER_FIELDS, "ordered_at");
const QUANTITY: Place = place(ORDER_FIELDS, "quantity");
const TITLE: Place = place(ORDER_FIELDS, "title");
const UNIT_PRICE: Place = place(ORDER_FIELDS, "unit_price");
const SKU: Place = place(ORDER_FIELDS, "sku");
const LINE_DISCOUNT: Place = place(ORDER_FIELDS, "line_discount");
const CANCELLED_AT: Place = place(ORDER_FIELDS, "cancelled_at");
const REFUNDED: Place = place(ORDER_FIELDS, "refunded");
const SHIPPING_COUNTRY: Place = place(ORDER_FIELDS, "shipping_country");
const BILLING_COUNTRY: Place = place(ORDER_FIELDS, "billing_country");
const TAGS: Place = place(ORDER_FIELDS, "tags");
const NOTES: Place = place(ORDER_FIELDS, "notes");

/// What Shopify says of the money, and what that makes the order.
const STATUS_WORDS: &[(&str, &str)] = &[
    ("pending", "pending"),
    ("authorized", "pending"),
    ("partially_paid", "pending"),
    ("expired", "cancelled"),
    ("voided", "cancelled"),
    ("paid", "paid"),
    ("partially_refunded", "paid"),
    ("refunded", "refunded"),
];

/// One row per line; what concerns the order as a whole stands on its first row alone.
pub(crate) static ORDERS: Export = Export {
    id: "shopify-orders",
    kind: ChannelKind::Shopify,
    document: "orders",
    table: "order_lines",
    fields: ORDER_FIELDS,
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    totals: &[Total::all("total")],
    shape: |_| Box::new(ByGroup(orders)),
};

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = views[0];
    if !first.is_known(FINANCIAL_STATUS) || !first.is_known(CURRENCY) {
        let complaint =
            Complaint::new("financial_status", "orphan_continuation", "the order's first row does not stand before it");
        return vec![complaint.into(); views.len()];
    }
    let gross: Option<Vec<Amount>> = views.iter().map(gross_of).collect();
    let Some(gross) = gross else {
        let complaint = Complaint::new("unit_price", "money_overflow", "price times quantity is beyond any amount");
        return vec![complaint.into(); views.len()];
    };
    let weights: Vec<i64> = gross.iter().map(|amount| amount.ten_thousandths().max(0)).collect();
    let share = |field: Place| first.money(field).map(|amount| amount.split(&weights));
    let (shipping, tax) = (share(SHIPPING), share(TAXES));
    let Some(discount) = discounts(views, &gross, &weights) else {
        return vec![Complaint::overflow("unit_price").into(); views.len()];
    };
    let gross = match &tax {
        Some(tax) if prices_hold_tax(&first) => gross.iter().zip(tax).map(|(gross, tax)| *gross - *tax).collect(),
        _ => gross,
    };
    let keys: Vec<(&str, _)> =
        views.iter().map(|view| (article(view), (view.money(UNIT_PRICE), view.count(QUANTITY)))).collect();
    let names = line_names(&keys);
    let mut refund = refund(&first, &gross, discount.as_deref().unwrap_or_default(), context);
    let country = first.text(SHIPPING_COUNTRY).or(first.text(BILLING_COUNTRY));
    let status = status(&first);
    let reason = (status == "cancelled").then(|| cancel_reason(&first)).flatten();
    let updated = updated_at(&first, status);
    let exported = context.exported_after(updated);
    (0..views.len())
        .map(|index| {
            let view = &views[index];
            let sku = view.text(SKU);
            let draft = draft!(
                "order_lines",
                "channel": context.channel_name(),
                "order_id": view.cell(ORDER_ID).clone(),
                "line_id": names[index].as_str(),
                "ordered_at": view.cell(ORDERED_AT).clone(),
                "updated_at": updated,
                "exported_at": exported,
                "sku": sku,
                "channel_sku": sku.or(view.text(TITLE)),
                "title": view.cell(TITLE).clone(),
                "quantity": view.cell(QUANTITY).clone(),
                "unit_price": view.cell(UNIT_PRICE).clone(),
                "gross": gross[index],
                "discount": discount.as_ref().map(|parts| parts[index]),
                "shipping_charged": shipping.as_ref().map(|parts| parts[index]),
                "tax": tax.as_ref().map(|parts| parts[index]),
                "currency": first.cell(CURRENCY).clone(),
                "status": Cell::word(status),
                "cancel_reason": reason.map(Cell::word),
                "fulfilment": Cell::word("seller"),
                "location": context.pool.as_str(),
                "country": country,
            );
            match refund.take() {
                Some(refund) => Verdict::Facts(vec![draft, refund]),
                None => Verdict::Fact(draft),
            }
        })
        .collect()
}

/// What the buyer got back of the order, without its share of the tax, as sales are told. The export
/// does not date it: it stands where the order was cancelled, else where it
/// left, else where it was made.
fn refund(first: &View<'_>, gross: &[Amount], discount: &[Amount], context: &Context) -> Option<Draft> {
    let refunded = first.money(REFUNDED).filter(|amount| *amount > Amount::ZERO)?;
    let weight = |amount: Option<Amount>| i128::from(amount.unwrap_or_default().ten_thousandths());
    let sum = |amounts: &[Amount]| amounts.iter().map(|amount| weight(Some(*amount))).sum::<i128>();
    let goods = sum(gross) - sum(discount) + weight(first.money(SHIPPING));
    let parts = [goods, weight(first.money(TAXES))].map(|part| i64::try_from(part.max(0)).unwrap_or(i64::MAX));
    let at = [CANCELLED_AT, FULFILLED_AT, ORDERED_AT].iter().find_map(|field| first.instant(*field));
    let order = first.text(ORDER_ID)?;
    let draft = draft!(
        "refund_lines",
        "channel": context.channel_name(),
        "refund_id": format!("{order}/refunded"),
        "line_id": "order",
        "order_id": order,
        "refunded_at": at,
        "exported_at": context.exported_after(at),
        "amount": refunded.split(&parts)[0],
        "currency": first.cell(CURRENCY).clone(),
        "disposition": "unknown",
    );
    Some(draft)
}

/// In countries with a value added tax prices are shown with it: then the order's total is what its
/// goods and shipping come to, and the tax is a part of it.
fn prices_hold_tax(first: &View<'_>) -> bool {
    let [subtotal, taxes, total] = [SUBTOTAL, TAXES, TOTAL].map(|field| first.money(field));
    let shipping = first.money(SHIPPING).unwrap_or_default();
    let without = subtotal.and_then(|subtotal| subtotal.checked_add(shipping));
    taxes.is_some_and(|taxes| taxes > Amount::ZERO) && total.is_some() && total == without
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money(UNIT_PRICE)?.checked_times(view.count(QUANTITY)?)
}

fn article<'a>(view: &View<'a>) -> &'a str {
    view.text(SKU).or(view.text(TITLE)).unwrap_or("line")
}

/// The order's discount over its lines. Shopify states it for the whole order and, in some files,
/// again by line: the subtotal tells whether the one holds the other. `None` where the order comes to
/// more than any amount.
fn discounts(views: &[View<'_>], gross: &[Amount], weights: &[i64]) -> Option<Option<Vec<Amount>>> {
    let first = views[0];
    let by_line: Vec<Amount> = views.iter().map(|view| view.money(LINE_DISCOUNT).unwrap_or_default()).collect();
    let (lines, all) = (checked_sum(&by_line)?, checked_sum(gross)?);
    let Some(total) = first.money(DISCOUNT_TOTAL) else {
        let stated = views.iter().any(|view| view.is_known(LINE_DISCOUNT));
        return Some(stated.then_some(by_line));
    };
    let held = lines.is_zero() || first.money(SUBTOTAL) == Some(all - total);
    let left = if held && total >= lines { total - lines } else { total };
    let parts = left.split(weights);
    let sums: Option<Vec<Amount>> = by_line.iter().zip(parts).map(|(line, part)| line.checked_add(part)).collect();
    sums.map(Some)
}

fn checked_sum(amounts: &[Amount]) -> Option<Amount> {
    amounts.iter().try_fold(Amount::ZERO, |sum, amount| sum.checked_add(*amount))
}

fn status(first: &View<'_>) -> &'static str {
    let fulfilled = first.text(FULFILMENT_STATUS).is_some_and(|word| word.eq_ignore_ascii_case("fulfilled"));
    if first.is_known(CANCELLED_AT) {
        return "cancelled";
    }
    match first.text(FINANCIAL_STATUS) {
        Some("cancelled") => "cancelled",
        Some("refunded") => "refunded",
        _ if fulfilled => "shipped",
        Some("paid") => "paid",
        _ => "pending",
    }
}

/// The newest time that the order tells, and a microsecond for each step of its life: a refund
/// has no time here and must still come after the payment.
fn updated_at(first: &View<'_>, status: &str) -> Option<Timestamp> {
    let told = [ORDERED_AT, PAID_AT, FULFILLED_AT, CANCELLED_AT];
    let newest = told.iter().filter_map(|field| first.instant(*field)).max();
    newest.map(|at| after_step(at, status))
}

/// Shopify's export does not say why an order was cancelled. A tag such as `cancel_reason:no_stock`
/// or `Cancel: inventory`, or such a line among the notes, does.
fn cancel_reason(first: &View<'_>) -> Option<&'static str> {
    let texts = [first.text(TAGS), first.text(NOTES)];
    texts.into_iter().flatten().flat_map(|text| text.split([',', ';'])).find_map(|tag| {
        let tag = tag.trim().to_lowercase();
        match tag.strip_prefix("cancel_reason:").or_else(|| tag.strip_prefix("cancel:")) {
            Some(said) => containing(said, CANCEL_REASON),
            None => CANCEL_REASON.iter().find(|(word, _)| *word == tag).map(|(_, reason)| *reason),
        }
    })
}
