//! What was ordered in a TikTok shop.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Instant, Money, Prose, TabbedIdentifier, Word};
use crate::ingest::channels::words::containing;
use crate::ingest::channels::{after_step, beside};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, may, need};
use crate::ingest::price_tax::{LineAmounts, prices_hold_tax, shares, take_off};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View, draft, line_names, total};
use crate::ingest::totals;
use crate::types::{Money as Amount, Timestamp};

/// One row per article; what concerns the order as a whole is repeated on every row of it.
pub(crate) static ORDERS: Export = Export {
    id: "tiktok-orders",
    kind: ChannelKind::Tiktok,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("order_id", &["Order ID"], TabbedIdentifier),
        need("status", &["Order Status"], Word(STATUS)),
        may("sku_id", &["SKU ID"], TabbedIdentifier),
        may("sku", &["Seller SKU"], TabbedIdentifier),
        may("title", &["Product Name"], Prose),
        need("quantity", &["Quantity"], Count),
        may("unit_price", &["SKU Unit Original Price"], Money),
        may("subtotal", &["SKU Subtotal Before Discount"], Money),
        may("discount", &["SKU Seller Discount"], Money),
        may("subtotal_after", &["SKU Subtotal After Discount"], Money),
        may("shipping", &["Shipping Fee After Discount"], Money),
        may("taxes", &["Taxes"], Money),
        may("platform_discount", &["SKU Platform Discount"], Money),
        may("payment_discount", &["Payment platform discount"], Money),
        may("order_amount", &["Order Amount"], Money),
        may("refunded", &["Order Refund Amount"], Money),
        may("sort", &["Normal or Pre-order", "Order Type"], Prose),
        may("payment_method", &["Payment Method"], Prose),
        need("ordered_at", &["Created Time"], Instant),
        may("paid_at", &["Paid Time"], Instant),
        may("ready_at", &["RTS Time"], Instant),
        may("shipped_at", &["Shipped Time"], Instant),
        may("delivered_at", &["Delivered Time"], Instant),
        may("cancelled_at", &["Cancelled Time"], Instant),
        may("cancelled_by", &["Cancel By"], Prose),
        may("cancel_reason", &["Cancel Reason"], Prose),
        may("fulfilment", &["Fulfillment Type"], Prose),
        may("country", &["Country"], Prose),
        may("currency", &["Currency"], Currency),
        may("tracking", &["Tracking ID"], TabbedIdentifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    totals: &[],
    shape: |_| Box::new(ByGroup(orders)),
};

/// States of an order. The English ones stand in TikTok's own help (seller-us.tiktok.com, "'On Hold' Order
/// Status") and, all of them, in guides of its partners (docs-connector.ecomsend.com, "Order status
/// definitions"); read 2026-12-01. Those of other languages are what Seller Center calls the same states,
/// for which no public source was found. An order on hold is accepted, and its buyer may still change it.
const STATUS: &[(&str, &str)] = &[
    ("unpaid", "unpaid"),
    ("on hold", "pending"),
    ("to ship", "unshipped"),
    ("awaiting shipment", "unshipped"),
    ("awaiting collection", "unshipped"),
    ("partially shipped", "paid"),
    ("shipped", "shipped"),
    ("in transit", "shipped"),
    ("delivered", "completed"),
    ("completed", "completed"),
    ("canceled", "cancelled"),
    ("cancelled", "cancelled"),
    ("cancel", "cancelled"),
    ("ยังไม่ได้ชำระเงิน", "unpaid"),
    ("ที่จะจัดส่ง", "unshipped"),
    ("จัดส่งแล้ว", "shipped"),
    ("เสร็จสมบูรณ์", "completed"),
    ("เสร็จสิ้น", "completed"),
    ("สำเร็จแล้ว", "completed"),
    ("ยกเลิกแล้ว", "cancelled"),
    ("belum bayar", "unpaid"),
    ("perlu dikirim", "unshipped"),
    ("dikirim", "shipped"),
    ("selesai", "completed"),
    ("dibatalkan", "cancelled"),
    ("chưa thanh toán", "unpaid"),
    ("chờ vận chuyển", "unshipped"),
    ("cần gửi", "unshipped"),
    ("đang vận chuyển", "shipped"),
    ("đã vận chuyển", "shipped"),
    ("đã giao", "completed"),
    ("đã hoàn tất", "completed"),
    ("đã hủy", "cancelled"),
    ("đã huỷ", "cancelled"),
];

/// Parts of the reasons that buyers, sellers and TikTok give.
const CANCEL_REASON: &[(&str, &str)] = &[
    ("stock", "no_stock"),
    ("unavailable", "no_stock"),
    ("address", "address"),
    ("fraud", "fraud"),
    ("payment", "payment"),
    ("paid", "payment"),
    ("needed", "buyer"),
    ("buyer", "buyer"),
    ("customer", "buyer"),
    ("price", "buyer"),
    ("mistake", "buyer"),
    ("change", "buyer"),
];

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let Some(amounts) = OrderAmounts::of(views) else {
        return vec![Complaint::overflow("unit_price").into(); views.len()];
    };
    let keys: Vec<(&str, _)> =
        views.iter().map(|view| (article(view), (view.money("unit_price"), view.count("quantity")))).collect();
    let names = line_names(&keys);
    let lines = (0..views.len()).map(|place| order_line(&views[place], &names[place], &amounts, place, context));
    let mut verdicts: Vec<Verdict> = lines.map(Verdict::Fact).collect();
    let total =
        amounts.total.and_then(|total| Some(totals::stated(&views[0], verdicts[0].drafts().first()?, total, "all")));
    let kept = verdicts[0].drafts().first().and_then(|goods| kept(views, goods));
    let of_order = [total, refund(&views[0], &amounts, context), kept];
    of_order.into_iter().flatten().for_each(|draft| verdicts[0].add(draft));
    verdicts
}

