//! WooCommerce's own list of orders: names instead of SKUs, one amount per order.

use super::STATUS;
use super::items::by_cross;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::after_step;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, line_names};
use crate::ingest::totals::Total;

/// Analytics › Orders. The net sales of an order with several articles belong to none of them, so
/// their amounts stay unknown; give the plugin's export where profit per article is wanted.
pub(crate) static ANALYTICS: Export = Export {
    id: "woocommerce-analytics",
    kind: ChannelKind::Woocommerce,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("ordered_at", &["Date"], Instant),
        need("order_id", &["Order #"], Identifier),
        head("shown_revenue", &["N. Revenue (formatted)"], Prose),
        need("status", &["Status"], Word(STATUS)),
        need("products", &["Product(s)"], Prose),
        need("units", &["Items sold"], Count),
        need("net", &["Net Sales"], Money),
        may("coupons", &["Coupon(s)"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { refuses_undecided_dates: false, ..Style::POINT },
    group: None,
    totals: &[Total::goods("net")],
    shape: |_| Box::new(ByRow(order)),
};

fn order(view: &View<'_>, context: &Context) -> Verdict {
    let Some(articles) = by_cross(view.text("products").unwrap_or_default()) else {
        return Complaint::new("products", "bad_products", "not a list such as `2× Hoodie, 1× Beanie`").into();
    };
    let told: i64 = articles.iter().map(|(units, _)| *units).sum();
    let units = view.count("units").unwrap_or_default();
    if units.abs() != told {
        let reason = format!("its articles come to {told} units and not to {units}");
        return Complaint::new("products", "control_total", reason).into();
    }
    let keys: Vec<(&str, i64)> = articles.iter().map(|(units, name)| (*name, *units)).collect();
    let names = line_names(&keys);
    let back = units < 0 || view.money("net").is_some_and(|net| net.ten_thousandths() < 0);
    let lines = articles.iter().zip(names);
    let drafts: Vec<Draft> = lines
        .map(|((units, name), line)| {
            let amount = view.money("net").filter(|_| articles.len() == 1);
            if back { refund(view, context, *units, name, &line) } else { sale(view, context, *units, name, &line) }
                .set(if back { "amount" } else { "gross" }, amount.map(crate::types::Money::abs))
        })
        .collect();
    Verdict::Facts(drafts)
}

fn sale(view: &View<'_>, context: &Context, units: i64, name: &str, line: &str) -> Draft {
    let status = view.text("status").unwrap_or_default();
    let price = view.money("net").filter(|_| view.count("units") == Some(units)).and_then(|net| net.divided_by(units));
    Draft::new("order_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("line_id", line)
        .set("updated_at", view.instant("ordered_at").map(|at| after_step(at, status)))
        .set("channel_sku", name)
        .set("title", name)
        .set("quantity", units)
        .set("unit_price", price)
        .set("currency", context.channel_currency.as_str())
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
}

/// A refund is a row of its own with the order's number.
fn refund(view: &View<'_>, context: &Context, units: i64, name: &str, line: &str) -> Draft {
    let order = view.text("order_id").unwrap_or_default();
    let at = view.instant("ordered_at").map(|at| at.to_string()).unwrap_or_default();
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", format!("{order}/{at}"))
        .set("line_id", line)
        .set("order_id", order)
        .set("refunded_at", view.cell("ordered_at").clone())
        .set("channel_sku", name)
        .set("quantity", units)
        .set("currency", context.channel_currency.as_str())
        .set("disposition", "unknown")
}
