//! Shopify's exports: orders, payments, payouts, inventory in four layouts, products.

use super::words::{CANCEL_REASON, containing};
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Day, Identifier, Instant, Measure, Money, Prose, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Style, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Complaint, Draft, Shape, Twins, Verdict, View, line_names};
use crate::lake::Cell;
use crate::types::{Money as Amount, Timestamp};

/// Amounts have points and times have offsets, whatever the shop's language.
const STYLE: Style = Style { refuses_undecided_dates: false, ..Style::POINT };

const ORDER_FIELDS: &[Field] = &[
    need("order_id", &["Name"], Identifier),
    head("financial_status", &["Financial Status"], Word(FINANCIAL_STATUS)),
    may("paid_at", &["Paid at"], Instant),
    may("fulfilment_status", &["Fulfillment Status"], Prose),
    may("fulfilled_at", &["Fulfilled at"], Instant),
    head("currency", &["Currency"], Currency),
    may("subtotal", &["Subtotal"], Money),
    may("shipping", &["Shipping"], Money),
    may("taxes", &["Taxes"], Money),
    may("discount_total", &["Discount Amount"], Money),
    need("ordered_at", &["Created at"], Instant),
    need("quantity", &["Lineitem quantity"], Count),
    head("title", &["Lineitem name"], Prose),
    need("unit_price", &["Lineitem price"], Money),
    head("sku", &["Lineitem sku"], Identifier),
    may("line_discount", &["Lineitem discount"], Money),
    may("cancelled_at", &["Cancelled at"], Instant),
    may("shipping_country", &["Shipping Country"], Identifier),
    may("billing_country", &["Billing Country"], Identifier),
    may("tags", &["Tags"], Prose),
    may("notes", &["Notes"], Prose),
];

/// What Shopify says of the money, and what that makes the order.
const FINANCIAL_STATUS: &[(&str, &str)] = &[
    ("pending", "pending"),
    ("authorized", "pending"),
    ("partially_paid", "pending"),
    ("expired", "cancelled"),
    ("voided", "cancelled"),
    ("paid", "paid"),
    ("partially_refunded", "paid"),
    ("refunded", "refunded"),
];

/// One row per line; what concerns the order as a whole stands on its first row alone.
pub(crate) static ORDERS: Export = Export {
    id: "shopify-orders",
    kind: ChannelKind::Shopify,
    document: "orders",
    table: "order_lines",
    fields: ORDER_FIELDS,
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    shape: |_| Box::new(ByGroup(orders)),
};

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = views[0];
    if !first.is_known("financial_status") || !first.is_known("currency") {
        let complaint =
            Complaint::new("financial_status", "orphan_continuation", "the order's first row does not stand before it");
        return vec![complaint.into(); views.len()];
    }
    let gross: Option<Vec<Amount>> = views.iter().map(gross_of).collect();
    let Some(gross) = gross else {
        let complaint = Complaint::new("unit_price", "money_overflow", "price times quantity is beyond any amount");
        return vec![complaint.into(); views.len()];
    };
    let weights: Vec<i64> = gross.iter().map(|amount| amount.ten_thousandths().max(0)).collect();
    let share = |name: &str| first.money(name).map(|amount| amount.split(&weights));
    let (shipping, tax) = (share("shipping"), share("taxes"));
    let discount = discounts(views, &gross, &weights);
    let keys: Vec<(&str, _)> =
        views.iter().map(|view| (article(view), (view.money("unit_price"), view.count("quantity")))).collect();
    let names = line_names(&keys);
    let country = first.text("shipping_country").or(first.text("billing_country"));
    let status = status(&first);
    (0..views.len())
        .map(|index| {
            let view = &views[index];
            let sku = view.text("sku");
            let draft = Draft::new("order_lines")
                .set("channel", context.channel_name())
                .set("order_id", view.cell("order_id").clone())
                .set("line_id", names[index].as_str())
                .set("ordered_at", view.cell("ordered_at").clone())
                .set("updated_at", updated_at(&first, status))
                .set("sku", sku)
                .set("channel_sku", sku.or(view.text("title")))
                .set("title", view.cell("title").clone())
                .set("quantity", view.cell("quantity").clone())
                .set("unit_price", view.cell("unit_price").clone())
                .set("gross", gross[index])
                .set("discount", discount.as_ref().map(|parts| parts[index]))
                .set("shipping_charged", shipping.as_ref().map(|parts| parts[index]))
                .set("tax", tax.as_ref().map(|parts| parts[index]))
                .set("currency", first.cell("currency").clone())
                .set("status", status)
                .set("cancel_reason", (status == "cancelled").then(|| cancel_reason(&first)).flatten())
                .set("fulfilment", "seller")
                .set("location", context.pool.as_str())
                .set("country", country);
            Verdict::Facts(vec![draft])
        })
        .collect()
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money("unit_price")?.checked_times(view.count("quantity")?)
}