/// What of the buyer's money stayed where all of an order was cancelled and a part went back.
fn kept(views: &[View<'_>], goods: &Draft) -> Option<Draft> {
    let amount = |name: &str| views[0].money(name).unwrap_or_default();
    let is_whole = views.iter().all(|view| view.text("status") == Some("cancelled"));
    let kept = beside::kept(goods, amount("order_amount"), amount("taxes"), amount("refunded"));
    kept.filter(|_| is_whole)
}

/// What an order comes to, line by line and without tax.
struct OrderAmounts {
    /// Of a line without a price nothing is known.
    gross: Vec<Option<Amount>>,
    discount: Vec<Option<Amount>>,
    shipping: Option<Vec<Amount>>,
    tax: Option<Vec<Amount>>,
    /// What the seller is paid for the order: what the buyer pays, and TikTok for its own discounts.
    total: Option<Amount>,
}

impl OrderAmounts {
    /// `None` where the order comes to more than any amount.
    fn of(views: &[View<'_>]) -> Option<Self> {
        let first = views[0];
        if views.iter().any(|view| gross_of(view).is_none() && view.is_known("unit_price")) {
            return None;
        }
        let gross: Vec<Option<Amount>> = views.iter().map(gross_of).collect();
        let discount: Vec<Option<Amount>> = views.iter().map(discount_of).collect();
        let by_tiktok = views.iter().filter_map(|view| view.money("platform_discount")).map(Amount::abs);
        let by_tiktok = total(by_tiktok.chain(first.money("payment_discount").map(Amount::abs)))?;
        let money = |name: &str| first.money(name).unwrap_or_default();
        let (mut shipping, tax) = (money("shipping"), money("taxes"));
        // Whatever is added and taken off from here on is no more than this.
        let of_order = [shipping, tax, money("order_amount"), by_tiktok].map(Some);
        total(gross.iter().chain(&discount).chain(&of_order).flatten().map(|amount| amount.abs()))?;
        let mut lines: Vec<LineAmounts> =
            gross.iter().zip(&discount).map(|(gross, discount)| line(*gross, *discount)).collect();
        let shares = shares(tax, &lines, shipping);
        let all = first.money("order_amount").map(|paid| paid + by_tiktok);
        let goods: Amount = lines.iter().map(|line| line.gross - line.discount).sum();
        if all.and_then(|all| prices_hold_tax(all - goods - shipping, tax)) == Some(true) {
            take_off(&shares, &mut lines, &mut shipping);
        }
        let weights: Vec<i64> = lines.iter().map(|line| line.gross.ten_thousandths().max(0)).collect();
        let of_shipping = shares.last().copied().unwrap_or_default().split(&weights);
        let tax = shares.iter().zip(of_shipping).map(|(line, shipping)| *line + shipping).collect();
        let known = |told: &[Option<Amount>], net: fn(&LineAmounts) -> Amount| -> Vec<Option<Amount>> {
            told.iter().zip(&lines).map(|(told, line)| told.map(|_| net(line))).collect()
        };
        Some(Self {
            gross: known(&gross, |line| line.gross),
            discount: known(&discount, |line| line.discount),
            shipping: first.is_known("shipping").then(|| shipping.split(&weights)),
            tax: first.is_known("taxes").then_some(tax),
            total: all,
        })
    }
}

fn line(gross: Option<Amount>, discount: Option<Amount>) -> LineAmounts {
    LineAmounts { gross: gross.unwrap_or_default(), discount: discount.unwrap_or_default(), is_taxed: true }
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money("subtotal").or_else(|| view.money("unit_price")?.checked_times(view.count("quantity")?))
}

/// The seller's own discount, positive: for TikTok's the seller is paid.
fn discount_of(view: &View<'_>) -> Option<Amount> {
    let off = || Some(gross_of(view)? - view.money("subtotal_after")?).filter(|_| !view.is_known("subtotal"));
    view.money("discount").or_else(off).map(Amount::abs)
}

/// All that the buyer got back of the order so far, with what TikTok had paid towards that. The export
/// does not date it: it stands on the newest day of the order.
fn refund(first: &View<'_>, amounts: &OrderAmounts, context: &Context) -> Option<Draft> {
    let refunded = first.money("refunded").map(Amount::abs).filter(|amount| !amount.is_zero())?;
    let paid = first.money("order_amount").filter(|paid| *paid > Amount::ZERO);
    let by_tiktok = amounts.total.zip(paid).map(|(total, paid)| (total - paid, refunded.min(paid), paid));
    let by_tiktok = by_tiktok.map(|(off, refunded, paid)| {
        off.split(&[refunded, paid - refunded].map(|part| part.ten_thousandths().max(0)))[0]
    });
    let order = first.text("order_id")?;
    let at = newest(first);
    Some(draft!(
        "refund_lines",
        "channel": context.channel_name(),
        "refund_id": format!("{order}/refunded"),
        "line_id": "order",
        "order_id": order,
        "refunded_at": at,
        "exported_at": context.exported_after(at),
        "amount": refunded + by_tiktok.unwrap_or_default(),
        "currency": first.text("currency").unwrap_or(context.channel_currency.as_str()),
        "disposition": "unknown",
        "tax_included": true,
        "cumulative": true,
    ))
}

/// The newest time that the order tells.
fn newest(view: &View<'_>) -> Option<Timestamp> {
    let times = ["ordered_at", "paid_at", "ready_at", "shipped_at", "delivered_at", "cancelled_at"];
    times.iter().filter_map(|name| view.instant(name)).max()
}

fn article<'a>(view: &View<'a>) -> &'a str {
    view.text("sku").or(view.text("sku_id")).or(view.text("title")).unwrap_or("line")
}

