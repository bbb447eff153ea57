//! Linnworks' exports of open and of processed orders: a row per article, with what concerns the order
//! on every row.
//!
//! The columns are those of Linnworks' page on the export of open orders and of readers on public
//! GitHub (stcstores/stcadmin names all of them). An export of one source and sub-source belongs in the
//! folder of that channel, in place of the channel's own export of orders and not beside it: both tell
//! the same orders. Times are taken in the channel's zone and the shipping as it stands.

use std::any::Any;

use super::after_step;
use crate::ingest::cell::Reader::{Currency, Flag, Identifier, Instant, Money, Prose, Quantity, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View, line_names};
use crate::lake::Cell;

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

/// What was paid; an order that has left says so by its time. Returns and resent goods are orders of
/// their own to Linnworks and sold nothing.
const STATUS: &[(&str, &str)] =
    &[("unpaid", "pending"), ("pending", "pending"), ("paid", "paid"), ("return", NO_SALE), ("resend", NO_SALE)];

const NO_SALE: &str = "no sale";

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
    let worth = |row: &View<'_>| row.money("gross").unwrap_or_default().ten_thousandths().max(0);
    let weights: Vec<i64> = rows.iter().filter(|row| is_sold(row)).map(worth).collect();
    let mut shipping = rows[0].money("shipping").map(|amount| amount.split(&weights).into_iter());
    let keys: Vec<(&str, _)> = rows
        .iter()
        .map(|row| (article(row), (!is_sold(row), row.text("item"), row.money("gross"), row.count("quantity"))))
        .collect();
    let names = line_names(&keys);
    let judged = rows.iter().zip(names).map(|(row, name)| {
        what_else(row).unwrap_or_else(|| {
            let shipping = shipping.as_mut().and_then(Iterator::next);
            // A reference may stand on several orders of Linnworks, such as the parts of a split one.
            let line = format!("{}/{name}", row.text("key").unwrap_or_default());
            Verdict::Facts(vec![sale(row, context).set("line_id", line).set("shipping_charged", shipping)])
        })
    });
    judged.collect()
}

fn article<'a>(row: &View<'a>) -> &'a str {
    ["channel_sku", "sku", "title"].into_iter().find_map(|name| row.text(name)).unwrap_or_default()
}

/// What becomes of a row that is no sale.
fn what_else(row: &View<'_>) -> Option<Verdict> {
    match (row.text("order_id"), row.text("status"), row.cell("service")) {
        (_, Some(NO_SALE), _) => Some(Verdict::Structure("return or resent order")),
        (_, _, Cell::Flag(true)) => Some(Verdict::Structure("service")),
        _ if row.is_known("composite") => Some(Verdict::Structure("part of a composite")),
        (None, ..) => Some(Complaint::missing("order_id").into()),
        (_, None, _) => Some(Complaint::missing("status").into()),
        (Some(MERGED), ..) => {
            let reason = "orders were merged in Linnworks, and their numbers are not told";
            Some(Complaint::new("order_id", "merged_order", reason).into())
        }
        _ if article(row).is_empty() => Some(Complaint::missing("sku").into()),
        _ => None,
    }
}

fn sale(row: &View<'_>, context: &Context) -> Draft {
    let processed = row.instant("processed_at");
    let status = processed.map_or(row.text("status").unwrap_or_default(), |_| "shipped");
    let newest = [row.instant("ordered_at"), processed].into_iter().flatten().max();
    let updated = newest.map(|at| after_step(at, status));
    let units = row.count("quantity").unwrap_or_default();
    let gross = row.money("gross").unwrap_or_default();
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", row.cell("order_id").clone())
        .set("ordered_at", row.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", row.cell("sku").clone())
        .set("channel_sku", article(row))
        .set("title", row.cell("title").clone())
        .set("quantity", units)
        .set("unit_price", gross.divided_by(units))
        .set("gross", gross)
        .set("tax", row.cell("tax").clone())
        .set("currency", row.cell("currency").clone())
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", row.cell("country").clone())
}
