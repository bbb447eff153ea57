//! What was ordered in a Shopify shop.

use super::STYLE;
use super::order_amounts::OrderAmounts;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::after_step;
use crate::ingest::channels::words::{CANCEL_REASON, containing};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Part, Place, Style, TaxedTotal, head, may, need, place};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View, draft, line_names};
use crate::ingest::totals::Total;
use crate::lake::Cell;
use crate::types::{Money as Amount, Timestamp};

const ORDER_FIELDS: &[Field] = &[
    need("order_id", &["Name"], Identifier),
    head("financial_status", &["Financial Status"], Word(STATUS_WORDS)),
    may("paid_at", &["Paid at"], Instant),
    may("fulfilment_status", &["Fulfillment Status"], Prose),
    may("fulfilled_at", &["Fulfilled at"], Instant),
    head("currency", &["Currency"], Currency),
    may("subtotal", &["Subtotal"], Money),
    may("shipping", &["Shipping"], Money),
    may("taxes", &["Taxes"], Money),
    may("total", &["Total"], Money),
    may("discount_total", &["Discount Amount"], Money),
    head("ordered_at", &["Created at"], Instant),
    need("quantity", &["Lineitem quantity"], Count),
    head("title", &["Lineitem name"], Prose),
    need("unit_price", &["Lineitem price"], Money),
    head("sku", &["Lineitem sku"], Identifier),
    may("line_discount", &["Lineitem discount"], Money),
    may("cancelled_at", &["Cancelled at"], Instant),
    may("refunded", &["Refunded Amount"], Money),
    may("shipping_country", &["Shipping Country"], Identifier),
    may("billing_country", &["Billing Country"], Identifier),
    may("tags", &["Tags"], Prose),
    may("notes", &["Notes"], Prose),
    may("payment_method", &["Payment Method"], Prose),
    may("payment_terms", &["Payment Terms Name"], Prose),
    may("requires_shipping", &["Lineitem requires shipping"], Prose),
    may("taxable", &["Lineitem taxable"], Prose),
    may("duties", &["Duties"], Money),
    may("tax_1_name", &["Tax 1 Name"], Prose),
    may("tax_1_value", &["Tax 1 Value"], Money),
    may("tax_2_name", &["Tax 2 Name"], Prose),
    may("tax_2_value", &["Tax 2 Value"], Money),
    may("tax_3_name", &["Tax 3 Name"], Prose),
    may("tax_3_value", &["Tax 3 Value"], Money),
    may("tax_4_name", &["Tax 4 Name"], Prose),
    may("tax_4_value", &["Tax 4 Value"], Money),
    may("tax_5_name", &["Tax 5 Name"], Prose),
    may("tax_5_value", &["Tax 5 Value"], Money),
];