fn order_line(view: &View<'_>, name: &str, amounts: &OrderAmounts, place: usize, context: &Context) -> Draft {
    let status = view.text("status").unwrap_or_default();
    let by_tiktok = view.text("fulfilment").is_some_and(|kind| kind.to_lowercase().contains("by tiktok"));
    let is_sample = view.text("sort").is_some_and(|sort| sort.to_lowercase().contains("sample"));
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", view.cell("order_id").clone())
        .set("line_id", name)
        .set("ordered_at", view.cell("ordered_at").clone())
        .set("updated_at", newest(view).map(|at| after_step(at, status)))
        .set("sku", view.cell("sku").clone())
        .set("channel_sku", view.text("sku").or(view.text("sku_id")).or(view.text("title")))
        .set("title", view.cell("title").clone())
        .set("quantity", view.cell("quantity").clone())
        .set("unit_price", view.cell("unit_price").clone())
        .set("gross", amounts.gross[place])
        .set("discount", amounts.discount[place])
        .set("shipping_charged", amounts.shipping.as_ref().map(|parts| parts[place]))
        .set("tax", amounts.tax.as_ref().map(|parts| parts[place]))
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()))
        .set("status", status)
        .set("cancel_reason", (status == "cancelled").then(|| cancel_reason(view)).flatten())
        .set("fulfilment", if by_tiktok { "channel" } else { "seller" })
        .set("location", if by_tiktok { context.warehouse.as_str() } else { context.pool.as_str() })
        .set("country", view.cell("country").clone())
        .set("kind", is_sample.then_some("giveaway"))
}

fn cancel_reason(view: &View<'_>) -> Option<&'static str> {
    let said = view.text("cancel_reason")?;
    let by_buyer = view.text("cancelled_by").is_some_and(|who| matches!(who.to_lowercase().as_str(), "user" | "buyer"));
    containing(said, CANCEL_REASON).or(Some(if by_buyer { "buyer" } else { "other" }))
}
