//! Orders as the Customer/Order/Coupon Export plugin writes them: a row per line, or a row per
//! order with its lines packed into one cell.

use super::STATUS;
use super::items::by_pipe;
use crate::config::ChannelKind;
use crate::ingest::cell::Locale;
use crate::ingest::cell::Reader::{self, Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::after_step;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Style, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Verdict, View};
use crate::lake::Cell;
use crate::types::Money as Amount;

const ORDER: [Field; 10] = [
    need("order_key", &["order_id"], Identifier),
    head("order_number", &["order_number"], Identifier),
    may("order_number_formatted", &["order_number_formatted"], Identifier),
    need("ordered_at", &["date"], Instant),
    need("status", &["status"], Word(STATUS)),
    may("shipping_total", &["shipping_total"], Money),
    may("shipping_tax", &["shipping_tax_total"], Money),
    need("order_total", &["order_total"], Money),
    may("currency", &["order_currency"], Currency),
    may("country", &["shipping_country"], Identifier),
];

/// `default_one_row_per_item`: what concerns the whole order is repeated on every row of it.
pub(crate) static ORDER_ITEMS: Export = Export {
    id: "woocommerce-order-items",
    kind: ChannelKind::Woocommerce,
    document: "orders",
    table: "order_lines",
    fields: &[
        ORDER[0],
        ORDER[1],
        ORDER[2],
        ORDER[3],
        ORDER[4],
        ORDER[5],
        ORDER[6],
        ORDER[7],
        ORDER[8],
        ORDER[9],
        need("item", &["item_id"], Identifier),
        head("sku", &["item_sku"], Identifier),
        head("title", &["item_name"], Prose),
        need("quantity", &["item_quantity"], Count),
        need("subtotal", &["item_subtotal"], Money),
        need("total", &["item_total"], Money),
        may("tax", &["item_total_tax"], Money),
        may("refunded", &["item_refunded"], Money),
        may("refunded_units", &["item_refunded_qty"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_key"),
    totals: &[],
    shape: |_| Box::new(ByGroup(rows_of_order)),
};

/// `default`: a row per order.
pub(crate) static ORDERS: Export = Export {
    id: "woocommerce-orders",
    fields: &[
        ORDER[0],
        ORDER[1],
        ORDER[2],
        ORDER[3],
        ORDER[4],
        ORDER[5],
        ORDER[6],
        ORDER[7],
        ORDER[8],
        ORDER[9],
        need("line_items", &["line_items"], Prose),
    ],
    never: &["item_id"],
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(packed_order)),
    ..ORDER_ITEMS
};

/// Amounts have points and days are written year first, whatever the shop's language.
const STYLE: Style = Style { refuses_undecided_dates: false, ..Style::POINT };

/// A line of an order, from a row or from a packed cell.
struct Line {
    item: String,
    sku: Cell,
    title: Cell,
    quantity: i64,
    /// Of all units, before coupons and after.
    subtotal: Amount,
    total: Amount,
    tax: Option<Amount>,
    refunded: Amount,
    refunded_units: i64,
}

fn rows_of_order(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let lines: Vec<Line> = views
        .iter()
        .map(|view| Line {
            item: view.text("item").unwrap_or_default().to_owned(),
            sku: view.cell("sku").clone(),
            title: view.cell("title").clone(),
            quantity: view.count("quantity").unwrap_or_default(),
            subtotal: view.money("subtotal").unwrap_or_default(),
            total: view.money("total").unwrap_or_default(),
            tax: view.money("tax"),
            refunded: view.money("refunded").unwrap_or_default(),
            refunded_units: view.count("refunded_units").unwrap_or_default(),
        })
        .collect();
    let drafts = drafts(&views[0], &lines, context);
    drafts.into_iter().map(Verdict::Facts).collect()
}

fn packed_order(view: &View<'_>, context: &Context) -> Verdict {
    let packed = by_pipe(view.text("line_items").unwrap_or_default());
    let locale = view.locale(context);
    let lines: Result<Vec<Line>, Complaint> = packed.iter().map(|pairs| unpacked(pairs, &locale)).collect();
    match lines {
        Ok(lines) if lines.is_empty() => Complaint::missing("line_items").into(),
        Ok(lines) => Verdict::Facts(drafts(view, &lines, context).concat()),
        Err(complaint) => complaint.into(),
    }
}

fn unpacked(pairs: &[(String, String)], locale: &Locale) -> Result<Line, Complaint> {
    let cell = |key: &str, reader: Reader| -> Result<Cell, Complaint> {
        let Some((_, text)) = pairs.iter().find(|(known, _)| known == key) else { return Ok(Cell::Null) };
        let read = reader.read(text, locale).map(Cell::from);
        read.map_err(|flaw| Complaint::new("line_items", flaw.code, format!("`{key}` is {}", flaw.reason)))
    };
    let money =
        |key: &str| cell(key, Money).map(|cell| if let Cell::Money(amount) = cell { Some(amount) } else { None });
    let count =
        |key: &str| cell(key, Count).map(|cell| if let Cell::Integer(count) = cell { Some(count) } else { None });
    let known = |key: &str| Complaint::new("line_items", "missing_value", format!("a line without `{key}`"));
    let item = pairs.iter().find(|(key, _)| key == "id").map(|(_, id)| id.clone());
    let total = money("total")?.ok_or_else(|| known("total"))?;
    Ok(Line {
        item: item.ok_or_else(|| known("id"))?,
        sku: cell("sku", Identifier)?,
        title: cell("name", Prose)?,
        quantity: count("quantity")?.ok_or_else(|| known("quantity"))?,
        subtotal: money("subtotal")?.unwrap_or(total),
        total,
        tax: money("total_tax")?,
        refunded: money("refunded")?.unwrap_or_default(),
        refunded_units: count("refunded_qty")?.unwrap_or_default(),
    })
}

/// The rows of each line: the sale, and what of it was refunded.
fn drafts(order: &View<'_>, lines: &[Line], context: &Context) -> Vec<Vec<Draft>> {
    let weights: Vec<i64> = lines.iter().map(|line| line.total.ten_thousandths().max(0)).collect();
    let share = |name: &str| order.money(name).map(|amount| amount.split(&weights));
    let (shipping, shipping_tax) = (share("shipping_total"), share("shipping_tax"));
    let part = |parts: &Option<Vec<Amount>>, index: usize| parts.as_ref().map(|parts| parts[index]);
    let tax = |line: &Line, index: usize| match (line.tax, part(&shipping_tax, index)) {
        (None, None) => None,
        (line, shipping) => Some(line.unwrap_or_default() + shipping.unwrap_or_default()),
    };
    let each = lines.iter().enumerate().map(|(index, line)| {
        let sale =
            sale(order, line, context).set("shipping_charged", part(&shipping, index)).set("tax", tax(line, index));
        let back = line.refunded_units != 0 || !line.refunded.is_zero();
        [Some(sale), back.then(|| refund(order, line, context))].into_iter().flatten().collect()
    });
    each.collect()
}

/// What buyers and payments call the order: a plugin may number orders anew.
fn number<'a>(order: &View<'a>) -> &'a str {
    let said = ["order_number_formatted", "order_number", "order_key"].into_iter().find_map(|name| order.text(name));
    said.unwrap_or_default()
}