const ORDER_ID: Place = place(ORDER_FIELDS, "order_id");
const FINANCIAL_STATUS: Place = place(ORDER_FIELDS, "financial_status");
const PAID_AT: Place = place(ORDER_FIELDS, "paid_at");
const FULFILMENT_STATUS: Place = place(ORDER_FIELDS, "fulfilment_status");
const FULFILLED_AT: Place = place(ORDER_FIELDS, "fulfilled_at");
pub(super) const CURRENCY: Place = place(ORDER_FIELDS, "currency");
pub(super) const SUBTOTAL: Place = place(ORDER_FIELDS, "subtotal");
pub(super) const SHIPPING: Place = place(ORDER_FIELDS, "shipping");
pub(super) const TAXES: Place = place(ORDER_FIELDS, "taxes");
pub(super) const TOTAL: Place = place(ORDER_FIELDS, "total");
pub(super) const DISCOUNT_TOTAL: Place = place(ORDER_FIELDS, "discount_total");
const ORDERED_AT: Place = place(ORDER_FIELDS, "ordered_at");
pub(super) const QUANTITY: Place = place(ORDER_FIELDS, "quantity");
pub(super) const TITLE: Place = place(ORDER_FIELDS, "title");
pub(super) const UNIT_PRICE: Place = place(ORDER_FIELDS, "unit_price");
pub(super) const SKU: Place = place(ORDER_FIELDS, "sku");
pub(super) const LINE_DISCOUNT: Place = place(ORDER_FIELDS, "line_discount");
const CANCELLED_AT: Place = place(ORDER_FIELDS, "cancelled_at");
const REFUNDED: Place = place(ORDER_FIELDS, "refunded");
pub(super) const SHIPPING_COUNTRY: Place = place(ORDER_FIELDS, "shipping_country");
pub(super) const BILLING_COUNTRY: Place = place(ORDER_FIELDS, "billing_country");
const TAGS: Place = place(ORDER_FIELDS, "tags");
const NOTES: Place = place(ORDER_FIELDS, "notes");
const PAYMENT_METHOD: Place = place(ORDER_FIELDS, "payment_method");
const PAYMENT_TERMS: Place = place(ORDER_FIELDS, "payment_terms");
pub(super) const REQUIRES_SHIPPING: Place = place(ORDER_FIELDS, "requires_shipping");
pub(super) const TAXABLE: Place = place(ORDER_FIELDS, "taxable");
pub(super) const DUTIES: Place = place(ORDER_FIELDS, "duties");
/// The taxes of an order by their names, which tell their rates, and what each comes to.
pub(super) const EACH_TAX: [(Place, Place); 5] = [
    (place(ORDER_FIELDS, "tax_1_name"), place(ORDER_FIELDS, "tax_1_value")),
    (place(ORDER_FIELDS, "tax_2_name"), place(ORDER_FIELDS, "tax_2_value")),
    (place(ORDER_FIELDS, "tax_3_name"), place(ORDER_FIELDS, "tax_3_value")),
    (place(ORDER_FIELDS, "tax_4_name"), place(ORDER_FIELDS, "tax_4_value")),
    (place(ORDER_FIELDS, "tax_5_name"), place(ORDER_FIELDS, "tax_5_value")),
];

/// An order without tips or duties comes to its subtotal, its shipping and the tax that is on top.
const TAXED_TOTAL: TaxedTotal = TaxedTotal {
    total: "total",
    parts: &[Part::Plus("subtotal"), Part::Plus("shipping"), Part::Plus("duties")],
    tax: "taxes",
};

/// What Shopify says of the money (shopify.dev, `OrderDisplayFinancialStatus`, 2026-10, all but `unpaid`,
/// which other makers write; read 2026-12-01), and what that makes an order that has not left. Nobody has paid a pending order yet, nor one whose payment was
/// not captured in time; a voided one was cancelled before it was paid.
const STATUS_WORDS: &[(&str, &str)] = &[
    ("pending", "unpaid"),
    ("unpaid", "unpaid"),
    ("expired", "unpaid"),
    ("authorized", "pending"),
    ("partially_paid", "pending"),
    ("voided", "cancelled"),
    ("paid", "paid"),
    ("partially_refunded", "partially_refunded"),
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
    style: Style { taxed_total: Some(TAXED_TOTAL), ..STYLE },
    group: Some("order_id"),
    totals: &[Total::all("total")],
    shape: |_| Box::new(ByGroup(orders)),
};

fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = views[0];
    if !first.is_known(FINANCIAL_STATUS) || !first.is_known(CURRENCY) {
        let complaint =
            Complaint::new("financial_status", "orphan_continuation", "the order's first row does not stand before it");
        return vec![complaint.into(); views.len()];
    }
    if !first.is_known(ORDERED_AT) {
        return vec![Complaint::missing("ordered_at").into(); views.len()];
    }
    let amounts = match OrderAmounts::of(views, context) {
        Ok(amounts) => amounts,
        Err(complaint) => return vec![complaint.into(); views.len()],
    };
    let keys: Vec<(&str, _)> =
        views.iter().map(|view| (article(view), (view.money(UNIT_PRICE), view.count(QUANTITY)))).collect();
    let names = line_names(&keys);
    let order = Order::of(first, context);
    let lines = (0..views.len()).map(|place| Verdict::Fact(order.line(&views[place], &names[place], &amounts, place)));
    let mut verdicts: Vec<Verdict> = lines.collect();
    [order.duties(), order.kept(), order.stayed(), order.refund()]
        .into_iter()
        .flatten()
        .for_each(|draft| verdicts[0].add(draft));
    verdicts
}