fn article<'a>(view: &View<'a>) -> &'a str {
    view.text("sku").or(view.text("title")).unwrap_or("line")
}

/// The order's discount over its lines. Shopify states it for the whole order and, in some files,
/// again by line: the subtotal tells whether the one holds the other.
fn discounts(views: &[View<'_>], gross: &[Amount], weights: &[i64]) -> Option<Vec<Amount>> {
    let first = views[0];
    let by_line: Vec<Amount> = views.iter().map(|view| view.money("line_discount").unwrap_or_default()).collect();
    let lines: Amount = by_line.iter().copied().sum();
    let Some(total) = first.money("discount_total") else {
        let stated = views.iter().any(|view| view.is_known("line_discount"));
        return stated.then_some(by_line);
    };
    let all: Amount = gross.iter().copied().sum();
    let held = lines.is_zero() || first.money("subtotal") == Some(all - total);
    let left = if held && total >= lines { total - lines } else { total };
    let parts = left.split(weights);
    Some(by_line.iter().zip(parts).map(|(line, part)| *line + part).collect())
}

fn status(first: &View<'_>) -> &'static str {
    let fulfilled = first.text("fulfilment_status").is_some_and(|word| word.eq_ignore_ascii_case("fulfilled"));
    if first.is_known("cancelled_at") {
        return "cancelled";
    }
    match first.text("financial_status") {
        Some("cancelled") => "cancelled",
        Some("refunded") => "refunded",
        _ if fulfilled => "shipped",
        Some("paid") => "paid",
        _ => "pending",
    }
}

/// The newest time that the order tells, and a microsecond for each step of its life: a refund
/// has no time here and must still come after the payment.
fn updated_at(first: &View<'_>, status: &str) -> Option<Timestamp> {
    let newest =
        ["ordered_at", "paid_at", "fulfilled_at", "cancelled_at"].iter().filter_map(|name| first.instant(name)).max();
    newest.map(|at| super::after_step(at, status))
}

/// Shopify's export does not say why an order was cancelled. A tag such as `cancel_reason:no_stock`
/// or `Cancel: inventory`, or such a line among the notes, does.
fn cancel_reason(first: &View<'_>) -> Option<&'static str> {
    let texts = [first.text("tags"), first.text("notes")];
    texts.into_iter().flatten().flat_map(|text| text.split([',', ';'])).find_map(|tag| {
        let tag = tag.trim().to_lowercase();
        match tag.strip_prefix("cancel_reason:").or_else(|| tag.strip_prefix("cancel:")) {
            Some(said) => containing(said, CANCEL_REASON),
            None => CANCEL_REASON.iter().find(|(word, _)| *word == tag).map(|(_, reason)| *reason),
        }
    })
}

/// Payments and what the processor keeps of them, by payout.
pub(crate) static PAYMENTS: Export = Export {
    id: "shopify-payments",
    kind: ChannelKind::Shopify,
    document: "payments",
    table: "settlement_lines",
    fields: &[
        need("posted_at", &["Transaction Date"], Instant),
        need("kind", &["Type"], Word(PAYMENT_KIND)),
        head("order_id", &["Order"], Identifier),
        may("payout_status", &["Payout Status"], Prose),
        head("payout_day", &["Payout Date"], Day),
        may("payout_id", &["Payout ID"], Identifier),
        need("amount", &["Amount"], Money),
        head("fee", &["Fee"], Money),
        need("net", &["Net"], Money),
        may("checkout", &["Checkout"], Identifier),
        need("currency", &["Currency"], Currency),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    shape: |_| Box::new(Payments::default()),
};

const PAYMENT_KIND: &[(&str, &str)] = &[
    ("charge", "sale"),
    ("refund", "refund"),
    ("refund_failure", "refund"),
    ("chargeback", "chargeback"),
    ("chargeback won", "chargeback"),
    ("chargeback_won", "chargeback"),
    ("dispute", "chargeback"),
    ("adjustment", "other"),
    ("shop cash credit", "other"),
    ("reserve", "reserve"),
    ("transfer", "payout"),
    ("payout", "payout"),
    ("payout_failure", "payout"),
    ("payout failure", "payout"),
];

#[derive(Default)]
struct Payments(Twins);

impl Shape for Payments {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| self.payment(row, context)).collect()
    }
}

impl Payments {
    fn payment(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        let day = match view.cell("payout_day") {
            Cell::Day(day) => Some(day.to_string()),
            _ => None,
        };
        let Some(settlement) = view.text("payout_id").map(str::to_owned).or(day) else {
            return Verdict::Structure("payment not paid out yet");
        };
        let amount = view.money("amount").unwrap_or_default();
        let fee = view.money("fee").unwrap_or_default();
        if view.money("net") != Some(amount - fee) {
            return Complaint::new("net", "control_total", "net is not amount less fee").into();
        }
        let (at, order) = (view.instant("posted_at"), view.text("order_id"));
        let at_text = at.map(|at| at.to_string()).unwrap_or_default();
        let parts = [
            at_text.as_str(),
            view.text("kind").unwrap_or_default(),
            order.unwrap_or_default(),
            view.text("checkout").unwrap_or_default(),
            &amount.to_string(),
        ];
        let name = self.0.name(&parts);
        let line = |suffix: &str, kind: Cell, amount: Amount| {
            Draft::new("settlement_lines")
                .set("channel", context.channel_name())
                .set("settlement_id", settlement.as_str())
                .set("line", format!("{name}{suffix}"))
                .set("posted_at", at)
                .set("order_id", order)
                .set("kind", kind)
                .set("amount", amount)
                .set("currency", view.cell("currency").clone())
        };
        let mut lines = vec![line("", view.cell("kind").clone(), amount)];
        if !fee.is_zero() {
            lines.push(line("/fee", Cell::from("payment_fee"), -fee));
        }
        Verdict::Facts(lines)
    }
}

/// What was paid out, by day.
pub(crate) static PAYOUTS: Export = Export {
    id: "shopify-payouts",
    kind: ChannelKind::Shopify,
    document: "payouts",
    table: "settlements",
    fields: &[
        need("deposited_on", &["Payout Date"], Day),
        need("status", &["Status"], Prose),
        head("charges", &["Charges"], Money),
        head("refunds", &["Refunds"], Money),
        head("fees", &["Fees"], Money),
        need("total", &["Total"], Money),
        need("currency", &["Currency"], Currency),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    shape: |_| Box::new(ByRow(payout)),
};

fn payout(view: &View<'_>, context: &Context) -> Verdict {
    let paid = view.text("status").is_some_and(|status| status.eq_ignore_ascii_case("paid"));
    let Cell::Day(day) = view.cell("deposited_on") else { return Complaint::missing("deposited_on").into() };
    if !paid {
        return Verdict::Structure("payout under way");
    }
    let draft = Draft::new("settlements").with(view).set("channel", context.channel_name());
    Verdict::Facts(vec![draft.set("settlement_id", day.to_string())])
}

const ARTICLE_FIELDS: [Field; 5] = [
    head("handle", &["Handle", "URL handle"], Identifier),
    head("title", &["Title"], Prose),
    head("option_1", &["Option1 Value"], Prose),
    may("option_2", &["Option2 Value"], Prose),
    may("option_3", &["Option3 Value"], Prose),
];

/// Counts with a row per location, to look at or to edit.
pub(crate) static INVENTORY: Export = Export {
    id: "shopify-inventory",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        ARTICLE_FIELDS[0],
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        head("sku", &["SKU"], Identifier),
        need("location", &["Location"], Identifier),
        head("inbound", &["Incoming", "Incoming (not editable)"], Count),
        head("damaged", &["Unavailable", "Unavailable (not editable)"], Count),
        head("reserved", &["Committed", "Committed (not editable)"], Count),
        head("available", &["Available", "Available (not editable)"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    shape: |_| Box::new(ByRow(inventory)),
};

fn inventory(view: &View<'_>, context: &Context) -> Verdict {
    if !view.is_known("available") {
        return Verdict::Structure("not stocked");
    }
    let listed = view.cell("available").clone();
    Verdict::Facts(vec![stock(view, context).with(view).set("channel_sku", number(view)).set("listed", listed)])
}

fn stock(view: &View<'_>, context: &Context) -> Draft {
    Draft::new("channel_stock")
        .set("channel", context.channel_name())
        .set("channel_sku", number(view))
        .set("sku", view.cell("sku").clone())
        .set("reported_at", context.snapshot)
}

/// What names an article here: its SKU, or else its handle and options.
fn number(view: &View<'_>) -> Option<String> {
    if let Some(sku) = view.text("sku") {
        return Some(sku.to_owned());
    }
    let options = ["option_1", "option_2", "option_3"].into_iter().filter_map(|name| view.text(name));
    let options: Vec<&str> = options.filter(|value| *value != "Default Title").collect();
    view.text("handle").map(|handle| [&[handle], options.as_slice()].concat().join(" / "))
}

/// Counts with a column per location.
pub(crate) static INVENTORY_BY_COLUMN: Export = Export {
    id: "shopify-inventory-by-column",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        ARTICLE_FIELDS[0],
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        may("option_1_name", &["Option1 Name"], Prose),
        may("option_2_name", &["Option2 Name"], Prose),
        may("option_3_name", &["Option3 Name"], Prose),
        head("sku", &["SKU"], Identifier),
        head("customs_code", &["HS Code"], Prose),
        head("country_of_origin", &["COO"], Prose),
    ],
    others: Some(Count),
    never: &["Location", "Available", "On hand"],
    width: None,
    style: STYLE,
    group: None,
    shape: |_| Box::new(ByRow(inventory_by_column)),
};

fn inventory_by_column(view: &View<'_>, context: &Context) -> Verdict {
    let stocked = view.row.others.iter().filter(|(_, count)| *count != Cell::Null);
    let drafts: Vec<Draft> = stocked
        .map(|(location, count)| {
            let counts = stock(view, context).set("listed", count.clone()).set("available", count.clone());
            counts.set("location", location.as_str())
        })
        .collect();
    if drafts.is_empty() { Verdict::Structure("not stocked") } else { Verdict::Facts(drafts) }
}

/// Counts that somebody cut down to article, number and location.
pub(crate) static INVENTORY_TRIMMED: Export = Export {
    id: "shopify-inventory-trimmed",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[need("sku", &["SKU"], Identifier), need("location", &["Location"], Identifier)],
    others: Some(Count),
    never: &[],
    width: Some(3),
    style: STYLE,
    group: None,
    shape: |_| Box::new(ByRow(inventory_trimmed)),
};

fn inventory_trimmed(view: &View<'_>, context: &Context) -> Verdict {
    match view.row.others.first() {
        Some((_, count)) if *count != Cell::Null => {
            let counts = stock(view, context).set("listed", count.clone()).set("available", count.clone());
            Verdict::Facts(vec![counts.set("location", view.cell("location").clone())])
        }
        _ => Verdict::Structure("not stocked"),
    }
}

/// Products as they are on sale, in the layouts of several years.
pub(crate) static PRODUCTS: Export = Export {
    id: "shopify-products",
    kind: ChannelKind::Shopify,
    document: "products",
    table: "listings",
    fields: &[
        need("handle", &["Handle", "URL handle"], Identifier),
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        head("sku", &["Variant SKU", "SKU"], Identifier),
        head("price", &["Variant Price", "Price"], Money),
        head("list_price", &["Variant Compare At Price", "Compare-at price"], Money),
        may("status", &["Status"], Prose),
        may("barcode", &["Variant Barcode", "Barcode"], Identifier),
        may("weight_grams", &["Variant Grams", "Weight value (grams)"], Measure),
        may("brand", &["Vendor"], Prose),
        may("listed", &["Variant Inventory Qty", "Inventory quantity"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("handle"),
    shape: |_| Box::new(ByGroup(products)),
};

/// Title, status and brand stand on the first row of a product alone; rows for further pictures
/// have neither price nor number.
fn products(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = views[0];
    views
        .iter()
        .map(|view| {
            if !view.is_known("price") && !view.is_known("sku") {
                return Verdict::Structure("picture");
            }
            let draft = Draft::new("listings")
                .with(view)
                .set("channel", context.channel_name())
                .set("channel_sku", number(view))
                .set("at", context.snapshot)
                .set("currency", context.shop_currency.as_str())
                .set("title", first.cell("title").clone())
                .set("brand", first.cell("brand").clone())
                .set("status", first.text("status").map(str::to_lowercase));
            Verdict::Facts(vec![draft])
        })
        .collect()
}
