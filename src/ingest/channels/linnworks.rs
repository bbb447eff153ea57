//! Linnworks' exports of open and of processed orders: a row per article, with what concerns the order
//! on every row.
//!
//! The columns are those of Linnworks' page on the export of open orders and of readers on public
//! GitHub (stcstores/stcadmin names all of them). An export of one source and sub-source belongs in the
//! folder of that channel, in place of the channel's own export of orders and not beside it: both tell
//! the same orders. Times are taken in the channel's zone.
//!
//! Whether the shipping holds its tax is not said. The order's total tells it: it is the lines with their
//! tax and the shipping, or these and the tax that stands on no line.

use std::any::Any;

use super::{after_step, beside};
use crate::ingest::cell::Reader::{Currency, Flag, Identifier, Instant, Money, Prose, Quantity, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View, line_names};
use crate::ingest::totals;
use crate::lake::Cell;
use crate::types::Money as Amount;

/// Orders, open or processed.
pub(super) fn orders() -> Layout {
    let fields = &[
        need("key", &["Order Id"], Identifier),
        head("order_id", &["Reference number"], Identifier),
        need("ordered_at", &["Received date"], Instant),
        may("processed_at", &["Processed date"], Instant),
        head("status", &["Status"], Word(STATUS)),
        need("source", &["Source"], Prose),
        may("sub_source", &["SubSource"], Prose),
        may("shipping", &["Shipping cost"], Money),
        may("order_tax", &["Order tax"], Money),
        may("order_total", &["Order total"], Money),
        need("currency", &["Currency"], Currency),
        may("country", &["Shipping country code", "Country code"], Prose),
        head("sku", &["SKU"], Identifier),
        may("channel_sku", &["Channel SKU"], Identifier),
        may("title", &["Item title"], Prose),
        may("item", &["Item number"], Identifier),
        need("quantity", &["Quantity"], Quantity),
        may("tax", &["Line tax"], Money),
        need("gross", &["Line total excluding tax"], Money),
        may("service", &["Is service"], Flag),
        may("composite", &["Composite parent SKU"], Identifier),
    ];
    Layout {
        group: Some(0),
        ..Layout::of_folder("linnworks-orders", "orders", "order_lines", fields, |_| Box::new(Orders::default()))
    }
}

/// What was paid; an order that has left says so by its time. A pending payment is none yet. Returns are
/// orders of their own to Linnworks and sold nothing; resent goods were given away.
const STATUS: &[(&str, &str)] =
    &[("unpaid", "unpaid"), ("pending", "unpaid"), ("paid", "paid"), ("return", NO_SALE), ("resend", RESENT)];

const NO_SALE: &str = "no sale";
const RESENT: &str = "resent";

/// What stands in place of the numbers of orders that were merged.
const MERGED: &str = "MERGED";

/// The orders of one source.
#[derive(Default)]
struct Orders {
    source: Option<[String; 2]>,
}

impl Shape for Orders {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        let said = |name: &str| rows[0].text(name).unwrap_or_default().to_owned();
        let source = [said("source"), said("sub_source")];
        let expected = self.source.get_or_insert_with(|| source.clone());
        if *expected != source {
            let reason = format!("the file began with orders of `{}`; export one source at a time", expected.join(" "));
            return rows.iter().map(|_| Complaint::new("source", "mixed_sources", reason.clone()).into()).collect();
        }
        order(rows, context)
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        Some(Box::new(Self::default()))
    }

    fn join(&mut self, fork: Box<dyn Any>) -> bool {
        let fork = fork.downcast::<Self>().expect("forks of orders are orders");
        let Some(source) = fork.source else { return true };
        *self.source.get_or_insert_with(|| source.clone()) == source
    }
}

