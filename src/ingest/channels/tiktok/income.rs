//! What TikTok pays for each order, and what it keeps.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Currency, Instant, Money, Prose, TabbedIdentifier};
use crate::ingest::channels::named_by_content;
use crate::ingest::channels::words::containing;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};
use crate::types::{self, Money as Amount};

/// A row per order or adjustment.
pub(crate) static INCOME: Export = Export {
    id: "tiktok-income",
    kind: ChannelKind::Tiktok,
    document: "settlement",
    table: "settlement_lines",
    fields: &[
        head("order_id", &["Order/adjustment ID", "Order\\adjustment ID"], TabbedIdentifier),
        need("type", &["Type", "Transaction type"], Prose),
        may("settled_at", &["Order settled time", "Statement date", "Settled time"], Instant),
        may("related_order", &["Related order ID"], TabbedIdentifier),
        may("currency", &["Currency"], Currency),
        need("total", &["Total settlement amount"], Money),
        head("revenue", &["Total Revenue", "Net sales"], Money),
        head("before", &["Subtotal before discounts", "Gross sales"], Money),
        may("seller_discount", &["Seller discounts", "Seller discount"], Money),
        may("refund", &["Refund subtotal before seller discounts", "Gross sales refund"], Money),
        may("refund_discount", &["Refund of seller discounts", "Seller discount refund"], Money),
        head("fees", &["Total Fees", "Fees"], Money),
        may("transaction_fee", &["Transaction fee"], Money),
        may("commission", &["TikTok Shop commission fee", "Referral fee", "Platform commission"], Money),
        may("shipping", &["Shipping"], Money),
        may("seller_shipping_fee", &["Seller shipping fee"], Money),
        may("customer_shipping_fee", &["Customer shipping fee"], Money),
        may("shipping_fee", &["TikTok Shop shipping fee"], Money),
        may("shipping_offset", &["Customer shipping fee offset", "Customer-paid shipping fee offset"], Money),
        may("shipping_paid", &["Customer-paid shipping fee"], Money),
        may("shipping_paid_refund", &["Customer-paid shipping fee refund"], Money),
        may("shipping_incentive", &["TikTok Shop shipping incentive"], Money),
        may("shipping_incentive_refund", &["TikTok Shop shipping incentive refund"], Money),
        may("shipping_subsidy", &["Shipping fee subsidy"], Money),
        may("return_shipping_fee", &["Return shipping fee"], Money),
        may("actual_shipping", &["Actual shipping fee"], Money),
        may("platform_shipping_discount", &["Platform shipping fee discount"], Money),
        may("customer_shipping_refund", &["Refund customer shipping fee"], Money),
        may("actual_return_shipping", &["Actual return shipping fee"], Money),
        may("affiliate", &["Affiliate Commission", "Affiliate commission"], Money),
        may("affiliate_ads", &["Affiliate Shop Ads commission"], Money),
        may("affiliate_partner", &["Affiliate partner commission"], Money),
        may("fulfilment_fee", &["FBT fulfillment fee", "Fulfilled by TikTok Shop fulfillment fee"], Money),
        may("adjustment", &["Ajustment amount", "Adjustment amount"], Money),
    ],
    others: None,
    never: &["Total estimated settlement amount"],
    width: None,
    style: Style { explained_by: None, ..STYLE },
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(income)),
};

/// A column of an income row and what it is.
type Part = (&'static str, &'static str);

/// The parts of an income row by the sum that they make. What the buyer paid for shipping stands in
/// the orders too; what TikTok gives towards it makes it cost less.
const REVENUE: &[Part] =
    &[("before", "sale"), ("seller_discount", "discount"), ("refund", "refund"), ("refund_discount", "refund")];
const FEES: &[Part] = &[
    ("transaction_fee", "payment_fee"),
    ("commission", "referral_fee"),
    ("affiliate", "advertising"),
    ("affiliate_ads", "advertising"),
    ("affiliate_partner", "advertising"),
];
const SHIPPING: &[Part] = &[
    ("shipping_paid", "shipping_charged"),
    ("shipping_paid_refund", "shipping_charged"),
    ("shipping_offset", "shipping_label"),
    ("shipping_fee", "shipping_label"),
    ("shipping_incentive", "shipping_label"),
    ("shipping_incentive_refund", "shipping_label"),
    ("shipping_subsidy", "shipping_label"),
    ("return_shipping_fee", "return_fee"),
];
/// How many of these a statement may tell for information alone, from the first.
const SHIPPING_FOR_INFORMATION: [usize; 4] = [0, 2, 3, SHIPPING.len()];

/// What an adjustment is about.
const ADJUSTMENT: &[(&str, &str)] = &[
    ("ads", "advertising"),
    ("reimburs", "reimbursement"),
    ("compensation", "reimbursement"),
    ("chargeback", "chargeback"),
    ("reserve", "reserve"),
    ("payout", "payout"),
    ("withdraw", "payout"),
    ("balance", "balance"),
];

