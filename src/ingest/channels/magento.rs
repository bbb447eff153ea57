//! Orders of Magento 1. Its own grid has no articles; the Simple Order Export extension of Stefan
//! Landsbek, which many shops and other extensions took over, writes a row per article with what
//! concerns the order on every row. The folder names the channel.
//!
//! The columns are those of the extension and of its offspring on public GitHub, which call the price
//! `Item Selling Price`. No column tells the currency: amounts are in the shop's. Export the orders of
//! one store view, so that one folder is right.

use super::{after_step, beside};
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, head, may, need};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View};
use crate::ingest::totals;
use crate::types::Money as Amount;

/// Orders with a row per article.
pub(super) fn orders() -> Layout {
    let fields = &[
        need("order_id", &["Order Number"], Identifier),
        need("ordered_at", &["Order Date"], Instant),
        need("status", &["Order Status"], Word(STATUS)),
        may("payment_method", &["Order Payment Method"], Prose),
        may("order_tax", &["Order Tax"], Money),
        may("shipping", &["Order Shipping"], Money),
        may("order_discount", &["Order Discount"], Money),
        may("order_total", &["Order Grand Total"], Money),
        head("refunded", &["Order Refunded"], Money),
        may("country", &["Shipping Country"], Prose),
        need("line_id", &["Order Item Increment"], Identifier),
        may("title", &["Item Name"], Prose),
        head("sku", &["Item SKU"], Identifier),
        need("unit_price", &["Item Price", "Item Selling Price"], Money),
        need("ordered", &["Item Qty Ordered"], Count),
        head("cancelled", &["Item Qty Canceled"], Count),
        head("returned", &["Item Qty Refunded"], Count),
        may("tax", &["Item Tax"], Money),
        may("discount", &["Item Discount"], Money),
        may("total", &["Item Total"], Money),
    ];
    Layout {
        group: Some(0),
        ..Layout::of_folder("magento-orders", "orders", "order_lines", fields, |_| Box::new(ByGroup(order)))
    }
}

/// Magento's own states; a shop may have made more, which are rejected. "Before payment is processed the
/// status of a sales order is `Pending`" (Magento Open Source 1.9 user guide, Order Process Overview, read
/// 2026-12-01); a payment under review, an order on hold and a suspected fraud are not paid either.
const STATUS: &[(&str, &str)] = &[
    ("pending", "unpaid"),
    ("pending_payment", "unpaid"),
    ("pending_paypal", "unpaid"),
    ("payment_review", "unpaid"),
    ("holded", "unpaid"),
    ("fraud", "unpaid"),
    ("processing", "paid"),
    ("complete", "completed"),
    ("closed", "refunded"),
    ("canceled", "cancelled"),
];

/// What a row sold.
struct Line {
    units: i64,
    gross: Amount,
    discount: Option<Amount>,
    tax: Option<Amount>,
    is_cancelled: bool,
}

