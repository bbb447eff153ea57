//! What Walmart paid out, and what it kept: the older report with many amounts per row.

use super::{STYLE, order_number};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, total};
use crate::types::Money as Amount;

/// One row per line and transaction. It carries no total; each row is held to what it pays.
pub(crate) static WIDE_SETTLEMENT: Export = Export {
    id: "walmart-wide-settlement",
    kind: ChannelKind::Walmart,
    document: "settlement",
    table: "settlement_lines",
    fields: &[
        head("order", &["Walmart.com Order #"], Identifier),
        may("position", &["Walmart.com Order Line #"], Identifier),
        head("purchase", &["Walmart.com PO #"], Identifier),
        may("purchase_line", &["Walmart.com P.O. Line #"], Identifier),
        need("type", &["Transaction Type"], Prose),
        need("posted_at", &["Transaction Date Time"], Instant),
        may("quantity", &["Shipped Qty"], Count),
        head("sku", &["Partner Item ID"], Identifier),
        need("payable", &["Payable to Partner from Sale"], Money),
        head("commission", &["Commission from Sale"], Money),
        head("revenue", &["Gross Sales Revenue"], Money),
        head("refunded", &["Refunded Retail Sales"], Money),
        may("shipping", &["Gross Shipping Revenue"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(transaction)),
};

fn transaction(view: &View<'_>, context: &Context) -> Verdict {
    let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
    let text = |name: &str| view.text(name).unwrap_or_default();
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let payable = amount("payable");
    let overflow = || Verdict::from(Complaint::overflow("payable"));
    let mut parts = vec![
        ("revenue", "sale", amount("revenue")),
        ("refunded", "refund", -amount("refunded").abs()),
        ("shipping", "shipping_charged", amount("shipping")),
    ];
    // The commission's own sign differs by file: it is kept of a sale and given back with a refund.
    let Some(before) = total(parts.iter().map(|(_, _, amount)| *amount)) else { return overflow() };
    let commission = amount("commission").abs();
    parts.push(("commission", "referral_fee", if before.is_negative() { commission } else { -commission }));
    let told = total(parts.iter().map(|(_, _, amount)| *amount));
    let Some(rest) = told.and_then(|told| payable.checked_add(-told)) else { return overflow() };
    parts.push(("payable", "other", rest));
    parts.retain(|(_, _, amount)| !amount.is_zero());
    let payable = payable.to_string();
    let named = ["position", "purchase", "purchase_line", "type", "sku"].map(text);
    let [position, purchase, purchase_line, by_type, sku] = named;
    let settlement = at.day_in(context.locale.zone).to_string();
    let line = |(field, kind, amount): (&str, &str, Amount)| {
        let said = [position, purchase, purchase_line, by_type, sku, &payable, field];
        let header = view.layout.field(field).and_then(|field| view.layout.fields[field].headers.first());
        Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", settlement.as_str())
            .set("line", named_by_content(text("order"), at, &said))
            .set("posted_at", at)
            .set("order_id", view.text("order").and_then(order_number))
            .set("sku", view.cell("sku").clone())
            .set("channel_sku", view.cell("sku").clone())
            .set("quantity", view.count("quantity").filter(|_| field == "revenue"))
            .set("kind", kind)
            .set("description", header.cloned())
            .set("amount", amount)
            .set("currency", context.channel_currency.as_str())
    };
    Verdict::Facts(parts.into_iter().map(line).collect())
}
