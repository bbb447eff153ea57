//! TikTok Shop's exports: orders, income statements, counts in TikTok's own warehouses.

use super::words::containing;
use super::{after_step, named_by_content};
use crate::config::{ChannelKind, DateOrder};
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, TabbedIdentifier, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Verdict, View, line_names};
use crate::types::Money as Amount;

/// A clock with AM and PM is the American layout, which puts the month first.
const STYLE: Style =
    Style { twelve_hour: Some(DateOrder::MonthDayYear), explained_by: Some("Platform unique order ID"), ..Style::CSV };

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

const STATUS: &[(&str, &str)] = &[
    ("unpaid", "pending"),
    ("on hold", "pending"),
    ("to ship", "paid"),
    ("awaiting shipment", "paid"),
    ("awaiting collection", "paid"),
    ("partially shipped", "paid"),
    ("shipped", "shipped"),
    ("in transit", "shipped"),
    ("delivered", "completed"),
    ("completed", "completed"),
    ("canceled", "cancelled"),
    ("cancelled", "cancelled"),
    ("cancel", "cancelled"),
    ("ยังไม่ได้ชำระเงิน", "pending"),
    ("ที่จะจัดส่ง", "paid"),
    ("จัดส่งแล้ว", "shipped"),
    ("เสร็จสมบูรณ์", "completed"),
    ("เสร็จสิ้น", "completed"),
    ("สำเร็จแล้ว", "completed"),
    ("ยกเลิกแล้ว", "cancelled"),
    ("belum bayar", "pending"),
    ("perlu dikirim", "paid"),
    ("dikirim", "shipped"),
    ("selesai", "completed"),
    ("dibatalkan", "cancelled"),
    ("chưa thanh toán", "pending"),
    ("chờ vận chuyển", "paid"),
    ("cần gửi", "paid"),
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
    let gross: Vec<Option<Amount>> = views.iter().map(gross_of).collect();
    let weights: Vec<i64> =
        gross.iter().map(|amount| amount.map_or(0, |amount| amount.ten_thousandths().max(0))).collect();
    let share = |name: &str| views[0].money(name).map(|amount| amount.split(&weights));
    let (shipping, tax) = (share("shipping"), share("taxes"));
    let keys: Vec<(&str, _)> =
        views.iter().map(|view| (article(view), (view.money("unit_price"), view.count("quantity")))).collect();
    let names = line_names(&keys);
    (0..views.len())
        .map(|index| {
            let view = &views[index];
            if gross[index].is_none() && view.is_known("unit_price") {
                return Complaint::new("unit_price", "money_overflow", "price times quantity is beyond any amount")
                    .into();
            }
            let parts = [&shipping, &tax].map(|parts| parts.as_ref().map(|parts| parts[index]));
            order_line(view, &names[index], gross[index], parts, context)
        })
        .collect()
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money("subtotal").or_else(|| view.money("unit_price")?.checked_times(view.count("quantity")?))
}

fn article<'a>(view: &View<'a>) -> &'a str {
    view.text("sku").or(view.text("sku_id")).or(view.text("title")).unwrap_or("line")
}

fn order_line(
    view: &View<'_>,
    name: &str,
    gross: Option<Amount>,
    [shipping, tax]: [Option<Amount>; 2],
    context: &Context,
) -> Verdict {
    let status = view.text("status").unwrap_or_default();
    let by_tiktok = view.text("fulfilment").is_some_and(|kind| kind.to_lowercase().contains("by tiktok"));
    let after = view.money("subtotal_after");
    // The platform's own discount is not the seller's: the seller is paid for it.
    let discount = view.money("discount").or_else(|| Some(gross? - after?).filter(|_| !view.is_known("subtotal")));
    let times = ["ordered_at", "paid_at", "ready_at", "shipped_at", "delivered_at", "cancelled_at"];
    let newest = times.iter().filter_map(|name| view.instant(name)).max();
    let draft = Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", view.cell("order_id").clone())
        .set("line_id", name)
        .set("ordered_at", view.cell("ordered_at").clone())
        .set("updated_at", newest.map(|at| after_step(at, status)))
        .set("sku", view.cell("sku").clone())
        .set("channel_sku", view.text("sku").or(view.text("sku_id")).or(view.text("title")))
        .set("title", view.cell("title").clone())
        .set("quantity", view.cell("quantity").clone())
        .set("unit_price", view.cell("unit_price").clone())
        .set("gross", gross)
        .set("discount", discount.map(Amount::abs))
        .set("shipping_charged", shipping)
        .set("tax", tax)
        .set("currency", context.shop_currency.as_str())
        .set("status", status)
        .set("cancel_reason", (status == "cancelled").then(|| cancel_reason(view)).flatten())
        .set("fulfilment", if by_tiktok { "channel" } else { "seller" })
        .set("location", if by_tiktok { context.warehouse.as_str() } else { context.pool.as_str() })
        .set("country", view.cell("country").clone());
    Verdict::Facts(vec![draft])
}

