//! BigCommerce's exports: orders with their lines packed into one cell, and products.

use super::after_step;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{self, Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::cell::{self, Locale};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, line_names};
use crate::lake::Cell;
use crate::types::Money as Amount;

/// The default template: a row per order.
pub(crate) static ORDERS: Export = Export {
    id: "bigcommerce-orders",
    kind: ChannelKind::Bigcommerce,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("ordered_at", &["Order Date"], Instant),
        need("status", &["Order Status"], Word(STATUS)),
        may("subtotal", &["Subtotal (ex tax)"], Money),
        may("tax", &["Tax Total"], Money),
        may("shipping", &["Shipping Cost (ex tax)"], Money),
        need("order_total", &["Order Total (ex tax)"], Money),
        may("units", &["Total Quantity"], Count),
        may("shipped_at", &["Date Shipped"], Instant),
        may("currency", &["Order Currency Code"], Currency),
        may("country", &["Shipping Country"], Prose),
        need("products", &["Product Details"], Prose),
        may("refunded", &["Refund Amount"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style::CSV,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(order)),
};

const STATUS: &[(&str, &str)] = &[
    ("incomplete", "pending"),
    ("pending", "pending"),
    ("awaiting payment", "pending"),
    ("manual verification required", "pending"),
    ("awaiting fulfillment", "paid"),
    ("awaiting shipment", "paid"),
    ("awaiting pickup", "paid"),
    ("partially shipped", "paid"),
    ("disputed", "paid"),
    ("shipped", "shipped"),
    ("completed", "completed"),
    ("partially refunded", "completed"),
    ("refunded", "refunded"),
    ("cancelled", "cancelled"),
    ("declined", "cancelled"),
];

/// A line of an order.
struct Line {
    sku: Cell,
    product: Cell,
    title: Cell,
    quantity: i64,
    price: Amount,
    total: Amount,
}

fn order(view: &View<'_>, context: &Context) -> Verdict {
    let packed = view.text("products").unwrap_or_default();
    let locale = view.locale(context);
    let lines: Result<Vec<Line>, Complaint> = articles(packed).iter().map(|text| line(text, &locale)).collect();
    let lines = match lines {
        Ok(lines) if lines.is_empty() => {
            return Complaint::new("products", "bad_products", "no `Product ID:` stands in it").into();
        }
        Ok(lines) => lines,
        Err(complaint) => return complaint.into(),
    };
    let units: i64 = lines.iter().map(|line| line.quantity).sum();
    if view.count("units").is_some_and(|told| told != units) {
        return Complaint::new("products", "control_total", format!("its lines come to {units} units")).into();
    }
    let weights: Vec<i64> = lines.iter().map(|line| line.total.ten_thousandths().max(0)).collect();
    let share = |name: &str| view.money(name).map(|amount| amount.split(&weights));
    let (shipping, tax) = (share("shipping"), share("tax"));
    let part = |parts: &Option<Vec<Amount>>, index: usize| parts.as_ref().map(|parts| parts[index]);
    let keys: Vec<(&str, _)> = lines.iter().map(|line| (article(line), (line.price, line.quantity))).collect();
    let names = line_names(&keys);
    let sold = lines.iter().zip(names).enumerate().map(|(index, (line, name))| {
        sale(view, line, context)
            .set("line_id", name)
            .set("shipping_charged", part(&shipping, index))
            .set("tax", part(&tax, index))
    });
    let refunded = view.money("refunded").filter(|amount| !amount.is_zero());
    Verdict::Facts(sold.chain(refunded.map(|amount| refund(view, amount, context))).collect())
}

fn article(line: &Line) -> &str {
    match (&line.sku, &line.product) {
        (Cell::Text(text), _) | (_, Cell::Text(text)) => text,
        _ => "line",
    }
}

/// Labels of the packed cell. Names hold commas, so that only a known label ends a value.
const LABELS: &[&str] = &[
    "Product ID",
    "Product Qty",
    "Product SKU",
    "Product Name",
    "Product Weight",
    "Product Variation Details",
    "Product Unit Price",
    "Product Total Price",
];

fn articles(packed: &str) -> Vec<&str> {
    let starts: Vec<usize> = packed.match_indices("Product ID:").map(|(start, _)| start).collect();
    let ends = starts.iter().skip(1).copied().chain([packed.len()]);
    starts.iter().zip(ends).map(|(start, end)| packed[*start..end].trim_end_matches(['|', ' ', ','])).collect()
}

fn value<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let start = text.find(&format!("{label}:"))? + label.len() + 1;
    let rest = &text[start..];
    let end = LABELS.iter().filter_map(|label| rest.find(&format!(", {label}:"))).min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

fn line(text: &str, locale: &Locale) -> Result<Line, Complaint> {
    let cell = |label: &str, reader: Reader| {
        let read = reader.read(value(text, label).unwrap_or_default(), locale);
        let read = read.map(Cell::from);
        read.map_err(|flaw| Complaint::new("products", flaw.code, format!("`{label}` is {}", flaw.reason)))
    };
    let money = |label: &str| match cell(label, Money)? {
        Cell::Money(amount) => Ok(amount),
        _ => Err(Complaint::new("products", "missing_value", format!("a line without `{label}`"))),
    };
    let (price, total) = (money("Product Unit Price")?, money("Product Total Price")?);
    let quantity = match cell("Product Qty", Count)? {
        Cell::Integer(units) => units,
        _ => units(price, total)
            .ok_or_else(|| Complaint::new("products", "missing_value", "a line without `Product Qty`"))?,
    };
    Ok(Line {
        sku: cell("Product SKU", Identifier)?,
        product: cell("Product ID", Identifier)?,
        title: cell("Product Name", Prose)?,
        quantity,
        price,
        total,
    })
}

/// How many units a total is, where the price divides it.
fn units(price: Amount, total: Amount) -> Option<i64> {
    let (price, total) = (price.ten_thousandths(), total.ten_thousandths());
    (price > 0 && total > 0 && total % price == 0).then(|| total / price)
}

fn currency<'a>(view: &View<'a>, context: &'a Context) -> &'a str {
    view.text("currency").unwrap_or(context.shop_currency.as_str())
}

fn sale(view: &View<'_>, line: &Line, context: &Context) -> Draft {
    let status = view.text("status").unwrap_or_default();
    let newest = [view.instant("ordered_at"), view.instant("shipped_at")].into_iter().flatten().max();
    let updated = newest.map(|at| after_step(at, status));
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", view.cell("order_id").clone())
        .set("ordered_at", view.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", line.sku.clone())
        .set("channel_sku", article(line))
        .set("title", line.title.clone())
        .set("quantity", line.quantity)
        .set("unit_price", line.price)
        .set("gross", line.total)
        .set("currency", currency(view, context))
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
        .set("country", view.cell("country").clone())
}

/// The export tells neither the articles nor the day of a refund: it counts for the whole order on
/// the order's own day, with its part of the tax.
fn refund(view: &View<'_>, amount: Amount, context: &Context) -> Draft {
    Draft::new("refund_lines")
        .set("channel", context.channel_name())
        .set("refund_id", view.cell("order_id").clone())
        .set("line_id", "order")
        .set("order_id", view.cell("order_id").clone())
        .set("refunded_at", view.cell("ordered_at").clone())
        .set("exported_at", context.exported_after(view.instant("ordered_at")))
        .set("amount", amount.abs())
        .set("tax_included", true)
        .set("currency", currency(view, context))
        .set("disposition", "unknown")
}

/// Products in the template that most shops still use: SKUs and rules stand under their product.
pub(crate) static PRODUCTS: Export = Export {
    id: "bigcommerce-products",
    kind: ChannelKind::Bigcommerce,
    document: "listings",
    table: "listings",
    fields: &[
        need("type", &["Item Type"], Prose),
        may("id", &["Product ID"], Identifier),
        head("sku", &["Product Code/SKU", "Code"], Identifier),
        may("title", &["Product Name", "Name"], Prose),
        head("price_text", &["Price"], Prose),
        may("list_price", &["Retail Price"], Money),
        may("sale_price", &["Sale Price"], Money),
        may("brand", &["Brand Name", "Brand"], Prose),
        head("listed", &["Current Stock Level", "Stock Level"], Count),
        may("barcode", &["Product UPC/EAN"], Identifier),
        may("visible", &["Product Visible?"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style::POINT,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(product)),
};

fn product(view: &View<'_>, context: &Context) -> Verdict {
    let kind = view.text("type").unwrap_or_default().trim().to_lowercase();
    if kind != "product" && kind != "sku" {
        return Verdict::Structure("rule");
    }
    // A rule's price is a difference such as `[ADD]5`, so the column is read here.
    let price = match view.text("price_text").map(|text| cell::money(text, &view.locale(context))).transpose() {
        Ok(price) => view.money("sale_price").filter(|price| !price.is_zero()).or(price),
        Err(flaw) => return Complaint::new("price_text", flaw.code, flaw.reason).into(),
    };
    let list = view.money("list_price").filter(|price| !price.is_zero());
    let visible = view.text("visible").map(|word| word.eq_ignore_ascii_case("y") || word.eq_ignore_ascii_case("true"));
    let draft = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.text("sku").or(view.text("id")))
        .set("at", context.snapshot)
        .set("price", price)
        .set("list_price", list)
        .set("currency", context.shop_currency.as_str())
        .set("status", visible.map(|visible| if visible { "active" } else { "inactive" }));
    Verdict::Facts(vec![draft])
}