/// What holds for an order as a whole.
struct Order<'a> {
    first: View<'a>,
    context: &'a Context,
    status: &'static str,
    /// A line with what all lines of the order have.
    common: Draft,
}

impl<'a> Order<'a> {
    fn of(first: View<'a>, context: &'a Context) -> Self {
        let status = status(&first);
        let updated_at = updated_at(&first, status);
        let common = draft!(
            "order_lines",
            "channel": context.channel_name(),
            "order_id": first.cell(ORDER_ID),
            "ordered_at": first.cell(ORDERED_AT),
            "updated_at": updated_at,
            "exported_at": context.exported_after(updated_at),
            "currency": first.cell(CURRENCY),
            "status": Cell::word(status),
            "cancel_reason": (status == "cancelled").then(|| cancel_reason(&first)).flatten().map(Cell::word),
            "fulfilment": Cell::word("seller"),
            "location": context.pool.as_str(),
            "country": first.text(SHIPPING_COUNTRY).or(first.text(BILLING_COUNTRY)),
        );
        Self { first, context, status, common }
    }

    fn line(&self, view: &View<'_>, name: &str, amounts: &OrderAmounts, place: usize) -> Draft {
        let kind = amounts.kinds[place];
        // What is no article has no cost, no demand and no listing to be asked for.
        let sku = view.text(SKU).filter(|_| kind.is_none());
        let status = if amounts.removed == Some(place) { "cancelled" } else { self.status };
        let line = amounts.lines[place];
        draft!(
            "order_lines", like self.common,
            "line_id": name,
            "sku": sku,
            "channel_sku": sku.or(view.text(TITLE).filter(|_| kind.is_none())),
            "title": view.cell(TITLE),
            "quantity": view.cell(QUANTITY),
            "unit_price": view.cell(UNIT_PRICE),
            "gross": line.gross,
            "discount": amounts.tells_discount.then_some(line.discount),
            "shipping_charged": amounts.shipping.as_ref().map(|parts| parts[place]),
            "tax": amounts.tax.as_ref().map(|parts| parts[place]),
            "status": Cell::word(status),
            "kind": kind.map(Cell::word),
        )
        .noted(amounts.note.filter(|_| place == 0))
    }

    /// An amount of the order that stands on none of its lines.
    fn amount(&self, kind: &'static str, status: &'static str, amount: Amount, tax: Amount) -> Draft {
        draft!(
            "order_lines", like self.common,
            "line_id": kind,
            "quantity": 1,
            "gross": amount,
            "tax": tax,
            "status": Cell::word(status),
            "kind": Cell::word(kind),
        )
    }

    /// Duties that the buyer paid at the checkout: the customs'.
    fn duties(&self) -> Option<Draft> {
        let duties = self.first.money(DUTIES).filter(|duties| *duties > Amount::ZERO)?;
        Some(self.amount("duties", self.status, duties, Amount::ZERO))
    }

    /// What the shop kept of a cancelled order that was paid back in part, without its share of the tax.
    fn kept(&self) -> Option<Draft> {
        let is_part = self.first.text(FINANCIAL_STATUS) == Some("partially_refunded");
        let (total, refunded) = self.first.money(TOTAL).zip(self.first.money(REFUNDED))?;
        let kept = Some(total - refunded).filter(|kept| *kept > Amount::ZERO && is_part);
        let kept = kept.filter(|_| self.status == "cancelled" && refunded > Amount::ZERO)?;
        let tax = self.first.money(TAXES).unwrap_or_default();
        let parts = kept.split(&[total - tax, tax].map(|part| part.ten_thousandths().max(0)));
        Some(self.amount("kept", "paid", parts[0], parts[1]))
    }

    /// All that was paid of a cancelled order of which nothing went back. Nothing tells whether the shop owes it:
    /// the line is cancelled with the order and counts nowhere.
    fn stayed(&self) -> Option<Draft> {
        let is_paid = self.status == "cancelled" && self.first.text(FINANCIAL_STATUS) == Some("paid");
        let went_back = self.first.money(REFUNDED).unwrap_or_default();
        let total = self.first.money(TOTAL).filter(|total| *total > Amount::ZERO)?;
        (is_paid && went_back.is_zero()).then(|| self.amount("kept", self.status, total, Amount::ZERO))
    }