fn currency<'a>(order: &View<'a>, context: &'a Context) -> &'a str {
    order.text("currency").unwrap_or(context.shop_currency.as_str())
}

fn sale(order: &View<'_>, line: &Line, context: &Context) -> Draft {
    let status = order.text("status").unwrap_or_default();
    let updated = order.instant("ordered_at").map(|at| after_step(at, status));
    let sku = if line.sku == Cell::Null { line.title.clone() } else { line.sku.clone() };
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", number(order))
        .set("line_id", line.item.as_str())
        .set("ordered_at", order.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", line.sku.clone())
        .set("channel_sku", sku)
        .set("title", line.title.clone())
        .set("quantity", line.quantity)
        .set("unit_price", line.subtotal.divided_by(line.quantity))
        .set("gross", line.subtotal)
        .set("discount", line.subtotal - line.total)
        .set("currency", currency(order, context))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", order.cell("country").clone())
}

/// The export does not say when: it counts on the order's own day, so that a second download says
/// the same.
fn refund(order: &View<'_>, line: &Line, context: &Context) -> Draft {
    let sku = if line.sku == Cell::Null { line.title.clone() } else { line.sku.clone() };
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", number(order))
        .set("line_id", line.item.as_str())
        .set("order_id", number(order))
        .set("refunded_at", order.cell("ordered_at").clone())
        .set("exported_at", context.exported_after(order.instant("ordered_at")))
        .set("sku", line.sku.clone())
        .set("channel_sku", sku)
        .set("quantity", line.refunded_units.abs())
        .set("amount", line.refunded.abs())
        .set("currency", currency(order, context))
        .set("disposition", "unknown")
}