fn order(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let lines: Vec<Result<Line, Complaint>> = rows.iter().map(line).collect();
    let worth: Vec<i64> = lines.iter().map(|line| line.as_ref().map_or(0, |line| beside::weight(line.gross))).collect();
    let less = of_shipping(rows, "order_discount", "discount").unwrap_or_default();
    let shipping = beside::Shared::of(rows[0].money("shipping").map(|amount| amount - less), &worth);
    let shipping_tax = beside::Shared::of(of_shipping(rows, "order_tax", "tax"), &worth);
    let judged = rows.iter().zip(lines).enumerate().map(|(index, (row, line))| match line {
        Ok(line) => {
            let tax = beside::sum(line.tax, shipping_tax.at(index));
            let sale = sale(row, &line, context).set("shipping_charged", shipping.at(index)).set("tax", tax);
            Verdict::Facts([sale].into_iter().chain(refunds(rows, index, context)).collect())
        }
        Err(complaint) => complaint.into(),
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    add_total(rows, &mut verdicts);
    verdicts
}

/// What the order has of an amount and its rows have not: it is the shipping's. None where units were
/// cancelled or nothing more is told, for then the order's amount is no sum of what was sold.
fn of_shipping(rows: &[View<'_>], of_order: &str, of_row: &str) -> Option<Amount> {
    let rest = rows[0].money(of_order)?.abs() - rows.iter().filter_map(|row| row.money(of_row)).map(Amount::abs).sum();
    let has_shipping = rows[0].money("shipping").is_some_and(|shipping| !shipping.is_zero());
    (has_shipping && rest > Amount::ZERO && !has_cancelled_units(rows)).then_some(rest)
}

fn has_cancelled_units(rows: &[View<'_>]) -> bool {
    rows.iter().any(|row| row.count("cancelled").is_some_and(|units| units != 0))
}

/// The order's total is that of all units that were ordered: it says nothing of one that lost some.
fn add_total(rows: &[View<'_>], verdicts: &mut [Verdict]) {
    let Some(total) = rows[0].money("order_total").filter(|_| !has_cancelled_units(rows)) else { return };
    if let Some(verdict) = verdicts.iter_mut().find(|verdict| !verdict.drafts().is_empty()) {
        let stated = totals::stated(&rows[0], &verdict.drafts()[0], total, "all");
        verdict.add(stated);
    }
}

/// Units that were cancelled were not sold, unless all were: then the row tells what was cancelled.
fn line(row: &View<'_>) -> Result<Line, Complaint> {
    let ordered = row.count("ordered").unwrap_or_default();
    let cancelled = row.count("cancelled").unwrap_or_default();
    if ordered < 1 || !(0..=ordered).contains(&cancelled) {
        return Err(Complaint::new("cancelled", "control_total", "more units are cancelled than ordered"));
    }
    let price = row.money("unit_price").unwrap_or_default();
    let sum = price.checked_times(ordered).ok_or_else(|| Complaint::overflow("unit_price"))?;
    let (discount, tax) = (row.money("discount").map(Amount::abs), row.money("tax"));
    let told = sum - discount.unwrap_or_default() + tax.unwrap_or_default();
    if row.money("total").is_some_and(|total| (total - told).abs() > Amount::from_cents(ordered)) {
        let reason = format!("the price, the discount and the tax come to {told}");
        return Err(Complaint::new("total", "control_total", reason));
    }
    let is_cancelled = cancelled == ordered || row.text("status") == Some("cancelled");
    let units = if is_cancelled { ordered } else { ordered - cancelled };
    let share = |amount: Amount| amount.split(&[units, ordered - units])[0];
    let gross = price.checked_times(units).unwrap_or_default();
    Ok(Line { units, gross, discount: discount.map(share), tax: tax.map(share), is_cancelled })
}

/// What was refunded of an order. A closed order went back whole, also where no amount stands.
fn refunded(rows: &[View<'_>]) -> Option<Amount> {
    let told = rows[0].money("refunded").map(Amount::abs).filter(|amount| !amount.is_zero());
    let whole = || rows[0].money("order_total").filter(|_| rows[0].text("status") == Some("refunded"));
    told.or_else(whole)
}

/// The amount stands on a row of its own, under the same name in every download; what came back stands
/// beside it, by row.
fn refunds(rows: &[View<'_>], index: usize, context: &Context) -> Vec<Draft> {
    let Some(refunded) = refunded(rows) else { return Vec::new() };
    let row = &rows[index];
    let whole = (index == 0).then(|| refund(row, refunded, context).set("line_id", "order"));
    let returned = row.count("returned").filter(|units| *units > 0).map(|units| {
        refund(row, Amount::ZERO, context)
            .set("line_id", row.cell("line_id").clone())
            .set("sku", row.cell("sku").clone())
            .set("channel_sku", row.text("sku").or(row.text("title")))
            .set("quantity", units)
    });
    whole.into_iter().chain(returned).collect()
}

fn sale(row: &View<'_>, line: &Line, context: &Context) -> Draft {
    let status = if line.is_cancelled { "cancelled" } else { row.text("status").unwrap_or_default() };
    let updated = row.instant("ordered_at").map(|at| after_step(at, status));
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", row.cell("order_id").clone())
        .set("line_id", row.cell("line_id").clone())
        .set("ordered_at", row.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", row.cell("sku").clone())
        .set("channel_sku", row.text("sku").or(row.text("title")))
        .set("title", row.cell("title").clone())
        .set("quantity", line.units)
        .set("unit_price", row.cell("unit_price").clone())
        .set("gross", line.gross)
        .set("discount", line.discount)
        .set("tax", line.tax)
        .set("currency", context.channel_currency.as_str())
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", row.cell("country").clone())
}

/// The export does not say when: it counts on the order's own day, with its part of the tax and the
/// shipping.
fn refund(row: &View<'_>, amount: Amount, context: &Context) -> Draft {
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", row.cell("order_id").clone())
        .set("order_id", row.cell("order_id").clone())
        .set("refunded_at", row.cell("ordered_at").clone())
        .set("exported_at", context.exported_after(row.instant("ordered_at")))
        .set("amount", amount)
        .set("tax_included", true)
        .set("cumulative", true)
        .set("currency", context.channel_currency.as_str())
        .set("disposition", "unknown")
}