    /// All that the buyer got back of the order so far. The export does not date it: it stands where
    /// the order was cancelled, else where it left, else where it was made.
    fn refund(&self) -> Option<Draft> {
        let refunded = self.first.money(REFUNDED).filter(|amount| *amount > Amount::ZERO)?;
        let at = [CANCELLED_AT, FULFILLED_AT, ORDERED_AT].iter().find_map(|field| self.first.instant(*field));
        let order = self.first.text(ORDER_ID)?;
        Some(draft!(
            "refund_lines",
            "channel": self.context.channel_name(),
            "refund_id": format!("{order}/refunded"),
            "line_id": "order",
            "order_id": order,
            "refunded_at": at,
            "exported_at": self.context.exported_after(at),
            "amount": refunded,
            "currency": self.first.cell(CURRENCY),
            "disposition": "unknown",
            "tax_included": true,
            "cumulative": true,
        ))
    }
}

pub(super) fn article<'a>(view: &View<'a>) -> &'a str {
    view.text(SKU).or(view.text(TITLE)).unwrap_or("line")
}

/// `fulfilled` is the word for an order of which every line has left (help.shopify.com, "Order CSV column
/// descriptions", read 2026-12-01). What left was sold, paid or not: on delivery, or on an invoice. What has not left is accepted
/// before it is paid where the buyer was granted that.
fn status(first: &View<'_>) -> &'static str {
    let fulfilled = first.text(FULFILMENT_STATUS).is_some_and(|word| word.eq_ignore_ascii_case("fulfilled"));
    if first.is_known(CANCELLED_AT) {
        return "cancelled";
    }
    match first.text(FINANCIAL_STATUS) {
        Some("cancelled") => "cancelled",
        Some("refunded") if never_left(first) => "cancelled",
        Some("refunded") => "refunded",
        _ if fulfilled => "shipped",
        Some("paid" | "partially_refunded") => "paid",
        Some("unpaid") if !is_on_account(first) => "unpaid",
        _ => "pending",
    }
}

/// Whether the export says that nothing of the order was sent: not even in part.
fn never_left(first: &View<'_>) -> bool {
    const WAITING: [&str; 3] = ["unfulfilled", "pending", "restocked"];
    let is_waiting = |word: &str| WAITING.iter().any(|waiting| word.eq_ignore_ascii_case(waiting));
    !first.is_known(FULFILLED_AT) && first.text(FULFILMENT_STATUS).is_some_and(is_waiting)
}

/// Whether the buyer was granted to pay later: on terms, or on delivery.
fn is_on_account(first: &View<'_>) -> bool {
    let on_delivery = |method: &str| containing(method, &[("cash on delivery", "cod"), ("(cod)", "cod")]).is_some();
    first.is_known(PAYMENT_TERMS) || first.text(PAYMENT_METHOD).is_some_and(on_delivery)
}

/// The newest time that the order tells, and a microsecond for each step of its life: a refund
/// has no time here and must still come after the payment.
fn updated_at(first: &View<'_>, status: &str) -> Option<Timestamp> {
    let told = [ORDERED_AT, PAID_AT, FULFILLED_AT, CANCELLED_AT];
    let newest = told.iter().filter_map(|field| first.instant(*field)).max();
    newest.map(|at| after_step(at, status))
}

/// Shopify's export does not say why an order was cancelled. A tag such as `cancel_reason:no_stock`
/// or `Cancel: inventory`, or such a line among the notes, does.
fn cancel_reason(first: &View<'_>) -> Option<&'static str> {
    let texts = [first.text(TAGS), first.text(NOTES)];
    texts.into_iter().flatten().flat_map(|text| text.split([',', ';'])).find_map(|tag| {
        let tag = tag.trim().to_lowercase();
        match tag.strip_prefix("cancel_reason:").or_else(|| tag.strip_prefix("cancel:")) {
            Some(said) => containing(said, CANCEL_REASON),
            None => CANCEL_REASON.iter().find(|(word, _)| *word == tag).map(|(_, reason)| *reason),
        }
    })
}