fn cancel_reason(view: &View<'_>) -> Option<&'static str> {
    let said = view.text("cancel_reason")?;
    let by_buyer = view.text("cancelled_by").is_some_and(|who| matches!(who.to_lowercase().as_str(), "user" | "buyer"));
    containing(said, CANCEL_REASON).or(Some(if by_buyer { "buyer" } else { "other" }))
}

/// What TikTok pays for each order, and what it keeps.
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
        may("shipping_fee", &["Seller shipping fee", "TikTok Shop shipping fee", "Shipping"], Money),
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

/// The parts of an income row: column, kind, what it is.
const REVENUE: &[(&str, &str)] =
    &[("before", "sale"), ("seller_discount", "discount"), ("refund", "refund"), ("refund_discount", "refund")];
const FEES: &[(&str, &str)] = &[
    ("transaction_fee", "payment_fee"),
    ("commission", "referral_fee"),
    ("shipping_fee", "shipping_label"),
    ("affiliate", "advertising"),
    ("affiliate_ads", "advertising"),
    ("affiliate_partner", "advertising"),
    ("fulfilment_fee", "fulfilment_fee"),
];

/// What an adjustment is about.
const ADJUSTMENT: &[(&str, &str)] = &[
    ("ads", "advertising"),
    ("reimburs", "reimbursement"),
    ("compensation", "reimbursement"),
    ("chargeback", "chargeback"),
    ("reserve", "reserve"),
    ("payout", "payout"),
];

fn income(view: &View<'_>, context: &Context) -> Verdict {
    let Some(at) = view.instant("settled_at") else { return Verdict::Structure("not settled yet") };
    let amount = |name: &str| view.money(name).unwrap_or_default();
    let total = amount("total");
    if amount("revenue") + amount("fees") + amount("adjustment") != total {
        let reason = format!("revenue, fees and adjustment do not add up to {total}");
        return Complaint::new("total", "control_total", reason).into();
    }
    let kind = view.text("type").unwrap_or_default();
    let adjustment = containing(kind, ADJUSTMENT).unwrap_or("other");
    let mut parts: Vec<(&str, &str, Amount)> = Vec::new();
    for (columns, whole) in [(REVENUE, "revenue"), (FEES, "fees")] {
        parts.extend(columns.iter().map(|(name, kind)| (*name, *kind, amount(name))));
        let told: Amount = columns.iter().map(|(name, _)| amount(name)).sum();
        parts.push((whole, "other", amount(whole) - told));
    }
    parts.push(("adjustment", adjustment, amount("adjustment")));
    parts.retain(|(_, _, amount)| !amount.is_zero());
    if parts.is_empty() {
        parts.push(("total", "other", total));
    }
    let settlement = at.day_in(context.locale.zone).to_string();
    let order = view.text("order_id").unwrap_or_default();
    let is_order = containing(kind, &[("order", "order"), ("refund", "order")]).is_some();
    if is_order && order.is_empty() {
        return Complaint::missing("order_id").into();
    }
    // What is about no order says `/` or `--` here, which is read as unknown.
    let about = view.text("related_order").or(Some(order).filter(|_| is_order));
    let currency = view.text("currency").unwrap_or(context.shop_currency.as_str());
    let line = |(column, part, amount): (&str, &str, Amount)| {
        Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", settlement.as_str())
            .set("line", named_by_content(order, at, &[kind, &total.to_string(), column]))
            .set("posted_at", at)
            .set("order_id", about)
            .set("kind", part)
            .set("description", described(view, column))
            .set("amount", amount)
            .set("currency", currency)
    };
    Verdict::Facts(parts.into_iter().map(line).collect())
}

/// The column's header; for an adjustment its type.
fn described(view: &View<'_>, column: &str) -> String {
    if column == "adjustment" {
        return view.text("type").unwrap_or_default().to_owned();
    }
    let field = view.layout.field(column).and_then(|field| view.layout.fields[field].headers.first());
    field.cloned().unwrap_or_default()
}

/// Counts in TikTok's own warehouses.
pub(crate) static WAREHOUSE: Export = Export {
    id: "tiktok-warehouse",
    kind: ChannelKind::Tiktok,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        need("goods", &["Goods ID"], TabbedIdentifier),
        head("sku", &["Reference code"], TabbedIdentifier),
        need("location", &["Warehouse name"], Identifier),
        need("available", &["Available inventory"], Count),
        may("damaged", &["Defective"], Count),
        may("reserved", &["Good&Reserved"], Count),
        may("inbound", &["In Transit: Total Quantity"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { explained_by: None, ..STYLE },
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(warehouse)),
};

fn warehouse(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("channel_stock")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.text("sku").or(view.text("goods")))
        .set("listed", view.cell("available").clone())
        .set("reported_at", context.snapshot);
    Verdict::Facts(vec![draft])
}
