//! What was ordered on Etsy.

use super::{STYLE, order_number};
use crate::config::{ChannelKind, TaxRates};
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose};
use crate::ingest::channels::after_step;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View};
use crate::types::Money as Amount;

/// Sold order items: one row per line.
pub(crate) static ITEMS: Export = Export {
    id: "etsy-items",
    kind: ChannelKind::Etsy,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("line_id", &["Transaction ID"], Identifier),
        need("ordered_at", &["Sale Date"], Instant),
        need("title", &["Item Name"], Prose),
        need("quantity", &["Quantity"], Count),
        need("unit_price", &["Price"], Money),
        may("coupon", &["Coupon Details"], Prose),
        may("discount", &["Discount Amount"], Money),
        may("shipping", &["Order Shipping", "Order Delivery"], Money),
        may("shipping_discount", &["Shipping Discount", "Delivery Discount"], Money),
        may("taxes", &["Order Sales Tax"], Money),
        head("item_total", &["Item Total"], Money),
        head("currency", &["Currency"], Currency),
        may("paid_at", &["Date Paid"], Instant),
        may("shipped_at", &["Date Shipped", "Date Posted"], Instant),
        may("country", &["Ship Country", "Delivery Country"], Prose),
        may("sku", &["SKU"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    totals: &[],
    shape: |_| Box::new(ByGroup(order)),
};

fn order(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let gross: Vec<Option<Amount>> = views.iter().map(gross_of).collect();
    let weights: Vec<i64> =
        gross.iter().map(|amount| amount.map_or(0, |amount| amount.ten_thousandths().max(0))).collect();
    let shared = |name: &str| once(views, name).map(|amount| amount.split(&weights));
    let (shipping, less, tax) = (shared("shipping"), shared("shipping_discount"), shared("taxes"));
    let taxed = once(views, "taxes").is_some_and(|tax| !tax.is_zero());
    let discounts = discounts(views, &gross, &weights);
    (0..views.len())
        .map(|index| {
            let Some(gross) = gross[index] else {
                return Complaint::overflow("unit_price").into();
            };
            let part = |parts: &Option<Vec<Amount>>| parts.as_ref().map(|parts| parts[index]);
            let shipping = part(&shipping).map(|amount| amount - part(&less).unwrap_or_default().abs());
            let draft = line(&views[index], context)
                .set("gross", gross)
                .set("discount", discounts[index])
                .set("shipping_charged", shipping)
                // A tax of nothing says nothing of one that the price holds.
                .set("tax", part(&tax).filter(|_| taxed));
            Verdict::Facts(vec![draft])
        })
        .collect()
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money("unit_price")?.checked_times(view.count("quantity")?)
}

/// An amount of the order as a whole. Some files repeat shipping and tax on every line of an order
/// and others leave nothing on the later ones: the largest is right for both, and so is counted
/// once.
fn once(views: &[View<'_>], name: &str) -> Option<Amount> {
    views.iter().filter_map(|view| view.money(name)).max()
}

/// Whether a line's discount is its own or its order's is not said. It is the line's where the item's total
/// is the price without it, where the coupon's percent of the line's price is it, or where the lines of an
/// order have different ones: sums over all lines is how programs read this file (GitHub code search,
/// 2026-12-01). One amount on every line, or on one alone, is the order's and is shared out.
fn discounts(views: &[View<'_>], gross: &[Option<Amount>], weights: &[i64]) -> Vec<Option<Amount>> {
    let own: Vec<Option<Amount>> = views.iter().map(|view| view.money("discount").map(Amount::abs)).collect();
    let is_own = |told: &dyn Fn(&View<'_>, Amount, Amount) -> bool| {
        views.iter().zip(gross).zip(&own).all(|((view, gross), own)| {
            let own = own.unwrap_or_default();
            own.is_zero() || gross.is_some_and(|gross| told(view, gross, own))
        })
    };
    let by_total = is_own(&|view, gross, own| view.money("item_total") == Some(gross - own));
    let by_percent = is_own(&|view, gross, own| percent_off(view, gross).is_some_and(|off| is_near(off, own)));
    if views.len() == 1 || by_total || by_percent || are_different(&own) {
        return own;
    }
    let parts = own.iter().flatten().max().map(|whole| whole.split(weights));
    (0..views.len()).map(|index| parts.as_ref().map(|parts| parts[index])).collect()
}

/// Whether lines have discounts that cannot be one of their order told again or told once.
fn are_different(own: &[Option<Amount>]) -> bool {
    let told: Vec<Amount> = own.iter().flatten().copied().filter(|amount| !amount.is_zero()).collect();
    let is_one = told.iter().all(|amount| *amount == told[0]);
    !is_one || told.len() > 1 && told.len() < own.len()
}

/// What a coupon such as `SPRING - 10.00%` takes off a line.
fn percent_off(view: &View<'_>, gross: Amount) -> Option<Amount> {
    let (before, _) = view.text("coupon")?.rsplit_once('%')?;
    let number = before.rsplit(|letter: char| letter.is_whitespace()).next()?;
    let percent = TaxRates::rate_in(&format!("{number}%"))?;
    Some(gross.at_rate(percent))
}

/// Etsy rounds the discount of one unit, so a line's may be off by a cent for each.
fn is_near(one: Amount, other: Amount) -> bool {
    (one - other).abs() <= Amount::from_cents(1)
}

fn line(view: &View<'_>, context: &Context) -> Draft {
    let status = match () {
        () if view.is_known("shipped_at") => "shipped",
        () if view.is_known("paid_at") => "unshipped",
        // Etsy writes the day of the payment when there is one.
        () => "unpaid",
    };
    let times = ["ordered_at", "paid_at", "shipped_at"];
    let newest = times.iter().filter_map(|name| view.instant(name)).max();
    let updated = newest.map(|at| after_step(at, status));
    Draft::new("order_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("order_id", order_number(view.text("order_id").unwrap_or_default()))
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("channel_sku", view.text("sku").or(view.text("title")))
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
}