fn income(view: &View<'_>, context: &Context) -> Verdict {
    let Some(at) = view.instant("settled_at") else { return Verdict::Structure("not settled yet") };
    let kind = view.text("type").unwrap_or_default();
    let order = view.text("order_id").unwrap_or_default();
    let is_order = containing(kind, &[("order", "order"), ("refund", "order")]).is_some();
    if is_order && order.is_empty() {
        return Complaint::missing("order_id").into();
    }
    let parts = match parts(view) {
        Ok(parts) => parts,
        Err(complaint) => return complaint.into(),
    };
    let settlement = at.day_in(context.locale.zone).to_string();
    // What is about no order says `/` or `--` here, which is read as unknown.
    let about = view.text("related_order").or(Some(order).filter(|_| is_order));
    let currency = view.text("currency").unwrap_or(context.channel_currency.as_str());
    let total = view.money("total").unwrap_or_default().to_string();
    let holds_tax = currency.parse().is_ok_and(types::Currency::prices_hold_tax);
    let line = |(column, part, amount): (&str, &str, Amount)| {
        Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", settlement.as_str())
            .set("line", named_by_content(order, at, &[kind, &total, column]))
            .set("posted_at", at)
            .set("order_id", about)
            .set("kind", part)
            .set("description", described(view, column))
            .set("amount", amount)
            .set("currency", currency)
            .set("tax_included", (part == "refund" && holds_tax).then_some(true))
    };
    Verdict::Facts(parts.into_iter().map(line).collect())
}

/// A column, what it is, and its amount.
type Amounted = (&'static str, &'static str, Amount);

/// The amounts of a row. The statement of 2025 and later comes to its total
/// by net sales, shipping, fees and adjustment (seller-us.tiktok.com, "Statement details", 2026-06);
/// the older one has the shipping among its fees. Which a row is, its own sum tells.
fn parts(view: &View<'_>) -> Result<Vec<Amounted>, Complaint> {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let (total, shipping) = (amount("total"), amount("shipping"));
    let older = amount("revenue") + amount("fees") + amount("adjustment");
    let is_beside = older + shipping == total;
    if !is_beside && older != total {
        let reason = format!("revenue, shipping, fees and adjustment do not add up to {total}");
        return Err(Complaint::new("total", "control_total", reason));
    }
    let told =
        |parts: &[Part]| -> Vec<Amounted> { parts.iter().map(|(name, kind)| (*name, *kind, amount(name))).collect() };
    let (mut parts, mut fees) = (told(REVENUE), told(FEES));
    parts.push(("revenue", "other", amount("revenue") - sum(&parts)));
    // TikTok's own picking and packing is told with the shipping, in some countries with the fees.
    let fulfilment = ("fulfilment_fee", "fulfilment_fee", amount("fulfilment_fee"));
    let is_fee = !view.is_known("shipping") || amount("fees") - sum(&fees) == fulfilment.2;
    let mut sent = Vec::from(seller_shipping(view));
    if is_fee {
        fees.push(fulfilment)
    } else {
        sent.push(fulfilment)
    }
    let all_sent = if is_beside && view.is_known("shipping") { shipping } else { amount("fees") - sum(&fees) };
    let ways = SHIPPING_FOR_INFORMATION.map(|skipped| [sent.as_slice(), &told(&SHIPPING[skipped..])].concat());
    let sent = ways.iter().find(|way| sum(way) == all_sent).unwrap_or(&ways[2]);
    let rest = amount("fees") + if is_beside { shipping } else { Amount::ZERO } - sum(&fees) - sum(sent);
    parts.push(("fees", "other", rest));
    parts.extend(fees.iter().chain(sent));
    let adjustment = containing(view.text("type").unwrap_or_default(), ADJUSTMENT).unwrap_or("other");
    parts.push(("adjustment", adjustment, amount("adjustment")));
    parts.retain(|(_, _, amount)| !amount.is_zero());
    if parts.is_empty() {
        parts.push(("total", "other", total));
    }
    Ok(parts)
}

/// The older statement's shipping: the seller's fee is net of what the buyer paid, which the orders
/// tell too (TikTok Shop Academy, "Seller shipping fee", 2025: actual fee less platform discount and
/// customer's fee).
///
/// Where the others come to the fee without the customer's, it is not net.
fn seller_shipping(view: &View<'_>) -> [Amounted; 2] {
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let fee = amount("seller_shipping_fee");
    let others = [
        "actual_shipping",
        "platform_shipping_discount",
        "customer_shipping_refund",
        "actual_return_shipping",
        "shipping_subsidy",
    ];
    let others: Amount = others.iter().map(|name| amount(name)).sum();
    let is_net = view.is_known("seller_shipping_fee") && others != fee;
    let paid = if is_net { amount("customer_shipping_fee") } else { Amount::ZERO };
    [("seller_shipping_fee", "shipping_label", fee - paid), ("customer_shipping_fee", "shipping_charged", paid)]
}

fn sum(parts: &[Amounted]) -> Amount {
    parts.iter().map(|(_, _, amount)| *amount).sum()
}

/// The column's header; for an adjustment its type.
fn described(view: &View<'_>, column: &str) -> String {
    if column == "adjustment" {
        return view.text("type").unwrap_or_default().to_owned();
    }
    let field = view.layout.field(column).and_then(|field| view.layout.fields[field].headers.first());
    field.cloned().unwrap_or_default()
}