fn order(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let is_sold = |row: &View<'_>| what_else(row).is_none();
    let goods: Vec<&View<'_>> = rows.iter().filter(|row| is_sold(row) && !is_service(row)).collect();
    let worth: Vec<i64> = goods.iter().map(|row| beside::weight(row.money("gross").unwrap_or_default())).collect();
    let (shipping, shipping_tax) = shipping(rows);
    let off: Amount = rows.iter().filter(|row| is_sold(row)).map(taken_off).sum();
    let discount = beside::Shared::of((!off.is_zero()).then_some(off), &worth);
    let (shipping, shipping_tax) = (beside::Shared::of(shipping, &worth), beside::Shared::of(shipping_tax, &worth));
    let keys: Vec<(&str, _)> = rows
        .iter()
        .map(|row| (article(row), (!is_sold(row), row.text("item"), row.money("gross"), row.count("quantity"))))
        .collect();
    let names = line_names(&keys);
    let mut next = 0..goods.len();
    let judged = rows.iter().zip(names).map(|(row, name)| {
        // A reference may stand on several orders of Linnworks, such as the parts of a split one.
        let line = format!("{}/{name}", row.text("key").unwrap_or_default());
        what_else(row).unwrap_or_else(|| match is_service(row).then(|| row.money("gross").unwrap_or_default()) {
            Some(amount) if amount.is_negative() => Verdict::Structure("discount of the order"),
            Some(_) => Verdict::Facts(vec![sale(row, context).set("line_id", line).set("kind", service(row))]),
            None => {
                let index = next.next().expect("goods were counted alike");
                let sale = sale(row, context).set("line_id", line).set("discount", discount.at(index));
                let tax = beside::sum(row.money("tax"), shipping_tax.at(index));
                Verdict::Facts(vec![sale.set("shipping_charged", shipping.at(index)).set("tax", tax)])
            }
        })
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    add_total(&rows[0], &mut verdicts);
    verdicts
}

/// What was resent shares its number with the order that it belongs to, and has no total of its own.
fn add_total(head: &View<'_>, verdicts: &mut [Verdict]) {
    let Some(total) = head.money("order_total").filter(|_| head.text("status") != Some(RESENT)) else { return };
    if let Some(verdict) = verdicts.iter_mut().find(|verdict| !verdict.drafts().is_empty()) {
        let stated = totals::stated(head, &verdict.drafts()[0], total, "all");
        verdict.add(stated);
    }
}

/// The shipping of an order without tax, and its tax where that is told.
fn shipping(rows: &[View<'_>]) -> (Option<Amount>, Option<Amount>) {
    let Some(told) = rows[0].money("shipping") else { return (None, None) };
    let sum = |names: &[&str]| -> Amount {
        let sold = rows.iter().filter(|row| what_else(row).is_none());
        sold.flat_map(|row| names.iter().filter_map(|name| row.money(*name)).collect::<Vec<_>>()).sum()
    };
    let (Some(total), Some(tax)) = (rows[0].money("order_total"), rows[0].money("order_tax")) else {
        return (Some(told), None);
    };
    let (lines, of_shipping) = (sum(&["gross", "tax"]), tax - sum(&["tax"]));
    match total {
        _ if of_shipping <= Amount::ZERO => (Some(told), None),
        total if total == lines + told => (Some(told - of_shipping), Some(of_shipping)),
        total if total == lines + told + of_shipping => (Some(told), Some(of_shipping)),
        _ => (Some(told), None),
    }
}

fn is_service(row: &View<'_>) -> bool {
    row.cell("service") == Cell::Flag(true)
}

/// What a service is; one that takes something off is a discount of the order.
fn service(row: &View<'_>) -> &'static str {
    let name = row.text("title").unwrap_or_default().to_lowercase();
    if name.contains("wrap") { "gift_wrap" } else { "handling" }
}

/// What a service takes off its order's goods.
fn taken_off(row: &View<'_>) -> Amount {
    let amount = row.money("gross").unwrap_or_default();
    if is_service(row) && amount.is_negative() { -amount } else { Amount::ZERO }
}

fn article<'a>(row: &View<'a>) -> &'a str {
    ["channel_sku", "sku", "title"].into_iter().find_map(|name| row.text(name)).unwrap_or_default()
}

/// What becomes of a row that is no sale.
fn what_else(row: &View<'_>) -> Option<Verdict> {
    match (row.text("order_id"), row.text("status")) {
        (_, Some(NO_SALE)) => Some(Verdict::Structure("return")),
        _ if row.is_known("composite") => Some(Verdict::Structure("part of a composite")),
        (None, _) => Some(Complaint::missing("order_id").into()),
        (_, None) => Some(Complaint::missing("status").into()),
        (Some(MERGED), _) => {
            let reason = "orders were merged in Linnworks, and their numbers are not told";
            Some(Complaint::new("order_id", "merged_order", reason).into())
        }
        _ if article(row).is_empty() => Some(Complaint::missing("sku").into()),
        _ => None,
    }
}

fn sale(row: &View<'_>, context: &Context) -> Draft {
    let processed = row.instant("processed_at");
    let is_resent = row.text("status") == Some(RESENT);
    let status = match row.text("status").unwrap_or_default() {
        _ if processed.is_some() => "shipped",
        RESENT => "paid",
        status => status,
    };
    let newest = [row.instant("ordered_at"), processed].into_iter().flatten().max();
    let updated = newest.map(|at| after_step(at, status));
    let units = row.count("quantity").unwrap_or_default();
    let gross = row.money("gross").filter(|_| !is_resent).unwrap_or_default();
    let is_article = !is_service(row);
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", row.cell("order_id").clone())
        .set("ordered_at", row.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", row.text("sku").filter(|_| is_article))
        .set("channel_sku", is_article.then(|| article(row)))
        .set("title", row.cell("title").clone())
        .set("quantity", units)
        .set("unit_price", gross.divided_by(units))
        .set("gross", gross)
        .set("tax", row.money("tax").filter(|_| !is_resent))
        .set("currency", row.cell("currency").clone())
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", row.cell("country").clone())
}
